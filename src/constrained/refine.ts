// Solving with a factor that is not quite that of the matrix: the residual is solved for again while that helps (Higham 2002, chapter 12).

import { largest } from "./program.js";

/** A factor with room for a right-hand side, a solution and a residual. */
interface Refinable {
  readonly b: Float64Array;
  readonly x: Float64Array;
  readonly r: Float64Array;
  solve(): void;
  /** r = b - K x, with the matrix itself. */
  residual(): void;
}

/** A residual of so small a share of the right-hand side is none. */
const EXACT = 1e-15;

/** The best solution found goes to `best`; gives max |residual| over max |rhs|. */
export function refine(
  factor: Refinable,
  rhs: Float64Array,
  best: Float64Array,
  refinements: number,
): number {
  const norm = largest(rhs);
  factor.b.set(rhs);
  factor.solve();
  best.set(factor.x);
  let least = Infinity;
  for (let turn = 0; ; turn++) {
    factor.b.set(rhs);
    factor.residual();
    const r = largest(factor.r);
    if (!(r < least)) break;
    const slow = r > 0.5 * least;
    least = r;
    best.set(factor.x);
    if (r <= EXACT * norm || turn === refinements || slow) break;
    factor.b.set(factor.r);
    factor.solve();
    for (let i = 0; i < best.length; i++) factor.x[i] = factor.x[i]! + best[i]!;
  }
  return norm > 0 ? least / norm : 0;
}
