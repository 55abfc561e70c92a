// What update rules and layers do with their registers. Their kernels are exact: they take vectors of any length and
// any element alignment (a parameter group may start anywhere), and never read or write past n. Each states its
// formula once, for one register; the last, partial register goes through the same lines with `tail` lanes in use.

import { lanes } from "./simd";

/** Bytes of the whole registers in n numbers. */
// @ts-ignore: decorator
@inline
export function wholeBytes<T>(n: i32): usize {
  return (<usize>max(n, 0)) * sizeof<T>() & ~15;
}

/** Numbers in the last, partial register; 0 when there is none. */
// @ts-ignore: decorator
@inline
export function tailOf<T>(n: i32): i32 {
  return max(n, 0) & (lanes<T>() - 1);
}

/** Distances as types: a constant offset that survives inlining is one that is no value. Fields give the size. */
@unmanaged export class At0 {}
@unmanaged export class At16 { a: u64; b: u64; }
@unmanaged export class At32 extends At16 { c: u64; d: u64; }
@unmanaged export class At48 extends At32 { e: u64; f: u64; }

/** The register at p + offsetof<O>(); with a tail (and O = At0) its first `tail` lanes, the others 0. */
// @ts-ignore: decorator
@inline
export function takeAt<T, O>(p: usize, tail: i32): v128 {
  if (tail == 0) return v128.load(p, offsetof<O>());
  return takeTail<T>(p, tail);
}

/** Writes what `takeAt` read. */
// @ts-ignore: decorator
@inline
export function putAt<T, O>(p: usize, v: v128, tail: i32): void {
  if (tail == 0) v128.store(p, v, offsetof<O>());
  else putTail<T>(p, v, tail);
}

/** The register at p; with a tail its first `tail` lanes, the others 0. */
// @ts-ignore: decorator
@inline
export function take<T>(p: usize, tail: i32): v128 {
  if (tail == 0) return v128.load(p);
  return takeTail<T>(p, tail);
}

function takeTail<T>(p: usize, tail: i32): v128 {
  if (sizeof<T>() == 8) return v128.load64_zero(p);
  if (tail == 1) return v128.load32_zero(p);
  const v = v128.load64_zero(p);
  return tail == 2 ? v : v128.load32_lane(p, v, 2, 8);
}

/** Writes what `take` read. */
// @ts-ignore: decorator
@inline
export function put<T>(p: usize, v: v128, tail: i32): void {
  if (tail == 0) v128.store(p, v);
  else putTail<T>(p, v, tail);
}

function putTail<T>(p: usize, v: v128, tail: i32): void {
  if (sizeof<T>() == 8) {
    v128.store64_lane(p, v, 0);
  } else if (tail == 1) {
    v128.store32_lane(p, v, 0);
  } else {
    v128.store64_lane(p, v, 0);
    if (tail == 3) v128.store32_lane(p, v, 2, 8);
  }
}

/**
 * The gradient as a rule sees it: clipped by value to [-limit, limit], times scale (the factor of clipping by norm,
 * negative when maximising), plus decay * x. limit = Infinity, scale = 1 and decay = 0 leave it as it is. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function edit<T>(g: v128, x: v128, scale: v128, limit: v128, decay: v128): v128 {
  const clipped = v128.pmax<T>(v128.pmin<T>(g, limit), v128.neg<T>(limit));
  return v128.add<T>(v128.mul<T>(clipped, scale), v128.mul<T>(decay, x));
}

/** Whether `edit` would change no bit, so that a hot loop may leave it out. */
// @ts-ignore: decorator
@inline
export function isPlain<T>(scale: T, limit: T, decay: T): bool {
  return limit == <T>Infinity && scale == <T>1 && decay == <T>0;
}

/** 1, 0 or -1 by lane; 0 for NaN. */
// @ts-ignore: decorator
@inline
export function signs<T>(v: v128): v128 {
  const zero = v128.splat<T>(0);
  const one = v128.splat<T>(1);
  return v128.sub<T>(v128.and(v128.gt<T>(v, zero), one), v128.and(v128.lt<T>(v, zero), one));
}
