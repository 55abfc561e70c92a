// solve: Cholesky when it succeeds, else LU of the equilibrated matrix, QR where LU's growth would cost digits.

import { choiceOption } from "../runtime/options.js";
import { isSparse, type SparseMatrix } from "./csr.js";
import { checkOptions, checkSquare, type FactorOptions } from "./factor.js";
import {
  checkMatrixFinite,
  isVector,
  type Matrix,
  type MatrixLike,
  type Precision,
  type Real,
  readMatrix,
  shapeError,
  writeRows,
} from "./matrix.js";
import { choosePrecision, vector } from "./precision.js";
import type { SolveWarning } from "./refusals.js";
import { solveSparse } from "./solve-sparse.js";
import { type RightSide, System } from "./system.js";
import { checkVector, copyArray } from "./vectors.js";

export type DenseMethod = "cholesky" | "lu" | "qr";
/** What can answer: the dense methods, or the factors of a sparse matrix. */
export type SolveMethod = DenseMethod | "sparseCholesky" | "sparseLu";

export interface SolveOptions extends FactorOptions {
  /** Default "auto": Cholesky for a symmetric A where it succeeds, else LU, or QR where LU's elements grow by more than 10^4. */
  method?: "auto" | DenseMethod | undefined;
  /** One step of iterative refinement, with the residual in twice the precision; default false. */
  refine?: boolean | undefined;
  /** Returns { x, method, rcond, warnings } instead of x alone. */
  report?: boolean | undefined;
}

export interface SolveReport<X> {
  readonly x: X;
  /** What answered. */
  readonly method: SolveMethod;
  /** Estimated reciprocal 1-norm condition of A with its rows and columns scaled (equilibrated, or where that is singular, their units undone). */
  readonly rcond: number;
  /** W_ILL_CONDITIONED where rcond < 1e-12; of single precision 1e-5. */
  readonly warnings: readonly SolveWarning[];
}

/**
 * x with A x = b. SINGULAR with `details.pivot` and `details.rcond` when a pivot is 0, or when the reciprocal condition of
 * the equilibrated A is below 2^-53 (2^-24 in single precision). A sparse A is factored by `sparseCholesky` where it
 * is symmetric and definite, else by `sparseLu`.
 *
 * @throws SINGULAR; SHAPE, OPTION, NON_FINITE_INPUT; UNSUPPORTED where x leaves the range of the precision.
 * @example
 * solve([[3, 1], [1, 2]], [9, 8]); // Float64Array [2, 3]
 */
export function solve(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: SolveOptions & { report: true },
): SolveReport<Float64Array>;
export function solve(
  A: Matrix<Float32Array>,
  b: ArrayLike<number>,
  o?: SolveOptions & { report?: false | undefined },
): Float32Array;
export function solve(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o?: SolveOptions & { report?: false | undefined },
): Float64Array;
export function solve(
  A: MatrixLike | SparseMatrix,
  B: MatrixLike,
  o: SolveOptions & { report: true },
): SolveReport<Matrix<Float64Array>>;
export function solve(
  A: Matrix<Float32Array>,
  B: MatrixLike,
  o?: SolveOptions & { report?: false | undefined },
): Matrix<Float32Array>;
export function solve(
  A: MatrixLike | SparseMatrix,
  B: MatrixLike,
  o?: SolveOptions & { report?: false | undefined },
): Matrix<Float64Array>;
export function solve(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number> | MatrixLike,
  o: SolveOptions = {},
): Real | Matrix | SolveReport<Real | Matrix> {
  const where = "solve";
  checkOptions(where, o, ["method", "refine", "report"]);
  const method = choiceOption(where, "method", o.method, ["auto", "cholesky", "lu", "qr"], "auto");
  if (isSparse(A)) return solveSparse(A, b, o);
  const s = readMatrix(where, "A", A);
  checkSquare(where, s);
  const precision = choosePrecision(where, o.dtype, A);
  checkMatrixFinite(where, "A", s, precision);
  const right = rightSide(where, b, s.rows, precision);
  const system = new System(s, right, precision, o);
  try {
    const answer = system.solve(method);
    const x = right.vector ? answer.x : { rows: s.rows, cols: right.count, data: answer.x };
    return o.report ? { ...answer, x } : x;
  } finally {
    system.release();
  }
}

function rightSide(
  where: string,
  b: ArrayLike<number> | MatrixLike,
  n: number,
  precision: Precision,
): RightSide {
  if (isVector(b)) {
    const given = checkVector(where, "b", b, n, precision);
    const data = vector(n, precision);
    copyArray(given, data, n);
    return { data, count: 1, vector: true };
  }
  const s = readMatrix(where, "b", b);
  if (s.rows !== n)
    throw shapeError(where, `b has ${s.rows} rows, expected ${n}`, { argument: "b", expected: n });
  checkMatrixFinite(where, "b", s, precision);
  const data = vector(n * s.cols, precision);
  writeRows(s, data);
  return { data, count: s.cols, vector: false };
}
