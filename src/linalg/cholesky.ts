// Cholesky: A = L L' for symmetric positive definite A.

import { booleanOption } from "../runtime/options.js";
import type { Workspace } from "../runtime/workspace.js";
import { beside } from "./beside.js";
import { scaleByPower } from "./determinant.js";
import {
  CHOLESKY,
  checkOptions,
  checkSquare,
  DenseFactor,
  type Factor,
  type FactorOptions,
} from "./factor.js";
import {
  checkMatrixFinite,
  element,
  type Matrix,
  type MatrixLike,
  type Real,
  readMatrix,
  type Source,
  writeRows,
} from "./matrix.js";
import { choosePrecision, epsilon, type Kernels, vector } from "./precision.js";
import { notPositiveDefinite, notSymmetric } from "./refusals.js";
import { choleskySmall, choleskySolveSmall, SMALL } from "./small.js";
import { copyArray } from "./vectors.js";

export interface CholeskyOptions extends FactorOptions {
  /** Refuses a matrix that is not symmetric to rounding (100 eps max |A|); default true. With false the lower triangle alone counts. */
  check?: boolean | undefined;
}

export interface CholeskyFactor<T extends Real = Float64Array> extends Factor<T> {
  readonly kind: "cholesky";
  readonly L: Matrix<T>;
  readonly det: number;
  /** ln det. */
  readonly logDet: number;
  /** Estimated 1 / (|A|_1 |A^-1|_1). */
  readonly rcond: number;
}

/**
 * A = L L'. NOT_POSITIVE_DEFINITE with the 0-based index of the first pivot that is not positive.
 *
 * @example
 * const factor = cholesky([[4, 2], [2, 3]]);
 * factor.solve([2, 1]); // [0.5, 0]
 * factor.dispose();
 */
export function cholesky(A: Matrix<Float32Array>, o?: CholeskyOptions): CholeskyFactor<Float32Array>;
export function cholesky(A: MatrixLike, o?: CholeskyOptions): CholeskyFactor;
export function cholesky(A: MatrixLike, o: CholeskyOptions = {}): CholeskyFactor<Real> {
  checkOptions("cholesky", o, ["check"]);
  const s = readMatrix("cholesky", "A", A);
  checkSquare("cholesky", s);
  checkMatrixFinite("cholesky", "A", s, choosePrecision("cholesky", o.dtype, A));
  return new DenseCholesky<Real>(s, A, o).start(s);
}

class DenseCholesky<T extends Real> extends DenseFactor<T> implements CholeskyFactor<T> {
  readonly kind = "cholesky";
  readonly #n: number;
  readonly #check: boolean;
  readonly #small: boolean;
  readonly #F: T;
  readonly #x: T;
  readonly #atF: number = 0;
  readonly #atX: number = 0;
  readonly #atWork: number = 0;

  constructor(s: Source, A: unknown, o: CholeskyOptions) {
    super("cholesky", s, A, o);
    const n = s.rows;
    this.#n = n;
    this.#check = booleanOption("cholesky", "check", o.check, true);
    this.#small = n <= SMALL && this.precision === "f64";
    if (this.#small) {
      this.#F = new Float64Array(n * n) as T;
      this.#x = this.#F;
      return;
    }
    const work = this.numbers(this.kernelsNow().choleskyWork(n));
    const w = this.reserve({ F: n * n, x: n, work });
    this.#F = this.view("F", n * n);
    this.#x = this.view("x", n);
    this.#atF = w.at.F;
    this.#atX = w.at.x;
    this.#atWork = w.at.work;
  }

  start(s: Source): this {
    try {
      this.#load(s);
    } catch (error) {
      this.dispose();
      throw error;
    }
    return this;
  }

  refactor(A: MatrixLike): this {
    const data = this.quickly(A);
    const n = this.#n;
    if (data) this.#load({ rows: n, cols: n, flat: data, offset: 0, rowStride: n, colStride: 1 });
    else this.#load(this.readAgain(A));
    return this;
  }

  #load(s: Source): void {
    const n = this.#n;
    if (this.#small) {
      if (this.#check) checkSymmetric(s);
      if (s.colStride === 1 && s.offset === 0) copyArray(s.flat, this.#F, n * n);
      else writeRows(s, this.#F);
      if (!this.#check) this.#mirror();
      const failed = choleskySmall(n, this.#F as Float64Array);
      this.#conclude(failed);
      return;
    }
    const k = this.k as Kernels;
    writeRows(s, this.#F);
    if (!this.#check) this.#mirror();
    else {
      const tolerance = 100 * epsilon[this.precision] * k.largestEntry(n, n, this.#atF, n);
      const at = k.asymmetry(n, this.#atF, n, tolerance);
      if (at >= 0) {
        const [row, col] = [Math.floor(at / n), at % n];
        this.failure = notSymmetric("cholesky", s.cols, row, col, element(s, row, col), element(s, col, row));
        throw this.failure;
      }
    }
    this.#conclude(k.cholesky(n, this.#atF, n, this.#atWork));
  }

  /** The lower triangle onto the upper, which `rcond` reads. */
  #mirror(): void {
    const n = this.#n;
    for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) this.#F[j * n + i] = this.#F[i * n + j]!;
  }

  #conclude(failed: number): void {
    this.failure = failed ? notPositiveDefinite("cholesky", failed - 1) : null;
    if (this.failure) throw this.failure;
  }

  protected solveInto(b: ArrayLike<number>, x: T): void {
    const n = this.#n;
    if (this.#small) {
      copyArray(b, x, n);
      choleskySolveSmall(n, this.#F as Float64Array, x as Float64Array);
      return;
    }
    copyArray(b, this.#x, n);
    (this.k as Kernels).choleskySolve(n, this.#atF, n, this.#atX);
    copyArray(this.#x, x, n);
  }

  protected override solveMany(s: Source, count: number, x: T): void {
    const n = this.#n;
    if (this.#small || count < 4) {
      super.solveMany(s, count, x);
      return;
    }
    const work = this.numbers((this.k as Kernels).trsmWork(n, count));
    const { workspace, given, precision } = this;
    const factor = { workspace: workspace as Workspace, given, precision, F: this.#F, at: this.#atF };
    beside("cholesky", factor, n * count, work, (k, X, at, scratch, F) => {
      writeRows(s, X);
      k.trsm(false, false, false, n, count, F, n, at, count, scratch);
      k.trsm(false, true, false, n, count, F, n, at, count, scratch);
      x.set(X);
    });
  }

  get L(): Matrix<T> {
    this.live();
    const n = this.#n;
    const data = vector(n * n, this.precision) as T;
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) data[i * n + j] = this.#F[i * n + j]!;
    return { rows: n, cols: n, data };
  }

  protected diagonal(): ArrayLike<number> {
    return Float64Array.from({ length: this.#n }, (_, i) => this.#F[i * this.#n + i]!);
  }

  get det(): number {
    const { mantissa, exponent } = this.product();
    return scaleByPower(mantissa * mantissa, 2 * exponent);
  }

  get logDet(): number {
    return 2 * this.product().log;
  }

  get rcond(): number {
    this.live();
    const n = this.#n;
    return this.borrow({ F: n * n, work: 4 * n }, (w, k) => {
      const F = this.viewOf(w, "F", n * n);
      F.set(this.#F);
      const at = w.at.F;
      const work = w.at.work;
      return k.condition(CHOLESKY, n, this.#norm(), at, n, 0, 0, work);
    });
  }

  /** |A|_1: the factorisation leaves the strict upper triangle of A, and the diagonal is that of L L'. */
  #norm(): number {
    const n = this.#n;
    const F = this.#F;
    const sums = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let d = 0;
      for (let p = 0; p <= i; p++) d += F[i * n + p]! * F[i * n + p]!;
      sums[i] = sums[i]! + d;
      for (let j = i + 1; j < n; j++) {
        const a = Math.abs(F[i * n + j]!);
        sums[i] = sums[i]! + a;
        sums[j] = sums[j]! + a;
      }
    }
    return sums.reduce((most, v) => Math.max(most, v), 0);
  }
}

function checkSymmetric(s: Source): void {
  let largest = -1;
  for (let i = 1; i < s.rows; i++) {
    for (let j = 0; j < i; j++) {
      const a = element(s, i, j);
      const b = element(s, j, i);
      if (a === b) continue;
      if (largest < 0) largest = largestElement(s);
      if (Math.abs(a - b) > 100 * epsilon.f64 * largest) throw notSymmetric("cholesky", s.cols, j, i, b, a);
    }
  }
}

function largestElement(s: Source): number {
  let largest = 0;
  for (let i = 0; i < s.rows; i++)
    for (let j = 0; j < s.cols; j++) largest = Math.max(largest, Math.abs(element(s, i, j)));
  return largest;
}
