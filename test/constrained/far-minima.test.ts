// Minima far from the start, where a slope is exactly 0, and variables on which nothing depends: neither has run away. Projections
// whose numbers are huge beside the set.
import { expect, test } from "vitest";
import { compileProgram, minimizeConstrained, project, prox } from "../../src/index.js";

const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;

test.each(methods)("%s: minima thousands of times the start away are found", (method) => {
  const bounds = { lower: [0, 0], upper: [1e4, 1e4] };
  const f = (x: ArrayLike<number>) => (x[0]! - 5000) ** 2 + (x[1]! - 1) ** 2;
  const boxed = minimizeConstrained(f, [3, 2], { bounds, method });
  expect(boxed.message).toMatch(/^converged/);
  expect(boxed.x[0]).toBeCloseTo(5000, 5);
  const half = minimizeConstrained(compileProgram("min (a - 1500)^2; a >= 0"), [0], { method });
  expect(half.success).toBe(true);
  expect(half.x[0]).toBeCloseTo(1500, 5);
});

test.each(methods)("%s: a bounded variable without influence is no reason to fail", (method) => {
  const r = minimizeConstrained(compileProgram("min (x - 1)^2; 0 <= y <= 1e6"), [3, 2], { method });
  expect(r.success).toBe(true);
  expect(r.x[0]).toBeCloseTo(1, 6);
});

test("what falls for ever has still run away", () => {
  for (const method of methods) {
    const r = minimizeConstrained(compileProgram("min -x; x >= 0"), [1], { method });
    expect(r).toMatchObject({ status: "failed", reason: "diverging" });
  }
});

// By hand: the nearest points of sets that are tiny beside the point.
test.each<[string, ArrayLike<number>, number[]]>([
  ["the origin", project.l1Ball(0).project([1, 2]), [0, 0]],
  ["a tiny cross-polytope", project.l1Ball(1e-17).project([1, -2]), [0, -1e-17]],
  ["a simplex from afar", project.simplex(1).project([1e16, 1e16]), [0.5, 0.5]],
  ["a tiny simplex", project.simplex(1e-17).project([1, 2]), [0, 1e-17]],
  ["a cross-polytope from afar", project.l1Ball(1).project([1e17, 1e17]), [0.5, 0.5]],
  ["the largest of 10^20 and 1, by 1 less", prox.linf(1).prox([1e20, 1], 1), [1e20, 1]],
])("%s", (_, found, expected) => {
  expect(Array.from(found)).toEqual(expected);
});
