// The room `dense`: products and factorisations of row-major matrices in both precisions. Leading dimensions
// count elements; pointers need only element alignment. *Work* functions give the bytes of workspace a call
// with those sizes needs (any alignment of elements; 16 is kinder).

import { gemm, gemmWork } from "./dense/gemm";
import { gemv, gemvT } from "./dense/gemv";
import { syrk, syrkWork } from "./dense/syrk";
import { cholesky, choleskySolve, choleskyWork } from "./linalg/cholesky";
import { solveLower, solveLowerT } from "./linalg/triangular";

export function gemvF64(m: i32, n: i32, alpha: f64, A: usize, lda: i32, x: usize, beta: f64, y: usize): void {
  gemv<f64>(m, n, alpha, A, lda, x, beta, y);
}

export function gemvF32(m: i32, n: i32, alpha: f32, A: usize, lda: i32, x: usize, beta: f32, y: usize): void {
  gemv<f32>(m, n, alpha, A, lda, x, beta, y);
}

export function gemvTF64(
  m: i32, n: i32, alpha: f64, A: usize, lda: i32, x: usize, beta: f64, y: usize,
): void {
  gemvT<f64>(m, n, alpha, A, lda, x, beta, y);
}

export function gemvTF32(
  m: i32, n: i32, alpha: f32, A: usize, lda: i32, x: usize, beta: f32, y: usize,
): void {
  gemvT<f32>(m, n, alpha, A, lda, x, beta, y);
}

export function gemmWorkF64(m: i32, n: i32, k: i32): usize {
  return gemmWork<f64>(m, n, k);
}

export function gemmWorkF32(m: i32, n: i32, k: i32): usize {
  return gemmWork<f32>(m, n, k);
}

export function gemmF64(
  m: i32, n: i32, k: i32, alpha: f64, A: usize, lda: i32, transA: bool,
  B: usize, ldb: i32, transB: bool, beta: f64, C: usize, ldc: i32, work: usize,
): void {
  gemm<f64>(m, n, k, alpha, A, lda, transA, B, ldb, transB, beta, C, ldc, work);
}

export function gemmF32(
  m: i32, n: i32, k: i32, alpha: f32, A: usize, lda: i32, transA: bool,
  B: usize, ldb: i32, transB: bool, beta: f32, C: usize, ldc: i32, work: usize,
): void {
  gemm<f32>(m, n, k, alpha, A, lda, transA, B, ldb, transB, beta, C, ldc, work);
}

export function syrkWorkF64(m: i32, n: i32): usize {
  return syrkWork<f64>(m, n);
}

export function syrkWorkF32(m: i32, n: i32): usize {
  return syrkWork<f32>(m, n);
}

export function syrkF64(m: i32, n: i32, A: usize, lda: i32, C: usize, ldc: i32, work: usize): void {
  syrk<f64>(m, n, A, lda, C, ldc, work);
}

export function syrkF32(m: i32, n: i32, A: usize, lda: i32, C: usize, ldc: i32, work: usize): void {
  syrk<f32>(m, n, A, lda, C, ldc, work);
}

export function choleskyWorkF64(n: i32): usize {
  return choleskyWork<f64>(n);
}

export function choleskyWorkF32(n: i32): usize {
  return choleskyWork<f32>(n);
}

export function choleskyF64(n: i32, A: usize, lda: i32, work: usize): i32 {
  return cholesky<f64>(n, A, lda, work);
}

export function choleskyF32(n: i32, A: usize, lda: i32, work: usize): i32 {
  return cholesky<f32>(n, A, lda, work);
}

export function choleskySolveF64(n: i32, L: usize, lda: i32, b: usize): void {
  choleskySolve<f64>(n, L, lda, b);
}

export function choleskySolveF32(n: i32, L: usize, lda: i32, b: usize): void {
  choleskySolve<f32>(n, L, lda, b);
}

export function solveLowerF64(n: i32, L: usize, lda: i32, b: usize): void {
  solveLower<f64>(n, L, lda, b);
}

export function solveLowerF32(n: i32, L: usize, lda: i32, b: usize): void {
  solveLower<f32>(n, L, lda, b);
}

export function solveLowerTF64(n: i32, L: usize, lda: i32, b: usize): void {
  solveLowerT<f64>(n, L, lda, b);
}

export function solveLowerTF32(n: i32, L: usize, lda: i32, b: usize): void {
  solveLowerT<f32>(n, L, lda, b);
}
