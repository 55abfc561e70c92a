// exp, tanh, the logistic function, log(1 + u), log and the normal distribution for registers of floats or doubles, from
// + - * / alone: the same bits on every engine. Errors in ulp of the result, in both precisions and variants
// (test/nn/activations.test.ts): tanh 1.3, logistic 2, log(1 + exp(x)) 2.5; x Phi(x) 4.5 for x >= -6 and 45 further out, where
// it is below 1e-8. Polynomials are nearly minimax; scripts/reference/nn_elementary.py prints them. NaN stays NaN.

import { madd } from "../simd";

// @ts-ignore: decorator
@inline
function splat<T>(x: T): v128 {
  return v128.splat<T>(x);
}

/** (exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expTail32(r: v128): v128 {
  let p = splat<f32>(0.000198909809);
  p = madd<f32>(p, r, splat<f32>(0.0013933641));
  p = madd<f32>(p, r, splat<f32>(0.00833331093));
  p = madd<f32>(p, r, splat<f32>(0.041666465));
  p = madd<f32>(p, r, splat<f32>(0.166666667));
  p = madd<f32>(p, r, splat<f32>(0.500000001));
  return p;
}

/** (exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expTail64(r: v128): v128 {
  let p = splat<f64>(2.0914679376583935e-09);
  p = madd<f64>(p, r, splat<f64>(2.510520637395701e-08));
  p = madd<f64>(p, r, splat<f64>(2.7557273661348637e-07));
  p = madd<f64>(p, r, splat<f64>(2.7557255425746435e-06));
  p = madd<f64>(p, r, splat<f64>(2.4801587325533363e-05));
  p = madd<f64>(p, r, splat<f64>(0.00019841269874800493));
  p = madd<f64>(p, r, splat<f64>(0.0013888888888883752));
  p = madd<f64>(p, r, splat<f64>(0.008333333333326141));
  p = madd<f64>(p, r, splat<f64>(0.04166666666666667));
  p = madd<f64>(p, r, splat<f64>(0.1666666666666667));
  p = madd<f64>(p, r, splat<f64>(0.5));
  return p;
}

/** 2^n in each lane, for integers n in the lanes of a float register, |n| <= 126. */
// @ts-ignore: decorator
@inline
function power32(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** x = n ln 2 + r (Cody & Waite 1980); 2^n comes in two factors, so that subnormal and huge results are right. */
// @ts-ignore: decorator
@inline
function exp32(x: v128): v128 {
  const c = f32x4.min(f32x4.max(x, splat<f32>(-105)), splat<f32>(89));
  const k = f32x4.nearest(f32x4.mul(c, splat<f32>(1.44269504)));
  let r = f32x4.sub(c, f32x4.mul(k, splat<f32>(0.693145751953125)));
  r = f32x4.sub(r, f32x4.mul(k, splat<f32>(1.42860677e-6)));
  const p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), expTail32(r)), r), splat<f32>(1));
  const n = i32x4.trunc_sat_f32x4_s(k);
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(p, power32(half)), power32(i32x4.sub(n, half)));
}

/** 2^n for an integer-valued double n, |n| <= 1022: adding 1.5 2^52 + 1023 puts n + 1023 in the low bits. */
// @ts-ignore: decorator
@inline
function power64(n: v128): v128 {
  return i64x2.shl(f64x2.add(n, splat<f64>(6755399441056767)), 52);
}

// @ts-ignore: decorator
@inline
function exp64(x: v128): v128 {
  const c = f64x2.min(f64x2.max(x, splat<f64>(-746)), splat<f64>(710));
  const k = f64x2.nearest(f64x2.mul(c, splat<f64>(1.4426950408889634)));
  let r = f64x2.sub(c, f64x2.mul(k, splat<f64>(0.6931471803691238)));
  r = f64x2.sub(r, f64x2.mul(k, splat<f64>(1.9082149292705877e-10)));
  const p = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(r, r), expTail64(r)), r), splat<f64>(1));
  const half = f64x2.floor(f64x2.mul(k, splat<f64>(0.5)));
  return f64x2.mul(f64x2.mul(p, power64(half)), power64(f64x2.sub(k, half)));
}

/** exp(x): 0 below about -104 (floats) or -746, Infinity above 88.7 or 709.8. */
// @ts-ignore: decorator
@inline
export function exp<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return exp64(x);
  return exp32(x);
}

/** (tanh(x) / x - 1) / z, z = x^2, |x| <= 0.625. */
// @ts-ignore: decorator
@inline
function tanhTail32(z: v128): v128 {
  let p = splat<f32>(0.00229274482);
  p = madd<f32>(p, z, splat<f32>(-0.00834394552));
  p = madd<f32>(p, z, splat<f32>(0.0217689187));
  p = madd<f32>(p, z, splat<f32>(-0.0539592596));
  p = madd<f32>(p, z, splat<f32>(0.133333036));
  p = madd<f32>(p, z, splat<f32>(-0.333333332));
  return p;
}

/** (tanh(x) / x - 1) / z, z = x^2, |x| <= 0.625. */
// @ts-ignore: decorator
@inline
function tanhTail64(z: v128): v128 {
  let p = splat<f64>(6.485163482793113e-06);
  p = madd<f64>(p, z, splat<f64>(-3.12011014257974e-05));
  p = madd<f64>(p, z, splat<f64>(9.257116129556769e-05));
  p = madd<f64>(p, z, splat<f64>(-0.0002375906496055562));
  p = madd<f64>(p, z, splat<f64>(0.0005896606577757043));
  p = madd<f64>(p, z, splat<f64>(-0.0014557754120478055));
  p = madd<f64>(p, z, splat<f64>(0.0035921217511549622));
  p = madd<f64>(p, z, splat<f64>(-0.008863235103240878));
  p = madd<f64>(p, z, splat<f64>(0.021869488519008305));
  p = madd<f64>(p, z, splat<f64>(-0.05396825396789699));
  p = madd<f64>(p, z, splat<f64>(0.13333333333333042));
  p = madd<f64>(p, z, splat<f64>(-0.3333333333333333));
  return p;
}

/** tanh(x) = 1 - 2 / (exp(2|x|) + 1) with the sign of x; a polynomial where that would cancel. */
// @ts-ignore: decorator
@inline
export function tanh<T>(x: v128): v128 {
  const one = splat<T>(1);
  const sign = v128.and(x, sizeof<T>() == 8 ? i64x2.splat(i64.MIN_VALUE) : i32x4.splat(i32.MIN_VALUE));
  const a = v128.abs<T>(x);
  const big = v128.sub<T>(one, v128.div<T>(splat<T>(2), v128.add<T>(exp<T>(v128.add<T>(a, a)), one)));
  const z = v128.mul<T>(a, a);
  const tail = sizeof<T>() == 8 ? tanhTail64(z) : tanhTail32(z);
  const small = v128.add<T>(a, v128.mul<T>(v128.mul<T>(a, z), tail));
  return v128.or(sign, v128.bitselect(small, big, v128.lt<T>(a, splat<T>(0.625))));
}

/** 1 / (1 + exp(-x)). */
// @ts-ignore: decorator
@inline
export function logistic<T>(x: v128): v128 {
  const one = splat<T>(1);
  return v128.div<T>(one, v128.add<T>(one, exp<T>(v128.neg<T>(x))));
}

/** (atanh(s) / s - 1) / z, z = s^2, |s| <= 1/3. */
// @ts-ignore: decorator
@inline
function atanhTail32(z: v128): v128 {
  let p = splat<f32>(0.103938084);
  p = madd<f32>(p, z, splat<f32>(0.0873235123));
  p = madd<f32>(p, z, splat<f32>(0.111323556));
  p = madd<f32>(p, z, splat<f32>(0.142851529));
  p = madd<f32>(p, z, splat<f32>(0.200000054));
  p = madd<f32>(p, z, splat<f32>(0.333333333));
  return p;
}

/** (atanh(s) / s - 1) / z, z = s^2, |s| <= 1/3. */
// @ts-ignore: decorator
@inline
function atanhTail64(z: v128): v128 {
  let p = splat<f64>(0.07615631309714492);
  p = madd<f64>(p, z, splat<f64>(0.03167055425885123));
  p = madd<f64>(p, z, splat<f64>(0.04971012448277368));
  p = madd<f64>(p, z, splat<f64>(0.05240199617182637));
  p = madd<f64>(p, z, splat<f64>(0.05883998883620518));
  p = madd<f64>(p, z, splat<f64>(0.06666588474569089));
  p = madd<f64>(p, z, splat<f64>(0.07692310126902081));
  p = madd<f64>(p, z, splat<f64>(0.09090909043002827));
  p = madd<f64>(p, z, splat<f64>(0.11111111111665993));
  p = madd<f64>(p, z, splat<f64>(0.1428571428571097));
  p = madd<f64>(p, z, splat<f64>(0.20000000000000007));
  p = madd<f64>(p, z, splat<f64>(0.3333333333333333));
  return p;
}

/** log(1 + u) for 0 <= u <= 1: 2 atanh(s), s = u / (2 + u). */
// @ts-ignore: decorator
@inline
export function log1p<T>(u: v128): v128 {
  const s = v128.div<T>(u, v128.add<T>(u, splat<T>(2)));
  const z = v128.mul<T>(s, s);
  const d = v128.add<T>(s, s);
  return v128.add<T>(d, v128.mul<T>(v128.mul<T>(d, z), sizeof<T>() == 8 ? atanhTail64(z) : atanhTail32(z)));
}

/** log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)). */
// @ts-ignore: decorator
@inline
export function softPlus<T>(x: v128): v128 {
  return v128.add<T>(v128.max<T>(x, splat<T>(0)), log1p<T>(exp<T>(v128.neg<T>(v128.abs<T>(x)))));
}

/** log(x) for a finite x >= 2^-1022: x = 2^k m, m in [sqrt(1/2), sqrt(2)). One number, in double. */
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x) - 0x3fe6a09e667f3bcd;
  const k = <f64>(bits >> 52);
  const m = reinterpret<f64>((bits & 0xfffffffffffff) + 0x3fe6a09e667f3bcd);
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p: f64 = 0.06543313073920051;
  p = p * z + 0.06634386569328443;
  p = p * z + 0.07693119851407329;
  p = p * z + 0.09090897820066453;
  p = p * z + 0.11111111195856958;
  p = p * z + 0.14285714285401807;
  p = p * z + 0.2000000000000044;
  p = p * z + 0.3333333333333333;
  return k * 0.6931471803691238 + (2 * s + (2 * s * z * p + k * 1.9082149292705877e-10));
}

/** exp(t^2) erfc(t), v = (t - 2) / (t + 2), 0 <= t <= 10. */
// @ts-ignore: decorator
@inline
function erfcTail32(v: v128): v128 {
  let p = splat<f32>(3.52259812e-05);
  p = madd<f32>(p, v, splat<f32>(0.000149977601));
  p = madd<f32>(p, v, splat<f32>(2.51084487e-05));
  p = madd<f32>(p, v, splat<f32>(-0.000975860315));
  p = madd<f32>(p, v, splat<f32>(-0.000838674958));
  p = madd<f32>(p, v, splat<f32>(0.00699747753));
  p = madd<f32>(p, v, splat<f32>(0.00373142203));
  p = madd<f32>(p, v, splat<f32>(-0.078978715));
  p = madd<f32>(p, v, splat<f32>(0.241658283));
  p = madd<f32>(p, v, splat<f32>(-0.42718584));
  p = madd<f32>(p, v, splat<f32>(0.255395675));
  return p;
}

/** exp(t^2) erfc(t), v = (t - 2) / (t + 2), 0 <= t <= 27.6. */
// @ts-ignore: decorator
@inline
function erfcTail64(v: v128): v128 {
  let p = splat<f64>(-2.1577208447889514e-10);
  p = madd<f64>(p, v, splat<f64>(-3.761372101097669e-09));
  p = madd<f64>(p, v, splat<f64>(-1.0617116777422414e-08));
  p = madd<f64>(p, v, splat<f64>(6.108768135966363e-09));
  p = madd<f64>(p, v, splat<f64>(6.869200142726655e-08));
  p = madd<f64>(p, v, splat<f64>(8.42185812113915e-08));
  p = madd<f64>(p, v, splat<f64>(-1.2673733956419485e-07));
  p = madd<f64>(p, v, splat<f64>(-5.144992345784297e-07));
  p = madd<f64>(p, v, splat<f64>(-4.2380275806800586e-07));
  p = madd<f64>(p, v, splat<f64>(1.1984738827516132e-06));
  p = madd<f64>(p, v, splat<f64>(3.7555986010856164e-06));
  p = madd<f64>(p, v, splat<f64>(1.3921482252279875e-06));
  p = madd<f64>(p, v, splat<f64>(-1.3963512402994672e-05));
  p = madd<f64>(p, v, splat<f64>(-2.7580181135803795e-05));
  p = madd<f64>(p, v, splat<f64>(2.7525308193696995e-05));
  p = madd<f64>(p, v, splat<f64>(0.00017436121018587518));
  p = madd<f64>(p, v, splat<f64>(4.355557413917618e-05));
  p = madd<f64>(p, v, splat<f64>(-0.0009819770298486494));
  p = madd<f64>(p, v, splat<f64>(-0.0008471432469183844));
  p = madd<f64>(p, v, splat<f64>(0.006997461739378962));
  p = madd<f64>(p, v, splat<f64>(0.0037328924041316394));
  p = madd<f64>(p, v, splat<f64>(-0.07897858101573794));
  p = madd<f64>(p, v, splat<f64>(0.24165819424246987));
  p = madd<f64>(p, v, splat<f64>(-0.4271858474139583));
  p = madd<f64>(p, v, splat<f64>(0.25539567631050575));
  return p;
}

/** exp(-a^2 / 2), with a^2 in two parts (Dekker 1971), so that large a lose no digits. */
// @ts-ignore: decorator
@inline
export function gaussian<T>(a: v128): v128 {
  const s = v128.mul<T>(a, a);
  const high = v128.and(a, sizeof<T>() == 8 ? i64x2.splat(-0x8000000) : i32x4.splat(-0x1000));
  const low = v128.sub<T>(a, high);
  const cross = v128.add<T>(v128.mul<T>(splat<T>(2), v128.mul<T>(high, low)), v128.mul<T>(low, low));
  const rest = v128.add<T>(v128.sub<T>(v128.mul<T>(high, high), s), cross);
  const half = splat<T>(0.5);
  const e = exp<T>(v128.neg<T>(v128.mul<T>(half, s)));
  // Where a^2 overflows the rest is NaN and the result 0.
  const lost = v128.bitselect(v128.mul<T>(half, rest), splat<T>(0), v128.lt<T>(s, splat<T>(1600)));
  return v128.sub<T>(e, v128.mul<T>(e, lost));
}

/** The normal distribution function; e is gaussian(x). erfc(t) / 2 = e G(v) / 2 for t = |x| / sqrt(2), mirrored for x > 0. */
// @ts-ignore: decorator
@inline
export function normal<T>(x: v128, e: v128): v128 {
  const two = splat<T>(2);
  const most: T = sizeof<T>() == 8 ? <T>27.6 : <T>10;
  const t = v128.min<T>(v128.mul<T>(v128.abs<T>(x), splat<T>(0.7071067811865476)), splat<T>(most));
  const v = v128.div<T>(v128.sub<T>(t, two), v128.add<T>(t, two));
  const g = sizeof<T>() == 8 ? erfcTail64(v) : erfcTail32(v);
  const lower = v128.mul<T>(splat<T>(0.5), v128.mul<T>(e, g));
  const upper = v128.sub<T>(splat<T>(1), lower);
  return v128.bitselect(upper, lower, v128.gt<T>(x, splat<T>(0)));
}
