// A whole turn of L-BFGS in one call: what the value and gradient just found at the trial mean to the search of Moré and
// Thuente, and, when they are accepted, the update, the next direction and its first trial. The search is the twin of
// src/minimize/line-search/more-thuente.ts, step for step.

import { getDouble as get, setDouble as set, getInteger as at } from "../memory";
import { copy, dot } from "../blas/level1";
import {
  M_C1, M_C2, M_DL, M_DU, M_F0, M_FL, M_FLAGS, M_FU, M_HIGH, M_KEPT, M_L, M_LOW, M_MAX_TRIALS, M_PROMISED, M_SLOPE0, M_STEP, M_STOP,
  M_TRIALS, M_U, M_WIDTH, M_WIDTH2, S_COUNT, S_GRADIENT, S_SLOPE, T_ALPHA, T_D, T_G, T_G0, T_LD, T_M, T_N, T_G3, T_RHO, T_S,
  T_X, T_X0, T_X3, T_Y, TURN_ACCEPTED, TURN_FAILED, TURN_STUCK, TURN_TRIAL,
} from "../../src/abi/smooth";
import { lbfgsStep } from "./lbfgs";
import { move, steepest } from "./vector";

const REDUCE: f64 = 0.66;
const LEAST_GROWTH: f64 = 1.1;
const MOST_GROWTH: f64 = 4;
const WIDTH: f64 = 1e-15;
const NOISE: f64 = 8.881784197001252e-16;
const LOST_TRIALS: f64 = 4;
const LONGEST: f64 = 1e15;
const BRACKETED: i32 = 1;
const AUXILIARY: i32 = 2;

/** The search from f along d starts with the unit step. */
function start(f: f64, slope: f64, state: usize): i32 {
  if (!(slope < 0)) return TURN_FAILED;
  set(state, M_F0, f);
  set(state, M_FL, f);
  set(state, M_FU, f);
  set(state, M_SLOPE0, slope);
  set(state, M_DL, slope);
  set(state, M_DU, slope);
  set(state, M_L, 0);
  set(state, M_U, 0);
  set(state, M_STEP, 1);
  set(state, M_LOW, 0);
  set(state, M_HIGH, 1 + MOST_GROWTH);
  set(state, M_WIDTH, LONGEST);
  set(state, M_WIDTH2, 2 * LONGEST);
  set(state, M_FLAGS, AUXILIARY);
  set(state, M_TRIALS, 0);
  return TURN_TRIAL;
}

/** The steepest descent of length `reach` from x with value f, and its first trial in x0. */
export function lbfgsBegin(f: f64, reach: f64, frame: usize, state: usize): i32 {
  const n = at(frame, T_N), d = <usize>at(frame, T_D), x = <usize>at(frame, T_X);
  const slope = steepest(n, reach, <usize>at(frame, T_G), d);
  set(state, S_SLOPE, slope);
  move(n, 1, d, x, <usize>at(frame, T_X0));
  return start(f, slope, state);
}

/** f and the gradient (in g0) were found at the trial (in x0). */
export function lbfgsTurn(f: f64, frame: usize, state: usize): i32 {
  const n = at(frame, T_N), d = <usize>at(frame, T_D), x = <usize>at(frame, T_X), trial = <usize>at(frame, T_X0);
  const slope = dot<f64>(n, <usize>at(frame, T_G0), d);
  const t = get(state, M_STEP), f0 = get(state, M_F0), slope0 = get(state, M_SLOPE0);
  const c1 = get(state, M_C1), c2 = get(state, M_C2);
  if (!(f - f == 0 && slope - slope == 0)) return TURN_FAILED;
  const line = f0 + c1 * t * slope0;
  let good = f <= line && abs(slope) <= -c2 * slope0;
  good = good || (abs(f - f0) <= NOISE * abs(f0) && (2 * c1 - 1) * slope0 >= slope && slope >= c2 * slope0);
  if (good) return accept(f, frame, state);
  if (f < f0 && !(get(state, M_KEPT) <= f)) keep(f, frame, state);
  const trials = get(state, M_TRIALS) + (f - f0 >= -NOISE * abs(f0) && -t * slope0 <= NOISE * abs(f0) ? (f < f0 ? 2 : 1 + LOST_TRIALS) : 1);
  set(state, M_TRIALS, trials);
  if (t == LONGEST && f <= line && slope <= c1 * slope0) return TURN_FAILED;
  if (trials >= get(state, M_MAX_TRIALS)) return f < f0 ? TURN_FAILED : TURN_STUCK;
  let flags = <i32>get(state, M_FLAGS);
  if (flags & AUXILIARY && f <= line && slope >= 0) flags &= ~AUXILIARY;
  if (flags & AUXILIARY && f <= get(state, M_FL) && f > line) {
    const tilt = c1 * slope0;
    set(state, M_FL, get(state, M_FL) - get(state, M_L) * tilt);
    set(state, M_FU, get(state, M_FU) - get(state, M_U) * tilt);
    set(state, M_DL, get(state, M_DL) - tilt);
    set(state, M_DU, get(state, M_DU) - tilt);
    flags = choose(t, f - t * tilt, slope - tilt, flags, state);
    set(state, M_FL, get(state, M_FL) + get(state, M_L) * tilt);
    set(state, M_FU, get(state, M_FU) + get(state, M_U) * tilt);
    set(state, M_DL, get(state, M_DL) + tilt);
    set(state, M_DU, get(state, M_DU) + tilt);
  } else flags = choose(t, f, slope, flags, state);
  set(state, M_FLAGS, flags);
  if (!confine(flags, state)) return get(state, M_L) > 0 ? TURN_FAILED : TURN_STUCK;
  move(n, get(state, M_STEP), d, x, trial);
  return TURN_TRIAL;
}

/** The trial is lower than x, but not accepted. */
function keep(f: f64, frame: usize, state: usize): void {
  const n = at(frame, T_N);
  set(state, M_KEPT, f);
  copy<f64>(n, <usize>at(frame, T_X0), <usize>at(frame, T_X3));
  copy<f64>(n, <usize>at(frame, T_G0), <usize>at(frame, T_G3));
}

/** Takes the trial; x0 then holds the next one, unless max |g| <= stop or the history is of no use. */
function accept(f: f64, frame: usize, state: usize): i32 {
  set(state, M_PROMISED, get(state, M_STEP) * get(state, M_SLOPE0));
  const x = at(frame, T_X0), g = at(frame, T_G0), x0 = at(frame, T_X), g0 = at(frame, T_G);
  store<i32>(frame + (<usize>T_X << 2), x);
  store<i32>(frame + (<usize>T_G << 2), g);
  store<i32>(frame + (<usize>T_X0 << 2), x0);
  store<i32>(frame + (<usize>T_G0 << 2), g0);
  lbfgsStep(
    at(frame, T_N), at(frame, T_M), at(frame, T_LD), <usize>x, <usize>g, <usize>x0, <usize>g0, <usize>at(frame, T_D),
    <usize>at(frame, T_S), <usize>at(frame, T_Y), <usize>at(frame, T_RHO), <usize>at(frame, T_ALPHA), state,
    get(state, M_STOP),
  );
  // A search that cannot start shows in its trials: the next turn is not taken.
  const started = get(state, S_COUNT) > 0 && !(get(state, S_GRADIENT) <= get(state, M_STOP)) &&
    start(f, get(state, S_SLOPE), state) == TURN_TRIAL;
  if (!started) set(state, M_TRIALS, -1);
  return TURN_ACCEPTED;
}

/** Keeps the next step in its range, and the interval shrinking; false when it has shrunk to rounding. */
function confine(flags: i32, state: usize): bool {
  const l = get(state, M_L), u = get(state, M_U);
  let step = get(state, M_STEP);
  if (!(flags & BRACKETED)) {
    // The next range is measured from the next step.
    step = min<f64>(max<f64>(step, 0), LONGEST);
    set(state, M_STEP, step);
    return true;
  }
  if (abs(u - l) >= REDUCE * get(state, M_WIDTH2)) step = l + 0.5 * (u - l);
  set(state, M_WIDTH2, get(state, M_WIDTH));
  set(state, M_WIDTH, abs(u - l));
  const low = min<f64>(l, u), high = max<f64>(l, u);
  set(state, M_LOW, low);
  set(state, M_HIGH, high);
  step = min<f64>(max<f64>(step, 0), LONGEST);
  set(state, M_STEP, step);
  return !(step <= low || step >= high || high - low <= WIDTH * high);
}

/** Section 4 of the paper: the next step and interval. */
function choose(t: f64, f: f64, d: f64, flags: i32, state: usize): i32 {
  const l = get(state, M_L), fl = get(state, M_FL), dl = get(state, M_DL), u = get(state, M_U);
  const opposite = dl < 0 ? d > 0 : d < 0;
  const low = get(state, M_LOW), high = get(state, M_HIGH);
  let next: f64;
  if (f > fl) {
    const c = cubic(l, fl, dl, t, f, d);
    const q = l + (dl / ((fl - f) / (t - l) + dl) / 2) * (t - l);
    next = abs(c - l) < abs(q - l) ? c : c + (q - c) / 2;
    flags |= BRACKETED;
  } else if (opposite) {
    const c = cubic(l, fl, dl, t, f, d);
    const s = t + (d / (d - dl)) * (l - t);
    next = abs(c - t) > abs(s - t) ? c : s;
    flags |= BRACKETED;
  } else if (abs(d) < abs(dl)) {
    const c = cubicBeyond(l, fl, dl, t, f, d, t > l ? high : low);
    const s = t + (d / (d - dl)) * (l - t);
    if (flags & BRACKETED) {
      next = abs(c - t) < abs(s - t) ? c : s;
      const limit = t + REDUCE * (u - t);
      next = t > l ? min<f64>(limit, next) : max<f64>(limit, next);
    } else {
      next = abs(c - t) > abs(s - t) ? c : s;
      next = min<f64>(max<f64>(next, low), high);
    }
  } else if (flags & BRACKETED) next = cubic(t, f, d, u, get(state, M_FU), get(state, M_DU));
  else next = t > l ? high : low;
  if (f > fl) {
    set(state, M_U, t);
    set(state, M_FU, f);
    set(state, M_DU, d);
  } else {
    if (opposite) {
      set(state, M_U, l);
      set(state, M_FU, fl);
      set(state, M_DU, dl);
    }
    set(state, M_L, t);
    set(state, M_FL, f);
    set(state, M_DL, d);
  }
  if (!(next - next == 0)) next = get(state, M_L) + 0.5 * (get(state, M_U) - get(state, M_L));
  set(state, M_STEP, next);
  if (!(flags & BRACKETED)) {
    set(state, M_LOW, next + LEAST_GROWTH * (next - get(state, M_L)));
    set(state, M_HIGH, next + MOST_GROWTH * (next - get(state, M_L)));
  }
  return flags;
}

function cubic(a: f64, fa: f64, da: f64, b: f64, fb: f64, db: f64): f64 {
  const theta = (3 * (fa - fb)) / (b - a) + da + db;
  const size = max<f64>(max<f64>(abs(theta), abs(da)), abs(db));
  if (size == 0) return a;
  const root = size * sqrt(max<f64>(0, (theta / size) * (theta / size) - (da / size) * (db / size)));
  const gamma = b < a ? -root : root;
  const p = gamma - da + theta;
  const q = gamma - da + gamma + db;
  return a + (p / q) * (b - a);
}

function cubicBeyond(a: f64, fa: f64, da: f64, b: f64, fb: f64, db: f64, far: f64): f64 {
  const theta = (3 * (fa - fb)) / (b - a) + da + db;
  const size = max<f64>(max<f64>(abs(theta), abs(da)), abs(db));
  if (size == 0) return far;
  const root = size * sqrt(max<f64>(0, (theta / size) * (theta / size) - (da / size) * (db / size)));
  const gamma = b > a ? -root : root;
  const p = gamma - db + theta;
  const q = gamma + (da - db) + gamma;
  const r = p / q;
  return r < 0 && gamma != 0 ? b + r * (a - b) : far;
}
