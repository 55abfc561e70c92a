// Gradient descent and its momentum forms. Every kernel: n, vectors (x parameters, g gradient, state), the gradient's
// edits (scale, limit, decay: see `edit`), then scalars that the caller computed in double. The loops around a loop turn
// once: V8 unrolls a loop the more, the deeper it is nested.

import { At0, At16, At32, At48, edit, isPlain, put, putAt, tailOf, take, takeAt, wholeBytes } from "../registers";

/** x -= lr g (Robbins & Monro 1951, eq. 6; PyTorch's SGD without momentum). */
function sgd<T>(n: i32, x: usize, g: usize, scale: T, limit: T, decay: T, lr: T): void {
  if (isPlain<T>(scale, limit, decay)) sgdLoop<T>(n, x, g, scale, limit, decay, lr, false);
  else sgdLoop<T>(n, x, g, scale, limit, decay, lr, true);
}

// @ts-ignore: decorator
@inline
function sgdLoop<T>(n: i32, x: usize, g: usize, scale: T, limit: T, decay: T, lr: T, edited: bool): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay), a = v128.splat<T>(lr);
  const end = x + wholeBytes<T>(n);
  const stop = x + (wholeBytes<T>(n) & ~63);
  do {
    do {
      for (; x < stop; x += 64, g += 64) {
        sgdAt<T, At0>(x, g, 0, s, l, d, a, edited);
        sgdAt<T, At16>(x, g, 0, s, l, d, a, edited);
        sgdAt<T, At32>(x, g, 0, s, l, d, a, edited);
        sgdAt<T, At48>(x, g, 0, s, l, d, a, edited);
      }
    } while (x < stop);
  } while (x < stop);
  for (; x < end; x += 16, g += 16) sgdAt<T, At0>(x, g, 0, s, l, d, a, edited);
  const tail = tailOf<T>(n);
  if (tail) sgdAt<T, At0>(x, g, tail, s, l, d, a, edited);
}

// @ts-ignore: decorator
@inline
function sgdAt<T, O>(
  x: usize, g: usize, tail: i32, scale: v128, limit: v128, decay: v128, lr: v128, edited: bool,
): void {
  const x0 = takeAt<T, O>(x, tail);
  let g0 = takeAt<T, O>(g, tail);
  if (edited) g0 = edit<T>(g0, x0, scale, limit, decay);
  putAt<T, O>(x, v128.sub<T>(x0, v128.mul<T>(lr, g0)), tail);
}

/**
 * b = mu b + gain g; x -= lr b: PyTorch's heavy ball (Polyak 1964, eq. 9). With `nesterov`, x -= lr (g + mu b), which is
 * Nesterov's method in the variables of the look-ahead point (Sutskever et al. 2013, section 2, as PyTorch writes it).
 */
function momentum<T>(
  n: i32, x: usize, g: usize, b: usize, scale: T, limit: T, decay: T, lr: T, mu: T, gain: T, nesterov: i32,
): void {
  if (isPlain<T>(scale, limit, decay) && gain == <T>1) {
    if (nesterov) momentumLoop<T>(n, x, g, b, scale, limit, decay, lr, mu, gain, true, false);
    else momentumLoop<T>(n, x, g, b, scale, limit, decay, lr, mu, gain, false, false);
  } else if (nesterov) momentumLoop<T>(n, x, g, b, scale, limit, decay, lr, mu, gain, true, true);
  else momentumLoop<T>(n, x, g, b, scale, limit, decay, lr, mu, gain, false, true);
}

// @ts-ignore: decorator
@inline
function momentumLoop<T>(
  n: i32, x: usize, g: usize, b: usize, scale: T, limit: T, decay: T, lr: T, mu: T, gain: T, nesterov: bool, edited: bool,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const a = v128.splat<T>(lr), u = v128.splat<T>(mu), c = v128.splat<T>(gain);
  const end = x + wholeBytes<T>(n);
  const stop = x + (wholeBytes<T>(n) & ~63);
  do {
    do {
      for (; x < stop; x += 64, g += 64, b += 64) {
        momentumAt<T, At0>(x, g, b, 0, s, l, d, a, u, c, nesterov, edited);
        momentumAt<T, At16>(x, g, b, 0, s, l, d, a, u, c, nesterov, edited);
        momentumAt<T, At32>(x, g, b, 0, s, l, d, a, u, c, nesterov, edited);
        momentumAt<T, At48>(x, g, b, 0, s, l, d, a, u, c, nesterov, edited);
      }
    } while (x < stop);
  } while (x < stop);
  for (; x < end; x += 16, g += 16, b += 16) momentumAt<T, At0>(x, g, b, 0, s, l, d, a, u, c, nesterov, edited);
  const tail = tailOf<T>(n);
  if (tail) momentumAt<T, At0>(x, g, b, tail, s, l, d, a, u, c, nesterov, edited);
}

// @ts-ignore: decorator
@inline
function momentumAt<T, O>(
  x: usize, g: usize, b: usize, tail: i32,
  scale: v128, limit: v128, decay: v128, lr: v128, mu: v128, gain: v128, nesterov: bool, edited: bool,
): void {
  const x0 = takeAt<T, O>(x, tail);
  let g0 = takeAt<T, O>(g, tail);
  if (edited) g0 = edit<T>(g0, x0, scale, limit, decay);
  const push = edited ? v128.mul<T>(gain, g0) : g0;
  const b1 = v128.add<T>(v128.mul<T>(mu, takeAt<T, O>(b, tail)), push);
  putAt<T, O>(b, b1, tail);
  const step = nesterov ? v128.add<T>(g0, v128.mul<T>(mu, b1)) : b1;
  putAt<T, O>(x, v128.sub<T>(x0, v128.mul<T>(lr, step)), tail);
}

/** y = x; x += mu v: moves to the point where the look-ahead gradient is taken, and keeps the way back. */
function lookAhead<T>(n: i32, x: usize, v: usize, y: usize, mu: T): void {
  const u = v128.splat<T>(mu);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, v += 16, y += 16) lookAheadAt<T>(x, v, y, 0, u);
  const tail = tailOf<T>(n);
  if (tail) lookAheadAt<T>(x, v, y, tail, u);
}

// @ts-ignore: decorator
@inline
function lookAheadAt<T>(x: usize, v: usize, y: usize, tail: i32, mu: v128): void {
  const x0 = take<T>(x, tail);
  put<T>(y, x0, tail);
  put<T>(x, v128.add<T>(x0, v128.mul<T>(mu, take<T>(v, tail))), tail);
}

/**
 * v = mu v - lr g; x = y + v, where g was taken at y + mu v (Sutskever et al. 2013, eq. 3-4; Nesterov 1983) and y is
 * what `lookAhead` kept. The decay, too, is that of the look-ahead point.
 */
function lookAheadStep<T>(
  n: i32, x: usize, g: usize, v: usize, y: usize, scale: T, limit: T, decay: T, lr: T, mu: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const a = v128.splat<T>(lr), u = v128.splat<T>(mu);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, v += 16, y += 16) {
    lookAheadStepAt<T>(x, g, v, y, 0, s, l, d, a, u);
  }
  const tail = tailOf<T>(n);
  if (tail) lookAheadStepAt<T>(x, g, v, y, tail, s, l, d, a, u);
}

// @ts-ignore: decorator
@inline
function lookAheadStepAt<T>(
  x: usize, g: usize, v: usize, y: usize, tail: i32, scale: v128, limit: v128, decay: v128, lr: v128, mu: v128,
): void {
  const y0 = take<T>(y, tail);
  const drift = v128.mul<T>(mu, take<T>(v, tail));
  const g0 = edit<T>(take<T>(g, tail), v128.add<T>(y0, drift), scale, limit, decay);
  const v1 = v128.sub<T>(drift, v128.mul<T>(lr, g0));
  put<T>(v, v1, tail);
  put<T>(x, v128.add<T>(y0, v1), tail);
}

/**
 * x = shrink x - eta g; a = keep a + mu x with keep = 1 - mu: averaged SGD (Polyak & Juditsky 1992; the step sizes
 * of Bottou's sgd and PyTorch's ASGD are the caller's).
 */
function asgd<T>(
  n: i32, x: usize, g: usize, a: usize, scale: T, limit: T, decay: T, shrink: T, eta: T, keep: T, mu: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const h = v128.splat<T>(shrink), e = v128.splat<T>(eta), k = v128.splat<T>(keep), u = v128.splat<T>(mu);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, a += 16) asgdAt<T>(x, g, a, 0, s, l, d, h, e, k, u);
  const tail = tailOf<T>(n);
  if (tail) asgdAt<T>(x, g, a, tail, s, l, d, h, e, k, u);
}

// @ts-ignore: decorator
@inline
function asgdAt<T>(
  x: usize, g: usize, a: usize, tail: i32,
  scale: v128, limit: v128, decay: v128, shrink: v128, eta: v128, keep: v128, mu: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const x1 = v128.sub<T>(v128.mul<T>(shrink, x0), v128.mul<T>(eta, g0));
  put<T>(x, x1, tail);
  put<T>(a, v128.add<T>(v128.mul<T>(keep, take<T>(a, tail)), v128.mul<T>(mu, x1)), tail);
}

export function sgdF64(n: i32, x: usize, g: usize, scale: f64, limit: f64, decay: f64, lr: f64): void {
  sgd<f64>(n, x, g, scale, limit, decay, lr);
}
export function sgdF32(n: i32, x: usize, g: usize, scale: f32, limit: f32, decay: f32, lr: f32): void {
  sgd<f32>(n, x, g, scale, limit, decay, lr);
}
export function momentumF64(
  n: i32, x: usize, g: usize, b: usize, scale: f64, limit: f64, decay: f64, lr: f64, mu: f64, gain: f64, nesterov: i32,
): void {
  momentum<f64>(n, x, g, b, scale, limit, decay, lr, mu, gain, nesterov);
}
export function momentumF32(
  n: i32, x: usize, g: usize, b: usize, scale: f32, limit: f32, decay: f32, lr: f32, mu: f32, gain: f32, nesterov: i32,
): void {
  momentum<f32>(n, x, g, b, scale, limit, decay, lr, mu, gain, nesterov);
}
export function lookAheadF64(n: i32, x: usize, v: usize, y: usize, mu: f64): void { lookAhead<f64>(n, x, v, y, mu); }
export function lookAheadF32(n: i32, x: usize, v: usize, y: usize, mu: f32): void { lookAhead<f32>(n, x, v, y, mu); }
export function lookAheadStepF64(
  n: i32, x: usize, g: usize, v: usize, y: usize, scale: f64, limit: f64, decay: f64, lr: f64, mu: f64,
): void {
  lookAheadStep<f64>(n, x, g, v, y, scale, limit, decay, lr, mu);
}
export function lookAheadStepF32(
  n: i32, x: usize, g: usize, v: usize, y: usize, scale: f32, limit: f32, decay: f32, lr: f32, mu: f32,
): void {
  lookAheadStep<f32>(n, x, g, v, y, scale, limit, decay, lr, mu);
}
export function asgdF64(
  n: i32, x: usize, g: usize, a: usize, scale: f64, limit: f64, decay: f64, shrink: f64, eta: f64, keep: f64, mu: f64,
): void {
  asgd<f64>(n, x, g, a, scale, limit, decay, shrink, eta, keep, mu);
}
export function asgdF32(
  n: i32, x: usize, g: usize, a: usize, scale: f32, limit: f32, decay: f32, shrink: f32, eta: f32, keep: f32, mu: f32,
): void {
  asgd<f32>(n, x, g, a, scale, limit, decay, shrink, eta, keep, mu);
}
