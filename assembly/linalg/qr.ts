// Householder QR: with column pivoting unblocked (Golub and Van Loan, 4th ed., algorithms 5.2.1 and 5.4.1; norms
// downdated as in LAPACK Working Note 176), without it blocked in the compact WY form (Schreiber and Van Loan 1989).
// The matrix is held by columns, as in reflector.ts.

import { axpy, copy, dot, nrm2 } from "../blas/level1";
import { gemm, gemmWork } from "../dense/gemm";
import { entry, item, makeReflector, reflect, reflectColumns } from "./reflector";

/**
 * Factors the first n of `total` columns of length m and applies Q' to the others. perm[j] (i32) is the
 * column that stands at j afterwards. norms: 2 n numbers of workspace. Without `pivot` the order stays.
 */
export function qrFactor<T = f64>(
  m: i32, n: i32, total: i32, A: usize, ld: i32, tau: usize, perm: usize, norms: usize, pivot: i32,
): void {
  for (let j = 0; j < n; j++) {
    store<i32>(perm + (<usize>j << 2), j);
    if (!pivot) continue;
    const norm = nrm2<T>(m, entry<T>(A, ld, 0, j));
    store<T>(item<T>(norms, j), norm);
    store<T>(item<T>(norms, n + j), norm);
  }
  const steps = min(m, n);
  for (let k = 0; k < steps; k++) {
    if (pivot) bringLargest<T>(m, n, k, A, ld, perm, norms);
    const top = entry<T>(A, ld, k, k);
    const t = makeReflector<T>(m - k - 1, top);
    store<T>(item<T>(tau, k), t);
    reflectColumns<T>(m, k, top, t, A, ld, k + 1, total);
    if (!pivot) continue;
    for (let j = k + 1; j < n; j++) downdate<T>(m, n, k, j, entry<T>(A, ld, 0, j), norms);
  }
}

/** Columns of a block of reflectors. */
// @ts-ignore: decorator
@inline
function blockSize(n: i32): i32 {
  return n < 48 ? 64 : n <= 128 ? 16 : 32;
}

/** Elements of workspace that qrBlocked wants, beside gemmWork's bytes. */
// @ts-ignore: decorator
@inline
function blockElements(m: i32, n: i32): usize {
  const nb = min(blockSize(n), n);
  return <usize>nb * <usize>(m + 2 * n + 2 * nb);
}

/** Bytes of workspace that qrBlocked wants. */
export function qrWork<T>(m: i32, n: i32): usize {
  const nb = min(blockSize(n), n);
  return blockElements(m, n) * sizeof<T>() + max(gemmWork<T>(n, nb, m), gemmWork<T>(n, m, nb));
}

/**
 * Factors A (m x n by columns) without pivoting. A block of reflectors is I - V T V'; with the columns of A as the
 * rows of C', the rest becomes C' - (C'V) T V': three products.
 */
export function qrBlocked<T>(m: i32, n: i32, A: usize, ld: i32, tau: usize, work: usize): void {
  const steps = min(m, n);
  const nb = min(blockSize(n), n);
  const V = work, S = item<T>(V, nb * m), W = item<T>(S, 2 * nb * nb), U = item<T>(W, n * nb), scratch = item<T>(U, n * nb);
  const R = item<T>(S, nb * nb);
  for (let k = 0; k < steps; k += nb) {
    const kb = min(nb, steps - k), rows = m - k;
    const corner = entry<T>(A, ld, k, k), t = item<T>(tau, k);
    for (let j = 0; j < kb; j++) {
      const top = entry<T>(corner, ld, j, j);
      const s = makeReflector<T>(rows - j - 1, top);
      store<T>(item<T>(t, j), s);
      reflectColumns<T>(rows, j, top, s, corner, ld, j + 1, kb);
    }
    const rest = n - k - kb;
    if (rest <= 0) continue;
    for (let j = 0; j < kb; j++) {
      const v = item<T>(V, j * rows);
      memory.fill(v, 0, <usize>j * sizeof<T>());
      store<T>(item<T>(v, j), <T>1);
      copy<T>(rows - j - 1, entry<T>(corner, ld, j + 1, j), item<T>(v, j + 1));
    }
    triangleT<T>(rows, kb, V, t, S, R, scratch);
    const C = entry<T>(A, ld, k, k + kb);
    gemm<T>(rest, kb, rows, <T>1, C, ld, false, V, rows, true, <T>0, W, kb, scratch);
    gemm<T>(rest, kb, kb, <T>1, W, kb, false, R, kb, false, <T>0, U, kb, scratch);
    gemm<T>(rest, rows, kb, <T>-1, U, kb, false, V, rows, false, <T>1, C, ld, scratch);
  }
}

/** R = T (kb x kb, upper): column j is tau_j (e_j - T V'v_j). S = V'V. */
export function triangleT<T>(m: i32, kb: i32, V: usize, tau: usize, S: usize, R: usize, scratch: usize): void {
  gemm<T>(kb, kb, m, <T>1, V, m, false, V, m, true, <T>0, S, kb, scratch);
  memory.fill(R, 0, <usize>(kb * kb) * sizeof<T>());
  for (let j = 0; j < kb; j++) {
    const t = load<T>(item<T>(tau, j));
    for (let i = 0; i < j; i++) {
      let s: T = 0;
      for (let p = i; p < j; p++) s = <T>(s + <T>(load<T>(item<T>(R, i * kb + p)) * load<T>(item<T>(S, j * kb + p))));
      store<T>(item<T>(R, i * kb + j), <T>(-t * s));
    }
    store<T>(item<T>(R, j * kb + j), t);
  }
}

/** Swaps the column of largest remaining norm into place k. */
function bringLargest<T>(m: i32, n: i32, k: i32, A: usize, ld: i32, perm: usize, norms: usize): void {
  let best = k;
  for (let j = k + 1; j < n; j++) {
    if (load<T>(item<T>(norms, j)) > load<T>(item<T>(norms, best))) best = j;
  }
  if (best == k) return;
  let a = entry<T>(A, ld, 0, k), b = entry<T>(A, ld, 0, best);
  for (const end = item<T>(a, m); a < end; a += sizeof<T>(), b += sizeof<T>()) {
    const t = load<T>(a);
    store<T>(a, load<T>(b));
    store<T>(b, t);
  }
  const p = perm + (<usize>k << 2), q = perm + (<usize>best << 2);
  const t = load<i32>(p);
  store<i32>(p, load<i32>(q));
  store<i32>(q, t);
  store<T>(item<T>(norms, best), load<T>(item<T>(norms, k)));
  store<T>(item<T>(norms, n + best), load<T>(item<T>(norms, n + k)));
}

/** The norm of column j below row k, from the norm at row k; computed anew when cancellation has eaten it. */
function downdate<T>(m: i32, n: i32, k: i32, j: i32, column: usize, norms: usize): void {
  const at = item<T>(norms, j), first = item<T>(norms, n + j);
  const norm = load<T>(at);
  if (norm == 0) return;
  const q = <T>(abs<T>(load<T>(item<T>(column, k))) / norm);
  const left = max<T>(<T>0, <T>(<T>(<T>1 - q) * <T>(<T>1 + q)));
  const ratio = <T>(norm / load<T>(first));
  // sqrt of the machine's epsilon.
  const lost = sizeof<T>() == 8 ? <T>1.4901161193847656e-8 : <T>3.4526698e-4;
  if (<T>(left * <T>(ratio * ratio)) <= lost) {
    const fresh = nrm2<T>(m - k - 1, item<T>(column, k + 1));
    store<T>(at, fresh);
    store<T>(first, fresh);
  } else {
    store<T>(at, <T>(norm * sqrt<T>(left)));
  }
}

/** b (length m) becomes Q' b. */
export function applyQT<T = f64>(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  const steps = min(m, n);
  for (let k = 0; k < steps; k++) {
    const t = load<T>(item<T>(tau, k));
    if (t != 0) reflect<T>(m, k, entry<T>(A, ld, k, k), t, b);
  }
}

/** b (length m) becomes Q b. */
export function applyQ<T = f64>(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  for (let k = min(m, n) - 1; k >= 0; k--) {
    const t = load<T>(item<T>(tau, k));
    if (t != 0) reflect<T>(m, k, entry<T>(A, ld, k, k), t, b);
  }
}

/** Leading diagonal entries of R above tol |R[0][0]|, at most min(m, n): the numerical rank of a pivoted factor. */
export function qrRank<T = f64>(m: i32, n: i32, A: usize, ld: i32, tol: T): i32 {
  const steps = min(m, n);
  if (steps <= 0) return 0;
  const least = <T>(tol * abs<T>(load<T>(A)));
  let rank = 0;
  while (rank < steps && abs<T>(load<T>(entry<T>(A, ld, rank, rank))) > least) rank++;
  return rank;
}

/** y = R^-1 y for the leading k x k triangle. */
export function solveR<T = f64>(k: i32, A: usize, ld: i32, y: usize): void {
  for (let j = k - 1; j >= 0; j--) {
    const p = item<T>(y, j);
    const value = <T>(load<T>(p) / load<T>(entry<T>(A, ld, j, j)));
    store<T>(p, value);
    axpy<T>(j, <T>-value, entry<T>(A, ld, 0, j), y);
  }
}

/** y = R'^-1 y for the leading k x k triangle. */
export function solveRT<T = f64>(k: i32, A: usize, ld: i32, y: usize): void {
  for (let j = 0; j < k; j++) {
    const p = item<T>(y, j);
    const rest = <T>(load<T>(p) - dot<T>(j, entry<T>(A, ld, 0, j), y));
    store<T>(p, <T>(rest / load<T>(entry<T>(A, ld, j, j))));
  }
}
