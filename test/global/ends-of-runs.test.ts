// When a run of CMA-ES is over, and when a population has shrunk to a point: each stop condition of pycma (Hansen's tutorial, appendix B.3)
// alone, at the generation and the width where its formula says so.

import { describe, expect, test } from "vitest";
import { FORM_FULL, FORM_LIMITED, FORM_SEPARABLE } from "../../src/abi/global.js";
import type { CmaRun } from "../../src/global/cma-run.js";
import { CmaTests } from "../../src/global/cma-tests.js";
import { INFEASIBLE } from "../../src/global/constraints.js";
import { shrunk } from "../../src/global/population.js";

/** What the tests look at of a run: nothing is over, unless a test says so. */
const runOf = (o: Partial<Record<keyof CmaRun, unknown>> & { sd?: number; d?: number[] } = {}) => {
  const n = (o.n as number) ?? 2;
  const run = {
    n,
    rows: 6,
    form: FORM_FULL,
    generation: 0,
    keys: null,
    mean: new Float64Array(n).fill(0.5),
    scale: new Float64Array(n).fill(1),
    sd: 0.1,
    variance: () => run.sd * run.sd,
    workspace: { f64: { d: o.d ?? new Float64Array(n).fill(1) } },
    ...o,
  };
  return run as unknown as CmaRun & { generation: number; sd: number };
};
const NOWHERE = { u: new Float64Array(2), f: Infinity };
type Values = [best: number, middle: number, high: number];

/** The first of so many generations that is the last, and why; `values` of each generation: 2 times best, middle, high. */
function lastOf(
  run: ReturnType<typeof runOf>,
  values: (g: number) => Values,
  most: number,
  { tests = new CmaTests(run, Infinity), rival = Infinity, known = NOWHERE } = {},
): [number, string] | null {
  for (let g = run.generation + 1; g <= most; g++) {
    run.generation = g;
    const [best, middle, high] = values(g);
    const sorted = Float64Array.of(best, best, middle, middle, high, high);
    tests.record(sorted, 6);
    const end = tests.end(sorted, 6, rival, known);
    if (end) return [g, end];
  }
  return null;
}
const odd = (g: number) => g % 2;
/** Best values 1, 2, 1, 2, ...: nothing but the last tests of time looks at these. */
const idle = (g: number): Values => [2 - odd(g), 3, 10];

describe("stagnation", () => {
  // time = floor(100 + 100 n^1.5 / rows) = 147; of the first hundred generations all are looked at, then one in five; more than 100 of them.
  test("begins when a hundred generations are known", () => {
    expect(lastOf(runOf(), idle, 400)).toEqual([105, "stagnation"]);
  });
  test("waits for half of the time since the lowest value", () => {
    expect(lastOf(runOf(), (g) => (g === 60 ? [0, 3, 10] : idle(g)), 400)).toEqual([134, "stagnation"]);
  });
  test("waits for n (5 + 100 / rows) generations", () => {
    expect(lastOf(runOf({ n: 30, rows: 1000 }), idle, 400)).toEqual([154, "stagnation"]);
  });
  test("is none while best or median values become lower, or the run is too young", () => {
    const first = (g: number, then: Values): Values => (g === 1 ? [0, 3000, 5000] : then);
    expect(lastOf(runOf(), (g) => first(g, [1000 - g, 3000, 5000]), 300)).toBeNull();
    expect(lastOf(runOf(), (g) => first(g, [10 + odd(g), 3000 - g, 5000]), 300)).toBeNull();
    expect(lastOf(runOf(), (g) => first(g, [10 + odd(g), 3000, 5000]), 300)).toEqual([105, "stagnation"]);
    expect(lastOf(runOf(), idle, 104)).toBeNull();
  });
});

describe("values", () => {
  test("fun: best values of the last generations and the values of this one are equal to rounding", () => {
    // history = 0 at once; the values of one generation spread by less than 4 roundings, or there are ten.
    expect(lastOf(runOf(), () => [1, 1 + 1e-16, 1 + 4e-16], 50)).toEqual([2, "fun"]);
    expect(lastOf(runOf(), () => [1, 3, 10], 50)).toEqual([10, "fun"]);
    expect(lastOf(runOf(), (g) => [1 + 1e-15 * odd(g), 3, 10], 50)).toBeNull();
    expect(lastOf(runOf(), (g) => [1 + 8e-16 * odd(g), 3, 10], 50)).toEqual([10, "fun"]);
    // Around 0 a share 1e-17 of the first spread.
    expect(lastOf(runOf(), (g) => [0.9e-17 * odd(g), 1, 10], 50)).toEqual([10, "fun"]);
    expect(lastOf(runOf(), (g) => [1.1e-17 * odd(g), 1, 10], 50)).toBeNull();
  });
  test("flat: the best three quarters are equal twice", () => {
    expect(lastOf(runOf(), (g) => [1 + odd(g), 1 + odd(g), 1 + odd(g)], 50)).toEqual([2, "flat"]);
    expect(lastOf(runOf(), (g) => [1 + odd(g), 1 + odd(g), 3], 50)).toBeNull();
  });
  test("neither says anything while no point is feasible, nor does stagnation; a feasible one is enough", () => {
    const keys = new Float64Array(6).fill(INFEASIBLE);
    for (const values of [idle, () => [1, 1, 1] as Values, () => [1, 3, 10] as Values]) {
      expect(lastOf(runOf({ keys }), values, 300)).toBeNull();
      expect(lastOf(runOf({ keys: keys.with(2, 0) }), values, 300)).toEqual(lastOf(runOf(), values, 300));
    }
  });
  test("outdone: what is missing to the best of all is a thousand times the span of the last generations", () => {
    // 10 + 30 n / rows = 20 generations are the last ones.
    expect(lastOf(runOf(), idle, 50, { rival: 1 - 1001 })).toEqual([20, "outdone"]);
    expect(lastOf(runOf(), idle, 50, { rival: 1 - 999 })).toBeNull();
  });
  test("known: at a minimum that is known, no lower than that and as near to its value", () => {
    const known = (u: number, f: number) => ({ known: { u: Float64Array.of(u, u), f } });
    // The first spread is 2, of which 1e-4 is the same value.
    const values = (g: number): Values => [1 + 0.1 * odd(g), 3, 10];
    const at = (sd: number, u: number, f: number) => lastOf(runOf({ sd }), values, 40, known(u, f));
    expect(at(9e-4, 0.5009, 1 - 1e-4)?.[1]).toBe("known");
    expect(at(9e-4, 0.4991, 1)?.[1]).toBe("known");
    expect(at(1.1e-3, 0.5, 1)).toBeNull();
    expect(at(9e-4, 0.5011, 1)).toBeNull();
    expect(at(9e-4, 0.5, 1 - 3e-4)).toBeNull();
    expect(at(9e-4, 0.5, 1.2)).toBeNull();
    // In the unit of the cube.
    const scale = Float64Array.of(0.1, 0.1);
    expect(lastOf(runOf({ sd: 9e-3, scale }), values, 40, known(0.05, 1))?.[1]).toBe("known");
  });
  test("nonFinite: ten generations in a row", () => {
    const run = runOf();
    const tests = new CmaTests(run, Infinity);
    const nine = () => Array.from({ length: 9 }, () => tests.nothing());
    expect(nine()).toEqual(new Array(9).fill(null));
    tests.record(Float64Array.of(1, 2), 2);
    expect(nine()).toEqual(new Array(9).fill(null));
    expect(tests.nothing()).toBe("nonFinite");
  });
});

describe("the distribution", () => {
  const end = (o: Parameters<typeof runOf>[0]) => lastOf(runOf(o), idle, 1)?.[1] ?? null;
  test("step and growth: against the first standard deviation, by the widest", () => {
    expect([end({ sd: 0.9e-12 }), end({ sd: 1.1e-12 })]).toEqual(["step", null]);
    expect([end({ sd: 1.1e3 }), end({ sd: 0.9e3 })]).toEqual(["growth", null]);
    const variance = (j: number) => (j === 0 ? 1 : 1e-26);
    expect(end({ variance })).toBe(null);
    expect(end({ variance: (j: number) => variance(1 - j) })).toBe(null);
  });
  test("condition: axes that differ by 1e7, of the full form alone", () => {
    expect([end({ d: [1, 1.1e14] }), end({ d: [1, 0.9e14] })]).toEqual(["condition", null]);
    expect(end({ d: [1, 1.1e14], form: FORM_SEPARABLE })).toBe(null);
    expect([end({ d: [1e-3, 1.1e11] }), end({ d: [1e-3, 0.9e11] })]).toEqual(["condition", null]);
  });
  test("noEffect: a fifth of a standard deviation is lost beside the mean, but not of the limited form", () => {
    const mean = Float64Array.of(0, 1e6);
    expect(end({ sd: 2e-10, mean })).toBe("noEffect");
    expect(end({ sd: 2e-9, mean })).toBe(null);
    expect(end({ sd: 2e-10, mean, form: FORM_LIMITED })).toBe(null);
  });
  test("iterations: as many generations as are allowed", () => {
    const run = runOf();
    expect(lastOf(run, idle, 50, { tests: new CmaTests(run, 7) })).toEqual([7, "iterations"]);
  });
});

test("a saved run ends where the other one does", () => {
  for (const values of [idle, (g: number): Values => (g === 60 ? [0, 3, 10] : idle(g))]) {
    const run = runOf();
    const tests = new CmaTests(run, Infinity);
    expect(lastOf(run, values, 80, { tests })).toBeNull();
    const again = new CmaTests(run, Infinity);
    expect(again.restore(JSON.parse(JSON.stringify(tests.save())))).toBe(true);
    expect(again.save()).toEqual(tests.save());
    expect(lastOf(run, values, 400, { tests: again })).toEqual(lastOf(runOf(), values, 400));
    expect(again.restore([[1]])).toBe(false);
  }
});

test("a population has shrunk by 4 roundings of the lowest, 1e-18 of the first spread, 1e-11 of the cube", () => {
  expect(shrunk(1, 1 + 8e-16, 0, 1)).toBe("fun");
  expect(shrunk(1, 1 + 10e-16, 0, 1)).toBe(null);
  expect(shrunk(0, 0.9e-18, 1, 1)).toBe("fun");
  expect(shrunk(0, 1.1e-18, 1, 1)).toBe(null);
  expect(shrunk(0, 1, 1, 0.9e-11)).toBe("step");
  expect(shrunk(0, 1, 1, 1.1e-11)).toBe(null);
  // A first spread, or values, of points that are not feasible say nothing.
  expect(shrunk(0, 1e-19, INFEASIBLE, 1)).toBe(null);
  expect(shrunk(INFEASIBLE, INFEASIBLE, 1, 1)).toBe(null);
});
