// The local search by values that populations use: it ends at the minimum of a bowl and of Rosenbrock's valley, and at an edge.

import { expect, test } from "vitest";
import { LocalSearch } from "../../src/global/local-search.js";

function run(f: (x: Float64Array) => number, from: readonly number[], most: number): LocalSearch {
  const search = new LocalSearch(from, NaN, most, new Float64Array(from.length).fill(1));
  const n = from.length;
  for (;;) {
    search.ask();
    for (let k = 0; k < search.rows; k++) {
      const row = search.points.subarray(k * n, (k + 1) * n);
      expect(row.every((v) => v >= 0 && v <= 1)).toBe(true);
      search.values[k] = f(row);
    }
    if (search.tell()) return search;
  }
}

test("a bowl of condition 1e4 within the cube", () => {
  const f = (x: Float64Array) => x.reduce((s, v, j) => s + 10 ** (2 * j) * (v - 0.2 - 0.2 * j) ** 2, 0);
  const search = run(f, [0.9, 0.1, 0.5], 500);
  search.point.forEach((v, j) => {
    expect(v).toBeCloseTo(0.2 + 0.2 * j, 6);
  });
  expect(search.evaluations).toBeLessThan(200);
});

test("Rosenbrock's valley, in the unit cube", () => {
  const f = ([u, v]: Float64Array) => {
    const [x, y] = [4 * u! - 2, 4 * v! - 2];
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  };
  const search = run(f, [0.2, 0.75], 2000);
  expect(search.point[0]).toBeCloseTo(0.75, 5);
  expect(search.point[1]).toBeCloseTo(0.75, 5);
  expect(search.f).toBeLessThan(1e-10);
});

test("a minimum outside of the cube: the nearest edge", () => {
  const search = run((x) => (x[0]! - 1.5) ** 2 + (x[1]! + 0.5) ** 2, [0.5, 0.5], 500);
  expect(Array.from(search.point)).toEqual([1, 0]);
});
