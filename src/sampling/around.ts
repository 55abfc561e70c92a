// Where chains start around a fit: within two standard errors along the directions in which the parameters vary together. Drawn
// for each parameter alone, starts of correlated ones would lie far outside.

import type { DensityExtras } from "./density.js";
import type { Target } from "./target.js";

export interface Around {
  /** Standard deviations of the free coordinates. */
  readonly spread: Float64Array;
  /** d*d, lower triangular: a uniform point of (-2, 2)^d times it is a step from the start. */
  readonly factor: Float64Array;
}

/** A correlation so near 1 leaves nothing of its own to a parameter; so much is left. */
const LEAST = 1e-8;

/** Beyond such a correlation a diagonal metric costs more than the dense one, which is not in the core. */
const HIGH = 0.9;

export const isCorrelated = ({ correlation }: DensityExtras): boolean =>
  correlation?.some((c) => Math.abs(c) > HIGH && Math.abs(c) < 1) === true;

export function around(target: Target, { start, scale, correlation }: DensityExtras): Around | null {
  if (!start || !scale || target.free !== target.size) return null;
  const d = target.free;
  const slopes = freeSlopes(target, start, scale);
  const factor = correlation ? factorOf(correlation, d) : identity(d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) factor[i * d + j] = slopes[i]! * factor[i * d + j]!;
  return { spread: slopes.map(Math.abs), factor };
}

/** q + factor z, z uniform in (-2, 2). */
export function stepAround(q: Float64Array, { factor }: Around, uniform: () => number): void {
  const d = q.length;
  for (let j = 0; j < d; j++) {
    const z = 2 * (2 * uniform() - 1);
    for (let i = j; i < d; i++) q[i] = q[i]! + factor[i * d + j]! * z;
  }
}

/** Standard deviations of free coordinates from those of the user's, by a difference of half of one; negative where they fall. */
function freeSlopes(target: Target, start: ArrayLike<number>, scale: Float64Array): Float64Array {
  const u = new Float64Array(target.free);
  const near = new Float64Array(target.free);
  target.unconstrain(start, u);
  return u.map((at, i) => {
    const x = Float64Array.from(start);
    const half = 0.5 * Math.sqrt(scale[i]!);
    for (const side of [half, -half]) {
      x[i] = start[i]! + side;
      target.unconstrain(x, near);
      const sd = ((near[i]! - at) * 2 * half) / side;
      if (sd !== 0 && Number.isFinite(sd)) return sd;
    }
    return 1;
  });
}

const identity = (d: number): Float64Array =>
  Float64Array.from({ length: d * d }, (_, k) => +(k % (d + 1) === 0));

/** Cholesky factor of a correlation matrix, row by row. */
function factorOf(correlation: ArrayLike<number>, d: number): Float64Array {
  const L = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    let rest = 1;
    for (let j = 0; j < i; j++) {
      let sum = correlation[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * d + k]! * L[j * d + k]!;
      const each = sum / L[j * d + j]!;
      L[i * d + j] = each;
      rest -= each * each;
    }
    L[i * d + i] = Math.sqrt(Math.max(rest, LEAST));
  }
  return L;
}
