// P A P' = L D L' by the multifrontal method (Duff and Reid 1983; Liu 1992), without pivoting: each supernode assembles its panel from A
// and its children's update matrices, factors it, and leaves an update matrix on the stack. The frame is a table of i32 words:
//   0 n   1 supernodes   2 first   3 rowsAt   4 rows   5 valuesAt   6 values   7 up   8 entries of A   9 map   10 stack
//   11 local (n i32)   12 sign (n bytes, in the order of elimination)   13 d (n)   14 y (the longest panel)   15 W   16 waiting (i32 per supernode)
//   17 order   18 x (n)

import { backward, factorPanel, forward, schur } from "./front";

// @ts-ignore: decorator
@inline
function word(f: usize, i: i32): usize {
  return <usize>load<u32>(f + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function get(x: usize, i: i32): i32 {
  return load<i32>(x + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function set(x: usize, i: i32, v: i32): void {
  store<i32>(x + (<usize>i << 2), v);
}

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
  const count = <i32>word(frame, 1);
  const first = word(frame, 2), rowsAt = word(frame, 3), rows = word(frame, 4), valuesAt = word(frame, 5), values = word(frame, 6);
  const up = word(frame, 7), local = word(frame, 11), sign = word(frame, 12), d = word(frame, 13), W = word(frame, 15);
  const waiting = word(frame, 16), place = word(frame, 14);
  memory.fill(values, 0, <usize>get(valuesAt, count) << 3);
  addEntries(<i32>word(frame, 8), word(frame, 9), A, values);
  let top = 0, raised = 0;
  let free = word(frame, 10);
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
  const n = <i32>word(frame, 0), count = <i32>word(frame, 1);
  const first = word(frame, 2), rowsAt = word(frame, 3), rows = word(frame, 4), valuesAt = word(frame, 5), values = word(frame, 6);
  const d = word(frame, 13), y = word(frame, 14), order = word(frame, 17), t = word(frame, 18);
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
