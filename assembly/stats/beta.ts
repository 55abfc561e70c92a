// The regularised incomplete beta function I_x(a, b) and its inverse, of the ratio r = x / (1 - x) so that both
// x and 1 - x keep their digits.

import { exp, log, log1p } from "./elementary";
import { deviance, EPS, logRatio, MAX_TERMS, roughNormal, roughUpperGamma, stirlingError } from "./gamma";

/** Where ln((1 + b) x) is below this, the second term of the series in x is below half an ulp of the first. */
export const TINY: f64 = -40;

/** ab/(a + b) Gamma(a + b + 1) / (Gamma(a + 1) Gamma(b + 1)) without its powers, see betaPower. */
function betaConstant(a: f64, b: f64): f64 {
  const n = a + b;
  return sqrt((a / n) * b * 0.15915494309189535) * exp(stirlingError(n) - stirlingError(a) - stirlingError(b));
}

/** ln of x^a y^b / B(a, b) / betaConstant, y = 1 - x. That power is the derivative of I_x with respect to ln(x / y). */
function betaPowerLog(a: f64, b: f64, x: f64, y: f64): f64 {
  const d = a * y - b * x;
  const n = a + b;
  return -deviance(a, n * x, d) - deviance(b, n * y, -d);
}

/**
 * I_x(a, b) / (x^a y^b / B(a, b)). Small x: the series sum (a + b)_n / (a + 1)_n x^n / a, all terms positive
 * (DLMF 8.17.8). Else the fraction of Didonato and Morris (1992, eq. 9) in a y - b x, by Lentz's algorithm.
 */
function betaFactor(a: f64, b: f64, x: f64, y: f64): f64 {
  if (x <= 0.3) {
    let term: f64 = 1;
    let sum: f64 = 1;
    for (let n = 0; n < MAX_TERMS; n++) {
      const k = <f64>n;
      term *= ((a + b + k) / (a + 1 + k)) * x;
      sum += term;
      if (term < sum * EPS) break;
    }
    return sum / a;
  }
  const lambda = a * y - b * x;
  let f = (a / (a + 1)) * (lambda + 1);
  let c = f;
  let d: f64 = 0;
  for (let n = 1; n < MAX_TERMS; n++) {
    const k = <f64>n;
    const m = a + 2 * k - 1;
    const alpha = ((a + k - 1) / m) * ((a + b + k - 1) / m) * k * (b - k) * x * x;
    const beta = k + (k * (b - k) * x) / m + ((a + k) / (m + 2)) * (lambda + 1 + k * (1 + y));
    d = 1 / (beta + alpha * d);
    c = beta + alpha / c;
    const ratio = c * d;
    f *= ratio;
    if (abs(ratio - 1) < 2 * EPS) break;
  }
  return 1 / f;
}

/** Whether I_x(a, b) is computed directly, or as 1 - I_y(b, a). */
// @ts-ignore: decorator
@inline
function direct(a: f64, b: f64, x: f64, y: f64): bool {
  return x * (b + 1) <= y * (a + 1);
}

/** I_x(a, b) with x = r / (1 + r); a, b > 0, r >= 0. I_y(b, a), its complement, is betaOfRatio(b, a, 1 / r). */
export function betaOfRatio(a: f64, b: f64, r: f64): f64 {
  if (r == 0) return 0;
  if (r == Infinity) return 1;
  const y = 1 / (1 + r);
  return betaOfPair(a, b, r < 1 ? r * y : 1 / (1 + 1 / r), y);
}

function betaOfPair(a: f64, b: f64, x: f64, y: f64): f64 {
  const power = betaConstant(a, b) * exp(betaPowerLog(a, b, x, y));
  return direct(a, b, x, y) ? power * betaFactor(a, b, x, y) : 1 - power * betaFactor(b, a, y, x);
}

/** I_x(a, b), regularised incomplete beta function; a, b > 0, 0 <= x <= 1. */
export function incompleteBeta(a: f64, b: f64, x: f64): f64 {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return NaN;
  if (x == 0 || x == 1) return x;
  return betaOfPair(a, b, x, 1 - x);
}

/**
 * ln x at which the first term of the series, x^a / (a B(a, b)), is p. From
 * B(a, b) = (a / n)^a (b / n)^b / betaConstant, n = a + b, which loses nothing where b is huge.
 */
function firstTerm(a: f64, b: f64, p: f64, constant: f64): f64 {
  return log((p * a) / constant) / a + log(a / (a + b)) - (b / a) * log1p(a / b);
}

/** ln I_x(a, b) for the tiny x = e^s, of which only the first term of the series counts. */
export function betaTinyLog(a: f64, b: f64, s: f64): f64 {
  return a * (s - firstTerm(a, b, 1, betaConstant(a, b)));
}

/** Paulson's approximation: cube roots of a ratio of gamma variates are nearly normal. 0 where it has no root. */
function roughRatio(a: f64, b: f64, p: f64): f64 {
  const z = roughNormal(p);
  const ca = 1 / (9 * a);
  const cb = 1 / (9 * b);
  // (1 - cb) u - (1 - ca) = -z sqrt(cb u^2 + ca), u = (r b / a)^(1/3)
  const square = (1 - cb) * (1 - cb) - z * z * cb;
  const middle = (1 - ca) * (1 - cb);
  const last = (1 - ca) * (1 - ca) - z * z * ca;
  const root = middle * middle - square * last;
  if (!(root > 0 && square > 0.05 && last > 0)) return 0;
  const u = last / (middle + sqrt(root));
  return u > 0 ? (a / b) * u * u * u : 0;
}

/** A start for the search below, within a few per cent except far out in tails that the first term describes. */
function startRatio(a: f64, b: f64, p: f64, first: f64): f64 {
  if (a > 1 && a >= b) {
    // -ln x is nearly a gamma variate over a + (b - 1) / 2.
    const u = roughUpperGamma(b, p) / (a + 0.5 * (b - 1));
    return u < 1e-3 ? 1 / (u + 0.5 * u * u) : 1 / (exp(min(u, 700.0)) - 1);
  }
  const r = a > 1 ? roughRatio(a, b, p) : 0;
  if (r > 0) return r;
  return first < -0.1 ? 1 / (exp(-first) - 1) : a / b;
}

/**
 * ln (r b / a), r = x / (1 - x), with I_x(a, b) = p <= 1/2: of the F law, whose values are near 1 for any a, b. Newton's method on
 * ln I as a function of ln r: the density of ln r is log-concave, so ln I is concave, a step from the left never passes the root, and
 * every start converges.
 */
export function ratioInverseLog(a: f64, b: f64, p: f64): f64 {
  const constant = betaConstant(a, b);
  const first = firstTerm(a, b, p, constant);
  if (first + log(1 + b) < TINY) return first + (log(b) - log(a));
  let r = startRatio(a, b, p, first);
  for (let i = 0; i < 200; i++) {
    const y = 1 / (1 + r);
    const x = r < 1 ? r * y : 1 / (1 + 1 / r);
    const near = direct(a, b, x, y);
    const powerLog = betaPowerLog(a, b, x, y);
    let slope = near ? betaFactor(a, b, x, y) : betaFactor(b, a, y, x);
    const part = constant * exp(powerLog) * slope;
    const tail = near ? part : 1 - part;
    if (!near) slope = tail * slope / part;
    const excess = near && powerLog < -600 ? log(constant * slope) + powerLog - log(p) : logRatio(tail, p);
    const step = min(max(-slope * excess, -20.0), 20.0);
    r *= exp(step);
    // NaN too.
    if (!(step * step * max(1.0, abs(a * y - b * x) + 1 / slope) >= 1e-17)) break;
  }
  return log(r * (b / a));
}
