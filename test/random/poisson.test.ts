import { expect, test } from "vitest";
import { Random } from "../../src/random/philox.js";
import { poisson } from "../../src/random/poisson.js";

/** P(k), from P(0) by the ratios mean / k, in logarithms. */
function law(mean: number, most: number): number[] {
  let log = -mean;
  return Array.from({ length: most + 1 }, (_, k) => {
    if (k > 0) log += Math.log(mean / k);
    return Math.exp(log);
  });
}

// Chi-square of the cells that expect at least ten; its mean is their number, its standard deviation sqrt(2 cells).
test.each([0, 1e-3, 0.5, 3, 9.99, 10, 12.5, 40, 300])("counts of mean %d follow the law", (mean) => {
  const random = new Random(11);
  const draws = 40_000;
  const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 12);
  const seen = new Float64Array(most + 1);
  for (let i = 0; i < draws; i++) seen[poisson(random, mean)]!++;
  let [cells, square, rest, restExpected] = [0, 0, 0, 0];
  law(mean, most).forEach((p, k) => {
    const expected = p * draws;
    if (expected < 10) {
      rest += seen[k]!;
      restExpected += expected;
      return;
    }
    cells++;
    square += (seen[k]! - expected) ** 2 / expected;
  });
  expect(Math.abs(rest - restExpected)).toBeLessThanOrEqual(5 * Math.sqrt(restExpected) + 1);
  expect(square).toBeLessThan(cells + 5 * Math.sqrt(2 * cells) + 1);
});

test("what is no mean has no count", () => {
  for (const mean of [NaN, -1, Infinity]) expect(poisson(new Random(1), mean)).toBeNaN();
});

test.each([1e9, 9e11, 1e13, 1e16])("counts of mean %d keep mean and variance", (mean) => {
  const random = new Random(5);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < 20_000; i++) {
    const d = (poisson(random, mean) - mean) / Math.sqrt(mean);
    sum += d;
    squares += d * d;
  }
  expect(Math.abs(sum / 20_000)).toBeLessThan(5 / Math.sqrt(20_000));
  expect(Math.abs(squares / 20_000 - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
});
