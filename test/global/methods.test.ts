// Every method of minimizeGlobal through the same questions: known minima, the same bits, states, ends, options.

import { describe, expect, test } from "vitest";
import { simulatedAnnealing } from "../../src/global/annealing.js";
import { cmaes } from "../../src/global/cmaes.js";
import { deStrategies, differentialEvolution } from "../../src/global/differential-evolution.js";
import { gamma } from "../../src/global/gamma.js";
import { genetic } from "../../src/global/genetic.js";
import type { GlobalMethod } from "../../src/global/methods.js";
import { iterateGlobal, minimizeGlobal } from "../../src/global/minimize-global.js";
import { realCrossovers, realMutations } from "../../src/global/real-operators.js";
import { select, selections } from "../../src/global/selection.js";
import { globalMethods } from "../../src/global/settings.js";
import { Random } from "../../src/random/philox.js";
import { DownhillError } from "../../src/runtime/errors.js";

const rastrigin = (x: ArrayLike<number>) => {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += 10 + (x[j]! - 1) ** 2 - 10 * Math.cos(2 * Math.PI * (x[j]! - 1));
  return sum;
};
const sphere = (x: Float64Array) => x.reduce((sum, v) => sum + (v - 0.5) ** 2, 0);
const box = (n: number, low: number, high: number) => ({
  lower: new Array<number>(n).fill(low),
  upper: new Array<number>(n).fill(high),
});

const every: readonly [string, GlobalMethod][] = [
  ["cmaes", cmaes()],
  ["cmaes without its portfolio", cmaes({ portfolio: false })],
  ["differentialEvolution", differentialEvolution()],
  ["differentialEvolution best1bin", differentialEvolution({ strategy: "best1bin" })],
  ["genetic", genetic()],
  ["genetic sbx, islands", genetic({ crossover: "sbx", islands: 3, popSize: 20 })],
  ["genetic rex, islands, no local search", genetic({ islands: 2, local: false })],
  ["simulatedAnnealing", simulatedAnnealing()],
  ["simulatedAnnealing without local searches", simulatedAnnealing({ local: false })],
];

describe.each(every)("%s", (_, method) => {
  test("finds a minimum among many", () => {
    const result = minimizeGlobal(rastrigin, box(2, -5, 5), { method, seed: 1, maxEvaluations: 20_000 });
    expect(result.fun).toBeLessThanOrEqual(1e-3);
    expect(rastrigin(result.x)).toBe(result.fun);
    expect(result.nfev).toBeLessThanOrEqual(20_000);
  });

  test("ends by itself", () => {
    const result = minimizeGlobal(sphere, box(2, -3, 3), { method, seed: 2, maxEvaluations: undefined });
    expect(result.fun).toBeLessThanOrEqual(1e-3);
    expect(result.status).not.toBe("stopped");
    expect(result.minima.length).toBeGreaterThan(0);
  });

  test("gives the same bits for a seed, and goes on from a state to the bit", () => {
    const options = { method, seed: 7, maxEvaluations: 2500 };
    const bounds = box(3, -5, 5);
    const first = minimizeGlobal(rastrigin, bounds, options);
    const whole = iterateGlobal(rastrigin, bounds, options);
    const states: unknown[] = [];
    for (const { nit } of whole)
      if ([1, 4, 11, 30, 100].includes(nit)) states.push(JSON.parse(JSON.stringify(whole.state())));
    expect(whole.result.x).toEqual(first.x);
    expect(states.length).toBeGreaterThan(1);
    for (const resume of states) {
      const rest = iterateGlobal(rastrigin, bounds, { ...options, resume: resume as never });
      for (const _ of rest);
      expect([rest.result.nfev, rest.result.nit]).toEqual([first.nfev, first.nit]);
      expect(rest.result.x).toEqual(first.x);
    }
    const damaged = { ...(states[0] as object), search: {} };
    expect(() => iterateGlobal(rastrigin, bounds, { ...options, resume: damaged as never })).toThrow(
      DownhillError,
    );
  });

  test("says when there is nothing to find, and passes over failed evaluations", () => {
    const bounds = box(2, -1, 1);
    expect(minimizeGlobal(() => NaN, bounds, { method })).toMatchObject({
      status: "failed",
      reason: "nonFinite",
    });
    expect(minimizeGlobal(() => 2, bounds, { method, maxEvaluations: undefined })).toMatchObject({
      status: "failed",
      reason: "flat",
    });
    const holes = (x: Float64Array) => (x[0]! > 0.3 ? NaN : x[1]! > 0.6 ? Infinity : sphere(x));
    const result = minimizeGlobal(holes, bounds, { method, seed: 1, maxEvaluations: 5000 });
    expect(result.fun).toBeCloseTo(0.04, 3);
    expect(result.x[0]).toBeLessThanOrEqual(0.3);
  });

  test("keeps within the box, whole numbers included", () => {
    const bounds = { lower: [-1, 2], upper: [0.7, 9], integer: [1] };
    const result = minimizeGlobal(
      (x: Float64Array) => {
        expect(x[0]! >= -1 && x[0]! <= 0.7 && Number.isInteger(x[1]) && x[1]! >= 2 && x[1]! <= 9).toBe(true);
        return -x[0]! + Math.abs(x[1]! - 6);
      },
      bounds,
      { method, seed: 1, maxEvaluations: 3000 },
    );
    expect(result.fun).toBeCloseTo(-0.7, 2);
  });
});

test("each classic strategy of differential evolution, crossover, mutation and selection of genetic descends", () => {
  const options = { seed: 1, maxEvaluations: 4000 };
  const of = (method: GlobalMethod) => minimizeGlobal(sphere, box(3, -3, 3), { ...options, method }).fun;
  for (const strategy of deStrategies)
    expect([strategy, of(differentialEvolution({ strategy })) < 1e-3]).toEqual([strategy, true]);
  for (const crossover of realCrossovers)
    expect([crossover, of(genetic({ crossover, local: false })) < 0.05]).toEqual([crossover, true]);
  for (const mutation of realMutations)
    expect(of(genetic({ crossover: "sbx", mutation, local: false }))).toBeLessThan(0.05);
  for (const selection of selections)
    expect(of(genetic({ crossover: "blx", selection, local: false }))).toBeLessThan(0.05);
});

test("selection: the chances of a place", () => {
  const random = new Random(1);
  const keys = [0, 1, 2, 3, 4];
  const shares = (kind: (typeof selections)[number]) => {
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[select(kind, 5, keys, random)]! += 1 / 20_000;
    return counts;
  };
  const close = (a: number[], b: number[]) =>
    expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThan(0.015);
  // The best of three, (1 - p/5)^3 - (1 - (p + 1)/5)^3; the triangle, the same with squares; in proportion to 4 - key.
  close(
    shares("tournament"),
    [61, 37, 19, 7, 1].map((v) => v / 125),
  );
  close(
    shares("rank"),
    [9, 7, 5, 3, 1].map((v) => v / 25),
  );
  close(
    shares("roulette"),
    [4, 3, 2, 1, 0].map((v) => v / 10),
  );
});

test("a schedule that ends before the population has shrunk is no success", () => {
  const method = differentialEvolution({ budget: 300 });
  expect(minimizeGlobal(rastrigin, box(3, -5, 5), { method, seed: 1 })).toMatchObject({
    status: "failed",
    reason: "generations",
  });
});

test("gamma at values known in closed form", () => {
  const close = (a: number, b: number) => expect(Math.abs(a / b - 1)).toBeLessThan(5e-15);
  close(gamma(1), 1);
  close(gamma(5), 24);
  close(gamma(0.5), Math.sqrt(Math.PI));
  close(gamma(0.25), 3.625609908221908);
});

test("options out of range are refused, and every method is an exported function of its name", () => {
  const bad: (() => unknown)[] = [
    () => differentialEvolution({ strategy: "best" as never }),
    () => differentialEvolution({ popSize: 4 }),
    () => differentialEvolution({ mutation: 3 }),
    () => differentialEvolution({ mutation: [1, 0.5] }),
    () => differentialEvolution({ recombination: 1.5 }),
    () => genetic({ crossover: "uniform" as never }),
    () => genetic({ islands: 0 }),
    () => genetic({ elite: -1 }),
    () => genetic({ mutationRate: 2 }),
    () => simulatedAnnealing({ visit: 3 }),
    () => simulatedAnnealing({ accept: 1 }),
    () => simulatedAnnealing({ temperature: 0 }),
    () => simulatedAnnealing({ cooling: 1 } as never),
  ];
  for (const call of bad) expect(call).toThrow(DownhillError);
  for (const [name, make] of Object.entries(globalMethods))
    expect([make.name, make().name]).toEqual([name, name]);
});

test("an annealing without a lower value ends simulatedAnnealing, unless more patience is asked for", () => {
  const run = (patience?: number) =>
    minimizeGlobal(rastrigin, box(2, -5, 5), {
      method: simulatedAnnealing({ steps: 60, patience }),
      seed: 3,
      maxEvaluations: undefined,
    }).nfev;
  expect(run()).toBe(run(0));
  expect(run(1)).toBeGreaterThan(run(0));
});

test("what an end says: the values are one, the points are, restarts found nothing lower, or it stood still", () => {
  const bowl = (x: Float64Array) => x[0]! ** 2 + x[1]! ** 2;
  // The values still differ where the points do no more.
  const cusp = (x: Float64Array) => Math.sqrt(Math.sqrt(Math.abs(x[0]! - 0.1) + Math.abs(x[1]!)));
  const random = new Random(4);
  const noisy = (x: Float64Array) => bowl(x) + random.uniform();
  const once = cmaes({ portfolio: false, restarts: 0 });
  const cases: [(x: Float64Array) => number, GlobalMethod, string, string][] = [
    [bowl, once, "converged", "fun"],
    [cusp, once, "converged", "step"],
    [noisy, once, "failed", "stagnation"],
    [bowl, differentialEvolution(), "converged", "fun"],
    [cusp, differentialEvolution(), "converged", "step"],
    [bowl, genetic({ local: false, patience: 3 }), "failed", "stagnation"],
    [bowl, simulatedAnnealing(), "converged", "restarts"],
    [bowl, simulatedAnnealing({ local: false }), "converged", "restarts"],
  ];
  for (const [fun, method, status, reason] of cases) {
    const r = minimizeGlobal(fun, box(2, -5, 5), { method, seed: 1, maxEvaluations: undefined });
    expect([r.status, r.reason], `${method.name}, ${reason}`).toEqual([status, reason]);
  }
  const held = minimizeGlobal(bowl, { lower: [2, 1], upper: [2, 1] });
  expect(held).toMatchObject({ status: "converged", reason: "step", nfev: 1, fun: 5 });
});

test("lshade is over at the first generation that has spent its budget, its population falling linearly from five to four", () => {
  // 5 (1 - share) + 4 share is rounded: fours follow once more than half of the budget is spent, 5, ..., 50, 54, ..., 98, 102.
  for (const [budget, nfev] of [
    [97, 98],
    [98, 98],
    [99, 102],
  ] as const) {
    const method = differentialEvolution({ popSize: 5, budget });
    const r = minimizeGlobal(rastrigin, box(2, -5, 5), { method, seed: 3, maxEvaluations: undefined });
    expect([r.status, r.reason, r.nfev]).toEqual(["failed", "generations", nfev]);
  }
});
