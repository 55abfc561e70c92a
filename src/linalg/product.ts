// Products, transposes and conversions of dense matrices.

import { takeWorkspace } from "../runtime/default.js";
import { booleanOption, checkArray, checkKeys, checkWritable, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { type DenseKernels, room } from "../wasm/dense.js";
import {
  element,
  isVector,
  type Matrix,
  type MatrixLike,
  precisionOf,
  type Real,
  readMatrix,
  shapeError,
  writeRows,
} from "./matrix.js";
import { choosePrecision, doubles, vector, view } from "./precision.js";
import { snapshot } from "./vectors.js";

export interface MatmulOptions {
  /** Takes the transpose of A, or of B, without forming it. */
  transposeA?: boolean | undefined;
  transposeB?: boolean | undefined;
  /** Where the product goes; may be A or B itself. Default: a new matrix. */
  out?: Matrix | undefined;
  dtype?: "f64" | "f32" | undefined;
  runtime?: Runtime | undefined;
}

const keys = ["transposeA", "transposeB", "out", "dtype", "runtime"] as const;

/**
 * A B; A x for a vector in place of B. NaN and Infinity in the factors come through as arithmetic has them.
 *
 * @throws SHAPE where the sizes do not fit, OPTION.
 * @example
 * matmul([[1, 2], [3, 4]], [1, 1]); // Float64Array [3, 7]
 */
export function matmul(A: Matrix<Float32Array>, x: ArrayLike<number>, o?: MatmulOptions): Float32Array;
export function matmul(A: MatrixLike, x: ArrayLike<number>, o?: MatmulOptions): Float64Array;
export function matmul(A: Matrix<Float32Array>, B: MatrixLike, o?: MatmulOptions): Matrix<Float32Array>;
export function matmul(A: MatrixLike, B: MatrixLike, o?: MatmulOptions): Matrix<Float64Array>;
export function matmul(
  A: MatrixLike,
  B: MatrixLike | ArrayLike<number>,
  o: MatmulOptions = {},
): Matrix | Real {
  const where = "matmul";
  checkKeys(where, o, keys);
  if (isVector(B)) return timesVector(A, B, o);
  const a = readMatrix(where, "A", A);
  const b = readMatrix(where, "B", B);
  const transA = booleanOption(where, "transposeA", o.transposeA, false);
  const transB = booleanOption(where, "transposeB", o.transposeB, false);
  const [m, inner] = transA ? [a.cols, a.rows] : [a.rows, a.cols];
  const [depth, n] = transB ? [b.cols, b.rows] : [b.rows, b.cols];
  if (inner !== depth) {
    throw shapeError(where, `A has ${inner} columns, but B has ${depth} rows`, { argument: "B" });
  }
  const precision = choosePrecision(where, o.dtype, A);
  if (o.out && (o.out.rows !== m || o.out.cols !== n)) {
    throw shapeError(where, `out is ${o.out.rows} x ${o.out.cols}, expected ${m} x ${n}`, {
      argument: "out",
    });
  }
  const data = o.out?.data ?? vector(m * n, precision);
  checkWritable(where, "out.data", data, m * n);
  const result = o.out ?? { rows: m, cols: n, data };
  if (m * n === 0) return result;
  const single = precision === "f32";
  const size = (count: number) => doubles(count, precision);
  const panel = (rows: number) => Math.ceil(rows / 8) * 8 * Math.min(inner, 256);
  const w = takeWorkspace(o.runtime, {
    key: `matmul ${precision} ${a.rows} ${a.cols} ${b.rows} ${b.cols}`,
    f64: {
      A: size(m * inner),
      B: size(inner * n),
      C: size(m * n),
      // One packed slice of each factor and a scratch tile: an upper bound of what gemmWork answers.
      work: size(panel(Math.min(m, 64)) + panel(Math.min(n, 512))) + 64,
    },
  });
  try {
    const k = w.runtime.kernels(room) as DenseKernels;
    writeRows(a, view(w, "A", m * inner, precision));
    writeRows(b, view(w, "B", inner * n, precision));
    const gemm = single ? k.gemmF32 : k.gemmF64;
    const { A: pa, B: pb, C: pc, work } = w.at as Record<"A" | "B" | "C" | "work", number>;
    gemm(m, n, inner, 1, pa, a.cols, transA, pb, b.cols, transB, 0, pc, n, work);
    data.set(view(w, "C", m * n, precision));
  } finally {
    w.release();
  }
  return result;
}

/** A x, or A'x with transposeA; each sum runs from the first column on. */
function timesVector(A: MatrixLike, x: ArrayLike<number>, o: MatmulOptions): Real {
  const where = "matmul";
  for (const option of ["transposeB", "out"] as const) {
    if (o[option] === undefined || o[option] === false) continue;
    throw optionError(where, option, o[option], "left out where B is a vector");
  }
  const s = readMatrix(where, "A", A);
  const turned = booleanOption(where, "transposeA", o.transposeA, false);
  const [m, n] = turned ? [s.cols, s.rows] : [s.rows, s.cols];
  const [step, next] = turned ? [s.colStride, s.rowStride] : [s.rowStride, s.colStride];
  checkArray(where, "B", x, n);
  const v = snapshot(where, x, (index) => ({ name: `B[${index}]`, details: { argument: "B", index } }), n);
  const y = vector(m, choosePrecision(where, o.dtype, A));
  const { flat, offset } = s;
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0, at = offset + i * step; j < n; j++, at += next) sum += flat[at]! * v[j]!;
    y[i] = sum;
  }
  return y;
}

/**
 * @example
 * toArray(transpose([[1, 2], [3, 4]])); // [[1, 3], [2, 4]]
 */
export function transpose(A: Matrix<Float32Array>): Matrix<Float32Array>;
export function transpose(A: MatrixLike): Matrix<Float64Array>;
export function transpose(A: MatrixLike): Matrix {
  const s = readMatrix("transpose", "A", A);
  const data = vector(s.rows * s.cols, precisionOf(A));
  for (let i = 0; i < s.rows; i++) {
    for (let j = 0; j < s.cols; j++) data[j * s.rows + i] = element(s, i, j);
  }
  return { rows: s.cols, cols: s.rows, data };
}

/**
 * Nested ordinary arrays, row by row.
 *
 * @example
 * toArray(matrix(2, 2, [1, 2, 3, 4])); // [[1, 2], [3, 4]]
 */
export function toArray(A: MatrixLike): number[][] {
  const s = readMatrix("toArray", "A", A);
  return Array.from({ length: s.rows }, (_, i) => Array.from({ length: s.cols }, (_, j) => element(s, i, j)));
}
