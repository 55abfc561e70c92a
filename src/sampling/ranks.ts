// Chains pooled, halved, and turned into normal scores of their ranks.

import { normalTail } from "../random/laws.js";
import type { Chains } from "./effective.js";
import { ascendingOrder } from "./order.js";
import { atOnce, inBlocks, type Steps } from "./steps.js";

/** Halves of each chain, so that a drift within a chain shows; the middle draw of an odd length is left out. */
export function splitChains(chains: Chains): Float64Array[] {
  const n = chains[0]?.length ?? 0;
  if (n === 1) return [...chains];
  const half = Math.floor(n / 2);
  return [...chains.map((c) => c.subarray(0, half)), ...chains.map((c) => c.subarray(n - half))];
}

export function pooled(chains: Chains): Float64Array {
  const n = chains[0]?.length ?? 0;
  const all = new Float64Array(n * chains.length);
  chains.forEach((c, k) => {
    all.set(c, k * n);
  });
  return all;
}

/** The normal score of rank r of `count`: Phi^-1((r - 3/8) / (count + 1/4)). */
function scoreOf(rank: number, count: number): number {
  const p = (rank - 0.375) / (count + 0.25);
  return p < 0.5 ? -normalTail(p) : p > 0.5 ? normalTail(1 - p) : 0;
}

/** Scores of the ranks 1, 2, ... of the last number of draws: every parameter of a run has as many. */
let known = new Float64Array(0);

function* scoresOf(count: number): Steps<Float64Array> {
  if (known.length === count) return known;
  const scores = new Float64Array(count);
  yield* inBlocks(count, (first, last) => {
    for (let k = first; k < last; k++) scores[k] = scoreOf(k + 1, count);
  });
  known = scores;
  return scores;
}

/** Normal scores of the average ranks of `all`, of which `order` names the places in ascending order. */
export function* normalScores(all: Float64Array, order: Uint32Array): Steps<Float64Array> {
  const count = all.length;
  const table = yield* scoresOf(count);
  const scores = new Float64Array(count);
  yield* inBlocks(count, (first, last) => {
    let from = first;
    while (from < last) {
      const value = all[order[from]!]!;
      let to = from + 1;
      while (to < count && all[order[to]!] === value) to++;
      const score = to === from + 1 ? table[from]! : scoreOf((from + to + 1) / 2, count);
      for (let k = from; k < to; k++) scores[order[k]!] = score;
      from = to;
    }
    return from;
  });
  return scores;
}

/** A pooled array as chains of `n` each. */
export function unpooled(all: Float64Array, n: number): Float64Array[] {
  return Array.from({ length: n > 0 ? all.length / n : 0 }, (_, k) => all.subarray(k * n, (k + 1) * n));
}

/** Average ranks of all draws together, turned into normal scores. */
export function rankNormalise(chains: Chains): Float64Array[] {
  const all = pooled(chains);
  return unpooled(atOnce(normalScores(all, ascendingOrder(all))), chains[0]?.length ?? 0);
}
