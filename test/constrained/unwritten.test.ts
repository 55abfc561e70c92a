// What a callback leaves unwritten of what it was given to fill is told, with the place, and never what stood there before.
import { expect, test } from "vitest";
import {
  type ConstrainedOptions,
  minimizeConstrained,
  minimizeGlobal,
  minimizeGlobalAsync,
} from "../../src/index.js";

const METHODS = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;
const box = { lower: [-1, -1], upper: [1, 1] };
const told = (name: string, index: number) =>
  expect.objectContaining({
    code: "CALLBACK_RESULT",
    message: expect.stringContaining(`${name} left number ${index} of its last argument unwritten`),
  });
const thrown = (f: () => unknown): unknown => {
  try {
    return f();
  } catch (e) {
    return e;
  }
};

test("evaluateBatch of a global search", async () => {
  const nothing = { evaluateBatch: () => undefined };
  const first = { evaluateBatch: (_: unknown, out: Float64Array) => out.set([1]) };
  expect(thrown(() => minimizeGlobal(nothing, box))).toEqual(told("evaluateBatch", 0));
  expect(thrown(() => minimizeGlobal(first, box))).toEqual(told("evaluateBatch", 1));
  const late = { evaluateBatch: async (_: unknown, out: Float64Array) => out.set([1]) };
  await expect(minimizeGlobalAsync(late, box)).rejects.toEqual(told("evaluateBatch", 1));
  // NaN that was written is a failed evaluation, as ever.
  const nan = { evaluateBatch: (_: unknown, out: Float64Array) => void out.fill(NaN) };
  expect(minimizeGlobal(nan, box, { maxEvaluations: 100 }).status).not.toBe("converged");
});

test("constraints of a global search", () => {
  const fun = (_: unknown, out: Float64Array) => out.set([1]);
  expect(
    thrown(() => minimizeGlobal(([x = 0]) => x * x, box, { inequality: { count: 2, fun } as never })),
  ).toEqual(told("inequality.fun", 1));
  const equality = { count: 1, fun: () => undefined };
  expect(thrown(() => minimizeGlobal(([x = 0]) => x * x, box, { equality }))).toEqual(
    told("equality.fun", 0),
  );
});

const f = {
  fun: (x: Float64Array) => x[0]! * x[0]! + x[1]! * x[1]!,
  grad: (x: Float64Array, g: Float64Array) => g.set([2 * x[0]!, 2 * x[1]!]),
  hess: (_: Float64Array, H: Float64Array) => H.set([2, 0, 0, 2]),
};
// x + y >= 1 and x - y >= -1: the nearest point to 0 is (1/2, 1/2).
const rows = {
  count: 2,
  fun: (x: Float64Array, out: Float64Array) => out.set([x[0]! + x[1]! - 1, x[0]! - x[1]! + 1]),
  jacobian: (_: Float64Array, J: Float64Array) => J.set([1, 1, 1, -1]),
  hess: (_: Float64Array, _w: Float64Array, H: Float64Array) => void H.fill(0),
};
for (const method of METHODS) {
  const run = (objective: object, more: object) =>
    thrown(() =>
      minimizeConstrained({ ...f, ...objective } as typeof f, [2, 3], {
        method,
        inequality: { ...rows, ...more },
      } as ConstrainedOptions),
    );
  const one = (_: Float64Array, out: Float64Array) => out.set([1]);

  test(`callbacks of ${method}`, () => {
    expect(run({}, { fun: one })).toEqual(told("inequality.fun", 1));
    expect(run({ grad: one }, {})).toEqual(told("grad", 1));
    const funGrad = (x: Float64Array, g: Float64Array) => {
      g[1] = 2 * x[1]!;
      return f.fun(x);
    };
    expect(run({ fun: undefined, grad: undefined, funGrad }, {})).toEqual(told("funGrad", 0));
    expect(run({ hess: undefined, hessVec: () => undefined }, {})).toEqual(told("hessVec", 0));
    for (const found of [run({ hess: () => undefined }, {}), run({}, { hess: () => undefined })])
      expect(found).toMatchObject({
        code: "CALLBACK_RESULT",
        message: expect.stringContaining("hess left its"),
      });
  });

  test(`what is left out of a matrix is 0, in every call: ${method}`, () => {
    let calls = 0;
    const sparse = {
      // Only the diagonal, and only what is not 0; of the rows one entry, which is 0.
      hess: (_: Float64Array, H: Float64Array) => {
        H[0] = 2;
        H[3] = 2;
      },
    };
    const none = {
      hess: (_: Float64Array, _w: Float64Array, H: Float64Array) => H.set([0], 1),
      jacobian: (_: Float64Array, J: Float64Array) => {
        calls++;
        J.set([1, 1, 1, -1]);
      },
    };
    const found = run(sparse, none) as { status: string; x: Float64Array };
    expect(found.status).toBe("converged");
    expect(calls).toBeGreaterThan(1);
    for (const v of found.x) expect(Math.abs(v - 0.5)).toBeLessThan(1e-7);
  });
}
