// The inverse of a basis: sparse L U with threshold pivoting (assembly/linalg/sparse-lu.ts), and what has changed since as a product of
// elementary matrices.

import { F_RANK } from "../../abi/sparse-lu.js";
import { doubles, fillFrame, integers, type Space, takeSpace } from "../../linalg/sparse-lu-space.js";
import { takeWorkspace } from "../../runtime/default.js";
import type { Runtime } from "../../runtime/runtime.js";
import { beside, type Workspace } from "../../runtime/workspace.js";
import { room as wasmRoom } from "../../wasm/sparse-lu.js";
import type { Rows } from "../program.js";
import { Preorder } from "./preorder.js";

/** A pivot is at least this share of its column. */
const THRESHOLD = 0.1;
/** A pivot that is no larger, where columns are of size 1, is none. */
const LEAST = 1e-11;
/** Changes between two factorisations at most. */
const CHANGES = 80;

type Etas = Workspace<"v" | "values" | "pivots", never, "places" | "at" | "indices">;

export class BasisFactor {
  /** Changes since the last factorisation. */
  changes = 0;
  /** b in, solution out. */
  readonly v: Float64Array;
  readonly #m: number;
  readonly #n: number;
  /** Columns of A. */
  readonly #T: Rows;
  readonly #runtime: Runtime | undefined;
  readonly #preorder: Preorder;
  readonly #nnz: number;
  readonly #room: number;
  readonly #etas: Etas;
  #lu: Space;
  #luRoom: number;

  /** A has at least one row. */
  constructor(T: Rows, m: number, runtime: Runtime | undefined) {
    const n = T.rows;
    this.#m = m;
    this.#n = n;
    this.#T = T;
    this.#runtime = runtime;
    this.#preorder = new Preorder(m);
    const counts = Array.from({ length: n }, (_, j) => T.rowPtr[j + 1]! - T.rowPtr[j]!).sort((a, b) => b - a);
    this.#nnz = counts.slice(0, m).reduce((s, v) => s + v, m);
    this.#luRoom = 2 * this.#nnz + 3 * m;
    this.#lu = takeSpace(runtime, m, this.#nnz, this.#luRoom);
    const room = 20 * m + 2 * this.#nnz;
    this.#etas = beside(this.#lu, () =>
      takeWorkspace(runtime, {
        key: `simplex ${m} ${room}`,
        f64: { v: m, values: room, pivots: CHANGES },
        i32: { places: CHANGES, at: CHANGES + 1, indices: room },
      }),
    );
    this.#room = room;
    this.v = this.#etas.f64.v;
  }

  /** Factors the columns of `head`, -1 for an empty one; null, or the places of dependent columns with the rows that they leave open. */
  factor(head: Int32Array): { places: number[]; rows: number[] } | null {
    const [m, n, T] = [this.#m, this.#n, this.#T];
    this.changes = 0;
    this.#etas.i32.at[0] = 0;
    let w = this.#lu;
    const { columns, rows } = w.i32;
    const { values } = w.f64;
    let at = 0;
    columns[0] = 0;
    for (let p = 0; p < m; p++) {
      const j = head[p]!;
      if (j >= n) {
        rows[at] = j - n;
        values[at++] = -1;
      } else if (j >= 0) {
        for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]!; k++) {
          rows[at] = T.colIdx[k]!;
          values[at++] = T.values[k]!;
        }
      }
      columns[p + 1] = at;
    }
    this.#preorder.run(columns, rows);
    w.i32.order.set(this.#preorder.order);
    w.i32.place.fill(-1);
    w.i32.mark.fill(0);
    w.f64.x.fill(0);
    w.i32.lAt[0] = 0;
    w.i32.uAt[0] = 0;
    let failed = 0;
    for (let done = 0; ; ) {
      fillFrame(m, w, this.#luRoom);
      w.i32.rank.set(this.#preorder.rank);
      w.i32.frame[F_RANK] = w.at.rank;
      done = w.runtime.kernels(wasmRoom).luColumns(w.at.frame, done, THRESHOLD, LEAST);
      if (done === m) break;
      if (done >= 0) {
        w = this.#widen();
        continue;
      }
      // A dependent column goes to the end; when all that are left have failed, the others are a basis of their own.
      done = -1 - done;
      if (++failed >= m - done) return this.#dependent(done);
      const { order } = w.i32;
      const p = order[done]!;
      order.copyWithin(done, done + 1);
      order[m - 1] = p;
      w.i32.mark.fill(0);
    }
    w.runtime.kernels(wasmRoom).luFinish(w.at.frame);
    return null;
  }

  #widen(): Space {
    const old = this.#lu;
    this.#luRoom = 2 * this.#luRoom + 2 * this.#m;
    const wider = takeSpace(this.#runtime, this.#m, this.#nnz, this.#luRoom);
    for (const name of doubles) wider.f64[name].set(old.f64[name]);
    for (const name of integers) wider.i32[name].set(old.i32[name]);
    old.release();
    this.#lu = wider;
    return wider;
  }

  #dependent(rank: number): { places: number[]; rows: number[] } {
    const { order, place } = this.#lu.i32;
    const rows: number[] = [];
    for (let i = 0; i < this.#m; i++) if (place[i]! < 0) rows.push(i);
    return { places: Array.from(order.subarray(rank)), rows };
  }

  /** v = B^-1 v, by places. */
  forward(): void {
    const lu = this.#lu;
    const kernels = lu.runtime.kernels(wasmRoom);
    kernels.luApply(lu.at.frame, this.#etas.at.v, false);
    this.#apply(false);
  }

  /** v = B'^-1 v, by rows. */
  backward(): void {
    const lu = this.#lu;
    this.#apply(true);
    lu.runtime.kernels(wasmRoom).luApply(lu.at.frame, this.#etas.at.v, true);
  }

  #apply(transposed: boolean): void {
    if (this.changes === 0) return;
    const { at } = this.#etas;
    this.#lu.runtime
      .kernels(wasmRoom)
      .etaApply(this.changes, at.places, at.pivots, at.at, at.indices, at.values, at.v, transposed);
  }

  /** The column at place r becomes the one with B^-1 a = `column`; false where there is no room: factor anew. */
  change(r: number, column: Float64Array): boolean {
    const { f64, i32 } = this.#etas;
    const e = this.changes;
    let at = i32.at[e]!;
    if (e === CHANGES || at + this.#m > this.#room) return false;
    for (let i = 0; i < this.#m; i++) {
      const v = column[i]!;
      // What is lost in rounding is left out.
      if (i === r || (v < 1e-14 && v > -1e-14)) continue;
      i32.indices[at] = i;
      f64.values[at++] = v;
    }
    i32.at[e + 1] = at;
    i32.places[e] = r;
    f64.pivots[e] = column[r]!;
    this.changes = e + 1;
    return true;
  }

  release(): void {
    this.#lu.release();
    this.#etas.release();
  }
}
