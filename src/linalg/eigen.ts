// Eigenvalues and eigenvectors of symmetric matrices.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption } from "../runtime/options.js";
import { room } from "../wasm/linalg.js";
import { room as spectral } from "../wasm/spectral.js";
import { checkOptions, checkSquare, type FactorOptions } from "./factor.js";
import {
  checkMatrixFinite,
  element,
  type Matrix,
  type MatrixLike,
  type Real,
  readMatrix,
  writeRows,
} from "./matrix.js";
import { choosePrecision, epsilon, vector } from "./precision.js";
import { notSymmetric } from "./refusals.js";
import { middleScale } from "./scaling.js";

export interface EigSymOptions extends FactorOptions {
  /** Default true; without vectors the values come several times faster. */
  vectors?: boolean | undefined;
  /** Refuses a matrix that is not symmetric to rounding (100 eps max |A|); default true. With false the lower triangle alone counts. */
  check?: boolean | undefined;
}

export interface EigSym<T extends Real = Float64Array> {
  /** Ascending. */
  readonly values: T;
  /** Column j belongs to values[j]; orthonormal. Empty (0 x 0) with `vectors: false`. */
  readonly vectors: Matrix<T>;
}

/** Rows up to this length stay in cache (measured). */
const SHORT = 64;

/**
 * A = V diag(values) V' of a symmetric A; computed in double precision, also for a Float32Array.
 *
 * @example
 * eigSym([[2, 1], [1, 2]]).values; // [1, 3]
 */
export function eigSym(A: Matrix<Float32Array>, o?: EigSymOptions): EigSym<Float32Array>;
export function eigSym(A: MatrixLike, o?: EigSymOptions): EigSym;
export function eigSym(A: MatrixLike, o: EigSymOptions = {}): EigSym<Real> {
  const where = "eigSym";
  checkOptions(where, o, ["vectors", "check"]);
  const s = readMatrix(where, "A", A);
  checkSquare(where, s);
  const precision = choosePrecision(where, o.dtype, A);
  checkMatrixFinite(where, "A", s, precision);
  const n = s.rows;
  const wanted = booleanOption(where, "vectors", o.vectors, true);
  const check = booleanOption(where, "check", o.check, true);
  // Rotations of short rows are applied as they come: the same bits, and less memory.
  const work = wanted && n > SHORT ? chosenRuntime(o.runtime).kernels(spectral).eigSymWork(n) / 8 : 0;
  const w = takeWorkspace(o.runtime, {
    key: `eigSym ${n} ${work}`,
    f64: { A: n * n, d: n, e: 2 * n, work },
  });
  try {
    const k = w.runtime.kernels(room);
    const a = w.f64.A as Float64Array;
    const d = w.f64.d as Float64Array;
    const [pa, pd, pe] = [w.at.A, w.at.d, w.at.e] as [number, number, number];
    writeRows(s, a);
    const largest = k.largestEntryF64(n, n, pa, n);
    const at = check ? k.asymmetryF64(n, pa, n, 100 * epsilon[precision] * largest) : -1;
    if (at >= 0) {
      const [i, j] = [Math.floor(at / n), at % n];
      throw notSymmetric(where, s.cols, i, j, element(s, i, j), element(s, j, i));
    }
    for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j]!;
    // Powers of two keep squares in range and round nothing.
    const scale = middleScale(largest, "f64");
    if (scale !== 1) for (let i = 0; i < a.length; i++) a[i] = a[i]! * scale;
    const failed = w.runtime.kernels(spectral).eigSym(n, pa, pd, pe, wanted, work > 0 ? w.at.work : 0);
    if (failed) {
      throw new DownhillError(
        "UNSUPPORTED",
        `${where}: eigenvalue ${failed - 1} did not settle in 60 sweeps`,
      );
    }
    const values = vector(n, precision);
    for (let i = 0; i < n; i++) values[i] = d[i]! / scale;
    const data = vector(wanted ? n * n : 0, precision);
    if (wanted) {
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j] = a[j * n + i]!;
    }
    const order = wanted ? n : 0;
    return { values, vectors: { rows: order, cols: order, data } };
  } finally {
    w.release();
  }
}
