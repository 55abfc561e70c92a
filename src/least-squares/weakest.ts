// The direction of the parameters that moves the residuals least, and whether they fall along it. Where columns of a Jacobian by
// differences differ by no more than its error, it says nothing of that direction: neither that there is a lower sum, nor that not.

import { type DifferenceMemory, largestTerm } from "../driver/differences.js";
import { spreadIn, triangular } from "./triangular.js";

/** Rows so small below J with unit columns keep it from being singular. */
const RIDGE = 1e-8;
/** Steps along it move the largest term by this share of it: far more than rounding, and near enough. */
const REACH = 1e-3;
/** A sum that falls by a larger share than this refutes a claim, where it falls by more than rounding. */
const LOWER = 1e-4;
const ROUNDING = 1e-15;

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
  const size = Math.sqrt(sumOfSquares(v));
  for (let j = 0; j < n; j++) v[j]! /= size;
  return { v, sizes };
}

function sumOfSquares(v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!;
  return sum;
}

/**
 * Whether the sum of squares of r is lower along the weakest direction of J at x, as two points on both sides tell; yields `a` or
 * `b` where the residuals are to be evaluated at `at` into it.
 */
export function* lowerAlong(
  x: Float64Array,
  r: Float64Array,
  jacobian: Float64Array,
  { slopes }: DifferenceMemory,
  at: Float64Array,
  a: Float64Array,
  b: Float64Array,
): Generator<Float64Array, boolean, void> {
  const { v, sizes } = weakestDirection(jacobian, x.length);
  const before = sumOfSquares(r);
  const size = Math.max(largestTerm(x, slopes), Math.sqrt(before));
  const step = REACH * size;
  const move = (t: number): boolean => {
    for (let j = 0; j < x.length; j++) at[j] = x[j]! + (t * v[j]!) / sizes[j]!;
    return at.every((p) => p - p === 0);
  };
  if (!move(step)) return false;
  yield a;
  if (!move(-step)) return false;
  yield b;
  let [wr, ww] = [0, 0];
  for (let i = 0; i < r.length; i++) {
    const w = (a[i]! - b[i]!) / (2 * step);
    wr += w * r[i]!;
    ww += w * w;
  }
  if (!move(-wr / ww)) return false;
  yield a;
  return before - sumOfSquares(a) > LOWER * before + ROUNDING * size * Math.sqrt(before);
}
