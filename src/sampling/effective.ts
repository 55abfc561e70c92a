// What the diagnostics are made of: moments of chains, the ratio between and within them, and the effective sample size.

import { ln } from "../random/laws.js";
import { Autocovariance } from "./autocovariance.js";
import { splitChains } from "./ranks.js";
import { atOnce, type Steps } from "./steps.js";

/** One quantity: for each chain its draws, all of one length. */
export type Chains = readonly Float64Array[];

/** Where a diagnostic has no value: a draw that is no finite number, or draws that are all the same. */
export function undefinedFor(chains: Chains): boolean {
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
  // In any unit: rounding of a constant is no spread.
  return !(high - low > 2 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)));
}

export function meanOf(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]!;
  const first = sum / x.length;
  let rest = 0;
  for (let i = 0; i < x.length; i++) rest += x[i]! - first;
  return first + rest / x.length;
}

/** Sample variance, divided by n - 1. */
export function varianceOf(x: Float64Array): number {
  if (x.length < 2) return NaN;
  const mean = meanOf(x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - mean) * (x[i]! - mean);
  return sum / (x.length - 1);
}

/** sqrt((B / W + n - 1) / n), equation 3 of the paper, of chains as they are. */
export function ratio(chains: Chains): number {
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

/** For the centred chains of one call, which takes it: every quantity of a run has as many draws. */
let rooms = new Float64Array(0);

export const effective = (chains: Chains): number => atOnce(effectiveOf(chains));

/**
 * Effective sample size of chains as they are: Geyer's (1992) initial monotone sequence of the autocorrelations of all chains
 * together (equations 10 to 13 of the paper); capped at S log10(S), where antithetic chains would give more.
 */
export function* effectiveOf(chains: Chains): Steps<number> {
  const n = chains[0]?.length ?? 0;
  if (n < 3 || undefinedFor(chains)) return NaN;
  const m = chains.length;
  const room = rooms.length === m * n ? rooms : new Float64Array(m * n);
  rooms = new Float64Array(0);
  const covariances: Autocovariance[] = [];
  for (const [k, c] of chains.entries()) {
    covariances.push(new Autocovariance(c, room.subarray(k * n, (k + 1) * n)));
    yield;
  }
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
    yield;
    for (const c of covariances) yield* c.prepare(t + 1);
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
  rooms = room;
  const draws = m * n;
  const tau = -1 + 2 * sum + kept[end]!;
  return draws / Math.max(tau, 1 / (ln(draws) * Math.LOG10E));
}

/** 1 where x <= bound, else 0. */
function upTo(x: Float64Array, bound: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = x[i]! <= bound ? 1 : 0;
  return out;
}

export const essOfQuantile = (chains: Chains, sorted: Float64Array, p: number): number =>
  atOnce(effectiveOfQuantile(chains, sorted, p));

/** Effective draws for the quantile p, of draws that are known in ascending order too. */
export function* effectiveOfQuantile(chains: Chains, sorted: Float64Array, p: number): Steps<number> {
  const at = p === 1 ? (sorted.length - 0.5) / sorted.length : p;
  const quantile = quantileOf(sorted, at);
  return yield* effectiveOf(splitChains(chains.map((c) => upTo(c, quantile))));
}
