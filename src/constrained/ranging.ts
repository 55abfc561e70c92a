// The ranges of costs and sides within which the basis of a linear program's vertex stays optimal.

import { matrix } from "../linalg/matrix.js";
import { inverse } from "../linalg/square.js";
import { type Side, sidesOf } from "./binding-sides.js";
import { largest, type Program, type Rows, times } from "./program.js";
import type { Basis } from "./simplex/basis.js";

/** Intervals of a datum in which the same basis is optimal, the others fixed. */
export interface Ranging {
  readonly costs: readonly { readonly lower: number; readonly upper: number }[];
  /** Of the side of each row: within it the multiplier is the price. */
  readonly rows: readonly { readonly lower: number; readonly upper: number }[];
}

/** What is smaller than this share of its terms is rounding. */
const ROUNDING = 1e-12;

/** The inverse of G, n x n, with 0 for what is only rounding in its row and in its column; null where G is singular. */
function inverseOf(G: Float64Array, n: number): Float64Array | null {
  // Rows and then columns are divided by their largest, so that units do not matter.
  const rows = Float64Array.from({ length: n }, (_, k) => largest(G.subarray(k * n, k * n + n)) || 1);
  const scaled = G.map((v, e) => v / rows[Math.floor(e / n)]!);
  const column = (of: Float64Array, j: number) =>
    largest(Float64Array.from({ length: n }, (_, k) => of[k * n + j]!)) || 1;
  const columns = Float64Array.from({ length: n }, (_, j) => column(scaled, j));
  let V: Float64Array;
  try {
    V = inverse({ rows: n, cols: n, data: scaled.map((v, e) => v / columns[e % n]!) }).data;
  } catch {
    return null;
  }
  const most = Float64Array.from({ length: n }, (_, j) => largest(V.subarray(j * n, j * n + n)));
  const mostOf = Float64Array.from({ length: n }, (_, k) => column(V, k));
  return V.map((v, e) => {
    const [j, k] = [Math.floor(e / n), e % n];
    const lost = Math.abs(v) <= ROUNDING * Math.min(most[j]!, mostOf[k]!);
    return lost ? 0 : v / columns[j]! / rows[k]!;
  });
}

/** Row r of A times dx; 0 where the terms cancel but for rounding. */
function changeOf(A: Rows, r: number, dx: Float64Array): number {
  let [sum, size] = [0, 0];
  for (let e = A.rowPtr[r]!; e < A.rowPtr[r + 1]!; e++) {
    const v = A.values[e]! * dx[A.colIdx[e]!]!;
    sum += v;
    size += Math.abs(v);
  }
  return Math.abs(sum) <= ROUNDING * size ? 0 : sum;
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
  const { rows, variables } = sidesOf(p, x, y, z);
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
  // The rows of G: sides that bind; sign 1 at an upper one, -1 at a lower one, 0 at an equality.
  const active: { row: number; variable: number; sign: number; multiplier: number; presses: boolean }[] = [];
  rows.forEach(({ at, multiplier, presses }, row) => {
    if (at !== 0) active.push({ row, variable: -1, sign: at === 2 ? 0 : at, multiplier, presses });
  });
  variables.forEach(({ at, multiplier, presses }, variable) => {
    if (at !== 0) active.push({ row: -1, variable, sign: at === 2 ? 0 : at, multiplier, presses });
  });
  if (p.P || active.length !== n || n === 0) return null;
  if (!basis && active.some(({ sign, presses }) => sign !== 0 && !presses)) return null;
  const G = matrix(n, n);
  active.forEach(({ row, variable }, k) => {
    if (row < 0) G.data[k * n + variable] = 1;
    else
      for (let e = A.rowPtr[row]!; e < A.rowPtr[row + 1]!; e++) G.data[k * n + A.colIdx[e]!] = A.values[e]!;
  });
  const V = inverseOf(G.data, n);
  if (!V) return null;
  const Ax = new Float64Array(m);
  times(A, x, Ax);
  const costs = Array.from({ length: n }, (_, j) => {
    // Multipliers fall by the j-th row of the inverse: each keeps its sign.
    let [low, high] = [-Infinity, Infinity];
    active.forEach(({ sign, multiplier }, k) => {
      const d = V[j * n + k]!;
      if (sign === 0 || d === 0) return;
      const limit = multiplier / d;
      if (sign * d > 0) high = Math.min(high, limit);
      else low = Math.max(low, limit);
    });
    return { lower: p.q[j]! + low, upper: p.q[j]! + high };
  });
  const ranges = Array.from({ length: m }, (_, i) => {
    const k = active.findIndex(({ row }) => row === i);
    // A row beside those that hold x moves its sides up to x: an equality cannot move, nor can it give way.
    if (k < 0 && p.l[i] === p.u[i]) return { lower: p.l[i]!, upper: p.l[i]! };
    if (k < 0)
      return {
        lower: p.u[i]! < Infinity ? Ax[i]! : -Infinity,
        upper: p.u[i]! < Infinity ? Infinity : Ax[i]!,
      };
    const dx = Float64Array.from({ length: n }, (_, j) => V[j * n + k]!);
    let [low, high] = [-Infinity, Infinity];
    const keep = (v: number, d: number, lo: number, up: number) => {
      if (d === 0) return;
      const [first, second] = d > 0 ? [(lo - v) / d, (up - v) / d] : [(up - v) / d, (lo - v) / d];
      low = Math.max(low, first);
      high = Math.min(high, second);
    };
    rows.forEach(({ at }, r) => {
      if (at === 0) keep(Ax[r]!, changeOf(A, r, dx), p.l[r]!, p.u[r]!);
    });
    variables.forEach(({ at }, j) => {
      if (at === 0) keep(x[j]!, dx[j]!, p.lower[j]!, p.upper[j]!);
    });
    // Nor may a side cross the other one of its row.
    const { at } = rows[i]!;
    if (at === -1) return { lower: p.l[i]! + low, upper: Math.min(p.l[i]! + high, p.u[i]!) };
    if (at === 1) return { lower: Math.max(p.u[i]! + low, p.l[i]!), upper: p.u[i]! + high };
    return { lower: p.u[i]! + low, upper: p.u[i]! + high };
  });
  return { costs, rows: ranges };
}
