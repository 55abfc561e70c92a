// Scalar exp, log, log1p and atan in double precision, errors below 1 ulp (atan: 1.5 ulp), the same bits on
// every engine. Constants stand in the code: no tables, no static data. Polynomials are the functions' own
// series, cut where the next term is below 2^-57 of the result on the reduced range.

/** ln 2 = LN2_HI + LN2_LO; LN2_HI has 32 bits, so k LN2_HI is exact for |k| < 2^21 (Cody and Waite 1980). */
const LN2_HI: f64 = 0.6931471803691238;
const LN2_LO: f64 = 1.9082149292705877e-10;
const LOG2_E: f64 = 1.4426950408889634;
/** Bits of sqrt(1/2): mantissas are reduced to [sqrt(1/2), sqrt(2)). */
const SQRT_HALF: i64 = 0x3fe6a09e667f3bcd;

/** 2^k for -1022 <= k <= 1023. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: i64): f64 {
  return reinterpret<f64>((k + 1023) << 52);
}

/** e^x: x = k ln 2 + r, |r| <= ln(2)/2, then the series of e^r to r^13. Subnormal results are rounded once. */
export function exp(x: f64): f64 {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  if (x != x) return x;
  const k = nearest(x * LOG2_E);
  const high = x - k * LN2_HI;
  const low = k * LN2_LO;
  const r = high - low;
  const lost = (high - r) - low;
  let q: f64 = 1 / 6227020800.0;
  q = q * r + 1 / 479001600.0;
  q = q * r + 1 / 39916800.0;
  q = q * r + 1 / 3628800.0;
  q = q * r + 1 / 362880.0;
  q = q * r + 1 / 40320.0;
  q = q * r + 1 / 5040.0;
  q = q * r + 1 / 720.0;
  q = q * r + 1 / 120.0;
  q = q * r + 1 / 24.0;
  q = q * r + 1 / 6.0;
  q = q * r + 0.5;
  const y = 1 + (r + (r * r * q + lost));
  const e = <i64>k;
  if (e > 1023) return y * 2 * powerOfTwo(e - 1);
  if (e < -1021) return y * powerOfTwo(e + 1000) * powerOfTwo(-1000);
  return y * powerOfTwo(e);
}

/**
 * k ln 2 + log(1 + f) + c for 1 + f in [sqrt(1/2), sqrt(2)), c a small correction. With s = f / (2 + f),
 * log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + R), R = 2 s^2 (1/3 + s^2/5 + s^4/7 + ...).
 */
// @ts-ignore: decorator
@inline
function logReduced(k: f64, f: f64, c: f64): f64 {
  const s = f / (2 + f);
  const z = s * s;
  let r: f64 = 2 / 21.0;
  r = r * z + 2 / 19.0;
  r = r * z + 2 / 17.0;
  r = r * z + 2 / 15.0;
  r = r * z + 2 / 13.0;
  r = r * z + 2 / 11.0;
  r = r * z + 2 / 9.0;
  r = r * z + 2 / 7.0;
  r = r * z + 2 / 5.0;
  r = r * z + 2 / 3.0;
  const half = 0.5 * f * f;
  const small = half - (s * (half + r * z) + (k * LN2_LO + c));
  return k * LN2_HI - (small - f);
}

/** ln x; -Infinity at 0, NaN below. */
export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  let shift: i64 = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54
    shift = 54;
  }
  const bits = reinterpret<i64>(x);
  const k = (bits - SQRT_HALF) >> 52;
  return logReduced(<f64>(k - shift), reinterpret<f64>(bits - (k << 52)) - 1, 0);
}

/** ln(1 + x), accurate for tiny x; -Infinity at -1, NaN below. */
export function log1p(x: f64): f64 {
  if (!(x > -1)) return x == -1 ? -Infinity : NaN;
  if (abs(x) < 5.551115123125783e-17) return x; // 2^-54; keeps -0
  if (x > -0.2928 && x < 0.4142) return logReduced(0, x, 0);
  if (x > 9007199254740992) return log(x); // 2^53: the 1 is below half an ulp
  const u = 1 + x;
  const lost = x >= 1 ? 1 - (u - x) : x - (u - 1);
  const bits = reinterpret<i64>(u);
  const k = (bits - SQRT_HALF) >> 52;
  return logReduced(<f64>k, reinterpret<f64>(bits - (k << 52)) - 1, lost / u);
}

/** atan t for |t| <= 0.237, as t - t^3 p(t^2); `high + low` is added. */
// @ts-ignore: decorator
@inline
function atanReduced(t: f64, high: f64, low: f64): f64 {
  const z = t * t;
  let p: f64 = -1 / 27.0;
  p = p * z + 1 / 25.0;
  p = p * z - 1 / 23.0;
  p = p * z + 1 / 21.0;
  p = p * z - 1 / 19.0;
  p = p * z + 1 / 17.0;
  p = p * z - 1 / 15.0;
  p = p * z + 1 / 13.0;
  p = p * z - 1 / 11.0;
  p = p * z + 1 / 9.0;
  p = p * z - 1 / 7.0;
  p = p * z + 1 / 5.0;
  p = p * z - 1 / 3.0;
  return high + (t + (t * z * p + low));
}

/** atan x = atan c + atan((x - c) / (1 + c x)) with the nearest in angle of c = 0, 1/2, 1, 2, infinity. */
export function atan(x: f64): f64 {
  if (x != x) return x;
  const a = abs(x);
  let y: f64;
  if (a < 0.236) y = atanReduced(a, 0, 0);
  else if (a < 0.72) y = atanReduced((2 * a - 1) / (2 + a), 0.4636476090008061, 2.2698777452961687e-17);
  else if (a < 1.388) y = atanReduced((a - 1) / (a + 1), 0.7853981633974483, 3.061616997868383e-17);
  else if (a < 4.236) y = atanReduced((a - 2) / (1 + 2 * a), 1.1071487177940904, 9.404471373566379e-17);
  else y = atanReduced(-1 / a, 1.5707963267948966, 6.123233995736766e-17);
  return copysign<f64>(y, x);
}
