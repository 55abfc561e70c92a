// Tolerances of 0, and numbers at the ends of the range: a run of minimizeConstrained ends with a status, and with its best point.
import { expect, test } from "vitest";
import { compileProgram, minimizeConstrained } from "../../src/index.js";

const METHODS = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;
// Both rows bind at (1, 1): the gradient (-2, 0) is -2/3 (2, -1) - 2/3 (1, 1).
const corner = compileProgram("min (x - 2)^2 + (y - 1)^2; x^2 <= y; x + y <= 2");

for (const method of METHODS)
  for (const zero of [
    { gradTol: 0 },
    { feasTol: 0 },
    { gradTol: 0, feasTol: 0 },
    { gradTol: 1e-300, feasTol: 1e-300 },
  ])
    test(`${method} with ${JSON.stringify(zero)} ends at the corner`, () => {
      const { x } = minimizeConstrained(corner, [-3, 4], { method, ...zero });
      expect(Math.hypot(x[0]! - 1, x[1]! - 1)).toBeLessThan(1e-8);
    });

test("a violation of 0 is within feasTol 0, a slope of 0 within gradTol 0", () => {
  const inside = minimizeConstrained(corner, [-3, 4], { method: "interiorPoint", feasTol: 0 });
  expect(inside).toMatchObject({ status: "converged", reason: "kkt", violation: 0 });
  const flat = compileProgram("min x^2 + y^2; x + y <= 2");
  for (const method of ["sqp", "augmentedLagrangian"] as const)
    expect(minimizeConstrained(flat, [0, 0], { method, gradTol: 0, feasTol: 0 }).status).toBe("converged");
});

for (const method of METHODS)
  for (const size of [1e150, 1e300, 1e307])
    test(`${method} ends with a status where derivatives are ${size}`, () => {
      const far = compileProgram(`min ${size}*(x + y); ${size}*x*y >= ${size}; x - y == 0; x >= 0; y <= 10`);
      const { x, status } = minimizeConstrained(far, [3, 2], { method });
      expect(["converged", "failed", "stopped"]).toContain(status);
      expect(x.every(Number.isFinite)).toBe(true);
    });
