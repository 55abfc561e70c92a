// Long texts take a time in proportion to their length: what is known of a part is not looked for again with each part that follows.

import { expect, test } from "vitest";
import { compileModel, curveFit } from "../../src/index.js";

const many = (k: number, term: (i: number) => string, by: string) =>
  Array.from({ length: k }, (_, i) => term(i)).join(by);
const x = [1, 2, 3, 4];

test("a sum of 2000 terms is fitted", () => {
  const model = many(2000, () => "a*x", " + ");
  const fit = curveFit({ model, x, y: x.map((t) => 3000 * t), params: { a: 1 } });
  expect(fit.values.a).toBeCloseTo(1.5, 12);
});

test("a product of 2000 factors is fitted", () => {
  const model = many(2000, () => "(1 + a)", "*");
  const fit = curveFit({ model, x, y: [2, 2, 2, 2], params: { a: 1e-4 } });
  expect(fit.values.a! / (2 ** (1 / 2000) - 1)).toBeCloseTo(1, 9);
});

test("what needs too many operations is refused at once", () => {
  for (const text of [many(900, (i) => `(p${i} + x)`, "*"), many(900, (i) => `p${i}`, "*")])
    expect(() => compileModel(text)).toThrow(
      "the expression and its derivatives need more than 100000 operations",
    );
});
