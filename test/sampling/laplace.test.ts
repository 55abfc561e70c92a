// The Laplace approximation against closed forms: exact for a normal density, Stirling's error for a gamma law, whose evidence the
// weights put right; resampling; and every way it ends.
import { describe, expect, test } from "vitest";
import { compileDensity, laplace, Random, sample } from "../../src/index.js";
import { resampled } from "../../src/sampling/importance.js";

const code = (name: string) => expect.objectContaining({ code: name });

test("a normal density: mode, covariance and evidence are exact, and every weight is the same", () => {
  // Precision [[2, 0.6], [0.6, 1]] about (1, -2): determinant 1.64.
  const density = compileDensity("-0.5*(2*(a - 1)^2 + 1.2*(a - 1)*(b + 2) + (b + 2)^2)", {
    params: ["a", "b"],
  });
  const found = laplace(density, [0, 0], { seed: 1, draws: 4000 });
  expect([found.status, found.reason, found.success]).toEqual(["completed", "draws", true]);
  expect(found.mode[0]).toBeCloseTo(1, 6);
  expect(found.mode[1]).toBeCloseTo(-2, 6);
  [1, -0.6, -0.6, 2].forEach((v, i) => {
    expect(found.covariance[i]).toBeCloseTo(v / 1.64, 8);
  });
  const exact = Math.log(2 * Math.PI) - 0.5 * Math.log(1.64);
  expect(found.logEvidence).toBeCloseTo(exact, 8);
  expect(found.logEvidenceWeighed).toBeCloseTo(exact, 8);
  expect(found.paretoK).toBe(0);
  expect(Math.abs(found.mean[0]! - 1)).toBeLessThan(4 * Math.sqrt(1 / 1.64 / 4000));
  expect(found.sd[1]! / Math.sqrt(2 / 1.64)).toBeCloseTo(1, 1);
  expect(found.warnings).toEqual([]);
});

describe("a gamma law", () => {
  const density = compileDensity("2*log(x) - 2*x", { params: { x: "positive" } });
  const exact = Math.log(2 / 8);

  test("the approximation has the error of Stirling's formula, the weights take it away", () => {
    const found = laplace(density, [1], { seed: 2, draws: 20_000 });
    // In u = log x: 3 u - 2 e^u, largest at e^u = 3/2, curvature 3.
    expect(found.mode[0]).toBeCloseTo(1.5, 6);
    expect(found.logEvidence).toBeCloseTo(3 * Math.log(1.5) - 3 + 0.5 * Math.log((2 * Math.PI) / 3), 7);
    expect(Math.abs(found.logEvidence - exact)).toBeGreaterThan(0.02);
    expect(Math.abs(found.logEvidenceWeighed - exact)).toBeLessThan(0.015);
    expect(found.paretoK).toBeLessThan(0.7);
    expect(found.mean[0]).toBeCloseTo(1.5, 1);
    expect(found.sd[0]).toBeCloseTo(Math.sqrt(3) / 2, 1);
    expect(found.report()).toContain("Pareto k");
    expect(JSON.parse(JSON.stringify(found)).names).toEqual(["x"]);
  });

  test("resampled, the draws have the moments without weights; the same seed gives the same bits", () => {
    const options = { seed: 3, draws: 20_000, resample: true };
    const found = laplace(density, [1], options);
    const mean = found.draws.reduce((a, b) => a + b, 0) / 20_000;
    expect(mean).toBeCloseTo(1.5, 1);
    expect(found.mean[0]).toBeCloseTo(mean, 10);
    expect(laplace(density, [1], options).draws).toEqual(found.draws);
    expect(laplace(density, "random", { seed: 4 }).mode[0]).toBeCloseTo(1.5, 5);
  });

  test("chains start from it, with its covariance as metric", () => {
    const found = laplace(density, [1], { seed: 5 });
    const p = sample(density, found.starts(4), { metric: found.metric, seed: 5, draws: 500, warmup: 200 });
    expect(Math.abs(p.mean[0]! - 1.5)).toBeLessThan(5 * p.mcse[0]!);
    expect(() => found.starts(1001)).toThrow(code("OPTION"));
  });
});

test("a density far from normal is recognised by its weights", () => {
  const heavy = compileDensity("studentT(a, 1, 0, 1) + studentT(b, 1, 0, 1)", { params: ["a", "b"] });
  const found = laplace(heavy, [0.1, 0.1], { seed: 1, draws: 4000 });
  expect(found.paretoK).toBeGreaterThan(0.7);
  expect(found.warnings.map((w) => w.code)).toEqual(["W_PARETO_K"]);
});

test("every way to fail, and bad input", () => {
  const saddle = {
    logDensityGrad: (x: Float64Array, g: Float64Array) => {
      g.set([0, -x[1]!]);
      return -(x[1]! ** 2) / 2;
    },
  };
  const flat = laplace(saddle, [0, 0]);
  expect([flat.status, flat.reason]).toEqual(["failed", "singular"]);
  expect(flat.draws).toHaveLength(0);
  expect(flat.mean[0]).toBeNaN();
  const nowhere = { logDensityGrad: () => -Infinity, names: ["a"] };
  expect(laplace(nowhere, [0]).reason).toBe("nonFinite");
  expect(laplace(nowhere, "random").reason).toBe("nonFinite");
  const rising = compileDensity("exp(a)", { params: ["a"] });
  expect(laplace(rising, [0]).status).toBe("failed");
  expect(() => laplace((x) => -(x[0]! ** 2), [0])).toThrow(code("OPTION"));
  expect(laplace((x) => -((x[0]! - 3) ** 2), [0], { gradient: "differences" }).mode[0]).toBeCloseTo(3, 4);
  expect(() => laplace(rising, [0], { samples: 3 } as never)).toThrow(code("OPTION"));
  expect(() => laplace(rising, [0], { draws: 0 })).toThrow(code("OPTION"));
  expect(() => laplace(rising, [NaN])).toThrow(code("NON_FINITE_INPUT"));
  const late = { logDensityGrad: async (x: Float64Array) => -(x[0]! ** 2), names: ["a"] };
  expect(() => laplace(late, [0])).toThrow(code("CALLBACK_RESULT"));
});

test("systematic resampling takes each place as often as its weight says, to within one", () => {
  const weights = [0.5, 0.02, 0.3, 0.18];
  const places = resampled(
    Float64Array.from({ length: 400 }, (_, i) => Math.log(weights[Math.floor(i / 100)]! / 100)),
    new Random(1),
  );
  weights.forEach((w, k) => {
    const taken = places.filter((p) => Math.floor(p / 100) === k).length;
    expect(Math.abs(taken - 400 * w)).toBeLessThanOrEqual(1);
  });
});

test("the weights of a few draws have no tail", () => {
  const density = compileDensity("-x^2/2", { params: ["x"] });
  expect(laplace(density, { x: 1 }, { draws: 4 })).toMatchObject({ status: "completed", paretoK: NaN });
  expect(laplace(density, { x: 1 }, { draws: 5 }).paretoK).toBe(0);
});
