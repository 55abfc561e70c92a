// A run that gets nowhere is begun again. The first attempt measures steps by the columns of J (Moré 1978), which knows neither
// origin nor unit of a variable; the second one, from the start again, relative to the size of the variables, which carries
// over many powers of ten. Then the better of both goes on.

import {
  ATTEMPT_FIRST, ATTEMPT_LAST, ATTEMPT_SECOND, DOGLEG, END_SINGULAR, END_TARGET, F_BEST, F_KEPT, F_KEPT_RES, F_START, F_TRIAL, F_X,
  LEVENBERG_MARQUARDT, NEXT_AGAIN, NEXT_LINEARISE, S_ATTEMPT, S_COST, S_DAMPING, S_FIRST, S_FRESH, S_HAS_J, S_HAS_NORMAL, S_IDLE,
  S_KEPT_COST, S_LAMBDA, S_LAST_STEP, S_MARK_COST, S_MARK_RADIUS, S_MARK_STEP, S_MET, S_M_DECREASE, S_M_GRADIENT, S_M_STEP, S_NEXT, S_ON_TRUST, S_RADIUS, S_RELATIVE, S_RETURNABLE, S_SHRINKS,
  S_ASIDE, S_STALE, S_TURNS, S_WAY,
} from "../../src/abi/least-squares";
import { converged, doubt } from "./ends";
import { copy, get, set, slot } from "./frame";

/** Iterations of an attempt before another one is made: few fits that succeed need so many. */
const PATIENCE: f64 = 150;
/** Fewer are enough where an attempt crawls along a bent valley: over so many its cost falls by less than this share of it, */
const WINDOW: i32 = 6;
const CRAWL: f64 = 1e-4;
/** while radius and step keep their length, up to this factor: they would shrink towards a minimum, and grow on the way to one. */
const EVEN: f64 = 1.01;

/** No test is met. */
function reopen(state: usize): void {
  set(state, S_M_GRADIENT, Infinity);
  set(state, S_M_STEP, Infinity);
  set(state, S_M_DECREASE, Infinity);
  set(state, S_MET, 0);
}

/** The linearisation that comes is the first of its attempt. */
function afresh(state: usize): void {
  set(state, S_FRESH, 1);
  set(state, S_FIRST, 1);
  set(state, S_TURNS, 0);
  set(state, S_SHRINKS, 0);
  set(state, S_IDLE, 0);
  set(state, S_ON_TRUST, 0);
  set(state, S_RETURNABLE, 0);
  set(state, S_LAMBDA, 0);
  set(state, S_DAMPING, 0);
}

/** The point that the first attempt reached, where it is better than that of the second; true when it was put back. */
export function backToBest(m: i32, n: i32, frame: usize, state: usize): i32 {
  if (get(state, S_ATTEMPT) != ATTEMPT_SECOND || !(get(state, S_KEPT_COST) < get(state, S_COST))) return 0;
  copy(n, slot(frame, F_KEPT), slot(frame, F_X));
  memory.copy(slot(frame, F_BEST), slot(frame, F_KEPT_RES), <usize>m << 3);
  set(state, S_COST, get(state, S_KEPT_COST));
  set(state, S_ATTEMPT, ATTEMPT_LAST);
  set(state, S_RELATIVE, 0);
  set(state, S_STALE, 1);
  set(state, S_HAS_J, 0);
  set(state, S_HAS_NORMAL, 0);
  afresh(state);
  return 1;
}

/** The attempt has failed, or takes too long: true when another one begins, for which S_NEXT is set. */
export function again(m: i32, n: i32, method: i32, frame: usize, state: usize): bool {
  const attempt = <i32>get(state, S_ATTEMPT);
  if ((method != LEVENBERG_MARQUARDT && method != DOGLEG) || attempt == ATTEMPT_LAST) return false;
  reopen(state);
  if (attempt == ATTEMPT_SECOND) {
    if (backToBest(m, n, frame, state)) {
      set(state, S_NEXT, NEXT_LINEARISE);
      return true;
    }
    set(state, S_ATTEMPT, ATTEMPT_LAST);
    return false;
  }
  // A start at which nothing can be done is no better the second time.
  if (get(state, S_TURNS) == 0) return false;
  copy(n, slot(frame, F_X), slot(frame, F_KEPT));
  memory.copy(slot(frame, F_KEPT_RES), slot(frame, F_BEST), <usize>m << 3);
  set(state, S_KEPT_COST, get(state, S_COST));
  copy(n, slot(frame, F_START), slot(frame, F_TRIAL));
  set(state, S_ATTEMPT, ATTEMPT_SECOND);
  set(state, S_RELATIVE, 1);
  afresh(state);
  set(state, S_NEXT, NEXT_AGAIN);
  return true;
}

/**
 * Compares the stop measures and sets S_MET. False where the end that they say is refused and another attempt begins: a variable
 * has gone where it no longer moves the residuals, or the second attempt ends above what the first one had reached.
 */
export function conclude(m: i32, n: i32, method: i32, frame: usize, state: usize): bool {
  const end = converged(state), attempt = <i32>get(state, S_ATTEMPT);
  set(state, S_MET, end);
  if (end == 0 || end == END_TARGET || attempt == ATTEMPT_LAST) return true;
  const refused = attempt == ATTEMPT_FIRST ? doubt(n, frame, state) == END_SINGULAR : get(state, S_KEPT_COST) < get(state, S_COST);
  return !refused || !again(m, n, method, frame, state) || get(state, S_MET) != 0;
}

/** The run goes on from a point that was found aside. */
export function goOn(state: usize): void {
  reopen(state);
  afresh(state);
  set(state, S_WAY, 0);
  set(state, S_ASIDE, 0);
}

/** Keeps a value for the next look; true where it is as the last look found it. */
function even(mark: i32, value: f64, state: usize): bool {
  const before = get(state, mark);
  set(state, mark, value);
  return value <= EVEN * before && before <= EVEN * value;
}

/** Looks once in a window at what the last one has brought; the first look only takes notes. */
function crawls(turns: f64, state: usize): bool {
  if (<i32>turns % WINDOW != 0) return false;
  const cost = get(state, S_COST), before = get(state, S_MARK_COST);
  set(state, S_MARK_COST, cost);
  const radius = even(S_MARK_RADIUS, get(state, S_RADIUS), state), step = even(S_MARK_STEP, get(state, S_LAST_STEP), state);
  return radius && step && turns > <f64>WINDOW && before - cost < CRAWL * before;
}

/** One more iteration of this attempt, without an end. */
export function wait(m: i32, n: i32, method: i32, frame: usize, state: usize): void {
  const turns = get(state, S_TURNS) + 1;
  set(state, S_TURNS, turns);
  if (get(state, S_MET) == 0 && (turns >= PATIENCE || crawls(turns, state))) again(m, n, method, frame, state);
}
