// Box bounds as callers give them, and as arrays.

import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkKeys, type Elsewhere, isArrayLike, optionError } from "../runtime/options.js";

export interface Bounds {
  lower?: number | ArrayLike<number> | undefined;
  upper?: number | ArrayLike<number> | undefined;
}

/** Both bounds in full; -Infinity and Infinity where there is none. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

const elsewhere: Elsewhere = { min: "lower", max: "upper", low: "lower", high: "upper" };

const isPair = (a: unknown, b: unknown): boolean => typeof a === "number" && typeof b === "number" && a < b;

/** OPTION unless these are bounds as they are written here; how other libraries write them is turned into that. */
export function checkBounds(
  where: string,
  bounds: unknown,
  names: readonly string[] = ["lower", "upper"],
): void {
  if (!Array.isArray(bounds)) {
    checkKeys(`${where}: bounds`, bounds as object, names, elsewhere);
    return;
  }
  const pairs =
    bounds[0] &&
    bounds.every((p) => isArrayLike(p) && p.length === 2 && isPair(p[0] ?? -Infinity, p[1] ?? Infinity));
  const [low, high] = pairs
    ? ["pairs.map((p) => p[0] ?? -Infinity)", "pairs.map((p) => p[1] ?? Infinity)"]
    : isArrayLike(bounds[0])
      ? ["bounds[0]", "bounds[1]"]
      : ["[...]", "[...]"];
  throw optionError(
    where,
    "bounds",
    bounds,
    "an object { lower, upper }",
    `write { lower: ${low}, upper: ${high} }`,
  );
}

/** Lower and upper bounds as arrays of length n; null when there are none. */
export function readBounds(where: string, bounds: Bounds | undefined, x0: ArrayLike<number>): Box | null {
  if (bounds === undefined) return null;
  checkBounds(where, bounds);
  const n = x0.length;
  const side = (name: "lower" | "upper", none: number) => {
    const given = bounds[name];
    if (given === undefined) return new Float64Array(n).fill(none);
    if (typeof given === "number") return new Float64Array(n).fill(given);
    return copyNumbers(where, `bounds.${name}`, given, n);
  };
  const lower = side("lower", -Infinity);
  const upper = side("upper", Infinity);
  for (let j = 0; j < n; j++) {
    const low = lower[j]!;
    const high = upper[j]!;
    if (!(low <= high))
      throw boundsError(`${where}: bounds.lower[${j}] = ${low} is not <= bounds.upper[${j}] = ${high}`, j);
    const start = x0[j]!;
    if (start < low || start > high)
      throw boundsError(`${where}: the start x[${j}] = ${start} is outside [${low}, ${high}]`, j);
  }
  return { lower, upper };
}

function boundsError(message: string, index: number): DownhillError {
  return new DownhillError("OPTION", message, { details: { option: "bounds", index } });
}
