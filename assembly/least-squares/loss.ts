// Robust losses rho(z) of the squared scaled residual z = (r / C)^2, as SciPy's least_squares defines them: the
// cost is sum C^2 rho(z), minimised by iterated reweighting (Holland and Welsch 1977).

import { ARCTAN, CAUCHY, HUBER, LINEAR, SOFT_L1, TUKEY } from "../../src/abi/least-squares";
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

/** sum C^2 rho((r / C)^2); Infinity where it or a residual is not finite, so that every comparison rejects it. */
export function cost(m: i32, r: usize, loss: i32, C: f64): f64 {
  let sum = dot<f64>(m, r, r);
  if (!(sum < Infinity)) return Infinity;
  if (loss == LINEAR) return sum;
  sum = 0;
  for (let p = r, end = r + (<usize>m << 3); p < end; p += 8) {
    const t = load<f64>(p) / C;
    sum += rho(loss, t * t);
  }
  sum *= C * C;
  return sum < Infinity ? sum : Infinity;
}

/**
 * Iterated reweighting: f = sqrt(rho') r, rows of J times sqrt(rho'). J'f is half the exact gradient of the cost,
 * and J'J bounds its Gauss-Newton Hessian from above, because every rho here is concave. `rowPtr`: where the rows of a sparse J begin.
 */
export function weigh(m: i32, n: i32, r: usize, f: usize, J: usize, loss: i32, C: f64, rowPtr: usize): void {
  for (let i = 0; i < m; i++, r += 8, f += 8) {
    const value = load<f64>(r);
    const t = value / C;
    const s = sqrt<f64>(slopeOf(loss, t * t));
    store<f64>(f, s * value);
    for (const end = J + (<usize>(SPARSE ? load<i32>(rowPtr, 4) - load<i32>(rowPtr) : n) << 3); J < end; J += 8) store<f64>(J, s * load<f64>(J));
    if (SPARSE) rowPtr += 4;
  }
}

/** sum r^2 one after the other: to the last bit what anybody gets who sums the squares. */
export function sumOfSquares(m: i32, r: usize): f64 {
  let sum = 0.0;
  for (const end = r + (<usize>m << 3); r < end; r += 8) sum += load<f64>(r) * load<f64>(r);
  return sum;
}

/** psi'(r) = rho' + 2 z rho'', for psi(r) = r rho'. */
function bend(loss: i32, z: f64): f64 {
  if (loss == SOFT_L1) return 1 / ((1 + z) * sqrt<f64>(1 + z));
  if (loss == HUBER) return z <= 1 ? 1 : 0;
  if (loss == CAUCHY) return (1 - z) / ((1 + z) * (1 + z));
  if (loss == ARCTAN) return (1 - 3 * z * z) / ((1 + z * z) * (1 + z * z));
  if (loss == TUKEY) return z <= 1 ? (1 - z) * (1 - 5 * z) : 0;
  return 1;
}

/**
 * Factor of (J'J)^-1, J weighted, in the covariance of a robust fit: Huber (1981, eq. 7.6.10; form H1 of statsmodels),
 * K^2 [sum psi^2 / (m - n)] / mean(psi')^2 (X'X)^-1 with K = 1 + n var(psi') / (m mean(psi')^2), where (X'X)^-1 is mean(rho')
 * times that of the weighted J. NaN where the loss is nowhere convex on average, or there is no degree of freedom.
 */
export function robustVariance(m: i32, n: i32, r: usize, loss: i32, C: f64): f64 {
  let squares = 0.0, slopes = 0.0, bends = 0.0, bends2 = 0.0;
  for (let p = r, end = r + (<usize>m << 3); p < end; p += 8) {
    const value = load<f64>(p), t = value / C, z = t * t;
    const w = slopeOf(loss, z), b = bend(loss, z);
    squares += w * value * (w * value);
    slopes += w;
    bends += b;
    bends2 += b * b;
  }
  const count = <f64>m, mean = bends / count;
  if (!(m > n && mean > 0)) return NaN;
  const K = 1 + (<f64>n / count) * max<f64>(bends2 / count - mean * mean, 0) / (mean * mean);
  return K * K * (squares / <f64>(m - n)) / (mean * mean) * (slopes / count);
}
