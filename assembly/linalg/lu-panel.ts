// A packed panel of columns (see dense/tile.ts) becomes L and U where it lies: four columns at a time are eliminated one
// after the other, then taken off the columns to their right together.

import { LINE, QUAD, padded, quadAt, width } from "../dense/tile";
import { nmadd, zero } from "../simd";
import { swap } from "./swap";

/** Address of row i in the first line of its block. */
// @ts-ignore: decorator
@inline
function rowAt<T>(panel: usize, i: i32, block: usize): usize {
  const w = width<T>();
  return panel + <usize>(i / w) * block + <usize>(i & (w - 1)) * sizeof<T>();
}

/** Factors `columns` packed columns of `rows` rows; pivots[j] (i32) is the row that came to j. 0 or failing index + 1. */
export function factorPanel<T>(rows: i32, columns: i32, panel: usize, block: usize, pivots: usize): i32 {
  const w = width<T>();
  const blocks = padded<T>(rows) / w;
  for (let j = 0; j < columns; j += QUAD) {
    const end = min(columns, j + QUAD);
    for (let t = j; t < end; t++) {
      const p = largest<T>(rows, t, blocks, panel, block);
      if (p < 0) return t + 1;
      store<i32>(pivots + (<usize>t << 2), p);
      if (p != t) {
        let a = rowAt<T>(panel, t, block), b = rowAt<T>(panel, p, block);
        for (let c = 0; c < columns; c++, a += LINE, b += LINE) swap<T>(a, b);
      }
      eliminate<T>(t, end, blocks, panel, block);
    }
    if (end == columns) break;
    const quad = quadAt<T>(panel, j, block);
    for (let c = end; c < columns; c++) solveUnitQuad<T>(quad + <usize>j * LINE, quad + <usize>c * LINE);
    let b = j / w;
    if (sizeof<T>() == 4 && (j & (w - 1)) == 0) subtractHalf<T>(j, columns, quad, panel + <usize>b * block + 16);
    for (b++; b < blocks; b++) subtractQuad<T>(j, columns, quad, panel + <usize>b * block);
  }
  return 0;
}

/** Row of the first largest |x| of column t on or below the diagonal; -1 if all are zero or NaN. */
function largest<T>(rows: i32, t: i32, blocks: i32, panel: usize, block: usize): i32 {
  const w = width<T>();
  const first = t / w;
  let p = panel + <usize>first * block + <usize>t * LINE;
  let most: T = 0;
  let row = -1;
  for (let i = t & (w - 1); i < w; i++) {
    const v = abs<T>(load<T>(p + <usize>i * sizeof<T>()));
    if (v > most) {
      most = v;
      row = first * w + i;
    }
  }
  let m = v128.splat<T>(most), m1 = m;
  p += block;
  const start = p;
  for (let b = first + 1; b < blocks; b++, p += block) {
    m = v128.pmax<T>(m, v128.abs<T>(v128.load(p)));
    m1 = v128.pmax<T>(m1, v128.abs<T>(v128.load(p, 16)));
  }
  m = v128.pmax<T>(m, m1);
  const over = v128.splat<T>(most);
  if (!v128.any_true(v128.gt<T>(m, over))) return row < rows ? row : -1;
  let top = v128.extract_lane<T>(m, 0);
  for (let i = 1; i < 16 / sizeof<T>(); i++) top = max<T>(top, lane<T>(m, i));
  const seek = v128.splat<T>(top);
  p = start;
  for (let b = first + 1; b < blocks; b++, p += block) {
    const hit0 = v128.eq<T>(v128.abs<T>(v128.load(p)), seek), hit1 = v128.eq<T>(v128.abs<T>(v128.load(p, 16)), seek);
    if (!v128.any_true(v128.or(hit0, hit1))) continue;
    for (let i = 0; i < w; i++) {
      if (abs<T>(load<T>(p + <usize>i * sizeof<T>())) == top) return b * w + i;
    }
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function lane<T>(v: v128, i: i32): T {
  if (sizeof<T>() == 8) return v128.extract_lane<T>(v, 1);
  return i == 1 ? v128.extract_lane<T>(v, 1) : i == 2 ? v128.extract_lane<T>(v, 2) : v128.extract_lane<T>(v, 3);
}

/** Divides column t below its pivot and takes it off the columns t+1 .. end-1. */
function eliminate<T>(t: i32, end: i32, blocks: i32, panel: usize, block: usize): void {
  const w = width<T>();
  const first = t / w;
  const diagonal = panel + <usize>first * block;
  const across = diagonal + <usize>(t & (w - 1)) * sizeof<T>();
  const pivot = load<T>(across + <usize>t * LINE);
  const r = <T>(<T>1 / pivot);
  const safe = abs<T>(r) < <T>Infinity;
  for (let i = (t & (w - 1)) + 1; i < w; i++) {
    const row = diagonal + <usize>i * sizeof<T>();
    const l = safe ? <T>(load<T>(row + <usize>t * LINE) * r) : <T>(load<T>(row + <usize>t * LINE) / pivot);
    store<T>(row + <usize>t * LINE, l);
    for (let c = t + 1; c < end; c++) {
      const x = row + <usize>c * LINE;
      store<T>(x, <T>(load<T>(x) - <T>(l * load<T>(across + <usize>c * LINE))));
    }
  }
  const vr = v128.splat<T>(r), vp = v128.splat<T>(pivot);
  const u = across + <usize>(t + 1) * LINE;
  const left = end - t - 1;
  let u0 = zero(), u1 = zero(), u2 = zero();
  if (left > 0) u0 = v128.splat<T>(load<T>(u));
  if (left > 1) u1 = v128.splat<T>(load<T>(u + LINE));
  if (left > 2) u2 = v128.splat<T>(load<T>(u + 2 * LINE));
  let x = diagonal + block + <usize>t * LINE;
  for (let b = first + 1; b < blocks; b++, x += block) {
    const l0 = safe ? v128.mul<T>(v128.load(x), vr) : v128.div<T>(v128.load(x), vp);
    const l1 = safe ? v128.mul<T>(v128.load(x, 16), vr) : v128.div<T>(v128.load(x, 16), vp);
    v128.store(x, l0);
    v128.store(x, l1, 16);
    if (left > 0) {
      v128.store(x, nmadd<T>(l0, u0, v128.load(x, 32)), 32);
      v128.store(x, nmadd<T>(l1, u0, v128.load(x, 48)), 48);
    }
    if (left > 1) {
      v128.store(x, nmadd<T>(l0, u1, v128.load(x, 64)), 64);
      v128.store(x, nmadd<T>(l1, u1, v128.load(x, 80)), 80);
    }
    if (left > 2) {
      v128.store(x, nmadd<T>(l0, u2, v128.load(x, 96)), 96);
      v128.store(x, nmadd<T>(l1, u2, v128.load(x, 112)), 112);
    }
  }
}

/** x = L^-1 x for four numbers and the unit lower triangle whose column c is in quad line c. */
// @ts-ignore: decorator
@inline
function solveUnitQuad<T>(l: usize, x: usize): void {
  const z: usize = sizeof<T>();
  const x0 = load<T>(x);
  const x1 = <T>(load<T>(x + z) - <T>(load<T>(l + z) * x0));
  store<T>(x + z, x1);
  const x2 = <T>(<T>(load<T>(x + 2 * z) - <T>(load<T>(l + 2 * z) * x0)) - <T>(load<T>(l + LINE + 2 * z) * x1));
  store<T>(x + 2 * z, x2);
  const a = <T>(<T>(load<T>(x + 3 * z) - <T>(load<T>(l + 3 * z) * x0)) - <T>(load<T>(l + LINE + 3 * z) * x1));
  store<T>(x + 3 * z, <T>(a - <T>(load<T>(l + 2 * LINE + 3 * z) * x2)));
}

/** Columns j .. j+3 of one block, times the four numbers of `quad`, off each of the columns j+4 .. columns-1. */
function subtractQuad<T>(j: i32, columns: i32, quad: usize, x: usize): void {
  const l = x + <usize>j * LINE;
  const a0 = v128.load(l), a1 = v128.load(l, 16), b0 = v128.load(l, 32), b1 = v128.load(l, 48);
  const c0 = v128.load(l, 64), c1 = v128.load(l, 80), d0 = v128.load(l, 96), d1 = v128.load(l, 112);
  const z: usize = sizeof<T>();
  let u = quad + <usize>(j + QUAD) * LINE;
  x += <usize>(j + QUAD) * LINE;
  for (let c = columns - j - QUAD; c > 0; c--, u += LINE, x += LINE) {
    let s = v128.splat<T>(load<T>(u));
    let x0 = nmadd<T>(s, a0, v128.load(x)), x1 = nmadd<T>(s, a1, v128.load(x, 16));
    s = v128.splat<T>(load<T>(u + z));
    x0 = nmadd<T>(s, b0, x0);
    x1 = nmadd<T>(s, b1, x1);
    s = v128.splat<T>(load<T>(u + 2 * z));
    x0 = nmadd<T>(s, c0, x0);
    x1 = nmadd<T>(s, c1, x1);
    s = v128.splat<T>(load<T>(u + 3 * z));
    v128.store(x, nmadd<T>(s, d0, x0));
    v128.store(x, nmadd<T>(s, d1, x1), 16);
  }
}

/** subtractQuad for the second register of the diagonal block, where a block holds two quads (f32). */
function subtractHalf<T>(j: i32, columns: i32, quad: usize, x: usize): void {
  const l = x + <usize>j * LINE;
  const a = v128.load(l), b = v128.load(l, 32), c = v128.load(l, 64), d = v128.load(l, 96);
  const z: usize = sizeof<T>();
  for (let t = j + QUAD; t < columns; t++) {
    const u = quad + <usize>t * LINE, y = x + <usize>t * LINE;
    let v = nmadd<T>(v128.splat<T>(load<T>(u)), a, v128.load(y));
    v = nmadd<T>(v128.splat<T>(load<T>(u + z)), b, v);
    v = nmadd<T>(v128.splat<T>(load<T>(u + 2 * z)), c, v);
    v128.store(y, nmadd<T>(v128.splat<T>(load<T>(u + 3 * z)), d, v));
  }
}
