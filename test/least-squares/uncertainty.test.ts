// What leastSquares says of the uncertainty of its answer, against linear regression in closed form; both orders of its arguments.

import { describe, expect, it } from "vitest";
import { iterateLeastSquares, leastSquares, leastSquaresAsync } from "../../src/index.js";

// A = (1 0; 0 1; 1 1), b = (1, 2, 3.1): inv(A'A) = (2 -1; -1 2) / 3, x = (31, 61) / 30, rss = 1 / 300.
const residuals = (p: Float64Array, out: Float64Array): void => {
  out[0] = p[0]! - 1;
  out[1] = p[1]! - 2;
  out[2] = p[0]! + p[1]! - 3.1;
};
/** Student's t of one degree of freedom: tan(pi (level / 2)). */
const t95 = 12.706204736432095;

describe("uncertainty of leastSquares", () => {
  const r = leastSquares(residuals, 3, [0, 0]);
  it("covariance, errors, correlation, intervals", () => {
    expect(r.dof).toBe(1);
    expect(r.redChi2).toBeCloseTo(1 / 300, 9);
    const s2 = 1 / 300;
    [2, -1, -1, 2].forEach((v, i) => {
      expect(r.covariance![i]).toBeCloseTo((v / 3) * s2, 9);
    });
    const stderr = Math.sqrt((2 / 3) * s2);
    expect(r.stderr![1]).toBeCloseTo(stderr, 8);
    expect([...r.correlation!].map((v) => Math.round(v * 1e8) / 1e8)).toEqual([1, -0.5, -0.5, 1]);
    expect(r.ci![0]![0]).toBeCloseTo(31 / 30 - t95 * stderr, 7);
    expect(r.ci![1]![1]).toBeCloseTo(61 / 30 + t95 * stderr, 7);
    expect(r.report()).toContain("+/- 0.0471");
  });

  it("absoluteSigma: residuals in units of their own deviation, the normal law; level", () => {
    const known = leastSquares(residuals, 3, [0, 0], { absoluteSigma: true, level: 0.6826894921370859 });
    const stderr = Math.sqrt(2 / 3);
    expect(known.stderr![0]).toBeCloseTo(stderr, 8);
    expect(known.ci![0]![1]).toBeCloseTo(31 / 30 + stderr, 7);
  });

  it("nothing where the data leave no degree of freedom, or a variable free", () => {
    const exact = leastSquares((p, out) => out.fill(p[0]! - 1), 1, [0]);
    expect([exact.stderr, exact.ci, exact.covariance, exact.correlation]).toEqual([null, null, null, null]);
    const idle = leastSquares((p, out) => out.fill(p[0]! - 1), 3, [0, 0]);
    expect(idle.stderr).toBeNull();
  });

  it("a robust loss: Huber's factor, as curveFit's", () => {
    const robust = leastSquares(residuals, 3, [0, 0], { loss: "softL1", lossScale: 0.1 });
    expect(robust.stderr![0]).toBeGreaterThan(0.02);
    expect(robust.stderr![0]).toBeLessThan(0.2);
  });

  it("the number of residuals before the start, or among the options", async () => {
    const options = { m: 3 };
    expect(leastSquares(residuals, [0, 0], options).x).toEqual(r.x);
    expect((await leastSquaresAsync(residuals, [0, 0], options)).x).toEqual(r.x);
    const it = iterateLeastSquares(residuals, [0, 0], options);
    for (const _ of it);
    expect(it.result!.x).toEqual(r.x);
    expect(() => leastSquares(residuals, [0, 0], {} as never)).toThrow(/m must be the number of residuals/);
    expect(() => leastSquares(residuals, 3, [0, 0], { m: 3 } as never)).toThrow(/unknown option "m"/);
  });
});
