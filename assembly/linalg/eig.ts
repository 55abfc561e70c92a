// Eigenvalues and right eigenvectors of a general matrix: balanced, Hessenberg, real Schur form, then back-substitution in
// the quasi-triangular factor (Wilkinson and Reinsch 1971, II/15, hqr2). Row-major doubles.

import { EPS } from "../memory";
import { axpy, copy, fill, nrm2, scal } from "../blas/level1";
import { at, balance, hessenberg, row, get, set } from "./hessenberg";
import { hypot2 } from "./reflector";
import { schur } from "./schur";

/**
 * A is spoilt; re and im are its eigenvalues, a complex pair side by side, the positive im first. Row j of Z (0: not wanted) is
 * the vector of a real eigenvalue j; of a pair, rows j and j + 1 are the real and the imaginary part of the first's, its
 * conjugate being the second's. Each has length 1, its largest component real. work: 3 n numbers. 0, or an index + 1 that did
 * not settle.
 */
export function eig(n: i32, A: usize, Z: usize, re: usize, im: usize, work: usize): i32 {
  if (n <= 0) return 0;
  const d = work, v = at(d, n), w = at(v, n);
  balance(n, A, d);
  hessenberg(n, A, Z, v, w);
  let norm: f64 = 0;
  for (let i = 0; i < n; i++) for (let j = max(0, i - 1); j < n; j++) norm += abs(get(A, n, i, j));
  const failed = schur(n, A, Z, re, im, norm);
  if (failed || !Z) return failed;
  for (let k = n - 1; k >= 0; k--) {
    if (load<f64>(at(im, k)) == 0) realVector(n, A, k, re, im, norm);
    else {
      complexVector(n, A, k, re, im, norm);
      k--;
    }
  }
  transform(n, A, Z, d, v);
  normalise(n, Z, im);
  return 0;
}

/** The vector of the real eigenvalue k of the quasi-triangular H, in its column k. */
function realVector(n: i32, H: usize, k: i32, re: usize, im: usize, norm: f64): void {
  const p = load<f64>(at(re, k));
  let m = k;
  let z: f64 = 0, s: f64 = 0;
  set(H, n, k, k, 1);
  for (let i = k - 1; i >= 0; i--) {
    const w = get(H, n, i, i) - p;
    let r: f64 = 0;
    for (let j = m; j <= k; j++) r += get(H, n, i, j) * get(H, n, j, k);
    const q = load<f64>(at(im, i));
    if (q < 0) {
      // The lower row of a block of two: kept for the upper one.
      z = w;
      s = r;
      continue;
    }
    m = i;
    if (q == 0) set(H, n, i, k, -r / (w != 0 ? w : EPS * norm));
    else {
      const x = get(H, n, i, i + 1), y = get(H, n, i + 1, i);
      const gap = load<f64>(at(re, i)) - p;
      const t = (x * s - z * r) / (gap * gap + q * q);
      set(H, n, i, k, t);
      set(H, n, i + 1, k, abs(x) > abs(z) ? (-r - w * t) / x : (-s - y * t) / z);
    }
    limit(n, H, i, k, k, abs(get(H, n, i, k)));
  }
}

/** Columns from .. to of H below row i are divided by t where its square would leave the range of a double's digits. */
function limit(n: i32, H: usize, i: i32, from: i32, to: i32, t: f64): void {
  if (!(EPS * t * t > 1)) return;
  for (let j = i; j <= to; j++) for (let c = from; c <= to; c++) set(H, n, j, c, get(H, n, j, c) / t);
}

/** (a + i b) / (c + i d) into columns k - 1 and k of row i (Smith 1962). */
function divide(n: i32, H: usize, i: i32, k: i32, a: f64, b: f64, c: f64, d: f64): void {
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
  set(H, n, i, k - 1, x);
  set(H, n, i, k, y);
}

/** The vector of the pair k - 1, k: real parts in column k - 1, imaginary parts in column k. */
function complexVector(n: i32, H: usize, k: i32, re: usize, im: usize, norm: f64): void {
  const p = load<f64>(at(re, k)), q = load<f64>(at(im, k));
  let m = k - 1;
  if (abs(get(H, n, k, k - 1)) > abs(get(H, n, k - 1, k))) {
    const h = get(H, n, k, k - 1);
    const x = q / h, y = -(get(H, n, k, k) - p) / h;
    set(H, n, k - 1, k - 1, x);
    set(H, n, k - 1, k, y);
  } else divide(n, H, k - 1, k, 0, -get(H, n, k - 1, k), get(H, n, k - 1, k - 1) - p, q);
  set(H, n, k, k - 1, 0);
  set(H, n, k, k, 1);
  let z: f64 = 0, r: f64 = 0, s: f64 = 0;
  for (let i = k - 2; i >= 0; i--) {
    let ra: f64 = 0, sa: f64 = 0;
    for (let j = m; j <= k; j++) {
      const h = get(H, n, i, j);
      ra += h * get(H, n, j, k - 1);
      sa += h * get(H, n, j, k);
    }
    const w = get(H, n, i, i) - p;
    const turn = load<f64>(at(im, i));
    if (turn < 0) {
      z = w;
      r = ra;
      s = sa;
      continue;
    }
    m = i;
    if (turn == 0) divide(n, H, i, k, -ra, -sa, w, q);
    else {
      const x = get(H, n, i, i + 1), y = get(H, n, i + 1, i);
      const gap = load<f64>(at(re, i)) - p;
      let vr = gap * gap + turn * turn - q * q;
      const vi = gap * 2 * q;
      if (vr == 0 && vi == 0) vr = EPS * norm * (abs(w) + abs(q) + abs(x) + abs(y) + abs(z));
      divide(n, H, i, k, x * r - z * ra + q * sa, x * s - z * sa - q * ra, vr, vi);
      const a = get(H, n, i, k - 1), b = get(H, n, i, k);
      if (abs(x) > abs(z) + abs(q)) {
        set(H, n, i + 1, k - 1, (-ra - w * a + q * b) / x);
        set(H, n, i + 1, k, (-sa - w * b - q * a) / x);
      } else divide(n, H, i + 1, k, -r - y * a, -s - y * b, z, q);
    }
    limit(n, H, i, k - 1, k, max(abs(get(H, n, i, k - 1)), abs(get(H, n, i, k))));
  }
}

/** Row j of Z becomes the sum of H[k][j] times row k, k <= j, with the balance undone. */
function transform(n: i32, H: usize, Z: usize, d: usize, t: usize): void {
  for (let j = n - 1; j >= 0; j--) {
    fill<f64>(n, 0, t);
    for (let k = 0; k <= j; k++) axpy<f64>(n, get(H, n, k, j), row(Z, n, k), t);
    for (let i = 0; i < n; i++) store<f64>(at(t, i), load<f64>(at(t, i)) * load<f64>(at(d, i)));
    copy<f64>(n, t, row(Z, n, j));
  }
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
