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

/** A matrix in place of another one, on its pattern: entries that are 0 now may be missing; SHAPE where there are others. */
export function samePattern(
  where: string,
  name: string,
  given: MatrixLike | SparseMatrix,
  old: Rows | null,
): Rows {
  const next = readRows(where, name, given);
  let same = old !== null && next.rows === old.rows && next.cols === old.cols;
  const values = new Float64Array(old?.colIdx.length ?? 0);
  for (let i = 0; same && i < next.rows; i++) {
    let at = old!.rowPtr[i]!;
    for (let k = next.rowPtr[i]!; same && k < next.rowPtr[i + 1]!; k++) {
      const j = next.colIdx[k]!;
      while (at < old!.rowPtr[i + 1]! && old!.colIdx[at]! < j) at++;
      const found = at < old!.rowPtr[i + 1]! && old!.colIdx[at] === j;
      if (found) values[at] = next.values[k]!;
      else if (next.values[k] !== 0) same = false;
    }
  }
  if (same) return { ...old!, values };
  throw new DownhillError("SHAPE", `${where}: ${name} has another pattern than before`, {
    hint: "make a new session",
    details: { argument: name },
  });
}
