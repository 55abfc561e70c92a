// The simplex method: vertices with their bases, proofs, the path that a page draws, starts from a basis, and the factors beneath.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rows, transposed } from "../../src/constrained/program.js";
import { BasisFactor } from "../../src/constrained/simplex/basis-factor.js";
import {
  activeSet,
  type Basis,
  csrFromDense,
  iterateLP,
  lstsq,
  pdhg,
  simplex,
  solveLP,
  solveLPAsync,
  solveQP,
  verify,
} from "../../src/index.js";

const wyndor = {
  c: [-3, -5],
  A: [
    [1, 0],
    [0, 2],
    [3, 2],
  ],
  u: [4, 12, 18],
  lower: [0, 0],
};

type Given = {
  c: number[];
  A: number[][];
  l?: (number | null)[];
  u?: (number | null)[];
  lower?: (number | null)[];
  upper?: (number | null)[];
};

/** The sides that the basis says bind do, and they alone fix x: it solves their equations, whose rank is n. */
function expectVertex({ c, A, l, u, lower, upper }: Given, x: Float64Array, basis: Basis): void {
  const n = c.length;
  const rows: number[][] = [];
  const sides: number[] = [];
  const side = (at: number, lo: number | null | undefined, up: number | null | undefined) =>
    (at < 0 ? lo : up) ?? (at < 0 ? up : lo) ?? 0;
  for (let i = 0; i < A.length; i++) {
    if (basis.rows[i] === 0) continue;
    rows.push(A[i]!);
    sides.push(side(basis.rows[i]!, l?.[i], u?.[i]));
  }
  for (let j = 0; j < n; j++) {
    if (basis.variables[j] === 0) continue;
    rows.push(c.map((_, k) => (k === j ? 1 : 0)));
    sides.push(side(basis.variables[j]!, lower?.[j], upper?.[j]));
  }
  expect(rows.length).toBe(n);
  const solved = lstsq(rows, sides);
  expect(solved.rank).toBe(n);
  for (let j = 0; j < n; j++)
    expect(Math.abs(solved.x[j]! - x[j]!)).toBeLessThan(1e-7 * (1 + Math.abs(x[j]!)));
}

describe("vertices", () => {
  test("Wyndor Glass: basis, ranging and the same ranging as the interior point's", () => {
    const r = solveLP(wyndor, { method: "simplex" });
    expect([...r.x]).toEqual([2, 6]);
    expect(r.objective).toBe(-36);
    expect([...r.y]).toEqual([0, 1.5, 1]);
    expect([...(r.basis!.variables as Int8Array)]).toEqual([0, 0]);
    expect([...(r.basis!.rows as Int8Array)]).toEqual([0, 1, 1]);
    const other = solveLP(wyndor).ranging()!;
    const own = r.ranging()!;
    for (const key of ["costs", "rows"] as const)
      own[key].forEach(({ lower, upper }, i) => {
        for (const [a, b] of [
          [lower, other[key][i]!.lower],
          [upper, other[key][i]!.upper],
        ] as const)
          if (Number.isFinite(b)) expect(a).toBeCloseTo(b, 7);
          else expect(a).toBe(b);
      });
  });

  // G. B. Dantzig, Linear Programming and Extensions (1963), chapter 3-3, as in the library of GAMS: 153.675.
  test("Dantzig's transport problem, whose optimum is degenerate and has a ranging all the same", () => {
    const distance = [
      [2.5, 1.7, 1.8],
      [2.5, 1.8, 1.4],
    ];
    const c = distance.flat().map((d) => (90 * d) / 1000);
    const A = [
      [1, 1, 1, 0, 0, 0],
      [0, 0, 0, 1, 1, 1],
      [1, 0, 0, 1, 0, 0],
      [0, 1, 0, 0, 1, 0],
      [0, 0, 1, 0, 0, 1],
    ];
    const program = {
      c,
      A,
      l: [null, null, 325, 300, 275],
      u: [350, 600, null, null, null],
      lower: c.map(() => 0),
    };
    const r = solveLP(program, { method: "simplex" });
    expect(r.objective).toBeCloseTo(153.675, 10);
    expectVertex(program, r.x, r.basis!);
    expect(r.ranging()).not.toBeNull();
    expect(verify(program, r).ok).toBe(true);
  });

  test("of an optimal face one corner, where the interior point method stops between", () => {
    const face = { c: [1, 1, 1], A: [[1, 1, 1]], l: [1], u: [1], lower: [0, 0, 0] };
    const r = solveLP(face, { method: "simplex" });
    expect([...r.x].sort()).toEqual([0, 0, 1]);
    expect([...solveLP(face).x].filter((v) => v > 1e-6).length).toBe(3);
  });

  const value = fc.integer({ min: -4, max: 4 });
  const shape = fc.record({ n: fc.integer({ min: 1, max: 7 }), m: fc.integer({ min: 0, max: 7 }) });
  const program = shape.chain(({ n, m }) =>
    fc.record({
      c: fc.array(value, { minLength: n, maxLength: n }),
      A: fc.array(fc.array(value, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
      sides: fc.array(fc.tuple(value, fc.nat(4), fc.integer({ min: 0, max: 4 })), {
        minLength: n + m,
        maxLength: n + m,
      }),
    }),
  );
  test("statuses and optima of small degenerate programs are the interior point method's", {
    timeout: 30000,
  }, () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(program, fc.boolean(), ({ c, A, sides }, presolve) => {
        const [n, m] = [c.length, A.length];
        const low = sides.map(([v, , kind]) => (kind === 0 || kind === 4 ? null : v));
        const up = sides.map(([v, width, kind]) =>
          kind === 1 || kind === 4 ? null : v + (kind === 2 ? 0 : width),
        );
        const given: Given = {
          c,
          ...(m > 0 ? { A } : { A: [] as number[][] }),
          l: low.slice(n),
          u: up.slice(n),
          lower: low.slice(0, n),
          upper: up.slice(0, n),
        };
        const p = m > 0 ? given : { c, lower: given.lower!, upper: given.upper! };
        const r = solveLP(p, { method: simplex({ presolve }) });
        const other = solveLP(p);
        seen[r.status] = (seen[r.status] ?? 0) + 1;
        expect(verify(p, r).ok).toBe(true);
        // A program may be infeasible and unbounded at once: each is proved.
        if (r.status === "solved" || other.status === "solved") {
          expect(r.status).toBe(other.status);
          expect(r.reason).toBe("optimal");
          expect(Math.abs(r.objective - other.objective)).toBeLessThan(1e-7 * (1 + Math.abs(r.objective)));
          expectVertex(given, r.x, r.basis!);
        }
      }),
      { numRuns: 150, seed: 15 },
    );
    expect(Object.keys(seen).sort()).toEqual(["dualInfeasible", "primalInfeasible", "solved"]);
  });

  test("larger sparse ones, with bounds on both sides", () => {
    for (const seed of [1, 2, 3]) {
      let s = seed;
      const next = () => {
        s = (Math.imul(s, 1103515245) + 12345) & 0x7fffffff;
        return s / 0x40000000 - 1;
      };
      const [n, m] = [120, 60];
      const A = Array.from({ length: m }, () => Array.from({ length: n }, () => (next() > 0.8 ? next() : 0)));
      const x = Array.from({ length: n }, next);
      const at = A.map((row) => row.reduce((sum, v, j) => sum + v * x[j]!, 0));
      const p = {
        c: Array.from({ length: n }, next),
        A,
        l: at.map((v, i) => (i % 3 === 0 ? v : v - 1)),
        u: at.map((v, i) => (i % 3 === 0 ? v : v + 0.5)),
        lower: x.map((v) => v - 1),
        upper: x.map((v, j) => (j % 4 === 0 ? v + 100 : v + 1)),
      };
      const r = solveLP(p, { method: "simplex" });
      expect(r.reason).toBe("optimal");
      expect(verify(p, r, { tolerance: 1e-9 }).ok).toBe(true);
      expectVertex(p, r.x, r.basis!);
      expect(r.objective).toBeCloseTo(solveLP({ ...p, A: csrFromDense(A) }).objective, 6);
    }
  });
});

describe("no solution", () => {
  test.each([{}, { method: "simplex" as const }, { method: simplex({ presolve: false }) }])(
    "rows that contradict each other, and a ray: %o",
    (o) => {
      const contrary = {
        c: [1, 1],
        A: [
          [1, 1],
          [1, -1],
          [2, 0],
        ],
        l: [3, 1, null],
        u: [null, null, 3],
      };
      const r = solveLP(contrary, o);
      expect(r.status).toBe("primalInfeasible");
      expect(verify(contrary, r).ok).toBe(true);
      expect(r.basis).toBeUndefined();
      const open = { c: [-1, -1], A: [[1, -1]], l: [-1], u: [1], lower: [0, 0] };
      const ray = solveLP(open, o);
      expect(ray.status).toBe("dualInfeasible");
      expect(verify(open, ray).ok).toBe(true);
      expect(ray.certificate!.x![0]).toBeCloseTo(ray.certificate!.x![1]!, 10);
    },
  );
});

describe("the path", () => {
  // A polygon with seven sides.
  const angles = Array.from(
    { length: 7 },
    (_, k) =>
      [
        [1, 0],
        [0.6, 0.8],
        [0, 1],
        [-0.6, 0.8],
        [-1, 0],
        [0.28, -0.96],
        [0.8, 0.6],
      ][k]!,
  );
  const polygon = { c: [-2, -1], A: angles, u: [3, 3, 2.5, 3, 2, 0.5, 3.2], lower: [-10, -10] };

  test("each point that is shown is a corner of the sides, feasible ones with less and less to pay", () => {
    const path: { x: number[]; fun: number; violation: number }[] = [];
    const r = solveLP(polygon, {
      method: simplex({ presolve: false }),
      onIteration: ({ x, fun, stepNorm }) => void path.push({ x: [...x], fun, violation: stepNorm }),
    });
    expect(path.length).toBeGreaterThan(1);
    for (const { x, fun } of path) {
      const bind = angles.filter(
        (a, i) => Math.abs(a[0]! * x[0]! + a[1]! * x[1]! - polygon.u[i]!) < 1e-9,
      ).length;
      expect(bind + x.filter((v) => v === -10).length).toBeGreaterThanOrEqual(2);
      expect(fun).toBeCloseTo(-2 * x[0]! - x[1]!, 12);
    }
    const feasible = path.filter(({ violation }) => violation < 1e-12);
    for (let k = 1; k < feasible.length; k++)
      expect(feasible[k]!.fun).toBeLessThanOrEqual(feasible[k - 1]!.fun + 1e-12);
    for (const j of [0, 1]) expect(path.at(-1)!.x[j]).toBeCloseTo(r.x[j]!, 12);
  });

  test("pulled, asynchronous and plain runs agree, and limits end them at a vertex", async () => {
    const plain = solveLP(polygon, { method: "simplex" });
    const run = iterateLP(polygon, { method: "simplex" });
    run.next();
    const state = JSON.parse(JSON.stringify(run.state()));
    run.return?.();
    const again = iterateLP(polygon, { method: "simplex", resume: state });
    while (!again.next().done);
    expect([...again.result.x]).toEqual([...plain.x]);
    expect([...(await solveLPAsync(polygon, { method: simplex() })).x]).toEqual([...plain.x]);
    const short = solveLP(polygon, { method: simplex({ presolve: false }), maxIterations: 1 });
    expect(short.reason).toBe("maxIterations");
    expect(short.nit).toBe(1);
    expect(short.basis).toBeUndefined();
    expect(solveLP(polygon, { method: "simplex", signal: AbortSignal.abort() }).reason).toBe("abort");
  });
});

describe("options", () => {
  test("a start from the last basis takes few steps after a change of a side", () => {
    const n = 30;
    const A = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: n }, (__, j) => ((i * 7 + j * 3) % 11) / 5),
    );
    const p = {
      c: A[0]!.map((_, j) => -1 - ((j * 13) % 7)),
      A,
      u: A.map((_, i) => 10 + i),
      lower: A[0]!.map(() => 0),
    };
    const first = solveLP(p, { method: "simplex" });
    const u = p.u.map((v, i) => (i === 3 ? v + 0.01 : v));
    const cold = solveLP({ ...p, u }, { method: simplex({ presolve: false }) });
    const warm = solveLP({ ...p, u }, { method: simplex({ basis: first.basis! }) });
    expect(warm.objective).toBeCloseTo(cold.objective, 8);
    expect(warm.nit).toBeLessThan(cold.nit / 2);
    // Any numbers are a start.
    const odd = { variables: p.c.map(() => 0), rows: A.map(() => 0) };
    expect(solveLP(p, { method: simplex({ basis: odd }) }).objective).toBeCloseTo(first.objective, 8);
  });

  test("bad ones are refused", () => {
    const of = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return "";
    };
    expect(of(() => simplex({ presolve: 1 as never }))).toBe("OPTION");
    expect(of(() => simplex({ pivoting: 1 } as never))).toBe("OPTION");
    expect(
      of(() => solveLP(wyndor, { method: simplex({ basis: { variables: [0], rows: [0, 0, 0] } }) })),
    ).toBe("SHAPE");
    expect(of(() => solveLP(wyndor, { method: simplex({ basis: {} as never }) }))).toBe("SHAPE");
    const two = { variables: [0, 2], rows: [1, 1, 1] };
    expect(of(() => solveLP(wyndor, { method: simplex({ basis: two }) }))).toBe("OPTION");
    expect(of(() => solveLP(wyndor, { method: { name: "simplex", options: {} } as never }))).toBe("OPTION");
    expect(of(() => solveLP(wyndor, { method: activeSet() as never }))).toBe("OPTION");
    expect(of(() => solveQP({ P: [[1]], q: [1] }, { method: simplex() as never }))).toBe("OPTION");
    expect(solveLP(wyndor, { method: pdhg({ presolve: false }) }).objective).toBeCloseTo(-36, 5);
    expect(solveQP({ P: [[2]], q: [-4], A: [[1]], u: [1] }, { method: activeSet() }).x[0]).toBeCloseTo(1, 12);
  });
});

test("a column that is no pivot is dependent wherever it comes, and leaves the others as they are", () => {
  // In the nucleus, as no row and no column has one entry; below 1e-11 a pivot is none.
  const T = transposed(
    csrFromDense([
      [1e-12, 1, 3],
      [1e-12, 2, 1],
      [1e-12, 1, 2],
    ]) as unknown as Rows,
  );
  for (const head of [
    [0, 1, 2],
    [1, 0, 2],
    [1, 2, 0],
  ]) {
    const factor = new BasisFactor(T, 3, undefined);
    const open = factor.factor(Int32Array.from(head))!;
    expect(open.places).toEqual([head.indexOf(0)]);
    expect(open.rows.length).toBe(1);
    factor.release();
  }
});

test("the factors of a basis solve with it and its transpose, sizes 1 to 67, through changes and dependent columns", () => {
  let s = 5;
  const next = () => {
    s = (Math.imul(s, 1103515245) + 12345) & 0x7fffffff;
    return s / 0x40000000 - 1;
  };
  for (let m = 1; m <= 67; m++) {
    const n = m + 5;
    const dense = Array.from({ length: m }, () =>
      Array.from({ length: n }, () => (next() > 0.5 ? next() : 0)),
    );
    for (let i = 0; i < m; i++) dense[i]![n - 1] = dense[i]![n - 2]!;
    const A = csrFromDense(dense) as unknown as Rows;
    const T = transposed(A);
    const factor = new BasisFactor(T, m, undefined);
    const column = (j: number) =>
      j >= n ? dense.map((_, i) => (i === j - n ? -1 : 0)) : dense.map((row) => row[j]!);
    const head = Int32Array.from({ length: m }, (_, p) => (p % 2 === 0 ? n - 1 - p : n + p));
    for (let turn = 0; ; turn++) {
      const open = factor.factor(head);
      if (!open) break;
      expect(turn).toBeLessThan(4);
      expect(open.places.length).toBe(open.rows.length);
      open.places.forEach((p, k) => {
        head[p] = n + open.rows[k]!;
      });
    }
    const check = () => {
      const b = Array.from({ length: m }, next);
      factor.v.set(b);
      factor.forward();
      const x = factor.v.slice();
      for (let i = 0; i < m; i++) {
        let r = -b[i]!;
        let size = 1;
        for (let p = 0; p < m; p++) {
          r += column(head[p]!)[i]! * x[p]!;
          size = Math.max(size, Math.abs(x[p]!));
        }
        expect(Math.abs(r)).toBeLessThan(1e-10 * size * m);
      }
      factor.v.set(b);
      factor.backward();
      for (let p = 0; p < m; p++) {
        let r = -b[p]!;
        let size = 1;
        column(head[p]!).forEach((a, i) => {
          r += a * factor.v[i]!;
          size = Math.max(size, Math.abs(factor.v[i]!));
        });
        expect(Math.abs(r)).toBeLessThan(1e-10 * size * m);
      }
    };
    check();
    for (let k = 0; k < 4; k++) {
      const j = [...Array(n).keys()].find((c) => !head.includes(c))!;
      factor.v.set(column(j));
      factor.forward();
      const a = factor.v.slice();
      let r = 0;
      for (let p = 0; p < m; p++) if (Math.abs(a[p]!) > Math.abs(a[r]!)) r = p;
      if (Math.abs(a[r]!) < 1e-3) break;
      head[r] = j;
      expect(factor.change(r, a)).toBe(true);
      check();
    }
    factor.release();
  }
});
