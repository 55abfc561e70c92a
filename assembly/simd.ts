// Register helpers, generic over f32 and f64. A register holds lanes<T>() numbers: 2 doubles or 4 floats.
// Sums over lanes have one fixed order, so a kernel repeats its bits on every machine (relaxed variant
// aside).

// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / sizeof<T>();
}

/**
 * All lanes set to p[0]; loadSplat1 .. 3 take p[1] .. p[3] (an offset must be a literal to reach the
 * instruction).
 */
// @ts-ignore: decorator
@inline
export function loadSplat<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p);
  return v128.load32_splat(p);
}

// @ts-ignore: decorator
@inline
export function loadSplat1<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p, 8);
  return v128.load32_splat(p, 4);
}

// @ts-ignore: decorator
@inline
export function loadSplat2<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p, 16);
  return v128.load32_splat(p, 8);
}

// @ts-ignore: decorator
@inline
export function loadSplat3<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p, 24);
  return v128.load32_splat(p, 12);
}

/** a * b + c: fused in the relaxed variant, rounded twice otherwise. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
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
