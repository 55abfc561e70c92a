// Groups of a pre-training are of the network's parameters: each block is compared with a network of its own, trained by hand.
import { describe, expect, test } from "vitest";
import { adam, dense, type FitOptions, type Network, network, pretrain, tanh } from "../../src/index.js";

const x = Float64Array.from({ length: 80 }, (_, i) => Math.sin(i * i + i));
const labels = Int32Array.from({ length: 40 }, (_, i) => Number(x[2 * i]! * x[2 * i + 1]! > 0));
const make = () =>
  network({
    inputs: 2,
    layers: [dense(4), tanh(), dense(3), tanh(), dense(2)],
    loss: "softmaxCrossEntropy",
    seed: 5,
    dtype: "f64",
  });
const options: FitOptions = { epochs: 3, batchSize: 8, optimizer: adam({ lr: 0.05 }) };
const weights = (net: Network, layer: string) => [...Object.values(net.layer(layer))].map((v) => [...v]);

/** Names in the network, as a list of ranges, and what they are in the helper of the first and of the second block. */
const cases = {
  "the first": [{ layer: "dense1", lr: 1e-4 }, { layer: "dense1", lr: 1e-4 }, null],
  "the second": [{ layer: "dense2", lr: 1e-4 }, null, { layer: "dense1", lr: 1e-4 }],
  "the last": [{ layer: "dense3", lr: 1e-4 }, null, null],
  "by number": [{ layer: 2, lr: 1e-4 }, null, { layer: 0, lr: 1e-4 }],
  // 12 parameters of the first, 15 of the second.
  "a range across blocks": [
    { start: 5, end: 20, lr: 1e-4 },
    { start: 5, end: 12, lr: 1e-4 },
    { start: 0, end: 8, lr: 1e-4 },
  ],
} as const;

describe("groups of a pre-training", () => {
  test.each(Object.entries(cases))("%s, as autoencoders", (_, [group, first, second]) => {
    const net = make();
    pretrain(net, x, null, { ...options, groups: [group] });
    const one = network({
      inputs: 2,
      layers: [dense(4), tanh(), dense(2)],
      loss: "mse",
      seed: 5,
      dtype: "f64",
    });
    one.fit(x, x, { ...options, groups: first ? [first] : [] });
    expect(weights(net, "dense1")).toEqual(weights(one, "dense1"));
    const hidden = one.activations(x, "tanh1");
    const two = network({
      inputs: 4,
      layers: [dense(3), tanh(), dense(4)],
      loss: "mse",
      seed: 6,
      dtype: "f64",
    });
    two.fit(hidden, hidden, { ...options, groups: second ? [second] : [] });
    expect(weights(net, "dense2")).toEqual(weights(two, "dense1"));
    for (const each of [net, one, two]) each.dispose();
  });

  test("with labels, the blocks before stay and their groups with them", () => {
    const net = make();
    pretrain(net, x, labels, { ...options, groups: [{ layer: "dense2", lr: 1e-4 }] });
    const two = network({
      inputs: 2,
      layers: [dense(4), tanh(), dense(3), tanh(), dense(2)],
      loss: "softmaxCrossEntropy",
      seed: 6,
      dtype: "f64",
    });
    const first = net.layer("dense1");
    for (const [name, values] of Object.entries(two.layer("dense1"))) values.set(first[name]!);
    two.freeze("dense1", "tanh1");
    two.fit(x, labels, { ...options, groups: [{ layer: "dense2", lr: 1e-4 }] });
    expect(weights(net, "dense2")).toEqual(weights(two, "dense2"));
    for (const each of [net, two]) each.dispose();
  });

  test("what is no layer, and what a block refuses, is refused in its name", () => {
    const net = make();
    expect(() => pretrain(net, x, null, { groups: [{ layer: "dense4", lr: 1 }] })).toThrow(
      /^pretrain: groups\[0\]: layer must be a layer with parameters: dense1, dense2, dense3/,
    );
    expect(() => pretrain(net, x, null, { groups: [{ start: 0, end: 99 }] })).toThrow(
      /^pretrain: groups\[0\].end/,
    );
    expect(() => pretrain(net, x, null, { epochs: 0 })).toThrow(/^pretrain: epochs/);
    net.dispose();
  });
});
