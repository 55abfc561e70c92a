// The real Schur form of a Hessenberg matrix by Francis's implicit double shift (Francis 1961; Golub and Van Loan, 4th ed.,
// section 7.5; Wilkinson and Reinsch 1971, II/15). Z is held by rows: Z H Z' stays the same.

import { EPS } from "../memory";
import { at, row, get, set } from "./hessenberg";
import { hypot2 } from "./reflector";

/** Reflections of a sweep that are made in their own rows and columns first, and then in the rest of the matrix while that is near. */
const BLOCK: i32 = 32;
/** Numbers of a reflection, and of all of them. */
const PART: i32 = 6;
export const CHASE: i32 = BLOCK * PART;
/** Columns, and rows, of the rest that are taken together. */
const WIDTH: i32 = 256;
const HEIGHT: i32 = 8;
/** Sweeps for one eigenvalue before giving up; 2 or 3 are usual. */
const SWEEPS: i32 = 60;
/** After so many, what is nothing beside the whole matrix is taken for 0: of graded ones, rounding of the large rows lies beside the small. */
const LATE: i32 = 30;

/**
 * re and im: the eigenvalues of H, pairs with the positive im first. With Z, H becomes quasi-triangular; without it, only what the
 * eigenvalues need is turned. work: CHASE numbers. 0, or an index + 1 that did not settle.
 */
export function schur(n: i32, H: usize, Z: usize, re: usize, im: usize, norm: f64, work: usize): i32 {
  let hi = n - 1;
  let sweep = 0;
  while (hi >= 0) {
    let l = hi;
    for (; l > 0; l--) {
      let size = abs(get(H, n, l - 1, l - 1)) + abs(get(H, n, l, l));
      if (size == 0) size = norm;
      else if (sweep > LATE) size = max(size, norm / <f64>n);
      if (abs(get(H, n, l, l - 1)) <= EPS * size) {
        set(H, n, l, l - 1, 0);
        break;
      }
    }
    if (l == hi) {
      store<f64>(at(re, hi), get(H, n, hi, hi));
      store<f64>(at(im, hi), 0);
      hi--;
      sweep = 0;
    } else if (l == hi - 1) {
      split(n, H, Z, hi, re, im);
      hi -= 2;
      sweep = 0;
    } else {
      if (sweep == SWEEPS) return hi + 1;
      francis(n, H, Z, l, hi, ++sweep, work);
    }
  }
  return 0;
}

/** The eigenvalues of the block at hi - 1, hi; real ones make it triangular. */
function split(n: i32, H: usize, Z: usize, hi: i32, re: usize, im: usize): void {
  const a = get(H, n, hi - 1, hi - 1), b = get(H, n, hi - 1, hi), c = get(H, n, hi, hi - 1), d = get(H, n, hi, hi);
  const p = 0.5 * (a - d);
  const square = p * p + b * c;
  const root = sqrt(abs(square));
  if (square < 0) {
    store<f64>(at(re, hi - 1), d + p);
    store<f64>(at(re, hi), d + p);
    store<f64>(at(im, hi - 1), root);
    store<f64>(at(im, hi), -root);
    return;
  }
  const z = p + copysign<f64>(root, p);
  const first = d + z;
  store<f64>(at(re, hi - 1), first);
  store<f64>(at(re, hi), z != 0 ? d - (b * c) / z : first);
  store<f64>(at(im, hi - 1), 0);
  store<f64>(at(im, hi), 0);
  if (!Z) return;
  // (z, c) is the eigenvector of the first.
  const length = hypot2<f64>(c, z);
  const cs = z / length, sn = c / length;
  turnRows(n - hi + 1, cs, sn, at(row(H, n, hi - 1), hi - 1), at(row(H, n, hi), hi - 1));
  for (let i = 0; i <= hi; i++) {
    const x = get(H, n, i, hi - 1), y = get(H, n, i, hi);
    set(H, n, i, hi - 1, cs * x + sn * y);
    set(H, n, i, hi, cs * y - sn * x);
  }
  set(H, n, hi, hi - 1, 0);
  turnRows(n, cs, sn, row(Z, n, hi - 1), row(Z, n, hi));
}

/** (x, y) = (c x + s y, c y - s x). */
function turnRows(n: i32, c: f64, s: f64, x: usize, y: usize): void {
  for (const end = at(x, n); x < end; x += 8, y += 8) {
    const a = load<f64>(x), b = load<f64>(y);
    store<f64>(x, c * a + s * b);
    store<f64>(y, c * b - s * a);
  }
}

/** One double-shift sweep on the block from l to hi. */
function francis(n: i32, H: usize, Z: usize, l: i32, hi: i32, sweep: i32, work: usize): void {
  let x = get(H, n, hi, hi), y = get(H, n, hi - 1, hi - 1), w = get(H, n, hi, hi - 1) * get(H, n, hi - 1, hi);
  if (sweep % 10 == 0) {
    // An exceptional shift breaks cycles.
    const s = abs(get(H, n, hi, hi - 1)) + abs(get(H, n, hi - 1, hi - 2));
    x = y = 0.75 * s + get(H, n, hi, hi);
    w = -0.4375 * s * s;
  }
  // The first column of (H - shift)(H - shift'), begun where two subdiagonal elements are small.
  let p: f64 = 0, q: f64 = 0, r: f64 = 0;
  let m = hi - 2;
  for (; m >= l; m--) {
    const z = get(H, n, m, m);
    const dx = x - z, dy = y - z;
    p = (dx * dy - w) / get(H, n, m + 1, m) + get(H, n, m, m + 1);
    q = get(H, n, m + 1, m + 1) - z - dx - dy;
    r = get(H, n, m + 2, m + 1);
    const size = abs(p) + abs(q) + abs(r);
    p /= size;
    q /= size;
    r /= size;
    if (m == l) break;
    const left = abs(get(H, n, m, m - 1)) * (abs(q) + abs(r));
    const right = abs(p) * (abs(get(H, n, m - 1, m - 1)) + abs(z) + abs(get(H, n, m + 1, m + 1)));
    if (left <= EPS * right) break;
  }
  for (let i = m + 2; i <= hi; i++) {
    set(H, n, i, i - 2, 0);
    if (i > m + 2) set(H, n, i, i - 3, 0);
  }
  // Without vectors the blocks beside this one do not matter.
  const top = Z ? 0 : l, right = Z ? n : hi + 1;
  if (m > l) set(H, n, m, m - 1, -get(H, n, m, m - 1));
  for (let k = m; k < hi; k += BLOCK) {
    const edge = min(hi, k + BLOCK + 1) + 1;
    const made = chase(n, H, k, min(hi, k + BLOCK), edge, hi, k == m, p, q, r, work);
    for (let c = edge; c < right; c += WIDTH) reflectAll(n, min(WIDTH, right - c), at(H, c), made, hi, work);
    for (let i = top; i < k; i += HEIGHT) reflectColumns(n, min(HEIGHT, k - i), row(H, n, i), made, hi, work);
    for (let c = 0; Z != 0 && c < n; c += WIDTH) reflectAll(n, min(WIDTH, n - c), at(Z, c), made, hi, work);
  }
}

/**
 * The reflections k to end of a sweep, which begins here where `fresh` says so, in the rows and columns from k to edge. Where each stands,
 * ux, uy, uz, vq and vr of I - u v' go into work. Returns how many there are.
 */
function chase(
  n: i32, H: usize, from: i32, end: i32, edge: i32, hi: i32, fresh: bool, p: f64, q: f64, r: f64, work: usize,
): i32 {
  let made = 0;
  for (let k = from; k < end; k++) {
    const last = k == hi - 1, first = fresh && k == from;
    let size: f64 = 1;
    if (!first) {
      p = get(H, n, k, k - 1);
      q = get(H, n, k + 1, k - 1);
      r = last ? 0 : get(H, n, k + 2, k - 1);
      size = abs(p) + abs(q) + abs(r);
      if (size == 0) continue;
      p /= size;
      q /= size;
      r /= size;
    }
    const s = copysign<f64>(sqrt(p * p + q * q + r * r), p);
    if (s == 0) continue;
    if (!first) set(H, n, k, k - 1, -s * size);
    // I - u v' with u = (x, y, z) and v = (1, q, r).
    p += s;
    const own = at(work, PART * made++);
    store<f64>(own, <f64>k);
    store<f64>(own, p / s, 8);
    store<f64>(own, q / s, 16);
    store<f64>(own, r / s, 24);
    store<f64>(own, q / p, 32);
    store<f64>(own, r / p, 40);
    reflectRows3(n, edge - k, at(row(H, n, 0), k), hi, own);
    reflectColumns3(n, min(hi, k + 3) + 1 - from, row(H, n, from), hi, own);
  }
  return made;
}

/** All of them on `width` columns of A, which begin there. */
function reflectAll(n: i32, width: i32, A: usize, made: i32, hi: i32, work: usize): void {
  for (const end = at(work, PART * made); work < end; work = at(work, PART)) reflectRows3(n, width, A, hi, work);
}

/** All of them on `count` rows of A, which begin there. */
function reflectColumns(n: i32, count: i32, A: usize, made: i32, hi: i32, work: usize): void {
  for (const end = at(work, PART * made); work < end; work = at(work, PART)) reflectColumns3(n, count, A, hi, work);
}

/** Its rows of A: `width` columns. */
function reflectRows3(n: i32, width: i32, A: usize, hi: i32, own: usize): void {
  const k = <i32>load<f64>(own), a = row(A, n, k), b = row(A, n, k + 1), c = k == hi - 1 ? <usize>0 : row(A, n, k + 2);
  reflect3(width, load<f64>(own, 8), load<f64>(own, 16), load<f64>(own, 24), load<f64>(own, 32), load<f64>(own, 40), a, b, c);
}

/** Its columns of A: `count` rows. */
function reflectColumns3(n: i32, count: i32, A: usize, hi: i32, own: usize): void {
  const k = <i32>load<f64>(own), ux = load<f64>(own, 8), uy = load<f64>(own, 16), uz = load<f64>(own, 24), vq = load<f64>(own, 32), vr = load<f64>(own, 40);
  const step = <usize>n << 3;
  let h = at(A, k);
  if (k == hi - 1) {
    for (const end = h + <usize>count * step; h < end; h += step) {
      const t = ux * load<f64>(h) + uy * load<f64>(h, 8);
      store<f64>(h, load<f64>(h) - t);
      store<f64>(h, load<f64>(h, 8) - t * vq, 8);
    }
    return;
  }
  for (const end = h + <usize>count * step; h < end; h += step) {
    const a = load<f64>(h), b = load<f64>(h, 8), c = load<f64>(h, 16);
    const t = ux * a + uy * b + uz * c;
    store<f64>(h, a - t);
    store<f64>(h, b - t * vq, 8);
    store<f64>(h, c - t * vr, 16);
  }
}

/** The rows a, b, c (only two with c = 0) become (I - u v') of them, v = (1, vq, vr). */
function reflect3(
  n: i32, ux: f64, uy: f64, uz: f64, vq: f64, vr: f64, a: usize, b: usize, c: usize,
): void {
  const end = at(a, n);
  const q = f64x2.splat(vq), r = f64x2.splat(vr), x = f64x2.splat(ux), y = f64x2.splat(uy), z = f64x2.splat(uz);
  if (c) {
    for (; a + 16 <= end; a += 16, b += 16, c += 16) {
      const va = v128.load(a), vb = v128.load(b), vc = v128.load(c);
      const t = f64x2.add(f64x2.add(va, f64x2.mul(q, vb)), f64x2.mul(r, vc));
      v128.store(a, f64x2.sub(va, f64x2.mul(t, x)));
      v128.store(b, f64x2.sub(vb, f64x2.mul(t, y)));
      v128.store(c, f64x2.sub(vc, f64x2.mul(t, z)));
    }
  } else {
    for (; a + 16 <= end; a += 16, b += 16) {
      const va = v128.load(a), vb = v128.load(b);
      const t = f64x2.add(va, f64x2.mul(q, vb));
      v128.store(a, f64x2.sub(va, f64x2.mul(t, x)));
      v128.store(b, f64x2.sub(vb, f64x2.mul(t, y)));
    }
  }
  if (a < end) {
    let t = load<f64>(a) + vq * load<f64>(b);
    if (c) {
      t += vr * load<f64>(c);
      store<f64>(c, load<f64>(c) - t * uz);
    }
    store<f64>(a, load<f64>(a) - t * ux);
    store<f64>(b, load<f64>(b) - t * uy);
  }
}
