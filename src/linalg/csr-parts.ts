// Compressed rows that came from outside: copied first, then the copies are checked. Every solver reads its sparse matrix
// here, since the arrays of a SparseMatrix can be written to after csr() has seen them.

import { DownhillError, quote } from "../runtime/errors.js";
import { notFinite } from "../runtime/numbers.js";
import { checkArray } from "../runtime/options.js";
import { checkSize, shapeError } from "./matrix.js";
import { newVector, snapshot } from "./vectors.js";

/** Arrays that nobody else holds: row i has colIdx[k], values[k], rowPtr[i] <= k < rowPtr[i + 1], columns ascending. */
export interface Rows {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  readonly values: Float64Array;
}

export interface CsrParts {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: ArrayLike<number>;
  readonly colIdx: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export function checkSizes(where: string, rows: unknown, cols: unknown): void {
  checkSize(where, "rows", rows);
  checkSize(where, "cols", cols);
  // Columns become byte offsets of 32 bits; vectors of more rows fit in no memory.
  for (const [argument, size] of [
    ["rows", rows],
    ["cols", cols],
  ] as const)
    if (size >= 2 ** 28) throw shapeError(where, `${argument} must be below 2^28, got ${size}`, { argument });
}

export function indexError(where: string, argument: string, index: number, message: string): DownhillError {
  return shapeError(where, `${argument}[${index}] ${message}`, { argument, index });
}

/** Zeroed integers; OUT_OF_MEMORY where the host has no room for them. */
export function newIntegers(where: string, n: number): Int32Array {
  try {
    return new Int32Array(n);
  } catch (cause) {
    throw new DownhillError("OUT_OF_MEMORY", `${where}: no room for ${n} integers`, {
      details: { requested: 4 * n },
      cause,
    });
  }
}

/** A copy of finite numbers. */
export function copyFinite(where: string, argument: string, values: ArrayLike<number>): Float64Array {
  const at = (index: number) => ({ name: `${argument}[${index}]`, details: { argument, index } });
  const numbers = snapshot(where, values, at);
  const copy = (numbers === values ? new Float64Array(values) : numbers) as Float64Array;
  for (let k = 0; k < copy.length; k++) if (!Number.isFinite(copy[k])) throw notFinite(where, copy[k], at(k));
  return copy;
}

/** A copy of indices from 0 to `below` - 1. */
export function copyIndices(
  where: string,
  argument: string,
  from: ArrayLike<number>,
  below: number,
): Int32Array {
  const copy = newIntegers(where, from.length);
  for (let k = 0; k < copy.length; k++) {
    const index: unknown = from[k];
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= below) {
      const range =
        below > 0 ? `an integer from 0 to ${below - 1}` : "no entry, as there is no row or column";
      throw indexError(where, argument, k, `is ${quote(index)}, expected ${range}`);
    }
    copy[k] = index;
  }
  return copy;
}

/** SHAPE names the first index that is unsorted or out of range, NON_FINITE_INPUT the first such value. */
export function readRows(where: string, parts: CsrParts): Rows {
  const { rows, cols } = parts;
  checkSizes(where, rows, cols);
  checkArray(where, "rowPtr", parts.rowPtr, rows + 1);
  checkArray(where, "colIdx", parts.colIdx);
  checkArray(where, "values", parts.values, parts.colIdx.length);
  const colIdx = copyIndices(where, "colIdx", parts.colIdx, cols);
  const values = copyFinite(where, "values", parts.values);
  const nnz = colIdx.length;
  const rowPtr = newIntegers(where, rows + 1);
  for (let i = 0; i <= rows; i++) {
    const least = i === 0 ? 0 : rowPtr[i - 1]!;
    const most = i === 0 ? 0 : nnz;
    const end: unknown = parts.rowPtr[i];
    if (typeof end !== "number" || !Number.isInteger(end) || end < least || end > most) {
      const range = i === 0 ? "0" : `an integer from ${least} to ${nnz}`;
      throw indexError(where, "rowPtr", i, `is ${quote(end)}, expected ${range}`);
    }
    rowPtr[i] = end;
  }
  if (rowPtr[rows] !== nnz)
    throw indexError(where, "rowPtr", rows, `is ${rowPtr[rows]}, expected the ${nnz} entries`);
  for (let i = 0; i < rows; i++) {
    for (let k = rowPtr[i]! + 1; k < rowPtr[i + 1]!; k++) {
      const [last, j] = [colIdx[k - 1]!, colIdx[k]!];
      if (j <= last)
        throw indexError(where, "colIdx", k, `is ${j} after ${last}: columns must ascend in row ${i}`);
    }
  }
  if (values.length !== nnz) throw shapeError(where, `values has length ${values.length}, expected ${nnz}`);
  return { rows, cols, rowPtr, colIdx, values };
}

/** The transpose, by counting (Gustavson 1978): columns ascend again. */
export function transposeRows(A: Rows): Rows {
  const { rows, cols } = A;
  const rowPtr = new Int32Array(cols + 1);
  for (const j of A.colIdx) rowPtr[j + 1]!++;
  for (let j = 0; j < cols; j++) rowPtr[j + 1]! += rowPtr[j]!;
  const next = rowPtr.slice();
  const colIdx = new Int32Array(A.colIdx.length);
  const values = newVector("transpose", A.colIdx.length);
  for (let i = 0; i < rows; i++) {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const to = next[A.colIdx[k]!]!++;
      colIdx[to] = i;
      values[to] = A.values[k]!;
    }
  }
  return { rows: cols, cols: rows, rowPtr, colIdx, values };
}
