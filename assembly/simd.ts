// Register helpers, generic over f32 and f64. A register holds lanes<T>() numbers: 2 doubles or 4 floats.
// Sums over lanes have one fixed order, so a kernel repeats its bits on every machine (relaxed variant aside).

// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / sizeof<T>();
}

/** All lanes set to the number at p + offset; the offset must be a compile-time constant. */
// @ts-ignore: decorator
@inline
export function loadSplat<T>(p: usize, offset: usize = 0): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p, offset);
  return v128.load32_splat(p, offset);
}

/** a * b + c: fused in the relaxed variant, rounded twice otherwise. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/** c - a * b: fused in the relaxed variant, rounded twice otherwise. */
// @ts-ignore: decorator
@inline
export function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return i64x2.splat(0);
}

/** Sum of the lanes: x0 + x1, or (x0 + x2) + (x1 + x3). */
// @ts-ignore: decorator
@inline
export function sumLanes<T>(v: v128): T {
  if (sizeof<T>() == 8) return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1));
  const w = f32x4.add(v, v128.shuffle<f64>(v, v, 1, 0));
  return <T>(f32x4.extract_lane(w, 0) + f32x4.extract_lane(w, 1));
}

/** Largest lane; NaN if any lane is NaN. */
// @ts-ignore: decorator
@inline
export function maxLanes<T>(v: v128): T {
  const w = v128.max<T>(v, v128.shuffle<f64>(v, v, 1, 0));
  if (sizeof<T>() == 8) return <T>f64x2.extract_lane(w, 0);
  return <T>max<f32>(f32x4.extract_lane(w, 0), f32x4.extract_lane(w, 1));
}
