// A regression matrix by columns, dense or sparse, as coordinate descent walks over it.

import { isSparse, type SparseMatrix } from "../../linalg/csr.js";
import { type Rows, readRows, transposeRows } from "../../linalg/csr-parts.js";
import { element, readMatrix } from "../../linalg/matrix.js";
import { DownhillError } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite } from "../../runtime/options.js";

export interface Columns {
  readonly m: number;
  readonly n: number;
  /** Squared lengths of the columns. */
  readonly squares: Float64Array;
  readonly b: Float64Array;
  /** a_j'r. */
  along(j: number, r: Float64Array): number;
  /** a_i'a_j. */
  inner(i: number, j: number): number;
  /** r -= by a_j. */
  subtract(j: number, by: number, r: Float64Array): void;
  /** Column j as out[from], out[from + step] ... */
  fill(j: number, out: Float64Array, from: number, step: number): void;
}

/** A copied and checked, before it is centred: what parts of its rows are made of. */
export interface Table {
  readonly m: number;
  readonly n: number;
  readonly b: Float64Array;
  columns(center: boolean): { columns: Columns; means: Float64Array; mean: number };
  /** These rows alone. */
  part(rows: readonly number[]): Table;
  /** (a_i - means)'x. */
  row(i: number, x: Float64Array, means: Float64Array): number;
}

/** A and b, copied and checked. */
export function readTable(where: string, A: unknown, b: unknown): Table {
  const sparse = isSparse(A);
  const s = sparse ? readRows(`${where}: A`, A as SparseMatrix) : readMatrix(where, "A", A);
  const [m, n] = [s.rows, s.cols];
  if (m === 0 || n === 0)
    throw new DownhillError("SHAPE", `${where}: A is empty (${m} x ${n})`, { details: { argument: "A" } });
  const rhs = copyNumbers(where, "b", b, m);
  checkFinite(where, "b", rhs);
  if (sparse) return sparseTable(s as Rows, rhs);
  const data = new Float64Array(m * n);
  for (let j = 0; j < n; j++)
    for (let i = 0; i < m; i++) data[j * m + i] = element(s as ReturnType<typeof readMatrix>, i, j);
  checkFinite(where, "A", data);
  return denseTable(m, n, data, rhs);
}

/** A and b, copied and checked; with `center` each column and b without their means, which are returned too. */
export const readColumns = (where: string, A: unknown, b: unknown, center = false) =>
  readTable(where, A, b).columns(center);

/** Column j is given[j*m .. j*m + m). */
function denseTable(m: number, n: number, given: Float64Array, rhs: Float64Array): Table {
  return {
    m,
    n,
    b: rhs,
    columns(center) {
      const [data, b] = [given.slice(), rhs.slice()];
      const means = new Float64Array(n);
      let mean = 0;
      if (center) {
        for (let j = 0; j < n; j++) means[j] = centre(data.subarray(j * m, j * m + m));
        mean = centre(b);
      }
      const squares = new Float64Array(n);
      for (let j = 0; j < n; j++) squares[j] = dot(m, data, j * m, data, j * m);
      const columns: Columns = {
        m,
        n,
        squares,
        b,
        along: (j, r) => dot(m, data, j * m, r, 0),
        inner: (i, j) => dot(m, data, i * m, data, j * m),
        subtract(j, by, r) {
          const p = j * m;
          for (let i = 0; i < m; i++) r[i]! -= by * data[p + i]!;
        },
        fill(j, out, from, step) {
          for (let i = 0; i < m; i++) out[from + i * step] = data[j * m + i]!;
        },
      };
      return { columns, means, mean };
    },
    part(rows) {
      const k = rows.length;
      const data = new Float64Array(k * n);
      for (let j = 0; j < n; j++) for (let i = 0; i < k; i++) data[j * k + i] = given[j * m + rows[i]!]!;
      return denseTable(
        k,
        n,
        data,
        Float64Array.from(rows, (i) => rhs[i]!),
      );
    },
    row(i, x, means) {
      let s = 0;
      for (let j = 0; j < n; j++) s += x[j]! * (given[j * m + i]! - means[j]!);
      return s;
    },
  };
}

function sparseTable(A: Rows, rhs: Float64Array): Table {
  const { rows: m, cols: n, rowPtr, colIdx, values } = A;
  return {
    m,
    n,
    b: rhs,
    columns: (center) => sparseColumns(transposeRows(A), rhs.slice(), center),
    part(rows) {
      const ptr = new Int32Array(rows.length + 1);
      rows.forEach((i, k) => {
        ptr[k + 1] = ptr[k]! + rowPtr[i + 1]! - rowPtr[i]!;
      });
      const idx = new Int32Array(ptr[rows.length]!);
      const val = new Float64Array(ptr[rows.length]!);
      rows.forEach((i, k) => {
        idx.set(colIdx.subarray(rowPtr[i]!, rowPtr[i + 1]!), ptr[k]!);
        val.set(values.subarray(rowPtr[i]!, rowPtr[i + 1]!), ptr[k]!);
      });
      const own = { rows: rows.length, cols: n, rowPtr: ptr, colIdx: idx, values: val };
      return sparseTable(
        own,
        Float64Array.from(rows, (i) => rhs[i]!),
      );
    },
    row(i, x, means) {
      let s = 0;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) s += values[k]! * x[colIdx[k]!]!;
      for (let j = 0; j < n; j++) s -= x[j]! * means[j]!;
      return s;
    },
  };
}

/** Centred without becoming dense: residuals stay centred too, so a mean matters only where a column is taken off. */
function sparseColumns({ rows: n, cols: m, rowPtr, colIdx, values }: Rows, b: Float64Array, center: boolean) {
  const means = new Float64Array(n);
  const squares = new Float64Array(n);
  const mean = center ? centre(b) : 0;
  for (let j = 0; j < n; j++) {
    const [start, end] = [rowPtr[j]!, rowPtr[j + 1]!];
    let s = 0;
    if (center) for (let k = start; k < end; k++) s += values[k]!;
    const t = s / m;
    means[j] = t;
    let square = (m - (end - start)) * t * t;
    for (let k = start; k < end; k++) square += (values[k]! - t) * (values[k]! - t);
    squares[j] = square;
  }
  const place = new Float64Array(m);
  const columns: Columns = {
    m,
    n,
    squares,
    b,
    along(j, r) {
      let s = 0;
      for (let k = rowPtr[j]!; k < rowPtr[j + 1]!; k++) s += values[k]! * r[colIdx[k]!]!;
      return s;
    },
    inner(i, j) {
      if (i === j) return squares[j]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) place[colIdx[k]!] = values[k]!;
      let s = -m * means[i]! * means[j]!;
      for (let k = rowPtr[j]!; k < rowPtr[j + 1]!; k++) s += values[k]! * place[colIdx[k]!]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) place[colIdx[k]!] = 0;
      return s;
    },
    subtract(j, by, r) {
      for (let k = rowPtr[j]!; k < rowPtr[j + 1]!; k++) r[colIdx[k]!]! -= by * values[k]!;
      const back = by * means[j]!;
      if (back !== 0) for (let i = 0; i < m; i++) r[i]! += back;
    },
    fill(j, out, from, step) {
      for (let i = 0; i < m; i++) out[from + i * step] = -means[j]!;
      for (let k = rowPtr[j]!; k < rowPtr[j + 1]!; k++) out[from + colIdx[k]! * step]! += values[k]!;
    },
  };
  return { columns, means, mean };
}

/** Takes the mean off, and gives it. */
function centre(v: Float64Array): number {
  let s = 0;
  for (const value of v) s += value;
  const mean = s / v.length;
  for (let i = 0; i < v.length; i++) v[i]! -= mean;
  return mean;
}

/** Four sums, so that the loop does not wait for its own additions. */
export function dot(m: number, a: Float64Array, pa: number, b: Float64Array, pb: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    s0 += a[pa + i]! * b[pb + i]!;
    s1 += a[pa + i + 1]! * b[pb + i + 1]!;
    s2 += a[pa + i + 2]! * b[pb + i + 2]!;
    s3 += a[pa + i + 3]! * b[pb + i + 3]!;
  }
  for (; i < m; i++) s0 += a[pa + i]! * b[pb + i]!;
  return s0 + s1 + (s2 + s3);
}
