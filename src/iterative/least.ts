// Iterative least squares for A of any shape: LSQR and LSMR.

import { pull, run, runAsync } from "../driver/run.js";
import type { SparseMatrix } from "../linalg/csr.js";
import type { MatrixLike } from "../linalg/matrix.js";
import { type LsqrOptions, leastTask } from "./options.js";
import type { LinearMap, Resumable } from "./request.js";
import type { IterativeResult } from "./solution.js";
import type { LinearIterator } from "./solvers.js";

/**
 * The x of least |b - A x|^2 + damp^2 |x|^2, of least norm where there are many (from x0 = 0), by LSQR (Paige and Saunders
 * 1982). Converged where
 * |b - A x| <= tolerance |b| ("residual") or |A'(b - A x)| <= tolerance |A| |b - A x| ("gradient", |A| estimated by its part in
 * the Frobenius norm that the iteration has met); both are computed anew before they are claimed.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work.
 * @example
 * lsqr([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x; // [1, 2]
 */
export function lsqr(
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: LsqrOptions = {},
): IterativeResult {
  return run(leastTask("lsqr", A, b, o));
}

/**
 * As `lsqr`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await lsqrAsync([[1, 0], [1, 1], [1, 2]], [1, 3, 5])).x; // [1, 2]
 */
export async function lsqrAsync(
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: LsqrOptions = {},
): Promise<IterativeResult> {
  return runAsync(leastTask("lsqr", A, b, o, "later"));
}

/**
 * As `lsqr`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateLsqr([[1, 0], [1, 1], [1, 2]], [1, 3, 5])) if (nit === 10) break;
 */
export function iterateLsqr(
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: LsqrOptions & Resumable = {},
): LinearIterator {
  return pull(leastTask("lsqr", A, b, o, "pulled"), o.resume !== undefined);
}

/**
 * The x of least |b - A x|^2 + damp^2 |x|^2, of least norm where there are many (from x0 = 0), by LSMR (Fong and Saunders
 * 2011): |A'r| falls in every iteration, so that it may be stopped earlier than `lsqr`. Converged where
 * |b - A x| <= tolerance |b| ("residual") or |A'(b - A x)| <= tolerance |A| |b - A x| ("gradient", |A| estimated by its part in
 * the Frobenius norm that the iteration has met); both are computed anew before they are claimed.
 *
 * @throws SHAPE, NON_FINITE_INPUT, OPTION before any work.
 * @example
 * lsmr([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x; // [1, 2]
 */
export function lsmr(
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: LsqrOptions = {},
): IterativeResult {
  return run(leastTask("lsmr", A, b, o));
}

/**
 * As `lsmr`, giving the event loop a turn at least every 8 ms; functions may be asynchronous; rejects with `signal.reason` on abort.
 *
 * @example
 * (await lsmrAsync([[1, 0], [1, 1], [1, 2]], [1, 3, 5])).x; // [1, 2]
 */
export async function lsmrAsync(
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: LsqrOptions = {},
): Promise<IterativeResult> {
  return runAsync(leastTask("lsmr", A, b, o, "later"));
}

/**
 * As `lsmr`, one iteration for each `next()`; `state()` is plain data that `resume` goes on from, to the bit.
 *
 * @example
 * for (const { nit, residualNorm } of iterateLsmr([[1, 0], [1, 1], [1, 2]], [1, 3, 5])) if (nit === 10) break;
 */
export function iterateLsmr(
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: LsqrOptions & Resumable = {},
): LinearIterator {
  return pull(leastTask("lsmr", A, b, o, "pulled"), o.resume !== undefined);
}
