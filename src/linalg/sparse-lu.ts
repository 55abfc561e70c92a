// LU of sparse matrices: a column order that limits fill, rows and columns scaled by powers of two, partial pivoting.

import { log } from "../runtime/elementary.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, checkWritable, choiceOption, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { room as wasmRoom } from "../wasm/sparse-lu.js";
import { copySparse, make, multiplyRows, type SparseMatrix } from "./csr.js";
import { type Rows, transposeRows } from "./csr-parts.js";
import { permutationSign } from "./determinant.js";
import { byColumns, type LuOrder, orderings, planOrder } from "./lu-order.js";
import {
  checkMatrixFinite,
  isVector,
  type Matrix,
  type MatrixLike,
  readMatrix,
  shapeError,
  writeRows,
} from "./matrix.js";
import { singular } from "./refusals.js";
import {
  doubles,
  equilibrateRows,
  fillFrame,
  integers,
  inverseNorm,
  type Space,
  takeSpace,
} from "./sparse-lu-space.js";
import type { SparseLuFactor, SparseLuOptions } from "./sparse-lu-types.js";
import { checkVector } from "./vectors.js";

/**
 * P R A C Q = L U of a sparse square matrix: Gilbert and Peierls (1988) with partial pivoting, columns ordered by COLAMD's
 * rules (Davis, Gilbert, Larimore and Ng 2004), or for nearly symmetric patterns by the minimum degree of A + A' (Amestoy, Davis and
 * Duff 1996), with pivots on the diagonal as long as they are a tenth of their column's largest.
 *
 * @throws SINGULAR where a column has no pivot; SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * const factor = sparseLu(csrFromDense([[0, 2], [3, 4]]));
 * factor.solve([2, 7]); // [1, 1]
 * factor.dispose();
 */
export function sparseLu(A: SparseMatrix, o: SparseLuOptions = {}): SparseLuFactor {
  const where = "sparseLu";
  checkKeys(where, o, ["ordering", "threshold", "runtime"]);
  const ordering = choiceOption(where, "ordering", o.ordering, orderings, "auto");
  const threshold = numberOption(where, "threshold", o.threshold, 1, { min: 0, max: 1, exclusive: true });
  const own = copySparse(where, A);
  const n = own.rows;
  if (n !== own.cols || n === 0) {
    const wanted = "a square matrix with at least one row";
    throw shapeError(where, `A is ${n} x ${own.cols}, expected ${wanted}`, { argument: "A" });
  }
  const plan = planOrder(own, ordering, o.runtime);
  return new SparseLu(own, plan, o.threshold === undefined ? undefined : threshold, o.runtime);
}

class SparseLu implements SparseLuFactor {
  readonly kind = "sparseLu";
  readonly rows: number;
  readonly cols: number;
  readonly #threshold: number | undefined;
  readonly #runtime: Runtime | undefined;
  #plan: LuOrder;
  #A: Rows;
  #w: Space | null = null;
  #r = new Float64Array(0);
  #c = new Float64Array(0);
  #norm = 0;
  #failure: DownhillError | null = null;

  constructor(A: Rows, plan: LuOrder, threshold: number | undefined, runtime: Runtime | undefined) {
    this.rows = A.rows;
    this.cols = A.cols;
    this.#A = A;
    this.#plan = plan;
    this.#threshold = threshold;
    this.#runtime = runtime;
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
    try {
      this.#factor();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  declare [Symbol.dispose]: () => void;

  refactor(A: SparseMatrix): this {
    this.#live(false);
    const own = copySparse("sparseLu", A);
    const n = this.rows;
    if (own.rows !== n || own.cols !== n)
      throw shapeError("sparseLu", `A is ${own.rows} x ${own.cols}, expected ${n} x ${n}`, { argument: "A" });
    this.#A = own;
    this.#factor();
    return this;
  }

  #factor(): void {
    const n = this.rows;
    const A = this.#A;
    const nnz = A.values.length;
    const { order, tentative } = this.#plan;
    const threshold = this.#threshold ?? this.#plan.threshold;
    this.#failure = null;
    const { r, c, norm } = equilibrateRows(A);
    this.#r = r;
    this.#c = c;
    this.#norm = norm;
    const columns = transposeRows(A);
    let room = this.#w ? this.#w.i32.lRows.length : Math.max(3 * nnz, this.#plan.room) + 2 * n;
    const old = this.#w;
    this.#w = null;
    old?.release();
    let w = takeSpace(this.#runtime, n, nnz, room);
    this.#w = w;
    w.i32.columns.set(columns.rowPtr);
    w.i32.rows.set(columns.colIdx);
    for (let j = 0; j < n; j++) {
      for (let k = columns.rowPtr[j]!; k < columns.rowPtr[j + 1]!; k++)
        w.f64.values[k] = columns.values[k]! * r[columns.colIdx[k]!]! * c[j]!;
    }
    w.i32.order.set(order);
    w.i32.place.fill(-1);
    w.i32.mark.fill(0);
    w.f64.x.fill(0);
    w.i32.lAt[0] = 0;
    w.i32.uAt[0] = 0;
    let done = 0;
    for (;;) {
      fillFrame(n, w, room);
      done = w.runtime.kernels(wasmRoom).luColumns(w.at.frame, done, threshold, 0);
      if (done < 0 || done === n || tentative) break;
      // More room: everything moves.
      room = Math.max(2 * room, room + 2 * n);
      const wider = takeSpace(this.#runtime, n, nnz, room);
      for (const name of doubles) wider.f64[name].set(w.f64[name]);
      for (const name of integers) wider.i32[name].set(w.i32[name]);
      w.release();
      w = wider;
      this.#w = w;
    }
    if (done !== n && tentative) {
      // Pivots left the diagonal too often, or there was none: an order that is good for any.
      this.#plan = byColumns(A);
      this.#w = null;
      w.release();
      this.#factor();
      return;
    }
    if (done < 0) {
      this.#failure = singular("sparseLu", order[-1 - done]!, 0);
      throw this.#failure;
    }
    w.runtime.kernels(wasmRoom).luFinish(w.at.frame);
  }

  #live(factored = true): Space {
    const w = this.#w;
    if (!w || w.runtime.disposed) throw new DownhillError("DISPOSED", "this sparseLu factor was disposed");
    if (factored && this.#failure) throw this.#failure;
    return w;
  }

  /** x = (R A C)^-1 x of the scaled matrix, or of its transpose. */
  #apply(x: Float64Array, transposed: boolean): void {
    const w = this.#live();
    const n = this.rows;
    const y = w.f64.x;
    const { place, order } = w.i32;
    if (transposed) for (let k = 0; k < n; k++) y[k] = x[order[k]!]!;
    else for (let i = 0; i < n; i++) y[place[i]!] = x[i]!;
    w.runtime.kernels(wasmRoom).luSolveSparse(w.at.frame, w.at.x, transposed);
    if (transposed) for (let i = 0; i < n; i++) x[i] = y[place[i]!]!;
    else for (let k = 0; k < n; k++) x[order[k]!] = y[k]!;
  }

  #solveInto(b: ArrayLike<number>, x: Float64Array): void {
    const n = this.rows;
    const [r, c, A] = [this.#r, this.#c, this.#A];
    const d = new Float64Array(n);
    const first = new Float64Array(n);
    for (let i = 0; i < n; i++) d[i] = b[i]! * r[i]!;
    this.#apply(d, false);
    for (let j = 0; j < n; j++) first[j] = d[j]! * c[j]!;
    // One step of refinement.
    multiplyRows(n, A.rowPtr, A.colIdx, A.values, first, d);
    for (let i = 0; i < n; i++) d[i] = (b[i]! - d[i]!) * r[i]!;
    this.#apply(d, false);
    for (let j = 0; j < n; j++) x[j] = first[j]! + d[j]! * c[j]!;
  }

  solve(b: ArrayLike<number>, out?: Float64Array): Float64Array;
  solve(B: MatrixLike): Matrix<Float64Array>;
  solve(b: ArrayLike<number> | MatrixLike, out?: Float64Array): Float64Array | Matrix<Float64Array> {
    this.#live();
    const n = this.rows;
    if (isVector(b)) {
      const right = checkVector("sparseLu", "b", b, n);
      const x = out ?? new Float64Array(n);
      checkWritable("sparseLu", "out", x, n);
      this.#solveInto(right, x);
      return x;
    }
    const s = readMatrix("sparseLu", "b", b);
    if (s.rows !== n)
      throw shapeError("sparseLu", `b has ${s.rows} rows, expected ${n}`, { argument: "b", expected: n });
    checkMatrixFinite("sparseLu", "b", s);
    const data = new Float64Array(n * s.cols);
    writeRows(s, data);
    const x = new Float64Array(n);
    for (let j = 0; j < s.cols; j++) {
      const column = Float64Array.from({ length: n }, (_, i) => data[i * s.cols + j]!);
      this.#solveInto(column, x);
      for (let i = 0; i < n; i++) data[i * s.cols + j] = x[i]!;
    }
    return { rows: n, cols: s.cols, data };
  }

  get stored(): number {
    const { lAt, uAt } = this.#live().i32;
    return lAt[this.rows]! + uAt[this.rows]!;
  }

  get order(): Int32Array {
    this.#live();
    return this.#plan.order.slice();
  }

  get perm(): Int32Array {
    const { place } = this.#live().i32;
    const perm = new Int32Array(this.rows);
    place.forEach((k, i) => {
      perm[k] = i;
    });
    return perm;
  }

  get scales() {
    this.#live();
    return { rows: this.#r.slice(), cols: this.#c.slice() };
  }

  get L(): SparseMatrix {
    const { i32, f64 } = this.#live();
    return this.#triangle(i32.lAt, i32.lRows, f64.lValues);
  }

  get U(): SparseMatrix {
    const { i32, f64 } = this.#live();
    return this.#triangle(i32.uAt, i32.uRows, f64.uValues);
  }

  /** What stands by columns, by rows: the transpose of the transpose, twice so that columns ascend. */
  #triangle(at: Int32Array, rows: Int32Array, values: Float64Array): SparseMatrix {
    const n = this.rows;
    const nnz = at[n]!;
    const parts = {
      rows: n,
      cols: n,
      rowPtr: at.slice(),
      colIdx: rows.slice(0, nnz),
      values: values.slice(0, nnz),
    };
    return make(transposeRows(parts));
  }

  get logDet(): number {
    const { i32, f64 } = this.#live();
    let sum = 0;
    for (let k = 0; k < this.rows; k++) {
      sum += log(Math.abs(f64.uValues[i32.uAt[k + 1]! - 1]!));
      sum -= log(this.#r[k]!) + log(this.#c[k]!);
    }
    return sum;
  }

  get sign(): number {
    const { i32, f64 } = this.#live();
    let sign = permutationSign(i32.place) * permutationSign(this.#plan.order);
    for (let k = 0; k < this.rows; k++) if (f64.uValues[i32.uAt[k + 1]! - 1]! < 0) sign = -sign;
    return sign;
  }

  get rcond(): number {
    this.#live();
    const r = 1 / this.#norm / inverseNorm(this.rows, (x, transposed) => this.#apply(x, transposed));
    return r > 0 && r < Infinity ? Math.min(r, 1) : 0;
  }

  dispose(): void {
    this.#w?.release();
    this.#w = null;
  }
}
