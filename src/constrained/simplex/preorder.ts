// The order in which the columns of a basis are eliminated: what is triangular but for permutations goes first, without fill (Orchard-Hays
// 1968; Suhl and Suhl 1990), and only the rest, the nucleus, is ordered by degree.

import { columnOrder } from "../../linalg/column-order.js";

/** A square matrix by columns, and by rows without values; what is worked on is private. */
export class Preorder {
  readonly order: Int32Array;
  /** Rows preferred as pivots have the least rank: 0 for those outside the nucleus, else their entries in it. */
  readonly rank: Int32Array;
  readonly #m: number;
  readonly #colLeft: Int32Array;
  readonly #rowLeft: Int32Array;
  readonly #rowAt: Int32Array;
  readonly #rowLive: Uint8Array;
  readonly #colLive: Uint8Array;
  readonly #stack: Int32Array;
  readonly #place: Int32Array;
  #rowCols = new Int32Array(0);

  constructor(m: number) {
    this.#m = m;
    const ints = () => new Int32Array(m);
    [this.order, this.rank, this.#colLeft, this.#rowLeft] = [ints(), ints(), ints(), ints()];
    [this.#stack, this.#place, this.#rowAt] = [ints(), ints(), new Int32Array(m + 1)];
    [this.#rowLive, this.#colLive] = [new Uint8Array(m), new Uint8Array(m)];
  }

  /** Orders the columns with entries rows[at[k]] .. rows[at[k + 1] - 1]. */
  run(at: Int32Array, rows: Int32Array): void {
    const m = this.#m;
    this.#byRows(at, rows);
    this.#rowLive.fill(1);
    this.#colLive.fill(1);
    this.rank.fill(0);
    let count = this.#columnSingletons(at, rows, 0);
    count = this.#rowSingletons(at, rows, count);
    if (count < m) this.#nucleus(count);
  }

  #byRows(at: Int32Array, rows: Int32Array): void {
    const m = this.#m;
    const rowAt = this.#rowAt.fill(0);
    const nnz = at[m]!;
    if (this.#rowCols.length < nnz) this.#rowCols = new Int32Array(nnz + (nnz >> 2));
    for (let k = 0; k < nnz; k++) rowAt[rows[k]! + 1] = rowAt[rows[k]! + 1]! + 1;
    for (let i = 0; i < m; i++) {
      this.#rowLeft[i] = rowAt[i + 1]!;
      rowAt[i + 1] = rowAt[i + 1]! + rowAt[i]!;
    }
    const next = this.#place;
    for (let i = 0; i < m; i++) next[i] = rowAt[i]!;
    for (let p = 0; p < m; p++) {
      this.#colLeft[p] = at[p + 1]! - at[p]!;
      for (let k = at[p]!; k < at[p + 1]!; k++) {
        const i = rows[k]!;
        this.#rowCols[next[i]!] = p;
        next[i] = next[i]! + 1;
      }
    }
  }

  /** Columns with one row left, until there are none: the row goes with the column. */
  #columnSingletons(at: Int32Array, rows: Int32Array, from: number): number {
    const [stack, colLeft, rowLive, colLive] = [this.#stack, this.#colLeft, this.#rowLive, this.#colLive];
    let count = from;
    let top = 0;
    for (let p = 0; p < this.#m; p++) if (colLeft[p] === 1) stack[top++] = p;
    while (top > 0) {
      const p = stack[--top]!;
      if (colLive[p] === 0 || colLeft[p] !== 1) continue;
      let k = at[p]!;
      while (rowLive[rows[k]!] === 0) k++;
      const i = rows[k]!;
      this.order[count++] = p;
      colLive[p] = 0;
      rowLive[i] = 0;
      for (let e = this.#rowAt[i]!; e < this.#rowAt[i + 1]!; e++) {
        const c = this.#rowCols[e]!;
        if (colLive[c] === 0) continue;
        colLeft[c] = colLeft[c]! - 1;
        if (colLeft[c] === 1) stack[top++] = c;
      }
      for (let e = at[p]!; e < at[p + 1]!; e++) this.#rowLeft[rows[e]!] = this.#rowLeft[rows[e]!]! - 1;
    }
    return count;
  }

  /** Rows with one column left likewise. */
  #rowSingletons(at: Int32Array, rows: Int32Array, from: number): number {
    const [stack, rowLeft, rowLive, colLive] = [this.#stack, this.#rowLeft, this.#rowLive, this.#colLive];
    let count = from;
    let top = 0;
    for (let i = 0; i < this.#m; i++) if (rowLive[i] === 1 && rowLeft[i] === 1) stack[top++] = i;
    while (top > 0) {
      const i = stack[--top]!;
      if (rowLive[i] === 0 || rowLeft[i] !== 1) continue;
      let e = this.#rowAt[i]!;
      while (colLive[this.#rowCols[e]!] === 0) e++;
      const p = this.#rowCols[e]!;
      this.order[count++] = p;
      colLive[p] = 0;
      rowLive[i] = 0;
      for (let k = at[p]!; k < at[p + 1]!; k++) {
        const r = rows[k]!;
        rowLeft[r] = rowLeft[r]! - 1;
        if (rowLive[r] === 1 && rowLeft[r] === 1) stack[top++] = r;
      }
    }
    return count;
  }

  #nucleus(from: number): void {
    const m = this.#m;
    const columns: number[] = [];
    for (let p = 0; p < m; p++) {
      if (this.#colLive[p] === 0) continue;
      this.#place[p] = columns.length;
      columns.push(p);
    }
    const rowPtr: number[] = [0];
    const colIdx: number[] = [];
    for (let i = 0; i < m; i++) {
      if (this.#rowLive[i] === 0) continue;
      this.rank[i] = this.#rowLeft[i]!;
      for (let e = this.#rowAt[i]!; e < this.#rowAt[i + 1]!; e++) {
        const p = this.#rowCols[e]!;
        if (this.#colLive[p] === 1) colIdx.push(this.#place[p]!);
      }
      rowPtr.push(colIdx.length);
    }
    const within = columnOrder({
      rows: rowPtr.length - 1,
      cols: columns.length,
      rowPtr: Int32Array.from(rowPtr),
      colIdx: Int32Array.from(colIdx),
      values: new Float64Array(0),
    });
    for (let k = 0; k < columns.length; k++) this.order[from + k] = columns[within[k]!]!;
  }
}
