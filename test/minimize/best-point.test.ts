// Wherever a run is cut short, its answer is the best point it saw, with the value of f there; and where differences
// cannot say anything, they are not taken for a zero gradient.
import { describe, expect, test } from "vitest";
import {
  adam,
  DownhillError,
  gradientDescent,
  iterate,
  type MinimizeOptions,
  minimize,
  minimizeAsync,
  rprop,
  sgd,
  trustRegion,
} from "../../src/index.js";

const fun = (x: Float64Array): number => {
  const [a, b] = x as unknown as [number, number];
  return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
};
const grad = (x: Float64Array, g: Float64Array): void => {
  const [a, b] = x as unknown as [number, number];
  g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
  g[1] = 200 * (b - a * a);
};
const hess = (x: Float64Array, h: Float64Array): void => {
  const [a, b] = x as unknown as [number, number];
  h.set([1200 * a * a - 400 * b + 2, -400 * a, -400 * a, 200]);
};
const objective = { fun, grad, hess };

const searches = ["fixed", "exact", "armijo", "wolfe", "moreThuente", "hagerZhang"] as const;
const searching = ["lbfgs", "bfgs", "nonlinearCG", "gradientDescent", "newton"] as const;
const runs: [string, MinimizeOptions][] = [
  ...searching.flatMap((method) =>
    searches.map((lineSearch): [string, MinimizeOptions] => [
      `${method}, ${lineSearch}`,
      { method, lineSearch },
    ]),
  ),
  ["trustRegion", { method: "trustRegion" }],
  ["dogleg", { method: trustRegion({ subproblem: "dogleg" }) }],
  ["nelderMead", { method: "nelderMead" }],
  ["sgd", { method: sgd({ lr: 1e-3 }) }],
  ["adam", { method: adam({ lr: 0.05 }) }],
  ["rprop", { method: rprop() }],
];

describe.each(runs)("%s", (_name, options) => {
  test.each(["maxEvaluations", "abort"])("keeps the lowest point it evaluated at %s", (how) => {
    for (let limit = 1; limit <= 30; limit++) {
      const controller = new AbortController();
      let calls = 0;
      let lowest = Infinity;
      const watched = (x: Float64Array) => {
        const f = fun(x);
        lowest = Math.min(lowest, f);
        if (++calls === limit && how === "abort") controller.abort();
        return f;
      };
      const r = minimize({ ...objective, fun: watched }, [-1.2, 0.9], {
        ...options,
        ...(how === "abort" ? { signal: controller.signal } : { maxEvaluations: limit }),
      });
      expect(r.fun).toBe(lowest);
      expect(fun(r.x)).toBe(r.fun);
      if (Number.isNaN(r.grad[0])) continue;
      const g = new Float64Array(2);
      grad(r.x, g);
      expect([...r.grad]).toEqual([...g]);
    }
  });

  test("gives the value and gradient of one point where differences are cut short", () => {
    for (let limit = 5; limit <= 40; limit++) {
      const r = minimize(fun, [-1.2, 0.9], { ...options, maxEvaluations: limit });
      expect(fun(r.x)).toBe(r.fun);
    }
  });

  test("saves its state after any iteration, the first and last too", () => {
    const o = { ...options, maxIterations: 12 };
    const whole = minimize(objective, [-1.2, 0.9], o);
    const run = iterate(objective, [-1.2, 0.9], o);
    const states = [run.state()];
    for (const _ of run) states.push(run.state());
    for (const state of states) {
      const again = iterate(objective, [-1.2, 0.9], { ...o, resume: JSON.parse(JSON.stringify(state)) });
      while (!again.next().done) {}
      const { result } = again;
      expect([...result.x, ...result.grad]).toEqual([...whole.x, ...whole.grad]);
      expect([result.fun, result.status, result.reason, result.nit, result.nfev]).toEqual([
        whole.fun,
        whole.status,
        whole.reason,
        whole.nit,
        whole.nfev,
      ]);
    }
  });
});

test("a state of the last iteration continues with a higher limit or a smaller tolerance", () => {
  for (const method of ["lbfgs", "bfgs", "trustRegion"] as const) {
    const first = iterate(objective, [-1.2, 0.9], { method, gradTol: 1e-2 });
    let state = first.state();
    for (const _ of first) state = first.state();
    const second = iterate(objective, [0, 0], { method, resume: state });
    while (!second.next().done) {}
    expect(second.result.status).toBe("converged");
    expect(second.result.optimality).toBeLessThanOrEqual(1e-8);
    expect(second.result.nit).toBeGreaterThan(first.result.nit);
  }
});

test("a state is refused under other bounds, and when it is damaged", () => {
  const run = iterate(objective, [0, 0], { bounds: { lower: -5, upper: 5 } });
  run.next();
  const state = run.state();
  run.return?.();
  const resume = (o: object, upper = 5) =>
    iterate(objective, [0, 0], { bounds: { lower: -5, upper }, resume: { ...state, ...o } });
  expect(() => resume({}, 0.5)).toThrow(/other bounds/);
  for (const o of [
    { memory: "!" },
    { memory: undefined },
    { numbers: "AAAA" },
    { counts: ["a"] },
    { counts: null },
  ])
    expect(() => resume(o)).toThrow(/damaged/);
});

test("a rule that steps out of the domain answers with the best point before", () => {
  const f = (x: Float64Array) => ((x[0] as number) < 0.5 ? NaN : (x[0] as number) ** 2);
  const r = minimize(f, [2], { method: sgd({ lr: 0.1 }) });
  expect([r.status, r.reason]).toEqual(["failed", "nonFinite"]);
  expect(f(r.x)).toBe(r.fun);
  expect(r.fun).toBeLessThan(1);
});

test("a start that is tiny by chance is not taken for a minimum", () => {
  for (const start of [1e-10, 1e-12, Math.sin(Math.PI), -1e-20, 1e-300, 5e-324]) {
    for (const differences of ["central", "forward"] as const) {
      const r = minimize((x) => ((x[0] as number) - 1) ** 2 + (x[1] as number) ** 2, [start, 1], {
        differences,
        gradTol: 1e-5,
      });
      expect(r.status).toBe("converged");
      expect(r.x[0]).toBeCloseTo(1, 4);
    }
  }
  // Where it is the scale of the problem, it is kept.
  const small = minimize((x) => ((x[0] as number) / 1e-9 - 1) ** 2, [1e-12], { gradTol: 1 });
  expect(small.x[0]).toBeCloseTo(1e-9, 12);
  // Every evaluation of the wider steps is within the limit.
  let calls = 0;
  minimize(
    (x) => {
      calls++;
      return ((x[0] as number) - 1) ** 2;
    },
    [1e-12],
    { maxEvaluations: 4 },
  );
  expect(calls).toBeLessThanOrEqual(4);
});

test("bounds with room for one number or two hold their variable", () => {
  for (const differences of ["central", "forward"] as const) {
    const r = minimize((x) => ((x[0] as number) - 3) ** 2 + (x[1] as number) ** 2, [1, 2], {
      differences,
      bounds: { lower: [1, -5], upper: [1 + 2 ** -52, 5] },
    });
    expect(r.status).toBe("converged");
    expect(r.x[1]).toBeCloseTo(0, 5);
  }
});

test("differences stay within bounds whose width is rounded", () => {
  const lower = -1e-26;
  let outside = 0;
  minimize(
    (x) => {
      if ((x[0] as number) < lower) outside++;
      return (x[0] as number) * -1e9;
    },
    [0],
    { bounds: { lower, upper: 1e-10 }, gradTol: 0 },
  );
  expect(outside).toBe(0);
});

test("a Hessian that is not symmetric does not pass a step up for convergence", () => {
  const f = {
    fun: (x: Float64Array) => (x[0] as number) ** 4 - (x[0] as number) ** 2 + (x[1] as number) ** 2,
    grad: (x: Float64Array, g: Float64Array) => {
      g[0] = 4 * (x[0] as number) ** 3 - 2 * (x[0] as number);
      g[1] = 2 * (x[1] as number);
    },
  };
  const skewed = (x: Float64Array, h: Float64Array) => h.set([12 * (x[0] as number) ** 2 - 2, 5, 0, 2]);
  const r = minimize({ ...f, hess: skewed }, [0.3, 1], { method: "trustRegion" });
  expect(r.success && r.optimality > 1e-8).toBe(false);
  const undefinedHessian = (_x: Float64Array, h: Float64Array) => void h.fill(NaN);
  const none = minimize({ ...f, hess: undefinedHessian }, [0.3, 1], { method: "trustRegion" });
  expect([none.status, none.reason]).toEqual(["failed", "nonFinite"]);
});

test("a fixed step from one zero of f to another is not convergence", () => {
  const r = minimize(
    { fun: (x) => (x[0] as number) ** 2 - 1, grad: (x, g) => void g.fill(2 * (x[0] as number)) },
    [1],
    { method: gradientDescent({ lineSearch: "fixed", step: 1 }), maxIterations: 20 },
  );
  expect([r.status, r.reason]).toEqual(["stopped", "maxIterations"]);
});

test("the promise of an asynchronous objective in a synchronous run ends nothing when it is rejected", async () => {
  const seen: unknown[] = [];
  const note = (reason: unknown) => seen.push(reason);
  process.on("unhandledRejection", note);
  try {
    const late = (async () => {
      throw new Error("late");
    }) as unknown as () => number;
    expect(() => minimize(late, [1])).toThrow(/minimizeAsync/);
    expect(() => [...iterate(late, [1])]).toThrow(/minimizeAsync/);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});

test("iterations and the reason of an abort hold the best point, where steps go up too", async () => {
  let lowest = Infinity;
  const steep = {
    fun: (x: Float64Array) => {
      const v = x[0] as number;
      const f = Math.abs(v) * Math.sqrt(Math.abs(v)) + 0.1 * v;
      lowest = Math.min(lowest, f);
      return f;
    },
    grad: (x: Float64Array, g: Float64Array) => {
      const v = x[0] as number;
      g[0] = 1.5 * Math.sign(v) * Math.sqrt(Math.abs(v)) + 0.1;
    },
  };
  const controller = new AbortController();
  const reason = new DownhillError("OPTION", "enough");
  const run = minimizeAsync(steep, [1], {
    method: gradientDescent({ lineSearch: "fixed", step: 1.2 }),
    signal: controller.signal,
    onIteration: ({ nit, x, fun }) => {
      expect(fun).toBe(lowest);
      expect(steep.fun(x)).toBe(fun);
      if (nit === 20) controller.abort(reason);
    },
  });
  await expect(run).rejects.toBe(reason);
  expect((reason.details as { best: { fun: number } }).best.fun).toBe(lowest);
});

test("lbfgs answers with the value at its point after a step up in rounding too", () => {
  const waves = {
    fun: (x: Float64Array) => {
      const [a, b] = x as unknown as [number, number];
      return fun(x) + 3 * Math.sin(5 * a) * Math.cos(4 * b);
    },
    grad: (x: Float64Array, g: Float64Array) => {
      const [a, b] = x as unknown as [number, number];
      grad(x, g);
      g[0] = (g[0] as number) + 15 * Math.cos(5 * a) * Math.cos(4 * b);
      g[1] = (g[1] as number) - 12 * Math.sin(5 * a) * Math.sin(4 * b);
    },
  };
  for (let i = 0; i < 60; i++) {
    const x0 = [3 * Math.sin(7 * i), 3 * Math.cos(11 * i)];
    for (let maxIterations = 5; maxIterations < 40; maxIterations++) {
      const r = minimize(waves, x0, { maxIterations, gradTol: 0 });
      expect(waves.fun(r.x)).toBe(r.fun);
      if (r.status !== "stopped") break;
    }
  }
});

test("minima where f is exactly 0 are recognised by differences, in any unit of f, and not visited in turn for ever", () => {
  const rastrigin = (x: Float64Array) =>
    x.reduce((s, v) => s + 10 + v * v - 10 * Math.cos(2 * Math.PI * v), 0);
  for (const start of [
    [0.1, 0.2],
    [0.05, -0.1],
    [0.3, 0.3],
  ]) {
    const r = minimize(rastrigin, start);
    expect([r.status, Math.abs(r.fun) < 1e-12, r.nfev < 200]).toEqual(["converged", true, true]);
  }
  for (const method of ["lbfgs", "bfgs", "nonlinearCG", "newton", "trustRegion"] as const)
    for (const unit of [1, 1e20, 1e-20]) {
      const f = (x: Float64Array) => unit * ((x[0]! - 1) ** 2 + (x[1]! - 2) ** 2);
      for (const start of [
        [-0.931, 1.059],
        [1.233, -2.249],
        [-2.9999530417844436, -2.2107732711410026],
      ]) {
        const r = minimize(f, start, { method, gradTol: 1e-6 * unit });
        expect([method, unit, r.status]).toEqual([method, unit, "converged"]);
        expect(Math.abs(r.x[0]! - 1) + Math.abs(r.x[1]! - 2)).toBeLessThan(1e-6);
      }
      const strict = minimize(f, [-0.931, 1.059], { method });
      expect([method, unit, strict.status]).toEqual([method, unit, "converged"]);
    }
});
