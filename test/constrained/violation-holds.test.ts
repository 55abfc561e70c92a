import { expect, test } from "vitest";
import { minimizeConstrained } from "../../src/index.js";

// "infeasible" says that no direction makes the violation smaller. To first order that holds at a maximum or a saddle of it, too.

const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;
const sum = (x: Float64Array) => x[0]! + x[1]!;

test.for(methods)("%s leaves a maximum of the violation", (method) => {
  // From the centre of the unit circle x + y is least at -(1, 1) / sqrt(2).
  const circle = [(x: Float64Array) => x[0]! ** 2 + x[1]! ** 2 - 1];
  const least = minimizeConstrained(sum, [0, 0], { method, equality: circle });
  expect(least.status).toBe("converged");
  expect(least.fun).toBeCloseTo(-Math.SQRT2, 6);
  // Rosenbrock's function on it: the root of its slope along the circle.
  const valley = minimizeConstrained((x) => 100 * (x[1]! - x[0]! ** 2) ** 2 + (1 - x[0]!) ** 2, [0, 0], {
    method,
    equality: circle,
    bounds: { lower: [-1, -1], upper: [1, 1] },
  });
  expect(valley.status).toBe("converged");
  expect(valley.x[0]! ** 2 + valley.x[1]! ** 2).toBeCloseTo(1, 6);
  expect(valley.fun).toBeCloseTo(0.0456748087, 6);
});

test.for(methods)("%s leaves a saddle of the violation that no axis shows", (method) => {
  const r = minimizeConstrained((x) => (x[0]! - 2) ** 2 + (x[1]! - 0.5) ** 2, [0, 0], {
    method,
    equality: [(x) => x[0]! * x[1]! - 1],
  });
  expect(r.status).toBe("converged");
  expect(r.x[0]! * r.x[1]!).toBeCloseTo(1, 6);
});

test.for(methods)("%s says of which violation no direction makes it smaller", (method) => {
  // x >= 1 and x <= 0: the sum is 1 wherever x is between.
  const apart = [(x: Float64Array) => x[0]! - 1, (x: Float64Array) => -x[0]!];
  const r = minimizeConstrained((x) => x[0]! ** 2 + x[1]! ** 2, [0.3, 0.7], { method, inequality: apart });
  expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
  expect(r.message).toMatch(/the sum of the (squared )?violations is stationary here/);
});

test("what curves little, or to a higher order only, is no least violation either", () => {
  const feasible: readonly [string, (x: Float64Array) => number, number[], (x: Float64Array) => number][] = [
    ["circle of radius 3", (x) => (x[0]! - 9) ** 2 + x[1]! ** 2, [0, 0], (x) => x[0]! ** 2 + x[1]! ** 2 - 9],
    ["of radius 1000", (x) => (x[0]! - 9) ** 2 + x[1]! ** 2, [0, 0], (x) => x[0]! ** 2 + x[1]! ** 2 - 1e6],
    ["cube", (x) => (x[0]! - 0.3) ** 2, [0], (x) => x[0]! ** 3 - 1],
    ["fifth power", (x) => (x[0]! - 0.3) ** 2, [0], (x) => x[0]! ** 5 - 1],
    ["monkey saddle", (x) => x[0]! ** 2 + x[1]! ** 2, [0, 0], (x) => x[0]! ** 3 - 3 * x[0]! * x[1]! ** 2 - 1],
    ["slow cosine", (x) => x[0]! ** 2 + x[1]! ** 2, [0, 0], (x) => Math.cos(x[0]! / 100) - 0.5],
  ];
  for (const method of ["sqp", "interiorPoint", "augmentedLagrangian"] as const) {
    for (const [name, f, start, row] of feasible)
      expect(minimizeConstrained(f, start, { method, equality: [row] }).status, `${method} ${name}`).toBe(
        "converged",
      );
    const none = minimizeConstrained((x) => x[0]! ** 2, [1, 1], {
      method,
      equality: [(x) => x[0]! ** 2 + x[1]! ** 2 + 1],
    });
    expect([none.status, none.reason]).toEqual(["failed", "infeasible"]);
  }
});
