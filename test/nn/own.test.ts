// Layers and losses of one's own: against those of the house that do the same, and against finite differences.

import { describe, expect, test } from "vitest";
import {
  adam,
  batchNorm,
  type DownhillError,
  dense,
  findLearningRate,
  type Layer,
  layer,
  loadNetwork,
  loss,
  type Network,
  type NetworkOptions,
  network,
  type OwnLayer,
  Random,
  sgd,
  tanh,
} from "../../src/index.js";

const x = Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * i + i));
const values = Float64Array.from({ length: 60 }, (_, i) => x[2 * i]! - 0.5 * x[2 * i + 1]!);
const labels = Int32Array.from(
  { length: 60 },
  (_, i) => (x[2 * i]! > 0 ? 1 : 0) + (x[2 * i + 1]! > 0 ? 1 : 0),
);

const make = (o: Partial<NetworkOptions> = {}) =>
  network({ inputs: 2, layers: [dense(5), tanh(), dense(1)], loss: "mse", seed: 2, dtype: "f64", ...o });
const thrown = (run: () => unknown): DownhillError => {
  try {
    run();
  } catch (error) {
    return error as DownhillError;
  }
  throw new Error("nothing was thrown");
};

/** Dense in JavaScript, from the formula. */
const affine = (units: number, o: Partial<OwnLayer> = {}): Layer =>
  layer({
    name: "affine",
    shape: units,
    params: (inputs, outputs) => ({ weight: [inputs, outputs], bias: outputs }),
    forward(x, out, { rows, inputs, outputs, params: { weight, bias } }) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < outputs; j++) {
          let sum = bias![j]!;
          for (let k = 0; k < inputs; k++) sum += x[i * inputs + k]! * weight![k * outputs + j]!;
          out[i * outputs + j] = sum;
        }
      }
    },
    backward(gradOut, gradIn, { rows, inputs, outputs, x, params, grads }) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < outputs; j++) {
          const d = gradOut[i * outputs + j]!;
          if (grads) grads.bias![j]! += d;
          for (let k = 0; k < inputs; k++) {
            if (grads) grads.weight![k * outputs + j]! += d * x[i * inputs + k]!;
            if (gradIn) gradIn[i * inputs + k]! += d * params.weight![k * outputs + j]!;
          }
        }
      }
    },
    ...o,
  });

const close = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 11) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(a[i]!).toBeCloseTo(b[i]!, digits);
};

describe("a layer of one's own", () => {
  test("trains as the one of the house that it copies, frozen or not", () => {
    const [a, b] = [make(), make({ layers: [affine(5), tanh(), affine(1)] })];
    expect(b.names).toEqual(["affine1", "tanh1", "affine2"]);
    b.params.set(a.params);
    for (const net of [a, b]) net.fit(x, values, { epochs: 5, optimizer: adam({ lr: 0.02 }) });
    close(b.params, a.params);
    a.freeze("dense1");
    b.freeze("affine1");
    for (const net of [a, b]) net.fit(x, values, { epochs: 3, optimizer: adam({ lr: 0.02 }) });
    close(b.params, a.params);
    for (const net of [a, b]) {
      net.forward(x);
      const dx = new Float64Array(120);
      net.backward(new Float64Array(60).fill(1), dx);
      if (net === b) close(dx, gradient);
      gradient = dx;
    }
    a.dispose();
    b.dispose();
  });
  let gradient = new Float64Array(0);

  test("comes back from a file with its parameters, when it is given again", () => {
    const [own, net] = [affine(3), make({ layers: [affine(3), batchNorm(), dense(1)] })];
    net.fit(x, values, { epochs: 2 });
    const saved = net.save();
    expect(thrown(() => loadNetwork(saved))).toMatchObject({
      code: "SNAPSHOT",
      message: expect.stringMatching(/affine/),
    });
    const loaded = loadNetwork(saved, { own: [own] });
    expect(loaded.predict(x)).toEqual(net.predict(x));
    expect(thrown(() => loadNetwork(saved, { own: [1] as never })).code).toBe("OPTION");
    loaded.dispose();
    net.dispose();
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no function", () => affine(3, { forward: 1 as never }), /layer affine: forward must be a function/],
    ["a name", () => affine(3, { name: "a b" }), /name must be/],
    ["a shape", () => affine(0), /shape must be/],
    ["an option", () => affine(3, { shapes: 3 } as never), /did you mean "shape"/],
    ["lengths", () => make({ layers: [affine(3, { params: { a: -1 } })] }), /params.a must be a length/],
    [
      "outputs",
      () => make({ layers: [affine(3, { shape: () => 0.5 })] }),
      /shape must be a number >= 1 for 2 inputs/,
    ],
    [
      "softmax before a loss that has it",
      () => make({ layers: [affine(3, { name: "softmax" })], loss: "softmaxCrossEntropy" }),
      /leave out softmax/,
    ],
  ])("refuses %s", (_, run, message) => {
    expect(run).toThrow(message);
  });

  test("what it throws comes out, promises are refused, NaN is traced to it", () => {
    const net = make({ layers: [affine(3), affine(1, { name: "late", forward: async () => undefined })] });
    expect(thrown(() => net.fit(x, values))).toMatchObject({
      code: "CALLBACK_RESULT",
      message: expect.stringMatching(/layer late: forward returned a Promise/),
    });
    net.dispose();
    const bad = make({ layers: [dense(2), affine(1, { forward: (_x, out) => out.fill(NaN) })] });
    expect(bad.fit(x, values)).toMatchObject({ reason: "nonFinite", layer: "affine1" });
    bad.dispose();
    const broken = make({
      layers: [
        affine(1, {
          forward: () => {
            throw new RangeError("mine");
          },
        }),
      ],
    });
    expect(() => broken.predict(x)).toThrow(RangeError);
    broken.dispose();
  });
});

describe("a loss of one's own", () => {
  const square = loss({
    name: "square",
    value(z, t) {
      let sum = 0;
      for (let j = 0; j < z.length; j++) sum += (z[j]! - t[j]!) ** 2;
      return sum / z.length;
    },
    gradient: (z, t, out) => {
      for (let j = 0; j < z.length; j++) out[j] = (2 * (z[j]! - t[j]!)) / z.length;
    },
  });
  /** Multi-class hinge (Crammer & Singer 2001), smoothed by squares. */
  const margin = loss({
    name: "margin",
    labels: true,
    value(z, label) {
      let sum = 0;
      for (let j = 0; j < z.length; j++) if (j !== label) sum += Math.max(0, 1 - z[label]! + z[j]!) ** 2;
      return sum;
    },
    gradient(z, label, out) {
      for (let j = 0; j < z.length; j++) {
        const d = j === label ? 0 : 2 * Math.max(0, 1 - z[label]! + z[j]!);
        out[j]! += d;
        out[label]! -= d;
      }
    },
  });

  test("is the mean over the samples, as mse is, with weights too", () => {
    const layers = [dense(4), tanh(), dense(2)];
    const targets = Float64Array.from({ length: 120 }, (_, i) => Math.cos(i));
    const [a, b] = [make({ layers }), make({ layers, loss: square })];
    for (const net of [a, b]) {
      net.fit(x, targets, { epochs: 4, sampleWeight: values.map(Math.abs), optimizer: sgd({ lr: 0.1 }) });
    }
    close(b.params, a.params);
    expect(b.evaluate(x, targets).loss).toBeCloseTo(a.evaluate(x, targets).loss, 12);
    expect(b.evaluate(x, targets).accuracy).toBe(null);
    expect(b.loss).toBe("square");
    const loaded = loadNetwork(b.save(), { own: [square] });
    expect(loaded.evaluate(x, targets)).toEqual(b.evaluate(x, targets));
    for (const net of [a, b, loaded]) net.dispose();
  });

  test("with labels its gradient is that of finite differences", () => {
    const net = make({ layers: [dense(4), tanh(), dense(3)], loss: margin });
    net.lossGradient(x, labels);
    const grads = net.grads.slice();
    for (let i = 0; i < grads.length; i++) {
      const at = net.params[i]!;
      const f = (t: number) => {
        net.params[i] = at + t;
        return net.lossGradient(x, labels);
      };
      const slope = (8 * (f(1e-4) - f(-1e-4)) - (f(2e-4) - f(-2e-4))) / 12e-4;
      net.params[i] = at;
      expect(slope).toBeCloseTo(grads[i]!, 7);
    }
    const h = net.fit(x, labels, { epochs: 60, optimizer: adam({ lr: 0.05 }) });
    expect(h.loss.at(-1)).toBeLessThan(0.3 * h.loss[0]!);
    net.dispose();
  });

  test("what it gives must be numbers", () => {
    const net = make({ loss: loss({ name: "bad", value: () => "1" as never, gradient: () => undefined }) });
    expect(() => net.fit(x, values)).toThrow(/loss bad: value gave "1"/);
    net.dispose();
    expect(() => loss({ name: "a" } as never)).toThrow(/value must be a function/);
    expect(() => make({ loss: 3 as never })).toThrow(/loss\(\{ name, value, gradient \}\)/);
  });
});

describe("findLearningRate", () => {
  const noisy = (net: Network) => findLearningRate(net, x, values, { to: 10 });

  test("finds a rate that trains well, and leaves the network as it was", () => {
    const layers = [dense(16), batchNorm(), tanh(), dense(1)];
    const [net, other] = [make({ layers }), make({ layers })];
    const found = noisy(net);
    expect(net.save()).toEqual(other.save());
    expect(found.rates[0]).toBe(1e-6);
    expect(found.lr).toBeGreaterThan(1e-5);
    expect(found.lr).toBeLessThan(found.max);
    expect(found.losses.length).toBe(found.rates.length);
    const loss = (lr: number) => {
      const fresh = make({ layers });
      fresh.fit(x, values, { epochs: 15, optimizer: adam({ lr }) });
      const end = fresh.evaluate(x, values).loss;
      fresh.dispose();
      return end;
    };
    expect(loss(found.lr)).toBeLessThan(0.5 * loss(1e-5));
    expect(loss(found.lr)).toBeLessThan(loss(10));
    for (const one of [net, other]) one.dispose();
  });

  test("takes no luck of small batches at tiny rates for a fall", () => {
    // Two half moons and a linear model: batches of 1 and 8 scatter as much as training gains.
    const found: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const points = Array.from({ length: 400 }, (_, i) => {
        const t = Math.PI * random.uniform();
        const [u, v] = i % 2 ? [1 - Math.cos(t), 0.5 - Math.sin(t)] : [Math.cos(t), Math.sin(t)];
        return [u + 0.15 * random.normal(), v + 0.15 * random.normal()];
      });
      for (const batchSize of [1, 8, 32]) {
        const net = network({ inputs: 2, layers: [dense(2)], loss: "softmaxCrossEntropy", seed });
        const labels = points.map((_, i) => i % 2);
        found.push(
          findLearningRate(net, points, labels, { batchSize, optimizer: (lr) => sgd({ lr }) }).lr,
          findLearningRate(net, points, labels, { batchSize }).lr,
        );
        net.dispose();
      }
    }
    expect(Math.min(...found)).toBeGreaterThan(1e-2);
  });

  test.each([1, 4])("suggests no rate at which batches of %i train away from the answer", (batchSize) => {
    // Which of four quadrants a point is in, by products of signs: the first steps of single samples say little.
    const worse: string[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const points = Array.from({ length: 200 }, () => [2 * random.uniform() - 1, 2 * random.uniform() - 1]);
      const quadrants = points.map(([a, b]) => (a! * b! > 0 ? 1 : 0));
      for (const rule of [(lr: number) => adam({ lr }), (lr: number) => sgd({ lr, momentum: 0.9 })]) {
        const layers = [dense(16), tanh(), dense(2)];
        const net = network({ inputs: 2, layers, loss: "softmaxCrossEntropy", seed });
        const before = net.evaluate(points, quadrants).loss;
        const optimizer = rule as (lr: number | ((step: number) => number)) => ReturnType<typeof adam>;
        const { lr } = findLearningRate(net, points, quadrants, { batchSize, optimizer });
        net.fit(points, quadrants, {
          batchSize,
          optimizer: optimizer(lr),
          epochs: batchSize === 1 ? 3 : 10,
          seed,
        });
        const after = net.evaluate(points, quadrants).loss;
        if (!(after < before)) worse.push(`seed ${seed}: lr ${lr}, loss ${before} to ${after}`);
        net.dispose();
      }
    }
    expect(worse.length, worse.join("; ")).toBeLessThanOrEqual(1);
  });

  test("stops where the loss diverges, with any rule", () => {
    const net = make();
    const found = findLearningRate(net, x, values, { optimizer: (lr) => sgd({ lr }), to: 1e4, steps: 60 });
    expect(found.diverged).toBe(true);
    expect(found.rates.at(-1)).toBeLessThan(1e4);
    expect(found.max).toBeLessThan(100);
    expect(() => findLearningRate(net, x, values, { optimizer: adam as never, to: 0 })).toThrow(/to must be/);
    expect(() => findLearningRate(net, x, values, { optimizer: (() => 3) as never })).toThrow(/rule/);
    net.dispose();
  });
});
