// The iteration of every least-squares method, as one function that keeps its state in the frame and says what it wants next:
// residuals, a Jacobian, the end of an iteration, a look at the tests. Who calls it answers: the loop in the core with a
// compiled model (assembly/expressions/fit.ts), the driver with callbacks (src/least-squares/method.ts).

import {
  AHEAD_JACOBIAN, AHEAD_NORMAL, CENTRAL, CENTRAL_ERROR, CHECK, COARSE, END_NON_FINITE, END_STALLED, FORWARD, F_A, F_A_TRIAL, F_BEFORE, F_BEST, F_G,
  F_G_TRIAL, F_INFLUENCE, F_J, F_J_TRIAL, F_OTHER, F_ROW_PTR, F_RES, F_START, F_TRIAL, F_WEIGHTED, F_X, ITERATED, LEVENBERG_MARQUARDT, LINEAR, NEXT_CHECKED, NEXT_JUDGE,
  NEXT_AGAIN, NEXT_BEGUN, NEXT_LEFT, NEXT_LINEARISE, NEXT_LINEARISED, NEXT_SETTLED, NEXT_STALLED, NEXT_START, NEXT_TRIAL, S_AHEAD, S_BLUR, S_COSINE, S_COST, S_COST_BEFORE,
  S_DIFFERENCES, S_FIRST_COST, S_FREE, S_FRESH, S_FULL, S_FUN_TOL, S_GN_LENGTH, S_GRAD_TOL, S_HAS_J, S_HAS_NORMAL, S_IDLE, S_INFLUENCED, S_LAST_STEP,
  S_LENGTH, S_LOSS, S_LOSS_SCALE, S_MET, S_MOVED, S_M_DECREASE, S_M_GRADIENT, S_M_STEP, S_NEXT, S_NJEV, S_NOISE, S_OFFSET,
  S_OFFSET_BEFORE, S_ON_TRUST, S_PIVOT, S_PREDICTED, S_RANK, S_RELATIVE, S_RETURNABLE, S_ROUNDED, S_SHRINKS, S_SIZE, S_STALE, S_STEP_MAX, S_STEP_NORM,
  S_STEP_TOL, S_THEN, S_TINY, S_TOLD, S_REFUSED, WANT_JACOBIAN, WANT_RESIDUALS,
} from "../../src/abi/least-squares";
import { again, conclude, goOn, wait } from "./attempts";
import { copy, get, influence, point, set, slot, swap } from "./frame";
import { falls, leaves } from "./leave";
import { allFinite, linearise } from "./linearise";
import { cost, weigh } from "./loss";
import { judge, letThrough, widen } from "./policy";
import { lineariseSmall } from "./small";
import { entriesOfJ } from "./sparse";
import { trialStep } from "./step";

/** A step that the cost is too coarse to judge must shrink the relative offset by this. */
const TRUST: f64 = 0.9;
/** Relative offset below which differences become central. */
const FINE_OFFSET: f64 = 1e-2;
/** Differences that err by more than this share of a column let nothing converge: parameters are off by so many standard errors. */
const BLURRED: f64 = 1e-4;
/** A run that cannot go on counts as converged when residuals and Jacobian are this near to orthogonal, */
const STALL_COSINE: f64 = 1e-6;
/** and the relative offset is this small, or a direction is lost in rounding: its pivot is below 2^-40, and the model's own step, */
/** which goes far along it, has found no lower point. Both only as far as rounding lets them be known. */
const STALL_OFFSET: f64 = 1e-5;
const BLIND_PIVOT: f64 = 9.094947017729282e-13;
/** Steps in a row that the cost cannot judge: the run goes to and fro in the last bits. */
const MAX_IDLE: f64 = 8;
const MAX_SHRINKS: f64 = 60;
const SUFFICIENT: f64 = 1e-4;
/** Where no size of the variables holds the steps back, one is accepted where the model has foretold so much of it. */
const GOOD: f64 = 0.25;
/** A decrease of so many times its rounding can be told from another. */
const CLEAR: f64 = 1e4;
/** About the root of the smallest normal number: residuals below it have squares that say nothing. */
const LEAST_RESIDUAL: f64 = 1e-153;

/** J'J and J'r of the best point and of the trial change places. */
function swapSums(frame: usize): void {
  swap(frame, F_A, F_A_TRIAL);
  swap(frame, F_G, F_G_TRIAL);
}

/** Back to the point before the last step. */
function revert(n: i32, frame: usize, state: usize): void {
  copy(n, slot(frame, F_BEFORE), slot(frame, F_X));
  set(state, S_COST, get(state, S_COST_BEFORE));
  set(state, S_STALE, 1);
  set(state, S_HAS_J, 0);
  set(state, S_HAS_NORMAL, 0);
  swap(frame, F_BEST, F_OTHER);
}

/** Central differences from here on, where the domain allows them, and steps of a length that they can judge. */
function refine(method: i32, state: usize): void {
  if (get(state, S_DIFFERENCES) == FORWARD) set(state, S_DIFFERENCES, CENTRAL);
  set(state, S_ON_TRUST, 0);
  widen(method, min<f64>(2 * get(state, S_GN_LENGTH), get(state, S_SIZE)), state);
  set(state, S_NEXT, NEXT_LINEARISE);
}

/** Residuals, not all 0, whose squares are subnormal or 0: their sum says nothing. */
function isTiny(m: i32, r: usize): bool {
  let most = 0.0;
  for (const end = r + (<usize>m << 3); r < end; r += 8) most = max<f64>(most, abs<f64>(load<f64>(r)));
  return most > 0 && most < LEAST_RESIDUAL;
}

function start(m: i32, n: i32, frame: usize, state: usize): i32 {
  const best = slot(frame, F_BEST);
  const first = cost(m, best, <i32>get(state, S_LOSS), get(state, S_LOSS_SCALE));
  set(state, S_COST, first);
  set(state, S_FIRST_COST, first);
  if (first == Infinity) return END_NON_FINITE;
  // Once a run, of which a pass may be one of several; the sum is a cheap first look.
  if (get(state, S_INFLUENCED) == 0 && (first < 1e-280 || <i32>get(state, S_LOSS) != LINEAR) && isTiny(m, best)) set(state, S_TINY, 1);
  copy(n, slot(frame, F_X), slot(frame, F_START));
  set(state, S_NEXT, NEXT_LINEARISE);
  return 0;
}

/** The residuals at the start of another attempt are in F_OTHER. */
function begun(m: i32, n: i32, frame: usize, state: usize): void {
  accept(n, cost(m, slot(frame, F_OTHER), <i32>get(state, S_LOSS), get(state, S_LOSS_SCALE)), frame, state);
  set(state, S_RETURNABLE, 0);
  set(state, S_NEXT, NEXT_LINEARISE);
}

/** The Jacobian at the best point, F_J, is in hand: weighted where the loss is not linear. */
export function weighAll(m: i32, n: i32, frame: usize, state: usize): void {
  const loss = <i32>get(state, S_LOSS);
  const best = slot(frame, F_BEST), weighted = slot(frame, F_WEIGHTED);
  if (loss == LINEAR) {
    point(frame, F_RES, best);
    return;
  }
  point(frame, F_RES, weighted);
  weigh(m, n, best, weighted, slot(frame, F_J), loss, get(state, S_LOSS_SCALE), SPARSE ? slot(frame, F_ROW_PTR) : 0);
}

/** The Jacobian at F_X is in hand, outside of an iteration: weighs it and linearises there; false where it is not finite. */
export function settle(m: i32, n: i32, method: i32, frame: usize, state: usize): bool {
  set(state, S_STALE, 0);
  weighAll(m, n, frame, state);
  return allFinite(SPARSE ? entriesOfJ(m, frame) : m * n, slot(frame, F_J)) != 0 && linearise(m, n, method, 0, frame, state) == 0;
}

/** Asks for the Jacobian unless it came with the residuals; where the sums came and suffice, none is needed. */
function beforeJacobian(m: i32, n: i32, method: i32, frame: usize, state: usize): i32 {
  const summed = get(state, S_HAS_NORMAL) != 0;
  set(state, S_HAS_NORMAL, 0);
  set(state, S_NJEV, get(state, S_NJEV) + 1);
  if (!SPARSE && summed && lineariseSmall(n, <i32>get(state, S_FRESH), frame, state)) return linearised(m, n, method, frame, state);
  set(state, S_NEXT, NEXT_LINEARISED);
  const has = get(state, S_HAS_J) != 0;
  set(state, S_HAS_J, 0);
  return has ? 0 : WANT_JACOBIAN;
}

function afterJacobian(m: i32, n: i32, method: i32, frame: usize, state: usize): i32 {
  if (!allFinite(SPARSE ? entriesOfJ(m, frame) : m * n, slot(frame, F_J))) return withoutJacobian(n, method, frame, state);
  weighAll(m, n, frame, state);
  if (linearise(m, n, method, <i32>get(state, S_FRESH), frame, state) != 0) return END_NON_FINITE;
  return linearised(m, n, method, frame, state);
}

/** No derivative at this point: go back and take a shorter step, or be content with forward differences. */
function withoutJacobian(n: i32, method: i32, frame: usize, state: usize): i32 {
  if (get(state, S_RETURNABLE) != 0 && get(state, S_SHRINKS) < MAX_SHRINKS) {
    revert(n, frame, state);
    if (get(state, S_AHEAD) == AHEAD_NORMAL) swapSums(frame);
    set(state, S_ON_TRUST, 0);
    set(state, S_RETURNABLE, 0);
    judge(method, false, -1, get(state, S_COST), Infinity, state);
    set(state, S_SHRINKS, get(state, S_SHRINKS) + 1);
    set(state, S_NEXT, NEXT_TRIAL);
    return 0;
  }
  if (get(state, S_RETURNABLE) == 0 && get(state, S_FRESH) == 0 && get(state, S_DIFFERENCES) == CENTRAL) {
    // The domain ends within a central step: the forward differences that were finite have to do.
    set(state, S_DIFFERENCES, COARSE);
    set(state, S_NEXT, NEXT_LINEARISE);
    return 0;
  }
  return END_NON_FINITE;
}

/** The Jacobian is known well enough for a test to rest on it, and what tells nearly dependent columns apart as well. */
function isSharp(state: usize): bool {
  const blur = get(state, S_BLUR), told = sqrt<f64>(get(state, S_PIVOT));
  const lost = get(state, S_RANK) < get(state, S_FREE) || told <= max<f64>(CENTRAL_ERROR, blur);
  return blur <= BLURRED && get(state, S_ROUNDED) <= (lost ? BLURRED : told);
}

/** The cost cannot fall any further. */
function settled(m: i32, n: i32, method: i32, frame: usize, state: usize): i32 {
  if (isSharp(state)) set(state, S_M_DECREASE, 0);
  return conclude(m, n, method, frame, state) ? CHECK : 0;
}

/** There is a new linearisation: what it says about the last step, and about the end. */
function linearised(m: i32, n: i32, method: i32, frame: usize, state: usize): i32 {
  const fresh = get(state, S_FRESH) != 0;
  if (get(state, S_INFLUENCED) == 0) {
    for (let j = 0; j < n; j++) set(slot(frame, F_INFLUENCE), j, influence(n, j, frame));
    set(state, S_INFLUENCED, 1);
  }
  set(state, S_FRESH, 0);
  set(state, S_STALE, 0);
  set(state, S_RETURNABLE, 0);
  set(state, S_SHRINKS, 0);
  set(state, S_REFUSED, 0);
  const offset = get(state, S_OFFSET);
  const accurate = get(state, S_DIFFERENCES) != FORWARD;
  set(state, S_NEXT, NEXT_CHECKED);
  if (get(state, S_ON_TRUST) != 0) {
    set(state, S_ON_TRUST, 0);
    const before = get(state, S_OFFSET_BEFORE);
    if (!(offset <= TRUST * before)) {
      if (offset > before) revert(n, frame, state);
      return settled(m, n, method, frame, state);
    }
  }
  const determined = get(state, S_RANK) == get(state, S_FREE);
  // A gradient is not below its own error.
  const gradient = offset == 0 || determined ? offset + get(state, S_BLUR) : Infinity;
  set(state, S_M_GRADIENT, accurate || get(state, S_COST) == 0 ? gradient : Infinity);
  if (!conclude(m, n, method, frame, state)) return 0;
  return fresh || get(state, S_MET) != 0 ? CHECK : afterCheck(method, state);
}

/** No test is met: on to the trial steps from this linearisation, unless better differences are needed first. */
function afterCheck(method: i32, state: usize): i32 {
  set(state, S_M_GRADIENT, Infinity);
  const determined = get(state, S_RANK) == get(state, S_FREE);
  const offset = get(state, S_OFFSET);
  // A radius says nothing where the cost cannot judge the step: the whole one is taken, on trust.
  if (determined && offset * offset * get(state, S_COST) <= get(state, S_NOISE)) widen(method, get(state, S_GN_LENGTH), state);
  if (get(state, S_DIFFERENCES) == FORWARD && offset <= get(state, S_GRAD_TOL) && (offset == 0 || determined)) refine(method, state);
  else set(state, S_NEXT, NEXT_TRIAL);
  return 0;
}

/** Predicted over current cost, where the actual decrease is as small or lost in rounding. */
function decreaseMeasure(actual: f64, predicted: f64, cost: f64, noise: f64): f64 {
  const size = abs<f64>(actual);
  return (size <= noise ? predicted : max<f64>(size, predicted)) / cost;
}

/** The trial becomes the best point. */
function accept(n: i32, trialCost: f64, frame: usize, state: usize): void {
  const x = slot(frame, F_X), ahead = get(state, S_AHEAD);
  copy(n, x, slot(frame, F_BEFORE));
  set(state, S_COST_BEFORE, get(state, S_COST));
  copy(n, slot(frame, F_TRIAL), x);
  set(state, S_COST, trialCost);
  swap(frame, F_BEST, F_OTHER);
  if (ahead == AHEAD_NORMAL) swapSums(frame);
  else if (ahead == AHEAD_JACOBIAN) swap(frame, F_J, F_J_TRIAL);
  set(state, S_HAS_NORMAL, ahead == AHEAD_NORMAL ? 1 : 0);
  set(state, S_HAS_J, ahead == AHEAD_JACOBIAN ? 1 : 0);
  set(state, S_STALE, 1);
  set(state, S_RETURNABLE, 1);
}

/**
 * Whether the linearisation in hand belongs to a stationary point, as far as can be known: residuals whose share `noise / cost` is
 * rounding have a direction, and an offset, only down to that share.
 */
function stationary(cost: f64, noise: f64, state: usize): bool {
  if (cost <= noise) return true;
  const least = noise / cost;
  const lost = get(state, S_RANK) < get(state, S_FREE) || (get(state, S_REFUSED) != 0 && get(state, S_PIVOT) < BLIND_PIVOT);
  const calm = lost || get(state, S_OFFSET) <= max<f64>(STALL_OFFSET, least);
  return calm && get(state, S_COSINE) <= max<f64>(STALL_COSINE, least);
}

/** The residuals of the trial are there: the end of an iteration. */
function judgeTrial(m: i32, n: i32, method: i32, frame: usize, state: usize): i32 {
  const before = get(state, S_COST), offset = get(state, S_OFFSET);
  const trialCost = cost(m, slot(frame, F_OTHER), <i32>get(state, S_LOSS), get(state, S_LOSS_SCALE));
  const predicted = get(state, S_PREDICTED), noise = get(state, S_NOISE);
  const actual = before - trialCost;
  const full = get(state, S_FULL) == 1;
  const determined = get(state, S_RANK) == get(state, S_FREE);
  const clear = predicted > CLEAR * noise;
  const least = clear && method == LEVENBERG_MARQUARDT && get(state, S_RELATIVE) == 0 ? GOOD : SUFFICIENT;
  let accepted = predicted > 0 && actual > least * predicted;
  if (!accepted && full && predicted <= noise && abs<f64>(actual) <= noise && determined) {
    accepted = true;
    set(state, S_ON_TRUST, 1);
    widen(method, 2 * get(state, S_LENGTH), state);
  } else {
    judge(method, accepted, predicted > 0 ? actual / predicted : -1, before, trialCost, state);
  }
  const sharp = isSharp(state);
  // Where x is large beside what moves the residuals, as on an offset axis, steps are small beside x all along.
  const still = offset * offset * before <= get(state, S_STEP_TOL) * get(state, S_FIRST_COST);
  const step = full && sharp && (still || predicted <= noise) ? get(state, S_STEP_MAX) : Infinity;
  const decrease = !sharp ? Infinity : full || offset * offset <= get(state, S_FUN_TOL) ? decreaseMeasure(actual, predicted, before, noise) : Infinity;
  set(state, S_LAST_STEP, get(state, S_STEP_NORM));
  set(state, S_M_STEP, step);
  set(state, S_M_DECREASE, decrease);
  if (accepted) accept(n, trialCost, frame, state);
  const falling = offset <= TRUST * get(state, S_OFFSET_BEFORE);
  set(state, S_OFFSET_BEFORE, offset);
  const idle = predicted > noise ? 0 : falling ? get(state, S_IDLE) : get(state, S_IDLE) + 1;
  set(state, S_IDLE, idle);
  if (idle >= MAX_IDLE && full && stationary(before, noise, state)) set(state, S_M_DECREASE, 0);
  const blind = predicted <= noise || get(state, S_MOVED) == 0;
  const shrinks = get(state, S_SHRINKS) + 1;
  set(state, S_NEXT, accepted ? NEXT_LINEARISE : NEXT_TRIAL);
  if (get(state, S_DIFFERENCES) == FORWARD) {
    const done = step <= get(state, S_STEP_TOL) || decrease <= get(state, S_FUN_TOL);
    const near = full && offset <= FINE_OFFSET;
    if (done) set(state, S_M_STEP, Infinity);
    if (done) set(state, S_M_DECREASE, Infinity);
    if (!accepted && !done && !blind) set(state, S_SHRINKS, shrinks);
    if (done || (accepted ? near : blind || shrinks >= MAX_SHRINKS)) refine(method, state);
  } else if (!accepted) {
    if (!blind) set(state, S_SHRINKS, shrinks);
    if (full) set(state, S_REFUSED, 1);
    if (blind && determined && get(state, S_REFUSED) == 0 && offset * offset * before > noise) {
      // Where columns are nearly dependent, a step that the cost can judge is far longer than the radius: the model's own.
      set(state, S_REFUSED, 1);
      letThrough(method, offset * offset * before, state);
    } else if (blind || shrinks >= MAX_SHRINKS) {
      // The cost cannot judge any shorter step.
      set(state, S_NEXT, stationary(before, noise, state) ? NEXT_SETTLED : NEXT_STALLED);
    }
  }
  if (conclude(m, n, method, frame, state)) wait(m, n, method, frame, state);
  return ITERATED;
}

/** The residuals aside from zeros are in F_OTHER: where the cost falls there, the run goes on from it; else it ends as it was to end. */
function left(m: i32, n: i32, frame: usize, state: usize): i32 {
  if (falls(m, frame, state)) {
    begun(m, n, frame, state);
    goOn(state);
  } else {
    set(state, S_NEXT, get(state, S_THEN));
    set(state, S_RETURNABLE, 0);
  }
  return <i32>get(state, S_TOLD);
}

/** What is wanted next: WANT_..., ITERATED, CHECK, or END_... */
export function turn(m: i32, n: i32, method: i32, frame: usize, state: usize): i32 {
  while (true) {
    const next = <i32>get(state, S_NEXT);
    let want = 0;
    if (next == NEXT_TRIAL) {
      trialStep(m, n, method, frame, state);
      set(state, S_NEXT, NEXT_JUDGE);
      return WANT_RESIDUALS;
    }
    if (next == NEXT_AGAIN) {
      set(state, S_NEXT, NEXT_BEGUN);
      return WANT_RESIDUALS;
    }
    if (next == NEXT_JUDGE) want = judgeTrial(m, n, method, frame, state);
    else if (next == NEXT_LINEARISE) want = beforeJacobian(m, n, method, frame, state);
    else if (next == NEXT_LINEARISED) want = afterJacobian(m, n, method, frame, state);
    else if (next == NEXT_CHECKED) want = afterCheck(method, state);
    else if (next == NEXT_START) want = start(m, n, frame, state);
    else if (next == NEXT_SETTLED) {
      set(state, S_NEXT, NEXT_STALLED);
      want = settled(m, n, method, frame, state);
    } else if (next == NEXT_BEGUN) begun(m, n, frame, state);
    else if (next == NEXT_LEFT) want = left(m, n, frame, state);
    else if (!again(m, n, method, frame, state)) return END_STALLED;
    if (want && !(want == END_NON_FINITE && next != NEXT_START && again(m, n, method, frame, state))) {
      if (!leaves(n, frame, state)) return want;
      set(state, S_THEN, get(state, S_NEXT));
      set(state, S_TOLD, want);
      set(state, S_NEXT, NEXT_LEFT);
      return WANT_RESIDUALS;
    }
  }
}
