// The best plain JavaScript we can write for the room `dense`: 4 x 4 register tiles over packed panels, as the WASM core.
// Use one copy of this module per array type: a function that has seen both kinds is slower on each.

import type { Numbers } from "../../test/reference/blas.js";

const DEPTH = 256;

function like(x: Numbers, n: number): Numbers {
  return x instanceof Float64Array ? new Float64Array(n) : new Float32Array(n);
}

const blocksOf = (n: number): number => (n + 3) >> 2;

/** C[4][4] += alpha * sum over t of a[t][0..4) b[t][0..4). */
function tile(
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
function tileLower(
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
function tilePart(
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
function packColumns(k: number, n: number, x: Numbers, xi: number, ldx: number, panel: Numbers): void {
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
function packRows(n: number, k: number, x: Numbers, xi: number, ldx: number, panel: Numbers): void {
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

/** Lower triangle of C[n][n] (from ci) += alpha panel' panel. */
function lowerPanels(
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
