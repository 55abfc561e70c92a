// Losses of a batch with their gradients in one pass. z are the network's outputs (m x n for softmax, n numbers for the
// others), dz receives scale dL/dz and may be z. Each returns the sum of the losses, gathered in doubles.

import { lanes } from "../simd";
import { put, take, tailOf, wholeBytes } from "../registers";
import { BINARY, HUBER, SQUARED } from "../../src/abi/nn";
import { exp, log, log1p } from "./elementary";

/** sum + the lanes of v, in doubles. */
// @ts-ignore: decorator
@inline
function gather<T>(sum: v128, v: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.add(sum, v);
  const high = v128.shuffle<f64>(v, v, 1, 0);
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(high)));
}

/** The first `tail` lanes of v, the others 0. */
// @ts-ignore: decorator
@inline
function first<T>(v: v128, tail: i32): v128 {
  if (sizeof<T>() == 8) return v128.and(v, i64x2(-1, 0));
  return v128.and(v, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(tail)));
}

/** Largest of n >= 1 numbers; NaN if one is NaN. */
// @ts-ignore: decorator
@inline
function largest<T>(n: i32, z: usize): T {
  let top = load<T>(z);
  for (let j = 1; j < n; j++) top = max<T>(top, load<T>(z + <usize>j * sizeof<T>()));
  return top;
}

/** d = exp(z - top) for a row; returns the sum. */
// @ts-ignore: decorator
@inline
function exponentials<T>(n: i32, z: usize, top: T, d: usize): f64 {
  const t = v128.splat<T>(top);
  let sum = f64x2.splat(0);
  for (const end = z + wholeBytes<T>(n); z < end; z += 16, d += 16) {
    const e = exp<T>(v128.sub<T>(v128.load(z), t));
    v128.store(d, e);
    sum = gather<T>(sum, e);
  }
  const tail = tailOf<T>(n);
  if (tail) {
    const e = exp<T>(v128.sub<T>(take<T>(z, tail), t));
    put<T>(d, e, tail);
    sum = gather<T>(sum, first<T>(e, tail));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** d *= a over a row. */
// @ts-ignore: decorator
@inline
function scaleRow<T>(n: i32, d: usize, a: T): void {
  const s = v128.splat<T>(a);
  for (const end = d + wholeBytes<T>(n); d < end; d += 16) v128.store(d, v128.mul<T>(v128.load(d), s));
  const tail = tailOf<T>(n);
  if (tail) put<T>(d, v128.mul<T>(take<T>(d, tail), s), tail);
}

/** -log softmax(z)[label] by row; dz = scale (softmax(z) - one-hot). Labels are i32. */
function softmaxLoss<T>(m: i32, n: i32, z: usize, labels: usize, dz: usize, scale: f64): f64 {
  const row = <usize>n * sizeof<T>();
  let total: f64 = 0;
  for (let i = 0; i < m; i++) {
    const at = <usize>load<i32>(labels) * sizeof<T>();
    const top = largest<T>(n, z);
    const own = <f64>load<T>(z + at) - <f64>top;
    const sum = exponentials<T>(n, z, top, dz);
    // sum is at least 1, or NaN, which a logarithm by bits would hide.
    total += sum >= 1 && sum < Infinity ? log(sum) - own : NaN;
    scaleRow<T>(n, dz, <T>(scale / sum));
    store<T>(dz + at, <T>(load<T>(dz + at) - <T>scale));
    z += row;
    dz += row;
    labels += 4;
  }
  return total;
}

/** p = softmax(z) by row; p may be z. */
function softmax<T>(m: i32, n: i32, z: usize, p: usize): void {
  const row = <usize>n * sizeof<T>();
  for (let i = 0; i < m; i++, z += row, p += row) {
    const sum = exponentials<T>(n, z, largest<T>(n, z), p);
    scaleRow<T>(n, p, <T>(1 / sum));
  }
}

/** Rows whose largest output, the first of equals, is the labelled one. */
function hits<T>(m: i32, n: i32, z: usize, labels: usize): i32 {
  let count = 0;
  for (let i = 0; i < m; i++, labels += 4) {
    let best = 0, top = load<T>(z);
    for (let j = 1; j < n; j++) {
      const v = load<T>(z + <usize>j * sizeof<T>());
      if (v > top) {
        top = v;
        best = j;
      }
    }
    if (best == load<i32>(labels)) count++;
    z += <usize>n * sizeof<T>();
  }
  return count;
}

/** The loss of one register; its gradient is stored to dz. */
// @ts-ignore: decorator
@inline
function lossAt<T>(kind: i32, z: v128, t: v128, dz: usize, scale: v128, delta: v128, tail: i32): v128 {
  if (kind == BINARY) {
    // log(1 + exp(z)) - t z and logistic(z) - t, from one exponential that cannot overflow.
    const one = v128.splat<T>(1);
    const e = exp<T>(v128.neg<T>(v128.abs<T>(z)));
    const positive = v128.ge<T>(z, v128.splat<T>(0));
    const p = v128.div<T>(v128.bitselect(one, e, positive), v128.add<T>(one, e));
    put<T>(dz, v128.mul<T>(scale, v128.sub<T>(p, t)), tail);
    const above = v128.sub<T>(v128.max<T>(z, v128.splat<T>(0)), v128.mul<T>(t, z));
    return v128.add<T>(above, log1p<T>(e));
  }
  const d = v128.sub<T>(z, t);
  if (kind == SQUARED) {
    put<T>(dz, v128.mul<T>(scale, v128.add<T>(d, d)), tail);
    return v128.mul<T>(d, d);
  }
  // c = d clipped to [-delta, delta]: c (d - c / 2) is d^2 / 2 inside and delta (|d| - delta / 2) outside (Huber 1964).
  const c = v128.max<T>(v128.min<T>(d, delta), v128.neg<T>(delta));
  put<T>(dz, v128.mul<T>(scale, c), tail);
  return v128.mul<T>(c, v128.sub<T>(d, v128.mul<T>(v128.splat<T>(0.5), c)));
}

// @ts-ignore: decorator
@inline
function elementwise<T>(kind: i32, n: i32, z: usize, t: usize, dz: usize, scale: f64, delta: f64): f64 {
  const s = v128.splat<T>(<T>scale), c = v128.splat<T>(<T>delta);
  let sum = f64x2.splat(0);
  for (const end = z + wholeBytes<T>(n); z < end; z += 16, t += 16, dz += 16) {
    sum = gather<T>(sum, lossAt<T>(kind, v128.load(z), v128.load(t), dz, s, c, 0));
  }
  const tail = tailOf<T>(n);
  if (tail) {
    const l = lossAt<T>(kind, take<T>(z, tail), take<T>(t, tail), dz, s, c, tail);
    sum = gather<T>(sum, first<T>(l, tail));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The elementwise loss `kind` against targets t; delta serves Huber. */
function elementLoss<T>(kind: i32, n: i32, z: usize, t: usize, dz: usize, scale: f64, delta: f64): f64 {
  if (kind == BINARY) return elementwise<T>(BINARY, n, z, t, dz, scale, delta);
  if (kind == SQUARED) return elementwise<T>(SQUARED, n, z, t, dz, scale, delta);
  return elementwise<T>(HUBER, n, z, t, dz, scale, delta);
}

export function softmaxLossF64(m: i32, n: i32, z: usize, labels: usize, dz: usize, scale: f64): f64 {
  return softmaxLoss<f64>(m, n, z, labels, dz, scale);
}
export function softmaxLossF32(m: i32, n: i32, z: usize, labels: usize, dz: usize, scale: f64): f64 {
  return softmaxLoss<f32>(m, n, z, labels, dz, scale);
}
export function softmaxF64(m: i32, n: i32, z: usize, p: usize): void { softmax<f64>(m, n, z, p); }
export function softmaxF32(m: i32, n: i32, z: usize, p: usize): void { softmax<f32>(m, n, z, p); }
export function hitsF64(m: i32, n: i32, z: usize, labels: usize): i32 { return hits<f64>(m, n, z, labels); }
export function hitsF32(m: i32, n: i32, z: usize, labels: usize): i32 { return hits<f32>(m, n, z, labels); }
export function elementLossF64(
  kind: i32, n: i32, z: usize, t: usize, dz: usize, scale: f64, delta: f64,
): f64 {
  return elementLoss<f64>(kind, n, z, t, dz, scale, delta);
}
export function elementLossF32(
  kind: i32, n: i32, z: usize, t: usize, dz: usize, scale: f64, delta: f64,
): f64 {
  return elementLoss<f32>(kind, n, z, t, dz, scale, delta);
}
