// The errors of matrices that cannot be factored or solved with.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Source } from "./matrix.js";

export function singular(where: string, pivot: number, rcond: number): DownhillError {
  const message =
    rcond > 0
      ? `${where}: A is singular to working precision, rcond ${rcond.toExponential(2)}`
      : `${where}: A is singular, pivot ${pivot} is 0`;
  return new DownhillError("SINGULAR", message, {
    hint: "lstsq gives the solution of least norm",
    details: { pivot, rcond },
  });
}

export function notPositiveDefinite(where: string, pivot: number): DownhillError {
  return new DownhillError(
    "NOT_POSITIVE_DEFINITE",
    `${where}: A is not positive definite, pivot ${pivot} is not positive`,
    { hint: "use ldl or modifiedCholesky, or lu", details: { pivot, rcond: 0 } },
  );
}

export function notSymmetric(where: string, s: Source, row: number, col: number, a: number, b: number) {
  return new DownhillError(
    "NOT_POSITIVE_DEFINITE",
    `${where}: A is not symmetric: A[${row}][${col}] is ${quote(a)}, A[${col}][${row}] is ${quote(b)}`,
    {
      hint: "check: false reads the lower triangle only",
      details: { pivot: Math.max(row, col), rcond: 0, row, col, index: row * s.cols + col },
    },
  );
}
