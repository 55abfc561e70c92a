// Boxes of few points are looked at whole; a value that is the same about one mean says nothing of the rest of the box.
import { describe, expect, test } from "vitest";
import { cmaes, globalSearch, minimizeGlobal, minimizeGlobalAsync } from "../../src/index.js";

const methods = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const;

describe.each(methods)("%s", (method) => {
  test("looks at each of up to 64 cells once, and finds the one that is lower", async () => {
    for (const [upper, cells] of [
      [[1], 2],
      [[2], 3],
      [[3], 4],
      [[1, 2, 1], 12],
      [[3, 15], 64],
    ] as const) {
      const box = { lower: upper.map(() => 0), upper, integer: upper.map((_, j) => j) };
      for (const needle of [upper.map(() => 0), [...upper]]) {
        const f = (x: ArrayLike<number>): number => (needle.every((v, j) => x[j] === v) ? -1 : 1);
        const seen = new Set<string>();
        const r = minimizeGlobal((x) => (seen.add(String([...x])), f(x)), box, { method, seed: 1 });
        expect([[...r.x], r.fun, r.nfev, seen.size]).toEqual([needle, -1, cells, cells]);
        expect([r.status, r.message]).toEqual([
          "converged",
          "converged: every point of the box was looked at",
        ]);
        expect(r.minima).toHaveLength(1);
        const late = await minimizeGlobalAsync(async (x) => f(x), box, { method, concurrency: 5 });
        expect([...late.x]).toEqual(needle);
      }
    }
  });

  test("searches as ever where the evaluations are fewer than the cells, or a variable is continuous", () => {
    const box = { lower: [0], upper: [30], integer: [0] };
    const f = ([x]: Float64Array) => (x! - 7) ** 2;
    expect(minimizeGlobal(f, box, { method, seed: 1, maxEvaluations: 20 })).toMatchObject({ nfev: 20 });
    const mixed = minimizeGlobal(
      ([x, y]) => (x! - 1) ** 2 + (y! - 0.3) ** 2,
      {
        lower: [0, 0],
        upper: [2, 1],
        integer: [0],
      },
      { method, seed: 1, maxEvaluations: 600 },
    );
    expect([mixed.nfev, mixed.x[0]]).toEqual([600, 1]);
  });

  test("refuses what does not fit, ends at a target, under constraints, with choices, and is asked and told", () => {
    const box = { lower: [0, 0], upper: [3, 3], integer: [0, 1] };
    const f = ([x, y]: Float64Array) => x! + y!;
    const reached = minimizeGlobal(f, box, { method, target: 0 });
    expect([reached.reason, reached.fun]).toEqual(["target", 0]);
    if (method !== "simulatedAnnealing") {
      const inequality = [([x, y]: Float64Array) => x! + 2 * y! - 4];
      const held = minimizeGlobal(f, box, { method, inequality });
      expect([[...held.x], held.violation]).toEqual([[0, 2], 0]);
      const never = minimizeGlobal(f, box, { method, inequality: [() => -1] });
      expect([never.status, never.reason]).toEqual(["failed", "infeasible"]);
    }
    expect(minimizeGlobal(() => NaN, box, { method }).reason).toBe("nonFinite");
    const named = minimizeGlobal(
      ({ a, k }) => (a === "y" ? 0 : 1) + (k as number),
      { a: { choices: ["x", "y"] }, k: { lower: -1, upper: 1, integer: true } },
      { method },
    );
    expect(named.values).toEqual({ a: "y", k: -1 });
    const search = globalSearch(box, { method });
    const state = JSON.parse(JSON.stringify(search.state()));
    search.dispose();
    const again = globalSearch(box, { method, resume: state });
    while (!again.done) again.tell(again.ask().map(f));
    expect([[...again.result.x], again.result.nfev]).toEqual([[0, 0], 16]);
  });
});

test("options of a method that do not fit the box are refused in a small one too", () => {
  const box = { lower: [0], upper: [2], integer: [0] };
  expect(() => minimizeGlobal(([x]) => x!, box, { method: cmaes({ x0: [9] }) })).toThrow(/x0/);
});

test("cmaes calls a function flat after ten means, not after one", () => {
  // Of 100 cells one is lower: what a run sees lies in a few.
  const box = { lower: [0], upper: [99], integer: [0] };
  const flat = minimizeGlobal(() => 2, box, { seed: 1 });
  expect([flat.status, flat.reason, flat.nfev > 60, flat.nfev < 200]).toEqual(["failed", "flat", true, true]);
  let found = 0;
  for (let seed = 0; seed < 20; seed++)
    if (minimizeGlobal(([x]) => (x! >= 80 ? 0 : 1), box, { seed }).fun === 0) found++;
  expect(found).toBe(20);
  const once = minimizeGlobal(() => 2, box, { seed: 1, method: cmaes({ restarts: 0 }) });
  expect([once.reason, once.nfev < 30]).toEqual(["flat", true]);
});
