// Laws end where they end: no draw lies beyond their support, and scales and data that a law cannot have are refused.
import { expect, test } from "vitest";
import { compileDensity, curveFit, DownhillError, posterior, sample } from "../../src/index.js";

test.each([
  ["uniform(x, 0, 1)", [0.5, 1], [-0.1, 1.1]],
  ["halfNormal(x, 1)", [0, 2], [-1e-9]],
  ["halfCauchy(x, 1)", [0, 2], [-3]],
  ["exponential(x, 2)", [0, 2], [-1]],
  ["gamma(x, 2, 1)", [0.5], [-1]],
  ["lognormal(x, 0, 1)", [0.5], [-1]],
  ["inverseGamma(x, 2, 1)", [0.5], [-1]],
  ["weibull(x, 2, 1)", [0.5], [-1]],
  ["beta(x, 2, 3)", [0.5], [-0.5, 1.5]],
])("%s", (text, inside, outside) => {
  const density = compileDensity(text, { params: ["x"] });
  for (const x of inside) expect(density.logDensity([x])).toBeGreaterThan(-Infinity);
  for (const x of outside) expect(density.logDensity([x])).toBe(-Infinity);
});

// Law, its arguments, and the whole logarithm: of parameters alone, then of numbers and one parameter.
test.each<[string, number[], number]>([
  ["gamma", [1.5, -0.5, 2], -Infinity],
  ["gamma", [1.5, 0.5, -2], -Infinity],
  ["inverseGamma", [1.5, -0.5, 2], -Infinity],
  ["inverseGamma", [1.5, 2, -2], -Infinity],
  ["beta", [0.5, -0.5, 2], -Infinity],
  ["beta", [0.5, 2, -1.5], -Infinity],
  ["weibull", [0.5, 2, -1.5], -Infinity],
  ["binomial", [5, 3, 0.5], -Infinity],
  ["binomial", [-1, 3, 0.5], -Infinity],
  ["binomial", [0, -1, 0.5], -Infinity],
  ["binomial", [2, 3.5, 0.5], -Infinity],
  ["binomialLogit", [5, 3, 0.5], -Infinity],
  ["binomialLogit", [2, 3.5, 0.5], -Infinity],
  ["binomial", [0, 3, -0.5], -Infinity],
  ["bernoulli", [1, 1.5], -Infinity],
  ["poisson", [0, -1], -Infinity],
  ["lognormal", [0, 0, 1], -Infinity],
  ["inverseGamma", [0, 2, 1], -Infinity],
  ["bernoulli", [0, 1], -Infinity],
  ["poisson", [3, 0], -Infinity],
  ["poisson", [0, 0], 0],
  ["bernoulli", [1, 1], 0],
  ["bernoulli", [0, 0], 0],
  ["binomial", [7, 7, 1], 0],
  ["binomial", [0, 7, 0], 0],
  ["gamma", [0, 1, 3], Math.log(3)],
  ["weibull", [0, 1, 3], -Math.log(3)],
  ["beta", [0, 1, 2], Math.log(2)],
  ["beta", [1, 2, 1], Math.log(2)],
])("%s at %j is %d", (law, at, want) => {
  const names = at.map((_, k) => `p${k}`);
  const density = compileDensity(`${law}(${names.join()})`, { params: names });
  const gradient = new Float64Array(at.length);
  const close = (value: number) =>
    want === -Infinity ? expect(value).toBe(want) : expect(value).toBeCloseTo(want, 13);
  close(density.logDensity(at));
  close(density.logDensityGrad(at, gradient));
  if (want !== -Infinity) expect(gradient.every(Number.isFinite)).toBe(true);
  // The last a parameter, the others numbers; not where a number would be refused.
  const few = at.slice(0, -1);
  if (few.slice(1).some((v) => v < 0)) return;
  const last = compileDensity(`${law}(${few.join()}, p)`, { params: ["p"] });
  close(last.logDensity(at.slice(-1)) + last.logConstant);
});

test("the end of a uniform law lies beyond all its data", () => {
  const density = compileDensity("uniform(y, 0, end)", {
    params: { end: { lower: 0.1, upper: 50 } },
    data: { y: [3, 7, 9] },
  });
  const { draws } = sample(density, [10], { seed: 1, method: "slice", draws: 2000 });
  const all = Array.from(draws);
  expect(Math.min(...all)).toBeGreaterThanOrEqual(9);
  // With end^-3 on (9, 50) the mean is 2 (1/9 - 1/50) / (1/81 - 1/2500).
  const mean = all.reduce((s, v) => s + v, 0) / all.length;
  expect(Math.abs(mean / ((2 * (1 / 9 - 1 / 50)) / (1 / 81 - 1 / 2500)) - 1)).toBeLessThan(0.05);
});

test.each([
  ["normal(x, 0, -1)", undefined, /sd of normal must be positive/],
  ["uniform(x, 5, 1)", undefined, /low of uniform must be below high/],
  ["bernoulliLogit(y, x)", [0, 5], /data\.y\[1\] is 5/],
  ["poissonLog(y, x)", [3, -2], /data\.y\[1\] is -2/],
])("%s is refused", (text, y, message) => {
  const run = () => compileDensity(text, { params: ["x"], ...(y && { data: { y } }) });
  expect(run).toThrow(DownhillError);
  expect(run).toThrow(message);
});

test("predictions with sigma marginalised are as wide as those with sigma estimated", () => {
  const x = Array.from({ length: 30 }, (_, i) => i / 3);
  const y = x.map((t, i) => 2 + 0.5 * t + 0.05 * Math.sin(97 * i * i));
  const fit = curveFit({ model: "a + b*x", x, y });
  const width = (sigma: "marginalised" | "estimated") => {
    const { lower, upper } = sample(posterior(fit, { sigma }), undefined, { seed: 1 }).predict([5], {
      kind: "prediction",
    });
    return upper[0]! - lower[0]!;
  };
  expect(width("marginalised") / width("estimated")).toBeGreaterThan(0.9);
  expect(width("marginalised") / width("estimated")).toBeLessThan(1.1);
});
