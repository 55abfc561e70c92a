// Presolve (Andersen and Andersen 1995): empty, singleton, redundant, forcing and parallel rows; fixed, empty, dominated and singleton
// columns. Nothing fills in. `undo` gives x and y of the whole program; with `objective: false` y is a certificate of infeasibility.

import { duplicateRows } from "./duplicates.js";
import { undoMultipliers, undoPoint } from "./postsolve.js";
import { type Program, type Rows, times } from "./program.js";
import { columnPass, rowPass } from "./reductions.js";
import { Shrinking } from "./shrinking.js";

/** Passes over rows and columns at most. */
const PASSES = 20;

export interface Presolved {
  /** What is left; null where the bounds contradict each other. */
  readonly program: Program | null;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  undo(x: Float64Array, y: Float64Array, objective: boolean): { x: Float64Array; y: Float64Array };
}

/** Presolves; a program without anything to remove comes back as it is. */
export function presolve(p: Program): Presolved {
  const s = new Shrinking(p);
  for (let pass = 0; pass < PASSES && !s.infeasible; pass++) {
    s.changed = false;
    rowPass(s);
    if (!s.infeasible) columnPass(s);
    if (!s.infeasible && pass < 3) duplicateRows(s);
    if (!s.changed) break;
  }
  const rows = Int32Array.from(indices(s.rowAlive));
  const columns = Int32Array.from(indices(s.colAlive));
  return {
    program: s.infeasible ? null : rest(s, rows, columns),
    rows,
    columns,
    undo(x, y, objective) {
      const wholeX = new Float64Array(p.n);
      const wholeY = new Float64Array(p.m);
      columns.forEach((j, k) => {
        wholeX[j] = x[k]!;
      });
      rows.forEach((i, k) => {
        wholeY[i] = y[k]!;
      });
      undoPoint(s.changes, wholeX);
      const gradient = new Float64Array(p.n);
      if (objective) {
        if (p.P) times(p.P, wholeX, gradient);
        for (let j = 0; j < p.n; j++) gradient[j] = gradient[j]! + p.q[j]!;
      }
      undoMultipliers(s.changes, s, gradient, wholeY, objective);
      return { x: wholeX, y: wholeY };
    },
  };
}

function* indices(alive: Uint8Array): Generator<number> {
  for (let i = 0; i < alive.length; i++) if (alive[i]) yield i;
}

function rest(s: Shrinking, rows: Int32Array, columns: Int32Array): Program {
  const place = new Int32Array(s.given.n).fill(-1);
  columns.forEach((j, k) => {
    place[j] = k;
  });
  const pick = (x: Float64Array, which: Int32Array) => Float64Array.from(which, (i) => x[i]!);
  return {
    n: columns.length,
    m: rows.length,
    P: s.given.P && part(s.given.P, columns, place, columns.length),
    q: pick(s.q, columns),
    A: part(s.A, rows, place, columns.length),
    l: pick(s.l, rows),
    u: pick(s.u, rows),
    lower: pick(s.lower, columns),
    upper: pick(s.upper, columns),
    constant: s.given.constant + s.constant,
  };
}

function part(A: Rows, rows: Int32Array, place: Int32Array, cols: number): Rows {
  const rowPtr = new Int32Array(rows.length + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  rows.forEach((i, r) => {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const j = place[A.colIdx[k]!]!;
      if (j < 0 || A.values[k] === 0) continue;
      colIdx.push(j);
      values.push(A.values[k]!);
    }
    rowPtr[r + 1] = colIdx.length;
  });
  return {
    rows: rows.length,
    cols,
    rowPtr,
    colIdx: Int32Array.from(colIdx),
    values: Float64Array.from(values),
  };
}
