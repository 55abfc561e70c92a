// quantileRegression and svm: worked uses of the linear and the quadratic solver, against what is known of their answers.
import { expect, test } from "vitest";
import { quantileRegression, svm } from "../../src/index.js";

test("a median line does not see an outlier", () => {
  const r = quantileRegression([[1], [2], [3], [4], [5]], [3, 5, 7, 900, 11]);
  expect(r.success).toBe(true);
  expect(r.x[0]).toBeCloseTo(2, 6);
  expect(r.intercept).toBeCloseTo(1, 6);
  expect(r.fun).toBeCloseTo(0.5 * (900 - 9), 4);
});

test("without predictors' slope the quantile of a sample", () => {
  const y = [9, 1, 8, 2, 7, 3, 6, 4, 5];
  const r = quantileRegression(
    y.map(() => [1]),
    y,
    { tau: 0.3, intercept: false },
  );
  // The third of nine: 0.3 * 9 = 2.7 lies below it.
  expect(r.x[0]).toBeCloseTo(3, 6);
});

test("the widest margin between two points on a line, and its multipliers", () => {
  const r = svm([[0], [1], [3], [4]], [-1, -1, 1, 1], { C: 10 });
  expect(structuredClone(r)).toMatchObject({ status: r.status, bias: r.bias });
  expect(r.success).toBe(true);
  expect(r.weights?.[0]).toBeCloseTo(1, 5);
  expect(r.bias).toBeCloseTo(-2, 5);
  expect(r.support).toEqual([1, 2]);
  expect(r.alpha[1]).toBeCloseTo(0.5, 5);
  expect(r.decision([2])).toBeCloseTo(0, 5);
});

test("a kernel separates what no plane does", () => {
  const points = [
    [0, 0],
    [1, 1],
    [0, 1],
    [1, 0],
  ];
  const r = svm(points, [1, 1, -1, -1], { kernel: "rbf", gamma: 2, C: 100 });
  expect(points.map((p) => Math.sign(r.decision(p)))).toEqual([1, 1, -1, -1]);
});

test("bad input is refused", () => {
  expect(() => quantileRegression([[1]], [1, 2])).toThrow(/length/);
  expect(() => quantileRegression([[1]], [1], { tau: 1 })).toThrow(/tau/);
  expect(() => quantileRegression([[NaN]], [1])).toThrow(/finite/);
  expect(() => svm([[1], [2]], [1, 1])).toThrow(/both present/);
  expect(() => svm([[1], [2]], [1, 0])).toThrow(/1 and -1/);
  expect(() => svm([[1], [2]], [1, -1], { C: 0 })).toThrow(/C must/);
});
