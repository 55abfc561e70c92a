// One trial step of least squares: from J'J, J'r and the policy's numbers to the next point. Where the step
// would leave the bounds, the same damped model is minimised inside them.

import {
  DOGLEG, F_A, F_D, F_FREE, F_FREE0, F_G, F_GN, F_HELD, F_LOWER, F_P, F_TRIAL, F_UPPER, F_X, GAUSS_NEWTON, LEVENBERG,
  LEVENBERG_MARQUARDT, S_CLIPPED, S_DAMPING, S_FACTOR, S_FRACTION, S_FREE, S_FULL, S_LAMBDA, S_LENGTH, S_MOVED, S_PLAIN, S_PREDICTED, S_RADIUS, S_RANK,
  S_SLOPE, S_STEP_MAX, S_STEP_NORM,
} from "../../src/abi/least-squares";
import { clampToBox, leavesBox, projectedGradient, solveInBox } from "./box";
import { diagonal, get, index, set, slot } from "./frame";
import { NEGLIGIBLE } from "./policy";
import { curvature, dampAgain, freeLength, modelGradient, scaledLength, slope, solveModel } from "./quadratic";
import { doglegStep, stepForRadius } from "./radius";
import { stepSmall } from "./small";

/** First damping of Levenberg's method over the largest diagonal entry of J'J (Nielsen 1999). */
const FIRST_DAMPING: f64 = 1e-3;

/** Levenberg: the step damped by lambda I; true when it is the Gauss-Newton step. */
function levenbergStep(n: i32, k: i32, frame: usize, state: usize): bool {
  let lambda = get(state, S_DAMPING);
  if (lambda == 0) {
    const A = slot(frame, F_A);
    for (let j = 0; j < n; j++) lambda = max<f64>(lambda, diagonal(n, j, A, frame));
    lambda *= FIRST_DAMPING / get(state, S_FACTOR);
  }
  const length = freeLength(k, frame);
  const decrease = -slope(n, slot(frame, F_G), slot(frame, F_P));
  const full = <i32>get(state, S_RANK) == k && lambda * length * length <= NEGLIGIBLE * decrease;
  if (!full) for (let i = 0; i < 60 && !dampAgain(n, k, lambda, frame, state); i++) lambda *= 4;
  set(state, S_DAMPING, lambda);
  set(state, S_LAMBDA, full ? 0 : lambda);
  return full;
}

/** Shapes the Gauss-Newton step in F_P as the method wants; true when it stands. */
function shape(n: i32, k: i32, method: i32, frame: usize, state: usize): bool {
  if (method == LEVENBERG) return levenbergStep(n, k, frame, state);
  if (method == GAUSS_NEWTON) {
    const fraction = get(state, S_FRACTION);
    const p = slot(frame, F_P);
    for (let j = 0; j < n; j++) set(p, j, fraction * get(p, j));
    return fraction == 1;
  }
  const gn = get(state, S_RANK) > 0 ? freeLength(k, frame) : Infinity;
  if (method == DOGLEG) return doglegStep(n, k, gn, frame, state);
  return stepForRadius(n, k, gn, frame, state);
}

/** Decrease of the cost that the model predicts; a damped solution has g'p = -p'(A + lambda D^2) p. */
function predicted(n: i32, full: bool, clipped: bool, frame: usize, state: usize): f64 {
  const p = slot(frame, F_P);
  const gp = slope(n, slot(frame, F_G), p);
  if (full) return -gp;
  const lambda = get(state, S_LAMBDA);
  if (clipped || lambda == 0) return -2 * gp - curvature(n, slot(frame, F_A), p, frame);
  const length = scaledLength(n, slot(frame, F_D), p);
  return lambda * length * length - gp;
}

/** F_TRIAL = F_X + F_P inside the bounds, and the sizes of the step. */
function moveTo(n: i32, frame: usize, state: usize): void {
  const x = slot(frame, F_X), p = slot(frame, F_P), trial = slot(frame, F_TRIAL);
  const lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  let moved = false;
  let largest = 0.0, squares = 0.0;
  for (let j = 0; j < n; j++) {
    const xj = get(x, j), pj = get(p, j);
    let t = xj + pj;
    if (lower) t = min<f64>(max<f64>(t, get(lower, j)), get(upper, j));
    set(trial, j, t);
    if (t != xj) moved = true;
    squares += pj * pj;
    if (pj != 0) largest = max<f64>(largest, abs<f64>(pj) / abs<f64>(xj));
  }
  set(state, S_MOVED, moved ? 1 : 0);
  set(state, S_STEP_MAX, largest);
  set(state, S_STEP_NORM, sqrt<f64>(squares));
  set(state, S_LENGTH, scaledLength(n, slot(frame, F_D), p));
}

/**
 * From the linearisation in the frame to the next trial point. In: S_FREE variables in F_FREE0, F_GN, the
 * policy's S_RADIUS, S_LAMBDA, S_DAMPING, S_FRACTION. Out: F_P, F_TRIAL and the slots that describe the step.
 */
export function trialStep(m: i32, n: i32, method: i32, frame: usize, state: usize): void {
  if (!SPARSE && method == LEVENBERG_MARQUARDT && stepSmall(n, frame, state)) return;
  const p = slot(frame, F_P);
  const k = <i32>get(state, S_FREE);
  memory.copy(slot(frame, F_FREE), slot(frame, F_FREE0), <usize>k << 2);
  memory.fill(slot(frame, F_HELD), 0, <usize>n << 3);
  memory.fill(p, 0, <usize>n << 3);
  if (get(state, S_PLAIN) == 1) memory.copy(p, slot(frame, F_GN), <usize>n << 3);
  else {
    modelGradient(n, k, frame, false);
    solveModel(m, n, k, 0, frame, state);
  }
  if (method == GAUSS_NEWTON || method == DOGLEG) set(state, S_LAMBDA, 0);
  let full = shape(n, k, method, frame, state);
  if (get(state, S_LAMBDA) != 0) set(state, S_PLAIN, 0);
  const clipped = slot(frame, F_LOWER) != 0 && leavesBox(k, frame);
  if (clipped) {
    full = false;
    set(state, S_PLAIN, 0);
    const length = scaledLength(n, slot(frame, F_D), p);
    const lambda = get(state, S_LAMBDA);
    const damps = method != DOGLEG && method != GAUSS_NEWTON;
    if (damps && (lambda > 0 || <i32>get(state, S_RANK) == k)) solveInBox(m, n, k, lambda, frame, state);
    else clampToBox(n, frame);
    if (!(predicted(n, false, true, frame, state) > 0)) projectedGradient(n, k, length, frame);
  }
  set(state, S_PREDICTED, predicted(n, full, clipped, frame, state));
  set(state, S_SLOPE, 2 * slope(n, slot(frame, F_G), p));
  set(state, S_FULL, full ? 1 : 0);
  set(state, S_CLIPPED, clipped ? 1 : 0);
  moveTo(n, frame, state);
}
