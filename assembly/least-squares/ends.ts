// When a fit has converged, and when that is only apparent. The driver compares the same four numbers with the same tolerances
// (src/least-squares/method.ts).

import {
  END_FUN, END_GRADIENT, END_SINGULAR, END_STALLED, END_STEP, END_TARGET, F_INFLUENCE, F_LOWER, F_SIDE, F_UPPER, S_COST, S_FUN_TOL,
  S_GRAD_TOL, S_INFLUENCED, S_M_DECREASE, S_M_GRADIENT, S_M_STEP, S_STEP_TOL, S_TARGET, S_TINY,
} from "../../src/least-squares/state";
import { get, influence, setIndex, slot } from "./frame";

const EPS: f64 = 2.220446049250313e-16;

/** The convergence tests in their order; 0: none is met. */
export function converged(state: usize): i32 {
  if (get(state, S_COST) / 2 <= get(state, S_TARGET)) return END_TARGET;
  if (get(state, S_M_GRADIENT) <= get(state, S_GRAD_TOL)) return END_GRADIENT;
  if (get(state, S_M_DECREASE) <= get(state, S_FUN_TOL)) return END_FUN;
  if (get(state, S_M_STEP) <= get(state, S_STEP_TOL)) return END_STEP;
  return 0;
}

/**
 * What speaks against an end that a test has found, the target apart: END_STALLED where the squares of the residuals underflow,
 * END_SINGULAR where a parameter has gone where it no longer moves the residuals (F_SIDE is 1 for each such), else 0.
 */
export function doubt(n: i32, frame: usize, state: usize): i32 {
  if (get(state, S_TINY) != 0) return END_STALLED;
  if (get(state, S_INFLUENCED) == 0 || get(state, S_COST) == 0) return 0;
  const before = slot(frame, F_INFLUENCE), lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER), lost = slot(frame, F_SIDE);
  let most = 0.0;
  for (let j = 0; j < n; j++) most = max<f64>(most, influence(n, j, frame));
  let any = 0;
  for (let j = 0; j < n; j++) {
    const fixed = lower != 0 && get(lower, j) == get(upper, j);
    const had = get(before, j) > 0 || most == 0;
    const gone = !fixed && had && !(influence(n, j, frame) > EPS * most);
    setIndex(lost, j, gone ? 1 : 0);
    if (gone) any = END_SINGULAR;
  }
  return any;
}
