// Counts drawn from Poisson's law, small means one by one and large ones a gamma number at a time, against its probabilities.

import { expect, test } from "vitest";
import { Random } from "../../src/index.js";
import { likelihoodOf } from "../../src/sampling/likelihoods.js";

const DRAWS = 20_000;

test.each([0.3, 4, 19.5, 30, 100, 2500])("mean %d: mean, variance, and shares below each decile", (mean) => {
  const random = new Random(5);
  const { draw } = likelihoodOf("poisson", 0);
  const counts = Float64Array.from({ length: DRAWS }, () => draw(mean, 1, random)).sort();
  const average = counts.reduce((a, b) => a + b, 0) / DRAWS;
  const variance = counts.reduce((a, b) => a + (b - average) ** 2, 0) / DRAWS;
  expect(Math.abs(average - mean)).toBeLessThan(4.5 * Math.sqrt(mean / DRAWS));
  // Var(s^2) = (mean + 2 mean^2) / n.
  expect(Math.abs(variance - mean)).toBeLessThan(4.5 * Math.sqrt((mean + 2 * mean * mean) / DRAWS));
  // P(X <= k) by adding up p_0 = exp(-mean), p_k = p_(k-1) mean / k, from the mode outwards where exp underflows.
  const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 20);
  const p = new Float64Array(most + 1);
  const mode = Math.floor(mean);
  p[mode] = 1;
  for (let k = mode; k < most; k++) p[k + 1] = (p[k]! * mean) / (k + 1);
  for (let k = mode; k > 0; k--) p[k - 1] = (p[k]! * k) / mean;
  const total = p.reduce((a, b) => a + b, 0);
  let [below, at] = [0, 0];
  for (let k = 0; k <= most; k++) {
    below += p[k]! / total;
    while (at < DRAWS && counts[at]! <= k) at++;
    // Kolmogorov: the largest distance of 20,000 draws exceeds 2 / sqrt(n) with probability 7e-4.
    expect(Math.abs(at / DRAWS - below)).toBeLessThan(2 / Math.sqrt(DRAWS));
  }
});
