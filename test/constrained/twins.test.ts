// Everything of the room that has limits, and its asynchronous twin: the same bits, and limits, signals and callbacks that work alike.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as d from "../../src/index.js";

const A = Array.from({ length: 12 }, (_, i) => [1, i / 5, ((i * 7) % 5) / 3, ((i * i) % 7) / 4]);
const b = A.map(([u, v, w], i) => 2 * u! - v! + 0.5 * w! + ((i * 5) % 3) / 10);
const labels = b.map((v) => (v > 0.8 ? 1 : -1));
const rows = {
  c: [-3, -5, -1],
  A: [
    [1, 0, 1],
    [0, 2, 1],
    [3, 2, 0],
  ],
  u: [4, 12, 18],
  lower: [0, 0, 0],
};
const P = [
  [4, 1, 0],
  [1, 2, 0],
  [0, 0, 1],
];
const qp = { P, q: [-3, -5, -1], A: rows.A, u: rows.u, lower: [0, 0, 0] };
const picture = {
  width: 8,
  height: 8,
  data: Float64Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 10 : 90) + ((i * 7) % 5)),
};
const disc = { inequality: [(p: ArrayLike<number>) => 2 - p[0]! * p[0]! - p[1]! * p[1]!] };
const sum = (p: ArrayLike<number>): number => p[0]! + p[1]!;

interface Run extends d.Limits {
  tolerance?: number;
}
type Sync = (o: Run) => { status: string; reason: string; nit: number; toJSON(): Record<string, unknown> };
/** Plain and asynchronous. */
const twins: Record<string, [Sync, (o: Run) => Promise<ReturnType<Sync>>]> = {
  lasso: [(o) => d.lasso(A, b, 0.1, o), (o) => d.lassoAsync(A, b, 0.1, o)],
  elasticNet: [
    (o) => d.elasticNet(A, b, { ...o, lambda: 0.1 }),
    (o) => d.elasticNetAsync(A, b, { ...o, lambda: 0.1 }),
  ],
  lassoPath: [
    (o) => d.lassoPath(A, b, { ...o, count: 6, folds: 3 }),
    (o) => d.lassoPathAsync(A, b, { ...o, count: 6, folds: 3 }),
  ],
  nnls: [(o) => d.nnls(A, b, o), (o) => d.nnlsAsync(A, b, o)],
  quantileRegression: [(o) => d.quantileRegression(A, b, o), (o) => d.quantileRegressionAsync(A, b, o)],
  svm: [(o) => d.svm(A, labels, o), (o) => d.svmAsync(A, labels, o)],
  denoise: [
    (o) => d.denoise(picture, { ...o, lambda: 5 }),
    (o) => d.denoiseAsync(picture, { ...o, lambda: 5 }),
  ],
  admm: [
    (o) => d.admm({ ...o, proxF: d.prox.squared(1, [3, 1, 0]), proxG: d.project.simplex(), x0: [0, 0, 0] }),
    (o) =>
      d.admmAsync({ ...o, proxF: d.prox.squared(1, [3, 1, 0]), proxG: d.project.simplex(), x0: [0, 0, 0] }),
  ],
  proximalGradient: [
    (o) => d.proximalGradient({ ...o, f: { A, b }, g: d.prox.l1(0.1), x0: [0, 0, 0, 0] }),
    (o) => d.proximalGradientAsync({ ...o, f: { A, b }, g: d.prox.l1(0.1), x0: [0, 0, 0, 0] }),
  ],
  chambollePock: [
    (o) => d.chambollePock({ ...o, K: A, proxF: d.prox.squared(1, b), proxG: d.prox.l1(0.1) }),
    (o) => d.chambollePockAsync({ ...o, K: A, proxF: d.prox.squared(1, b), proxG: d.prox.l1(0.1) }),
  ],
  solveQP: [
    (o) => d.solveQP(qp, { ...o, method: "interiorPoint" }),
    (o) => d.solveQPAsync(qp, { ...o, method: "interiorPoint" }),
  ],
  simplex: [
    (o) => d.solveLP(rows, { ...o, method: d.simplex({ presolve: false }) }),
    (o) => d.solveLPAsync(rows, { ...o, method: d.simplex({ presolve: false }) }),
  ],
  pdhg: [
    (o) => d.solveLP(rows, { ...o, method: "pdhg" }),
    (o) => d.solveLPAsync(rows, { ...o, method: "pdhg" }),
  ],
  minimizeConstrained: [
    ({ tolerance: _, ...o }) => d.minimizeConstrained(sum, [1, 0.5], { ...o, ...disc }),
    ({ tolerance: _, ...o }) => d.minimizeConstrainedAsync(sum, [1, 0.5], { ...o, ...disc }),
  ],
};

const bits = (r: ReturnType<Sync>): unknown => {
  const { elapsedMs, solution, ...rest } = r.toJSON();
  return rest;
};

describe.each(Object.entries(twins))("%s", (_, [plain, late]) => {
  test("the twin has the same bits, also where onIteration ends it or a limit does", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          maxIterations: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
          stop: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
          every: fc.integer({ min: 1, max: 3 }),
          promises: fc.boolean(),
        }),
        async ({ maxIterations, stop, every, promises }) => {
          const seen: number[][] = [];
          const options = (waits: boolean): Run => {
            const nits: number[] = [];
            seen.push(nits);
            const onIteration = ({ nit }: d.Iteration) => {
              nits.push(nit);
              const answer = stop !== undefined && nits.length >= stop ? "stop" : undefined;
              return waits ? Promise.resolve(answer) : answer;
            };
            return {
              maxIterations,
              every,
              onIteration,
              ...(maxIterations === undefined ? {} : { trace: true }),
            };
          };
          const r = plain(options(false));
          const q = await late(options(promises));
          const strip = (v: unknown) =>
            JSON.parse(JSON.stringify(v, (key, value) => (key === "elapsedMs" ? 0 : value)));
          expect(strip(bits(q))).toEqual(strip(bits(r)));
          expect(seen[1]).toEqual(seen[0]);
          if (maxIterations === 0) expect(r.nit).toBe(0);
          if (r.status === "stopped") expect(["maxIterations", "callback"]).toContain(r.reason);
        },
      ),
      { numRuns: 12, seed: 3 },
    );
  });

  test("no time and an aborted signal end it before it begins; a promise needs the twin; strange keys are refused", async () => {
    expect(plain({ maxTimeMs: 0 })).toMatchObject({ status: "stopped", reason: "maxTime", nit: 0 });
    expect(await late({ maxTimeMs: 0 })).toMatchObject({ status: "stopped", reason: "maxTime", nit: 0 });
    const signal = AbortSignal.abort(new Error("enough"));
    expect(plain({ signal })).toMatchObject({ status: "stopped", reason: "abort", nit: 0 });
    await expect(late({ signal })).rejects.toThrow("enough");
    const codeOf = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as d.DownhillError).code;
      }
      return "none";
    };
    expect(codeOf(() => plain({ onIteration: async () => undefined }))).toBe("CALLBACK_RESULT");
    expect(codeOf(() => plain({ maxTime: 1 } as never))).toBe("OPTION");
    await expect(late({ maxTime: 1 } as never)).rejects.toMatchObject({ code: "OPTION" });
    const running = new AbortController();
    const going = late({
      signal: running.signal,
      onIteration: () => running.abort(new Error("on the way")),
      every: 1,
    });
    // Unless the first iteration was the last: what has converged goes before what was aborted.
    expect(["on the way", 1]).toContain(
      await going.then(
        ({ nit }) => nit,
        (error: Error) => error.message,
      ),
    );
  });
});

test("callbacks of the splitting methods may promise in the twins, and only there", async () => {
  const fun = (x: ArrayLike<number>) => (x[0]! - 3) ** 2 / 2;
  const grad = (x: ArrayLike<number>, out: Float64Array) => {
    out[0] = x[0]! - 3;
  };
  const o = { g: d.prox.l1(1), x0: [0] };
  const plain = d.proximalGradient({ ...o, f: { fun, grad } });
  const f = {
    fun: async (x: Float64Array) => fun(x),
    grad: async (x: Float64Array, out: Float64Array) => grad(x, out),
  };
  const late = await d.proximalGradientAsync({ ...o, f });
  expect([...late.x]).toEqual([...plain.x]);
  expect(() => d.proximalGradient({ ...o, f: f as never })).toThrow(/Promise/);
  const both = async (x: Float64Array, out: Float64Array) => {
    grad(x, out);
    return fun(x);
  };
  expect([...(await d.proximalGradientAsync({ ...o, f: { funGrad: both } })).x]).toEqual([...plain.x]);
  await expect(
    d.proximalGradientAsync({ ...o, f: { fun: async () => "1" as never, grad } }),
  ).rejects.toMatchObject({ code: "CALLBACK_RESULT" });
  const near = (v: Float64Array, t: number, out: Float64Array) => {
    out[0] = (v[0]! + 3 * t) / (1 + t);
  };
  const step = async (v: Float64Array, t: number, out: Float64Array) => near(v, t, out);
  const split = { proxG: d.prox.l1(1), x0: [0] };
  const here = d.admm({ ...split, proxF: near });
  expect(here.x[0]).toBeCloseTo(2, 6);
  expect([...(await d.admmAsync({ ...split, proxF: step })).x]).toEqual([...here.x]);
  expect(() => d.admm({ ...split, proxF: step })).toThrow(/Promise/);
  expect(d.admm({ ...split, proxF: near, maxEvaluations: 3 })).toMatchObject({
    reason: "maxEvaluations",
    nfev: 3,
  });
});
