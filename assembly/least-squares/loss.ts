// Robust losses rho(z) of the squared scaled residual z = (r / C)^2, as in SciPy's least_squares: the cost is
// sum C^2 rho(z), and the model of one iteration weighs residuals and rows of J so that J'J and J'r are those
// of the robust cost (Triggs et al. 2000, Bundle adjustment, section 4.3).

import { ARCTAN, CAUCHY, HUBER, LINEAR, SOFT_L1, TUKEY } from "../../src/least-squares/state";
import { dot } from "../blas/level1";
import { atan, log1p } from "../stats/elementary";

/** rho(z). */
function rho(loss: i32, z: f64): f64 {
  if (loss == SOFT_L1) return (2 * z) / (sqrt<f64>(1 + z) + 1);
  if (loss == HUBER) return z <= 1 ? z : 2 * sqrt<f64>(z) - 1;
  if (loss == CAUCHY) return log1p(z);
  if (loss == ARCTAN) return atan(z);
  if (loss == TUKEY) return z <= 1 ? z * (1 - z * (1 - z / 3)) : 1.0 / 3.0;
  return z;
}

/** rho'(z). */
function slopeOf(loss: i32, z: f64): f64 {
  if (loss == SOFT_L1) return 1 / sqrt<f64>(1 + z);
  if (loss == HUBER) return z <= 1 ? 1 : 1 / sqrt<f64>(z);
  if (loss == CAUCHY) return 1 / (1 + z);
  if (loss == ARCTAN) return 1 / (1 + z * z);
  if (loss == TUKEY) return z <= 1 ? (1 - z) * (1 - z) : 0;
  return 1;
}

/** rho''(z). */
function bendOf(loss: i32, z: f64): f64 {
  if (loss == SOFT_L1) return -0.5 / ((1 + z) * sqrt<f64>(1 + z));
  if (loss == HUBER) return z <= 1 ? 0 : -0.5 / (z * sqrt<f64>(z));
  if (loss == CAUCHY) return -1 / ((1 + z) * (1 + z));
  if (loss == ARCTAN) return (-2 * z) / ((1 + z * z) * (1 + z * z));
  if (loss == TUKEY) return z <= 1 ? -2 * (1 - z) : 0;
  return 0;
}

/** sum C^2 rho((r / C)^2); not finite when a residual is not. */
export function cost(m: i32, r: usize, loss: i32, C: f64): f64 {
  if (loss == LINEAR) return dot<f64>(m, r, r);
  let sum = 0.0;
  for (let p = r, end = r + (<usize>m << 3); p < end; p += 8) {
    const t = load<f64>(p) / C;
    // A bounded rho must not hide a residual that is not finite.
    sum += rho(loss, t * t) + (t - t);
  }
  return C * C * sum;
}

/** Smallest share of rho' that the curvature of a row may fall to. */
const FLOOR: f64 = 0.1;

/** Rows of J times sqrt(h), f = r rho' / sqrt(h), with h = max(rho' + 2 z rho'', rho' / 10). */
export function weigh(m: i32, n: i32, r: usize, f: usize, J: usize, loss: i32, C: f64): void {
  for (let i = 0; i < m; i++, r += 8, f += 8) {
    const value = load<f64>(r);
    const t = value / C;
    const z = t * t;
    const w = slopeOf(loss, z);
    const s = sqrt<f64>(max<f64>(w + 2 * z * bendOf(loss, z), FLOOR * w));
    store<f64>(f, s > 0 ? (value * w) / s : 0);
    for (const end = J + (<usize>n << 3); J < end; J += 8) store<f64>(J, s * load<f64>(J));
  }
}
