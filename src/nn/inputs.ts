// Reading of features: flat numbers row by row, nested rows, or a matrix.

import { type MatrixLike, readMatrix } from "../linalg/matrix.js";
import { DownhillError } from "../runtime/errors.js";
import { checkArray, checkFinite, isArrayLike } from "../runtime/options.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";

/** Flat numbers row by row, or anything that linear algebra takes for a matrix. */
export type Features = ArrayLike<number> | MatrixLike;

export interface Rows {
  readonly rows: number;
  readonly data: FloatVector;
}

/** Rows of `inputs` finite numbers, in the network's precision; the array itself when it has that already. */
export function readFeatures(where: string, x: unknown, inputs: number, dtype: DType): Rows {
  const Type = vectorType(dtype);
  const flat = flatNumbers(where, x, inputs);
  if (flat.length === 0 || flat.length % inputs !== 0) {
    throw new DownhillError(
      "SHAPE",
      `${where}: x has length ${flat.length}, expected rows of ${inputs} features`,
      { details: { argument: "x", length: flat.length, inputs } },
    );
  }
  checkFinite(where, "x", flat);
  const data = flat instanceof Type ? (flat as FloatVector) : Type.from(flat);
  // A double may be beyond the floats.
  if (dtype === "f32" && data !== flat) checkFinite(where, "x", data);
  return { rows: flat.length / inputs, data };
}

function flatNumbers(where: string, x: unknown, inputs: number): ArrayLike<number> {
  const nested = isArrayLike(x) && x.length > 0 && isArrayLike(x[0]);
  if (isArrayLike(x) && !nested) {
    checkArray(where, "x", x);
    return x;
  }
  const { rows, cols, flat, nested: lists, offset, rowStride, colStride } = readMatrix(where, "x", x);
  if (cols !== inputs) {
    throw new DownhillError(
      "SHAPE",
      `${where}: x has ${cols} columns, this network takes ${inputs} features`,
      {
        details: { argument: "x", cols, inputs },
      },
    );
  }
  if (flat && offset === 0 && colStride === 1 && rowStride === cols) return flat;
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const value = lists ? lists[i]?.[j] : flat?.[offset + i * rowStride + j * colStride];
      out[i * cols + j] = value as number;
    }
  }
  return out;
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
    const from = (order[start + i] as number) * cols;
    for (let j = 0; j < cols; j++) out[to++] = data[from + j] as number;
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
