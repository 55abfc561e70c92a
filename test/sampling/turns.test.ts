// What is said of many draws takes as long as they did: an asynchronous run gives the event loop its turns meanwhile, hears an abort, and says
// what a synchronous one says.

import { expect, test } from "vitest";
import { compileDensity, laplace, laplaceAsync, sample, sampleAsync } from "../../src/index.js";

const density = () => compileDensity("-(x^2 + y^2)/2", { params: ["x", "y"] });
const DRAWS = 30000;
const options = { seed: 3, draws: DRAWS, warmup: 100, chains: 4 };
const said = ({ mean, sd, mcse, rHat, essBulk, essTail }: ReturnType<typeof sample>) => ({
  ...{ mean, sd, mcse, rHat, essBulk, essTail },
});

/** Runs, and counts the turns after the last transition; `then` is called at the first. */
async function turnsAfter(signal?: AbortSignal, then?: () => void) {
  let over = false;
  let turns = 0;
  let going = true;
  const turn = () => {
    if (over && turns++ === 0) then?.();
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    const posterior = await sampleAsync(density(), [0.1, 0.2], {
      ...options,
      signal,
      onIteration: ({ nit }) => {
        over = nit >= DRAWS + options.warmup;
      },
      every: DRAWS + options.warmup,
    });
    return { posterior, turns };
  } finally {
    going = false;
  }
}

test("after the last draw the event loop has turns; two runs at once say what one alone does", async () => {
  const [one, two] = await Promise.all([turnsAfter(), turnsAfter()]);
  expect(one.turns).toBeGreaterThan(3);
  const alone = sample(density(), [0.1, 0.2], options);
  expect(said(one.posterior)).toEqual(said(alone));
  expect(said(two.posterior)).toEqual(said(alone));
  expect(one.posterior.parameter("y").quantile(0.1)).toBe(alone.parameter("y").quantile(0.1));
});

test("an abort then is heard", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  await expect(turnsAfter(abort.signal, () => abort.abort(reason))).rejects.toBe(reason);
});

test("slow chains, whose autocovariances take a transform, are said the same of", async () => {
  const call = { seed: 5, draws: 3000, warmup: 50, chains: 2, method: "metropolis" } as const;
  const target = compileDensity("-(x - 0.999*y)^2/0.001 - y^2/2", { params: ["x", "y"] });
  const start = [0.1, 0.1];
  expect(said(await sampleAsync(target, start, call))).toEqual(said(sample(target, start, call)));
});

test("the law of a curvature in many dimensions is made between turns, with the bits of a synchronous one", async () => {
  const d = 500;
  let between = 0;
  let values = 0;
  let turns = 0;
  let going = true;
  const turn = () => {
    turns++;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  const normal = {
    logDensity(x: Float64Array) {
      if (values++ === 0) between += turns;
      return x.reduce((sum, v, i) => sum - (v * v * (1 + i)) / 2, 0);
    },
    logDensityGrad(x: Float64Array, g: Float64Array) {
      between = -turns;
      x.forEach((v, i) => {
        g[i] = -v * (1 + i);
      });
      return x.reduce((sum, v, i) => sum - (v * v * (1 + i)) / 2, 0);
    },
  };
  const start = new Float64Array(d).fill(0.1);
  const late = await laplaceAsync(normal, start, { draws: 10 });
  going = false;
  // One is given in any case, before the next evaluation.
  expect(between).toBeGreaterThan(1);
  const now = laplace(normal, start, { draws: 10 });
  for (const name of ["covariance", "draws", "mean", "sd", "logEvidence"] as const)
    expect(late[name]).toEqual(now[name]);
  expect(late.covariance[3 * d + 3]).toBeCloseTo(1 / 4, 8);
});
