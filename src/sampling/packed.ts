// The state of movers as text: JSON in which numbers keep their bits, NaN and infinities too.

import { numbersToText, textToNumbers } from "../runtime/saved.js";

/** Plain data as JSON in which every array of numbers is text: NaN and infinities survive. */
export function packed(state: unknown): string {
  return JSON.stringify(state, (_key, value) => {
    if (typeof value === "number" && !Number.isFinite(value))
      return { text: numbersToText([value]), length: 0 };
    const numbers = Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === "number");
    return numbers ? { text: numbersToText(value), length: value.length } : value;
  });
}

export function unpacked(text: string): unknown {
  return JSON.parse(text, (_key, value) => {
    if (typeof value !== "object" || value === null || typeof value.text !== "string") return value;
    const numbers = textToNumbers(value.text, value.length === 0 ? 1 : value.length)!;
    return value.length === 0 ? numbers[0] : [...numbers];
  });
}
