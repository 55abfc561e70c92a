// A program while presolve takes rows and columns out of it, and the list of what it did.

import type { Change } from "./postsolve.js";
import { type Program, type Rows, transposed } from "./program.js";

/** Bounds that cross by more than this, relatively, contradict each other; by less, they are one. */
export const FEASIBLE = 1e-9;

/** The program while it shrinks. */
export class Shrinking {
  readonly given: Program;
  readonly A: Rows;
  readonly T: Rows;
  readonly l: Float64Array;
  readonly u: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly q: Float64Array;
  readonly rowAlive: Uint8Array;
  readonly colAlive: Uint8Array;
  readonly rowCount: Int32Array;
  readonly colCount: Int32Array;
  /** Columns with entries in P. */
  readonly curved: Uint8Array;
  readonly changes: Change[] = [];
  infeasible = false;
  constant = 0;
  changed = false;

  constructor(p: Program) {
    const { n, m, P, A } = p;
    this.given = p;
    this.A = A;
    this.T = transposed(A);
    [this.l, this.u, this.lower, this.upper, this.q] = [
      p.l.slice(),
      p.u.slice(),
      p.lower.slice(),
      p.upper.slice(),
      p.q.slice(),
    ];
    this.rowAlive = new Uint8Array(m).fill(1);
    this.colAlive = new Uint8Array(n).fill(1);
    this.rowCount = new Int32Array(m);
    this.colCount = new Int32Array(n);
    this.curved = new Uint8Array(n);
    for (let k = 0; k < A.colIdx.length; k++) {
      if (A.values[k] === 0) continue;
      const j = A.colIdx[k]!;
      this.colCount[j] = this.colCount[j]! + 1;
    }
    for (let i = 0; i < m; i++)
      for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++)
        if (A.values[k] !== 0) this.rowCount[i] = this.rowCount[i]! + 1;
    if (P) {
      for (let j = 0; j < n; j++)
        for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) if (P.values[k] !== 0) this.curved[j] = 1;
    }
  }

  /** The live entries of a row. */
  row(i: number): { cols: number[]; values: number[] } {
    const cols: number[] = [];
    const values: number[] = [];
    for (let k = this.A.rowPtr[i]!; k < this.A.rowPtr[i + 1]!; k++) {
      const j = this.A.colIdx[k]!;
      if (this.colAlive[j] === 0 || this.A.values[k] === 0) continue;
      cols.push(j);
      values.push(this.A.values[k]!);
    }
    return { cols, values };
  }

  dropRow(i: number): void {
    this.rowAlive[i] = 0;
    this.changed = true;
    for (let k = this.A.rowPtr[i]!; k < this.A.rowPtr[i + 1]!; k++) {
      const j = this.A.colIdx[k]!;
      if (this.A.values[k] !== 0) this.colCount[j] = this.colCount[j]! - 1;
    }
  }

  #dropColumn(j: number): void {
    this.colAlive[j] = 0;
    this.changed = true;
    for (let k = this.T.rowPtr[j]!; k < this.T.rowPtr[j + 1]!; k++) {
      const i = this.T.colIdx[k]!;
      if (this.T.values[k] !== 0) this.rowCount[i] = this.rowCount[i]! - 1;
    }
  }

  /** x_j is v: rows and objective take it in. */
  fix(j: number, v: number): void {
    this.changes.push({ kind: "fixed", j, v });
    this.constant += this.q[j]! * v;
    if (v !== 0) {
      for (let k = this.T.rowPtr[j]!; k < this.T.rowPtr[j + 1]!; k++) {
        const i = this.T.colIdx[k]!;
        const a = this.T.values[k]! * v;
        this.l[i] = this.l[i]! - a;
        this.u[i] = this.u[i]! - a;
      }
      const { P } = this.given;
      if (P && this.curved[j]) {
        for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) {
          const i = P.colIdx[k]!;
          if (i === j) this.constant += (P.values[k]! * v * v) / 2;
          else this.q[i] = this.q[i]! + P.values[k]! * v;
        }
      }
    }
    this.#dropColumn(j);
  }

  /** Takes a column that stands in one row out; the row's bounds or multiplier take its place. */
  absorb(j: number): void {
    this.#dropColumn(j);
  }

  /** Bounds that meet become one; that cross, a contradiction. */
  settle(lo: Float64Array, up: Float64Array, i: number): void {
    const [a, b] = [lo[i]!, up[i]!];
    if (a <= b) return;
    if (a - b > FEASIBLE * Math.max(1, Math.abs(a), Math.abs(b))) this.infeasible = true;
    else lo[i] = up[i] = (a + b) / 2;
  }
}
