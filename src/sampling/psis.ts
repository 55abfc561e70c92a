// Leave-one-out cross-validation from draws: importance ratios whose tail is smoothed by a generalised Pareto law (Vehtari,
// Gelman and Gabry 2017; Vehtari, Simpson, Gelman, Yao and Gabry 2024), and WAIC (Watanabe 2010). Values of R's package `loo`.

import { exp, log } from "../runtime/elementary.js";

export interface PredictiveFit {
  /** Expected log predictive density for new data, its standard error, and that of each datum. */
  readonly elpd: number;
  readonly stderr: number;
  /** Effective number of parameters. */
  readonly p: number;
  readonly pointwise: Float64Array;
  /** Shape of the tail of each datum's ratios: beyond 0.7 its value cannot be trusted. Empty for waic. */
  readonly paretoK: Float64Array;
}

function logSumExp(x: Float64Array): number {
  let top = -Infinity;
  for (const v of x) if (v > top) top = v;
  if (top === -Infinity) return top;
  let sum = 0;
  for (const v of x) sum += exp(v - top);
  return top + log(sum);
}

const log1p = (x: number): number => {
  // Kahan's correction: log(1 + x) x / ((1 + x) - 1).
  const u = 1 + x;
  return u === 1 ? x : (log(u) * x) / (u - 1);
};

/** Shape and scale of a generalised Pareto law: the empirical Bayes estimate of Zhang and Stephens (2009), with loo's prior on k. */
export function paretoFit(sorted: Float64Array): { k: number; sigma: number } {
  const n = sorted.length;
  const count = 30 + Math.floor(Math.sqrt(n));
  const quarter = sorted[Math.floor(n / 4 + 0.5) - 1]!;
  const largest = sorted[n - 1]!;
  const shapeAt = (b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += log1p(-b * sorted[i]!);
    return sum / n;
  };
  const b = new Float64Array(count);
  const likelihood = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    b[j] = 1 / largest + (1 - Math.sqrt(count / (j + 0.5))) / (3 * quarter);
    const k = shapeAt(b[j]!);
    likelihood[j] = n * (log(-b[j]! / k) - k - 1);
  }
  const total = logSumExp(likelihood);
  let mean = 0;
  for (let j = 0; j < count; j++) mean += b[j]! * exp(likelihood[j]! - total);
  const k = shapeAt(mean);
  return { k: (k * n + 10 * 0.5) / (n + 10), sigma: -k / mean };
}

/** Smoothed, normalised log weights of ratios given by their logarithms, and the shape of their tail. */
export function paretoSmooth(
  logRatios: Float64Array,
  relativeEss = 1,
): { logWeights: Float64Array; k: number } {
  const count = logRatios.length;
  let top = -Infinity;
  for (const v of logRatios) if (v > top) top = v;
  const x = logRatios.map((v) => v - top);
  const tail = Math.ceil(Math.min(0.2 * count, 3 * Math.sqrt(count / relativeEss)));
  const order = Int32Array.from(x, (_, i) => i).sort((i, j) => x[i]! - x[j]!);
  let k = Infinity;
  if (tail >= 5) {
    const cutoff = x[order[count - tail - 1]!]!;
    const ids = order.subarray(count - tail);
    const spread = x[ids[tail - 1]!]! - x[ids[0]!]!;
    if (spread > Number.EPSILON * 10) {
      const low = exp(cutoff);
      const fit = paretoFit(Float64Array.from(ids, (i) => exp(x[i]!) - low));
      k = fit.k;
      for (let j = 0; j < tail; j++) {
        const p = (j + 0.5) / tail;
        const q = fit.k === 0 ? -log1p(-p) : (exp(-fit.k * log1p(-p)) - 1) / fit.k;
        x[ids[j]!] = Math.min(0, log(fit.sigma * q + low));
      }
    }
  }
  const total = logSumExp(x);
  return { logWeights: x.map((v) => v - total), k };
}

/** `likelihood(i)`: the log likelihood of datum i at each draw. `relativeEss(i)`: of exp of it, over the draws. */
export function looOf(
  data: number,
  likelihood: (i: number) => Float64Array,
  relativeEss: (i: number) => number,
): PredictiveFit {
  const pointwise = new Float64Array(data);
  const paretoK = new Float64Array(data);
  let p = 0;
  for (let i = 0; i < data; i++) {
    const ll = likelihood(i);
    const { logWeights, k } = paretoSmooth(
      ll.map((v) => -v),
      relativeEss(i),
    );
    pointwise[i] = logSumExp(logWeights.map((w, s) => w + ll[s]!));
    paretoK[i] = k;
    p += logSumExp(ll) - log(ll.length) - pointwise[i]!;
  }
  return { ...summed(pointwise), p, pointwise, paretoK };
}

export function waicOf(data: number, likelihood: (i: number) => Float64Array): PredictiveFit {
  const pointwise = new Float64Array(data);
  let p = 0;
  for (let i = 0; i < data; i++) {
    const ll = likelihood(i);
    let mean = 0;
    for (const v of ll) mean += v / ll.length;
    let variance = 0;
    for (const v of ll) variance += ((v - mean) * (v - mean)) / (ll.length - 1);
    p += variance;
    pointwise[i] = logSumExp(ll) - log(ll.length) - variance;
  }
  return { ...summed(pointwise), p, pointwise, paretoK: new Float64Array(0) };
}

function summed(pointwise: Float64Array): { elpd: number; stderr: number } {
  const n = pointwise.length;
  let elpd = 0;
  for (const v of pointwise) elpd += v;
  let squares = 0;
  for (const v of pointwise) squares += (v - elpd / n) * (v - elpd / n);
  return { elpd, stderr: Math.sqrt((n * squares) / (n - 1)) };
}
