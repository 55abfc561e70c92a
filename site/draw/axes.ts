// A rectangle with two scales, their ticks and their names.

import { scaleLinear, scaleLog } from "d3-scale";
import { type Ink, LIGHT } from "./ink.js";
import type { Pen } from "./pen.js";

export interface Axis {
  readonly domain: readonly [number, number];
  readonly label?: string | undefined;
  readonly log?: boolean | undefined;
  readonly ticks?: number | undefined;
  readonly format?: ((value: number) => string) | undefined;
}
export interface Scale {
  (value: number): number;
  invert(pixel: number): number;
}
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** Powers of ten, once, twice or five times: one notation for the whole axis. */
function powers(values: readonly number[]): (value: number) => string {
  if (values.every((value) => value > 2e-3 && value < 5e3))
    return (value) => plain(Number(value.toPrecision(3)));
  return (value) => {
    const exponent = Math.floor(Math.log10(value) + 1e-9);
    const times = Math.round(value / 10 ** exponent);
    const digits = [...String(Math.abs(exponent))].map((c) => SUPERSCRIPT[Number(c)]).join("");
    return `${times === 1 ? "" : `${times}·`}10${exponent < 0 ? "⁻" : ""}${digits}`;
  };
}
const plain = (value: number): string => {
  const size = Math.abs(value);
  const text =
    size >= 1e6 || (value !== 0 && size < 1e-4)
      ? value.toExponential()
      : String(Number(value.toPrecision(8)));
  return text.replaceAll("-", "−");
};

function scaleOf({ domain: [low, high], log }: Axis, range: [number, number]) {
  return (log ? scaleLog() : scaleLinear()).domain([low, high]).range(range);
}

function ticksOf({ domain: [low, high], log, ticks = 5 }: Axis): number[] {
  if (!log) return scaleLinear().domain([low, high]).ticks(ticks);
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((to - from + 1) / ticks));
  const list: number[] = [];
  for (let e = from; e <= to; e += every) list.push(10 ** e);
  if (list.length > 2) return list;
  // Less than three powers of ten: their doubles and fives too.
  const fine: number[] = [];
  for (let e = from - 1; e <= to; e++) for (const m of [1, 2, 5]) fine.push(m * 10 ** e);
  return fine.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9));
}

/** The ticks of an axis with their words. */
function labelled(axis: Axis, most: number): { value: number; text: string }[] {
  const values = ticksOf({ ticks: Math.max(2, Math.round(most)), ...axis });
  const words = axis.format ?? (axis.log ? powers(values) : plain);
  return values.map((value) => ({ value, text: words(value) }));
}

/** Width of a character of a label, in pixels, and what the turned name of the axis takes. */
const WIDE = 6.8;
const NAME = 26;
/** Between labels and the edge, and between labels and the axis. */
const AIR = 12;

export interface Margins {
  left?: number;
  right?: number;
  top?: number;
  bottom?: number;
}

/** Rows of the vertical axis, and where its line is: no label, with its sign, is cut off. */
function rowsOf(y: Axis, height: number, { left = 52, top = 14, bottom = 40 }: Margins) {
  const b = Math.max(height - bottom, top + 10);
  const rows = labelled(y, (b - top) / 52);
  const widest = Math.max(0, ...rows.map(({ text }) => text.length));
  return { rows, left: widest > 0 ? Math.max(left, (y.label ? NAME : AIR) + WIDE * widest) : left };
}

/** Pixels to the left of the frame that drawAxes makes with the same arguments. */
export const gutter = (y: Axis, height: number, margins: Margins): number => rowsOf(y, height, margins).left;

/** Grid, ticks and labels; the frame that comes back turns values into pixels. */
export function drawAxes(
  pen: Pen,
  width: number,
  height: number,
  x: Axis,
  y: Axis,
  ink: Ink = LIGHT,
  margins: Margins = {},
): Frame {
  const { right = 14, top = 14, bottom = 40 } = margins;
  const b = Math.max(height - bottom, top + 10);
  const { rows, left: l } = rowsOf(y, height, margins);
  const r = Math.max(width - right, l + 10);
  const [sx, sy] = [scaleOf(x, [l, r]), scaleOf(y, [b, top])];
  const label = { color: ink.soft, size: 12 };
  for (const { value, text } of labelled(x, (r - l) / 85)) {
    const at = Math.round(sx(value)) + 0.5;
    pen.line([at, top, at, b], { color: ink.grid, width: 1 });
    pen.text(at, b + 8, text, { ...label, align: "center", baseline: "top" });
  }
  for (const { value, text } of rows) {
    const at = Math.round(sy(value)) + 0.5;
    pen.line([l, at, r, at], { color: ink.grid, width: 1 });
    pen.text(l - 8, at, text, { ...label, align: "right" });
  }
  pen.line([l, b + 0.5, r, b + 0.5], { color: ink.line, width: 1 });
  if (x.label) pen.text(r, height - 4, x.label, { ...label, align: "right", baseline: "bottom" });
  if (y.label) pen.text(11, top, y.label, { ...label, align: "right", turned: true });
  return { left: l, top, right: r, bottom: b, x: sx as unknown as Scale, y: sy as unknown as Scale };
}

/** A domain that holds the values with a little air. */
export function spread(values: ArrayLike<number>, air = 0.05): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return [0, 1];
  const pad = (high - low || Math.abs(high) || 1) * air;
  return [low - pad, high + pad];
}
