// Distribution functions and quantiles of the laws that the statistics of a fit need: normal, Student's t,
// chi-square, F. All rest on the incomplete gamma and beta functions; each tail is computed as itself, never
// as 1 - (almost 1). Arguments outside the domain give NaN; the facade has refused them before.

import { ratioInverseLog, betaOfRatio, betaTinyLog, TINY } from "./beta";
import { exp, log } from "./elementary";
import { incompleteGamma, incompleteGammaInverse, incompleteGammaUpper } from "./gamma";

/** From here on Student's t is the normal law, and F a chi-square over its dof, to the last bit but one. */
const MANY: f64 = 1e18;

/** Phi(z). */
export function normalCdf(z: f64): f64 {
  const tail = 0.5 * incompleteGammaUpper(0.5, 0.5 * z * z);
  return z > 0 ? 1 - tail : tail;
}

/** z with Phi(z) = p. */
export function normalQuantile(p: f64): f64 {
  if (!(p >= 0 && p <= 1)) return NaN;
  const z = sqrt(2 * incompleteGammaInverse(0.5, abs(2 * p - 1), 2 * min(p, 1 - p)));
  return p < 0.5 ? -z : z;
}

/** P(T <= t) for Student's t with any dof > 0, infinity included: P(|T| > t) = I_y(dof/2, 1/2), y = 1 / (1 + t^2/dof). */
export function studentTCdf(t: f64, dof: f64): f64 {
  if (!(dof > 0) || t != t) return NaN;
  if (dof >= MANY) return normalCdf(t);
  const s = log(dof) - 2 * log(abs(t)); // ln of the ratio y / (1 - y)
  let tail: f64;
  if (s < TINY - 1) tail = 0.5 * exp(betaTinyLog(0.5 * dof, 0.5, s));
  else tail = 0.5 * betaOfRatio(0.5 * dof, 0.5, dof / (t * t));
  return t > 0 ? 1 - tail : tail;
}

/** t with P(T <= t) = p. The middle half is solved for P(|T| <= t), the outer for P(|T| > t). */
export function studentTQuantile(p: f64, dof: f64): f64 {
  if (!(dof > 0 && p >= 0 && p <= 1)) return NaN;
  dof = min(dof, MANY);
  if (p == 0) return -Infinity;
  if (p == 1) return Infinity;
  const middle = abs(p - 0.5);
  if (middle == 0) return 0;
  const s = middle < 0.25
    ? ratioInverseLog(0.5, 0.5 * dof, 2 * middle)
    : -ratioInverseLog(0.5 * dof, 0.5, 2 * min(p, 1 - p));
  const t = exp(0.5 * s);
  return p < 0.5 ? -t : t;
}

/** P(X <= x) for chi-square. */
export function chiSquareCdf(x: f64, dof: f64): f64 {
  return incompleteGamma(0.5 * dof, 0.5 * max(x, 0.0));
}

/** P(X > x) for chi-square. */
export function chiSquareUpper(x: f64, dof: f64): f64 {
  return incompleteGammaUpper(0.5 * dof, 0.5 * max(x, 0.0));
}

/** x with P(X <= x) = p for chi-square. */
export function chiSquareQuantile(p: f64, dof: f64): f64 {
  if (!(dof > 0 && p >= 0 && p <= 1)) return NaN;
  return 2 * incompleteGammaInverse(0.5 * dof, p, 1 - p);
}

/** P(X <= x) for F; dof2 may be infinite. */
export function fCdf(x: f64, dof1: f64, dof2: f64): f64 {
  if (!(dof1 > 0 && dof2 > 0) || x != x) return NaN;
  if (dof2 >= MANY) return chiSquareCdf(x * dof1, dof1);
  return betaOfRatio(0.5 * dof1, 0.5 * dof2, (max(x, 0.0) * dof1) / dof2);
}

/** P(X > x) for F. */
export function fUpper(x: f64, dof1: f64, dof2: f64): f64 {
  if (!(dof1 > 0 && dof2 > 0) || x != x) return NaN;
  if (dof2 >= MANY) return chiSquareUpper(x * dof1, dof1);
  return betaOfRatio(0.5 * dof2, 0.5 * dof1, dof2 / (max(x, 0.0) * dof1));
}

/** x with P(X <= x) = p for F. */
export function fQuantile(p: f64, dof1: f64, dof2: f64): f64 {
  if (!(dof1 > 0 && dof2 > 0 && p >= 0 && p <= 1)) return NaN;
  if (p == 0) return 0;
  if (p == 1) return Infinity;
  if (dof2 >= MANY) return chiSquareQuantile(p, dof1) / dof1;
  const s = p <= 0.5
    ? ratioInverseLog(0.5 * dof1, 0.5 * dof2, p)
    : -ratioInverseLog(0.5 * dof2, 0.5 * dof1, 1 - p);
  return exp(s);
}
