// Densities as text and posteriors of fits, against closed forms: laws written out by hand, conjugate posteriors, Student's law
// of the coefficients of a line.
import { describe, expect, test } from "vitest";
import { compileDensity, curveFit, posterior, sample } from "../../src/index.js";
import { laws } from "../../src/sampling/laws.js";
import { writeOut } from "../../src/sampling/write-out.js";

const code = (c: string) => expect.objectContaining({ code: c });

describe("laws in text", () => {
  // Log densities from the textbook, without the constants that no parameter is in.
  test.each([
    ["normal(x, 1, 2)", 0.5, -0.5 * 0.0625 - Math.log(2)],
    ["normal(x, 1, 2)", 3, -0.5 - Math.log(2)],
    ["halfNormal(x, 2)", 2, -0.5 - Math.log(2)],
    ["lognormal(x, 0, 1)", Math.E, -0.5 - 1],
    ["studentT(x, 3, 0, 1)", 2, -2 * Math.log(1 + 4 / 3)],
    ["cauchy(x, 1, 2)", 3, -Math.log(2) - Math.log(2)],
    ["halfCauchy(x, 5)", 5, -Math.log(2) - Math.log(5)],
    ["laplace(x, 1, 2)", 5, -2 - Math.log(2)],
    ["exponential(x, 3)", 2, Math.log(3) - 6],
    ["gamma(x, 3, 2)", 1.5, 2 * Math.log(1.5) - 3 + 3 * Math.log(2)],
    ["inverseGamma(x, 3, 2)", 0.5, -4 * Math.log(0.5) - 4 + 3 * Math.log(2)],
    ["beta(x, 2, 5)", 0.25, Math.log(0.25) + 4 * Math.log(0.75)],
    ["weibull(x, 2, 3)", 1.5, Math.log(2) - 2 * Math.log(3) + Math.log(1.5) - 0.25],
    ["uniform(x, 1, 5)", 2, -Math.log(4)],
    ["poisson(4, x)", 2.5, 4 * Math.log(2.5) - 2.5],
    ["poissonLog(4, x)", 0.5, 2 - Math.exp(0.5)],
    ["bernoulli(1, x)", 0.3, Math.log(0.3)],
    ["bernoulli(0, x)", 0.3, Math.log(0.7)],
    ["bernoulliLogit(1, x)", 0.3, 0.3 - Math.log(1 + Math.exp(0.3))],
    ["bernoulliLogit(0, x)", -800, 0],
    ["bernoulliLogit(0, x)", 800, -800],
    ["binomial(2, 5, x)", 0.4, 2 * Math.log(0.4) + 3 * Math.log(0.6)],
    ["binomialLogit(2, 5, x)", 0.4, 0.8 - 5 * Math.log(1 + Math.exp(0.4))],
  ])("%s at %d", (text, x, want) => {
    const density = compileDensity(text, { params: ["x"] });
    expect(density.logDensity([x])).toBeCloseTo(want, 12);
    const g = new Float64Array(1);
    expect(density.logDensityGrad([x], g)).toBeCloseTo(want, 12);
    const h = 1e-6 * Math.max(1, Math.abs(x));
    const slope = (density.logDensity([x + h]) - density.logDensity([x - h])) / (2 * h);
    expect(g[0]!).toBeCloseTo(slope, 6);
  });

  test("nest, and need their arguments", () => {
    expect(writeOut("t", "normal(a, normal0(1), 2)")).toContain("normal0(1)");
    expect(writeOut("t", "2*normal(x, max(a, b), c)")).toContain("(max(a, b))");
    expect(() => compileDensity("normal(x, 1)", { params: ["x"] })).toThrow(code("EXPRESSION"));
    expect(() => compileDensity("normal(x, 1, 2", { params: ["x"] })).toThrow(code("EXPRESSION"));
    expect(() => compileDensity("normal(q, 0, 1)", { params: ["x"] })).toThrow(code("EXPRESSION"));
    expect(Object.keys(laws).length).toBeGreaterThan(15);
  });

  test("the softplus is smooth at 0", () => {
    const g = new Float64Array(1);
    compileDensity("bernoulliLogit(1, x)", { params: ["x"] }).logDensityGrad([0], g);
    expect(g[0]).toBe(0.5);
  });
});

describe("compileDensity", () => {
  test("a density of 0 is written as in JavaScript", () => {
    const half = compileDensity("x > 0 ? -x : -Infinity");
    expect(half.names).toEqual(["x"]);
    expect([half.logDensity([2]), half.logDensity([-2])]).toEqual([-2, -Infinity]);
  });

  test("without params reads them from the text and its priors", () => {
    expect(compileDensity("-x^2").logDensity([2])).toBe(-4);
    const given = {
      data: { x: [1, 2, 4], y: [1, 3, 2] },
      priors: ["halfCauchy(sigma, tau)", "normal(a, 0, 9)"],
    };
    const read = compileDensity("normal(y, a + b*x, sigma)", given);
    expect(read.names).toEqual(["a", "b", "sigma", "tau"]);
    const named = compileDensity("normal(y, a + b*x, sigma)", { ...given, params: read.names });
    expect(read.constraints).toEqual(named.constraints);
    expect(read.logDensity([1, 2, 3, 4])).toBe(named.logDensity([1, 2, 3, 4]));
    expect(() => compileDensity("3")).toThrow(/there are no parameters/);
    expect(() => compileDensity("-x^2", { params: null } as never)).toThrow(/params must be names/);
  });

  test("data, constraints and priors: a normal sample with conjugate priors", () => {
    const y = [4.2, 5.1, 3.9, 6.3, 5.5, 4.7];
    const density = compileDensity("normal(y, mu, 1)", {
      params: { mu: { prior: "normal(0, 2)" } },
      data: { y },
    });
    const precision = y.length + 1 / 4;
    const mean = y.reduce((a, b) => a + b, 0) / precision;
    const p = sample(density, undefined, { seed: 1, draws: 2000 });
    expect(p.names).toEqual(["mu"]);
    expect(Math.abs(p.mean[0]! - mean)).toBeLessThan(4 * p.mcse[0]!);
    expect(p.sd[0]!).toBeCloseTo(1 / Math.sqrt(precision), 1);
    const loo = p.loo();
    expect(loo.pointwise).toHaveLength(6);
    expect(loo.elpd).toBeCloseTo(p.waic().elpd, 0);
    expect(Math.max(...loo.paretoK)).toBeLessThan(0.7);
  });

  test("a gamma law of a positive parameter, by its prior alone", () => {
    const density = compileDensity("0", { params: { r: { kind: "positive", prior: "gamma(3, 2)" } } });
    const p = sample(density, "random", { seed: 2, draws: 2000 });
    expect(Math.abs(p.mean[0]! - 1.5)).toBeLessThan(4 * p.mcse[0]!);
    expect(p.sd[0]!).toBeCloseTo(Math.sqrt(3) / 2, 1);
  });

  test("several parameters of one name, and terms of their own", () => {
    const density = compileDensity("normal(w1, w2, 1)", {
      params: { w: { size: 2, prior: "normal(0, 1)" }, s: "positive" },
      priors: ["halfNormal(s, 1)"],
      start: { w1: 0, w2: 0, s: 1 },
    });
    expect(density.names).toEqual(["w1", "w2", "s"]);
    expect(density.logDensity([1, 2, 1])).toBeCloseTo(-0.5 - 0.5 - 2 - 0.5, 12);
    expect([...density.start!]).toEqual([0, 0, 1]);
  });

  test("Pareto k and the missing terms are told", () => {
    const p = sample(compileDensity("normal(x, 0, 1)", { params: ["x"] }), [0], { draws: 20, warmup: 20 });
    expect(() => p.loo()).toThrow(code("UNSUPPORTED"));
    expect(() => p.waic()).toThrow(code("UNSUPPORTED"));
    expect(() => p.predict([1])).toThrow(code("UNSUPPORTED"));
  });

  test("bad input is refused", () => {
    const of = (text: unknown, options: object) => () => compileDensity(text as string, options as never);
    expect(of("x", { params: {} })).toThrow(code("SHAPE"));
    expect(of("x", { params: 3 })).toThrow(code("OPTION"));
    expect(of(7, { params: ["x"] })).toThrow(code("OPTION"));
    expect(of("x", { params: ["x"], data: { y: [1, NaN] } })).toThrow(code("NON_FINITE_INPUT"));
    expect(of("x", { params: ["x"], data: { y: [1], z: [1, 2] } })).toThrow(code("SHAPE"));
    expect(of("x", { params: ["x"], data: {} })).toThrow(code("SHAPE"));
    expect(of("x", { params: ["x"], data: { y: [] } })).toThrow(code("SHAPE"));
    expect(of("x", { params: ["x"], data: [1] })).toThrow(code("OPTION"));
    expect(of("x", { params: ["x"], reduce: "mean" })).toThrow(code("OPTION"));
    expect(of("x", { params: ["x"], priors: "normal(x,0,1)" })).toThrow(code("OPTION"));
    expect(of("x", { params: ["x"], start: {} })).toThrow(code("OPTION"));
    expect(of("x", { params: { x: { lowr: 1 } } })).toThrow(code("OPTION"));
    const density = compileDensity("x", { params: ["x"] });
    expect(() => density.logDensity([1, 2])).toThrow(code("SHAPE"));
    expect(() => sample(compileDensity("x", { params: { x: { lower: 2, upper: 1 } } }), [1.5])).toThrow(
      code("OPTION"),
    );
  });
});

describe("posterior(fit)", () => {
  const x = [0, 1, 2, 3, 4, 5, 6, 7];
  const y = [1.1, 2.9, 5.2, 6.8, 9.1, 11.2, 12.8, 15.1];
  const line = { model: "a + b*x", x, y, params: { a: 1, b: 1 } } as const;

  test("a line with unknown sigma: the coefficients follow Student's law about the fit", () => {
    const fit = curveFit(line);
    for (const sigma of ["estimated", "marginalised"] as const) {
      const p = sample(posterior(fit, { sigma }), undefined, { seed: 3, draws: 2000 });
      expect(p.names).toEqual(sigma === "estimated" ? ["a", "b", "sigma"] : ["a", "b"]);
      for (const name of ["a", "b"] as const) {
        const q = p.parameter(name);
        // Var t = dof / (dof - 2), dof = 6.
        const sd = fit.params[name].stderr! * Math.sqrt(6 / 4);
        expect(Math.abs(q.mean - fit.values[name])).toBeLessThan(4 * q.mcse);
        expect(q.sd / sd).toBeGreaterThan(0.9);
        expect(q.sd / sd).toBeLessThan(1.12);
        // The 97.5 % quantile of t with 6 degrees of freedom is 2.4469.
        const upper = fit.values[name] + 2.446911846 * fit.params[name].stderr!;
        expect(Math.abs(q.quantile(0.975) - upper)).toBeLessThan(4 * q.mcseOfQuantile(0.975));
      }
      for (const r of p.rHat) expect(r).toBeLessThan(1.01);
    }
  });

  test("a line with known sigma: the normal law, its covariance, and the band of the fit", () => {
    const fit = curveFit({ ...line, sigma: 0.2, absoluteSigma: true });
    const p = sample(posterior(fit), undefined, { seed: 4, draws: 2000 });
    expect(p.names).toEqual(["a", "b"]);
    expect(p.sd[0]! / fit.params.a.stderr!).toBeCloseTo(1, 1);
    const at = [2.5, 10];
    const { mean, lower, upper } = p.predict(at);
    const slope = fit.values;
    at.forEach((v, i) => {
      const want = slope.a + slope.b * v;
      expect(mean[i]!).toBeCloseTo(want, 1);
      expect(upper[i]! - lower[i]!).toBeGreaterThan(0);
    });
    const wide = p.predict(at, { kind: "prediction" });
    // A new observation adds sigma = 0.2 where the curve's own error is small.
    const sd = (wide.upper[0]! - wide.lower[0]!) / 3.92;
    const own = (upper[0]! - lower[0]!) / 3.92;
    expect(sd).toBeCloseTo(Math.sqrt(0.2 ** 2 + own ** 2), 1);
    expect(p.loo().pointwise).toHaveLength(8);
  });

  test("counts: the rate of a Poisson law has a gamma posterior", () => {
    const counts = [3, 5, 2, 4, 6, 3, 1, 4];
    const fit = curveFit({
      model: "a + 0*x",
      x: counts.map((_, i) => i),
      y: counts,
      params: { a: { init: 3, min: 0 } },
    });
    const p = sample(posterior(fit, { likelihood: "poisson" }), undefined, { seed: 5, draws: 2000 });
    // Flat prior: shape sum + 1 = 29, rate 8.
    expect(Math.abs(p.mean[0]! - 29 / 8)).toBeLessThan(4 * p.mcse[0]!);
    expect(p.sd[0]!).toBeCloseTo(Math.sqrt(29) / 8, 1);
    const { upper } = p.predict([0], { kind: "prediction" });
    expect(Number.isInteger(upper[0])).toBe(true);
  });

  test("functions without derivatives, priors, fixed parameters and Student's likelihood", () => {
    const outlier = [...y.slice(0, 7), 40];
    const model = (t: number, { a, b }: { a: number; b: number }) => a + b * t;
    const fit = curveFit({ model, x, y: outlier, params: { a: { init: 1, fixed: true }, b: 2 } });
    const p = sample(posterior(fit, { likelihood: "student", prior: { b: "normal(2, 5)" } }), undefined, {
      seed: 6,
    });
    expect(p.names).toEqual(["b", "sigma"]);
    expect(p.mean[0]!).toBeCloseTo(2, 1);
    expect(p.warnings.map((w) => w.code)).not.toContain("W_GRADIENT_MISMATCH");
    const strong = sample(posterior(fit, { prior: ["normal(b, -1, 0.001)"] }), undefined, {
      seed: 6,
      draws: 200,
    });
    expect(strong.mean[0]!).toBeCloseTo(-1, 1);
  });

  test("text in the core and functions by residuals are the same density", () => {
    const at = [0.5, 1, 1.5, 2, 3, 4, 5, 6];
    const counts = [9, 7, 6, 0, 3, 2, 2, 1];
    const spec = {
      a: { init: 8, min: 0.1 },
      k: { init: 0.4, min: 0, max: 3 },
      c: { init: 0.3, fixed: true },
      half: { expr: "log(2)/k + 0*a" },
    };
    const text = { model: "a*exp(-k*x) + c + 0.01*half", x: at, y: counts, params: spec };
    const f = (v: number, p: Record<string, number>) => p.a! * Math.exp(-p.k! * v) + p.c! + 0.01 * p.half!;
    const error = [1, 0.5, 1, 2, 1, 0.7, 1, 1];
    const prior = { k: "lognormal(0, 1)", a: "normal(8, 3)" };
    for (const [own, options] of [
      [{}, { likelihood: "gaussian" }],
      [{ sigma: error }, { likelihood: "gaussian", prior }],
      [
        { sigma: error, absoluteSigma: true },
        { likelihood: "student", dof: 3, prior: ["normal(a*k, 2, 1)"] },
      ],
      [{}, { likelihood: "student", prior: { sigma: "halfNormal(2)" } }],
      [{}, { likelihood: "poisson", prior }],
      [{}, { prior: { ...prior, sigma: "halfNormal(2)" }, observed: false }],
    ] as const) {
      const core = posterior(curveFit({ ...text, ...own } as never), options);
      const js = posterior(curveFit({ ...text, ...own, model: f } as never), options);
      expect(core.compiled).toBeDefined();
      expect(js.compiled).toBeUndefined();
      expect(core.names).toEqual(js.names);
      const shift: number[] = [];
      for (const p of [
        [8, 0.4, 1.1],
        [5, 1.2, 0.6],
        [11, 0.2, 2],
      ]) {
        const x = p.slice(0, core.names.length);
        const g = [new Float64Array(x.length), new Float64Array(x.length)] as const;
        shift.push(core.logDensityGrad(x, g[0]) - js.logDensityGrad(x, g[1]));
        // The function's Jacobian is by differences: 1e-8 of its largest terms.
        g[0].forEach((v, j) => {
          expect(Math.abs(v - g[1][j]!)).toBeLessThan(1e-5 * (1 + Math.abs(v)));
        });
        if (options.observed !== false)
          core.pointwise(x).forEach((v, i) => {
            expect(v).toBeCloseTo(js.pointwise(x)[i]!, 10);
          });
      }
      for (const s of shift) expect(s).toBeCloseTo(shift[0]!, 9);
    }
  });

  test("predictive draws: of the prior they have its moments, of the posterior those of the data", () => {
    const fit = curveFit(line);
    const prior = { a: "normal(0, 3)", b: "normal(1, 2)", sigma: "halfNormal(0.5)" };
    const moments = (values: Float64Array, points: number, i: number) => {
      const column = values.filter((_, k) => k % points === i);
      const mean = column.reduce((s, v) => s + v, 0) / column.length;
      return { mean, sd: Math.sqrt(column.reduce((s, v) => s + (v - mean) ** 2, 0) / column.length) };
    };
    const before = sample(posterior(fit, { prior, observed: false }), undefined, { seed: 8 }).predictive([
      0, 2,
    ]);
    expect([before.draws, before.points]).toEqual([1000, 2]);
    // a + 2 b + noise: variance 9 + 16 + 0.25.
    const far = moments(before.values, 2, 1);
    expect(Math.abs(far.mean - 2)).toBeLessThan((5 * Math.sqrt(25.25)) / Math.sqrt(1000));
    expect(far.sd / Math.sqrt(25.25)).toBeGreaterThan(0.88);
    expect(far.sd / Math.sqrt(25.25)).toBeLessThan(1.12);
    const p = sample(posterior(fit, { prior }), undefined, { seed: 8 });
    const after = p.predictive(x);
    x.forEach((_, i) => {
      const { mean, sd } = moments(after.values, x.length, i);
      expect(Math.abs(mean - y[i]!)).toBeLessThan(4 * sd);
    });
    const curve = p.predictive(x, { kind: "credible" });
    expect(moments(curve.values, x.length, 3).sd).toBeLessThan(moments(after.values, x.length, 3).sd);
    expect(() => p.predictive(x, { level: 0.9 } as never)).toThrow(code("OPTION"));
  });

  test("a fit on its bound starts inside it", () => {
    const fit = curveFit({ ...line, params: { a: 1, b: { init: 1, max: 1.5 } } });
    const p = sample(posterior(fit), undefined, { seed: 7, draws: 200 });
    expect(p.status).toBe("completed");
    expect(Math.max(...p.parameter("b").chains.map((c) => Math.max(...c)))).toBeLessThan(1.5);
  });

  test("what is no fit, and options that do not go together, are refused", () => {
    const fit = curveFit(line);
    expect(() => posterior({} as never)).toThrow(code("OPTION"));
    expect(() => posterior(structuredClone(fit) as never)).toThrow(code("OPTION"));
    expect(() => posterior(fit, { likelihood: "student", sigma: "marginalised" })).toThrow(code("OPTION"));
    expect(() => posterior(fit, { likelihood: "poisson", sigma: "estimated" })).toThrow(code("OPTION"));
    expect(() => posterior(fit, { likelihood: "gauss" as never })).toThrow(code("OPTION"));
    expect(() => posterior(fit, { prior: { c: "normal(0, 1)" } })).toThrow(code("OPTION"));
    expect(() => posterior(fit, { prior: "flat" as never })).toThrow(code("OPTION"));
    const negative = curveFit({ ...line, y: y.map((v) => -v) });
    expect(() => posterior(negative, { likelihood: "poisson" })).toThrow(code("OPTION"));
    const p = sample(posterior(fit, { sigma: "marginalised" }), undefined, { draws: 10, warmup: 10 });
    expect(() => p.loo()).toThrow(code("UNSUPPORTED"));
    expect(() => p.predict([1], { level: 2 })).toThrow(code("OPTION"));
  });
});
