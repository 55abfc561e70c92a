// A fit that ends at exactly 0 of a variable whose column of the Jacobian vanishes there, as where the model is even in it or a
// product of two such: no step leads off, though the cost may fall beside it. Before such an end the cost is looked at aside from it.

import {
  END_TARGET, F_A, F_LOWER, F_OTHER, F_TRIAL, F_UPPER, F_X, S_ASIDE, S_COST, S_LOSS, S_LOSS_SCALE, S_MET, S_NOISE, S_WAY,
} from "../../src/abi/least-squares";
import { copy, diagonal, get, set, slot } from "./frame";
import { cost } from "./loss";

/** The nearest look, 2^-50, the farthest, and how one follows the other, until the cost tells. */
const FIRST: f64 = 8.881784197001252e-16;
const LAST: f64 = 1073741824;
const FARTHER: f64 = 8;
/** It tells where it changes by this share, and by so many times its rounding; a fall by a larger share than the last is a jump. */
const SEEN: f64 = 1e-8;
const CLEAR: f64 = 1e4;
const NEAR: f64 = 0.01;

// @ts-ignore: decorator
@inline
function vanishes(n: i32, j: i32, frame: usize): bool {
  return get(slot(frame, F_X), j) == 0 && diagonal(n, j, slot(frame, F_A), frame) == 0;
}

/**
 * F_TRIAL is h off F_X, as far as the bounds allow: on ways 2j and 2j + 1 variable j alone, to either side; on way 2n all that vanish, on
 * way 2n + 1 each second of them to the other side. False where nothing moves.
 */
function aside(n: i32, way: i32, h: f64, frame: usize): bool {
  const at = slot(frame, F_TRIAL), lower = slot(frame, F_LOWER), alone = way < 2 * n, turned = (way & 1) != 0;
  copy(n, slot(frame, F_X), at);
  let moved = 0, side = alone && turned ? -h : h;
  for (let j = 0; j < n; j++) {
    if (!vanishes(n, j, frame) || (alone && j != way >> 1)) continue;
    set(at, j, lower ? min<f64>(max<f64>(side, get(lower, j)), get(slot(frame, F_UPPER), j)) : side);
    if (get(at, j) != 0) moved++;
    if (turned) side = -side;
  }
  return moved > (alone ? 0 : 1);
}

/** The next look: farther on the same way, or on another; false where there is none. */
function next(n: i32, frame: usize, state: usize): bool {
  let way = <i32>get(state, S_WAY), h = get(state, S_ASIDE);
  for (; way < 2 * n + 2; way++) {
    for (h = h ? h * FARTHER : FIRST; h <= LAST; h *= FARTHER) {
      set(state, S_WAY, way);
      set(state, S_ASIDE, h);
      if (aside(n, way, h, frame)) return true;
    }
    h = 0;
  }
  set(state, S_WAY, way);
  return false;
}

/** A test is met, and F_TRIAL is what has to be looked at before the end. No fall is told from the rounding of a cost next to none. */
export function leaves(n: i32, frame: usize, state: usize): bool {
  if (get(state, S_MET) == 0 || get(state, S_MET) == END_TARGET) return false;
  if (NEAR * get(state, S_COST) <= CLEAR * get(state, S_NOISE)) return false;
  for (let j = 0; j < n; j++) if (vanishes(n, j, frame)) return next(n, frame, state);
  return false;
}

/** The residuals at F_TRIAL are there: whether the cost falls. Where it tells anything, no farther look follows on this way. */
export function falls(m: i32, frame: usize, state: usize): bool {
  const before = get(state, S_COST);
  const fall = before - cost(m, slot(frame, F_OTHER), <i32>get(state, S_LOSS), get(state, S_LOSS_SCALE));
  const least = max<f64>(CLEAR * get(state, S_NOISE), SEEN * before);
  if (!(abs<f64>(fall) <= least)) set(state, S_ASIDE, LAST);
  return fall > least && fall <= NEAR * before;
}
