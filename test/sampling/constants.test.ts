// Constants of laws: log likelihoods of single data, loo, waic and evidences against closed forms, mixtures whose weights hang on
// them, and laws whose shape is a parameter.
import { describe, expect, test } from "vitest";
import { compileDensity, curveFit, laplace, posterior, sample } from "../../src/index.js";
import { logGamma as ownLogGamma } from "../../src/random/log-gamma.js";
import { logGamma } from "../../src/stats/distributions.js";

const LOG_2PI = Math.log(2 * Math.PI);
const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
const choose = (n: number, k: number): number => factorial(n) / factorial(k) / factorial(n - k);

test("log gamma is the core's", () => {
  for (const x of [1e-8, 0.1, 0.5, 1, 1.5, 2, 3.7, 11.9, 12, 40, 1e5])
    expect(Math.abs(ownLogGamma(x) - logGamma(x))).toBeLessThan(1e-14 * Math.max(1, Math.abs(logGamma(x))));
});

describe("the term of a datum is the whole logarithm of its law", () => {
  // Law as text with datum y, parameter p, and the density in closed form at y and p.
  const table: readonly [string, number, number, number][] = [
    ["normal(y, p, 2)", 1.5, 0.5, Math.exp(-0.5 * 0.25) / (2 * Math.sqrt(2 * Math.PI))],
    ["halfNormal(y, p)", 1.5, 2, (2 * Math.exp(-0.5 * 0.5625)) / (2 * Math.sqrt(2 * Math.PI))],
    ["lognormal(y, p, 1)", Math.E, 0, Math.exp(-0.5) / (Math.E * Math.sqrt(2 * Math.PI))],
    ["studentT(y, 3, p, 2)", 3, 1, 2 / (Math.PI * Math.sqrt(3) * (4 / 3) ** 2) / 2],
    ["studentT(y, p, 1, 2)", 3, 3, 2 / (Math.PI * Math.sqrt(3) * (4 / 3) ** 2) / 2],
    ["cauchy(y, p, 2)", 3, 1, 1 / (2 * Math.PI * 2)],
    ["halfCauchy(y, p)", 3, 3, 1 / (3 * Math.PI)],
    ["laplace(y, p, 2)", 3, 1, Math.exp(-1) / 4],
    ["exponential(y, p)", 2, 3, 3 * Math.exp(-6)],
    ["gamma(y, 3, p)", 1.5, 2, 4 * 2.25 * Math.exp(-3)],
    ["gamma(y, p, 2)", 1.5, 3, 4 * 2.25 * Math.exp(-3)],
    ["inverseGamma(y, 3, p)", 0.5, 2, 4 * 16 * Math.exp(-4)],
    ["beta(y, p, 5)", 0.25, 2, 30 * 0.25 * 0.75 ** 4],
    ["weibull(y, 2, p)", 1.5, 3, (2 / 3) * 0.5 * Math.exp(-0.25)],
    ["uniform(y, 1, p)", 2, 5, 0.25],
    ["poisson(y, p)", 4, 2.5, (2.5 ** 4 * Math.exp(-2.5)) / 24],
    ["poissonLog(y, p)", 4, Math.log(2.5), (2.5 ** 4 * Math.exp(-2.5)) / 24],
    ["bernoulli(y, p)", 1, 0.3, 0.3],
    ["binomial(y, 5, p)", 2, 0.4, 10 * 0.16 * 0.216],
    ["binomialLogit(y, 5, p)", 2, Math.log(0.4 / 0.6), 10 * 0.16 * 0.216],
  ];
  test.each(table)("%s", (text, y, p, want) => {
    const density = compileDensity(text, { params: ["p"], data: { y: [y] } });
    expect(density.pointwise!([p])[0]).toBeCloseTo(Math.log(want), 12);
    // What the samplers leave out is told.
    expect(density.logDensity([p]) + density.logConstant).toBeCloseTo(Math.log(want), 12);
  });
});

test("loo and waic of a normal model with known sigma are those of its closed form", () => {
  // y_i ~ N(mu, 2), mu ~ N(0, 10): every leave-one-out predictive law is normal.
  const y = [3.1, -0.4, 2.2, 5.7, 1.9, 0.3, 4.4, 2.8, 3.6, 1.1];
  const density = compileDensity("normal(y, mu, 2)", {
    params: { mu: { prior: "normal(0, 10)" } },
    data: { y },
  });
  const p = sample(density, undefined, { seed: 1, draws: 5000 });
  const total = y.reduce((a, b) => a + b, 0);
  let elpd = 0;
  for (const v of y) {
    const precision = (y.length - 1) / 4 + 1 / 100;
    const mean = (total - v) / 4 / precision;
    const variance = 1 / precision + 4;
    elpd += -0.5 * (LOG_2PI + Math.log(variance) + (v - mean) ** 2 / variance);
  }
  expect(p.loo().elpd).toBeCloseTo(elpd, 1);
  expect(p.waic().elpd).toBeCloseTo(elpd, 1);
  // The same by the fit of a constant, and by its prior as text.
  const fit = curveFit({ model: "mu", x: y, y, params: { mu: 1 }, sigma: 2, absoluteSigma: true });
  const own = posterior(fit, { prior: { mu: "normal(0, 10)" } });
  density.pointwise!([1.3]).forEach((v, i) => {
    expect(own.pointwise(Float64Array.of(1.3))[i]).toBeCloseTo(v, 12);
  });
  expect(own.logDensity([1.3]) + own.logConstant).toBeCloseTo(
    density.logDensity([1.3]) + density.logConstant,
    10,
  );
});

test("fits: Student's and Poisson's terms have their constants", () => {
  const x = [0, 1, 2, 3];
  const y = [4, 6, 9, 13];
  const fit = curveFit({ model: "a + b*x", x, y, params: { a: 4, b: 3 } });
  const heavy = posterior(fit, { likelihood: "student", dof: 3 });
  const r = (4 - (3.5 + 0)) / 1.5;
  const t = 2 / (Math.PI * Math.sqrt(3) * (1 + (r * r) / 3) ** 2) / 1.5;
  expect(heavy.pointwise(Float64Array.of(3.5, 3, 1.5))[0]).toBeCloseTo(Math.log(t), 12);
  const counts = posterior(fit, { likelihood: "poisson" });
  expect(counts.pointwise(Float64Array.of(3.5, 3))[1]).toBeCloseTo(
    6 * Math.log(6.5) - 6.5 - Math.log(720),
    12,
  );
});

test("an evidence has all constants: marginal likelihoods in closed form", () => {
  // Counts with a gamma law of their rate: a negative binomial law.
  const density = compileDensity("poisson(k, rate)", {
    params: { rate: { kind: "positive", prior: "gamma(3, 2)" } },
    data: { k: [4] },
  });
  const found = laplace(density, [1.5], { seed: 1, draws: 40_000 });
  expect(found.logEvidenceWeighed).toBeCloseTo(Math.log(choose(6, 4) * (2 / 3) ** 3 * (1 / 3) ** 4), 2);
  // A law alone has mass 1.
  const law = compileDensity("gamma(x, 3, 2)", { params: { x: "positive" } });
  expect(laplace(law, [1], { seed: 1, draws: 40_000 }).logEvidenceWeighed).toBeCloseTo(0, 2);
});

test("a mixture of different laws has the weights that it says", () => {
  // 0.5 N(-5, 1) + 0.5 Laplace(5, 1): without constants the normal part would count 1.25 times.
  const density = compileDensity("log(0.5*exp(normal(x, -5, 1)) + 0.5*exp(laplace(x, 5, 1)))", {
    params: ["x"],
  });
  for (const x of [-5, 0, 5]) {
    const want =
      (0.5 * Math.exp(-0.5 * (x + 5) ** 2)) / Math.sqrt(2 * Math.PI) + 0.25 * Math.exp(-Math.abs(x - 5));
    expect(density.logDensity([x])).toBeCloseTo(Math.log(want), 10);
  }
  expect(density.logConstant).toBe(0);
  // A choice by a parameter, and a difference.
  const choice = compileDensity("z > 0 ? normal(x, 0, 1) : cauchy(x, 0, 1)", { params: ["x", "z"] });
  expect(choice.logDensity([0, 1]) - choice.logDensity([0, -1])).toBeCloseTo(0.5 * Math.log(Math.PI / 2), 12);
});

test("a shape that is a parameter is normalised, with its gradient", () => {
  const density = compileDensity("studentT(y, nu, 0, 1) + gamma(y^2, a, 1) + beta(y/4, a, nu)", {
    params: { nu: "positive", a: "positive" },
    data: { y: [0.3, 2.2, 1.7] },
  });
  const at = [3.3, 1.9];
  const g = new Float64Array(2);
  density.logDensityGrad(at, g);
  const h = 1e-5;
  at.forEach((_, i) => {
    const value = (by: number) => density.logDensity(at.map((v, j) => (i === j ? v + by : v)));
    expect(g[i]).toBeCloseTo((value(h) - value(-h)) / (2 * h), 6);
  });
});
