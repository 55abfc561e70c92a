// The readable twin of the room `dense`: textbook loops on row-major matrices, sums in double precision.

import type { Numbers } from "./blas.js";

/** y = alpha A x + beta y. */
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
  for (let i = 0; i < m; i++) {
    let s = 0;
    for (let j = 0; j < n; j++) s += A[i * lda + j]! * x[j]!;
    y[i] = alpha * s + (beta === 0 ? 0 : beta * y[i]!);
  }
}

/** y = alpha A'x + beta y. */
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
  for (let j = 0; j < n; j++) {
    let s = 0;
    for (let i = 0; i < m; i++) s += A[i * lda + j]! * x[i]!;
    y[j] = alpha * s + (beta === 0 ? 0 : beta * y[j]!);
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
    for (let j = 0; j < n; j++) {
      let s = 0;
      for (let p = 0; p < k; p++) {
        s += (transA ? A[p * lda + i]! : A[i * lda + p]!) * (transB ? B[j * ldb + p]! : B[p * ldb + j]!);
      }
      C[i * ldc + j] = (alpha === 0 ? 0 : alpha * s) + (beta === 0 ? 0 : beta * C[i * ldc + j]!);
    }
  }
}

/** C = A'A, both triangles. */
export function syrk(m: number, n: number, A: Numbers, lda: number, C: Numbers, ldc: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = 0;
      for (let p = 0; p < m; p++) s += A[p * lda + i]! * A[p * lda + j]!;
      C[i * ldc + j] = s;
      C[j * ldc + i] = s;
    }
  }
}

/** Lower L in place, row by row; 0 or the index + 1 of the first pivot that is not positive. */
export function cholesky(n: number, A: Numbers, lda: number): number {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = A[i * lda + j]!;
      for (let p = 0; p < j; p++) s -= A[i * lda + p]! * A[j * lda + p]!;
      if (i !== j) A[i * lda + j] = s / A[j * lda + j]!;
      else if (s > 0) A[i * lda + i] = Math.sqrt(s);
      else return i + 1;
    }
  }
  return 0;
}

export function solveLower(n: number, L: Numbers, lda: number, b: Numbers): void {
  for (let i = 0; i < n; i++) {
    let s = b[i]!;
    for (let j = 0; j < i; j++) s -= L[i * lda + j]! * b[j]!;
    b[i] = s / L[i * lda + i]!;
  }
}

export function solveLowerT(n: number, L: Numbers, lda: number, b: Numbers): void {
  for (let i = n - 1; i >= 0; i--) {
    let s = b[i]!;
    for (let j = i + 1; j < n; j++) s -= L[j * lda + i]! * b[j]!;
    b[i] = s / L[i * lda + i]!;
  }
}

export function choleskySolve(n: number, L: Numbers, lda: number, b: Numbers): void {
  solveLower(n, L, lda, b);
  solveLowerT(n, L, lda, b);
}
