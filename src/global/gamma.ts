// The gamma function for small positive arguments, from operations that are the same on every engine.

import { exp, log } from "../runtime/elementary.js";

/** Lanczos's approximation, g = 7, nine terms; relative error about 1e-15. x > 0. */
export function gamma(x: number): number {
  if (x < 0.5) return gamma(x + 1) / x;
  const t = x - 1;
  let sum = 0.9999999999998099;
  for (let i = 0; i < TERMS.length; i++) sum += TERMS[i]! / (t + i + 1);
  const base = t + 7.5;
  return 2.5066282746310002 * exp((t + 0.5) * log(base) - base) * sum;
}

const TERMS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];
