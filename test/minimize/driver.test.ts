// What every method owes its caller: limits, cancellation, progress, pulling, checkpoints, memory.
import { describe, expect, test } from "vitest";
import {
  adam,
  asgd,
  checkGradient,
  DownhillError,
  type IterateOptions,
  iterate,
  loadSync,
  type MinimizeOptions,
  type MinimizeResult,
  minimize,
  minimizeAsync,
  type ObjectiveParts,
  rprop,
} from "../../src/index.js";
import { rosenbrock } from "../../src/testfunctions/index.js";

const names = [
  "lbfgs",
  "bfgs",
  "nonlinearCG",
  "gradientDescent",
  "newton",
  "trustRegion",
  "nelderMead",
] as const;
const rules = { adam: adam({ lr: 0.05 }), asgd: asgd({ lr: 1e-3 }), rprop: rprop() };
const methods: [string, MinimizeOptions["method"]][] = [
  ...names.map((name): [string, MinimizeOptions["method"]] => [name, name]),
  ...Object.entries(rules),
];

const f = rosenbrock(4);
const objective = { fun: f.fun, grad: f.grad, hess: f.hess };

describe.each(methods)("%s", (_name, method) => {
  const options = (o: IterateOptions = {}): IterateOptions => ({
    ...(method ? { method } : {}),
    maxIterations: 60,
    ...o,
  });

  test("is the same run synchronously, asynchronously and pulled", async () => {
    const direct = minimize(objective, f.x0, options({ trace: true }));
    const awaited = await minimizeAsync(objective, f.x0, options());
    const slow = await minimizeAsync({ ...objective, fun: async (x) => f.fun(x) }, f.x0, options());
    const run = iterate(objective, f.x0, options());
    const pulled = [...run];
    for (const r of [awaited, slow, run.result]) {
      expect([...r.x]).toEqual([...direct.x]);
      expect([r.fun, r.status, r.reason, r.nit, r.nfev, r.njev]).toEqual([
        direct.fun,
        direct.status,
        direct.reason,
        direct.nit,
        direct.nfev,
        direct.njev,
      ]);
    }
    expect(pulled.map(({ fun, x }) => [fun, ...x])).toEqual(direct.trace?.map(({ fun, x }) => [fun, ...x]));
    expect(f.fun(direct.x)).toBe(direct.fun);
  });

  test("continues from a saved state bit for bit, through JSON, after other runs", () => {
    for (const bounds of method === "lbfgs" || method === "nelderMead"
      ? [undefined, { lower: -2, upper: 0.8 }]
      : [undefined]) {
      const o = options(bounds ? { bounds } : {});
      const x0 = bounds ? [-1.2, 0.5, -1.2, 0.5] : f.x0;
      const whole = minimize(objective, x0, o);
      for (const stop of [1, 7, 23]) {
        const first = iterate(objective, x0, o);
        let done = false;
        for (let i = 0; i < stop; i++) done = first.next().done === true;
        if (done) continue;
        const state = JSON.parse(JSON.stringify(first.state()));
        expect(structuredClone(state)).toEqual(state);
        first.return?.();
        minimize(objective, [0.7, 0.7, 0.7, 0.7], o);
        const second = iterate(objective, x0, { ...o, resume: state });
        while (!second.next().done) {}
        const r = second.result;
        expect([...r.x, ...r.grad]).toEqual([...whole.x, ...whole.grad]);
        expect([r.fun, r.status, r.reason, r.nit, r.nfev, r.njev]).toEqual([
          whole.fun,
          whole.status,
          whole.reason,
          whole.nit,
          whole.nfev,
          whole.njev,
        ]);
      }
    }
  });

  test("break keeps the best point and gives the memory back", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 });
    const run = iterate(objective, f.x0, options({ runtime }));
    let last = 0;
    for (const it of run) {
      last = it.fun;
      if (it.nit === 5) break;
    }
    expect(run.result).toMatchObject({ status: "stopped", reason: "callback", fun: last, nit: 5 });
    expect(f.fun(run.result.x)).toBe(last);
    expect(runtime.memory.used).toBe(0);
    expect(runtime.memory.handles()).toEqual([]);
    expect(() => run.state()).toThrow(expect.objectContaining({ code: "DISPOSED" }));
    expect(run.next()).toEqual({ done: true, value: undefined });
    runtime.dispose();
  });

  test("leaves its runtime as it was, in debug mode too", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20, debug: true });
    const expected = minimize(objective, f.x0, options());
    for (let i = 0; i < 3; i++) {
      const r = minimize(objective, f.x0, options({ runtime }));
      expect([...r.x]).toEqual([...expected.x]);
    }
    expect(runtime.memory.handles()).toEqual([]);
    runtime.dispose();
  });

  test("nests: a run inside the objective of another", () => {
    const expected = minimize(objective, f.x0, options());
    const inner = minimize(objective, [2, 2, 2, 2], options());
    const nested = {
      ...objective,
      fun: (x: Float64Array) => {
        expect(minimize(objective, [2, 2, 2, 2], options()).fun).toBe(inner.fun);
        return f.fun(x);
      },
    };
    expect(minimize(nested, f.x0, options({ maxIterations: 3 })).nit).toBeLessThanOrEqual(3);
    expect([...minimize(nested, f.x0, options()).x]).toEqual([...expected.x]);
  });
});

test("an abort inside an evaluation stops within one iteration, and rejects with the signal's reason", async () => {
  for (const name of names) {
    const controller = new AbortController();
    const reason = new DownhillError("UNSUPPORTED", "enough");
    let after = 0;
    let aborted = false;
    let iterations = 0;
    const fun = async (x: Float64Array) => {
      if (aborted) after++;
      await Promise.resolve();
      if (iterations === 3 && !aborted) {
        aborted = true;
        controller.abort(reason);
      }
      return f.fun(x);
    };
    const running = minimizeAsync(fun, f.x0, {
      method: name,
      signal: controller.signal,
      gradTol: 0,
      onIteration: () => {
        iterations++;
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(after).toBe(0);
    expect(iterations).toBe(3);
    expect(reason.details.best).toMatchObject({ fun: expect.any(Number) });
  }
});

test("a synchronous run stops with stopped/abort and the best point", () => {
  const controller = new AbortController();
  let calls = 0;
  const fun = (x: Float64Array) => {
    if (++calls === 20) controller.abort();
    return f.fun(x);
  };
  const r = minimize(fun, f.x0, { signal: controller.signal });
  expect(r).toMatchObject({ status: "stopped", reason: "abort", nfev: 20 });
  expect(calls).toBe(20);
  expect(f.fun(r.x)).toBe(r.fun);
});

test("an aborted signal rejects before the first evaluation", async () => {
  let calls = 0;
  const fun = () => ++calls;
  await expect(minimizeAsync(fun, [1], { signal: AbortSignal.abort("no") })).rejects.toBe("no");
  expect(calls).toBe(0);
});

test("the event loop gets its turns while a synchronous objective runs", async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks++;
  }, 1);
  const busy = (x: Float64Array) => {
    const end = performance.now() + 2;
    while (performance.now() < end);
    return f.fun(x);
  };
  await minimizeAsync(busy, f.x0, { maxEvaluations: 100 });
  clearInterval(timer);
  expect(ticks).toBeGreaterThanOrEqual(10);
});

test("onIteration is called every so often, trace keeps all", () => {
  const seen: number[] = [];
  const r = minimize(objective, f.x0, {
    every: 5,
    trace: true,
    onIteration: ({ nit }) => {
      seen.push(nit);
    },
  });
  expect(r.trace).toHaveLength(r.nit);
  expect(seen).toEqual(Array.from({ length: Math.floor(r.nit / 5) }, (_, i) => 5 * (i + 1)));
  const last = r.trace?.at(-1);
  expect(last?.gradNorm).toBe(r.optimality);
});

test("a state of another run is refused with SNAPSHOT", () => {
  const run = iterate(objective, f.x0);
  run.next();
  const state = run.state();
  run.return?.();
  const refused = (o: IterateOptions, x0: readonly number[] = f.x0) =>
    expect(() => iterate(objective, x0, o)).toThrow(expect.objectContaining({ code: "SNAPSHOT" }));
  refused({ resume: state, method: "bfgs" });
  refused({ resume: state }, [1, 1]);
  refused({ resume: state, bounds: { lower: -5 } });
  refused({ resume: { ...state, version: 1 } });
  refused({ resume: {} as typeof state });
  refused({ resume: state, lineSearch: "wolfe" });
});

test("checkGradient names the worst component", () => {
  const right = checkGradient(objective, f.x0);
  expect(right.ok).toBe(true);
  const wrong = {
    fun: f.fun,
    grad: (x: Float64Array, g: Float64Array) => {
      f.grad(x, g);
      g[2] = (g[2] as number) * 1.01;
    },
  };
  const found = checkGradient(wrong, f.x0);
  expect(found.ok).toBe(false);
  expect(found.worst.index).toBe(2);
  expect(found.message).toContain("gradient[2]");
  const empty = checkGradient({ fun: f.fun, grad: () => {} }, f.x0);
  expect(empty.ok).toBe(false);
});

test("memory too small for the default runtime is had elsewhere, and counted down again", () => {
  const n = 400_000;
  const quadratic = (x: Float64Array, g: Float64Array) => {
    let value = 0;
    for (let i = 0; i < n; i++) {
      const d = (x[i] as number) - 1;
      value += d * d;
      g[i] = 2 * d;
    }
    return value;
  };
  const r = minimize({ funGrad: quadratic }, new Float64Array(n));
  expect(r.success).toBe(true);
  expect(r.x[n - 1]).toBeCloseTo(1, 10);
  const small = loadSync({ memoryBytes: 1 << 20 });
  expect(() => minimize({ funGrad: quadratic }, new Float64Array(n), { runtime: small })).toThrow(
    expect.objectContaining({ code: "OUT_OF_MEMORY" }),
  );
  small.dispose();
});

test.each(["trustRegion", "newton", "lbfgs", "bfgs"] as const)(
  "%s with a Hessian counts the same from whichever state it goes on, the last one too",
  (method) => {
    const hessian: ObjectiveParts = {
      fun: ([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2,
      grad: ([x, y], g) => g.set([2 * x! - 2 - 400 * x! * (y! - x! * x!), 200 * (y! - x! * x!)]),
      hess: ([x, y], h) => h.set([2 - 400 * y! + 1200 * x! * x!, -400 * x!, -400 * x!, 200]),
    };
    const counts = ({ nit, nfev, njev, nhev }: MinimizeResult) => [nit, nfev, njev, nhev];
    const whole = iterate(hessian, [-1.2, 1], { method });
    const kept = [];
    for (const _ of whole) kept.push(whole.state());
    expect(kept.length).toBeGreaterThan(0);
    for (const resume of kept) {
      const second = iterate(hessian, [-1.2, 1], { method, resume });
      for (const _ of second);
      expect(counts(second.result)).toEqual(counts(whole.result));
    }
  },
);
