// A trajectory diverges where its energy has risen by more than 1000 (Betancourt 2017; Stan's limit): in JavaScript and in the core.
import { expect, test } from "vitest";
import { compileDensity, hmc, nuts, sample } from "../../src/index.js";

/** 0 at the start, and a plain so much lower everywhere else: the rise of a leapfrog step is exactly that. */
const plain = (depth: number) => ({
  logDensityGrad(x: ArrayLike<number>, g: Float64Array): number {
    g[0] = 0;
    return x[0] === 0 ? 0 : -depth;
  },
});
const text = (depth: number) => compileDensity(`x == 0 ? 0 : -${depth}`, { params: ["x"] });

test.each([
  ["nuts", nuts({ stepSize: 1 })],
  ["hmc", hmc({ stepSize: 1, steps: 1, jitter: 0 })],
] as const)("%s: a rise of 1000 is none, half of one more is", (_, method) => {
  for (const chains of [1, 2, 4])
    for (const density of [plain, text])
      for (const depth of [999.5, 1000, 1000.5]) {
        const options = { method, chains, draws: 5, warmup: 0, seed: 1, checkGradient: false };
        const p = sample(density(depth), [0], options);
        expect([...p.draws]).toEqual(new Array(5 * chains).fill(0));
        expect([depth, ...p.stats.divergent]).toEqual([
          depth,
          ...new Array(5 * chains).fill(depth > 1000 ? 1 : 0),
        ]);
      }
});

test.each([1, 2])(
  "nuts climbs stairs of 300: the heaviest point is drawn, with the bits of JavaScript in the core (%d chains)",
  (chains) => {
    const stairs = {
      logDensityGrad(x: ArrayLike<number>, g: Float64Array): number {
        g[0] = 0;
        return 300 * Math.floor(Math.abs(x[0]!));
      },
    };
    const options = {
      ...{
        method: nuts({ stepSize: 1, maxTreeDepth: 4 }),
        chains,
        draws: 20,
        warmup: 0,
        seed: 3,
        checkGradient: false,
      },
    };
    const own = sample(stairs, [0.25], options);
    const core = sample(compileDensity("300*floor(abs(x))", { params: ["x"] }), [0.25], options);
    expect(core.draws).toEqual(own.draws);
    for (let c = 0; c < chains; c++) {
      const heights = [0.25, ...own.draws.subarray(20 * c, 20 * (c + 1))].map((x) => Math.floor(Math.abs(x)));
      // No step down is ever taken: it would be e^-300 as likely.
      for (let t = 1; t < heights.length; t++) expect(heights[t]).toBeGreaterThanOrEqual(heights[t - 1]!);
      expect(heights.at(-1)).toBeGreaterThan(20);
    }
  },
);
