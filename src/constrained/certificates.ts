// Proofs that a program has no solution, each judged from the program alone: multipliers that contradict the rows (Farkas), a ray along
// which the objective falls without end, a direction of negative curvature.

import { Sum } from "./measures.js";
import { addTransposed, type Program, type Rows, times, transposed } from "./program.js";

/** A proof counts when no point of 1-norm below this escapes it: |what is wrong| <= |what proves| / PROOF. */
export const PROOF = 1e7;
/**
 * A component that is wrong by more than this share of its own terms is not what inexact multipliers leave of a cancellation, but a
 * coefficient that a point far out may use: it counts STRICT times, so that only points of 1-norm PROOF STRICT escape.
 */
const OWN = 1e-4;
const STRICT = 1e3;
/** What proves must exceed the rounding of its own terms. */
const ROUNDING = 1e-13;

const weighed = (v: number, terms: number) => (Math.abs(v) > OWN * terms ? STRICT : 1) * Math.abs(v);

/** |A|'|y|. */
function sizes({ cols, rows, rowPtr, colIdx, values }: Rows, y: Float64Array): Float64Array {
  const out = new Float64Array(cols);
  for (let i = 0; i < rows; i++)
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) out[colIdx[k]!]! += Math.abs(values[k]! * y[i]!);
  return out;
}

/** |A| |d|. */
function rowSizes({ rows, rowPtr, colIdx, values }: Rows, d: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++)
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) out[i]! += Math.abs(values[k]! * d[colIdx[k]!]!);
  return out;
}

/** What the multipliers y prove: value < 0 says that no x is feasible whose 1-norm is below `radius`. */
export function farkas(
  p: Program,
  given: Float64Array,
): { y: Float64Array; z: Float64Array; value: number; radius: number } {
  const { n, l, u, lower, upper, A } = p;
  const y = given.map((v, i) => ((v > 0 && u[i] === Infinity) || (v < 0 && l[i] === -Infinity) ? 0 : v));
  const z = new Float64Array(n);
  addTransposed(A, y, z);
  const terms = sizes(A, y);
  const sum = new Sum();
  let size = 0;
  let wrong = 0;
  const take = (v: number, lo: number, up: number, own: number) => {
    if (v === 0) return;
    const bound = v > 0 ? up : lo;
    if (Math.abs(bound) === Infinity) wrong = Math.max(wrong, weighed(v, own));
    else {
      sum.add(v * bound);
      size += Math.abs(v * bound);
    }
  };
  y.forEach((v, i) => {
    take(v, l[i]!, u[i]!, 0);
  });
  z.forEach((v, j) => {
    z[j] = v === 0 ? 0 : -v;
    take(z[j]!, lower[j]!, upper[j]!, terms[j]!);
  });
  const value = sum.value;
  const radius = value < 0 && -value > ROUNDING * size ? (wrong === 0 ? Infinity : -value / wrong) : 0;
  return { y, z, value, radius };
}

/**
 * What the direction d proves: slope < 0 says that the objective falls along d, with an error below -slope / radius in every row, the slope
 * over the largest cost where that is above 1: a large cost makes no step out of the bounds a ray.
 */
export function ray(p: Program, d: Float64Array): { slope: number; radius: number } {
  const { m, P, q, A, l, u, lower, upper } = p;
  const sum = new Sum();
  let steepest = 1;
  d.forEach((v, j) => {
    sum.add(v * q[j]!);
    steepest = Math.max(steepest, Math.abs(q[j]!));
  });
  let wrong = 0;
  if (P) {
    const Pd = new Float64Array(P.rows);
    times(P, d, Pd);
    const terms = rowSizes(P, d);
    Pd.forEach((v, i) => {
      wrong = Math.max(wrong, weighed(v, terms[i]!));
    });
  }
  const Ad = new Float64Array(m);
  times(A, d, Ad);
  const terms = rowSizes(A, d);
  const take = (v: number, lo: number, up: number, own: number) => {
    if ((v > 0 && up < Infinity) || (v < 0 && lo > -Infinity)) wrong = Math.max(wrong, weighed(v, own));
  };
  Ad.forEach((v, i) => {
    take(v, l[i]!, u[i]!, terms[i]!);
  });
  d.forEach((v, j) => {
    take(v, lower[j]!, upper[j]!, 0);
  });
  const slope = sum.value;
  return { slope, radius: slope < 0 ? (wrong === 0 ? Infinity : -slope / steepest / wrong) : 0 };
}

/** d'Pd, and whether it is below 0 beyond rounding. */
export function curvature(P: Rows, d: Float64Array): { value: number; negative: boolean } {
  const sum = new Sum();
  let size = 0;
  for (let i = 0; i < P.rows; i++) {
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
      const t = d[i]! * P.values[k]! * d[P.colIdx[k]!]!;
      sum.add(t);
      size += Math.abs(t);
    }
  }
  return { value: sum.value, negative: sum.value < -ROUNDING * size };
}

const filled = (length: number, v: number) => new Float64Array(length).fill(v);

/**
 * The least sum of violations of the rows, each in its own unit: minimise sum (s + t) / E subject to l <= Ax + s - t <= u. Its multipliers
 * contradict the rows where the least is not 0.
 */
export function phaseOne(p: Program, E: Float64Array): Program {
  const { n, m, A } = p;
  const nnz = A.colIdx.length;
  const rowPtr = new Int32Array(m + 1);
  const colIdx = new Int32Array(nnz + 2 * m);
  const values = new Float64Array(nnz + 2 * m);
  const q = new Float64Array(n + 2 * m);
  let at = 0;
  for (let i = 0; i < m; i++) {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      colIdx[at] = A.colIdx[k]!;
      values[at++] = A.values[k]!;
    }
    colIdx[at] = n + 2 * i;
    values[at++] = 1;
    colIdx[at] = n + 2 * i + 1;
    values[at++] = -1;
    q[n + 2 * i] = E[i]!;
    q[n + 2 * i + 1] = E[i]!;
    rowPtr[i + 1] = at;
  }
  const lower = filled(n + 2 * m, 0);
  const upper = filled(n + 2 * m, Infinity);
  lower.set(p.lower);
  upper.set(p.upper);
  return {
    n: n + 2 * m,
    m,
    P: null,
    q,
    A: { rows: m, cols: n + 2 * m, rowPtr, colIdx, values },
    l: p.l,
    u: p.u,
    lower,
    upper,
    constant: 0,
  };
}

/** The steepest ray within a box: minimise q'd subject to Pd = 0, Ad and d in the cones that the infinite sides leave, |d_j| <= D_j. */
export function rayProgram(p: Program, D: Float64Array): Program {
  const { n, m, P, A } = p;
  const cone = (lo: Float64Array, up: Float64Array) => [
    lo.map((v) => (v > -Infinity ? 0 : -Infinity)),
    up.map((v) => (v < Infinity ? 0 : Infinity)),
  ];
  const [l, u] = cone(p.l, p.u) as [Float64Array, Float64Array];
  const [lower, upper] = cone(p.lower, p.upper) as [Float64Array, Float64Array];
  for (let j = 0; j < n; j++) {
    lower[j] = Math.max(lower[j]!, -D[j]!);
    upper[j] = Math.min(upper[j]!, D[j]!);
  }
  if (!P) return { n, m, P: null, q: p.q, A, l, u, lower, upper, constant: 0 };
  const rows = m + n;
  const rowPtr = new Int32Array(rows + 1);
  rowPtr.set(A.rowPtr);
  const nnz = A.colIdx.length;
  for (let i = 0; i < n; i++) rowPtr[m + i + 1] = nnz + P.rowPtr[i + 1]!;
  const colIdx = Int32Array.from([...A.colIdx, ...P.colIdx]);
  const values = Float64Array.from([...A.values, ...P.values]);
  const wide = (x: Float64Array) => Float64Array.from([...x, ...new Float64Array(n)]);
  return {
    n,
    m: rows,
    P: null,
    q: p.q,
    A: { rows, cols: n, rowPtr, colIdx, values },
    l: wide(l),
    u: wide(u),
    lower,
    upper,
    constant: 0,
  };
}

/** The program with these rows only. */
export function onlyRows(p: Program, rows: readonly number[]): { program: Program; rows: readonly number[] } {
  const rowPtr = new Int32Array(rows.length + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  rows.forEach((i, r) => {
    for (let k = p.A.rowPtr[i]!; k < p.A.rowPtr[i + 1]!; k++) {
      colIdx.push(p.A.colIdx[k]!);
      values.push(p.A.values[k]!);
    }
    rowPtr[r + 1] = colIdx.length;
  });
  const A: Rows = {
    rows: rows.length,
    cols: p.n,
    rowPtr,
    colIdx: Int32Array.from(colIdx),
    values: Float64Array.from(values),
  };
  const pick = (x: Float64Array) => Float64Array.from(rows, (i) => x[i]!);
  return { rows, program: { ...p, m: rows.length, A, l: pick(p.l), u: pick(p.u) } };
}

/**
 * The strongest proof itself: minimise what the sides allow, u'p - l'q + upper'r - lower's, subject to A'(p - q) + r - s = 0 with p, q, r,
 * s >= 0 and p, q no larger than E. Its constraints are met to rounding where the multipliers of phase one are not.
 */
export function farkasProgram(
  p: Program,
  E: Float64Array,
): { program: Program; read(x: Float64Array): Float64Array } {
  const { n, m, l, u, lower, upper } = p;
  const T = transposed(p.A);
  const costs: number[] = [];
  const limits: number[] = [];
  // Columns of each row of A, and of each variable: the multiplier of an upper and of a lower side.
  const columns = (lo: ArrayLike<number>, up: ArrayLike<number>, limit: (i: number) => number) =>
    Array.from(lo, (a, i) => {
      const add = (cost: number) => {
        limits.push(limit(i));
        return costs.push(cost) - 1;
      };
      return [up[i]! < Infinity ? add(up[i]!) : -1, a > -Infinity ? add(-a) : -1] as const;
    });
  const rows = columns(l, u, (i) => E[i]!);
  const variables = columns(lower, upper, () => Infinity);
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  const put = (pair: readonly [number, number], v: number) => {
    pair.forEach((k, side) => {
      if (k < 0) return;
      colIdx.push(k);
      values.push(side === 0 ? v : -v);
    });
  };
  for (let j = 0; j < n; j++) {
    for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]!; k++) put(rows[T.colIdx[k]!]!, T.values[k]!);
    put(variables[j]!, 1);
    rowPtr[j + 1] = colIdx.length;
  }
  const size = costs.length;
  const program: Program = {
    n: size,
    m: n,
    P: null,
    q: Float64Array.from(costs),
    A: { rows: n, cols: size, rowPtr, colIdx: Int32Array.from(colIdx), values: Float64Array.from(values) },
    l: new Float64Array(n),
    u: new Float64Array(n),
    lower: new Float64Array(size),
    upper: Float64Array.from(limits),
    constant: 0,
  };
  const part = (x: Float64Array, k: number) => (k < 0 ? 0 : x[k]!);
  return {
    program,
    read: (x) => Float64Array.from({ length: m }, (_, i) => part(x, rows[i]![0]) - part(x, rows[i]![1])),
  };
}
