// Ends of profiles and regions against a scan of the other parameter that looks everywhere.

import { expect, test } from "vitest";
import { curveFit, Random } from "../../src/index.js";

/** R: qt(0.975, 6). */
const T6 = 2.446911851144969;
const x = [1, 2, 3, 4, 5, 6, 7, 8];

/** The least value of f on [from, to]: a grid, then golden sections beside its lowest point. */
function least(f: (b: number) => number, from: number, to: number): number {
  const count = 4000;
  const at = (k: number) => from + ((to - from) * k) / count;
  let best = 0;
  for (let k = 1; k <= count; k++) if (f(at(k)) < f(at(best))) best = k;
  let [a, b] = [at(best - 1), at(best + 1)];
  for (let i = 0; i < 80; i++) {
    const [u, v] = [a + 0.382 * (b - a), a + 0.618 * (b - a)];
    if (f(u) < f(v)) b = v;
    else a = u;
  }
  return f((a + b) / 2);
}

const sumOf = (y: readonly number[], model: (t: number) => number): number =>
  y.reduce((sum, v, i) => sum + (model(x[i]!) - v) ** 2, 0);

/** rss minimised over b of a exp(b x), and over a of the same. */
const heldA = (y: readonly number[], a: number) => least((b) => sumOf(y, (t) => a * Math.exp(b * t)), -40, 6);

test("the end of a profile whose first trial leads another way", () => {
  const y = [-0.45, -0.05, 1.07, 0.22, 1.32, 0.6, 1.33, 1.14];
  const fit = curveFit({ model: "a*exp(b*x)", x, y, params: { a: 1, b: 0.5 } });
  const [low, high] = fit.profile("a");
  const limit = fit.rss + fit.redChi2 * T6 ** 2;
  // 0.0014843: its sum of squares is the limit; 0.193, the estimate, was answered.
  expect(low).toBeCloseTo(0.00148428, 7);
  for (const end of [low, high]) expect(heldA(y, end) / limit).toBeCloseTo(1, 7);
});

test("ends of growth curves with much noise lie at the limit", () => {
  const random = new Random(11);
  let finite = 0;
  for (let k = 0; k < 40; k++) {
    const y = x.map((t) => 0.3 * Math.exp(0.2 * t) + 0.4 * random.normal());
    const fit = curveFit({ model: "a*exp(b*x)", x, y, params: { a: 0.3, b: 0.2 } });
    if (!fit.success || !fit.covariance) continue;
    const limit = fit.rss + fit.redChi2 * T6 ** 2;
    for (const end of fit.profile("a")) {
      // Where every a > 0 is inside, the end is 0: a spike at the last point, of b without end.
      if (!Number.isFinite(end) || Math.abs(end) < 1e-9) continue;
      finite++;
      expect(heldA(y, end) / limit).toBeCloseTo(1, 5);
    }
  }
  expect(finite).toBeGreaterThan(60);
});

test("points of a region lie at its limit", () => {
  const y = [2, 1.02, 1.85, 1.58, 2.49, 3.32, 4.44, 5.37];
  const fit = curveFit({ model: "a*exp(b*x)+c", x, y });
  const { a, b: c } = fit.region("a", "c");
  // F(0.95; 2, dof) is closed: (1 + 2 F / dof)^(-dof / 2) = 0.05.
  const limit = fit.rss * 0.05 ** (-2 / fit.dof);
  a.forEach((v, i) => {
    const held = least((b) => sumOf(y, (t) => v * Math.exp(b * t) + c[i]!), -4, 4);
    expect(held / limit).toBeCloseTo(1, 5);
  });
});
