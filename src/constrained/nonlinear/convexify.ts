// A positive definite Hessian for the quadratic program of a step: the exact one, plus rho J_A'J_A over the active rows
// and bounds, which changes nothing on the active set; else with the signs of its eigenvalues turned.
// W. Murray, SIAM J. Numer. Anal. 1969; Nocedal and Wright (2006), section 18.3.

import { eigSym } from "../../linalg/eigen.js";
import type { Point } from "./point.js";
import { factorInPlace } from "./small-factor.js";
import type { ProgramSolve } from "./solve.js";

let L = new Float64Array(0);

/**
 * Where nothing curves, the model's own minimum lies no farther than so many times max(1, |x|): the dual method begins there, and what a
 * step of the size of x is then known to is 2^-53 of that.
 */
const REACH = 1e6;

/** Whether B is positive definite, with pivots above 1e-10 size. */
export function definite(n: number, B: Float64Array, size: number): boolean {
  if (L.length < n * n) L = new Float64Array(n * n);
  L.set(B.subarray(0, n * n));
  return factorInPlace(n, L, 1e-10 * size);
}

/** B = H + rho J_A'J_A, rho as small as will do; where none does, H with the absolute values of its eigenvalues. */
export function makeConvex(
  solve: ProgramSolve,
  at: Point,
  y: Float64Array,
  z: Float64Array,
  H: Float64Array,
  B: Float64Array,
): void {
  const { n, m } = solve;
  let size = 1e-8;
  for (let k = 0; k < n * n; k++) size = Math.max(size, Math.abs(H[k]!));
  B.set(H);
  if (definite(n, B, size)) return;
  const { scaledLower, scaledUpper } = solve.evaluator;
  const active = (i: number): boolean => y[i] !== 0 || scaledLower[i] === scaledUpper[i];
  for (const factor of [1, 10, 100, 1000, 10000]) {
    B.set(H);
    for (let i = 0; i < m; i++) {
      if (!active(i)) continue;
      let square = 0;
      for (let j = 0; j < n; j++) square += at.J[i * n + j]! * at.J[i * n + j]!;
      if (square === 0) continue;
      const rho = (factor * size) / square;
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) B[a * n + b]! += rho * at.J[i * n + a]! * at.J[i * n + b]!;
    }
    for (let j = 0; j < n; j++) if (z[j] !== 0) B[j * n + j]! += factor * size;
    if (definite(n, B, size)) return;
  }
  B.set(H);
  const largest = (v: Float64Array): number => v.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  absoluteEigenvalues(n, B, Math.max(1e-6 * size, largest(at.g) / (REACH * Math.max(1, largest(at.x)))));
}

/** B with the absolute values of its eigenvalues, none below `least`. */
export function absoluteEigenvalues(n: number, B: Float64Array, least: number): void {
  const { values, vectors } = eigSym({ rows: n, cols: n, data: B }, { check: false });
  const V = vectors.data;
  B.fill(0);
  for (let k = 0; k < n; k++) {
    const value = Math.max(Math.abs(values[k]!), least);
    for (let a = 0; a < n; a++)
      for (let b = 0; b <= a; b++) B[a * n + b]! += value * V[a * n + k]! * V[b * n + k]!;
  }
  for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) B[b * n + a] = B[a * n + b]!;
}
