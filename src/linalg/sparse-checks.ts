// Checks of sparse symmetric matrices and of what may be said about their elimination.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray } from "../runtime/options.js";
import type { SparseMatrix } from "./csr.js";
import { notSymmetric } from "./refusals.js";

const EPS = 2.220446049250313e-16;

/** The entry (i, j), 0 where none is stored. */
function valueAt({ rowPtr, colIdx, values }: SparseMatrix, i: number, j: number): number {
  let low = rowPtr[i]!;
  let high = rowPtr[i + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (colIdx[middle]! < j) low = middle + 1;
    else high = middle;
  }
  return low < rowPtr[i + 1]! && colIdx[low] === j ? values[low]! : 0;
}

/** The error of an unsymmetric matrix, where entries differ by more than rounding (100 eps max |A|). */
export function checkSymmetric(where: string, A: SparseMatrix, most: number): void {
  const { rows, cols, rowPtr, colIdx, values } = A;
  for (let i = 0; i < rows; i++) {
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const j = colIdx[k]!;
      const other = valueAt(A, j, i);
      if (Math.abs(values[k]! - other) <= 100 * EPS * most) continue;
      throw notSymmetric(where, cols, i, j, values[k]!, other);
    }
  }
}

/** Whether every entry is, to the bit, the one across a diagonal of numbers above 0: what definite matrices have in common. */
export function mayBeDefinite(A: SparseMatrix): boolean {
  const { rows, cols, rowPtr, colIdx, values } = A;
  for (let i = 0; i < rows; i++) if (!(valueAt(A, i, i) > 0)) return false;
  for (let i = 0; i < rows; i++)
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
      if (valueAt(A, colIdx[k]!, i) !== values[k]) return false;
  return rows > 0 && rows === cols;
}

export function checkSigns(where: string, signs: ArrayLike<number>, n: number): void {
  checkArray(where, "signs", signs, n);
  for (let i = 0; i < n; i++) {
    if (signs[i] === 1 || signs[i] === -1 || signs[i] === 0) continue;
    throw new DownhillError("OPTION", `${where}: signs[${i}] must be 1, -1 or 0, got ${quote(signs[i])}`, {
      details: { option: "signs", index: i, value: signs[i] },
    });
  }
}

export function checkOrder(where: string, order: ArrayLike<number>, n: number): void {
  checkArray(where, "order", order, n);
  const seen = new Uint8Array(n);
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    if (Number.isInteger(i) && i >= 0 && i < n && seen[i] === 0) seen[i] = 1;
    else {
      throw new DownhillError(
        "OPTION",
        `${where}: order[${k}] is ${quote(i)}: order must hold 0 .. ${n - 1} once each`,
        {
          details: { option: "order", index: k, value: i },
        },
      );
    }
  }
}
