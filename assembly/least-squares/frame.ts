// The frame is a table of addresses, one per vector of a solve, so that a kernel takes one pointer instead of
// twenty. The slots are named in src/abi/least-squares.ts, which both sides compile.

import { getDouble as get, setDouble as set, word as slot } from "../memory";
import { F_A, F_A_IDX, F_A_PTR, F_DIAGONAL, F_SPAN } from "../../src/abi/least-squares";

export { get, set, slot };

/** Element i of a vector of integers. */
// @ts-ignore: decorator
@inline
export function index(x: usize, i: i32): i32 {
  return load<i32>(x + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function setIndex(x: usize, i: i32, value: i32): void {
  store<i32>(x + (<usize>i << 2), value);
}

/** to = from, n doubles: a loop, because for a few of them memory.copy is a call that costs more. */
// @ts-ignore: decorator
@inline
export function copy(n: i32, from: usize, to: usize): void {
  for (let j = 0; j < n; j++) set(to, j, get(from, j));
}

/** Two vectors change places. */
// @ts-ignore: decorator
@inline
export function swap(frame: usize, a: i32, b: i32): void {
  const p = slot(frame, a);
  store<u32>(frame + (<usize>a << 2), <u32>slot(frame, b));
  store<u32>(frame + (<usize>b << 2), <u32>p);
}

/** Slot `index` of the frame points to this vector. */
// @ts-ignore: decorator
@inline
export function point(frame: usize, index: i32, address: usize): void {
  store<u32>(frame + (<usize>index << 2), <u32>address);
}

/** Element (j, j) of A, which is J'J. */
// @ts-ignore: decorator
@inline
export function diagonal(n: i32, j: i32, A: usize, frame: usize): f64 {
  return get(A, SPARSE ? index(slot(frame, F_DIAGONAL), j) : j * n + j);
}

/** s + row j of A times v, added up one by one. */
// @ts-ignore: decorator
@inline
export function addRow(n: i32, j: i32, s: f64, A: usize, v: usize, frame: usize): f64 {
  if (SPARSE) {
    const ptr = slot(frame, F_A_PTR), idx = slot(frame, F_A_IDX);
    for (let k = index(ptr, j), end = index(ptr, j + 1); k < end; k++) s += get(A, k) * get(v, index(idx, k));
  } else {
    for (let c = 0; c < n; c++) s += get(A, j * n + c) * get(v, c);
  }
  return s;
}

/** Length of column j of J times the size of its variable so far. */
// @ts-ignore: decorator
@inline
export function influence(n: i32, j: i32, frame: usize): f64 {
  return sqrt<f64>(diagonal(n, j, slot(frame, F_A), frame)) * get(slot(frame, F_SPAN), j);
}
