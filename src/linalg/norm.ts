// Norms of vectors and matrices, and the inner product.

import { choiceOption } from "../runtime/options.js";
import { checkMatrixFinite, element, isVector, type MatrixLike, readMatrix } from "./matrix.js";
import { largestOf, powerBelow } from "./scaling.js";
import { checkVector } from "./vectors.js";

export type NormKind = "one" | "inf" | "frobenius" | "max";
export type VectorNormKind = "two" | NormKind;

/**
 * Of a matrix: the largest column sum ("one", default), the largest row sum ("inf"), the root of the sum of squares
 * ("frobenius"), or the largest |element| ("max"). Of a vector: Euclid's length ("two", default, the same as "frobenius"),
 * the sum of |elements| ("one"), or the largest ("inf", "max"). The 2-norm of a matrix is `svd(A).s[0]`.
 * Nothing overflows that need not.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * norm([3, 4]); // 5
 */
export function norm(x: ArrayLike<number>, kind?: VectorNormKind): number;
export function norm(A: MatrixLike, kind?: NormKind): number;
export function norm(A: MatrixLike | ArrayLike<number>, kind?: VectorNormKind): number {
  if (isVector(A)) return vectorNorm(A, kind);
  const s = readMatrix("norm", "A", A);
  const chosen = choiceOption("norm", "kind", kind, ["one", "inf", "frobenius", "max"], "one");
  checkMatrixFinite("norm", "A", s);
  if (chosen === "frobenius" || chosen === "max") {
    const all = new Float64Array(s.rows * s.cols);
    for (let i = 0; i < s.rows; i++) for (let j = 0; j < s.cols; j++) all[i * s.cols + j] = element(s, i, j);
    return chosen === "max" ? largestOf(all) : lengthOf(all);
  }
  const [outer, inner] = chosen === "one" ? [s.cols, s.rows] : [s.rows, s.cols];
  let most = 0;
  for (let a = 0; a < outer; a++) {
    let sum = 0;
    for (let b = 0; b < inner; b++) sum += Math.abs(chosen === "one" ? element(s, b, a) : element(s, a, b));
    most = Math.max(most, sum);
  }
  return most;
}

function vectorNorm(x: ArrayLike<number>, kind: unknown): number {
  const chosen = choiceOption("norm", "kind", kind, ["two", "one", "inf", "frobenius", "max"], "two");
  const v = checkVector("norm", "x", x);
  if (chosen === "inf" || chosen === "max") return largestOf(v);
  if (chosen !== "one") return lengthOf(v);
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += Math.abs(v[i]!);
  return sum;
}

/** The 2-norm, scaled by a power of two near the largest element. */
export function lengthOf(v: ArrayLike<number>): number {
  const largest = largestOf(v);
  if (largest === 0) return 0;
  const scale = powerBelow(largest);
  let sum = 0;
  for (let i = 0; i < v.length; i++) {
    const q = v[i]! / scale;
    sum += q * q;
  }
  return scale * Math.sqrt(sum);
}

/**
 * x'y, summed from the first element on.
 *
 * @throws SHAPE where the lengths differ, NON_FINITE_INPUT.
 * @example
 * dot([1, 2], [3, 4]); // 11
 */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const a = checkVector("dot", "x", x);
  const b = checkVector("dot", "y", y, a.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
