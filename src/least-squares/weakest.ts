// The direction of the parameters that moves the residuals least, and whether they fall along it. Where columns of a Jacobian by
// differences differ by no more than its error, it says nothing of that direction: neither that there is a lower sum, nor that not.

import type { Box } from "../driver/bounds.js";
import { type DifferenceMemory, largestTerm } from "../driver/differences.js";
import { spreadIn, triangular } from "./triangular.js";

/** Rows so small below J with unit columns keep it from being singular. */
const RIDGE = 1e-8;
/** Steps along it move the largest term by this share of it: far more than rounding, and near enough. */
const REACH = 1e-3;
/** A cost that falls by a larger share than this refutes a claim, where it falls by more than rounding, some 5 eps, as a share of the step. */
const LOWER = 1e-4;
const ROUNDING = 1e-12;

/** The point, its residuals, their Jacobian and their cost, which is the sum of squares or that of a loss. */
interface Claim {
  readonly x: Float64Array;
  readonly r: Float64Array;
  readonly J: Float64Array;
  readonly cost: number;
  readonly box: Box | null;
}

/** By inverse iteration with R of J with unit columns. `v` is of length 1; parameter j moves by v_j / sizes_j. */
export function weakestDirection(
  jacobian: Float64Array,
  n: number,
): { v: Float64Array; sizes: Float64Array } {
  const { length } = jacobian;
  const sizes = new Float64Array(n);
  const A = new Float64Array(length + n * n);
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let at = j; at < length; at += n) sum += jacobian[at]! * jacobian[at]!;
    sizes[j] = Math.sqrt(sum);
    for (let at = j; at < length; at += n) A[at] = jacobian[at]! / sizes[j]!;
    A[length + j * n + j] = RIDGE;
  }
  const R = triangular(A, n);
  const v = Float64Array.from({ length: n }, (_, j) => 1 + j / n);
  for (let turn = 0; turn < 3; turn++) {
    spreadIn(R, v);
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) v[i]! -= R[i * n + k]! * v[k]!;
      v[i]! /= R[i * n + i]!;
    }
  }
  const size = Math.sqrt(v.reduce((sum, c) => sum + c * c, 0));
  for (let j = 0; j < n; j++) v[j]! /= size;
  return { v, sizes };
}

/**
 * Whether the cost is lower along the weakest direction of J at x, as two points on both sides tell; yields `a` or `b` where the
 * residuals are to be evaluated at `at` into it, and is handed their cost. Nothing is looked at outside of the box.
 */
export function* lowerAlong(
  { x, r, J, cost, box }: Claim,
  { slopes }: DifferenceMemory,
  at: Float64Array,
  a: Float64Array,
  b: Float64Array,
): Generator<Float64Array, boolean, number> {
  const { v, sizes } = weakestDirection(J, x.length);
  const length = Math.sqrt(cost);
  const step = REACH * (largestTerm(x, slopes) + length);
  const move = (t: number): boolean => {
    for (let j = 0; j < x.length; j++) at[j] = x[j]! + (t * v[j]!) / sizes[j]!;
    return at.every((p, j) => p - p === 0 && (!box || (p >= box.lower[j]! && p <= box.upper[j]!)));
  };
  if (!move(step)) return false;
  yield a;
  if (!move(-step)) return false;
  yield b;
  let [wr, ww] = [0, 0];
  for (let i = 0; i < r.length; i++) {
    const w = a[i]! - b[i]!;
    wr += w * r[i]!;
    ww += w * w;
  }
  if (!move((-2 * step * wr) / ww)) return false;
  const after = yield a;
  return cost - after > LOWER * cost + ROUNDING * step * length;
}
