// Averages of the iterates, and the exchange of parameters with their average.

import { put, tailOf, take, wholeBytes } from "../registers";

/** a += c (x - a): the running mean with c = 1 / count, or the exponential average with c = 1 - decay. */
function blend<T>(n: i32, x: usize, a: usize, c: T): void {
  const w = v128.splat<T>(c);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, a += 16) blendAt<T>(x, a, 0, w);
  const tail = tailOf<T>(n);
  if (tail) blendAt<T>(x, a, tail, w);
}

// @ts-ignore: decorator
@inline
function blendAt<T>(x: usize, a: usize, tail: i32, c: v128): void {
  const a0 = take<T>(a, tail);
  put<T>(a, v128.add<T>(a0, v128.mul<T>(c, v128.sub<T>(take<T>(x, tail), a0))), tail);
}

/**
 * The mean of a full window moves on: a += c (x - old), c = 1 / window; old = x. Beside it grows the mean f of the
 * iterates since the ring last wrapped, f += k (x - f), which then replaces a: so rounding never adds up.
 */
function slide<T>(n: i32, x: usize, old: usize, a: usize, f: usize, c: T, k: T): void {
  const w = v128.splat<T>(c), q = v128.splat<T>(k);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, old += 16, a += 16, f += 16) {
    slideAt<T>(x, old, a, f, 0, w, q);
  }
  const tail = tailOf<T>(n);
  if (tail) slideAt<T>(x, old, a, f, tail, w, q);
}

// @ts-ignore: decorator
@inline
function slideAt<T>(x: usize, old: usize, a: usize, f: usize, tail: i32, c: v128, k: v128): void {
  const x0 = take<T>(x, tail);
  const step = v128.mul<T>(c, v128.sub<T>(x0, take<T>(old, tail)));
  put<T>(a, v128.add<T>(take<T>(a, tail), step), tail);
  put<T>(old, x0, tail);
  const f0 = take<T>(f, tail);
  put<T>(f, v128.add<T>(f0, v128.mul<T>(k, v128.sub<T>(x0, f0))), tail);
}

/** x and y change places. */
function swap<T>(n: i32, x: usize, y: usize): void {
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, y += 16) swapAt<T>(x, y, 0);
  const tail = tailOf<T>(n);
  if (tail) swapAt<T>(x, y, tail);
}

// @ts-ignore: decorator
@inline
function swapAt<T>(x: usize, y: usize, tail: i32): void {
  const x0 = take<T>(x, tail);
  put<T>(x, take<T>(y, tail), tail);
  put<T>(y, x0, tail);
}

export function blendF64(n: i32, x: usize, a: usize, c: f64): void { blend<f64>(n, x, a, c); }
export function blendF32(n: i32, x: usize, a: usize, c: f32): void { blend<f32>(n, x, a, c); }
export function slideF64(n: i32, x: usize, old: usize, a: usize, f: usize, c: f64, k: f64): void {
  slide<f64>(n, x, old, a, f, c, k);
}
export function slideF32(n: i32, x: usize, old: usize, a: usize, f: usize, c: f32, k: f32): void {
  slide<f32>(n, x, old, a, f, c, k);
}
export function swapF64(n: i32, x: usize, y: usize): void { swap<f64>(n, x, y); }
export function swapF32(n: i32, x: usize, y: usize): void { swap<f32>(n, x, y); }
