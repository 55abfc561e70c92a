// LU with partial pivoting: P A = L U.

import type { Workspace } from "../runtime/workspace.js";
import { beside } from "./beside.js";
import { permutationSign, scaleByPower } from "./determinant.js";
import { checkOptions, checkSquare, DenseFactor, type Factor, type FactorOptions, LU } from "./factor.js";
import {
  checkMatrixFinite,
  type Matrix,
  type MatrixLike,
  type Real,
  readMatrix,
  type Source,
  writeRows,
} from "./matrix.js";
import { choosePrecision, type Kernels, vector } from "./precision.js";
import { singular } from "./refusals.js";
import { factorSmall, SMALL, solveSmall } from "./small.js";
import { copy64, copyArray } from "./vectors.js";

export interface LuFactor<T extends Real = Float64Array> extends Factor<T> {
  readonly kind: "lu";
  /** Row i of P A is row perm[i] of A. */
  readonly perm: Int32Array;
  readonly L: Matrix<T>;
  readonly U: Matrix<T>;
  readonly det: number;
  /** ln |det|. */
  readonly logDet: number;
  /** Estimated 1 / (|A|_1 |A^-1|_1). */
  readonly rcond: number;
}

/**
 * P A = L U. SINGULAR when a pivot is exactly 0; look at `rcond` for nearly singular matrices, or use `solve`.
 *
 * @example
 * const factor = lu([[0, 1], [2, 3]]);
 * factor.solve([1, 5]); // [1, 1]
 * factor.dispose();
 */
export function lu(A: Matrix<Float32Array>, o?: FactorOptions): LuFactor<Float32Array>;
export function lu(A: MatrixLike, o?: FactorOptions): LuFactor;
export function lu(A: MatrixLike, o: FactorOptions = {}): LuFactor<Real> {
  return luOf("lu", A, o);
}

/** For the function that was called. */
export function luOf(where: string, A: MatrixLike, o: FactorOptions): LuFactor<Real> {
  checkOptions(where, o);
  const s = readMatrix(where, "A", A);
  checkSquare(where, s);
  checkMatrixFinite(where, "A", s, choosePrecision(where, o.dtype, A));
  return new DenseLu<Real>(s, A, o).start(s);
}

/** Up to this order |A|_1 is formed again from the factors when it is asked for; above it costs nothing beside them. */
const LAZY_NORM = 16;

class DenseLu<T extends Real> extends DenseFactor<T> implements LuFactor<T> {
  readonly kind = "lu";
  readonly #n: number;
  /** |A|_1; -1 when it was not kept. */
  #norm = -1;
  readonly #small: boolean;
  readonly #order: Int32Array;
  readonly #F: T;
  readonly #b: T;
  readonly #x: T;
  readonly #atF: number = 0;
  readonly #atPerm: number = 0;
  readonly #atB: number = 0;
  readonly #atX: number = 0;
  readonly #atWork: number = 0;

  constructor(s: Source, A: unknown, o: FactorOptions) {
    super("lu", s, A, o);
    const n = s.rows;
    this.#n = n;
    this.#small = n <= SMALL && this.precision === "f64";
    if (this.#small) {
      this.#order = new Int32Array(n);
      this.#F = new Float64Array(n * n) as T;
      this.#b = new Float64Array(n) as T;
      this.#x = this.#b;
      return;
    }
    const work = this.numbers(this.kernelsNow().luWork(n));
    const w = this.reserve({ F: n * n, b: n, x: n, work: Math.max(work, 4 * n) }, { perm: n });
    this.#order = w.i32.perm;
    this.#F = this.view("F", n * n);
    this.#b = this.view("b", n);
    this.#x = this.view("x", n);
    this.#atF = w.at.F;
    this.#atPerm = w.at.perm;
    this.#atB = w.at.b;
    this.#atX = w.at.x;
    this.#atWork = w.at.work;
  }

  /** The first factorisation: gives the memory back when it fails. */
  start(s: Source): this {
    writeRows(s, this.#F);
    this.#factor();
    if (!this.failure) return this;
    this.dispose();
    throw this.failure;
  }

  refactor(A: MatrixLike): this {
    const data = this.quickly(A);
    if (data) copy64(data, this.#F as Float64Array, data.length);
    else writeRows(this.readAgain(A), this.#F);
    this.#factor();
    if (this.failure) throw this.failure;
    return this;
  }

  #factor(): void {
    const n = this.#n;
    let failed: number;
    if (this.#small) {
      failed = factorSmall(n, this.#F as Float64Array, this.#order);
    } else {
      const k = this.k as Kernels;
      this.#norm = n > LAZY_NORM ? k.norm1(n, n, this.#atF, n, this.#atWork) : -1;
      failed = k.lu(n, this.#atF, n, this.#atPerm, this.#atWork);
    }
    this.failure = failed ? singular("lu", failed - 1, 0) : null;
  }

  protected override solveDoubles(b: Float64Array, x: Float64Array): void {
    const n = this.#n;
    if (this.#small) {
      solveSmall(n, this.#F as Float64Array, this.#order, b, x);
      return;
    }
    copy64(b, this.#b as Float64Array, n);
    (this.k as Kernels).luSolve(n, this.#atF, n, this.#atPerm, this.#atB, this.#atX);
    copy64(this.#x as Float64Array, x, n);
  }

  protected solveInto(b: ArrayLike<number>, x: T): void {
    const n = this.#n;
    if (this.#small) {
      copyArray(b, this.#b, n);
      solveSmall(n, this.#F as Float64Array, this.#order, this.#b as Float64Array, x as Float64Array);
      return;
    }
    copyArray(b, this.#b, n);
    (this.k as Kernels).luSolve(n, this.#atF, n, this.#atPerm, this.#atB, this.#atX);
    copyArray(this.#x, x, n);
  }

  protected override solveMany(s: Source, count: number, x: T): void {
    const n = this.#n;
    if (this.#small || count < 4) {
      super.solveMany(s, count, x);
      return;
    }
    const B = vector(n * count, this.precision);
    writeRows(s, B);
    const work = this.numbers((this.k as Kernels).trsmWork(n, count));
    const { workspace, given, precision } = this;
    const factor = { workspace: workspace as Workspace, given, precision, F: this.#F, at: this.#atF };
    beside("lu", factor, n * count, work, (k, X, at, scratch, F) => {
      for (let i = 0; i < n; i++) {
        const from = this.#order[i]! * count;
        X.set(B.subarray(from, from + count), i * count);
      }
      k.trsm(false, false, true, n, count, F, n, at, count, scratch);
      k.trsm(true, false, false, n, count, F, n, at, count, scratch);
      x.set(X);
    });
  }

  get perm(): Int32Array {
    this.live();
    return this.#order.slice();
  }

  get L(): Matrix<T> {
    return this.#triangle((i, j) => (j < i ? this.#F[i * this.#n + j]! : i === j ? 1 : 0));
  }

  get U(): Matrix<T> {
    return this.#triangle((i, j) => (j < i ? 0 : this.#F[i * this.#n + j]!));
  }

  #triangle(at: (i: number, j: number) => number): Matrix<T> {
    this.live();
    const n = this.#n;
    const data = vector(n * n, this.precision) as T;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j] = at(i, j);
    return { rows: n, cols: n, data };
  }

  protected diagonal(): ArrayLike<number> {
    return Float64Array.from({ length: this.#n }, (_, i) => this.#F[i * this.#n + i]!);
  }

  get det(): number {
    const { mantissa, exponent } = this.product();
    return permutationSign(this.#order) * scaleByPower(mantissa, exponent);
  }

  get logDet(): number {
    return this.product().log;
  }

  get rcond(): number {
    this.live();
    const n = this.#n;
    const norm = this.#norm >= 0 ? this.#norm : this.#productNorm();
    if (!this.#small) {
      const k = this.k as Kernels;
      return k.condition(LU, n, norm, this.#atF, n, this.#atPerm, 0, this.#atWork);
    }
    return this.borrow({ F: n * n, perm: n, work: 4 * n }, (w, k) => {
      this.viewOf(w, "F", n * n).set(this.#F);
      const perm = new Int32Array(w.runtime.buffer, w.at.perm, n);
      perm.set(this.#order);
      return k.condition(LU, n, norm, w.at.F, n, w.at.perm, 0, w.at.work);
    });
  }

  /** |L U|_1, the order of the rows does not matter. */
  #productNorm(): number {
    const n = this.#n;
    let most = 0;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        let a = i <= j ? this.#F[i * n + j]! : 0;
        for (let p = 0; p < Math.min(i, j + 1); p++) {
          a += this.#F[i * n + p]! * this.#F[p * n + j]!;
        }
        sum += Math.abs(a);
      }
      most = Math.max(most, sum);
    }
    return most;
  }
}
