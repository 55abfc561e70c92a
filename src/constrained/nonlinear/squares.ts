// Where the sum of the squared violations is stationary: no direction makes it smaller, to first order.

import type { ProgramSolve } from "./solve.js";

/** The projected gradient is so small a share of its terms. */
const SQUARES = 1e-6;

/** |P(x - J'v) - x| is nothing beside the terms of J'v, v the violations at `solve.here`. */
export function stationarySquares({ n, m, here, evaluator, lower, upper }: ProgramSolve): boolean {
  const { scaledLower, scaledUpper } = evaluator;
  let [worst, terms] = [0, 0];
  for (let j = 0; j < n; j++) {
    let [slope, size] = [0, 0];
    for (let i = 0; i < m; i++) {
      const v = here.c[i]!;
      const t = here.J[i * n + j]! * (v - Math.min(Math.max(v, scaledLower[i]!), scaledUpper[i]!));
      slope += t;
      size += Math.abs(t);
    }
    terms = Math.max(terms, size);
    const to = Math.min(Math.max(here.x[j]! - slope, lower[j]!), upper[j]!);
    worst = Math.max(worst, Math.abs(to - here.x[j]!));
  }
  return worst <= SQUARES * terms;
}
