// Programs that are known to be bad: on which the simplex method cycles or takes every vertex, whose gradients depend on each other, whose
// equations contradict each other. Each has the end that is honest.

import { describe, expect, test } from "vitest";
import { minimizeConstrained, solveLP, solveQP, verify } from "../../src/index.js";

const equations = (b: number[]) => ({ l: b, u: b });

describe("linear programs", () => {
  const cycling = {
    // E. M. L. Beale, Naval Research Logistics Quarterly 2 (1955) 269-275.
    Beale: {
      c: [0, 0, 0, -0.75, 20, -0.5, 6],
      A: [
        [1, 0, 0, 0.25, -8, -1, 9],
        [0, 1, 0, 0.5, -12, -0.5, 3],
        [0, 0, 1, 0, 0, 1, 0],
      ], // prettier-ignore
      ...equations([0, 0, 1]),
      optimum: -1.25,
    },
    // H. W. Kuhn's, in M. L. Balinski and A. W. Tucker, SIAM Review 11 (1969) 347-377.
    Kuhn: {
      c: [0, 0, 0, -2, -3, 1, 12],
      A: [
        [1, 0, 0, -2, -9, 1, 9],
        [0, 1, 0, 1 / 3, 1, -1 / 3, -2],
        [0, 0, 1, 2, 3, -1, -12],
      ], // prettier-ignore
      ...equations([0, 0, 2]),
      optimum: -2,
    },
    // K. T. Marshall and J. W. Suurballe, Naval Research Logistics Quarterly 16 (1969) 121-137.
    MarshallSuurballe: {
      c: [0, 0, 0, 0, -0.4, -0.4, 1.8],
      A: [
        [1, 0, 0, 0, 0.6, -6.4, 4.8],
        [0, 1, 0, 0, 0.2, -1.8, 0.6],
        [0, 0, 1, 0, 0.4, -1.6, 0.2],
        [0, 0, 0, 1, 0, 1, 0],
      ],
      ...equations([0, 0, 0, 1]),
      optimum: -2,
    },
  };

  test.each(Object.entries(cycling))("%s: on which the simplex method cycles", (_, { optimum, ...p }) => {
    const program = { ...p, lower: p.c.map(() => 0) };
    for (const method of ["interiorPoint", "pdhg", "simplex"] as const) {
      const r = solveLP(program, { method });
      expect(r.status).toBe("solved");
      expect(r.objective).toBeCloseTo(optimum, 6);
      expect(verify(program, r).ok).toBe(true);
    }
    // With a curvature that moves nothing the active-set methods take the same degenerate vertices.
    const n = p.c.length;
    const P = p.c.map((_c, i) => p.c.map((_d, j) => (i === j ? 1e-6 : 0)));
    const { c, ...rest } = program;
    for (const method of ["activeSet", "interiorPoint"] as const) {
      const q = solveQP({ ...rest, P, q: c }, { method });
      expect(q.status).toBe("solved");
      expect(q.objective).toBeCloseTo(optimum, 4);
      expect(q.x.length).toBe(n);
    }
  });

  test("Klee and Minty's cubes, of which the simplex method sees every vertex", () => {
    // max sum 10^(n-j) x_j, 2 sum_{j<i} 10^(i-j) x_j + x_i <= 100^(i-1): at (0, ..., 0, 100^(n-1)).
    for (let n = 2; n <= 6; n++) {
      const ten = (k: number) => Number(`1e${k}`);
      const program = {
        c: Array.from({ length: n }, (_, j) => -ten(n - 1 - j)),
        A: Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (_, j) => (j < i ? 2 * ten(i - j) : j === i ? 1 : 0)),
        ),
        u: Array.from({ length: n }, (_, i) => ten(2 * i)),
        lower: new Float64Array(n),
      };
      const r = solveLP(program);
      expect(r.status).toBe("solved");
      expect(r.objective / -ten(2 * (n - 1))).toBeCloseTo(1, 8);
      expect(r.nit).toBeLessThan(40);
      expect(verify(program, r).ok).toBe(true);
    }
  });

  test("equations that contradict each other, that repeat each other, and none", () => {
    const bad = {
      c: [1, 1],
      A: [
        [1, 1],
        [2, 2],
        [1, -1],
      ],
      ...equations([1, 3, 0]),
    }; // prettier-ignore
    const r = solveLP(bad);
    expect(r.status).toBe("primalInfeasible");
    expect(r.conflict).toEqual([0, 1]);
    expect(verify(bad, r).ok).toBe(true);
    const P = [
      [1, 0],
      [0, 1],
    ]; // prettier-ignore
    for (const method of ["activeSet", "interiorPoint", "admm"] as const) {
      const same = solveQP(
        {
          P,
          q: [0, 0],
          A: [
            [1, 1],
            [2, 2],
          ],
          ...equations([1, 2]),
        },
        { method },
      ); // prettier-ignore
      expect(same.status).toBe("solved");
      expect(same.x[0]).toBeCloseTo(0.5, 6);
      expect(
        solveQP(
          {
            P,
            q: [1, 1],
            A: [
              [1, 1],
              [1, 1],
            ],
            ...equations([1, 2]),
          },
          { method },
        ).status,
      ).toBe("primalInfeasible");
    }
  });
});

describe("a large tolerance is of the gap alone", () => {
  test("rows are met to 1e-6 whatever it is, and the claim holds for it", () => {
    let s = 9;
    const next = () => {
      s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
      return s / 2147483648 - 1;
    };
    for (let k = 0; k < 12; k++) {
      const [n, m] = [30, 20];
      const A = Array.from({ length: m }, () => Array.from({ length: n }, next));
      const x = Array.from({ length: n }, () => Math.max(0, next()));
      const b = A.map((a) => a.reduce((t, v, j) => t + v * x[j]!, 0));
      // Costs of which some multipliers are the prices: solvable.
      const y = Array.from({ length: m }, next);
      const c = x.map((v, j) => A.reduce((t, a, i) => t + a[j]! * y[i]!, 0) + (v > 0 ? 0 : Math.abs(next())));
      const program = { c, A, ...equations(b), lower: new Float64Array(n) };
      for (const tolerance of [1e-2, 1e-4]) {
        const r = solveLP(program, { method: "pdhg", tolerance });
        expect([r.status, r.tolerance]).toEqual(["solved", tolerance]);
        expect(Math.max(r.primalResidual, r.dualResidual)).toBeLessThanOrEqual(1e-6);
        expect(verify(program, r, { tolerance }).ok).toBe(true);
        expect(r.message).toContain(tolerance === 1e-2 ? "0.01" : "0.0001");
      }
      const P = c.map((_, i) => c.map((_d, j) => (i === j && i % 2 ? 1 : 0)));
      const { c: q, ...rest } = program;
      const r = solveQP({ ...rest, P, q }, { method: "admm", tolerance: 1e-4 });
      expect(r.status).toBe("solved");
      expect(r.primalResidual).toBeLessThanOrEqual(1e-6);
      expect(verify({ ...rest, P, q }, r, { tolerance: 1e-4 }).ok).toBe(true);
    }
  });
});

const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;

describe("nonlinear programs", () => {
  test.each(methods)(
    "%s: no multipliers at the solution (Kuhn and Tucker's cusp): near it, and nothing wrong claimed",
    (method) => {
      // min -x, y <= (1 - x)^3, y >= 0: at (1, 0), where both gradients are along y.
      const problem = {
        f: ([x]: Float64Array) => -x!,
        inequality: [([x, y]: Float64Array) => (1 - x!) * (1 - x!) * (1 - x!) - y!],
        bounds: { lower: [0, 0] },
      };
      const { f, ...o } = problem;
      const r = minimizeConstrained(f, [0.2, 0.3], { ...o, method });
      expect(r.violation).toBeLessThan(1e-6);
      expect(r.x[0]).toBeCloseTo(1, 1);
      if (r.success) expect(Math.abs(r.x[0]! - 1)).toBeLessThan(1e-2);
      if (r.success) expect(verify(r, problem).ok).toBe(true);
    },
  );

  test.each(methods)("%s: rows that repeat each other have multipliers that sum up", (method) => {
    const row = ([x, y]: Float64Array) => x! + y! - 1;
    const f = ([x, y]: Float64Array) => x! * x! + y! * y!;
    const r = minimizeConstrained(f, [3, -1], { inequality: [row, (x) => 2 * row(x), row], method });
    expect(r.status).toBe("converged");
    expect(r.x[0]).toBeCloseTo(0.5, 6);
    const [a, b, c] = r.multipliers.inequality;
    expect(a! + 2 * b! + c!).toBeCloseTo(1, 5);
    const same = minimizeConstrained(f, [3, -1], { equality: [row, (x) => 2 * row(x)], method });
    expect(same.status).toBe("converged");
    expect(same.x[1]).toBeCloseTo(0.5, 6);
  });

  test.each(methods)("%s: equations that contradict each other end as infeasible", (method) => {
    const f = ([x, y]: Float64Array) => x! * x! + y! * y!;
    const row = (b: number) => (x: Float64Array) => x[0]! + x[1]! - b;
    const r = minimizeConstrained(f, [3, -1], { equality: [row(1), row(2)], method });
    expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
    // Any of the points between has the least sum of violations.
    expect(r.violation).toBeLessThanOrEqual(1 + 1e-6);
    const curved = ([x, y]: Float64Array) => x! * x! + y! * y!;
    const apart = { equality: [(x: Float64Array) => curved(x) - 1, (x: Float64Array) => curved(x) - 4] };
    const s = minimizeConstrained(([x]) => x!, [1, 1], { ...apart, method });
    expect([s.status, s.reason]).toEqual(["failed", "infeasible"]);
  });
});
