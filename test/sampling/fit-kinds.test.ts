// posterior(fit) of every kind of fit: right against closed forms, or refused.
import { describe, expect, test } from "vitest";
import { curveFit, posterior, sample } from "../../src/index.js";

const code = (name: string) => expect.objectContaining({ code: name });
const draws = { seed: 1, draws: 3000 } as const;
const x = [1, 2, 3, 4, 5, 6];
const sum = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);
const constant = { model: "a + 0*x", x, params: { a: { init: 4, min: 0 } } } as const;

/** Mean and sd of the first parameter against what they must be. */
function near(p: ReturnType<typeof sample>, mean: number, sd: number): void {
  expect(p.status).toBe("completed");
  expect(Math.abs(p.mean[0]! - mean)).toBeLessThan(4 * p.mcse[0]!);
  expect(p.sd[0]! / sd).toBeGreaterThan(0.93);
  expect(p.sd[0]! / sd).toBeLessThan(1.07);
}

describe("a Poisson fit", () => {
  const y = [3, 5, 2, 6, 4, 7];
  const fit = curveFit({ ...constant, y, likelihood: "poisson" });

  test("has the Poisson likelihood: a gamma posterior of the rate", () => {
    // Flat on a > 0: gamma(sum + 1, m).
    const density = posterior(fit);
    near(sample(density, undefined, draws), (sum(y) + 1) / 6, Math.sqrt(sum(y) + 1) / 6);
    expect(density.pointwise(Float64Array.of(4.5))[0]).toBeCloseTo(3 * Math.log(4.5) - 4.5 - Math.log(6), 12);
    // By a function too, which has no derivatives.
    const own = curveFit({
      ...{ model: (v: number, { a }: { a: number }) => a + 0 * v, x, y, likelihood: "poisson" },
      params: { a: { init: 4, min: 0 } },
    });
    const g = [new Float64Array(1), new Float64Array(1)] as const;
    expect(posterior(own).logDensityGrad([4.2], g[0])).toBeCloseTo(density.logDensityGrad([4.2], g[1]), 10);
    expect(g[0][0]).toBeCloseTo(g[1][0]!, 6);
  });

  test("has another one where that is said, with a standard deviation to estimate", () => {
    const density = posterior(fit, { likelihood: "gaussian" });
    expect(density.names).toEqual(["a", "sigma"]);
    expect(density.logDensity([4, 2])).toBeCloseTo(
      sum(y.map((v) => -0.5 * ((v - 4) / 2) ** 2 - Math.log(2))) - Math.log(2),
      10,
    );
  });
});

test("a Student fit has Student's likelihood", () => {
  const y = [3, 5, 2, 6, 4, 40];
  const fit = curveFit({ ...constant, y, likelihood: "student" });
  const density = posterior(fit);
  expect(density.names).toEqual(["a", "sigma"]);
  const at = [4.1, 1.7];
  const want =
    sum(y.map((v) => -2.5 * Math.log(1 + ((v - 4.1) / 1.7) ** 2 / 4) - Math.log(1.7))) - Math.log(1.7);
  expect(density.logDensity(at)).toBeCloseTo(want, 10);
});

test("a line by text and by function: density and gradient are those written out, sigma known, estimated or marginalised", () => {
  const y = [3, 5, 2, 6, 4, 7];
  const [a, b, s] = [1.3, 0.8, 1.7];
  const r = y.map((v, i) => a + b * x[i]! - v);
  const rss = sum(r.map((v) => v * v));
  const slopes = [sum(r), sum(r.map((v, i) => v * x[i]!))];
  for (const model of ["a + b*x", (v: number, p: { a: number; b: number }) => p.a + p.b * v] as const) {
    const line = { model, x, y, params: { a: 1, b: 1 } } as const;
    const check = (fit: object, options: object, at: number[], value: number, gradient: number[]): void => {
      const density = posterior(fit as ReturnType<typeof curveFit>, options);
      const g = new Float64Array(at.length);
      expect(density.logDensityGrad(at, g)).toBeCloseTo(value, 10);
      expect(density.logDensity(at)).toBeCloseTo(value, 10);
      gradient.forEach((want, i) => {
        expect(g[i]).toBeCloseTo(want, typeof model === "string" ? 10 : 6);
      });
    };
    const fit = curveFit(line as never);
    check(
      curveFit({ ...line, sigma: s, absoluteSigma: true } as never),
      {},
      [a, b],
      -rss / (2 * s * s),
      slopes.map((v) => -v / (s * s)),
    );
    check(
      fit,
      { sigma: "marginalised" },
      [a, b],
      -3 * Math.log(rss),
      slopes.map((v) => (-6 * v) / rss),
    );
    // Six of the data, and one of the law 1 / sigma.
    check(fit, { sigma: "estimated" }, [a, b, s], -rss / (2 * s * s) - 7 * Math.log(s), [
      ...slopes.map((v) => -v / (s * s)),
      rss / s ** 3 - 7 / s,
    ]);
  }
});

test("a robust loss is no likelihood: one has to be said", () => {
  const y = [3, 5, 2, 6, 4, 7];
  const fit = curveFit({ ...constant, y, loss: "huber" });
  expect(() => posterior(fit)).toThrow(code("OPTION"));
  expect(posterior(fit, { likelihood: "student" }).names).toEqual(["a", "sigma"]);
});

test("logarithmic residuals: log(y) about log(model), and draws of y", () => {
  const y = [3, 5, 2, 6, 4, 7];
  const fit = curveFit({ ...constant, y, residuals: "log", sigma: 0.5, absoluteSigma: true });
  const density = posterior(fit);
  const p = sample(density, undefined, draws);
  // Flat in a: log a is normal about the mean logarithm plus its variance.
  const v = 0.25 / 6;
  const mean = sum(y.map(Math.log)) / 6 + v;
  near(p, Math.exp(mean + v / 2), Math.exp(mean + v / 2) * Math.sqrt(Math.exp(v) - 1));
  // The law of y itself, constants included.
  const z = (Math.log(3) - Math.log(4.5)) / 0.5;
  expect(density.pointwise(Float64Array.of(4.5))[0]).toBeCloseTo(
    -0.5 * z * z - Math.log(0.5) - 0.5 * Math.log(2 * Math.PI) - Math.log(3),
    10,
  );
  const next = [...p.predictive([1]).values].map(Math.log);
  const own = sum(next) / next.length;
  expect(own).toBeCloseTo(mean, 1);
  expect(Math.sqrt(sum(next.map((w) => (w - own) ** 2)) / next.length)).toBeCloseTo(Math.sqrt(v + 0.25), 1);
  // Functions have the same density.
  const byHand = curveFit({
    ...{
      model: (w: number, { a }: { a: number }) => a + 0 * w,
      x,
      y,
      residuals: "log",
      sigma: 0.5,
      absoluteSigma: true,
    },
    params: { a: { init: 4, min: 0 } },
  });
  expect(posterior(byHand).logDensity([4.4])).toBeCloseTo(density.logDensity([4.4]), 10);
});

test("relative residuals: a new observation errs in proportion to the model", () => {
  const y = [10, 20.4, 29.5, 41, 49, 61];
  const fit = curveFit({
    model: "a*x",
    x,
    y,
    params: { a: 9 },
    residuals: "relative",
    sigma: 0.02,
    absoluteSigma: true,
  });
  const p = sample(posterior(fit), undefined, draws);
  const weights = y.map((v) => 1 / (0.02 * v) ** 2);
  const information = sum(x.map((v, i) => v * v * weights[i]!));
  near(p, sum(x.map((v, i) => v * y[i]! * weights[i]!)) / information, 1 / Math.sqrt(information));
  const { values, draws: count } = p.predictive([100]);
  const mean = sum([...values]) / count;
  const sd = Math.sqrt(sum([...values].map((v) => (v - mean) ** 2)) / count);
  expect(sd / Math.hypot(20, 100 / Math.sqrt(information))).toBeCloseTo(1, 1);
});

test("weights are those of squares, known or scaled", () => {
  const y = [3, 5, 2, 6, 4, 7];
  const weights = [4, 1, 1, 0.25, 1, 1];
  const fit = curveFit({ ...constant, y, weights, absoluteSigma: true });
  const total = sum(weights);
  near(
    sample(posterior(fit), undefined, draws),
    sum(y.map((v, i) => v * weights[i]!)) / total,
    1 / Math.sqrt(total),
  );
});

test("a matrix sigma: generalised least squares; no loo, no new observations", () => {
  const y = [3, 5, 2, 6, 4, 7];
  // V = 1 + 0.5 of every pair: 1' V^-1 1 = m / (1 + (m - 1) / 2).
  const sigma = x.map((_, i) => x.map((_, j) => (i === j ? 1 : 0.5)));
  const fit = curveFit({ ...constant, y, sigma, absoluteSigma: true });
  const density = posterior(fit);
  const p = sample(density, undefined, draws);
  near(p, sum(y) / 6, Math.sqrt(3.5 / 6));
  expect(() => p.loo()).toThrow(code("UNSUPPORTED"));
  expect(() => p.predict([1], { kind: "prediction" })).toThrow(code("UNSUPPORTED"));
  expect(p.predict([1]).mean[0]).toBeCloseTo(sum(y) / 6, 1);
  expect(() => posterior(fit, { likelihood: "student" })).toThrow(code("OPTION"));
});

test("a global fit: every set has its say about the shared parameter", () => {
  const data = [
    { x: [1, 2, 3], y: [3.1, 4.2, 4.9], sigma: 0.5 },
    { x: [1, 2], y: [13.4, 14.1], sigma: 0.2 },
  ];
  const fit = curveFit({
    ...{ model: "a + b*x", data, absoluteSigma: true },
    params: { b: { init: 1, shared: true }, a: { init: 0 } },
  } as never);
  const p = sample(posterior(fit), undefined, draws);
  p.names.forEach((name, j) => {
    const { value, stderr } = fit.params[name]!;
    expect(Math.abs(p.mean[j]! - value)).toBeLessThan(4 * p.mcse[j]!);
    expect(p.sd[j]! / stderr!).toBeCloseTo(1, 1);
  });
});

test("errors in x are refused", () => {
  const fit = curveFit({
    model: "a + b*x",
    x,
    y: [3, 5, 2, 6, 4, 7],
    params: { a: 1, b: 1 },
    sigma: 1,
    sigmaX: 0.1,
  });
  expect(() => posterior(fit)).toThrow(code("UNSUPPORTED"));
});

test("counts have to be counts", () => {
  const fit = curveFit({ ...constant, y: [1.5, 2, 3, 4, 5, 6] });
  expect(() => posterior(fit, { likelihood: "poisson" })).toThrow(code("OPTION"));
});

test("a law of sigma replaces 1/sigma, as an object and as terms", () => {
  const y = [3, 5, 2, 6, 4, 7];
  const fit = curveFit({ ...constant, y });
  const at = [4, 2];
  const flat = posterior(fit).logDensity(at);
  const byName = posterior(fit, { prior: { sigma: "exponential(1)" } }).logDensity(at);
  expect(byName).toBeCloseTo(flat + Math.log(2) - 2, 10);
  expect(posterior(fit, { prior: ["exponential(sigma, 1)"] }).logDensity(at)).toBeCloseTo(byName, 12);
  // A term about another parameter leaves it.
  expect(posterior(fit, { prior: ["normal(a, 4, 1)"] }).logDensity(at)).toBeCloseTo(flat, 10);
  for (const prior of [
    { a: "normal(sigma, 0, 5)" },
    { zz: "normal(0, 1)" },
    ["normal(zz, 0, 1)"],
    { a: "2" },
  ])
    expect(() => posterior(fit, { prior: prior as never })).toThrow(/prior|zz/);
});

test("terms of a prior are texts, and read once", () => {
  const fit = curveFit({ model: "a + b*x", x: [0, 1, 2, 3], y: [1, 2.1, 2.9, 4.2] });
  expect(() => posterior(fit, { prior: [1, 2] as never })).toThrow(/prior\[0\] must be a text/);
  // An array that grows while it is read.
  let reads = 0;
  const growing = new Proxy(["normal(a, 0, 9)"], {
    get: (target, key) => (key === "length" && ++reads > 1 ? 2 ** 31 : Reflect.get(target, key)),
  });
  const at = Float64Array.of(1, 1, 0.1);
  expect(posterior(fit, { prior: growing }).logDensity(at)).toBe(
    posterior(fit, { prior: ["normal(a, 0, 9)"] }).logDensity(at),
  );
});

// Parameters called as numbers, sums and the standard deviation are written.
test.each<[string, object, (t: number, p: number[]) => number, number[]]>([
  [
    "a*exp(-k*x) + 1E-1*E",
    { params: { a: 5, k: 0.2, E: { init: 2, fixed: true } } },
    (t, [a, k]) => a! * Math.exp(-k! * t) + 0.2,
    [5, 0.2],
  ],
  [
    "sigma*exp(-sigma_*x)",
    { params: { sigma: 5, sigma_: 0.2 } },
    (t, [a, k]) => a! * Math.exp(-k! * t),
    [5, 0.2],
  ],
  [
    "a*sum(k, 1, 2, exp(-b*x*k)) + k",
    { params: { a: 3, b: 0.2, k: { init: 0.1, fixed: true } } },
    (t, [a, b]) => a! * (Math.exp(-b! * t) + Math.exp(-2 * b! * t)) + 0.1,
    [3, 0.2],
  ],
  [
    "a*exp(-b*x) + c",
    { x: { x, sigma: x }, params: { a: 5, b: 0.2, c: { expr: "a*1e0/10" } } },
    (t, [a, b]) => a! * Math.exp(-b! * t) + a! / 10,
    [5, 0.2],
  ],
])("posterior of %s is the one written out, compiled too", (model, more, f, at) => {
  const y = [5.1, 3.9, 3.2, 2.4, 2, 1.7];
  const density = posterior(curveFit({ model, x, y, ...more } as never));
  expect(density.names.length).toBe(3);
  const want = (p: number[], s: number) =>
    sum(y.map((v, i) => -0.5 * ((f(x[i]!, p) - v) / s) ** 2 - Math.log(s))) - Math.log(s);
  for (const p of [at, at.map((v) => 1.1 * v)])
    for (const one of [density, density.compiled ?? density])
      expect(one.logDensity([...p, 0.7])).toBeCloseTo(want(p, 0.7), 10);
});
