// Bounds: no evaluation outside them, ever; and the solution satisfies the conditions of optimality on the box.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adam, lion, type MinimizeOptions, minimize, multistart, rprop, sgd } from "../../src/index.js";
import { mccormick, rosenbrock } from "../../src/testfunctions/index.js";

interface HsProblem {
  id: string;
  lower: (number | null)[];
  upper?: (number | null)[];
  x0: number[];
  x_star: number[];
  f_star: number;
  check: { f_x0: number; grad_x0: number[] };
}
const file = new URL("../reference-data/hs-bounds.json", import.meta.url);
const { hs } = JSON.parse(readFileSync(file, "utf8")) as { hs: HsProblem[] };

type FunGrad = (x: Float64Array, g: Float64Array) => number;
const two = (x: Float64Array) => [x[0] as number, x[1] as number] as const;
const functions: Record<string, FunGrad> = {
  hs1(x, g) {
    rosenbrock().grad(x, g);
    return rosenbrock().fun(x);
  },
  hs3(x, g) {
    const [a, b] = two(x);
    g.set([-2e-5 * (b - a), 1 + 2e-5 * (b - a)]);
    return b + 1e-5 * (b - a) * (b - a);
  },
  hs4(x, g) {
    const [a, b] = two(x);
    g.set([(a + 1) * (a + 1), 1]);
    return ((a + 1) * (a + 1) * (a + 1)) / 3 + b;
  },
  hs5(x, g) {
    mccormick().grad(x, g);
    return mccormick().fun(x);
  },
};

const methods = { lbfgs: "lbfgs", gradientDescent: "gradientDescent", nelderMead: "nelderMead" } as const;

describe.each(hs)("$id", (problem) => {
  const funGrad = functions[problem.id] as FunGrad;
  const bounds = {
    lower: problem.lower.map((v) => v ?? -Infinity),
    upper: (problem.upper ?? problem.lower.map(() => null)).map((v) => v ?? Infinity),
  };

  test("is the file's problem", () => {
    const g = new Float64Array(2);
    expect(funGrad(Float64Array.from(problem.x0), g)).toBeCloseTo(problem.check.f_x0, 12);
    expect([...g]).toEqual(problem.check.grad_x0.map((v) => expect.closeTo(v, 12)));
  });

  test.each(Object.values(methods))("%s solves it, with and without a gradient", (method) => {
    const limit = method === "gradientDescent" ? 1e-6 : 1e-8;
    for (const f of [{ funGrad }, (x: Float64Array) => funGrad(x, new Float64Array(2))]) {
      const r = minimize(f, problem.x0, { method, bounds, maxIterations: 50_000 });
      expect(Math.abs(r.fun - problem.f_star)).toBeLessThanOrEqual(
        limit * Math.max(1, Math.abs(problem.f_star)),
      );
      if (method === "lbfgs") {
        expect(r.status).toBe("converged");
        expect(r.optimality).toBeLessThanOrEqual(1e-6);
      }
    }
  });
});

const rules = { adam: adam({ lr: 0.1 }), sgd: sgd({ lr: 0.05 }), rprop: rprop(), lion: lion({ lr: 0.05 }) };

test.each<[string, MinimizeOptions["method"]]>([
  ...Object.entries(methods),
  ["gradientDescent, fixed", "gradientDescent"],
  ...Object.entries(rules),
])("no evaluation of %s is outside the bounds, with differences or without", (name, method) => {
  // No box is so narrow that f is lost in it: below 1e-30 numbers count as 0.
  const side = fc.double({ min: -3, max: 3, noNaN: true }).map((v) => (Math.abs(v) < 1e-30 ? 0 : v));
  const variable = fc.tuple(
    side,
    side,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 3 }),
  );
  const property = fc.property(
    fc.array(variable, { minLength: 1, maxLength: 6 }),
    fc.boolean(),
    (vars, exact) => {
      const n = vars.length;
      // One in four sides is open; a variable with equal bounds is fixed.
      const lower = vars.map(([a, b, , open]) => (open === 1 ? -Infinity : Math.min(a, b)));
      const upper = vars.map(([a, b, , open]) => (open === 2 ? Infinity : Math.max(a, b)));
      const x0 = vars.map(([a, b, t]) => Math.min(Math.max(a + t * (b - a), Math.min(a, b)), Math.max(a, b)));
      const grad = (x: Float64Array, g: Float64Array) => {
        for (let i = 0; i < n; i++) g[i] = 4 * (x[i] as number) ** 3 - 2 * (x[i] as number) + ((i % 3) - 1);
      };
      const fun = (x: Float64Array) => {
        let f = 0;
        for (let i = 0; i < n; i++) {
          const v = x[i] as number;
          if (!(v >= (lower[i] as number) && v <= (upper[i] as number)))
            throw new Error(`x[${i}] = ${v} is outside`);
          f += v ** 4 - v * v + ((i % 3) - 1) * v;
        }
        return f;
      };
      const options: MinimizeOptions = { bounds: { lower, upper }, maxIterations: 60 };
      if (method !== undefined) options.method = method;
      if (name.endsWith("fixed")) options.lineSearch = "fixed";
      const r = minimize(exact ? { fun, grad } : fun, x0, options);
      expect(r.fun).toBe(fun(r.x));
      if (name !== "lbfgs" || !exact) return;
      // Optimality on the box: the projected gradient.
      const g = new Float64Array(n);
      grad(r.x, g);
      expect(r.status).toBe("converged");
      for (let i = 0; i < n; i++) {
        const v = r.x[i] as number;
        const projected =
          Math.min(Math.max(v - (g[i] as number), lower[i] as number), upper[i] as number) - v;
        expect(Math.abs(projected)).toBeLessThanOrEqual(1e-5);
      }
    },
  );
  fc.assert(property, { numRuns: 150, seed: 20 });
});

test("a large problem with many active bounds", () => {
  const n = 500;
  const f: FunGrad = (x, g) => {
    let value = 0;
    for (let i = 0; i < n; i++) {
      const d = (x[i] as number) - (i % 2 === 0 ? 2 : -2) * (i / n);
      value += (1 + i) * d * d;
      g[i] = 2 * (1 + i) * d;
    }
    return value;
  };
  const r = minimize({ funGrad: f }, new Float64Array(n), { bounds: { lower: -1, upper: 1 } });
  expect(r.status).toBe("converged");
  r.x.forEach((v, i) => {
    expect(v).toBeCloseTo(Math.min(1, Math.max(-1, (i % 2 === 0 ? 2 : -2) * (i / n))), 8);
  });
});

test("without a bound in the way L-BFGS-B goes where L-BFGS goes", () => {
  const { fun, grad, x0 } = rosenbrock(6);
  const free = minimize({ fun, grad }, x0);
  const boxed = minimize({ fun, grad }, x0, { bounds: { lower: -100, upper: 100 } });
  expect(boxed.status).toBe("converged");
  expect(Math.abs(boxed.fun - free.fun)).toBeLessThan(1e-12);
  expect(boxed.nfev).toBeLessThan(1.5 * free.nfev);
});

test("multistart finds both basins, and every distinct minimum once", () => {
  const f = (x: Float64Array) =>
    ((x[0] as number) ** 2 - 1) ** 2 + 0.2 * (x[0] as number) + (x[1] as number) ** 2;
  const r = multistart(f, { lower: [-2, -2], upper: [2, 2] }, { starts: 20, seed: 7 });
  expect(r.success).toBe(true);
  expect(r.fun).toBeCloseTo(-0.20244043434482242, 9);
  expect(r.minima.map(({ fun }) => fun)).toEqual([expect.closeTo(-0.20244, 4), expect.closeTo(0.19743, 4)]);
  expect(r.minima.reduce((sum, { hits }) => sum + hits, 0)).toBe(20);
  const again = multistart(f, { lower: [-2, -2], upper: [2, 2] }, { starts: 20, seed: 7 });
  expect([...again.x]).toEqual([...r.x]);
  expect(again.nfev).toBe(r.nfev);
  const few = multistart(f, { lower: [-2, -2], upper: [2, 2] }, { starts: 20, seed: 7, maxEvaluations: 50 });
  expect(few.nfev).toBeLessThanOrEqual(50);
});

test("minima of multistart say by a gradient whether their Hessian is positive definite, in any units and upside down", () => {
  // Bowls at (1, 0) and (-1, 0), a ridge of stationary points between them on x = 0 where only y is curved upwards.
  const fun = ([x, y]: Float64Array) => (x! ** 2 - 1) ** 2 + y! ** 2;
  const grad = ([x, y]: Float64Array, g: Float64Array) => g.set([4 * x! * (x! ** 2 - 1), 2 * y!]);
  const box = { lower: [-2, -2], upper: [2, 2] };
  const bowls = multistart({ fun, grad }, box, { starts: 12, seed: 1 });
  expect(bowls.minima.map(({ isMinimum }) => isMinimum)).toEqual([true, true]);
  const plain = multistart(fun, box, { starts: 12, seed: 1 });
  expect(plain.minima.every(({ isMinimum }) => isMinimum === null)).toBe(true);
  const cut = multistart({ fun, grad }, box, { starts: 12, seed: 1, maxEvaluations: 40 });
  expect(cut.minima.every(({ isMinimum }) => isMinimum === null)).toBe(true);
  const upside = {
    fun: (x: Float64Array) => -fun(x),
    grad: (x: Float64Array, g: Float64Array) => {
      grad(x, g);
      g.forEach((v, i) => {
        g[i] = -v;
      });
    },
  };
  const tops = multistart(upside, box, { starts: 12, seed: 1, maximize: true, scale: [8, 0.25] });
  expect(tops.minima.map(({ isMinimum }) => isMinimum)).toEqual([true, true]);
  expect(tops.njev).toBeGreaterThan(8);
  // A trough: every point of y = 0 is as low as any other.
  const trough = multistart(
    {
      fun: ([, y]: Float64Array) => y! ** 2,
      grad: ([, y]: Float64Array, g: Float64Array) => g.set([0, 2 * y!]),
    },
    box,
    { starts: 4, seed: 1 },
  );
  expect(trough.minima.map(({ isMinimum }) => isMinimum)).toEqual(trough.minima.map(() => false));
});

test("multistart from Sobol's points finds both basins too, and says where it cannot", () => {
  const f = (x: Float64Array) =>
    ((x[0] as number) ** 2 - 1) ** 2 + 0.2 * (x[0] as number) + (x[1] as number) ** 2;
  const box = { lower: [-2, -2], upper: [2, 2] };
  const r = multistart(f, box, { starts: 16, seed: 3, sampling: "sobol" });
  expect(r.minima.map(({ fun }) => fun)).toEqual([expect.closeTo(-0.20244, 4), expect.closeTo(0.19743, 4)]);
  const many = { lower: new Array(22).fill(0), upper: new Array(22).fill(1) };
  expect(() => multistart(f, many, { sampling: "sobol" })).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED" }),
  );
  expect(() => multistart(f, box, { sampling: "random" as "sobol" })).toThrow(
    expect.objectContaining({ code: "OPTION" }),
  );
  expect(() => multistart(f, [[-2, 2]] as unknown as typeof box)).toThrow(/write \{ lower: /);
  expect(() => multistart(f, { lower: [0, 1], upper: [1, 0] })).toThrow(/lower\[1\] = 1 is not <=/);
});

test("a multistart that is cut short says so, with the best point so far", () => {
  const f = (x: Float64Array) => ((x[0] as number) ** 2 - 1) ** 2 + 0.2 * (x[0] as number);
  const box = { lower: [-2], upper: [2] };
  const controller = new AbortController();
  let calls = 0;
  const aborts = (x: Float64Array) => {
    if (++calls === 100) controller.abort();
    return f(x);
  };
  const aborted = multistart(aborts, box, { signal: controller.signal });
  expect(aborted).toMatchObject({ status: "stopped", reason: "abort", success: false, nfev: 100 });
  expect(f(aborted.x)).toBe(aborted.fun);
  expect(aborted.minima.length).toBeGreaterThan(0);
  expect(aborted.message).toContain("AbortSignal");
  expect(multistart(f, box, { maxEvaluations: 100 })).toMatchObject({
    status: "stopped",
    reason: "maxEvaluations",
  });
  expect(multistart(f, box, { maxTimeMs: 0 })).toMatchObject({ status: "stopped", reason: "maxTime" });
  expect(multistart(f, box, { onIteration: () => "stop" })).toMatchObject({
    status: "stopped",
    reason: "callback",
  });
  expect(multistart(f, box, { maxIterations: 2 }).nit).toBeGreaterThan(20);
});
