// downhill/testfunctions against the literature: where each function is searched, and its minima.
import { expect, test } from "vitest";
import * as functions from "../../src/testfunctions/index.js";

const side = (low: number, high: number, n = 2) => Array.from({ length: n }, () => [low, high]);

/** Surjanovic and Bingham, Virtual Library of Simulation Experiments: the input domain that each page names. */
const DOMAINS = {
  ackley: side(-32.768, 32.768),
  beale: side(-4.5, 4.5),
  booth: side(-10, 10),
  branin: [
    [-5, 10],
    [0, 15],
  ],
  dixonPrice: side(-10, 10, 10),
  goldsteinPrice: side(-2, 2),
  matyas: side(-10, 10),
  mccormick: [
    [-1.5, 4],
    [-3, 4],
  ],
  powellSingular: side(-4, 5, 4),
  rastrigin: side(-5.12, 5.12),
  styblinskiTang: side(-5, 5),
  threeHump: side(-5, 5),
} as const;

test.each(Object.entries(DOMAINS))("%s is searched where its page says", (name, domain) => {
  expect(functions[name as keyof typeof DOMAINS]().box).toEqual(domain);
});

const every = Object.values(functions)
  .filter((make) => typeof make === "function")
  .map((make) => (make as () => functions.TestFunction)())
  .map((f) => [f.name, f] as const);

test.each(every)(
  "%s: start and minima lie in its box, and a known minimum has no lower point beside it",
  (_, f) => {
    const inside = (x: ArrayLike<number>) =>
      Array.from(x).every((v, j) => v >= f.box[j]![0]! && v <= f.box[j]![1]!);
    expect(f.x0.length).toBe(f.n);
    expect(f.box.length).toBe(f.n);
    expect(inside(f.x0)).toBe(true);
    for (const { x, f: value } of f.minima) {
      expect(inside(x)).toBe(true);
      const at = f.fun(Float64Array.from(x));
      const size = Math.max(1, Math.abs(value));
      expect(Math.abs(at - value)).toBeLessThan(1e-5 * size);
      for (let j = 0; j < f.n; j++)
        for (const h of [-1e-2, 1e-2]) {
          const beside = Float64Array.from(x, (v, i) => (i === j ? v + h : v));
          if (inside(beside)) expect(f.fun(beside)).toBeGreaterThanOrEqual(at - 1e-9 * size);
        }
    }
  },
);
