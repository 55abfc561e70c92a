// Parts of the convex methods alone: scaling, new numbers of a session, the polish of ADMM, proofs, columns of a regression matrix, singular
// values, each against its definition in full matrices.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../../src/constrained/attempts.js";
import { farkas, ray } from "../../src/constrained/certificates.js";
import { readProgram } from "../../src/constrained/input.js";
import type { Program, Rows } from "../../src/constrained/program.js";
import { readTable } from "../../src/constrained/proximal/columns.js";
import { singularValues } from "../../src/constrained/proximal/nuclear.js";
import { ProximalPolish } from "../../src/constrained/proximal-polish.js";
import { equilibrate } from "../../src/constrained/scaling.js";
import { admm, csrFromDense, model, project, prox, qpSession, solveLP, solveQP } from "../../src/index.js";
import { Random } from "../../src/random/philox.js";

const most = (v: Iterable<number>) => [...v].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
const full = ({ rows, cols, rowPtr, colIdx, values }: Rows): number[][] =>
  Array.from({ length: rows }, (_, i) => {
    const row = new Array<number>(cols).fill(0);
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) row[colIdx[k]!] = values[k]!;
    return row;
  });

/** A feasible program with entries of many sizes, P positive definite or none. */
function programOf(seed: number, quadratic: boolean, decades: number): Program {
  const random = new Random(seed, 8);
  const [n, m] = [1 + random.below(6), 1 + random.below(5)];
  const size = () => 10 ** (decades * (random.uniform() - 0.5));
  const [byRow, byCol] = [Array.from({ length: m }, size), Array.from({ length: n }, size)];
  const A = byRow.map((r, i) =>
    byCol.map((c, j) =>
      i === j || random.below(2) ? r * c * (0.5 + random.uniform()) * (random.below(2) ? 1 : -1) : 0,
    ),
  );
  const x = byCol.map((c) => random.normal() / c);
  const rows = A.map((row) => row.reduce((s, v, j) => s + v * x[j]!, 0));
  const B = byCol.map(() => byCol.map(() => random.normal()));
  const P = byCol.map((a, i) =>
    byCol.map((b, j) => a * b * (B.reduce((s, row) => s + row[i]! * row[j]!, 0) + (i === j ? 1 : 0))),
  );
  const room = () => 1 + random.uniform();
  const sides = {
    A,
    l: rows.map((v, i) => v - byRow[i]! * room()),
    u: rows.map((v, i) => (random.below(3) ? v + byRow[i]! * room() : Infinity)),
    lower: x.map((v, j) => v - room() / byCol[j]!),
    upper: x.map((v, j) => v + room() / byCol[j]!),
  };
  const q = byCol.map((c) => 5 * c * random.normal());
  return readProgram(quadratic ? "solveQP" : "solveLP", quadratic ? { P, q, ...sides } : { c: q, ...sides });
}

describe("scaling", () => {
  test("the scaled program is the given one exactly, by powers of two, with columns, rows and costs of size 1", () => {
    const ranges: number[] = [];
    for (let seed = 0; seed < 80; seed++) {
      const quadratic = seed % 2 === 0;
      const p = programOf(seed, quadratic, 3);
      const { program: s, D, E, cost } = equilibrate(p);
      for (const v of [...D, ...E, cost]) expect(Number.isInteger(Math.log2(v))).toBe(true);
      const A = full(s.A);
      expect(A).toEqual(full(p.A).map((row, i) => row.map((v, j) => E[i]! * v * D[j]!)));
      if (quadratic)
        expect(full(s.P!)).toEqual(full(p.P!).map((row, i) => row.map((v, j) => cost * D[i]! * v * D[j]!)));
      expect(Array.from(s.q)).toEqual(Array.from(p.q, (v, j) => cost * D[j]! * v));
      for (const [to, from, by] of [
        [s.l, p.l, E],
        [s.u, p.u, E],
      ] as const)
        expect(Array.from(to)).toEqual(Array.from(from, (v, i) => v * by[i]!));
      for (const [to, from] of [
        [s.lower, p.lower],
        [s.upper, p.upper],
      ] as const)
        expect(Array.from(to)).toEqual(Array.from(from, (v, j) => v / D[j]!));
      // Costs: the largest, or the mean of what is largest in each row of P, is 1 but for the power of two.
      const ofP = quadratic ? full(s.P!).reduce((t, row) => t + most(row), 0) / s.n : 0;
      const size = Math.max(most(s.q), ofP);
      expect(size >= 1 / 1.5 - 1e-12 && size <= 1.5 + 1e-12).toBe(true);
      // Rows of A are of size 1, but for two powers of two each within 1.5 and what is left after the turns.
      ranges.push(...A.map(most).filter((v) => v > 0));
    }
    const end = 1.05 * 1.5 * 1.5;
    expect(Math.min(...ranges)).toBeGreaterThan(1 / end);
    expect(Math.max(...ranges)).toBeLessThan(end);
  });
  test("of a program whose costs are in P alone, the size is that of all its rows", () => {
    const { program, cost } = equilibrate(
      readProgram("solveQP", {
        P: [
          [3, 0],
          [0, 1e-9],
        ],
        q: [0, 0],
        lower: [-1, -1],
        upper: [1, 1],
      }),
    );
    const mean = (program.P!.values[0]! + program.P!.values[1]!) / 2;
    expect(mean >= 1 / 1.5 && mean <= 1.5).toBe(true);
    expect(cost).toBeGreaterThan(0);
  });
});

describe("new numbers of a session", () => {
  const numbers = (a: number, b: number, p: number, r: number) => ({
    P: [
      [p, 1],
      [1, r],
    ],
    A: [
      [a, 1],
      [1, b],
    ],
  });
  const rest = { q: [-2, -5], u: [3, 2], lower: [-1, -1] };
  const [before, after] = [numbers(1, 3, 4, 6), numbers(-2, 0.5, 20, 3)];
  test.each(["activeSet", "admm"] as const)(
    "%s: every row of P and of A is the new one, and its own method goes on",
    (method) => {
      for (const what of [{ A: after.A }, { P: after.P }, after]) {
        const session = qpSession({ ...before, ...rest }, { method });
        session.solve();
        const r = session.update(what).solve();
        const fresh = solveQP({ ...before, ...what, ...rest });
        expect([r.status, r.method]).toEqual(["solved", method]);
        for (const [j, v] of fresh.x.entries()) expect(r.x[j]).toBeCloseTo(v, 6);
        session.dispose();
      }
    },
  );
  test("entries may become 0, others may not come", () => {
    const session = qpSession({
      P: [
        [2, 0, 1],
        [0, 2, 0],
        [1, 0, 2],
      ],
      q: [-2, -5, 1],
      A: csrFromDense([
        [1, 2, 0],
        [0, 1, 3],
      ]),
      u: [3, 2],
    });
    const A = [
      [0, 2, 0],
      [0, 0, 3],
    ];
    const fresh = solveQP({
      P: [
        [2, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
      ],
      q: [-2, -5, 1],
      A,
      u: [3, 2],
    });
    const P = [
      [2, 0, 0],
      [0, 2, 0],
      [0, 0, 2],
    ];
    for (const x of [session.update({ A, P }).solve().x])
      for (const [j, v] of fresh.x.entries()) expect(x[j]).toBeCloseTo(v, 7);
    for (const wrong of [
      [
        [0, 2, 1],
        [0, 0, 3],
      ],
      [
        [1, 2, 0],
        [1, 1, 3],
      ],
      [
        [1, 2],
        [0, 1],
      ],
      [[1, 2, 0]],
    ])
      expect(() => session.update({ A: wrong })).toThrow("A has another pattern than before");
    expect(() =>
      session.update({
        P: [
          [2, 1, 1],
          [1, 2, 0],
          [1, 0, 2],
        ],
      }),
    ).toThrow("P has another pattern than before");
    session.dispose();
  });
});

test("the proximal polish takes a rough point to the solution, whatever the sides it is told", () => {
  for (let seed = 0; seed < 40; seed++) {
    const quadratic = seed % 3 > 0;
    const p = programOf(seed, quadratic, 0);
    const given = { A: full(p.A), l: p.l, u: p.u, lower: p.lower, upper: p.upper };
    const exact = quadratic ? solveQP({ P: full(p.P!), q: p.q, ...given }) : solveLP({ c: p.q, ...given });
    const polish = ProximalPolish.make(p, 1e-2, undefined)!;
    const random = new Random(seed);
    const near = exact.x.map((v, j) =>
      Math.min(p.upper[j]!, Math.max(p.lower[j]!, v + 0.1 * random.normal())),
    );
    expect(polish.run(near, new Int8Array(p.n + p.m)), `${seed}`).toBe(true);
    const f =
      polish.x.reduce((s, v, j) => s + v * p.q[j]!, 0) +
      (quadratic
        ? full(p.P!).reduce(
            (s, row, i) => s + (polish.x[i]! * row.reduce((t, v, j) => t + v * polish.x[j]!, 0)) / 2,
            0,
          )
        : 0);
    expect(f, `${seed}`).toBeCloseTo(exact.objective, 8);
    full(p.A).forEach((row, i) => {
      const v = row.reduce((s, a, j) => s + a * polish.x[j]!, 0);
      expect(v > p.l[i]! - 1e-8 && v < p.u[i]! + 1e-8).toBe(true);
    });
    expect(polish.x.every((v, j) => v >= p.lower[j]! && v <= p.upper[j]!)).toBe(true);
    for (const [i, y] of exact.y.entries()) expect(polish.y[i], `${seed}`).toBeCloseTo(y, 5);
    polish.release();
  }
});

test("the tolerance is 1e-6; without it the run goes on to 1e-10, pdhg to 1e-7, admm nowhere (ConvexSettings)", () => {
  const goal = { interiorPoint: 1e-10, activeSet: 1e-10, simplex: 1e-10, pdhg: 1e-7, admm: 1e-6 };
  for (const [name, [usual, aim]] of Object.entries(DEFAULTS))
    expect([name, usual, aim]).toEqual([name, 1e-6, goal[name as keyof typeof goal]]);
});

describe("proofs", () => {
  // x + y >= 3 in the unit square, and x - y <= 5 beside it.
  const impossible = readProgram("solveLP", {
    c: [1, 1],
    A: [
      [1, 1],
      [1, -1],
    ],
    l: [3, -Infinity],
    u: [Infinity, 5],
    lower: [0, 0],
    upper: [1, 1],
  });
  test("Farkas: multipliers of rows and bounds add up to nothing, their sides to less than 0", () => {
    const { y, z, value, radius } = farkas(impossible, Float64Array.of(-2, 0));
    expect([[...y], [...z], value, radius]).toEqual([[-2, 0], [2, 2], -2 * 3 + 2 * 1 + 2 * 1, Infinity]);
    // A multiplier of a side that is not there is none.
    expect(farkas(impossible, Float64Array.of(2, -1))).toMatchObject({
      y: Float64Array.of(0, 0),
      value: 0,
      radius: 0,
    });
    // Without the bound of y: what is wrong, 2 of y's own terms 2, counts in full.
    const open = { ...impossible, upper: Float64Array.of(1, Infinity) };
    expect(farkas(open, Float64Array.of(-2, 0))).toMatchObject({ value: -4, radius: 4 / (2 * 1e3) });
    // 1e-5 of its terms: not more than inexact multipliers leave.
    const nearly = readProgram("solveLP", {
      c: [1, 1],
      A: [
        [1, 1 + 1e-5],
        [1, 1],
      ],
      l: [3, -Infinity],
      u: [Infinity, 1],
      lower: [0, -Infinity],
    });
    expect(farkas(nearly, Float64Array.of(-1, 1)).radius).toBeCloseTo(2 / 1e-5, 0);
  });
  test("a ray: the objective falls along it, and nothing minds", () => {
    const p = readProgram("solveLP", { c: [-4, 1], A: [[1, -1]], u: [5], lower: [0, 0] });
    expect(ray(p, Float64Array.of(1, 1))).toEqual({ slope: -3, radius: Infinity });
    // The row grows by 1 of 3: 3 / 4 / (1 * 1e3).
    expect(ray(p, Float64Array.of(2, 1))).toEqual({ slope: -7, radius: 7 / 4 / 1e3 });
    expect(ray(p, Float64Array.of(0, 1))).toEqual({ slope: 1, radius: 0 });
    const curved = readProgram("solveQP", {
      P: [
        [2, 0],
        [0, 0],
      ],
      q: [0, -1],
    });
    expect(ray(curved, Float64Array.of(0, 1))).toEqual({ slope: -1, radius: Infinity });
    expect(ray(curved, Float64Array.of(1, 1)).radius).toBe(1 / (2 * 1e3));
  });
});

test("columns of a regression matrix, dense and sparse, centred or not, are those of the matrix", () => {
  const random = new Random(4);
  const [m, n] = [11, 4];
  const A = Array.from({ length: m }, () =>
    Array.from({ length: n }, () => (random.below(2) ? random.normal() + 1 : 0)),
  );
  const b = A.map(() => random.normal() + 2);
  const chosen = [3, 0, 7, 10, 5];
  for (const center of [false, true])
    for (const given of [A, csrFromDense(A)])
      for (const rows of [null, chosen]) {
        const whole = readTable("test", given, b);
        const table = rows ? whole.part(rows) : whole;
        const own = rows ? rows.map((i) => A[i]!) : A;
        const right = rows ? rows.map((i) => b[i]!) : b;
        const mean = (v: number[]) => (center ? v.reduce((s, each) => s + each, 0) / v.length : 0);
        const columns = Array.from({ length: n }, (_, j) => own.map((row) => row[j]!));
        const a = columns.map((column) => column.map((v) => v - mean(column)));
        const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
          Array.from(x).reduce((s, v, i) => s + v * y[i]!, 0);
        const { columns: c, means, mean: ofB } = table.columns(center);
        expect([c.m, c.n, table.m, table.n]).toEqual([own.length, n, own.length, n]);
        expect(ofB).toBeCloseTo(mean(right), 12);
        right.forEach((v, i) => {
          expect(c.b[i]).toBeCloseTo(v - mean(right), 12);
        });
        // Residuals are centred where the columns are.
        const r = Float64Array.from(c.b, (v, i) => v * (1 + (i % 3)));
        const shift = mean([...r]);
        for (let i = 0; i < r.length; i++) r[i]! -= shift;
        const x = Float64Array.from({ length: n }, () => random.normal());
        for (let i = 0; i < n; i++) {
          expect(means[i]).toBeCloseTo(mean(columns[i]!), 12);
          expect(c.squares[i]).toBeCloseTo(dot(a[i]!, a[i]!), 11);
          expect(c.along(i, r)).toBeCloseTo(dot(a[i]!, r), 11);
          for (let j = 0; j < n; j++) expect(c.inner(i, j)).toBeCloseTo(dot(a[i]!, a[j]!), 11);
          const less = r.slice();
          c.subtract(i, 0.7, less);
          const out = new Float64Array(2 * own.length + 3).fill(-99);
          c.fill(i, out, 3, 2);
          own.forEach((_, k) => {
            expect(less[k]).toBeCloseTo(r[k]! - 0.7 * a[i]![k]!, 12);
            expect(out[3 + 2 * k]).toBeCloseTo(a[i]![k]!, 12);
            expect(out[2 + 2 * k]).toBe(-99);
          });
        }
        own.forEach((row, i) => {
          expect(table.row(i, x, means)).toBeCloseTo(
            row.reduce((s, v, j) => s + (v - means[j]!) * x[j]!, 0),
            12,
          );
        });
      }
});

describe("singular values", () => {
  test("of the Lauchli matrix and of a graded one, each to its own relative accuracy", () => {
    // P. Lauchli, Numer. Math. 3 (1961) 226: ones over e I have sqrt(n + e^2), e, ..., e.
    for (const e of [1e-3, 1e-12]) {
      const rows = [
        [1, 1, 1],
        [e, 0, 0],
        [0, e, 0],
        [0, 0, e],
      ];
      for (const x of [rows, [0, 1, 2].map((j) => rows.map((row) => row[j]!))]) {
        const s = [...singularValues(x.length, x[0]!.length, x.flat())].sort((a, b) => b - a);
        expect(s.length).toBe(3);
        for (const [k, v] of [Math.sqrt(3 + e * e), e, e].entries()) expect(s[k]! / v).toBeCloseTo(1, 11);
      }
    }
    // D times a rotation has the entries of D, in any order of signs.
    for (const [c, s] of [
      [0.6, 0.8],
      [0.8, -0.6],
      [-0.28, 0.96],
      [Math.SQRT1_2, Math.SQRT1_2],
    ] as const) {
      const [low, high] = [...singularValues(2, 2, [3 * c, 3 * s, -1e-8 * s, 1e-8 * c])].sort(
        (a, b) => a - b,
      );
      expect([low! / 1e-8, high! / 3]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
    }
  });
  test("of 30 x 20 numbers with those given", () => {
    // Reflections I - 2 v v' / |v|^2 on either side of a diagonal matrix.
    const random = new Random(9);
    const reflect = (x: number[][]): number[][] => {
      const v = x.map(() => random.normal());
      const length = v.reduce((s, each) => s + each * each, 0);
      const along = x[0]!.map((_, j) => (2 * x.reduce((s, row, i) => s + v[i]! * row[j]!, 0)) / length);
      return x.map((row, i) => row.map((each, j) => each - v[i]! * along[j]!));
    };
    const turned = (x: number[][]) => x[0]!.map((_, j) => x.map((row) => row[j]!));
    const given = Array.from({ length: 20 }, (_, k) => 1 + 0.1 * k * k);
    let x = Array.from({ length: 30 }, (_, i) => given.map((v, j) => (i === j ? v : 0)));
    for (let k = 0; k < 4; k++) x = turned(reflect(turned(reflect(x))));
    for (const each of [x, turned(x)]) {
      const s = [...singularValues(each.length, each[0]!.length, each.flat())].sort((a, b) => a - b);
      for (const [k, v] of given.entries()) expect(s[k]! / v).toBeCloseTo(1, 12);
    }
  });
  test("their squares add up to the squares of the entries, their product is the determinant, and the second invariant is that of X'X", () => {
    const entry = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 9, maxLength: 9 }), (x) => {
        const [a, b, c] = singularValues(3, 3, x) as unknown as [number, number, number];
        const size = x.reduce((s, v) => s + v * v, 0);
        expect(Math.abs(a * a + b * b + c * c - size)).toBeLessThan(1e-12 * (1 + size));
        const det =
          x[0]! * (x[4]! * x[8]! - x[5]! * x[7]!) -
          x[1]! * (x[3]! * x[8]! - x[5]! * x[6]!) +
          x[2]! * (x[3]! * x[7]! - x[4]! * x[6]!);
        expect(Math.abs(a * b * c - Math.abs(det))).toBeLessThan(1e-12 * (1 + size * size));
        // tr(X'X)^2 - tr((X'X)^2) is twice the sum of the products of two squares.
        let trace = 0;
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            trace += [0, 1, 2].reduce((s, k) => s + x[3 * k + i]! * x[3 * k + j]!, 0) ** 2;
        const pairs = 2 * (a * a * b * b + a * a * c * c + b * b * c * c);
        expect(Math.abs(pairs - (size * size - trace))).toBeLessThan(1e-12 * (1 + size * size));
      }),
      { numRuns: 100 },
    );
  });
});

test("each iteration of admm says how long its step was", () => {
  const seen: { x: Float64Array; stepNorm: number }[] = [];
  const onIteration = ({ x, stepNorm }: { x: ArrayLike<number>; stepNorm: number }) =>
    void seen.push({ x: Float64Array.from(x), stepNorm });
  admm({
    proxF: prox.squared(1, [3, 1, 0]),
    proxG: project.simplex(),
    x0: [0, 0, 0],
    onIteration,
    maxIterations: 8,
  });
  expect(seen.length).toBe(8);
  for (const [k, { x, stepNorm }] of seen.entries()) {
    const before = k === 0 ? [0, 0, 0] : seen[k - 1]!.x;
    expect(stepNorm).toBeCloseTo(Math.hypot(...x.map((v, j) => v - before[j]!)), 12);
  }
  expect(seen[0]!.stepNorm).toBeGreaterThan(0.1);
});

test("a constraint without variables is refused where it does not hold, with the sides it has", () => {
  for (const text of [
    "0 >= 0.5",
    "0.5 <= 0",
    "0.5 == 0",
    "2 >= 3",
    "1 <= 0 <= 2",
    "1 <= 3 <= 2",
    "-2 <= 0 <= -1",
  ])
    expect(() => model(`min: x; x >= 0; ${text}`), text).toThrow(
      "this constraint has no variable and does not hold",
    );
  for (const text of ["0 <= 0.5", "0.5 >= 0", "3 == 3", "-1 <= 0 <= 2", "1 <= 2 <= 2", "0 <= 0 <= 0"])
    expect(model(`min: x; x >= 0; ${text}`).solve().status, text).toBe("solved");
});
