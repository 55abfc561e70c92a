// What becomes of an answer when the data change a little: derivatives of x from one factorisation of the KKT matrix of the variables
// that are free and the rows that bind.

import { type Matrix, matrix } from "../linalg/matrix.js";
import { DownhillError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/runtime.js";
import { sidesOf } from "./binding-sides.js";
import { Kkt } from "./kkt.js";
import { largest, type Program, type Rows, transposed } from "./program.js";

/** Derivatives of the optimal x, one column for each datum; the sides that bind are taken to stay. */
export interface Sensitivity {
  /** n x n: d x / d q (or c). */
  readonly q: Matrix<Float64Array>;
  /** n x m: d x / d (the side of row i that binds); 0 for rows that do not. */
  readonly rows: Matrix<Float64Array>;
  /** n x n: d x / d (the bound of x_j that binds). */
  readonly bounds: Matrix<Float64Array>;
}

/** What a solution leaves of a right-hand side where the matrix is regular. */
const REGULAR = 1e-6;
/** Of the scaling: each takes the square root of how far it is off. */
const PASSES = 10;
const GOLDEN = 0.6180339887498949;

const notUnique = () =>
  new DownhillError("SINGULAR", "sensitivity: x is not unique, or the rows that bind depend on each other", {
    hint: "a derivative exists where one x and one set of multipliers solve the program",
  });

/** The program of the variables `free` and the rows `active` alone; only P and A of it are used. */
function reducedTo(p: Program, free: readonly number[], active: readonly number[]): Program {
  const place = new Int32Array(p.n).fill(-1);
  free.forEach((j, a) => {
    place[j] = a;
  });
  const part = (from: Rows, chosen: readonly number[]): Rows => {
    const rowPtr = new Int32Array(chosen.length + 1);
    const colIdx: number[] = [];
    const values: number[] = [];
    chosen.forEach((i, b) => {
      for (let e = from.rowPtr[i]!; e < from.rowPtr[i + 1]!; e++) {
        const j = place[from.colIdx[e]!]!;
        if (j < 0) continue;
        colIdx.push(j);
        values.push(from.values[e]!);
      }
      rowPtr[b + 1] = colIdx.length;
    });
    return {
      rows: chosen.length,
      cols: free.length,
      rowPtr,
      colIdx: Int32Array.from(colIdx),
      values: Float64Array.from(values),
    };
  };
  return { ...p, n: free.length, m: active.length, P: p.P && part(p.P, free), A: part(p.A, active) };
}

/** Scales the KKT matrix [P A'; A 0] in place, so that the largest of each row is about 1 (D. Ruiz 2001); the factors. */
function equilibrate({ n, m, P, A }: Program): { s: Float64Array; t: Float64Array } {
  const s = new Float64Array(n).fill(1);
  const t = new Float64Array(m).fill(1);
  const scaled = (
    of: Rows,
    left: Float64Array,
    use: (v: number, i: number, j: number, e: number) => void,
  ) => {
    for (let i = 0; i < of.rows; i++)
      for (let e = of.rowPtr[i]!; e < of.rowPtr[i + 1]!; e++) {
        const j = of.colIdx[e]!;
        use(of.values[e]! * left[i]! * s[j]!, i, j, e);
      }
  };
  for (let pass = 0; pass < PASSES; pass++) {
    const columns = new Float64Array(n);
    const rows = new Float64Array(m);
    if (P)
      scaled(P, s, (v, i) => {
        columns[i] = Math.max(columns[i]!, Math.abs(v));
      });
    scaled(A, t, (v, i, j) => {
      columns[j] = Math.max(columns[j]!, Math.abs(v));
      rows[i] = Math.max(rows[i]!, Math.abs(v));
    });
    for (let j = 0; j < n; j++) if (columns[j]! > 0) s[j] = s[j]! / Math.sqrt(columns[j]!);
    for (let i = 0; i < m; i++) if (rows[i]! > 0) t[i] = t[i]! / Math.sqrt(rows[i]!);
  }
  if (P)
    scaled(P, s, (v, _i, _j, e) => {
      P.values[e] = v;
    });
  scaled(A, t, (v, _i, _j, e) => {
    A.values[e] = v;
  });
  return { s, t };
}

/** UNSUPPORTED where a side binds without a multiplier: x has no derivative there. */
export function sensitivityOf(
  p: Program,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  runtime: Runtime | undefined,
): Sensitivity {
  const { n, m } = p;
  const { rows, variables } = sidesOf(p, x, y, z);
  const weak = [...rows, ...variables].some(({ at, presses }) => (at === 1 || at === -1) && !presses);
  if (weak) {
    throw new DownhillError(
      "UNSUPPORTED",
      "sensitivity: a side binds without a multiplier, so x has no derivative",
      {
        hint: "perturb the data, or remove the row",
      },
    );
  }
  const out = { q: matrix(n, n), rows: matrix(n, m), bounds: matrix(n, n) };
  variables.forEach(({ at }, k) => {
    if (at !== 0) out.bounds.data[k * n + k] = 1;
  });
  const free = [...variables.keys()].filter((j) => variables[j]!.at === 0);
  const active = [...rows.keys()].filter((i) => rows[i]!.at !== 0);
  if (active.length > free.length) throw notUnique();
  if (free.length === 0) return out;
  const columns = transposed(p.A);
  const reduced = reducedTo(p, free, active);
  const { s, t } = equilibrate(reduced);
  const kkt = new Kkt(reduced, runtime);
  try {
    kkt.refactor(new Float64Array(free.length), new Float64Array(active.length), { x: 1e-10, y: 1e-10 });
    // By the index in the whole program; what is not in the system is not read.
    const [f, g] = [new Float64Array(n), new Float64Array(m)];
    const [fs, dx] = [new Float64Array(free.length), new Float64Array(free.length)];
    const [gs, dy] = [new Float64Array(active.length), new Float64Array(active.length)];
    // A right-hand side that favours nothing: a singular matrix does not give it back.
    free.forEach((j, a) => {
      fs[a] = 1 + ((j * GOLDEN) % 1);
    });
    active.forEach((i, b) => {
      gs[b] = 1 + (((n + i) * GOLDEN) % 1);
    });
    kkt.solve(fs, gs, dx, dy);
    if (!(kkt.accuracy <= REGULAR)) throw notUnique();
    const put = (to: Matrix<Float64Array>, k: number) => {
      free.forEach((j, a) => {
        fs[a] = s[a]! * f[j]!;
      });
      active.forEach((i, b) => {
        gs[b] = t[b]! * g[i]!;
      });
      kkt.solve(fs, gs, dx, dy);
      free.forEach((j, a) => {
        to.data[j * to.cols + k] = s[a]! * dx[a]!;
      });
      f.fill(0);
      g.fill(0);
    };
    for (const k of free) {
      f[k] = -1;
      put(out.q, k);
    }
    for (const i of active) {
      g[i] = 1;
      put(out.rows, i);
    }
    for (let k = 0; k < n; k++) {
      if (variables[k]!.at === 0) continue;
      const { P } = p;
      if (P) for (let e = P.rowPtr[k]!; e < P.rowPtr[k + 1]!; e++) f[P.colIdx[e]!] = -P.values[e]!;
      for (let e = columns.rowPtr[k]!; e < columns.rowPtr[k + 1]!; e++)
        g[columns.colIdx[e]!] = -columns.values[e]!;
      put(out.bounds, k);
    }
    if (!Number.isFinite(largest(out.q.data))) throw notUnique();
    return out;
  } finally {
    kkt.release();
  }
}
