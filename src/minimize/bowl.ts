// Is a point that a run ended in a minimum? Its Hessian, by differences of the gradient, over the variables that may move.

import { forget, isPromise } from "../runtime/promises.js";

/** More variables than this are not looked at: 2 n gradients for each point. */
export const MOST_VARIABLES = 20;
/** Minima whose curvature is looked at: the lowest. */
export const MOST_MINIMA = 10;
/** Step of the differences, as a share of the box. */
const STEP = 1e-6;
/** A pivot of the Hessian with unit diagonal is positive above this. */
const PIVOT = 1e-7;

export type GradientInto = (x: Float64Array, out: Float64Array) => unknown;

/**
 * True where the Hessian is positive definite, false where it is not, null where the gradient gives no answer at once. Variables at a
 * bound, and those that are not in `free`, stay where they are.
 */
export function isBowl(
  gradient: GradientInto,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  free: ArrayLike<number>,
  x: Float64Array,
  counts: { njev: number },
): boolean | null {
  const moving = Array.from(free).filter((j) => {
    const h = STEP * (upper[j]! - lower[j]!);
    return x[j]! - h > lower[j]! && x[j]! + h < upper[j]!;
  });
  const n = moving.length;
  const H = new Float64Array(n * n);
  const at = x.slice();
  const sides = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let k = 0; k < n; k++) {
    const j = moving[k]!;
    const h = STEP * (upper[j]! - lower[j]!);
    for (const [side, g] of sides.entries()) {
      at.set(x);
      at[j] = x[j]! + (side === 0 ? h : -h);
      counts.njev++;
      const done = gradient(at.slice(), g);
      if (!isPromise(done)) continue;
      forget(done);
      return null;
    }
    for (let i = 0; i < n; i++) {
      const slope = (sides[0]![moving[i]!]! - sides[1]![moving[i]!]!) / (2 * h);
      if (slope - slope !== 0) return null;
      H[i * n + k] = H[i * n + k]! + slope / 2;
      H[k * n + i] = H[k * n + i]! + slope / 2;
    }
  }
  return positive(n, H);
}

/** Cholesky of D^(-1/2) H D^(-1/2) with D the diagonal: every pivot is positive. */
function positive(n: number, H: Float64Array): boolean {
  const size = Float64Array.from({ length: n }, (_, i) => Math.sqrt(H[i * n + i]!));
  if (!size.every((s) => s > 0)) return false;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) H[i * n + j] = H[i * n + j]! / (size[i]! * size[j]!);
  for (let k = 0; k < n; k++) {
    const pivot = H[k * n + k]!;
    if (!(pivot > PIVOT)) return false;
    for (let i = k + 1; i < n; i++) {
      const factor = H[i * n + k]! / pivot;
      for (let j = k + 1; j < n; j++) H[i * n + j] = H[i * n + j]! - factor * H[k * n + j]!;
    }
  }
  return true;
}
