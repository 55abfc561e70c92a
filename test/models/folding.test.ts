// What the graph folds: the exact values of functions, powers of two, powers that are short chains of products.
import { expect, test } from "vitest";
import { EXACT, isCheapPower, isPowerOfTwo } from "../../src/models/folding.js";
import { scalar } from "./harness.js";

test.each(Object.entries(EXACT))("%s has the exact value that is folded", (name, pairs) => {
  expect(pairs.length).toBeGreaterThan(0);
  for (const [argument, value] of pairs) expect(scalar[name]!(argument, 0) + 0).toBe(value);
});

test("powers of two between 1e-9 and 1e9, of either sign", () => {
  for (let k = -29; k <= 29; k++)
    for (const sign of [1, -1]) {
      expect(isPowerOfTwo(sign * 2 ** k)).toBe(true);
      for (const other of [3, 1.5, 1 + 2 ** -52]) expect(isPowerOfTwo(sign * other * 2 ** k)).toBe(false);
    }
  for (const x of [0, NaN, Infinity, -Infinity, 2 ** -30, 2 ** 30]) expect(isPowerOfTwo(x)).toBe(false);
});

test("whole exponents up to 16 are products, and halves below 8", () => {
  for (let n = -40; n <= 40; n++) {
    expect([n, isCheapPower(n)]).toEqual([n, Math.abs(n) <= 16]);
    expect([n, isCheapPower(n + 0.5)]).toEqual([n, Math.abs(n + 0.5) < 8]);
    for (const part of [0.25, 0.1, 0.75]) expect(isCheapPower(n + part)).toBe(false);
  }
});
