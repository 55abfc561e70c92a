// The measures of an answer to a convex program (see measures.ts) with every sum in twice the precision: what verify says about a point,
// and what a solver claims of the one it returns, is not decided by rounding.

import { ExactSum } from "./exact-sum.js";
import { admissible, judge, type Measures, type Products } from "./measures.js";
import { type Program, transposed } from "./program.js";
import { shareOfUnits } from "./units.js";

export interface ExactMeasures {
  readonly measures: Measures;
  /** See `shareOfUnits`. */
  readonly byUnits: () => number;
}

/** The measures alone. `z`: room for the implied multipliers of the bounds. */
export const exactMeasures = (p: Program, x: Float64Array, y: Float64Array, z?: Float64Array): Measures =>
  exactly(p, x, y, z).measures;

export function exactly(
  p: Program,
  x: Float64Array,
  given: Float64Array,
  z: Float64Array = new Float64Array(p.n),
): ExactMeasures {
  const { n, m, A, P, q } = p;
  const sum = new ExactSum();
  const vector = (length: number) => new Float64Array(length);
  const [y, Ax, rowTerms] = [vector(m), vector(m), vector(m)];
  admissible(p, given, y);
  // A'y stands in two parts until the gradient is made.
  const [heads, tails, columnTerms, columnSums] = [vector(n), vector(n), vector(n), vector(n)];
  for (let i = 0; i < m; i++) {
    const v = y[i]!;
    let most = 0;
    sum.clear();
    const end = A.rowPtr[i + 1]!;
    for (let k = A.rowPtr[i]!; k < end; k++) {
      const [a, b] = [A.values[k]!, x[A.colIdx[k]!]!];
      sum.addProduct(a, b);
      const term = Math.abs(a * b);
      if (term > most) most = term;
    }
    Ax[i] = sum.value;
    rowTerms[i] = most;
    if (v === 0) continue;
    for (let k = A.rowPtr[i]!; k < end; k++) {
      const [a, j] = [A.values[k]!, A.colIdx[k]!];
      sum.load(heads, tails, j).addProduct(a, v).store(heads, tails, j);
      const term = Math.abs(a * v);
      if (term > columnTerms[j]!) columnTerms[j] = term;
      columnSums[j] = columnSums[j]! + term;
    }
  }
  const [Px, gradient] = [vector(n), vector(n)];
  for (let j = 0; j < n; j++) {
    sum.clear();
    if (P) {
      let [most, size] = [columnTerms[j]!, columnSums[j]!];
      for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) {
        const [a, b] = [P.values[k]!, x[P.colIdx[k]!]!];
        sum.addProduct(a, b);
        const term = Math.abs(a * b);
        if (term > most) most = term;
        size += term;
      }
      Px[j] = sum.value;
      columnTerms[j] = most;
      columnSums[j] = size;
    }
    gradient[j] = sum.add(q[j]!).add(heads[j]!).add(tails[j]!).value;
    heads[j] = heads[j]! + tails[j]!;
  }
  const found: Products = { Ax, rowTerms, Px, Aty: heads, gradient, columnTerms, columnSums };
  const measures = judge(p, x, y, z, found, () => new ExactSum());
  return { measures, byUnits: () => shareOfUnits(p, transposed(A), x, y, z, found, measures) };
}
