// Text models with a point at x = 0, where formulas of the derivative give 0 * Infinity: they converge to the
// minimum that SciPy's curve_fit finds for the same model.

import { describe, expect, it } from "vitest";
import { curveFit } from "../../src/index.js";

const wiggle = (i: number): number => Math.sin(97 * i);
const t = Array.from({ length: 26 }, (_, i) => 4 * i);
const stretched = t.map((x, i) => 3 * Math.exp(-((x / 20) ** 0.6)) + 0.5 + 0.01 * wiggle(i));
const dose = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const response = dose.map(
  (x, i) => (x === 0 ? 0.05 : 0.05 + 1.85 / (1 + (x / 2) ** -1.2)) + 0.01 * wiggle(i),
);

describe("a point at zero", () => {
  it.each([
    ["a*exp(-(x/t)^b)+c", t, stretched, { a: 2, t: 10, b: 0.5, c: 0 }, 0.0012181183255601587],
    ["a*exp(-(x/t)^b)+c", t, stretched, { a: 2, t: 10, b: 1, c: 0 }, 0.0012181183255601587],
    ["D+(A-D)/(1+(x/C)^B)", dose, response, { A: 2, B: -1, C: 1, D: 0.1 }, 0.00041230827675785],
    ["b+E/(1+(K/x)^n)", dose, response, { b: 0.1, E: 2, K: 1, n: 1 }, 0.00041230827675785],
    ["b+E/(1+10^((L-log10(x))*h))", dose, response, { b: 0.1, E: 2, L: 0, h: 1 }, 0.00041230827675785],
    ["b+E*exp(-K/x)", dose, response, { b: 0.1, E: 2, K: 1 }, 0.020678499319667774],
  ] as [string, number[], number[], Record<string, number>, number][])("%s", (model, x, y, params, rss) => {
    const fit = curveFit({ model, x, y, params });
    expect(fit.status).toBe("converged");
    expect(fit.rss / rss).toBeCloseTo(1, 9);
  });
});
