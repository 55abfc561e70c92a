// Methods by what their documentation says: the options that are their defaults, products of the Hessian by differences, and
// trials at which the gradient is not finite.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { minimize, newton, trustRegion } from "../../src/index.js";

const n = 3;
/** A convex quadratic of full Hessian, least at 0.5, 1, 1.5. */
const H = [4, 1, 0, 1, 3, 1, 0, 1, 9];
const least = [0.5, 1, 1.5];
const times = (v: ArrayLike<number>, out: Float64Array) => {
  for (let i = 0; i < n; i++) out[i] = H[i * n]! * v[0]! + H[i * n + 1]! * v[1]! + H[i * n + 2]! * v[2]!;
};
const from = (x: ArrayLike<number>) => Float64Array.from(least, (v, j) => x[j]! - v);
const quadratic = {
  fun: (x: ArrayLike<number>) => {
    const out = new Float64Array(n);
    const d = from(x);
    times(d, out);
    return d.reduce((sum, v, j) => sum + (v * out[j]!) / 2, 0);
  },
  grad: (x: ArrayLike<number>, out: Float64Array) => times(from(x), out),
};

test.each([
  ["trustRegion", () => trustRegion({ hessian: "products", radius: 100 })],
  ["newton", () => newton({ solver: "cg" })],
] as const)("%s takes as many steps with products by differences as with given ones", (_name, make) => {
  const given = { ...quadratic, hessVec: (_x: unknown, v: Float64Array, out: Float64Array) => times(v, out) };
  for (const bounds of [undefined, { lower: [-9, -9, -9], upper: [9, 9, 9] }]) {
    const o = { method: make(), ...(bounds ? { bounds } : {}) };
    const exact = minimize(given, [3, -2, 7], o);
    const differences = minimize(quadratic, [3, -2, 7], o);
    expect(exact.success && differences.success).toBe(true);
    expect(Math.abs(differences.nit - exact.nit)).toBeLessThanOrEqual(1);
    expect(exact.nit).toBeLessThanOrEqual(6);
    least.forEach((v, j) => {
      expect(differences.x[j]).toBeCloseTo(v, 6);
    });
  }
});

test.each([0, 1, 2])(
  "trustRegion steps back from a point where component %d of the gradient is not finite",
  (bad) => {
    // Newton's step from 1 leads to 1 - tanh(1) cosh(1)^2 = -0.81, where f is lower.
    const f = {
      fun: (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + Math.log(Math.cosh(v)), 0),
      grad(x: ArrayLike<number>, out: Float64Array) {
        for (let j = 0; j < n; j++) out[j] = Math.tanh(x[j]!);
        if (x[bad]! < -0.5) out[bad] = NaN;
      },
      hess(x: ArrayLike<number>, out: Float64Array) {
        out.fill(0);
        for (let j = 0; j < n; j++) out[j * n + j] = 1 / Math.cosh(x[j]!) ** 2;
      },
    };
    const asked: number[] = [];
    const grad = (x: ArrayLike<number>, out: Float64Array) => {
      asked.push(x[bad]!);
      f.grad(x, out);
    };
    const r = minimize({ ...f, grad }, [1, 1, 1], { method: trustRegion({ radius: 100 }) });
    expect(Math.min(...asked)).toBeLessThan(-0.5);
    expect(r).toMatchObject({ status: "converged", reason: "gradient" });
    for (const v of r.x) expect(Math.abs(v)).toBeLessThan(1e-7);
  },
);

test("methods have the defaults that they are documented with", () => {
  const search = { c1: 1e-4, c2: 0.9, maxTrials: 30, step: 1 };
  const documented = {
    lbfgs: { ...search, lineSearch: "moreThuente" },
    bfgs: { ...search, lineSearch: "moreThuente" },
    newton: { ...search, lineSearch: "moreThuente", solver: "auto" },
    // Nocedal and Wright, section 5.2: conjugate gradients want a closer search.
    nonlinearCG: { ...search, lineSearch: "moreThuente", c2: 0.1, beta: "hagerZhang" },
    gradientDescent: { ...search, lineSearch: "armijo", step: 1e-3 },
    trustRegion: { subproblem: "steihaug", solver: "auto" },
    nelderMead: { adaptive: true },
  } as const;
  for (const [name, options] of Object.entries(documented))
    expect(downhill[name as keyof typeof documented]().options, name).toMatchObject(options);
  // What a step of fixed size does.
  const r = minimize(quadratic, [3, 1, 1.5], {
    method: downhill.gradientDescent({ lineSearch: "fixed" }),
    maxIterations: 1,
  });
  expect(r.x[0]).toBeCloseTo(3 - 1e-3 * 10, 12);
});
