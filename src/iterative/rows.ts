// A matrix by rows as the kernels want it: compressed, its lower triangle, pairs of rows side by side.

import type { Rows } from "../linalg/csr-parts.js";

/** The arrays of a workspace that a matrix is copied to; columns become byte offsets. */
export interface RowArrays {
  readonly rowPtr: Int32Array;
  readonly offsets: Int32Array;
  readonly values: Float64Array;
}

/** A dense matrix without its zeros, but for those on the diagonal. */
export function compress(n: number, A: Float64Array): Rows {
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const v = A[i * n + j]!;
      if (v === 0 && i !== j) continue;
      colIdx.push(j);
      values.push(v);
    }
    rowPtr[i + 1] = values.length;
  }
  return { rows: n, cols: n, rowPtr, colIdx: Int32Array.from(colIdx), values: Float64Array.from(values) };
}

/** The lower triangle, each row ending with its diagonal element (0 where A has none). */
export function lowerTriangle(n: number, A: Rows): Rows {
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let diagonal = 0;
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const j = A.colIdx[k]!;
      if (j < i) {
        colIdx.push(j);
        values.push(A.values[k]!);
      } else if (j === i) diagonal = A.values[k]!;
    }
    colIdx.push(i);
    values.push(diagonal);
    rowPtr[i + 1] = values.length;
  }
  return { rows: n, cols: n, rowPtr, colIdx: Int32Array.from(colIdx), values: Float64Array.from(values) };
}

export function copyRows(to: RowArrays, from: Rows): void {
  to.rowPtr.set(from.rowPtr);
  to.values.set(from.values);
  const { colIdx } = from;
  for (let k = 0; k < colIdx.length; k++) to.offsets[k] = colIdx[k]! << 3;
}

/**
 * As copyRows for the matrix that csrMultiply reads: two rows with the same columns, one apart, get their values in
 * alternation and -1 as the second row's first offset.
 */
export function copyPairedRows(arrays: RowArrays, from: Rows, n: number): void {
  copyRows(arrays, from);
  const { rowPtr, colIdx, values } = from;
  const { offsets, values: to } = arrays;
  for (let i = 0; i + 2 <= n; i += 2) {
    const start = rowPtr[i]!;
    const middle = rowPtr[i + 1]!;
    const length = middle - start;
    if (length === 0 || rowPtr[i + 2]! - middle !== length) continue;
    let k = 0;
    while (k < length && colIdx[middle + k] === colIdx[start + k]! + 1) k++;
    if (k < length) continue;
    for (k = 0; k < length; k++) {
      to[start + 2 * k] = values[start + k]!;
      to[start + 2 * k + 1] = values[middle + k]!;
    }
    offsets[middle] = -1;
  }
}
