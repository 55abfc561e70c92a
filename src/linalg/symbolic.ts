// The analysis of a sparse symmetric pattern for L D L': order of elimination, supernodes, the rows of each, and where each entry
// of the matrix goes. Everything it returns is ordinary memory; what it costs in numbers is its answer.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import { room } from "../wasm/ldl.js";

/** A symmetric matrix by rows; of each pair only the entry with column <= row counts. */
export interface LowerPattern {
  readonly n: number;
  readonly rowPtr: ArrayLike<number>;
  readonly colIdx: ArrayLike<number>;
}

export interface Symbolic {
  /** order[k]: the index eliminated k-th; place is its inverse. */
  readonly order: Int32Array;
  readonly place: Int32Array;
  /** Supernode s has the columns first[s] .. first[s + 1]. */
  readonly first: Int32Array;
  /** Its rows, ascending, its own columns first: rows[rowsAt[s]] .. rows[rowsAt[s + 1]]. */
  readonly rows: Int32Array;
  readonly rowsAt: Int32Array;
  /** Where its panel begins among the numbers of L. */
  readonly valuesAt: Int32Array;
  /** Its parent, or -1. */
  readonly up: Int32Array;
  readonly count: number;
  /** Where each entry of the pattern is added; -1 above the diagonal. */
  readonly map: Int32Array;
  /** Numbers of all panels, of the stack, rows of the longest panel, multiplications of a factorisation. */
  readonly stored: number;
  /** Entries of L, without the zeros that panels hold. */
  readonly entries: number;
  readonly stack: number;
  readonly longest: number;
  readonly operations: number;
}

/** The analysis of a pattern; `order` in place of the approximate minimum degree ordering. */
export function analyse(p: LowerPattern, given?: Runtime, order?: ArrayLike<number>): Symbolic {
  const { n, rowPtr, colIdx } = p;
  const nnz = colIdx.length;
  const sizes = chosenRuntime(given).kernels(room);
  const most = sizes.amdLists(n, 2 * nnz);
  const w = takeWorkspace(given, {
    key: `symbolic ${n} ${nnz}`,
    f64: { zeros: n, totals: 8 },
    i32: {
      rowPtr: n + 1,
      colIdx: nnz,
      ptr: n + 1,
      lists: 2 * nnz,
      free: most,
      nodes: Math.ceil(sizes.amdWork(n) / 4),
      order: n,
      place: n,
      parent: n,
      count: n,
      work: 4 * n,
      first: n + 1,
      rows: n,
      owner: n,
      up: n,
      rowsAt: n + 1,
      valuesAt: n + 1,
    },
  });
  try {
    const k = w.runtime.kernels(room);
    const at = w.at as Record<string, number>;
    const view = (name: keyof typeof w.i32) => w.i32[name];
    view("rowPtr").set(rowPtr);
    view("colIdx").set(colIdx);
    const entries = k.neighbours(n, at.rowPtr!, at.colIdx!, at.ptr!, at.lists!);
    if (order) view("order").set(order);
    else {
      view("free").set(view("lists").subarray(0, entries));
      k.amd(n, at.ptr!, at.free!, most, at.nodes!, at.order!);
    }
    k.eliminationTree(n, at.ptr!, at.lists!, at.order!, at.place!, at.parent!, at.work!);
    k.columnCounts(n, at.ptr!, at.lists!, at.order!, at.place!, at.parent!, at.count!, at.work!);
    let filled = 0;
    for (let j = 0; j < n; j++) filled += view("count")[j]!;
    k.postorder(n, at.order!, at.place!, at.parent!, at.count!, at.work!);
    const count = k.supernodes(n, at.parent!, at.count!, at.first!, at.rows!, at.zeros!);
    const { first, rows, parent, owner, up, rowsAt, valuesAt, work, totals } = at;
    k.layout(n, count, first!, rows!, parent!, owner!, up!, rowsAt!, valuesAt!, work!, totals!);
    const sums = w.f64.totals!;
    const s = {
      order: view("order").slice(),
      place: view("place").slice(),
      first: view("first").slice(0, count + 1),
      rows: new Int32Array(sums[0]!),
      rowsAt: view("rowsAt").slice(0, count + 1),
      valuesAt: view("valuesAt").slice(0, count + 1),
      up: view("up").slice(0, count),
      count,
      map: new Int32Array(nnz),
      stored: sums[1]!,
      entries: filled,
      stack: sums[2]!,
      longest: sums[3]!,
      operations: sums[5]!,
    };
    fillRows(s, view("ptr"), view("lists"), view("owner"));
    mapEntries(s, p, view("owner"));
    return s;
  } finally {
    w.release();
  }
}

/** The rows of each supernode: row k is in those on the paths from its entries up to its own. They come ascending by themselves. */
function fillRows(s: Symbolic, ptr: Int32Array, lists: Int32Array, owner: Int32Array): void {
  const { order, place, rowsAt, rows, up, count } = s;
  const next = rowsAt.slice(0, count);
  const mark = new Int32Array(count).fill(-1);
  for (let k = 0; k < order.length; k++) {
    const own = owner[k]!;
    rows[next[own]!++] = k;
    const row = order[k]!;
    for (let p = ptr[row]!, end = ptr[row + 1]!; p < end; p++) {
      const i = place[lists[p]!]!;
      if (i >= k) continue;
      for (let t = owner[i]!; t !== own && mark[t] !== k; t = up[t]!) {
        mark[t] = k;
        rows[next[t]!++] = k;
      }
    }
  }
}

/** Where entry k of the matrix goes in the panels. */
function mapEntries(s: Symbolic, { n, rowPtr, colIdx }: LowerPattern, owner: Int32Array): void {
  const { place, first, rowsAt, rows, valuesAt, map } = s;
  for (let i = 0; i < n; i++) {
    const a = place[i]!;
    for (let k = rowPtr[i]!, end = rowPtr[i + 1]!; k < end; k++) {
      const j = colIdx[k]!;
      if (j > i) {
        map[k] = -1;
        continue;
      }
      const b = place[j]!;
      const col = a < b ? a : b;
      const row = a < b ? b : a;
      const t = owner[col]!;
      const from = rowsAt[t]!;
      let low = from;
      let high = rowsAt[t + 1]! - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (rows[middle]! < row) low = middle + 1;
        else high = middle;
      }
      map[k] = valuesAt[t]! + (col - first[t]!) * (rowsAt[t + 1]! - from) + low - from;
    }
  }
}
