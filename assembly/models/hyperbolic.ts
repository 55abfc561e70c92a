// sinh, cosh, tanh: odd polynomials where exponentials would cancel, exponentials elsewhere.
import { add, both, div, madd, mul, poly6, poly10, select, sub } from "./lanes";
import { expFast, expWide } from "./exponential";
import * as K from "./layout";

/** tanh(x) = 1 - 2/(exp(2|x|) + 1), below 0.55 x + x z P(z), z = x^2. */
// @ts-ignore: decorator
@inline export function tanh(k: usize, x: v128): v128 {
  const a = f64x2.pmin(f64x2.abs(x), v128.load(k, K.TANH_MAX));
  const one = v128.load(k, K.ONE);
  const large = sub(one, div(v128.load(k, K.TWO), add(expFast(k, add(a, a)), one)));
  const z = mul(a, a);
  const small = madd(mul(a, z), poly10(k + K.TANH0, z, mul(z, z)), a);
  const y = select(f64x2.lt(a, v128.load(k, K.TANH_SMALL)), small, large);
  return v128.or(y, v128.and(x, v128.load(k, K.SIGN)));
}

/** |sinh(x)| for |x| <= 708. */
// @ts-ignore: decorator
@inline function sinhFast(k: usize, a: v128): v128 {
  const half = v128.load(k, K.HALF);
  const e = expFast(k, a);
  const large = sub(mul(e, half), div(half, e));
  const z = mul(a, a);
  const small = madd(mul(a, z), poly6(k + K.SINH0, z, mul(z, z)), a);
  return select(f64x2.lt(a, v128.load(k, K.ONE)), small, large);
}

/** exp(a)/2 without overflow before its time. */
// @ts-ignore: decorator
@inline function halfExp(k: usize, a: v128): v128 {
  const half = v128.load(k, K.HALF);
  const e = expWide(k, mul(a, half), f64x2.splat(0));
  return mul(mul(e, half), e);
}

function sinhWide(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const inside = f64x2.lt(a, v128.load(k, K.EXP_MAX));
  const y = select(inside, sinhFast(k, v128.and(a, inside)), halfExp(k, a));
  return v128.or(y, v128.and(x, v128.load(k, K.SIGN)));
}

/** sinh(x). */
// @ts-ignore: decorator
@inline export function sinh(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  if (!both(f64x2.lt(a, v128.load(k, K.EXP_MAX)))) return sinhWide(k, x);
  return v128.or(sinhFast(k, a), v128.and(x, v128.load(k, K.SIGN)));
}

// @ts-ignore: decorator
@inline function coshFast(k: usize, a: v128): v128 {
  const half = v128.load(k, K.HALF);
  const e = expFast(k, a);
  return add(mul(e, half), div(half, e));
}

function coshWide(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const inside = f64x2.lt(a, v128.load(k, K.EXP_MAX));
  return select(inside, coshFast(k, v128.and(a, inside)), halfExp(k, a));
}

/** cosh(x). */
// @ts-ignore: decorator
@inline export function cosh(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  if (both(f64x2.lt(a, v128.load(k, K.EXP_MAX)))) return coshFast(k, a);
  return coshWide(k, x);
}
