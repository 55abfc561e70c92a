// Eigenvalues and right eigenvectors of a general matrix: balanced, Hessenberg, real Schur form, then back-substitution in
// the quasi-triangular factor (Wilkinson and Reinsch 1971, II/15, hqr2). Row-major doubles.

import { EPS } from "../memory";
import { axpy, copy, dot, fill, nrm2, scal } from "../blas/level1";
import { at, balance, hessenberg, row, get, set } from "./hessenberg";
import { hypot2 } from "./reflector";
import { CHASE, schur } from "./schur";
import { madd } from "../simd";

/**
 * A is spoilt; re and im are its eigenvalues, a complex pair side by side, the positive im first. Row j of Z (0: not wanted) is
 * the vector of a real eigenvalue j; of a pair, rows j and j + 1 are the real and the imaginary part of the first's, its
 * conjugate being the second's. Each has length 1, its largest component real. work: eigWork(n) bytes. 0, or an index + 1 that did
 * not settle.
 */
export function eigWork(n: i32): i32 {
  return (5 * n + CHASE) << 3;
}

export function eig(n: i32, A: usize, Z: usize, re: usize, im: usize, work: usize): i32 {
  if (n <= 0) return 0;
  const d = work, v = at(d, n), w = at(v, n);
  balance(n, A, d);
  hessenberg(n, A, Z, v, w);
  let norm: f64 = 0;
  for (let i = 0; i < n; i++) for (let j = max(0, i - 1); j < n; j++) norm += abs(get(A, n, i, j));
  const failed = schur(n, A, Z, re, im, norm, at(v, n << 2));
  if (failed || !Z) return failed;
  for (let k = n - 1; k >= 0; k--) {
    if (load<f64>(at(im, k)) == 0) realVector(n, A, k, re, im, norm, v);
    else {
      complexVector(n, A, k, re, im, norm, v, w);
      k--;
    }
  }
  transform(n, A, Z, d, v);
  normalise(n, Z, im);
  return 0;
}

/** The vector v of the real eigenvalue k of the quasi-triangular H, written into its column k at last: a column is far apart in memory. */
function realVector(n: i32, H: usize, k: i32, re: usize, im: usize, norm: f64, v: usize): void {
  const p = load<f64>(at(re, k));
  let m = k;
  let z: f64 = 0, s: f64 = 0;
  store<f64>(at(v, k), 1);
  for (let i = k - 1; i >= 0; i--) {
    const w = get(H, n, i, i) - p;
    const r = dot<f64>(k - m + 1, at(row(H, n, i), m), at(v, m));
    const q = load<f64>(at(im, i));
    if (q < 0) {
      // The lower row of a block of two: kept for the upper one.
      z = w;
      s = r;
      continue;
    }
    m = i;
    if (q == 0) store<f64>(at(v, i), -r / (abs(w) > 1e-150 * norm ? w : EPS * (norm > 0 ? norm : 1)));
    else {
      const x = get(H, n, i, i + 1), y = get(H, n, i + 1, i);
      const gap = load<f64>(at(re, i)) - p;
      const t = (x * s - z * r) / (gap * gap + q * q);
      store<f64>(at(v, i), t);
      store<f64>(at(v, i + 1), abs(x) > abs(z) ? (-r - w * t) / x : (-s - y * t) / z);
    }
    limit(k - i + 1, at(v, i), 0, abs(load<f64>(at(v, i))));
  }
  putColumn(n, H, k, v);
}

/** k numbers of v, and of w, are divided by t where its square would leave the range of a double's digits. */
function limit(k: i32, v: usize, w: usize, t: f64): void {
  if (!(EPS * t * t > 1)) return;
  for (let i = 0; i < k; i++) {
    store<f64>(at(v, i), load<f64>(at(v, i)) / t);
    if (w) store<f64>(at(w, i), load<f64>(at(w, i)) / t);
  }
}

/** Rows 0 to k of column k of H, from v. */
function putColumn(n: i32, H: usize, k: i32, v: usize): void {
  for (let i = 0; i <= k; i++) set(H, n, i, k, load<f64>(at(v, i)));
}

/** (a + i b) / (c + i d) into v[i] and w[i] (Smith 1962). */
function divide(v: usize, w: usize, i: i32, a: f64, b: f64, c: f64, d: f64): void {
  let x: f64, y: f64;
  if (abs(c) > abs(d)) {
    const r = d / c, q = c + r * d;
    x = (a + r * b) / q;
    y = (b - r * a) / q;
  } else {
    const r = c / d, q = d + r * c;
    x = (r * a + b) / q;
    y = (r * b - a) / q;
  }
  store<f64>(at(v, i), x);
  store<f64>(at(w, i), y);
}

/** The vector v + i w of the pair k - 1, k, written into columns k - 1 and k at last. */
function complexVector(n: i32, H: usize, k: i32, re: usize, im: usize, norm: f64, v: usize, w: usize): void {
  const p = load<f64>(at(re, k)), q = load<f64>(at(im, k));
  let m = k - 1;
  if (abs(get(H, n, k, k - 1)) > abs(get(H, n, k - 1, k))) {
    const h = get(H, n, k, k - 1);
    const x = q / h, y = -(get(H, n, k, k) - p) / h;
    store<f64>(at(v, k - 1), x);
    store<f64>(at(w, k - 1), y);
  } else divide(v, w, k - 1, 0, -get(H, n, k - 1, k), get(H, n, k - 1, k - 1) - p, q);
  store<f64>(at(v, k), 0);
  store<f64>(at(w, k), 1);
  let z: f64 = 0, r: f64 = 0, s: f64 = 0;
  for (let i = k - 2; i >= 0; i--) {
    const h = at(row(H, n, i), m);
    const ra = dot<f64>(k - m + 1, h, at(v, m)), sa = dot<f64>(k - m + 1, h, at(w, m));
    const own = get(H, n, i, i) - p;
    const turn = load<f64>(at(im, i));
    if (turn < 0) {
      z = own;
      r = ra;
      s = sa;
      continue;
    }
    m = i;
    if (turn == 0) divide(v, w, i, -ra, -sa, own, q);
    else {
      const x = get(H, n, i, i + 1), y = get(H, n, i + 1, i);
      const gap = load<f64>(at(re, i)) - p;
      let vr = gap * gap + turn * turn - q * q;
      const vi = gap * 2 * q;
      if (vr == 0 && vi == 0) vr = EPS * norm * (abs(own) + abs(q) + abs(x) + abs(y) + abs(z));
      divide(v, w, i, x * r - z * ra + q * sa, x * s - z * sa - q * ra, vr, vi);
      const a = load<f64>(at(v, i)), b = load<f64>(at(w, i));
      if (abs(x) > abs(z) + abs(q)) {
        store<f64>(at(v, i + 1), (-ra - own * a + q * b) / x);
        store<f64>(at(w, i + 1), (-sa - own * b - q * a) / x);
      } else divide(v, w, i + 1, -r - y * a, -s - y * b, z, q);
    }
    limit(k - i + 1, at(v, i), at(w, i), max(abs(load<f64>(at(v, i))), abs(load<f64>(at(w, i)))));
  }
  for (let i = 0; i < 2; i++) putColumn(n, H, k - 1 + i, i == 0 ? v : w);
}

/** Row j of Z becomes the sum of H[k][j] times row k, k <= j, with the balance undone; four rows at a time, t: 4 n numbers. */
function transform(n: i32, H: usize, Z: usize, d: usize, t: usize): void {
  for (let end = n; end > 0; end -= 4) {
    const first = max(0, end - 4), count = end - first;
    fill<f64>(count * n, 0, t);
    let k = 0;
    // Of the rows that all of them take.
    if (count == 4) for (; k <= first; k++) addToFour(n, at(row(H, n, k), first), row(Z, n, k), t);
    for (; k < end; k++) for (let j = max(first, k); j < end; j++) axpy<f64>(n, get(H, n, k, j), row(Z, n, k), row(t, n, j - first));
    for (let j = first; j < end; j++) {
      const sum = row(t, n, j - first);
      for (let i = 0; i < n; i++) store<f64>(at(sum, i), load<f64>(at(sum, i)) * load<f64>(at(d, i)));
      copy<f64>(n, sum, row(Z, n, j));
    }
  }
}

/** Four rows t of n += h[0 .. 3] times x. */
function addToFour(n: i32, h: usize, x: usize, t: usize): void {
  const long = <usize>n << 3;
  const a = f64x2.splat(load<f64>(h)), b = f64x2.splat(load<f64>(h, 8)), c = f64x2.splat(load<f64>(h, 16)), d = f64x2.splat(load<f64>(h, 24));
  const tb = t + long, tc = tb + long, td = tc + long;
  let i: usize = 0;
  for (; i + 16 <= long; i += 16) {
    const v = v128.load(x + i);
    v128.store(t + i, madd<f64>(a, v, v128.load(t + i)));
    v128.store(tb + i, madd<f64>(b, v, v128.load(tb + i)));
    v128.store(tc + i, madd<f64>(c, v, v128.load(tc + i)));
    v128.store(td + i, madd<f64>(d, v, v128.load(td + i)));
  }
  if (i < long) for (let r = 0; r < 4; r++) axpy<f64>(1, load<f64>(at(h, r)), x + i, row(t, n, r) + i);
}

function normalise(n: i32, Z: usize, im: usize): void {
  for (let j = 0; j < n; j++) {
    const x = row(Z, n, j);
    if (load<f64>(at(im, j)) == 0) {
      scal<f64>(n, 1 / nrm2<f64>(n, x), x);
      continue;
    }
    const y = row(Z, n, ++j);
    const length = hypot2<f64>(nrm2<f64>(n, x), nrm2<f64>(n, y));
    let most: f64 = -1, c: f64 = 1, s: f64 = 0, largest = 0;
    for (let i = 0; i < n; i++) {
      const a = load<f64>(at(x, i)) / length, b = load<f64>(at(y, i)) / length;
      const size = a * a + b * b;
      if (size <= most) continue;
      most = size;
      largest = i;
      c = a / sqrt(size);
      s = b / sqrt(size);
    }
    // Times the conjugate of the largest component's direction.
    for (let i = 0; i < n; i++) {
      const a = load<f64>(at(x, i)) / length, b = load<f64>(at(y, i)) / length;
      store<f64>(at(x, i), c * a + s * b);
      store<f64>(at(y, i), i == largest ? 0 : c * b - s * a);
    }
  }
}
