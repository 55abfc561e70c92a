// Which sides of a convex program bind at its solution, and which of them press: judged by the sizes of the row and column they stand in.

import { largest, type Program, times } from "./program.js";

/** Slacks and multipliers below this, relatively, are 0. */
const ZERO = 1e-7;
/** A slack counts, however small, where crossing it changes the gradient by more than this share of its terms. */
const STEEP = 1e-6;

export interface Side {
  /** -1 at the lower side, 1 at the upper, 2 at an equality, 0 between. */
  readonly at: -1 | 0 | 1 | 2;
  readonly multiplier: number;
  /** Whether the multiplier is more than rounding beside the terms of the gradient. */
  readonly presses: boolean;
}

/** The largest terms of each column of Px + q + A'y + z = 0; at least a small share of the largest cost. */
function termsOf({ n, m, P, q, A }: Program, x: Float64Array, y: Float64Array): Float64Array {
  const terms = new Float64Array(n).fill(ZERO * (largest(q) || 1));
  const add = (j: number, v: number) => {
    terms[j] = Math.max(terms[j]!, Math.abs(v));
  };
  for (let j = 0; j < n; j++) {
    add(j, q[j]!);
    if (P) for (let e = P.rowPtr[j]!; e < P.rowPtr[j + 1]!; e++) add(j, P.values[e]! * x[P.colIdx[e]!]!);
  }
  for (let i = 0; i < m; i++)
    for (let e = A.rowPtr[i]!; e < A.rowPtr[i + 1]!; e++) add(A.colIdx[e]!, A.values[e]! * y[i]!);
  return terms;
}

/** What moves the gradient of the Lagrangian, for each variable: its largest term, and the curvature along it. */
export interface Gradient {
  readonly terms: Float64Array;
  readonly curvature: Float64Array;
}

/**
 * Where a value v stands between its sides. Its row holds the coefficients `values` of the variables `columns`; a bound is a row with one 1.
 * The multiplier is positive at the upper side.
 */
export function sideOf(
  { terms, curvature }: Gradient,
  v: number,
  lo: number,
  up: number,
  multiplier: number,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
): Side {
  let presses = false;
  for (let e = 0; e < columns.length; e++)
    if (Math.abs(values[e]! * multiplier) > ZERO * terms[columns[e]!]!) presses = true;
  if (lo === up) return { at: 2, multiplier, presses };
  const norm = largest(values) || 1;
  // What crossing the slack does to the gradient, as a share of its terms, and what the multiplier does.
  let [change, press] = [0, 0];
  const look = (slack: number) => {
    for (let e = 0; e < columns.length; e++) {
      const j = columns[e]!;
      const share = Math.abs(values[e]! / norm) * (slack / norm);
      change = Math.max(change, (curvature[j]! * share) / terms[j]!);
      press = Math.max(press, Math.abs(values[e]! * multiplier) / terms[j]!);
    }
  };
  const pressed = multiplier > 0 ? up : lo;
  if (presses && Number.isFinite(pressed)) {
    const slack = Math.abs(v - pressed);
    look(slack);
    const binds = slack <= (up - lo) / 2 && change <= press;
    return { at: binds ? (multiplier > 0 ? 1 : -1) : 0, multiplier, presses };
  }
  const slack = Math.min(up - v, v - lo);
  look(slack);
  const binds = slack <= ZERO * Math.min(Math.max(norm, Math.abs(v)), up - lo) && change <= STEEP;
  return { at: binds ? (up - v <= v - lo ? 1 : -1) : 0, multiplier, presses: false };
}

export function sidesOf(
  p: Program,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
): { rows: Side[]; variables: Side[] } {
  const { n, m, P, A } = p;
  const terms = termsOf(p, x, y);
  const curvature = new Float64Array(n);
  for (let j = 0; P && j < n; j++)
    for (let e = P.rowPtr[j]!; e < P.rowPtr[j + 1]!; e++) if (P.colIdx[e] === j) curvature[j] = P.values[e]!;
  const at = { terms, curvature };
  const Ax = new Float64Array(m);
  times(A, x, Ax);
  return {
    rows: Array.from(Ax, (v, i) => {
      const [from, to] = [A.rowPtr[i]!, A.rowPtr[i + 1]!];
      return sideOf(at, v, p.l[i]!, p.u[i]!, y[i]!, A.colIdx.subarray(from, to), A.values.subarray(from, to));
    }),
    variables: Array.from(x, (v, j) => sideOf(at, v, p.lower[j]!, p.upper[j]!, z[j]!, [j], [1])),
  };
}
