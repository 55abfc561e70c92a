// Shapes of samples: histograms, and densities by a Gaussian kernel with Silverman's width (Density Estimation, 1986, eq. 3.31),
// reflected at the ends of the sample so that a law with a bound is not smeared over it.

import { exp, pow } from "../runtime/elementary.js";
import { finite, spread } from "./picture.js";

export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface Histogram {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly top: Float64Array;
}

export const sortedFinite = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(Array.from(values).filter(finite)).sort();

/** Type-7 quantile of sorted numbers. */
export function quantile(sorted: Float64Array, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const part = at - low;
  return part > 0 ? sorted[low]! * (1 - part) + sorted[low + 1]! * part : (sorted[low] ?? NaN);
}

const GRID = 256;

/** The density over the range of the sample; null for fewer than two different numbers. */
export function density(values: ArrayLike<number>, low?: number, high?: number): Curve | null {
  const sorted = sortedFinite(values);
  const n = sorted.length;
  const [from, to] = [low ?? sorted[0]!, high ?? sorted[n - 1]!];
  if (!(to > from) || !finite(to - from)) return null;
  const width = (to - from) / (GRID - 1);
  // In units of the range, where nothing overflows.
  let [mean, squares] = [0, 0];
  for (let i = 0; i < n; i++) mean += (sorted[i]! - from) / (to - from) / n;
  for (let i = 0; i < n; i++) {
    const d = (sorted[i]! - from) / (to - from) - mean;
    squares += (d * d) / n;
  }
  const quartiles = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / (to - from) / 1.34;
  const sd = Math.sqrt(squares);
  const scale = quartiles > 0 ? Math.min(sd, quartiles) : sd;
  const h = Math.max(0.9 * scale * pow(n, -0.2), 1 / (GRID - 1)) * (GRID - 1);
  // Linear binning: each number is shared by its two neighbours on the grid.
  const bins = new Float64Array(GRID);
  for (let i = 0; i < n; i++) {
    const at = Math.min(GRID - 1, Math.max(0, (sorted[i]! - from) / width));
    const j = Math.min(GRID - 2, Math.floor(at));
    bins[j] = bins[j]! + (1 - (at - j)) / n;
    bins[j + 1] = bins[j + 1]! + (at - j) / n;
  }
  const reach = Math.min(GRID - 1, Math.ceil(4 * h));
  const kernel = Float64Array.from({ length: reach + 1 }, (_, k) => exp((-k * k) / (2 * h * h)));
  const whole = kernel.reduce((sum, v, k) => sum + (k === 0 ? v : 2 * v), 0);
  const y = new Float64Array(GRID);
  for (let j = 0; j < GRID; j++) {
    if (bins[j] === 0) continue;
    for (let k = -reach; k <= reach; k++) {
      let i = j + k;
      if (i < 0) i = -i;
      if (i > GRID - 1) i = 2 * (GRID - 1) - i;
      y[i] = y[i]! + (bins[j]! * kernel[Math.abs(k)]!) / whole / width;
    }
  }
  return { x: spread(from, to, GRID), y };
}

/** Counts in `count` equal parts of the range. */
export function histogram(values: ArrayLike<number>, count: number): Histogram {
  const sorted = sortedFinite(values);
  const low = sorted[0] ?? 0;
  const high = sorted[sorted.length - 1] ?? 1;
  const top = new Float64Array(count);
  if (!(high > low) || !finite(high - low)) {
    const half = Math.abs(low) / 10 || 1;
    return {
      left: Float64Array.of(low - half),
      right: Float64Array.of(low + half),
      top: Float64Array.of(sorted.length),
    };
  }
  for (const v of sorted) {
    const i = Math.min(count - 1, Math.floor(((v - low) / (high - low)) * count));
    top[i] = top[i]! + 1;
  }
  const edges = spread(low, high, count + 1);
  return { left: edges.slice(0, count), right: edges.slice(1), top };
}

/** Ranks from 1 of all numbers together, the mean rank where numbers are equal. */
export function ranks(lists: readonly ArrayLike<number>[]): Float64Array[] {
  const all = lists.flatMap((list) => Array.from(list));
  const order = all.map((_, i) => i).sort((a, b) => all[a]! - all[b]!);
  const rank = new Float64Array(all.length);
  for (let i = 0; i < order.length; ) {
    let j = i + 1;
    while (j < order.length && all[order[j]!] === all[order[i]!]) j++;
    for (let k = i; k < j; k++) rank[order[k]!] = (i + 1 + j) / 2;
    i = j;
  }
  let at = 0;
  return lists.map((list) => {
    const own = rank.slice(at, at + list.length);
    at += list.length;
    return own;
  });
}
