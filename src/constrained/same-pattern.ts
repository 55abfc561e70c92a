// New numbers for a matrix of a session, whose pattern stays.

import type { SparseMatrix } from "../linalg/csr.js";
import type { MatrixLike } from "../linalg/matrix.js";
import { DownhillError } from "../runtime/errors.js";
import { readRows } from "./input.js";
import type { Rows } from "./program.js";

/** to = left * from * right * by, entry by entry. */
export function rescale(from: Rows, to: Rows, left: Float64Array, right: Float64Array, by: number): void {
  for (let i = 0; i < from.rows; i++) {
    for (let k = from.rowPtr[i]!; k < from.rowPtr[i + 1]!; k++)
      to.values[k] = from.values[k]! * left[i]! * right[from.colIdx[k]!]! * by;
  }
}

/** A matrix in place of another one with the same pattern; SHAPE where it has not. */
export function samePattern(
  where: string,
  name: string,
  given: MatrixLike | SparseMatrix,
  old: Rows | null,
): Rows {
  const next = readRows(where, name, given);
  const same =
    old !== null &&
    next.rows === old.rows &&
    next.colIdx.length === old.colIdx.length &&
    next.rowPtr.every((v, i) => v === old.rowPtr[i]) &&
    next.colIdx.every((v, k) => v === old.colIdx[k]);
  if (same) return next;
  throw new DownhillError("SHAPE", `${where}: ${name} has another pattern than before`, {
    hint: "make a new session",
    details: { argument: name },
  });
}
