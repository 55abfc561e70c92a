// Crossover and mutation of real numbers in the unit cube.

import type { Random } from "../random/philox.js";
import { pow } from "../runtime/elementary.js";

export const realCrossovers = ["rex", "sbx", "blx", "arithmetic"] as const;
export type RealCrossover = (typeof realCrossovers)[number];
export const realMutations = ["polynomial", "gaussian"] as const;
export type RealMutation = (typeof realMutations)[number];

/** Index of simulated binary crossover: the larger, the nearer the children to their parents. */
const SBX_INDEX = 15;
const BLX_ALPHA = 0.5;
const POLYNOMIAL_INDEX = 20;
const GAUSSIAN_SIZE = 0.1;

/** Children of one family of `rex` (assembly/global/moves.ts), for each variable. */
export const FAMILY = 6;

const clip = (v: number): number => Math.min(1, Math.max(0, v));

/** One child of the rows a and b of `parents`, to row `k` of `out`; `width`: half the width of the population. */
export function cross(
  kind: Exclude<RealCrossover, "rex">,
  n: number,
  parents: Float64Array,
  a: number,
  b: number,
  out: Float64Array,
  k: number,
  random: Random,
): void {
  const share = random.uniform();
  for (let j = 0; j < n; j++) {
    const x = parents[a * n + j]!;
    const y = parents[b * n + j]!;
    let v: number;
    if (kind === "arithmetic") v = share * x + (1 - share) * y;
    else if (kind === "blx") {
      // Uniform on the parents' interval, longer by alpha on both sides (Eshelman and Schaffer 1993).
      const low = Math.min(x, y);
      const d = Math.abs(x - y);
      v = low - BLX_ALPHA * d + (1 + 2 * BLX_ALPHA) * d * random.uniform();
    } else {
      // Deb and Agrawal, Complex Systems 9 (1995) 115.
      const u = random.uniform();
      const beta = u < 0.5 ? pow(2 * u, 1 / (SBX_INDEX + 1)) : pow(1 / (2 * (1 - u)), 1 / (SBX_INDEX + 1));
      const half = random.uniform() < 0.5;
      v = half ? 0.5 * ((1 + beta) * x + (1 - beta) * y) : 0.5 * ((1 - beta) * x + (1 + beta) * y);
    }
    out[k * n + j] = clip(v);
  }
}

/** Changes each variable of row k with this chance, at least now and then one; `width` scales the change. */
export function mutate(
  kind: RealMutation,
  n: number,
  out: Float64Array,
  k: number,
  chance: number,
  width: number,
  random: Random,
): void {
  for (let j = 0; j < n; j++) {
    if (random.uniform() >= chance) continue;
    const x = out[k * n + j]!;
    let step: number;
    if (kind === "gaussian") step = GAUSSIAN_SIZE * random.normal();
    else {
      // Deb and Goyal 1996.
      const u = random.uniform();
      const power = 1 / (POLYNOMIAL_INDEX + 1);
      step = u < 0.5 ? pow(2 * u, power) - 1 : 1 - pow(2 * (1 - u), power);
    }
    out[k * n + j] = clip(x + 2 * width * step);
  }
}
