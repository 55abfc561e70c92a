// Sobol's sequence against SciPy's (test/reference-data/sobol.json, scripts/reference/sobol.py), and evenly spread.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Random } from "../../src/random/philox.js";
import { SOBOL_VARIABLES, Sobol } from "../../src/random/sobol.js";

const shifted = (n: number, seed: number): Sobol => {
  const random = new Random(seed);
  return new Sobol(n, () => random.word());
};

const file = new URL("../reference-data/sobol.json", import.meta.url);
const { bits, points } = JSON.parse(readFileSync(file, "utf8")) as { bits: number; points: number[][] };

test("the first 128 points in 21 variables are SciPy's", () => {
  expect(points[0]).toHaveLength(SOBOL_VARIABLES);
  const sequence = new Sobol(SOBOL_VARIABLES, null);
  for (const point of points) {
    const ours = [...sequence.next()].map((v) => Math.floor(v * 2 ** bits));
    expect(ours).toEqual(point);
  }
});

test("every 64 points have one in each 64th of every variable, whatever the seed", () => {
  for (const seed of [0, 1, 12345]) {
    const sequence = shifted(SOBOL_VARIABLES, seed);
    for (let block = 0; block < 3; block++) {
      const found = Array.from({ length: 64 }, () => sequence.next());
      for (let j = 0; j < SOBOL_VARIABLES; j++) {
        const cells = new Set(found.map((x) => Math.floor(64 * (x[j] as number))));
        expect(cells.size).toBe(64);
      }
      for (const x of found) for (const v of x) expect(v > 0 && v < 1).toBe(true);
    }
  }
});

test("a seed gives its own points, and the same ones again", () => {
  const first = (seed: number) => [...shifted(3, seed).next()];
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
});
