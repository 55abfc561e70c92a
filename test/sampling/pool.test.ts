// Chains on the threads of a pool, as it is built: the bits of one thread, whatever the number of threads; ends, errors, aborts.
import { afterAll, describe, expect, test } from "vitest";
import {
  compileDensity,
  curveFit,
  ensemble,
  hmc,
  posterior,
  type SampleOptions,
  sample,
  sampleAsync,
} from "../../src/index.js";
import type { Pool } from "../../src/workers/index.js";

const built = new URL("../../dist/workers.js", import.meta.url).href;
const { pool } = (await import(built)) as typeof import("../../src/workers/index.js");
const pools: Pool[] = [];
const open = (size: number): Pool => {
  const made = pool({ size });
  pools.push(made);
  return made;
};
afterAll(() => {
  for (const made of pools) made.dispose();
});

const y = [28, 8, -3, 7, -1, 1, 18, 12];
const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
const schools = compileDensity("normal(y, mu, sqrt(sigma^2 + tau^2))", {
  params: { mu: { prior: "normal(0, 5)" }, tau: { kind: "positive", prior: "halfCauchy(5)" } },
  data: { y, sigma },
});
const t = Array.from({ length: 70 }, (_, i) => i / 10 - 3.5);
const logit = compileDensity("bernoulliLogit(hit, a + b*t)", {
  params: { a: { prior: "normal(0, 2)" }, b: { prior: "normal(0, 2)" } },
  data: { t, hit: t.map((v, i) => (v + ((i * 7) % 5) - 2 > 0 ? 1 : 0)) },
});

describe("in threads and in one", () => {
  const threads = open(2);
  const same = async (density: Parameters<typeof sample>[0], options: SampleOptions) => {
    const one = sample(density, undefined, options);
    const shared = await sampleAsync(density, undefined, { ...options, pool: threads });
    expect(shared.draws).toEqual(one.draws);
    expect(shared.stats).toEqual(one.stats);
    expect(shared.divergent).toEqual(one.divergent);
    expect(shared.metrics).toEqual(one.metrics);
    expect(shared.warnings).toEqual(one.warnings);
    expect(shared.message).toBe(one.message);
    expect([shared.status, shared.reason, shared.nit]).toEqual([one.status, one.reason, one.nit]);
    // Where a chain fails, the others do not hear of it.
    if (one.status !== "failed") expect(shared.nfev).toBe(one.nfev);
    return shared;
  };
  const short = { draws: 100, warmup: 100, seed: 3 };

  test("nuts, with data and constraints", async () => {
    const shared = await same(schools, short);
    expect(shared.chains).toBe(4);
    expect(shared.parameter("tau").quantile(0)).toBeGreaterThan(0);
    await same(logit, { ...short, chains: 3, metric: "dense" });
  });
  test("every other method", async () => {
    await same(logit, { ...short, method: hmc({ steps: 5 }) });
    await same(logit, { ...short, method: "metropolis" });
    await same(logit, { ...short, method: "slice", draws: 20, warmup: 20 });
    await same(logit, { ...short, method: ensemble(), chains: 6 });
  });
  test("a limit stops every chain at the same transition", async () => {
    const shared = await same(schools, { ...short, maxIterations: 130 });
    expect(shared.reason).toBe("maxIterations");
    expect(shared.count).toBe(30);
  });
  test("a density without finite mass, and a start without density", async () => {
    const flat = compileDensity("0*a", { params: ["a"] });
    expect((await same(flat, { draws: 400, warmup: 100, seed: 1, metric: "diagonal" })).status).toBe(
      "failed",
    );
    const nowhere = compileDensity("log(a - 1e9)", { params: ["a"] });
    const shared = await sampleAsync(nowhere, "random", { ...short, pool: threads });
    expect([shared.status, shared.reason]).toEqual(["failed", "nonFinite"]);
    expect(shared.message).toContain("chain 0");
    expect(shared.count).toBe(0);
  });
  test("given points, and jitter about one", async () => {
    const options = { ...short, chains: 2 };
    const starts = [
      [0.1, 0.2],
      [0.4, -0.3],
    ];
    for (const [start, more] of [
      [starts, {}],
      [[0.2, 0.3], { jitter: 0.5 }],
    ] as const) {
      const one = sample(logit, start, { ...options, ...more });
      expect((await sampleAsync(logit, start, { ...options, ...more, pool: threads })).draws).toEqual(
        one.draws,
      );
    }
  });
  test("the posterior of a fit of text", async () => {
    const x = [0, 1, 2, 3, 4, 5, 6, 7];
    const fit = curveFit({
      model: "a*exp(-k*x)",
      x,
      y: [5.1, 3.9, 3.2, 2.4, 2.0, 1.7, 1.2, 1.1],
      params: { a: 5, k: 0.2 },
    });
    const shared = await same(posterior(fit, { prior: { k: "lognormal(-1.5, 1)" } }), short);
    expect(shared.predict([1, 2]).mean.every(Number.isFinite)).toBe(true);
    expect(shared.loo().pointwise).toHaveLength(8);
  });
});

test("one thread, two or four: the same draws", async () => {
  const options = { draws: 60, warmup: 60, seed: 9 };
  const want = sample(schools, "random", options).draws;
  for (const size of [1, 4])
    expect((await sampleAsync(schools, "random", { ...options, pool: open(size) })).draws).toEqual(want);
});

test("what threads cannot do is refused by name", async () => {
  const threads = pools[0]!;
  for (const [option, value] of [
    ["onIteration", () => undefined],
    ["trace", true],
    ["maxEvaluations", 100],
  ] as const) {
    await expect(sampleAsync(schools, "random", { pool: threads, [option]: value })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(option),
    });
  }
});

test("a place at which the density is infinite is told from the pool too", async () => {
  const density = compileDensity("x > 1 ? Infinity : -x^2/2", { params: ["x"] });
  const short = { method: "metropolis", seed: 1, warmup: 100, draws: 100 } as const;
  const { warnings } = await sampleAsync(density, [0], { ...short, pool: pools[0]! });
  expect(warnings.map(({ code }) => code)).toContain("W_INFINITE_DENSITY");
});

test("an abort rejects with its reason, and the pool works on", async () => {
  const threads = pools[0]!;
  const reason = new Error("enough");
  const controller = new AbortController();
  const running = sampleAsync(schools, "random", {
    pool: threads,
    draws: 200_000,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(reason), 20);
  await expect(running).rejects.toBe(reason);
  await expect(
    sampleAsync(schools, "random", { pool: threads, signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
  threads.dispose();
  await expect(sampleAsync(schools, "random", { pool: threads })).rejects.toMatchObject({ code: "DISPOSED" });
});
