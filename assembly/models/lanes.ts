// Two f64 lanes: the few words the elementary functions are written in.
// `madd` and `nmadd` fuse where the relaxed build's engine does; error-free steps use plain mul, add and sub.

// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}
// @ts-ignore: decorator
@inline export function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}
// @ts-ignore: decorator
@inline export function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}
// @ts-ignore: decorator
@inline export function div(a: v128, b: v128): v128 {
  return f64x2.div(a, b);
}
/** a b + c. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<f64>(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}
/** c - a b. */
// @ts-ignore: decorator
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<f64>(a, b, c);
  return f64x2.sub(c, f64x2.mul(a, b));
}
/** mask ? a : b, bit by bit. */
// @ts-ignore: decorator
@inline export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}
/** Whether both lanes of a comparison hold. */
// @ts-ignore: decorator
@inline export function both(mask: v128): bool {
  return i64x2.bitmask(mask) == 3;
}

// Polynomials of degree 1 to 13 whose coefficients stand at p, lowest first, 16 bytes each. Estrin's scheme:
// short chains of operations, which matters more than their number.

// @ts-ignore: decorator
@inline export function poly1(p: usize, x: v128): v128 {
  return madd(v128.load(p, 16), x, v128.load(p));
}
// @ts-ignore: decorator
@inline export function poly2(p: usize, x: v128, x2: v128): v128 {
  return madd(v128.load(p, 32), x2, poly1(p, x));
}
// @ts-ignore: decorator
@inline export function poly3(p: usize, x: v128, x2: v128): v128 {
  return madd(madd(v128.load(p, 48), x, v128.load(p, 32)), x2, poly1(p, x));
}
// @ts-ignore: decorator
@inline export function poly4(p: usize, x: v128, x2: v128): v128 {
  return madd(madd(v128.load(p, 64), x2, madd(v128.load(p, 48), x, v128.load(p, 32))), x2, poly1(p, x));
}
// @ts-ignore: decorator
@inline export function poly5(p: usize, x: v128, x2: v128): v128 {
  return madd(poly3(p + 32, x, x2), x2, poly1(p, x));
}
// @ts-ignore: decorator
@inline export function poly6(p: usize, x: v128, x2: v128): v128 {
  return madd(poly4(p + 32, x, x2), x2, poly1(p, x));
}
// @ts-ignore: decorator
@inline function poly7(p: usize, x: v128, x2: v128, x4: v128): v128 {
  return madd(poly3(p + 64, x, x2), x4, poly3(p, x, x2));
}
// @ts-ignore: decorator
@inline export function poly10(p: usize, x: v128, x2: v128): v128 {
  const x4 = mul(x2, x2);
  return madd(poly2(p + 128, x, x2), mul(x4, x4), poly7(p, x, x2, x4));
}
// @ts-ignore: decorator
@inline export function poly11(p: usize, x: v128, x2: v128): v128 {
  const x4 = mul(x2, x2);
  return madd(poly3(p + 128, x, x2), mul(x4, x4), poly7(p, x, x2, x4));
}
// @ts-ignore: decorator
@inline export function poly12(p: usize, x: v128, x2: v128): v128 {
  const x4 = mul(x2, x2);
  return madd(poly4(p + 128, x, x2), mul(x4, x4), poly7(p, x, x2, x4));
}
// @ts-ignore: decorator
@inline export function poly13(p: usize, x: v128, x2: v128): v128 {
  const x4 = mul(x2, x2);
  return madd(poly5(p + 128, x, x2), mul(x4, x4), poly7(p, x, x2, x4));
}
