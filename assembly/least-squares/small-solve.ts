// Up to three variables in registers: L D L' of J'J + lambda D^2, its step, and the inverse. A variable that is not there is a
// zero with a unit diagonal.

import { F_A, F_D, F_GF, F_L, F_P } from "../../src/abi/least-squares";
import { get, set, slot } from "./frame";

// @ts-ignore: decorator
@inline
export function has(n: i32, v: usize, j: i32): f64 {
  return j < n ? get(v, j) : 0;
}

// @ts-ignore: decorator
@inline
export function put(n: i32, v: usize, j: i32, value: f64): void {
  if (j < n) set(v, j, value);
}

// @ts-ignore: decorator
@inline
export function put3(n: i32, v: usize, v0: f64, v1: f64, v2: f64): void {
  set(v, 0, v0);
  put(n, v, 1, v1);
  put(n, v, 2, v2);
}

/**
 * The step -(A + lambda D^2)^-1 g over all n <= 3 variables from F_A, F_D, F_GF into F_P, by L D L' (Golub and Van Loan, 4th
 * ed., 4.1.2): no root stands between one pivot and the next. F_L gets 1 / d0; l10, 1 / d1; l20, l21, 1 / d2. Returns the
 * smallest pivot relative to its diagonal entry, or 0 where a pivot or its reciprocal is not positive and finite.
 */
export function solveSmall(n: i32, lambda: f64, frame: usize): f64 {
  const A = slot(frame, F_A), d = slot(frame, F_D), g = slot(frame, F_GF), L = slot(frame, F_L);
  let a00 = get(A, 0), a10 = 0.0, a11 = 1.0, a20 = 0.0, a21 = 0.0, a22 = 1.0;
  if (n > 1) {
    a10 = get(A, n);
    a11 = get(A, n + 1);
  }
  if (n > 2) {
    a20 = get(A, 6);
    a21 = get(A, 7);
    a22 = get(A, 8);
  }
  if (lambda != 0) {
    const d0 = get(d, 0), d1 = has(n, d, 1), d2 = has(n, d, 2);
    a00 += lambda * d0 * d0;
    a11 += lambda * d1 * d1;
    a22 += lambda * d2 * d2;
  }
  const i0 = 1 / a00, l10 = a10 * i0, l20 = a20 * i0;
  const d1 = a11 - l10 * a10, i1 = 1 / d1, e21 = a21 - l20 * a10, l21 = e21 * i1;
  const d2 = a22 - l20 * a20 - l21 * e21, i2 = 1 / d2;
  const y0 = -get(g, 0), y1 = -has(n, g, 1) - l10 * y0, y2 = -has(n, g, 2) - l20 * y0 - l21 * y1;
  const p2 = y2 * i2, p1 = y1 * i1 - l21 * p2;
  put3(n, slot(frame, F_P), y0 * i0 - l10 * p1 - l20 * p2, p1, p2);
  set(L, 0, i0);
  if (n > 1) {
    set(L, 1, l10);
    set(L, 2, i1);
  }
  if (n > 2) {
    set(L, 3, l20);
    set(L, 4, l21);
    set(L, 5, i2);
  }
  // Positive and finite, which the reciprocal of a subnormal pivot is not.
  const usable = min<f64>(i0, min<f64>(i1, i2)) > 0 && max<f64>(i0, max<f64>(i1, i2)) < Infinity;
  return usable ? min<f64>(1, min<f64>(d1 / a11, d2 / a22)) : 0;
}

/** |L^-1 D^2 p / length|^2 with the L of Cholesky, as newtonNormal. */
export function newtonSmall(n: i32, length: f64, frame: usize): f64 {
  const L = slot(frame, F_L), d = slot(frame, F_D), p = slot(frame, F_P);
  const d0 = get(d, 0), w0 = d0 * d0 * get(p, 0);
  let s = w0 * w0 * get(L, 0);
  if (n > 1) {
    const d1 = get(d, 1), w1 = d1 * d1 * get(p, 1) - get(L, 1) * w0;
    s += w1 * w1 * get(L, 2);
    if (n > 2) {
      const d2 = get(d, 2), w2 = d2 * d2 * get(p, 2) - get(L, 3) * w0 - get(L, 4) * w1;
      s += w2 * w2 * get(L, 5);
    }
  }
  return s / (length * length);
}

/**
 * (J'J)^-1 from the factor of solveSmall without damping: its diagonal into `out`, or all of it with `full`. The inverse of L has
 * -l10, -l21 and l10 l21 - l20 below its diagonal.
 */
export function inverseSmall(n: i32, full: bool, out: usize, frame: usize): void {
  const L = slot(frame, F_L);
  const i1 = n > 1 ? get(L, 2) : 0, i2 = n > 2 ? get(L, 5) : 0;
  const l10 = n > 1 ? get(L, 1) : 0, l20 = n > 2 ? get(L, 3) : 0, l21 = n > 2 ? get(L, 4) : 0;
  const m20 = l10 * l21 - l20;
  const step = full ? n + 1 : 1;
  set(out, 0, get(L, 0) + l10 * l10 * i1 + m20 * m20 * i2);
  if (n > 1) set(out, step, i1 + l21 * l21 * i2);
  if (n > 2) set(out, 2 * step, i2);
  if (!full || n == 1) return;
  const v01 = -(l10 * i1) - m20 * l21 * i2;
  set(out, 1, v01);
  set(out, n, v01);
  if (n == 2) return;
  set(out, 2, m20 * i2);
  set(out, 6, m20 * i2);
  set(out, 5, -(l21 * i2));
  set(out, 7, -(l21 * i2));
}
