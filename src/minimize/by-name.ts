// A point given by the names of a compiled objective's or a program's variables.

import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { isArrayLike, nearest } from "../runtime/options.js";

/** What stands under each of `names`; OPTION for a name that is none of them, SHAPE for one that is missing. */
export function byName(where: string, given: object, names: readonly string[]): unknown[] {
  const other = Object.keys(given).find((name) => !names.includes(name));
  if (other !== undefined) {
    const meant = nearest(other, names);
    throw new DownhillError("OPTION", `${where}: there is no variable ${quote(other)}`, {
      hint: meant ? `did you mean "${meant}"?` : `the variables are ${names.join(", ")}`,
      details: { argument: "x0", name: other },
    });
  }
  const values = names.map((name) => (given as Record<string, unknown>)[name]);
  const missing = values.indexOf(undefined);
  if (missing >= 0)
    throw new DownhillError("SHAPE", `${where} has no value for "${names[missing]}"`, {
      hint: `give each of ${names.join(", ")} a number, or an array in this order`,
      details: { argument: "x0" },
    });
  return values;
}

/** A point for `f`: an array of numbers, or numbers by the names of a compiled objective. */
export function pointOf(where: string, argument: string, f: unknown, x: unknown): Float64Array {
  const names = (f as { params?: unknown } | null)?.params;
  // Copied first, then the copy is checked: what reads otherwise the second time does no harm.
  const keyed =
    Array.isArray(names) && x && typeof x === "object" && !isArrayLike(x) && !ArrayBuffer.isView(x);
  return copyNumbers(where, argument, keyed ? byName(`${where}: ${argument}`, x, names) : x);
}
