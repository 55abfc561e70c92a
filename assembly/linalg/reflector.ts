// Householder reflectors I - tau v v' (Golub and Van Loan, 4th ed., section 5.1) along columns: column j is the contiguous
// vector at A + j * ld, v has v[k] = 1 and its rest below the diagonal of column k.

import { item } from "../memory";
import { axpy, dot, nrm2, scal } from "../blas/level1";
import { madd, nmadd, sumLanes, zero } from "../simd";

export { item };

/** Address of row i of column j. */
// @ts-ignore: decorator
@inline
export function entry<T>(A: usize, ld: i32, i: i32, j: i32): usize {
  return A + (<usize>j * <usize>ld + <usize>i) * sizeof<T>();
}

/** Column c loses its part along reflector k. */
export function reflect<T>(m: i32, k: i32, v: usize, tau: T, c: usize): void {
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
export function reflectColumns<T>(m: i32, k: i32, v: usize, tau: T, A: usize, ld: i32, from: i32, to: i32): void {
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

/** sqrt(a^2 + b^2) without overflow. */
export function hypot2<T = f64>(a: T, b: T): T {
  const big = max<T>(abs<T>(a), abs<T>(b));
  const small = min<T>(abs<T>(a), abs<T>(b));
  if (big == 0) return <T>0;
  const q = <T>(small / big);
  return <T>(big * sqrt<T>(<T>(<T>1 + <T>(q * q))));
}
