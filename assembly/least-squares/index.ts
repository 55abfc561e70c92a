// The room `least-squares`: everything one iteration of a fit does between two evaluations of the model.

import {
  F_A, F_D, F_FREE0, F_G, F_J, F_LOWER, F_RES, F_UPPER, F_WORK, F_X, LEVENBERG, S_COST, S_FREE, S_GRADIENT, S_OFFSET,
  S_ORTHOGONAL, S_PROJECTED, S_REDUCED,
} from "../../src/least-squares/state";
import { syrkWork } from "../dense/syrk";
import { choleskyWork } from "../linalg/cholesky";
import { get, set, setIndex, slot } from "./frame";
import { normalEquations } from "./normal";

export { covariance } from "./covariance";
export { cost, weigh } from "./loss";
export { trialStep } from "./step";

/** Bytes of workspace for the factorisations of one solve. */
export function workBytes(m: i32, n: i32): i32 {
  return <i32>max<usize>(syrkWork<f64>(m, n), choleskyWork<f64>(n));
}

/**
 * J'J and J'r at the point F_X, the scaling D, and which variables may move. Returns 0, or the index + 1 of the
 * first column of J whose length or product with r is not finite. `fresh`: the first linearisation of a solve.
 */
export function linearise(m: i32, n: i32, method: i32, fresh: i32, frame: usize, state: usize): i32 {
  const A = slot(frame, F_A), g = slot(frame, F_G);
  normalEquations(m, n, slot(frame, F_J), slot(frame, F_RES), A, g, slot(frame, F_WORK));
  for (let j = 0; j < n; j++) {
    const t = get(A, j * n + j) + get(g, j);
    if (t - t != 0) return j + 1;
  }
  scaleVariables(n, method, fresh, slot(frame, F_X), slot(frame, F_D));
  chooseFree(n, frame, state);
  set(state, S_OFFSET, Infinity);
  set(state, S_ORTHOGONAL, 0);
  set(state, S_REDUCED, 0);
  return 0;
}

/** D = 1 / the largest |x_j| so far (1 while x_j = 0): steps are measured relative to the size of the variable. */
function scaleVariables(n: i32, method: i32, fresh: i32, x: usize, d: usize): void {
  for (let j = 0; j < n; j++) {
    const size = abs<f64>(get(x, j));
    if (method == LEVENBERG) set(d, j, 1);
    else if (fresh) set(d, j, size > 0 ? 1 / size : 1);
    else if (size > 0) set(d, j, min<f64>(get(d, j), 1 / size));
  }
}

/** Variables that may move: not fixed, and not held at a bound by the gradient. */
function chooseFree(n: i32, frame: usize, state: usize): void {
  const x = slot(frame, F_X), g = slot(frame, F_G), A = slot(frame, F_A), free = slot(frame, F_FREE0);
  const lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  let k = 0;
  let cosine = 0.0, largest = 0.0;
  for (let j = 0; j < n; j++) {
    const gj = get(g, j);
    if (lower) {
      const xj = get(x, j), low = get(lower, j), high = get(upper, j);
      if (low == high || (xj <= low && gj >= 0) || (xj >= high && gj <= 0)) continue;
    }
    setIndex(free, k++, j);
    const norm = sqrt<f64>(get(A, j * n + j));
    if (norm > 0) cosine = max<f64>(cosine, abs<f64>(gj) / norm);
    largest = max<f64>(largest, abs<f64>(gj));
  }
  const length = sqrt<f64>(get(state, S_COST));
  set(state, S_FREE, k);
  set(state, S_PROJECTED, length > 0 ? cosine / length : 0);
  set(state, S_GRADIENT, largest);
}
