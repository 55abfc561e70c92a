// When a fit has converged, and when that is only apparent. The driver compares the same four numbers with the same tolerances
// (src/least-squares/method.ts).

import { EPS } from "../memory";
import {
  END_FUN, END_GRADIENT, END_SINGULAR, END_STALLED, END_STEP, END_TARGET, F_A, F_INFLUENCE, F_LOWER, F_SIDE, F_UPPER, F_X, S_COST, S_FUN_TOL,
  S_GRAD_TOL, S_INFLUENCED, S_M_DECREASE, S_M_GRADIENT, S_M_STEP, S_STEP_TOL, S_TARGET, S_TINY, UNDETERMINED,
} from "../../src/abi/least-squares";
import { diagonal, get, influence, setIndex, slot } from "./frame";

/** The convergence tests in their order; 0: none is met. */
export function converged(state: usize): i32 {
  if (get(state, S_COST) / 2 <= get(state, S_TARGET)) return END_TARGET;
  if (get(state, S_M_GRADIENT) <= get(state, S_GRAD_TOL)) return END_GRADIENT;
  if (get(state, S_M_DECREASE) <= get(state, S_FUN_TOL)) return END_FUN;
  if (get(state, S_M_STEP) <= get(state, S_STEP_TOL)) return END_STEP;
  return 0;
}

/** Rounding error of the cost, with |J_j x_j| for the size of what the residuals are differences of. */
export function roundingOf(n: i32, cost: f64, frame: usize): f64 {
  const A = slot(frame, F_A), x = slot(frame, F_X);
  let scale = 0.0;
  for (let j = 0; j < n; j++) scale += diagonal(n, j, A, frame) * get(x, j) * get(x, j);
  return 4 * EPS * (cost + sqrt<f64>(cost) * sqrt<f64>(scale));
}

/**
 * What speaks against an end that a test has found, the target apart: END_STALLED where the squares of the residuals underflow,
 * END_SINGULAR where a parameter has gone where it no longer moves the residuals (F_SIDE is 1 for each such), else 0. UNDETERMINED
 * instead of END_SINGULAR where the residuals are rounding errors: the fit is exact without it.
 */
export function doubt(n: i32, frame: usize, state: usize): i32 {
  if (get(state, S_TINY) != 0) return END_STALLED;
  if (get(state, S_INFLUENCED) == 0) return 0;
  const before = slot(frame, F_INFLUENCE), lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER), lost = slot(frame, F_SIDE);
  let most = 0.0;
  for (let j = 0; j < n; j++) most = max<f64>(most, influence(n, j, frame));
  let any = false;
  for (let j = 0; j < n; j++) {
    const fixed = lower != 0 && get(lower, j) == get(upper, j);
    const had = get(before, j) > 0 || most == 0, has = influence(n, j, frame);
    // One that began at 0 but for rounding has as little as it had.
    const gone = !fixed && had && !(has > EPS * most) && (most == 0 || has < get(before, j));
    setIndex(lost, j, gone ? 1 : 0);
    if (gone) any = true;
  }
  if (!any) return 0;
  const cost = get(state, S_COST);
  return most > 0 && cost <= roundingOf(n, cost, frame) ? UNDETERMINED : END_SINGULAR;
}
