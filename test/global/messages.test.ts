// What a search says of its end is what it did.
import { expect, test } from "vitest";
import { minimizeGlobal } from "../../src/index.js";

test.each(["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const)("%s", (method) => {
  const bowl = ([x, y]: Float64Array): number => x! ** 2 + y! ** 2;
  const r = minimizeGlobal(bowl, { lower: [-5, -5], upper: [5, 5] }, { method, seed: 1 });
  expect(r.success).toBe(true);
  if (r.restarts > 0)
    expect(r.message).toMatch(/no restart found a lower one|further runs found nothing lower/);
  else expect(r.message).toMatch(/nothing was started again$|has cooled down, once/);
});
