// Eigenvalues and eigenvectors of a symmetric matrix, in doubles: Householder tridiagonalisation, then implicit QL
// with Wilkinson's shift (Golub and Van Loan, 4th ed., sections 8.3.1 and 8.3.3; Wilkinson and Reinsch 1971, II/4).
// Z is held by rows, one vector a row, so that a rotation runs along two contiguous rows.

import { double as at } from "../memory";
import { axpy, dot, fill, nrm2, scal } from "../blas/level1";
import { gemv } from "../dense/gemv";
import { hypot2 } from "./reflector";
import { applyBatch, batchBytes, clearBatch, closeSweep, isFull, openSweep, sliceBytes } from "./rotations";
import { swapRows } from "./swap";

// @ts-ignore: decorator
@inline
function row(A: usize, n: i32, i: i32): usize {
  return A + (<usize>(i * n) << 3);
}

/** Bytes of `work` with which eigSym applies its rotations many at a time. */
export function eigSymWork(n: i32): usize {
  return batchBytes(n) + sliceBytes(n);
}

/**
 * A (both triangles, n x n) becomes the eigenvectors, row i that of d[i], ascending; without `vectors` A is only
 * spoilt. e: 2 n numbers. work: eigSymWork, or 0: rotations are applied as they come, with the same bits. Returns 0, or the
 * index + 1 of an eigenvalue that 60 sweeps did not find.
 */
export function eigSym(n: i32, A: usize, d: usize, e: usize, vectors: bool, work: usize): i32 {
  if (n <= 0) return 0;
  tridiagonal(n, A, d, e, at(e, n));
  if (vectors) accumulate(n, A, at(e, n));
  if (work) clearBatch(work);
  const failed = implicitQL(n, A, d, e, vectors, work);
  if (vectors && work) applyBatch(n, A, work, work + batchBytes(n));
  if (failed) return failed;
  sort(n, A, d, vectors);
  return 0;
}

/**
 * Reflectors from the last row up: row i keeps v / |v| scale in its first i numbers, tau[i] its factor; d is the
 * diagonal, e[i] the element between i and i + 1.
 */
function tridiagonal(n: i32, A: usize, d: usize, e: usize, tau: usize): void {
  for (let i = n - 1; i > 0; i--) {
    const v = row(A, n, i);
    store<f64>(at(d, i), load<f64>(at(v, i)));
    // Reflector on v[0 .. i-1] that leaves only v[i-1].
    const alpha = load<f64>(at(v, i - 1));
    const tail = nrm2<f64>(i - 1, v);
    if (tail == 0) {
      store<f64>(at(tau, i), 0);
      store<f64>(at(e, i - 1), alpha);
      continue;
    }
    const beta = -copysign<f64>(hypot2<f64>(alpha, tail), alpha);
    const t = (beta - alpha) / beta;
    scal<f64>(i - 1, 1 / (alpha - beta), v);
    store<f64>(at(v, i - 1), 1);
    store<f64>(at(tau, i), t);
    store<f64>(at(e, i - 1), beta);
    // A := H A H on the leading i x i: p = t A v, w = p - (t/2) (p'v) v, A -= v w' + w v'. w lives in d[0 .. i-1].
    gemv<f64>(i, i, t, A, n, v, 0, d);
    axpy<f64>(i, -0.5 * t * dot<f64>(i, d, v), v, d);
    for (let j = 0; j < i; j++) {
      const r = row(A, n, j);
      const x = load<f64>(at(v, j)), y = load<f64>(at(d, j));
      rank2(i, x, d, y, v, r);
    }
  }
  store<f64>(d, load<f64>(A));
  store<f64>(tau, 0);
}

/** r -= x w + y v. */
function rank2(n: i32, x: f64, w: usize, y: f64, v: usize, r: usize): void {
  const sx = f64x2.splat(x), sy = f64x2.splat(y);
  const end = r + (<usize>n << 3);
  for (; r + 16 <= end; r += 16, w += 16, v += 16) {
    v128.store(r, f64x2.sub(f64x2.sub(v128.load(r), f64x2.mul(sx, v128.load(w))), f64x2.mul(sy, v128.load(v))));
  }
  if (r < end) store<f64>(r, load<f64>(r) - x * load<f64>(w) - y * load<f64>(v));
}

/** A becomes Q' for A = Q T Q': row i of the leading block is extended by each reflector in turn. */
function accumulate(n: i32, A: usize, tau: usize): void {
  for (let i = 0; i < n; i++) {
    // The leading i x i block is Q' so far; reflector i (in row i) acts on it: Q' (I - t v v') by rows.
    const v = row(A, n, i);
    const t = load<f64>(at(tau, i));
    if (t != 0) {
      for (let j = 0; j < i; j++) {
        const r = row(A, n, j);
        axpy<f64>(i, -t * dot<f64>(i, r, v), v, r);
      }
    }
    fill<f64>(i, 0, v);
    store<f64>(at(v, i), 1);
    for (let j = 0; j < i; j++) store<f64>(at(row(A, n, j), i), 0);
  }
}

function implicitQL(n: i32, Z: usize, d: usize, e: usize, vectors: bool, work: usize): i32 {
  const eps = 2.220446049250313e-16;
  store<f64>(at(e, n - 1), 0);
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = abs(load<f64>(at(d, m))) + abs(load<f64>(at(d, m + 1)));
        if (abs(load<f64>(at(e, m))) <= eps * size) break;
      }
      if (m == l) break;
      if (sweep == 60) return l + 1;
      const el = load<f64>(at(e, l)), dl = load<f64>(at(d, l));
      let g = (load<f64>(at(d, l + 1)) - dl) / (2 * el);
      const r = hypot2<f64>(g, 1);
      g = load<f64>(at(d, m)) - dl + el / (g + copysign<f64>(r, g));
      if (vectors && work && isFull(n, work)) applyBatch(n, Z, work, work + batchBytes(n));
      chase(n, l, m, g, Z, d, e, vectors, work);
    }
  }
  return 0;
}

/** One QL sweep from m down to l with the shift in g. */
function chase(n: i32, l: i32, m: i32, g: f64, Z: usize, d: usize, e: usize, vectors: bool, work: usize): void {
  let s: f64 = 1, c: f64 = 1, p: f64 = 0;
  const later = vectors && work != 0;
  const pairs = later ? openSweep(work, l, m - l) : 0;
  for (let i = m - 1; i >= l; i--) {
    const ei = load<f64>(at(e, i));
    const f = s * ei, b = c * ei;
    const r = hypot2<f64>(f, g);
    store<f64>(at(e, i + 1), r);
    if (r == 0) {
      store<f64>(at(d, i + 1), load<f64>(at(d, i + 1)) - p);
      store<f64>(at(e, m), 0);
      if (later) closeSweep(work, pairs, i + 1, m, false);
      return;
    }
    s = f / r;
    c = g / r;
    g = load<f64>(at(d, i + 1)) - p;
    const q = (load<f64>(at(d, i)) - g) * s + 2 * c * b;
    p = s * q;
    store<f64>(at(d, i + 1), g + p);
    g = c * q - b;
    if (later) {
      store<f64>(at(pairs, 2 * i), c);
      store<f64>(at(pairs, 2 * i + 1), s);
    } else if (vectors) rotate(n, c, s, row(Z, n, i), row(Z, n, i + 1));
  }
  if (later) closeSweep(work, pairs, l, m, false);
  store<f64>(at(d, l), load<f64>(at(d, l)) - p);
  store<f64>(at(e, l), g);
  store<f64>(at(e, m), 0);
}

/** (x, y) = (c x - s y, s x + c y). */
export function rotate(n: i32, c: f64, s: f64, x: usize, y: usize): void {
  const vc = f64x2.splat(c), vs = f64x2.splat(s);
  const end = x + (<usize>n << 3);
  for (; x + 16 <= end; x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(vc, a), f64x2.mul(vs, b)));
    v128.store(y, f64x2.add(f64x2.mul(vs, a), f64x2.mul(vc, b)));
  }
  if (x < end) {
    const a = load<f64>(x), b = load<f64>(y);
    store<f64>(x, c * a - s * b);
    store<f64>(y, s * a + c * b);
  }
}

/** Ascending, the rows with their values. */
function sort(n: i32, Z: usize, d: usize, vectors: bool): void {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (load<f64>(at(d, j)) < load<f64>(at(d, least))) least = j;
    if (least == i) continue;
    const t = load<f64>(at(d, i));
    store<f64>(at(d, i), load<f64>(at(d, least)));
    store<f64>(at(d, least), t);
    if (vectors) swapRows<f64>(n, row(Z, n, i), row(Z, n, least));
  }
}
