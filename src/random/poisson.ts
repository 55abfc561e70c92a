// Counts of Poisson's law.

import { exp, log } from "../runtime/elementary.js";
import { logGamma } from "./log-gamma.js";
import type { Random } from "./philox.js";

/** Above it the terms of the logarithm of the law lose the digits that tell counts apart; the law's skewness is 1e-6 there. */
const MANY = 1e12;

/**
 * A count of this mean (>= 0; else NaN): uniform numbers are multiplied below 10, from there on transformed rejection (PTRS of Hormann,
 * Insurance: Mathematics and Economics 12 (1993) 39); a rounded normal number where rounding hides the difference.
 */
export function poisson(random: Random, mean: number): number {
  if (!(mean >= 0 && mean < Infinity)) return NaN;
  if (mean > MANY) return Math.round(mean + Math.sqrt(mean) * random.normal());
  if (mean < 10) {
    const least = exp(-mean);
    let k = 0;
    for (let product = random.open(); product > least; product *= random.open()) k++;
    return k;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const height = 1.1239 + 1.1328 / (b - 3.4);
  const sure = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.open() - 0.5;
    const v = random.open();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= sure) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log((v * height) / (a / (us * us) + b)) <= k * log(mean) - mean - logGamma(k + 1)) return k;
  }
}
