// The iteration of src/least-squares/method.ts for a compiled model, with exact derivatives and without leaving the core:
// the same kernels and the same operations in the same order, so the same bits. It pauses after S_BUDGET iterations and
// goes on where it was, so that limits, progress and cancelling work.

import {
  END_FUN, END_GRADIENT, END_MAX_EVALUATIONS, END_MAX_ITERATIONS, END_NON_FINITE, END_PAUSED, END_STALLED, END_STEP, END_TARGET,
  F_A, F_A_TRIAL, F_BEFORE, F_BEST, F_G, F_G_TRIAL, F_INFLUENCE, F_J, F_J_TRIAL, F_OTHER, F_RES, F_SPAN, F_TRIAL, F_WEIGHTED, F_X, LINEAR, M_NORMAL, NEXT_LINEARISE,
  NEXT_SETTLED, NEXT_STALLED, NEXT_START, NEXT_TRIAL, S_BUDGET, S_COSINE, S_COST, S_COST_BEFORE, S_FREE, S_FRESH, S_FULL,
  S_FUN_TOL, S_GRAD_TOL, S_HAS_J, S_HAS_NORMAL, S_INFLUENCED, S_LAST_STEP, S_LENGTH, S_LOSS, S_LOSS_SCALE, S_MAX_NFEV, S_MAX_NIT, S_MOVED,
  S_M_DECREASE, S_M_GRADIENT, S_M_STEP, S_NEXT, S_NFEV, S_NIT, S_NJEV, S_NOISE, S_OFFSET, S_OFFSET_BEFORE, S_ON_TRUST, S_PIVOT,
  S_PREDICTED, S_RANK, S_SHRINKS, S_STALE, S_STEP_MAX, S_STEP_NORM, S_STEP_TOL, S_TARGET,
} from "../../src/least-squares/state";
import { copy, get, influence, set, slot } from "../least-squares/frame";
import { allFinite, cost, linearise, lineariseSmall, trialStep, weigh } from "./kernels";
import { modelJacobian, modelNormal, modelResiduals } from "./model";
import { judge, widen } from "./policy";

const TRUST: f64 = 0.9;
const STALL_COSINE: f64 = 1e-6;
const STALL_OFFSET: f64 = 1e-5;
const BLIND_PIVOT: f64 = 9.094947017729282e-13; // 2^-40
const MAX_SHRINKS: f64 = 60;
const SUFFICIENT: f64 = 1e-4;

// @ts-ignore: decorator
@inline
function swap(frame: usize, a: i32, b: i32): void {
  const p = slot(frame, a);
  store<u32>(frame + (<usize>a << 2), <u32>slot(frame, b));
  store<u32>(frame + (<usize>b << 2), <u32>p);
}

function swapSums(frame: usize): void {
  swap(frame, F_A, F_A_TRIAL);
  swap(frame, F_G, F_G_TRIAL);
}

/** The convergence tests in their order; 0: none is met. */
function converged(state: usize): i32 {
  if (get(state, S_COST) / 2 <= get(state, S_TARGET)) return END_TARGET;
  if (get(state, S_M_GRADIENT) <= get(state, S_GRAD_TOL)) return END_GRADIENT;
  if (get(state, S_M_DECREASE) <= get(state, S_FUN_TOL)) return END_FUN;
  if (get(state, S_M_STEP) <= get(state, S_STEP_TOL)) return END_STEP;
  return 0;
}

function check(state: usize): i32 {
  const end = converged(state);
  if (end) return end;
  return get(state, S_NIT) >= get(state, S_MAX_NIT) ? END_MAX_ITERATIONS : 0;
}

function revert(n: i32, frame: usize, state: usize): void {
  copy(n, slot(frame, F_BEFORE), slot(frame, F_X));
  set(state, S_COST, get(state, S_COST_BEFORE));
  set(state, S_STALE, 1);
  set(state, S_HAS_J, 0);
  set(state, S_HAS_NORMAL, 0);
  swap(frame, F_BEST, F_OTHER);
}

/** The Jacobian at the best point, weighted where the loss is not linear; false when it is not finite. */
export function differentiate(m: i32, n: i32, frame: usize, state: usize, model: usize): bool {
  if (get(state, S_HAS_J) == 0) modelJacobian(m, n, slot(frame, F_X), 0, slot(frame, F_J), model);
  set(state, S_HAS_J, 0);
  set(state, S_NJEV, get(state, S_NJEV) + 1);
  return allFinite(m * n, slot(frame, F_J)) == 1;
}

export function weighAll(m: i32, n: i32, frame: usize, state: usize): void {
  const loss = <i32>get(state, S_LOSS);
  const best = slot(frame, F_BEST), weighted = slot(frame, F_WEIGHTED);
  if (loss == LINEAR) {
    store<u32>(frame + (F_RES << 2), <u32>best);
    return;
  }
  store<u32>(frame + (F_RES << 2), <u32>weighted);
  weigh(m, n, best, weighted, slot(frame, F_J), loss, get(state, S_LOSS_SCALE));
}

/** From the top of the loop to the first trial. */
function lineariseHere(m: i32, n: i32, method: i32, frame: usize, state: usize, model: usize): i32 {
  const fresh = <i32>get(state, S_FRESH);
  // Sums without a Jacobian serve where no other numbers than theirs are needed.
  const summed = get(state, S_HAS_NORMAL) != 0;
  const small = summed && lineariseSmall(n, fresh, frame, state);
  set(state, S_HAS_NORMAL, 0);
  if (small) set(state, S_NJEV, get(state, S_NJEV) + 1);
  else if (summed) store<u32>(model + (M_NORMAL << 2), 0); // this fit needs Jacobians
  const finite = small || differentiate(m, n, frame, state, model);
  if (finite) {
    if (!small) {
      weighAll(m, n, frame, state);
      if (linearise(m, n, method, fresh, frame, state) != 0) return END_NON_FINITE;
    }
    if (get(state, S_INFLUENCED) == 0) {
      for (let j = 0; j < n; j++) set(slot(frame, F_INFLUENCE), j, influence(n, j, frame));
      set(state, S_INFLUENCED, 1);
    }
    set(state, S_FRESH, 0);
    set(state, S_STALE, 0);
  } else {
    // No derivative at the new point: go back and take a shorter step.
    if (fresh != 0 || get(state, S_SHRINKS) >= MAX_SHRINKS) return END_NON_FINITE;
    revert(n, frame, state);
    if (summed) swapSums(frame);
    set(state, S_ON_TRUST, 0);
  }
  const offset = get(state, S_OFFSET);
  if (get(state, S_ON_TRUST) != 0) {
    set(state, S_ON_TRUST, 0);
    if (!(offset <= TRUST * get(state, S_OFFSET_BEFORE))) {
      if (offset > get(state, S_OFFSET_BEFORE)) revert(n, frame, state);
      set(state, S_M_DECREASE, 0);
      const end = check(state);
      if (end) return end;
    }
  }
  const determined = get(state, S_RANK) == get(state, S_FREE);
  set(state, S_M_GRADIENT, offset == 0 || determined ? offset : Infinity);
  const end = check(state);
  if (end) return end;
  set(state, S_M_GRADIENT, Infinity);
  if (finite) set(state, S_SHRINKS, 0);
  else {
    judge(method, false, -1, get(state, S_COST), Infinity, state);
    set(state, S_SHRINKS, get(state, S_SHRINKS) + 1);
  }
  set(state, S_NEXT, NEXT_TRIAL);
  return 0;
}

/** One trial step. 0: go on with S_NEXT, after the end of an iteration. */
function tryStep(m: i32, n: i32, method: i32, frame: usize, state: usize, model: usize): i32 {
  trialStep(m, n, method, frame, state);
  if (get(state, S_NFEV) + 1 > get(state, S_MAX_NFEV)) return END_MAX_EVALUATIONS;
  set(state, S_NFEV, get(state, S_NFEV) + 1);
  const ahead = slot(frame, F_J_TRIAL);
  const fused = slot(model, M_NORMAL) != 0;
  if (fused) modelNormal(m, n, slot(frame, F_TRIAL), slot(frame, F_OTHER), slot(frame, F_A_TRIAL), slot(frame, F_G_TRIAL), model);
  else if (ahead) modelJacobian(m, n, slot(frame, F_TRIAL), slot(frame, F_OTHER), ahead, model);
  else modelResiduals(m, n, slot(frame, F_TRIAL), slot(frame, F_OTHER), model);

  const before = get(state, S_COST), offset = get(state, S_OFFSET);
  const trialCost = cost(m, slot(frame, F_OTHER), <i32>get(state, S_LOSS), get(state, S_LOSS_SCALE));
  const predicted = get(state, S_PREDICTED), noise = get(state, S_NOISE);
  const actual = before - trialCost;
  const full = get(state, S_FULL) == 1;
  const determined = get(state, S_RANK) == get(state, S_FREE);
  let accepted = predicted > 0 && actual > SUFFICIENT * predicted;
  if (!accepted && full && predicted <= noise && abs<f64>(actual) <= noise && determined) {
    accepted = true;
    set(state, S_ON_TRUST, 1);
    set(state, S_OFFSET_BEFORE, offset);
    widen(method, 2 * get(state, S_LENGTH), state);
  } else {
    judge(method, accepted, predicted > 0 ? actual / predicted : -1, before, trialCost, state);
  }
  set(state, S_LAST_STEP, get(state, S_STEP_NORM));
  set(state, S_M_STEP, full ? get(state, S_STEP_MAX) : Infinity);
  set(state, S_M_DECREASE, full || offset * offset <= get(state, S_FUN_TOL) ? decreaseMeasure(actual, predicted, before, noise) : Infinity);
  const blind = predicted <= noise || get(state, S_MOVED) == 0;
  if (accepted) {
    const x = slot(frame, F_X);
    copy(n, x, slot(frame, F_BEFORE));
    set(state, S_COST_BEFORE, before);
    copy(n, slot(frame, F_TRIAL), x);
    set(state, S_COST, trialCost);
    swap(frame, F_BEST, F_OTHER);
    if (fused) swapSums(frame);
    else if (ahead) swap(frame, F_J, F_J_TRIAL);
    set(state, S_HAS_NORMAL, fused ? 1 : 0);
    set(state, S_HAS_J, ahead && !fused ? 1 : 0);
    set(state, S_STALE, 1);
    set(state, S_NEXT, NEXT_LINEARISE);
  } else {
    let next = NEXT_TRIAL;
    let shrinks = get(state, S_SHRINKS);
    let last = blind;
    if (!last) {
      set(state, S_SHRINKS, ++shrinks);
      last = shrinks >= MAX_SHRINKS;
    }
    if (last) {
      // The cost cannot judge any shorter step.
      const aligned = get(state, S_COSINE) <= STALL_COSINE;
      const settled = offset <= STALL_OFFSET || get(state, S_PIVOT) < BLIND_PIVOT;
      next = aligned && settled ? NEXT_SETTLED : NEXT_STALLED;
    }
    set(state, S_NEXT, next);
  }
  return 0;
}

/** Predicted over current cost, where the actual decrease is as small or lost in rounding. */
function decreaseMeasure(actual: f64, predicted: f64, cost: f64, noise: f64): f64 {
  const size = abs<f64>(actual);
  return (size <= noise ? predicted : max<f64>(size, predicted)) / cost;
}

/** END_..., or END_PAUSED after S_BUDGET iterations, the last one not yet tested. */
export function fit(m: i32, n: i32, method: i32, frame: usize, state: usize, model: usize): i32 {
  while (true) {
    const next = <i32>get(state, S_NEXT);
    let end = 0;
    if (next == NEXT_TRIAL) {
      end = tryStep(m, n, method, frame, state, model);
      if (end) return end;
      const nit = get(state, S_NIT) + 1;
      set(state, S_NIT, nit);
      const budget = get(state, S_BUDGET) - 1;
      set(state, S_BUDGET, budget);
      if (budget <= 0) return END_PAUSED;
      end = check(state);
    } else if (next == NEXT_LINEARISE) {
      end = lineariseHere(m, n, method, frame, state, model);
    } else if (next == NEXT_START) {
      const start = cost(m, slot(frame, F_BEST), <i32>get(state, S_LOSS), get(state, S_LOSS_SCALE));
      set(state, S_COST, start);
      if (start == Infinity) return END_NON_FINITE;
      set(state, S_NEXT, NEXT_LINEARISE);
    } else if (next == NEXT_SETTLED) {
      set(state, S_M_DECREASE, 0);
      end = check(state);
      set(state, S_NEXT, NEXT_STALLED);
    } else end = END_STALLED;
    if (end) return end;
  }
}
