// The best plain JavaScript we can write for Cholesky and its solves: blocked, with the tiles of tile.ts.

import type { Numbers } from "../../test/reference/blas.js";
import { blocksOf, like, lowerPanels, packRows } from "./tile.js";

/** Right-looking on the n x n block at `at`; 0 or failing index + 1; 1 / L[j][j] goes to reciprocals[j]. */
function factorBlock(n: number, A: Numbers, at: number, lda: number, reciprocals: Numbers): number {
  for (let j = 0; j < n; j++) {
    const jj = at + j * lda + j;
    const d = A[jj]!;
    if (!(d > 0 && d < Infinity)) return j + 1;
    const s = Math.sqrt(d);
    const r = 1 / s;
    A[jj] = s;
    reciprocals[j] = r;
    for (let p = j + 1, i = jj + lda; p < n; p++, i += lda) A[i] = A[i]! * r;
    for (let p = j + 1; p < n; p++) {
      const row = at + p * lda;
      const l = A[row + j]!;
      for (let q = j + 1, i = jj + lda; q <= p; q++, i += lda) A[row + q] = A[row + q]! - l * A[i]!;
    }
  }
  return 0;
}

/** X = L^-1 X for one packed block of four right-hand sides. */
function solvePanel(
  n: number,
  L: Numbers,
  at: number,
  lda: number,
  r: Numbers,
  X: Numbers,
  xi: number,
): void {
  for (let j = 0; j < n; j++) {
    const y = xi + 4 * j;
    let s0 = X[y]!;
    let s1 = X[y + 1]!;
    let s2 = X[y + 2]!;
    let s3 = X[y + 3]!;
    for (let p = 0, l = at + j * lda, x = xi; p < j; p++, l++, x += 4) {
      const t = L[l]!;
      s0 -= t * X[x]!;
      s1 -= t * X[x + 1]!;
      s2 -= t * X[x + 2]!;
      s3 -= t * X[x + 3]!;
    }
    const t = r[j]!;
    X[y] = s0 * t;
    X[y + 1] = s1 * t;
    X[y + 2] = s2 * t;
    X[y + 3] = s3 * t;
  }
}

/** Lower L in place, the upper triangle left alone; 0 or the failing index + 1. */
export function cholesky(n: number, A: Numbers, lda: number): number {
  if (n <= 16) return factorBlock(n, A, 0, lda, like(A, n));
  const nb = n < 128 ? 8 : n < 512 ? 16 : 32;
  const reciprocals = like(A, nb);
  const panel = like(A, blocksOf(n) * 4 * nb);
  const scratch = like(A, 16);
  for (let k = 0; k < n; k += nb) {
    const kb = Math.min(nb, n - k);
    const at = k * lda + k;
    const failed = factorBlock(kb, A, at, lda, reciprocals);
    if (failed > 0) return k + failed;
    const rest = n - k - kb;
    if (rest <= 0) break;
    const below = at + kb * lda;
    packRows(rest, kb, A, below, lda, panel);
    for (let i = 0; i < rest; i += 4) solvePanel(kb, A, at, lda, reciprocals, panel, i * kb);
    for (let i = 0; i < rest; i++) {
      const from = (i & ~3) * kb + (i & 3);
      for (let t = 0; t < kb; t++) A[below + i * lda + t] = panel[from + 4 * t]!;
    }
    lowerPanels(rest, kb, -1, panel, A, below + kb, lda, scratch);
  }
  return 0;
}

/** b = L^-1 b in place. */
export function solveLower(n: number, L: Numbers, lda: number, b: Numbers): void {
  for (let i = 0; i < n; i++) {
    let s0 = b[i]!;
    let s1 = 0;
    const row = i * lda;
    const stop = i & ~1;
    for (let j = 0; j < stop; j += 2) {
      s0 -= L[row + j]! * b[j]!;
      s1 -= L[row + j + 1]! * b[j + 1]!;
    }
    if (i & 1) s0 -= L[row + i - 1]! * b[i - 1]!;
    b[i] = (s0 + s1) / L[row + i]!;
  }
}

/** b = L'^-1 b in place. */
export function solveLowerT(n: number, L: Numbers, lda: number, b: Numbers): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * lda;
    const x = b[i]! / L[row + i]!;
    b[i] = x;
    for (let j = 0; j < i; j++) b[j] = b[j]! - x * L[row + j]!;
  }
}

/** b = (L L')^-1 b in place. */
export function choleskySolve(n: number, L: Numbers, lda: number, b: Numbers): void {
  solveLower(n, L, lda, b);
  solveLowerT(n, L, lda, b);
}
