// The singular value decomposition of larger matrices by way of a bidiagonal one: a quarter of the operations of Jacobi's method or fewer, most of
// them products of blocks. Its errors are roundings of the largest singular value.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/runtime.js";
import { room as linalg } from "../wasm/linalg.js";
import { room } from "../wasm/spectral.js";
import { element, type Matrix, type Source, writeColumns, writeRows } from "./matrix.js";
import { largestOf, powerBelow } from "./scaling.js";
import { newVector } from "./vectors.js";

/** From this order on (measured). */
const LARGE = 48;
/** Lengths of columns, and of rows, that differ by more than this promise small singular values to which Jacobi's method is truer. */
const GRADED = 256;

export interface Decomposition {
  readonly left: Matrix<Float64Array>;
  readonly s: Float64Array;
  readonly right: Matrix<Float64Array>;
}

/** Whether `bidiagonalSvd` is the method for this matrix. */
export function isLargeAndEven(source: Source): boolean {
  const { rows, cols } = source;
  if (Math.min(rows, cols) < LARGE) return false;
  const across = new Float64Array(rows);
  const down = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const size = Math.abs(element(source, i, j));
      if (size > across[i]!) across[i] = size;
      if (size > down[j]!) down[j] = size;
    }
  }
  return isEven(across) && isEven(down);
}

/** Of what is not 0, in the largest element. */
function isEven(sizes: Float64Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < sizes.length; i++) {
    const v = sizes[i]!;
    if (v > most) most = v;
    if (v > 0 && v < least) least = v;
  }
  return most / GRADED <= least;
}

/** Of A, or with `turned` of A', m x n with m >= n: A = Q R, R = U B V', and B's own. */
export function bidiagonalSvd(
  where: string,
  source: Source,
  turned: boolean,
  runtime: Runtime | undefined,
  vectors: boolean,
  full: boolean,
): Decomposition {
  const [m, n] = turned ? [source.cols, source.rows] : [source.rows, source.cols];
  const tall = m > n;
  const wide = !vectors ? 0 : full ? m : n;
  const own = chosenRuntime(runtime);
  const sizes = own.kernels(room);
  const work = Math.max(
    tall ? own.kernels(linalg).qrWorkF64(m, n) : 0,
    sizes.bidiagonalWork(n),
    vectors ? sizes.bidiagonalQRWork(n) : 0,
    vectors ? sizes.reflectionsWork(m, Math.max(wide, n)) : 0,
  );
  const ld = vectors ? n : 0;
  const w = takeWorkspace(runtime, {
    key: `svd ${m} ${n} ${vectors} ${full} by bidiagonals`,
    f64: {
      A: m * n,
      B: tall ? n * n : 0,
      U: vectors ? n * n : n,
      V: vectors ? n * n : n,
      left: tall ? wide * m : 0,
      d: n,
      e: n,
      tau: n,
      tauQ: n,
      tauP: n,
      work: Math.ceil(work / 8),
    },
  });
  try {
    const k = w.runtime.kernels(room);
    const { at, f64 } = w;
    const { A, B } = f64;
    if (tall === turned) writeRows(source, A);
    else writeColumns(source, A, m);
    const scale = 1 / powerBelow(largestOf(A));
    if (scale !== 1) for (let i = 0; i < A.length; i++) A[i] = A[i]! * scale;
    if (tall) {
      w.runtime.kernels(linalg).qrBlockedF64(m, n, at.A, m, at.tau, at.work);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) B[i * n + j] = j < i ? 0 : A[j * m + i]!;
    }
    k.bidiagonalise(n, tall ? at.B : at.A, at.U, at.V, ld, at.d, at.e, at.tauQ, at.tauP, at.work);
    if (vectors) {
      k.reflectRows(n, n, at.U, n, at.tauQ, n, at.U, n, true, at.work);
      // The reflectors of P begin one number later.
      const { V } = f64;
      V.fill(0, (n - 1) * n);
      k.reflectRows(n - 1, n - 1, at.V + 8, n, at.tauP, n - 1, at.V + 8, n, true, at.work);
      V.copyWithin(n, 0, (n - 1) * n);
      for (let j = 0; j < n; j++) V[j] = j === 0 ? 1 : 0;
    }
    const failed = k.bidiagonalQR(n, at.d, at.e, vectors ? at.U : 0, vectors ? at.V : 0, at.work);
    if (failed)
      throw new DownhillError(
        "UNSUPPORTED",
        `${where}: singular value ${failed - 1} did not settle in 60 sweeps`,
      );
    const { d } = f64;
    const order = Array.from(d.keys()).sort((a, b) => d[b]! - d[a]! || a - b);
    const s = Float64Array.from(order, (j) => d[j]! / scale);
    const none = { rows: 0, cols: 0, data: new Float64Array(0) };
    if (!vectors) return { left: none, s, right: none };
    const right = transposed(where, f64.V, n, n, order);
    if (!tall) return { left: transposed(where, f64.U, n, n, order), s, right };
    const { left, U } = f64;
    left.fill(0);
    for (let j = 0; j < wide; j++) {
      if (j < n) left.set(U.subarray(order[j]! * n, (order[j]! + 1) * n), j * m);
      else left[j * m + j] = 1;
    }
    k.reflectRows(m, n, at.A, m, at.tau, wide, at.left, m, false, at.work);
    return { left: transposed(where, left, wide, m), s, right };
  } finally {
    w.release();
  }
}

/** The rows of a count x n matrix, in this order, as columns. */
function transposed(
  where: string,
  rows: Float64Array,
  count: number,
  n: number,
  order?: number[],
): Matrix<Float64Array> {
  const data = newVector(where, n * count);
  for (let j = 0; j < count; j++) {
    const from = (order === undefined ? j : order[j]!) * n;
    for (let i = 0; i < n; i++) data[i * count + j] = rows[from + i]!;
  }
  return { rows: n, cols: count, data };
}
