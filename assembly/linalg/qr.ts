// Householder QR: with column pivoting unblocked (Golub and Van Loan, 4th ed., algorithms 5.2.1 and 5.4.1; norms
// downdated as in LAPACK Working Note 176), without it blocked in the compact WY form (Schreiber and Van Loan 1989).
// The matrix is held by columns: column j is the contiguous vector at A + j * ld, so a reflector runs along columns.
// Reflector k is I - tau[k] v v' with v[k] = 1 and the rest of v below the diagonal of column k.

import { axpy, copy, dot, nrm2, scal } from "../blas/level1";
import { gemm, gemmWork } from "../dense/gemm";
import { madd, nmadd, sumLanes, zero } from "../simd";

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

/** The same for four columns, `ld` elements apart, in two common passes over v. */
function reflect4<T>(m: i32, k: i32, v: usize, tau: T, c: usize, ld: i32): void {
  const step = <usize>ld * sizeof<T>();
  const n = m - k - 1;
  const a = item<T>(c, k), b = a + step, d = b + step, e = d + step;
  v += sizeof<T>();
  const whole = <usize>(n & -(16 / sizeof<T>())) * sizeof<T>();
  const end = <usize>n * sizeof<T>();
  let wa = zero(), wb = zero(), wd = zero(), we = zero();
  let p = sizeof<T>();
  for (let i: usize = 0; i < whole; i += 16) {
    const x = v128.load(v + i);
    wa = madd<T>(x, v128.load(a + p + i), wa);
    wb = madd<T>(x, v128.load(b + p + i), wb);
    wd = madd<T>(x, v128.load(d + p + i), wd);
    we = madd<T>(x, v128.load(e + p + i), we);
  }
  let sa = sumLanes<T>(wa), sb = sumLanes<T>(wb), sd = sumLanes<T>(wd), se = sumLanes<T>(we);
  for (let i = whole; i < end; i += sizeof<T>()) {
    const x = load<T>(v + i);
    sa = <T>(sa + <T>(x * load<T>(a + p + i)));
    sb = <T>(sb + <T>(x * load<T>(b + p + i)));
    sd = <T>(sd + <T>(x * load<T>(d + p + i)));
    se = <T>(se + <T>(x * load<T>(e + p + i)));
  }
  sa = take<T>(a, tau, sa);
  sb = take<T>(b, tau, sb);
  sd = take<T>(d, tau, sd);
  se = take<T>(e, tau, se);
  wa = v128.splat<T>(sa);
  wb = v128.splat<T>(sb);
  wd = v128.splat<T>(sd);
  we = v128.splat<T>(se);
  for (let i: usize = 0; i < whole; i += 16) {
    const x = v128.load(v + i);
    v128.store(a + p + i, nmadd<T>(wa, x, v128.load(a + p + i)));
    v128.store(b + p + i, nmadd<T>(wb, x, v128.load(b + p + i)));
    v128.store(d + p + i, nmadd<T>(wd, x, v128.load(d + p + i)));
    v128.store(e + p + i, nmadd<T>(we, x, v128.load(e + p + i)));
  }
  for (let i = whole; i < end; i += sizeof<T>()) {
    const x = load<T>(v + i);
    store<T>(a + p + i, <T>(load<T>(a + p + i) - <T>(sa * x)));
    store<T>(b + p + i, <T>(load<T>(b + p + i) - <T>(sb * x)));
    store<T>(d + p + i, <T>(load<T>(d + p + i) - <T>(sd * x)));
    store<T>(e + p + i, <T>(load<T>(e + p + i) - <T>(se * x)));
  }
}

/** w = tau (head + s), taken off the head. */
// @ts-ignore: decorator
@inline
function take<T>(head: usize, tau: T, s: T): T {
  const first = load<T>(head);
  const w = <T>(tau * <T>(first + s));
  store<T>(head, <T>(first - w));
  return w;
}

/** Reflector k on the columns from .. to-1. */
function reflectColumns<T>(m: i32, k: i32, v: usize, tau: T, A: usize, ld: i32, from: i32, to: i32): void {
  if (tau == 0) return;
  for (; from + 4 <= to; from += 4) reflect4<T>(m, k, v, tau, entry<T>(A, ld, 0, from), ld);
  for (; from < to; from++) reflect<T>(m, k, v, tau, entry<T>(A, ld, 0, from));
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
function triangleT<T>(m: i32, kb: i32, V: usize, tau: usize, S: usize, R: usize, scratch: usize): void {
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
