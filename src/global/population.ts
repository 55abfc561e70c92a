// What the population methods share: the first population, and the check of its size.

import type { Random } from "../random/philox.js";
import { numberOption } from "../runtime/options.js";
import { INFEASIBLE } from "./constraints.js";

export function checkPopulation(where: string, rows: number, least = 4): void {
  numberOption(where, "popSize", rows, least, { min: least, max: 1e6, integer: true });
}

/** One point in each of `rows` slices of every variable of the cube (McKay, Beckman and Conover 1979). */
export function latinHypercube(random: Random, rows: number, n: number, out: Float64Array): void {
  const order = new Int32Array(rows);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < rows; i++) order[i] = i;
    random.shuffle(order);
    for (let i = 0; i < rows; i++) out[i * n + j] = (order[i]! + random.uniform()) / rows;
  }
}

/** Row `to` of `target` becomes row `from` of `source`; for a row of a population that is less work than `set` of a `subarray`. */
export function copyRow(
  n: number,
  source: ArrayLike<number>,
  from: number,
  target: Float64Array,
  to: number,
): void {
  for (let j = 0, i = from * n, k = to * n; j < n; j++) target[k + j] = source[i + j]!;
}

/** A population has shrunk to a point: its values lie within so many roundings of the lowest, */
const ROUNDINGS = 4 * 2.220446049250313e-16;
/** or within this share of the spread of the first population; */
const SHARE = 1e-18;
/** or its points within this share of the cube. */
const SIZE = 1e-11;

/** Half the width of the population in its widest variable. */
export function widthOf(points: ArrayLike<number>, rows: number, n: number): number {
  let widest = 0;
  for (let j = 0; j < n; j++) {
    let [low, high] = [Infinity, -Infinity];
    for (let k = 0; k < rows; k++) {
      const v = points[k * n + j]!;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    widest = Math.max(widest, high - low);
  }
  return widest / 2;
}

/** "fun" or "step" where the population has shrunk to a point, else null. */
export function shrunk(low: number, high: number, first: number, width: number): "fun" | "step" | null {
  const share = first < INFEASIBLE / 4 ? SHARE * first : 0;
  if (high < INFEASIBLE && high - low <= Math.max(ROUNDINGS * Math.abs(low), share)) return "fun";
  return width <= SIZE ? "step" : null;
}
