// What is asked of a gradient before a step: its norm after clipping by value, and whether it is finite.
// Both leave it as it is.

import { maxLanes, sumLanes, zero } from "../simd";
import { tailOf, take, wholeBytes } from "../registers";

/** min(|g|, limit), in doubles; NaN stays NaN, and so, when strict, does an infinity that clipping would hide. */
// @ts-ignore: decorator
@inline
function clipped(g: v128, limit: v128, strict: bool): v128 {
  const c = f64x2.pmin(f64x2.abs(g), limit);
  return strict ? f64x2.add(c, f64x2.sub(g, g)) : c;
}

// @ts-ignore: decorator
@inline
function plusSquare(sum: v128, c: v128): v128 {
  return f64x2.add(sum, f64x2.mul(c, c));
}

/** Sum of (up min(|g|, limit))^2 in doubles: four registers side by side, then lanes. */
function squares<T>(n: i32, g: usize, limit: f64, up: f64): f64 {
  if (limit == Infinity) return sumSquares<T>(n, g, limit, up, false);
  return sumSquares<T>(n, g, limit, up, true);
}

// @ts-ignore: decorator
@inline
function sumSquares<T>(n: i32, g: usize, limit: f64, up: f64, strict: bool): f64 {
  const l = f64x2.splat(limit), u = f64x2.splat(up);
  let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
  const end = g + wholeBytes<T>(n);
  const tail = tailOf<T>(n);
  if (sizeof<T>() == 8) {
    for (const stop = g + (wholeBytes<T>(n) & ~63); g < stop; g += 64) {
      s0 = plusSquare(s0, f64x2.mul(u, clipped(v128.load(g), l, strict)));
      s1 = plusSquare(s1, f64x2.mul(u, clipped(v128.load(g, 16), l, strict)));
      s2 = plusSquare(s2, f64x2.mul(u, clipped(v128.load(g, 32), l, strict)));
      s3 = plusSquare(s3, f64x2.mul(u, clipped(v128.load(g, 48), l, strict)));
    }
    for (; g < end; g += 16) s0 = plusSquare(s0, f64x2.mul(u, clipped(v128.load(g), l, strict)));
    if (tail) s1 = plusSquare(s1, f64x2.mul(u, clipped(take<T>(g, tail), l, strict)));
  } else {
    // Squares of floats are exact in doubles and cannot leave their range.
    for (const stop = g + (wholeBytes<T>(n) & ~31); g < stop; g += 32) {
      s0 = plusSquare(s0, clipped(f64x2.promote_low_f32x4(v128.load64_zero(g)), l, strict));
      s1 = plusSquare(s1, clipped(f64x2.promote_low_f32x4(v128.load64_zero(g, 8)), l, strict));
      s2 = plusSquare(s2, clipped(f64x2.promote_low_f32x4(v128.load64_zero(g, 16)), l, strict));
      s3 = plusSquare(s3, clipped(f64x2.promote_low_f32x4(v128.load64_zero(g, 24)), l, strict));
    }
    for (; g < end; g += 8) s0 = plusSquare(s0, clipped(f64x2.promote_low_f32x4(v128.load64_zero(g)), l, strict));
    if (tail) {
      const v = take<T>(g, tail);
      s1 = plusSquare(s1, clipped(f64x2.promote_low_f32x4(v), l, strict));
      s2 = plusSquare(s2, clipped(f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 0)), l, strict));
    }
  }
  return sumLanes<f64>(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
}

function largest(n: i32, g: usize, limit: f64): f64 {
  const l = f64x2.splat(limit);
  let m = zero();
  for (const end = g + wholeBytes<f64>(n); g < end; g += 16) m = f64x2.max(m, clipped(v128.load(g), l, false));
  const tail = tailOf<f64>(n);
  if (tail) m = f64x2.max(m, clipped(take<f64>(g, tail), l, false));
  return maxLanes<f64>(m);
}

/**
 * Euclidean norm of the gradient clipped by value to [-limit, limit], without spurious overflow or underflow: doubles
 * whose squares leave the range are scaled by a power of two in a second pass. Not finite where an element is not.
 */
function norm<T>(n: i32, g: usize, limit: f64): f64 {
  const s = squares<T>(n, g, limit, 1);
  if (sizeof<T>() == 4) return sqrt<f64>(s);
  if (s >= 8.52e-272 && s < Infinity) return sqrt<f64>(s); // from 2^-900, so that squares lost to underflow cannot matter
  if (s != s) return s;
  const top = largest(n, g, limit);
  if (!(top > 0 && top < Infinity)) return top;
  const e = min<i64>(max<i64>(<i64>(reinterpret<u64>(top) >> 52), 1), 2045);
  const up = reinterpret<f64>(<u64>(2046 - e) << 52);
  const down = reinterpret<f64>(<u64>e << 52);
  return down * sqrt<f64>(squares<T>(n, g, limit, up));
}

/** Index of the first NaN or infinity; -1 when all are finite. */
function firstNonFinite<T>(n: i32, g: usize): i32 {
  const start = g;
  const zeros = zero();
  for (const stop = g + (wholeBytes<T>(n) & ~63); g < stop; g += 64) {
    // v - v is 0 for a finite v and NaN otherwise.
    const a = v128.load(g), b = v128.load(g, 16), c = v128.load(g, 32), d = v128.load(g, 48);
    const left = v128.add<T>(v128.sub<T>(a, a), v128.sub<T>(b, b));
    const right = v128.add<T>(v128.sub<T>(c, c), v128.sub<T>(d, d));
    if (v128.any_true(v128.ne<T>(v128.add<T>(left, right), zeros))) break;
  }
  for (const end = start + (<usize>max(n, 0)) * sizeof<T>(); g < end; g += sizeof<T>()) {
    const v = load<T>(g);
    if (v - v != <T>0) return <i32>((g - start) / sizeof<T>());
  }
  return -1;
}

export function normF64(n: i32, g: usize, limit: f64): f64 { return norm<f64>(n, g, limit); }
export function normF32(n: i32, g: usize, limit: f64): f64 { return norm<f32>(n, g, limit); }
export function firstNonFiniteF64(n: i32, g: usize): i32 { return firstNonFinite<f64>(n, g); }
export function firstNonFiniteF32(n: i32, g: usize): i32 { return firstNonFinite<f32>(n, g); }
