// One trial step of least squares, in one call: from J'J, J'r and the trust radius to the next point.
// Bounds: a variable at a bound that the gradient pushes outwards is held; where the step would leave the box,
// the same damped model is minimised inside it.

import {
  DOGLEG, F_A, F_D, F_FREE, F_FREE0, F_G, F_GN, F_LOWER, F_MOVE, F_P, F_TRIAL, F_UPPER, F_X, GAUSS_NEWTON, LEVENBERG,
  S_CLIPPED, S_COST, S_FACTOR, S_FREE, S_FULL, S_HALVING, S_LAMBDA, S_MODEL, S_MOVED, S_OFFSET, S_RADIUS, S_RANK,
  S_SLOPE, S_STEP_LENGTH, S_STEP_MAX, S_STEP_NORM,
} from "../../src/least-squares/state";
import { curvature, dampedStep, freeLength, gaussNewtonStep, modelGradient, scaledLength, slope } from "./quadratic";
import { doglegStep, stepForRadius } from "./radius";
import { clampToBox, solveInBox } from "./box";
import { get, index, set, slot } from "./frame";

/** First damping of Levenberg's method over the largest diagonal entry of J'J (Nielsen 1999). */
const FIRST_DAMPING: f64 = 1e-3;
/** Relative offset below which Levenberg's method counts its damped step as a full one. */
const NEAR: f64 = 1e-6;

function chooseRadius(n: i32, frame: usize, state: usize): void {
  if (get(state, S_RADIUS) != 0) return;
  const length = scaledLength(n, slot(frame, F_D), slot(frame, F_X));
  set(state, S_RADIUS, get(state, S_FACTOR) * (length > 0 ? length : 1));
}

/** Levenberg: the step damped by lambda I. */
function levenbergStep(n: i32, k: i32, frame: usize, state: usize): bool {
  let lambda = get(state, S_LAMBDA);
  if (lambda == 0) {
    const A = slot(frame, F_A);
    for (let j = 0; j < n; j++) lambda = max<f64>(lambda, get(A, j * n + j));
    lambda *= FIRST_DAMPING / get(state, S_FACTOR);
  }
  for (let i = 0; i < 60 && !dampedStep(n, k, lambda, frame, state); i++) lambda *= 4;
  set(state, S_LAMBDA, lambda);
  return get(state, S_OFFSET) <= NEAR;
}

/** Shapes the Gauss-Newton step in F_P to the method; true when it counts as a full step. */
function shape(n: i32, k: i32, method: i32, gn: f64, frame: usize, state: usize): bool {
  if (method == GAUSS_NEWTON) {
    const halving = get(state, S_HALVING);
    const p = slot(frame, F_P), free = slot(frame, F_FREE);
    if (halving != 1) for (let a = 0; a < k; a++) set(p, index(free, a), halving * get(p, index(free, a)));
    return halving == 1;
  }
  if (method == LEVENBERG) return levenbergStep(n, k, frame, state);
  chooseRadius(n, frame, state);
  if (method == DOGLEG) return doglegStep(n, k, gn, frame, state);
  return stepForRadius(n, k, gn, frame, state);
}

/** True when p would carry a free variable past a bound. */
function leavesBox(k: i32, frame: usize): bool {
  const x = slot(frame, F_X), p = slot(frame, F_P), free = slot(frame, F_FREE);
  const lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const step = get(p, j);
    if (step < get(lower, j) - get(x, j) || step > get(upper, j) - get(x, j)) return true;
  }
  return false;
}

/** -2 g'p - p'Ap: the decrease of |r|^2 that the model predicts. */
function predicted(n: i32, frame: usize, p: usize): f64 {
  return -2 * slope(n, slot(frame, F_G), p) - curvature(n, slot(frame, F_A), p);
}

/** The scaled projected gradient step, shortened until it descends; used when a clipped step does not. */
function projectedGradient(n: i32, k0: i32, frame: usize, state: usize): f64 {
  const p = slot(frame, F_P), g = slot(frame, F_G), d = slot(frame, F_D), x = slot(frame, F_X), move = slot(frame, F_MOVE);
  const free = slot(frame, F_FREE0), lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  memory.fill(p, 0, <usize>n << 3);
  let gg = 0.0;
  for (let a = 0; a < k0; a++) {
    const j = index(free, a);
    const s = -get(g, j) / (get(d, j) * get(d, j));
    set(p, j, s);
    gg += get(g, j) * s;
  }
  const length = scaledLength(n, d, p);
  let t = -gg / curvature(n, slot(frame, F_A), p);
  if (get(state, S_RADIUS) > 0) t = min<f64>(t, get(state, S_RADIUS) / length);
  let model = 0.0;
  for (let tries = 0; tries < 60 && !(model > 0); tries++, t /= 2) {
    for (let j = 0; j < n; j++) {
      set(move, j, min<f64>(max<f64>(t * get(p, j), get(lower, j) - get(x, j)), get(upper, j) - get(x, j)));
    }
    model = predicted(n, frame, move);
  }
  memory.copy(p, move, <usize>n << 3);
  return model;
}

/** F_TRIAL = F_X + F_P inside the bounds, and the sizes of the step. */
function moveTo(n: i32, frame: usize, state: usize, bounded: bool): void {
  const x = slot(frame, F_X), p = slot(frame, F_P), trial = slot(frame, F_TRIAL);
  const lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  let moved = false;
  let largest = 0.0, squares = 0.0;
  for (let j = 0; j < n; j++) {
    const xj = get(x, j), pj = get(p, j);
    let t = xj + pj;
    if (bounded) t = min<f64>(max<f64>(t, get(lower, j)), get(upper, j));
    set(trial, j, t);
    if (t != xj) moved = true;
    squares += pj * pj;
    if (pj != 0) largest = max<f64>(largest, abs<f64>(pj) / abs<f64>(xj));
  }
  set(state, S_MOVED, moved ? 1 : 0);
  set(state, S_STEP_MAX, largest);
  set(state, S_STEP_NORM, sqrt<f64>(squares));
  set(state, S_STEP_LENGTH, scaledLength(n, slot(frame, F_D), p));
}

/**
 * From the linearisation in the frame to the next trial point. In: S_FREE variables in F_FREE0, S_RADIUS,
 * S_LAMBDA, S_HALVING. Out: F_P, F_TRIAL and the S_ slots of the step. `first` is set for the first trial of a
 * linearisation: it also measures the relative offset.
 */
export function trialStep(m: i32, n: i32, method: i32, first: i32, frame: usize, state: usize): void {
  const p = slot(frame, F_P), g = slot(frame, F_G);
  const bounded = slot(frame, F_LOWER) != 0;
  const k = <i32>get(state, S_FREE);
  memory.copy(slot(frame, F_FREE), slot(frame, F_FREE0), <usize>k << 2);
  memory.fill(p, 0, <usize>n << 3);
  memory.fill(slot(frame, F_MOVE), 0, <usize>n << 3);
  modelGradient(n, k, frame, false);
  gaussNewtonStep(m, n, k, frame, state);
  const rank = <i32>get(state, S_RANK);
  if (first) {
    const decrease = rank > 0 ? -slope(n, g, p) : 0;
    set(state, S_OFFSET, rank > 0 ? sqrt<f64>(max<f64>(decrease, 0) / get(state, S_COST)) : Infinity);
    memory.copy(slot(frame, F_GN), p, <usize>n << 3);
  }
  let full = shape(n, k, method, rank > 0 ? freeLength(k, frame) : Infinity, frame, state);
  const clipped = bounded && leavesBox(k, frame);
  if (clipped) {
    const lambda = full && method != LEVENBERG ? 0 : get(state, S_LAMBDA);
    if (method != DOGLEG && method != GAUSS_NEWTON && (lambda > 0 || rank == k)) solveInBox(m, n, k, lambda, frame, state);
    else clampToBox(n, frame);
    set(state, S_RANK, rank);
  }
  // A damped solution has g'p = -p'(A + lambda D^2)p, which saves a cancellation; a clipped one does not.
  let model = predicted(n, frame, p);
  if (!clipped && method != DOGLEG && method != GAUSS_NEWTON) {
    const length = scaledLength(n, slot(frame, F_D), p);
    model = -slope(n, g, p) + (full && method != LEVENBERG ? 0 : get(state, S_LAMBDA)) * length * length;
  }
  if (clipped && !(model > 0)) {
    model = projectedGradient(n, k, frame, state);
    full = false;
  }
  set(state, S_MODEL, model);
  set(state, S_SLOPE, slope(n, g, p));
  set(state, S_FULL, full ? 1 : 0);
  set(state, S_CLIPPED, clipped ? 1 : 0);
  moveTo(n, frame, state, bounded);
}
