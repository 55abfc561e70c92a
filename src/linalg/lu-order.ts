// The column order of a sparse LU: by the pattern of A + A' where that is nearly A's own and pivots can stay on the diagonal, else by A'A.

import type { Runtime } from "../runtime/runtime.js";
import { columnOrder } from "./column-order.js";
import { type Rows, transposeRows } from "./csr-parts.js";
import { equilibrateRows } from "./sparse-lu-space.js";
import { analyse, type LowerPattern } from "./symbolic.js";

/** Smaller matrices are ordered by A'A: there is little to save. */
const LARGE = 500;
/** Least share of entries beside the diagonal whose mirror image is an entry too, and of columns whose diagonal element may be the pivot. */
const MIRRORED = 0.5;
const DIAGONAL = 0.9;
/** A diagonal element of this share of its column's largest is large enough: growth stays small, and refinement takes what it leaves. */
const RELAXED = 0.1;
/** Room for so many times what pivots on the diagonal alone would fill: beyond that they were elsewhere too often, and A'A has the better order. */
const ROOM = 1.25;

export interface LuOrder {
  readonly order: Int32Array;
  /** The threshold where none is given. */
  readonly threshold: number;
  /** Room for entries of L, and of U, to begin with; 0 where nothing is known of them. */
  readonly room: number;
  /** Whether the order by A'A is taken where that is not enough, or a pivot is missing. */
  readonly tentative: boolean;
}

const free = { threshold: 1, room: 0, tentative: false };

function natural(n: number): LuOrder {
  return { ...free, order: Int32Array.from({ length: n }, (_, j) => j) };
}

export function byColumns(A: Rows): LuOrder {
  return { ...free, order: columnOrder(A) };
}

/** Whatever the pattern; no other order is taken instead. */
function bySum(A: Rows, runtime: Runtime | undefined): LuOrder {
  const { order, entries } = analyse(lowerSum(A, transposeRows(A)), runtime);
  return { order, threshold: RELAXED, room: entries, tentative: false };
}

function chooseOrder(A: Rows, runtime: Runtime | undefined): LuOrder {
  if (A.rows < LARGE) return byColumns(A);
  const T = transposeRows(A);
  if (!isDiagonalLarge(T, equilibrateRows(A).r)) return byColumns(A);
  const sum = lowerSum(A, T);
  if (sum.mirrored < MIRRORED) return byColumns(A);
  const { order, entries } = analyse(sum, runtime);
  return { order, threshold: RELAXED, room: Math.ceil(ROOM * entries), tentative: true };
}

export const orderings = ["auto", "amd", "colamd", "natural"] as const;

export function planOrder(
  A: Rows,
  ordering: (typeof orderings)[number],
  runtime: Runtime | undefined,
): LuOrder {
  if (ordering === "natural") return natural(A.rows);
  if (ordering === "colamd") return byColumns(A);
  return ordering === "amd" ? bySum(A, runtime) : chooseOrder(A, runtime);
}

/** Whether nearly every column has a diagonal element that may be its pivot. Rows of T are columns. */
function isDiagonalLarge({ rows: n, rowPtr, colIdx, values }: Rows, r: Float64Array): boolean {
  let large = 0;
  for (let j = 0; j < n; j++) {
    let most = 0;
    let own = 0;
    for (let k = rowPtr[j]!; k < rowPtr[j + 1]!; k++) {
      const i = colIdx[k]!;
      const size = Math.abs(values[k]!) * r[i]!;
      if (i === j) own = size;
      if (size > most) most = size;
    }
    if (own > 0 && own >= RELAXED * most) large++;
  }
  return large >= DIAGONAL * n;
}

/** The pattern of A + A' on and below the diagonal, and the share of entries beside it that have a mirror image. */
function lowerSum(A: Rows, T: Rows): LowerPattern & { mirrored: number } {
  const n = A.rows;
  const rowPtr = new Int32Array(n + 1);
  const colIdx = new Int32Array(A.colIdx.length);
  let count = 0;
  let twice = 0;
  let once = 0;
  for (let i = 0; i < n; i++) {
    let p = A.rowPtr[i]!;
    let q = T.rowPtr[i]!;
    const ends = [A.rowPtr[i + 1]!, T.rowPtr[i + 1]!] as const;
    for (;;) {
      const a = p < ends[0] ? A.colIdx[p]! : n;
      const b = q < ends[1] ? T.colIdx[q]! : n;
      const j = Math.min(a, b);
      if (j > i || j === n) break;
      if (a === j) p++;
      if (b === j) q++;
      if (j < i) {
        if (a === b) twice++;
        else once++;
      }
      colIdx[count++] = j;
    }
    rowPtr[i + 1] = count;
  }
  const mirrored = twice > 0 ? (2 * twice) / (2 * twice + once) : 0;
  return { n, rowPtr, colIdx: colIdx.slice(0, count), mirrored };
}
