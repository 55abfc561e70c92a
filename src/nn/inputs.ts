// Reading of features: flat numbers row by row, nested rows, or a matrix.

import { type MatrixLike, readMatrix } from "../linalg/matrix.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { isFiniteIn, notFinite } from "../runtime/numbers.js";
import { isArrayLike, lengthOf } from "../runtime/options.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";

/** Flat numbers row by row, or anything that linear algebra takes for a matrix. */
export type Features = ArrayLike<number> | MatrixLike;

/** Labels or values, in the same forms. */
export type TargetValues = Features;

export interface Rows {
  readonly rows: number;
  readonly data: FloatVector;
}

/** Rows of features or targets that were read and checked before, and that nobody writes into: they are taken as they are. */
export class Taken<T extends FloatVector | Int32Array = FloatVector> {
  readonly rows: number;
  readonly data: T;

  constructor(rows: number, data: T) {
    this.rows = rows;
    this.data = data;
  }
}

/**
 * Whether numbers are used up within the call, so that an array of the right type will do as it is, or kept while the caller may
 * write into it or transfer it away: then they are copied.
 */
export type Keeping = "lent" | "kept";

/** The numbers in the network's precision. */
export function inPrecision(flat: ArrayLike<number>, dtype: DType, keeping: Keeping): FloatVector {
  const Type = vectorType(dtype);
  return keeping === "lent" && flat instanceof Type ? (flat as FloatVector) : new Type(flat);
}

/** Rows of `inputs` finite numbers, in the network's precision. */
export function readFeatures(
  where: string,
  x: unknown,
  inputs: number,
  dtype: DType,
  keeping: Keeping = "lent",
): Rows {
  if (x instanceof Taken) return x as Taken;
  // One number is a row of one.
  const rows = typeof x === "number" ? [x] : x;
  const { flat, cols } = flatRows(
    where,
    "x",
    rows,
    `rows of ${inputs} numbers, nested or one after the other`,
  );
  if (cols !== null && cols !== inputs) {
    throw new DownhillError(
      "SHAPE",
      `${where}: x has ${cols} columns, this network takes ${inputs} features`,
      { details: { argument: "x", cols, inputs } },
    );
  }
  if (flat.length === 0 || flat.length % inputs !== 0) {
    throw new DownhillError(
      "SHAPE",
      `${where}: x has length ${flat.length}, expected rows of ${inputs} features`,
      { details: { argument: "x", length: flat.length, inputs } },
    );
  }
  checkNumbers(where, "x", flat, cols, dtype);
  return { rows: flat.length / inputs, data: inPrecision(flat, dtype, keeping) };
}

/** NON_FINITE_INPUT names the row and the column too, where the numbers came in rows. */
export function checkNumbers(
  where: string,
  argument: string,
  flat: ArrayLike<number>,
  cols: number | null,
  dtype: DType = "f64",
): void {
  for (let index = 0; index < flat.length; index++) {
    const value: unknown = flat[index];
    if (isFiniteIn(dtype, value)) continue;
    const [row, col] = cols === null ? [] : [Math.floor(index / cols), index % cols];
    const name = cols === null ? `${argument}[${index}]` : `${argument}[${row}][${col}]`;
    const details = { argument, index, ...(cols === null ? {} : { row, col }) };
    throw notFinite(where, value, { name, details }, dtype);
  }
}

/** Numbers row by row, not yet checked to be finite; `cols` where the data say how long a row is. */
export function flatRows(
  where: string,
  argument: string,
  x: unknown,
  expected: string,
): { flat: ArrayLike<number>; cols: number | null } {
  const nested = isArrayLike(x) && x.length > 0 && isArrayLike(x[0]);
  if (isArrayLike(x) && !nested) {
    const length = lengthOf(where, argument, x);
    // Read once: what changes from one reading to the next does no harm.
    const flat = ArrayBuffer.isView(x) ? x : Array.from({ length }, (_, i) => x[i]!);
    return { flat, cols: null };
  }
  if (typeof x !== "object" || x === null) {
    throw new DownhillError("SHAPE", `${where}: ${argument} must be ${expected}, got ${quote(x)}`, {
      details: { argument },
    });
  }
  const { rows, cols, flat, offset, rowStride, colStride } = readMatrix(where, argument, x);
  if (offset === 0 && colStride === 1 && rowStride === cols) return { flat, cols };
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) out[i * cols + j] = flat[offset + i * rowStride + j * colStride]!;
  return { flat: out, cols };
}

/** Copies rows order[start] to order[start + m - 1] to the top of `out`. */
export function gatherRows(
  data: FloatVector | Int32Array,
  cols: number,
  order: Int32Array,
  start: number,
  m: number,
  out: FloatVector | Int32Array,
): void {
  for (let i = 0, to = 0; i < m; i++) {
    const from = order[start + i]! * cols;
    for (let j = 0; j < cols; j++) out[to++] = data[from + j]!;
  }
}

/** Copies rows start to start + m - 1. */
export function copyRows(
  data: FloatVector | Int32Array,
  cols: number,
  start: number,
  m: number,
  out: FloatVector | Int32Array,
): void {
  out.set(data.subarray(start * cols, (start + m) * cols));
}
