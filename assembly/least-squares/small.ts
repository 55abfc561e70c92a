// The common case of a fit in straight line, with its numbers in registers: up to three variables, inside their bounds, normal
// equations that keep their digits, a Gauss-Newton step inside the trust region. The general kernels (linearise.ts, step.ts) do
// the rest, and find everything as they would have left it. A variable that is not there is a zero with a unit diagonal.

import {
  F_A, F_D, F_FREE, F_FREE0, F_G, F_GF, F_GN, F_L, F_LOWER, F_P, F_SPAN, F_TRIAL, F_UPPER, F_X, S_CLIPPED, S_COSINE, S_COST, S_FACTOR, S_FREE,
  S_FULL, S_GN_LENGTH, S_GRADIENT, S_LAMBDA, S_LENGTH, S_MOVED, S_NOISE, S_OFFSET, S_ORTHOGONAL, S_PIVOT, S_PLAIN, S_PREDICTED,
  S_RADIUS, S_RANK, S_SIZE, S_SLOPE, S_STEP_MAX, S_STEP_NORM, SMALL,
} from "../../src/least-squares/state";
import { copy, get, set, setIndex, slot } from "./frame";
import { PIVOT_TOL } from "./normal";
import { stepForRadius } from "./radius";

const EPS: f64 = 2.220446049250313e-16;

// @ts-ignore: decorator
@inline
function has(n: i32, v: usize, j: i32): f64 {
  return j < n ? get(v, j) : 0;
}

// @ts-ignore: decorator
@inline
function put(n: i32, v: usize, j: i32, value: f64): void {
  if (j < n) set(v, j, value);
}

/** Largest size of x_j so far. */
// @ts-ignore: decorator
@inline
function spanned(fresh: i32, x: f64, span: f64): f64 {
  const size = abs<f64>(x);
  return fresh ? (size > 0 ? size : 1) : max<f64>(size, span);
}

/** sqrt(u0^2 + u1^2 + u2^2). */
// @ts-ignore: decorator
@inline
function norm3(u0: f64, u1: f64, u2: f64): f64 {
  return sqrt<f64>(u0 * u0 + u1 * u1 + u2 * u2);
}

// @ts-ignore: decorator
@inline
function put3(n: i32, v: usize, v0: f64, v1: f64, v2: f64): void {
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

/** Whether x lies inside the bounds; with a gradient g: on a bound only where its descent leads away from it. */
function inside(n: i32, x: usize, g: usize, frame: usize): bool {
  const lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  if (!lower) return true;
  for (let j = 0; j < n; j++) {
    const xj = get(x, j), low = xj - get(lower, j), high = get(upper, j) - xj;
    if (!(low >= 0 && high >= 0)) return false;
    if (g && ((low == 0 && get(g, j) >= 0) || (high == 0 && get(g, j) <= 0))) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function identity(n: i32, free: usize): void {
  for (let j = 0; j < n; j++) setIndex(free, j, j);
}

/** `linearise` after J'J and J'r; false when it is not for this problem, nothing that counts being written then. */
export function lineariseSmall(n: i32, fresh: i32, frame: usize, state: usize): bool {
  if (n > SMALL || !inside(n, slot(frame, F_X), slot(frame, F_G), frame)) return false;
  const A = slot(frame, F_A), g = slot(frame, F_G), x = slot(frame, F_X), span = slot(frame, F_SPAN), p = slot(frame, F_P);
  const cost = get(state, S_COST);
  const g0 = get(g, 0), g1 = has(n, g, 1), g2 = has(n, g, 2);
  const a00 = get(A, 0), a11 = n > 1 ? get(A, n + 1) : 1, a22 = n > 2 ? get(A, 8) : 1;
  // (J_j'r / |J_j|)^2, the largest: the cosine without |r|.
  const aligned = max<f64>(max<f64>(g0 * (g0 / a00), g1 * (g1 / a11)), g2 * (g2 / a22));
  if (!(cost > 0 && aligned > 0 && aligned < Infinity)) return false;
  copy(n, g, slot(frame, F_GF));
  const pivot = solveSmall(n, 0, frame);
  if (!(pivot >= PIVOT_TOL)) return false;
  const p0 = get(p, 0), p1 = has(n, p, 1), p2 = has(n, p, 2);
  const x0 = get(x, 0), x1 = has(n, x, 1), x2 = has(n, x, 2);
  const s0 = spanned(fresh, x0, get(span, 0)), s1 = spanned(fresh, x1, has(n, span, 1)), s2 = spanned(fresh, x2, has(n, span, 2));
  const d0 = 1 / s0, d1 = n > 1 ? 1 / s1 : 0, d2 = n > 2 ? 1 / s2 : 0;
  put3(n, span, s0, s1, s2);
  put3(n, slot(frame, F_D), d0, d1, d2);
  put3(n, slot(frame, F_GN), p0, p1, p2);
  identity(n, slot(frame, F_FREE0));

  const size = norm3(d0 * x0, d1 * x1, d2 * x2);
  set(state, S_SIZE, size);
  if (fresh) set(state, S_RADIUS, get(state, S_FACTOR) * (size > 0 ? size : 1));
  set(state, S_FREE, n);
  set(state, S_RANK, n);
  set(state, S_ORTHOGONAL, 0);
  set(state, S_PLAIN, 1);
  set(state, S_PIVOT, pivot);
  set(state, S_COSINE, sqrt<f64>(aligned / cost));
  set(state, S_GRADIENT, max<f64>(max<f64>(abs<f64>(g0), abs<f64>(g1)), abs<f64>(g2)));
  set(state, S_OFFSET, sqrt<f64>(max<f64>(-(g0 * p0 + g1 * p1 + g2 * p2), 0) / cost));
  set(state, S_GN_LENGTH, norm3(d0 * p0, d1 * p1, d2 * p2));
  const scale = a00 * x0 * x0 + a11 * x1 * x1 + a22 * x2 * x2;
  set(state, S_NOISE, 4 * EPS * (cost + sqrt<f64>(cost) * sqrt<f64>(scale)));
  return true;
}

/** `trialStep` of Levenberg-Marquardt where all variables may move; false where J'J does not serve, or a bound is in the way. */
export function stepSmall(n: i32, frame: usize, state: usize): bool {
  if (n > SMALL || get(state, S_FREE) != n || get(state, S_ORTHOGONAL) != 0 || get(state, S_OFFSET) == 0) return false;
  const gn = slot(frame, F_GN), p = slot(frame, F_P), x = slot(frame, F_X), g = slot(frame, F_G), d = slot(frame, F_D);
  const trial = slot(frame, F_TRIAL);
  let length = get(state, S_GN_LENGTH);
  identity(n, slot(frame, F_FREE));
  copy(n, g, slot(frame, F_GF));
  if (get(state, S_PLAIN) == 0) solveSmall(n, 0, frame); // the factor of a step that was refused is in the way
  copy(n, gn, p);
  const full = length <= 1.1 * get(state, S_RADIUS) || stepForRadius(n, n, length, frame, state);
  const p0 = get(p, 0), p1 = has(n, p, 1), p2 = has(n, p, 2);
  const x0 = get(x, 0), x1 = has(n, x, 1), x2 = has(n, x, 2);
  const t0 = x0 + p0, t1 = x1 + p1, t2 = x2 + p2;
  const slope = get(g, 0) * p0 + has(n, g, 1) * p1 + has(n, g, 2) * p2;
  let predicted = -slope;
  put3(n, trial, t0, t1, t2);
  if (full) set(state, S_LAMBDA, 0);
  else {
    set(state, S_PLAIN, 0);
    length = norm3(get(d, 0) * p0, has(n, d, 1) * p1, has(n, d, 2) * p2);
    predicted += get(state, S_LAMBDA) * length * length;
  }
  if (!inside(n, trial, 0, frame)) return false;
  set(state, S_PREDICTED, predicted);
  set(state, S_SLOPE, 2 * slope);
  set(state, S_FULL, full ? 1 : 0);
  set(state, S_CLIPPED, 0);
  set(state, S_MOVED, t0 != x0 || t1 != x1 || t2 != x2 ? 1 : 0);
  let largest = 0.0;
  if (p0 != 0) largest = abs<f64>(p0) / abs<f64>(x0);
  if (p1 != 0) largest = max<f64>(largest, abs<f64>(p1) / abs<f64>(x1));
  if (p2 != 0) largest = max<f64>(largest, abs<f64>(p2) / abs<f64>(x2));
  set(state, S_STEP_MAX, largest);
  set(state, S_STEP_NORM, norm3(p0, p1, p2));
  set(state, S_LENGTH, length);
  return true;
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
