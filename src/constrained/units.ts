// Measures in which 1 is no size. "Solved" compares with the terms of each component, at least 1 (measures.ts): where the terms are far
// below, a point is within the tolerance by the units of the program alone, and there may be no solution at all.

import { admissible, type Measures, worse } from "./measures.js";
import type { Program, Rows } from "./program.js";

/** A point whose largest share here is above this is good by its units alone. */
export const UNITS = 1e-3;
/** What rounding leaves of the largest x and y, through the coefficients of a component: no share of that is looked at. */
const NOTHING = 1e-9;
/** Of the sum of its terms: what rounding leaves of a cancellation. */
const ROUNDING = 4e-16;

interface Product {
  readonly value: Float64Array;
  /** The largest term, the sum of their sizes, the largest coefficient. */
  readonly terms: Float64Array;
  readonly sums: Float64Array;
  readonly coefficient: Float64Array;
}

function product(A: Rows, x: Float64Array, transpose: boolean): Product {
  const length = transpose ? A.cols : A.rows;
  const room = () => new Float64Array(length);
  const [value, terms, sums, coefficient] = [room(), room(), room(), room()];
  for (let i = 0; i < A.rows; i++) {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const [to, from] = transpose ? [A.colIdx[k]!, i] : [i, A.colIdx[k]!];
      const t = A.values[k]! * x[from]!;
      value[to]! += t;
      terms[to] = Math.max(terms[to]!, Math.abs(t));
      sums[to]! += Math.abs(t);
      coefficient[to] = Math.max(coefficient[to]!, Math.abs(A.values[k]!));
    }
  }
  return { value, terms, sums, coefficient };
}

const largest = (v: Float64Array): number => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** The largest violation and stationarity over their own terms, and the gap over the size of costs times x. */
export function shareOfUnits(
  p: Program,
  x: Float64Array,
  given: Float64Array,
  { objective, dualObjective }: Measures,
): number {
  const { n, m, P, q, A, l, u, lower, upper } = p;
  const y = new Float64Array(m);
  admissible(p, given, y);
  const [reach, price] = [largest(x), largest(y)];
  let most = 0;
  const share = (by: number, own: number): void => {
    if (by > 0) most = worse(most, by / own);
  };
  const miss = (v: number, lo: number, up: number, terms: number): void => {
    if (v < lo) share(lo - v, Math.max(terms, Math.abs(lo)));
    else if (v > up) share(v - up, Math.max(terms, Math.abs(up)));
  };
  const rows = product(A, x, false);
  for (let i = 0; i < m; i++) {
    const floor = NOTHING * rows.coefficient[i]! * reach;
    miss(rows.value[i]!, l[i]!, u[i]!, Math.max(rows.terms[i]!, floor));
  }
  const columns = product(A, y, true);
  const curved = P ? product(P, x, false) : null;
  let cost = 0;
  for (let j = 0; j < n; j++) {
    miss(x[j]!, lower[j]!, upper[j]!, Math.max(Math.abs(x[j]!), NOTHING * reach));
    const Px = curved?.value[j] ?? 0;
    const size = Math.abs(q[j]!);
    cost = Math.max(cost, size, Math.abs(Px), Math.abs(columns.value[j]!));
    const v = -(Px + q[j]! + columns.value[j]!);
    if (Math.abs(v) <= ROUNDING * (size + columns.sums[j]! + (curved?.sums[j] ?? 0))) continue;
    if (Math.abs(v > 0 ? upper[j]! : lower[j]!) < Infinity) continue;
    const own = Math.max(size, columns.terms[j]!, curved?.terms[j] ?? 0);
    const floor = NOTHING * (columns.coefficient[j]! * price + (curved?.coefficient[j] ?? 0) * reach);
    share(Math.abs(v), Math.max(own, floor));
  }
  share(
    Math.abs(objective - dualObjective),
    Math.max(Math.abs(objective), Math.abs(dualObjective), cost * reach),
  );
  return most;
}
