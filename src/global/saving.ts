// Numbers of a search as data, bit for bit: what is not finite has no place in JSON, so that all of them travel as text.

import { numbersToText, textToNumbers } from "../runtime/saved.js";

/** Several arrays in one text. */
export const pack = (...arrays: ArrayLike<number>[]): string =>
  numbersToText(arrays.flatMap((array) => Array.from(array)));

/** Fills the arrays from such a text; false where it is of another length. */
export function unpack(text: unknown, ...arrays: (Float64Array | Int32Array)[]): boolean {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const numbers = typeof text === "string" ? textToNumbers(text, length) : null;
  if (!numbers) return false;
  let at = 0;
  for (const array of arrays) {
    array.set(numbers.subarray(at, at + array.length));
    at += array.length;
  }
  return true;
}

/** A list of any length. */
export const packList = (values: readonly number[]): string => numbersToText(values);

export function unpackList(text: unknown): number[] | null {
  if (typeof text !== "string") return null;
  const bytes = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
  const numbers = textToNumbers(text, bytes / 8);
  return numbers ? Array.from(numbers) : null;
}
