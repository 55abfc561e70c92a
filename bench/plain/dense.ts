// The best plain JavaScript we can write for the room `dense`: 4 x 4 register tiles over packed panels, as
// the WASM core. Use one copy of this module per array type: a function that has seen both kinds is slower on
// each.

import type { Numbers } from "../../test/reference/blas.js";
import { blocksOf, like, lowerPanels, packColumns, packRows, tile, tileLower, tilePart } from "./tile.js";

export * from "./cholesky.js";

const DEPTH = 256;

/** y = alpha A x + beta y, four rows at a time. */
export function gemv(
  m: number,
  n: number,
  alpha: number,
  A: Numbers,
  lda: number,
  x: Numbers,
  beta: number,
  y: Numbers,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const a = i * lda;
    const b = a + lda;
    const c = b + lda;
    const d = c + lda;
    for (let j = 0; j < n; j++) {
      const t = x[j]!;
      s0 += A[a + j]! * t;
      s1 += A[b + j]! * t;
      s2 += A[c + j]! * t;
      s3 += A[d + j]! * t;
    }
    y[i] = alpha * s0 + (beta === 0 ? 0 : beta * y[i]!);
    y[i + 1] = alpha * s1 + (beta === 0 ? 0 : beta * y[i + 1]!);
    y[i + 2] = alpha * s2 + (beta === 0 ? 0 : beta * y[i + 2]!);
    y[i + 3] = alpha * s3 + (beta === 0 ? 0 : beta * y[i + 3]!);
  }
  for (; i < m; i++) {
    let s = 0;
    for (let j = 0; j < n; j++) s += A[i * lda + j]! * x[j]!;
    y[i] = alpha * s + (beta === 0 ? 0 : beta * y[i]!);
  }
}

/** y = alpha A'x + beta y, four rows at a time. */
export function gemvT(
  m: number,
  n: number,
  alpha: number,
  A: Numbers,
  lda: number,
  x: Numbers,
  beta: number,
  y: Numbers,
): void {
  for (let j = 0; j < n; j++) y[j] = beta === 0 ? 0 : beta * y[j]!;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const s0 = alpha * x[i]!;
    const s1 = alpha * x[i + 1]!;
    const s2 = alpha * x[i + 2]!;
    const s3 = alpha * x[i + 3]!;
    const a = i * lda;
    const b = a + lda;
    const c = b + lda;
    const d = c + lda;
    for (let j = 0; j < n; j++)
      y[j] = y[j]! + (s0 * A[a + j]! + s1 * A[b + j]! + (s2 * A[c + j]! + s3 * A[d + j]!));
  }
  for (; i < m; i++) {
    const s = alpha * x[i]!;
    for (let j = 0; j < n; j++) y[j] = y[j]! + s * A[i * lda + j]!;
  }
}

/** C = alpha op(A) op(B) + beta C. */
export function gemm(
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Numbers,
  lda: number,
  transA: boolean,
  B: Numbers,
  ldb: number,
  transB: boolean,
  beta: number,
  C: Numbers,
  ldc: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) C[i * ldc + j] = beta === 0 ? 0 : beta * C[i * ldc + j]!;
  }
  if (alpha === 0) return;
  const depth = Math.min(k, DEPTH);
  const panelA = like(A, blocksOf(m) * 4 * depth);
  const panelB = like(A, blocksOf(n) * 4 * depth);
  const scratch = like(A, 16);
  for (let p = 0; p < k; p += DEPTH) {
    const kc = Math.min(DEPTH, k - p);
    if (transA) packColumns(kc, m, A, p * lda, lda, panelA);
    else packRows(m, kc, A, p, lda, panelA);
    if (transB) packRows(n, kc, B, p, ldb, panelB);
    else packColumns(kc, n, B, p * ldb, ldb, panelB);
    for (let j = 0; j < n; j += 4) {
      for (let i = 0; i < m; i += 4) {
        if (i + 4 <= m && j + 4 <= n) {
          tile(kc, alpha, panelA, i * kc, 4, panelB, j * kc, 4, C, i * ldc + j, ldc);
        } else {
          const rows = Math.min(4, m - i);
          tilePart(kc, alpha, panelA, i * kc, panelB, j * kc, C, i * ldc + j, ldc, rows, n - j, 0, scratch);
        }
      }
    }
  }
}

/** C = A'A, both triangles. Up to 8 columns that fill whole tiles are read where they are. */
export function syrk(m: number, n: number, A: Numbers, lda: number, C: Numbers, ldc: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) C[i * ldc + j] = 0;
  if (n === 4 || n === 8) {
    for (let i = 0; i < n; i += 4) {
      for (let j = 0; j < i; j += 4) tile(m, 1, A, i, lda, A, j, lda, C, i * ldc + j, ldc);
      tileLower(m, 1, A, i, lda, C, i * ldc + i, ldc);
    }
  } else if (n < 4) narrowSyrk(m, n, A, lda, C, ldc);
  else {
    const depth = Math.min(m, 64);
    const panel = like(A, blocksOf(n) * 4 * depth);
    const scratch = like(A, 16);
    for (let p = 0; p < m; p += 64) {
      const k = Math.min(64, m - p);
      packColumns(k, n, A, p * lda, lda, panel);
      lowerPanels(n, k, 1, panel, C, 0, ldc, scratch);
    }
  }
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) C[j * ldc + i] = C[i * ldc + j]!;
}

/** n = 1, 2, 3: every sum in a register. */
function narrowSyrk(m: number, n: number, A: Numbers, lda: number, C: Numbers, ldc: number): void {
  let c00 = 0;
  let c10 = 0;
  let c11 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  const end = m * lda;
  if (n === 1) for (let i = 0; i < end; i += lda) c00 += A[i]! * A[i]!;
  else if (n === 2) {
    for (let i = 0; i < end; i += lda) {
      const a = A[i]!;
      const b = A[i + 1]!;
      c00 += a * a;
      c10 += a * b;
      c11 += b * b;
    }
  } else {
    for (let i = 0; i < end; i += lda) {
      const a = A[i]!;
      const b = A[i + 1]!;
      const c = A[i + 2]!;
      c00 += a * a;
      c10 += a * b;
      c11 += b * b;
      c20 += a * c;
      c21 += b * c;
      c22 += c * c;
    }
  }
  if (n > 0) C[0] = c00;
  if (n > 1) C[ldc] = c10;
  if (n > 1) C[ldc + 1] = c11;
  if (n > 2) C[2 * ldc] = c20;
  if (n > 2) C[2 * ldc + 1] = c21;
  if (n > 2) C[2 * ldc + 2] = c22;
}

/** C = A'A, both triangles, row by row: the loops of a textbook, with what does not change in them kept aside. */
export function textbookSyrk(m: number, n: number, A: Numbers, lda: number, C: Numbers, ldc: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) C[i * ldc + j] = 0;
  for (let p = 0, row = 0; p < m; p++, row += lda) {
    for (let i = 0; i < n; i++) {
      const a = A[row + i]!;
      const c = i * ldc;
      for (let j = 0; j <= i; j++) C[c + j] = C[c + j]! + a * A[row + j]!;
    }
  }
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) C[j * ldc + i] = C[i * ldc + j]!;
}
