// The one register-tiled micro-kernel behind GEMM, SYRK, Cholesky and every later level-3 factorisation.
// A *panel* is a slice of a matrix packed as [block][k][WIDTH]: k lines of LINE bytes, each with the WIDTH = 4 doubles
// or 8 floats of one block. A *quad* is 4 of those numbers: the 4 rows of a tile. One panel serves as either operand.

import { loadSplat, loadSplat1, loadSplat2, loadSplat3, madd, zero } from "../simd";

/** Bytes of one panel line: two registers. */
// @ts-ignore: decorator
@inline
export const LINE: usize = 32;

/** Rows of a tile. */
// @ts-ignore: decorator
@inline
export const QUAD: i32 = 4;

/** Bytes of a scratch tile for partial tiles: QUAD lines. */
// @ts-ignore: decorator
@inline
export const SCRATCH: usize = 128;

/** Columns of a tile and of a panel block: two registers. */
// @ts-ignore: decorator
@inline
export function width<T>(): i32 {
  return 32 / sizeof<T>();
}

/** n rounded up to whole panel blocks. */
// @ts-ignore: decorator
@inline
export function padded<T>(n: i32): i32 {
  return (n + width<T>() - 1) & -width<T>();
}

/** Bytes of a panel of n rows or columns and depth k. */
// @ts-ignore: decorator
@inline
export function panelBytes<T>(n: i32, k: i32): usize {
  return <usize>padded<T>(n) * <usize>k * sizeof<T>();
}

/** Address of the quad that starts at row i (a multiple of 4) of a panel of depth k. */
// @ts-ignore: decorator
@inline
export function quadAt<T>(panel: usize, i: i32, k: i32): usize {
  const w = width<T>();
  return panel + <usize>(i / w) * <usize>k * LINE + <usize>(i & (w - 1)) * sizeof<T>();
}

/**
 * C[4][WIDTH] += alpha * sum over k of a[k][0..4) * b[k][0..WIDTH), with C's rows `ldc` bytes apart and the lines of
 * a and b `lda` and `ldb` bytes apart (LINE in a panel). Not unrolled over k: V8 then spills (measured).
 */
export function tile<T>(k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, alpha: T): void {
  let c00 = zero(), c01 = zero(), c10 = zero(), c11 = zero();
  let c20 = zero(), c21 = zero(), c30 = zero(), c31 = zero();
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = loadSplat<T>(a);
    c00 = madd<T>(s, b0, c00);
    c01 = madd<T>(s, b1, c01);
    s = loadSplat1<T>(a);
    c10 = madd<T>(s, b0, c10);
    c11 = madd<T>(s, b1, c11);
    s = loadSplat2<T>(a);
    c20 = madd<T>(s, b0, c20);
    c21 = madd<T>(s, b1, c21);
    s = loadSplat3<T>(a);
    c30 = madd<T>(s, b0, c30);
    c31 = madd<T>(s, b1, c31);
    a += lda;
    b += ldb;
  }
  const s = v128.splat<T>(alpha);
  v128.store(c, madd<T>(s, c00, v128.load(c)));
  v128.store(c, madd<T>(s, c01, v128.load(c, 16)), 16);
  c += ldc;
  v128.store(c, madd<T>(s, c10, v128.load(c)));
  v128.store(c, madd<T>(s, c11, v128.load(c, 16)), 16);
  c += ldc;
  v128.store(c, madd<T>(s, c20, v128.load(c)));
  v128.store(c, madd<T>(s, c21, v128.load(c, 16)), 16);
  c += ldc;
  v128.store(c, madd<T>(s, c30, v128.load(c)));
  v128.store(c, madd<T>(s, c31, v128.load(c, 16)), 16);
}

/**
 * The part of a tile that lies inside C: row i < rows gets its first min(cols + i * slope, WIDTH) columns, so slope 0 is
 * a rectangle and slope 1 a lower trapezoid. Computed whole in `scratch` (SCRATCH bytes), then added.
 */
export function tilePart<T>(
  k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, alpha: T,
  rows: i32, cols: i32, slope: i32, scratch: usize,
): void {
  memory.fill(scratch, 0, SCRATCH);
  tile<T>(k, a, lda, b, ldb, scratch, LINE, alpha);
  for (let i = 0; i < rows; i++) {
    const n = <usize>min(cols, width<T>()) * sizeof<T>();
    for (let j: usize = 0; j < n; j += sizeof<T>()) {
      store<T>(c + j, <T>(load<T>(c + j) + load<T>(scratch + j)));
    }
    cols += slope;
    c += ldc;
    scratch += LINE;
  }
}
