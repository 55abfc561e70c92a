// The pattern of a sparse Jacobian: where its entries are, fixed for a run; and what a callback brings for it.

import { DownhillError, quote } from "../runtime/errors.js";
import { isArrayLike } from "../runtime/options.js";
import { isSparse, type SparseMatrix } from "./csr.js";
import { readRows } from "./csr-parts.js";
import { shapeError } from "./matrix.js";

/** Row i has entries in the columns colIdx[k], rowPtr[i] <= k < rowPtr[i + 1], ascending. A sparse matrix is one; its values do not count. */
export interface SparsePattern {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: ArrayLike<number>;
  readonly colIdx: ArrayLike<number>;
}

/** A pattern that nobody else holds, by rows and by columns. */
export interface JacobianPattern {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  /** Column j has entries in the rows rowIdx[k], colPtr[j] <= k < colPtr[j + 1]; entry k by columns is entry from[k] by rows. */
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
  readonly from: Int32Array;
}

/** Reads the option `name`: rows x cols. SHAPE says what is wrong with it. */
export function readPattern(
  where: string,
  name: string,
  given: unknown,
  rows: number,
  cols: number,
): JacobianPattern {
  if (!isSparse(given)) {
    throw new DownhillError("OPTION", `${where}: ${name} must be a sparse matrix, got ${quote(given)}`, {
      hint: "csrFromTriplets makes one of rows and columns, csrFromDense of a matrix that is written out; the values do not count",
      details: { option: name },
    });
  }
  if (given.rows !== rows || given.cols !== cols) {
    throw shapeError(where, `${name} is ${given.rows} x ${given.cols}, expected ${rows} x ${cols}`, {
      argument: name,
    });
  }
  const { rowPtr, colIdx } = readRows(where, {
    rows,
    cols,
    rowPtr: given.rowPtr,
    colIdx: given.colIdx,
    values: new Float64Array(given.colIdx.length),
  });
  return { rows, cols, rowPtr, colIdx, ...byColumns(rows, cols, rowPtr, colIdx) };
}

function byColumns(rows: number, cols: number, rowPtr: Int32Array, colIdx: Int32Array) {
  const colPtr = new Int32Array(cols + 1);
  for (let k = 0; k < colIdx.length; k++) colPtr[colIdx[k]! + 1]!++;
  for (let j = 0; j < cols; j++) colPtr[j + 1]! += colPtr[j]!;
  const next = colPtr.slice();
  const rowIdx = new Int32Array(colIdx.length);
  const from = new Int32Array(colIdx.length);
  for (let i = 0; i < rows; i++) {
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const to = next[colIdx[k]!]!++;
      rowIdx[to] = i;
      from[to] = k;
    }
  }
  return { colPtr, rowIdx, from };
}

/**
 * What a callback returned in place of filling `out` with the values in the order of the pattern: a sparse matrix, whose entries go
 * to their places; those that it does not have are 0. False where it is none. CALLBACK_RESULT where an entry has no place.
 */
export function takeEntries(
  where: string,
  given: unknown,
  { rows, cols, rowPtr, colIdx }: JacobianPattern,
  out: Float64Array,
): boolean {
  if (!isSparse(given)) return false;
  const refuse = (what: string, details: object): DownhillError =>
    new DownhillError("CALLBACK_RESULT", `${where} ${what}`, {
      hint: "the pattern is fixed for a run: jacobianPattern must have every entry that is ever other than 0",
      details: { ...details },
    });
  if (
    given.rows !== rows ||
    given.cols !== cols ||
    !isArrayLike(given.rowPtr) ||
    given.rowPtr.length !== rows + 1
  )
    throw refuse(`returned a matrix of ${given.rows} x ${given.cols}, expected ${rows} x ${cols}`, {
      rows: given.rows,
      cols: given.cols,
    });
  const { rowPtr: ptr, colIdx: idx, values }: SparseMatrix = given;
  if (!isArrayLike(idx) || !isArrayLike(values) || idx.length !== values.length || ptr[rows] !== idx.length)
    throw refuse("returned a sparse matrix without a value for each of its columns", {});
  out.fill(0);
  for (let i = 0; i < rows; i++) {
    let k = rowPtr[i]!;
    const end = rowPtr[i + 1]!;
    for (let e = ptr[i]!; e < ptr[i + 1]!; e++) {
      const j = idx[e]!;
      if (e > ptr[i]! && !(j > idx[e - 1]!))
        throw refuse(`returned a matrix whose columns do not ascend in row ${i}`, { row: i });
      while (k < end && colIdx[k]! < j) k++;
      if (k < end && colIdx[k] === j) out[k] = values[e]!;
      else if (values[e] !== 0)
        throw refuse(`returned an entry at [${i}][${j}], which jacobianPattern does not have`, {
          row: i,
          column: j,
        });
    }
  }
  return true;
}
