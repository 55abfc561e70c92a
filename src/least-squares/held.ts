// Variables that their bounds hold: constants of the problem, which have no error and cost no degree of freedom. The run keeps them, as
// callbacks want all; its statistics are over the others.

import type { Box } from "../driver/bounds.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { Uncertainty } from "./problem.js";

/** The variables of n that are free. */
export const freeOf = (box: Box | null, n: number): readonly number[] =>
  Array.from({ length: n }, (_, j) => j).filter((j) => !box || box.lower[j] !== box.upper[j]);

/** The uncertainty of the free variables, wide again: 0 for those that are held. */
export function uncertaintyOf(engine: LeastSquaresEngine, free: readonly number[]): Uncertainty {
  const { n, workspace } = engine;
  const k = free.length;
  if (k === n) return engine.covariance();
  const { J } = workspace.f64;
  const whole = J.slice();
  for (let from = 0, to = 0; from < J.length; from += n) for (const j of free) J[to++] = whole[from + j]!;
  const { inverse, blind, ...others } = engine.covariance(free);
  J.set(whole);
  const wide = inverse && new Float64Array(n * n);
  const shares = blind && new Float64Array(n);
  free.forEach((i, a) => {
    if (shares) shares[i] = blind[a]!;
    free.forEach((j, b) => {
      if (wide) wide[i * n + j] = inverse[a * k + b]!;
    });
  });
  return { ...others, inverse: wide, blind: shares };
}
