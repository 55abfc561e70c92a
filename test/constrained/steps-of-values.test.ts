// A step of rounded values is no minimum for its differences of 0: see test/minimize/steps-of-values.
import { expect, test } from "vitest";
import { minimizeConstrained } from "../../src/index.js";

test.each(["sqp", "interiorPoint", "augmentedLagrangian"] as const)(
  "%s claims no minimum of rounded values beside it",
  (method) => {
    for (let k = 0; k < 60; k++) {
      const width = 10 ** -(1 + (k % 3));
      const f = (x: Float64Array) =>
        x.reduce((sum, v, i) => sum + (Math.round((v - i) / width) * width) ** 2, 0);
      const start = [Math.sin(k) * 4, Math.cos(3 * k) * 4];
      const { status, fun } = minimizeConstrained(f, start, {
        method,
        inequality: [(x) => 20 - x[0]! - x[1]!],
      });
      expect(status === "converged" && fun > 8 * width * width, `${k}`).toBe(false);
    }
  },
);

test("what is flat and higher on both sides is a minimum", () => {
  for (const method of ["sqp", "interiorPoint", "augmentedLagrangian"] as const) {
    const hinge = (x: Float64Array) => Math.max(0, Math.abs(x[0]!) - 1) ** 2 + (x[1]! - 1) ** 2;
    const result = minimizeConstrained(hinge, [3, 0], { method, inequality: [(x) => 20 - x[0]! - x[1]!] });
    expect([result.status, result.reason]).toEqual(["converged", "kkt"]);
  }
});
