// minimizeConstrained with sparse derivatives: large programs with known solutions, and the same answers as with full matrices.

import { describe, expect, test } from "vitest";
import type { ConstraintParts, SparseObjective } from "../../src/constrained/nonlinear/problem.js";
import { csr, minimizeConstrained, verify } from "../../src/index.js";
import { catenary, chain, lukvle1, pattern } from "./sparse-programs.js";

/** The same constraint with full matrices. */
function full(c: ConstraintParts, n: number): ConstraintParts {
  const spread = (
    p: { rowPtr: ArrayLike<number>; colIdx: ArrayLike<number> },
    v: Float64Array,
    out: Float64Array,
    both: boolean,
  ) => {
    out.fill(0);
    for (let i = 0; i + 1 < p.rowPtr.length; i++)
      for (let k = p.rowPtr[i]!; k < p.rowPtr[i + 1]!; k++) {
        out[i * n + p.colIdx[k]!] = v[k]!;
        if (both) out[p.colIdx[k]! * n + i] = v[k]!;
      }
  };
  const [J, H] = [c.jacobianPattern!, c.hessPattern!];
  return {
    count: c.count,
    fun: c.fun,
    jacobian(x, out) {
      const v = new Float64Array(J.colIdx.length);
      c.jacobian!(x, v);
      spread(J, v, out, false);
    },
    hess(x, w, out) {
      const v = new Float64Array(H.colIdx.length);
      c.hess!(x, w, v);
      spread(H, v, out, true);
    },
  };
}

const fullObjective = (f: SparseObjective, n: number): SparseObjective => {
  const like = full(
    {
      count: 0,
      fun: () => undefined,
      jacobian: () => undefined,
      jacobianPattern: { rowPtr: [0], colIdx: [] },
      hess: (x, _w, out) => f.hess!(x, out),
      hessPattern: f.hessPattern,
    },
    n,
  ); // prettier-ignore
  return { fun: f.fun, grad: f.grad, hess: (x, out) => like.hess!(x, new Float64Array(0), out) };
};

describe("large programs", () => {
  test("LUKVLE1 in 10,000 variables: the minimum that the small one has too, and the one at (1, ..., 1)", () => {
    const { f, equality, x0 } = lukvle1(10_000);
    const r = minimizeConstrained(f, x0, { equality });
    expect([r.status, r.method, r.hessian]).toEqual(["converged", "interiorPoint", "exact"]);
    // 6.23246 is what the tables of CUTE's solvers have from this start.
    expect(r.fun).toBeCloseTo(6.23246, 5);
    expect(r.violation).toBeLessThan(1e-8);
    expect(verify(r, { f, equality }).ok).toBe(true);
    const small = lukvle1(12);
    const s = minimizeConstrained(small.f, small.x0, { equality: small.equality, method: "sqp" });
    expect(Math.abs(s.fun - r.fun)).toBeLessThan(1e-7);
    const other = lukvle1(1000);
    const near = minimizeConstrained(other.f, new Float64Array(1000).fill(1.1), { equality: other.equality });
    expect(near.status).toBe("converged");
    expect(near.fun).toBeLessThan(1e-12);
    expect(Math.max(...near.x.map((v) => Math.abs(v - 1)))).toBeLessThan(1e-6);
  });

  test("the hanging chain in 10,002 variables is the catenary to the error of its rule", () => {
    const energy = catenary();
    const errors = [2500, 5000].map((steps) => {
      const { f, x0, ...o } = chain(steps);
      const r = minimizeConstrained(f, x0, o);
      expect(r.status).toBe("converged");
      expect(verify(r, { f, ...o }).ok).toBe(true);
      return r.fun - energy;
    });
    expect(errors[1]).toBeGreaterThan(0);
    expect(errors[1]).toBeLessThan(2e-6);
    // Of second order.
    expect(errors[0]! / errors[1]!).toBeGreaterThan(3.5);
  });

  test("a Hessian that must be corrected: every number of steps arrives", () => {
    for (const steps of [450, 500, 600, 700, 1000]) {
      const { f, x0, ...o } = chain(steps);
      const r = minimizeConstrained(f, x0, { ...o, method: "interiorPoint" });
      expect(r.status).toBe("converged");
      expect(r.fun - catenary()).toBeLessThan(1.3e-4);
    }
  });
});

describe("patterns", () => {
  test("give what full matrices give, by every method", () => {
    const n = 12;
    const { f, equality, x0 } = lukvle1(n);
    const dense = { f: fullObjective(f, n), equality: full(equality, n) };
    for (const method of ["interiorPoint", "sqp", "augmentedLagrangian"] as const) {
      const a = minimizeConstrained(f, x0, { equality, method });
      const b = minimizeConstrained(dense.f, x0, { equality: dense.equality, method });
      expect(a.status).toBe(b.status);
      expect(a.nit).toBe(b.nit);
      expect(Math.max(...a.x.map((v, j) => Math.abs(v - b.x[j]!)))).toBeLessThan(1e-7);
    }
    // Only a part has a pattern: full matrices throughout.
    const mixed = minimizeConstrained(dense.f, x0, { equality, method: "interiorPoint" });
    expect(mixed.fun).toBeCloseTo(6.2324586, 6);
  });

  test("inequalities, bounds, fixed variables and sparse linear rows", () => {
    // min sum (x_j - j)^2 / 2, x_0^2 + x_1^2 <= 1, x_2 + x_3 <= 4, x_4 = 1: projections in each block.
    const n = 5;
    const f: SparseObjective = {
      fun: (x) => x.reduce((s, v, j) => s + ((v - j - 1) * (v - j - 1)) / 2, 0),
      hessPattern: pattern([[0], [1], [2], [3], [4]]),
    };
    f.grad = (x, g) => {
      for (let j = 0; j < n; j++) g[j] = x[j]! - j - 1;
    };
    f.hess = (_x, out) => {
      out.fill(1);
    };
    const inequality: ConstraintParts = {
      count: 1,
      fun: (x, out) => {
        out[0] = 1 - x[0]! * x[0]! - x[1]! * x[1]!;
      },
      jacobian: (x, out) => {
        out[0] = -2 * x[0]!;
        out[1] = -2 * x[1]!;
      },
      jacobianPattern: pattern([[0, 1]]),
      hess: (_x, w, out) => {
        out.fill(-2 * w[0]!);
      },
      hessPattern: pattern([[0], [1], [], [], []]),
    };
    const A = csr({ rows: 1, cols: n, rowPtr: [0, 2], colIdx: [2, 3], values: [1, 1] });
    const bounds = { lower: [-9, -9, -9, -9, 1], upper: [9, 9, 9, 9, 1] };
    const o = { inequality, linear: { A, u: 4 }, bounds };
    const root = Math.sqrt(5);
    for (const method of ["interiorPoint", "sqp", "augmentedLagrangian"] as const) {
      const r = minimizeConstrained(f, [0.5, 0.1, 0, 0, 1], { ...o, method });
      expect(r.status).toBe("converged");
      [1 / root, 2 / root, 1.5, 2.5, 1].forEach((v, j) => {
        expect(r.x[j]).toBeCloseTo(v, 6);
      });
      // x_0 - 1 = -2 lambda x_0, x_2 - 3 = the multiplier of the row.
      expect(r.multipliers.inequality[0]).toBeCloseTo((root - 1) / 2, 6);
      expect(r.multipliers.linear[0]).toBeCloseTo(-1.5, 6);
      expect(verify(r, { f, ...o }).ok).toBe(true);
    }
  });

  test("a large program without a feasible point ends as infeasible", () => {
    const n = 200;
    const diagonal = {
      rowPtr: Array.from({ length: n + 1 }, (_, i) => i),
      colIdx: Array.from({ length: n }, (_, i) => i),
    };
    const f: SparseObjective = {
      fun: (x) => x.reduce((s, v) => s + v, 0),
      grad: (_x, g) => {
        g.fill(1);
      },
      hess: () => undefined,
      hessPattern: { rowPtr: new Int32Array(n + 1), colIdx: [] },
    };
    const equality: ConstraintParts = {
      count: n,
      fun(x, c) {
        for (let i = 0; i < n; i++) c[i] = x[i]! * x[i]! + 1;
      },
      jacobian(x, out) {
        for (let i = 0; i < n; i++) out[i] = 2 * x[i]!;
      },
      jacobianPattern: diagonal,
      hess(_x, w, out) {
        for (let i = 0; i < n; i++) out[i] = 2 * w[i]!;
      },
      hessPattern: diagonal,
    };
    const r = minimizeConstrained(f, new Float64Array(n).fill(1.5), { equality, method: "interiorPoint" });
    expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
    expect(r.violation).toBeGreaterThanOrEqual(1);
  });

  test("are refused where they are wrong", () => {
    const { f, equality, x0 } = lukvle1(8);
    const go =
      (change: Partial<ConstraintParts>, g: object = f) =>
      () =>
        minimizeConstrained(g as SparseObjective, x0, { equality: { ...equality, ...change } });
    expect(go({ jacobian: undefined })).toThrow(/jacobianPattern is given without jacobian/);
    expect(go({ hess: undefined })).toThrow(/hessPattern is given without hess/);
    expect(go({}, { ...f, hess: undefined })).toThrow(/f.hessPattern is given without hess/);
    expect(go({ jacobianPattern: { rowPtr: [0, 1], colIdx: [0] } })).toThrow(/rowPtr/);
    expect(go({ jacobianPattern: null as never })).toThrow(/the pattern/);
    const upper = { rowPtr: [0, 1, 2, 3, 4, 5, 6, 7, 8], colIdx: [1, 1, 2, 3, 4, 5, 6, 7] };
    expect(go({ hessPattern: upper })).toThrow(/above the diagonal/);
    const large = lukvle1(10_000);
    const dense = () => minimizeConstrained(large.f, large.x0, { equality: large.equality, method: "sqp" });
    expect(dense).toThrow(/sparse derivatives throughout/);
  });
});
