// Whether a pattern lacks an entry, which grouped differences add to another of its row without notice: some of the columns are moved
// at once, others than together in a group, and a row that does not change as its entries say is looked at alone.

import { DownhillError } from "../runtime/errors.js";
import type { JacobianPattern } from "./sparse-pattern.js";

/** A row is suspected where it is off by this share of its own change, and of the largest change of a row. */
const OWN = 0.1;
const LARGEST = 1e-4;
/** It is found out where it changes by so much of that while none of its variables moves. */
const PROVEN = 0.1;

/** Two columns move alike in all looks by chance only. */
const LOOKS = 2;
const moves = (j: number, look: number): boolean =>
  ((Math.imul(j + 1, 0x9e3779b1) >>> (15 + look)) & 1) === 1;

/**
 * x: the point, f: the values there; steps[j]: that of the differences, 0 where there is none; upper: bounds. Yields `near` where the values at `at` are
 * to be written into it: twice, and twice more for a row that is suspected. Gives that row, or -1.
 */
export function* strayRow(
  pattern: JacobianPattern,
  J: Float64Array,
  x: Float64Array,
  f: Float64Array,
  steps: Float64Array,
  at: Float64Array,
  near: Float64Array,
  upper: Float64Array | null = null,
): Generator<Float64Array, number, void> {
  const { cols, rowPtr, colIdx } = pattern;
  for (let look = 0; look < LOOKS; look++) {
    let any = false;
    for (let j = 0; j < cols; j++) {
      const moved = moves(j, look) && steps[j] !== 0;
      // At least one side has room for the step.
      const side = upper && x[j]! + steps[j]! > upper[j]! ? -1 : 1;
      at[j] = moved ? x[j]! + side * steps[j]! : x[j]!;
      any ||= moved;
    }
    if (!any) continue;
    yield near;
    const { row, off } = suspect(pattern, J, x, f, at, near);
    if (row < 0) continue;
    for (let k = rowPtr[row]!; k < rowPtr[row + 1]!; k++) at[colIdx[k]!] = x[colIdx[k]!]!;
    yield near;
    const value = near[row]!;
    if (!(Math.abs(value - f[row]!) > PROVEN * off)) continue;
    // Noise has another value each time.
    yield near;
    if (near[row] === value) return row;
  }
  return -1;
}

/** The row whose change is farthest off from what its entries say, and by how much; -1 where none is far. */
function suspect(
  { rows, rowPtr, colIdx }: JacobianPattern,
  J: Float64Array,
  x: Float64Array,
  f: Float64Array,
  at: Float64Array,
  near: Float64Array,
): { row: number; off: number } {
  let largest = 0;
  for (let k = 0; k < J.length; k++)
    largest = Math.max(largest, Math.abs(J[k]! * (at[colIdx[k]!]! - x[colIdx[k]!]!)));
  let [found, most] = [-1, 0];
  for (let i = 0; i < rows && largest > 0; i++) {
    let [told, size] = [0, 0];
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const part = J[k]! * (at[colIdx[k]!]! - x[colIdx[k]!]!);
      told += part;
      size += Math.abs(part);
    }
    const off = Math.abs(near[i]! - f[i]! - told);
    if (off > OWN * size + LARGEST * largest && off > most) {
      found = i;
      most = off;
    }
  }
  return { row: found, off: most };
}

/** `what`, the value of that row, changes with a variable that the pattern does not have there. */
export function missingEntry(what: string, row: number): DownhillError {
  return new DownhillError(
    "OPTION",
    `${what} changes with a variable of which jacobianPattern has no entry in row ${row}`,
    {
      hint: "jacobianPattern must have every entry that is ever other than 0; checkJacobian finds one that is missing",
      details: { option: "jacobianPattern", row },
    },
  );
}
