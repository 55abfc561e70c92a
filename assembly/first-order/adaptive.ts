// Rules that divide by the root of accumulated squares: AdaGrad, RMSprop, Adadelta.
// Arguments as in momentum.ts: n, vectors, the gradient's edits, then the rule's scalars.

import { edit, put, tailOf, take, wholeBytes } from "../registers";

/** s += g^2; x -= lr g / (sqrt(s) + eps): AdaGrad (Duchi, Hazan & Singer 2011, fig. 1, diagonal); eps as PyTorch. */
function adagrad<T>(
  n: i32, x: usize, g: usize, s: usize, scale: T, limit: T, decay: T, lr: T, eps: T,
): void {
  const c = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const a = v128.splat<T>(lr), e = v128.splat<T>(eps);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, s += 16) adagradAt<T>(x, g, s, 0, c, l, d, a, e);
  const tail = tailOf<T>(n);
  if (tail) adagradAt<T>(x, g, s, tail, c, l, d, a, e);
}

// @ts-ignore: decorator
@inline
function adagradAt<T>(
  x: usize, g: usize, s: usize, tail: i32, scale: v128, limit: v128, decay: v128, lr: v128, eps: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const s1 = v128.add<T>(take<T>(s, tail), v128.mul<T>(g0, g0));
  put<T>(s, s1, tail);
  const step = v128.div<T>(v128.mul<T>(lr, g0), v128.add<T>(v128.sqrt<T>(s1), eps));
  put<T>(x, v128.sub<T>(x0, step), tail);
}

/**
 * v = alpha v + (1 - alpha) g^2; d = g / (sqrt(v) + eps): RMSprop (Tieleman & Hinton 2012, lecture 6.5, slide 29).
 * a != 0 centers it: a = alpha a + (1 - alpha) g and the root is of v - a^2 (Graves 2013, eq. 38-41), which rounding may
 * leave below zero: it is then taken as zero. b != 0 adds momentum: b = mu b + d. Last, x -= lr d, or lr b.
 */
function rmsprop<T>(
  n: i32, x: usize, g: usize, v: usize, a: usize, b: usize,
  scale: T, limit: T, decay: T, lr: T, alpha: T, rest: T, eps: T, mu: T,
): void {
  if (a) {
    if (b) rmspropLoop<T>(n, x, g, v, a, b, scale, limit, decay, lr, alpha, rest, eps, mu, true, true);
    else rmspropLoop<T>(n, x, g, v, a, b, scale, limit, decay, lr, alpha, rest, eps, mu, true, false);
  } else if (b) rmspropLoop<T>(n, x, g, v, a, b, scale, limit, decay, lr, alpha, rest, eps, mu, false, true);
  else rmspropLoop<T>(n, x, g, v, a, b, scale, limit, decay, lr, alpha, rest, eps, mu, false, false);
}

// @ts-ignore: decorator
@inline
function rmspropLoop<T>(
  n: i32, x: usize, g: usize, v: usize, a: usize, b: usize,
  scale: T, limit: T, decay: T, lr: T, alpha: T, rest: T, eps: T, mu: T, centered: bool, heavy: bool,
): void {
  const c = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const h = v128.splat<T>(lr), k = v128.splat<T>(alpha), r = v128.splat<T>(rest);
  const e = v128.splat<T>(eps), u = v128.splat<T>(mu);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, v += 16) {
    rmspropAt<T>(x, g, v, a, b, 0, c, l, d, h, k, r, e, u, centered, heavy);
    if (centered) a += 16;
    if (heavy) b += 16;
  }
  const tail = tailOf<T>(n);
  if (tail) rmspropAt<T>(x, g, v, a, b, tail, c, l, d, h, k, r, e, u, centered, heavy);
}

// @ts-ignore: decorator
@inline
function rmspropAt<T>(
  x: usize, g: usize, v: usize, a: usize, b: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  lr: v128, alpha: v128, rest: v128, eps: v128, mu: v128, centered: bool, heavy: bool,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  let s = v128.add<T>(v128.mul<T>(alpha, take<T>(v, tail)), v128.mul<T>(rest, v128.mul<T>(g0, g0)));
  put<T>(v, s, tail);
  if (centered) {
    const mean = v128.add<T>(v128.mul<T>(alpha, take<T>(a, tail)), v128.mul<T>(rest, g0));
    put<T>(a, mean, tail);
    s = v128.pmax<T>(v128.sub<T>(s, v128.mul<T>(mean, mean)), v128.splat<T>(0));
  }
  let step = v128.div<T>(g0, v128.add<T>(v128.sqrt<T>(s), eps));
  if (heavy) {
    step = v128.add<T>(v128.mul<T>(mu, take<T>(b, tail)), step);
    put<T>(b, step, tail);
  }
  put<T>(x, v128.sub<T>(x0, v128.mul<T>(lr, step)), tail);
}

/**
 * v = rho v + (1 - rho) g^2; d = sqrt(u + eps) / sqrt(v + eps) g; u = rho u + (1 - rho) d^2; x -= lr d:
 * Adadelta (Zeiler 2012, algorithm 1). The denominator uses the v of this step.
 */
function adadelta<T>(
  n: i32, x: usize, g: usize, v: usize, u: usize, scale: T, limit: T, decay: T, lr: T, rho: T, rest: T, eps: T,
): void {
  const c = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const h = v128.splat<T>(lr), k = v128.splat<T>(rho), r = v128.splat<T>(rest), e = v128.splat<T>(eps);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, v += 16, u += 16) {
    adadeltaAt<T>(x, g, v, u, 0, c, l, d, h, k, r, e);
  }
  const tail = tailOf<T>(n);
  if (tail) adadeltaAt<T>(x, g, v, u, tail, c, l, d, h, k, r, e);
}

// @ts-ignore: decorator
@inline
function adadeltaAt<T>(
  x: usize, g: usize, v: usize, u: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  lr: v128, rho: v128, rest: v128, eps: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const v1 = v128.add<T>(v128.mul<T>(rho, take<T>(v, tail)), v128.mul<T>(rest, v128.mul<T>(g0, g0)));
  put<T>(v, v1, tail);
  const u0 = take<T>(u, tail);
  const ratio = v128.div<T>(v128.sqrt<T>(v128.add<T>(u0, eps)), v128.sqrt<T>(v128.add<T>(v1, eps)));
  const step = v128.mul<T>(ratio, g0);
  put<T>(u, v128.add<T>(v128.mul<T>(rho, u0), v128.mul<T>(rest, v128.mul<T>(step, step))), tail);
  put<T>(x, v128.sub<T>(x0, v128.mul<T>(lr, step)), tail);
}

export function adagradF64(
  n: i32, x: usize, g: usize, s: usize, scale: f64, limit: f64, decay: f64, lr: f64, eps: f64,
): void {
  adagrad<f64>(n, x, g, s, scale, limit, decay, lr, eps);
}
export function adagradF32(
  n: i32, x: usize, g: usize, s: usize, scale: f32, limit: f32, decay: f32, lr: f32, eps: f32,
): void {
  adagrad<f32>(n, x, g, s, scale, limit, decay, lr, eps);
}
export function rmspropF64(
  n: i32, x: usize, g: usize, v: usize, a: usize, b: usize,
  scale: f64, limit: f64, decay: f64, lr: f64, alpha: f64, rest: f64, eps: f64, mu: f64,
): void {
  rmsprop<f64>(n, x, g, v, a, b, scale, limit, decay, lr, alpha, rest, eps, mu);
}
export function rmspropF32(
  n: i32, x: usize, g: usize, v: usize, a: usize, b: usize,
  scale: f32, limit: f32, decay: f32, lr: f32, alpha: f32, rest: f32, eps: f32, mu: f32,
): void {
  rmsprop<f32>(n, x, g, v, a, b, scale, limit, decay, lr, alpha, rest, eps, mu);
}
export function adadeltaF64(
  n: i32, x: usize, g: usize, v: usize, u: usize,
  scale: f64, limit: f64, decay: f64, lr: f64, rho: f64, rest: f64, eps: f64,
): void {
  adadelta<f64>(n, x, g, v, u, scale, limit, decay, lr, rho, rest, eps);
}
export function adadeltaF32(
  n: i32, x: usize, g: usize, v: usize, u: usize,
  scale: f32, limit: f32, decay: f32, lr: f32, rho: f32, rest: f32, eps: f32,
): void {
  adadelta<f32>(n, x, g, v, u, scale, limit, decay, lr, rho, rest, eps);
}
