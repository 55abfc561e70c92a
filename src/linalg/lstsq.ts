// Least squares by pivoted QR: min |A x - b|, the x of least norm when the columns depend on each other.

import { takeWorkspace } from "../runtime/default.js";
import { booleanOption, checkKeys, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { TRIANGLE } from "./factor.js";
import {
  checkMatrixFinite,
  type Matrix,
  type MatrixLike,
  type Real,
  readMatrix,
  writeColumns,
} from "./matrix.js";
import { choosePrecision, doubles, epsilon, kernelsOf, vector, view } from "./precision.js";
import { checkVector, copyArray } from "./vectors.js";

export interface LstsqOptions {
  /** Columns whose part independent of the others is below this share of the largest count as dependent; default max(m, n) eps. */
  tolerance?: number | undefined;
  /** One step of iterative refinement, with residuals in twice the precision; default true. */
  refine?: boolean | undefined;
  dtype?: "f64" | "f32" | undefined;
  runtime?: Runtime | undefined;
}

export interface LstsqResult<T extends Real = Float64Array> {
  readonly x: T;
  /** Columns that count as independent; the columns are scaled to about unit norm first. */
  readonly rank: number;
  /** |A x - b|, the 2-norm. */
  readonly residualNorm: number;
  /** Estimated 1 / (|R|_1 |R^-1|_1) of the column-scaled A = Q R; 0 when rank < min(m, n). */
  readonly rcond: number;
}

const keys = ["tolerance", "refine", "dtype", "runtime"] as const;

export function lstsq(
  A: Matrix<Float32Array>,
  b: ArrayLike<number>,
  o?: LstsqOptions,
): LstsqResult<Float32Array>;
export function lstsq(A: MatrixLike, b: ArrayLike<number>, o?: LstsqOptions): LstsqResult;
export function lstsq(A: MatrixLike, b: ArrayLike<number>, o: LstsqOptions = {}): LstsqResult<Real> {
  const where = "lstsq";
  checkKeys(where, o, keys);
  const source = readMatrix(where, "A", A);
  const { rows: m, cols: n } = source;
  const precision = choosePrecision(where, o.dtype, A);
  const tolerance = numberOption(where, "tolerance", o.tolerance, Math.max(m, n) * epsilon[precision], {
    min: 0,
    max: 1,
  });
  checkMatrixFinite(where, "A", source);
  checkVector(where, "b", b, m);
  const refine = booleanOption(where, "refine", o.refine, true);
  const steps = Math.min(m, n);
  const work = Math.max(m + 2 * n, n * steps + 3 * n, 4 * n);
  const size = (count: number) => doubles(count, precision);
  const w = takeWorkspace(o.runtime, {
    key: `lstsq ${precision} ${m} ${n} ${refine}`,
    f64: {
      A: size(m * n),
      given: refine ? size(m * n) : 0,
      scales: size(n),
      tau: size(steps),
      norms: size(2 * n),
      b: size(m),
      r: size(m),
      x: size(n),
      work: size(work),
    },
    i32: { perm: n },
  });
  try {
    const k = kernelsOf(w.runtime, precision);
    const {
      A: F,
      given,
      scales,
      tau,
      perm,
      norms,
      b: pb,
      r: pr,
      x: px,
      work: pw,
    } = w.at as Record<
      "A" | "given" | "scales" | "tau" | "perm" | "norms" | "b" | "r" | "x" | "work",
      number
    >;
    const columns = view(w, "A", m * n, precision);
    writeColumns(source, columns, m);
    if (refine) view(w, "given", m * n, precision).set(columns);
    const r = view(w, "r", m, precision);
    copyArray(b, r, m);
    if (refine) view(w, "b", m, precision).set(r);
    const x = view(w, "x", n, precision);
    x.fill(0);
    const rank = k.lstsqFactor(m, n, F, scales, tau, perm, norms, tolerance);
    k.lstsqSolve(m, n, rank, F, scales, tau, perm, pr, px, pw);
    if (refine && rank === n) k.lstsqRefine(m, n, given, F, scales, tau, perm, pb, px, pr, pw);
    const out = vector(n, precision);
    out.set(x);
    return {
      x: out,
      rank,
      residualNorm: k.nrm2(m, pr),
      rcond: rank < steps ? 0 : k.condition(TRIANGLE, rank, k.normR(rank, F, m), F, m, 0, 0, pw),
    };
  } finally {
    w.release();
  }
}
