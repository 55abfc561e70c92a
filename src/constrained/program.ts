// A convex program as every solver of this room takes it: minimise x'Px / 2 + q'x subject to l <= Ax <= u and lower <= x <= upper.

/** A sparse matrix by rows, columns ascending. */
export interface Rows {
  readonly rows: number;
  readonly cols: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  readonly values: Float64Array;
}

export interface Program {
  readonly n: number;
  readonly m: number;
  /** Symmetric, both triangles; null for a linear program. */
  readonly P: Rows | null;
  readonly q: Float64Array;
  readonly A: Rows;
  /** Infinite where there is no bound. */
  readonly l: Float64Array;
  readonly u: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Added to the objective. */
  readonly constant: number;
  /** Names of the rows, for conflicts. */
  readonly rowNames?: readonly string[] | undefined;
}

/** y = A x. */
export function times(A: Rows, x: Float64Array, y: Float64Array): void {
  const { rows, rowPtr, colIdx, values } = A;
  let start = 0;
  for (let i = 0; i < rows; i++) {
    const end = rowPtr[i + 1]!;
    let s = 0;
    for (let k = start; k < end; k++) s += values[k]! * x[colIdx[k]!]!;
    y[i] = s;
    start = end;
  }
}

/** y += A' x. */
export function addTransposed(A: Rows, x: Float64Array, y: Float64Array): void {
  const { rows, rowPtr, colIdx, values } = A;
  let start = 0;
  for (let i = 0; i < rows; i++) {
    const end = rowPtr[i + 1]!;
    const v = x[i]!;
    if (v !== 0) {
      for (let k = start; k < end; k++) {
        const j = colIdx[k]!;
        y[j] = y[j]! + values[k]! * v;
      }
    }
    start = end;
  }
}

export const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i]! * y[i]!;
  return s;
};

export const largest = (x: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const v = Math.abs(x[i]!);
    // NaN is the largest of all.
    if (!(v <= most)) most = v;
  }
  return most;
};

/** The transpose, whose rows come out with ascending columns. */
export function transposed(A: Rows): Rows {
  const { rows, cols, rowPtr, colIdx, values } = A;
  const ptr = new Int32Array(cols + 1);
  for (let k = 0; k < colIdx.length; k++) ptr[colIdx[k]! + 1] = ptr[colIdx[k]! + 1]! + 1;
  for (let j = 0; j < cols; j++) ptr[j + 1] = ptr[j + 1]! + ptr[j]!;
  const next = ptr.slice(0, cols);
  const idx = new Int32Array(colIdx.length);
  const val = new Float64Array(colIdx.length);
  for (let i = 0; i < rows; i++) {
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const at = next[colIdx[k]!]!++;
      idx[at] = i;
      val[at] = values[k]!;
    }
  }
  return { rows: cols, cols: rows, rowPtr: ptr, colIdx: idx, values: val };
}
