// Matrices in ordinary memory, row-major, and the reading of what other libraries call a matrix.

import { DownhillError, quote } from "../runtime/errors.js";
import { notFinite } from "../runtime/numbers.js";
import { isArrayLike, lengthOf } from "../runtime/options.js";
import { allFinite, copyArray, newVector, snapshot } from "./vectors.js";

export type Real = Float64Array | Float32Array;
export type Precision = "f64" | "f32";

/** Row-major: element (i, j) is `data[i * cols + j]`. */
export interface Matrix<T extends Real = Real> {
  readonly rows: number;
  readonly cols: number;
  readonly data: T;
}

/**
 * What every function here takes for a matrix: ours; any `{ rows, cols, data }`; nested arrays; an object of
 * ml-matrix (`rows`, `columns`, rows of data); an ndarray (`shape`, `stride`, `offset`, `data`).
 */
export type MatrixLike =
  | { readonly rows: number; readonly cols: number; readonly data: ArrayLike<number> }
  | ArrayLike<ArrayLike<number>>
  | { readonly rows: number; readonly columns: number; readonly data: ArrayLike<ArrayLike<number>> }
  | NdArrayLike;

export interface NdArrayLike {
  readonly shape: ArrayLike<number>;
  readonly stride: ArrayLike<number>;
  readonly offset: number;
  readonly data: ArrayLike<number>;
}

/**
 * A matrix as it came, flat with strides. `flat` is a typed array: the caller's own, or a copy of what was an ordinary
 * or nested array, so that nothing can change between a check and its use.
 */
export interface Source {
  readonly rows: number;
  readonly cols: number;
  readonly flat: ArrayLike<number>;
  readonly offset: number;
  readonly rowStride: number;
  readonly colStride: number;
}

const MOST = 2 ** 31 - 1;

export const shapeError = (
  where: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): DownhillError => new DownhillError("SHAPE", `${where}: ${message}`, { details });

export function checkSize(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST) return;
  throw shapeError(where, `${name} must be an integer from 0, got ${quote(value)}`, { argument: name });
}

/**
 * A matrix of this shape: of zeros, or a copy of `data`, flat row by row or nested. A Float32Array stays one.
 * `matrix(nested)` takes the shape from the rows.
 *
 * @example
 * matrix(2, 3, [1, 2, 3, 4, 5, 6]); // rows [1, 2, 3] and [4, 5, 6]
 */
export function matrix(rows: number, cols: number, data: Float32Array): Matrix<Float32Array>;
export function matrix(
  rows: number,
  cols: number,
  data?: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
): Matrix<Float64Array>;
export function matrix(from: MatrixLike): Matrix<Float64Array>;
export function matrix(
  rows: number | MatrixLike,
  cols?: number,
  data?: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
): Matrix {
  if (typeof rows !== "number") {
    return copyOf(readMatrix("matrix", "A", rows), precisionOf(rows));
  }
  checkSize("matrix", "rows", rows);
  checkSize("matrix", "cols", cols);
  if (rows * cols > MOST) throw shapeError("matrix", `${rows} x ${cols} elements are too many`);
  if (data === undefined) return { rows, cols, data: newVector("matrix", rows * cols) };
  if (!isArrayLike(data)) throw shapeError("matrix", `data must be an array of numbers, got ${quote(data)}`);
  const nested = data.length > 0 && isArrayLike(data[0]);
  const shape = nested ? { rows, columns: cols, data } : { rows, cols, data };
  return copyOf(readMatrix("matrix", "data", shape), precisionOf(shape));
}

/** The precision a matrix asks for: f32 where its data is a Float32Array. */
export function precisionOf(A: unknown): Precision {
  if (typeof A !== "object" || A === null) return "f64";
  const data = "data" in A ? A.data : A;
  const first = isArrayLike(data) && data.length > 0 ? (data[0] as unknown) : undefined;
  return data instanceof Float32Array || first instanceof Float32Array ? "f32" : "f64";
}

/** Whether b is flat: numbers, not rows. */
export function isVector(b: unknown): b is ArrayLike<number> {
  return isArrayLike(b) && !(b.length > 0 && isArrayLike(b[0]));
}

export function readMatrix(where: string, argument: string, A: unknown): Source {
  if (typeof A === "object" && A !== null) {
    if (isArrayLike(A)) return readRows(where, argument, A as ArrayLike<unknown>, undefined);
    if ("shape" in A) return readNdArray(where, argument, A as unknown as NdArrayLike);
    if ("rows" in A && "data" in A) return readShaped(where, argument, A as { rows: unknown; data: unknown });
  }
  const sparse = typeof A === "object" && A !== null && "rowPtr" in A;
  throw new DownhillError(
    "SHAPE",
    `${where}: ${argument} must be a matrix { rows, cols, data } or nested arrays, got ${quote(A)}`,
    {
      ...(sparse
        ? { hint: "sparse matrices: solve, sparseLu, cg, lsqr and their like, or A.toDense()" }
        : {}),
      details: { argument },
    },
  );
}

function readShaped(
  where: string,
  argument: string,
  A: { rows: unknown; cols?: unknown; columns?: unknown; data: unknown },
): Source {
  const { rows, data } = A;
  const cols = A.cols ?? A.columns;
  // Of matrix(rows, cols, data) it is the argument itself.
  const elements = argument === "data" ? argument : `${argument}.data`;
  checkSize(where, `${argument}.rows`, rows);
  checkSize(where, `${argument}.cols`, cols);
  if (!isArrayLike(data)) {
    throw shapeError(where, `${elements} must be an array of numbers, got ${quote(data)}`, { argument });
  }
  const length = lengthOf(where, elements, data);
  if (length > 0 && isArrayLike(data[0])) {
    const source = readRows(where, argument, data as unknown as ArrayLike<unknown>, cols);
    if (source.rows === rows) return source;
    throw shapeError(where, `${elements} has ${source.rows} rows, expected ${rows}`, { argument });
  }
  if (length !== rows * cols) {
    const expected = rows * cols;
    throw shapeError(where, `${elements} has length ${length}, expected ${rows} x ${cols} = ${expected}`, {
      argument,
      length,
      expected,
    });
  }
  const flat = snapshot(where, data, (index) => place(argument, index, cols), length);
  return { rows, cols, flat, offset: 0, rowStride: cols, colStride: 1 };
}

/** How the element is named in messages, and where it stands. */
const place = (argument: string, index: number, cols: number) => {
  const [row, col] = [Math.floor(index / cols), index % cols];
  return { name: `${argument}[${row}][${col}]`, details: { argument, index, row, col } };
};

function readRows(
  where: string,
  argument: string,
  rows: ArrayLike<unknown>,
  expected: number | undefined,
): Source {
  const first: unknown = rows[0];
  const cols = expected ?? (isArrayLike(first) ? lengthOf(where, `${argument}[0]`, first) : 0);
  const count = lengthOf(where, argument, rows);
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (!isArrayLike(row)) {
      throw shapeError(where, `${argument}[${i}] must be a row of numbers, got ${quote(row)}`, { argument });
    }
    if (row.length === cols) continue;
    throw shapeError(where, `${argument}[${i}] has length ${row.length}, expected ${cols}`, {
      argument,
      length: row.length,
      expected: cols,
    });
  }
  const flat = newVector(where, count * cols);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as ArrayLike<number>;
    if (ArrayBuffer.isView(row)) copyArray(row, flat.subarray(i * cols, (i + 1) * cols), cols);
    else {
      for (let j = 0; j < cols; j++) {
        const value: unknown = row[j];
        if (typeof value !== "number") throw notFinite(where, value, place(argument, i * cols + j, cols));
        flat[i * cols + j] = value;
      }
    }
  }
  return { rows: count, cols, flat, offset: 0, rowStride: cols, colStride: 1 };
}

function readNdArray(where: string, argument: string, A: NdArrayLike): Source {
  const { shape, stride, data } = A;
  const offset = A.offset ?? 0;
  if (!isArrayLike(shape) || shape.length !== 2 || !isArrayLike(data)) {
    throw shapeError(where, `${argument} must be an ndarray with a shape of two numbers`, { argument });
  }
  const [rows, cols] = [shape[0], shape[1]] as [unknown, unknown];
  checkSize(where, `${argument}.shape[0]`, rows);
  checkSize(where, `${argument}.shape[1]`, cols);
  const rowStride = stride?.[0] ?? cols;
  const colStride = stride?.[1] ?? 1;
  const corners = [0, rowStride * (rows - 1)].flatMap((a) =>
    [0, colStride * (cols - 1)].map((b) => offset + a + b),
  );
  const inside = corners.every((at) => Number.isInteger(at) && at >= 0 && at < data.length);
  if (rows > 0 && cols > 0 && !inside) {
    throw shapeError(where, `the strides of ${argument} leave its data of length ${data.length}`, {
      argument,
    });
  }
  const flat = snapshot(where, data, (index) => ({
    name: `${argument}.data[${index}]`,
    details: { argument, index },
  }));
  return { rows, cols, flat, offset, rowStride, colStride };
}

/** The element (i, j) as it came. */
export function element(s: Source, i: number, j: number): number {
  return s.flat[s.offset + i * s.rowStride + j * s.colStride]!;
}

/** Whether the elements lie in `flat` in row-major order with nothing between. */
function isPlain(s: Source): boolean {
  return s.colStride === 1 && s.rowStride === s.cols && s.offset === 0 && s.flat.length === s.rows * s.cols;
}

/** A copy in ordinary memory. */
function copyOf(s: Source, precision: Precision): Matrix {
  const data = precision === "f32" ? new Float32Array(s.rows * s.cols) : newVector("matrix", s.rows * s.cols);
  writeRows(s, data);
  return { rows: s.rows, cols: s.cols, data };
}

export function writeRows(s: Source, to: Real): void {
  const { rows, cols } = s;
  if (isPlain(s)) {
    copyArray(s.flat, to, rows * cols);
    return;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) to[i * cols + j] = element(s, i, j);
  }
}

/** Writes column after column, each `ld` numbers from the next. */
export function writeColumns(s: Source, to: Real, ld: number): void {
  const { rows, cols } = s;
  if (isPlain(s)) {
    const from = s.flat;
    // Blocks of columns, so that both sides stay in cache.
    for (let j0 = 0; j0 < cols; j0 += 8) {
      const end = Math.min(cols, j0 + 8);
      for (let i = 0; i < rows; i++) {
        for (let j = j0; j < end; j++) to[j * ld + i] = from[i * cols + j]!;
      }
    }
    return;
  }
  for (let j = 0; j < cols; j++) {
    for (let i = 0; i < rows; i++) to[j * ld + i] = element(s, i, j);
  }
}

/**
 * NON_FINITE_INPUT with row-major index, row and column, before anything is written. In single precision a number that
 * rounds to Infinity is refused too.
 */
export function checkMatrixFinite(
  where: string,
  argument: string,
  s: Source,
  precision: Precision = "f64",
): void {
  const narrow = precision === "f32" && !(s.flat instanceof Float32Array);
  if (isPlain(s) && !narrow && allFinite(s.flat)) return;
  for (let i = 0; i < s.rows; i++) {
    for (let j = 0; j < s.cols; j++) {
      const value = element(s, i, j);
      if (Number.isFinite(narrow ? Math.fround(value) : value)) continue;
      throw notFinite(where, value, place(argument, i * s.cols + j, s.cols), precision);
    }
  }
}
