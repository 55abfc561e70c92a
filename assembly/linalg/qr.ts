// Householder QR with column pivoting, unblocked (Golub and Van Loan, 4th ed., algorithms 5.2.1 and 5.4.1;
// norms downdated as in LAPACK Working Note 176). The matrix is held by columns: column j is the contiguous
// vector at A + j * ld, so each reflector is a dot and an axpy. Reflector k is I - tau[k] v v' with v[k] = 1
// and the rest of v below the diagonal of column k.

import { axpy, dot, nrm2, scal } from "../blas/level1";

/** Address of row i of column j. */
// @ts-ignore: decorator
@inline
export function entry<T>(A: usize, ld: i32, i: i32, j: i32): usize {
  return A + (<usize>j * <usize>ld + <usize>i) * sizeof<T>();
}

// @ts-ignore: decorator
@inline
function item<T>(x: usize, i: i32): usize {
  return x + <usize>i * sizeof<T>();
}

/** Column c loses its part along reflector k. */
function reflect<T>(m: i32, k: i32, v: usize, tau: T, c: usize): void {
  const below = m - k - 1;
  const head = item<T>(c, k);
  const w = <T>(tau * <T>(load<T>(head) + dot<T>(below, v + sizeof<T>(), head + sizeof<T>())));
  store<T>(head, <T>(load<T>(head) - w));
  axpy<T>(below, <T>-w, v + sizeof<T>(), head + sizeof<T>());
}

/**
 * Turns the vector (alpha at `top`, then `below` numbers) into beta e1: stores beta and v, returns tau, so that
 * (I - tau v v') x = beta e1. A vector that is zero below alpha is left alone with tau = 0.
 */
export function makeReflector<T>(below: i32, top: usize): T {
  const alpha = load<T>(top);
  const tail = nrm2<T>(below, top + sizeof<T>());
  if (tail == 0) return <T>0;
  const beta = <T>-copysign<T>(hypot2<T>(alpha, tail), alpha);
  const gap = <T>(alpha - beta);
  const inverse = <T>(<T>1 / gap);
  if (inverse < <T>Infinity && inverse > <T>-Infinity) scal<T>(below, inverse, top + sizeof<T>());
  else divide<T>(below, gap, top + sizeof<T>());
  store<T>(top, beta);
  return <T>(-gap / beta);
}

/** x /= a, for an `a` so small that 1 / a overflows. */
function divide<T>(n: i32, a: T, x: usize): void {
  for (const end = x + <usize>n * sizeof<T>(); x < end; x += sizeof<T>()) store<T>(x, <T>(load<T>(x) / a));
}

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
    for (let j = k + 1; j < total; j++) {
      const column = entry<T>(A, ld, 0, j);
      if (t != 0) reflect<T>(m, k, top, t, column);
      if (j < n && pivot) downdate<T>(m, n, k, j, column, norms);
    }
  }
}

/** sqrt(a^2 + b^2) without overflow. */
export function hypot2<T = f64>(a: T, b: T): T {
  const big = max<T>(abs<T>(a), abs<T>(b));
  const small = min<T>(abs<T>(a), abs<T>(b));
  if (big == 0) return <T>0;
  const q = <T>(small / big);
  return <T>(big * sqrt<T>(<T>(<T>1 + <T>(q * q))));
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
