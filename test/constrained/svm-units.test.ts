// The classifier in any unit of the points and for any C: multipliers scale as 1 / |x|^2 and do not grow with C.

import { expect, test } from "vitest";
import { svm } from "../../src/index.js";

const labels = [-1, -1, 1, 1];

test.each([1e-3, 1, 100, 3e4, 1e6])("points in units of %d: the widest margin lies halfway", (unit) => {
  const { weights, bias, fun, status } = svm(
    [0, 1, 3, 4].map((v) => [v * unit]),
    labels,
    { C: 1e3 / (unit * unit) },
  );
  expect(status).toBe("solved");
  // w = 1 / unit over (1, 3) units: f = 1 / (2 unit^2).
  expect(weights![0]! * unit).toBeCloseTo(1, 3);
  expect(-bias / weights![0]! / unit).toBeCloseTo(2, 3);
  expect(fun * 2 * unit * unit).toBeCloseTo(1, 2);
});

test("two features of which one is in thousands, and a hard margin", () => {
  const points = [
    [25, 30000],
    [30, 35000],
    [35, 42000],
    [40, 60000],
    [45, 72000],
    [50, 90000],
  ];
  const { weights, fun, decision } = svm(points, [-1, -1, -1, 1, 1, 1]);
  // The nearest pair: half the distance of (35, 42000) and (40, 60000) is the margin.
  const least = 2 / (5 * 5 + 18000 * 18000);
  expect(fun / least).toBeCloseTo(1, 2);
  expect(weights![1]).toBeCloseTo((2 * 18000) / (25 + 18000 * 18000), 7);
  expect(points.map((point) => Math.sign(decision(point)))).toEqual([-1, -1, -1, 1, 1, 1]);
  const hard = svm([[0], [1], [3], [4]], labels, { C: 1e6 });
  expect(hard.weights![0]).toBeCloseTo(1, 6);
});
