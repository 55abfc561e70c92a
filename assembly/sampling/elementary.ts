// exp of src/sampling/exponential.ts and log of src/runtime/elementary.ts, operation for operation: what a trajectory computes in
// JavaScript has the same bits here.

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SPLITTER: f64 = 134217729;

// @ts-ignore: decorator
@inline
function power2(k: i32): f64 {
  return reinterpret<f64>(<i64>(k + 1023) << 52);
}

/** x 2^k, rounded once. */
function scale2(x: f64, k: i32): f64 {
  if (k > 1023) return x * power2(1023) * power2(min(k - 1023, 1023));
  if (k < -1022) return x * power2(max(k + 200, -1022)) * power2(-200);
  return x * power2(k);
}

/** e^x: src/sampling/exponential.ts. */
export function exp(x: f64): f64 {
  if (x != x) return x;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = floor(x * LOG2_E + 0.5);
  const low = -k * LN2_LOW;
  const top = x - k * LN2_HIGH;
  const r = top + low;
  const lost = top - r + low;
  const s = r * r, t = s * s, u = t * t;
  const a = 1 / 2.0 + r * (1 / 6.0) + s * (1 / 24.0 + r * (1 / 120.0));
  const b = 1 / 720.0 + r * (1 / 5040.0) + s * (1 / 40320.0 + r * (1 / 362880.0));
  const c = 1 / 3628800.0 + r * (1 / 39916800.0) + s * (1 / 479001600.0 + r * (1 / 6227020800.0));
  return scale2(1 + (r + (lost + s * (a + t * b + u * (c + t * (1 / 87178291200.0))))), <i32>k);
}

/** What rounding took from the product p of a and b. */
// @ts-ignore: decorator
@inline
function lostProduct(a: f64, b: f64, p: f64): f64 {
  const ta = SPLITTER * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = SPLITTER * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

/** What rounding took from the sum s of a and b. */
// @ts-ignore: decorator
@inline
function lostSum(a: f64, b: f64, s: f64): f64 {
  const t = s - a;
  return a - (s - t) + (b - t);
}

/** ln x; -Infinity at 0, NaN below. */
export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984;
    k = -54;
  }
  const bits = reinterpret<i64>(x);
  k += <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m /= 2;
    k++;
  }
  const a = m - 1;
  const b = m + 1;
  const bLow = m - (b - 1);
  const s = a / b;
  const p = s * b;
  const sLow = (a - p - lostProduct(s, b, p) - s * bLow) / b;
  const z = s * s;
  const zLow = lostProduct(s, s, z) + 2 * s * sLow;
  let q: f64 = 1 / 25.0;
  q = q * z + 1 / 23.0;
  q = q * z + 1 / 21.0;
  q = q * z + 1 / 19.0;
  q = q * z + 1 / 17.0;
  q = q * z + 1 / 15.0;
  q = q * z + 1 / 13.0;
  q = q * z + 1 / 11.0;
  q = q * z + 1 / 9.0;
  q = q * z + 1 / 7.0;
  q = q * z + 1 / 5.0;
  const c = s * z;
  const cLow = lostProduct(s, z, c) + s * zLow + sLow * z;
  const third = c / 3;
  const t = third * 3;
  const thirdLow = (c - t - lostProduct(third, 3, t) + cLow) / 3;
  const high = 2 * s + 2 * third;
  const low = lostSum(2 * s, 2 * third, high) + 2 * (sLow + thirdLow + c * z * q);
  const whole = <f64>k * LN2_HIGH;
  const base = whole + high;
  const baseLow = lostSum(whole, high, base) + low + <f64>k * LN2_LOW;
  return base + baseLow;
}

/** 1 / (1 + e^-v). */
export function sigmoid(v: f64): f64 {
  if (v >= 0) return 1 / (1 + exp(-v));
  const e = exp(v);
  return e / (1 + e);
}

/** log(1 / (1 + e^-v)). */
export function logSigmoid(v: f64): f64 {
  return v < 0 ? v - log(1 + exp(v)) : -log(1 + exp(-v));
}
