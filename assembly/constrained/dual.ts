// The dual active-set method on the values of the sides alone (Goldfarb and Idnani 1983; Arnstrom, Bemporad and Axehill 2022, "DAQP", whose
// recursive L D L' this is): minimise l'H l / 2 - v0'l + support(l), H = C K^-1 C', whose columns the caller makes when they are wanted.
// v = v0 - H l are the values of the sides.

import { word, getInteger as get, setInteger as set, getDouble as at, setDouble as put } from "../memory";
import {
  D_CAPACITY, D_CHANGES, D_COLUMNS, D_COUNT, D_FACTOR, D_ITS_STATE, D_LO, D_MULTIPLIERS, D_NEXT, D_PIVOTS, D_SET, D_SIDES, D_STATES, D_UNIT, D_UP, D_V, D_V0, D_WAITING,
} from "../../src/abi/convex";
import { inner } from "../inner";

/** What is left of a column over its diagonal when it depends on the others. */
const DEPENDENT: f64 = 1e-12;
/** Answers of `pivot` that are no side. */
const SOLVED: i32 = 0;
const INFEASIBLE: i32 = -1;
const TIRED: i32 = -2;
const FULL: i32 = -3;

// @ts-ignore: decorator
@inline
function row(f: usize, i: i32): usize {
  return word(f, D_FACTOR) + (<usize>i * word(f, D_CAPACITY) << 3);
}

/** y -= s x. */
function subtract(n: i32, s: f64, x: usize, y: usize): void {
  const v = f64x2.splat(s);
  const end = y + (<usize>(n & ~1) << 3);
  for (; y < end; y += 16, x += 16) v128.store(y, f64x2.sub(v128.load(y), f64x2.mul(v, v128.load(x))));
  if (n & 1) store<f64>(y, load<f64>(y) - s * load<f64>(x));
}

/** The side j (with its column) becomes the last of the set; false where it depends on the others: its pivot is 0 then. */
function append(f: usize, j: i32, state: i32): bool {
  const k = get(f, D_COUNT), W = word(f, D_SET), d = word(f, D_PIVOTS);
  const column = word(word(f, D_COLUMNS) + (<usize>j << 2), 0);
  const own = row(f, k);
  let pivot = at(column, j);
  const whole = pivot;
  for (let i = 0; i < k; i++) put(own, i, at(column, get(W, i)) - inner(i, row(f, i), own));
  for (let i = 0; i < k; i++) {
    const e = at(own, i), l = e / at(d, i);
    put(own, i, l);
    pivot -= l * e;
  }
  const good = pivot > DEPENDENT * whole;
  put(d, k, good ? pivot : 0);
  set(W, k, j);
  put(word(f, D_MULTIPLIERS), k, 0);
  store<i8>(word(f, D_STATES) + <usize>j, <i8>state);
  set(f, D_COUNT, k + 1);
  return good;
}

/** Takes place b out of the set: what stands below gains d_b l l' (Gill, Golub, Murray and Saunders 1974, C1). `next` is spent. */
function remove(f: usize, b: i32): void {
  const k = get(f, D_COUNT), W = word(f, D_SET), d = word(f, D_PIVOTS), l = word(f, D_MULTIPLIERS), w = word(f, D_NEXT);
  let alpha = at(d, b);
  for (let i = b + 1; i < k; i++) put(w, i, at(row(f, i), b));
  for (let j = b + 1; j < k; j++) {
    const p = at(w, j), old = at(d, j), now = old + alpha * p * p;
    const beta = now > 0 ? alpha * p / now : 0;
    alpha = now > 0 ? alpha * (old / now) : alpha;
    put(d, j, now);
    for (let r = j + 1; r < k; r++) {
      const to = row(f, r) + (<usize>j << 3);
      const v = at(w, r) - p * load<f64>(to);
      put(w, r, v);
      store<f64>(to, load<f64>(to) + beta * v);
    }
  }
  store<i8>(word(f, D_STATES) + <usize>get(W, b), 0);
  for (let i = b + 1; i < k; i++) {
    const from = row(f, i), to = row(f, i - 1);
    memory.copy(to, from, <usize>b << 3);
    memory.copy(to + (<usize>b << 3), from + (<usize>(b + 1) << 3), <usize>(i - 1 - b) << 3);
    put(d, i - 1, at(d, i));
    put(l, i - 1, at(l, i));
    set(W, i - 1, get(W, i));
  }
  set(f, D_COUNT, k - 1);
}

/** next = H^-1 next for the first k of the set. */
function solveFirst(f: usize, k: i32): void {
  const x = word(f, D_NEXT), d = word(f, D_PIVOTS);
  for (let i = 0; i < k; i++) put(x, i, at(x, i) - inner(i, row(f, i), x));
  for (let i = 0; i < k; i++) put(x, i, at(x, i) / at(d, i));
  for (let i = k - 1; i > 0; i--) subtract(i, at(x, i), row(f, i), x);
}

/** next = H^-1 next for the set. */
export function dualSolve(frame: usize): void {
  solveFirst(frame, get(frame, D_COUNT));
}

/** Factors the set anew; sides that depend on others leave it. All multipliers are 0 afterwards. */
export function dualBegin(frame: usize): void {
  const k = get(frame, D_COUNT), W = word(frame, D_SET), states = word(frame, D_STATES);
  set(frame, D_COUNT, 0);
  set(frame, D_WAITING, 0);
  set(frame, D_CHANGES, 0);
  for (let i = 0; i < k; i++) {
    const j = get(W, i);
    if (append(frame, j, <i32>load<i8>(states + <usize>j))) continue;
    set(frame, D_COUNT, get(frame, D_COUNT) - 1);
    store<i8>(states + <usize>j, 0);
  }
}

/** The first multiplier on the way l + step (next - l) that reaches 0; -1 where none does. `ray`: on the way l + step next. */
function blocking(f: usize, k: i32, ray: bool): i32 {
  const l = word(f, D_MULTIPLIERS), next = word(f, D_NEXT), W = word(f, D_SET), states = word(f, D_STATES);
  let which = -1, least = Infinity;
  for (let i = 0; i < k; i++) {
    const s = <f64>load<i8>(states + <usize>get(W, i));
    if (s == 2) continue;
    const now = s * at(l, i), to = s * at(next, i);
    const fall = ray ? -to : now - to;
    if (!(fall > 0) || (!ray && to >= 0)) continue;
    const step = max(now, 0) / fall;
    if (step < least) {
      least = step;
      which = i;
    }
  }
  return which;
}

/** Steps as far as the multiplier at place b lets it, and takes b out. */
function stepTo(f: usize, k: i32, b: i32, ray: bool): void {
  const l = word(f, D_MULTIPLIERS), next = word(f, D_NEXT);
  const from = at(l, b), to = at(next, b);
  const step = ray ? -from / to : from / (from - to);
  for (let i = 0; i < k; i++) put(l, i, at(l, i) + step * (ray ? at(next, i) : at(next, i) - at(l, i)));
  remove(f, b);
}

/**
 * The last of the set depends on the others: its multiplier moves along the null vector of H until another leaves. False where none ever
 * does: `next` are multipliers then that contradict the sides.
 */
function untie(f: usize): bool {
  while (true) {
    const k = get(f, D_COUNT), last = k - 1, j = get(word(f, D_SET), last);
    const d = word(f, D_PIVOTS), next = word(f, D_NEXT);
    const column = word(word(f, D_COLUMNS) + (<usize>j << 2), 0);
    if (at(d, last) > DEPENDENT * at(column, j)) return true;
    put(d, last, 0);
    const state = <i32>load<i8>(word(f, D_STATES) + <usize>j);
    // L' next = +-e of the last place; an equality moves towards its side.
    const target = state > 0 ? at(word(f, D_UP), j) : at(word(f, D_LO), j);
    const sign: f64 = state == 2 ? (at(word(f, D_V), j) > target ? 1 : -1) : <f64>state;
    for (let i = 0; i < last; i++) put(next, i, -sign * at(row(f, last), i));
    for (let i = last - 1; i > 0; i--) subtract(i, at(next, i), row(f, i), next);
    put(next, last, sign);
    const b = blocking(f, last, true);
    if (b < 0) return false;
    stepTo(f, k, b, true);
  }
}

/** v = v0 - H l, and the side that is violated most over its unit; -1 where none is by more than `tolerance` of its terms. */
function worst(f: usize, k: i32, tolerance: f64): i32 {
  const N = get(f, D_SIDES), lo = word(f, D_LO), up = word(f, D_UP), v0 = word(f, D_V0), v = word(f, D_V), unit = word(f, D_UNIT);
  const states = word(f, D_STATES), W = word(f, D_SET), l = word(f, D_MULTIPLIERS), columns = word(f, D_COLUMNS);
  memory.copy(v, v0, <usize>N << 3);
  for (let i = 0; i < k; i++) subtract(N, at(l, i), word(columns + (<usize>get(W, i) << 2), 0), v);
  let which = -1, most = 0.0;
  for (let i = 0; i < N; i++) {
    if (load<i8>(states + <usize>i) != 0) continue;
    const x = at(v, i), a = at(lo, i), b = at(up, i);
    const by = x > b ? x - b : a - x;
    if (!(by > 0)) continue;
    const size = max(max(abs(at(v0, i)), abs(x)), abs(x > b ? b : a));
    const share = by / at(unit, i);
    if (by <= tolerance * size || share <= most) continue;
    most = share;
    which = i;
    set(f, D_ITS_STATE, x > b ? 1 : -1);
  }
  return which;
}

/**
 * Goes on until the sides are met: 0; or until the column of a side is wanted: that side + 1; -1 where the sides contradict each other
 * (multipliers in `next`), -2 after `most` changes, -3 where the set is full.
 */
export function dualPivot(frame: usize, tolerance: f64, most: i32): i32 {
  const l = word(frame, D_MULTIPLIERS), next = word(frame, D_NEXT), W = word(frame, D_SET), states = word(frame, D_STATES), columns = word(frame, D_COLUMNS);
  const lo = word(frame, D_LO), up = word(frame, D_UP), v0 = word(frame, D_V0);
  for (let changes = 0; changes < most; changes++) {
    const waiting = get(frame, D_WAITING);
    if (waiting > 0) {
      if (get(columns, waiting - 1) == 0) return waiting;
      if (get(frame, D_COUNT) >= get(frame, D_CAPACITY)) return FULL;
      set(frame, D_WAITING, 0);
      set(frame, D_CHANGES, get(frame, D_CHANGES) + 1);
      if (!append(frame, waiting - 1, get(frame, D_ITS_STATE)) && !untie(frame)) return INFEASIBLE;
    }
    for (;;) {
      const k = get(frame, D_COUNT);
      for (let i = 0; i < k; i++) {
        const j = get(W, i);
        put(next, i, at(v0, j) - (load<i8>(states + <usize>j) > 0 ? at(up, j) : at(lo, j)));
      }
      solveFirst(frame, k);
      const b = blocking(frame, k, false);
      if (b < 0) break;
      set(frame, D_CHANGES, get(frame, D_CHANGES) + 1);
      stepTo(frame, k, b, false);
    }
    const k = get(frame, D_COUNT);
    memory.copy(l, next, <usize>k << 3);
    const enters = worst(frame, k, tolerance);
    if (enters < 0) return SOLVED;
    set(frame, D_WAITING, enters + 1);
  }
  return TIRED;
}
