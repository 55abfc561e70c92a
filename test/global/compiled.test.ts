// Generations of compiled objectives in one call of the core, and spread over threads: the bits of one value after the other.

import { afterAll, describe, expect, test } from "vitest";
import { minimizeGlobal, minimizeGlobalAsync } from "../../src/global/minimize-global.js";
import { compileObjective, recipeOf } from "../../src/models/objective.js";
import { evaluateMany } from "../../src/models/objective-batch.js";
import { Random } from "../../src/random/philox.js";
import { chosenRuntime } from "../../src/runtime/default.js";
import type { DownhillError } from "../../src/runtime/errors.js";
import type { Pool } from "../../src/workers/index.js";

const built = new URL("../../dist/workers.js", import.meta.url).href;
const { pool } = (await import(built)) as typeof import("../../src/workers/index.js");
const threads: Pool = pool({ size: 2 });
afterAll(() => threads.dispose());

const names = ["a", "b", "c"];
const texts = [
  "100*(b - a^2)^2 + (1 - a)^2 + c^2",
  "30 + a^2 - 10*cos(6.283185307179586*a) + b^2 - 10*cos(6.283185307179586*b) + c^2 - 10*cos(6.283185307179586*c)",
  "exp(-a*b) + log(1 + c^2)/(2 + sin(a - b)) + abs(c)^1.5 + tanh(a) + atan(b*c)",
  "7",
  "c",
];
const t = Array.from({ length: 37 }, (_, i) => i / 6);
const data = { t, y: t.map((v) => 2 * Math.exp(-0.7 * v) + 0.3) };
const box = { lower: [-5, -5, -5], upper: [5, 5, 5] };

test.each(texts)("many points of %s have the bits of one at a time", (text) => {
  const f = compileObjective(text, names);
  const random = new Random(1);
  for (const count of [1, 2, 3, 15, 16, 17, 67]) {
    const stride = count + 2;
    const columns = Float64Array.from({ length: 3 * stride }, () => 8 * random.uniform() - 4);
    const out = new Float64Array(count + 1).fill(-1);
    evaluateMany(recipeOf(f)!, chosenRuntime(undefined), count, columns, stride, out);
    for (let k = 0; k < count; k++)
      expect(out[k]).toBe(f.fun([columns[k]!, columns[stride + k]!, columns[2 * stride + k]!]));
    expect(out[count]).toBe(-1);
  }
  f.dispose();
  expect(recipeOf(f)).toBe(undefined);
});

describe.each(["cmaes", "differentialEvolution", "genetic"] as const)("%s", (method) => {
  test("searches alike by the function, in the core, and in threads", async () => {
    const rastrigin = compileObjective(texts[1]!, names);
    const sum = compileObjective("(a*exp(-b*t) + c - y)^2", { params: names, data, reduce: "sum" });
    for (const f of [rastrigin, sum]) {
      const options = { method, seed: 3, maxEvaluations: 1501, polish: false };
      const plain = minimizeGlobal((x: Float64Array) => f.fun(x), box, options);
      const core = minimizeGlobal(f, box, options);
      const spread = await minimizeGlobalAsync(f, box, { ...options, pool: threads });
      for (const other of [core, spread]) {
        expect(other.x).toEqual(plain.x);
        expect([other.fun, other.nfev, other.nit, other.reason]).toEqual([
          plain.fun,
          1501,
          plain.nit,
          "maxEvaluations",
        ]);
      }
      f.dispose();
    }
  });
});

test("a pool takes no functions, nothing but a pool is one, and an abort ends the search", async () => {
  const caught = async (f: never, bounds: never, options: object) => {
    try {
      await minimizeGlobalAsync(f, bounds, options);
    } catch (error) {
      return error as DownhillError;
    }
    return undefined;
  };
  const f = compileObjective(texts[0]!, names);
  const plain = (() => 1) as never;
  expect(await caught(plain, box as never, { pool: threads })).toMatchObject({
    code: "UNSUPPORTED",
    hint: expect.stringContaining("compileObjective"),
  });
  expect(await caught(f as never, box as never, { pool: {} })).toMatchObject({ code: "OPTION" });
  expect(await caught(f as never, box as never, { pool: null })).toMatchObject({ code: "OPTION" });
  const named = Object.fromEntries(names.map((name) => [name, { lower: 0, upper: 1 }]));
  expect(await caught(f as never, named as never, { pool: threads })).toMatchObject({ code: "UNSUPPORTED" });
  const controller = new AbortController();
  const why = new Error("enough");
  const onIteration = ({ nit }: { nit: number }) => {
    if (nit === 3) controller.abort(why);
  };
  expect(
    await caught(f as never, box as never, { pool: threads, signal: controller.signal, onIteration }),
  ).toBe(why);
  f.dispose();
});
