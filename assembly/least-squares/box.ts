// min g'p + p'(A + lambda D^2)p / 2 inside the bounds by a primal active set (Lawson and Hanson 1974, chapter
// 23; Stark and Parker 1995): every change lowers the model, so the step descends.

import {
  F_A, F_BOX, F_D, F_FREE, F_FREE0, F_G, F_LOWER, F_HELD, F_P, F_SIDE, F_UPPER, F_X,
} from "../../src/abi/least-squares";
import { addRow, get, index, set, setIndex, slot } from "./frame";
import { curvature, modelGradient, scaledLength, slope, solveModel } from "./quadratic";

// @ts-ignore: decorator
@inline
function down(frame: usize, j: i32): f64 {
  return get(slot(frame, F_LOWER), j) - get(slot(frame, F_X), j);
}

// @ts-ignore: decorator
@inline
function up(frame: usize, j: i32): f64 {
  return get(slot(frame, F_UPPER), j) - get(slot(frame, F_X), j);
}

/** F_P inside the bounds, element by element. */
export function clampToBox(n: i32, frame: usize): void {
  const p = slot(frame, F_P);
  for (let j = 0; j < n; j++) set(p, j, min<f64>(max<f64>(get(p, j), down(frame, j)), up(frame, j)));
}

/** Solves for the variables of side 0 with the others held at F_BOX; the answer is in F_P. Returns how many. */
function solveFree(m: i32, n: i32, k0: i32, lambda: f64, frame: usize, state: usize): i32 {
  const all = slot(frame, F_FREE0), free = slot(frame, F_FREE), side = slot(frame, F_SIDE);
  const box = slot(frame, F_BOX), held = slot(frame, F_HELD);
  memory.fill(held, 0, <usize>n << 3);
  let k = 0;
  for (let a = 0; a < k0; a++) {
    const j = index(all, a);
    if (index(side, j) == 0) setIndex(free, k++, j);
    else set(held, j, get(box, j));
  }
  if (k == 0) return 0;
  modelGradient(n, k, frame, true);
  solveModel(m, n, k, lambda, frame, state);
  return k;
}

/** Moves F_BOX towards F_P as far as the bounds allow; false when a variable was stopped. */
function advance(k: i32, frame: usize): bool {
  const free = slot(frame, F_FREE), side = slot(frame, F_SIDE), box = slot(frame, F_BOX), p = slot(frame, F_P);
  let alpha = 1.0;
  let hit = -1;
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const from = get(box, j), to = get(p, j);
    if (to >= down(frame, j) && to <= up(frame, j)) continue;
    const t = ((to < from ? down(frame, j) : up(frame, j)) - from) / (to - from);
    if (t < alpha) {
      alpha = t;
      hit = j;
    }
  }
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const to = alpha == 1 ? get(p, j) : get(box, j) + alpha * (get(p, j) - get(box, j));
    if (j == hit) setIndex(side, j, get(p, j) < get(box, j) ? -1 : 1);
    set(box, j, min<f64>(max<f64>(to, down(frame, j)), up(frame, j)));
  }
  if (hit < 0) return true;
  set(box, hit, index(side, hit) < 0 ? down(frame, hit) : up(frame, hit));
  return false;
}

/** Frees the bound variable whose model gradient points inwards most; false when there is none. */
function releaseOne(n: i32, k0: i32, lambda: f64, frame: usize): bool {
  const all = slot(frame, F_FREE0), side = slot(frame, F_SIDE), box = slot(frame, F_BOX);
  const g = slot(frame, F_G), A = slot(frame, F_A), d = slot(frame, F_D);
  let worst = 0.0;
  let out = -1;
  for (let a = 0; a < k0; a++) {
    const j = index(all, a);
    const at = index(side, j);
    if (at == 0) continue;
    const dj = get(d, j);
    const t = addRow(n, j, get(g, j) + lambda * dj * dj * get(box, j), A, box, frame);
    const inwards = (t * <f64>at) / dj;
    if (inwards > worst) {
      worst = inwards;
      out = j;
    }
  }
  if (out < 0) return false;
  setIndex(side, out, 0);
  return true;
}

/** F_P = the minimiser of the damped model inside the bounds, over the k0 variables of F_FREE0. */
export function solveInBox(m: i32, n: i32, k0: i32, lambda: f64, frame: usize, state: usize): void {
  const box = slot(frame, F_BOX);
  memory.fill(box, 0, <usize>n << 3);
  memory.fill(slot(frame, F_SIDE), 0, <usize>n << 2);
  for (let round = 0; round < 3 * n + 10; round++) {
    const k = solveFree(m, n, k0, lambda, frame, state);
    if (k > 0 && !advance(k, frame)) continue;
    if (!releaseOne(n, k0, lambda, frame)) break;
  }
  memory.copy(slot(frame, F_P), box, <usize>n << 3);
}

/** True when F_P would carry a variable past a bound. */
export function leavesBox(k: i32, frame: usize): bool {
  const p = slot(frame, F_P), free = slot(frame, F_FREE);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const step = get(p, j);
    if (step < down(frame, j) || step > up(frame, j)) return true;
  }
  return false;
}

/** F_P = the scaled gradient step of this length, clipped and halved until the model falls: for a clipped step that rises. */
export function projectedGradient(n: i32, k0: i32, length: f64, frame: usize): void {
  const p = slot(frame, F_P), z = slot(frame, F_BOX), g = slot(frame, F_G), d = slot(frame, F_D), all = slot(frame, F_FREE0);
  memory.fill(z, 0, <usize>n << 3);
  for (let a = 0; a < k0; a++) {
    const j = index(all, a);
    set(z, j, -get(g, j) / (get(d, j) * get(d, j)));
  }
  let t = length / scaledLength(n, d, z);
  for (let tries = 0; tries < 60; tries++, t /= 2) {
    for (let j = 0; j < n; j++) set(p, j, min<f64>(max<f64>(t * get(z, j), down(frame, j)), up(frame, j)));
    if (-2 * slope(n, g, p) - curvature(n, slot(frame, F_A), p, frame) > 0) return;
  }
}
