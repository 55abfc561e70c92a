// globalSearch: points out, values in, in any order, and the same search as minimizeGlobal.

import { describe, expect, test } from "vitest";
import { globalSearch } from "../../src/global/ask-tell.js";
import { minimizeGlobal } from "../../src/global/minimize-global.js";
import { Random } from "../../src/random/philox.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { DownhillError } from "../../src/runtime/errors.js";

const bowl = (x: ArrayLike<number>) => (x[0]! - 1) ** 2 + 3 * (x[1]! + 2) ** 2 + Math.sin(5 * x[0]!);
const bounds = { lower: [-5, -5], upper: [5, 5] };
const methods = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const;

describe.each(methods)("%s", (method) => {
  test("is the search of minimizeGlobal, whatever the order of the values", () => {
    const options = { method, seed: 3, maxEvaluations: 700 };
    const plain = minimizeGlobal(bowl, bounds, options);
    const search = globalSearch(bounds, options);
    const random = new Random(1);
    while (!search.done) {
      const points = search.ask();
      const order = random.shuffle(Int32Array.from(points.keys()));
      const half = Array.from(order.subarray(0, Math.ceil(points.length / 2)), (i) => points[i]!);
      search.tell(
        half.map(bowl),
        half.map((x) => x.slice()),
      );
      const rest = search.done || points.length === half.length ? [] : search.ask();
      if (rest.length > 0) search.tell(rest.map(bowl));
    }
    expect(search.result.x).toEqual(plain.x);
    expect([search.result.fun, search.result.nfev]).toEqual([plain.fun, plain.nfev]);
    expect(search.result.reason).toBe("maxEvaluations");
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("goes on from its state", () => {
    const options = { method, seed: 5, maxEvaluations: 500 };
    const one = globalSearch(bounds, options);
    for (let i = 0; i < 6; i++) one.tell(one.ask().map(bowl));
    const two = globalSearch(bounds, { ...options, resume: JSON.parse(JSON.stringify(one.state())) });
    while (!one.done) one.tell(one.ask().map(bowl));
    while (!two.done) two.tell(two.ask().map(bowl));
    expect(two.result.x).toEqual(one.result.x);
  });
});

test("variables by name, a target, failed values, an early end", () => {
  const search = globalSearch(
    { a: { lower: 0, upper: 9, integer: true }, b: { choices: ["x", "y"] } },
    { seed: 1, target: 0 },
  );
  while (!search.done)
    search.tell(
      search.ask().map(({ a, b }) => (a === 2 ? NaN : Math.abs((a as number) - 4) + (b === "y" ? 0 : 1))),
    );
  expect(search.result).toMatchObject({ reason: "target", values: { a: 4, b: "y" } });
  const left = globalSearch(bounds, { seed: 1 });
  left.tell([3], left.ask().slice(0, 1));
  left.dispose();
  expect(left.done).toBe(true);
  expect(left.result).toMatchObject({ status: "stopped", reason: "callback", fun: 3, nfev: 1 });
  expect(defaultRuntime().memory.used).toBe(0);
});

test("what does not fit is refused", () => {
  const search = globalSearch(bounds, { method: "differentialEvolution", seed: 1 });
  expect(() => search.tell([-1e9])).toThrow("nobody has asked");
  const points = search.ask();
  const code = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return (error as DownhillError).code;
    }
  };
  expect(code(() => search.tell([1]))).toBe("SHAPE");
  expect(code(() => search.tell([1], [Float64Array.of(9, 9)]))).toBe("OPTION");
  expect(code(() => search.tell([1, 2], [points[0]!, points[0]!]))).toBe("OPTION");
  expect(code(() => search.tell(["1"] as never, [points[0]!]))).toBe("OPTION");
  search.tell([1], [points[0]!]);
  expect(code(() => search.tell([1], [points[0]!]))).toBe("OPTION");
  expect(code(() => search.state())).toBe("OPTION");
  expect(search.ask()).toHaveLength(points.length - 1);
  search.dispose();
  expect(code(() => search.tell([]))).toBe("DISPOSED");
  expect(code(() => search.state())).toBe("DISPOSED");
  expect(code(() => globalSearch(bounds, { polish: 1 } as never))).toBe("OPTION");
  expect(new DownhillError("OPTION", "x")).toBeInstanceOf(Error);
});

test("time and the signal are heard within a generation, and what was told counts", () => {
  for (const method of ["differentialEvolution", "genetic", "cmaes", "simulatedAnnealing"] as const) {
    const controller = new AbortController();
    const search = globalSearch(bounds, { method, seed: 1, signal: controller.signal });
    search.tell(search.ask().map(bowl));
    const points = search.ask();
    search.tell([-7], [points[0]!]);
    const { nfev } = search.result;
    controller.abort();
    // Late values are dropped: who evaluates elsewhere may not know yet.
    if (points.length > 1) search.tell([-9], [points[1]!]);
    expect([search.done, search.ask()]).toEqual([true, []]);
    search.tell(points.map(() => -11));
    const { reason, fun } = search.result;
    expect([reason, fun, search.result.nfev >= nfev]).toEqual(["abort", points.length > 1 ? -9 : -7, true]);
    expect(defaultRuntime().memory.used).toBe(0);
    // Of the state, before the generation that was cut short.
    const rest = globalSearch(bounds, {
      method,
      seed: 1,
      resume: JSON.parse(JSON.stringify(search.state())),
    });
    expect(rest.ask()[0]).toEqual(points.length > 1 ? points[0] : expect.anything());
    rest[Symbol.dispose]();
    expect(defaultRuntime().memory.used).toBe(0);
  }
  const late = globalSearch(bounds, { seed: 1, maxTimeMs: 0 });
  expect([late.done, late.result.reason, late.result.nfev]).toEqual([true, "maxTime", 0]);
});

test("what a limit has ended goes on with a wider one, to the bit", () => {
  // The course of differentialEvolution depends on its budget.
  for (const method of ["cmaes", "genetic", "simulatedAnnealing"] as const) {
    const whole = globalSearch(bounds, { method, seed: 5, maxEvaluations: 900 });
    while (!whole.done) whole.tell(whole.ask().map(bowl));
    const cut = globalSearch(bounds, { method, seed: 5, maxEvaluations: 333 });
    while (!cut.done) cut.tell(cut.ask().map(bowl));
    expect(cut.result.reason).toBe("maxEvaluations");
    const resume = JSON.parse(JSON.stringify(cut.state()));
    const rest = globalSearch(bounds, { method, seed: 5, maxEvaluations: 900, resume });
    while (!rest.done) rest.tell(rest.ask().map(bowl));
    expect(Array.from(rest.result.x)).toEqual(Array.from(whole.result.x));
    expect([rest.result.fun, rest.result.nfev]).toEqual([whole.result.fun, whole.result.nfev]);
  }
});
