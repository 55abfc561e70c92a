// Iterative solvers of A x = b: jacobi, gaussSeidel (SOR) and preconditioned conjugate gradients. For dense and sparse
// matrices the iteration runs inside WebAssembly, in chunks between which limits, progress and signals are looked at.

import type { SparseMatrix } from "../linalg/csr.js";
import type { MatrixLike } from "../linalg/matrix.js";
import {
  type CgOptions,
  type GaussSeidelOptions,
  type JacobiOptions,
  type Operator,
  requestCg,
  requestGaussSeidel,
  requestJacobi,
} from "./request.js";
import { type IterativeResult, runAsync, runSync } from "./session.js";

/** x += omega D^-1 (b - A x). */
export function jacobi(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions = {},
): IterativeResult {
  return runSync(requestJacobi(A, b, o));
}

/** As `jacobi`, giving the event loop a turn at least every 8 ms; rejects with `signal.reason` on abort. */
export async function jacobiAsync(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions = {},
): Promise<IterativeResult> {
  return runAsync(requestJacobi(A, b, o));
}

/** Gauss-Seidel sweeps, with relaxation `omega` (SOR), symmetric on demand. */
export function gaussSeidel(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions = {},
): IterativeResult {
  return runSync(requestGaussSeidel(A, b, o));
}

/** As `gaussSeidel`, giving the event loop a turn at least every 8 ms; rejects with `signal.reason` on abort. */
export async function gaussSeidelAsync(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions = {},
): Promise<IterativeResult> {
  return runAsync(requestGaussSeidel(A, b, o));
}

/** Preconditioned conjugate gradients for symmetric positive definite A. */
export function cg(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: CgOptions = {},
): IterativeResult {
  return runSync(requestCg(A, b, o));
}

/** As `cg`, giving the event loop a turn at least every 8 ms; rejects with `signal.reason` on abort. */
export async function cgAsync(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: CgOptions = {},
): Promise<IterativeResult> {
  return runAsync(requestCg(A, b, o));
}
