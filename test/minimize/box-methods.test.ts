// bfgs, newton and trustRegion within bounds: published minima (Hock and Schittkowski, Test Examples for Nonlinear Programming Codes,
// 1981, problems 1, 3, 4, 5, 38, 45, 110), never an evaluation outside, and the kernels against what the conditions of optimality say.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimize, newton, trustRegion } from "../../src/index.js";
import type { SmoothKernels } from "../../src/wasm/smooth.js";

interface Problem {
  readonly f: (x: ArrayLike<number>) => number;
  readonly lower: number[];
  readonly upper: number[];
  readonly x0: number[];
  readonly best: number;
  readonly within: number;
}
const free = Infinity;
const rosenbrock = (a: number, b: number) => 100 * (b - a * a) ** 2 + (1 - a) ** 2;
const problems: Record<string, Problem> = {
  hs1: {
    f: (x) => rosenbrock(x[0]!, x[1]!),
    lower: [-free, -1.5],
    upper: [free, free],
    x0: [-2, 1],
    best: 0,
    within: 1e-8,
  },
  hs3: {
    f: (x) => x[1]! + 1e-5 * (x[1]! - x[0]!) ** 2,
    lower: [-free, 0],
    upper: [free, free],
    x0: [10, 1],
    best: 0,
    within: 1e-8,
  },
  hs4: {
    f: (x) => (x[0]! + 1) ** 3 / 3 + x[1]!,
    lower: [1, 0],
    upper: [free, free],
    x0: [1.125, 0.125],
    best: 8 / 3,
    within: 1e-8,
  },
  hs5: {
    f: (x) => Math.sin(x[0]! + x[1]!) + (x[0]! - x[1]!) ** 2 - 1.5 * x[0]! + 2.5 * x[1]! + 1,
    lower: [-1.5, -3],
    upper: [4, 3],
    x0: [0, 0],
    best: -Math.sqrt(3) / 2 - Math.PI / 3,
    within: 1e-8,
  },
  hs38: {
    f: (x) =>
      rosenbrock(x[0]!, x[1]!) +
      90 * (x[3]! - x[2]! * x[2]!) ** 2 +
      (1 - x[2]!) ** 2 +
      10.1 * ((x[1]! - 1) ** 2 + (x[3]! - 1) ** 2) +
      19.8 * (x[1]! - 1) * (x[3]! - 1),
    lower: [-10, -10, -10, -10],
    upper: [10, 10, 10, 10],
    x0: [-3, -1, -3, -1],
    best: 0,
    within: 1e-8,
  },
  // Its published start, (2, 2, 2, 2, 2), lies outside: the first variable is moved to its bound.
  hs45: {
    f: (x) => 2 - (x[0]! * x[1]! * x[2]! * x[3]! * x[4]!) / 120,
    lower: [0, 0, 0, 0, 0],
    upper: [1, 2, 3, 4, 5],
    x0: [1, 2, 2, 2, 2],
    best: 1,
    within: 1e-12,
  },
  hs110: {
    f: (x) => {
      let sum = 0;
      let product = 1;
      for (let i = 0; i < 10; i++) {
        sum += Math.log(x[i]! - 2) ** 2 + Math.log(10 - x[i]!) ** 2;
        product *= x[i]!;
      }
      return sum - product ** 0.2;
    },
    lower: Array(10).fill(2.001),
    upper: Array(10).fill(9.999),
    x0: Array(10).fill(9),
    best: -45.77846971,
    within: 1e-7,
  },
};

const methods = {
  bfgs: "bfgs",
  newton: "newton",
  "newton, products": newton({ solver: "cg" }),
  trustRegion: "trustRegion",
  "trustRegion, products": trustRegion({ hessian: "products" }),
} as const;

describe.each(Object.entries(problems))("%s", (_, { f, lower, upper, x0, best, within }) => {
  test.each(Object.entries(methods))("%s solves it and stays inside", (_name, method) => {
    const inside = (x: ArrayLike<number>) => {
      for (let j = 0; j < x.length; j++) if (!(x[j]! >= lower[j]! && x[j]! <= upper[j]!)) return false;
      return true;
    };
    let outside = 0;
    const watched = (x: Float64Array) => {
      if (!inside(x)) outside++;
      return f(x);
    };
    const r = minimize(watched, x0, { method, bounds: { lower, upper } });
    expect(outside).toBe(0);
    expect(r.status).toBe("converged");
    expect(Math.abs(r.fun - best)).toBeLessThanOrEqual(within * Math.max(1, Math.abs(best)));
  });
});

test.each(Object.entries(methods))(
  "%s takes infinite bounds for none, and a fixed variable as fixed",
  (_name, method) => {
    const f = (x: ArrayLike<number>) => rosenbrock(x[0]!, x[1]!) + (x[2]! - 3) ** 2;
    const r = minimize(f, [-1.2, 1, 2], {
      method,
      bounds: { lower: [-free, -free, 2], upper: [free, free, 2] },
    });
    expect(r.status).toBe("converged");
    expect([...r.x]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4), 2]);
  },
);

const memory = new WebAssembly.Memory({ initial: 16 });
const bytes = readFileSync(new URL("../../build/wasm/smooth.simd.wasm", import.meta.url));
const k = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  .exports as unknown as SmoothKernels;

test("boxNewton minimises a convex quadratic over a box: the conditions of optimality hold", () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });
  const cases = fc.integer({ min: 1, max: 20 }).chain((n) =>
    fc.record({
      n: fc.constant(n),
      a: fc.array(number, { minLength: n * n, maxLength: n * n }),
      g: fc.array(number, { minLength: n, maxLength: n }),
      x: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: n, maxLength: n }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ n, a, g, x }) => {
      let top = 1024;
      const place = (values: number[] | number) => {
        const v = new Float64Array(memory.buffer, top, typeof values === "number" ? values : values.length);
        if (typeof values !== "number") v.set(values);
        const ptr = top;
        top += v.byteLength + 16;
        return { ptr, v };
      };
      // H = A'A + I / 4
      const h = Array.from({ length: n * n }, (_, ij) => {
        const [i, j] = [Math.floor(ij / n), ij % n];
        let sum = i === j ? 0.25 : 0;
        for (let m = 0; m < n; m++) sum += a[m * n + i]! * a[m * n + j]!;
        return sum;
      });
      const vectors = {
        H: place(h),
        F: place(n * n),
        L: place(n * n),
        x: place(x),
        g: place(g),
        d: place(n),
        r: place(n),
        p: place(n),
        lower: place(Array(n).fill(0)),
        upper: place(Array(n).fill(1)),
        held: place(n + 1),
        work: place(Math.ceil(k.newtonWork(n) / 8) + 1),
      };
      const at = Object.values(vectors).map(({ ptr }) => ptr) as Parameters<typeof k.boxNewton> extends [
        number,
        ...infer R,
      ]
        ? R
        : never;
      const slope = k.boxNewton(n, ...at);
      const { d } = vectors;
      expect(slope).toBeLessThanOrEqual(0);
      for (let i = 0; i < n; i++) {
        let q = g[i]!;
        for (let j = 0; j < n; j++) q += h[i * n + j]! * d.v[j]!;
        const to = x[i]! + d.v[i]!;
        expect(to).toBeGreaterThanOrEqual(-1e-15);
        expect(to).toBeLessThanOrEqual(1 + 1e-15);
        const slack = 1e-7 * (1 + Math.abs(g[i]!));
        if (to > 1e-12) expect(q).toBeLessThanOrEqual(slack);
        if (to < 1 - 1e-12) expect(q).toBeGreaterThanOrEqual(-slack);
      }
    }),
    { numRuns: 100 },
  );
});
