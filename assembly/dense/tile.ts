// The one register-tiled micro-kernel behind GEMM, SYRK, Cholesky and every later level-3 factorisation. A
// *panel* is a slice of a matrix packed as [block][k][WIDTH]: k lines of LINE bytes, each with the WIDTH = 4
// doubles or 8 floats of one block. A *quad* is 4 of those numbers: the 4 rows of a tile. One panel serves as
// either operand.

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

/**
 * Address of the quad that starts at row i (a multiple of 4) of a panel whose blocks are `block` bytes apart.
 */
// @ts-ignore: decorator
@inline
export function quadAt<T>(panel: usize, i: i32, block: usize): usize {
  const w = width<T>();
  return panel + <usize>(i / w) * block + <usize>(i & (w - 1)) * sizeof<T>();
}

/**
 * C[4][WIDTH] += alpha * sum over k of a[k][0..4) * b[k][0..WIDTH), with C's rows `ldc` bytes apart and the
 * lines of a and b `line` bytes apart (LINE in a panel). Not unrolled over k here: V8 then spills. It unrolls well
 * itself, but a loop of this size only where it is nested: hence the two loops around it, which turn once. 1.1 times
 * faster (both measured).
 */
export function tile<T>(k: i32, a: usize, b: usize, line: usize, c: usize, ldc: usize, alpha: T): void {
  let c00 = zero(), c01 = zero(), c10 = zero(), c11 = zero();
  let c20 = zero(), c21 = zero(), c30 = zero(), c31 = zero();
  const end = a + <usize>k * line;
  do {
    do {
      for (; a < end; a += line, b += line) {
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
      }
    } while (a < end);
  } while (a < end);
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
 * Lower triangle of C[4][4] += alpha * sum over k of a[k][i] a[k][j]: the diagonal tile, without the work
 * above the diagonal. Writes exactly the ten elements.
 */
export function tileLower<T>(k: i32, a: usize, line: usize, c: usize, ldc: usize, alpha: T): void {
  const end = a + <usize>k * line;
  if (sizeof<T>() == 8) {
    // Ten products in five registers: even and odd columns meet themselves and each other, then the two halves.
    let even = zero(), odd = zero(), both = zero(), straight = zero(), crossed = zero();
    for (; a < end; a += line) {
      const v = v128.load(a), w = v128.load(a, 16);
      const e = v128.shuffle<f64>(v, w, 0, 2), o = v128.shuffle<f64>(v, w, 1, 3);
      even = madd<T>(e, e, even);
      odd = madd<T>(o, o, odd);
      both = madd<T>(e, o, both);
      straight = madd<T>(v, w, straight);
      crossed = madd<T>(v, v128.shuffle<f64>(w, w, 1, 0), crossed);
    }
    const s = v128.splat<T>(alpha);
    v128.store64_lane(c, madd<T>(s, even, v128.load64_zero(c)), 0);
    c += ldc;
    v128.store(c, madd<T>(s, v128.shuffle<f64>(both, odd, 0, 2), v128.load(c)));
    c += ldc;
    v128.store(c, madd<T>(s, v128.shuffle<f64>(straight, crossed, 0, 3), v128.load(c)));
    v128.store64_lane(c, madd<T>(s, v128.shuffle<f64>(even, even, 1, 0), v128.load64_zero(c, 16)), 0, 16);
    c += ldc;
    v128.store(c, madd<T>(s, v128.shuffle<f64>(crossed, straight, 0, 3), v128.load(c)));
    v128.store(c, madd<T>(s, v128.shuffle<f64>(both, odd, 1, 3), v128.load(c, 16)), 16);
  } else {
    let c0 = zero(), c1 = zero(), c2 = zero(), c3 = zero();
    for (; a < end; a += line) {
      const b = v128.load(a);
      c0 = madd<T>(loadSplat<T>(a), b, c0);
      c1 = madd<T>(loadSplat1<T>(a), b, c1);
      c2 = madd<T>(loadSplat2<T>(a), b, c2);
      c3 = madd<T>(loadSplat3<T>(a), b, c3);
    }
    const s = v128.splat<T>(alpha);
    v128.store32_lane(c, madd<T>(s, c0, v128.load32_zero(c)), 0);
    c += ldc;
    v128.store64_lane(c, madd<T>(s, c1, v128.load64_zero(c)), 0);
    c += ldc;
    const r = madd<T>(s, c2, v128.load32_lane(c, v128.load64_zero(c), 2, 8));
    v128.store64_lane(c, r, 0);
    v128.store32_lane(c, r, 2, 8);
    c += ldc;
    v128.store(c, madd<T>(s, c3, v128.load(c)));
  }
}

/**
 * The part of a tile that lies inside C: row i < rows gets its first min(cols + i * slope, WIDTH) columns, so
 * slope 0 is a rectangle and slope 1 a lower trapezoid. Computed whole in `scratch` (SCRATCH bytes), then
 * added.
 */
export function tilePart<T>(
  k: i32, a: usize, b: usize, line: usize, c: usize, ldc: usize, alpha: T,
  rows: i32, cols: i32, slope: i32, scratch: usize,
): void {
  memory.fill(scratch, 0, SCRATCH);
  tile<T>(k, a, b, line, scratch, LINE, alpha);
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

/**
 * tilePart with slope 1 for at most 2 rows, over two blocks at once (`block` bytes apart): as many products
 * in flight as a whole tile has, none of them for rows that do not exist.
 */
export function pairPart<T>(
  k: i32, a: usize, b: usize, block: usize, line: usize, c: usize, ldc: usize, alpha: T,
  rows: i32, cols: i32, scratch: usize,
): void {
  tilePair<T>(k, a, b, block, line, scratch, alpha);
  for (let i = 0; i < rows; i++) {
    const n = <usize>min(cols + i, 2 * width<T>()) * sizeof<T>();
    for (let j: usize = 0; j < n; j += sizeof<T>()) {
      store<T>(c + j, <T>(load<T>(c + j) + load<T>(scratch + j)));
    }
    c += ldc;
    scratch += 2 * LINE;
  }
}

/** c[2][2 WIDTH] = alpha * sum over k of a[k][0..2) * b[k][...], contiguous. */
function tilePair<T>(k: i32, a: usize, b: usize, block: usize, line: usize, c: usize, alpha: T): void {
  let c00 = zero(), c01 = zero(), c02 = zero(), c03 = zero();
  let c10 = zero(), c11 = zero(), c12 = zero(), c13 = zero();
  const end = a + <usize>k * line;
  for (let d = b + block; a < end; a += line, b += line, d += line) {
    const s = loadSplat<T>(a), t = loadSplat1<T>(a);
    let v = v128.load(b);
    c00 = madd<T>(s, v, c00);
    c10 = madd<T>(t, v, c10);
    v = v128.load(b, 16);
    c01 = madd<T>(s, v, c01);
    c11 = madd<T>(t, v, c11);
    v = v128.load(d);
    c02 = madd<T>(s, v, c02);
    c12 = madd<T>(t, v, c12);
    v = v128.load(d, 16);
    c03 = madd<T>(s, v, c03);
    c13 = madd<T>(t, v, c13);
  }
  const s = v128.splat<T>(alpha);
  v128.store(c, v128.mul<T>(s, c00));
  v128.store(c, v128.mul<T>(s, c01), 16);
  v128.store(c, v128.mul<T>(s, c02), 32);
  v128.store(c, v128.mul<T>(s, c03), 48);
  v128.store(c, v128.mul<T>(s, c10), 64);
  v128.store(c, v128.mul<T>(s, c11), 80);
  v128.store(c, v128.mul<T>(s, c12), 96);
  v128.store(c, v128.mul<T>(s, c13), 112);
}
