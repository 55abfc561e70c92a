// What trustRegion and nelderMead show of an iteration beside its point, and that it is what the method works with.
import { expect, test } from "vitest";
import { iterate, minimize } from "../../src/index.js";
import { rosenbrock } from "../../src/testfunctions/index.js";

test("trustRegion shows its radius, which bounds the next step", () => {
  let last = Infinity;
  let seen = 0;
  minimize(rosenbrock(), [-1.2, 1], {
    method: "trustRegion",
    onIteration: ({ radius, stepNorm, simplex }) => {
      expect(simplex).toBeUndefined();
      expect(stepNorm).toBeLessThanOrEqual(last * (1 + 1e-12));
      last = radius!;
      seen++;
    },
  });
  expect(seen).toBeGreaterThan(10);
});

test("nelderMead shows copies of its three vertices with their values, best first", () => {
  const f = rosenbrock();
  const all: Float64Array[] = [];
  minimize(f.fun, [-1.2, 1], {
    method: "nelderMead",
    maxEvaluations: 80,
    onIteration: ({ simplex, x, fun }) => {
      const { points, values } = simplex!;
      expect(points).toHaveLength(3);
      expect([...points[0]!]).toEqual([...x]);
      expect(values[0]).toBe(fun);
      points.forEach((p, i) => {
        if (Number.isFinite(values[i]!)) expect(values[i]).toBe(f.fun(p));
      });
      all.push(points[2]!);
    },
  });
  expect(new Set(all.map((p) => p.join())).size).toBeGreaterThan(10);
});

test("other methods show the point alone", () => {
  for (const it of iterate(rosenbrock(), [-1.2, 1], { method: "lbfgs", maxIterations: 3 })) {
    expect(Object.keys(it)).toEqual(["nit", "nfev", "x", "fun", "gradNorm", "stepNorm", "elapsedMs"]);
  }
});
