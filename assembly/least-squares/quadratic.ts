// The local model |r + J p|^2 on the free variables: solved by the normal equations, or by the orthogonal
// path once the unit-diagonal normal matrix has a pivot below the threshold.

import { F_A, F_D, F_FREE, F_G, F_GF, F_L, F_M, F_MOVE, F_P, F_W, F_WORK, F_Y, S_ORTHOGONAL, S_PIVOT, S_RANK, S_REDUCED } from "../../src/least-squares/state";
import { dampedCholesky, newtonNormal, solveNormal } from "./normal";
import { dampedOrthogonal, newtonOrthogonal, reduce, restrict, solveOrthogonal } from "./orthogonal";
import { get, index, set, slot } from "./frame";

/** Below this smallest pivot (about 1 / cond(J)^2 with unit columns) the normal equations lose digits. */
const PIVOT_TOL: f64 = 1e-10;

/**
 * The Gauss-Newton step into F_P. Sets S_PIVOT and S_RANK (0: there is no such step), and S_ORTHOGONAL when the
 * normal equations are too ill-conditioned for this J.
 */
export function gaussNewtonStep(m: i32, n: i32, k: i32, frame: usize, state: usize): void {
  const free = slot(frame, F_FREE);
  if (get(state, S_ORTHOGONAL) == 0) {
    const L = slot(frame, F_L);
    const pivot = dampedCholesky(k, n, slot(frame, F_A), slot(frame, F_D), 0, free, L, slot(frame, F_Y), slot(frame, F_WORK));
    if (pivot >= PIVOT_TOL) {
      set(state, S_PIVOT, pivot);
      set(state, S_RANK, k);
      solveNormal(k, n, L, slot(frame, F_GF), free, slot(frame, F_W), slot(frame, F_P));
      return;
    }
    set(state, S_ORTHOGONAL, 1);
  }
  if (get(state, S_REDUCED) == 0) {
    reduce(m, n, frame);
    set(state, S_REDUCED, 1);
  }
  const rank = restrict(m, n, k, frame);
  solveOrthogonal(n, k, rank, frame);
  const M = slot(frame, F_M);
  const ratio = k > 0 && rank == k ? get(M, (k - 1) * n + k - 1) / get(M, 0) : 0;
  set(state, S_PIVOT, ratio * ratio);
  set(state, S_RANK, rank);
}

/** The step damped by lambda D^2 into F_P; false when the damped system is singular. */
export function dampedStep(n: i32, k: i32, lambda: f64, frame: usize, state: usize): bool {
  if (get(state, S_ORTHOGONAL) != 0) return dampedOrthogonal(n, k, lambda, frame);
  const free = slot(frame, F_FREE), L = slot(frame, F_L);
  const pivot = dampedCholesky(k, n, slot(frame, F_A), slot(frame, F_D), lambda, free, L, slot(frame, F_Y), slot(frame, F_WORK));
  if (!(pivot > 0)) return false;
  solveNormal(k, n, L, slot(frame, F_GF), free, slot(frame, F_W), slot(frame, F_P));
  return true;
}

/** |R'^-1 D^2 p / length|^2 with the factor of the last solve. */
export function newtonDenominator(n: i32, k: i32, length: f64, frame: usize, state: usize): f64 {
  if (get(state, S_ORTHOGONAL) != 0) return newtonOrthogonal(n, k, length, frame);
  return newtonNormal(k, n, slot(frame, F_L), slot(frame, F_D), slot(frame, F_FREE), slot(frame, F_P), length, slot(frame, F_W));
}

/** Gradient of the model on the free variables, the others displaced by F_MOVE. */
export function modelGradient(n: i32, k: i32, frame: usize, displaced: bool): void {
  const g = slot(frame, F_G), A = slot(frame, F_A), move = slot(frame, F_MOVE), gf = slot(frame, F_GF), free = slot(frame, F_FREE);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    let s = get(g, j);
    if (displaced) for (let c = 0; c < n; c++) s += get(A, j * n + c) * get(move, c);
    set(gf, j, s);
  }
}

/** |D p| over the free variables. */
export function freeLength(k: i32, frame: usize): f64 {
  const free = slot(frame, F_FREE), d = slot(frame, F_D), p = slot(frame, F_P);
  let s = 0.0;
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const t = get(d, j) * get(p, j);
    s += t * t;
  }
  return sqrt<f64>(s);
}

/** |D x| over all variables. */
export function scaledLength(n: i32, d: usize, x: usize): f64 {
  let s = 0.0;
  for (let j = 0; j < n; j++) {
    const t = get(d, j) * get(x, j);
    s += t * t;
  }
  return sqrt<f64>(s);
}

/** p'A p. */
export function curvature(n: i32, A: usize, p: usize): f64 {
  let s = 0.0;
  for (let i = 0; i < n; i++) {
    const pi = get(p, i);
    if (pi == 0) continue;
    let t = 0.0;
    for (let j = 0; j < n; j++) t += get(A, i * n + j) * get(p, j);
    s += t * pi;
  }
  return s;
}

/** g'p. */
export function slope(n: i32, g: usize, p: usize): f64 {
  let s = 0.0;
  for (let j = 0; j < n; j++) s += get(g, j) * get(p, j);
  return s;
}
