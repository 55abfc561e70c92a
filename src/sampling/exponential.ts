// e^x for trajectories, where nothing goes on before it is known: the polynomial of src/runtime/elementary.ts summed by Estrin's
// scheme, which waits for a third of its multiplications. From + - * alone: the same bits on every engine, and in the core.

import { LN2_HIGH, LN2_LOW, scale2 } from "../runtime/elementary.js";

/** e^x, to about one unit in the last place; assembly/sampling/elementary.ts has the same operations. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const low = -k * LN2_LOW;
  const top = x - k * LN2_HIGH;
  const r = top + low;
  const lost = top - r + low;
  // exp(r) = 1 + r + r^2 q by its Taylor series: |r| <= 0.35, the first term left out is below 2^-62.
  const s = r * r;
  const t = s * s;
  const u = t * t;
  const a = 1 / 2 + r * (1 / 6) + s * (1 / 24 + r * (1 / 120));
  const b = 1 / 720 + r * (1 / 5040) + s * (1 / 40320 + r * (1 / 362880));
  const c = 1 / 3628800 + r * (1 / 39916800) + s * (1 / 479001600 + r * (1 / 6227020800));
  return scale2(1 + (r + (lost + s * (a + t * b + u * (c + t * (1 / 87178291200))))), k);
}
