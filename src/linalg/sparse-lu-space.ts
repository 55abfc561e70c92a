// The memory of a sparse LU, and the scaling of its matrix.

import * as slots from "../abi/sparse-lu.js";
import { takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import type { Rows } from "./csr-parts.js";
import { powerBelow } from "./scaling.js";

export const doubles = ["values", "lValues", "uValues", "x"] as const;
export const integers = [
  "frame",
  "columns",
  "rows",
  "order",
  "place",
  "lAt",
  "lRows",
  "uAt",
  "uRows",
  "pattern",
  "stack",
  "next",
  "mark",
  "rank",
] as const;
export type Space = Workspace<(typeof doubles)[number], never, (typeof integers)[number]>;

/** Room for A of so many entries and for so many of L and of U. */
export function takeSpace(runtime: Runtime | undefined, n: number, nnz: number, room: number): Space {
  return takeWorkspace(runtime, {
    key: `sparseLu ${n} ${nnz} ${room}`,
    f64: { values: nnz, lValues: room, uValues: room, x: n },
    i32: {
      frame: slots.LU_WORDS,
      columns: n + 1,
      rows: nnz,
      order: n,
      place: n,
      lAt: n + 1,
      lRows: room,
      uAt: n + 1,
      uRows: room,
      pattern: n,
      stack: n,
      next: n,
      mark: n,
      rank: n,
    },
  });
}

/** Tells the kernel where everything stands. */
export function fillFrame(n: number, { at, i32 }: Space, room: number): void {
  const { frame } = i32;
  frame[slots.F_N] = n;
  frame[slots.F_COLUMNS] = at.columns;
  frame[slots.F_ROWS] = at.rows;
  frame[slots.F_VALUES] = at.values;
  frame[slots.F_ORDER] = at.order;
  frame[slots.F_PLACE] = at.place;
  frame[slots.F_L_AT] = at.lAt;
  frame[slots.F_L_ROWS] = at.lRows;
  frame[slots.F_L_VALUES] = at.lValues;
  frame[slots.F_L_ROOM] = room;
  frame[slots.F_U_AT] = at.uAt;
  frame[slots.F_U_ROWS] = at.uRows;
  frame[slots.F_U_VALUES] = at.uValues;
  frame[slots.F_U_ROOM] = room;
  frame[slots.F_X] = at.x;
  frame[slots.F_PATTERN] = at.pattern;
  frame[slots.F_STACK] = at.stack;
  frame[slots.F_NEXT] = at.next;
  frame[slots.F_MARK] = at.mark;
  frame[slots.F_RANK] = 0;
}

/** The diagonals of R and C, and |R A C|_1. */
export function equilibrateRows({ rows: n, rowPtr, colIdx, values }: Rows) {
  const [r, c, sums] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    let most = 0;
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) most = Math.max(most, Math.abs(values[k]!));
    r[i] = 1 / powerBelow(most);
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
      c[colIdx[k]!] = Math.max(c[colIdx[k]!]!, Math.abs(values[k]!) * r[i]!);
  }
  for (let j = 0; j < n; j++) c[j] = 1 / powerBelow(c[j]!);
  for (let i = 0; i < n; i++) {
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const j = colIdx[k]!;
      sums[j] = sums[j]! + Math.abs(values[k]!) * r[i]! * c[j]!;
    }
  }
  return { r, c, norm: sums.reduce((a, b) => Math.max(a, b), 0) };
}

/**
 * An estimate of |A^-1|_1 from `apply`, which multiplies x with A^-1 or its transpose in place: Higham (1988), algorithm 15.1 of
 * his book, as assembly/linalg/condition.ts.
 */
export function inverseNorm(n: number, apply: (x: Float64Array, transposed: boolean) => void): number {
  const sum = (x: Float64Array): number => x.reduce((s, v) => s + Math.abs(v), 0);
  const x = new Float64Array(n).fill(1 / n);
  apply(x, false);
  let estimate = sum(x);
  let last = -1;
  for (let turn = 0; turn < 5 && n > 1; turn++) {
    for (let i = 0; i < n; i++) x[i] = x[i]! < 0 ? -1 : 1;
    apply(x, true);
    let j = 0;
    for (let i = 1; i < n; i++) if (Math.abs(x[i]!) > Math.abs(x[j]!)) j = i;
    if (j === last) break;
    last = j;
    x.fill(0);
    x[j] = 1;
    apply(x, false);
    const better = sum(x);
    if (!(better > estimate)) break;
    estimate = better;
  }
  for (let i = 0; i < n; i++) x[i] = (i % 2 === 0 ? 1 : -1) * (1 + i / Math.max(1, n - 1));
  apply(x, false);
  return Math.max(estimate, (2 * sum(x)) / (3 * n));
}
