// What becomes of an answer when the data change a little: derivatives of x from one factorisation on the sides that bind, and for a
// vertex of a linear program the ranges within which its basis stays optimal.

import { type Matrix, matrix } from "../linalg/matrix.js";
import { inverse } from "../linalg/square.js";
import { DownhillError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/runtime.js";
import { Kkt } from "./kkt.js";
import { largest, type Program, times } from "./program.js";
import type { Basis } from "./simplex/basis.js";

/** Derivatives of the optimal x, one column for each datum; the sides that bind are taken to stay. */
export interface Sensitivity {
  /** n x n: d x / d q (or c). */
  readonly q: Matrix<Float64Array>;
  /** n x m: d x / d (the side of row i that binds); 0 for rows that do not. */
  readonly rows: Matrix<Float64Array>;
  /** n x n: d x / d (the bound of x_j that binds). */
  readonly bounds: Matrix<Float64Array>;
}

/** Intervals of a datum in which the same basis is optimal, the others fixed. */
export interface Ranging {
  readonly costs: readonly { readonly lower: number; readonly upper: number }[];
  /** Of the side of each row: within it the multiplier is the price. */
  readonly rows: readonly { readonly lower: number; readonly upper: number }[];
}

/** Slacks and multipliers below this, relatively, are 0. */
const ZERO = 1e-7;

/** What a solution leaves of a right-hand side where the matrix is regular. */
const REGULAR = 1e-6;
const GOLDEN = 0.6180339887498949;

const notUnique = () =>
  new DownhillError("SINGULAR", "sensitivity: x is not unique, or the rows that bind depend on each other", {
    hint: "a derivative exists where one x and one set of multipliers solve the program",
  });

interface Side {
  readonly at: -1 | 0 | 1 | 2;
  readonly multiplier: number;
}

/** Which sides bind: 2 for an equality. */
function sides(
  p: Program,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
): { rows: Side[]; variables: Side[] } {
  const Ax = new Float64Array(p.m);
  times(p.A, x, Ax);
  const one = (v: number, lo: number, up: number, w: number): Side => {
    if (lo === up) return { at: 2, multiplier: w };
    const room = ZERO * Math.max(1, Math.abs(v));
    if (up - v <= room) return { at: 1, multiplier: w };
    return { at: v - lo <= room ? -1 : 0, multiplier: w };
  };
  return {
    rows: Array.from(Ax, (v, i) => one(v, p.l[i]!, p.u[i]!, y[i]!)),
    variables: Array.from(x, (v, j) => one(v, p.lower[j]!, p.upper[j]!, z[j]!)),
  };
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
  const { rows, variables } = sides(p, x, y, z);
  const size = Math.max(1, largest(y), largest(z));
  const weak = [...rows, ...variables].some(
    ({ at, multiplier }) => (at === 1 || at === -1) && Math.abs(multiplier) <= ZERO * size,
  );
  if (weak) {
    throw new DownhillError(
      "UNSUPPORTED",
      "sensitivity: a side binds without a multiplier, so x has no derivative",
      {
        hint: "perturb the data, or remove the row",
      },
    );
  }
  const kkt = new Kkt(p, runtime);
  try {
    const held = 1e12 * Math.max(1, p.P ? largest(p.P.values) : 0, largest(p.A.values));
    const a = Float64Array.from(variables, ({ at }) => (at === 0 ? 0 : held));
    const b = Float64Array.from(rows, ({ at }) => (at === 0 ? 1e20 : 0));
    kkt.refactor(a, b, { x: 1e-10, y: 1e-10 });
    const [f, g, dx, dy] = [
      new Float64Array(n),
      new Float64Array(m),
      new Float64Array(n),
      new Float64Array(m),
    ];
    // A right-hand side that favours nothing: a singular matrix does not give it back.
    for (let j = 0; j < n; j++) f[j] = variables[j]!.at === 0 ? 1 + ((j * GOLDEN) % 1) : 0;
    for (let i = 0; i < m; i++) g[i] = rows[i]!.at === 0 ? 0 : 1 + (((n + i) * GOLDEN) % 1);
    kkt.solve(f, g, dx, dy);
    if (!(kkt.accuracy <= REGULAR)) throw notUnique();
    f.fill(0);
    g.fill(0);
    const out = { q: matrix(n, n), rows: matrix(n, m), bounds: matrix(n, n) };
    const put = (to: Matrix<Float64Array>, k: number) => {
      kkt.solve(f, g, dx, dy);
      for (let j = 0; j < n; j++) to.data[j * to.cols + k] = dx[j]!;
      f.fill(0);
      g.fill(0);
    };
    for (let k = 0; k < n; k++) {
      f[k] = -1;
      put(out.q, k);
      if (variables[k]!.at === 0) continue;
      f[k] = held;
      put(out.bounds, k);
    }
    for (let i = 0; i < m; i++) {
      if (rows[i]!.at === 0) continue;
      g[i] = 1;
      put(out.rows, i);
    }
    if (!Number.isFinite(largest(out.q.data))) throw notUnique();
    return out;
  } finally {
    kkt.release();
  }
}

/**
 * Of the basis given; without one null where x is not a vertex with exactly n binding sides, all with multipliers: then no basis is the
 * only one.
 */
export function rangingOf(
  p: Program,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  basis?: Basis | undefined,
): Ranging | null {
  const { n, m, A } = p;
  const { rows, variables } = sides(p, x, y, z);
  if (basis) {
    // What is not basic is what binds, an equality as such.
    const hold = (side: Side, at: number): Side => ({
      ...side,
      at: at === 0 ? 0 : side.at === 2 ? 2 : (at as 1),
    });
    rows.forEach((side, i) => {
      rows[i] = hold(side, basis.rows[i]!);
    });
    variables.forEach((side, j) => {
      variables[j] = hold(side, basis.variables[j]!);
    });
  }
  const size = Math.max(1, largest(y), largest(z));
  // The rows of G: sides that bind; sign 1 at an upper one, -1 at a lower one, 0 at an equality.
  const active: { row: number; variable: number; sign: number; multiplier: number }[] = [];
  rows.forEach(({ at, multiplier }, row) => {
    if (at !== 0) active.push({ row, variable: -1, sign: at === 2 ? 0 : at, multiplier });
  });
  variables.forEach(({ at, multiplier }, variable) => {
    if (at !== 0) active.push({ row: -1, variable, sign: at === 2 ? 0 : at, multiplier });
  });
  if (p.P || active.length !== n || n === 0) return null;
  if (!basis && active.some(({ sign, multiplier }) => sign !== 0 && Math.abs(multiplier) <= ZERO * size))
    return null;
  const G = matrix(n, n);
  active.forEach(({ row, variable }, k) => {
    if (row < 0) G.data[k * n + variable] = 1;
    else
      for (let e = A.rowPtr[row]!; e < A.rowPtr[row + 1]!; e++) G.data[k * n + A.colIdx[e]!] = A.values[e]!;
  });
  let V: Float64Array;
  try {
    V = inverse(G).data;
  } catch {
    return null;
  }
  const Ax = new Float64Array(m);
  times(A, x, Ax);
  const costs = Array.from({ length: n }, (_, j) => {
    // Multipliers fall by the j-th row of the inverse: each keeps its sign.
    let [low, high] = [-Infinity, Infinity];
    active.forEach(({ sign, multiplier }, k) => {
      const d = V[j * n + k]!;
      if (sign === 0 || Math.abs(d) < 1e-12) return;
      const limit = multiplier / d;
      if (sign * d > 0) high = Math.min(high, limit);
      else low = Math.max(low, limit);
    });
    return { lower: p.q[j]! + low, upper: p.q[j]! + high };
  });
  const ranges = Array.from({ length: m }, (_, i) => {
    const k = active.findIndex(({ row }) => row === i);
    // A row that does not bind may move its sides up to where it does.
    if (k < 0)
      return {
        lower: p.u[i]! < Infinity ? Ax[i]! : -Infinity,
        upper: p.u[i]! < Infinity ? Infinity : Ax[i]!,
      };
    const dx = Float64Array.from({ length: n }, (_, j) => V[j * n + k]!);
    const dA = new Float64Array(m);
    times(A, dx, dA);
    let [low, high] = [-Infinity, Infinity];
    const keep = (v: number, d: number, lo: number, up: number) => {
      if (Math.abs(d) < 1e-12) return;
      const [first, second] = d > 0 ? [(lo - v) / d, (up - v) / d] : [(up - v) / d, (lo - v) / d];
      low = Math.max(low, first);
      high = Math.min(high, second);
    };
    rows.forEach(({ at }, r) => {
      if (at === 0) keep(Ax[r]!, dA[r]!, p.l[r]!, p.u[r]!);
    });
    variables.forEach(({ at }, j) => {
      if (at === 0) keep(x[j]!, dx[j]!, p.lower[j]!, p.upper[j]!);
    });
    const side = rows[i]!.at === -1 ? p.l[i]! : p.u[i]!;
    return { lower: side + low, upper: side + high };
  });
  return { costs, rows: ranges };
}
