// Triangular solves with a row-major lower L (n x n). One right-hand side runs along L's rows; many run
// through packed panels and the micro-kernel, which is also how the blocked factorisations get their off-
// diagonal blocks.

import { axpy, dot } from "../blas/level1";
import { LINE, QUAD, quadAt } from "../dense/tile";
import { loadSplat, loadSplat1, loadSplat2, loadSplat3, madd, zero } from "../simd";

/** b = L^-1 b in place. */
export function solveLower<T>(n: i32, L: usize, lda: i32, b: usize): void {
  const ld = <usize>lda * sizeof<T>();
  let bi = b;
  for (let i = 0; i < n; i++) {
    const s = <T>(load<T>(bi) - dot<T>(i, L, b));
    store<T>(bi, <T>(s / load<T>(L + <usize>i * sizeof<T>())));
    L += ld;
    bi += sizeof<T>();
  }
}

/** b = L'^-1 b in place: each solved element leaves the rest along a row of L. */
export function solveLowerT<T>(n: i32, L: usize, lda: i32, b: usize): void {
  const ld = <usize>lda * sizeof<T>();
  for (let i = n - 1; i >= 0; i--) {
    const row = L + <usize>i * ld;
    const bi = b + <usize>i * sizeof<T>();
    const x = <T>(load<T>(bi) / load<T>(row + <usize>i * sizeof<T>()));
    store<T>(bi, x);
    axpy<T>(i, <T>-x, row, b);
  }
}

/**
 * X = L^-1 X for `count` panel blocks, `blockX` bytes apart, of n lines with WIDTH right-hand sides each.
 * `packed` is L packed by rows with its blocks `block` bytes apart, `reciprocals` the n values 1 / L[j][j]; n
 * is a multiple of 4.
 */
export function solveLowerPanels<T>(
  n: i32, packed: usize, block: usize, reciprocals: usize, x: usize, blockX: usize, count: i32,
): void {
  for (let j = 0; j < n; j += QUAD) {
    solveQuads<T>(j, quadAt<T>(packed, j, block), reciprocals + <usize>j * sizeof<T>(), x, blockX, count);
  }
}

/** Four lines of every block: neighbouring blocks do not wait for each other, so their latencies overlap. */
export function solveQuads<T>(
  k: i32, quad: usize, reciprocals: usize, x: usize, blockX: usize, count: i32,
): void {
  for (; count > 0; count--, x += blockX) solveQuad<T>(k, quad, reciprocals, x);
}

/**
 * Lines k .. k+3 of one panel block x: what the solved lines 0 .. k-1 contribute is taken off (the tile's
 * loop), then the 4 x 4 triangle of L, whose column c stands in quad line k + c, is solved in registers.
 */
export function solveQuad<T>(k: i32, quad: usize, reciprocals: usize, x: usize): void {
  let c00 = zero(), c01 = zero(), c10 = zero(), c11 = zero();
  let c20 = zero(), c21 = zero(), c30 = zero(), c31 = zero();
  for (; k > 0; k--) {
    const b0 = v128.load(x);
    const b1 = v128.load(x, 16);
    let s = loadSplat<T>(quad);
    c00 = madd<T>(s, b0, c00);
    c01 = madd<T>(s, b1, c01);
    s = loadSplat1<T>(quad);
    c10 = madd<T>(s, b0, c10);
    c11 = madd<T>(s, b1, c11);
    s = loadSplat2<T>(quad);
    c20 = madd<T>(s, b0, c20);
    c21 = madd<T>(s, b1, c21);
    s = loadSplat3<T>(quad);
    c30 = madd<T>(s, b0, c30);
    c31 = madd<T>(s, b1, c31);
    quad += LINE;
    x += LINE;
  }
  let r = loadSplat<T>(reciprocals);
  c00 = v128.mul<T>(r, v128.sub<T>(v128.load(x), c00));
  c01 = v128.mul<T>(r, v128.sub<T>(v128.load(x, 16), c01));
  v128.store(x, c00);
  v128.store(x, c01, 16);

  let s = loadSplat1<T>(quad);
  r = loadSplat1<T>(reciprocals);
  c10 = v128.mul<T>(r, v128.sub<T>(v128.load(x, 32), madd<T>(s, c00, c10)));
  c11 = v128.mul<T>(r, v128.sub<T>(v128.load(x, 48), madd<T>(s, c01, c11)));
  v128.store(x, c10, 32);
  v128.store(x, c11, 48);

  s = loadSplat2<T>(quad);
  let t = loadSplat2<T>(quad + LINE);
  r = loadSplat2<T>(reciprocals);
  c20 = v128.mul<T>(r, v128.sub<T>(v128.load(x, 64), madd<T>(t, c10, madd<T>(s, c00, c20))));
  c21 = v128.mul<T>(r, v128.sub<T>(v128.load(x, 80), madd<T>(t, c11, madd<T>(s, c01, c21))));
  v128.store(x, c20, 64);
  v128.store(x, c21, 80);

  s = loadSplat3<T>(quad);
  t = loadSplat3<T>(quad + LINE);
  const u = loadSplat3<T>(quad + 2 * LINE);
  r = loadSplat3<T>(reciprocals);
  c30 = madd<T>(u, c20, madd<T>(t, c10, madd<T>(s, c00, c30)));
  c31 = madd<T>(u, c21, madd<T>(t, c11, madd<T>(s, c01, c31)));
  v128.store(x, v128.mul<T>(r, v128.sub<T>(v128.load(x, 96), c30)), 96);
  v128.store(x, v128.mul<T>(r, v128.sub<T>(v128.load(x, 112), c31)), 112);
}
