// Which parameters a warning is about: where divergences lie among the draws, what correlates, what moves with the energy.

import type { Recorded } from "./recorder.js";

/** Names in a warning. */
const MOST = 3;
/** Divergences have a place when their mean rank is so many standard errors from that of all draws. */
const APART = 3;
/** Correlations from this on are worth a word. */
const STRONG = 0.7;
/** Draws that are looked at. */
const SAMPLE = 1000;

/** Columns of at most SAMPLE draws, spread over all. */
function columns({ draws, chains, count }: Recorded, size: number): Float64Array[] {
  const total = chains * count;
  const used = Math.min(SAMPLE, total);
  return Array.from({ length: size }, (_, j) =>
    Float64Array.from({ length: used }, (__, k) => draws[Math.floor((k * total) / used) * size + j]!),
  );
}

export interface Place {
  readonly name: string;
  /** Divergences lie where it is small, or large. */
  readonly side: "small" | "large";
}

/** The parameters in which divergences lie at one end of the draws, the clearest first. Under chance the mean of n ranks has the error 1 / sqrt(12 n). */
export function divergentPlaces(recorded: Recorded, names: readonly string[]): Place[] {
  const { divergences, draws, count } = recorded;
  const n = divergences.length;
  const size = names.length;
  return columns(recorded, names.length)
    .map((own, j) => {
      const sorted = own.sort();
      let ranks = 0;
      // Of the draw itself: where the trajectory blew up, it has gone far.
      for (const { chain, draw } of divergences)
        ranks += rankOf(sorted, draws[(chain * count + draw) * size + j]!);
      return { name: names[j]!, z: (ranks / n - 0.5) * Math.sqrt(12 * n) };
    })
    .filter(({ z }) => Math.abs(z) > APART)
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .slice(0, MOST)
    .map(({ name, z }) => ({ name, side: z < 0 ? "small" : "large" }));
}

/** The share of sorted numbers below v, ties by half. */
function rankOf(sorted: Float64Array, v: number): number {
  const below = (test: (w: number) => boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (test(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (below((w) => w < v) + below((w) => w <= v)) / (2 * sorted.length);
}

/** Centred and of norm 1; null for numbers that are all the same: from the first one, their mean has no rounding. */
function standardised(x: Float64Array): Float64Array | null {
  const first = x[0]!;
  let mean = 0;
  for (const v of x) mean += (v - first) / x.length;
  let squares = 0;
  for (const v of x) squares += (v - first - mean) * (v - first - mean);
  const norm = Math.sqrt(squares);
  return norm > 0 && norm < Infinity ? x.map((v) => (v - first - mean) / norm) : null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The two parameters that correlate most, and by how much; null where none do strongly. */
export function correlatedMost(
  recorded: Recorded,
  names: readonly string[],
): { readonly pair: readonly [string, string]; readonly correlation: number } | null {
  const own = columns(recorded, Math.min(names.length, 100)).map(standardised);
  let best: { pair: readonly [string, string]; correlation: number } | null = null;
  for (let i = 0; i < own.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [own[i]!, own[j]!];
      const r = a && b ? dot(a, b) : 0;
      if (Math.abs(r) > Math.max(STRONG, Math.abs(best?.correlation ?? 0)))
        best = { pair: [names[j]!, names[i]!], correlation: r };
    }
  return best;
}

/** The parameter that moves most with the energy, by ranks of its distance from the middle or of itself; the first where none does. */
export function movesWithEnergy(recorded: Recorded, names: readonly string[]): string {
  const { stats, chains, count } = recorded;
  const total = chains * count;
  const energies = columns({ ...recorded, draws: stats.energy }, 1).map(standardised)[0];
  const used = Math.min(SAMPLE, total);
  let best = { name: names[0]!, r: -1 };
  if (energies)
    columns(recorded, names.length).forEach((own, j) => {
      const middle = own.slice().sort()[used >> 1]!;
      for (const values of [own, own.map((v) => Math.abs(v - middle))]) {
        const z = standardised(values);
        const r = z ? Math.abs(dot(z, energies)) : 0;
        if (r > best.r) best = { name: names[j]!, r };
      }
    });
  return best.name;
}
