// Equilibration of a program: x = D x', rows of A by E, the objective by one number, so that the columns of [P A'; A 0] have about
// the same size (Ruiz 2001, as in OSQP, section 5.1).

import { largest, type Program, type Rows } from "./program.js";

export interface Scaled {
  readonly program: Program;
  /** x = D x': powers of two, one factor for the size of the bounds among them. */
  readonly D: Float64Array;
  /** Row i of the scaled A is E_i a_i D; y_i = E_i y_i' / cost. */
  readonly E: Float64Array;
  /** The scaled objective is `cost` times the given one. */
  readonly cost: number;
}

const TURNS = 15;
/** Scale factors stay between 1e-4 and 1e4. */
const MOST = 1e4;
/** Rows whose largest entry is further from 1 than FAR are in a unit of their own: brought to 1 before, by at most MOST_UNIT or its inverse. */
const FAR = 1e6;
const MOST_UNIT = 1e30;
/** Bounds are scaled as if they were no larger than this. */
const MOST_BOUND = 1e6;
/** Ends the turns: every column within 1 +- this of the others. */
const CLOSE = 0.05;

/** Largest sizes by rows and by columns. */
function columnSizes(A: Rows, byRow: Float64Array, byCol: Float64Array): void {
  for (let i = 0; i < A.rows; i++) {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const v = Math.abs(A.values[k]!);
      const j = A.colIdx[k]!;
      if (v > byRow[i]!) byRow[i] = v;
      if (v > byCol[j]!) byCol[j] = v;
    }
  }
}

/** The nearest power of two: scaling by it rounds nothing. */
function powerOfTwo(v: number): number {
  let p = 1;
  while (p < v / 1.5) p *= 2;
  while (p > v * 1.5) p /= 2;
  return p;
}

function scaleRows(A: Rows, left: Float64Array, right: Float64Array, by: number): void {
  for (let i = 0; i < A.rows; i++) {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++)
      A.values[k] = A.values[k]! * left[i]! * right[A.colIdx[k]!]! * by;
  }
}

const copy = (A: Rows): Rows => ({ ...A, values: A.values.slice() });

/** The factors are powers of two, so the scaled program is exactly the given one. */
export function equilibrate(p: Program): Scaled {
  const { n, m } = p;
  const D = new Float64Array(n).fill(1);
  const E = new Float64Array(m).fill(1);
  const P = p.P && copy(p.P);
  const A = copy(p.A);
  const col = new Float64Array(n);
  const row = new Float64Array(m);
  // A row may be in any unit.
  columnSizes(A, row, col);
  const units = row.map((v) =>
    v > 0 && (v < 1 / FAR || v > FAR) ? powerOfTwo(Math.min(MOST_UNIT, Math.max(1 / MOST_UNIT, 1 / v))) : 1,
  );
  scaleRows(A, units, D, 1);
  for (let turn = 0; turn < TURNS; turn++) {
    col.fill(0);
    row.fill(0);
    columnSizes(A, row, col);
    if (P) columnSizes(P, col, col);
    let far = 0;
    for (let j = 0; j < n; j++) far = Math.max(far, next(col, D, j));
    for (let i = 0; i < m; i++) far = Math.max(far, next(row, E, i));
    scaleRows(A, row, col, 1);
    if (P) scaleRows(P, col, col, 1);
    if (far < CLOSE) break;
  }
  for (let j = 0; j < n; j++) D[j] = powerOfTwo(D[j]!);
  for (let i = 0; i < m; i++) E[i] = powerOfTwo(E[i]!) * units[i]!;
  const exact = { P: p.P && copy(p.P), A: copy(p.A) };
  scaleRows(exact.A, E, D, 1);
  if (exact.P) scaleRows(exact.P, D, D, 1);
  // x = kappa D x': bounds of size 1, so that proximal terms mean the same in every unit.
  const kappa = powerOfTwo(Math.sqrt(Math.min(MOST_BOUND, Math.max(1, boundSize(p, D, E)))));
  for (let j = 0; j < n; j++) D[j] = D[j]! * kappa;
  for (let i = 0; i < m; i++) E[i] = E[i]! / kappa;
  if (exact.P)
    for (let k = 0; k < exact.P.values.length; k++) exact.P.values[k] = exact.P.values[k]! * kappa * kappa;
  const q = p.q.map((v, j) => v * D[j]!);
  const size = Math.max(largest(q), exact.P ? meanSize(exact.P) : 0);
  const cost = powerOfTwo(size > 0 ? Math.min(1e8, Math.max(1e-8, 1 / size)) : 1);
  if (exact.P) for (let k = 0; k < exact.P.values.length; k++) exact.P.values[k] = exact.P.values[k]! * cost;
  for (let j = 0; j < n; j++) q[j] = q[j]! * cost;
  const program: Program = {
    n,
    m,
    P: exact.P,
    q,
    A: exact.A,
    l: p.l.map((v, i) => v * E[i]!),
    u: p.u.map((v, i) => v * E[i]!),
    lower: p.lower.map((v, j) => v / D[j]!),
    upper: p.upper.map((v, j) => v / D[j]!),
    constant: 0,
  };
  return { program, D, E, cost };
}

/** Turns a size into the factor of this turn and takes it into the sum; how far from 1 it is. */
function next(size: Float64Array, sum: Float64Array, i: number): number {
  const s = size[i]!;
  const wanted = s > 0 ? 1 / Math.sqrt(s) : 1;
  const total = Math.min(MOST, Math.max(1 / MOST, sum[i]! * wanted));
  const factor = total / sum[i]!;
  sum[i] = total;
  size[i] = factor;
  return Math.abs(1 - factor);
}

/** Root mean square of the finite bounds that are not 0. */
function boundSize({ l, u, lower, upper }: Program, D: Float64Array, E: Float64Array): number {
  let sum = 0;
  let count = 0;
  const take = (v: number) => {
    if (v === 0 || Math.abs(v) === Infinity) return;
    sum += v * v;
    count++;
  };
  for (let i = 0; i < l.length; i++) {
    take(l[i]! * E[i]!);
    if (u[i] !== l[i]) take(u[i]! * E[i]!);
  }
  for (let j = 0; j < lower.length; j++) {
    take(lower[j]! / D[j]!);
    take(upper[j]! / D[j]!);
  }
  return count > 0 ? Math.sqrt(sum / count) : 1;
}

function meanSize(P: Rows): number {
  let s = 0;
  for (let j = 0; j < P.rows; j++) {
    let most = 0;
    for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) most = Math.max(most, Math.abs(P.values[k]!));
    s += most;
  }
  return P.rows > 0 ? s / P.rows : 0;
}
