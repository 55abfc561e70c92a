// Householder QR with column pivoting, unblocked (Golub and Van Loan, 4th ed., algorithms 5.2.1 and 5.4.1;
// norms downdated as in LAPACK Working Note 176). The matrix is held by columns: column j is the contiguous
// vector at A + j * ld, so each reflector is a dot and an axpy. Reflector k is I - tau[k] v v' with v[k] = 1
// and the rest of v below the diagonal of column k.

import { axpy, dot, nrm2, scal } from "../blas/level1";

// @ts-ignore: decorator
@inline
function entry(A: usize, ld: i32, i: i32, j: i32): usize {
  return A + (<usize>(j * ld + i) << 3);
}

/** Column j loses its part along reflector k. */
function reflect(m: i32, k: i32, v: usize, tau: f64, c: usize): void {
  const below = m - k - 1;
  const head = c + (<usize>k << 3);
  const w = tau * (load<f64>(head) + dot<f64>(below, v + 8, head + 8));
  store<f64>(head, load<f64>(head) - w);
  axpy<f64>(below, -w, v + 8, head + 8);
}

/**
 * Factors the first n of `total` columns of length m and applies Q' to the others. perm[j] (i32) is the
 * column that stands at j afterwards. norms: 2 n doubles of workspace. Without `pivot` the order stays.
 */
export function qrFactor(m: i32, n: i32, total: i32, A: usize, ld: i32, tau: usize, perm: usize, norms: usize, pivot: i32): void {
  for (let j = 0; j < n; j++) {
    store<i32>(perm + (<usize>j << 2), j);
    const norm = nrm2<f64>(m, entry(A, ld, 0, j));
    store<f64>(norms + (<usize>j << 3), norm);
    store<f64>(norms + (<usize>(n + j) << 3), norm);
  }
  const steps = min(m, n);
  for (let k = 0; k < steps; k++) {
    if (pivot) bringLargest(m, n, k, A, ld, perm, norms);
    const top = entry(A, ld, k, k);
    const alpha = load<f64>(top);
    const tail = nrm2<f64>(m - k - 1, top + 8);
    if (tail == 0) {
      store<f64>(tau + (<usize>k << 3), 0);
      continue;
    }
    const beta = -copysign<f64>(hypot2(alpha, tail), alpha);
    const t = (beta - alpha) / beta;
    scal<f64>(m - k - 1, 1 / (alpha - beta), top + 8);
    store<f64>(top, beta);
    store<f64>(tau + (<usize>k << 3), t);
    for (let j = k + 1; j < total; j++) {
      const column = entry(A, ld, 0, j);
      reflect(m, k, top, t, column);
      if (j < n && pivot) downdate(m, n, k, j, column, norms);
    }
  }
}

/** sqrt(a^2 + b^2) without overflow. */
export function hypot2(a: f64, b: f64): f64 {
  const big = max<f64>(abs<f64>(a), abs<f64>(b));
  const small = min<f64>(abs<f64>(a), abs<f64>(b));
  if (big == 0) return 0;
  const q = small / big;
  return big * sqrt<f64>(1 + q * q);
}

/** Swaps the column of largest remaining norm into place k. */
function bringLargest(m: i32, n: i32, k: i32, A: usize, ld: i32, perm: usize, norms: usize): void {
  let best = k;
  for (let j = k + 1; j < n; j++) {
    if (load<f64>(norms + (<usize>j << 3)) > load<f64>(norms + (<usize>best << 3))) best = j;
  }
  if (best == k) return;
  let a = entry(A, ld, 0, k), b = entry(A, ld, 0, best);
  for (const end = a + (<usize>m << 3); a < end; a += 8, b += 8) {
    const t = load<f64>(a);
    store<f64>(a, load<f64>(b));
    store<f64>(b, t);
  }
  const p = perm + (<usize>k << 2), q = perm + (<usize>best << 2);
  const t = load<i32>(p);
  store<i32>(p, load<i32>(q));
  store<i32>(q, t);
  store<f64>(norms + (<usize>best << 3), load<f64>(norms + (<usize>k << 3)));
  store<f64>(norms + (<usize>(n + best) << 3), load<f64>(norms + (<usize>(n + k) << 3)));
}

/** The norm of column j below row k, from the norm at row k; computed anew when cancellation has eaten it. */
function downdate(m: i32, n: i32, k: i32, j: i32, column: usize, norms: usize): void {
  const at = norms + (<usize>j << 3), first = norms + (<usize>(n + j) << 3);
  const norm = load<f64>(at);
  if (norm == 0) return;
  const q = abs<f64>(load<f64>(column + (<usize>k << 3))) / norm;
  const left = max<f64>(0, (1 - q) * (1 + q));
  const ratio = norm / load<f64>(first);
  if (left * ratio * ratio <= 1.4901161193847656e-8) {
    const fresh = nrm2<f64>(m - k - 1, column + (<usize>(k + 1) << 3));
    store<f64>(at, fresh);
    store<f64>(first, fresh);
  } else {
    store<f64>(at, norm * sqrt<f64>(left));
  }
}

/** b (length m) becomes Q' b. */
export function applyQT(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  const steps = min(m, n);
  for (let k = 0; k < steps; k++) {
    const t = load<f64>(tau + (<usize>k << 3));
    if (t != 0) reflect(m, k, entry(A, ld, k, k), t, b);
  }
}

/** b (length m) becomes Q b. */
export function applyQ(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  for (let k = min(m, n) - 1; k >= 0; k--) {
    const t = load<f64>(tau + (<usize>k << 3));
    if (t != 0) reflect(m, k, entry(A, ld, k, k), t, b);
  }
}

/** Leading diagonal entries of R above tol |R[0][0]|, at most min(m, n): the numerical rank of a pivoted factor. */
export function qrRank(m: i32, n: i32, A: usize, ld: i32, tol: f64): i32 {
  const least = tol * abs<f64>(load<f64>(A));
  const steps = min(m, n);
  let rank = 0;
  while (rank < steps && abs<f64>(load<f64>(entry(A, ld, rank, rank))) > least) rank++;
  return rank;
}

/** y = R^-1 y for the leading k x k triangle. */
export function solveR(k: i32, A: usize, ld: i32, y: usize): void {
  for (let j = k - 1; j >= 0; j--) {
    const p = y + (<usize>j << 3);
    const value = load<f64>(p) / load<f64>(entry(A, ld, j, j));
    store<f64>(p, value);
    axpy<f64>(j, -value, entry(A, ld, 0, j), y);
  }
}

/** y = R'^-1 y for the leading k x k triangle. */
export function solveRT(k: i32, A: usize, ld: i32, y: usize): void {
  for (let j = 0; j < k; j++) {
    const p = y + (<usize>j << 3);
    store<f64>(p, (load<f64>(p) - dot<f64>(j, entry(A, ld, 0, j), y)) / load<f64>(entry(A, ld, j, j)));
  }
}
