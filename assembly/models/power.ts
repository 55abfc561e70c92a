// pow = exp(y log x), the logarithm to 67 bits and in two parts; cbrt.
import { add, both, div, madd, mul, poly6, poly2, select, sub } from "./lanes";
import { expSum, expWide } from "./exponential";
import { logPair } from "./logarithm";
import * as K from "./layout";

/** exp(y (h + l)): h has 26 bits, so its product with y's head is exact. */
@unmanaged class Raise {
  // @ts-ignore: decorator
  @inline at(k: usize, h: v128, l: v128, y: v128): v128 {
    const yh = v128.andnot(y, v128.load(k, K.LOW27));
    const e = mul(yh, h);
    const low = madd(sub(y, yh), h, mul(y, l));
    const size = f64x2.abs(e);
    if (both(f64x2.lt(size, v128.load(k, K.EXP_MAX)))) return expSum(k, e, low);
    return expWide(k, e, v128.and(low, f64x2.lt(size, f64x2.neg(v128.load(k, K.EXP_LOW)))));
  }
}

/** ECMAScript's cases around |x|^y: signs, zeros, infinities, NaN, subnormal x, huge y. */
function powWide(k: usize, x: v128, y: v128): v128 {
  const zero = f64x2.splat(0);
  const one = v128.load(k, K.ONE);
  const inf = v128.load(k, K.INF);
  const limit = v128.load(k, K.POW_YMAX);
  const a = f64x2.abs(x);
  const small = f64x2.lt(a, v128.load(k, K.MIN_NORMAL));
  const scaled = select(small, mul(a, v128.load(k, K.TWO54)), a);
  const bounded = f64x2.max(f64x2.min(y, limit), f64x2.neg(limit));
  let z = logPair<Raise>(k, scaled, v128.and(small, v128.load(k, K.MINUS_54)), true, bounded);
  const falling = f64x2.lt(y, zero);
  const xZero = f64x2.eq(a, zero);
  const xInf = f64x2.eq(a, inf);
  z = select(v128.or(xZero, xInf), v128.and(v128.xor(xInf, falling), inf), z);
  const yInf = f64x2.eq(f64x2.abs(y), inf);
  z = select(yInf, v128.and(v128.xor(f64x2.gt(a, one), falling), inf), z);
  const negative = v128.lt<i64>(x, zero);
  const half = mul(y, v128.load(k, K.HALF));
  const whole = f64x2.eq(y, f64x2.trunc(y));
  const odd = v128.and(whole, f64x2.ne(half, f64x2.trunc(half)));
  z = v128.xor(z, v128.and(v128.and(negative, odd), v128.load(k, K.SIGN)));
  let nan = v128.andnot(v128.andnot(negative, whole), v128.or(xZero, xInf));
  nan = v128.or(nan, v128.and(yInf, f64x2.eq(a, one)));
  nan = v128.or(nan, v128.or(f64x2.ne(x, x), f64x2.ne(y, y)));
  return select(f64x2.eq(y, zero), one, select(nan, sub(inf, inf), z));
}

/** x^y as Math.pow (1^Infinity is NaN). */
// @ts-ignore: decorator
@inline export function pow(k: usize, x: v128, y: v128): v128 {
  const normal = v128.and(f64x2.ge(x, v128.load(k, K.MIN_NORMAL)), f64x2.lt(x, v128.load(k, K.INF)));
  const bounded = f64x2.lt(f64x2.abs(y), v128.load(k, K.POW_YMAX));
  if (both(v128.and(normal, bounded))) return logPair<Raise>(k, x, x, false, y);
  return powWide(k, x, y);
}

/**
 * cbrt(a) for a normal and positive: a = M 2^3e, M in [1/2, 4); t, M's root to 17 bits from a polynomial, has an exact
 * cube; cbrt(M) = t (1 - d)^(-1/3), d = (M - t^3)/M.
 */
// @ts-ignore: decorator
@inline function cbrtFast(k: usize, a: v128): v128 {
  const one = v128.load(k, K.ONE);
  const zero = f64x2.splat(0);
  const exponent = sub(v128.or(i64x2.shr_u(a, 52), v128.load(k, K.LOG_TWO52)), v128.load(k, K.LOG_BIAS));
  const third = f64x2.nearest(mul(exponent, v128.load(k, K.THIRD)));
  const j = sub(exponent, mul(third, v128.load(k, K.THREE)));
  const m = v128.or(v128.and(a, v128.load(k, K.LOG_MASK)), one);
  const down = select(f64x2.lt(j, zero), v128.load(k, K.CBRT_DOWN), one);
  const root = select(f64x2.gt(j, zero), v128.load(k, K.CBRT_UP), down);
  const t = v128.andnot(mul(poly6(k + K.CBRT0, m, mul(m, m)), root), v128.load(k, K.CBRT_MASK));
  const whole = mul(m, i64x2.shl(add(j, v128.load(k, K.MAGIC_BIAS)), 52));
  const d = div(sub(whole, mul(mul(t, t), t)), whole);
  const y = madd(mul(t, d), poly2(k + K.CBRT_SERIES0, d, mul(d, d)), t);
  return i64x2.add(y, i64x2.shl(add(third, v128.load(k, K.MAGIC)), 52));
}

function cbrtWide(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const small = f64x2.lt(a, v128.load(k, K.MIN_NORMAL));
  const finite = v128.and(f64x2.lt(a, v128.load(k, K.INF)), f64x2.gt(a, f64x2.splat(0)));
  const y = cbrtFast(k, select(small, mul(a, v128.load(k, K.TWO54)), a));
  const scaled = select(small, mul(y, v128.load(k, K.TWO_M18)), y);
  return select(finite, v128.or(scaled, v128.and(x, v128.load(k, K.SIGN))), x);
}

/** cbrt(x), 0.51 ulp. */
// @ts-ignore: decorator
@inline export function cbrt(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const normal = v128.and(f64x2.ge(a, v128.load(k, K.MIN_NORMAL)), f64x2.lt(a, v128.load(k, K.INF)));
  if (both(normal)) return v128.or(cbrtFast(k, a), v128.and(x, v128.load(k, K.SIGN)));
  return cbrtWide(k, x);
}
