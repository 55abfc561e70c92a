// The measures of an answer to a convex program (see measures.ts) with every sum in twice the precision: what verify says about a point
// is not decided by rounding.

import { ExactSum } from "./exact-sum.js";
import type { Measures } from "./measures.js";
import { type Program, type Rows, transposed } from "./program.js";

function products(A: Rows, x: Float64Array, b: Float64Array | null, sum: ExactSum): Float64Array {
  return Float64Array.from({ length: A.rows }, (_, i) => {
    sum.clear();
    if (b) sum.add(b[i]!);
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) sum.addProduct(A.values[k]!, x[A.colIdx[k]!]!);
    return sum.value;
  });
}

const outside = (v: number, lo: number, up: number): number => (v < lo ? lo - v : v - up);
/** The larger, NaN being the largest of all. */
const worse = (most: number, v: number): number => (v <= most ? most : v);

export function exactMeasures(p: Program, x: Float64Array, given: Float64Array): Measures {
  const { n, m, P, q, A, l, u, lower, upper, constant } = p;
  const sum = new ExactSum();
  const Ax = products(A, x, null, sum);
  let violation = 0;
  let size = 1;
  Ax.forEach((v, i) => {
    size = Math.max(size, Math.abs(v));
    violation = worse(violation, outside(v, l[i]!, u[i]!));
  });
  x.forEach((v, j) => {
    size = Math.max(size, Math.abs(v));
    violation = worse(violation, outside(v, lower[j]!, upper[j]!));
  });
  const y = given.map((v, i) => ((v > 0 && u[i] === Infinity) || (v < 0 && l[i] === -Infinity) ? 0 : v));
  const T = transposed(A);
  const Px = P ? products(P, x, null, sum) : new Float64Array(n);
  const objectiveSum = new ExactSum();
  const support = new ExactSum();
  const curvature = new ExactSum();
  let stationarity = 0;
  let scale = 1;
  for (let j = 0; j < n; j++) {
    sum.clear().add(q[j]!);
    if (P)
      for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) sum.addProduct(P.values[k]!, x[P.colIdx[k]!]!);
    let Aty = 0;
    let terms = Math.abs(q[j]!) + Math.abs(Px[j]!);
    for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]!; k++) {
      const v = y[T.colIdx[k]!]!;
      sum.addProduct(T.values[k]!, v);
      Aty += T.values[k]! * v;
      terms += Math.abs(T.values[k]! * v);
    }
    const g = sum.value;
    scale = Math.max(scale, Math.abs(q[j]!), Math.abs(Px[j]!), Math.abs(Aty));
    objectiveSum.addProduct(q[j]!, x[j]!);
    curvature.addProduct(x[j]! / 2, Px[j]!);
    // y and x are rounded themselves: what that leaves of a cancellation must not meet a large bound.
    const z = Math.abs(g) <= 4e-16 * terms ? 0 : -g;
    if (z === 0) continue;
    const bound = z > 0 ? upper[j]! : lower[j]!;
    if (Math.abs(bound) === Infinity) stationarity = worse(stationarity, Math.abs(z));
    else support.addProduct(z, bound);
  }
  for (let i = 0; i < m; i++) if (y[i] !== 0) support.addProduct(y[i]!, y[i]! > 0 ? u[i]! : l[i]!);
  const half = curvature.value;
  const objective = objectiveSum.add(constant).add(half).value;
  const dualObjective = new ExactSum().add(constant).add(-half).add(-support.value).value;
  const gap = Math.abs(objective - dualObjective) / Math.max(1, Math.abs(objective), Math.abs(dualObjective));
  return {
    violation,
    primal: violation / size,
    stationarity,
    dual: stationarity / scale,
    gap,
    objective,
    dualObjective,
  };
}
