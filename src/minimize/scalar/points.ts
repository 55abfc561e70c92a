// The points between which a function of one variable is looked at, as they are given.

import { DownhillError, quote } from "../../runtime/errors.js";
import { type Elsewhere, isArrayLike, optionError } from "../../runtime/options.js";

/** What else people call the two points. */
export const twoPoints = (option: string): Elsewhere => ({
  tol: "stepTol",
  ...Object.fromEntries(
    ["a", "b", "x0", "x1", "lower", "upper", "min", "max", "interval", "guess"].map((name) => [
      name,
      `did you mean ${option}: [a, b]?`,
    ]),
  ),
});

/** Finite points in increasing order; of a pair that is a bracket either order will do. */
export function readPoints(
  where: string,
  option: string,
  given: unknown,
  lengths: readonly number[],
): number[] {
  if (!isArrayLike(given) || !lengths.includes(given.length))
    throw optionError(where, option, given, `${lengths.join(" or ")} numbers`);
  const count = given.length;
  const points = Array.from({ length: count }, (_, i) => {
    const v: unknown = given[i];
    if (typeof v === "number" && Number.isFinite(v)) return v;
    throw optionError(where, option, v, "finite numbers");
  });
  const sorted = points.every((v, i) => i === 0 || points[i - 1]! < v);
  if (!sorted) {
    throw new DownhillError(
      "OPTION",
      `${where}: ${option} must increase, got ${points.map(quote).join(", ")}`,
      {
        details: { option, value: points },
      },
    );
  }
  return points;
}
