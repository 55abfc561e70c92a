// Text, block model and curveFitMany are one loop: the same status, reason, iterations and bits. FITS=10000 tries as many.
import { expect, test } from "vitest";
import { differences } from "./three-ways.js";

const FITS = Number(process.env.FITS ?? 400);

test(`${FITS} random fits end alike as text, as a block model and as one of many, to the last bit`, () => {
  const { ends, found } = differences(0, FITS);
  if (process.env.FITS) console.log(ends, found.length, found.slice(0, 12));
  expect(found).toEqual([]);
  // Every kind of end is among them.
  for (const end of [
    "converged/gradient",
    "converged/fun",
    "failed/stalled",
    "stopped/maxIterations",
    "stopped/maxEvaluations",
  ])
    expect(ends[end] ?? 0, end).toBeGreaterThan(0);
}, 600_000);
