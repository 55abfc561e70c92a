// Panels (see tile.ts) from row-major matrices and back. Leading dimensions are in bytes here. Missing rows
// or columns of the last block are zero, so tiles may run over them.

import { LINE, QUAD, quadAt, width } from "./tile";

/**
 * Rows taken through all blocks together: read in order, and few enough to stay in L1 whatever their
 * distance.
 */
// @ts-ignore: decorator
@inline
const ROWS: i32 = 8;

/** Panel of the columns of a k x n matrix: line t of block b is x[t][b * WIDTH ...]. */
export function packColumns<T>(k: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  const w = width<T>();
  const block = <usize>k * LINE;
  const whole = n & -w;
  for (let t = 0; t < k; t += ROWS) {
    const rows = min(ROWS, k - t);
    const from = x + <usize>t * ldx;
    let to = panel + <usize>t * LINE;
    for (let j = 0; j < whole; j += w, to += block) copyLines(rows, from + <usize>j * sizeof<T>(), ldx, to);
  }
  if (n == whole) return;
  x += <usize>whole * sizeof<T>();
  panel = quadAt<T>(panel, whole, block);
  const bytes = <usize>(n - whole) * sizeof<T>();
  const t = copyMaskedLines<T>(k, bytes, x, ldx, panel);
  x += <usize>t * ldx;
  panel += <usize>t * LINE;
  for (k -= t; k > 0; k--) {
    let j: usize = 0;
    for (; j < bytes; j += sizeof<T>()) store<T>(panel + j, load<T>(x + j));
    for (; j < LINE; j += sizeof<T>()) store<T>(panel + j, <T>0);
    x += ldx;
    panel += LINE;
  }
}

function copyLines(k: i32, x: usize, ldx: usize, panel: usize): void {
  for (const end = panel + <usize>k * LINE; panel < end; panel += LINE) {
    v128.store(panel, v128.load(x));
    v128.store(panel, v128.load(x, 16), 16);
    x += ldx;
  }
}

/**
 * The lines that may be read whole because the matrix goes on for at least LINE bytes after them; what does
 * not belong is masked to zero. Returns how many lines that were.
 */
function copyMaskedLines<T>(k: i32, bytes: usize, x: usize, ldx: usize, panel: usize): i32 {
  if (ldx < sizeof<T>()) return 0;
  const after = <i32>((LINE - bytes + ldx - 1) / ldx);
  if (after >= k) return 0;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const low = i8x16.lt_u(lanes, i8x16.splat(<i8>min(bytes, 16)));
  const high = i8x16.lt_u(lanes, i8x16.splat(<i8>(bytes > 16 ? bytes - 16 : 0)));
  for (const end = panel + <usize>(k - after) * LINE; panel < end; panel += LINE) {
    v128.store(panel, v128.and(v128.load(x), low));
    v128.store(panel, v128.and(v128.load(x, 16), high), 16);
    x += ldx;
  }
  return k - after;
}

/**
 * Panel of the rows of an n x k matrix, blocks `block` bytes apart: line t of block b is x[b * WIDTH ...][t].
 */
export function packRows<T>(n: i32, k: i32, x: usize, ldx: usize, panel: usize, block: usize): void {
  const rounded = (n + width<T>() - 1) & -width<T>();
  for (let i = 0; i < rounded; i += QUAD) {
    const quad = quadAt<T>(panel, i, block);
    if (i + QUAD <= n) packQuad<T>(k, x, ldx, quad);
    else packPartQuad<T>(n - i, k, x, ldx, quad);
    x += <usize>QUAD * ldx;
  }
}

function packQuad<T>(k: i32, x0: usize, ldx: usize, quad: usize): void {
  const x1 = x0 + ldx, x2 = x1 + ldx, x3 = x2 + ldx;
  const whole = <usize>(k & -(16 / sizeof<T>())) * sizeof<T>();
  const end = <usize>k * sizeof<T>();
  let j: usize = 0;
  for (; j < whole; j += 16) {
    const a = v128.load(x0 + j), b = v128.load(x1 + j), c = v128.load(x2 + j), d = v128.load(x3 + j);
    if (sizeof<T>() == 8) {
      v128.store(quad, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(quad, v128.shuffle<f64>(c, d, 0, 2), 16);
      v128.store(quad, v128.shuffle<f64>(a, b, 1, 3), 32);
      v128.store(quad, v128.shuffle<f64>(c, d, 1, 3), 48);
      quad += 2 * LINE;
    } else {
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(quad, v128.shuffle<f64>(ab0, cd0, 0, 2));
      v128.store(quad, v128.shuffle<f64>(ab0, cd0, 1, 3), 32);
      v128.store(quad, v128.shuffle<f64>(ab1, cd1, 0, 2), 64);
      v128.store(quad, v128.shuffle<f64>(ab1, cd1, 1, 3), 96);
      quad += 4 * LINE;
    }
  }
  for (; j < end; j += sizeof<T>()) {
    store<T>(quad, load<T>(x0 + j));
    store<T>(quad, load<T>(x1 + j), sizeof<T>());
    store<T>(quad, load<T>(x2 + j), 2 * sizeof<T>());
    store<T>(quad, load<T>(x3 + j), 3 * sizeof<T>());
    quad += LINE;
  }
}

/** A quad of which only the first n rows exist (n may be <= 0). */
function packPartQuad<T>(n: i32, k: i32, x: usize, ldx: usize, quad: usize): void {
  for (let i = 0; i < QUAD; i++) {
    let to = quad + <usize>i * sizeof<T>();
    for (let t = 0; t < k; t++) {
      store<T>(to, i < n ? load<T>(x + <usize>t * sizeof<T>()) : <T>0);
      to += LINE;
    }
    x += ldx;
  }
}

/** The inverse of packRows: writes the n rows of k numbers back, nothing else. */
export function unpackRows<T>(n: i32, k: i32, panel: usize, block: usize, x: usize, ldx: usize): void {
  for (let i = 0; i < n; i += QUAD) {
    const quad = quadAt<T>(panel, i, block);
    if (i + QUAD <= n) unpackQuad<T>(k, quad, x, ldx);
    else unpackPartQuad<T>(n - i, k, quad, x, ldx);
    x += <usize>QUAD * ldx;
  }
}

function unpackQuad<T>(k: i32, quad: usize, x0: usize, ldx: usize): void {
  const x1 = x0 + ldx, x2 = x1 + ldx, x3 = x2 + ldx;
  const whole = <usize>(k & -(16 / sizeof<T>())) * sizeof<T>();
  const end = <usize>k * sizeof<T>();
  let j: usize = 0;
  for (; j < whole; j += 16) {
    const a = v128.load(quad), c = v128.load(quad, 32);
    if (sizeof<T>() == 8) {
      const b = v128.load(quad, 16), d = v128.load(quad, 48);
      v128.store(x0 + j, v128.shuffle<f64>(a, c, 0, 2));
      v128.store(x1 + j, v128.shuffle<f64>(a, c, 1, 3));
      v128.store(x2 + j, v128.shuffle<f64>(b, d, 0, 2));
      v128.store(x3 + j, v128.shuffle<f64>(b, d, 1, 3));
      quad += 2 * LINE;
    } else {
      const e = v128.load(quad, 64), g = v128.load(quad, 96);
      const ac0 = v128.shuffle<f32>(a, c, 0, 4, 1, 5), ac1 = v128.shuffle<f32>(a, c, 2, 6, 3, 7);
      const eg0 = v128.shuffle<f32>(e, g, 0, 4, 1, 5), eg1 = v128.shuffle<f32>(e, g, 2, 6, 3, 7);
      v128.store(x0 + j, v128.shuffle<f64>(ac0, eg0, 0, 2));
      v128.store(x1 + j, v128.shuffle<f64>(ac0, eg0, 1, 3));
      v128.store(x2 + j, v128.shuffle<f64>(ac1, eg1, 0, 2));
      v128.store(x3 + j, v128.shuffle<f64>(ac1, eg1, 1, 3));
      quad += 4 * LINE;
    }
  }
  for (; j < end; j += sizeof<T>()) {
    store<T>(x0 + j, load<T>(quad));
    store<T>(x1 + j, load<T>(quad, sizeof<T>()));
    store<T>(x2 + j, load<T>(quad, 2 * sizeof<T>()));
    store<T>(x3 + j, load<T>(quad, 3 * sizeof<T>()));
    quad += LINE;
  }
}

function unpackPartQuad<T>(n: i32, k: i32, quad: usize, x: usize, ldx: usize): void {
  for (let i = 0; i < n; i++) {
    let from = quad + <usize>i * sizeof<T>();
    for (let t = 0; t < k; t++) {
      store<T>(x + <usize>t * sizeof<T>(), load<T>(from));
      from += LINE;
    }
    x += ldx;
  }
}
