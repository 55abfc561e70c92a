// minimizeGlobal with its default method: known minima, limits, variables of every kind, and each way it can end.

import { describe, expect, test } from "vitest";
import { cmaes } from "../../src/global/cmaes.js";
import { iterateGlobal, minimizeGlobal, minimizeGlobalAsync } from "../../src/global/minimize-global.js";
import { compileObjective } from "../../src/models/objective.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { DownhillError } from "../../src/runtime/errors.js";

const rastrigin = (x: ArrayLike<number>) => {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += 10 + (x[j]! - 1) ** 2 - 10 * Math.cos(2 * Math.PI * (x[j]! - 1));
  return sum;
};
const box = (n: number, low: number, high: number) => ({
  lower: new Array<number>(n).fill(low),
  upper: new Array<number>(n).fill(high),
});
const code = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof DownhillError) return error.code;
    throw error;
  }
  return "nothing thrown";
};

describe("known minima", () => {
  // Dixon and Szego (1978); Himmelblau (1972): published places and values.
  test.each([
    [
      "Branin",
      (x: Float64Array) =>
        (x[1]! - (5.1 / (4 * Math.PI ** 2)) * x[0]! ** 2 + (5 / Math.PI) * x[0]! - 6) ** 2 +
        10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x[0]!) +
        10,
      { lower: [-5, 0], upper: [10, 15] },
      0.3978873577297383,
    ],
    [
      "six-hump camel",
      (x: Float64Array) =>
        (4 - 2.1 * x[0]! ** 2 + x[0]! ** 4 / 3) * x[0]! ** 2 +
        x[0]! * x[1]! +
        (4 * x[1]! ** 2 - 4) * x[1]! ** 2,
      box(2, -3, 3),
      -1.0316284534898774,
    ],
    ["Rastrigin, 5 variables", rastrigin, box(5, -5.12, 5.12), 0],
    ["a linear function, at a corner", (x: Float64Array) => x[0]! - 2 * x[1]!, box(2, -1, 3), -7],
  ])("%s, from five seeds", (_, f, bounds, least) => {
    for (let seed = 1; seed <= 5; seed++) {
      const result = minimizeGlobal(f, bounds, { seed });
      expect(result.success).toBe(true);
      expect(result.fun).toBeLessThanOrEqual(least + 1e-8);
      expect(f(result.x)).toBe(result.fun);
      expect(result.minima[0]!.fun).toBeLessThanOrEqual(least + 1e-6);
    }
  });

  test("CMA-ES alone finds the minimum of an ellipsoid, in the forms without correlations of one along the axes", () => {
    const ellipsoid = (condition: number, mixed: number) => (x: Float64Array) => {
      let sum = 0;
      for (let j = 0; j < x.length; j++) {
        const v = x[j]! - 0.3 + mixed * (x[(j + 1) % x.length]! - 0.3);
        sum += 10 ** ((condition * j) / (x.length - 1)) * v * v;
      }
      return sum;
    };
    for (const [covariance, n, f] of [
      ["full", 8, ellipsoid(4, 0.5)],
      ["separable", 20, ellipsoid(4, 0)],
      ["limited", 20, ellipsoid(1, 0.5)],
    ] as const) {
      const method = cmaes({ covariance, portfolio: false, restarts: 0 });
      const options = { method, target: 1e-8, maxEvaluations: 30_000, seed: 1 };
      expect(minimizeGlobal(f, box(n, -1, 1), options)).toMatchObject({
        status: "converged",
        reason: "target",
      });
    }
  });
});

describe("reproducible", () => {
  test("the same seed gives the same bits, another seed others", () => {
    const run = (seed: number) => minimizeGlobal(rastrigin, box(3, -5, 5), { seed, maxEvaluations: 700 });
    expect(run(5).x).toEqual(run(5).x);
    expect(run(5).nfev).toBe(700);
    expect(run(6).x).not.toEqual(run(5).x);
  });

  test("asynchronous, in batches and several at a time, it is the same search", async () => {
    const bounds = box(3, -5, 5);
    const options = { seed: 4, maxEvaluations: 900 };
    const plain = minimizeGlobal(rastrigin, bounds, options);
    const batch = minimizeGlobal(
      {
        evaluateBatch(points, out) {
          points.forEach((x, k) => {
            out[k] = rastrigin(x);
          });
        },
      },
      bounds,
      options,
    );
    const late = await minimizeGlobalAsync(async (x: Float64Array) => rastrigin(x), bounds, options);
    const several = await minimizeGlobalAsync(async (x: Float64Array) => rastrigin(x), bounds, {
      ...options,
      concurrency: 5,
    });
    for (const other of [batch, late, several]) {
      expect(other.x).toEqual(plain.x);
      expect([other.nfev, other.nit]).toEqual([plain.nfev, plain.nit]);
    }
  });

  test("a search taken up from its state goes on to the bit, wherever it was left", () => {
    const bounds = box(2, -5, 5);
    const options = { seed: 3, maxEvaluations: 3000 };
    const whole = iterateGlobal(rastrigin, bounds, options);
    const states: unknown[] = [];
    for (const { nit } of whole)
      if (nit % 40 === 1 && nit < 300) states.push(JSON.parse(JSON.stringify(whole.state())));
    expect(states.length).toBeGreaterThan(4);
    for (const resume of states) {
      const rest = iterateGlobal(rastrigin, bounds, { ...options, resume: resume as never });
      for (const _ of rest);
      expect(rest.result.x).toEqual(whole.result.x);
      expect(rest.result.nfev).toBe(whole.result.nfev);
      expect(rest.result.minima).toEqual(whole.result.minima);
    }
    const resume = states[0] as never;
    expect(code(() => iterateGlobal(rastrigin, bounds, { ...options, seed: 9, resume }))).toBe("SNAPSHOT");
    expect(code(() => iterateGlobal(rastrigin, box(2, -5, 6), { ...options, resume }))).toBe("SNAPSHOT");
    expect(
      code(() => iterateGlobal(rastrigin, bounds, { ...options, resume: { format: "x" } as never })),
    ).toBe("SNAPSHOT");
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("scaling the box and the function by powers of two changes no decision", () => {
    const f = (x: ArrayLike<number>) => rastrigin(x) + 0.25;
    const a = minimizeGlobal(f, box(3, -5, 5), { seed: 2, maxEvaluations: 2000 });
    const b = minimizeGlobal((x: Float64Array) => 1024 * f(x.map((v) => v * 64)), box(3, -5 / 64, 5 / 64), {
      seed: 2,
      maxEvaluations: 2000,
    });
    expect(b.x.map((v) => v * 64)).toEqual(a.x);
    expect(b.fun).toBe(1024 * a.fun);
  });
});

describe("variables", () => {
  test("the minima of choices are distinct", () => {
    const values = { a: 3, b: 1, c: 2 };
    const f = ({ k }: { k: "a" | "b" | "c" }) => values[k];
    const { minima, x } = minimizeGlobal(
      f as never,
      { k: { choices: ["a", "b", "c"] } },
      { seed: 1, maxEvaluations: 600 },
    );
    const places = minima.map((minimum) => minimum.x[0]);
    expect(x[0]).toBe(1);
    expect(new Set(places).size).toBe(places.length);
  });

  test("whole numbers, logarithms and choices by name", () => {
    const seen = new Set<unknown>();
    const f = (p: Record<string, unknown>) => {
      seen.add(p.act);
      expect(Number.isInteger(p.units)).toBe(true);
      return (
        Math.abs((p.units as number) - 17) +
        (Math.log10(p.rate as number) + 3) ** 2 +
        (p.act === "relu" ? 0 : 1)
      );
    };
    const result = minimizeGlobal(
      f,
      {
        rate: { lower: 1e-6, upper: 1, log: true },
        units: { lower: 3.2, upper: 64.9, integer: true },
        act: { choices: ["tanh", "relu", "elu"] },
      },
      { seed: 1, maxEvaluations: 3000 },
    );
    expect(result.values).toMatchObject({ units: 17, act: "relu" });
    expect(result.values!.rate).toBeCloseTo(1e-3, 5);
    expect([...seen].sort()).toEqual(["elu", "relu", "tanh"]);
  });

  test("a mixed set with known optima is solved from every seed", () => {
    // Shifted sphere, ellipsoid and a step function over 3 continuous and 3 whole variables; the optimum is 0 at `at`.
    const at = [1.25, -2.5, 0.75, 3, -4, 7];
    const sphere = (x: Float64Array) => x.reduce((s, v, j) => s + (v - at[j]!) ** 2, 0);
    const ellipsoid = (x: Float64Array) =>
      x.reduce((s, v, j) => s + 10 ** ((3 * j) / 5) * (v - at[j]!) ** 2, 0);
    const coupled = (x: Float64Array) =>
      x.reduce((s, v, j) => s + (v - at[j]! + 0.4 * (x[(j + 1) % 6]! - at[(j + 1) % 6]!)) ** 2, 0);
    for (const f of [sphere, ellipsoid, coupled]) {
      for (let seed = 1; seed <= 3; seed++) {
        const result = minimizeGlobal(
          f,
          { ...box(6, -10, 10), integer: [3, 4, 5] },
          { seed, target: 1e-8, maxEvaluations: 30_000 },
        );
        expect([f.name, seed, result.reason]).toEqual([f.name, seed, "target"]);
        expect(Array.from(result.x.subarray(3))).toEqual(at.slice(3));
      }
    }
  });

  test("a fixed variable keeps its value; with all of them fixed there is one evaluation", () => {
    const result = minimizeGlobal(
      (x: Float64Array) => (x[0]! - 1) ** 2 + x[1]!,
      { lower: [-5, 2], upper: [5, 2] },
      { seed: 1 },
    );
    expect(result.x[1]).toBe(2);
    expect(result.x[0]).toBeCloseTo(1, 6);
    const fixed = minimizeGlobal((x: Float64Array) => x[0]!, { lower: [3], upper: [3] });
    expect([fixed.status, fixed.fun, fixed.nfev]).toEqual(["converged", 3, 1]);
    expect(minimizeGlobal(() => NaN, { lower: [3], upper: [3] }).reason).toBe("nonFinite");
  });

  test("no point leaves the box, whole numbers and logarithms included", () => {
    const bounds = { lower: [-1, 0.001, 2], upper: [0.7, 10, 5], log: [1], integer: [2] };
    minimizeGlobal(
      (x: Float64Array) => {
        expect(x.every((v, j) => v >= bounds.lower[j]! && v <= bounds.upper[j]!)).toBe(true);
        return -x[0]! - x[1]! - x[2]!;
      },
      bounds,
      { seed: 1, maxEvaluations: 500 },
    );
  });
});

describe("polishing", () => {
  test("a compiled objective ends with a small gradient", () => {
    const f = compileObjective("100*(y-x^2)^2 + (1-x)^2 + sin(3*x)^2", ["x", "y"]);
    const polished = minimizeGlobal(f, box(2, -3, 3), { seed: 1, maxEvaluations: 4000 });
    expect(polished.optimality).toBeNaN();
    const ended = minimizeGlobal(f, box(2, -3, 3), { seed: 1 });
    expect(ended.optimality).toBeLessThanOrEqual(1e-7);
    expect(ended.njev).toBeGreaterThan(0);
    expect(minimizeGlobal(f, box(2, -3, 3), { seed: 1, polish: false }).njev).toBe(0);
  });

  test("is a part of the search: its budget, its signal, and nobody is told of its iterations", async () => {
    let gradients = 0;
    const fun = ([x, y]: Float64Array) => 100 * (y! - x! ** 2) ** 2 + (1 - x!) ** 2;
    const grad = ([x, y]: Float64Array, g: Float64Array) => {
      gradients++;
      g.set([-400 * x! * (y! - x! ** 2) - 2 * (1 - x!), 200 * (y! - x! ** 2)]);
    };
    const options = { seed: 1, target: 0.5, maxEvaluations: 5000 };
    let told = 0;
    const polished = minimizeGlobal({ fun, grad }, box(2, -3, 3), {
      ...options,
      onIteration: ({ population }) => {
        expect(population.points.length).toBeGreaterThan(0);
        told++;
      },
    });
    expect(polished).toMatchObject({ reason: "target", nit: told });
    expect(polished.fun).toBeLessThan(1e-15);
    expect(polished.njev).toBe(gradients);
    const bare = minimizeGlobal({ fun, grad }, box(2, -3, 3), { ...options, polish: false });
    expect(polished.nfev).toBeGreaterThan(bare.nfev);
    expect(polished.nit).toBe(bare.nit);
    // With room for three more evaluations it makes three.
    const little = { ...options, maxEvaluations: bare.nfev + 3 };
    expect(minimizeGlobal({ fun, grad }, box(2, -3, 3), little).nfev).toBeLessThanOrEqual(bare.nfev + 3);
    // An abort in the middle of it.
    const controller = new AbortController();
    gradients = 0;
    const late = {
      fun: async (x: Float64Array) => fun(x),
      grad: async (x: Float64Array, g: Float64Array) => {
        grad(x, g);
        if (gradients === 3) controller.abort(new Error("enough"));
      },
    };
    const search = minimizeGlobalAsync(late, box(2, -3, 3), { ...options, signal: controller.signal });
    await expect(search).rejects.toThrow("enough");
    // What was still being waited for keeps the memory it was lent.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

describe("ends", () => {
  const bounds = box(2, -5, 5);
  test("each of them", () => {
    expect(minimizeGlobal(() => NaN, bounds)).toMatchObject({
      status: "failed",
      reason: "nonFinite",
      success: false,
    });
    expect(minimizeGlobal(() => 3, bounds)).toMatchObject({ status: "failed", reason: "flat", fun: 3 });
    expect(minimizeGlobal((x: Float64Array) => (x[0]! > 0 ? -Infinity : 1), bounds)).toMatchObject({
      status: "failed",
      reason: "diverging",
    });
    expect(minimizeGlobal(rastrigin, bounds, { target: 5 })).toMatchObject({
      status: "converged",
      reason: "target",
    });
    expect(minimizeGlobal(rastrigin, bounds, { maxEvaluations: 50 })).toMatchObject({
      reason: "maxEvaluations",
      nfev: 50,
    });
    expect(minimizeGlobal(rastrigin, bounds, { maxIterations: 7 })).toMatchObject({
      reason: "maxIterations",
      nit: 7,
    });
    expect(minimizeGlobal(rastrigin, bounds, { maxTimeMs: 0 })).toMatchObject({ reason: "maxTime", nfev: 0 });
    expect(minimizeGlobal(rastrigin, bounds, { onIteration: () => "stop" })).toMatchObject({
      reason: "callback",
      nit: 1,
    });
    const controller = new AbortController();
    controller.abort();
    expect(minimizeGlobal(rastrigin, bounds, { signal: controller.signal })).toMatchObject({
      reason: "abort",
      nfev: 0,
    });
  });

  test("a generation is shown with its population, and what a callback writes into its point reaches nobody", () => {
    const sizes: number[] = [];
    const result = minimizeGlobal(
      (x: Float64Array) => {
        const f = rastrigin(x);
        x.fill(99);
        return f;
      },
      bounds,
      {
        seed: 1,
        maxIterations: 40,
        trace: true,
        onIteration: ({ population }) => {
          sizes.push(population.points.length);
        },
      },
    );
    expect(result.trace).toHaveLength(40);
    expect(sizes).toContain(6);
    expect(rastrigin(result.x)).toBe(result.fun);
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({
      kind: "globalMinimum",
      reason: "maxIterations",
    });
    expect(result.report()).toContain("distinct minima");
  });

  test("what f throws comes out, at any call, and the memory is free", () => {
    let calls = 0;
    const thrown = new Error("at the 1000th call");
    const f = (x: Float64Array) => {
      if (++calls === 1000) throw thrown;
      return rastrigin(x);
    };
    expect(() => minimizeGlobal(f, bounds, { maxEvaluations: 5000 })).toThrow(thrown);
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

test("bad input is refused before any evaluation", () => {
  let calls = 0;
  const f = () => {
    calls++;
    return 0;
  };
  const good = box(2, 0, 1);
  const bad: [string, () => unknown][] = [
    ["NON_FINITE_INPUT", () => minimizeGlobal(f, { lower: [0, -Infinity], upper: [1, 1] })],
    ["OPTION", () => minimizeGlobal(f, { lower: [0, 2], upper: [1, 1] })],
    ["SHAPE", () => minimizeGlobal(f, { lower: [0, 2], upper: [1] })],
    ["SHAPE", () => minimizeGlobal(f, { lower: [], upper: [] })],
    ["OPTION", () => minimizeGlobal(f, [[0, 1]] as never)],
    ["OPTION", () => minimizeGlobal(f, { ...good, integers: [0] } as never)],
    ["OPTION", () => minimizeGlobal(f, { ...good, integer: [2] })],
    ["OPTION", () => minimizeGlobal(f, { lower: [0.2], upper: [0.8], integer: [0] })],
    ["OPTION", () => minimizeGlobal(f, { ...good, log: [0] })],
    ["OPTION", () => minimizeGlobal(f, { act: { choices: [] } })],
    ["OPTION", () => minimizeGlobal(f, { lower: [0], upper: [1], choices: { "": [1] } as never })],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { method: "cma" as never })],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { method: cmaes as never })],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { popsize: 10 } as never)],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { popSize: 3 })],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { seed: -1 })],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { method: cmaes({ x0: [2, 0] }) })],
    ["OPTION", () => minimizeGlobal(f, { ...good }, { method: cmaes({ sigma: [1, 0] }) })],
    [
      "UNSUPPORTED",
      () => minimizeGlobal(f, { ...good, integer: [0] }, { method: cmaes({ covariance: "limited" }) }),
    ],
    ["OPTION", () => cmaes({ popSize: 2 })],
    ["OPTION", () => cmaes({ lambda: 20 } as never)],
    ["OPTION", () => minimizeGlobal({ fn: f } as never, good)],
    ["OPTION", () => minimizeGlobal({} as never, good)],
  ];
  for (const [expected, call] of bad)
    expect([code(call), call.toString()]).toEqual([expected, call.toString()]);
  expect(calls).toBe(0);
  expect(code(() => minimizeGlobal((() => "1") as never, good))).toBe("CALLBACK_RESULT");
  expect(code(() => minimizeGlobal((async () => 1) as never, good))).toBe("CALLBACK_RESULT");
  expect(code(() => minimizeGlobal({ evaluateBatch: (() => 1) as never }, good))).toBe("CALLBACK_RESULT");
  expect(defaultRuntime().memory.used).toBe(0);
});

test("hints name what was meant", () => {
  const hint = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return (error as DownhillError).hint;
    }
  };
  expect(hint(() => minimizeGlobal(rastrigin, box(1, 0, 1), { method: "cma" as never }))).toContain("cmaes");
  expect(hint(() => minimizeGlobal(rastrigin, box(1, 0, 1), { maxfev: 9 } as never))).toContain(
    "maxEvaluations",
  );
  expect(hint(() => minimizeGlobal(rastrigin, box(1, 0, 1), { sigma0: 9 } as never))).toContain(
    "cmaes({ sigma })",
  );
});
