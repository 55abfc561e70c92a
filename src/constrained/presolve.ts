// Presolve (Andersen and Andersen 1995): empty, singleton, redundant, forcing and parallel rows; fixed, empty, dominated and singleton
// columns. Nothing fills in. `undo` gives x and y of the whole program; with `objective: false` y is a certificate of infeasibility.

import { duplicateRows } from "./duplicates.js";
import { type Change, undoMultipliers, undoPoint } from "./postsolve.js";
import { type Program, type Rows, times, transposed } from "./program.js";

/** Bounds that cross by more than this, relatively, contradict each other; by less, they are one. */
const FEASIBLE = 1e-9;
/** Passes over rows and columns at most. */
const PASSES = 20;

export interface Presolved {
  /** What is left; null where the bounds contradict each other. */
  readonly program: Program | null;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  undo(x: Float64Array, y: Float64Array, objective: boolean): { x: Float64Array; y: Float64Array };
}

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

/** Empty, free, singleton, redundant and forcing rows. */
function rowPass(s: Shrinking): void {
  const { l, u, lower, upper } = s;
  for (let i = 0; i < s.given.m && !s.infeasible; i++) {
    if (s.rowAlive[i] === 0) continue;
    s.settle(l, u, i);
    if (s.infeasible) return;
    const free = l[i] === -Infinity && u[i] === Infinity;
    if (s.rowCount[i] === 0 || free) {
      const room = FEASIBLE * Math.max(1, Math.abs(l[i]!) === Infinity ? 0 : Math.abs(l[i]!));
      if (!free && (l[i]! > room || u[i]! < -room)) s.infeasible = true;
      else s.dropRow(i);
      continue;
    }
    if (s.rowCount[i] === 1) {
      singletonRow(s, i);
      continue;
    }
    let least = 0;
    let most = 0;
    for (let k = s.A.rowPtr[i]!; k < s.A.rowPtr[i + 1]!; k++) {
      const j = s.A.colIdx[k]!;
      const a = s.A.values[k]!;
      if (s.colAlive[j] === 0 || a === 0) continue;
      least += a > 0 ? a * lower[j]! : a * upper[j]!;
      most += a > 0 ? a * upper[j]! : a * lower[j]!;
    }
    const size = Math.max(
      1,
      Math.abs(l[i]!) < Infinity ? Math.abs(l[i]!) : 0,
      Math.abs(u[i]!) < Infinity ? Math.abs(u[i]!) : 0,
    );
    if (least > u[i]! + FEASIBLE * size || most < l[i]! - FEASIBLE * size) s.infeasible = true;
    else if (least >= l[i]! && most <= u[i]!) s.dropRow(i);
    else if (most === l[i]!) force(s, i, 1);
    else if (least === u[i]!) force(s, i, -1);
  }
}

/** The row can only be met with every variable at one end: side 1, where the row is largest; -1, where it is least. */
function force(s: Shrinking, i: number, side: number): void {
  const { cols, values } = s.row(i);
  s.changes.push({ kind: "forced", i, cols, values, side });
  s.dropRow(i);
  cols.forEach((j, k) => {
    s.fix(j, values[k]! * side > 0 ? s.upper[j]! : s.lower[j]!);
  });
}

function singletonRow(s: Shrinking, i: number): void {
  const { cols, values } = s.row(i);
  const [j, a] = [cols[0]!, values[0]!];
  const lo = a > 0 ? s.l[i]! / a : s.u[i]! / a;
  const up = a > 0 ? s.u[i]! / a : s.l[i]! / a;
  const [byLower, byUpper] = [lo > s.lower[j]!, up < s.upper[j]!];
  if (byLower) s.lower[j] = lo;
  if (byUpper) s.upper[j] = up;
  s.settle(s.lower, s.upper, j);
  s.changes.push({ kind: "bound", i, j, a, lower: byLower, upper: byUpper });
  s.dropRow(i);
}

/** Fixed, empty, dominated and singleton columns. */
function columnPass(s: Shrinking): void {
  const { l, u, lower, upper, q, T } = s;
  for (let j = 0; j < s.given.n && !s.infeasible; j++) {
    if (s.colAlive[j] === 0) continue;
    if (lower[j] === upper[j]) {
      s.fix(j, lower[j]!);
      continue;
    }
    if (s.curved[j]) continue;
    // Whether x_j may fall, or rise, without any row minding.
    let falls = q[j]! >= 0;
    let rises = q[j]! <= 0;
    let row = -1;
    let a = 0;
    for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]! && (falls || rises || s.colCount[j] === 1); k++) {
      const i = T.colIdx[k]!;
      const v = T.values[k]!;
      if (s.rowAlive[i] === 0 || v === 0) continue;
      row = i;
      a = v;
      if (v > 0 ? l[i]! > -Infinity : u[i]! < Infinity) falls = false;
      if (v > 0 ? u[i]! < Infinity : l[i]! > -Infinity) rises = false;
    }
    if (s.colCount[j] === 0 && falls && rises) s.fix(j, Math.max(lower[j]!, Math.min(upper[j]!, 0)));
    else if (falls && lower[j]! > -Infinity) s.fix(j, lower[j]!);
    else if (rises && upper[j]! < Infinity) s.fix(j, upper[j]!);
    else if (s.colCount[j] === 1 && !falls && !rises) singletonColumn(s, j, row, a);
  }
}

/** A column in one row: a slack without cost goes into the row's bounds; a free one gives the row's multiplier. */
function singletonColumn(s: Shrinking, j: number, i: number, a: number): void {
  const { l, u, lower, upper, q } = s;
  // A tiny entry would blow up what it takes with it.
  const { cols, values } = s.row(i);
  let most = 0;
  for (const v of values) most = Math.max(most, Math.abs(v));
  if (Math.abs(a) < 1e-3 * most) return;
  const others = { cols: cols.filter((c) => c !== j), values: values.filter((_, k) => cols[k] !== j) };
  if (q[j] === 0) {
    const least = a > 0 ? a * lower[j]! : a * upper[j]!;
    const greatest = a > 0 ? a * upper[j]! : a * lower[j]!;
    s.changes.push({ kind: "slack", i, j, a, least, most: greatest, l: l[i]!, u: u[i]!, ...others });
    l[i] = l[i]! - greatest;
    u[i] = u[i]! - least;
    s.absorb(j);
    return;
  }
  if (lower[j] !== -Infinity || upper[j] !== Infinity) return;
  if (others.cols.some((c) => s.curved[c] === 1)) return;
  // q_j + a y_i = 0: the row binds on the side of y_i.
  const y = -q[j]! / a;
  const value = y > 0 ? u[i]! : l[i]!;
  if (Math.abs(value) === Infinity) return;
  s.changes.push({ kind: "free", i, j, a, y, value, ...others });
  others.cols.forEach((c, k) => {
    q[c] = q[c]! + y * others.values[k]!;
  });
  s.constant += -y * value;
  s.absorb(j);
  s.dropRow(i);
}
