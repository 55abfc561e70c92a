// The standard problems from their standard starts, against SciPy's results (test/reference-data/unconstrained.json).
import { describe, expect, test } from "vitest";
import { minimize, newton, trustRegion } from "../../src/index.js";
import type { MinimizeMethod } from "../../src/minimize/methods/types.js";
import { functionOf, type GoldenProblem, golden, isSolved, local } from "./problems.js";

const run = (problem: GoldenProblem, method: string | MinimizeMethod, second = false) => {
  const { fun, grad, hess } = functionOf(problem.id);
  const f = second ? { fun, grad, hess } : { fun, grad };
  return minimize(f, problem.x0, { method: method as "lbfgs", gradTol: 1e-9 });
};

const solved = (method: string | MinimizeMethod, second = false) =>
  local.filter((problem) => {
    const { fun, optimality } = run(problem, method, second);
    return isSolved(problem, fun, optimality);
  }).length;

describe("test functions", () => {
  test.each(golden)("$id has the file's value and gradient at the start", (problem) => {
    const f = functionOf(problem.id);
    const g = new Float64Array(problem.n);
    f.grad(problem.x0, g);
    expect(f.x0).toEqual(problem.x0);
    expect(f.fun(problem.x0)).toBeCloseTo(problem.check.f_x0, 9);
    problem.check.grad_x0.forEach((expected, j) => {
      expect(Math.abs((g[j] as number) - expected)).toBeLessThanOrEqual(
        1e-10 * Math.max(1, Math.abs(expected)),
      );
    });
  });

  test.each(golden)("$id lists the file's minima, which are stationary", (problem) => {
    const f = functionOf(problem.id);
    for (const { x, f: value } of f.minima) {
      const g = new Float64Array(f.n);
      f.grad(x, g);
      expect(Math.abs(f.fun(x) - value)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value)));
      expect(Math.max(...g.map(Math.abs))).toBeLessThanOrEqual(1e-8);
      expect(problem.minima.some((m) => Math.abs(m.f - value) < 1e-12 * Math.max(1, Math.abs(value)))).toBe(
        true,
      );
    }
  });

  test.each(golden)("$id has the Hessian that its gradient's differences show", (problem) => {
    const f = functionOf(problem.id);
    const { n } = f;
    const x = Float64Array.from(problem.x0, (v, j) => v + 0.01 * (j + 1));
    const hess = new Float64Array(n * n);
    f.hess(x, hess);
    const [ahead, behind] = [new Float64Array(n), new Float64Array(n)];
    const size = Math.max(...hess.map(Math.abs));
    for (let j = 0; j < n; j++) {
      const h = 1e-5 * Math.max(1, Math.abs(x[j] as number));
      const at = (t: number) => x.map((v, k) => (k === j ? v + t : v));
      f.grad(at(h), ahead);
      f.grad(at(-h), behind);
      for (let i = 0; i < n; i++) {
        const expected = ((ahead[i] as number) - (behind[i] as number)) / (2 * h);
        expect(Math.abs((hess[i * n + j] as number) - expected)).toBeLessThanOrEqual(1e-6 * size);
        expect(hess[i * n + j]).toBe(hess[j * n + i]);
      }
    }
  });
});

describe("solved problems of 19", () => {
  test("there are 19", () => expect(local).toHaveLength(19));
  test.each([
    ["lbfgs", 18, false],
    ["bfgs", 18, false],
    ["nonlinearCG", 17, false],
    ["newton", 17, true],
    ["trustRegion", 18, true],
  ] as const)("%s solves at least %i", (method, least, second) => {
    expect(solved(method, second)).toBeGreaterThanOrEqual(least);
  });

  test("Hessians by differences serve as well, and so do products", () => {
    expect(solved(newton())).toBeGreaterThanOrEqual(17);
    expect(solved(trustRegion())).toBeGreaterThanOrEqual(18);
    expect(solved(trustRegion({ subproblem: "dogleg" }), true)).toBeGreaterThanOrEqual(17);
    expect(solved(newton({ solver: "cg" }))).toBeGreaterThanOrEqual(16);
    expect(solved(trustRegion({ hessian: "products" }))).toBeGreaterThanOrEqual(17);
  });

  test.each(local.filter(({ n }) => n <= 4))("nelderMead solves $id", (problem) => {
    const f = functionOf(problem.id);
    const { x, fun, status } = minimize(f.fun, problem.x0, { method: "nelderMead" });
    expect(status).toBe("converged");
    if (problem.kind !== "both") expect(isSolved(problem, fun, NaN)).toBe(true);
    // Values alone place a point to the square root of their rounding: the stationary point beside it has the same f.
    const near = minimize({ fun: f.fun, grad: f.grad, hess: f.hess }, x, { method: "newton", gradTol: 1e-9 });
    expect(Math.abs(near.fun - fun)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(fun)));
  });
});

test.each([
  ["lbfgs", "L-BFGS-B"],
  ["bfgs", "BFGS"],
])("%s takes at most 1.1 times the evaluations of SciPy's %s, in the geometric mean", (method, peer) => {
  const logs = local.map((problem) =>
    Math.log(run(problem, method).nfev / (problem.scipy_from_x0[peer] as { nfev: number }).nfev),
  );
  const mean = Math.exp(logs.reduce((a, b) => a + b) / logs.length);
  console.log(`${method}: evaluations / SciPy's, geometric mean ${mean.toFixed(3)}`);
  expect(mean).toBeLessThanOrEqual(1.1);
});
