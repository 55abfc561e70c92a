// Lists of anything that callers give: the length is read once, and one so long that nobody means it is refused before it is walked.

import { DownhillError } from "./errors.js";
import { optionError } from "./options.js";

const MOST = 2 ** 20;

/** A copy of the list; SHAPE where it has more than `most` elements. `wanted`: what belongs there. */
export function takeList(
  where: string,
  argument: string,
  given: unknown,
  wanted: string,
  most = MOST,
): unknown[] {
  if (!Array.isArray(given)) throw optionError(where, argument, given, wanted);
  const { length } = given;
  if (!(length <= most)) {
    throw new DownhillError("SHAPE", `${where}: ${argument} has length ${length}, expected at most ${most}`, {
      details: { argument, length },
    });
  }
  return Array.from({ length }, (_, i) => given[i] as unknown);
}
