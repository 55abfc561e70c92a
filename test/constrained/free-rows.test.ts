import fc from "fast-check";
import { expect, test } from "vitest";
import { csrFromDense, minimizeConstrained } from "../../src/index.js";

// A linear row without sides asks for nothing: the run is that of the program without it.

test.for(["sqp", "interiorPoint", "augmentedLagrangian"] as const)("%s with a free row", (method) => {
  const near = fc.integer({ min: -100, max: 100 }).map((v) => v / 100);
  const two = fc.tuple(near, near);
  const free = { l: [-Infinity], u: [Infinity] };
  fc.assert(
    fc.property(two, two, two, fc.boolean(), (c, x0, row, sparse) => {
      const inequality = [(x: Float64Array) => 4 - x[0]! ** 2 - x[1]! ** 2];
      const f = (x: Float64Array) => (x[0]! - c[0]) ** 2 + 2 * (x[1]! - c[1]) ** 2;
      const A = sparse ? csrFromDense([row]) : [row];
      const r = minimizeConstrained(f, x0, { method, inequality, linear: { A, ...free } });
      expect(r.status).toBe("converged");
      expect(Math.abs(r.x[0]! - c[0]) + Math.abs(r.x[1]! - c[1])).toBeLessThan(1e-5);
      expect(Array.from(r.multipliers.linear)).toEqual([0]);
      expect(r.active.linear).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("a row beside it keeps its place, and the matrix its numbers", () => {
  const A = csrFromDense([
    [1, 1],
    [1, 1],
  ]);
  // x + y >= 2 at the point of x^2 + y^2 nearest to 0: (1, 1), with the price 2.
  const linear = { A, l: [-Infinity, 2], u: [Infinity, Infinity] };
  const r = minimizeConstrained((x) => x[0]! ** 2 + x[1]! ** 2, [3, 0], { method: "interiorPoint", linear });
  expect(r.status).toBe("converged");
  expect(r.x[0]).toBeCloseTo(1, 6);
  expect(r.multipliers.linear[0]).toBeCloseTo(0, 6);
  expect(r.multipliers.linear[1]).toBeCloseTo(2, 5);
  expect(Array.from(A.values)).toEqual([1, 1, 1, 1]);
});
