// Warnings name the parameters concerned and what to try.
import { expect, test } from "vitest";
import { compileDensity, hmc, iterateSample, nuts, type Posterior, sample } from "../../src/index.js";
import { heaviness, tailShape } from "../../src/sampling/heavy.js";

const find = (p: Posterior, code: string) => p.warnings.find((w) => w.code === code);
const normal = {
  names: ["a", "b", "c"],
  logDensityGrad(x: Float64Array, g: Float64Array) {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      g[i] = -x[i]!;
      sum -= 0.5 * x[i]! * x[i]!;
    }
    return sum;
  },
};
/** Neal's funnel: v ~ N(0, 3), z | v ~ N(0, exp(v / 2)). */
const funnel = {
  names: ["free", "v", "z1", "z2", "z3"],
  logDensityGrad(x: Float64Array, g: Float64Array) {
    const v = x[1]!;
    const e = Math.exp(-v);
    let squares = 0;
    for (let i = 2; i < 5; i++) {
      squares += x[i]! * x[i]!;
      g[i] = -x[i]! * e;
    }
    g[0] = -x[0]!;
    g[1] = -v / 9 + 0.5 * squares * e - 1.5;
    return -0.5 * x[0]! * x[0]! - (v * v) / 18 - 0.5 * squares * e - 1.5 * v;
  },
};

test("divergences of a funnel are at small v, and its energy moves with it", () => {
  const p = sample(funnel, "random", { seed: 2 });
  const divergences = find(p, "W_DIVERGENCES")!;
  expect(divergences.message).toContain("mostly at small v");
  expect(divergences.message).toContain("targetAcceptance: 0.95");
  expect(divergences.params![0]).toBe("v");
  const slow = sample(funnel, "random", { seed: 2, method: hmc({ steps: 3 }) });
  expect(find(slow, "W_E_BFMI")?.params ?? ["v"]).toEqual(["v"]);
  expect(find(slow, "W_DIVERGENCES")?.message).toContain("hmc({ targetAcceptance");
});

test("deep trajectories name what correlates", () => {
  const narrow = {
    names: ["p", "q", "r"],
    logDensityGrad(x: Float64Array, g: Float64Array) {
      const d = 30 * (x[1]! - x[2]!);
      g.set([-x[0]!, -x[1]! - 30 * d, -x[2]! + 30 * d]);
      return -0.5 * (x[0]! ** 2 + x[1]! ** 2 + x[2]! ** 2 + d * d);
    },
  };
  const p = sample(narrow, [0, 0, 0], { seed: 1, method: nuts({ maxTreeDepth: 5 }), metric: "diagonal" });
  const deep = find(p, "W_MAX_TREE_DEPTH")!;
  expect(deep.params).toEqual(["q", "r"]);
  expect(deep.message).toMatch(/q and r correlate by 0\.99\d/);
  const shallow = sample(normal, [0, 0, 0], { seed: 1, method: nuts({ maxTreeDepth: 1 }) });
  expect(find(shallow, "W_MAX_TREE_DEPTH")!.params!.length).toBe(1);
});

test("too few draws, one chain, and none", () => {
  const few = sample(normal, [0, 0, 0], { seed: 1, draws: 4 });
  expect(find(few, "W_LOW_ESS")).toMatchObject({ params: ["a", "b", "c"] });
  expect(find(few, "W_LOW_ESS")!.message).toContain("4 draws of each chain");
  const one = sample(normal, [0, 0, 0], { seed: 1, chains: 1 });
  expect(find(one, "W_ONE_CHAIN")!.message).toContain("four chains");
  expect(one.rHat[0]).toBeCloseTo(1, 1);
  expect(find(sample(normal, [0, 0, 0], { seed: 1 }), "W_ONE_CHAIN")).toBeUndefined();
  const none = sample(normal, [0, 0, 0], { seed: 1, maxIterations: 10 });
  expect([none.count, none.mean[0], none.sd[0], none.parameter("a").quantile(0.5)]).toEqual([
    0,
    NaN,
    NaN,
    NaN,
  ]);
  expect(none.report()).not.toMatch(/-0\b/);
  const pulled = iterateSample(normal, [0, 0, 0], { seed: 1, draws: 5, warmup: 5 });
  for (const _ of pulled);
  expect(find(pulled.result, "W_LOW_ESS")).toBeDefined();
});

test("tails without a mean are told, those with one are not", () => {
  const told = (text: string, seed: number, params?: Record<string, "positive">) => {
    const p = sample(compileDensity(text, params && { params }), { x: 1 }, { method: "slice", seed });
    return [
      p.warnings.some(({ code }) => code === "W_HEAVY_TAILS"),
      p.parameter("x").paretoK,
      p.quantiles(0.75)[0]!,
    ] as const;
  };
  for (const seed of [1, 2, 3]) {
    const [heavy, k, quartile] = told("cauchy(x, 0, 1)", seed);
    expect([heavy, k > 0.7]).toEqual([true, true]);
    expect(quartile).toBeCloseTo(1, 0);
    for (const [text, params] of [
      ["normal(x, 0, 1)"],
      ["uniform(x, -1, 1)"],
      ["exponential(x, 1)"],
      ["lognormal(x, 0, 1)", { x: "positive" }],
      ["studentT(x, 5, 0, 1)"],
    ] as const) {
      const [alarm, shape] = told(text, seed, params);
      expect([text, alarm, shape < 0.6]).toEqual([text, false, true]);
    }
  }
});

test("the shape of a tail is that of exact quantiles of a Pareto law", () => {
  // Lomax quantiles (1 - p)^-k, and their mirror image.
  for (const k of [0.2, 0.5, 1, 1.5]) {
    const draws = Float64Array.from({ length: 4000 }, (_, i) => (1 - (i + 0.5) / 4000) ** -k);
    // The prior of few draws draws it towards 1/2.
    expect(Math.abs(tailShape(draws, 4000) - k)).toBeLessThan(0.1);
    expect(tailShape(draws.map((v) => -v).reverse(), 4000)).toBeCloseTo(tailShape(draws, 4000), 12);
    if (k > 0.7) expect(heaviness(draws, 4000)).toBe(tailShape(draws, 4000));
  }
  expect([tailShape(new Float64Array(4000), 4000), tailShape(new Float64Array(40), 40)]).toEqual([NaN, NaN]);
  expect(heaviness(new Float64Array(0), NaN)).toBe(0);
});

test.each(["nuts", "hmc", "mala", "metropolis", "slice", "ensemble", "tempering"] as const)(
  "%s tells of a density that is infinite, in JavaScript and as text",
  (method) => {
    const own = { names: ["x"], logDensity: ([x]: Float64Array) => (x! > 1 ? Infinity : (-x! * x!) / 2) };
    const text = compileDensity("x > 1 ? Infinity : -x^2/2", { params: ["x"] });
    const chains = method === "ensemble" ? 8 : 4;
    for (const density of [own, text]) {
      const p = sample(density, [0], {
        method,
        chains,
        seed: 1,
        warmup: 200,
        draws: 200,
        gradient: "differences",
      });
      const { message, params } = find(p, "W_INFINITE_DENSITY")!;
      expect(params).toEqual(["x"]);
      const [, x] = /Infinity, first at x = (\S+);/.exec(message)!;
      expect(Number(x)).toBeGreaterThan(1);
    }
    const finite = { ...own, logDensity: ([x]: Float64Array) => (x! > 1 ? -Infinity : (-x! * x!) / 2) };
    const p = sample(finite, [0], {
      method,
      chains,
      seed: 1,
      warmup: 200,
      draws: 200,
      gradient: "differences",
    });
    expect(find(p, "W_INFINITE_DENSITY")).toBeUndefined();
  },
);

test("the halves of one chain, not its chains, disagree", () => {
  const p = sample(normal, [0, 0, 0], { seed: 1, chains: 1, draws: 40, warmup: 100 });
  expect(find(p, "W_R_HAT")!.message).toMatch(/the halves of the chain do not agree/);
});
