// The room `linalg`: factorisations and solvers in both precisions. Matrices are row-major, except in the QR family,
// which holds them by columns. Leading dimensions count elements; pointers need only element alignment; *Work*
// functions give the bytes of workspace a call with those sizes needs.

import { nrm2 } from "../blas/level1";
import { cholesky, choleskySolve, choleskyWork } from "./cholesky";
import { condition, normR } from "./condition";
import { ldl, ldlModify, ldlNegative, ldlSingular, ldlSolve } from "./ldl";
import { lstsqFactor, lstsqRefine, lstsqSolve } from "./lstsq";
import { lu, luSolve, luWork } from "./lu";
import { applyQ, applyQT, qrBlocked, qrFactor, qrRank, qrWork, solveR } from "./qr";
import { residual } from "./residual";
import { asymmetry, equilibrate, largestEntry, multiply, norm1, scaledProduct } from "./scaling";
import { trsm, trsmWork } from "./trsm";

export { logScaled } from "./scaling";

export function nrm2F64(n: i32, x: usize): f64 {
  return nrm2<f64>(n, x);
}

export function nrm2F32(n: i32, x: usize): f32 {
  return nrm2<f32>(n, x);
}

export function lstsqFactorF64(
  m: i32, n: i32, A: usize, scales: usize, tau: usize, perm: usize, norms: usize, tol: f64,
): i32 {
  return lstsqFactor<f64>(m, n, A, scales, tau, perm, norms, tol);
}

export function lstsqFactorF32(
  m: i32, n: i32, A: usize, scales: usize, tau: usize, perm: usize, norms: usize, tol: f32,
): i32 {
  return lstsqFactor<f32>(m, n, A, scales, tau, perm, norms, tol);
}

export function lstsqSolveF64(
  m: i32, n: i32, rank: i32, A: usize, scales: usize, tau: usize, perm: usize, b: usize, x: usize, work: usize,
): void {
  lstsqSolve<f64>(m, n, rank, A, scales, tau, perm, b, x, work);
}

export function lstsqSolveF32(
  m: i32, n: i32, rank: i32, A: usize, scales: usize, tau: usize, perm: usize, b: usize, x: usize, work: usize,
): void {
  lstsqSolve<f32>(m, n, rank, A, scales, tau, perm, b, x, work);
}

export function lstsqRefineF64(
  m: i32, n: i32, A0: usize, A: usize, scales: usize, tau: usize, perm: usize, b0: usize, x: usize, r: usize, work: usize,
): void {
  lstsqRefine<f64>(m, n, A0, A, scales, tau, perm, b0, x, r, work);
}

export function lstsqRefineF32(
  m: i32, n: i32, A0: usize, A: usize, scales: usize, tau: usize, perm: usize, b0: usize, x: usize, r: usize, work: usize,
): void {
  lstsqRefine<f32>(m, n, A0, A, scales, tau, perm, b0, x, r, work);
}

export function conditionF64(
  kind: i32, n: i32, norm: f64, F: usize, ld: i32, perm: usize, e: usize, work: usize,
): f64 {
  return condition<f64>(kind, n, norm, F, ld, perm, e, work);
}

export function conditionF32(
  kind: i32, n: i32, norm: f32, F: usize, ld: i32, perm: usize, e: usize, work: usize,
): f32 {
  return condition<f32>(kind, n, norm, F, ld, perm, e, work);
}

export function normRF64(k: i32, R: usize, ld: i32): f64 {
  return normR<f64>(k, R, ld);
}

export function normRF32(k: i32, R: usize, ld: i32): f32 {
  return normR<f32>(k, R, ld);
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

export function luWorkF64(n: i32): usize {
  return luWork<f64>(n);
}

export function luWorkF32(n: i32): usize {
  return luWork<f32>(n);
}

export function luF64(n: i32, A: usize, lda: i32, perm: usize, work: usize): i32 {
  return lu<f64>(n, A, lda, perm, work);
}

export function luF32(n: i32, A: usize, lda: i32, perm: usize, work: usize): i32 {
  return lu<f32>(n, A, lda, perm, work);
}

export function luSolveF64(n: i32, F: usize, lda: i32, perm: usize, b: usize, x: usize): void {
  luSolve<f64>(n, F, lda, perm, b, x);
}

export function luSolveF32(n: i32, F: usize, lda: i32, perm: usize, b: usize, x: usize): void {
  luSolve<f32>(n, F, lda, perm, b, x);
}

export function ldlF64(n: i32, A: usize, ld: i32, e: usize, perm: usize): void {
  ldl<f64>(n, A, ld, e, perm);
}

export function ldlF32(n: i32, A: usize, ld: i32, e: usize, perm: usize): void {
  ldl<f32>(n, A, ld, e, perm);
}

export function ldlSingularF64(n: i32, A: usize, ld: i32, e: usize): i32 {
  return ldlSingular<f64>(n, A, ld, e);
}

export function ldlSingularF32(n: i32, A: usize, ld: i32, e: usize): i32 {
  return ldlSingular<f32>(n, A, ld, e);
}

export function ldlNegativeF64(n: i32, A: usize, ld: i32, e: usize): i32 {
  return ldlNegative<f64>(n, A, ld, e);
}

export function ldlNegativeF32(n: i32, A: usize, ld: i32, e: usize): i32 {
  return ldlNegative<f32>(n, A, ld, e);
}

export function ldlModifyF64(n: i32, A: usize, ld: i32, e: usize, delta: f64): i32 {
  return ldlModify<f64>(n, A, ld, e, delta);
}

export function ldlModifyF32(n: i32, A: usize, ld: i32, e: usize, delta: f32): i32 {
  return ldlModify<f32>(n, A, ld, e, delta);
}

export function ldlSolveF64(n: i32, A: usize, ld: i32, e: usize, perm: usize, b: usize, x: usize, work: usize): void {
  ldlSolve<f64>(n, A, ld, e, perm, b, x, work);
}

export function ldlSolveF32(n: i32, A: usize, ld: i32, e: usize, perm: usize, b: usize, x: usize, work: usize): void {
  ldlSolve<f32>(n, A, ld, e, perm, b, x, work);
}

export function qrWorkF64(m: i32, n: i32): usize {
  return qrWork<f64>(m, n);
}

export function qrWorkF32(m: i32, n: i32): usize {
  return qrWork<f32>(m, n);
}

export function qrBlockedF64(m: i32, n: i32, A: usize, ld: i32, tau: usize, work: usize): void {
  qrBlocked<f64>(m, n, A, ld, tau, work);
}

export function qrBlockedF32(m: i32, n: i32, A: usize, ld: i32, tau: usize, work: usize): void {
  qrBlocked<f32>(m, n, A, ld, tau, work);
}

export function qrFactorF64(
  m: i32, n: i32, total: i32, A: usize, ld: i32, tau: usize, perm: usize, norms: usize, pivot: i32,
): void {
  qrFactor<f64>(m, n, total, A, ld, tau, perm, norms, pivot);
}

export function qrFactorF32(
  m: i32, n: i32, total: i32, A: usize, ld: i32, tau: usize, perm: usize, norms: usize, pivot: i32,
): void {
  qrFactor<f32>(m, n, total, A, ld, tau, perm, norms, pivot);
}

export function qrRankF64(m: i32, n: i32, A: usize, ld: i32, tol: f64): i32 {
  return qrRank<f64>(m, n, A, ld, tol);
}

export function qrRankF32(m: i32, n: i32, A: usize, ld: i32, tol: f32): i32 {
  return qrRank<f32>(m, n, A, ld, tol);
}

export function applyQTF64(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  applyQT<f64>(m, n, A, ld, tau, b);
}

export function applyQTF32(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  applyQT<f32>(m, n, A, ld, tau, b);
}

export function applyQF64(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  applyQ<f64>(m, n, A, ld, tau, b);
}

export function applyQF32(m: i32, n: i32, A: usize, ld: i32, tau: usize, b: usize): void {
  applyQ<f32>(m, n, A, ld, tau, b);
}

export function solveRF64(k: i32, A: usize, ld: i32, y: usize): void {
  solveR<f64>(k, A, ld, y);
}

export function solveRF32(k: i32, A: usize, ld: i32, y: usize): void {
  solveR<f32>(k, A, ld, y);
}

export function trsmWorkF64(n: i32, count: i32): usize {
  return trsmWork<f64>(n, count);
}

export function trsmWorkF32(n: i32, count: i32): usize {
  return trsmWork<f32>(n, count);
}

export function trsmF64(
  upper: bool, trans: bool, unit: bool, n: i32, count: i32, A: usize, lda: i32, B: usize, ldb: i32, work: usize,
): void {
  trsm<f64>(upper, trans, unit, n, count, A, lda, B, ldb, work);
}

export function trsmF32(
  upper: bool, trans: bool, unit: bool, n: i32, count: i32, A: usize, lda: i32, B: usize, ldb: i32, work: usize,
): void {
  trsm<f32>(upper, trans, unit, n, count, A, lda, B, ldb, work);
}

export function residualF64(m: i32, n: i32, A: usize, ld: i32, x: usize, b: usize, r: usize): void {
  residual<f64>(m, n, A, ld, x, b, r);
}

export function residualF32(m: i32, n: i32, A: usize, ld: i32, x: usize, b: usize, r: usize): void {
  residual<f32>(m, n, A, ld, x, b, r);
}

export function norm1F64(m: i32, n: i32, A: usize, lda: i32, sums: usize): f64 {
  return norm1<f64>(m, n, A, lda, sums);
}

export function norm1F32(m: i32, n: i32, A: usize, lda: i32, sums: usize): f32 {
  return norm1<f32>(m, n, A, lda, sums);
}

export function largestEntryF64(m: i32, n: i32, A: usize, lda: i32): f64 {
  return largestEntry<f64>(m, n, A, lda);
}

export function largestEntryF32(m: i32, n: i32, A: usize, lda: i32): f32 {
  return largestEntry<f32>(m, n, A, lda);
}

export function equilibrateF64(n: i32, A: usize, lda: i32, r: usize, c: usize): void {
  equilibrate<f64>(n, A, lda, r, c);
}

export function equilibrateF32(n: i32, A: usize, lda: i32, r: usize, c: usize): void {
  equilibrate<f32>(n, A, lda, r, c);
}

export function multiplyF64(n: i32, d: usize, x: usize): void {
  multiply<f64>(n, d, x);
}

export function multiplyF32(n: i32, d: usize, x: usize): void {
  multiply<f32>(n, d, x);
}

export function asymmetryF64(n: i32, A: usize, lda: i32, tol: f64): i32 {
  return asymmetry<f64>(n, A, lda, tol);
}

export function asymmetryF32(n: i32, A: usize, lda: i32, tol: f32): i32 {
  return asymmetry<f32>(n, A, lda, tol);
}

export function scaledProductF64(n: i32, x: usize, step: i32, out: usize): void {
  scaledProduct<f64>(n, x, step, out);
}
