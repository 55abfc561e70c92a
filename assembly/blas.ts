// The room `blas`: level 1 in both precisions, in BLAS argument order. Pointers need only element alignment.

import { amax, asum, axpby, axpy, copy, dot, fill, iamax, nrm2, scal, sum } from "./blas/level1";

export function dotF64(n: i32, x: usize, y: usize): f64 {
  return dot<f64>(n, x, y);
}
export function dotF32(n: i32, x: usize, y: usize): f32 {
  return dot<f32>(n, x, y);
}
export function sumF64(n: i32, x: usize): f64 {
  return sum<f64>(n, x);
}
export function sumF32(n: i32, x: usize): f32 {
  return sum<f32>(n, x);
}
export function asumF64(n: i32, x: usize): f64 {
  return asum<f64>(n, x);
}
export function asumF32(n: i32, x: usize): f32 {
  return asum<f32>(n, x);
}
export function amaxF64(n: i32, x: usize): f64 {
  return amax<f64>(n, x);
}
export function amaxF32(n: i32, x: usize): f32 {
  return amax<f32>(n, x);
}
export function iamaxF64(n: i32, x: usize): i32 {
  return iamax<f64>(n, x);
}
export function iamaxF32(n: i32, x: usize): i32 {
  return iamax<f32>(n, x);
}
export function nrm2F64(n: i32, x: usize): f64 {
  return nrm2<f64>(n, x);
}
export function nrm2F32(n: i32, x: usize): f32 {
  return nrm2<f32>(n, x);
}
export function axpyF64(n: i32, a: f64, x: usize, y: usize): void {
  axpy<f64>(n, a, x, y);
}
export function axpyF32(n: i32, a: f32, x: usize, y: usize): void {
  axpy<f32>(n, a, x, y);
}
export function axpbyF64(n: i32, a: f64, x: usize, b: f64, y: usize): void {
  axpby<f64>(n, a, x, b, y);
}
export function axpbyF32(n: i32, a: f32, x: usize, b: f32, y: usize): void {
  axpby<f32>(n, a, x, b, y);
}
export function scalF64(n: i32, a: f64, x: usize): void {
  scal<f64>(n, a, x);
}
export function scalF32(n: i32, a: f32, x: usize): void {
  scal<f32>(n, a, x);
}
export function copyF64(n: i32, x: usize, y: usize): void {
  copy<f64>(n, x, y);
}
export function copyF32(n: i32, x: usize, y: usize): void {
  copy<f32>(n, x, y);
}
export function fillF64(n: i32, a: f64, x: usize): void {
  fill<f64>(n, a, x);
}
export function fillF32(n: i32, a: f32, x: usize): void {
  fill<f32>(n, a, x);
}
