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
