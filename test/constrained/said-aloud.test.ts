// What convex programs and their readers must say instead of passing it over: closed forms.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chambollePock,
  minimizeConstrained,
  model,
  prox,
  qpSession,
  readLP,
  solveLP,
  solveQP,
  verify,
} from "../../src/index.js";

describe("a direction of negative curvature, whatever the units", () => {
  test("is found and of size 1", () => {
    const power = fc.integer({ min: -5, max: 5 }).map((k) => 10 ** k);
    fc.assert(
      fc.property(power, power, fc.integer({ min: 2, max: 40 }), (a, b, k) => {
        // det < 0 by a share of k / 10 of a^2 b^2.
        const off = a * b * (1 + k / 10);
        const P = [
          [a * a, off],
          [off, b * b],
        ];
        const r = solveQP({ P, q: [0, 0], lower: [-1, -1], upper: [1, 1] });
        expect(r).toMatchObject({ status: "nonConvex", reason: "negativeCurvature" });
        const d = r.certificate!.d!;
        const [x, y] = [d[0]!, d[1]!];
        const size = a * a * x * x + b * b * y * y;
        expect(size + 2 * off * x * y).toBeLessThan(-0.01 * size);
        expect(Math.max(Math.abs(x), Math.abs(y))).toBeCloseTo(1, 12);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
  test("beside a variable 1e12 times as stiff, and through a diagonal of 1e-11", () => {
    const box = { lower: [-1, -1], upper: [1, 1] };
    const small = {
      P: [
        [1e12, 0],
        [0, -1],
      ],
      q: [0, 0],
      ...box,
    };
    expect(Array.from(solveQP(small).certificate!.d!, Math.abs)).toEqual([0, 1]);
    const flat = solveQP({
      P: [
        [1e-11, 1],
        [1, 0],
      ],
      q: [0, 0],
      ...box,
    }).certificate!.d!;
    expect(flat[0]! / flat[1]!).toBeCloseTo(-1, 3);
  });
});

describe("verify", () => {
  const program = {
    P: [
      [1, 0],
      [0, 1],
    ],
    q: [0, 0],
    A: [[1, 1]],
    l: [-5],
    u: [Infinity],
  };
  const claim = { status: "solved", x: [0, 0], y: [0], z: [0, 0], objective: 0 };
  test("a stationary point of a form that is not convex is no more than that", () => {
    expect(
      verify(
        {
          ...program,
          P: [
            [1, 0],
            [0, -1],
          ],
        },
        claim,
      ).why,
    ).toMatch("and no more");
  });
  test("every multiplier", () => {
    expect(verify(program, claim).ok).toBe(true);
    expect(verify(program, { ...claim, z: [0, 5] }).why).toBe("z[1] is 5, and -(Px + q + A'y) there is 0");
    expect(verify(program, { ...claim, y: [1] }).why).toBe(
      "y[0] is 1, and the side it would belong to is infinite",
    );
  });
});

test("no sensitivity where x or its multipliers are not unique", () => {
  const one = solveLP({ c: [1, 1], A: [[1, 1]], l: [1], u: [2], lower: [0, 0] });
  const two = solveQP({
    P: [
      [1, 1],
      [1, 1],
    ],
    q: [0, 0],
    A: [[1, 1]],
    l: [1],
    u: [1],
  });
  const rows = solveQP({
    P: [
      [1, 0],
      [0, 1],
    ],
    q: [0, 0],
    A: [
      [1, 1],
      [2, 2],
    ],
    l: [1, 2],
    u: [1, 2],
  });
  for (const r of [one, two, rows])
    expect(() => r.sensitivity()).toThrow("x is not unique, or the rows that bind depend on each other");
  // x = (b + q2 - q1, b - q2 + q1) / 2.
  const well = solveQP({
    P: [
      [1, 0],
      [0, 1],
    ],
    q: [0, 0],
    A: [[1, 1]],
    l: [1],
    u: [1],
  }).sensitivity();
  expect(well.rows.data[0]).toBeCloseTo(0.5, 9);
  expect(Array.from(well.q.data, (v) => Math.round(1e6 * v) / 1e6)).toEqual([-0.5, 0.5, 0.5, -0.5]);
});

test("maxEvaluations holds in every method of convex programs", () => {
  const n = 12;
  const square = (f: (i: number, j: number) => number) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => f(i, j)));
  const q = Array.from({ length: n }, (_, i) => Math.sin(i));
  const A = square((i, j) => Math.cos(i * j));
  const sides = { A, l: q.map(() => -0.01), u: q.map(() => 0.01) };
  const P = square((i, j) => (i === j ? 2 + i : 0.1));
  for (const method of ["interiorPoint", "admm", "activeSet"] as const)
    expect(solveQP({ P, q, ...sides }, { method, maxEvaluations: 1 }).reason).toBe("maxEvaluations");
  const box = { lower: q.map(() => -1), upper: q.map(() => 1) };
  for (const method of ["interiorPoint", "pdhg", "simplex"] as const)
    expect(solveLP({ c: q, ...sides, ...box }, { method, maxEvaluations: 1 }).reason).toBe("maxEvaluations");
});

test("a session takes zeros where its pattern had numbers, and no numbers where it had none", () => {
  const s = qpSession({
    P: [
      [2, 1],
      [1, 2],
    ],
    q: [-2, -4],
    A: [[1, 1]],
    l: [-9],
    u: [9],
  });
  s.solve();
  s.update({
    P: [
      [2, 0],
      [0, 2],
    ],
    A: [[0, 1]],
  });
  expect(Array.from(s.solve().x, (v) => Math.round(1e6 * v) / 1e6)).toEqual([1, 2]);
  s.dispose();
  const sparse = qpSession({
    P: [
      [2, 0],
      [0, 2],
    ],
    q: [-2, -4],
    A: [[1, 1]],
    l: [-9],
    u: [9],
  });
  expect(() =>
    sparse.update({
      P: [
        [2, 1],
        [1, 2],
      ],
    }),
  ).toThrow("another pattern");
  sparse.dispose();
});

test("LP files: a number before the variable, one line after the other", () => {
  const p = readLP(
    "minimize\n x + y\nsubject to\n 3 <= x\n y >= 2\n a: 9 >= x + y\nbounds\n 2 <= x\n y <= 5\nend",
  );
  expect([...p.l]).toEqual([3, 2, -Infinity]);
  expect([...p.u]).toEqual([Infinity, Infinity, 9]);
  expect([...p.lower]).toEqual([2, 0]);
  expect([...p.upper]).toEqual([Infinity, 5]);
});

test("a builder that declares variables knows a slip", () => {
  expect(() =>
    model((b) => {
      b.variable("cost");
      b.minimize({ cots: 1 });
    }),
  ).toThrow('there is no variable "cots" (did you mean "cost"?)');
});

test("a constraint that returns nothing is named", () => {
  const inequality = [([x]: ArrayLike<number> & Iterable<number>) => x!, () => undefined as never];
  expect(() => minimizeConstrained(([x]) => x! * x!, [1], { inequality })).toThrow(
    "inequality[1] must return a number",
  );
});

test("numbers beyond the range of doubles end as failed/numerical or without a claim", () => {
  const program = { c: [1e300, 1], A: [[1e300, 1e-300]], l: [1], lower: [0, 0] };
  const r = solveLP(program, { method: "interiorPoint" });
  expect(r).toMatchObject({ status: "failed", reason: "numerical", success: false });
  expect(solveLP(program, { method: "pdhg" }).success).toBe(false);
});

test("maxEvaluations is what nfev counts, in chambollePock and the simplex method too", () => {
  let calls = 0;
  const near = prox.squared(1, [1, 2]);
  const counted = {
    ...near,
    value: () => 0,
    prox: (v: ArrayLike<number>, t?: number, out?: Float64Array) => {
      calls++;
      return near.prox(v, t, out);
    },
  };
  const split = {
    K: [
      [1, 2],
      [3, 4],
    ],
    proxF: prox.l1(0.1),
    proxG: counted,
  };
  expect(chambollePock({ ...split, maxEvaluations: 3 } as never)).toMatchObject({
    ...{ status: "stopped", reason: "maxEvaluations", nit: 3, nfev: 3 },
  });
  expect(calls).toBe(3);
  const whole = chambollePock(split as never);
  expect([whole.status, whole.nfev]).toEqual(["converged", whole.nit]);
  const program = {
    c: [-3, -5],
    A: [
      [1, 0],
      [0, 2],
      [3, 2],
    ],
    u: [4, 12, 18],
    lower: [0, 0],
  };
  for (const most of [1, 2, 3, 4])
    expect(solveLP(program, { method: "simplex", maxEvaluations: most }).nfev).toBeLessThanOrEqual(most);
});

test("a limit of minimizeConstrained does not call the point where the run stood the best", () => {
  // A kink in the row: the run leaves the start, which is within it, for points far outside.
  const r = minimizeConstrained((x) => x.reduce((a, b) => a + b, 0), Array(20).fill(0), {
    method: "sqp",
    inequality: [(x) => Math.min(...x) + 20],
    maxIterations: 30,
  });
  expect([r.status, r.reason]).toEqual(["stopped", "maxIterations"]);
  expect(r.message).not.toContain("best");
  expect(r.message).toContain("the point where the run stood is returned");
});
