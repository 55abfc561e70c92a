// A large constant hides the bowl of f near its minimum, where f is flat to rounding: what is looked at farther away rises, and the
// minimum is claimed. Where f is lower farther away it is not.
import { describe, expect, test } from "vitest";
import { constrainedMethods, minimizeConstrained } from "../../src/index.js";

const methods = Object.keys(constrainedMethods) as (keyof typeof constrainedMethods)[];

describe.each(methods)("%s", (method) => {
  // AustinSchuh's program of NLopt's tracker, no. 375, from its solution, and its kind in two variables.
  const one = ([x]: ArrayLike<number> & Iterable<number>) => (15e4 - x!) ** 2 + (x! + 15e4) ** 2;
  const two = ([x, y]: ArrayLike<number> & Iterable<number>) => 1e9 + (x! - y!) ** 2 + (x! + y! - 2) ** 2;

  test.each([0, 1e-3, 1, -3, 1000])("the minimum of a bowl on a large constant, from %d", (x0) => {
    const exact = {
      fun: one,
      grad: ([x]: ArrayLike<number> & Iterable<number>, out: Float64Array) => {
        out[0] = 4 * x!;
      },
    };
    for (const f of x0 === 1e-3 ? [exact] : [one, exact]) {
      const r = minimizeConstrained(f, [x0], { method });
      expect([r.status, r.reason]).toEqual(["converged", "kkt"]);
      expect(one(r.x)).toBe(one([0]));
    }
  });

  test("the same in two variables, from the minimum", () => {
    const r = minimizeConstrained(two, [1, 1], { method });
    expect(r.status).toBe("converged");
    expect(two(r.x)).toBe(1e9);
  });

  test("a plateau beside a lower place is no minimum", () => {
    const well = ([x]: ArrayLike<number> & Iterable<number>) =>
      1 - Math.exp(-((5000 * (x! - 0.3)) ** 2) / 1e6);
    const r = minimizeConstrained(well, [2], { method, bounds: { lower: -3, upper: 3 } });
    if (r.status === "converged") expect(r.x[0]).toBeCloseTo(0.3, 3);
    else expect(r.message).toContain("lower elsewhere");
  });
});
