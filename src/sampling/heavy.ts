// Whether the tails of draws let their mean and its error settle: the shape of a generalised Pareto law in each tail (Vehtari, Simpson,
// Gelman, Yao and Gabry, JMLR 25 (2024) 72; `pareto_khat` of R's package `posterior`).

import { paretoFit } from "./psis.js";

/** Shape beyond which means and their Monte Carlo errors are not to be trusted. Moments up to 1 / k exist. */
export const HEAVY = 0.7;
/** Draws of a tail below which its shape is not told. */
const FEWEST = 25;
/** Of tails of shape 0.7 the largest excess is beyond so many medians of them but once in some hundred tails; of normal ones, below ten. */
const FAR = 15;

/** Draws of each tail. */
const tailOf = (count: number, effective: number): number =>
  Math.ceil(Math.min(0.2 * count, 3 * Math.sqrt((count * count) / effective)));

/** The larger shape of the two tails of ascending draws; NaN of too few, or of tails that do not vary. */
export function tailShape(sorted: Float64Array, effective: number): number {
  const tail = tailOf(sorted.length, effective);
  if (!(tail >= FEWEST)) return Number.NaN;
  return Math.max(shapeOf(excesses(sorted, tail, false)), shapeOf(excesses(sorted, tail, true)));
}

/** The same for less work: 0 where both tails are far from heavy. */
export function heaviness(sorted: Float64Array, effective: number): number {
  const tail = tailOf(sorted.length, effective);
  const far = (x: Float64Array): boolean => x[tail - 1]! > FAR * x[tail >> 1]!;
  if (!(tail >= FEWEST)) return 0;
  const heavy = far(excesses(sorted, tail, false)) || far(excesses(sorted, tail, true));
  return heavy ? tailShape(sorted, effective) : 0;
}

/** How far the draws of a tail are beyond the last one that is none, ascending. */
function excesses(sorted: Float64Array, tail: number, low: boolean): Float64Array {
  const last = sorted.length - 1;
  const edge = sorted[low ? tail : last - tail]!;
  const out = new Float64Array(tail);
  for (let i = 0; i < tail; i++)
    out[i] = low ? edge - sorted[tail - 1 - i]! : sorted[last - tail + 1 + i]! - edge;
  return out;
}

function shapeOf(ascending: Float64Array): number {
  const quarter = ascending[Math.floor(ascending.length / 4 + 0.5) - 1]!;
  const largest = ascending[ascending.length - 1]!;
  return quarter > 0 && largest < Infinity ? paretoFit(ascending).k : Number.NaN;
}
