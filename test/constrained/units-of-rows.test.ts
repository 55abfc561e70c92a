// A row and its sides times any number are the same constraint: every method finds the same point, to 1e-6.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileProgram, minimizeConstrained, solveLP, solveQP } from "../../src/index.js";

const power = (most: number) => fc.integer({ min: -9, max: most }).map((k) => 10 ** k);
const scaled = (A: number[][], sides: number[], by: readonly number[]) => ({
  A: A.map((row, i) => row.map((v) => v * by[i]!)),
  u: sides.map((v, i) => v * by[i]!),
});
const near = (x: ArrayLike<number>, at: readonly number[]) => {
  for (let j = 0; j < at.length; j++) expect(Math.abs(x[j]! - at[j]!)).toBeLessThan(1e-6);
};

describe("convex programs", () => {
  const powers = fc.tuple(power(9), power(9), power(9));
  for (const method of ["interiorPoint", "simplex"] as const)
    test(`Hillier and Lieberman's glass works by ${method}: (2, 6)`, () => {
      const A = [
        [1, 0],
        [0, 2],
        [3, 2],
      ];
      fc.assert(
        fc.property(powers, (by) => {
          const found = solveLP({ c: [-3, -5], ...scaled(A, [4, 12, 18], by), lower: [0, 0] }, { method });
          expect(found.status).toBe("solved");
          near(found.x!, [2, 6]);
        }),
        { numRuns: 60 },
      );
    });
  for (const method of ["interiorPoint", "activeSet", "admm"] as const)
    test(`the point of two rows nearest to (1, 2.5) and (3, 3) by ${method}`, () => {
      // (1, 2.5) falls on x + 2y = 3 at (0.4, 1.3); (3, 3) has z + w <= 2 for z = w = 1; the third row is slack.
      const P = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 2 : 0)));
      const A = [
        [1, 2, 0, 0],
        [0, 0, 1, 1],
        [1, 0, 1, 0],
      ];
      fc.assert(
        fc.property(powers, (by) => {
          const found = solveQP(
            { P, q: [-2, -5, -6, -6], ...scaled(A, [3, 2, 5], by) },
            { method, tolerance: 1e-9 },
          );
          expect(found.status).toBe("solved");
          near(found.x!, [0.4, 1.3, 1, 1]);
        }),
        { numRuns: 60 },
      );
    });
});

describe("nonlinear programs", () => {
  const powers = fc.tuple(power(6), power(6));
  const programs: [string, (a: number, b: number) => string, number[], number[]][] = [
    [
      // The gradient (-2, 0) is -2/3 (2, -1) - 2/3 (1, 1).
      "a parabola and a line",
      (a, b) => `min (x - 2)^2 + (y - 1)^2; ${a}*(y - x^2) >= 0; ${b}*(x + y - 2) <= 0`,
      [-3, 4],
      [1, 1],
    ],
    [
      "a product in a box",
      (a, b) => `min x + y; ${a}*(x*y - 4) >= 0; ${b}*(x - y) <= ${b}; x >= 0.1; y >= 0.1`,
      [1, 5],
      [2, 2],
    ],
    [
      "equations",
      (a, b) => `min x^2 + y^2 + z^2; ${a}*(x + y + z) == ${3 * a}; ${b}*(x*y - 1) == 0`,
      [2, 1, 0],
      [1, 1, 1],
    ],
  ];
  for (const method of ["sqp", "interiorPoint", "augmentedLagrangian"] as const)
    for (const [name, text, start, at] of programs)
      test(`${name} by ${method}`, () => {
        fc.assert(
          // One penalty for all rows: those of the augmented Lagrangian may not be too far from each other.
          fc.property(powers, ([a, b]) => {
            const one = method === "augmentedLagrangian" ? a : b;
            const found = minimizeConstrained(compileProgram(text(a, one)), start, { method });
            expect(found.status).toBe("converged");
            near(found.x, at);
          }),
          { numRuns: 40 },
        );
      });
  test("1e-6 (x y - 4) >= 0 alone", () => {
    for (const method of ["sqp", "interiorPoint"] as const)
      near(
        minimizeConstrained(compileProgram("min x + y; 1e-6*(x*y - 4) >= 0"), [3, 3], { method }).x,
        [2, 2],
      );
  });
});
