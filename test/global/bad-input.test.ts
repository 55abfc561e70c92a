// What every method of global search does with bad input, in one list: bounds, populations, starts, functions that fail, throw or wait.

import { describe, expect, test } from "vitest";
import {
  cmaes,
  DownhillError,
  type GlobalOptions,
  globalSearch,
  minimizeGlobal,
  minimizeGlobalAsync,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";

const methods = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const;
const box = { lower: [-2, -2], upper: [2, 3] };
/** Many minima, so that no method ends before its thousandth evaluation. */
const rugged = ([x, y]: Float64Array) =>
  x! * x! + y! * y! + 3 * Math.sin(9 * x!) ** 2 + 3 * Math.sin(8 * y!) ** 2;

function code(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return error instanceof DownhillError ? error.code : String(error);
  }
}

describe.each(methods)("%s", (method) => {
  const options: GlobalOptions = { method, seed: 1 };

  test("refuses bounds and populations before any evaluation", () => {
    let calls = 0;
    const f = () => calls++;
    const cases: [string, () => unknown][] = [
      ["NON_FINITE_INPUT", () => minimizeGlobal(f, { lower: [-Infinity], upper: [1] }, options)],
      ["NON_FINITE_INPUT", () => minimizeGlobal(f, { lower: [0], upper: [Infinity] }, options)],
      ["NON_FINITE_INPUT", () => minimizeGlobal(f, { lower: [0], upper: [NaN] }, options)],
      ["OPTION", () => minimizeGlobal(f, { lower: [1], upper: [0] }, options)],
      ["SHAPE", () => minimizeGlobal(f, { lower: [0, 0], upper: [1] }, options)],
      ["NON_FINITE_INPUT", () => globalSearch({ lower: [-Infinity], upper: [1] }, options)],
    ];
    if (method !== "simulatedAnnealing")
      cases.push(["OPTION", () => minimizeGlobal(f, box, { ...options, popSize: 3 })]);
    for (const [expected, call] of cases)
      expect([code(call), call.toString()]).toEqual([expected, call.toString()]);
    expect(calls).toBe(0);
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("lower = upper fixes a variable", () => {
    const r = minimizeGlobal(
      ([x, y]) => (x! - 0.5) ** 2 + y!,
      { lower: [-2, 1.25], upper: [2, 1.25] },
      { ...options, maxEvaluations: 2000 },
    );
    expect(r.x[1]).toBe(1.25);
    expect(Math.abs(r.x[0]! - 0.5)).toBeLessThan(1e-3);
  });

  test("NaN everywhere is failed/nonFinite", () => {
    const r = minimizeGlobal(() => NaN, box, options);
    expect([r.status, r.reason]).toEqual(["failed", "nonFinite"]);
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("what f throws at its 1,000th call is what comes out, and the memory is free", async () => {
    const mine = new Error("enough");
    for (const run of [minimizeGlobal, minimizeGlobalAsync] as readonly (typeof minimizeGlobalAsync)[]) {
      let calls = 0;
      const f = (x: Float64Array) => {
        if (++calls === 1000) throw mine;
        return rugged(x);
      };
      let caught: unknown;
      try {
        await run(f, box, { ...options, maxEvaluations: 5000 });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(mine);
      expect(calls).toBe(1000);
      expect(defaultRuntime().memory.used).toBe(0);
    }
  });

  test("an asynchronous f in the synchronous form is refused, and its promise let go of", () => {
    const f = async () => Promise.reject(new Error("late"));
    expect(code(() => minimizeGlobal(f as never, box, options))).toBe("CALLBACK_RESULT");
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

test("a start outside the box is refused", () => {
  for (const x0 of [
    [3, 0],
    [0, -2.001],
    [NaN, 0],
  ])
    expect(["OPTION", "NON_FINITE_INPUT"]).toContain(
      code(() => minimizeGlobal(rugged, box, { method: cmaes({ x0 }) })),
    );
});
