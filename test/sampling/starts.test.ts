// What a run may begin from: walkers in all directions, the state of the same density.

import { expect, test } from "vitest";
import { compileDensity, iterateSample, sample } from "../../src/index.js";

const round = (x: ArrayLike<number>): number => -(x[0]! * x[0]! + x[1]! * x[1]!) / 2;
const walkers = (place: (i: number) => number[]): number[][] => Array.from({ length: 8 }, (_, i) => place(i));

test.each<[string, (i: number) => number[]]>([
  ["on a line", (i) => [i / 4 - 1, i / 4 - 1]],
  ["on one coordinate", (i) => [i / 4 - 1, 3]],
  ["in one place", () => [1, 2]],
])("an ensemble that starts %s is refused: its moves would never leave it", (_, place) => {
  const start = walkers(place);
  expect(() => sample(round, start, { method: "ensemble", chains: 8, draws: 50, seed: 1 })).toThrow(
    "the walkers start in a plane",
  );
});

test("one that starts in all directions, in any units, runs", () => {
  const start = walkers((i) => [1e9 * (i / 4 - 1), 1e-9 * (i % 3)]);
  const scaled = (x: ArrayLike<number>) => round([x[0]! / 1e9, x[1]! * 1e9]);
  expect(sample(scaled, start, { method: "ensemble", chains: 8, draws: 50, seed: 1 }).nit).toBeGreaterThan(0);
});

test("the state of another density is refused", () => {
  const options = { draws: 40, warmup: 40, chains: 2, seed: 1 };
  const a = compileDensity("normal(a, 0, 1)", { params: ["a"] });
  const run = iterateSample(a, { a: 0 } as never, options);
  run.next();
  const state = run.state();
  for (const other of [
    compileDensity("normal(b, 0, 1)", { params: ["b"] }),
    compileDensity("exponential(a, 1)", { params: { a: "positive" } }),
  ])
    expect(() => iterateSample(other, undefined as never, { ...options, resume: state }).next()).toThrow(
      "the saved state is of another run",
    );
  run.return?.();
});
