// The gamma function, its logarithm and the first two derivatives of that: by recurrence from [1, 2.5], by Stirling's series far out.

import { exp, log, log1p } from "../stats/elementary";
import { sinePi } from "./sine";

const PI: f64 = 3.141592653589793;
/** (ln(2 pi) - 1)/2. */
const STIRLING: f64 = 0.4189385332046727;
/** Beyond it Gamma overflows; below the other it is 0. */
const MOST: f64 = 171.7;
const LEAST: f64 = -185;

/** ln Gamma(x) / ((x - 1) (x - 2)) on [1, 2.5]: a rational function of x - 1, relative error 2e-17 (fitted to mpmath's). */
function kernel(x: f64): f64 {
  const t = x - 1;
  let p: f64 = -5.341463080654779e-07;
  p = p * t + 5.248224501846635e-05;
  p = p * t + 0.007327925328580723;
  p = p * t + 0.11220646096718638;
  p = p * t + 0.6002735207855782;
  p = p * t + 1.4084638326360794;
  p = p * t + 1.4870492580968708;
  p = p * t + 0.5772156649015329;
  let q: f64 = 0.002357582739197849;
  q = q * t + 0.06106241194613906;
  q = q * t + 0.5106796179759432;
  q = q * t + 1.895422159521486;
  q = q * t + 3.4459587861509413;
  q = q * t + 3.001132387692494;
  return p / (q * t + 1);
}

/** The upper 26 bits of a significand. */
// @ts-ignore: decorator
@inline
export function head(x: f64): f64 {
  return reinterpret<f64>(reinterpret<i64>(x) & ~0x7ffffff);
}

/** No value: a pole, whose sides have different signs. */
// @ts-ignore: decorator
@inline
function isPole(x: f64): bool {
  return x <= 0 && floor(x) == x;
}

/**
 * Gamma(x) = Gamma(f) f (f + 1) ... (x - 1), 1.5 <= f <= 2.5, or its quotient below; products in two parts (Dekker 1971), so
 * that their number costs no digits. Below 4 ulp.
 */
export function gamma(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  if (x == 0) return 1 / x;
  if (isPole(x)) return NaN;
  if (x > MOST) return Infinity;
  if (x < LEAST) return 0;
  const n = nearest(x - 2);
  const f = x - n;
  let value = exp((f - 1) * (f - 2) * kernel(f));
  let high = n > 0 ? value : 1.0;
  let low: f64 = 0;
  for (let i = abs(n); i > 0; i -= 1) {
    const by = n > 0 ? x - i : x + (i - 1);
    const p = high * by;
    const a = head(high), b = head(by);
    low = low * by + (a * b - p + a * (by - b) + (high - a) * b + (high - a) * (by - b));
    high = p;
    if (n < 0 && abs(high) > 1e200) {
      value /= high + low;
      high = 1;
      low = 0;
    }
  }
  // An infinite product has lost its second part.
  if (n > 0) return abs(high) == Infinity ? high : high + low;
  return value / (high + low);
}

/** ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi)/2) for x >= 10: Stirling's series, DLMF 5.11.1. */
function remainder(x: f64): f64 {
  const w = 1 / (x * x);
  let s: f64 = 1 / 156.0;
  s = s * w - 691 / 360360.0;
  s = s * w + 1 / 1188.0;
  s = s * w - 1 / 1680.0;
  s = s * w + 1 / 1260.0;
  s = s * w - 1 / 360.0;
  return (s * w + 1 / 12.0) / x;
}

/** Gamma(a) Gamma(b)/Gamma(a + b); beyond Gamma's range with a relative error of |ln B| units in the last place. */
export function beta(a: f64, b: f64): f64 {
  if (a < b) return beta(b, a);
  const whole = a + b;
  if (!(whole >= 171)) {
    const value = gamma(a) * (gamma(b) / gamma(whole));
    // What rounding took from a + b.
    const taken = whole - a;
    const rest = a - (whole - taken) + (b - taken);
    return rest == 0 ? value : value * (1 - rest * polygamma(0, whole));
  }
  if (whole == Infinity) return b > 0 ? 0 : NaN;
  const shared = (0.5 - a) * log1p(b / a) + remainder(a) - remainder(whole);
  // Gamma(a)/Gamma(a + b) alone, or all three by Stirling.
  if (b < 10) return gamma(b) * exp(shared - b * (log(whole) - 1));
  return exp(shared - b * log1p(a / b) - 0.5 * log(b) + (STIRLING + 0.5) + remainder(b));
}

/** ln |Gamma(x)|: a few ulp for x > 0, near its zeros at 1 and 2 too; for x < 0 a few units of 1e-16 beside its zeros. */
export function lgamma(x: f64): f64 {
  if (x != x) return x;
  if (isPole(x) || abs(x) == Infinity) return Infinity;
  if (x > 20) {
    return (x - 0.5) * (log(x) - 1) + (STIRLING + remainder(x));
  }
  if (x >= 1 && x <= 2.5) return (x - 1) * (x - 2) * kernel(x);
  if (x > 0.6 && x < 1) return x * (x - 1) * kernel(x + 1) - log1p(x - 1);
  if (abs(x) < 1e-17) return -log(abs(x));
  if (x > -160) return log(abs(gamma(x)));
  return log(PI / abs(sinePi(x))) - lgamma(1 - x);
}

/** The derivative of ln Gamma: psi(x), order 0; order 1 its derivative. DLMF 5.5.2, 5.5.4, 5.11.2. */
export function polygamma(order: i32, x: f64): f64 {
  if (isPole(x)) return order ? Infinity : NaN;
  if (x < 0) {
    const s = PI / sinePi(x);
    const far = polygamma(order, 1 - x);
    const r = x - nearest(x);
    return order ? s * s - far : far - s * copysign<f64>(sinePi(0.5 - abs(r)), sinePi(x + 0.5));
  }
  let sum: f64 = 0;
  for (; x < 10; x += 1) sum += order ? 1 / (x * x) : -1 / x;
  const w = 1 / (x * x);
  // B(2k)/(2k) x^-2k, times 2k/x in the derivative.
  let k: f64 = order ? 16 : 1;
  let s = k * (-3617 / 8160.0);
  if (order) k = 14;
  s = s * w + k * (1 / 12.0);
  if (order) k = 12;
  s = s * w - k * (691 / 32760.0);
  if (order) k = 10;
  s = s * w + k * (1 / 132.0);
  if (order) k = 8;
  s = s * w - k * (1 / 240.0);
  if (order) k = 6;
  s = s * w + k * (1 / 252.0);
  if (order) k = 4;
  s = s * w - k * (1 / 120.0);
  if (order) k = 2;
  s = s * w + k * (1 / 12.0);
  return order ? sum + (1 / x + w * (0.5 + s / x)) : sum + (log(x) - 0.5 / x - w * s);
}
