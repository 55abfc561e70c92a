// A function of two variables as filled level curves with the way of a minimisation over it.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, isArrayLike, optionError } from "../runtime/options.js";
import { shortNumber } from "./axis.js";
import type { Traced, TracePlotOptions } from "./course.js";
import { checkPictureKeys, type Draft } from "./options.js";
import { finite, type Mark } from "./picture.js";
import { quantile, sortedFinite } from "./shapes.js";

export interface ContourPlotOptions extends TracePlotOptions {
  /** "contour" is the default where `fun` is given, else "convergence". */
  kind?: "contour" | "convergence" | undefined;
  /** The function that was minimised, of two variables; or the objective that has it as `fun`. */
  fun?: ((x: Float64Array) => number) | { fun(x: Float64Array): number } | undefined;
  /** What is drawn; default: the way with a margin. */
  lower?: ArrayLike<number> | undefined;
  upper?: ArrayLike<number> | undefined;
  /** Where the run began, which its trace does not hold. */
  x0?: ArrayLike<number> | undefined;
}

export const contourKeys = ["kind", "fun", "lower", "upper", "x0", "against", "xScale", "minimum"] as const;

const COLUMNS = 120;
const ROWS = 100;
const LEVELS = 16;

function two(
  where: string,
  option: string,
  value: ArrayLike<number> | undefined,
): [number, number] | undefined {
  if (value === undefined) return undefined;
  checkArray(where, option, value, 2);
  if (!finite(value[0]!) || !finite(value[1]!)) throw optionError(where, option, value, "two finite numbers");
  return [value[0]!, value[1]!];
}

export function contourDraft(
  where: string,
  result: Traced & { readonly x?: ArrayLike<number> },
  o: ContourPlotOptions,
): Draft {
  checkPictureKeys(where, o, contourKeys);
  const { fun } = o;
  const f =
    typeof fun === "function" ? fun : typeof fun?.fun === "function" ? (x: Float64Array) => fun.fun(x) : null;
  if (!f) throw optionError(where, "fun", fun, "the function that was minimised");
  if (!isArrayLike(result.x) || result.x.length !== 2) {
    throw new DownhillError("UNSUPPORTED", `${where}: level curves need a function of two variables`, {
      hint: 'plot(result, { kind: "convergence" })',
      details: { option: "kind", value: "contour" },
    });
  }
  const end: [number, number] = [result.x[0]!, result.x[1]!];
  const x0 = two(where, "x0", o.x0);
  const steps = (result.trace ?? []).map(({ x }): [number, number] => [x[0]!, x[1]!]);
  const way = [...(x0 ? [x0] : []), ...steps, end].filter(([a, b]) => finite(a) && finite(b));
  const box = [0, 1].map((j): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of way) [low, high] = [Math.min(low, point[j]!), Math.max(high, point[j]!)];
    const margin = 0.25 * (high - low) || 0.5 * Math.abs(high) || 1;
    return [
      two(where, "lower", o.lower)?.[j] ?? low - margin,
      two(where, "upper", o.upper)?.[j] ?? high + margin,
    ];
  }) as [[number, number], [number, number]];
  for (const [low, high] of box)
    if (!(high > low)) throw optionError(where, "lower", o.lower, "below upper in both variables");
  const heights = new Float64Array(COLUMNS * ROWS);
  const point = new Float64Array(2);
  for (let r = 0; r < ROWS; r++) {
    for (let c = 0; c < COLUMNS; c++) {
      point[0] = box[0][0] + ((box[0][1] - box[0][0]) * c) / (COLUMNS - 1);
      point[1] = box[1][0] + ((box[1][1] - box[1][0]) * r) / (ROWS - 1);
      const v: unknown = f(point.slice());
      if (typeof v !== "number")
        throw new DownhillError("CALLBACK_RESULT", `${where}: fun must return a number, got ${quote(v)}`);
      heights[r * COLUMNS + c] = v;
    }
  }
  // Levels at quantiles of the heights, closer near the bottom: they show a valley on any scale.
  const sorted = sortedFinite(heights);
  const levels = Array.from({ length: LEVELS }, (_, i) => {
    const q = (i + 0.5) / LEVELS;
    return quantile(sorted, q * Math.sqrt(q));
  });
  const top = sorted[sorted.length - 1] ?? 0;
  const marks: Mark[] = [
    {
      kind: "contours",
      columns: COLUMNS,
      rows: ROWS,
      heights: heights.map((v) => (finite(v) ? v : v === -Infinity ? (sorted[0] ?? 0) : top)),
      levels: [...new Set(levels.filter(finite))],
      x: box[0],
      y: box[1],
    },
  ];
  const [x, y] = [way.map(([a]) => a), way.map(([, b]) => b)];
  if (way.length > 1) {
    marks.push({ kind: "line", x, y, tone: 1, width: 1.75, label: result.method ?? "way", fits: false });
    marks.push({ kind: "dots", x, y, tone: 1, radius: way.length > 200 ? 1 : 2.2, fits: false });
    marks.push({
      kind: "dots",
      x: [x[0]!],
      y: [y[0]!],
      tone: "ink",
      radius: 4,
      label: "first point",
      fits: false,
    });
  }
  marks.push({
    kind: "dots",
    x: [end[0]],
    y: [end[1]],
    tone: 4,
    symbol: "star",
    label: "result",
    fits: false,
  });
  return {
    title: `The way of ${result.method ?? "a run"}`,
    description:
      `Level curves of the function over ${shortNumber(box[0][0])} to ${shortNumber(box[0][1])} and ${shortNumber(box[1][0])} to ${shortNumber(box[1][1])}, darker where it is lower. ` +
      `${way.length > 1 ? `The way has ${way.length} points. ` : ""}It ends at (${shortNumber(end[0])}, ${shortNumber(end[1])}) with f = ${shortNumber(result.fun ?? NaN)}.`,
    rows: [
      { panels: [{ x: { label: "x[0]", domain: box[0] }, y: { label: "x[1]", domain: box[1] }, marks }] },
    ],
    height: 520,
    legend: "top",
  };
}
