// Second derivatives where a piece of the text has a kink and the whole has none: true values by hand.
import { expect, test } from "vitest";
import { compileObjective, minimize } from "../../src/index.js";

const xy = ["x", "y"];
const xn = ["x", "n"];
test.each([
  ["abs(x)^2", xy, [0, 0], [2, 0, 0, 0]],
  ["abs(x)*abs(x)", xy, [0, 0], [2, 0, 0, 0]],
  ["abs(x + 2*y)^2", xy, [2, -1], [2, 4, 4, 8]],
  ["hypot(x, y)^2", xy, [0, 0], [2, 0, 0, 2]],
  ["hypot(x, 2*y)^2", xy, [3, 1], [2, 0, 0, 8]],
  ["hypot(x, y)*hypot(x, y)", xy, [0, 0], [2, 0, 0, 2]],
  ["exp(-hypot(x, y)^2/2)", xy, [0, 0], [-1, 0, 0, -1]],
  ["hypot(x, y)^4", xy, [0, 0], [0, 0, 0, 0]],
  ["abs(x)^3", xy, [0, 0], [0, 0, 0, 0]],
  ["x^n", xn, [0, 2], [2, 0, 0, 0]],
  ["(3*x)^n", xn, [0, 2], [18, 0, 0, 0]],
  ["x^n", xn, [0, 3], [0, 0, 0, 0]],
  ["x^n", xn, [0, 2.5], [0, 0, 0, 0]],
  ["x^n", xn, [0, 1], [0, -Infinity, -Infinity, 0]],
  ["x^n", xn, [0, 1.5], [Infinity, 0, 0, 0]],
  ["x^n", xn, [0, 0], [0, NaN, NaN, NaN]],
  ["x^1.7", xy, [0, 0], [Infinity, 0, 0, 0]],
  ["x^2.3", xy, [0, 0], [0, 0, 0, 0]],
] as const)("the Hessian of %s by %s at %s", (text, names, at, wanted) => {
  const out = new Float64Array(4);
  compileObjective(text, names).hess(at, out);
  // Beside x = 0 the mixed derivative x^(n-1) (1 + n log x) of n <= 1 has no limit that is a number.
  const known = wanted.map((value) => Number.isFinite(value) || value === Infinity);
  expect([...out].filter((_, i) => known[i]).map((value) => value + 0)).toEqual(
    wanted.filter((_, i) => known[i]),
  );
});

test.each([
  ["hypot(x,y)^2 - 0.25*x^2", [0, 0]],
  ["abs(x)^2 - 0.5*x^2 + y^2", [0, 1]],
] as const)("minima of %s are found by their curvature", (text, x0) => {
  for (const method of ["newton", "trustRegion", "lbfgs"] as const) {
    const r = minimize(compileObjective(text, xy), x0, { method });
    expect([method, r.success]).toEqual([method, true]);
    expect(r.fun).toBeLessThan(1e-12);
  }
});
