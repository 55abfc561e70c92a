// The memory of a solve with a sparse Jacobian: its pattern, that of J'J with the analysis of its factor, and the numbers of both.

import * as L from "../abi/ldl.js";
import * as S from "../abi/least-squares.js";
import { differenceVectors } from "../driver/differences.js";
import type { JacobianPattern } from "../linalg/sparse-pattern.js";
import { analyse, type Symbolic } from "../linalg/symbolic.js";
import { fillLdlFrame, PACKED } from "../linalg/symmetric-factor.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { FitLayout, type Parts, type SolveIntVector, type SolveVector, VECTORS } from "./space.js";

/** What is known of a pattern before any number: made once for a run. */
export interface SparsePlan {
  readonly pattern: JacobianPattern;
  /** J'J by rows, both triangles; where its diagonal stands. */
  readonly ptr: Int32Array;
  readonly idx: Int32Array;
  readonly diagonal: Int32Array;
  readonly symbolic: Symbolic;
  /** The supernode of each column of L; rows of J by the first of their columns to be eliminated. */
  readonly owner: Int32Array;
  readonly rowOrder: Int32Array;
}

export function planPattern(pattern: JacobianPattern, runtime: Runtime | undefined): SparsePlan {
  const { rows: m, cols: n, rowPtr, colIdx, colPtr, rowIdx } = pattern;
  const ptr = new Int32Array(n + 1);
  const diagonal = new Int32Array(n);
  const mark = new Int32Array(n).fill(-1);
  /** Writes the columns of row j of J'J into `to` from `at` on; gives how many there are. */
  const row = (j: number, to: Int32Array | null, at: number): number => {
    let count = 0;
    mark[j] = j;
    if (to) to[at] = j;
    count++;
    for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
      const i = rowIdx[e]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const c = colIdx[k]!;
        if (mark[c] === j) continue;
        mark[c] = j;
        if (to) to[at + count] = c;
        count++;
      }
    }
    return count;
  };
  for (let j = 0; j < n; j++) ptr[j + 1] = ptr[j]! + row(j, null, 0);
  mark.fill(-1);
  const idx = new Int32Array(ptr[n]!);
  for (let j = 0; j < n; j++) {
    row(j, idx, ptr[j]!);
    const own = idx.subarray(ptr[j]!, ptr[j + 1]!).sort();
    diagonal[j] = ptr[j]! + own.indexOf(j);
  }
  const symbolic = analyse({ n, rowPtr: ptr, colIdx: idx }, runtime);
  const owner = new Int32Array(n);
  for (let s = 0; s < symbolic.count; s++) owner.fill(s, symbolic.first[s]!, symbolic.first[s + 1]!);
  const lead = new Int32Array(m).fill(n);
  for (let i = 0; i < m; i++)
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
      lead[i] = Math.min(lead[i]!, symbolic.place[colIdx[k]!]!);
  const rowOrder = Int32Array.from({ length: m }, (_, i) => i).sort((a, b) => lead[a]! - lead[b]! || a - b);
  return { pattern, ptr, idx, diagonal, symbolic, owner, rowOrder };
}

/** Of the places of the entries, so that a saved run is not continued with others. */
function checksum({ rowPtr, colIdx }: JacobianPattern): number {
  let sum = 0;
  for (const part of [rowPtr, colIdx]) for (const v of part) sum = (Math.imul(sum, 31) + v) | 0;
  return sum >>> 0;
}

export class SparseLayout extends FitLayout {
  override readonly key: string;
  readonly #plan: SparsePlan;
  readonly #parts: Parts;

  constructor(plan: SparsePlan, parts: Parts) {
    const { rows: m, cols: n } = plan.pattern;
    super(m, n, 0, parts);
    const { stored, stack, count, rows } = plan.symbolic;
    this.key = `leastSquares sparse ${m}x${n}${parts.robust ? " robust" : ""}${parts.bounded ? " bounded" : ""}${parts.differences ? " differences" : ""} ${checksum(plan.pattern)} ${plan.idx.length} ${stored} ${stack} ${count} ${rows.length}`;
    this.#plan = plan;
    this.#parts = parts;
  }

  override get f64(): Record<SolveVector, number> {
    const { pattern, idx, symbolic } = this.#plan;
    const { rows: m, cols: n } = pattern;
    const nnz = pattern.colIdx.length;
    const { stored, stack, longest } = symbolic;
    const { robust, bounded, differences } = this.#parts;
    const f64: Record<string, number> = { state: S.STATE_SLOTS };
    for (const name of VECTORS) f64[name] = n;
    Object.assign(f64, { A: idx.length, K: idx.length, L: stored, M: stored, R: stored, T: stored });
    Object.assign(f64, { pivots: n, qt: n, tr: n, z: n, solved: n, longest, stack, packed: PACKED });
    if (bounded) Object.assign(f64, { lower: n, upper: n });
    Object.assign(f64, { best: m, other: m, keptRes: m, J: nnz });
    if (robust) f64.weighted = m;
    if (differences) Object.assign(f64, { at: n, a: m, b: m }, differenceVectors(n));
    return f64 as Record<SolveVector, number>;
  }

  override get i32(): Record<SolveIntVector, number> {
    const { pattern, idx, symbolic } = this.#plan;
    const { rows: m, cols: n } = pattern;
    const nnz = pattern.colIdx.length;
    const { count, rows } = symbolic;
    const i32: Record<string, number> = { frame: S.SPARSE_SLOTS, free: n, free0: n, perm: n, side: n };
    Object.assign(i32, { rowPtr: m + 1, colIdx: nnz, colPtr: n + 1, rowIdx: nnz, from: nnz });
    Object.assign(i32, {
      ptr: n + 1,
      idx: idx.length,
      diagonal: n,
      mask: n,
      rowOrder: m,
      place: n,
      owner: n,
    });
    Object.assign(i32, { ldl: L.LDL_WORDS, map: idx.length, first: count + 1, rowsAt: count + 1 });
    Object.assign(i32, { rows: rows.length, valuesAt: count + 1, up: count, local: n, waiting: count });
    Object.assign(i32, { sign: Math.ceil(n / 4), order: n });
    return i32 as Record<SolveIntVector, number>;
  }
}

const SLOTS: Readonly<Record<number, string>> = {
  [S.F_ROW_PTR]: "rowPtr",
  [S.F_COL_IDX]: "colIdx",
  [S.F_COL_PTR]: "colPtr",
  [S.F_ROW_IDX]: "rowIdx",
  [S.F_FROM]: "from",
  [S.F_A_PTR]: "ptr",
  [S.F_A_IDX]: "idx",
  [S.F_DIAGONAL]: "diagonal",
  [S.F_LDL]: "ldl",
  [S.F_K]: "K",
  [S.F_MASK]: "mask",
  [S.F_ROW_ORDER]: "rowOrder",
  [S.F_PLACE]: "place",
  [S.F_OWNER]: "owner",
  [S.F_QT]: "qt",
  [S.F_TR]: "tr",
  [S.F_Z]: "z",
};

/** Writes the plan into a workspace that was made for it. */
export function movePlan(
  { pattern, ptr, idx, diagonal, symbolic, owner, rowOrder }: SparsePlan,
  w: Workspace,
): void {
  const { i32, f64, runtime } = w;
  const at = w.at as Record<string, number>;
  const { rowPtr, colIdx, colPtr, rowIdx, from } = pattern;
  const { map, first, rowsAt, rows, valuesAt, up, order, place, count } = symbolic;
  const integers = { rowPtr, colIdx, colPtr, rowIdx, from, ptr, idx, diagonal, owner, rowOrder, place };
  for (const [name, values] of Object.entries({ ...integers, map, first, rowsAt, rows, valuesAt, up, order }))
    i32[name]!.set(values);
  // Every pivot is to be positive.
  new Int8Array(runtime.buffer, at.sign!, owner.length).fill(1);
  f64.z!.fill(0);
  for (const [slot, name] of Object.entries(SLOTS)) i32.frame![Number(slot)] = at[name]!;
  fillLdlFrame(i32.ldl!, owner.length, count, idx.length, {
    first: at.first!,
    rowsAt: at.rowsAt!,
    rows: at.rows!,
    valuesAt: at.valuesAt!,
    L: at.L!,
    up: at.up!,
    map: at.map!,
    stack: at.stack!,
    local: at.local!,
    sign: at.sign!,
    d: at.pivots!,
    y: at.longest!,
    W: at.packed!,
    waiting: at.waiting!,
    order: at.order!,
    t: at.solved!,
  });
}
