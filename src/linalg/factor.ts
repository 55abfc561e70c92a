// What all factor objects share: owned memory, the states live, failed and disposed, right-hand sides in and
// solutions out, determinants.

import { checkRuntime, chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, checkWritable } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { room } from "../wasm/linalg.js";
import {
  checkMatrixFinite,
  isVector,
  type Matrix,
  type MatrixLike,
  type Precision,
  type Real,
  readMatrix,
  type Source,
  shapeError,
  writeRows,
} from "./matrix.js";
import { choosePrecision, doubles, type Kernels, kernelsOf, vector, view } from "./precision.js";
import { checkResult, checkVector, copyArray, finite64 } from "./vectors.js";

export interface FactorOptions {
  /** Default: f32 when A's data is a Float32Array, else f64. */
  dtype?: Precision | undefined;
  runtime?: Runtime | undefined;
}

export const factorKeys = ["dtype", "runtime"] as const;

/** A matrix in factors. It owns memory until `dispose()`; everything it hands out is an ordinary array. */
export interface Factor<T extends Real = Float64Array> extends Disposable {
  readonly kind: "cholesky" | "lu" | "qr" | "ldl" | "modifiedCholesky";
  readonly rows: number;
  readonly cols: number;
  /** The x of A x = b (of least squares, for a QR with rows > cols). `out` may be b itself. */
  solve(b: ArrayLike<number>, out?: T): T;
  /** Many right-hand sides, the columns of B. */
  solve(B: MatrixLike, out?: Matrix<T>): Matrix<T>;
  /** Factors another matrix of this shape in the same memory. After a failure `solve` throws until one succeeds. */
  refactor(A: MatrixLike): this;
  dispose(): void;
}

/** The numbers of assembly/linalg/condition.ts. */
export const TRIANGLE = 0;
export const CHOLESKY = 1;
export const LU = 2;
export const LDL = 3;

export function checkOptions(where: string, o: object, extra: readonly string[] = []): void {
  checkKeys(where, o, [...extra, ...factorKeys]);
  checkRuntime((o as FactorOptions).runtime);
}

/** SHAPE unless the matrix is square with at least one row. */
export function checkSquare(where: string, { rows, cols }: Source): void {
  if (rows !== cols) throw shapeError(where, `A must be square, got ${rows} x ${cols}`, { argument: "A" });
  if (rows === 0) throw shapeError(where, "A has no rows", { argument: "A" });
}

export abstract class DenseFactor<T extends Real> implements Disposable {
  readonly rows: number;
  readonly cols: number;
  readonly precision: Precision;
  protected readonly doubles: boolean;
  protected readonly where: string;
  protected readonly given: Runtime | undefined;
  /** Null once disposed, or where the twin in plain JavaScript needs none. */
  protected workspace: Workspace | null = null;
  protected k: Kernels | null = null;
  /** Why the last factorisation failed. */
  protected failure: DownhillError | null = null;
  #disposed = false;

  protected constructor(where: string, s: Source, A: unknown, o: FactorOptions) {
    this.where = where;
    this.rows = s.rows;
    this.cols = s.cols;
    this.precision = choosePrecision(where, o.dtype, A);
    this.doubles = this.precision === "f64";
    this.given = o.runtime;
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  /** Memory for vectors of these lengths, counted in numbers of this precision. */
  protected reserve<N extends string, I extends string = never>(
    vectors: Readonly<Record<N, number>>,
    i32?: Readonly<Record<I, number>>,
  ): Workspace<N, never, I> {
    const key = `${this.where} ${this.precision} ${this.rows} x ${this.cols}`;
    const f64 = this.#inDoubles(vectors);
    const w = takeWorkspace<N, never, I>(this.given, { key, f64, ...(i32 ? { i32 } : {}) });
    this.workspace = w;
    this.k = kernelsOf(w.runtime, this.precision);
    return w;
  }

  #inDoubles<N extends string>(vectors: Readonly<Record<N, number>>): Record<N, number> {
    const f64 = {} as Record<N, number>;
    for (const name in vectors) f64[name] = doubles(vectors[name], this.precision);
    return f64;
  }

  protected view(name: string, length: number): T {
    return this.viewOf(this.workspace as Workspace, name, length);
  }

  protected viewOf<N extends string>(w: Workspace<N, never, never>, name: N, length: number): T {
    return view(w, name, length, this.precision) as T;
  }

  /** The kernels before there is a workspace, to ask for sizes. */
  protected kernelsNow(): Kernels {
    return kernelsOf(chosenRuntime(this.given), this.precision);
  }

  /** Numbers that hold so many bytes. */
  protected numbers(bytes: number): number {
    return Math.ceil(bytes / (this.precision === "f64" ? 8 : 4));
  }

  /** Workspace of one call, given back after it. */
  protected borrow<N extends string, R>(
    vectors: Readonly<Record<N, number>>,
    use: (w: Workspace<N, never, never>, k: Kernels) => R,
  ): R {
    let key = `${this.where} ${this.precision}`;
    for (const name in vectors) key += ` ${name} ${vectors[name]}`;
    const f64 = this.#inDoubles(vectors);
    const w = takeWorkspace(this.workspace?.ownsRuntime ? undefined : this.given, { key, f64 });
    try {
      return use(w, kernelsOf(w.runtime, this.precision));
    } finally {
      w.release();
    }
  }

  /** DISPOSED, or the failure of the last factorisation. */
  protected live(): void {
    if (this.#disposed || this.workspace?.runtime.disposed)
      throw new DownhillError("DISPOSED", `this ${this.where} factor was disposed`);
    if (this.failure) throw this.failure;
  }

  protected alive(): void {
    const failure = this.failure;
    this.failure = null;
    try {
      this.live();
    } finally {
      this.failure = failure;
    }
  }

  /** The elements of a plain matrix of doubles to refactor, where the state allows it; null sends it the long way. */
  protected quickly(A: MatrixLike): Float64Array | null {
    if (!this.doubles || this.#disposed || this.workspace?.runtime.disposed) return null;
    return quickData(A, this.rows);
  }

  /** A matrix to refactor: of the factor's shape and finite, before anything is overwritten. */
  protected readAgain(A: MatrixLike): Source {
    this.alive();
    const s = readMatrix(this.where, "A", A);
    if (s.rows !== this.rows || s.cols !== this.cols) {
      const expected = `${this.rows} x ${this.cols}`;
      throw shapeError(this.where, `A is ${s.rows} x ${s.cols}, expected ${expected}`, { argument: "A" });
    }
    checkMatrixFinite(this.where, "A", s, this.precision);
    return s;
  }

  solve(b: ArrayLike<number>, out?: T): T;
  solve(B: MatrixLike, out?: Matrix<T>): Matrix<T>;
  solve(b: ArrayLike<number> | MatrixLike, out?: T | Matrix<T>): T | Matrix<T> {
    if (b instanceof Float64Array && out instanceof Float64Array && this.#quick(b, out)) {
      this.solveDoubles(b, out);
      return out as T;
    }
    this.live();
    if (isVector(b)) return this.solveVector(b, out as T | undefined);
    return this.#solveMatrix(b, out as Matrix<T> | undefined);
  }

  /** Whether everything is as the shortest way needs it: doubles, lengths, state. */
  #quick(b: Float64Array, out: Float64Array): boolean {
    return (
      this.doubles &&
      b.length === this.rows &&
      out.length === this.cols &&
      !this.#disposed &&
      this.failure === null &&
      (this.workspace === null || !this.workspace.runtime.disposed) &&
      finite64(b)
    );
  }

  /** solveInto where all arrays are doubles. */
  protected solveDoubles(b: Float64Array, x: Float64Array): void {
    this.solveInto(b, x as T);
  }

  protected solveVector(b: ArrayLike<number>, out: T | undefined): T {
    const right = checkVector(this.where, "b", b, this.rows, this.precision);
    const x = this.result(out);
    this.solveInto(right, x);
    if (!this.doubles) checkResult(this.where, x);
    return x;
  }

  /** The caller's array, or a new one. */
  protected result(out: T | undefined): T {
    if (out === undefined) return vector(this.cols, this.precision) as T;
    checkWritable(this.where, "out", out, this.cols);
    return out;
  }

  #solveMatrix(B: MatrixLike, out: Matrix<T> | undefined): Matrix<T> {
    const s = readMatrix(this.where, "b", B);
    const { rows: m, cols: n } = this;
    if (s.rows !== m)
      throw shapeError(this.where, `b has ${s.rows} rows, expected ${m}`, { argument: "b", expected: m });
    checkMatrixFinite(this.where, "b", s, this.precision);
    const count = s.cols;
    if (out && (out.rows !== n || out.cols !== count)) {
      throw shapeError(this.where, `out is ${out.rows} x ${out.cols}, expected ${n} x ${count}`, {
        argument: "out",
      });
    }
    const data = out?.data ?? (vector(n * count, this.precision) as T);
    checkWritable(this.where, "out.data", data, n * count);
    if (count > 0) this.solveMany(s, count, data);
    if (!this.doubles) checkResult(this.where, data);
    return out ?? { rows: n, cols: count, data };
  }

  /** Column by column; the kinds with a blocked solve do better. */
  protected solveMany(s: Source, count: number, x: T): void {
    const B = vector(s.rows * count, this.precision);
    writeRows(s, B);
    const b = vector(s.rows, this.precision);
    const one = vector(this.cols, this.precision) as T;
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < s.rows; i++) b[i] = B[i * count + j]!;
      this.solveInto(b, one);
      for (let i = 0; i < this.cols; i++) x[i * count + j] = one[i]!;
    }
  }

  /** Solves for a checked b; b and x may be the same array. */
  protected abstract solveInto(b: ArrayLike<number>, x: T): void;

  /** Numbers whose product is the determinant up to `permutation sign`. */
  protected abstract diagonal(): ArrayLike<number>;

  protected product(): { mantissa: number; exponent: number; log: number } {
    this.live();
    const d = this.diagonal();
    const n = d.length;
    const w = takeWorkspace(this.workspace?.ownsRuntime ? undefined : this.given, {
      key: `det ${n}`,
      f64: { d: n, pair: 2 },
    });
    try {
      const k = w.runtime.kernels(room);
      copyArray(d, w.f64.d, n);
      k.scaledProductF64(n, w.at.d, 1, w.at.pair);
      const { pair } = w.f64;
      return { mantissa: pair[0]!, exponent: pair[1]!, log: k.logScaled(w.at.pair) };
    } finally {
      w.release();
    }
  }

  /** Gives the memory back. A second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.workspace?.release();
    this.workspace = null;
  }

  protected get disposed(): boolean {
    return this.#disposed;
  }
}

/** Whether a plain f64 matrix of this order came, checked to be finite: the quick way in for small systems. */
export function quickData(A: MatrixLike, n: number): Float64Array | null {
  const { rows, cols, data } = A as Matrix<Float64Array>;
  if (rows !== n || cols !== n || !(data instanceof Float64Array) || data.length !== n * n) return null;
  return finite64(data) ? data : null;
}
