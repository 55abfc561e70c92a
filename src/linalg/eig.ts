// Eigenvalues and eigenvectors of matrices that need not be symmetric.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption } from "../runtime/options.js";
import { room } from "../wasm/spectral.js";
import { checkOptions, checkSquare, type FactorOptions } from "./factor.js";
import {
  checkMatrixFinite,
  type Matrix,
  type MatrixLike,
  type Real,
  readMatrix,
  writeRows,
} from "./matrix.js";
import { choosePrecision, vector } from "./precision.js";
import { largestOf, middleScale } from "./scaling.js";
import { checkResult } from "./vectors.js";

export interface EigOptions extends FactorOptions {
  /** Default true; without vectors the values come several times faster. */
  vectors?: boolean | undefined;
}

export interface Eig<T extends Real = Float64Array> {
  /** Real parts. */
  readonly re: T;
  /** Imaginary parts; a complex pair stands side by side, the positive one first. */
  readonly im: T;
  /**
   * Right eigenvectors as LAPACK gives them: where im[j] is 0, column j. Of a pair j, j + 1: column j is the real part and column
   * j + 1 the imaginary part of the vector of j; that of j + 1 is its conjugate. Each has length 1, its largest component real.
   * Absent with `vectors: false`.
   */
  readonly vectors?: Matrix<T>;
}

/**
 * The eigenvalues of a square matrix, and right eigenvectors: A v = (re + i im) v. Balanced, reduced to Hessenberg form, then
 * Francis's double-shift QR iteration (Golub and Van Loan, 4th ed., chapter 7). Computed in double precision, also for a
 * Float32Array. For symmetric matrices `eigSym` is faster and more accurate.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * eig([[0, -1], [1, 0]]); // { re: [0, 0], im: [1, -1], vectors }
 */
export function eig(A: Matrix<Float32Array>, o?: EigOptions): Eig<Float32Array>;
export function eig(A: MatrixLike, o?: EigOptions): Eig;
export function eig(A: MatrixLike, o: EigOptions = {}): Eig<Real> {
  const where = "eig";
  checkOptions(where, o, ["vectors"]);
  const s = readMatrix(where, "A", A);
  checkSquare(where, s);
  const precision = choosePrecision(where, o.dtype, A);
  checkMatrixFinite(where, "A", s, precision);
  const wanted = booleanOption(where, "vectors", o.vectors, true);
  const n = s.rows;
  const work = chosenRuntime(o.runtime).kernels(room).eigWork(n) / 8;
  const w = takeWorkspace(o.runtime, {
    key: `eig ${n} ${wanted}`,
    f64: { A: n * n, Z: wanted ? n * n : 0, re: n, im: n, work },
  });
  try {
    const k = w.runtime.kernels(room);
    const { at, f64 } = w;
    writeRows(s, f64.A);
    // Powers of two keep squares in range and round nothing.
    const scale = middleScale(largestOf(f64.A), "f64");
    if (scale !== 1) for (let i = 0; i < n * n; i++) f64.A[i] = f64.A[i]! * scale;
    const failed = k.eig(n, at.A, wanted ? at.Z : 0, at.re, at.im, at.work);
    if (failed)
      throw new DownhillError(
        "UNSUPPORTED",
        `${where}: eigenvalue ${failed - 1} did not settle in 60 sweeps`,
      );
    const [re, im] = [vector(n, precision), vector(n, precision)];
    for (let i = 0; i < n; i++) {
      re[i] = f64.re[i]! / scale;
      im[i] = f64.im[i]! / scale;
    }
    checkResult(where, re, "A");
    checkResult(where, im, "A");
    if (!wanted) return { re, im };
    const data = vector(n * n, precision);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j] = f64.Z[j * n + i]!;
    return { re, im, vectors: { rows: n, cols: n, data } };
  } finally {
    w.release();
  }
}
