// Sparse matrices by compressed rows: validation, making from triplets, products.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, checkKeys } from "../runtime/options.js";
import { checkSize, type Matrix, shapeError } from "./matrix.js";
import { checkVector } from "./vectors.js";

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

export interface CsrParts {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: ArrayLike<number>;
  readonly colIdx: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface Triplets {
  readonly rows: number;
  readonly cols: number;
  readonly row: ArrayLike<number>;
  readonly col: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

function sizes(where: string, rows: unknown, cols: unknown): void {
  checkSize(where, "rows", rows);
  checkSize(where, "cols", cols);
  // Columns become byte offsets of 32 bits.
  if (cols >= 2 ** 28) throw shapeError(where, `cols must be below 2^28, got ${cols}`, { argument: "cols" });
}

function indexError(where: string, argument: string, index: number, message: string): DownhillError {
  return shapeError(where, `${argument}[${index}] ${message}`, { argument, index });
}

function finite(where: string, argument: string, values: ArrayLike<number>): void {
  for (let k = 0; k < values.length; k++) {
    if (Number.isFinite(values[k])) continue;
    throw new DownhillError(
      "NON_FINITE_INPUT",
      `${where}: ${argument}[${k}] is ${quote(values[k])}, expected a finite number`,
      { details: { argument, index: k, value: values[k] } },
    );
  }
}

/** A CSR matrix from its arrays, which are copied. SHAPE names the first index that is unsorted or out of range. */
export function csr(parts: CsrParts): SparseMatrix {
  const where = "csr";
  checkKeys(where, parts, ["rows", "cols", "rowPtr", "colIdx", "values"]);
  const { rows, cols, rowPtr, colIdx, values } = parts;
  sizes(where, rows, cols);
  checkArray(where, "rowPtr", rowPtr, rows + 1);
  checkArray(where, "colIdx", colIdx);
  checkArray(where, "values", values, colIdx.length);
  if (rowPtr[0] !== 0) throw indexError(where, "rowPtr", 0, `is ${quote(rowPtr[0])}, expected 0`);
  for (let i = 0; i < rows; i++) {
    const [start, end] = [rowPtr[i] as number, rowPtr[i + 1] as number];
    if (Number.isInteger(end) && end >= start && end <= colIdx.length) continue;
    const range = `expected an integer from ${start} to ${colIdx.length}`;
    throw indexError(where, "rowPtr", i + 1, `is ${quote(end)}, ${range}`);
  }
  if (rowPtr[rows] !== colIdx.length) {
    throw indexError(where, "rowPtr", rows, `is ${rowPtr[rows]}, expected the ${colIdx.length} entries`);
  }
  for (let i = 0; i < rows; i++) {
    let last = -1;
    for (let k = rowPtr[i] as number; k < (rowPtr[i + 1] as number); k++) {
      const j = colIdx[k] as number;
      if (!Number.isInteger(j) || j < 0 || j >= cols)
        throw indexError(where, "colIdx", k, `is ${quote(j)}, expected an integer from 0 to ${cols - 1}`);
      if (j <= last)
        throw indexError(where, "colIdx", k, `is ${j} after ${last}: columns must ascend in row ${i}`);
      last = j;
    }
  }
  finite(where, "values", values);
  return make(rows, cols, new Int32Array(rowPtr), new Int32Array(colIdx), new Float64Array(values));
}

/** From (row, col, value) in any order; values at the same place are added. */
export function csrFromTriplets(t: Triplets): SparseMatrix {
  const where = "csrFromTriplets";
  checkKeys(where, t, ["rows", "cols", "row", "col", "value"]);
  const { rows, cols, row, col, value } = t;
  sizes(where, rows, cols);
  checkArray(where, "row", row);
  checkArray(where, "col", col, row.length);
  checkArray(where, "value", value, row.length);
  const count = row.length;
  const start = new Int32Array(rows + 1);
  for (let k = 0; k < count; k++) {
    const [i, j] = [row[k] as number, col[k] as number];
    if (!Number.isInteger(i) || i < 0 || i >= rows)
      throw indexError(where, "row", k, `is ${quote(i)}, expected an integer from 0 to ${rows - 1}`);
    if (!Number.isInteger(j) || j < 0 || j >= cols)
      throw indexError(where, "col", k, `is ${quote(j)}, expected an integer from 0 to ${cols - 1}`);
    start[i + 1] = (start[i + 1] as number) + 1;
  }
  finite(where, "value", value);
  for (let i = 0; i < rows; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number);
  const next = start.slice();
  const order = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const i = row[k] as number;
    const at = next[i] as number;
    order[at] = k;
    next[i] = at + 1;
  }
  const rowPtr = new Int32Array(rows + 1);
  const colIdx = new Int32Array(count);
  const values = new Float64Array(count);
  let nnz = 0;
  for (let i = 0; i < rows; i++) {
    // Equal columns keep the order they came in, so the sums repeat.
    const entries = order
      .subarray(start[i], start[i + 1])
      .sort((a, b) => (col[a] as number) - (col[b] as number) || a - b);
    const first = nnz;
    for (const k of entries) {
      const j = col[k] as number;
      if (nnz > first && colIdx[nnz - 1] === j) {
        values[nnz - 1] = (values[nnz - 1] as number) + (value[k] as number);
        continue;
      }
      colIdx[nnz] = j;
      values[nnz++] = value[k] as number;
    }
    rowPtr[i + 1] = nnz;
  }
  return make(rows, cols, rowPtr, colIdx.slice(0, nnz), values.slice(0, nnz));
}

export function isSparse(A: unknown): A is SparseMatrix {
  return typeof A === "object" && A !== null && "rowPtr" in A && "colIdx" in A;
}

function make(
  rows: number,
  cols: number,
  rowPtr: Int32Array,
  colIdx: Int32Array,
  values: Float64Array,
): SparseMatrix {
  const vector = (out: Float64Array | undefined, length: number) => {
    if (out === undefined) return new Float64Array(length);
    checkArray("multiply", "out", out, length);
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
      checkVector("multiply", "x", x, cols);
      aliased(x, out);
      const y = vector(out, rows);
      multiplyRows(rows, rowPtr, colIdx, values, x, y);
      return y;
    },
    multiplyTransposed(x, out) {
      checkVector("multiplyTransposed", "x", x, rows);
      aliased(x, out);
      const y = vector(out, cols).fill(0);
      for (let i = 0; i < rows; i++) {
        const a = x[i] as number;
        for (let k = rowPtr[i] as number; k < (rowPtr[i + 1] as number); k++) {
          const j = colIdx[k] as number;
          y[j] = (y[j] as number) + a * (values[k] as number);
        }
      }
      return y;
    },
    toDense() {
      const data = new Float64Array(rows * cols);
      for (let i = 0; i < rows; i++) {
        for (let k = rowPtr[i] as number; k < (rowPtr[i + 1] as number); k++)
          data[i * cols + (colIdx[k] as number)] = values[k] as number;
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
    const end = rowPtr[i + 1] as number;
    let s = 0;
    for (let k = start; k < end; k++) s += (values[k] as number) * (x[colIdx[k] as number] as number);
    y[i] = s;
    start = end;
  }
}
