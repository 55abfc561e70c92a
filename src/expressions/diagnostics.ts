// What a finished fit says about its points and residuals: leverage, standardised residuals and Cook's distance, with the tangent
// plane in place of the model (Cook and Weisberg 1982, chapters 2 and 3), and tests of the residuals.

import { spreadIn, triangular } from "../least-squares/triangular.js";
import type { Runtime } from "../runtime/runtime.js";
import { coreFunction } from "./core-functions.js";

/** Diagonal of the projection on the tangent plane, h_i = J_i (J'J)^-1 J_i'; `rows`: the J_i where they are others. */
export function leverageOf(J: Float64Array, n: number, rows = J): Float64Array {
  const R = triangular(J, n);
  const h = new Float64Array(J.length / n);
  const row = new Float64Array(n);
  for (let i = 0; i < h.length; i++) {
    for (let j = 0; j < n; j++) row[j] = rows[i * n + j]!;
    h[i] = spreadIn(R, row);
  }
  return h;
}

/** 1 - h; NaN for a point that the curve goes through whatever its y, of whose error nothing is known. */
export const restOf = (h: number): number => (1 - h > CERTAIN ? 1 - h : NaN);
const CERTAIN = 1e-10;

/** Standard errors by which a curve may be off. */
const BIAS = 0.7;

/**
 * The relative error s of y where it matters to a fit with weights 1 / (sigma y)^2 of y as measured, else 0: they pull the curve towards 0
 * by the share 2 s^2, s^2 the mean under the weights, of which its standard error is s (n / m)^(1/2). With 0.7 of it intervals of 95 %
 * cover 89 %.
 */
export function biasingError(y: Float64Array, weights: Float64Array, rss: number, dof: number): number {
  const m = y.length;
  let sum = 0;
  for (let i = 0; i < m; i++) sum += weights[i]! * y[i]! * weights[i]! * y[i]!;
  const s = Math.sqrt((rss / dof) * (m / sum));
  return 2 * s * Math.sqrt(m / (m - dof)) > BIAS ? s : 0;
}

export interface ResidualTests {
  /**
   * Runs of one sign (Wald and Wolfowitz 1940), in the order of x where that is one array, else of the points: their number, the one
   * expected of random signs, z, and the two-sided p of the normal approximation.
   */
  readonly runs: {
    readonly count: number;
    readonly expected: number;
    readonly z: number;
    readonly p: number;
  };
  /** sum (e_i - e_(i-1))^2 / sum e_i^2 in the same order, of the weighted residuals: 2 where they are uncorrelated. */
  readonly durbinWatson: number;
  /** Anderson and Darling's test of normality with estimated mean and variance; p by Stephens (D'Agostino and Stephens 1986, table 4.9). NaN below 8 points. */
  readonly normality: { readonly statistic: number; readonly p: number };
}

/** Indices of points in the order of x, equal ones as they come; null where x has several columns, or they are in order as they are. */
function orderOf(x: unknown): Uint32Array | null {
  if (!(x instanceof Float64Array)) return null;
  const m = x.length;
  let i = 1;
  while (i < m && x[i]! >= x[i - 1]!) i++;
  if (i >= m) return null;
  // Merges: each fit asks, and a sort by a comparison that is called took a tenth of a small one.
  let from = Uint32Array.from(x.keys());
  let to = new Uint32Array(m);
  for (let width = 1; width < m; width *= 2, [from, to] = [to, from])
    for (let low = 0; low < m; low += 2 * width) {
      const middle = Math.min(low + width, m);
      const end = Math.min(low + 2 * width, m);
      for (let a = low, b = middle, k = low; k < end; k++)
        to[k] = a < middle && (b >= end || !(x[from[b]!]! < x[from[a]!]!)) ? from[a++]! : from[b++]!;
    }
  return from;
}

export function inOrder(x: unknown, residuals: Float64Array): Float64Array {
  const order = orderOf(x);
  if (!order) return residuals;
  const sorted = new Float64Array(order.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = residuals[order[i]!]!;
  return sorted;
}

/** Number of runs of signs, the expected one, and z. */
export function runsOf(e: Float64Array): { count: number; expected: number; z: number } {
  let [positive, negative, count, last] = [0, 0, 0, 0];
  for (const v of e) {
    if (v === 0) continue;
    const sign = v > 0 ? 1 : -1;
    if (sign > 0) positive++;
    else negative++;
    if (sign !== last) count++;
    last = sign;
  }
  const m = positive + negative;
  const product = 2 * positive * negative;
  const variance = (product * (product - m)) / (m * m * (m - 1));
  const expected = product / m + 1;
  return { count, expected, z: variance > 0 ? (count - expected) / Math.sqrt(variance) : NaN };
}

function durbinWatson(e: Float64Array): number {
  let [above, below] = [0, 0];
  e.forEach((v, i) => {
    below += v * v;
    if (i > 0) above += (v - e[i - 1]!) * (v - e[i - 1]!);
  });
  return above / below;
}

function normality(
  e: Float64Array,
  cdf: (z: number) => number,
  runtime: Runtime | undefined,
): ResidualTests["normality"] {
  const [exp, log] = [coreFunction("exp", runtime), coreFunction("log", runtime)];
  const m = e.length;
  const mean = e.reduce((sum, v) => sum + v, 0) / m;
  const deviation = Math.sqrt(e.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / (m - 1));
  if (m < 8 || !(deviation > 0)) return { statistic: NaN, p: NaN };
  const z = Float64Array.from(e, (v) => (v - mean) / deviation).sort();
  let sum = 0;
  // Far out by the first term of the asymptotic series, where erf rounds to -1.
  const tail = (v: number): number => (v < -8 ? (-v * v) / 2 - log(-v) - 0.9189385332046727 : log(cdf(v)));
  for (let i = 0; i < m; i++) sum += (2 * i + 1) * (tail(z[i]!) + tail(-z[m - 1 - i]!));
  const statistic = -m - sum / m;
  // The formula for p holds up to 10, where p is 4e-24.
  const a = Math.min(statistic * (1 + 0.75 / m + 2.25 / (m * m)), 10);
  const upper = a >= 0.6 ? [1.2937, -5.709, 0.0186] : [0.9177, -4.279, -1.38];
  const lower = a > 0.2 ? [-8.318, 42.796, -59.938] : [-13.436, 101.14, -223.73];
  const [c0, c1, c2] = (a > 0.34 ? upper : lower) as [number, number, number];
  const value = exp(c0 + c1 * a + c2 * a * a);
  return { statistic, p: a > 0.34 ? value : 1 - value };
}

/** Of weighted residuals. */
export function testsOf(x: unknown, residuals: Float64Array, runtime: Runtime | undefined): ResidualTests {
  const e = inOrder(x, residuals);
  const erf = coreFunction("erf", runtime);
  // Good to 1e-16, of a p-value too.
  const cdf = (z: number): number => (1 + erf(z * Math.sqrt(0.5))) / 2;
  const { z, ...runs } = runsOf(e);
  return {
    runs: { ...runs, z, p: Number.isNaN(z) ? NaN : 2 * cdf(-Math.abs(z)) },
    durbinWatson: durbinWatson(e),
    normality: normality(e, cdf, runtime),
  };
}
