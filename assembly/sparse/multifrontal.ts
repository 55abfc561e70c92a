// P A P' = L D L' by the multifrontal method (Duff and Reid 1983; Liu 1992), without pivoting: each supernode assembles its panel from A
// and its children's update matrices, factors it, and leaves an update matrix on the stack.

import { word, getInteger as get, setInteger as set } from "../memory";
import {
  L_COUNT, L_D, L_ENTRIES, L_FIRST, L_LOCAL, L_MAP, L_N, L_ORDER, L_ROWS, L_ROWS_AT, L_SIGN, L_STACK, L_UP, L_VALUES, L_VALUES_AT, L_W, L_WAITING, L_X, L_Y,
} from "../../src/abi/ldl";
import { backward, factorPanel, forward, schur } from "./front";

/** Adds the entries of A to the panels, which were 0. */
function addEntries(entries: i32, map: usize, A: usize, values: usize): void {
  for (let k = 0; k < entries; k++) {
    const to = get(map, k);
    if (to < 0) continue;
    const at = values + (<usize>to << 3);
    store<f64>(at, load<f64>(at) + load<f64>(A + (<usize>k << 3)));
  }
}

/** Adds a child's update matrix V (v x v) to the parent's panel (f x w) and update matrix U (u x u). place: parent's row of each of its rows. */
function extendAdd(v: i32, V: usize, place: usize, f: i32, w: i32, P: usize, U: usize): void {
  const u = f - w;
  for (let j = 0; j < v; j++) {
    const to = get(place, j);
    const column = to < w ? P + (<usize>to * <usize>f << 3) : U + ((<usize>(to - w) * <usize>u - <usize>w) << 3);
    const from = V + (<usize>j * <usize>v << 3);
    for (let i = j; i < v; i++) {
      const at = column + (<usize>get(place, i) << 3);
      store<f64>(at, load<f64>(at) + load<f64>(from + (<usize>i << 3)));
    }
  }
}

/**
 * Factors. A: values of the entries. A pivot of the wrong sign, or not larger than `least` is raised (see factorPanel). Returns how many were, or
 * -1 - j where the j-th column eliminated has no pivot.
 */
export function factor(frame: usize, A: usize, least: f64, raise: f64): i32 {
  const count = <i32>word(frame, L_COUNT);
  const first = word(frame, L_FIRST), rowsAt = word(frame, L_ROWS_AT), rows = word(frame, L_ROWS), valuesAt = word(frame, L_VALUES_AT), values = word(frame, L_VALUES);
  const up = word(frame, L_UP), local = word(frame, L_LOCAL), sign = word(frame, L_SIGN), d = word(frame, L_D), W = word(frame, L_W);
  const waiting = word(frame, L_WAITING), place = word(frame, L_Y);
  memory.fill(values, 0, <usize>get(valuesAt, count) << 3);
  addEntries(<i32>word(frame, L_ENTRIES), word(frame, L_MAP), A, values);
  let top = 0, raised = 0;
  let free = word(frame, L_STACK);
  for (let s = 0; s < count; s++) {
    const start = get(first, s), w = get(first, s + 1) - start;
    const own = rows + (<usize>get(rowsAt, s) << 2), f = get(rowsAt, s + 1) - get(rowsAt, s), u = f - w;
    const P = values + (<usize>get(valuesAt, s) << 3);
    const U = free, bytes = <usize>u * <usize>u << 3;
    if (bytes > 0) memory.fill(U, 0, bytes);
    let bottom = U;
    if (top > 0 && get(up, get(waiting, top - 1)) == s) {
      for (let i = 0; i < f; i++) set(local, get(own, i), i);
      while (top > 0 && get(up, get(waiting, top - 1)) == s) {
        const c = get(waiting, --top);
        const wc = get(first, c + 1) - get(first, c), fc = get(rowsAt, c + 1) - get(rowsAt, c), v = fc - wc;
        bottom -= <usize>v * <usize>v << 3;
        const below = rows + (<usize>(get(rowsAt, c) + wc) << 2);
        for (let i = 0; i < v; i++) set(place, i, get(local, get(below, i)));
        extendAdd(v, bottom, place, f, w, P, U);
      }
    }
    const changed = factorPanel(f, w, P, d + (<usize>start << 3), sign + <usize>start, least, raise, W);
    if (changed < 0) return changed - start;
    raised += changed;
    if (u > 0) {
      schur(f, w, P, d + (<usize>start << 3), U, W);
      if (bottom != U) memory.copy(bottom, U, bytes);
    }
    free = bottom + bytes;
    set(waiting, top++, s);
  }
  return raised;
}

/** Pivots below 0: with no pivot 0, the negative eigenvalues of A (Sylvester). */
export function negativePivots(n: i32, d: usize): i32 {
  let count = 0;
  for (let j = 0; j < n; j++) if (load<f64>(d + (<usize>j << 3)) < 0) count++;
  return count;
}

/** x = A^-1 b from the factor; b and x may be the same. */
export function solve(frame: usize, b: usize, x: usize): void {
  const n = <i32>word(frame, L_N), count = <i32>word(frame, L_COUNT);
  const first = word(frame, L_FIRST), rowsAt = word(frame, L_ROWS_AT), rows = word(frame, L_ROWS), valuesAt = word(frame, L_VALUES_AT), values = word(frame, L_VALUES);
  const d = word(frame, L_D), y = word(frame, L_Y), order = word(frame, L_ORDER), t = word(frame, L_X);
  for (let k = 0; k < n; k++) store<f64>(t + (<usize>k << 3), load<f64>(b + (<usize>get(order, k) << 3)));
  for (let s = 0; s < count; s++) {
    const from = get(rowsAt, s), f = get(rowsAt, s + 1) - from, w = get(first, s + 1) - get(first, s);
    const own = rows + (<usize>from << 2);
    for (let i = 0; i < f; i++) store<f64>(y + (<usize>i << 3), load<f64>(t + (<usize>get(own, i) << 3)));
    forward(f, w, values + (<usize>get(valuesAt, s) << 3), y);
    for (let i = 0; i < f; i++) store<f64>(t + (<usize>get(own, i) << 3), load<f64>(y + (<usize>i << 3)));
  }
  for (let k = 0; k < n; k++) {
    const at = t + (<usize>k << 3);
    store<f64>(at, load<f64>(at) / load<f64>(d + (<usize>k << 3)));
  }
  for (let s = count - 1; s >= 0; s--) {
    const from = get(rowsAt, s), f = get(rowsAt, s + 1) - from, w = get(first, s + 1) - get(first, s);
    const own = rows + (<usize>from << 2);
    for (let i = 0; i < f; i++) store<f64>(y + (<usize>i << 3), load<f64>(t + (<usize>get(own, i) << 3)));
    backward(f, w, values + (<usize>get(valuesAt, s) << 3), y);
    for (let i = 0; i < w; i++) store<f64>(t + (<usize>get(own, i) << 3), load<f64>(y + (<usize>i << 3)));
  }
  for (let k = 0; k < n; k++) store<f64>(x + (<usize>get(order, k) << 3), load<f64>(t + (<usize>k << 3)));
}

/** y = b - A x for the symmetric A whose entries with column <= row come by rows; the others are passed over. */
export function symmetricResidual(n: i32, rowPtr: usize, colIdx: usize, A: usize, b: usize, x: usize, y: usize): void {
  memory.copy(y, b, <usize>n << 3);
  for (let i = 0; i < n; i++) {
    const xi = load<f64>(x + (<usize>i << 3)), at = y + (<usize>i << 3);
    let s = 0.0;
    for (let k = get(rowPtr, i), end = get(rowPtr, i + 1); k < end; k++) {
      const j = get(colIdx, k);
      if (j > i) continue;
      const a = load<f64>(A + (<usize>k << 3));
      s += a * load<f64>(x + (<usize>j << 3));
      if (j == i) continue;
      const to = y + (<usize>j << 3);
      store<f64>(to, load<f64>(to) - a * xi);
    }
    store<f64>(at, load<f64>(at) - s);
  }
}
