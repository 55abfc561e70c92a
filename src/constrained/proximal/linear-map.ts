// A linear map as the splitting methods need it: a matrix, a sparse matrix, or the two products as functions.

import { element, readMatrix } from "../../linalg/matrix.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { checkFinite } from "../../runtime/options.js";
import { norm2 } from "./operators.js";

/** Products with a matrix and with its transpose; both fill `out`. */
export interface MatrixFree {
  readonly rows: number;
  readonly cols: number;
  readonly apply: (x: Float64Array, out: Float64Array) => void;
  readonly adjoint: (y: Float64Array, out: Float64Array) => void;
}

interface Stored {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: ArrayLike<number>;
  readonly colIdx: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export const identity = (n: number, sign = 1): MatrixFree => ({
  rows: n,
  cols: n,
  apply: (x, out) => scaled(x, sign, out),
  adjoint: (y, out) => scaled(y, sign, out),
});

function scaled(x: Float64Array, by: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = by * x[i]!;
}

export function readMap(where: string, name: string, K: unknown): MatrixFree {
  if (typeof K === "object" && K !== null) {
    if ("apply" in K || "adjoint" in K) return readProducts(where, name, K as MatrixFree);
    if ("rowPtr" in K) return sparse(K as Stored);
  }
  const s = readMatrix(where, name, K);
  const { rows, cols } = s;
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[i * cols + j] = element(s, i, j);
  checkFinite(where, name, data);
  return {
    rows,
    cols,
    apply(x, out) {
      for (let i = 0; i < rows; i++) {
        let t = 0;
        for (let j = 0; j < cols; j++) t += data[i * cols + j]! * x[j]!;
        out[i] = t;
      }
    },
    adjoint(y, out) {
      out.fill(0);
      for (let i = 0; i < rows; i++) {
        const v = y[i]!;
        if (v !== 0) for (let j = 0; j < cols; j++) out[j]! += data[i * cols + j]! * v;
      }
    },
  };
}

function readProducts(where: string, name: string, K: MatrixFree): MatrixFree {
  const sized = Number.isInteger(K.rows) && Number.isInteger(K.cols) && K.rows > 0 && K.cols > 0;
  if (sized && typeof K.apply === "function" && typeof K.adjoint === "function") return K;
  throw new DownhillError(
    "OPTION",
    `${where}: ${name} must be a matrix or { rows, cols, apply, adjoint }, got ${quote(K)}`,
    {
      details: { option: name, value: K },
    },
  );
}

function sparse({ rows, cols, rowPtr, colIdx, values }: Stored): MatrixFree {
  return {
    rows,
    cols,
    apply(x, out) {
      for (let i = 0; i < rows; i++) {
        let t = 0;
        for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) t += values[k]! * x[colIdx[k]!]!;
        out[i] = t;
      }
    },
    adjoint(y, out) {
      out.fill(0);
      for (let i = 0; i < rows; i++)
        for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) out[colIdx[k]!]! += values[k]! * y[i]!;
    },
  };
}

/** A little more than |K|_2, by the power method. */
export function normOf(K: MatrixFree): number {
  const x = Float64Array.from({ length: K.cols }, (_, j) => 1 + ((j * 0.6180339887498949) % 1));
  const y = new Float64Array(K.rows);
  let size = 0;
  for (let k = 0; k < 100; k++) {
    const length = norm2(x);
    if (!(length > 0)) break;
    for (let j = 0; j < x.length; j++) x[j]! /= length;
    K.apply(x, y);
    K.adjoint(y, x);
    const next = Math.sqrt(norm2(x));
    const still = Math.abs(next - size) <= 1e-6 * next;
    size = next;
    if (still) break;
  }
  return 1.01 * size;
}
