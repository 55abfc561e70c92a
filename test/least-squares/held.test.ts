// Bounds in the statistics of least squares: what they hold is a constant, what ended at one is said; ranks in the degrees of freedom.
// The truth is linear regression, worked out here by its normal equations, and curveFit of the same problem.

import { describe, expect, test } from "vitest";
import {
  compareFits,
  curveFit,
  iterateLeastSquares,
  leastSquares,
  leastSquaresAsync,
} from "../../src/index.js";

const x = [0, 1, 2, 3, 4, 5, 6, 7];
const y = [3.02, 2.2, 1.68, 1.3, 1.12, 0.95, 0.81, 0.74];
const decay = (p: Float64Array, out: Float64Array): void =>
  x.forEach((t, i) => {
    out[i] = p[0]! * Math.exp(-p[1]! * t) + p[2]! - y[i]!;
  });
const decayJacobian = (p: Float64Array, out: Float64Array): void =>
  x.forEach((t, i) => {
    const e = Math.exp(-p[1]! * t);
    out.set([e, -p[0]! * t * e, 1], 3 * i);
  });
const hold = { bounds: { lower: [-Infinity, -Infinity, 0.6], upper: [Infinity, Infinity, 0.6] } };

describe("variables that their bounds hold", () => {
  const model = "a*exp(-b*x) + c";
  const fixed = curveFit({ model, x, y, params: { a: 2, b: 0.5, c: { init: 0.6, fixed: true } } });

  test("are constants: the errors and degrees of freedom of the fit that has them fixed", async () => {
    const iterated = iterateLeastSquares(decay, 8, [2, 0.5, 0.6], hold);
    while (!iterated.next().done);
    for (const r of [
      leastSquares(decay, 8, [2, 0.5, 0.6], hold),
      leastSquares(decay, 8, [2, 0.5, 0.6], { ...hold, jacobian: decayJacobian }),
      leastSquares(decay, 8, [2, 0.5, 0.6], { ...hold, loss: "huber", lossScale: 1e3 }),
      await leastSquaresAsync(decay, 8, [2, 0.5, 0.6], hold),
      iterated.result,
    ]) {
      expect(r.dof).toBe(fixed.dof);
      expect(r.rank).toBe(2);
      expect(r.redChi2).toBeCloseTo(fixed.redChi2, 12);
      expect(r.stderr![0]).toBeCloseTo(fixed.params.a!.stderr!, 7);
      expect(r.stderr![1]).toBeCloseTo(fixed.params.b!.stderr!, 7);
      expect(r.stderr![2]).toBe(0);
      expect(r.ci![2]).toEqual([0.6, 0.6]);
      expect([...r.correlation!].slice(6)).toEqual([0, 0, 1]);
      expect(r.correlation![1]).toBeCloseTo(fixed.correlation![1]!, 6);
      expect(r.warnings).toEqual([]);
    }
  });

  test("take no residual: one free variable and four that are held, of three points", () => {
    const bounds = { lower: [-Infinity, 1, 2, 3, 4], upper: [Infinity, 1, 2, 3, 4] };
    const residuals = (p: Float64Array, out: Float64Array): void => {
      // A mean of 0, 3 and 9 beside constants whose columns depend on each other.
      [10, 13, 19].forEach((v, i) => {
        out[i] = p[0]! + p[1]! + p[2]! + p[3]! + p[4]! - v;
      });
    };
    for (const method of ["levenbergMarquardt", "levenberg", "gaussNewton", "dogleg"] as const) {
      const r = leastSquares(residuals, 3, [0, 1, 2, 3, 4], { bounds, method });
      expect([r.status, r.dof, r.rank]).toEqual(["converged", 2, 1]);
      expect(r.x[0]).toBeCloseTo(4, 7);
      expect(r.rss).toBeCloseTo(42, 10);
      expect(r.stderr![0]).toBeCloseTo(Math.sqrt(7), 7);
      expect([...r.stderr!].slice(1)).toEqual([0, 0, 0, 0]);
    }
    expect(() =>
      leastSquares(residuals, 1, [0, 0, 2, 3, 4], {
        bounds: { lower: [-1, -1, 2, 3, 4], upper: [1, 1, 2, 3, 4] },
      }),
    ).toThrow("too few residuals for 2 parameters: 1");
    const all = leastSquares(residuals, 3, [0, 0, 0, 0, 0], { bounds: { lower: 0, upper: 0 } });
    expect([all.status, all.dof, all.rss]).toEqual(["converged", 3, 630]);
  });

  test("the Jacobian and the gradient that a caller gives stay as they are", () => {
    const r = leastSquares(decay, 8, [2, 0.5, 0.6], { ...hold, jacobian: decayJacobian });
    const J = new Float64Array(24);
    decayJacobian(r.x, J);
    expect([...r.jacobian]).toEqual([...J]);
    expect(r.grad[2]).toBeCloseTo(
      r.residuals.reduce((sum, v) => sum + v, 0),
      12,
    );
  });

  test("all of them: nothing is left to fit, and nothing errs", () => {
    const r = leastSquares((p, out) => out.set([p[0]! - 1, p[0]! - 2]), 2, [1.5], {
      bounds: { lower: 1.5, upper: 1.5 },
    });
    expect([r.dof, r.rank, r.stderr![0], r.warnings.length]).toEqual([2, 0, 0, 0]);
  });

  test("others that the data do not determine are named", () => {
    const same = (p: Float64Array, out: Float64Array): void => {
      for (let i = 0; i < 6; i++) out[i] = p[0]! + i * (p[1]! + p[2]!) + p[3]! - i * i;
    };
    const r = leastSquares(same, 6, [1, 1, 1, 2], {
      bounds: { lower: [-9, -9, -9, 2], upper: [99, 9, 9, 2] },
    });
    expect(r.stderr).toBeNull();
    expect(r.dof).toBe(6 - 2);
    expect(r.warnings).toMatchObject([{ code: "W_COVARIANCE_SINGULAR", params: ["x[1]", "x[2]"] }]);
    expect(r.warnings[0]!.message).toContain("rank 2 of 3");
  });
});

test("a bound that is met is said, as by curveFit", () => {
  const r = leastSquares((p, out) => out.set([p[0]! - 3, p[0]! - 3.2, p[1]! - 1]), 3, [0, 0], {
    bounds: { upper: [2, 5] },
  });
  expect(r.x[0]).toBe(2);
  expect(r.warnings).toMatchObject([{ code: "W_PARAM_AT_BOUND", params: ["x[0]"] }]);
});

describe("degrees of freedom where parameters matter only together", () => {
  // ln y = a + b - k t has two parameters in it: the same sums as the line without b.
  const line = curveFit({ model: "a - k*t", x: { t: x }, y });
  const both = curveFit({ model: "a + b - k*t", x: { t: x }, y, params: { a: 1, b: 1, k: 0.3 } });
  const own = leastSquares(
    (p, out) =>
      x.forEach((t, i) => {
        out[i] = p[0]! + p[1]! - p[2]! * t - y[i]!;
      }),
    8,
    [1, 1, 0.3],
  );

  test("are those of the rank, and so is all that follows", () => {
    expect([both.dof, own.dof]).toEqual([6, 6]);
    for (const key of ["redChi2", "residualStd", "aic", "aicc", "bic", "aicR", "bicR"] as const)
      expect(both[key]).toBeCloseTo(line[key], 10);
    expect(own.redChi2).toBeCloseTo(line.redChi2, 10);
    expect(both.report()).toMatch(/degrees of freedom += 6/);
    expect(both.toJSON().dof).toBe(6);
    const { models } = compareFits(line, both);
    expect(models[1]!.aicc).toBeCloseTo(models[0]!.aicc, 9);
    expect(models.map(({ params, dof }) => [params, dof])).toEqual([
      [2, 6],
      [3, 6],
    ]);
  });

  test("of a robust fit and of a fit of several sets too", () => {
    const data = [
      { x: { t: x }, y },
      { x: { t: x }, y: y.map((v) => v + 1) },
    ];
    const params = { a: { init: 1 }, b: { init: 1 }, k: { init: 0.3, shared: true } };
    expect(curveFit({ model: "a + b - k*t", data, params }).dof).toBe(16 - 3);
    const robust = curveFit({
      model: "a + b - k*t",
      x: { t: x },
      y,
      params: { a: 1, b: 1, k: 0.3 },
      loss: "huber",
    });
    expect(robust.dof).toBe(6);
  });

  test("of many names some are listed in the message, all in params", () => {
    const n = 30;
    const r = leastSquares(
      (p, out) => {
        const sum = p.reduce((s, v) => s + v, 0);
        for (let i = 0; i < 40; i++) out[i] = sum - i;
      },
      40,
      new Float64Array(n).fill(1),
    );
    const [warning] = r.warnings;
    expect(warning!.params).toHaveLength(n);
    expect(warning!.message).toMatch(/x\[7\] and 22 more: the Jacobian has rank 1 of 30/);
    expect(r.dof).toBe(39);
  });
});
