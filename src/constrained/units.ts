// Measures in which 1 is no size. "Solved" compares with the terms of each component, at least 1 (measures.ts): where the terms are far
// below, a point is within the tolerance by the units of the program alone, and there may be no solution at all.

import { type Measures, type Products, worse } from "./measures.js";
import type { Program, Rows } from "./program.js";

/** A point whose largest share here is above this is good by its units alone. */
export const UNITS = 1e-3;
/** What rounding leaves of the largest x and y, through the coefficients of a component: no share of that is looked at. */
const NOTHING = 1e-9;

const largest = (v: Float64Array): number => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

function coefficient({ rowPtr, values }: Rows, i: number): number {
  let most = 0;
  for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) most = Math.max(most, Math.abs(values[k]!));
  return most;
}

/**
 * The largest violation and stationarity over their own terms, and the gap over the size of costs times x. `T` is A', y admissible, z the
 * implied multipliers of the bounds.
 */
export function shareOfUnits(
  { n, m, P, q, A, l, u, lower, upper }: Program,
  T: Rows,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  { Ax, rowTerms, Px, Aty, columnTerms }: Products,
  { objective, dualObjective }: Measures,
): number {
  const [reach, price] = [largest(x), largest(y)];
  let most = 0;
  /** `floor` is asked for where the share of the own terms is large. */
  const share = (by: number, own: number, floor: () => number): void => {
    if (by > UNITS * own) most = worse(most, by / Math.max(own, NOTHING * floor()));
  };
  const miss = (v: number, lo: number, up: number, terms: number, floor: () => number): void => {
    if (v < lo) share(lo - v, Math.max(terms, Math.abs(lo)), floor);
    else if (v > up) share(v - up, Math.max(terms, Math.abs(up)), floor);
  };
  for (let i = 0; i < m; i++) miss(Ax[i]!, l[i]!, u[i]!, rowTerms[i]!, () => coefficient(A, i) * reach);
  let cost = 0;
  for (let j = 0; j < n; j++) {
    miss(x[j]!, lower[j]!, upper[j]!, Math.abs(x[j]!), () => reach);
    const size = Math.abs(q[j]!);
    cost = Math.max(cost, size, Math.abs(Px[j]!), Math.abs(Aty[j]!));
    const v = z[j]!;
    if (v === 0 || Math.abs(v > 0 ? upper[j]! : lower[j]!) < Infinity) continue;
    const floor = () => coefficient(T, j) * price + (P ? coefficient(P, j) * reach : 0);
    share(Math.abs(v), Math.max(size, columnTerms[j]!), floor);
  }
  const own = Math.max(Math.abs(objective), Math.abs(dualObjective), cost * reach);
  share(Math.abs(objective - dualObjective), own, () => 0);
  return most;
}
