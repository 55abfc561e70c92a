// Box bounds as callers give them, and as arrays.

import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkKeys } from "../runtime/options.js";

export interface Bounds {
  lower?: number | ArrayLike<number> | undefined;
  upper?: number | ArrayLike<number> | undefined;
}

/** Both bounds in full; -Infinity and Infinity where there is none. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Lower and upper bounds as arrays of length n; null when there are none. */
export function readBounds(where: string, bounds: Bounds | undefined, x0: ArrayLike<number>): Box | null {
  if (bounds === undefined) return null;
  if (Array.isArray(bounds))
    throw new DownhillError(
      "OPTION",
      `${where}: bounds must be an object { lower, upper }, each a number or an array, got ${quote(bounds)}`,
      {
        hint: "pairs [low, high] become { lower: pairs.map(([low]) => low), upper: pairs.map(([, high]) => high) }",
        details: { option: "bounds" },
      },
    );
  checkKeys(`${where}: bounds`, bounds, ["lower", "upper"]);
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
