// Small parts of the global searches by what their papers say of them: the search along axes, the list of minima, keys of points that
// violate constraints, the augmented Lagrangian of CMA-ES.

import { describe, expect, test } from "vitest";
import { AugmentedLagrangian } from "../../src/global/augmented-lagrangian.js";
import { AxisSearch } from "../../src/global/axis-search.js";
import { Constraints, INFEASIBLE } from "../../src/global/constraints.js";
import { Minima } from "../../src/global/minima.js";
import { bestRows, isLower, rankOf, sortRows } from "../../src/global/ranking.js";
import { Random } from "../../src/random/philox.js";

describe("the search along axes", () => {
  /** To its end, or so many generations. */
  const run = (search: AxisSearch, f: (x: Float64Array) => number, most = Infinity): number => {
    const { n } = search;
    for (let turn = 0; turn < most; turn++) {
      search.ask();
      for (let k = 0; k < search.rows; k++) search.values[k] = f(search.points.subarray(k * n, (k + 1) * n));
      if (search.tell()) return turn + 1;
    }
    return most;
  };
  // Rastrigin's function of each variable, moved: cos has 20 lowest places in the cube.
  const centre = [0.137, 0.861, 0.5];
  const rastrigin = (x: Float64Array) =>
    x.reduce(
      (s, v, j) => s + 400 * (v - centre[j]!) ** 2 - 10 * Math.cos(40 * Math.PI * (v - centre[j]!)),
      30,
    );

  test("finds the least of many places on each axis, one after the other", () => {
    const search = new AxisSearch([0.9, 0.2, 0.1], rastrigin(Float64Array.of(0.9, 0.2, 0.1)));
    search.ask();
    // A grid of 100 places on the first axis, in the middle of their cells.
    expect([search.rows, search.evaluations]).toEqual([100, 100]);
    for (let i = 0; i < 100; i++)
      expect([...search.points.subarray(3 * i, 3 * i + 3)]).toEqual([(i + 0.5) / 100, 0.2, 0.1]);
    const whole = new AxisSearch([0.9, 0.2, 0.1], Infinity);
    run(whole, rastrigin);
    for (const [j, v] of centre.entries()) expect(whole.point[j]).toBeCloseTo(v, 8);
    expect(whole.f).toBeCloseTo(0, 10);
    // Four brackets for six rounds, then one.
    expect(whole.evaluations).toBeLessThan(3 * (100 + 4 * 6 + 34));
  });

  test("refines only the lowest places of the grid, a parabola in a few steps, and each within its neighbours", () => {
    // Two valleys, a plateau on the right of them that is none; three evaluations of each of two brackets.
    const valleys = ([v]: Float64Array) =>
      Math.min((v! - 0.2) ** 2, (v! - 0.7) ** 2 + 1e-6, 0.01) + (v! > 0.9 ? 1 : 0);
    const search = new AxisSearch([0.5], Infinity);
    run(search, valleys, 1);
    search.ask();
    const plateau = search.rows - 2;
    expect(plateau).toBeLessThanOrEqual(2);
    expect([...search.points.subarray(0, 2)]).toEqual([expect.closeTo(0.2, 2), expect.closeTo(0.7, 2)]);
    const bowl = new AxisSearch([0.5], Infinity);
    run(bowl, ([v]) => (v! - 0.3333) ** 2, 1);
    bowl.ask();
    // The vertex of the parabola at once, within 0.325 to 0.345.
    expect([bowl.rows, bowl.points[0]]).toEqual([1, expect.closeTo(0.3333, 12)]);
    const whole = new AxisSearch([0.5], Infinity);
    run(whole, ([v]) => (v! - 0.3333) ** 2);
    expect(whole.point[0]).toBeCloseTo(0.3333, 8);
    // Golden section alone narrows 0.02 to 1e-9 in 35 steps.
    expect(whole.evaluations).toBeLessThanOrEqual(100 + 35);
  });

  test("a minimum at an end, where nothing is known, and of a kink, by golden section", () => {
    for (const [place, digits] of [
      [0, 8],
      [1, 8],
      [0.0012, 8],
      [0.4321, 8],
    ] as const) {
      const search = new AxisSearch([0.7], Infinity);
      run(search, ([v]) => Math.abs(v! - place));
      expect(search.point[0]).toBeCloseTo(place, digits);
    }
    const broken = new AxisSearch([0.7], Infinity);
    run(broken, ([v]) => (v! < 0.3 ? Number.NaN : (v! - 0.25) ** 2));
    expect(broken.point[0]).toBeCloseTo(0.3, 8);
    // Where nothing is lower than the start, it stays.
    const start = new AxisSearch([0.123], -1);
    run(start, ([v]) => v!);
    expect([start.point[0], start.f]).toEqual([0.123, -1]);
  });

  test("goes on after it was saved as if it had not been", () => {
    for (const at of [1, 3, 9, 25]) {
      const [search, again, whole] = [0, 0, 0].map(() => new AxisSearch([0.9, 0.2, 0.1], Infinity)) as [
        AxisSearch,
        AxisSearch,
        AxisSearch,
      ];
      run(search, rastrigin, at);
      expect(again.restore(search.save())).toBe(true);
      run(again, rastrigin);
      run(whole, rastrigin);
      expect([...again.point, again.f, again.evaluations]).toEqual([
        ...whole.point,
        whole.f,
        whole.evaluations,
      ]);
    }
    expect(new AxisSearch([0.5], 0).restore("")).toBe(false);
  });
});

test("minima are one where they are within 1e-4 of the box and 1e-6 of the range of values", () => {
  const minima = new Minima(new Int32Array(2));
  minima.see([5, -5, Number.NaN, 2 * INFEASIBLE, 7], 4);
  const add = (u: number, v: number, fun: number) => minima.add([u, v], fun);
  add(0.5, 0.5, 1);
  add(0.50009, 0.49991, 1 + 0.9e-5);
  expect(minima.list).toEqual([{ u: Float64Array.of(0.5, 0.5), fun: 1, hits: 2 }]);
  // The lower one is kept.
  add(0.50005, 0.5, 1 - 0.9e-5);
  expect(minima.list).toEqual([{ u: Float64Array.of(0.50005, 0.5), fun: 1 - 0.9e-5, hits: 3 }]);
  add(0.50005, 0.50011, 1);
  add(0.50005, 0.5, 1 + 1.1e-5);
  add(0.50005, 0.5, INFEASIBLE);
  add(0.50005, 0.5, Number.NaN);
  expect(minima.list.map(({ fun, hits }) => [fun, hits])).toEqual([
    [1 - 0.9e-5, 3],
    [1, 1],
    [1 + 1.1e-5, 1],
  ]);
  // Of values larger than their range the size counts.
  add(0.1, 0.1, 1000);
  add(0.1, 0.1, 1000.0009);
  expect(minima.list[3]).toMatchObject({ fun: 1000, hits: 2 });
  for (let k = 0; k < 200; k++) add(k / 200, 0, 10 * k);
  expect(minima.list.length).toBe(100);
  expect(minima.list.map(({ fun }) => fun)).toEqual(
    minima.list.map(({ fun }) => fun).toSorted((a, b) => a - b),
  );
  const again = new Minima(new Int32Array(2));
  again.restore(JSON.parse(JSON.stringify(minima.save())));
  expect(again.list).toEqual(minima.list);
  expect(again.save()).toEqual(minima.save());
});

test("values in order: failures last, equal ones as they come, the first few like all", () => {
  expect([rankOf(3), rankOf(-Infinity), rankOf(Infinity), rankOf(Number.NaN)]).toEqual([
    3,
    -Infinity,
    Infinity,
    Infinity,
  ]);
  const random = new Random(6);
  for (let count = 0; count < 30; count++) {
    const keys = Float64Array.from(
      { length: count },
      () => [random.below(5), Infinity, random.uniform()][random.below(3)]!,
    );
    const expected = Array.from(keys.keys()).sort((a, b) =>
      keys[a] === keys[b] ? a - b : keys[a]! < keys[b]! ? -1 : 1,
    );
    const order = new Int32Array(count);
    sortRows(count, keys, order);
    expect(Array.from(order)).toEqual(expected);
    for (const most of [1, 3, count].filter((v) => v <= count)) {
      const first = new Int32Array(count);
      bestRows(most, count, keys, first);
      expect(Array.from(first.subarray(0, most))).toEqual(expected.slice(0, most));
    }
  }
  expect([
    isLower(1, Infinity),
    isLower(1 - 0.9e-10, 1),
    isLower(1 - 1.1e-10, 1),
    isLower(-1 - 1.1e-10, -1),
    isLower(-1, -1),
  ]).toEqual([true, false, true, true, false]);
});

describe("constraints", () => {
  /** Rows of constraints: one equality, then two inequalities. */
  const given = (rows: readonly (readonly number[])[]) => {
    const c = new Constraints(
      "test",
      [(x: number[]) => x[0]!],
      [(x: number[]) => x[1]!, (x: number[]) => x[2]!],
      0.01,
    );
    c.begin(rows.length);
    rows.forEach((row, k) => {
      c.measure(row as never, k);
    });
    return c;
  };
  test("a feasible point goes before any that is not, those by value, these by the sum of violations in units of the first generation", () => {
    const c = given([
      [0.01, -0.01, 3],
      [0, Infinity, 0],
      [-4, 1, 1],
      [0.5, -2, 1],
      [0, 0, -1e-3],
      [0, 1, -0.5],
      [Number.NaN, 0, 0],
      [0, -Infinity, 0],
    ]);
    expect([0, 2, 3, 4, 6, 7].map((k) => c.worst(k))).toEqual([0.01, 4, 2, 1e-3, Infinity, Infinity]);
    c.learn(6);
    c.learn(3);
    // Units 4, 2 and 0.5: sums 1, 0.125 + 1 and 1.
    const keys = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => c.key(k, 7));
    expect([keys[0], keys[1], keys[4], keys[6], keys[7]]).toEqual([7, 7, 7, Infinity, Infinity]);
    expect(keys[2]).toBeCloseTo(keys[5]!, -285);
    expect(keys[3]).toBeGreaterThan(keys[2]!);
    for (const key of [keys[2]!, keys[3]!, keys[5]!])
      expect(key > INFEASIBLE && key < 2 * INFEASIBLE).toBe(true);
    // The claim is that of the largest violation as it is: 4, 2, 0.5.
    const claims = [2, 3, 5].map((k) => c.claim(k, -1));
    expect(claims.toSorted((a, b) => b - a)).toEqual(claims);
    expect([c.claim(0, 3), c.claim(6, 3), c.claim(0, Number.NaN)]).toEqual([3, Infinity, Infinity]);
    const again = given([[0.5, -2, 1]]);
    expect(again.restore(c.save())).toBe(true);
    expect(again.key(0, 7)).toBe(keys[3]);
  });

  test("in the augmented Lagrangian an inequality of Infinity is met, an equality of it and NaN are not; without spread weights are 1", () => {
    const constraints = given([
      [1, -2, -3],
      [1, Infinity, -3],
      [Infinity, -2, -3],
      [1, Number.NaN, 4],
      [1, 2, 3],
      [0, 0, 0],
    ]);
    const out = new Float64Array(5);
    const lagrangian = new AugmentedLagrangian(3, constraints);
    lagrangian.rank(5, new Float64Array(6).fill(7), out);
    expect([...out]).toEqual([7 + (1 + 4 + 9) / 2, 7 + (1 + 9) / 2, Infinity, Infinity, 7 + 1 / 2]);
    lagrangian.rank(5, Float64Array.of(Number.NaN, 7, 7, 7, 7, 7), out);
    expect(out[0]).toBe(Infinity);
  });

  test("the augmented Lagrangian of each generation, its multipliers and weights (Atamna, Auger and Hansen; Dufossé and Hansen)", () => {
    const [rows, n] = [5, 3];
    const random = new Random(12);
    const constraints = given([]);
    const lagrangian = new AugmentedLagrangian(n, constraints);
    const twin = { lambda: [0, 0, 0], mu: [0, 0, 0], before: [0, 0, 0], f: Number.NaN };
    const term = (i: number, g: number) => {
      const [lambda, mu] = [twin.lambda[i]!, twin.mu[i]!];
      return i > 0 && lambda + mu * g < 0 ? -(lambda ** 2) / (2 * mu) : lambda * g + (mu / 2) * g ** 2;
    };
    const seen = { grew: 0, fell: 0, inactive: 0 };
    for (let generation = 0; generation < 25; generation++) {
      // In the later half everything swings from side to side: then the weights fall.
      const near = generation < 12 ? 2 ** -generation : (-1) ** generation * 1e3;
      const c = Array.from({ length: rows + 1 }, () =>
        [0.1, -0.2, 0.3].map((v) => v * near + Math.min(near * near, 1e-3) * random.normal()),
      );
      const f = Float64Array.from(
        { length: rows + 1 },
        () => (generation < 12 ? near : 1e-9) * random.normal(),
      );
      constraints.begin(rows + 1);
      c.forEach((row, k) => {
        constraints.measure(row as never, k);
      });
      const g = c.map((row) => row.map((v, i) => (i > 0 ? -v : v)));
      if (generation === 0) {
        // Quartiles of five are the places 1, 2, 3.
        const quartiles = (v: number[]) =>
          v.toSorted((a, b) => a - b).slice(1, 4) as [number, number, number];
        const [low, , high] = quartiles([...f.subarray(0, rows)]);
        for (let i = 0; i < 3; i++) {
          const [a, middle, b] = quartiles(g.slice(0, rows).map((row) => row[i]!));
          twin.mu[i] = (2 * (high - low)) / (5 * n * ((b - a) ** 2 + middle ** 2));
        }
      }
      const out = new Float64Array(rows);
      lagrangian.rank(rows, f, out);
      for (let k = 0; k < rows; k++) {
        const expected = f[k]! + g[k]!.reduce((s, v, i) => s + term(i, v), 0);
        expect(out[k], `${generation}`).toBeCloseTo(
          expected,
          10 - Math.ceil(Math.log10(1 + Math.abs(expected))),
        );
      }
      const mean = g[rows]!;
      const change = Math.abs(
        f[rows]! - twin.f + mean.reduce((s, v, i) => s + term(i, v) - term(i, twin.before[i]!), 0),
      );
      for (let i = 0; i < 3; i++) {
        const mu = twin.mu[i]!;
        const own = mean[i]!;
        const inactive = i > 0 && twin.lambda[i]! + mu * own < 0;
        const small =
          mu * own * own < (3 * change) / n || 5 * Math.abs(own - twin.before[i]!) < Math.abs(own);
        twin.lambda[i] = twin.lambda[i]! + (mu * own) / (5 * n);
        if (i > 0) twin.lambda[i] = Math.max(0, twin.lambda[i]!);
        if (inactive) seen.inactive++;
        if (inactive || Number.isNaN(change)) continue;
        seen[small ? "grew" : "fell"]++;
        twin.mu[i] = mu * (small ? 2 ** (1 / (4 * n)) : 2 ** (-1 / n));
      }
      twin.before = mean;
      twin.f = f[rows]!;
    }
    expect([seen.grew > 2, seen.fell > 2, seen.inactive > 2]).toEqual([true, true, true]);
    const again = new AugmentedLagrangian(n, constraints);
    expect(again.restore(lagrangian.save())).toBe(true);
    expect(again.save()).toBe(lagrangian.save());
  });
});

test("minima of one cell are one, wherever in it they were met", () => {
  const minima = new Minima(Int32Array.of(3, 0));
  for (const u of [0.34, 0.5, 0.66]) minima.add([u, 0.2], 1);
  minima.add([1, 0.2], 2);
  expect(minima.list).toEqual([
    { u: Float64Array.of(0.5, 0.2), fun: 1, hits: 3 },
    { u: Float64Array.of(2.5 / 3, 0.2), fun: 2, hits: 1 },
  ]);
});
