// What changes when the data do: derivatives against differences, ranges against a textbook, conflicts by name.
import { describe, expect, test } from "vitest";
import { model, solveLP, solveQP } from "../../src/index.js";

const qp = {
  P: [
    [4, 1, 0],
    [1, 3, 0.5],
    [0, 0.5, 2],
  ],
  q: [-8, -3, 1],
  A: [
    [1, 1, 1],
    [1, -1, 0],
  ],
  l: [1, -Infinity],
  u: [1, 0.5],
  lower: [-Infinity, -Infinity, -0.6],
};

describe("sensitivity", () => {
  test("derivatives agree with central differences", () => {
    const r = solveQP(qp);
    const s = r.sensitivity();
    const h = 1e-5;
    const moved = (change: (sign: number) => typeof qp) => {
      const [a, b] = [solveQP(change(1)), solveQP(change(-1))];
      return a.x.map((v, j) => (v - b.x[j]!) / (2 * h));
    };
    for (let k = 0; k < 3; k++) {
      const d = moved((sign) => ({ ...qp, q: qp.q.map((v, j) => (j === k ? v + sign * h : v)) }));
      d.forEach((v, j) => {
        expect(Math.abs(s.q.data[j * 3 + k]! - v)).toBeLessThan(1e-4);
      });
    }
    const dEqual = moved((sign) => ({ ...qp, l: [1 + sign * h, -Infinity], u: [1 + sign * h, 0.5] }));
    dEqual.forEach((v, j) => {
      expect(Math.abs(s.rows.data[j * 2]! - v)).toBeLessThan(1e-4);
    });
    const dUpper = moved((sign) => ({ ...qp, u: [1, 0.5 + sign * h] }));
    dUpper.forEach((v, j) => {
      expect(Math.abs(s.rows.data[j * 2 + 1]! - v)).toBeLessThan(1e-4);
    });
    const dLower = moved((sign) => ({ ...qp, lower: [-Infinity, -Infinity, -0.6 + sign * h] }));
    dLower.forEach((v, j) => {
      expect(Math.abs(s.bounds.data[j * 3 + 2]! - v)).toBeLessThan(1e-4);
    });
  });

  test("refused where x has no derivative", () => {
    // The bound x >= 0 holds without a multiplier.
    expect(() => solveQP({ P: [[1]], q: [0], lower: [0] }).sensitivity()).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
    expect(() => solveQP({ P: [[1]], q: [0], A: [[0]], l: [1] }).sensitivity()).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
  });
});

describe("ranging", () => {
  test("Wyndor Glass (Hillier and Lieberman, section 7.2)", () => {
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
    const ranging = solveLP(program).ranging();
    // Allowed: 0 <= c1 <= 7.5, c2 >= 2; b1 >= 2, 6 <= b2 <= 18, 12 <= b3 <= 24. Here the costs are negative.
    const near = (r: { lower: number; upper: number } | undefined, lower: number, upper: number) => {
      if (Number.isFinite(lower)) expect(r?.lower).toBeCloseTo(lower, 6);
      else expect(r?.lower).toBe(lower);
      if (Number.isFinite(upper)) expect(r?.upper).toBeCloseTo(upper, 6);
      else expect(r?.upper).toBe(upper);
    };
    near(ranging?.costs[0], -7.5, 0);
    near(ranging?.costs[1], -Infinity, -2);
    near(ranging?.rows[0], 2, Infinity);
    near(ranging?.rows[1], 6, 18);
    near(ranging?.rows[2], 12, 24);
  });

  test("null at a degenerate or not unique optimum, and where nothing was solved", () => {
    expect(solveLP({ c: [-1, -1], A: [[1, 1]], u: [4], lower: [0, 0] }).ranging()).toBeNull();
    expect(
      solveLP({
        c: [-1, -1],
        A: [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        u: [1, 1, 2],
        lower: [0, 0],
      }).ranging(),
    ).toBeNull();
    expect(solveLP({ c: [1] }).ranging()).toBeNull();
  });

  test("reduced costs are minus z", () => {
    const r = solveLP({ c: [1, 2], A: [[1, 1]], l: [1], lower: [0, 0] });
    expect(r.reducedCosts[0]).toBeCloseTo(0, 8);
    expect(r.reducedCosts[1]).toBeCloseTo(1, 8);
  });
});

describe("conflicts", () => {
  test("the rows that contradict each other, by name and by index", () => {
    const text =
      "min x + y + z; a: x + y >= 4; b: x - y <= 9; c: y + z <= 1; d: x <= 2 + z; e: x + z = 2; f: z - y <= 5; 0 <= x <= 5; 0 <= y <= 5; 0 <= z <= 5";
    const answer = model(text).solve();
    expect(answer.status).toBe("primalInfeasible");
    expect([...(answer.result.conflict ?? [])].sort()).toEqual(["a", "c", "e"]);
    const r = solveLP({
      c: [0, 0],
      A: [
        [1, 0],
        [1, 1],
        [1, -1],
        [0, 1],
      ],
      l: [0, 5, -9, 0],
      u: [9, 9, 9, 1],
      upper: [2, 9],
    });
    expect(r.conflict).toEqual([1, 3]);
  });
});

test("a side binds within 1e-7 of itself: there x has no derivative without a multiplier, beyond it one", () => {
  // x = 1/2 is the minimum of x^2 - x, whose derivative by q is -1/2; the bound is beside it.
  const beside = (distance: number) => solveQP({ P: [[2]], q: [-1], upper: [0.5 + distance] });
  expect(() => beside(0.9e-7).sensitivity()).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  expect(beside(1.1e-7).sensitivity().q.data[0]).toBeCloseTo(-0.5, 12);
  // Relatively, where x is large.
  const far = (distance: number) => solveQP({ P: [[2]], q: [-200], upper: [100 + distance] });
  expect(() => far(0.9e-5).sensitivity()).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  expect(far(1.1e-5).sensitivity().q.data[0]).toBeCloseTo(-0.5, 12);
});

describe("units do not matter", () => {
  const dq = (p: Parameters<typeof solveQP>[0]) => [...solveQP(p).sensitivity().q.data];

  test("a slack row has no part in the derivatives, however large or small", () => {
    // The row is slack at x = 1, so that dx / dq = -1 / P.
    expect(dq({ P: [[1]], q: [-1], A: [[1e10]], u: [2e10] })[0]).toBeCloseTo(-1, 12);
    expect(dq({ P: [[1e-6]], q: [-1e-6], A: [[1e8]], u: [2e8] })[0]! / 1e6).toBeCloseTo(-1, 12);
    expect(dq({ P: [[1]], q: [-1], A: [[1e-9]], u: [2e-9] })[0]).toBeCloseTo(-1, 12);
  });

  test("of small and of large curvatures", () => {
    expect(dq({ P: [[1e-12]], q: [-1e-12], lower: [-5] })[0]! / 1e12).toBeCloseTo(-1, 12);
    // x = 1e-8 is between its bounds.
    expect(dq({ P: [[1e8]], q: [-1], lower: [0], upper: [1] })[0]! * 1e8).toBeCloseTo(-1, 12);
    const P = [
      [1, 0],
      [0, 1e-12],
    ];
    const [a, b, c, d] = dq({ P, q: [-1, -1e-12], A: [[1, 1]], u: [5] });
    expect([a, b, c]).toEqual([-1, 0, 0]);
    expect(d! / 1e12).toBeCloseTo(-1, 12);
  });

  test("a small multiplier of a small cost presses", () => {
    const s = solveQP({ P: [[1e-12]], q: [1e-12], lower: [0] }).sensitivity();
    expect([s.q.data[0], s.bounds.data[0]]).toEqual([0, 1]);
  });

  test("what is held moves the rest: x1 = 1 - x2 with x2 at its bound", () => {
    const P = [
      [1, 0],
      [0, 1],
    ];
    const s = solveQP({ P, q: [0, 1], A: [[1e6, 1e6]], l: [1e6], u: [1e6], lower: [-9, 0.5] }).sensitivity();
    // d x / d bound of x2 = (-1, 1); d x / d side = (1e-6, 0).
    expect(s.bounds.data[1]).toBeCloseTo(-1, 9);
    expect(s.bounds.data[3]).toBe(1);
    expect(s.rows.data[0]! * 1e6).toBeCloseTo(1, 9);
    expect(s.rows.data[1]).toBe(0);
    // x1 is fixed by the row and x2 by its bound.
    for (const v of s.q.data) expect(v).toBeCloseTo(0, 9);
  });

  test("nothing is free: x is its bounds, and a row beside them depends on them", () => {
    const fixed = { P: [[1]], q: [0], lower: [1], upper: [1] };
    expect([...solveQP(fixed).sensitivity().bounds.data]).toEqual([1]);
    expect(() => solveQP({ ...fixed, A: [[1]], l: [1], u: [1] }).sensitivity()).toThrow(
      expect.objectContaining({ code: "SINGULAR" }),
    );
  });

  test("ranging of rows in units of 1e12", () => {
    // x1 + 2 x2 = b1, 3 x1 + x2 = b2: x = (2 b2 - b1, 3 b1 - b2) / 5 is not negative where b2 / 3 <= b1 <= 2 b2. The multipliers
    // (3 c2 - c1, 2 c1 - c2) / -5 keep their signs where c1 / c2 is between 1 / 2 and 3.
    for (const unit of [1, 1e12, 1e-12]) {
      const A = [
        [unit, 2 * unit],
        [3 * unit, unit],
      ];
      const r = solveLP(
        { c: [-3, -2], A, u: [4 * unit, 6 * unit], lower: [0, 0] },
        { method: "simplex" },
      ).ranging();
      for (const { lower, upper } of r!.costs) {
        expect(lower).toBeCloseTo(-6, 9);
        expect(upper).toBeCloseTo(-1, 9);
      }
      for (const { lower, upper } of r!.rows) {
        expect(lower / unit).toBeCloseTo(2, 9);
        expect(upper / unit).toBeCloseTo(12, 9);
      }
    }
  });
});

describe("ranges of sides near each other", () => {
  test("the sign of the multiplier says which bound binds", () => {
    expect(solveLP({ c: [1], lower: [0], upper: [1e-8] }).ranging()!.costs).toEqual([
      { lower: 0, upper: Infinity },
    ]);
    expect(solveLP({ c: [-1], lower: [0], upper: [1e-8] }).ranging()!.costs).toEqual([
      { lower: -Infinity, upper: 0 },
    ]);
  });

  test("a side does not cross the other one of its row", () => {
    const rows = (c: number[]) =>
      solveLP({ c, A: [[1]], l: [1], u: [3] }, { method: "simplex" }).ranging()!.rows;
    expect(rows([-1])).toEqual([{ lower: 1, upper: Infinity }]);
    expect(rows([1])).toEqual([{ lower: -Infinity, upper: 3 }]);
  });

  test("an equality that another one repeats cannot move", () => {
    const A = [
      [1, 1],
      [2, 2],
    ];
    const r = solveLP({ c: [1, 2], A, l: [1, 2], u: [1, 2], lower: [0, 0] }, { method: "simplex" });
    expect(r.ranging()!.rows).toEqual([
      { lower: 1, upper: 1 },
      { lower: 2, upper: 2 },
    ]);
  });
});
