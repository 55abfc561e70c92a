// A picture as data: panels of marks in the user's numbers. `svg.ts` and `terminal.ts` draw it; nothing here knows how.

export type Numbers = ArrayLike<number>;

/** A colour by its meaning; numbers count the series. */
export type Tone = "ink" | "muted" | "grid" | number;

export type Mark =
  | {
      readonly kind: "dots";
      readonly x: Numbers;
      readonly y: Numbers;
      readonly tone: Tone;
      readonly radius?: number;
      readonly symbol?: "dot" | "cross" | "star";
      readonly opacity?: number;
      readonly label?: string;
      /** Where false the axes do not grow to show them. */
      readonly fits?: boolean;
    }
  | {
      readonly kind: "errors";
      readonly x: Numbers;
      readonly lower: Numbers;
      readonly upper: Numbers;
      readonly tone: Tone;
    }
  | {
      readonly kind: "line";
      readonly x: Numbers;
      readonly y: Numbers;
      readonly tone: Tone;
      readonly width?: number;
      readonly dash?: string;
      readonly opacity?: number;
      readonly step?: boolean;
      readonly label?: string;
      readonly fits?: boolean;
    }
  | {
      readonly kind: "band";
      readonly x: Numbers;
      readonly lower: Numbers;
      readonly upper: Numbers;
      readonly tone: Tone;
      readonly opacity: number;
      readonly label?: string;
    }
  | {
      readonly kind: "rule";
      readonly x?: number;
      readonly y?: number;
      readonly tone: Tone;
      readonly dash?: string;
      readonly label?: string;
    }
  | {
      readonly kind: "columns";
      readonly left: Numbers;
      readonly right: Numbers;
      readonly top: Numbers;
      readonly base?: number;
      readonly tone: Tone;
      readonly opacity?: number;
      readonly label?: string;
    }
  | {
      readonly kind: "cells";
      /** size*size numbers from -1 to 1, row by row, the first row on top. */
      readonly size: number;
      readonly values: Numbers;
    }
  | {
      readonly kind: "contours";
      readonly columns: number;
      readonly rows: number;
      /** columns*rows heights, the lowest y first. */
      readonly heights: Numbers;
      readonly levels: readonly number[];
      readonly x: readonly [number, number];
      readonly y: readonly [number, number];
    }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly tone: Tone;
      /** Where the point lies on the text. */
      readonly anchor?: "start" | "middle" | "end";
      /** Upwards, in pixels. */
      readonly lift?: number;
    };

export interface AxisPlan {
  readonly label?: string | undefined;
  readonly scale?: "linear" | "log" | undefined;
  /** What is shown; default: what the marks reach. */
  readonly domain?: readonly [number, number] | undefined;
  /** Names in place of numbers, at 0, 1, 2 ... */
  readonly names?: readonly string[] | undefined;
  /** No ticks and no label. */
  readonly hidden?: boolean | undefined;
  /** Numbers that are shown whatever the marks reach. */
  readonly include?: readonly number[] | undefined;
  /** Ticks in place of those that suit the numbers. */
  readonly ticks?: readonly { readonly value: number; readonly text: string }[] | undefined;
  /** Of a logarithmic axis: a number in place of what has no logarithm there, with its name; no ticks below `least`, the least that has. */
  readonly floor?: { readonly at: number; readonly text: string; readonly least: number } | undefined;
  /** Whole numbers only. */
  readonly whole?: boolean | undefined;
}

export interface Panel {
  readonly x: AxisPlan;
  readonly y: AxisPlan;
  readonly marks: readonly Mark[];
  readonly title?: string | undefined;
  /** Nothing but room. */
  readonly blank?: boolean | undefined;
}

export interface Row {
  readonly panels: readonly Panel[];
  /** Share of the height, 1 by default. */
  readonly weight?: number | undefined;
  /** The row below has the same x: its ticks serve both. */
  readonly joined?: boolean | undefined;
  /** Shares of the width, 1 each by default. */
  readonly widths?: readonly number[] | undefined;
}

export interface Picture {
  /** What it is, for a screen reader and for the eye where the user gave it. */
  readonly title: string;
  readonly shown: boolean;
  /** What is to be seen, in sentences. */
  readonly description: string;
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
  /** Where the names of marks stand; "right" for many. */
  readonly legend: "top" | "right" | "none";
}

export const finite = (v: number): boolean => v - v === 0;

/** `count` numbers from `low` to `high`. */
export function spread(low: number, high: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const part = count > 1 ? i / (count - 1) : 0;
    return low * (1 - part) + high * part;
  });
}
