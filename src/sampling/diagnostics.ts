// Whether chains agree and how many independent draws they are worth: rank-normalised split R-hat, effective sample sizes of
// bulk, tail, mean, sd and quantiles, Monte Carlo errors (Vehtari, Gelman, Simpson, Carpenter and Bürkner, Bayesian Analysis
// 16 (2021) 667), E-BFMI (Betancourt 2016). Names, definitions and values are those of R's package `posterior` 1.4.

import { ln } from "../random/laws.js";
import { fQuantile } from "../stats/distributions.js";
import { Autocovariance } from "./autocovariance.js";
import { checkShare, takeChains } from "./chains.js";
import { pooled, rankNormalise, splitChains } from "./ranks.js";

/** One quantity: for each chain its draws, all of one length. */
export type Chains = readonly Float64Array[];

/** Where a diagnostic has no value: a draw that is no finite number, or draws that are all the same. */
function undefinedFor(chains: Chains): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (const chain of chains) {
    for (let i = 0; i < chain.length; i++) {
      const v = chain[i]!;
      if (!Number.isFinite(v)) return true;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  return !(high - low >= Number.EPSILON);
}

function meanOf(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]!;
  const first = sum / x.length;
  let rest = 0;
  for (let i = 0; i < x.length; i++) rest += x[i]! - first;
  return first + rest / x.length;
}

/** Sample variance, divided by n - 1. */
export function varianceOf(x: Float64Array): number {
  const mean = meanOf(x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - mean) * (x[i]! - mean);
  return sum / (x.length - 1);
}

/** sqrt((B / W + n - 1) / n), equation 3 of the paper, of chains as they are. */
function ratio(chains: Chains): number {
  if (undefinedFor(chains)) return NaN;
  const n = chains[0]!.length;
  const between = n * varianceOf(Float64Array.from(chains, meanOf));
  const within = meanOf(Float64Array.from(chains, varianceOf));
  return Math.sqrt((between / within + n - 1) / n);
}

/** Type-7 quantile (R's default) of sorted numbers. */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const part = at - low;
  return part > 0 ? sorted[low]! + part * (sorted[low + 1]! - sorted[low]!) : sorted[low]!;
}

/**
 * Rank-normalised split R-hat: the larger of bulk and tail (folded about the median). NaN where it has no value.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * rHat(chains); // about 1
 */
export function rHat(chains: Chains): number {
  chains = takeChains("rHat", chains);
  if (undefinedFor(chains)) return NaN;
  const median = quantileOf(pooled(chains).sort(), 0.5);
  const folded = chains.map((c) => c.map((v) => Math.abs(v - median)));
  const bulk = ratio(rankNormalise(splitChains(chains)));
  const tail = ratio(rankNormalise(splitChains(folded)));
  // As R's max: NaN where either has no value.
  return Math.max(bulk, tail);
}

/** Split R-hat without ranks. */
export function rHatBasic(chains: Chains): number {
  return ratio(splitChains(chains));
}

/**
 * Effective sample size of chains as they are: Geyer's (1992) initial monotone sequence of the autocorrelations of all chains
 * together (equations 10 to 13 of the paper); capped at S log10(S), where antithetic chains would give more.
 */
function effective(chains: Chains): number {
  const n = chains[0]?.length ?? 0;
  if (n < 3 || undefinedFor(chains)) return NaN;
  const m = chains.length;
  const covariances = chains.map((c) => new Autocovariance(c));
  const mean = (lag: number): number => covariances.reduce((sum, c) => sum + c.at(lag), 0) / m;
  const within = (mean(0) * n) / (n - 1);
  const between = m > 1 ? varianceOf(Float64Array.from(covariances, (c) => c.mean)) : 0;
  const total = (within * (n - 1)) / n + between;
  const rho = (lag: number): number => 1 - (within - mean(lag)) / total;
  // Sums of neighbours are positive for a reversible chain: the sequence ends before the first that is not.
  const kept: number[] = [1, rho(1)];
  let even = 1;
  let odd = kept[1]!;
  let t = 0;
  while (t < n - 5 && even + odd > 0) {
    t += 2;
    even = rho(t);
    odd = rho(t + 1);
    if (even + odd >= 0) kept.push(even, odd);
    else kept.push(0, 0);
  }
  const end = t;
  if (even > 0) kept[end] = even;
  for (let k = 2; k <= end - 2; k += 2) {
    const before = kept[k - 2]! + kept[k - 1]!;
    if (kept[k]! + kept[k + 1]! <= before) continue;
    kept[k] = before / 2;
    kept[k + 1] = before / 2;
  }
  let sum = 0;
  for (let k = 0; k < Math.max(end, 1); k++) sum += kept[k]!;
  const draws = m * n;
  const tau = -1 + 2 * sum + kept[end]!;
  return draws / Math.max(tau, 1 / (ln(draws) * Math.LOG10E));
}

/**
 * Effective draws for the centre of the law: of split, rank-normalised chains.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * essBulk(chains); // about 1000
 */
export function essBulk(chains: Chains): number {
  chains = takeChains("essBulk", chains);
  return undefinedFor(chains) ? NaN : effective(rankNormalise(splitChains(chains)));
}

/**
 * Effective draws for the quantile p: of the indicator x <= quantile.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * essQuantile(chains, 0.05); // about 1000
 */
export function essQuantile(chains: Chains, p: number): number {
  chains = takeChains("essQuantile", chains);
  checkShare("essQuantile", p);
  if (undefinedFor(chains)) return NaN;
  const all = pooled(chains).sort();
  const at = p === 1 ? (all.length - 0.5) / all.length : p;
  const quantile = quantileOf(all, at);
  return effective(splitChains(chains.map((c) => c.map((v) => (v <= quantile ? 1 : 0)))));
}

/**
 * Effective draws for the tails: the smaller of those for the 5 % and 95 % quantiles.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * essTail(chains); // about 1000
 */
export function essTail(chains: Chains): number {
  chains = takeChains("essTail", chains);
  return Math.min(essQuantile(chains, 0.05), essQuantile(chains, 0.95));
}

/**
 * Effective draws for the mean.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * essMean(chains); // about 1000
 */
export function essMean(chains: Chains): number {
  chains = takeChains("essMean", chains);
  return effective(splitChains(chains));
}

/**
 * Effective draws for the standard deviation.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * essSd(chains); // about 1000
 */
export function essSd(chains: Chains): number {
  chains = takeChains("essSd", chains);
  const mean = meanOf(pooled(chains));
  return effective(splitChains(chains.map((c) => c.map((v) => Math.abs(v - mean)))));
}

/**
 * Monte Carlo standard error of the mean.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * mcseMean(chains); // about 0.03
 */
export function mcseMean(chains: Chains): number {
  chains = takeChains("mcseMean", chains);
  return Math.sqrt(varianceOf(pooled(chains))) / Math.sqrt(essMean(chains));
}

/**
 * Monte Carlo standard error of the standard deviation: delta method on the variance of squared deviations.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * mcseSd(chains); // about 0.02
 */
export function mcseSd(chains: Chains): number {
  chains = takeChains("mcseSd", chains);
  const all = pooled(chains);
  const mean = meanOf(all);
  const squares = chains.map((c) => c.map((v) => (v - mean) * (v - mean)));
  const second = meanOf(pooled(squares));
  const fourth = meanOf(pooled(squares).map((v) => v * v));
  return Math.sqrt((fourth - second * second) / effective(splitChains(squares)) / second / 4);
}

/**
 * Monte Carlo standard error of the quantile p: half the distance of the order statistics one standard error away.
 *
 * @example
 * const random = new Random(1);
 * const chains = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.normal())); // two of white noise
 * mcseQuantile(chains, 0.95); // about 0.07
 */
export function mcseQuantile(chains: Chains, p: number): number {
  chains = takeChains("mcseQuantile", chains);
  checkShare("mcseQuantile", p);
  const ess = essQuantile(chains, p);
  if (Number.isNaN(ess)) return NaN;
  const sorted = pooled(chains).sort();
  const count = sorted.length;
  const at = [0.1586553, 0.8413447].map((c) => {
    // The quantile of Beta(a, b) by that of F with 2a and 2b degrees of freedom.
    const a = ess * p + 1;
    const b = ess * (1 - p) + 1;
    const f = fQuantile(c, 2 * a, 2 * b);
    return (a * f) / (a * f + b);
  });
  const low = sorted[Math.max(Math.floor(at[0]! * count), 1) - 1]!;
  const high = sorted[Math.min(Math.ceil(at[1]! * count), count) - 1]!;
  return (high - low) / 2;
}

/**
 * Energy Bayesian fraction of missing information of one chain: mean squared step of the energy over its variance.
 *
 * @example
 * const random = new Random(1);
 * ebfmi(Float64Array.from({ length: 500 }, () => random.normal())); // about 2: below 0.3 the energy moves too slowly
 */
export function ebfmi(energy: Float64Array): number {
  [energy] = takeChains("ebfmi", [energy]) as [Float64Array];
  let steps = 0;
  for (let i = 1; i < energy.length; i++)
    steps += (energy[i]! - energy[i - 1]!) * (energy[i]! - energy[i - 1]!);
  return steps / ((energy.length - 1) * varianceOf(energy));
}

/** The shortest interval that holds `level` of the draws. */
export function hdiOf(sorted: Float64Array, level: number): [number, number] {
  const n = sorted.length;
  const inside = Math.max(1, Math.ceil(level * n));
  let best = 0;
  for (let i = 1; i + inside <= n; i++) {
    if (sorted[i + inside - 1]! - sorted[i]! < sorted[best + inside - 1]! - sorted[best]!) best = i;
  }
  return [sorted[best]!, sorted[best + inside - 1]!];
}
