// Sparse matrices by compressed rows: made from parts, triplets or a dense matrix; products.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, checkKeys, checkWritable } from "../runtime/options.js";
import {
  type CsrParts,
  checkSizes,
  copyFinite,
  copyIndices,
  newIntegers,
  type Rows,
  readRows,
} from "./csr-parts.js";
import {
  checkMatrixFinite,
  element,
  type Matrix,
  type MatrixLike,
  readMatrix,
  shapeError,
} from "./matrix.js";
import { checkVector, newVector } from "./vectors.js";

/** Row i has the columns colIdx[k] and values[k], rowPtr[i] <= k < rowPtr[i + 1], columns ascending. */
export interface SparseMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  readonly values: Float64Array;
  readonly nnz: number;
  /** A x. */
  multiply(x: ArrayLike<number>, out?: Float64Array): Float64Array;
  /** A'x. */
  multiplyTransposed(x: ArrayLike<number>, out?: Float64Array): Float64Array;
  toDense(): Matrix<Float64Array>;
}

export interface Triplets {
  readonly rows: number;
  readonly cols: number;
  readonly row: ArrayLike<number>;
  readonly col: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/**
 * A CSR matrix from its arrays, which are copied. SHAPE names the first index that is unsorted or out of range.
 *
 * @example
 * // [[1, 0], [2, 3]] row by row
 * csr({ rows: 2, cols: 2, rowPtr: [0, 1, 3], colIdx: [0, 0, 1], values: [1, 2, 3] }).nnz; // 3
 */
export function csr(parts: CsrParts): SparseMatrix {
  const where = "csr";
  if (Array.isArray(parts))
    throw new DownhillError(
      "OPTION",
      `${where}: the parts must be { rows, cols, rowPtr, colIdx, values }, got an array`,
      {
        hint: "csrFromDense takes a matrix that is written out, csrFromTriplets (row, col, value)",
      },
    );
  checkKeys(where, parts, ["rows", "cols", "rowPtr", "colIdx", "values"]);
  return make(readRows(where, parts));
}

/**
 * From (row, col, value) in any order; values at the same place are added.
 *
 * @example
 * // entries of one place add up
 * csrFromTriplets({ rows: 2, cols: 2, row: [0, 1, 1], col: [0, 1, 1], value: [1, 2, 3] }).toDense(); // [[1, 0], [0, 5]]
 */
export function csrFromTriplets(t: Triplets): SparseMatrix {
  const where = "csrFromTriplets";
  checkKeys(where, t, ["rows", "cols", "row", "col", "value"]);
  const { rows, cols } = t;
  checkSizes(where, rows, cols);
  checkArray(where, "row", t.row);
  checkArray(where, "col", t.col, t.row.length);
  checkArray(where, "value", t.value, t.row.length);
  const row = copyIndices(where, "row", t.row, rows);
  const col = copyIndices(where, "col", t.col, cols);
  const value = copyFinite(where, "value", t.value);
  const count = row.length;
  const start = newIntegers(where, rows + 1);
  for (let k = 0; k < count; k++) start[row[k]! + 1]!++;
  for (let i = 0; i < rows; i++) start[i + 1]! += start[i]!;
  const next = start.slice();
  const order = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const i = row[k]!;
    const at = next[i]!;
    order[at] = k;
    next[i] = at + 1;
  }
  const rowPtr = newIntegers(where, rows + 1);
  const colIdx = new Int32Array(count);
  const values = new Float64Array(count);
  let nnz = 0;
  for (let i = 0; i < rows; i++) {
    // Equal columns keep the order they came in, so the sums repeat.
    const entries = order.subarray(start[i], start[i + 1]).sort((a, b) => col[a]! - col[b]! || a - b);
    const first = nnz;
    for (const k of entries) {
      const j = col[k]!;
      if (nnz > first && colIdx[nnz - 1] === j) {
        values[nnz - 1] = values[nnz - 1]! + value[k]!;
        continue;
      }
      colIdx[nnz] = j;
      values[nnz++] = value[k]!;
    }
    rowPtr[i + 1] = nnz;
  }
  return make({ rows, cols, rowPtr, colIdx: colIdx.slice(0, nnz), values: values.slice(0, nnz) });
}

/**
 * The elements of a dense matrix that are not 0.
 *
 * @example
 * csrFromDense([[4, 0], [0, 3]]).nnz; // 2
 */
export function csrFromDense(A: MatrixLike): SparseMatrix {
  const where = "csrFromDense";
  const s = readMatrix(where, "A", A);
  const { rows, cols } = s;
  checkSizes(where, rows, cols);
  checkMatrixFinite(where, "A", s);
  const rowPtr = newIntegers(where, rows + 1);
  for (let i = 0; i < rows; i++) {
    let count = rowPtr[i]!;
    for (let j = 0; j < cols; j++) if (element(s, i, j) !== 0) count++;
    rowPtr[i + 1] = count;
  }
  const colIdx = newIntegers(where, rowPtr[rows]!);
  const values = newVector(where, rowPtr[rows]!);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const v = element(s, i, j);
      if (v === 0) continue;
      colIdx[k] = j;
      values[k++] = v;
    }
  }
  return make({ rows, cols, rowPtr, colIdx, values });
}

/** A sparse matrix that nobody else holds, its indices and numbers checked. */
export function copySparse(where: string, A: unknown): SparseMatrix {
  if (isSparse(A)) return make(readRows(where, A));
  throw shapeError(where, `A must be a sparse matrix (csr, csrFromTriplets), got ${quote(A)}`, {
    argument: "A",
  });
}

export function isSparse(A: unknown): A is SparseMatrix {
  return typeof A === "object" && A !== null && "rowPtr" in A && "colIdx" in A;
}

export function make({ rows, cols, rowPtr, colIdx, values }: Rows): SparseMatrix {
  const vector = (out: Float64Array | undefined, length: number) => {
    if (out === undefined) return newVector("multiply", length);
    checkWritable("multiply", "out", out, length);
    return out;
  };
  const aliased = (x: unknown, out: unknown) => {
    if (x === out) {
      throw new DownhillError("ALIASED", "multiply: out must not be x itself", {
        details: { argument: "out" },
      });
    }
  };
  return {
    rows,
    cols,
    rowPtr,
    colIdx,
    values,
    nnz: values.length,
    multiply(x, out) {
      const v = checkVector("multiply", "x", x, cols);
      aliased(x, out);
      const y = vector(out, rows);
      multiplyRows(rows, rowPtr, colIdx, values, v, y);
      return y;
    },
    multiplyTransposed(x, out) {
      const v = checkVector("multiplyTransposed", "x", x, rows);
      aliased(x, out);
      const y = vector(out, cols).fill(0);
      for (let i = 0; i < rows; i++) {
        const a = v[i]!;
        for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
          const j = colIdx[k]!;
          y[j] = y[j]! + a * values[k]!;
        }
      }
      return y;
    },
    toDense() {
      const data = newVector("toDense", rows * cols);
      for (let i = 0; i < rows; i++) {
        for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) data[i * cols + colIdx[k]!] = values[k]!;
      }
      return { rows, cols, data };
    },
  };
}

/** y = A x. One product in plain JavaScript is cheaper than a copy of A; the solvers keep theirs in WebAssembly. */
export function multiplyRows(
  rows: number,
  rowPtr: Int32Array,
  colIdx: Int32Array,
  values: Float64Array,
  x: ArrayLike<number>,
  y: Float64Array,
): void {
  let start = 0;
  for (let i = 0; i < rows; i++) {
    const end = rowPtr[i + 1]!;
    let s = 0;
    for (let k = start; k < end; k++) s += values[k]! * x[colIdx[k]!]!;
    y[i] = s;
    start = end;
  }
}
