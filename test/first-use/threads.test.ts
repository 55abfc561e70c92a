// Faults that users of other tools have reported, each as a small input with the answer that mathematics gives.
import { describe, expect, test } from "vitest";
import * as d from "../../src/index.js";

const RNG = () => new d.Random(7);
const CONSTRAINED = ["sqp", "augmentedLagrangian", "interiorPoint"] as const;

describe("one variable", () => {
  // scipy 11999: the end that the search left is lower than the one it came to, and the minimum lies beside it.
  test.each(["brent", "golden"] as const)("a lower end leads to a minimum, by %s", (method) => {
    const profit = (x: number) =>
      -((3600 / ((x * 2.572291 - 97.18621187505322) ** 2 * 0.106339 + 22.572898)) * (x - 37) - 345);
    const r = d.minimizeScalar(profit, { bounds: [0, 45], method });
    expect(r.status).toBe("converged");
    for (const h of [-1e-3, 1e-3]) expect(profit(r.x + h)).toBeGreaterThanOrEqual(r.fun);
    expect(r.fun).toBeLessThan(profit(45));
  });

  // scipy 6960, 19185: a plateau, and steps.
  test("a plateau does not hide a lower end", () => {
    expect(d.minimizeScalar((x) => (x < 0.2 ? 5 * x - 1 : 0), { bounds: [0, 1] })).toMatchObject({
      x: 0,
      fun: -1,
    });
    const steps = (x: number) =>
      x > 9.5 ? 10 - 0.05 * Math.min(59, Math.round(x) - 10) : Math.max(0, Math.round(x));
    expect(d.minimizeScalar(steps, { bounds: [-1, 71] })).toMatchObject({ x: -1, fun: 0 });
  });

  // mathnet-numerics 733.
  test("golden sections stay within their bounds", () => {
    const seen: number[] = [];
    const f = (x: number) => {
      seen.push(x);
      return x;
    };
    expect(d.minimizeScalar(f, { bounds: [0.05, 0.4], method: "golden" }).x).toBe(0.05);
    expect([Math.min(...seen) >= 0.05, Math.max(...seen) <= 0.4]).toEqual([true, true]);
  });

  // scipy 3089, 8394, 14414, 18171: NaN at an end or within.
  test.each([
    [1, (x: number) => (x === 1 ? NaN : x - 1.5)],
    [2, (x: number) => (x > 1.9 ? NaN : x - 1.5)],
    [3, (x: number) => (Math.abs(x - 1.5) < 0.2 ? NaN : x - 1.5)],
  ])("a root behind NaN is none (%i)", (_k, f) => {
    const r = d.findRoot(f, { bracket: [1, 2] });
    expect([r.status, r.reason]).toEqual(["failed", "nonFinite"]);
    expect(r.message).toMatch(/^f\(\d.*\) is NaN: give a bracket within the domain/);
    expect([r.x >= 1, r.x <= 2]).toEqual([true, true]);
  });

  // Roots.jl 515: quantiles of the inverse Gaussian law.
  test.each(["itp", "brent"] as const)("every quantile of a smooth law is found by %s", (method) => {
    using erfc = d.compileModel("0.5*erfc(x)");
    const out = new Float64Array(1);
    const normal = (z: number) => {
      erfc.evaluate([-z / Math.SQRT2], [], out);
      return out[0]!;
    };
    const law = (x: number) => {
      const s = Math.sqrt(1 / x);
      return normal(s * (x - 1)) + Math.exp(2) * normal(-s * (x + 1));
    };
    for (let p = 0.01; p < 1; p += 0.014) {
      const r = d.findRoot((x) => law(x) - p, { bracket: [1e-12, 20], method });
      expect(Math.abs(law(r.x) - p)).toBeLessThan(1e-12);
    }
  });
});

describe("fits", () => {
  // scipy 21995: pcov of a parameter that is 0.
  test("standard errors do not depend on a parameter being 0", () => {
    const x = Array.from({ length: 20 }, (_, i) => -1 + (2 * i) / 19);
    for (const [a, b] of [
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const y = x.map((t) => a + b * t * t + 0.01 * t ** 3);
      const fit = d.curveFit({
        model: (t: number, p: { a: number; b: number }) => p.a + p.b * t * t,
        x,
        y,
        params: { a: 1, b: 1 },
      });
      expect(fit.params.a.stderr).toBeCloseTo(1.5482e-3, 6);
      expect(fit.params.b.stderr).toBeCloseTo(3.1375e-3, 6);
    }
  });

  // scipy 10767, LsqFit.jl 178: starts and parameters of 1e-9.
  test("small starts and small parameters", () => {
    for (const start of [0, 1e-9, -1e-12, 1e-300])
      expect(d.leastSquares((p, out) => void out.set([p[0]! - 3]), 1, [start]).x[0]).toBeCloseTo(3, 10);
    const x = Array.from({ length: 20 }, (_, i) => 0.1 + i / 4);
    const y = x.map((v) => 1e-9 * Math.exp(v));
    const model = (t: number, p: { a: number; b: number }) => p.a * Math.exp((p.b * t) / 4e-10);
    const { values } = d.curveFit({ model, x, y, params: { a: 1e-9, b: 3e-10 } });
    expect([values.a * 1e9, values.b / 4e-10]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
  });

  // Polyfit 3: a line over seconds since 1970.
  test("a slope over seconds since 1970", () => {
    const random = RNG();
    const t = Array.from({ length: 15 }, (_, i) => 0.17 * i + 0.01 * random.uniform());
    const x = t.map((v) => 1644487998.203166 + v);
    const y = x.map((v) => 836 + 44.9 * (v - 1644487998) + 0.1 * random.normal());
    const [mx, my] = [x.reduce((s, v) => s + (v - x[0]!), 0) / 15, y.reduce((s, v) => s + v) / 15];
    const dx = x.map((v) => v - x[0]! - mx);
    const slope = dx.reduce((s, v, i) => s + v * (y[i]! - my), 0) / dx.reduce((s, v) => s + v * v, 0);
    expect(d.polyfit(x, y, 1).coefficients[1]! / slope).toBeCloseTo(1, 8);
    expect(d.curveFit({ model: "a*x + b", x, y }).values.a! / slope).toBeCloseTo(1, 6);
  });

  // scikit-learn 10571, benchmark_lasso 58, gnu-octave/statistics 462.
  test("the lasso of constant columns, of a constant y, and MATLAB's value", () => {
    expect(d.lasso([[1], [1], [1]], [1, 1, 1], 0.3).x[0]).toBeCloseTo(0.9, 10);
    const random = RNG();
    const A = Array.from({ length: 20 }, () => Array.from({ length: 50 }, () => random.normal()));
    const flat = d.lasso(A, new Array(20).fill(12), 5, { intercept: true });
    expect(flat.intercept).toBeCloseTo(12, 8);
    expect(Math.max(...flat.x.map(Math.abs))).toBe(0);
    const x = [0.1, 0.4, 0.35, 0.8, 0.65, 0.2, 0.55, 0.9, 0.05, 0.7].map((v) => [v]);
    const y = [0.3, 1.1, 0.9, 1.9, 1.5, 0.5, 1.4, 2.2, 0.15, 1.6];
    // Their lambda 1e-3 is of squares divided by 2 N.
    expect(d.lasso(x, y, 0.01).x[0]).toBeCloseTo(2.4158, 4);
  });
});

describe("programs", () => {
  // OSQP 346, 485: a feasible region of one point was called infeasible.
  test.each(["interiorPoint", "activeSet", "admm"] as const)(
    "one feasible point is found by %s",
    (method) => {
      const P = [
        [1, 0],
        [0, 1],
      ];
      const rows = {
        A: [
          [1, 1],
          [1, -1],
          [1, 0],
        ],
        l: [1, 1, -Infinity],
        u: [1, 1, 1],
      };
      const r = d.solveQP({ P, q: [1, 1], ...rows }, { method });
      expect(r.status).toBe("solved");
      expect([...r.x]).toEqual([expect.closeTo(1, 5), expect.closeTo(0, 5)]);
    },
  );

  // HiGHS 334, 284.
  test.each(["interiorPoint", "simplex", "pdhg"] as const)("infeasible is not unbounded, by %s", (method) => {
    const t = Array.from({ length: 50 }, (_, i) => (2 * Math.PI * i) / 51);
    const A = [t.map((v) => Math.cos(v) - 1), t.map((v) => Math.sin(v))];
    const none = d.solveLP(
      { c: t.map(() => -1), A, l: [1, 1], u: [1, 1], lower: t.map(() => 0) },
      { method },
    );
    expect(none.status).toBe("primalInfeasible");
    expect(d.solveLP({ c: [-1, -1], A: [[1, -1]], u: [1], lower: [0, 0] }, { method }).status).toBe(
      "dualInfeasible",
    );
  });

  // scipy 5743, 6349, 7323, 9640, 18882, NLopt.jl 41: claimed solved.
  test.each(CONSTRAINED)("what has no solution is not claimed to be solved, by %s", (method) => {
    const square = (x: ArrayLike<number>) => x[0]! ** 2 + x[1]! ** 2;
    const problems: d.ConstrainedOptions[] = [
      { inequality: [(x) => -x[0]!, (x) => x[0]! - 1] },
      { equality: [(x) => x[0]! + x[1]! - 1], inequality: [(x) => x[0]! - 2], bounds: { lower: [0, 0] } },
      { inequality: [(x) => x[0]! - 1, (x) => -x[0]! - 1] },
      { inequality: [(x) => 12 - 3 * x[0]! - 2 * x[1]!, (x) => x[0]! - 10, (x) => x[1]! - 10] },
      // Its gradient is 0 at the start.
      { equality: [(x) => 1 - x[1]! ** 2 / 16 - 1e9 * x[0]! ** 2 * 0] },
    ];
    for (const problem of problems) {
      const r = d.minimizeConstrained(square, [0, 0], { ...problem, method });
      expect(r.success && r.violation > 1e-6).toBe(false);
      if (problem !== problems[4]) expect(r.reason).toBe("infeasible");
    }
  });
});

describe("draws", () => {
  // pystan 133: a simplex with small parts.
  test("R-hat is that of ranks in any unit", () => {
    const random = RNG();
    const chains = [0, 1].map(() => Float64Array.from({ length: 400 }, () => Math.exp(random.normal())));
    for (const unit of [2 ** -1000, 2 ** -60, 2 ** 60, 2 ** 700]) {
      const scaled = chains.map((chain) => chain.map((v) => v * unit));
      expect(d.rHat(scaled)).toBeCloseTo(d.rHat(chains), 12);
      expect(d.essBulk(scaled)).toBeCloseTo(d.essBulk(chains), 9);
    }
  });

  // rstan 769, 706, stan 2824: constant draws, NaN, one chain.
  test("R-hat of what does not move has no value", () => {
    const still = new Float64Array(8).fill(0.1);
    expect(d.rHat([still, still.map((v, i) => v * (1 + (i % 2) * Number.EPSILON))])).toBeNaN();
    expect(d.rHat([still, still.map(() => 0.2)])).not.toBeLessThan(1.5);
    expect(d.rHat([still.map(() => NaN)])).toBeNaN();
  });
});
