// The facade: starts, limits, abort, asynchronous densities, states, bad input, and what a Posterior says of itself.
import { describe, expect, test } from "vitest";
import { iterateSample, type LogDensity, nuts, sample, sampleAsync } from "../../src/index.js";
import { logistic } from "./targets.js";

const { density, start } = logistic;
const short = { draws: 60, warmup: 60, seed: 3 };
const normal: LogDensity = {
  logDensityGrad(x, g) {
    g[0] = -x[0]!;
    return -0.5 * x[0]! * x[0]!;
  },
};
const code = (c: string) => expect.objectContaining({ code: c });

describe("reproducible", () => {
  test("the bits of a seed are fixed: the same on every engine, in every version", () => {
    const p = sample(normal, [0.5], { draws: 3, warmup: 20, chains: 2, seed: 9 });
    expect([...p.draws]).toMatchInlineSnapshot(`
      [
        -0.37424167482145054,
        -0.37424167482145054,
        -0.37424167482145054,
        1.7246855229085485,
        1.7246855229085485,
        1.7246855229085485,
      ]
    `);
  });

  test("a chain does not depend on how many others there are", () => {
    const four = sample(density, start, short);
    const one = sample(density, start, { ...short, chains: 1 });
    expect(four.draws.slice(0, one.draws.length)).toEqual(one.draws);
    expect(sample(density, start, { ...short, seed: 4 }).draws).not.toEqual(four.draws);
  });

  test("asynchronous runs, and densities that promise, give the same bits", async () => {
    const p = sample(density, start, short);
    expect((await sampleAsync(density, start, short)).draws).toEqual(p.draws);
    const late: LogDensity = {
      async logDensityGrad(x, g) {
        const [copy, to] = [x.slice(), new Float64Array(2)];
        const value = density.logDensityGrad!(copy, to);
        await null;
        g.set(to);
        return value;
      },
      names: ["a", "b"],
    };
    const brief = { draws: 10, warmup: 10, seed: 3 };
    expect((await sampleAsync(late, start, brief)).draws).toEqual(sample(density, start, brief).draws);
  });

  test.each(["nuts", "hmc", "mala", "metropolis", "slice", "ensemble"] as const)(
    "%s goes on from a saved state to the bit, in warm-up and after",
    (method) => {
      const options = { ...short, method };
      const whole = sample(density, start, options);
      for (const stop of [0, 1, 35, 60, 75, 119]) {
        const first = iterateSample(density, start, options);
        for (let i = 0; i < stop; i++) first.next();
        const state = JSON.parse(JSON.stringify(first.state()));
        first.return?.();
        const rest = iterateSample(density, start, { ...options, resume: state });
        while (!rest.next().done);
        expect(rest.result.draws).toEqual(whole.draws);
        expect(rest.result.stats).toEqual(whole.stats);
        expect(rest.result.nfev).toBe(whole.nfev);
        expect(rest.result.status).toBe("completed");
      }
    },
  );

  test("low-rank and dense metrics are saved too", () => {
    for (const metric of ["lowRank", "dense", "diagonal"] as const) {
      const options = { ...short, metric };
      const first = iterateSample(density, start, options);
      for (let i = 0; i < 50; i++) first.next();
      const rest = iterateSample(density, start, { ...options, resume: structuredClone(first.state()) });
      first.return?.();
      while (!rest.next().done);
      expect(rest.result.draws).toEqual(sample(density, start, options).draws);
    }
  });

  test("a state of another run, or a damaged one, is SNAPSHOT", () => {
    const run = iterateSample(density, start, short);
    run.next();
    const state = run.state();
    run.return?.();
    expect(() => iterateSample(density, start, { ...short, seed: 8, resume: state })).toThrow(
      code("SNAPSHOT"),
    );
    expect(() => iterateSample(density, start, { ...short, resume: { ...state, transitions: 7 } })).toThrow(
      code("SNAPSHOT"),
    );
    expect(() => iterateSample(density, start, { ...short, resume: {} as never })).toThrow(code("SNAPSHOT"));
  });
});

describe("limits", () => {
  test("maxIterations, maxEvaluations and onIteration stop with as many draws of every chain", () => {
    for (const [limit, reason] of [
      [{ maxIterations: 100 }, "maxIterations"],
      [{ maxEvaluations: 1000 }, "maxEvaluations"],
      [{ onIteration: ({ nit }: { nit: number }) => (nit === 90 ? "stop" : undefined) }, "callback"],
    ] as const) {
      const p = sample(density, start, { ...short, ...limit });
      expect(p.status).toBe("stopped");
      expect(p.reason).toBe(reason);
      expect(p.success).toBe(false);
      expect(p.draws).toHaveLength(4 * p.count * 2);
      expect(p.count).toBeLessThan(60);
      const whole = sample(density, start, short);
      expect(p.draws.slice(0, p.count * 2)).toEqual(whole.draws.slice(0, p.count * 2));
    }
    expect(sample(density, start, { ...short, maxEvaluations: 1000 }).nfev).toBeLessThanOrEqual(1000);
  });

  test("a limit that the last draw reaches does not spoil it", () => {
    const p = sample(density, start, { ...short, maxIterations: 120 });
    expect(p.status).toBe("completed");
  });

  test("stopped in the warm-up there are no draws, and that is said", () => {
    const p = sample(density, start, { ...short, maxIterations: 10 });
    expect(p.count).toBe(0);
    expect(p.draws).toHaveLength(0);
    expect(p.mean[0]).toBeNaN();
    expect(p.rHat[0]).toBeNaN();
    expect(p.report("brief")).toContain("no draws");
    expect(p.message).toContain("0 draws");
  });

  test("an abort stops a synchronous run and rejects an asynchronous one", async () => {
    expect(sample(density, start, { ...short, signal: AbortSignal.abort() }).reason).toBe("abort");
    const controller = new AbortController();
    const run = sampleAsync(density, start, {
      ...short,
      signal: controller.signal,
      onIteration: () => controller.abort(new Error("enough")),
    });
    await expect(run).rejects.toThrow("enough");
  });

  test("iterations say phase, draw and point", () => {
    const seen: unknown[] = [];
    sample(density, start, { draws: 2, warmup: 2, onIteration: (it) => void seen.push(it) });
    expect(seen).toHaveLength(4);
    expect(seen[0]).toMatchObject({ nit: 1, phase: "warmup", draw: 0 });
    expect(seen[3]).toMatchObject({ nit: 4, phase: "draws", draw: 2, divergences: 0 });
  });
});

describe("starts", () => {
  test("a point, a point for each chain, values by name, or random", () => {
    const by = (from: never) => sample(density, from, { ...short, draws: 5, warmup: 5 });
    expect(by({ a: 0, b: 0 } as never).draws).toEqual(by([0, 0] as never).draws);
    const each = [
      [0, 0],
      [1, 1],
      [0, 2],
      [-1, 0],
    ];
    expect(by(each as never).draws.slice(0, 10)).toEqual(by([0, 0] as never).draws.slice(0, 10));
    const random = by("random" as never);
    expect(random.names).toEqual(["a", "b"]);
    expect(by(undefined as never).draws).toEqual(random.draws);
    expect(random.draws.slice(0, 10)).not.toEqual(random.draws.slice(10, 20));
  });

  test("random starts are drawn until the density is finite", () => {
    const half: LogDensity = {
      logDensityGrad(x, g) {
        g[0] = -1;
        return x[0]! > 1.5 ? -x[0]! : -Infinity;
      },
      names: ["x"],
    };
    const p = sample(half, "random", { ...short, checkGradient: false });
    expect(p.status).toBe("completed");
    expect(Math.min(...p.draws)).toBeGreaterThan(1.5);
  });

  test("jitter moves each chain to a place of its own", () => {
    const seen: number[][] = [];
    sample({ logDensity: (x: Float64Array) => -x[0]! * x[0]! }, [3], {
      draws: 1,
      warmup: 0,
      jitter: 0.5,
      method: "metropolis",
      onIteration: ({ x }) => void seen.push([...x]),
    });
    expect(Math.abs(seen[0]![0]! - 3)).toBeGreaterThan(0);
  });
});

describe("what cannot be sampled is said", () => {
  test("-Infinity at the start is failed/nonFinite with the point", () => {
    const p = sample({ logDensity: () => -Infinity, names: ["k"] }, [2], short);
    expect(p).toMatchObject({ status: "failed", reason: "nonFinite", success: false, count: 0 });
    expect(p.message).toContain("k = 2");
    expect(sample(() => NaN, [2], short).reason).toBe("nonFinite");
  });

  test("a gradient that is not finite names its parameter", () => {
    const bad: LogDensity = {
      logDensityGrad(x, g) {
        g[0] = -x[0]!;
        g[1] = NaN;
        return -x[0]! * x[0]!;
      },
      names: ["a", "b"],
    };
    const p = sample(bad, [1, 2], short);
    expect(p.reason).toBe("nonFinite");
    expect(p.message).toContain("gradient by b");
  });

  test("a wrong gradient is W_GRADIENT_MISMATCH with the parameters, and only then", () => {
    const bad: LogDensity = {
      logDensityGrad(x, g) {
        g[0] = -x[0]!;
        g[1] = -3 * x[1]!;
        return -0.5 * (x[0]! ** 2 + x[1]! ** 2);
      },
      names: ["a", "b"],
    };
    const of = (warnings: readonly { code: string; params?: readonly string[] }[]) =>
      warnings.find(({ code }) => code === "W_GRADIENT_MISMATCH");
    expect(of(sample(bad, [1, 2], short).warnings)?.params).toEqual(["b"]);
    expect(of(sample(bad, [1, 2], { ...short, checkGradient: false }).warnings)).toBeUndefined();
    expect(of(sample(density, start, short).warnings)).toBeUndefined();
  });

  test("a gradient that leaves its last place unfilled is called wrong there; one that writes beyond its end writes nowhere", () => {
    const of = (length: number): LogDensity => ({
      logDensityGrad(x, g) {
        for (let j = 0; j < length; j++) g[j] = -(x[j] ?? 1);
        return -0.5 * (x[0]! ** 2 + x[1]! ** 2);
      },
      names: ["a", "b"],
    });
    const named = ({ warnings }: ReturnType<typeof sample>) =>
      warnings.find(({ code }) => code === "W_GRADIENT_MISMATCH")?.params;
    expect(named(sample(of(1), [1, 2], short))).toEqual(["b"]);
    const long = sample(of(3), [1, 2], short);
    expect(named(long)).toBeUndefined();
    expect(long.draws).toEqual(sample(of(2), [1, 2], short).draws);
  });

  test("NaN in mid-run is a divergence, counted", () => {
    const hole: LogDensity = {
      logDensityGrad(x, g) {
        g[0] = -x[0]!;
        return Math.abs(x[0]!) > 1 ? NaN : -0.5 * x[0]! ** 2;
      },
    };
    const p = sample(hole, [0], { ...short, method: nuts({ stepSize: 1.5 }), draws: 200 });
    expect(p.status).toBe("completed");
    expect(p.divergences).toBeGreaterThan(10);
    expect(Math.max(...p.draws.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  test("a density without finite mass ends in failed/diverging, with the parameter", () => {
    for (const slope of [0, 1]) {
      const p = sample(
        {
          logDensityGrad(x: Float64Array, g: Float64Array) {
            g[0] = slope;
            return slope * x[0]!;
          },
          names: ["drift"],
        },
        [0],
        { seed: 1, warmup: 2000 },
      );
      expect(p).toMatchObject({ status: "failed", reason: "diverging" });
      expect(p.message).toContain("drift");
    }
  });

  test("a flat density within bounds is uniform", () => {
    const p = sample(
      { logDensityGrad: (_x: Float64Array, g: Float64Array) => (g.fill(0), 0), lower: [2], upper: [5] },
      [3],
      { seed: 1 },
    );
    expect(Math.abs(p.mean[0]! - 3.5)).toBeLessThan(4 * p.mcse[0]!);
    expect(p.sd[0]!).toBeCloseTo(3 / Math.sqrt(12), 1);
  });
});

test("an ordered start may be negative, a positive ordered one may not", () => {
  const start = [-1, 2];
  const density = (kind: "ordered" | "positiveOrdered") => ({
    logDensity: (x: Float64Array) => -(x[0]! ** 2) - x[1]! ** 2,
    constraints: [{ name: "x", size: 2, kind }],
  });
  const options = { draws: 5, warmup: 0, chains: 1, seed: 1 };
  expect(sample(density("ordered"), start, options).success).toBe(true);
  expect(() => sample(density("positiveOrdered"), start, options)).toThrow("must be positive and increase");
  expect(() => sample(density("positiveOrdered"), [0, 2], options)).toThrow("must be positive and increase");
  expect(() => sample(density("ordered"), [2, 2], options)).toThrow("must increase");
  expect(sample(density("positiveOrdered"), [1e-3, 2], options).success).toBe(true);
});

test("bad options, shapes and results are refused before any evaluation", async () => {
  let calls = 0;
  const counted: LogDensity = {
    logDensityGrad(x, g) {
      calls++;
      g[0] = -x[0]!;
      return -x[0]! * x[0]!;
    },
  };
  const refused = (c: string, from: never, options: object, what: never = counted as never) =>
    expect(() => sample(what, from, options), JSON.stringify(options)).toThrow(code(c));
  refused("OPTION", [0] as never, { chains: 0 });
  refused("OPTION", [0] as never, { draws: 0 });
  refused("OPTION", [0] as never, { warmup: -1 });
  refused("OPTION", [0] as never, { seed: 0.5 });
  refused("OPTION", [0] as never, { method: "nutz" });
  refused("OPTION", [0] as never, { method: nuts });
  refused("OPTION", [0] as never, { metric: "fishy" });
  refused("OPTION", [0] as never, { metric: { kind: "diagonal", inverse: [-1] } });
  refused("SHAPE", [0] as never, { metric: { kind: "diagonal", inverse: [1, 2] } });
  refused("NOT_POSITIVE_DEFINITE", [0] as never, { metric: { kind: "dense", inverse: [-1] } });
  refused("OPTION", [0] as never, { draw: 5 });
  refused("OPTION", [0] as never, { tune: 5 });
  refused("OPTION", [0] as never, { adapt_delta: 0.9 });
  refused("OPTION", [0] as never, { method: "ensemble", chains: 3 });
  refused("OPTION", "somewhere" as never, {});
  refused("SHAPE", [] as never, {});
  refused("SHAPE", [[0], [0]] as never, {});
  refused("NON_FINITE_INPUT", [NaN] as never, {});
  refused("OPTION", [0] as never, {}, 7 as never);
  refused("OPTION", [0] as never, {}, {} as never);
  refused("OPTION", [0] as never, {}, { logDensity: () => 0, lowr: [0] } as never);
  refused("OPTION", [0] as never, { method: "nuts" }, (() => 0) as never);
  refused("OPTION", [0] as never, {}, { ...counted, lower: [1], upper: [0] } as never);
  refused("OPTION", [-1] as never, {}, { ...counted, lower: [0] } as never);
  refused("OPTION", [0.5, 0.6] as never, {}, {
    ...counted,
    constraints: [{ kind: "simplex", size: 2 }],
  } as never);
  refused("OPTION", [0] as never, {}, { ...counted, constraints: [{ kind: "interval", lower: 0 }] } as never);
  refused("OPTION", [0, 0] as never, {}, { ...counted, names: ["a", "a"] } as never);
  expect(calls).toBe(0);
  expect(() => sample((() => "x") as never, [0])).toThrow(code("CALLBACK_RESULT"));
  expect(() => sample((async () => 0) as never, [0])).toThrow(code("CALLBACK_RESULT"));
  await expect(sampleAsync((async () => "x") as never, [0])).rejects.toThrow(code("CALLBACK_RESULT"));
  const thrown = new Error("mine");
  expect(() =>
    sample(() => {
      throw thrown;
    }, [0]),
  ).toThrow(thrown);
});

test("differences serve nuts where they are asked for, within a value's own accuracy", async () => {
  const value = (x: Float64Array) => -0.5 * (x[0]! - 1) ** 2 - Math.abs(x[1]!) ** 2;
  const options = { seed: 2, gradient: "differences", draws: 300, warmup: 300 } as const;
  const p = sample(value, [0, 0], options);
  expect(p.method).toBe("nuts");
  expect(Math.abs(p.mean[0]! - 1)).toBeLessThan(4 * p.mcse[0]!);
  expect(p.nfev).toBeGreaterThan(5 * 600);
  const brief = { ...options, draws: 5, warmup: 5 };
  const late = await sampleAsync(async (x: Float64Array) => value(x), [0, 0], brief);
  expect(late.draws).toEqual(sample(value, [0, 0], brief).draws);
});

describe("a Posterior", () => {
  const p = sample(density, start, { seed: 1, draws: 500 });

  test("has quantiles, shortest intervals and parameters by name", () => {
    const [low, middle, high] = p.quantiles([0.05, 0.5, 0.95]);
    expect(low![0]!).toBeLessThan(middle![0]!);
    expect(p.quantiles(0.95)).toEqual(high);
    const { lower, upper } = p.hdi(0.9);
    expect(upper[1]! - lower[1]!).toBeLessThanOrEqual(high![1]! - low![1]!);
    expect(p.parameter("b").mean).toBe(p.mean[1]);
    expect(p.parameter("b").mcseOfQuantile(0.5)).toBeGreaterThan(0);
    expect(() => p.parameter("c")).toThrow(code("OPTION"));
    expect(() => p.hdi(0)).toThrow(code("OPTION"));
    expect(() => p.quantiles(2)).toThrow(code("OPTION"));
    expect(() => p.derive("a +")).toThrow(code("EXPRESSION"));
  });

  test("reports, and is plain data", () => {
    const text = p.report();
    for (const word of ["R-hat", "bulk", "mcse", "divergences", "nuts (simd)"]) expect(text).toContain(word);
    // One line for each parameter, its numbers to four digits, R-hat to three places, sample sizes whole.
    for (const name of ["a", "b"]) {
      const cells = text
        .match(new RegExp(`^ +${name} +(.*)$`, "m"))![1]!
        .trim()
        .split(/ +/);
      const q = p.parameter(name);
      const numbers = [q.mean, q.sd, q.mcse, q.quantile(0.05), q.quantile(0.5), q.quantile(0.95)];
      numbers.forEach((v, i) => {
        expect(Math.abs(Number(cells[i]) - v)).toBeLessThanOrEqual(0.5001e-3 * Math.abs(v));
        expect(cells[i]!.replace(/[^0-9]/g, "").replace(/^0+/, "").length).toBeLessThanOrEqual(6);
      });
      expect(cells.slice(6)).toEqual([
        q.rHat.toFixed(3),
        String(Math.round(q.essBulk)),
        String(Math.round(q.essTail)),
      ]);
    }
    expect(`${p}`).toContain("4 chains of 500 draws");
    const data = JSON.parse(JSON.stringify(p));
    expect(data).toMatchObject({ kind: "posterior", status: "completed", names: ["a", "b"], chains: 4 });
    expect(data.draws).toHaveLength(4000);
  });

  test("has the energy's diagnostics and none where there is no energy", () => {
    for (const e of p.ebfmi) expect(e).toBeGreaterThan(0.5);
    expect(sample(density, start, { ...short, method: "slice" }).ebfmi[0]).toBeNaN();
  });

  test("warns of few draws, of chains that disagree, of slow energies", () => {
    const codes = (q: { warnings: readonly { code: string }[] }) => q.warnings.map((w) => w.code);
    expect(codes(p)).toEqual([]);
    expect(codes(sample(density, start, { ...short, draws: 20 }))).toContain("W_LOW_ESS");
    const two = (x: Float64Array) => Math.max(-50 * (x[0]! - 5) ** 2, -50 * (x[0]! + 5) ** 2);
    const apart = sample(two, [[5], [-5]], { chains: 2, method: "metropolis" });
    expect(codes(apart)).toContain("W_R_HAT");
    // Zero all around the start: every draw is the same, and no diagnostic has a value.
    const point = (x: Float64Array) => (x[0] === 0 ? 0 : -Infinity);
    const still = sample(point, [0], { ...short, chains: 3 });
    expect(still.rHat[0]).toBeNaN();
    expect(still.warnings).toEqual([
      {
        code: "W_LOW_ESS",
        message: expect.stringContaining("3 of 3 chains never left their start"),
        params: ["x1"],
      },
    ]);
    // Neal's funnel: the energy moves slowly along its neck.
    const funnel: LogDensity = {
      logDensityGrad(x, g) {
        const v = x[0]!;
        const s = Math.exp(-v);
        let squares = 0;
        for (let i = 1; i < 10; i++) squares += x[i]! ** 2;
        g[0] = -v / 9 - 4.5 + 0.5 * s * squares;
        for (let i = 1; i < 10; i++) g[i] = -s * x[i]!;
        return -(v * v) / 18 - 4.5 * v - 0.5 * s * squares;
      },
    };
    expect(codes(sample(funnel, new Array(10).fill(0.5), { seed: 1 }))).toContain("W_E_BFMI");
  });
});

test("a synchronous run refuses a pool, and an asynchronous one a density in JavaScript", async () => {
  const normal = (x: Float64Array) => -(x[0]! ** 2) / 2;
  const options = { method: "metropolis", pool: {}, draws: 10, warmup: 10 } as object;
  expect(() => sample(normal, [0], options)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  await expect(sampleAsync(normal, [0], options)).rejects.toMatchObject({ code: "OPTION" });
  const threads = { size: 1, sample: () => Promise.reject(new Error("never")) };
  await expect(sampleAsync(normal, [0], { pool: threads })).rejects.toMatchObject({ code: "UNSUPPORTED" });
});

test("a saved run of a density that is estimated goes on", () => {
  let calls = 0;
  const noisy = ([x]: Float64Array) => -(x! * x!) / 2 + 1e-3 * Math.sin(calls++);
  const options = { seed: 3, draws: 20, warmup: 20, chains: 2, method: "metropolis" as const };
  const begun = iterateSample(noisy, [0.1], options);
  begun.next();
  const state = begun.state();
  begun.return?.();
  const other = iterateSample(noisy, [0.1], { ...options, resume: state });
  for (const _ of other);
  expect(other.result.status).toBe("completed");
});

test("a saved run does not go on with another density", () => {
  const options = { seed: 3, draws: 20, warmup: 20, chains: 4 };
  const at = (mean: number) => ({
    logDensity: ([x]: Float64Array) => -((x! - mean) ** 2) / 2,
    logDensityGrad: ([x]: Float64Array, g: Float64Array) => {
      g[0] = mean - x!;
      return -((x! - mean) ** 2) / 2;
    },
  });
  for (const method of ["nuts", "hmc", "mala", "metropolis", "slice", "ensemble", "tempering"] as const) {
    const begun = iterateSample(at(0), [0.1], { ...options, method });
    begun.next();
    const state = JSON.parse(JSON.stringify(begun.state()));
    begun.return?.();
    const other = iterateSample(at(5), [0.1], { ...options, method, resume: state });
    expect(() => other.next()).toThrow(
      expect.objectContaining({ code: "SNAPSHOT", message: expect.stringMatching(/of another density/) }),
    );
    const same = iterateSample(at(0), [0.1], { ...options, method, resume: state });
    for (const _ of same);
    const whole = sample(at(0), [0.1], { ...options, method });
    expect([method, same.result.nfev, same.result.draws]).toEqual([method, whole.nfev, whole.draws]);
  }
});
