// The plain twins of the moves of populations: families of the real-coded ensemble crossover, mutants of differential evolution.

import type { Random } from "../../src/random/philox.js";

/**
 * Real-coded ensemble crossover (Akimoto, Sakuma, Ono and Kobayashi, GECCO 2009): a child is the parents' centre plus the sum of their
 * offsets from it, each times a normal number of variance 1 / n, reflected at the bounds, then cut.
 */
export function family(
  n: number,
  rows: number,
  island: number,
  children: number,
  parents: Float64Array,
  random: Random,
): { chosen: number[]; points: Float64Array } {
  const chosen: number[] = [];
  for (let i = 0; i <= n; i++) {
    let k = -1;
    while (k < 0 || chosen.includes(k)) k = island * rows + random.below(rows);
    chosen.push(k);
  }
  const centre = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (const k of chosen) centre[j] = centre[j]! + parents[k * n + j]!;
    centre[j] = centre[j]! / (n + 1);
  }
  const points = new Float64Array(children * n);
  for (let c = 0; c < children; c++) {
    const child = points.subarray(c * n, (c + 1) * n);
    child.set(centre);
    for (const k of chosen) {
      const e = (1 / Math.sqrt(n)) * random.normal();
      for (let j = 0; j < n; j++) child[j] = child[j]! + e * (parents[k * n + j]! - centre[j]!);
    }
    for (let j = 0; j < n; j++) {
      const v = child[j]!;
      child[j] = Math.min(1, Math.max(0, v < 0 ? -v : v > 1 ? 2 - v : v));
    }
  }
  return { chosen, points };
}

export interface Population {
  readonly n: number;
  readonly rows: number;
  readonly parents: Float64Array;
  readonly order: ArrayLike<number>;
  readonly archive: Float64Array;
  readonly archived: number;
  readonly memoryF: ArrayLike<number>;
  readonly memoryCr: ArrayLike<number>;
  /** How many of the best may lead. */
  readonly lead: number;
}

/** A mutant of each parent by SciPy's strategy of this name, or by L-SHADE's current-to-pbest/1/bin ("lshade"). */
export function mutants(
  p: Population,
  strategy: string,
  [low, high, rate]: readonly [number, number, number],
  random: Random,
): { f: number[]; cr: number[]; points: Float64Array } {
  const { n, rows, parents, order, memoryF, memoryCr } = p;
  const adaptive = strategy === "lshade";
  const kind = adaptive ? strategy : strategy.slice(0, -3);
  const factor = low + (high - low) * random.uniform();
  const [fs, crs]: [number[], number[]] = [[], []];
  const points = new Float64Array(rows * n);
  const other = (count: number, not: readonly number[]): number => {
    for (;;) {
      const r = random.below(count);
      if (!not.includes(r)) return r;
    }
  };
  for (let i = 0; i < rows; i++) {
    let f = factor;
    let cr = rate;
    if (adaptive) {
      // Equations 1 and 2 of SHADE.
      const r = random.below(memoryF.length);
      cr = memoryCr[r]! < 0 ? 0 : Math.min(1, Math.max(0, memoryCr[r]! + 0.1 * random.normal()));
      f = 0;
      while (f <= 0) f = memoryF[r]! + 0.1 * (random.normal() / random.normal());
      f = Math.min(1, f);
    }
    fs.push(f);
    crs.push(cr);
    const row = (k: number) =>
      k < rows
        ? parents.subarray(k * n, (k + 1) * n)
        : p.archive.subarray((k - rows) * n, (k - rows + 1) * n);
    const taken = [i, other(rows, [i])];
    let best = row(order[0]!);
    if (adaptive) {
      best = row(order[random.below(p.lead)]!);
      taken.push(other(rows + p.archived, taken));
    } else for (let k = 0; k < (kind === "rand2" ? 4 : 3); k++) taken.push(other(rows, taken));
    const [own, a, b, c, d, e] = taken.map(row) as [Float64Array, Float64Array, ...Float64Array[]];
    const sure = random.below(n);
    let run = 1;
    if (strategy.endsWith("exp")) while (run < n && random.uniform() < cr) run++;
    for (let j = 0; j < n; j++) {
      const x = own[j]!;
      const changed = strategy.endsWith("exp")
        ? (j - sure + n) % n < run
        : random.uniform() < cr || j === sure;
      let v = x;
      if (changed) {
        if (kind === "best1") v = best[j]! + f * (a[j]! - b![j]!);
        else if (kind === "best2") v = best[j]! + f * (a[j]! + b![j]! - c![j]! - d![j]!);
        else if (kind === "rand1") v = a[j]! + f * (b![j]! - c![j]!);
        else if (kind === "rand2") v = a[j]! + f * (b![j]! + c![j]! - d![j]! - e![j]!);
        else if (kind === "randtobest1") v = a[j]! + f * (best[j]! - a[j]!) + f * (b![j]! - c![j]!);
        else v = x + f * (best[j]! - x) + f * (a[j]! - b![j]!);
        v = v < 0 ? x / 2 : v > 1 ? (x + 1) / 2 : v;
      }
      points[i * n + j] = v;
    }
  }
  return { f: fs, cr: crs, points };
}
