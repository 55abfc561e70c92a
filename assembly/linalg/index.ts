// The room `linalg`: factorisations and solvers of row-major matrices in both precisions (the QR family holds
// its matrix by columns). Leading dimensions count elements; pointers need only element alignment.

import { nrm2 } from "../blas/level1";
import { conditionR } from "./condition";
import { lstsqFactor, lstsqRefine, lstsqSolve } from "./lstsq";

export { lstsqWork } from "./lstsq";

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
  m: i32, n: i32, A0: usize, A: usize, scales: usize, tau: usize, perm: usize, b0: usize, x: usize, r: usize,
  work: usize,
): void {
  lstsqRefine<f64>(m, n, A0, A, scales, tau, perm, b0, x, r, work);
}

export function lstsqRefineF32(
  m: i32, n: i32, A0: usize, A: usize, scales: usize, tau: usize, perm: usize, b0: usize, x: usize, r: usize,
  work: usize,
): void {
  lstsqRefine<f32>(m, n, A0, A, scales, tau, perm, b0, x, r, work);
}

export function conditionRF64(k: i32, R: usize, ld: i32, work: usize): f64 {
  return conditionR<f64>(k, R, ld, work);
}

export function conditionRF32(k: i32, R: usize, ld: i32, work: usize): f32 {
  return conditionR<f32>(k, R, ld, work);
}

export function nrm2F64(n: i32, x: usize): f64 {
  return nrm2<f64>(n, x);
}

export function nrm2F32(n: i32, x: usize): f32 {
  return nrm2<f32>(n, x);
}
