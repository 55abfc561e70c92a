// The scalar micro-kernel of bench/plain: 4 x 4 register tiles over panels packed as [block][k][4].

import type { Numbers } from "../../test/reference/blas.js";

export function like(x: Numbers, n: number): Numbers {
  return x instanceof Float64Array ? new Float64Array(n) : new Float32Array(n);
}

export const blocksOf = (n: number): number => (n + 3) >> 2;

/** C[4][4] += alpha * sum over t of a[t][0..4) b[t][0..4). */
export function tile(
  k: number,
  alpha: number,
  a: Numbers,
  ai: number,
  lda: number,
  b: Numbers,
  bi: number,
  ldb: number,
  c: Numbers,
  ci: number,
  ldc: number,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let t = 0; t < k; t++) {
    const b0 = b[bi]!;
    const b1 = b[bi + 1]!;
    const b2 = b[bi + 2]!;
    const b3 = b[bi + 3]!;
    let s = a[ai]!;
    c00 += s * b0;
    c01 += s * b1;
    c02 += s * b2;
    c03 += s * b3;
    s = a[ai + 1]!;
    c10 += s * b0;
    c11 += s * b1;
    c12 += s * b2;
    c13 += s * b3;
    s = a[ai + 2]!;
    c20 += s * b0;
    c21 += s * b1;
    c22 += s * b2;
    c23 += s * b3;
    s = a[ai + 3]!;
    c30 += s * b0;
    c31 += s * b1;
    c32 += s * b2;
    c33 += s * b3;
    ai += lda;
    bi += ldb;
  }
  c[ci] = c[ci]! + alpha * c00;
  c[ci + 1] = c[ci + 1]! + alpha * c01;
  c[ci + 2] = c[ci + 2]! + alpha * c02;
  c[ci + 3] = c[ci + 3]! + alpha * c03;
  ci += ldc;
  c[ci] = c[ci]! + alpha * c10;
  c[ci + 1] = c[ci + 1]! + alpha * c11;
  c[ci + 2] = c[ci + 2]! + alpha * c12;
  c[ci + 3] = c[ci + 3]! + alpha * c13;
  ci += ldc;
  c[ci] = c[ci]! + alpha * c20;
  c[ci + 1] = c[ci + 1]! + alpha * c21;
  c[ci + 2] = c[ci + 2]! + alpha * c22;
  c[ci + 3] = c[ci + 3]! + alpha * c23;
  ci += ldc;
  c[ci] = c[ci]! + alpha * c30;
  c[ci + 1] = c[ci + 1]! + alpha * c31;
  c[ci + 2] = c[ci + 2]! + alpha * c32;
  c[ci + 3] = c[ci + 3]! + alpha * c33;
}

/** The lower triangle of a diagonal tile: C[4][4] += alpha * sum over t of a[t][i] a[t][j]. */
export function tileLower(
  k: number,
  alpha: number,
  a: Numbers,
  ai: number,
  lda: number,
  c: Numbers,
  ci: number,
  ldc: number,
): void {
  let c00 = 0;
  let c10 = 0;
  let c11 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let t = 0; t < k; t++) {
    const a0 = a[ai]!;
    const a1 = a[ai + 1]!;
    const a2 = a[ai + 2]!;
    const a3 = a[ai + 3]!;
    c00 += a0 * a0;
    c10 += a1 * a0;
    c11 += a1 * a1;
    c20 += a2 * a0;
    c21 += a2 * a1;
    c22 += a2 * a2;
    c30 += a3 * a0;
    c31 += a3 * a1;
    c32 += a3 * a2;
    c33 += a3 * a3;
    ai += lda;
  }
  c[ci] = c[ci]! + alpha * c00;
  ci += ldc;
  c[ci] = c[ci]! + alpha * c10;
  c[ci + 1] = c[ci + 1]! + alpha * c11;
  ci += ldc;
  c[ci] = c[ci]! + alpha * c20;
  c[ci + 1] = c[ci + 1]! + alpha * c21;
  c[ci + 2] = c[ci + 2]! + alpha * c22;
  ci += ldc;
  c[ci] = c[ci]! + alpha * c30;
  c[ci + 1] = c[ci + 1]! + alpha * c31;
  c[ci + 2] = c[ci + 2]! + alpha * c32;
  c[ci + 3] = c[ci + 3]! + alpha * c33;
}

/** The part of a tile inside C: row i < rows gets min(cols + i * slope, 4) columns. */
export function tilePart(
  k: number,
  alpha: number,
  a: Numbers,
  ai: number,
  b: Numbers,
  bi: number,
  c: Numbers,
  ci: number,
  ldc: number,
  rows: number,
  cols: number,
  slope: number,
  scratch: Numbers,
): void {
  scratch.fill(0);
  tile(k, alpha, a, ai, 4, b, bi, 4, scratch, 0, 4);
  for (let i = 0; i < rows; i++) {
    const n = Math.min(cols + i * slope, 4);
    for (let j = 0; j < n; j++) c[ci + i * ldc + j] = c[ci + i * ldc + j]! + scratch[i * 4 + j]!;
  }
}

/** [block][t][4] from the columns of x (k x n), zeros beyond. */
export function packColumns(k: number, n: number, x: Numbers, xi: number, ldx: number, panel: Numbers): void {
  let to = 0;
  for (let j = 0; j < n; j += 4) {
    const whole = j + 4 <= n;
    for (let t = 0, from = xi + j; t < k; t++, from += ldx, to += 4) {
      panel[to] = x[from]!;
      panel[to + 1] = whole || j + 1 < n ? x[from + 1]! : 0;
      panel[to + 2] = whole || j + 2 < n ? x[from + 2]! : 0;
      panel[to + 3] = whole ? x[from + 3]! : 0;
    }
  }
}

/** [block][t][4] from the rows of x (n x k), zeros beyond. */
export function packRows(n: number, k: number, x: Numbers, xi: number, ldx: number, panel: Numbers): void {
  let to = 0;
  for (let i = 0; i < n; i += 4) {
    const whole = i + 4 <= n;
    for (let t = 0, from = xi + i * ldx; t < k; t++, from++, to += 4) {
      panel[to] = x[from]!;
      panel[to + 1] = whole || i + 1 < n ? x[from + ldx]! : 0;
      panel[to + 2] = whole || i + 2 < n ? x[from + 2 * ldx]! : 0;
      panel[to + 3] = whole ? x[from + 3 * ldx]! : 0;
    }
  }
}

/** Lower triangle of C[n][n] (from ci) += alpha panel' panel. */
export function lowerPanels(
  n: number,
  k: number,
  alpha: number,
  panel: Numbers,
  C: Numbers,
  ci: number,
  ldc: number,
  scratch: Numbers,
): void {
  for (let i = 0; i < n; i += 4) {
    const rows = Math.min(4, n - i);
    for (let j = 0; j <= i; j += 4) {
      const c = ci + i * ldc + j;
      if (j === i && rows === 4) tileLower(k, alpha, panel, i * k, 4, C, c, ldc);
      else if (rows === 4) tile(k, alpha, panel, i * k, 4, panel, j * k, 4, C, c, ldc);
      else tilePart(k, alpha, panel, i * k, panel, j * k, C, c, ldc, rows, i - j + 1, 1, scratch);
    }
  }
}
