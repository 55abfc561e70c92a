// The normal equations J'J p = -J'r and their damped form (J'J + lambda D^2) p = -J'r, restricted to the
// variables that may move (`free`, k of n).

import { madd } from "../simd";
import { gemvT } from "../dense/gemv";
import { syrk } from "../dense/syrk";
import { cholesky } from "../linalg/cholesky";
import { get, index, set } from "./frame";

/** Below this smallest pivot (about 1 / cond(J)^2) the normal equations would leave less than 8 digits of a step. */
export const PIVOT_TOL: f64 = 1e-8;
/** Below this many entries of J plain loops over pairs of columns beat packing. */
const SMALL: i32 = 1024;
/** Widest J for the plain loop. */
const NARROW: i32 = 12;

/** A = J'J (both triangles), g = J'r for row-major J (m x n). Up to three columns the sums are those of models/normal.ts at any m. */
export function normalEquations(m: i32, n: i32, J: usize, r: usize, A: usize, g: usize, work: usize): void {
  if (n == 3) {
    normalThree(m, J, r, A, g);
    return;
  }
  if (n < 3 || (n <= NARROW && m * n <= SMALL)) {
    normalPlain(m, n, J, r, A, g);
    return;
  }
  syrk<f64>(m, n, J, n, A, n, work);
  gemvT<f64>(m, n, 1, J, n, r, 0, g);
}

// @ts-ignore: decorator
@inline
function twoRows(p: usize, width: usize): v128 {
  return v128.load_lane<f64>(p + width, v128.load_zero<f64>(p), 1);
}

// @ts-ignore: decorator
@inline
function total(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Columns i, i + 1 times columns j, j + 1, two rows at a time; where there is no second column the first stands in. */
function columnBlock(m: i32, n: i32, i: i32, j: i32, J: usize, A: usize): void {
  const width = <usize>n << 3;
  const i1 = min<i32>(i + 1, n - 1), j1 = min<i32>(j + 1, n - 1);
  let p = J + (<usize>i << 3), q = J + (<usize>j << 3);
  const dp = <usize>(i1 - i) << 3, dq = <usize>(j1 - j) << 3;
  let s00 = f64x2.splat(0), s01 = f64x2.splat(0), s10 = f64x2.splat(0), s11 = f64x2.splat(0);
  for (let k = m >> 1; k > 0; k--, p += width << 1, q += width << 1) {
    const a0 = twoRows(p, width), a1 = twoRows(p + dp, width), b0 = twoRows(q, width), b1 = twoRows(q + dq, width);
    s00 = madd<f64>(a0, b0, s00);
    s01 = madd<f64>(a0, b1, s01);
    s10 = madd<f64>(a1, b0, s10);
    s11 = madd<f64>(a1, b1, s11);
  }
  if (m & 1) {
    const a0 = v128.load_zero<f64>(p), a1 = v128.load_zero<f64>(p + dp), b0 = v128.load_zero<f64>(q), b1 = v128.load_zero<f64>(q + dq);
    s00 = madd<f64>(a0, b0, s00);
    s01 = madd<f64>(a0, b1, s01);
    s10 = madd<f64>(a1, b0, s10);
    s11 = madd<f64>(a1, b1, s11);
  }
  set(A, i * n + j, total(s00));
  set(A, i * n + j1, total(s01));
  set(A, i1 * n + j, total(s10));
  set(A, i1 * n + j1, total(s11));
}

/** Columns j, j + 1 times r. */
function columnGradient(m: i32, n: i32, j: i32, J: usize, r: usize, g: usize): void {
  const width = <usize>n << 3;
  const j1 = min<i32>(j + 1, n - 1);
  let q = J + (<usize>j << 3);
  const dq = <usize>(j1 - j) << 3;
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (let k = m >> 1; k > 0; k--, q += width << 1, r += 16) {
    const v = v128.load(r);
    s0 = madd<f64>(twoRows(q, width), v, s0);
    s1 = madd<f64>(twoRows(q + dq, width), v, s1);
  }
  if (m & 1) {
    const v = v128.load_zero<f64>(r);
    s0 = madd<f64>(v128.load_zero<f64>(q), v, s0);
    s1 = madd<f64>(v128.load_zero<f64>(q + dq), v, s1);
  }
  set(g, j, total(s0));
  set(g, j1, total(s1));
}

/** Three columns in one pass, with the sums of normalPlain. */
function normalThree(m: i32, J: usize, r: usize, A: usize, g: usize): void {
  let s00 = f64x2.splat(0), s10 = f64x2.splat(0), s11 = f64x2.splat(0), s20 = f64x2.splat(0), s21 = f64x2.splat(0), s22 = f64x2.splat(0);
  let t0 = f64x2.splat(0), t1 = f64x2.splat(0), t2 = f64x2.splat(0);
  for (let k = m >> 1; k > 0; k--, J += 48, r += 16) {
    // Rows a0 a1 a2, b0 b1 b2.
    const p = v128.load(J), q = v128.load(J, 16), o = v128.load(J, 32), v = v128.load(r);
    const c0 = v128.shuffle<f64>(p, q, 0, 3), c1 = v128.shuffle<f64>(p, o, 1, 2), c2 = v128.shuffle<f64>(q, o, 0, 3);
    s00 = madd<f64>(c0, c0, s00);
    s10 = madd<f64>(c1, c0, s10);
    s11 = madd<f64>(c1, c1, s11);
    s20 = madd<f64>(c2, c0, s20);
    s21 = madd<f64>(c2, c1, s21);
    s22 = madd<f64>(c2, c2, s22);
    t0 = madd<f64>(c0, v, t0);
    t1 = madd<f64>(c1, v, t1);
    t2 = madd<f64>(c2, v, t2);
  }
  if (m & 1) {
    const c0 = v128.load_zero<f64>(J), c1 = v128.load_zero<f64>(J, 8), c2 = v128.load_zero<f64>(J, 16), v = v128.load_zero<f64>(r);
    s00 = madd<f64>(c0, c0, s00);
    s10 = madd<f64>(c1, c0, s10);
    s11 = madd<f64>(c1, c1, s11);
    s20 = madd<f64>(c2, c0, s20);
    s21 = madd<f64>(c2, c1, s21);
    s22 = madd<f64>(c2, c2, s22);
    t0 = madd<f64>(c0, v, t0);
    t1 = madd<f64>(c1, v, t1);
    t2 = madd<f64>(c2, v, t2);
  }
  const a10 = total(s10), a20 = total(s20), a21 = total(s21);
  set(A, 0, total(s00));
  set(A, 1, a10);
  set(A, 2, a20);
  set(A, 3, a10);
  set(A, 4, total(s11));
  set(A, 5, a21);
  set(A, 6, a20);
  set(A, 7, a21);
  set(A, 8, total(s22));
  set(g, 0, total(t0));
  set(g, 1, total(t1));
  set(g, 2, total(t2));
}

function normalPlain(m: i32, n: i32, J: usize, r: usize, A: usize, g: usize): void {
  for (let j = 0; j < n; j += 2) {
    for (let i = j; i < n; i += 2) columnBlock(m, n, i, j, J, A);
    columnGradient(m, n, j, J, r, g);
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) set(A, j * n + i, get(A, i * n + j));
  }
}

/**
 * L L' = A + lambda D^2 on the free variables (L is k x k with leading dimension n). Returns the smallest
 * pivot relative to its diagonal entry, that is the smallest pivot of the unit-diagonal matrix; 0 when the
 * factorisation fails. diagonal: n doubles of workspace.
 */
export function dampedCholesky(
  k: i32, n: i32, A: usize, d: usize, lambda: f64, free: usize, L: usize, diagonal: usize, work: usize,
): f64 {
  for (let a = 0; a < k; a++) {
    const i = index(free, a);
    const row = A + (<usize>(i * n) << 3);
    const to = L + (<usize>(a * n) << 3);
    for (let b = 0; b < a; b++) set(to, b, get(row, index(free, b)));
    const s = get(d, i);
    const full = get(row, i) + lambda * s * s;
    set(to, a, full);
    set(diagonal, a, full);
  }
  if (cholesky<f64>(k, L, n, work)) return 0;
  let least = 1.0;
  for (let a = 0; a < k; a++) {
    const l = get(L, a * n + a);
    least = min<f64>(least, (l * l) / get(diagonal, a));
  }
  return least;
}

/** w = L^-1 w. The factorisation outweighs this at any order, and for a few variables a call for each row would be the most of it. */
function forward(k: i32, L: usize, n: i32, w: usize): void {
  for (let i = 0, row = L; i < k; i++, row += <usize>n << 3) {
    let s = get(w, i);
    for (let c = 0; c < i; c++) s -= get(row, c) * get(w, c);
    set(w, i, s / get(row, i));
  }
}

/** w = L'^-1 w: each solved element leaves the rest along a row of L. */
function backward(k: i32, L: usize, n: i32, w: usize): void {
  for (let i = k - 1, row = L + (<usize>(i * n) << 3); i >= 0; i--, row -= <usize>n << 3) {
    const t = get(w, i) / get(row, i);
    set(w, i, t);
    for (let c = 0; c < i; c++) set(w, c, get(w, c) - t * get(row, c));
  }
}

/** p = -(L L')^-1 g on the free variables; g is indexed by variable. w: n doubles of workspace. */
export function solveNormal(k: i32, n: i32, L: usize, g: usize, free: usize, w: usize, p: usize): void {
  for (let a = 0; a < k; a++) set(w, a, -get(g, index(free, a)));
  forward(k, L, n, w);
  backward(k, L, n, w);
  for (let a = 0; a < k; a++) set(p, index(free, a), get(w, a));
}

/** |L^-1 D^2 p / length|^2, the denominator of Moré's Newton step on 1 / |D p| (Moré 1978, eq. 5.8). */
export function newtonNormal(k: i32, n: i32, L: usize, d: usize, free: usize, p: usize, length: f64, w: usize): f64 {
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    set(w, a, (get(d, j) * get(d, j) * get(p, j)) / length);
  }
  forward(k, L, n, w);
  let squares = 0.0;
  for (let a = 0; a < k; a++) squares += get(w, a) * get(w, a);
  return squares;
}
