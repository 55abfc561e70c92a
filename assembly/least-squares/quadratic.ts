// The local model |r + J p|^2 of the variables being solved for (F_FREE, k of n), the others held at F_HELD:
// by the normal equations, or by the orthogonal path where the unit-diagonal normal matrix has a small pivot.

import {
  F_A, F_D, F_FREE, F_G, F_GF, F_HELD, F_L, F_LOWER, F_M, F_P, F_W, F_WORK, F_Y, S_ORTHOGONAL, S_PIVOT, S_RANK, SMALL,
} from "../../src/abi/least-squares";
import { addRow, get, index, set, slot } from "./frame";
import { dampedGivens, newtonGivens, ratioGivens, reduceSparse, restrictSparse, solveGivens } from "./givens";
import { dampedCholesky, newtonNormal, PIVOT_TOL, solveNormal } from "./normal";
import { dampedOrthogonal, newtonOrthogonal, reduce, restrict, solveOrthogonal, whole } from "./orthogonal";
import { newtonSmall, solveSmall } from "./small-solve";
import { dampedLdl, newtonLdl, solveLdl } from "./sparse";

/** Gradient of the model on the variables solved for; `held`: the others are displaced by F_HELD. */
export function modelGradient(n: i32, k: i32, frame: usize, held: bool): void {
  const g = slot(frame, F_G), A = slot(frame, F_A), p = slot(frame, F_HELD), gf = slot(frame, F_GF), free = slot(frame, F_FREE);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const s = get(g, j);
    set(gf, j, held ? addRow(n, j, s, A, p, frame) : s);
  }
}

function normalStep(n: i32, k: i32, lambda: f64, frame: usize): f64 {
  if (SPARSE) {
    const least = dampedLdl(n, k, lambda, frame);
    if (least > 0) solveLdl(n, k, frame);
    return least;
  }
  if (k == n && n <= SMALL) return solveSmall(n, lambda, frame);
  const free = slot(frame, F_FREE), L = slot(frame, F_L);
  const pivot = dampedCholesky(k, n, slot(frame, F_A), slot(frame, F_D), lambda, free, L, slot(frame, F_Y), slot(frame, F_WORK));
  if (pivot > 0) solveNormal(k, n, L, slot(frame, F_GF), free, slot(frame, F_W), slot(frame, F_P));
  return pivot;
}

/**
 * The Gauss-Newton step of a new linearisation into F_P. Chooses the path (S_ORTHOGONAL) and sets S_PIVOT and
 * S_RANK; with a rank below k the step is a basic solution, with rank 0 there is none.
 */
export function gaussNewtonStep(m: i32, n: i32, k: i32, frame: usize, state: usize): void {
  let pivot = normalStep(n, k, 0, frame);
  let rank = k;
  set(state, S_ORTHOGONAL, 0);
  if (!(pivot >= PIVOT_TOL)) {
    set(state, S_ORTHOGONAL, 1);
    let ratio = 0.0;
    if (SPARSE) {
      reduceSparse(m, n, frame);
      rank = restrictSparse(m, n, k, 0, frame);
      solveGivens(n, frame);
      if (rank == k) ratio = ratioGivens(n, frame);
    } else {
      reduce(m, n, frame);
      rank = slot(frame, F_LOWER) == 0 ? whole(m, n, frame) : restrict(m, n, k, frame);
      solveOrthogonal(n, k, rank, frame);
      const M = slot(frame, F_M);
      if (k > 0 && rank == k) ratio = get(M, (k - 1) * n + k - 1) / get(M, 0);
    }
    pivot = ratio * ratio;
  }
  set(state, S_PIVOT, pivot);
  set(state, S_RANK, rank);
}

/** The step damped by lambda D^2 (0: undamped) into F_P, by the path chosen; false when the system is singular. */
export function solveModel(m: i32, n: i32, k: i32, lambda: f64, frame: usize, state: usize): bool {
  if (get(state, S_ORTHOGONAL) == 0) return normalStep(n, k, lambda, frame) > 0;
  if (SPARSE) {
    const found = restrictSparse(m, n, k, 0, frame);
    if (lambda > 0) return dampedGivens(n, lambda, frame);
    solveGivens(n, frame);
    return found > 0;
  }
  // Without bounds the triangle of the linearisation is still there.
  const rank = slot(frame, F_LOWER) == 0 ? <i32>get(state, S_RANK) : restrict(m, n, k, frame);
  if (lambda > 0) return dampedOrthogonal(n, k, lambda, frame);
  solveOrthogonal(n, k, rank, frame);
  return rank > 0;
}

/** As solveModel for another lambda and the same variables. */
export function dampAgain(n: i32, k: i32, lambda: f64, frame: usize, state: usize): bool {
  if (get(state, S_ORTHOGONAL) == 0) return normalStep(n, k, lambda, frame) > 0;
  return SPARSE ? dampedGivens(n, lambda, frame) : dampedOrthogonal(n, k, lambda, frame);
}

/** |R'^-1 D^2 p / length|^2 with the factor of the last solve. */
export function newtonDenominator(n: i32, k: i32, length: f64, frame: usize, state: usize): f64 {
  if (SPARSE) return get(state, S_ORTHOGONAL) != 0 ? newtonGivens(n, length, frame) : newtonLdl(n, k, length, frame);
  if (get(state, S_ORTHOGONAL) != 0) return newtonOrthogonal(n, k, length, frame);
  if (k == n && n <= SMALL) return newtonSmall(n, length, frame);
  return newtonNormal(k, n, slot(frame, F_L), slot(frame, F_D), slot(frame, F_FREE), slot(frame, F_P), length, slot(frame, F_W));
}

/** |D p| over the variables solved for. */
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
export function curvature(n: i32, A: usize, p: usize, frame: usize): f64 {
  let s = 0.0;
  for (let i = 0; i < n; i++) {
    const pi = get(p, i);
    if (pi == 0) continue;
    s += addRow(n, i, 0, A, p, frame) * pi;
  }
  return s;
}

/** g'p. */
export function slope(n: i32, g: usize, p: usize): f64 {
  let s = 0.0;
  for (let j = 0; j < n; j++) s += get(g, j) * get(p, j);
  return s;
}
