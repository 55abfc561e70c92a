// The iteration of least squares for a compiled model: what a turn wants is answered without leaving the core. It pauses after
// S_BUDGET iterations and goes on where it was, so that limits, progress and cancelling work.

import {
  AHEAD_JACOBIAN, AHEAD_NONE, AHEAD_NORMAL, CHECK, END_MAX_EVALUATIONS, END_MAX_ITERATIONS, END_PAUSED, F_A_TRIAL, F_G_TRIAL, F_J,
  F_J_TRIAL, F_OTHER, F_TRIAL, F_X, ITERATED, M_NORMAL, S_AHEAD, S_BUDGET, S_MAX_NFEV, S_MAX_NIT, S_MET, S_NFEV, S_NIT, WANT_JACOBIAN,
  WANT_RESIDUALS,
} from "../../src/abi/least-squares";
import { get, point, set, slot } from "../least-squares/frame";
import { turn } from "./kernels";
import { modelJacobian, modelNormal, modelResiduals } from "./model";

/** The residuals of the trial, with what the next linearisation needs where that comes cheap: most trials are accepted. */
function residuals(m: i32, n: i32, frame: usize, state: usize, model: usize): void {
  const at = slot(frame, F_TRIAL), out = slot(frame, F_OTHER), J = slot(frame, F_J_TRIAL);
  const fused = slot(model, M_NORMAL) != 0;
  set(state, S_AHEAD, fused ? AHEAD_NORMAL : J ? AHEAD_JACOBIAN : AHEAD_NONE);
  if (fused) modelNormal(m, n, at, out, slot(frame, F_A_TRIAL), slot(frame, F_G_TRIAL), model);
  else if (J) modelJacobian(m, n, at, out, J, model);
  else modelResiduals(m, n, at, out, model);
}

/** END_..., or END_PAUSED after S_BUDGET iterations, the last one not yet tested. */
export function fit(m: i32, n: i32, method: i32, frame: usize, state: usize, model: usize): i32 {
  while (true) {
    const want = turn(m, n, method, frame, state);
    if (want == WANT_RESIDUALS) {
      const nfev = get(state, S_NFEV) + 1;
      if (nfev > get(state, S_MAX_NFEV)) return END_MAX_EVALUATIONS;
      set(state, S_NFEV, nfev);
      residuals(m, n, frame, state, model);
    } else if (want == WANT_JACOBIAN) {
      point(model, M_NORMAL, 0); // this fit needs Jacobians
      modelJacobian(m, n, slot(frame, F_X), 0, slot(frame, F_J), model);
    } else {
      if (want != ITERATED && want != CHECK) return want;
      if (want == ITERATED) {
        const budget = get(state, S_BUDGET) - 1;
        set(state, S_NIT, get(state, S_NIT) + 1);
        set(state, S_BUDGET, budget);
        if (budget <= 0) return END_PAUSED;
      }
      const end = <i32>get(state, S_MET);
      if (end) return end;
      if (get(state, S_NIT) >= get(state, S_MAX_NIT)) return END_MAX_ITERATIONS;
    }
  }
}
