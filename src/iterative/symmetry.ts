// Whether a stored matrix is symmetric to rounding: methods that take it to be so give another answer where it is not.

import type { Rows } from "../linalg/csr-parts.js";
import { notSymmetric } from "../linalg/refusals.js";
import { largestOf } from "../linalg/scaling.js";
import { booleanOption } from "../runtime/options.js";
import type { System } from "./request.js";

/** With check: false all of A is used, as it is. */
const HINT = "gmres and bicgstab take any A";

/** 100 eps. */
const ASYMMETRY = 2.3e-14;

/** NOT_SYMMETRIC with the first pair that differs, unless the option `check` is false. */
export function checkSymmetry({ where, rows: n, A }: System, option: unknown): void {
  if (!booleanOption(where, "check", option, true)) return;
  if (A instanceof Float64Array) {
    const most = ASYMMETRY * largestOf(A);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [A[j * n + i]!, A[i * n + j]!];
        if (Math.abs(a - b) > most) throw notSymmetric(where, n, j, i, a, b, HINT);
      }
    }
    return;
  }
  const { rowPtr, colIdx, values } = A as Rows;
  const most = ASYMMETRY * largestOf(values);
  // Rows in order meet the elements of each column in order, so one cursor a row finds the partner.
  const cursor = rowPtr.slice(0, n);
  const partner = (i: number, j: number): number => {
    let k = cursor[j]!;
    const end = rowPtr[j + 1]!;
    while (k < end && colIdx[k]! < i) k++;
    cursor[j] = k;
    return k < end && colIdx[k] === i ? values[k]! : 0;
  };
  for (let i = 0; i < n; i++) {
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const j = colIdx[k]!;
      if (j === i) continue;
      const a = values[k]!;
      const b = partner(i, j);
      if (Math.abs(a - b) > most) throw notSymmetric(where, n, i, j, a, b, HINT);
    }
  }
}
