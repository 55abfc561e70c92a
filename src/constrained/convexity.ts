// Whether P is positive semidefinite, by its L D L': a negative pivot gives a direction of negative curvature.

import { SymmetricFactor } from "../linalg/symmetric-factor.js";
import type { Runtime } from "../runtime/runtime.js";
import { curvature } from "./certificates.js";
import { largest, type Rows } from "./program.js";

/** Added to the diagonal, times max |P| in units that make the diagonal 1: a semidefinite P has rounding errors below it. */
const LIFT = 1e-11;
/** An element below this share of its row and column is nothing, and one beyond the root of its diagonals by this share is beyond it. */
const NOTHING = 1e-14;
const BEYOND = 1e-9;
const STEPS = 30;

/** A direction d with d'Pd < 0 beyond rounding, or null where P is positive semidefinite to rounding. */
export function negativeCurvature(P: Rows, runtime: Runtime | undefined): Float64Array | null {
  const n = P.rows;
  const plain = ofTwo(P);
  if (plain) return plain;
  const D = units(P);
  let most = 0;
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let own = 0;
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
      const j = P.colIdx[k]!;
      const v = D[i]! * P.values[k]! * D[j]!;
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
    return direction(P, factor, D);
  } finally {
    factor.release();
  }
}

/** Steps of the power method on s I - DPD, s its largest row: each curves downwards more, in the units of D, than the one before. */
function steeper(P: Rows, D: Float64Array, first: Float64Array): Float64Array {
  const rows = Float64Array.from({ length: P.rows }, (_, i) => {
    let sum = 0;
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++)
      sum += Math.abs(P.values[k]! * D[i]! * D[P.colIdx[k]!]!);
    return sum;
  });
  const shift = largest(rows);
  let d = first.slice();
  for (let step = 0; step < STEPS; step++) {
    const size = largest(d);
    if (!(size > 0 && size < Infinity)) return first;
    const next = d.map((v, i) => {
      let sum = shift * v;
      for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++)
        sum -= P.values[k]! * D[i]! * D[P.colIdx[k]!]! * d[P.colIdx[k]!]!;
      return sum / (shift * size);
    });
    d = next;
  }
  return d;
}

/** Of one or two variables: P_ii < 0, or |P_ij| > (P_ii P_jj)^(1/2), where that is no rounding of what stands beside it. */
function ofTwo(P: Rows): Float64Array | null {
  const n = P.rows;
  const [own, most] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++)
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
      if (P.colIdx[k] === i) own[i] = P.values[k]!;
      most[i] = Math.max(most[i]!, Math.abs(P.values[k]!));
    }
  const d = new Float64Array(n);
  for (let i = 0; i < n; i++)
    if (own[i]! < -LIFT * most[i]!) {
      d[i] = 1;
      return d;
    }
  for (let i = 0; i < n; i++)
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
      const [j, v] = [P.colIdx[k]!, P.values[k]!];
      if (j >= i || !(Math.abs(v) > NOTHING * Math.max(most[i]!, most[j]!))) continue;
      const [a, b] = [Math.sqrt(Math.max(0, own[i]!)), Math.sqrt(Math.max(0, own[j]!))];
      if (!(Math.abs(v) > (1 + BEYOND) * a * b)) continue;
      // P_ii x^2 - 2 |P_ij| x y + P_jj y^2 with x : y = P_jj^(1/2) : P_ii^(1/2), no farther apart than |P_ij| lets.
      const x = Math.max(b, Math.abs(v) / Math.max(a, Math.sqrt(Math.abs(v))) / 2);
      const y = Math.max(a, Math.abs(v) / Math.max(b, Math.sqrt(Math.abs(v))) / 2);
      const longest = Math.max(x, y);
      d[i] = x / longest;
      d[j] = (v > 0 ? -y : y) / longest;
      if (curvature(P, d).negative) return d;
      d.fill(0);
    }
  return null;
}

/** Powers of two near |P_jj|^(-1/2): no variable is too small to be seen beside another. */
function units(P: Rows): Float64Array {
  return Float64Array.from({ length: P.rows }, (_, i) => {
    let size = 0;
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++)
      if (P.colIdx[k] === i) size = Math.abs(P.values[k]!);
    let unit = 1;
    if (!(size > 0 && size < Infinity)) return 1;
    for (; unit * unit * size > 2; ) unit /= 2;
    for (; unit * unit * size < 0.5; ) unit *= 2;
    return unit;
  });
}

/** d = L^-T e_k of the negative pivots, the first that stands the test. */
function direction(P: Rows, factor: SymmetricFactor, D: Float64Array): Float64Array | null {
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
      const found = steeper(P, D, factor.x).map((v, j) => v * D[j]!);
      const longest = largest(found);
      if (!(longest > 0 && longest < Infinity)) continue;
      for (let j = 0; j < found.length; j++) found[j]! /= longest;
      if (curvature(P, found).negative) return found;
    }
  }
  return null;
}
