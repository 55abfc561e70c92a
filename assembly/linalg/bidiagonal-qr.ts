// Singular values of an upper bidiagonal matrix by implicit QR sweeps, down or up with the larger end first, with a shift or, where that
// would cost the small ones digits, without (Golub and Kahan 1965; Demmel and Kahan 1990). Rotations are applied in batches.

import { EPS, double as at } from "../memory";
import { hypot2 } from "./reflector";
import { applyBatch, batchBytes, clearBatch, closeSweep, isFull, openSweep, sliceBytes } from "./rotations";

/** Sweeps for one singular value, on average, before giving up; 2 are usual. */
const SWEEPS: i32 = 60;

/** Bytes of workspace that bidiagonalQR wants. */
export function bidiagonalQRWork(n: i32): usize {
  return 2 * batchBytes(n) + sliceBytes(n);
}

// The rotation that was made last.
// @ts-ignore: decorator
@inline
function cosine(f: f64, r: f64): f64 {
  return r == 0 ? 1 : f / r;
}

// @ts-ignore: decorator
@inline
function sine(g: f64, r: f64): f64 {
  return r == 0 ? 0 : g / r;
}

// @ts-ignore: decorator
@inline
function length(f: f64, g: f64): f64 {
  return g == 0 ? f : hypot2<f64>(f, g);
}

// @ts-ignore: decorator
@inline
function get(x: usize, i: i32): f64 {
  return load<f64>(at(x, i));
}

// @ts-ignore: decorator
@inline
function set(x: usize, i: i32, v: f64): void {
  store<f64>(at(x, i), v);
}

/**
 * d and e (n - 1 numbers above the diagonal) become the singular values, in no order, and rounding. U and V (n rows of n numbers; 0: not
 * wanted) become the products of the rotations with what they were, so that U'diag(d) V stays U'B V. Returns 0, or an index + 1 of
 * a value that did not settle.
 */
export function bidiagonalQR(n: i32, d: usize, e: usize, U: usize, V: usize, work: usize): i32 {
  const left = work, right = work + batchBytes(n), room = right + batchBytes(n);
  const vectors = U != 0;
  if (vectors) {
    clearBatch(left);
    clearBatch(right);
  }
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) {
    largest = max(largest, abs(get(d, i)));
    if (i < n - 1) largest = max(largest, abs(get(e, i)));
  }
  // Half a rounding of the norm: what is below is 0.
  const least = 0.5 * EPS * largest;
  let hi = n - 1, lastLo = -1, lastHi = -1, budget = SWEEPS * n;
  let down = true;
  while (hi > 0) {
    let lo = hi;
    for (; lo > 0; lo--) {
      const size = abs(get(e, lo - 1));
      if (size <= least || size <= EPS * (abs(get(d, lo - 1)) + abs(get(d, lo)))) {
        set(e, lo - 1, 0);
        break;
      }
    }
    if (lo == hi) {
      hi--;
      continue;
    }
    if (budget-- == 0) return hi + 1;
    // A block keeps its direction.
    if (lo > lastHi || hi < lastLo || lastHi < 0) down = abs(get(d, lo)) >= abs(get(d, hi));
    lastLo = lo;
    lastHi = hi;
    if (vectors && isFull(n, left)) {
      applyBatch(n, U, left, room);
      applyBatch(n, V, right, room);
    }
    const ql = vectors ? openSweep(left, down ? n - 1 - hi : lo, hi - lo) : 0;
    const qr = vectors ? openSweep(right, down ? n - 1 - hi : lo, hi - lo) : 0;
    const shift = shiftOf(d, e, lo, hi, down, least);
    if (down) {
      if (shift == 0) plainDown(n, d, e, lo, hi, ql, qr);
      else shiftedDown(n, d, e, lo, hi, shift, ql, qr);
    } else if (shift == 0) plainUp(d, e, lo, hi, ql, qr);
    else shiftedUp(d, e, lo, hi, shift, ql, qr);
    if (vectors) {
      const first = down ? n - 1 - hi : lo;
      closeSweep(left, ql, first, first + hi - lo, down);
      closeSweep(right, qr, first, first + hi - lo, down);
    }
  }
  if (vectors) {
    applyBatch(n, U, left, room);
    applyBatch(n, V, right, room);
  }
  for (let i = 0; i < n; i++) {
    const s = get(d, i);
    if (!(s < 0)) continue;
    set(d, i, -s);
    if (!vectors) continue;
    for (let p = at(V, i * n), end = at(p, n); p < end; p += 8) store<f64>(p, -load<f64>(p));
  }
  return 0;
}

/** The smaller singular value of the last (going up: first) two by two, or 0 where it would only harm. */
function shiftOf(d: usize, e: usize, lo: i32, hi: i32, down: bool, least: f64): f64 {
  for (let i = lo; i <= hi; i++) if (abs(get(d, i)) <= least) return 0;
  const k = down ? hi - 1 : lo;
  const start = abs(get(d, down ? lo : hi));
  const f = abs(get(d, k)), g = abs(get(e, k)), h = abs(get(d, k + 1));
  // The smaller singular value of [f g; 0 h], f and h not 0: f h over the larger one (Demmel and Kahan 1990, section 3).
  const small = min(f, h), big = max(f, h);
  let value: f64;
  if (g < big) {
    const as = 1 + small / big, low = (big - small) / big, au = (g / big) * (g / big);
    value = small * (2 / (sqrt(as * as + au) + sqrt(low * low + au)));
  } else {
    const au = big / g;
    const as = 1 + small / big, low = (big - small) / big;
    const p = as * au, q = low * au;
    value = 2 * (small * (1 / (sqrt(1 + p * p) + sqrt(1 + q * q)))) * au;
  }
  const part = value / start;
  return part * part < 0.5 * EPS ? 0 : value;
}

/** Rotation i of a sweep down: rows (i, i + 1) to (c x + s y, c y - s x). Backwards it is rotation n - 2 - i, and s keeps its sign. */
// @ts-ignore: decorator
@inline
function putDown(n: i32, q: usize, i: i32, c: f64, s: f64): void {
  if (!q) return;
  const p = q + (<usize>(n - 2 - i) << 4);
  store<f64>(p, c);
  store<f64>(p, s, 8);
}

/** Rotation i of a sweep up: rows (i, i + 1) to (c x - s y, s x + c y). */
// @ts-ignore: decorator
@inline
function putUp(q: usize, i: i32, c: f64, s: f64): void {
  if (!q) return;
  const p = q + (<usize>i << 4);
  store<f64>(p, c);
  store<f64>(p, s, 8);
}

function plainDown(n: i32, d: usize, e: usize, lo: i32, hi: i32, left: usize, right: usize): void {
  let c: f64 = 1, oldC: f64 = 1, oldS: f64 = 0;
  for (let i = lo; i < hi; i++) {
    const f = get(d, i) * c, g = get(e, i);
    const r = length(f, g);
    c = cosine(f, r);
    const s = sine(g, r);
    if (i > lo) set(e, i - 1, oldS * r);
    const a = oldC * r, b = get(d, i + 1) * s;
    const t = length(a, b);
    oldC = cosine(a, t);
    oldS = sine(b, t);
    set(d, i, t);
    putDown(n, right, i, c, s);
    putDown(n, left, i, oldC, oldS);
  }
  const h = get(d, hi) * c;
  set(d, hi, h * oldC);
  set(e, hi - 1, h * oldS);
}

function plainUp(d: usize, e: usize, lo: i32, hi: i32, left: usize, right: usize): void {
  let c: f64 = 1, oldC: f64 = 1, oldS: f64 = 0;
  for (let i = hi; i > lo; i--) {
    const f = get(d, i) * c, g = get(e, i - 1);
    const r = length(f, g);
    c = cosine(f, r);
    const s = sine(g, r);
    if (i < hi) set(e, i, oldS * r);
    const a = oldC * r, b = get(d, i - 1) * s;
    const t = length(a, b);
    oldC = cosine(a, t);
    oldS = sine(b, t);
    set(d, i, t);
    putUp(left, i - 1, c, s);
    putUp(right, i - 1, oldC, oldS);
  }
  const h = get(d, lo) * c;
  set(d, lo, h * oldC);
  set(e, lo, h * oldS);
}

function shiftedDown(n: i32, d: usize, e: usize, lo: i32, hi: i32, shift: f64, left: usize, right: usize): void {
  const first = get(d, lo);
  let f = (abs(first) - shift) * (copysign<f64>(1, first) + shift / first), g = get(e, lo);
  for (let i = lo; i < hi; i++) {
    let r = length(f, g);
    const c = cosine(f, r), s = sine(g, r);
    if (i > lo) set(e, i - 1, r);
    const di = get(d, i), ei = get(e, i), next = get(d, i + 1);
    f = c * di + s * ei;
    const ee = c * ei - s * di;
    g = s * next;
    const dd = c * next;
    r = length(f, g);
    const cl = cosine(f, r), sl = sine(g, r);
    set(d, i, r);
    f = cl * ee + sl * dd;
    set(d, i + 1, cl * dd - sl * ee);
    if (i < hi - 1) {
      g = sl * get(e, i + 1);
      set(e, i + 1, cl * get(e, i + 1));
    }
    putDown(n, right, i, c, s);
    putDown(n, left, i, cl, sl);
  }
  set(e, hi - 1, f);
}

function shiftedUp(d: usize, e: usize, lo: i32, hi: i32, shift: f64, left: usize, right: usize): void {
  const first = get(d, hi);
  let f = (abs(first) - shift) * (copysign<f64>(1, first) + shift / first), g = get(e, hi - 1);
  for (let i = hi; i > lo; i--) {
    let r = length(f, g);
    const c = cosine(f, r), s = sine(g, r);
    if (i < hi) set(e, i, r);
    const di = get(d, i), ei = get(e, i - 1), next = get(d, i - 1);
    f = c * di + s * ei;
    const ee = c * ei - s * di;
    g = s * next;
    const dd = c * next;
    r = length(f, g);
    const cl = cosine(f, r), sl = sine(g, r);
    set(d, i, r);
    f = cl * ee + sl * dd;
    set(d, i - 1, cl * dd - sl * ee);
    if (i > lo + 1) {
      g = sl * get(e, i - 2);
      set(e, i - 2, cl * get(e, i - 2));
    }
    putUp(left, i - 1, c, s);
    putUp(right, i - 1, cl, sl);
  }
  set(e, lo, f);
}
