import { expect, test } from "vitest";
import { curveFit, leastSquares } from "../../src/index.js";

const line = {
  model: (x: number, { a, b }: Readonly<Record<"a" | "b", number>>) => a + b * x,
  x: [0, 1, 2, 3],
  y: [1, 3.1, 4.9, 7],
};

test("what a fit offers works when taken out of it", () => {
  const fit = curveFit({ ...line, params: { a: 0, b: 1 } });
  const { predict, band, profile, report } = fit;
  expect([...predict([4])]).toEqual([...fit.predict([4])]);
  expect([4, 5].map((x) => predict([x])[0])).toEqual([...fit.predict([4, 5])]);
  expect(band([1]).lower[0]).toBe(fit.band([1]).lower[0]);
  expect(profile("a")).toEqual(fit.profile("a"));
  expect(report()).toBe(fit.report());
  const solved = leastSquares((p, out) => void out.set([(p[0] as number) - 3]), 1, [1]);
  const { report: solveReport } = solved;
  expect(solveReport({ style: "brief" })).toContain("converged");
});

test("a result survives structuredClone as data", () => {
  const fit = curveFit({ ...line, params: { a: 0, b: 1 } });
  const copy = structuredClone(fit);
  expect(copy.values).toEqual(fit.values);
  expect(copy.covariance).toEqual(fit.covariance);
});

test("the gradient reported is that of the answer", () => {
  for (const start of [0, 10]) {
    const result = leastSquares(
      (p, out) =>
        void out.set(line.x.map((x, i) => (p[0] as number) + (p[1] as number) * x - (line.y[i] as number))),
      4,
      [start, 1],
    );
    const largest = Math.max(...result.grad.map(Math.abs));
    expect(result.optimality).toBeCloseTo(largest, 12);
    expect(result.report()).not.toContain("gradient   not measured");
  }
});
