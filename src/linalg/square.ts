// The one-shot functions of square matrices: determinants, condition, inverse.

import { DownhillError } from "../runtime/errors.js";
import { inNameOf } from "../runtime/in-name-of.js";
import { checkOptions, checkSquare, type FactorOptions } from "./factor.js";
import { luOf } from "./lu.js";
import { type Matrix, type MatrixLike, readMatrix } from "./matrix.js";
import { solve } from "./solve.js";

/**
 * The determinant; 0 for a matrix with an exact zero pivot.
 *
 * @example
 * det([[1, 2], [3, 4]]); // -2
 */
export function det(A: MatrixLike, o: FactorOptions = {}): number {
  return withLu("det", A, o, (f) => f.det, 0);
}

/**
 * ln |det A|; -Infinity for a matrix with an exact zero pivot.
 *
 * @example
 * logDet([[1e200, 0], [0, 1e200]]); // { log: 921.03, sign: 1 }, where det overflows
 */
export function logDet(A: MatrixLike, o: FactorOptions = {}): number {
  return withLu("logDet", A, o, (f) => f.logDet, -Infinity);
}

/**
 * Estimated 1 / (|A|_1 |A^-1|_1); 0 for a matrix with an exact zero pivot.
 *
 * @example
 * rcond([[1, 1], [1, 1 + 1e-9]]); // about 2.5e-10
 */
export function rcond(A: MatrixLike, o: FactorOptions = {}): number {
  return withLu("rcond", A, o, (f) => f.rcond, 0);
}

function withLu(
  where: string,
  A: MatrixLike,
  o: FactorOptions,
  use: (f: ReturnType<typeof luOf>) => number,
  singularValue: number,
): number {
  let f: ReturnType<typeof luOf>;
  try {
    f = luOf(where, A, o);
  } catch (error) {
    if (error instanceof DownhillError && error.code === "SINGULAR") return singularValue;
    throw error;
  }
  try {
    return use(f);
  } finally {
    f.dispose();
  }
}

/**
 * A^-1, by the rules of `solve`. To solve systems, `solve` and the factor objects are faster and more accurate.
 *
 * @example
 * toArray(inverse([[2, 0], [0, 4]])); // [[0.5, 0], [0, 0.25]]
 */
export function inverse(A: Matrix<Float32Array>, o?: FactorOptions): Matrix<Float32Array>;
export function inverse(A: MatrixLike, o?: FactorOptions): Matrix<Float64Array>;
export function inverse(A: MatrixLike, o: FactorOptions = {}): Matrix {
  checkOptions("inverse", o);
  const s = readMatrix("inverse", "A", A);
  checkSquare("inverse", s);
  const n = s.rows;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * (n + 1)] = 1;
  return inNameOf("inverse", "solve", () => solve(A, { rows: n, cols: n, data }, o));
}
