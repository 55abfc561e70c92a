// Ends that are not in the values of f: a face that a simplex is flat on, curvature that noise makes, what rounding hides, a value that goes to 0
// for ever.

import { describe, expect, test } from "vitest";
import { minimize } from "../../src/index.js";
import { uniform } from "../kernels/instance.js";

/** (x - c)'H(x - c) with H positive definite. */
function bowl(n: number, random: () => number) {
  const G = Array.from({ length: n }, () => Array.from({ length: n }, () => random() / 2));
  const H = G.map((_, i) =>
    G.map((_, j) => G.reduce((sum, g) => sum + g[i]! * g[j]!, 0) + (i === j ? 0.1 : 0)),
  );
  const c = Array.from({ length: n }, () => 2 * random());
  const f = (x: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) sum += H[i]![j]! * (x[i]! - c[i]!) * (x[j]! - c[j]!);
    return sum;
  };
  return { H, c, f };
}

test("nelderMead finds the least value of convex functions over a box, though it lies next to a face", () => {
  const random = uniform(5);
  for (let turn = 0; turn < 2800; turn++) {
    const n = 2 + (turn % 4);
    const { H, c, f } = bowl(n, random);
    // Truth: one variable after the other, exactly.
    const clip = (v: number) => Math.max(-1, Math.min(1, v));
    const x = c.map(clip);
    for (let sweep = 0; sweep < 2000; sweep++)
      for (let i = 0; i < n; i++) {
        let g = 0;
        for (let j = 0; j < n; j++) if (j !== i) g += H[i]![j]! * (x[j]! - c[j]!);
        x[i] = clip(c[i]! - g / H[i]![i]!);
      }
    const bounds = { lower: c.map(() => -1), upper: c.map(() => 1) };
    const r = minimize(f, c.map(random), { method: "nelderMead", bounds });
    expect(r.fun - f(x), `turn ${turn}`).toBeLessThan(1e-6 * Math.max(1, f(x)));
  }
}, 60_000);

test("noise of f makes no saddle of a convex function: f by values beside 1e8", () => {
  const random = uniform(3);
  for (let turn = 0; turn < 40; turn++) {
    const n = 2 + (turn % 4);
    const { f } = bowl(n, random);
    const quartic = (x: ArrayLike<number>) => 1e8 + f(x) + 0.1 * f(x) ** 2;
    for (const gradTol of [undefined, 1e-9])
      expect(minimize(quartic, new Float64Array(n), { gradTol }).reason).not.toBe("saddle");
  }
});

describe("a value that goes to 0 for ever", () => {
  const exponential = {
    fun: ([x]: Float64Array) => Math.exp(-x!),
    grad([x]: Float64Array, out: Float64Array) {
      out[0] = -Math.exp(-x!);
    },
  };
  test.each(["lbfgs", "bfgs", "nonlinearCG", "gradientDescent", "newton", "trustRegion"] as const)(
    "%s ends before the squares of the gradient are lost",
    (method) => {
      const r = minimize(exponential, 0, { method });
      expect(r).toMatchObject({ status: "converged", reason: "gradient" });
      expect(r.nfev).toBeLessThan(500);
    },
  );
});

test("bfgs with a search that only shortens: steps along which f bends downwards grow", () => {
  const rosenbrock = {
    fun: ([x, y]: Float64Array) => 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2,
    grad([x, y]: Float64Array, out: Float64Array) {
      out[0] = -400 * x! * (y! - x! * x!) - 2 * (1 - x!);
      out[1] = 200 * (y! - x! * x!);
    },
  };
  const r = minimize(rosenbrock, [-1.2, 1], { method: "bfgs", lineSearch: "armijo" });
  expect(r.status).toBe("converged");
  expect(r.nfev).toBeLessThan(100);
});

test("searches end soon where what their slope promises is lost in the rounding of f: no lower point", () => {
  const wrong = {
    fun: ([x, y]: Float64Array) => 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2,
    grad([x, y]: Float64Array, out: Float64Array) {
      out[0] = -400 * x! * (y! - x! * x!) - 2 * (1 - x!);
      out[1] = -200 * (y! - x! * x!);
    },
  };
  const r = minimize(wrong, [-1.2, 1]);
  expect(r.reason).toBe("lineSearch");
  expect(r.nfev).toBeLessThan(100);
});
