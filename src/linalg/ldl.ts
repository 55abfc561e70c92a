// LDL' of symmetric matrices, definite or not, and the modified Cholesky factorisation built on it.

import { booleanOption, numberOption } from "../runtime/options.js";
import { scaleByPower } from "./determinant.js";
import { checkOptions, checkSquare, DenseFactor, type Factor, type FactorOptions, LDL } from "./factor.js";
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
import { notSymmetric, singular } from "./refusals.js";
import { copyArray } from "./vectors.js";

export interface LdlOptions extends FactorOptions {
  /** Refuses a matrix that is not symmetric to rounding (100 eps max |A|); default true. With false the lower triangle alone counts. */
  check?: boolean | undefined;
}

export interface ModifiedCholeskyOptions extends LdlOptions {
  /** Eigenvalues of D below this are raised to it; default sqrt(eps) |A|_inf, or 1 for A = 0. */
  delta?: number | undefined;
}

export interface LdlFactor<T extends Real = Float64Array> extends Factor<T> {
  readonly kind: "ldl" | "modifiedCholesky";
  /** Unit lower triangular. */
  readonly L: Matrix<T>;
  /** Blocks of order 1 and 2 on the diagonal. */
  readonly D: Matrix<T>;
  /** Row and column i of P A P' = L D L' are row and column perm[i] of A. */
  readonly perm: Int32Array;
  /** Signs of the eigenvalues of A itself. */
  readonly inertia: { readonly positive: number; readonly negative: number; readonly zero: number };
  /** Eigenvalues of D that were raised: 0 says that the factor is of A itself. */
  readonly modified: number;
  readonly det: number;
  /** ln |det|. */
  readonly logDet: number;
  /** Estimated 1 / (|A|_1 |A^-1|_1); 0 when D is singular. */
  readonly rcond: number;
}

const keys = ["check"] as const;

/**
 * P A P' = L D L' with rook pivoting. `solve` throws SINGULAR when D is singular.
 *
 * @example
 * const factor = ldl([[0, 1], [1, 0]]); // indefinite
 * factor.solve([2, 3]); // [3, 2]
 * factor.dispose();
 */
export function ldl(A: Matrix<Float32Array>, o?: LdlOptions): LdlFactor<Float32Array>;
export function ldl(A: MatrixLike, o?: LdlOptions): LdlFactor;
export function ldl(A: MatrixLike, o: LdlOptions = {}): LdlFactor<Real> {
  checkOptions("ldl", o, keys);
  return make("ldl", A, o, null);
}

/**
 * The positive definite A + E nearest to A that its LDL' gives: eigenvalues of D below delta are raised to delta
 * (Cheng and Higham 1998). E = 0 for a sufficiently positive definite A. Newton's methods step with `solve`.
 *
 * @example
 * const factor = modifiedCholesky([[1, 2], [2, 1]]); // eigenvalues 3 and -1
 * factor.solve([1, 1]); // a direction of descent
 * factor.dispose();
 */
export function modifiedCholesky(
  A: Matrix<Float32Array>,
  o?: ModifiedCholeskyOptions,
): LdlFactor<Float32Array>;
export function modifiedCholesky(A: MatrixLike, o?: ModifiedCholeskyOptions): LdlFactor;
export function modifiedCholesky(A: MatrixLike, o: ModifiedCholeskyOptions = {}): LdlFactor<Real> {
  checkOptions("modifiedCholesky", o, [...keys, "delta"]);
  return make(
    "modifiedCholesky",
    A,
    o,
    numberOption("modifiedCholesky", "delta", o.delta, 0, { min: 0, exclusive: true }),
  );
}

function make(where: "ldl" | "modifiedCholesky", A: MatrixLike, o: LdlOptions, delta: number | null) {
  const s = readMatrix(where, "A", A);
  checkSquare(where, s);
  checkMatrixFinite(where, "A", s, choosePrecision(where, o.dtype, A));
  return new DenseLdl<Real>(where, s, A, o, delta).start(s);
}

class DenseLdl<T extends Real> extends DenseFactor<T> implements LdlFactor<T> {
  readonly kind: "ldl" | "modifiedCholesky";
  readonly #n: number;
  readonly #check: boolean;
  /** Null: no modification; 0: the default. */
  readonly #delta: number | null;
  #norm = 0;
  #negative = 0;
  #zero = 0;
  #modified = 0;
  readonly #F: T;
  readonly #e: T;
  readonly #b: T;
  readonly #x: T;
  readonly #order: Int32Array;
  readonly #at: Readonly<Record<"F" | "e" | "b" | "x" | "work" | "perm", number>>;

  constructor(where: "ldl" | "modifiedCholesky", s: Source, A: unknown, o: LdlOptions, delta: number | null) {
    super(where, s, A, o);
    this.kind = where;
    const n = s.rows;
    this.#n = n;
    this.#check = booleanOption(where, "check", o.check, true);
    this.#delta = delta;
    const w = this.reserve({ F: n * n, e: n, b: n, x: n, work: 4 * n }, { perm: n });
    this.#F = this.view("F", n * n);
    this.#e = this.view("e", n);
    this.#b = this.view("b", n);
    this.#x = this.view("x", n);
    this.#order = w.i32.perm as Int32Array;
    this.#at = w.at as Record<"F" | "e" | "b" | "x" | "work" | "perm", number>;
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
    this.#load(this.readAgain(A));
    return this;
  }

  #load(s: Source): void {
    const n = this.#n;
    const k = this.k as Kernels;
    const { F, e, perm, work } = this.#at;
    writeRows(s, this.#F);
    const tolerance = 100 * epsilon[this.precision] * k.largestEntry(n, n, F, n);
    const at = this.#check ? k.asymmetry(n, F, n, tolerance) : -1;
    if (at >= 0) {
      const [row, col] = [Math.floor(at / n), at % n];
      this.failure = notSymmetric(this.where, s.cols, row, col, element(s, row, col), element(s, col, row));
      throw this.failure;
    }
    // The lower triangle counts, bit by bit.
    for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) this.#F[j * n + i] = this.#F[i * n + j]!;
    this.failure = null;
    this.#norm = k.norm1(n, n, F, n, work);
    k.ldl(n, F, n, e, perm);
    this.#negative = k.ldlNegative(n, F, n, e);
    this.#zero = 0;
    for (let i = 0; i < n; i++) if (this.#isZero(i)) this.#zero++;
    if (this.#delta === null) return;
    const least = Math.sqrt(epsilon[this.precision]) * this.#norm;
    this.#modified = k.ldlModify(n, F, n, e, this.#delta || least || 1);
  }

  /** Whether block i is of order 1 and zero. */
  #isZero(i: number): boolean {
    const paired = this.#e[i] !== 0 || (i > 0 && this.#e[i - 1] !== 0);
    return !paired && this.#F[i * this.#n + i] === 0;
  }

  protected solveInto(b: ArrayLike<number>, x: T): void {
    const n = this.#n;
    const k = this.k as Kernels;
    const { F, e, b: pb, x: px, work, perm } = this.#at;
    const failed = k.ldlSingular(n, F, n, e);
    if (failed) throw singular(this.where, failed - 1, 0);
    copyArray(b, this.#b, n);
    k.ldlSolve(n, F, n, e, perm, pb, px, work);
    copyArray(this.#x, x, n);
  }

  get inertia() {
    this.live();
    const [negative, zero] = [this.#negative, this.#zero];
    return { positive: this.#n - negative - zero, negative, zero };
  }

  get modified(): number {
    this.live();
    return this.#modified;
  }

  get perm(): Int32Array {
    this.live();
    return this.#order.slice();
  }

  get L(): Matrix<T> {
    this.live();
    const n = this.#n;
    const data = vector(n * n, this.precision) as T;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) data[i * n + j] = this.#F[i * n + j]!;
      data[i * n + i] = 1;
    }
    return { rows: n, cols: n, data };
  }

  get D(): Matrix<T> {
    this.live();
    const n = this.#n;
    const data = vector(n * n, this.precision) as T;
    for (let i = 0; i < n; i++) {
      data[i * n + i] = this.#F[i * n + i]!;
      const off = this.#e[i]!;
      if (off === 0) continue;
      data[i * n + i + 1] = off;
      data[(i + 1) * n + i] = off;
    }
    return { rows: n, cols: n, data };
  }

  /** One number a block: of a block [a b; b c] its determinant. */
  protected diagonal(): ArrayLike<number> {
    const n = this.#n;
    const out: number[] = [];
    for (let i = 0; i < n; i++) {
      const a = this.#F[i * n + i]!;
      const b = this.#e[i]!;
      if (b === 0) out.push(a);
      else {
        // b (a c / b - b), as two factors that stay in range.
        const c = this.#F[(i + 1) * n + i + 1]!;
        out.push(b, (a / b) * c - b);
        i++;
      }
    }
    return out;
  }

  get det(): number {
    const { mantissa, exponent } = this.product();
    return scaleByPower(mantissa, exponent);
  }

  get logDet(): number {
    return this.product().log;
  }

  get rcond(): number {
    this.live();
    const n = this.#n;
    const k = this.k as Kernels;
    const { F, e, perm, work } = this.#at;
    if (k.ldlSingular(n, F, n, e)) return 0;
    return k.condition(LDL, n, this.#norm, F, n, perm, e, work);
  }
}
