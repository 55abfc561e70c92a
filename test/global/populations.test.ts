// The first population, and the box of CMA-ES (Hansen, Niederberger, Guzzella and Koumoutsakos 2009, section IV-B), by their formulas.

import { describe, expect, test } from "vitest";
import { BoundPenalty, type BoxState, median } from "../../src/global/bound-penalty.js";
import { latinHypercube } from "../../src/global/population.js";
import { Random } from "../../src/random/philox.js";
import { kolmogorov } from "../random/kolmogorov.js";

test("a Latin hypercube has one point in each slice of every variable, anywhere in it", () => {
  const [rows, n] = [500, 4];
  const out = new Float64Array(rows * n);
  latinHypercube(new Random(5), rows, n, out);
  const within = out.map((v) => rows * v - Math.floor(rows * v));
  expect(kolmogorov(within, (v) => v)).toBeLessThan(1.95);
  for (let j = 0; j < n; j++) {
    const slices = Array.from({ length: rows }, (_, i) => Math.floor(rows * out[i * n + j]!));
    expect(slices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
    // In an order of its own: neither that of the rows nor that of another variable.
    for (const other of [Array.from({ length: rows }, (_, i) => i), slicesOf(out, rows, n, (j + 1) % n)]) {
      const apart = slices.reduce((sum, v, i) => sum + (v - other[i]!) ** 2, 0);
      // Spearman's rank correlation 1 - 6 sum d^2 / (r^3 - r), of variance 1 / (r - 1).
      expect(Math.abs(1 - (6 * apart) / (rows ** 3 - rows))).toBeLessThan(4 / Math.sqrt(rows - 1));
    }
  }
});
const slicesOf = (out: Float64Array, rows: number, n: number, j: number) =>
  Array.from({ length: rows }, (_, i) => Math.floor(rows * out[i * n + j]!));

describe("the box of CMA-ES", () => {
  const box = (n: number, over: number, muEff = 40): BoxState => ({
    n,
    rows: 3,
    parameters: { muEff } as BoxState["parameters"],
    mean: Float64Array.from({ length: n }, (_, j) => (j === 0 ? 1 + over * 0.1 : 0.5)),
    limit: new Float64Array(n).fill(1),
    gamma: new Float64Array(n),
    variance: () => 0.01,
  });
  /** Quartiles of 1 + 7 values are the places 2 and 6: their distance over the variance 0.01 is the unit of the weights. */
  const values = (range: number) => Float64Array.of(0, 1, 2, 3, 4, 5, 2 + range);
  const update = (penalty: BoundPenalty, b: BoxState, range: number) => penalty.update(b, values(range), 7);

  test("weighs nothing while the mean is within three standard deviations of the box", () => {
    for (const [over, muEff, begins] of [
      [2.9, 40, false],
      [3.1, 40, true],
      // sqrt(4) / muEff = 2 times further.
      [5.9, 1, false],
      [6.1, 1, true],
    ] as const) {
      const penalty = new BoundPenalty();
      const b = box(4, over, muEff);
      update(penalty, b, 4);
      expect([penalty.active, b.gamma.some((v) => v > 0)]).toEqual([begins, begins]);
    }
    const below = box(2, 0);
    below.mean[1] = -0.31;
    const penalty = new BoundPenalty();
    update(penalty, below, 4);
    expect(penalty.active).toBe(true);
    expect(below.gamma[0]).toBeCloseTo(800, 9);
    expect(below.gamma[1]).toBeGreaterThan(800);
  });

  test("weights begin at twice the range over the variance, and grow by exp(tanh(beyond / 3) damp / 2) where the mean is outside", () => {
    // damp = min(1, muEff / (10 n)).
    for (const [muEff, damp] of [
      [40, 1],
      [10, 0.5],
    ] as const) {
      const penalty = new BoundPenalty();
      const b = box(2, 5, muEff);
      const rate = (Math.tanh(2 / 3) / 2) * damp;
      let expected = 2 * 400;
      update(penalty, b, 4);
      expected *= Math.exp(rate);
      expect(b.gamma[0]! / expected).toBeCloseTo(1, 12);
      expect(b.gamma[1]).toBeCloseTo(800, 9);
      // The second generation begins once more.
      update(penalty, b, 4);
      expect(b.gamma[0]! / expected).toBeCloseTo(1, 12);
      // Above 5 times the typical range it is drawn back.
      let back = 0;
      for (let k = 0; k < 30; k++) {
        update(penalty, b, 4);
        expected *= Math.exp(rate);
        if (expected > 5 * 400) {
          expected *= Math.exp(-damp / 3);
          back++;
        }
        expect(b.gamma[0]! / expected).toBeCloseTo(1, 11);
      }
      expect(back).toBeGreaterThan(3);
      expect(b.gamma[1]).toBeCloseTo(800, 9);
    }
  });

  test("the typical range is the median of the last 20 + 3 n / rows generations; none of no use counts", () => {
    const penalty = new BoundPenalty();
    const b = box(2, 0);
    // 22 are kept: of 1, ..., 32 the last ones, whose median is 21.5.
    for (let k = 1; k <= 32; k++) update(penalty, b, k);
    for (const bad of [0, -1, Infinity]) update(penalty, b, bad);
    expect([...penalty.save()]).toEqual([
      0,
      35,
      ...Array.from({ length: 22 }, (_, k) => expect.closeTo(100 * (32 - k), 6)),
    ]);
    b.mean[0] = 1.4;
    update(penalty, b, 0);
    expect(b.gamma[1]).toBeCloseTo(2 * 2150, 6);
    // Inside again, weights of that size stay; a saved one goes on alike.
    const again = new BoundPenalty();
    again.restore(JSON.parse(JSON.stringify(penalty.save())));
    expect(again.save()).toEqual(penalty.save());
    b.mean[0] = 0.5;
    const before = b.gamma.slice();
    update(again, b, 0);
    expect(b.gamma).toEqual(before);
    expect(new BoundPenalty().active).toBe(false);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
