// solve for a sparse A: by sparseCholesky where A is definite, else by sparseLu, with the promise of the dense paths.

import { DownhillError } from "../runtime/errors.js";
import { inNameOf } from "../runtime/in-name-of.js";
import { optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { copySparse, csr, type SparseMatrix } from "./csr.js";
import { isVector, type Matrix, type MatrixLike, type Real, readMatrix, writeRows } from "./matrix.js";
import { ILL_CONDITIONED, illConditioned, singular } from "./refusals.js";
import { meanScales, scaleRows, symmetricScales } from "./scaling.js";
import type { SolveMethod, SolveOptions, SolveReport } from "./solve.js";
import { mayBeDefinite } from "./sparse-checks.js";
import type { SparseFactor } from "./sparse-factor.js";
import { sparseCholesky } from "./sparse-ldl.js";
import { sparseLu } from "./sparse-lu.js";
import { inverseNorm } from "./sparse-lu-space.js";
import type { SparseLuFactor } from "./sparse-lu-types.js";
import { checkResult } from "./vectors.js";

export function solveSparse(
  given: SparseMatrix,
  b: ArrayLike<number> | MatrixLike,
  o: SolveOptions,
): Real | Matrix | SolveReport<Real | Matrix> {
  const { method, dtype } = o;
  if (method !== undefined && method !== "auto")
    throw optionError("solve", "method", method, '"auto" for a sparse A, or take A.toDense()');
  if (dtype === "f32") throw optionError("solve", "dtype", dtype, '"f64" for a sparse A');
  const A = copySparse("solve", given);
  // Refusals are those of the factor, and its hints: they name what takes a sparse A.
  const answer = mayBeDefinite(A) && inNameOf("solve", "sparseCholesky", () => definite(A, b, o.runtime));
  if (answer) return o.report ? answer : answer.x;
  const inner = "sparseLu";
  return inNameOf("solve", inner, () => {
    const { factor, units } = bestFactor(A, o.runtime);
    try {
      const { rcond } = factor;
      if (rcond < LEAST) throw singular(inner, A.rows - 1, rcond);
      const x = isVector(b) ? factor.solve(times(b, units?.r)) : factor.solve(rowsTimes(b, units?.r));
      if (units) scaleRows("data" in x ? x.cols : 1, "data" in x ? x.data : x, units.c);
      checkResult(inner, "data" in x ? x.data : x);
      return o.report ? report(x, inner, rcond) : x;
    } finally {
      factor.dispose();
    }
  });
}

const LEAST = 2 ** -53;

function report<X>(x: X, method: SolveMethod, rcond: number): SolveReport<X> {
  const help = "better units of the unknowns, or lsqr with damp";
  return { x, method, rcond, warnings: rcond < ILL_CONDITIONED ? [illConditioned(rcond, help)] : [] };
}

/** By Cholesky's method: on grids a tenth of the work of LU, and less. Null where A is not definite, or nearly not. */
function definite(
  A: SparseMatrix,
  b: ArrayLike<number> | MatrixLike,
  runtime: Runtime | undefined,
): SolveReport<Real | Matrix> | null {
  const method = "sparseCholesky";
  let factor: SparseFactor | null = null;
  try {
    factor = sparseCholesky(A, { check: false, runtime });
    const rcond = rcondOf(A, factor);
    if (!(rcond >= LEAST)) return null;
    const x = isVector(b) ? factor.solve(b) : factor.solve(b);
    return ("data" in x ? x.data : x).every(Number.isFinite) ? report(x, method, rcond) : null;
  } catch (error) {
    const { code } = error as Partial<DownhillError>;
    if (code === "NOT_POSITIVE_DEFINITE" || code === "SINGULAR") return null;
    throw error;
  } finally {
    factor?.dispose();
  }
}

/** Estimated reciprocal 1-norm condition of S A S, whose rows are about 1. */
function rcondOf(A: SparseMatrix, factor: SparseFactor): number {
  const s = symmetricScales(A) ?? new Float64Array(A.rows).fill(1);
  let norm = 0;
  for (let i = 0; i < A.rows; i++) {
    let sum = 0;
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++)
      sum += Math.abs(A.values[k]!) * s[i]! * s[A.colIdx[k]!]!;
    norm = Math.max(norm, sum);
  }
  const inverse = inverseNorm(A.rows, (x) => {
    for (let i = 0; i < x.length; i++) x[i] = x[i]! / s[i]!;
    factor.solve(x, x);
    for (let i = 0; i < x.length; i++) x[i] = x[i]! / s[i]!;
  });
  return Math.min(1, 1 / norm / inverse);
}

/** The factor of A, or of A in other units where that is better conditioned. */
function bestFactor(
  A: SparseMatrix,
  runtime: Runtime | undefined,
): { factor: SparseLuFactor; units?: Units } {
  const first = factorOf(A, runtime);
  if (first instanceof DownhillError || first.rcond < LEAST) {
    const units = meanScales(A);
    const other = factorOf(scaled(A, units), runtime);
    if (!(other instanceof DownhillError)) {
      if (other.rcond >= LEAST) {
        if (!(first instanceof DownhillError)) first.dispose();
        return { factor: other, units };
      }
      other.dispose();
    }
  }
  if (first instanceof DownhillError) throw first;
  return { factor: first };
}

/** Or why there is none: an element can be lost, and a pivot 0, where numbers in large units stand beside it. */
function factorOf(A: SparseMatrix, runtime: Runtime | undefined): SparseLuFactor | DownhillError {
  try {
    return sparseLu(A, { runtime });
  } catch (error) {
    if (error instanceof DownhillError && error.code === "SINGULAR") return error;
    throw error;
  }
}

interface Units {
  readonly r: Float64Array;
  readonly c: Float64Array;
}

function scaled(A: SparseMatrix, { r, c }: Units): SparseMatrix {
  const values = A.values.slice();
  for (let i = 0; i < A.rows; i++)
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) values[k] = values[k]! * r[i]! * c[A.colIdx[k]!]!;
  return csr({ rows: A.rows, cols: A.cols, rowPtr: A.rowPtr, colIdx: A.colIdx, values });
}

const times = (b: ArrayLike<number>, r: Float64Array | undefined): ArrayLike<number> =>
  r ? Float64Array.from(b, (v, i) => v * r[i]!) : b;

function rowsTimes(B: MatrixLike, r: Float64Array | undefined): MatrixLike {
  if (!r) return B;
  const s = readMatrix("solve", "b", B);
  if (s.rows !== r.length) return B;
  const data = new Float64Array(s.rows * s.cols);
  writeRows(s, data);
  scaleRows(s.cols, data, r);
  return { rows: s.rows, cols: s.cols, data };
}
