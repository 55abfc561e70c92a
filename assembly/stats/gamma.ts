// logGamma, the regularised incomplete gamma functions and their inverse. Powers and gamma functions are joined
// through Stirling's error and the deviance (Loader 2000), so large arguments lose no digits to cancellation.

import { exp, log, log1p } from "./elementary";

const HALF_LOG_2PI: f64 = 0.9189385332046728;
/** Bound on the terms of a series or fraction: reached only where both parameters exceed 1e9. */
export const MAX_TERMS: i32 = 1000000;
export const EPS: f64 = 1.1102230246251565e-16;

/**
 * ln Gamma(z + 1) - ((z + 1/2) ln z - z + ln(2 pi) / 2) for z > 0: Stirling's series from z = 8 (DLMF 5.11.1);
 * below, error(z) - error(z + 1) = (z + 1/2) ln(1 + 1/z) - 1 = u^2/3 + u^4/5 + ... with u = 1 / (2 z + 1).
 */
export function stirlingError(z: f64): f64 {
  let sum: f64 = 0;
  if (z < 1) {
    sum = z < 1e-300 ? -0.5 * log(z) - 1 : (z + 0.5) * log1p(1 / z) - 1;
    z += 1;
  }
  for (; z < 8; z += 1) {
    const u = 1 / (2 * z + 1);
    const w = u * u;
    let power = w;
    for (let k: f64 = 3; power > 1e-19; k += 2, power *= w) sum += power / k;
  }
  const w = 1 / (z * z);
  let s: f64 = 43867 / 244188.0;
  s = 3617 / 122400.0 - s * w;
  s = 1 / 156.0 - s * w;
  s = 691 / 360360.0 - s * w;
  s = 1 / 1188.0 - s * w;
  s = 1 / 1680.0 - s * w;
  s = 1 / 1260.0 - s * w;
  s = 1 / 360.0 - s * w;
  s = 1 / 12.0 - s * w;
  return sum + s / z;
}

/**
 * a ln(a / m) - a + m >= 0, with the difference d = a - m given apart, because the caller may know it better.
 * With v = d / (a + m) it is (a + m) (v^2 + (1 + v) (v^3/3 + v^5/5 + ...)), used where a is near m.
 */
export function deviance(a: f64, m: f64, d: f64): f64 {
  const v = d / (a + m);
  if (abs(v) > 0.25) return a * log(a / m) - d;
  const w = v * v;
  let sum: f64 = 0;
  let power = v * w;
  for (let k: f64 = 3; abs(power) > EPS * 0.01 * w; k += 2, power *= w) sum += power / k;
  return (a + m) * (w + (1 + v) * sum);
}

/** ln Gamma(x) for x > 0; absolute error below 4e-15 max(1, |ln Gamma(x)|). */
export function logGamma(x: f64): f64 {
  if (!(x >= 0)) return NaN;
  if (x == 0 || x == Infinity) return Infinity;
  if (x == 1 || x == 2) return 0;
  let product: f64 = 1;
  for (; x < 8; x += 1) product *= x;
  return (x - 0.5) * (log(x) - 1) - 0.5 + HALF_LOG_2PI + stirlingError(x) - log(product);
}

/** x^a e^-x / Gamma(a): the derivative of P(a, x) with respect to ln x. */
function gammaPower(a: f64, x: f64): f64 {
  return sqrt(a * 0.15915494309189535) * exp(-stirlingError(a) - deviance(a, x, a - x));
}

/** P(a, x) / (x^a e^-x / Gamma(a)) by its series (DLMF 8.11.4), all terms positive. */
function lowerGammaFactor(a: f64, x: f64): f64 {
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let n = 1; n < MAX_TERMS; n++) {
    term *= x / (a + <f64>n);
    sum += term;
    if (term < sum * EPS) break;
  }
  return sum / a;
}

/** Q(a, x) / (x^a e^-x / Gamma(a)) by Legendre's fraction (DLMF 8.9.2, even part), Lentz's algorithm. */
function upperGammaFactor(a: f64, x: f64): f64 {
  let b = x + 1 - a;
  let c = b;
  let d: f64 = 0;
  let f = b;
  for (let n = 1; n < MAX_TERMS; n++) {
    const k = <f64>n;
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const ratio = c * d;
    f *= ratio;
    if (abs(ratio - 1) < 2 * EPS) break;
  }
  return 1 / f;
}

/** Which tail is computed directly; the other is its complement. */
// @ts-ignore: decorator
@inline
function lowerFirst(a: f64, x: f64): bool {
  return x <= a + 1;
}

/** P(a, x), regularised lower incomplete gamma function; a > 0, x >= 0. */
export function incompleteGamma(a: f64, x: f64): f64 {
  if (!(a > 0 && x >= 0)) return NaN;
  if (x == 0) return 0;
  if (x == Infinity) return 1;
  if (lowerFirst(a, x)) return gammaPower(a, x) * lowerGammaFactor(a, x);
  return 1 - gammaPower(a, x) * upperGammaFactor(a, x);
}

/** Q(a, x) = 1 - P(a, x), with its own digits where it is small. */
export function incompleteGammaUpper(a: f64, x: f64): f64 {
  if (!(a > 0 && x >= 0)) return NaN;
  if (x == 0) return 1;
  if (x == Infinity) return 0;
  if (lowerFirst(a, x)) return 1 - gammaPower(a, x) * lowerGammaFactor(a, x);
  return gammaPower(a, x) * upperGammaFactor(a, x);
}

/** ln(got / want), exact in the limit got -> want. */
// @ts-ignore: decorator
@inline
export function logRatio(got: f64, want: f64): f64 {
  const excess = (got - want) / want;
  return abs(excess) < 0.5 ? log1p(excess) : log(got) - log(want);
}

/**
 * x with P(a, x) = lower and Q(a, x) = upper; the smaller of the two is the one that counts. Newton's method on
 * ln P (or ln Q) as a function of ln x: both are concave, because the density of ln x is log-concave, so it
 * converges from everywhere, without overshooting from one side.
 */
export function incompleteGammaInverse(a: f64, lower: f64, upper: f64): f64 {
  if (lower <= 0) return 0;
  if (upper <= 0) return Infinity;
  const left = lower <= upper;
  const p = left ? lower : upper;
  const constant = sqrt(a * 0.15915494309189535) * exp(-stirlingError(a));
  // The first term of the series where it is better, in the lower tail.
  const first = (log(p) + logGamma(a + 1)) / a;
  let x = roughGamma(a, left ? -roughNormal(p) : roughNormal(p));
  if (left && (first < -40 || x == 0 || a < 1)) {
    if (first < -40) return exp(first); // the next term is below half an ulp
    x = exp(first);
  }
  if (!(x > 1e-17)) x = a < 1 ? 1e-17 : a;
  for (let i = 0; i < 200; i++) {
    const direct = lowerFirst(a, x);
    const ratio = direct ? lowerGammaFactor(a, x) : upperGammaFactor(a, x); // tail over power
    const powerLog = -deviance(a, x, a - x);
    const power = constant * exp(powerLog);
    const near = direct == left;
    const tail = near ? power * ratio : 1 - power * ratio;
    const slope = near ? ratio : tail / power;
    const excess = near && powerLog < -600 ? log(constant * ratio) + powerLog - log(p) : logRatio(tail, p);
    const step = min(max(left ? -slope * excess : slope * excess, -20.0), 20.0);
    x *= exp(step);
    if (step * step * max(1.0, abs(a - x) + 1 / slope) < 1e-17) break;
  }
  return x;
}

/** Wilson and Hilferty's cube: the value of a gamma variate (shape a) that lies as far out as z of a normal one. */
function roughGamma(a: f64, z: f64): f64 {
  const c = 1 / (9 * a);
  const cube = max(0.0, 1 - c + z * sqrt(c));
  return a * cube * cube * cube;
}

/** x with Q(a, x) about p <= 1/2: half a normal variate's square where a is about 1/2. */
export function roughUpperGamma(a: f64, p: f64): f64 {
  if (a >= 1) return roughGamma(a, roughNormal(p));
  const z = roughNormal(max(0.5 * p, f64.MIN_VALUE));
  return 0.5 * z * z;
}

/** z > 0 with upper normal tail about p <= 1/2, to 0.5 %: the start of the searches above and in beta. */
export function roughNormal(p: f64): f64 {
  const t = sqrt(-2 * log(p));
  return max(0.0, t - (2.3 + 0.27 * t) / (1 + t * (0.99 + 0.044 * t)));
}
