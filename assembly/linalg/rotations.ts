// Sweeps of plane rotations of neighbouring rows, put off and applied many at a time: a few columns of all rows are copied into
// room that stays in cache, take every sweep there, two sweeps in one pass (Van Zee, van de Geijn and Quintana-Ortí 2014), and go
// back. Every number goes through the same operations as if each rotation had passed over its two rows at once.

import { double as at } from "../memory";

/** Columns that lie side by side in the room: two registers. */
// @ts-ignore: decorator
@inline
const SLICE: i32 = 4;
/** Slices that are copied together: two cache lines of a row. */
// @ts-ignore: decorator
@inline
const GROUP: i32 = 4;
/** Sweeps of one batch, and whole sweeps that it has room for. */
// @ts-ignore: decorator
@inline
const SWEEPS: i32 = 256;
// @ts-ignore: decorator
@inline
const WHOLE: i32 = 32;

// A batch: its number of sweeps and rotations; for each sweep lo, hi, the address of its pair 0, whether it runs backwards; pairs (c, s).
// @ts-ignore: decorator
@inline
const HEAD: usize = 16;
// @ts-ignore: decorator
@inline
const RECORD: usize = 16;

/** Bytes of a batch for n rows. */
export function batchBytes(n: i32): usize {
  return HEAD + <usize>SWEEPS * RECORD + <usize>WHOLE * (<usize>n << 4);
}

/** Bytes of the room that `applyBatch` wants. */
export function sliceBytes(n: i32): usize {
  return <usize>n * <usize>(SLICE * GROUP) << 3;
}

export function clearBatch(batch: usize): void {
  store<i64>(batch, 0);
}

/** Whether a sweep of up to n - 1 rotations might not find room any more. */
export function isFull(n: i32, batch: usize): bool {
  return load<i32>(batch) == SWEEPS || load<i32>(batch, 4) + n > WHOLE * n;
}

/**
 * Room for a sweep of `count` rotations whose least index is lo: the address of pair 0, so that pair i belongs at 16 i. Rotation i
 * takes rows (x, y) = (i, i + 1) to (c x - s y, s x + c y), the highest first.
 */
export function openSweep(batch: usize, lo: i32, count: i32): usize {
  const pairs = batch + HEAD + <usize>SWEEPS * RECORD + (<usize>load<i32>(batch, 4) << 4);
  store<i32>(batch, load<i32>(batch, 4) + count, 4);
  return pairs - (<usize>lo << 4);
}

/** The sweep that was opened has rotations lo .. hi - 1; `backwards`: of rows counted from the last one. */
export function closeSweep(batch: usize, pairs: usize, lo: i32, hi: i32, backwards: bool): void {
  if (lo >= hi) return;
  const k = load<i32>(batch);
  const record = batch + HEAD + <usize>k * RECORD;
  store<i32>(record, lo);
  store<i32>(record, hi, 4);
  store<usize>(record, pairs, 8);
  store<i32>(record, backwards, 12);
  store<i32>(batch, k + 1);
}

/** Every sweep on the n rows of Z (n numbers each), and the batch is empty again. */
export function applyBatch(n: i32, Z: usize, batch: usize, room: usize): void {
  const count = load<i32>(batch);
  const block = <usize>n * <usize>SLICE << 3;
  for (let j = 0; count > 0 && j < n; j += SLICE * GROUP) {
    const columns = min(SLICE * GROUP, n - j);
    gather(n, columns, at(Z, j), room, block);
    for (let g = 0; g * SLICE < columns; g++) applyToSlice(n, count, batch + HEAD, room + <usize>g * block);
    scatter(n, columns, at(Z, j), room, block);
  }
  clearBatch(batch);
}

function gather(n: i32, columns: i32, z: usize, room: usize, block: usize): void {
  const line: usize = <usize>SLICE << 3, row = <usize>n << 3;
  for (let c = 0; c < columns; c += SLICE, z += line, room += block) {
    const width = min(SLICE, columns - c);
    let to = room;
    let from = z;
    if (width == SLICE) {
      for (const end = room + block; to < end; to += line, from += row) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      memory.fill(room, 0, block);
      for (const end = room + block; to < end; to += line, from += row) {
        for (let i = 0; i < width; i++) store<f64>(at(to, i), load<f64>(at(from, i)));
      }
    }
  }
}

function scatter(n: i32, columns: i32, z: usize, room: usize, block: usize): void {
  const line: usize = <usize>SLICE << 3, row = <usize>n << 3;
  for (let c = 0; c < columns; c += SLICE, z += line, room += block) {
    const width = min(SLICE, columns - c);
    let from = room;
    let to = z;
    if (width == SLICE) {
      for (const end = room + block; from < end; from += line, to += row) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      for (const end = room + block; from < end; from += line, to += row) {
        for (let i = 0; i < width; i++) store<f64>(at(to, i), load<f64>(at(from, i)));
      }
    }
  }
}

function applyToSlice(n: i32, count: i32, record: usize, x: usize): void {
  const end = record + <usize>count * RECORD;
  while (record < end) {
    const backwards = load<i32>(record, 12);
    const start = backwards ? x + (<usize>(n - 1) * SLICE << 3) : x;
    const step: isize = backwards ? -(SLICE << 3) : SLICE << 3;
    const l1 = load<i32>(record), h1 = load<i32>(record, 4), q1 = load<usize>(record, 8);
    record += RECORD;
    if (record < end && load<i32>(record, 12) == backwards) {
      const l2 = load<i32>(record), h2 = load<i32>(record, 4), q2 = load<usize>(record, 8);
      // Rotation i of the first in one step with rotation i + 1 of the second.
      const from = min(h1 - 1, h2 - 2), to = max(l1, l2 - 1);
      if (from >= to) {
        record += RECORD;
        one(h1 - 1, from + 1, q1, start, step);
        one(h2 - 1, from + 2, q2, start, step);
        two(from, to, q1, q2, start, step);
        one(to - 1, l1, q1, start, step);
        one(to, l2, q2, start, step);
        continue;
      }
    }
    one(h1 - 1, l1, q1, start, step);
  }
}

/** Rotations from .. to of one sweep, downwards. */
function one(from: i32, to: i32, q: usize, x: usize, step: isize): void {
  if (from < to) return;
  let a = x + (<isize>from + 1) * step;
  let b0 = v128.load(a), b1 = v128.load(a, 16);
  for (let i = from; i >= to; i--) {
    const p = q + (<usize>i << 4);
    const c = v128.load64_splat(p), s = v128.load64_splat(p, 8);
    a -= step;
    const a0 = v128.load(a), a1 = v128.load(a, 16);
    v128.store(a + step, f64x2.add(f64x2.mul(s, a0), f64x2.mul(c, b0)));
    v128.store(a + step, f64x2.add(f64x2.mul(s, a1), f64x2.mul(c, b1)), 16);
    b0 = f64x2.sub(f64x2.mul(c, a0), f64x2.mul(s, b0));
    b1 = f64x2.sub(f64x2.mul(c, a1), f64x2.mul(s, b1));
  }
  v128.store(a, b0);
  v128.store(a, b1, 16);
}

/** Rotations from .. to of the first sweep, downwards, each followed by the one above it of the second. */
function two(from: i32, to: i32, q1: usize, q2: usize, x: usize, step: isize): void {
  let a = x + (<isize>from + 1) * step;
  let b0 = v128.load(a), b1 = v128.load(a, 16);
  let c0 = v128.load(a + step), c1 = v128.load(a + step, 16);
  for (let i = from; i >= to; i--) {
    const p = q1 + (<usize>i << 4);
    let c = v128.load64_splat(p), s = v128.load64_splat(p, 8);
    a -= step;
    let a0 = v128.load(a), a1 = v128.load(a, 16);
    const m0 = f64x2.add(f64x2.mul(s, a0), f64x2.mul(c, b0)), m1 = f64x2.add(f64x2.mul(s, a1), f64x2.mul(c, b1));
    b0 = f64x2.sub(f64x2.mul(c, a0), f64x2.mul(s, b0));
    b1 = f64x2.sub(f64x2.mul(c, a1), f64x2.mul(s, b1));
    const r = q2 + (<usize>i << 4);
    c = v128.load64_splat(r, 16);
    s = v128.load64_splat(r, 24);
    a0 = f64x2.add(f64x2.mul(s, m0), f64x2.mul(c, c0));
    a1 = f64x2.add(f64x2.mul(s, m1), f64x2.mul(c, c1));
    v128.store(a + 2 * step, a0);
    v128.store(a + 2 * step, a1, 16);
    c0 = f64x2.sub(f64x2.mul(c, m0), f64x2.mul(s, c0));
    c1 = f64x2.sub(f64x2.mul(c, m1), f64x2.mul(s, c1));
  }
  v128.store(a, b0);
  v128.store(a, b1, 16);
  v128.store(a + step, c0);
  v128.store(a + step, c1, 16);
}
