// Families of the real-coded genetic algorithm, each in one call, drawn from the stream of src/random: the bits of the readable twin in
// test/reference/moves.ts. Points lie in the unit cube.

import { getDouble as item, getInteger as word, word as at } from "../memory";
import { M_CHILDREN, M_CHOSEN, M_DRAWS, M_N, M_PARENTS, M_POINTS, M_RANDOM, M_ROWS, M_WORK } from "../../src/abi/moves";
import { product } from "./product";
import { drawNormals } from "./random";
import { below, enter } from "./stream";

// @ts-ignore: decorator
@inline
function get(x: usize, i: i32): i32 {
  return load<i32>(x + (<usize>i << 2));
}

/** Enters the generator at `position`; key and stream are in place. */
export function moveFrom(frame: usize, position: f64): void {
  enter(at(frame, M_RANDOM), position);
}

/** The position reached. */
export function moveEnd(frame: usize): f64 {
  return <f64>load<u64>(at(frame, M_RANDOM));
}

/**
 * One family of the real-coded ensemble crossover: n + 1 different parents of M_ROWS rows from row M_FROM on, to `chosen`, then M_CHILDREN
 * children from row `first` of the points on. A child is the parents' centre plus the sum of their offsets, each times a normal number of
 * variance 1 / n, reflected at the bounds of the cube, then cut.
 */
export function moveFamily(frame: usize, island: i32): void {
  const n = word(frame, M_N), rows = word(frame, M_ROWS), children = word(frame, M_CHILDREN);
  const random = at(frame, M_RANDOM), P = at(frame, M_PARENTS), draws = at(frame, M_DRAWS);
  const bytes = <usize>n << 3;
  const count = n + 1;
  const chosen = at(frame, M_CHOSEN) + (<usize>(island * count) << 2);
  for (let i = 0; i < count; i++) {
    let k = -1;
    while (k < 0 || among(chosen, i, k)) k = island * rows + <i32>below(random, rows);
    store<i32>(chosen + (<usize>i << 2), k);
  }
  // Centre, and offsets by rows.
  const centre = at(frame, M_WORK), offsets = centre + bytes;
  for (let j = 0; j < n; j++) store<f64>(centre + (<usize>j << 3), 0);
  for (let i = 0; i < count; i++) add(n, P + <usize>get(chosen, i) * bytes, centre);
  for (let j = 0; j < n; j++) store<f64>(centre + (<usize>j << 3), item(centre, j) / <f64>count);
  for (let i = 0; i < count; i++) {
    const p = P + <usize>get(chosen, i) * bytes, o = offsets + <usize>i * bytes;
    for (let j: usize = 0; j < bytes; j += 8) store<f64>(o + j, load<f64>(p + j) - load<f64>(centre + j));
  }
  const out = at(frame, M_POINTS) + <usize>(island * children) * bytes;
  for (let k = 0; k < children; k++) {
    const c = out + <usize>k * bytes;
    for (let j: usize = 0; j < bytes; j += 8) store<f64>(c + j, load<f64>(centre + j));
  }
  const total = children * count;
  const size = 1 / sqrt(<f64>n);
  drawNormals(total, random, draws + (<usize>((total + 1) & ~1) << 3), draws);
  for (let x = draws, end = draws + (<usize>total << 3); x < end; x += 8) store<f64>(x, size * load<f64>(x));
  product(children, n, count, draws, <usize>count << 3, 8, offsets, out, false);
  reflect(out, out + <usize>children * bytes);
}

function among(list: usize, count: i32, k: i32): bool {
  for (let i = 0; i < count; i++) if (get(list, i) == k) return true;
  return false;
}

/** y += x. */
function add(n: i32, x: usize, y: usize): void {
  for (const end = y + (<usize>n << 3); y < end; x += 8, y += 8) store<f64>(y, load<f64>(y) + load<f64>(x));
}

/** Back from the bounds 0 and 1, then cut. */
function reflect(x: usize, end: usize): void {
  const zero = f64x2.splat(0), one = f64x2.splat(1), two = f64x2.splat(2);
  for (; x + 16 <= end; x += 16) {
    let v = v128.load(x);
    v = v128.bitselect(f64x2.neg(v), v128.bitselect(f64x2.sub(two, v), v, f64x2.gt(v, one)), f64x2.lt(v, zero));
    v128.store(x, f64x2.pmin(f64x2.pmax(zero, v), one));
  }
  if (x < end) {
    const v = load<f64>(x);
    store<f64>(x, min<f64>(1, max<f64>(0, v < 0 ? -v : v > 1 ? 2 - v : v)));
  }
}

/** Half the width of so many rows of the parents in their widest variable. */
export function moveWidth(frame: usize, rows: i32): f64 {
  const n = word(frame, M_N), P = at(frame, M_PARENTS);
  const bytes = <usize>n << 3;
  let widest: f64 = 0;
  for (let j: usize = 0; j < bytes; j += 8) {
    let low = load<f64>(P + j), high = low;
    for (let p = P + j, end = p + <usize>rows * bytes; p < end; p += bytes) {
      const v = load<f64>(p);
      low = v < low ? v : low;
      high = v > high ? v : high;
    }
    widest = max<f64>(widest, high - low);
  }
  return widest / 2;
}
