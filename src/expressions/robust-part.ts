// What a point of a search is worth under a robust loss: its linear parameters by least absolute residuals, its cost in a form that needs
// no logarithm.

import { LINEAR } from "../abi/least-squares.js";
import { lossNames } from "../least-squares/settings.js";

/** Losses that go on growing with the size of a residual. */
const CONVEX = new Set([lossNames.indexOf("softL1"), lossNames.indexOf("huber")]);
/** Scale of "mad" in units of the median of |r|: about 3 standard deviations. */
const WIDE = 4;

/** The median of |r|. */
export function medianSize(r: Float64Array): number {
  return r.map(Math.abs).sort()[r.length >> 1]!;
}

/**
 * sum of s^2 rho((r / s)^2), for comparing points: of the losses that level off z / (1 + z) (Geman and McClure 1985), of the others
 * softL1's 2 (sqrt(1 + z) - 1).
 */
export function lossOf(r: Float64Array, loss: number, lossScale: number | "mad"): number {
  let sum = 0;
  if (loss === LINEAR) {
    for (let i = 0; i < r.length; i++) sum += r[i]! * r[i]!;
    return sum;
  }
  const s = lossScale === "mad" ? WIDE * medianSize(r) : lossScale;
  const convex = CONVEX.has(loss);
  for (let i = 0; i < r.length; i++) {
    const z = (r[i]! / s) * (r[i]! / s);
    sum += convex ? 2 * (Math.sqrt(1 + z) - 1) : z < Infinity ? z / (1 + z) : 1;
  }
  return sum * s * s;
}
