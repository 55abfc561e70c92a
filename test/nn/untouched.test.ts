// What callbacks, generators and timers do beside a training reaches nobody: predictions, arrays that are written over, and
// arrays that are transferred away.

import { describe, expect, test } from "vitest";
import {
  adam,
  dense,
  type FitOptions,
  findLearningRate,
  layer,
  loss,
  type Network,
  type NetworkOptions,
  network,
  sgd,
  tanh,
} from "../../src/index.js";

const rowsOf = (m: number, s = 0) =>
  Array.from({ length: m }, (_, i) => [Math.sin(1.3 * i + s), Math.cos(0.7 * i + s)]);
const planeOf = (x: number[][]) => x.map(([a, b]) => [a! + 2 * b!]);
const x = rowsOf(101);
const labels = x.map(([a]) => Number(a! > 0.3));
const values = planeOf(x);

const classes = (o: Partial<NetworkOptions> = {}) =>
  network({
    inputs: 2,
    layers: [dense(6), tanh(), dense(2)],
    loss: "softmaxCrossEntropy",
    seed: 1,
    ...o,
  });
const linear = (o: Partial<NetworkOptions> = {}) =>
  network({ inputs: 2, layers: [dense(1)], loss: "mse", seed: 1, ...o });

const using = <T>(net: Network, run: (net: Network) => T): T => {
  try {
    return run(net);
  } finally {
    net.dispose();
  }
};

/** What a training comes to: all that it records of its epochs, and where it ends. */
const courseOf = (net: Network, options: FitOptions, peek: () => void = () => undefined) => {
  const { epochs } = net.fit(x, labels, { epochs: 4, ...options, onBatch: peek });
  const { layers } = net.diagnose();
  return { epochs: epochs.map(({ elapsedMs: _, ...epoch }) => epoch), layers, params: [...net.params] };
};

describe("predictions in between", () => {
  test("by a generator change nothing: a batch is placed when it is trained on", () => {
    const run = (peek: boolean) =>
      using(linear(), (net) => {
        function* batches() {
          for (let k = 0; k < 50; k++) {
            const batch = rowsOf(16, k);
            if (peek) net.predict([[100, 100]]);
            yield { x: batch, y: planeOf(batch) };
          }
        }
        const { loss: course } = net.fit(batches, null, { epochs: 2, optimizer: sgd({ lr: 0.05 }) });
        return { course, params: [...net.params] };
      });
    const [quiet, asked] = [run(false), run(true)];
    expect(asked).toEqual(quiet);
    expect(quiet.params[1]).toBeCloseTo(2, 1);
  });

  test("by others, while a batch is waited for", async () => {
    const run = async (peek: boolean) => {
      const net = linear();
      async function* batches() {
        for (let k = 0; k < 20; k++) {
          const batch = rowsOf(16, k);
          await new Promise((resolve) => setTimeout(resolve, 1));
          yield { x: batch, y: planeOf(batch) };
        }
      }
      // Between all that is awaited, in turns of the event loop and of its microtasks.
      let over = false;
      const ask = (async () => {
        for (let k = 0; !over; k++) {
          if (peek) net.predict([[100, -100]]);
          await (k % 50 === 0 ? new Promise((resolve) => setTimeout(resolve, 0)) : undefined);
        }
      })();
      await net.fitAsync(batches, null, { epochs: 2, optimizer: sgd({ lr: 0.1 }) });
      over = true;
      await ask;
      const params = [...net.params];
      net.dispose();
      return params;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("a generator may fill the same arrays anew for every batch", () => {
    const run = (reuse: boolean) =>
      using(linear(), (net) => {
        const own = { x: new Float32Array(32), y: new Float32Array(16) };
        function* batches() {
          for (let k = 0; k < 9; k++) {
            const batch = rowsOf(16, k);
            const [flat, targets] = [batch.flat(), planeOf(batch).flat()];
            if (!reuse) yield { x: flat, y: targets };
            else {
              own.x.set(flat);
              own.y.set(targets);
              yield own;
            }
          }
        }
        net.fit(batches, null, { epochs: 2, optimizer: sgd({ lr: 0.05 }) });
        return [...net.params];
      });
    expect(run(true)).toEqual(run(false));
  });

  test.each([
    ["a rate", (peek: () => void) => sgd({ lr: () => (peek(), 0.5) })],
    ["a momentum", (peek: () => void) => sgd({ lr: 0.1, momentum: () => (peek(), 0.5) })],
    [
      "a rate that looks ahead",
      (peek: () => void) => sgd({ lr: () => (peek(), 0.1), momentum: 0.5, nesterov: "lookahead" }),
    ],
  ])("by the schedule of %s change neither steps nor accuracy nor diagnosis", (_, rule) => {
    const run = (peek: boolean) =>
      using(classes(), (net) => {
        const ask = () => void (peek && net.predict([[9, -9]]));
        return courseOf(net, { optimizer: rule(ask), validation: 0.2, metrics: ["f1"] }, ask);
      });
    expect(run(true)).toEqual(run(false));
  });

  test("within a pass are refused, and the pass goes on unharmed", () => {
    const asks: Record<string, (net: Network) => unknown> = {
      predict: (net) => net.predict(x),
      evaluate: (net) => net.evaluate(x, values),
      activations: (net) => net.activations(x, 0),
      diagnose: (net) => net.diagnose(),
      forward: (net) => net.forward(x),
    };
    for (const ask of Object.values(asks)) {
      let net: Network | null = null;
      const seen: unknown[] = [];
      const peek = () => {
        const asked = net;
        // Not again from within a pass that was let through.
        net = null;
        try {
          if (asked) ask(asked);
        } catch (error) {
          seen.push(error);
        }
        net = asked;
      };
      const run = (look: () => void) => {
        const pass = layer({
          name: "pass",
          forward(from, out) {
            out.set(from);
            look();
          },
          backward(gradOut, gradIn) {
            look();
            gradIn?.set(gradOut);
          },
        });
        const half = loss({
          name: "half",
          value(z, t) {
            look();
            return (z[0]! - t[0]!) ** 2 / 2;
          },
          gradient(z, t, out) {
            look();
            out[0] = z[0]! - t[0]!;
          },
        });
        return using(
          network({ inputs: 2, layers: [dense(2), pass, dense(1)], loss: half, seed: 3 }),
          (made) => {
            // For diagnose there must have been a training.
            made.fit(x, values, { epochs: 1 });
            net = made;
            made.fit(x, values, { epochs: 2 });
            const { funGrad } = made.objective(x, values);
            funGrad(made.params, { set: () => undefined });
            net = null;
            return [...made.params];
          },
        );
      };
      const quiet = run(() => undefined);
      expect(run(peek)).toEqual(quiet);
      expect(seen.length).toBeGreaterThan(500);
      for (const error of seen) {
        expect(error).toMatchObject({
          code: "REENTRANT",
          message: expect.stringMatching(/was called within a pass of this network/),
        });
      }
    }
  });
});

describe("what is written into what was given", () => {
  test("by a metric reaches no other metric", () => {
    const metrics = {
      sorted: (p: { sort(): unknown }) => (p.sort(), 0),
      zeroed: (_: unknown, t: unknown) => ((t as Int32Array).fill(0), 0),
      f1: "f1" as const,
    };
    const measured = (given: FitOptions["metrics"]) =>
      using(classes(), (net) => net.fit(x, labels, { epochs: 1, metrics: given }).metrics.f1);
    expect(measured(metrics)).toEqual(measured(["f1"]));
  });

  test("by a loss or a layer reaches neither gradient nor training", () => {
    const run = (spoil: (v: { fill(value: number): unknown }) => unknown) => {
      const half = loss({
        name: "half",
        value(z, t) {
          const value = (z[0]! - t[0]!) ** 2 / 2;
          spoil(z);
          spoil(t);
          return value;
        },
        gradient(z, t, out) {
          out[0] = z[0]! - t[0]!;
          spoil(z);
          spoil(t);
        },
      });
      const pass = layer({
        name: "pass",
        forward(from, out) {
          out.set(from);
          spoil(from);
        },
        backward(gradOut, gradIn, { x: from, y }) {
          gradIn?.set(gradOut);
          spoil(gradOut);
          spoil(from);
          spoil(y);
        },
      });
      const layers = [dense(3), tanh(), pass, dense(1)];
      return using(network({ inputs: 2, layers, loss: half, seed: 3 }), (net) => {
        const history = net.fit(x, values, { epochs: 3, validation: 0.2 });
        const predicted = net.predict(x);
        return { losses: history.loss, valLoss: history.valLoss, predicted, layers: net.diagnose().layers };
      });
    };
    expect(run((v) => v.fill(7))).toEqual(run(() => undefined));
  });

  test("into samples while they are trained on, whatever their type", async () => {
    const kinds = {
      f32: [Float32Array.from(x.flat()), Float32Array.from(values.flat())],
      f64: [Float64Array.from(x.flat()), Float64Array.from(values.flat())],
    } as const;
    for (const dtype of ["f32", "f64"] as const) {
      const whole = async (spoil: boolean) => {
        const net = linear({ dtype });
        const [from, to] = kinds[dtype].map((list) => list.slice()) as [Float32Array, Float32Array];
        const wipe = () => void (spoil && (from.fill(0), to.fill(0)));
        const validation = { x: from, y: to };
        const training = net.fitAsync(from, to, { epochs: 3, validation });
        wipe();
        const { loss: course, valLoss } = await training;
        net.dispose();
        return { course, valLoss };
      };
      expect(await whole(true)).toEqual(await whole(false));
    }
  });

  test("arrays that are transferred away while training is under way", () => {
    using(linear(), (net) => {
      const from = Float32Array.from(x.flat());
      const training = net.iterateFit(from, values, { epochs: 3 });
      training.next();
      structuredClone(from, { transfer: [from.buffer] });
      for (const _ of training);
      expect(training.result.status).toBe("completed");
    });
  });

  test("an objective keeps its samples", () => {
    using(linear(), (net) => {
      const [from, to] = [Float64Array.from(x.flat()), Float64Array.from(values.flat())];
      const { fun } = net.objective(from, to);
      const before = fun(net.params);
      from.fill(0);
      to.fill(0);
      expect(fun(net.params)).toBe(before);
    });
  });
});

test("a search for a learning rate leaves what continue goes on from", () => {
  for (const optimizerOf of [() => adam({ lr: 0.01 }), () => sgd({ lr: 0.1, momentum: 0.9 })]) {
    const run = (search: boolean) =>
      using(classes({ dtype: "f64" }), (net) => {
        net.fit(x, labels, { epochs: 5, optimizer: optimizerOf() });
        if (search) findLearningRate(net, x, labels);
        const saved = new Uint8Array(net.save({ optimizer: true }));
        return { saved, losses: net.fit(x, labels, { epochs: 2, continue: true }).loss };
      });
    expect(run(true)).toEqual(run(false));
  }
});

describe("early stopping", () => {
  test("without a number to wait for says so, and of which epoch the weights are", () => {
    using(linear(), (net) => {
      const history = net.fit(x, values, {
        epochs: 5,
        metrics: { m: () => NaN },
        patience: 2,
        monitor: { name: "m", mode: "max" },
      });
      expect(history).toMatchObject({ reason: "patience", bestEpoch: 2 });
      expect(history.message).toBe(
        "no improvement for 2 epochs (m was no finite number); weights of epoch 2",
      );
    });
  });

  test("after numbers ran out, the epoch is the one under way", () => {
    using(linear(), (net) => {
      const rule = sgd({ lr: (step) => (step < 40 ? 0.1 : 1e10) });
      const history = net.fit(x, values, { epochs: 30, batchSize: 26, optimizer: rule });
      expect(history).toMatchObject({ reason: "nonFinite", epochs: { length: 10 }, bestEpoch: 11 });
      expect(history.message).toMatch(/\(epoch 11\).*keeps the last weights whose loss was finite/);
      expect(net.evaluate(x, values).loss).toBeGreaterThan(1);
    });
  });
});

describe("weights of classes", () => {
  test("weigh the validation, however it is given", () => {
    const valLoss = (options: FitOptions) =>
      using(classes({ dtype: "f64" }), (net) => {
        const still = sgd({ lr: 0 });
        return net.fit(x, labels, { epochs: 1, optimizer: still, classWeight: { 1: 10 }, ...options });
      }).valLoss[0];
    const sampleWeight = labels.map(() => 1);
    const bare = valLoss({ validation: { x, y: labels } });
    expect(valLoss({ validation: { x, y: labels, sampleWeight } })).toBe(bare);
    using(classes({ dtype: "f64" }), (net) => {
      const p = net.predict(x);
      const weights = labels.map((label) => (label === 1 ? 10 : 1));
      const total = weights.reduce((sum, w) => sum + w, 0);
      const wanted = labels.reduce((sum, l, i) => sum - (weights[i]! * Math.log(p[2 * i + l]!)) / total, 0);
      expect(bare).toBeCloseTo(wanted, 12);
    });
  });

  test.each([[{ 7: 5 }], [{ cat: 3 }], [{ "1.0": 9 }], [[1, 2, 3]], [[1]]])(
    "%j has other labels",
    (given) => {
      using(classes(), (net) => {
        const run = () => net.fit(x, labels, { classWeight: given as Record<number, number> });
        expect(run).toThrow(/classWeight/);
      });
    },
  );
});
