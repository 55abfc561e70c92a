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
  if (abs(x) < 5.551115123125783e-17 || x == Infinity) return x; // 2^-54; keeps -0
  let k: i64 = 0;
  let f = x, c = 0.0;
  if (!(x > -0.2928 && x < 0.4142)) {
    const u = 1 + x;
    const bits = reinterpret<i64>(u);
    k = (bits - SQRT_HALF) >> 52;
    f = reinterpret<f64>(bits - (k << 52)) - 1;
    c = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
  }
  return logReduced(<f64>k, f, c);
}

/** atan x = atan c + atan t, t = (x - c) / (1 + c x), |t| <= 0.237, with the nearest in angle of c = 0, 1/2, 1, 2, infinity. */
export function atan(x: f64): f64 {
  if (x != x) return x;
  let t = abs(x), high = 0.0, low = 0.0;
  if (t >= 4.236) {
    t = -1 / t;
    high = 1.5707963267948966;
    low = 6.123233995736766e-17;
  } else if (t >= 1.388) {
    t = (t - 2) / (1 + 2 * t);
    high = 1.1071487177940904;
    low = 9.404471373566379e-17;
  } else if (t >= 0.72) {
    t = (t - 1) / (t + 1);
    high = 0.7853981633974483;
    low = 3.061616997868383e-17;
  } else if (t >= 0.236) {
    t = (2 * t - 1) / (2 + t);
    high = 0.4636476090008061;
    low = 2.2698777452961687e-17;
  }
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
  return copysign<f64>(high + (t + (t * z * p + low)), x);
}
