// Triangular solves with a row-major lower L (n x n). One right-hand side runs along L's rows; many run through packed
// panels and the micro-kernel, which is also how the blocked factorisations get their off-diagonal blocks.

import { axpy, dot } from "../blas/level1";
import { loadSplat, loadSplat1, loadSplat2, loadSplat3, nmadd } from "../simd";
import { LINE, QUAD, quadAt, tile } from "../dense/tile";

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
 * X = L^-1 X for one panel block X ([n][WIDTH] lines: WIDTH right-hand sides). `packed` is L packed by rows with depth n,
 * `reciprocals` the n values 1 / L[j][j]; n is a multiple of 4.
 */
export function solveLowerPanel<T>(n: i32, packed: usize, reciprocals: usize, x: usize): void {
  for (let j = 0; j < n; j += QUAD) {
    const quad = quadAt<T>(packed, j, n);
    const y = x + <usize>j * LINE;
    if (j > 0) tile<T>(j, quad, LINE, x, LINE, y, LINE, <T>-1);
    solveLowerQuad<T>(quad + <usize>j * LINE, reciprocals + <usize>j * sizeof<T>(), y);
  }
}

/** The 4 x 4 triangle: quad line c holds column c of L. */
// @ts-ignore: decorator
@inline
function solveLowerQuad<T>(l: usize, reciprocals: usize, y: usize): void {
  let r = loadSplat<T>(reciprocals);
  const a0 = v128.mul<T>(r, v128.load(y)), a1 = v128.mul<T>(r, v128.load(y, 16));
  v128.store(y, a0);
  v128.store(y, a1, 16);

  let s = loadSplat1<T>(l);
  r = loadSplat1<T>(reciprocals);
  const b0 = v128.mul<T>(r, nmadd<T>(s, a0, v128.load(y, 32)));
  const b1 = v128.mul<T>(r, nmadd<T>(s, a1, v128.load(y, 48)));
  v128.store(y, b0, 32);
  v128.store(y, b1, 48);

  s = loadSplat2<T>(l);
  let c0 = nmadd<T>(s, a0, v128.load(y, 64)), c1 = nmadd<T>(s, a1, v128.load(y, 80));
  s = loadSplat2<T>(l + LINE);
  r = loadSplat2<T>(reciprocals);
  c0 = v128.mul<T>(r, nmadd<T>(s, b0, c0));
  c1 = v128.mul<T>(r, nmadd<T>(s, b1, c1));
  v128.store(y, c0, 64);
  v128.store(y, c1, 80);

  s = loadSplat3<T>(l);
  let d0 = nmadd<T>(s, a0, v128.load(y, 96)), d1 = nmadd<T>(s, a1, v128.load(y, 112));
  s = loadSplat3<T>(l + LINE);
  d0 = nmadd<T>(s, b0, d0);
  d1 = nmadd<T>(s, b1, d1);
  s = loadSplat3<T>(l + 2 * LINE);
  r = loadSplat3<T>(reciprocals);
  v128.store(y, v128.mul<T>(r, nmadd<T>(s, c0, d0)), 96);
  v128.store(y, v128.mul<T>(r, nmadd<T>(s, c1, d1)), 112);
}
