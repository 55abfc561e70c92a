// The common case of a fit in straight line, with its numbers in registers: up to three variables, inside their bounds, normal
// equations that keep their digits, a Gauss-Newton step inside the trust region. The general kernels (linearise.ts, step.ts) do
// the rest, and find everything as they would have left it. A variable that is not there is a zero with a unit diagonal.

import { EPS } from "../memory";
import {
  F_A, F_D, F_FREE, F_FREE0, F_G, F_GF, F_GN, F_LOWER, F_P, F_SPAN, F_TRIAL, F_UPPER, F_X, S_CLIPPED, S_COSINE, S_COST, S_FACTOR, S_FREE,
  S_FULL, S_GN_LENGTH, S_GRADIENT, S_LAMBDA, S_LENGTH, S_MOVED, S_NOISE, S_OFFSET, S_ORTHOGONAL, S_PIVOT, S_PLAIN, S_PREDICTED,
  S_RADIUS, S_RANK, S_RELATIVE, S_SIZE, S_SLOPE, S_STEP_MAX, S_STEP_NORM, SMALL,
} from "../../src/abi/least-squares";
import { copy, get, set, setIndex, slot } from "./frame";
import { PIVOT_TOL } from "./normal";
import { stepForRadius } from "./radius";
import { has, put3, solveSmall } from "./small-solve";

/** Largest size of x_j so far. */
// @ts-ignore: decorator
@inline
function spanned(fresh: i32, x: f64, span: f64): f64 {
  const size = abs<f64>(x);
  return fresh ? (size > 0 ? size : 1) : max<f64>(size, span);
}

/** The largest |J_j| so far. */
// @ts-ignore: decorator
@inline
function columnScale(square: f64, fresh: i32, before: f64): f64 {
  return max<f64>(sqrt<f64>(square), fresh ? 0 : before);
}

/** sqrt(u0^2 + u1^2 + u2^2). */
// @ts-ignore: decorator
@inline
function norm3(u0: f64, u1: f64, u2: f64): f64 {
  return sqrt<f64>(u0 * u0 + u1 * u1 + u2 * u2);
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
  const relative = get(state, S_RELATIVE) != 0, d = slot(frame, F_D);
  const d0 = relative ? 1 / s0 : columnScale(a00, fresh, get(d, 0));
  const d1 = n < 2 ? 0 : relative ? 1 / s1 : columnScale(a11, fresh, get(d, 1));
  const d2 = n < 3 ? 0 : relative ? 1 / s2 : columnScale(a22, fresh, get(d, 2));
  put3(n, span, s0, s1, s2);
  put3(n, d, d0, d1, d2);
  put3(n, slot(frame, F_GN), p0, p1, p2);
  identity(n, slot(frame, F_FREE0));

  const size = relative ? norm3(d0 * x0, d1 * x1, d2 * x2) : sqrt<f64>(cost);
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
