import fc from "fast-check";
import { expect, test } from "vitest";
import { toLetters } from "../../scripts/letters.mjs";
import { fromLetters } from "../../src/runtime/letters.js";

test("bytes come back, and their letters need no escape", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = toLetters(bytes);
      expect(text).toMatch(/^[(-[\]-~]*$/);
      expect(fromLetters(text)).toEqual(bytes);
    }),
  );
  for (const fill of [0, 42, 127, 128, 168, 255]) {
    for (let length = 0; length < 40; length++) {
      const bytes = new Uint8Array(length).fill(fill);
      expect(fromLetters(toLetters(bytes))).toEqual(bytes);
    }
  }
});

test("the code is complete: every word of seven bits begins with one of its words", () => {
  // 42 words of six bits and 44 of seven: 42 / 64 + 44 / 128 = 1.
  const letters = new Set(Array.from({ length: 128 }, (_, word) => toLetters(Uint8Array.of(word << 1))[0]));
  expect(letters.size).toBe(86);
});
