// log gamma of a positive number, for the constants of laws: Stirling's series (DLMF 5.11.1) from 12 on, below by the recurrence.

import { log } from "../runtime/elementary.js";

/** log(2 pi) / 2. */
const HALF_LOG_2PI = 0.9189385332046728;

export function logGamma(x: number): number {
  let product = 1;
  let z = x;
  for (; z < 12; z++) product *= z;
  const w = 1 / (z * z);
  // The next term is 1/(1188 z^9): below rounding.
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  return (z - 0.5) * log(z) - z + HALF_LOG_2PI + series - log(product);
}
