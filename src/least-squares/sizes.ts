// How many residuals a fit needs.

import { DownhillError } from "../runtime/errors.js";

/** SHAPE unless 1 <= n <= m. */
export function checkSizes(where: string, m: number, n: number): void {
  if (n === 0) throw new DownhillError("SHAPE", `${where}: there is no parameter to fit`);
  if (m >= n) return;
  throw new DownhillError("SHAPE", `${where}: too few residuals for ${n} parameters: ${m}`, {
    hint: "give at least as many points as free parameters, or fix some",
    details: { m, n },
  });
}
