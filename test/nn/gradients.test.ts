// Every layer and loss: the gradient of the parameters and of the features against central differences in double precision.

import { expect, test } from "vitest";
import type { Layer } from "../../src/nn/layer.js";
import {
  batchNorm,
  dense,
  dropout,
  gelu,
  leakyRelu,
  relu,
  sigmoid,
  softplus,
  tanh,
} from "../../src/nn/layers/table.js";
import type { LossName } from "../../src/nn/losses.js";
import { type Network, network } from "../../src/nn/network.js";
import { uniform } from "../kernels/instance.js";

const INPUTS = 3;
const ROWS = 6;

/** Fourth-order central difference. */
function slope(f: (t: number) => number, h: number): number {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

/** Largest error relative to the largest gradient. */
function check(net: Network, x: Float64Array, y: number[]): number {
  net.lossGradient(x, y);
  const grads = net.grads.slice();
  const scale = Math.max(1e-3, ...grads.map(Math.abs));
  let worst = 0;
  for (let i = 0; i < grads.length; i++) {
    const at = net.params[i] as number;
    const numeric = slope((t) => {
      net.params[i] = at + t;
      return net.lossGradient(x, y);
    }, 1e-3);
    net.params[i] = at;
    worst = Math.max(worst, Math.abs(numeric - (grads[i] as number)) / scale);
  }
  return worst;
}

/** The same for the features, through forward and backward with a fixed gradient of the outputs. */
function checkInputs(net: Network, x: Float64Array, mode: "train" | "eval"): number {
  const weights = Array.from({ length: ROWS * net.outputs }, (_, i) => Math.sin(i + 1));
  const value = () => {
    const out = net.forward(x, undefined, mode);
    return weights.reduce((s, w, i) => s + w * (out[i] as number), 0);
  };
  value();
  const dx = new Float64Array(x.length);
  net.backward(weights, dx);
  const scale = Math.max(1e-3, ...dx.map(Math.abs));
  let worst = 0;
  for (let i = 0; i < x.length; i++) {
    const at = x[i] as number;
    const numeric = slope((t) => {
      x[i] = at + t;
      return value();
    }, 1e-3);
    x[i] = at;
    worst = Math.max(worst, Math.abs(numeric - (dx[i] as number)) / scale);
  }
  return worst;
}

const random = uniform(7);
const x = Float64Array.from({ length: ROWS * INPUTS }, () => 2 * random());
const labels = [0, 1, 3, 2, 1, 0];
const targets: Record<LossName, (outputs: number) => number[]> = {
  softmaxCrossEntropy: () => labels,
  binaryCrossEntropy: (n) => Array.from({ length: ROWS * n }, (_, i) => ((i * 7) % 5) / 4),
  mse: (n) => Array.from({ length: ROWS * n }, (_, i) => Math.cos(i)),
  huber: (n) => Array.from({ length: ROWS * n }, (_, i) => 3 * Math.cos(i)),
};

const stacks: Record<string, Layer[]> = {
  dense: [dense(4)],
  "dense without bias": [dense(5, { bias: false }), dense(4)],
  batchNorm: [dense(5), batchNorm(), dense(4)],
  "batchNorm in front": [batchNorm(), dense(4)],
  "batchNorm without affine": [dense(5), batchNorm({ affine: false, eps: 0.1 }), tanh(), dense(4)],
  relu: [dense(7), relu(), dense(4)],
  leakyRelu: [dense(7), leakyRelu({ slope: 0.2 }), dense(4)],
  tanh: [dense(5), tanh(), dense(4)],
  sigmoid: [dense(5), sigmoid(), dense(4)],
  gelu: [dense(5), gelu(), dense(4)],
  softplus: [dense(5), softplus(), dense(4)],
  dropout: [dense(9), dropout(0.4), dense(4)],
  "activation at the end": [dense(4), tanh()],
  "all together": [
    dense(6, { init: "he" }),
    batchNorm(),
    gelu(),
    dense(5),
    batchNorm(),
    softplus(),
    dense(4),
  ],
};

for (const [name, layers] of Object.entries(stacks)) {
  for (const loss of ["softmaxCrossEntropy", "binaryCrossEntropy", "mse", "huber"] as const) {
    test(`the gradient of ${name} under ${loss} is that of finite differences`, () => {
      const net = network({ inputs: INPUTS, layers, loss, dtype: "f64", seed: 5 });
      expect(check(net, x, targets[loss](net.outputs))).toBeLessThan(1e-7);
      net.dispose();
    });
  }
  if (name === "dropout") continue;
  for (const mode of ["train", "eval"] as const) {
    test(`the gradient of the features of ${name} in mode ${mode} is that of finite differences`, () => {
      const net = network({ inputs: INPUTS, layers, loss: "mse", dtype: "f64", seed: 3 });
      expect(checkInputs(net, x.slice(), mode)).toBeLessThan(1e-7);
      net.dispose();
    });
  }
}

test("frozen layers get no gradient, and those below still get theirs", () => {
  const layers = [dense(5), tanh(), dense(4), batchNorm(), dense(4)];
  const net = network({ inputs: INPUTS, layers, loss: "mse", dtype: "f64", seed: 3 });
  const y = targets.mse(4);
  net.freeze("dense2");
  net.lossGradient(x, y);
  const frozen = net.grads.slice();
  net.unfreeze();
  net.lossGradient(x, y);
  const full = net.grads;
  const start = 3 * 5 + 5;
  const end = start + 5 * 4 + 4;
  expect([...frozen.slice(start, end)].every((g) => g === 0)).toBe(true);
  expect([...frozen.slice(0, start)]).toEqual([...full.slice(0, start)]);
  expect([...frozen.slice(end)]).toEqual([...full.slice(end)]);
  net.dispose();
});
