// What ends a run, a test, a limit or nobody's interest, does not change what its answer says of its points: the Jacobian of a robust
// fit of text is that of the answer, weighted, in every loop.

import fc from "fast-check";
import { expect, test } from "vitest";
import { curveFit, curveFitAsync, iterateCurveFit } from "../../src/index.js";
import { Random } from "../../src/random/philox.js";

const asked = fc.record({
  seed: fc.nat({ max: 1000 }),
  loss: fc.constantFrom("linear", "huber", "softL1", "cauchy", "tukey", "arctan"),
  lossScale: fc.constantFrom(0.1, 0.3, 1, "mad"),
  weighted: fc.boolean(),
  method: fc.constantFrom("levenbergMarquardt", "levenberg", "gaussNewton", "dogleg"),
  maxIterations: fc.constantFrom(1, 2, 5, 400),
  model: fc.constantFrom("a + b*x", "a*exp(-b*x)", "a/(1 + b*x)"),
});

test("leverage and bands have the same bits in every loop", async () => {
  await fc.assert(
    fc.asyncProperty(asked, async ({ seed, lossScale, weighted, loss, ...others }) => {
      const random = new Random(seed);
      const x = Array.from({ length: 30 }, (_, i) => i / 6);
      const y = x.map((t) => 2 * Math.exp(-0.5 * t) + (0.05 * random.normal()) / random.uniform());
      const known = weighted ? { sigma: 0.3, absoluteSigma: true } : {};
      const robust = loss === "linear" ? {} : { loss, lossScale };
      const options = { x, y, params: { a: 1, b: 0.3 }, ...others, ...robust, ...known } as Parameters<
        typeof curveFit
      >[0];
      const once = curveFit(options);
      const pulled = iterateCurveFit(options as never);
      for (const _ of pulled);
      const seen = curveFit({ ...options, onIteration: () => {} } as never);
      for (const fit of [await curveFitAsync(options as never), pulled.result, seen]) {
        expect(fit.status).toBe(once.status);
        expect(fit.leverage).toEqual(once.leverage);
        expect(fit.band([0.7, 9])).toEqual(once.band([0.7, 9]));
      }
    }),
    { numRuns: 200, seed: 3 },
  );
});
