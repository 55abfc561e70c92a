// Whether P is positive semidefinite, by its L D L': a negative pivot gives a direction of negative curvature.

import { SymmetricFactor } from "../linalg/symmetric-factor.js";
import type { Runtime } from "../runtime/runtime.js";
import { curvature } from "./certificates.js";
import type { Rows } from "./program.js";

/** Added to the diagonal, times max |P|: a semidefinite P has rounding errors below it. */
const LIFT = 1e-11;

/** A direction d with d'Pd < 0 beyond rounding, or null where P is positive semidefinite to rounding. */
export function negativeCurvature(P: Rows, runtime: Runtime | undefined): Float64Array | null {
  const n = P.rows;
  let most = 0;
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let own = 0;
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
      const j = P.colIdx[k]!;
      const v = P.values[k]!;
      most = Math.max(most, Math.abs(v));
      if (j === i) own = v;
      else if (j < i) {
        colIdx.push(j);
        values.push(v);
      }
    }
    colIdx.push(i);
    values.push(own);
    rowPtr[i + 1] = colIdx.length;
  }
  if (most === 0) return null;
  for (let i = 0; i < n; i++) values[rowPtr[i + 1]! - 1] = values[rowPtr[i + 1]! - 1]! + LIFT * most;
  const factor = new SymmetricFactor({ n, rowPtr, colIdx }, { runtime });
  try {
    factor.values.set(values);
    factor.factor(1e-3 * LIFT * most, LIFT * most);
    if (factor.negative === 0) return null;
    return direction(P, factor);
  } finally {
    factor.release();
  }
}

/** d = L^-T e_k of the negative pivots, the first that stands the test. */
function direction(P: Rows, factor: SymmetricFactor): Float64Array | null {
  const { d, symbolic } = factor;
  const { first, rows, rowsAt, valuesAt, count, order } = symbolic;
  for (let s = 0; s < count; s++) {
    const from = rowsAt[s]!;
    const long = rowsAt[s + 1]! - from;
    for (let c = 0; c < first[s + 1]! - first[s]!; c++) {
      const k = first[s]! + c;
      const pivot = d[k]!;
      if (pivot >= 0) continue;
      // b = L D e_k, so that K^-1 b = L^-T e_k.
      factor.b.fill(0);
      for (let i = c; i < long; i++) {
        const v = i === c ? 1 : factor.L[valuesAt[s]! + c * long + i]!;
        factor.b[order[rows[from + i]!]!] = v * pivot;
      }
      factor.solve();
      const found = factor.x.slice();
      if (curvature(P, found).negative) return found;
    }
  }
  return null;
}
