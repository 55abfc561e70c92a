// Whether chains agree and how many independent draws they are worth: rank-normalised split R-hat, effective sample sizes of
// bulk, tail, mean, sd and quantiles, Monte Carlo errors (Vehtari, Gelman, Simpson, Carpenter and Bürkner, Bayesian Analysis
// 16 (2021) 667), E-BFMI (Betancourt 2016). Names, definitions and values are those of R's package `posterior` 1.4.

import { fQuantile } from "../stats/distributions.js";
import { checkShare, takeChains } from "./chains.js";
import { diagnose } from "./diagnosis.js";
import {
  type Chains,
  effective,
  essOfQuantile,
  meanOf,
  ratio,
  undefinedFor,
  varianceOf,
} from "./effective.js";
import { pooled, rankNormalise, splitChains } from "./ranks.js";

export type { Chains };

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
  return diagnose(chains).rHat;
}

/** Split R-hat without ranks. */
export function rHatBasic(chains: Chains): number {
  return ratio(splitChains(chains));
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
  return essOfQuantile(chains, pooled(chains).sort(), p);
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
