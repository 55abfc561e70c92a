// The singular value decomposition, and what is read from it: the pseudo-inverse and a basis of the null space.

import { takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { room } from "../wasm/linalg.js";
import { room as spectral } from "../wasm/spectral.js";
import { checkOptions, type FactorOptions } from "./factor.js";
import {
  checkMatrixFinite,
  type Matrix,
  type MatrixLike,
  type Precision,
  type Real,
  readMatrix,
  type Source,
  shapeError,
  writeColumns,
  writeRows,
} from "./matrix.js";
import { choosePrecision, epsilon, vector } from "./precision.js";
import { largestOf, powerBelow } from "./scaling.js";
import { bidiagonalSvd, isLargeAndEven } from "./svd-large.js";
import { checkResult, newVector } from "./vectors.js";

export interface RankOptions extends FactorOptions {
  /** Singular values up to this share of the largest count as 0; default max(rows, cols) eps. */
  tolerance?: number | undefined;
}

export interface SvdOptions extends RankOptions {
  /** Default true; without vectors the values come faster, and U and V are empty (0 x 0). */
  vectors?: boolean | undefined;
  /** U and V square, completed to orthonormal bases; default false: as many columns as there are singular values. */
  full?: boolean | undefined;
}

export interface Svd<T extends Real = Float64Array> {
  /** rows x k, k = min(rows, cols); orthonormal columns. */
  readonly U: Matrix<T>;
  /** k numbers >= 0, descending. */
  readonly s: T;
  /** cols x k, orthonormal columns: A = U diag(s) V'. */
  readonly V: Matrix<T>;
  /** Singular values above tolerance s[0]. */
  readonly rank: number;
}

/**
 * A = U diag(s) V'. Where min(rows, cols) < 48, or the largest elements of two columns or of two rows are more than a factor of 256 apart: pivoted QR,
 * then one-sided Jacobi rotations of the transposed triangle (Drmač and Veselić 2008), which give small singular values to high
 * relative accuracy where the columns of A allow it. Otherwise by way of a bidiagonal matrix (Golub and Kahan 1965), several times
 * faster, with errors that are roundings of s[0]. Computed in double precision, also for a Float32Array.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * svd([[3, 0], [4, 5]]).s; // [sqrt(45), sqrt(5)]
 */
export function svd(A: Matrix<Float32Array>, o?: SvdOptions): Svd<Float32Array>;
export function svd(A: MatrixLike, o?: SvdOptions): Svd;
export function svd(A: MatrixLike, o: SvdOptions = {}): Svd<Real> {
  const where = "svd";
  checkOptions(where, o, ["tolerance", "vectors", "full"]);
  const vectors = booleanOption(where, "vectors", o.vectors, true);
  const full = booleanOption(where, "full", o.full, false);
  const parts = decompose(where, A, o, vectors, full);
  const { s, rank, precision } = parts;
  const cast = ({ rows, cols, data }: Matrix<Float64Array>): Matrix =>
    precision === "f64" ? { rows, cols, data } : { rows, cols, data: Float32Array.from(data) };
  const values = vector(s.length, precision);
  values.set(s);
  checkResult(where, values, "A");
  return { U: cast(parts.U), s: values, V: cast(parts.V), rank };
}

/**
 * The Moore-Penrose pseudo-inverse V diag(1 / s) U', with singular values up to tolerance s[0] left out: pinv(A) b is the
 * least squares solution of least norm. To solve systems, `lstsq` is faster.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * pinv([[1], [2]]); // 1 x 2: [0.2, 0.4]
 */
export function pinv(A: Matrix<Float32Array>, o?: RankOptions): Matrix<Float32Array>;
export function pinv(A: MatrixLike, o?: RankOptions): Matrix<Float64Array>;
export function pinv(A: MatrixLike, o: RankOptions = {}): Matrix {
  checkOptions("pinv", o, ["tolerance"]);
  const { U, s, V, rank, precision } = decompose("pinv", A, o, true, false);
  const [m, n, k] = [U.rows, V.rows, s.length];
  const data = vector(n * m, precision);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let p = 0; p < rank; p++) sum += (V.data[i * k + p]! / s[p]!) * U.data[j * k + p]!;
      data[i * m + j] = sum;
    }
  }
  checkResult("pinv", data, "A");
  return { rows: n, cols: m, data };
}

/**
 * An orthonormal basis, one vector a column, of the x with A x = 0: cols x (cols - rank).
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * nullSpace([[1, 1]]); // 2 x 1: [-0.707, 0.707], or its negative
 */
export function nullSpace(A: Matrix<Float32Array>, o?: RankOptions): Matrix<Float32Array>;
export function nullSpace(A: MatrixLike, o?: RankOptions): Matrix<Float64Array>;
export function nullSpace(A: MatrixLike, o: RankOptions = {}): Matrix {
  checkOptions("nullSpace", o, ["tolerance"]);
  const { V, rank, precision } = decompose("nullSpace", A, o, true, true);
  const [n, count] = [V.rows, V.rows - rank];
  const data = vector(n * count, precision);
  for (let i = 0; i < n; i++) for (let j = 0; j < count; j++) data[i * count + j] = V.data[i * n + rank + j]!;
  return { rows: n, cols: count, data };
}

interface Parts {
  readonly U: Matrix<Float64Array>;
  readonly s: Float64Array;
  readonly V: Matrix<Float64Array>;
  readonly rank: number;
  readonly precision: Precision;
}

/** Of columns beside a largest element of 1: the kernel leaves those alone whose squares lose digits. */
const NEGLIGIBLE = 2 ** -470;

function decompose(where: string, A: MatrixLike, o: RankOptions, vectors: boolean, full: boolean): Parts {
  const source = readMatrix(where, "A", A);
  const { rows, cols } = source;
  if (rows === 0 || cols === 0) throw shapeError(where, `A is ${rows} x ${cols}`, { argument: "A" });
  const precision = choosePrecision(where, o.dtype, A);
  checkMatrixFinite(where, "A", source, precision);
  const tolerance = numberOption(where, "tolerance", o.tolerance, Math.max(rows, cols) * epsilon[precision], {
    min: 0,
    max: 1,
  });
  // Of the transpose where that is the tall one.
  const turned = rows < cols;
  const method = isLargeAndEven(source) ? bidiagonalSvd : jacobi;
  const { left, s, right } = method(where, source, turned, o.runtime, vectors, full);
  let rank = 0;
  while (rank < s.length && s[rank]! > tolerance * s[0]!) rank++;
  return turned ? { U: right, s, V: left, rank, precision } : { U: left, s, V: right, rank, precision };
}

/** Of A, or with `turned` of A', which has m >= n: A P = Q R, R' V = X with orthogonal columns, A = (Q V) diag(s) (P X / s)'. */
function jacobi(
  where: string,
  source: Source,
  turned: boolean,
  runtime: Runtime | undefined,
  vectors: boolean,
  full: boolean,
) {
  const [m, n] = turned ? [source.cols, source.rows] : [source.rows, source.cols];
  const w = takeWorkspace(runtime, {
    key: `svd ${m} ${n} ${vectors}`,
    f64: { A: m * n, X: n * n, V: vectors ? n * n : 0, tau: n, norms: 2 * n, b: m, tau2: n },
    i32: { perm: n, order: n },
  });
  try {
    const k = w.runtime.kernels(room);
    const { at, f64, i32 } = w;
    const F = f64.A;
    // A row of A is a column of A'.
    if (turned) writeRows(source, F);
    else writeColumns(source, F, m);
    const scale = 1 / powerBelow(largestOf(F));
    if (scale !== 1) for (let i = 0; i < F.length; i++) F[i] = F[i]! * scale;
    k.qrFactorF64(m, n, n, at.A, m, at.tau, at.perm, at.norms, 1);
    const { X } = f64;
    X.fill(0);
    for (let j = 0; j < n; j++) for (let i = j; i < n; i++) X[j * n + i] = F[i * m + j]!;
    if (w.runtime.kernels(spectral).jacobiSvd(n, n, at.X, vectors ? at.V : 0, at.norms))
      throw new DownhillError("UNSUPPORTED", `${where}: the singular values did not settle in 60 sweeps`);
    const lengths = Float64Array.from({ length: n }, (_, j) => k.nrm2F64(n, at.X + 8 * n * j));
    const order = Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
    const s = Float64Array.from(order, (j) => lengths[j]! / scale);
    const none = { rows: 0, cols: 0, data: new Float64Array(0) };
    if (!vectors) return { left: none, s, right: none };
    const wide = full ? m : n;
    const left = newVector(where, m * wide);
    for (let j = 0; j < wide; j++) {
      f64.b.fill(0);
      if (j < n) f64.b.set(f64.V.subarray(order[j]! * n, (order[j]! + 1) * n));
      else f64.b[j] = 1;
      k.applyQF64(m, n, at.A, m, at.tau, at.b);
      for (let i = 0; i < m; i++) left[i * wide + j] = f64.b[i]!;
    }
    const basis = newVector(where, n * n);
    let count = 0;
    for (const [j, from] of order.entries()) {
      const length = lengths[from]!;
      if (length < NEGLIGIBLE) break;
      count++;
      for (let i = 0; i < n; i++) basis[j * n + i] = X[from * n + i]! / length;
    }
    if (count < n) {
      // Columns of length 0 have no direction, and those near it none that could be orthogonal: the basis is completed by a QR factorisation of what there is.
      X.set(basis);
      if (count > 0) k.qrFactorF64(n, count, count, at.X, n, at.tau2, at.order, at.norms, 0);
      for (let j = count; j < n; j++) {
        f64.b.fill(0);
        f64.b[j] = 1;
        k.applyQF64(n, count, at.X, n, at.tau2, at.b);
        basis.set(f64.b.subarray(0, n), j * n);
      }
    }
    const right = newVector(where, n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i32.perm[i]! * n + j] = basis[j * n + i]!;
    return { left: { rows: m, cols: wide, data: left }, s, right: { rows: n, cols: n, data: right } };
  } finally {
    w.release();
  }
}
