// min |A x - b|, of minimum norm when A's columns depend on each other. The columns of A are scaled to about
// unit norm by powers of two, which is exact, so the rank does not depend on units; then QR with column
// pivoting (Golub and Van Loan, 4th ed., sections 5.4 and 5.5), and one step of refinement of the augmented
// system with residuals in twice the precision (Björck 1967).

import { item } from "../memory";
import { axpy, copy, fill, nrm2, scal } from "../blas/level1";
import { applyQ, applyQT, qrFactor, qrRank, solveR, solveRT } from "./qr";
import { entry } from "./reflector";
import { residualDot } from "./residual";
import { powerOfTwo } from "./scaling";

// @ts-ignore: decorator
@inline
function place(perm: usize, j: i32): i32 {
  return load<i32>(perm + (<usize>j << 2));
}

/**
 * A (columns, ld = m) is scaled and becomes its factor; scales[j] is what column j was multiplied with.
 * Returns the rank: diagonal entries of R above tol |R[0][0]|. norms: 2 n numbers of workspace.
 */
export function lstsqFactor<T>(
  m: i32, n: i32, A: usize, scales: usize, tau: usize, perm: usize, norms: usize, tol: T,
): i32 {
  for (let j = 0; j < n; j++) {
    const column = entry<T>(A, m, 0, j);
    const scale = <T>(<T>1 / powerOfTwo<T>(nrm2<T>(m, column)));
    store<T>(item<T>(scales, j), scale);
    scal<T>(m, scale, column);
  }
  qrFactor<T>(m, n, n, A, m, tau, perm, norms, 1);
  return qrRank<T>(m, n, A, m, tol);
}

/** Workspace of lstsqSolve in elements. */
export function lstsqWork(m: i32, n: i32, rank: i32): i32 {
  return rank < n ? n * rank + 3 * n : m + 2 * n;
}

/**
 * x of one right-hand side: b (length m) is overwritten with its residual b - A x. Full column rank: least
 * squares; otherwise the least squares solution of minimum norm.
 */
export function lstsqSolve<T>(
  m: i32, n: i32, rank: i32, A: usize, scales: usize, tau: usize, perm: usize, b: usize, x: usize, work: usize,
): void {
  applyQT<T>(m, n, A, m, tau, b);
  if (rank == n) {
    copy<T>(n, b, work);
    solveR<T>(n, A, m, work);
    for (let j = 0; j < n; j++) {
      const p = place(perm, j);
      store<T>(item<T>(x, p), <T>(load<T>(item<T>(work, j)) * load<T>(item<T>(scales, p))));
    }
  } else {
    minimumNorm<T>(m, n, rank, A, scales, perm, b, x, work);
  }
  fill<T>(rank, <T>0, b);
  applyQ<T>(m, n, A, m, tau, b);
}

/**
 * The x of least norm with [R11 R12] D^-1 P'x = c: with the QR of the transpose of that wide matrix, M = Q2 R2
 * (n x rank), x = Q2 R2'^-1 c. D is undone first, so the norm is that of x itself.
 */
function minimumNorm<T>(
  m: i32, n: i32, rank: i32, A: usize, scales: usize, perm: usize, c: usize, x: usize, work: usize,
): void {
  const M = work, tau = item<T>(work, n * rank), y = item<T>(tau, n), order = item<T>(y, n);
  fill<T>(n * rank, <T>0, M);
  for (let j = 0; j < n; j++) {
    const inverse = <T>(<T>1 / load<T>(item<T>(scales, place(perm, j))));
    const top = min(rank, j + 1);
    for (let i = 0; i < top; i++) {
      store<T>(entry<T>(M, n, j, i), <T>(load<T>(entry<T>(A, m, i, j)) * inverse));
    }
  }
  qrFactor<T>(n, rank, rank, M, n, tau, order, 0, 0);
  fill<T>(n, <T>0, y);
  copy<T>(rank, c, y);
  solveRT<T>(rank, M, n, y);
  applyQ<T>(n, rank, M, n, tau, y);
  for (let j = 0; j < n; j++) store<T>(item<T>(x, place(perm, j)), load<T>(item<T>(y, j)));
}

/**
 * One step of refinement for full column rank. A0 is the matrix by columns as it came, b0 the right-hand side,
 * r the residual that lstsqSolve left; x and r are improved in place. work: m + 2 n.
 * f = b - r - A x and g = -A'r; with Q'f = [d; e] and R'h = P'D g: x += D P R^-1 (d - h), r += Q [h; e].
 */
export function lstsqRefine<T>(
  m: i32, n: i32, A0: usize, A: usize, scales: usize, tau: usize, perm: usize, b0: usize, x: usize, r: usize,
  work: usize,
): void {
  const f = work, h = item<T>(f, m), d = item<T>(h, n);
  const column = <usize>m * sizeof<T>();
  for (let i = 0; i < m; i++) {
    const value = residualDot<T>(n, load<T>(item<T>(b0, i)), <T>-load<T>(item<T>(r, i)), item<T>(A0, i), column, x);
    store<T>(item<T>(f, i), value);
  }
  for (let j = 0; j < n; j++) {
    const p = place(perm, j);
    const g = residualDot<T>(m, <T>0, <T>0, entry<T>(A0, m, 0, p), sizeof<T>(), r);
    store<T>(item<T>(h, j), <T>(g * load<T>(item<T>(scales, p))));
  }
  solveRT<T>(n, A, m, h);
  applyQT<T>(m, n, A, m, tau, f);
  copy<T>(n, f, d);
  axpy<T>(n, <T>-1, h, d);
  solveR<T>(n, A, m, d);
  for (let j = 0; j < n; j++) {
    const p = place(perm, j), at = item<T>(x, p);
    store<T>(at, <T>(load<T>(at) + <T>(load<T>(item<T>(d, j)) * load<T>(item<T>(scales, p)))));
  }
  copy<T>(n, h, f);
  applyQ<T>(m, n, A, m, tau, f);
  axpy<T>(m, <T>1, f, r);
}
