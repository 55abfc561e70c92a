// Networks under minimize: full-batch L-BFGS reaches in a tenth of the evaluations what Adam does not.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { adam, batchNorm, dense, lbfgs, minimize, network, standardise, tanh } from "../../src/index.js";

/** Ultrasonic response against distance, measured: NIST StRD, Chwirut2. */
const nist = JSON.parse(readFileSync(new URL("../../data/nist/Chwirut2.json", import.meta.url), "utf8")) as {
  x: number[];
  y: number[];
};
const x = standardise(nist.x, 1).data;
const y = standardise(nist.y, 1).data;

const make = () =>
  network({
    inputs: 1,
    layers: [dense(6, { init: "xavier" }), tanh(), dense(1)],
    loss: "mse",
    dtype: "f64",
    seed: 3,
  });

test("L-BFGS ends below what Adam reaches in ten times the evaluations", () => {
  const net = make();
  const result = minimize(net.objective(x, y), net.params, {
    method: lbfgs({ memory: 20 }),
    maxIterations: 300,
    gradTol: 1e-9,
    funTol: 0,
    stepTol: 0,
  });
  net.params.set(result.x);
  expect(net.evaluate(x, y).loss).toBeCloseTo(result.fun, 12);
  const best = [1e-3, 1e-2, 3e-2].map((lr) => {
    const other = make();
    const epochs = 10 * result.nfev;
    other.fit(x, y, { epochs, batchSize: y.length, optimizer: adam({ lr }) });
    const { loss } = other.evaluate(x, y);
    other.dispose();
    return loss;
  });
  expect(result.fun).toBeLessThan(0.8 * Math.min(...best));
  net.dispose();
});

test("batch statistics do not move while a minimiser tries points", () => {
  const layers = [dense(4), batchNorm(), tanh(), dense(1)];
  const net = network({ inputs: 1, layers, loss: "mse", dtype: "f64" });
  const before = net.layer("batchNorm1");
  const result = minimize(net.objective(x, y), net.params, { maxIterations: 20 });
  expect({ ...net.layer("batchNorm1"), weight: 0, bias: 0 }).toEqual({ ...before, weight: 0, bias: 0 });
  net.params.set(result.x);
  // The running variance is the unbiased one: n / (n - 1) times that of the batch.
  net.recalibrate(x);
  expect(Math.abs(net.evaluate(x, y).loss - result.fun)).toBeLessThan(0.1 * result.fun);
  net.dispose();
});
