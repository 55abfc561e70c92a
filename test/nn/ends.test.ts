// How a training ends, and what is left of it: schedules and generators that run out, numbers that JSON has not, layers that throw.

import { expect, test } from "vitest";
import {
  clipNorm,
  clipValue,
  dense,
  layer,
  loadSync,
  network,
  pretrain,
  sgd,
  type TrainingState,
  tanh,
} from "../../src/index.js";

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(1.3 * i), Math.cos(0.7 * i)]);
const y = x.map(([a, b]) => [a! + 2 * b!]);
const linear = () => network({ inputs: 2, layers: [dense(1)], loss: "mse", seed: 1 });

test("a schedule with a rate for every step needs none for the one after the last", () => {
  const net = linear();
  const rates = [0.1, 0.2, 0.3, 0.4];
  const optimizer = sgd({ lr: (step) => rates[step]! });
  const { epochs } = net.fit(x, y, { epochs: 2, batchSize: 20, optimizer });
  expect(epochs.map(({ lr }) => lr)).toEqual([0.3, 0.4]);
  expect(() => net.fit(x, y, { epochs: 3, batchSize: 20, optimizer })).toThrow(/lr at step 4/);
  net.dispose();
});

test("a generator that runs dry ends the training with its history", () => {
  function* batches(count: number) {
    for (let k = 0; k < count; k++) yield { x, y };
  }
  for (const [count, epochs, status] of [
    [45, 5, "completed"],
    [40, 4, "stopped"],
    [35, 4, "stopped"],
  ] as const) {
    const net = linear();
    const history = net.fit(batches(count), null, { epochs: 5, stepsPerEpoch: 10 });
    expect(history).toMatchObject({ status, epochs: { length: epochs }, steps: count });
    if (status === "stopped") {
      expect(history.reason).toBe("batches");
      expect(history.message).toBe("the generator ended after 4 epochs of 5");
    }
    net.dispose();
  }
  const net = linear();
  expect(() => net.fit(batches(0), null, { epochs: 1 })).toThrow(/the generator gave no batch/);
  net.dispose();
});

test("a metric that is no finite number comes back from a state, one called is too", () => {
  const metrics = { z: () => NaN, up: () => Infinity, is: () => -Infinity, one: () => 1 };
  const net = linear();
  const training = net.iterateFit(x, y, { epochs: 4, metrics });
  training.next();
  training.next();
  const state = JSON.parse(JSON.stringify(training.state())) as TrainingState;
  training.return?.();
  const other = linear();
  const resumed = other.iterateFit(x, y, { epochs: 4, metrics, resume: state });
  for (const _ of resumed);
  expect(resumed.result.metrics).toEqual({
    z: [NaN, NaN, NaN, NaN],
    up: [Infinity, Infinity, Infinity, Infinity],
    is: [-Infinity, -Infinity, -Infinity, -Infinity],
    one: [1, 1, 1, 1],
  });
  net.dispose();
  other.dispose();
});

test("a layer whose init throws leaves no memory behind", () => {
  const runtime = loadSync();
  const bad = layer({
    name: "bad",
    params: { a: 2 },
    init() {
      throw new Error("mine");
    },
    forward: () => undefined,
    backward: () => undefined,
  });
  const make = () => network({ inputs: 2, layers: [bad], loss: "mse", runtime });
  expect(make).toThrow("mine");
  const { used } = runtime.memory;
  for (let i = 0; i < 5; i++) expect(make).toThrow("mine");
  expect(runtime.memory.used).toBe(used);
  runtime.dispose();
});

test("a state of a training that went on from another ends where that would have ended", () => {
  const before = linear();
  before.fit(x, y, { epochs: 3 });
  const whole = before.iterateFit(x, y, { epochs: 4, continue: true });
  whole.next();
  whole.next();
  const state = whole.state();
  for (const _ of whole);
  const fresh = linear();
  const resumed = fresh.iterateFit(x, y, { epochs: 4, resume: state });
  for (const _ of resumed);
  expect(resumed.result.epochs.map(({ epoch, epochs }) => `${epoch}/${epochs}`)).toEqual([
    "4/7",
    "5/7",
    "6/7",
    "7/7",
  ]);
  expect(resumed.result.loss).toEqual(whole.result.loss);
  expect([...fresh.params]).toEqual([...before.params]);
  before.dispose();
  fresh.dispose();
});

test("pre-training that was called off leaves the weights alone", () => {
  const layers = [dense(3), tanh(), dense(1)];
  const net = network({ inputs: 2, layers, loss: "mse", seed: 1 });
  net.fit(x, y, { epochs: 5 });
  const weights = [...net.params];
  const controller = new AbortController();
  controller.abort();
  const { blocks } = pretrain(net, x, y, { epochs: 3, signal: controller.signal });
  expect(blocks[0]!.history.status).toBe("stopped");
  expect([...net.params]).toEqual(weights);
  net.dispose();
});

test("an iteration that was left says how it ends", () => {
  const net = linear();
  const training = net.iterateFit(x, y, { epochs: 4 });
  training.next();
  expect(() => net.fit(x, y)).toThrow(
    expect.objectContaining({ code: "REENTRANT", hint: expect.stringMatching(/ends with its return\(\)/) }),
  );
  training.return?.();
  expect(net.fit(x, y).success).toBe(true);
  net.dispose();
});

test("clipping refuses integers, which would be cut to 0", () => {
  const g = new Int32Array([3, 4]);
  for (const clip of [clipNorm, clipValue])
    expect(() => clip(g as never, 1)).toThrow(
      expect.objectContaining({ code: "SHAPE", message: expect.stringMatching(/g must hold floats/) }),
    );
  expect([...g]).toEqual([3, 4]);
});
