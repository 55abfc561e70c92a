// The exponential of trajectories: to a unit in the last place everywhere, monotone where acceptance rates need it, and its ends.
import fc from "fast-check";
import { expect, test } from "vitest";
import { exp as exact } from "../../src/runtime/elementary.js";
import { exp } from "../../src/sampling/exponential.js";

test("exp to 1.5 units in the last place, from the smallest to the largest result", () => {
  // Both have errors below one unit; they are evaluated in another order.
  fc.assert(
    fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => {
      const want = exact(x);
      const unit = Math.max(5e-324, want * 2.220446049250313e-16);
      expect(Math.abs(exp(x) - want)).toBeLessThanOrEqual(1.5 * unit);
    }),
    { numRuns: 5000 },
  );
});

test("the ends", () => {
  expect([exp(0), exp(-0), exp(-Infinity), exp(Infinity), exp(711), exp(-747)]).toEqual([
    1,
    1,
    0,
    Infinity,
    Infinity,
    0,
  ]);
  expect(exp(NaN)).toBeNaN();
  expect(exp(709.782712893384)).toBeLessThan(Infinity);
  expect(exp(-745.1)).toBe(5e-324);
});

test("never above 1 for what is lost, never below for what is gained", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e-3, noNaN: true }), (x) => {
      expect(exp(-x)).toBeLessThanOrEqual(1);
      expect(exp(x)).toBeGreaterThanOrEqual(1);
    }),
  );
});
