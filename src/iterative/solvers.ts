// Iterative solvers of A x = b for square A: Jacobi, Gauss-Seidel (SOR), conjugate gradients, MINRES, GMRES, BiCGSTAB. Each
// runs at once, asynchronously, or is pulled.

import { type Pulled, pull, run, runAsync } from "../driver/run.js";
import type { SparseMatrix } from "../linalg/csr.js";
import type { MatrixLike } from "../linalg/matrix.js";
import {
  bicgstabTask,
  type CgOptions,
  cgTask,
  type GaussSeidelOptions,
  type GmresOptions,
  gaussSeidelTask,
  gmresTask,
  type JacobiOptions,
  jacobiTask,
  type KrylovOptions,
  minresTask,
  type SquareMatrix,
  type SymmetricOptions,
} from "./options.js";
import type { Resumable } from "./request.js";
import type { IterativeResult } from "./solution.js";
import type { IterativeState } from "./task.js";

/** A solve that is pulled. */
export type LinearIterator = Pulled<IterativeResult, IterativeState>;

/**
 * x += omega D^-1 (b - A x), D the diagonal of A: converges where A is strictly diagonally dominant (Saad, Iterative Methods,
 * 2nd ed., section 4.1).
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work; SINGULAR for a 0 on the diagonal.
 * @example
 * jacobi([[4, 1], [1, 3]], [1, 2]).x; // [1/11, 7/11]
 */
export function jacobi(A: SquareMatrix, b: ArrayLike<number>, o: JacobiOptions = {}): IterativeResult {
  return run(jacobiTask(A, b, o));
}

/**
 * As `jacobi`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await jacobiAsync([[4, 1], [1, 3]], [1, 2])).x; // [1/11, 7/11]
 */
export async function jacobiAsync(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: JacobiOptions = {},
): Promise<IterativeResult> {
  return runAsync(jacobiTask(A, b, o, "later"));
}

/**
 * As `jacobi`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateJacobi([[4, 1], [1, 3]], [1, 2])) if (nit === 10) break;
 */
export function iterateJacobi(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: JacobiOptions & Resumable = {},
): LinearIterator {
  return pull(jacobiTask(A, b, o, "pulled"), o.resume !== undefined);
}

/**
 * Gauss-Seidel sweeps, with relaxation `omega` (SOR), symmetric on demand (Saad, section 4.1). Converges for symmetric positive
 * definite A.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work; SINGULAR for a 0 on the diagonal.
 * @example
 * gaussSeidel([[4, 1], [1, 3]], [1, 2], { omega: 1.1 }).x; // [1/11, 7/11]
 */
export function gaussSeidel(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions = {},
): IterativeResult {
  return run(gaussSeidelTask(A, b, o));
}

/**
 * As `gaussSeidel`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await gaussSeidelAsync([[4, 1], [1, 3]], [1, 2])).x; // [1/11, 7/11]
 */
export async function gaussSeidelAsync(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions = {},
): Promise<IterativeResult> {
  return runAsync(gaussSeidelTask(A, b, o, "later"));
}

/**
 * As `gaussSeidel`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateGaussSeidel([[4, 1], [1, 3]], [1, 2])) if (nit === 10) break;
 */
export function iterateGaussSeidel(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions & Resumable = {},
): LinearIterator {
  return pull(gaussSeidelTask(A, b, o, "pulled"), o.resume !== undefined);
}

/**
 * Preconditioned conjugate gradients for symmetric positive definite A (Hestenes and Stiefel 1952). "Converged" is said of
 * b - A x computed anew; where the iteration had drifted away from it, it starts again from x, or ends in failed/stalled.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work; NOT_SYMMETRIC.
 * @example
 * cg([[4, 1], [1, 3]], [1, 2]).x; // [1/11, 7/11]
 */
export function cg(A: SquareMatrix, b: ArrayLike<number>, o: CgOptions = {}): IterativeResult {
  return run(cgTask(A, b, o));
}

/**
 * As `cg`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await cgAsync([[4, 1], [1, 3]], [1, 2])).x; // [1/11, 7/11]
 */
export async function cgAsync(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: CgOptions = {},
): Promise<IterativeResult> {
  return runAsync(cgTask(A, b, o, "later"));
}

/**
 * As `cg`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateCg([[4, 1], [1, 3]], [1, 2])) if (nit === 10) break;
 */
export function iterateCg(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: CgOptions & Resumable = {},
): LinearIterator {
  return pull(cgTask(A, b, o, "pulled"), o.resume !== undefined);
}

/**
 * MINRES for symmetric A, definite or not (Paige and Saunders 1975). A preconditioner must be positive definite.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work; NOT_SYMMETRIC.
 * @example
 * minres([[0, 1], [1, 0]], [1, 2]).x; // [2, 1]
 */
export function minres(A: SquareMatrix, b: ArrayLike<number>, o: SymmetricOptions = {}): IterativeResult {
  return run(minresTask(A, b, o));
}

/**
 * As `minres`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await minresAsync([[4, 1], [1, 3]], [1, 2])).x; // [1/11, 7/11]
 */
export async function minresAsync(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: SymmetricOptions = {},
): Promise<IterativeResult> {
  return runAsync(minresTask(A, b, o, "later"));
}

/**
 * As `minres`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateMinres([[4, 1], [1, 3]], [1, 2])) if (nit === 10) break;
 */
export function iterateMinres(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: SymmetricOptions & Resumable = {},
): LinearIterator {
  return pull(minresTask(A, b, o, "pulled"), o.resume !== undefined);
}

/**
 * GMRES(restart) for any square A (Saad and Schultz 1986), preconditioned on the right. x is formed at the end of each cycle:
 * in between `onIteration` sees the x of its start.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work.
 * @example
 * gmres([[1, 2], [-3, 4]], [1, 7]).x; // [-1, 1]
 */
export function gmres(A: SquareMatrix, b: ArrayLike<number>, o: GmresOptions = {}): IterativeResult {
  return run(gmresTask(A, b, o));
}

/**
 * As `gmres`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await gmresAsync([[4, 1], [1, 3]], [1, 2])).x; // [1/11, 7/11]
 */
export async function gmresAsync(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: GmresOptions = {},
): Promise<IterativeResult> {
  return runAsync(gmresTask(A, b, o, "later"));
}

/**
 * As `gmres`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateGmres([[4, 1], [1, 3]], [1, 2])) if (nit === 10) break;
 */
export function iterateGmres(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: GmresOptions & Resumable = {},
): LinearIterator {
  return pull(gmresTask(A, b, o, "pulled"), o.resume !== undefined);
}

/**
 * BiCGSTAB for any square A (van der Vorst 1992), preconditioned on the right: two products an iteration, a few vectors of
 * memory.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work.
 * @example
 * bicgstab([[1, 2], [-3, 4]], [1, 7]).x; // [-1, 1]
 */
export function bicgstab(A: SquareMatrix, b: ArrayLike<number>, o: KrylovOptions = {}): IterativeResult {
  return run(bicgstabTask(A, b, o));
}

/**
 * As `bicgstab`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await bicgstabAsync([[4, 1], [1, 3]], [1, 2])).x; // [1/11, 7/11]
 */
export async function bicgstabAsync(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: KrylovOptions = {},
): Promise<IterativeResult> {
  return runAsync(bicgstabTask(A, b, o, "later"));
}

/**
 * As `bicgstab`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateBicgstab([[4, 1], [1, 3]], [1, 2])) if (nit === 10) break;
 */
export function iterateBicgstab(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: KrylovOptions & Resumable = {},
): LinearIterator {
  return pull(bicgstabTask(A, b, o, "pulled"), o.resume !== undefined);
}
