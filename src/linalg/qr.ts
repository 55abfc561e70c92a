// Householder QR: A P = Q R for rows >= cols, blocked without pivoting, rank-revealing with it.

import { booleanOption } from "../runtime/options.js";
import { permutationSign, scaleByPower } from "./determinant.js";
import { checkOptions, DenseFactor, type Factor, type FactorOptions, TRIANGLE } from "./factor.js";
import {
  checkMatrixFinite,
  type Matrix,
  type MatrixLike,
  type Real,
  readMatrix,
  type Source,
  shapeError,
  writeColumns,
} from "./matrix.js";
import { choosePrecision, epsilon, type Kernels, vector } from "./precision.js";
import { singular } from "./refusals.js";
import { sortRows } from "./scaling.js";
import { copyArray } from "./vectors.js";

export interface QrOptions extends FactorOptions {
  /** Takes the column with the largest remaining norm next, which reveals the rank; default false. */
  pivot?: boolean | undefined;
}

export interface QrFactor<T extends Real = Float64Array> extends Factor<T> {
  readonly kind: "qr";
  /** rows x cols, orthonormal columns. */
  readonly Q: Matrix<T>;
  /** cols x cols, upper triangular. */
  readonly R: Matrix<T>;
  /** Column j of A P is column perm[j] of A. */
  readonly perm: Int32Array;
  /** Diagonal elements of R above max(rows, cols) eps |R[0][0]|; only with `pivot` a safe measure of the rank. */
  readonly rank: number;
  /** Of a square A. */
  readonly det: number;
  /** ln |det| of a square A. */
  readonly logDet: number;
  /** Estimated 1 / (|R|_1 |R^-1|_1). */
  readonly rcond: number;
}

/**
 * A P = Q R; rows of mixed units are eliminated in order of size, so that none loses digits (Cox and Higham 1998). `solve` gives the least squares solution; SINGULAR there when R is, or with `pivot` when rank < cols.
 *
 * @example
 * const factor = qr([[1, 0], [1, 1], [1, 2]]);
 * factor.solve([1, 3, 5]); // [1, 2]: least squares
 * factor.dispose();
 */
export function qr(A: Matrix<Float32Array>, o?: QrOptions): QrFactor<Float32Array>;
export function qr(A: MatrixLike, o?: QrOptions): QrFactor;
export function qr(A: MatrixLike, o: QrOptions = {}): QrFactor<Real> {
  checkOptions("qr", o, ["pivot"]);
  const s = readMatrix("qr", "A", A);
  if (s.rows < s.cols || s.cols === 0) {
    const wanted = s.cols === 0 ? "at least one column" : "at least as many rows as columns";
    throw shapeError("qr", `A is ${s.rows} x ${s.cols}, expected ${wanted}`, { argument: "A" });
  }
  checkMatrixFinite("qr", "A", s, choosePrecision("qr", o.dtype, A));
  return new DenseQr<Real>(s, A, o).start(s);
}

class DenseQr<T extends Real> extends DenseFactor<T> implements QrFactor<T> {
  readonly kind = "qr";
  readonly #pivot: boolean;
  readonly #F: T;
  readonly #tau: T;
  readonly #b: T;
  readonly #order: Int32Array;
  /** Row i of what is factored is row #rows[i] of A; null: as given. */
  #rows: Int32Array | null = null;
  readonly #at: Readonly<Record<"F" | "tau" | "b" | "work" | "perm", number>>;

  constructor(s: Source, A: unknown, o: QrOptions) {
    super("qr", s, A, o);
    const { rows: m, cols: n } = s;
    this.#pivot = booleanOption("qr", "pivot", o.pivot, false);
    const work = Math.max(4 * n, this.numbers(this.kernelsNow().qrWork(m, n)));
    const w = this.reserve({ F: m * n, tau: n, b: m, work }, { perm: n });
    this.#F = this.view("F", m * n);
    this.#tau = this.view("tau", n);
    this.#b = this.view("b", m);
    this.#order = w.i32.perm as Int32Array;
    this.#at = w.at as Record<"F" | "tau" | "b" | "work" | "perm", number>;
  }

  start(s: Source): this {
    const { rows: m, cols: n } = this;
    const k = this.k as Kernels;
    const { F, tau, perm, work } = this.#at;
    writeColumns(s, this.#F, m);
    this.#rows = sortRows(m, n, this.#F);
    if (this.#pivot) {
      k.qrFactor(m, n, n, F, m, tau, perm, work, 1);
    } else {
      for (let j = 0; j < n; j++) this.#order[j] = j;
      k.qrBlocked(m, n, F, m, tau, work);
    }
    this.failure = null;
    return this;
  }

  refactor(A: MatrixLike): this {
    return this.start(this.readAgain(A));
  }

  /** Index of the first diagonal element that rules a solve out, or -1. */
  #negligible(): number {
    const { rows: m, cols: n } = this;
    if (this.#pivot) return this.rank < n ? this.rank : -1;
    for (let j = 0; j < n; j++) if (!(Math.abs(this.#F[j * m + j]!) > 0)) return j;
    return -1;
  }

  protected solveInto(b: ArrayLike<number>, x: T): void {
    const { rows: m, cols: n } = this;
    const bad = this.#negligible();
    if (bad >= 0) throw singular("qr", bad, this.#pivot ? this.rcond : 0);
    const k = this.k as Kernels;
    const { F, tau, b: pb } = this.#at;
    const rows = this.#rows;
    if (rows) for (let i = 0; i < m; i++) this.#b[i] = b[rows[i]!]!;
    else copyArray(b, this.#b, m);
    k.applyQT(m, n, F, m, tau, pb);
    k.solveR(n, F, m, pb);
    for (let j = 0; j < n; j++) x[this.#order[j]!] = this.#b[j]!;
  }

  get perm(): Int32Array {
    this.live();
    return this.#order.slice();
  }

  get rank(): number {
    this.live();
    const { rows: m, cols: n } = this;
    return (this.k as Kernels).qrRank(m, n, this.#at.F, m, Math.max(m, n) * epsilon[this.precision]);
  }

  get R(): Matrix<T> {
    this.live();
    const { rows: m, cols: n } = this;
    const data = vector(n * n, this.precision) as T;
    for (let j = 0; j < n; j++) for (let i = 0; i <= j; i++) data[i * n + j] = this.#F[j * m + i]!;
    return { rows: n, cols: n, data };
  }

  get Q(): Matrix<T> {
    this.live();
    const { rows: m, cols: n } = this;
    const k = this.k as Kernels;
    const data = vector(m * n, this.precision) as T;
    for (let j = 0; j < n; j++) {
      this.#b.fill(0);
      this.#b[j] = 1;
      k.applyQ(m, n, this.#at.F, m, this.#at.tau, this.#at.b);
      for (let i = 0; i < m; i++) data[(this.#rows?.[i] ?? i) * n + j] = this.#b[i]!;
    }
    return { rows: m, cols: n, data };
  }

  protected diagonal(): ArrayLike<number> {
    const { rows: m, cols: n } = this;
    if (m !== n) throw shapeError("qr", `A is ${m} x ${n}: only a square matrix has a determinant`);
    return Float64Array.from({ length: n }, (_, j) => this.#F[j * m + j]!);
  }

  get det(): number {
    const { mantissa, exponent } = this.product();
    let sign = permutationSign(this.#order);
    if (this.#rows) sign *= permutationSign(this.#rows);
    for (const t of this.#tau) if (t !== 0) sign = -sign;
    return sign * scaleByPower(mantissa, exponent);
  }

  get logDet(): number {
    return this.product().log;
  }

  get rcond(): number {
    this.live();
    const { rows: m, cols: n } = this;
    const k = this.k as Kernels;
    const { F, work } = this.#at;
    return k.condition(TRIANGLE, n, k.normR(n, F, m), F, m, 0, 0, work);
  }
}
