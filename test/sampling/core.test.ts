// Transitions in the core against the same in JavaScript: the same bits, for every kind of constraint the core takes, in warm-up
// and after; and the core's random numbers against those of `Random`.
import { describe, expect, test } from "vitest";
import { RANDOM_KEY, RANDOM_WORDS } from "../../src/abi/sampling.js";
import { compileDensity, hmc, iterateSample, mala, nuts, Random, sample } from "../../src/index.js";
import { defaultRuntime, takeWorkspace } from "../../src/runtime/default.js";
import { room } from "../../src/wasm/sampling.js";

/** The same density without its parts: every transition runs in JavaScript. */
const plain = (density: ReturnType<typeof compileDensity>) => ({
  logDensityGrad: (x: Float64Array, g: Float64Array) => density.logDensityGrad(x, g),
  logDensity: (x: Float64Array) => density.logDensity(x),
  constraints: density.constraints,
});

const y = [28, 8, -3, 7, -1, 1, 18, 12];
const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
const cases = {
  "eight schools": compileDensity(
    y.map((v, j) => `normal(${v}, mu + tau*e${j + 1}, ${sigma[j]})`).join(" + "),
    {
      params: {
        e: { size: 8, prior: "normal(0, 1)" },
        mu: { prior: "normal(0, 5)" },
        tau: { kind: "positive", prior: "halfCauchy(5)" },
      },
    },
  ),
  "logistic regression": compileDensity("bernoulliLogit(hit, a + b*t)", {
    params: { a: { prior: "normal(0, 2)" }, b: { prior: "normal(0, 2)" } },
    data: { t: [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2], hit: [0, 0, 0, 1, 0, 1, 1, 0, 1] },
  }),
  "every constraint": compileDensity(
    "normal(a, 1, 2) + normal(b, 1, 2) + normal(c, 0, 1) + normal(d, 3, 1) + normal(f, 0, 1)",
    {
      params: { a: { lower: -1 }, b: { upper: 4 }, c: { lower: -2, upper: 1 }, d: "positive", f: {} },
    },
  ),
  "one dimension that diverges": compileDensity("-x^2/2 - 1e5*max(0, x - 1)^2", { params: ["x"] }),
};

describe.each(Object.entries(cases))("%s", (_name, density) => {
  test.each(["fisher", "diagonal", "dense"] as const)(
    "has the bits of JavaScript with the metric %s",
    (metric) => {
      const options = { seed: 5, draws: 120, warmup: 120, metric, chains: 2 };
      const core = sample(density, "random", options);
      const js = sample(plain(density), "random", options);
      expect(core.draws).toEqual(js.draws);
      expect(core.stats).toEqual(js.stats);
      expect(core.nfev).toBe(js.nfev);
      expect(core.divergent).toEqual(js.divergent);
      // Where evaluations are limited, single steps are made: the same again.
      expect(sample(density, "random", { ...options, maxEvaluations: 1e9 }).draws).toEqual(core.draws);
    },
  );
});

test.each([hmc(), hmc({ steps: 3, jitter: 0 }), mala()])(
  "hmc and mala have the bits of JavaScript: %o",
  (method) => {
    for (const density of Object.values(cases)) {
      const options = { seed: 6, draws: 150, warmup: 100, chains: 2, method };
      const core = sample(density, "random", options);
      const js = sample(plain(density), "random", options);
      expect(core.draws).toEqual(js.draws);
      expect(core.stats).toEqual(js.stats);
      expect(core.divergent).toEqual(js.divergent);
    }
  },
);

test("a start far out in the tail, where weights overflow unless they are rescaled, has the same bits", () => {
  const density = compileDensity("normal(a, 0, 1) + normal(b, 0, 1) + normal(c, 0, 1)", {
    params: ["a", "b", "c"],
  });
  const options = {
    seed: 2,
    draws: 20,
    warmup: 0,
    chains: 1,
    method: nuts({ stepSize: 1.8 }),
    metric: { kind: "diagonal", inverse: [1, 1, 1] },
  } as const;
  const core = sample(density, [60, -60, 40], options);
  // Near its limit of stability the leapfrog gains (1 - e^2/4) of it: more than the logarithm of the largest double.
  const start = 0.5 * (60 ** 2 + 60 ** 2 + 40 ** 2);
  expect(start - core.stats.energy[0]!).toBeGreaterThan(750);
  expect(core.draws).toEqual(sample(plain(density), [60, -60, 40], options).draws);
  expect(core.draws.every(Number.isFinite)).toBe(true);
});

describe("data that are taken together", () => {
  const data = (m: number) => {
    const random = new Random(m);
    const t = Array.from({ length: m }, () => 3 * random.normal());
    return { t, hit: t.map((v) => (v + random.normal() > 0 ? 1 : 0)) };
  };
  const softplus = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  test.each([63, 64, 65, 66, 67, 128, 300])("%i data: value, gradient, terms", (m) => {
    const { t, hit } = data(m);
    const density = compileDensity("bernoulliLogit(hit, a + b*t)", { params: ["a", "b"], data: { t, hit } });
    for (const [a, b] of [
      [0, 0],
      [0.3, -1.2],
      [40, 300],
    ] as const) {
      const terms = t.map((v, i) => hit[i]! * (a + b * v) - softplus(a + b * v));
      const slopes = t.map((v, i) => hit[i]! - 1 / (1 + Math.exp(-(a + b * v))));
      const sum = (values: number[]) => values.reduce((x, y) => x + y, 0);
      const g = new Float64Array(2);
      const scale = sum(terms.map(Math.abs)) + 1;
      expect(Math.abs(density.logDensityGrad([a, b], g) - sum(terms))).toBeLessThan(1e-14 * m * scale);
      expect(Math.abs(density.logDensity([a, b]) - sum(terms))).toBeLessThan(1e-14 * m * scale);
      expect(g[0]).toBeCloseTo(sum(slopes), 10);
      expect(g[1]).toBeCloseTo(sum(slopes.map((s, i) => s * t[i]!)), 9);
      density.pointwise!([a, b]).forEach((v, i) => {
        expect(v).toBeCloseTo(terms[i]!, 9);
      });
    }
  });
  test("sampled in the core as in JavaScript", () => {
    const density = compileDensity("bernoulliLogit(hit, a + b*t) - 0.1*a^2", {
      params: { a: {}, b: { prior: "normal(0, 2)" } },
      data: data(99),
    });
    const options = { seed: 5, draws: 60, warmup: 60, chains: 2 };
    expect(sample(density, "random", options).draws).toEqual(sample(plain(density), "random", options).draws);
  });
});

test("normal numbers of the core are those of Random, from any position and stream", () => {
  const runtime = defaultRuntime();
  const kernels = runtime.kernels(room);
  const workspace = takeWorkspace(runtime, {
    key: "normals",
    f64: { out: 68 },
    i32: { random: RANDOM_WORDS, words: 2 * 67 + 12 },
  });
  try {
    for (let n = 0; n <= 67; n++) {
      for (const [seed, stream, position] of [
        [7, 0, 0],
        [2 ** 40 + 3, 5, 1 + n],
        [1, 2 ** 33 + 1, 2 ** 36 + 2],
      ] as const) {
        const random = new Random(seed, stream);
        random.position = position;
        random.key(workspace.i32.random, RANDOM_KEY);
        workspace.f64.out.fill(-9);
        kernels.normals(n, workspace.at.random, position, workspace.at.words, workspace.at.out);
        expect([...workspace.f64.out.subarray(0, n)]).toEqual([...random.normals(new Float64Array(n))]);
        expect(workspace.f64.out[n]).toBe(-9);
      }
    }
  } finally {
    workspace.release();
  }
});

test("memory goes back, also when a run is left or fails", () => {
  const before = defaultRuntime().memory.used;
  const density = cases["logistic regression"];
  sample(density, "random", { draws: 5, warmup: 5, onIteration: () => "stop" });
  expect(() =>
    sample(density, "random", {
      draws: 5,
      onIteration: () => {
        throw new Error("mine");
      },
    }),
  ).toThrow("mine");
  expect(defaultRuntime().memory.used).toBe(before);
});

describe("many transitions a call end as one by one", () => {
  const drained = (run: ReturnType<typeof iterateSample>) => {
    for (const _ of run);
    return run.result;
  };

  test.each([nuts(), hmc({ steps: 4 })])("draws, statistics and the places of divergences: %o", (method) => {
    for (const density of Object.values(cases)) {
      const options = { seed: 8, draws: 150, warmup: 60, chains: 3, method };
      const whole = sample(density, "random", options);
      const pulled = drained(iterateSample(density, "random", options));
      expect(whole.draws).toEqual(pulled.draws);
      expect(whole.stats).toEqual(pulled.stats);
      expect(whole.divergent).toEqual(pulled.divergent);
      expect([whole.nit, whole.nfev]).toEqual([pulled.nit, pulled.nfev]);
      const limited = sample(density, "random", { ...options, maxIterations: 100, maxTimeMs: 1e9 });
      expect(limited.count).toBe(40);
      expect([...limited.draws.subarray(0, 40)]).toEqual([...whole.draws.subarray(0, 40)]);
    }
  });

  test("a chain that escapes ends the run where it does in turns", () => {
    const density = compileDensity("x + 0*y", { params: ["x", "y"] });
    const options = { seed: 4, draws: 200, warmup: 0, chains: 3, method: hmc({ stepSize: 1e14, steps: 3 }) };
    const whole = sample(density, [0, 0], options);
    const pulled = drained(iterateSample(density, [0, 0], options));
    expect([whole.status, whole.reason]).toEqual(["failed", "diverging"]);
    expect(whole.count).toBeGreaterThan(0);
    expect(whole.count).toBeLessThan(64);
    expect([whole.message, whole.count, whole.nit]).toEqual([pulled.message, pulled.count, pulled.nit]);
    expect(whole.draws).toEqual(pulled.draws);
  });
});
