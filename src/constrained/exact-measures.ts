// The measures of an answer to a convex program (see measures.ts) with every sum in twice the precision: what verify says about a point,
// and what a solver claims of the one it returns, is not decided by rounding.

import { ExactSum } from "./exact-sum.js";
import { admissible, judge, type Measures, type Products } from "./measures.js";
import { type Program, type Rows, transposed } from "./program.js";
import { shareOfUnits } from "./units.js";

export interface ExactMeasures {
  readonly measures: Measures;
  /** See `shareOfUnits`. */
  readonly byUnits: () => number;
}

/** A x, the largest term of each row, and the sum of the sizes of its terms. */
function products(A: Rows, x: Float64Array, sum: ExactSum) {
  const [values, terms, sizes] = [
    new Float64Array(A.rows),
    new Float64Array(A.rows),
    new Float64Array(A.rows),
  ];
  for (let i = 0; i < A.rows; i++) {
    sum.clear();
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const [a, v] = [A.values[k]!, x[A.colIdx[k]!]!];
      sum.addProduct(a, v);
      const size = Math.abs(a * v);
      terms[i] = Math.max(terms[i]!, size);
      sizes[i] = sizes[i]! + size;
    }
    values[i] = sum.value;
  }
  return { values, terms, sizes };
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
  const { n, m, P, q } = p;
  const sum = new ExactSum();
  const rows = products(p.A, x, sum);
  const y = new Float64Array(m);
  admissible(p, given, y);
  const T = transposed(p.A);
  const columns = products(T, y, sum);
  const curved = P ? products(P, x, sum) : null;
  const gradient = Float64Array.from({ length: n }, (_, j) => {
    sum.clear().add(q[j]!);
    if (P)
      for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) sum.addProduct(P.values[k]!, x[P.colIdx[k]!]!);
    for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]!; k++) sum.addProduct(T.values[k]!, y[T.colIdx[k]!]!);
    return sum.value;
  });
  const found: Products = {
    Ax: rows.values,
    rowTerms: rows.terms,
    Px: curved?.values ?? new Float64Array(n),
    Aty: columns.values,
    gradient,
    columnTerms: curved ? columns.terms.map((v, j) => Math.max(v, curved.terms[j]!)) : columns.terms,
    columnSums: curved ? columns.sizes.map((v, j) => v + curved.sizes[j]!) : columns.sizes,
  };
  const measures = judge(p, x, y, z, found, () => new ExactSum());
  return { measures, byUnits: () => shareOfUnits(p, T, x, y, z, found, measures) };
}
