// Models by name: each text holds what its table says, and fits its own curve without starting values.

import { describe, expect, it, test } from "vitest";
import {
  compileModel,
  curveFit,
  modelLaTeX,
  modelMathML,
  models,
  type NamedModel,
  polynomial,
  prefix,
  product,
  rational,
  sum,
} from "../../src/index.js";
import { paramNames } from "../../src/models/names.js";

const every = [...Object.entries(models), ["polynomial", polynomial(3)], ["rational", rational(1, 1)]] as [
  string,
  NamedModel,
][];

describe("named models", () => {
  it.each(every)("%s: names, variables, lowering", (_, model) => {
    const names = model.params.map(({ name }) => name);
    const read = paramNames(model.text, model.variables, []);
    // A parameter that is called like a function (step, gamma) is one without a parenthesis.
    expect([...read].sort()).toEqual([...names].sort());
    expect(modelLaTeX(model).length).toBeGreaterThan(0);
    expect(modelMathML(model)).toContain("<math");
    for (const { meaning } of model.params) expect(meaning.length).toBeGreaterThan(0);
  });

  it("heights are what they are said to be, where a skew is 0", () => {
    const { text, params } = models.skewedGaussian;
    const out = new Float64Array(1);
    compileModel(text, { params: ["amplitude", "location", "scale", "skew"] }).evaluate(
      [2],
      [3, 2, 0.5, 0],
      out,
    );
    expect(out[0]).toBe(3);
    expect(params[0]!.meaning).toBe("height where skew is 0");
  });

  const x = Array.from({ length: 40 }, (_, i) => 0.1 + i / 4);
  it.each([
    ["exponential", (t: number) => 3 * Math.exp(-0.6 * t) + 1],
    ["gaussian", (t: number) => 4 * Math.exp(-0.5 * ((t - 4) / 0.9) ** 2)],
    ["lorentzian", (t: number) => 4 / (1 + ((t - 4) / 0.9) ** 2)],
    ["logistic4", (t: number) => 1 + 4 / (1 + (3 / t) ** 2)],
    ["gompertz", (t: number) => 5 * Math.exp(-Math.exp(-1.2 * (t - 3)))],
    ["michaelisMenten", (t: number) => (5 * t) / (2 + t)],
    ["weibull", (t: number) => 5 * (1 - Math.exp(-((t / 3) ** 1.6)))],
    ["sine", (t: number) => 2 * Math.sin(2 * Math.PI * 0.31 * t + 0.4) + 1],
    ["dampedSine", (t: number) => 2 * Math.exp(-0.2 * t) * Math.sin(2 * Math.PI * 0.4 * t + 0.4) + 1],
    ["oneCompartment", (t: number) => ((6 * 1.5) / (1.5 - 0.2)) * (Math.exp(-0.2 * t) - Math.exp(-1.5 * t))],
  ] as [keyof typeof models, (t: number) => number][])("%s finds its curve without starts", (name, f) => {
    const y = x.map(f);
    const fit = curveFit({ model: models[name], x, y });
    expect(Math.sqrt(fit.rss / x.length) / Math.max(...y.map(Math.abs))).toBeLessThan(1e-6);
  });

  test("they add, multiply and take prefixes", () => {
    const two = sum(prefix(models.gaussian, "p1_"), prefix(models.gaussian, "p2_"), models.linear);
    expect(two.text).toBe(
      "p1_height*gaussian(x, p1_center, p1_sigma) + p2_height*gaussian(x, p2_center, p2_sigma) + intercept + slope*x",
    );
    expect(two.params).toHaveLength(8);
    expect(product(models.constant, models.linear).text).toBe("(c) * (intercept + slope*x)");
    expect(() => sum(models.gaussian, models.gaussian)).toThrow(/two models have a parameter "height"/);
    expect(() => sum()).toThrow(/at least one/);
    expect(() => prefix(models.linear, "1")).toThrow(/cannot begin a name/);
    expect(() => polynomial(-1)).toThrow(/whole number/);
    expect(() => rational(1, 0)).toThrow(/whole number/);
    expect(rational(1, 2).text).toBe("(p0 + p1*x)/(1 + q1*x + q2*x^2)");
  });

  test("two predictors, and starts that are given", () => {
    const S = x;
    const I = x.map((_, i) => (i % 4) * 2);
    const y = S.map((s, i) => (5 * s) / (2 * (1 + I[i]! / 3) + s));
    const fit = curveFit({ model: models.competitiveInhibition, x: { S, I }, y });
    expect(fit.values.ki).toBeCloseTo(3, 5);
    const line = curveFit({
      model: models.linear,
      x,
      y: x.map((t) => 1 + 2 * t),
      params: { intercept: 0, slope: 0 },
    });
    expect(line.values.slope).toBeCloseTo(2, 9);
  });
});
