// The sides of rows and the box of a nonlinear program, as a user gives them.

import { type Box, checkBounds, readBounds } from "../../driver/bounds.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";

/** A side of rows: one number for all, or an array; `none` where it is left out. Not NaN. */
export function side(where: string, name: string, given: unknown, count: number, none: number): Float64Array {
  if (given === undefined) return new Float64Array(count).fill(none);
  const values =
    typeof given === "number" ? new Float64Array(count).fill(given) : copyNumbers(where, name, given, count);
  const bad = values.findIndex((v) => Number.isNaN(v) || v === -none);
  if (bad < 0) return values;
  throw new DownhillError("NON_FINITE_INPUT", `${where}: ${name}[${bad}] is ${quote(values[bad])}`, {
    details: { argument: name, index: bad },
  });
}

export function readBox(where: string, given: unknown, n: number): Box {
  const none = { lower: new Float64Array(n).fill(-Infinity), upper: new Float64Array(n).fill(Infinity) };
  if (given === undefined) return none;
  checkBounds(where, given);
  const box = given as { lower?: ArrayLike<number>; upper?: ArrayLike<number> };
  // The start is moved into the box, so that only the bounds themselves are checked against each other.
  const { lower = -Infinity, upper = Infinity } = box;
  const low = side(where, "bounds.lower", lower, n, -Infinity);
  side(where, "bounds.upper", upper, n, Infinity);
  return (
    readBounds(
      where,
      box,
      low.map((v) => (v === -Infinity ? 0 : v)).map((v, j) => within(box.upper, v, j)),
    ) ?? none
  );
}

const within = (upper: unknown, v: number, j: number): number => {
  const high =
    typeof upper === "number" ? upper : ((upper as ArrayLike<number> | undefined)?.[j] ?? Infinity);
  return high < v ? high : v;
};
