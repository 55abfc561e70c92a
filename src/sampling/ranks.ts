// Chains pooled, halved, and turned into normal scores of their ranks.

import { normalTail } from "../random/laws.js";
import type { Chains } from "./diagnostics.js";

/** Halves of each chain, so that a drift within a chain shows; the middle draw of an odd length is left out. */
export function splitChains(chains: Chains): Float64Array[] {
  const n = chains[0]?.length ?? 0;
  if (n === 1) return [...chains];
  const half = Math.floor(n / 2);
  return [...chains.map((c) => c.slice(0, half)), ...chains.map((c) => c.slice(n - half))];
}

export function pooled(chains: Chains): Float64Array {
  const n = chains[0]?.length ?? 0;
  const all = new Float64Array(n * chains.length);
  chains.forEach((c, k) => {
    all.set(c, k * n);
  });
  return all;
}

/** The first place of `v` in sorted numbers, by halving. */
function firstAt(sorted: Float64Array, v: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < v) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Average ranks, turned into normal scores: Phi^-1((r - 3/8) / (S + 1/4)). */
export function rankNormalise(chains: Chains): Float64Array[] {
  const all = pooled(chains);
  const count = all.length;
  const sorted = all.slice().sort();
  // The score of the run of equal values that begins at each place of the sorted draws.
  const scoreAt = new Float64Array(count);
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && sorted[to] === sorted[from]) to++;
    const p = ((from + to + 1) / 2 - 0.375) / (count + 0.25);
    scoreAt[from] = p < 0.5 ? -normalTail(p) : p > 0.5 ? normalTail(1 - p) : 0;
    from = to;
  }
  const scores = all.map((v) => scoreAt[firstAt(sorted, v)]!);
  const n = chains[0]?.length ?? 0;
  return chains.map((_, k) => scores.slice(k * n, (k + 1) * n));
}
