// Batch normalisation: PyTorch's values, merging of moments, and statistics that do not cancel.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { batchNorm, dense } from "../../src/nn/layers/table.js";
import { network } from "../../src/nn/network.js";
import * as reference from "../reference/nn.js";
import { Blocks, nnKernels, variants } from "./memory.js";

interface Pass {
  mode: "train" | "eval";
  x: number[][];
  dy: number[][];
  y: number[][];
  dx: number[][];
  dweight?: number[];
  dbias?: number[];
  running_mean: number[];
  running_var: number[];
}
interface Case {
  shape: [number, number];
  options: { momentum?: number | null; eps?: number; affine?: boolean };
  weight?: number[];
  bias?: number[];
  passes: Pass[];
}

const golden = JSON.parse(
  readFileSync(new URL("../reference-data/torch/batchnorm1d.json", import.meta.url), "utf8"),
) as { cases: Case[] };

const close = (got: ArrayLike<number>, expected: readonly number[], tolerance = 1e-12) => {
  expect(got.length).toBe(expected.length);
  for (const [i, e] of expected.entries()) {
    expect(Math.abs((got[i] as number) - e)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(e)));
  }
};

for (const [number, { shape, options, weight, bias, passes }] of golden.cases.entries()) {
  test(`batchNorm gives PyTorch's outputs, gradients and statistics (case ${number}: ${JSON.stringify(options)})`, () => {
    const net = network({ inputs: shape[1], layers: [batchNorm(options)], loss: "mse", dtype: "f64" });
    if (weight && bias) net.params.set([...weight, ...bias]);
    for (const pass of passes) {
      const y = net.forward(pass.x, undefined, pass.mode);
      close(y, pass.y.flat());
      const dx = new Float64Array(shape[0] * shape[1]);
      net.backward(pass.dy.flat(), dx);
      close(dx, pass.dx.flat());
      if (pass.dweight && pass.dbias) close(net.grads, [...pass.dweight, ...pass.dbias]);
      const { runningMean, runningVar } = net.layer("batchNorm1") as {
        runningMean: Float64Array;
        runningVar: Float64Array;
      };
      close(runningMean, pass.running_mean);
      close(runningVar, pass.running_var);
    }
    net.dispose();
  });
}

const sample = (m: number, n: number, offset = 0): number[][] =>
  Array.from({ length: m }, (_, i) =>
    Array.from({ length: n }, (_, j) => offset + Math.sin(i * 7.3 + j * 1.7)),
  );

for (const variant of variants) {
  for (const precision of ["f64", "f32"] as const) {
    test(`moments of ${precision} ${variant} merge over chunks of any size, exact in their blocks`, () => {
      const { memory, kernel } = nnKernels(variant);
      for (const [n, chunks] of [
        [5, [1, 7, 8, 9, 3]],
        [8, [16, 1, 1]],
        [1, [3, 30]],
        [3, [40]],
      ] as const) {
        const m = chunks.reduce((a: number, b) => a + b, 0);
        const rows = sample(m, n, 3);
        const blocks = new Blocks(memory, precision);
        const mean = blocks.place(new Float64Array(n).fill(9), 1);
        const squares = blocks.place(new Float64Array(n).fill(9), 1);
        let at = 0;
        for (const size of chunks) {
          const x = blocks.place(rows.slice(at, at + size).flat(), 1);
          kernel("moments", precision)(size, n, x.byteOffset, at, mean.byteOffset, squares.byteOffset);
          at += size;
        }
        expect(blocks.intact()).toBe(true);
        const expected = reference.moments(rows);
        const tolerance = precision === "f64" ? 1e-14 : 4e-6;
        close(mean, expected.mean, tolerance);
        close(squares, expected.squares, tolerance * m);
      }
    });
  }
}

test("the variance of numbers far from zero does not cancel", () => {
  const { memory, kernel } = nnKernels();
  const blocks = new Blocks(memory, "f64");
  const rows = sample(100, 2, 1e9);
  const x = blocks.place(rows.flat());
  const mean = blocks.place([0, 0]);
  const squares = blocks.place([0, 0]);
  kernel("moments", "f64")(100, 2, x.byteOffset, 0, mean.byteOffset, squares.byteOffset);
  const centred = reference.moments(rows.map((row) => row.map((v) => v - 1e9)));
  // The mean itself is rounded to 1e-7.
  close(squares, centred.squares, 1e-7);
});

test("backward agrees with the plain formula for odd shapes in both precisions", () => {
  const { memory, kernel } = nnKernels();
  for (const precision of ["f64", "f32"] as const) {
    for (const [m, n] of [
      [2, 1],
      [7, 3],
      [9, 6],
      [64, 13],
    ] as const) {
      const x = sample(m, n, 1);
      const dy = sample(n, m).flat().reverse();
      const rowsOfDy = Array.from({ length: m }, (_, i) => dy.slice(i * n, (i + 1) * n));
      const gamma = Array.from({ length: n }, (_, j) => 1 + j / 3);
      const beta = Array.from({ length: n }, (_, j) => j - 1);
      const blocks = new Blocks(memory, precision);
      const place = (values: ArrayLike<number>) => blocks.place(values, 1);
      const zeros = (count: number) => place(new Float64Array(count));
      const [px, pg, pb, pdy] = [x.flat(), gamma, beta, dy].map(place) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const [y, mean, inv, rm, rv, dg, db, dx, work] = [m * n, n, n, n, n, n, n, m * n, 3 * n].map(zeros) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const at = (...views: Float64Array[]) => views.map(({ byteOffset }) => byteOffset);
      kernel("batchNorm", precision)(m, n, ...at(px, pg, pb, y, mean, inv, rm, rv), 0.1, 1e-5);
      kernel("batchNormBack", precision)(m, n, ...at(px, pg, pdy, mean, inv, dg, db, dx), 1, work.byteOffset);
      expect(blocks.intact()).toBe(true);
      const tolerance = precision === "f64" ? 1e-12 : 2e-4;
      close(y, reference.batchNorm(x, gamma, beta, 1e-5).flat(), tolerance);
      const expected = reference.batchNormBack(x, gamma, rowsOfDy, 1e-5);
      close(dg, expected.dgamma, tolerance);
      close(db, expected.dbeta, tolerance);
      if (m > 2) close(dx, expected.dx.flat(), tolerance);
    }
  }
});

test("recalibrate sets the statistics to those of all samples, whatever the chunks", () => {
  const net = network({
    inputs: 3,
    layers: [dense(5), batchNorm(), dense(2), batchNorm()],
    loss: "mse",
    dtype: "f64",
  });
  const x = sample(150, 3);
  net.recalibrate(x);
  const { runningMean, runningVar } = net.layer("batchNorm1") as Record<string, Float64Array>;
  const { weight, bias } = net.layer("dense1") as Record<string, Float64Array>;
  const w = Array.from({ length: 3 }, (_, i) => [...(weight as Float64Array).slice(5 * i, 5 * i + 5)]);
  const { mean, squares } = reference.moments(reference.dense(x, w, [...(bias as Float64Array)]));
  close(runningMean as Float64Array, mean);
  close(
    runningVar as Float64Array,
    squares.map((s) => s / 149),
  );
  const out = net.forward(x, undefined, "eval");
  const rows = Array.from({ length: 150 }, (_, i) => [out[2 * i] as number, out[2 * i + 1] as number]);
  const after = reference.moments(rows);
  close(after.mean, [0, 0]);
  net.dispose();
});

test("momentum null gives the mean over all batches", () => {
  const net = network({ inputs: 1, layers: [batchNorm({ momentum: null })], loss: "mse", dtype: "f64" });
  for (const batch of [
    [1, 3],
    [2, 8],
    [0, 1],
  ]) {
    net.forward(batch);
  }
  const { runningMean, runningVar } = net.layer("batchNorm1") as Record<string, Float64Array>;
  close(runningMean as Float64Array, [(2 + 5 + 0.5) / 3]);
  close(runningVar as Float64Array, [(2 + 18 + 0.5) / 3]);
  net.dispose();
});
