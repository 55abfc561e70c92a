// Rules that look at signs: Rprop, delta-bar-delta, Lion.
// Arguments as in momentum.ts: n, vectors, the gradient's edits, then the rule's scalars.

import { edit, put, signs, tailOf, take, wholeBytes } from "../registers";

/**
 * Rprop (Riedmiller & Braun 1993) in the form without weight-backtracking of PyTorch (iRprop-, Igel & Huesken 2000):
 * h *= up or down by the sign of g p, within [least, most]; where the sign turned, g = 0; x -= sign(g) h; p = g.
 * The sign of g p is that of the two signs, so that a product of tiny gradients does not vanish.
 */
function rprop<T>(
  n: i32, x: usize, g: usize, p: usize, h: usize, scale: T, limit: T, decay: T, up: T, down: T, least: T, most: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const u = v128.splat<T>(up), w = v128.splat<T>(down), a = v128.splat<T>(least), z = v128.splat<T>(most);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, p += 16, h += 16) {
    rpropAt<T>(x, g, p, h, 0, s, l, d, u, w, a, z);
  }
  const tail = tailOf<T>(n);
  if (tail) rpropAt<T>(x, g, p, h, tail, s, l, d, u, w, a, z);
}

// @ts-ignore: decorator
@inline
function rpropAt<T>(
  x: usize, g: usize, p: usize, h: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  up: v128, down: v128, least: v128, most: v128,
): void {
  const zero = v128.splat<T>(0);
  const x0 = take<T>(x, tail);
  let g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const agree = v128.mul<T>(signs<T>(g0), signs<T>(take<T>(p, tail)));
  const turned = v128.lt<T>(agree, zero);
  let factor = v128.bitselect(up, v128.splat<T>(1), v128.gt<T>(agree, zero));
  factor = v128.bitselect(down, factor, turned);
  const h1 = v128.pmin<T>(v128.pmax<T>(v128.mul<T>(take<T>(h, tail), factor), least), most);
  put<T>(h, h1, tail);
  g0 = v128.andnot(g0, turned);
  put<T>(p, g0, tail);
  put<T>(x, v128.sub<T>(x0, v128.mul<T>(signs<T>(g0), h1)), tail);
}

/**
 * Delta-bar-delta (Jacobs 1988, eq. 6-8): each parameter's rate r grows by kappa where g and the average b of the
 * gradients before it agree in sign, and shrinks by the factor keep = 1 - phi where they differ, up to most;
 * x -= r g; b = theta b + rest g with rest = 1 - theta.
 */
function deltaBarDelta<T>(
  n: i32, x: usize, g: usize, r: usize, b: usize, scale: T, limit: T, decay: T, kappa: T, keep: T, theta: T, rest: T, most: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const a = v128.splat<T>(kappa), k = v128.splat<T>(keep), t = v128.splat<T>(theta), q = v128.splat<T>(rest);
  const z = v128.splat<T>(most);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, r += 16, b += 16) {
    deltaBarDeltaAt<T>(x, g, r, b, 0, s, l, d, a, k, t, q, z);
  }
  const tail = tailOf<T>(n);
  if (tail) deltaBarDeltaAt<T>(x, g, r, b, tail, s, l, d, a, k, t, q, z);
}

// @ts-ignore: decorator
@inline
function deltaBarDeltaAt<T>(
  x: usize, g: usize, r: usize, b: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  kappa: v128, keep: v128, theta: v128, rest: v128, most: v128,
): void {
  const zero = v128.splat<T>(0);
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const r0 = take<T>(r, tail);
  const b0 = take<T>(b, tail);
  const agree = v128.mul<T>(signs<T>(g0), signs<T>(b0));
  let r1 = v128.bitselect(v128.add<T>(r0, kappa), r0, v128.gt<T>(agree, zero));
  r1 = v128.bitselect(v128.mul<T>(r0, keep), r1, v128.lt<T>(agree, zero));
  r1 = v128.pmin<T>(r1, most);
  put<T>(r, r1, tail);
  put<T>(b, v128.add<T>(v128.mul<T>(theta, b0), v128.mul<T>(rest, g0)), tail);
  put<T>(x, v128.sub<T>(x0, v128.mul<T>(r1, g0)), tail);
}

/** x = shrink x - lr sign(b1 m + c1 g); m = b2 m + c2 g: Lion (Chen et al. 2023, algorithm 2), shrink = 1 - lr lambda. */
function lion<T>(
  n: i32, x: usize, g: usize, m: usize, scale: T, limit: T, decay: T, b1: T, c1: T, b2: T, c2: T, shrink: T, lr: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const p = v128.splat<T>(b1), q = v128.splat<T>(c1), r = v128.splat<T>(b2), t = v128.splat<T>(c2);
  const h = v128.splat<T>(shrink), a = v128.splat<T>(lr);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, m += 16) {
    lionAt<T>(x, g, m, 0, s, l, d, p, q, r, t, h, a);
  }
  const tail = tailOf<T>(n);
  if (tail) lionAt<T>(x, g, m, tail, s, l, d, p, q, r, t, h, a);
}

// @ts-ignore: decorator
@inline
function lionAt<T>(
  x: usize, g: usize, m: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  b1: v128, c1: v128, b2: v128, c2: v128, shrink: v128, lr: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const m0 = take<T>(m, tail);
  const way = signs<T>(v128.add<T>(v128.mul<T>(b1, m0), v128.mul<T>(c1, g0)));
  put<T>(m, v128.add<T>(v128.mul<T>(b2, m0), v128.mul<T>(c2, g0)), tail);
  put<T>(x, v128.sub<T>(v128.mul<T>(shrink, x0), v128.mul<T>(lr, way)), tail);
}

export function rpropF64(
  n: i32, x: usize, g: usize, p: usize, h: usize,
  scale: f64, limit: f64, decay: f64, up: f64, down: f64, least: f64, most: f64,
): void {
  rprop<f64>(n, x, g, p, h, scale, limit, decay, up, down, least, most);
}
export function rpropF32(
  n: i32, x: usize, g: usize, p: usize, h: usize,
  scale: f32, limit: f32, decay: f32, up: f32, down: f32, least: f32, most: f32,
): void {
  rprop<f32>(n, x, g, p, h, scale, limit, decay, up, down, least, most);
}
export function deltaBarDeltaF64(
  n: i32, x: usize, g: usize, r: usize, b: usize,
  scale: f64, limit: f64, decay: f64, kappa: f64, keep: f64, theta: f64, rest: f64, most: f64,
): void {
  deltaBarDelta<f64>(n, x, g, r, b, scale, limit, decay, kappa, keep, theta, rest, most);
}
export function deltaBarDeltaF32(
  n: i32, x: usize, g: usize, r: usize, b: usize,
  scale: f32, limit: f32, decay: f32, kappa: f32, keep: f32, theta: f32, rest: f32, most: f32,
): void {
  deltaBarDelta<f32>(n, x, g, r, b, scale, limit, decay, kappa, keep, theta, rest, most);
}
export function lionF64(
  n: i32, x: usize, g: usize, m: usize,
  scale: f64, limit: f64, decay: f64, b1: f64, c1: f64, b2: f64, c2: f64, shrink: f64, lr: f64,
): void {
  lion<f64>(n, x, g, m, scale, limit, decay, b1, c1, b2, c2, shrink, lr);
}
export function lionF32(
  n: i32, x: usize, g: usize, m: usize,
  scale: f32, limit: f32, decay: f32, b1: f32, c1: f32, b2: f32, c2: f32, shrink: f32, lr: f32,
): void {
  lion<f32>(n, x, g, m, scale, limit, decay, b1, c1, b2, c2, shrink, lr);
}
