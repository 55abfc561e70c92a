// erf: below 0.84 x + x P(x^2), above 1 - exp(-x^2) G(v), v = (x - 2)/(x + 2), G the scaled complement
// exp(x^2) erfc(x).
import { add, div, madd, mul, nmadd, poly11, poly13, select, sub } from "./lanes";
import { expFast } from "./exponential";
import * as K from "./layout";

/** erf(x). */
// @ts-ignore: decorator
@inline export function erf(k: usize, x: v128): v128 {
  const a = f64x2.pmin(f64x2.abs(x), v128.load(k, K.ERF_MAX));
  const two = v128.load(k, K.TWO);
  const z = mul(a, a);
  const small = madd(a, poly11(k + K.ERF0, z, mul(z, z)), a);
  const v = div(sub(a, two), add(a, two));
  const large = nmadd(expFast(k, f64x2.neg(z)), poly13(k + K.ERFC0, v, mul(v, v)), v128.load(k, K.ONE));
  const y = select(f64x2.lt(a, v128.load(k, K.ERF_SMALL)), small, large);
  return v128.or(y, v128.and(x, v128.load(k, K.SIGN)));
}
