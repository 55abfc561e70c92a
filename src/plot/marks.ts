// Each kind of mark: what it reaches on the axes, its path in pixels, and its sample in the legend.

import { area, curveStepAfter, line } from "d3-shape";
import { cells, levelCurves, type Place } from "./areas.js";
import { type Axis, Extents } from "./axis.js";
import { element, type Node, pixel, textOf } from "./element.js";
import { finite, type Mark, type Numbers, type Panel, type Row } from "./picture.js";
import { type Stroke, strokes } from "./strokes.js";
import type { Paint } from "./theme.js";

/** What the marks of a panel reach. */
export interface Reach {
  readonly x: Extents;
  readonly y: Extents;
}

/**
 * Of every panel; panels joined one above the other have one x between them. `bands`: a band that is wider than what it belongs to
 * leaves the picture rather than flatten the rest; without, only what lies beside the rest is shown.
 */
export function reachOf(rows: readonly Row[], bands: boolean): Reach[][] {
  const found: Reach[][] = [];
  rows.forEach(({ panels }, i) => {
    const above = rows[i - 1]?.joined ? found[i - 1]! : [];
    found.push(panels.map((panel, c) => panelReach(panel, above[c]?.x, bands)));
  });
  return found;
}

function panelReach({ x, y, marks }: Panel, above: Extents | undefined, bands: boolean): Reach {
  const reach = { x: above ?? new Extents(x.scale === "log"), y: new Extents(y.scale === "log") };
  for (const v of x.include ?? []) reach.x.add(v);
  for (const v of y.include ?? []) reach.y.add(v);
  for (const mark of marks) if (mark.kind !== "band") addExtents(mark, reach);
  if (!bands) return reach;
  const { low, high } = reach.y;
  const room = reach.y.log ? Infinity : (high - low) * 0.75;
  const wide = { x: reach.x, y: new Extents(reach.y.log) };
  for (const mark of marks) if (mark.kind === "band") addExtents(mark, wide);
  if (low > high) return wide;
  if (wide.y.low < low) reach.y.add(Math.max(wide.y.low, low - room));
  if (wide.y.high > high) reach.y.add(Math.min(wide.y.high, high + room));
  return reach;
}

/** Lets the axes grow to what the mark shows. */
function addExtents(mark: Mark, { x, y }: Reach): void {
  switch (mark.kind) {
    case "dots":
    case "line":
      if (mark.fits === false) return;
      x.addAll(mark.x);
      y.addAll(mark.y);
      return;
    case "errors":
    case "band":
      x.addAll(mark.x);
      y.addAll(mark.lower);
      y.addAll(mark.upper);
      return;
    case "columns":
      x.addAll(mark.left);
      x.addAll(mark.right);
      y.addAll(mark.top);
      y.add(mark.base ?? 0);
      return;
    case "contours":
      x.addAll(mark.x);
      y.addAll(mark.y);
      return;
    case "rule":
      x.add(mark.x ?? NaN);
  }
}

const indices = (values: Numbers): number[] => Array.from({ length: values.length }, (_, i) => i);

/** Of a staircase the points at which its height changes, and the last. */
const corners = (y: Numbers): number[] =>
  indices(y).filter((i) => i === 0 || i === y.length - 1 || y[i] !== y[i - 1]);

/** Of very long lines the first, lowest, highest and last point of each part. */
function thinned(y: Numbers, all: readonly number[], most: number): readonly number[] {
  const n = all.length;
  if (n <= most) return all;
  const kept: number[] = [];
  const bin = Math.ceil((n * 4) / most);
  for (let from = 0; from < n; from += bin) {
    const part = all.slice(from, from + bin);
    let [low, high] = [part[0]!, part[0]!];
    for (const i of part) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
    }
    kept.push(...new Set([part[0]!, low, high, part.at(-1)!].sort((a, b) => a - b)));
  }
  return kept;
}

const symbols = {
  cross: "m-3-3l6 6m0-6l-6 6",
  star: "m0-7l1.7 4.7l5 .1l-4 3l1.5 4.8l-4.2-2.9l-4.2 2.9l1.5-4.8l-4-3l5-.1z",
};

/** Points as one path: circles are round caps of strokes of no length. */
function dots(mark: Extract<Mark, { kind: "dots" }>, { x, y }: Place, paint: Paint): Node[] {
  const { symbol = "dot", radius = 3, tone, opacity } = mark;
  const length = Math.min(mark.x.length, mark.y.length);
  const places: Stroke[] = [];
  for (let i = 0; i < length; i++) {
    const [px, py] = [x.at(mark.x[i]!), y.at(mark.y[i]!)];
    if (finite(px) && finite(py)) places.push([px, py, py]);
  }
  const d =
    symbol === "dot"
      ? strokes(places)
      : places.map(([px, py]) => `M${pixel(px)} ${pixel(py)}${symbols[symbol]}`).join("");
  if (d === "") return [];
  const colour = paint(tone);
  const style =
    symbol === "dot"
      ? { stroke: colour, "stroke-width": pixel(2 * radius), "stroke-linecap": "round", fill: "none" }
      : symbol === "cross"
        ? { stroke: colour, "stroke-width": 1.6, fill: "none" }
        : { fill: colour, stroke: paint("paper"), "stroke-width": 1 };
  return [element("path", { class: "dots", d, ...style, opacity })];
}

const CAP = 3;

function errors(mark: Extract<Mark, { kind: "errors" }>, { x, y, box }: Place, paint: Paint): Node[] {
  const bars: Stroke[] = [];
  const caps: Stroke[] = [];
  for (let i = 0; i < mark.x.length; i++) {
    const px = x.at(mark.x[i]!);
    const low = y.at(mark.lower[i]!);
    const high = y.at(mark.upper[i]!);
    // On a logarithmic axis the lower end may have no place: the bar leaves the picture.
    const end = finite(low) ? low : box.bottom + 50;
    if (!finite(px) || !finite(high)) continue;
    bars.push([px, high, end]);
    for (const v of [high, end]) caps.push([px, v - 0.5, v + 0.5]);
  }
  const style = { stroke: paint(mark.tone), fill: "none" };
  const parts = [bars, caps].map((list, wide) =>
    element("path", { d: strokes(list), "stroke-width": wide ? 2 * CAP : 1, ...style }),
  );
  return bars.length > 0 ? [element("g", { class: "errors", opacity: 0.8 }, parts)] : [];
}

function curve(mark: Extract<Mark, { kind: "line" }>, { x, y, box }: Place, paint: Paint): Node[] {
  const px = (i: number): number => x.at(mark.x[i]!);
  const py = (i: number): number => y.at(mark.y[i]!);
  const draw = line<number>(px, py)
    .defined((i) => finite(px(i)) && finite(py(i)))
    .digits(2);
  const shape = mark.step ? draw.curve(curveStepAfter) : draw;
  const kept = mark.step ? corners(mark.y) : indices(mark.x);
  // A picture has no more to show than two points for each column of pixels.
  const most = Math.max(400, 2 * (box.right - box.left));
  const d = shape(thinned(mark.y, kept, most));
  if (!d) return [];
  return [
    element("path", {
      class: "line",
      d,
      fill: "none",
      stroke: paint(mark.tone),
      "stroke-width": mark.width ?? 2,
      "stroke-dasharray": mark.dash,
      "stroke-linejoin": "round",
      "stroke-linecap": "round",
      opacity: mark.opacity,
    }),
  ];
}

function band(mark: Extract<Mark, { kind: "band" }>, { x, y, box }: Place, paint: Paint): Node[] {
  const px = (i: number): number => x.at(mark.x[i]!);
  const low = (i: number): number => {
    const v = y.at(mark.lower[i]!);
    return finite(v) || !y.log ? v : box.bottom + 50;
  };
  const high = (i: number): number => y.at(mark.upper[i]!);
  const draw = area<number>()
    .x(px)
    .y0(low)
    .y1(high)
    .defined((i) => finite(px(i)) && finite(low(i)) && finite(high(i)))
    .digits(2);
  const d = draw(indices(mark.x));
  return d
    ? [element("path", { class: "band", d, fill: paint(mark.tone), "fill-opacity": mark.opacity })]
    : [];
}

function rule(mark: Extract<Mark, { kind: "rule" }>, { x, y, box }: Place, paint: Paint): Node[] {
  const at = mark.x === undefined ? y.at(mark.y ?? NaN) : x.at(mark.x);
  if (!finite(at)) return [];
  const d =
    mark.x === undefined
      ? `M${pixel(box.left)} ${pixel(at)}H${pixel(box.right)}`
      : `M${pixel(at)} ${pixel(box.top)}V${pixel(box.bottom)}`;
  return [
    element("path", {
      class: "rule",
      d,
      fill: "none",
      stroke: paint(mark.tone),
      "stroke-width": 1.25,
      "stroke-dasharray": mark.dash,
    }),
  ];
}

function columns(mark: Extract<Mark, { kind: "columns" }>, { x, y }: Place, paint: Paint): Node[] {
  let d = "";
  for (let i = 0; i < mark.top.length; i++) {
    const [left, right] = [x.at(mark.left[i]!), x.at(mark.right[i]!)];
    const [top, base] = [y.at(mark.top[i]!), y.at(mark.base ?? 0)];
    if (![left, right, top, base].every(finite)) continue;
    d += `M${pixel(left)} ${pixel(base)}V${pixel(top)}H${pixel(right)}V${pixel(base)}z`;
  }
  if (d === "") return [];
  return [
    element("path", {
      class: "columns",
      d,
      fill: paint(mark.tone),
      "fill-opacity": mark.opacity ?? 0.7,
      stroke: paint("paper"),
      "stroke-width": 0.75,
    }),
  ];
}

export function drawMark(mark: Mark, place: Place, paint: Paint): Node[] {
  switch (mark.kind) {
    case "dots":
      return dots(mark, place, paint);
    case "errors":
      return errors(mark, place, paint);
    case "line":
      return curve(mark, place, paint);
    case "band":
      return band(mark, place, paint);
    case "rule":
      return rule(mark, place, paint);
    case "columns":
      return columns(mark, place, paint);
    case "cells":
      return cells(mark, place, paint);
    case "contours":
      return levelCurves(mark, place, paint);
    case "text": {
      const [px, py] = [place.x.at(mark.x), place.y.at(mark.y)];
      if (!finite(px) || !finite(py)) return [];
      const style = { "font-size": 11, fill: paint(mark.tone), "text-anchor": mark.anchor ?? "start" };
      return [textOf(mark.text, px, py - (mark.lift ?? 0), style)];
    }
  }
}

/** The sample of a mark in the legend, 24 pixels wide. */
export function swatch(mark: Mark, x: number, y: number, paint: Paint): Node {
  switch (mark.kind) {
    case "dots":
      return dots(
        { ...mark, x: [x + 12], y: [y], radius: Math.max(2.5, mark.radius ?? 3), opacity: 1 },
        plain,
        paint,
      ).join("");
    case "band":
    case "columns": {
      const half = mark.kind === "band" ? 12 : 7;
      return element("rect", {
        x: pixel(x + 12 - half),
        y: pixel(y - 6),
        width: 2 * half,
        height: 12,
        fill: paint(mark.tone),
        "fill-opacity": mark.opacity ?? 0.7,
      });
    }
    case "line":
    case "rule":
      return element("path", {
        d: `M${pixel(x)} ${pixel(y)}h24`,
        stroke: paint(mark.tone),
        "stroke-width": mark.kind === "line" ? (mark.width ?? 2) : 1.25,
        "stroke-dasharray": mark.dash,
        fill: "none",
      });
    default:
      return "";
  }
}

const same: Axis = { at: (v) => v, ticks: [], label: "", low: 0, high: 1, log: false };
const plain: Place = { box: { left: 0, right: 1, top: 0, bottom: 1 }, x: same, y: same };
