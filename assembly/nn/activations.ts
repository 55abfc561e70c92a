// Activations over n numbers: forward takes x to y, backward dy to dx. y may be x, dx may be dy. Each formula stands once,
// for one register. Backward takes what the derivative is cheapest from: the output of relu, leakyRelu, tanh and sigmoid,
// the input of gelu and softplus. Kernels are exact: any n, any element alignment.

import { put, take, tailOf, wholeBytes } from "../registers";
import { GELU, LEAKY_RELU, RELU, SIGMOID, SOFTPLUS, TANH } from "../../src/abi/nn";
import { gaussian, logistic, normal, softPlus, tanh } from "./elementary";

// @ts-ignore: decorator
@inline
function value<T>(kind: i32, x: v128, slope: v128): v128 {
  // max(x, 0); NaN stays NaN.
  if (kind == RELU) return v128.max<T>(x, v128.splat<T>(0));
  if (kind == LEAKY_RELU) return v128.bitselect(x, v128.mul<T>(slope, x), v128.gt<T>(x, v128.splat<T>(0)));
  if (kind == TANH) return tanh<T>(x);
  if (kind == SIGMOID) return logistic<T>(x);
  if (kind == SOFTPLUS) return softPlus<T>(x);
  // x Phi(x) (Hendrycks & Gimpel 2016, section 2), the exact form.
  return v128.mul<T>(x, normal<T>(x, gaussian<T>(x)));
}

/** dy times the derivative, from v: the output, or the input for softplus and gelu. relu has 0 at 0, as PyTorch. */
// @ts-ignore: decorator
@inline
function chained<T>(kind: i32, v: v128, dy: v128, slope: v128): v128 {
  const zero = v128.splat<T>(0), one = v128.splat<T>(1);
  if (kind == RELU) return v128.and(dy, v128.gt<T>(v, zero));
  if (kind == LEAKY_RELU) return v128.bitselect(dy, v128.mul<T>(slope, dy), v128.gt<T>(v, zero));
  if (kind == TANH) return v128.mul<T>(dy, v128.mul<T>(v128.sub<T>(one, v), v128.add<T>(one, v)));
  if (kind == SIGMOID) return v128.mul<T>(dy, v128.mul<T>(v, v128.sub<T>(one, v)));
  if (kind == SOFTPLUS) return v128.mul<T>(dy, logistic<T>(v));
  // Phi(x) + x phi(x).
  const e = gaussian<T>(v);
  const density = v128.mul<T>(v128.mul<T>(v, e), v128.splat<T>(0.3989422804014327));
  return v128.mul<T>(dy, v128.add<T>(normal<T>(v, e), density));
}

// @ts-ignore: decorator
@inline
function forward<T>(kind: i32, n: i32, x: usize, y: usize, slope: T): void {
  const s = v128.splat<T>(slope);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, y += 16) v128.store(y, value<T>(kind, v128.load(x), s));
  const tail = tailOf<T>(n);
  if (tail) put<T>(y, value<T>(kind, take<T>(x, tail), s), tail);
}

// @ts-ignore: decorator
@inline
function backward<T>(kind: i32, n: i32, v: usize, dy: usize, dx: usize, slope: T): void {
  const s = v128.splat<T>(slope);
  for (const end = v + wholeBytes<T>(n); v < end; v += 16, dy += 16, dx += 16) {
    v128.store(dx, chained<T>(kind, v128.load(v), v128.load(dy), s));
  }
  const tail = tailOf<T>(n);
  if (tail) put<T>(dx, chained<T>(kind, take<T>(v, tail), take<T>(dy, tail), s), tail);
}

function relu<T>(n: i32, x: usize, y: usize): void { forward<T>(RELU, n, x, y, 0); }
function leakyRelu<T>(n: i32, x: usize, y: usize, slope: T): void { forward<T>(LEAKY_RELU, n, x, y, slope); }
function hyperbolic<T>(n: i32, x: usize, y: usize): void { forward<T>(TANH, n, x, y, 0); }
function sigmoid<T>(n: i32, x: usize, y: usize): void { forward<T>(SIGMOID, n, x, y, 0); }
function softplus<T>(n: i32, x: usize, y: usize): void { forward<T>(SOFTPLUS, n, x, y, 0); }
function gelu<T>(n: i32, x: usize, y: usize): void { forward<T>(GELU, n, x, y, 0); }

function reluBack<T>(n: i32, y: usize, dy: usize, dx: usize): void { backward<T>(RELU, n, y, dy, dx, 0); }
function leakyReluBack<T>(n: i32, y: usize, dy: usize, dx: usize, slope: T): void {
  backward<T>(LEAKY_RELU, n, y, dy, dx, slope);
}
function hyperbolicBack<T>(n: i32, y: usize, dy: usize, dx: usize): void { backward<T>(TANH, n, y, dy, dx, 0); }
function sigmoidBack<T>(n: i32, y: usize, dy: usize, dx: usize): void { backward<T>(SIGMOID, n, y, dy, dx, 0); }
function softplusBack<T>(n: i32, x: usize, dy: usize, dx: usize): void { backward<T>(SOFTPLUS, n, x, dy, dx, 0); }
function geluBack<T>(n: i32, x: usize, dy: usize, dx: usize): void { backward<T>(GELU, n, x, dy, dx, 0); }

/** y = f(x) for the activation `kind`; `slope` serves leakyRelu. */
function activate<T>(kind: i32, n: i32, x: usize, y: usize, slope: T): void {
  if (kind == RELU) relu<T>(n, x, y);
  else if (kind == LEAKY_RELU) leakyRelu<T>(n, x, y, slope);
  else if (kind == TANH) hyperbolic<T>(n, x, y);
  else if (kind == SIGMOID) sigmoid<T>(n, x, y);
  else if (kind == SOFTPLUS) softplus<T>(n, x, y);
  else gelu<T>(n, x, y);
}

/** dx = dy f'; v is the output, or the input for softplus and gelu. */
function activateBack<T>(kind: i32, n: i32, v: usize, dy: usize, dx: usize, slope: T): void {
  if (kind == RELU) reluBack<T>(n, v, dy, dx);
  else if (kind == LEAKY_RELU) leakyReluBack<T>(n, v, dy, dx, slope);
  else if (kind == TANH) hyperbolicBack<T>(n, v, dy, dx);
  else if (kind == SIGMOID) sigmoidBack<T>(n, v, dy, dx);
  else if (kind == SOFTPLUS) softplusBack<T>(n, v, dy, dx);
  else geluBack<T>(n, v, dy, dx);
}

export function activateF64(kind: i32, n: i32, x: usize, y: usize, slope: f64): void {
  activate<f64>(kind, n, x, y, slope);
}
export function activateF32(kind: i32, n: i32, x: usize, y: usize, slope: f32): void {
  activate<f32>(kind, n, x, y, slope);
}
export function activateBackF64(kind: i32, n: i32, v: usize, dy: usize, dx: usize, slope: f64): void {
  activateBack<f64>(kind, n, v, dy, dx, slope);
}
export function activateBackF32(kind: i32, n: i32, v: usize, dy: usize, dx: usize, slope: f32): void {
  activateBack<f32>(kind, n, v, dy, dx, slope);
}
