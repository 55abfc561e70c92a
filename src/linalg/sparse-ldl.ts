// Public factorisations of sparse symmetric matrices: sparseCholesky for definite ones, sparseLdl for the others.

import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, checkKeys, checkWritable, numberOption } from "../runtime/options.js";
import { copySparse, csrFromTriplets, isSparse, type SparseMatrix } from "./csr.js";
import { isVector, type Matrix, type MatrixLike, readMatrix, shapeError, writeRows } from "./matrix.js";
import { notPositiveDefinite, singular } from "./refusals.js";
import { exponentOf, largestOf, symmetricScales } from "./scaling.js";
import { checkOrder, checkSigns, checkSymmetric } from "./sparse-checks.js";
import type { SparseFactor, SparseFactorOptions, SparseLdlOptions } from "./sparse-factor.js";
import { SymmetricFactor } from "./symmetric-factor.js";
import { checkVector } from "./vectors.js";

const EPS = 2.220446049250313e-16;
/** |b - A x| <= SETTLED EPS (|A| |x| + |b|) is what a stable factorisation leaves: a step of refinement would cost a second solve. */
const SETTLED = 16;
/** Steps of iterative refinement at most. */
const REFINEMENTS = 10;
/** A solution that had to be refined is given when |b - A x| <= ACCEPTED (|A| |x| + |b|) in every row. */
const ACCEPTED = 1e-10;

/**
 * Cholesky's factorisation of a sparse symmetric positive definite matrix, as L D L' with D > 0: minimum degree ordering
 * (Amestoy, Davis and Duff 1996), then the multifrontal method on supernodes (Liu 1992).
 *
 * @throws NOT_POSITIVE_DEFINITE with `details.pivot`, the row without a positive pivot; SHAPE; the error of an unsymmetric matrix.
 * @example
 * const factor = sparseCholesky(csrFromTriplets({ rows: 2, cols: 2, row: [0, 0, 1, 1], col: [0, 1, 0, 1], value: [4, 1, 1, 3] }));
 * factor.solve([1, 2]); // [1/11, 7/11]
 * factor.dispose();
 */
export function sparseCholesky(A: SparseMatrix, o: SparseFactorOptions = {}): SparseFactor {
  checkKeys("sparseCholesky", o, ["check", "order", "runtime"]);
  return new SparseSymmetric("sparseCholesky", A, o);
}

/**
 * L D L' of a sparse symmetric matrix without exchanging pivots: for quasi-definite matrices (Vanderbei 1995) it always exists; for
 * others pivots near 0 are raised and `solve` refines against A.
 *
 * @throws SINGULAR where there is no pivot and `regularization` is 0; SHAPE; the error of an unsymmetric matrix.
 * @example
 * // A saddle point: minimise (x^2 + y^2) / 2 subject to x + y = 1
 * const K = csrFromTriplets({ rows: 3, cols: 3, row: [0, 1, 0, 1, 2, 2], col: [0, 1, 2, 2, 0, 1], value: [1, 1, 1, 1, 1, 1] });
 * const factor = sparseLdl(K);
 * factor.solve([0, 0, 1]); // [0.5, 0.5, -0.5]
 * factor.dispose();
 */
export function sparseLdl(A: SparseMatrix, o: SparseLdlOptions = {}): SparseFactor {
  checkKeys("sparseLdl", o, ["check", "order", "runtime", "signs", "regularization"]);
  return new SparseSymmetric("sparseLdl", A, o);
}

class SparseSymmetric implements SparseFactor {
  readonly kind: "sparseCholesky" | "sparseLdl";
  readonly rows: number;
  readonly cols: number;
  readonly #A: SparseMatrix;
  readonly #factor: SymmetricFactor;
  readonly #check: boolean;
  readonly #raise: number;
  #regularized = 0;
  #failure: DownhillError | null = null;
  /** The largest |element| of what is factored. */
  #most = 0;
  /** What is factored is S A S: pivots and residuals are judged in units in which every row is about 1. Null: as it stands. */
  #scale: Float64Array | null = null;

  constructor(where: "sparseCholesky" | "sparseLdl", given: SparseMatrix, o: SparseLdlOptions) {
    const A = copySparse(where, given);
    if (A.rows !== A.cols)
      throw shapeError(where, `A must be square, got ${A.rows} x ${A.cols}`, { argument: "A" });
    if (A.rows === 0) throw shapeError(where, "A has no rows", { argument: "A" });
    const n = A.rows;
    this.kind = where;
    this.rows = n;
    this.cols = n;
    this.#A = A;
    this.#check = booleanOption(where, "check", o.check, true);
    const raise = numberOption(where, "regularization", o.regularization, 1.5e-8, { min: 0 });
    this.#raise = where === "sparseCholesky" ? 0 : raise;
    const signs = where === "sparseCholesky" ? new Int8Array(n).fill(1) : o.signs;
    if (o.signs !== undefined) checkSigns(where, o.signs, n);
    if (o.order !== undefined) checkOrder(where, o.order, n);
    this.#examine(A);
    const { rowPtr, colIdx } = A;
    this.#factor = new SymmetricFactor({ n, rowPtr, colIdx }, { runtime: o.runtime, signs, order: o.order });
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
    try {
      this.#numbers(A);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  declare [Symbol.dispose]: () => void;

  /** Everything that can be wrong with the numbers, before any is overwritten. */
  #examine(A: SparseMatrix): void {
    for (let k = 0; k < A.values.length; k++) {
      const value = A.values[k]!;
      if (Number.isFinite(value)) continue;
      throw new DownhillError(
        "NON_FINITE_INPUT",
        `${this.kind}: A.values[${k}] is ${quote(value)}, expected a finite number`,
        { details: { argument: "A", index: k, value } },
      );
    }
    if (this.#check) checkSymmetric(this.kind, A, largestOf(A.values));
  }

  #numbers(A: SparseMatrix): void {
    const f = this.#factor;
    f.values.set(A.values);
    const definite = this.kind === "sparseCholesky";
    // Cholesky raises no pivots, and its numbers are the same in all units.
    this.#scale = definite ? null : symmetricScales(A);
    const s = this.#scale;
    if (s)
      for (let i = 0; i < this.rows; i++)
        for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++)
          f.values[k] = A.values[k]! * s[i]! * s[A.colIdx[k]!]!;
    this.#most = largestOf(f.values);
    const least = definite ? 0 : EPS * this.#most;
    const raised = f.factor(least, this.#raise * (this.#most || 1));
    this.#failure = null;
    this.#regularized = Math.max(0, raised);
    if (raised >= 0) return;
    this.#failure = definite
      ? notPositiveDefinite(this.kind, -1 - raised)
      : singular(this.kind, -1 - raised, 0);
    throw this.#failure;
  }

  #live(): SymmetricFactor {
    if (this.#factor.disposed) throw new DownhillError("DISPOSED", `this ${this.kind} factor was disposed`);
    if (this.#failure) throw this.#failure;
    return this.#factor;
  }

  solve(b: ArrayLike<number>, out?: Float64Array): Float64Array;
  solve(B: MatrixLike): Matrix<Float64Array>;
  solve(b: ArrayLike<number> | MatrixLike, out?: Float64Array): Float64Array | Matrix<Float64Array> {
    const f = this.#live();
    const n = this.rows;
    if (isVector(b)) {
      const given = checkVector(this.kind, "b", b, n);
      if (out !== undefined) checkWritable(this.kind, "out", out, n);
      return this.#one(f, given, out ?? new Float64Array(n));
    }
    const s = readMatrix(this.kind, "b", b);
    if (s.rows !== n) throw shapeError(this.kind, `b has ${s.rows} rows, expected ${n}`, { argument: "b" });
    const data = new Float64Array(n * s.cols);
    writeRows(s, data);
    const column = new Float64Array(n);
    for (let j = 0; j < s.cols; j++) {
      for (let i = 0; i < n; i++) column[i] = data[i * s.cols + j]!;
      checkVector(this.kind, "b", column, n);
      this.#one(f, column, column);
      for (let i = 0; i < n; i++) data[i * s.cols + j] = column[i]!;
    }
    return { rows: n, cols: s.cols, data };
  }

  /** One right-hand side; where its residual is more than rounding it is refined. b and out may be the same. */
  #one(f: SymmetricFactor, b: ArrayLike<number>, out: Float64Array): Float64Array {
    const s = this.#scale;
    f.b.set(b);
    if (s) for (let i = 0; i < s.length; i++) f.b[i] = f.b[i]! * s[i]!;
    f.solve();
    f.residual();
    const settled = SETTLED * EPS * (this.#most * largestOf(f.x) + largestOf(f.b));
    if (!(largestOf(f.r) <= settled)) this.#refine(f);
    out.set(f.x);
    if (s) for (let i = 0; i < s.length; i++) out[i] = out[i]! * s[i]!;
    return out;
  }

  /** Steps of refinement while the residual falls; x is the best. */
  #refine(f: SymmetricFactor): void {
    const given = f.b.slice();
    const best = f.x.slice();
    let least = this.#backward(f);
    for (let turn = 0; turn < REFINEMENTS && !(least <= EPS); turn++) {
      f.b.set(f.r);
      f.solve();
      for (let i = 0; i < best.length; i++) f.x[i] = f.x[i]! + best[i]!;
      f.b.set(given);
      f.residual();
      const error = this.#backward(f);
      if (!(error < least)) break;
      least = error;
      best.set(f.x);
    }
    if (!(least <= ACCEPTED)) {
      throw new DownhillError(
        "SINGULAR",
        `${this.kind}: A is singular, or needs pivoting: |b - A x| stays at ${least} of |A| |x| + |b| in a row`,
        {
          hint: "sparseLu exchanges pivots",
          details: { residual: least, rcond: 0 },
        },
      );
    }
    f.x.set(best);
  }

  /** The largest |b - A x| of a row beside its |A| |x| + |b|. */
  #backward({ values, b, x, r }: SymmetricFactor): number {
    const { rowPtr, colIdx } = this.#A;
    const sizes = b.map(Math.abs);
    for (let i = 0; i < x.length; i++)
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const j = colIdx[k]!;
        if (j > i) continue;
        sizes[i] = sizes[i]! + Math.abs(values[k]! * x[j]!);
        if (j < i) sizes[j] = sizes[j]! + Math.abs(values[k]! * x[i]!);
      }
    let most = 0;
    for (let i = 0; i < x.length; i++) {
      const of = r[i] === 0 ? 0 : Math.abs(r[i]!) / sizes[i]!;
      if (!(of < Infinity)) return Infinity;
      most = Math.max(most, of);
    }
    return most;
  }

  refactor(A: SparseMatrix): this {
    if (this.#factor.disposed) this.#live();
    const old = this.#A;
    const same =
      isSparse(A) &&
      A.rows === old.rows &&
      A.cols === old.cols &&
      A.colIdx.length === old.colIdx.length &&
      A.rowPtr.every((v, i) => v === old.rowPtr[i]) &&
      A.colIdx.every((v, k) => v === old.colIdx[k]);
    if (!same) throw shapeError(this.kind, "refactor: A has another pattern", { argument: "A" });
    this.#examine(A);
    this.#numbers(A);
    return this;
  }

  get stored(): number {
    return this.#factor.symbolic.stored;
  }

  get perm(): Int32Array {
    return this.#factor.symbolic.order.slice();
  }

  get D(): Float64Array {
    const { d, symbolic } = this.#live();
    const s = this.#scale;
    if (!s) return d.slice();
    return d.map((v, k) => {
      const power = s[symbolic.order[k]!]!;
      return v / power / power;
    });
  }

  get inertia() {
    const negative = this.#live().negative;
    return { positive: this.rows - negative, negative };
  }

  get regularized(): number {
    this.#live();
    return this.#regularized;
  }

  get logDet(): number {
    let halvings = 0;
    for (const power of this.#scale ?? []) halvings += exponentOf(power);
    return this.#live().logDet() - 2 * Math.LN2 * halvings;
  }

  get L(): SparseMatrix {
    const f = this.#live();
    const { first, rows, rowsAt, valuesAt, count, order } = f.symbolic;
    const scale = this.#scale;
    const unit = (k: number): number => (scale ? scale[order[k]!]! : 1);
    const row: number[] = [];
    const col: number[] = [];
    const value: number[] = [];
    for (let s = 0; s < count; s++) {
      const from = rowsAt[s]!;
      const long = rowsAt[s + 1]! - from;
      for (let j = 0; j < first[s + 1]! - first[s]!; j++) {
        for (let i = j; i < long; i++) {
          const v = i === j ? 1 : f.L[valuesAt[s]! + j * long + i]!;
          if (v === 0) continue;
          const [r, c] = [rows[from + i]!, first[s]! + j];
          row.push(r);
          col.push(c);
          value.push((v * unit(c)) / unit(r));
        }
      }
    }
    return csrFromTriplets({ rows: this.rows, cols: this.cols, row, col, value });
  }

  dispose(): void {
    this.#factor.release();
  }
}
