// Ends that claim what is not so: a simplex that is flat along a bound, slopes taken for saddles, gradients of other points, steps
// measured by what a bound holds. The truth is known in closed form.
import { describe, expect, test } from "vitest";
import { lineSearchNames, type MinimizeOptions, minimize, type ObjectiveParts } from "../../src/index.js";

type Point = ArrayLike<number>;

describe("nelderMead turns the edges of its simplex away from a bound that cuts them", () => {
  test("at a start one last bit from the bound, below or above, as at one on it", () => {
    for (const start of [1, 1 - 2 ** -53, 1 - 1e-13])
      for (const sign of [1, -1]) {
        const bounds = sign === 1 ? { lower: -10, upper: 1 } : { lower: -1, upper: 10 };
        const r = minimize(([x]) => (sign * x! + 3) ** 2, [sign * start], { method: "nelderMead", bounds });
        expect([r.status, Math.abs(r.x[0]! * sign + 3) < 1e-6]).toEqual(["converged", true]);
      }
  });

  test("where restarts begin beside bounds: a convex square whose minimum lies on two of them", () => {
    const A = [
      [2, -2, 5],
      [5, 3, 4],
      [1, -4, -2],
    ];
    const f = (x: Point) =>
      A.reduce((sum, row, i) => sum + (row.reduce((s, a, j) => s + a * x[j]!, 0) - [1, 6, 5][i]!) ** 2, 0);
    const r = minimize(f, [0.12, -1.21, -0.46], {
      method: "nelderMead",
      bounds: { lower: [-0.2, -1.5, -1], upper: [1.8, -1, -0.1] },
    });
    // With x and y on their bounds it is a parabola of z, |a|^2 = 45.
    const z = (-5 * (2 * 1.8 + 2 - 1) - 4 * (5 * 1.8 - 3 - 6) + 2 * (1.8 + 4 - 5)) / 45;
    expect(r.fun).toBeCloseTo(f([1.8, -1, z]), 10);
  });
});

describe("negative curvature on a slope is no saddle", () => {
  const wells: ObjectiveParts = {
    fun: ([x, y]) => x! ** 4 / 4 - x! ** 2 / 2 + y! ** 2 / 2,
    grad: ([x, y], g) => g.set([x! ** 3 - x!, y!]),
    hess: ([x], h) => h.set([3 * x! ** 2 - 1, 0, 0, 1]),
  };

  test("under a tolerance that the slope keeps, or a target", () => {
    for (const method of ["lbfgs", "bfgs", "nonlinearCG", "gradientDescent"] as const) {
      const r = minimize(wells, [0.3, 1e4], { method, gradTolRelative: 1e-3 });
      expect([method, r.status, r.optimality <= 10]).toEqual([method, "converged", true]);
      const reached = minimize(wells, [0.3, 1e4], { method, target: 0 });
      expect([reached.status, reached.reason]).toEqual(["converged", "target"]);
    }
  });

  test("beside a bound within rounding, for a method of values", () => {
    const r = minimize(
      {
        fun: ([x, y]) => 2.3 * (x! - 7.72) - (x! - 7.72) ** 2 / 4 + (y! - 3.26) ** 2,
        hess: (_x, h) => h.set([-0.5, 0, 0, 2]),
      },
      [8.44, 2.83],
      { method: "nelderMead", bounds: { lower: [7.72, 2.56], upper: [9.72, 4.56] } },
    );
    expect(r.status).toBe("converged");
    expect([...r.x]).toEqual([expect.closeTo(7.72, 12), expect.closeTo(3.26, 6)]);
  });

  test("but where f falls on both sides it is one, upside down too, and the words say so", () => {
    for (const x of [0, 1e-9]) {
      const r = minimize(wells, [x, 1], { gradTol: 1e-6 });
      expect([r.status, r.reason, r.message]).toEqual([
        "failed",
        "saddle",
        "the Hessian says that f falls on both sides",
      ]);
      // What is looked at is counted, and not beyond a limit.
      expect(r.nfev).toBeGreaterThan(2);
      expect(minimize(wells, [x, 1], { gradTol: 1e-6, maxEvaluations: 2 }).nfev).toBe(2);
    }
    const upside = minimize(
      { fun: ([x]) => x! ** 2, grad: ([x], g) => g.set([2 * x!]), hess: (_x, h) => h.set([2]) },
      [0],
      { maximize: true },
    );
    expect(upside.message).toBe("the Hessian says that f rises on both sides");
  });
});

test("grad and optimality are those of x wherever a limit cuts a run, or NaN", () => {
  const grad = ([x, y]: Float64Array) =>
    [-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)] as const;
  const valley: ObjectiveParts = {
    fun: ([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
    grad: (x, g) => g.set(grad(x)),
  };
  let known = 0;
  const check = (o: MinimizeOptions) => {
    const r = minimize(valley, [2, 2], o);
    if (Number.isNaN(r.grad[0])) return expect(r.optimality).toBeNaN();
    known++;
    expect([...r.grad]).toEqual([...grad(r.x)]);
    expect(r.optimality).toBe(Math.max(...grad(r.x).map(Math.abs)));
  };
  for (const method of ["lbfgs", "bfgs", "nonlinearCG", "gradientDescent", "newton"] as const)
    for (const lineSearch of [undefined, ...lineSearchNames])
      for (let maxEvaluations = 1; maxEvaluations < 40; maxEvaluations++)
        check({ method, lineSearch, maxEvaluations });
  expect(known).toBeGreaterThan(1000);
});

test("no gradient of another point stands beside an f of -Infinity", () => {
  const r = minimize({ fun: ([x]) => (x! < -1 ? -Infinity : x!), grad: (_x, g) => g.set([1]) }, [0], {
    method: "gradientDescent",
  });
  expect([r.reason, r.fun, r.grad[0]]).toEqual(["diverging", -Infinity, NaN]);
});

test("a variable that its bound holds, however steep, does not shorten the steps of the others", () => {
  const n = 25;
  const f: ObjectiveParts = {
    fun: (x) => 100 * x[0]! + x.slice(1).reduce((sum, v) => sum + Math.cos(v), 0),
    grad(x, g) {
      for (let j = 0; j < n; j++) g[j] = j === 0 ? 100 : -Math.sin(x[j]!);
    },
  };
  const x0 = Array.from({ length: n }, (_, j) => (j ? 0.3 + 0.01 * j : 0));
  const bounds = { lower: x0.map((_, j) => (j ? -10 : 0)), upper: 10 };
  for (const method of ["gradientDescent", "lbfgs", "bfgs", "newton", "trustRegion"] as const) {
    const r = minimize(f, x0, { method, bounds });
    expect([method, r.status]).toEqual([method, "converged"]);
    expect(r.fun).toBeCloseTo(1 - n, 12);
  }
});
