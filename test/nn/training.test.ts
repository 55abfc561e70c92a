// Training as a task: what it goes on from, what it is stopped by, what counts how much, and what an optimizer of a network does.

import { describe, expect, test } from "vitest";
import {
  adam,
  adamw,
  average,
  batchNorm,
  type DownhillError,
  dense,
  dropout,
  type FitOptions,
  loadNetwork,
  minimize,
  type Network,
  type NetworkOptions,
  network,
  optimizer,
  relu,
  schedules,
  sgd,
  sigmoid,
  softplus,
  tanh,
} from "../../src/index.js";

const x = Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * i + i));
const y = Int32Array.from({ length: 60 }, (_, i) => Number(x[2 * i]! * x[2 * i + 1]! > 0));
const values = Float64Array.from({ length: 60 }, (_, i) => x[2 * i]! - 0.5 * x[2 * i + 1]!);

const make = (o: Partial<NetworkOptions> = {}) =>
  network({
    inputs: 2,
    layers: [dense(8), tanh(), dense(2)],
    loss: "softmaxCrossEntropy",
    seed: 1,
    dtype: "f64",
    ...o,
  });
const linear = (o: Partial<NetworkOptions> = {}) => make({ layers: [dense(1)], loss: "mse", ...o });

const using = <T>(net: Network, run: (net: Network) => T): T => {
  try {
    return run(net);
  } finally {
    net.dispose();
  }
};
const thrown = (run: () => unknown): DownhillError => {
  try {
    run();
  } catch (error) {
    return error as DownhillError;
  }
  throw new Error("nothing was thrown");
};

describe("an optimizer of a network", () => {
  const steps = (net: Network, opt: { step(): void }, count = 20) => {
    for (let i = 0; i < count; i++) {
      net.lossGradient(x, y);
      opt.step();
    }
    return net.params.slice();
  };

  test("works on its parameters in place, as one of a copy that is put back would", () => {
    const wanted = using(make(), (net) => {
      const opt = optimizer(net.params.slice(), adam({ lr: 0.05 }));
      for (let i = 0; i < 20; i++) {
        net.params.set(opt.params);
        net.lossGradient(x, y);
        opt.grads.set(net.grads);
        opt.step();
      }
      const end = opt.params.slice();
      opt.dispose();
      return end;
    });
    for (const of of [(net: Network) => net, (net: Network) => net.params]) {
      using(make(), (net) => {
        const opt = optimizer(of(net), adam({ lr: 0.05 }));
        expect(opt.params.byteOffset).toBe(net.params.byteOffset);
        expect(opt.grads.byteOffset).toBe(net.grads.byteOffset);
        expect(steps(net, opt)).toEqual(wanted);
        const mean = average(opt, { kind: "ema", decay: 0.5 });
        mean.update();
        mean.dispose();
        opt.dispose();
      });
    }
  });

  test("a part of its parameters is refused, and so are options that are the network's", () => {
    using(make(), (net) => {
      const part = net.layer("dense1").weight!;
      expect(thrown(() => optimizer(part, adam()))).toMatchObject({
        code: "OPTION",
        hint: expect.stringMatching(/groups.*layer/),
      });
      expect(thrown(() => optimizer(net, adam(), { dtype: "f32" })).message).toMatch(/dtype.*the network/);
      expect(thrown(() => optimizer(net, adam(), { groups: [{ layer: "tanh1" }] })).message).toMatch(
        /a layer with parameters: dense1, dense2/,
      );
      expect(thrown(() => optimizer([1, 2], adam(), { groups: [{ layer: "dense1" }] })).message).toMatch(
        /groups\[0\]\.start must be an integer/,
      );
      const copy = optimizer(part.slice(), adam());
      copy.dispose();
    });
  });

  test("groups by layer, frozen layers and weight decay", () => {
    using(make(), (net) => {
      const before = net.params.slice();
      const opt = optimizer(net, adamw({ lr: 0.05, weightDecay: 0.1 }), {
        groups: [{ layer: "dense2", lr: 0, weightDecay: 0 }],
      });
      steps(net, opt, 3);
      expect(net.params.slice(24)).toEqual(before.slice(24));
      expect(net.params.slice(0, 24)).not.toEqual(before.slice(0, 24));
      const now = net.params.slice();
      net.freeze("dense1");
      opt.configure({ lr: 0.01 }, 0);
      steps(net, opt, 3);
      expect(net.params.slice(0, 24)).toEqual(now.slice(0, 24));
      expect(net.params.slice(24)).not.toEqual(now.slice(24));
      net.dispose();
      expect(thrown(() => opt.step()).code).toBe("DISPOSED");
      expect(thrown(() => optimizer(net, adam())).code).toBe("DISPOSED");
    });
  });

  test("a larger batch does not move the network away from it", () => {
    using(make(), (net) => {
      const opt = optimizer(net, sgd({ lr: 0.1 }));
      const many = Float64Array.from({ length: 2 * 1000 }, (_, i) => Math.cos(i));
      net.forward(many);
      net.backward(new Float64Array(2000).fill(1));
      const before = net.params.slice();
      opt.step();
      expect(net.params[0]).toBe(before[0]! - 0.1 * net.grads[0]!);
      opt.dispose();
    });
  });
});

describe("early stopping", () => {
  test.each([
    [1, 0.3],
    [2, 0.5],
    [3, 1],
    [4, 0.1],
  ])("without validation the restored weights are the best that were seen (seed %i, lr %d)", (seed, lr) => {
    using(make({ seed, layers: [dense(8), tanh(), dense(1)], loss: "mse" }), (net) => {
      const start = net.evaluate(x, values).loss;
      const h = net.fit(x, values, { epochs: 300, batchSize: 60, patience: 10, optimizer: adam({ lr }) });
      const { loss } = net.evaluate(x, values);
      expect(loss).toBeLessThanOrEqual(Math.min(...h.loss) * (1 + 1e-12));
      expect(loss).toBe(Math.min(start, ...h.epochs.map((e) => e.monitored!)));
      if (h.reason === "patience") expect(h.epochs.length - h.bestEpoch).toBe(10);
    });
  });

  test("running statistics come back with the weights", () => {
    using(make({ layers: [dense(8), batchNorm(), tanh(), dense(2)] }), (net) => {
      const validation = { x: x.slice(0, 40), y: y.slice(0, 20) };
      const h = net.fit(x, y, { epochs: 200, validation, patience: 3, optimizer: adam({ lr: 0.1 }) });
      expect(h.reason).toBe("patience");
      expect(net.evaluate(validation.x, validation.y).loss).toBe(Math.min(...h.valLoss));
    });
  });

  test("frozen layers stay under weight decay in fit too", () => {
    using(make(), (net) => {
      net.freeze("dense1");
      const before = net.params.slice();
      net.fit(x, y, { epochs: 1, optimizer: adamw({ lr: 0.1, weightDecay: 0.5 }) });
      expect(net.params.slice(0, 24)).toEqual(before.slice(0, 24));
      expect(net.params.slice(24)).not.toEqual(before.slice(24));
    });
  });

  test("a training that only gets worse gives the start back", () => {
    using(linear(), (net) => {
      const before = net.params.slice();
      const h = net.fit(x, values, { batchSize: 60, patience: 3, optimizer: sgd({ lr: 100 }) });
      expect(h).toMatchObject({ status: "stopped", reason: "patience", bestEpoch: 0, success: false });
      expect(h.message).toMatch(/weights of the start/);
      expect(net.params).toEqual(before);
    });
  });

  test("a metric is monitored in its direction", () => {
    using(make({ layers: [dense(16), tanh(), dense(2)] }), (net) => {
      const h = net.fit(x, y, {
        epochs: 60,
        validation: 0.3,
        patience: 5,
        monitor: "f1",
        metrics: ["f1", "accuracy"],
        optimizer: adam({ lr: 0.05 }),
      });
      expect(h.metrics.f1!.length).toBe(h.epochs.length);
      expect(h.metrics.accuracy).toEqual(h.valAccuracy);
      expect(h.metrics.f1![h.bestEpoch - 1]).toBe(Math.max(...h.metrics.f1!));
      const own = { cost: (p: ArrayLike<number>, t: ArrayLike<number>) => p.length + t.length };
      const again = net.fit(x, y, {
        epochs: 3,
        metrics: own,
        patience: 1,
        monitor: { name: "cost", mode: "min" },
      });
      expect(again.metrics.cost).toEqual([180, 180]);
      expect(again.reason).toBe("patience");
    });
  });

  test("several outputs of binaryCrossEntropy are labels of their own", () => {
    const bits: NetworkOptions = {
      inputs: 3,
      layers: [dense(3)],
      loss: "binaryCrossEntropy",
      dtype: "f64",
    };
    // Predicted is the sign of the features, by output: those of the rows 110, 100, 000 and 010.
    const features = [1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1];
    const truth = [1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0];
    const metrics: FitOptions["metrics"] = ["accuracy", "precision", "recall", "f1"];
    using(make(bits), (net) => {
      net.params.set([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
      const options: FitOptions = { epochs: 1, optimizer: sgd({ lr: 1e-9 }), metrics };
      const h = net.fit(features, truth, options);
      expect(net.evaluate(features, truth).accuracy).toBeCloseTo(10 / 12, 14);
      expect(h.metrics.accuracy![0]).toBeCloseTo(10 / 12, 14);
      // The first output 1 of 2 guessed, 1 of 1 there; the second 2 of 2, 2 of 3; the third does not occur.
      expect(h.metrics.precision![0]).toBeCloseTo((1 / 2 + 1) / 2, 14);
      expect(h.metrics.recall![0]).toBeCloseTo((1 + 2 / 3) / 2, 14);
      expect(h.metrics.f1![0]).toBeCloseTo((2 / 3 + 4 / 5) / 2, 14);
      expect(() => net.classify(features)).toThrow(/classify: the 3 outputs of binaryCrossEntropy/);
    });
    using(make({ ...bits, inputs: 1, layers: [dense(1)] }), (net) => {
      net.params.set([1, 0]);
      const h = net.fit([-1, -2], [0, 0], { epochs: 1, optimizer: sgd({ lr: 1e-9 }), metrics });
      expect(h.metrics).toEqual({ accuracy: [1], precision: [0], recall: [0], f1: [0] });
      expect([...net.classify([-1, 2])]).toEqual([0, 1]);
    });
  });

  test("r2, rmse and mae: of a column that does not vary, and in every unit", () => {
    const of = (truth: number[], p: number[], outputs: number) =>
      using(make({ inputs: 1, layers: [dense(outputs)], loss: "mse" }), (net) => {
        // A network of biases: each answer is the same, whatever goes in.
        net.params.set([...new Array(outputs).fill(0), ...p]);
        const metrics: FitOptions["metrics"] = ["r2", "rmse", "mae"];
        const rows = truth.length / outputs;
        const history = net.fit(new Array(rows).fill(1), truth, {
          epochs: 1,
          optimizer: sgd({ lr: 0 }),
          metrics,
        });
        return [history.metrics.r2![0], history.metrics.rmse![0], history.metrics.mae![0]];
      });
    expect(of([0, 0, 0, 0], [0], 1)).toEqual([1, 0, 0]);
    expect(of([0.1, 0.1, 0.1], [0.3], 1)[0]).toBe(0);
    // The first column is met by its mean, the second exactly.
    expect(of([1, 0.1, 3, 0.1], [2, 0.1], 2)[0]).toBeCloseTo(0.5, 14);
    // Misses are 1 and 3: r2 is 1 - 10 / 2.
    for (const unit of [1e-200, 1, 1e150]) {
      const [r2, rmse, mae] = of([1 * unit, 3 * unit], [4 * unit], 1);
      expect(r2).toBeCloseTo(1 - 10 / 2, 12);
      expect([rmse! / unit, mae! / unit]).toEqual([expect.closeTo(Math.sqrt(5), 12), expect.closeTo(2, 12)]);
    }
  });

  test.each<[string, FitOptions, RegExp]>([
    ["an unknown monitor", { patience: 1, monitor: "valF1" }, /monitor must be one of loss/],
    ["a monitor that is none", { monitor: new Date(0) as never }, /monitor must be a plain object/],
    ["a monitor with another key", { monitor: { metric: "loss" } as never }, /unknown option "metric"/],
    ["validation that is not there", { patience: 1, monitor: "valLoss" }, /no validation/],
    ["a metric of one's own without mode", { metrics: { c: () => 1 }, monitor: "c" }, /mode/],
    ["an unknown metric", { metrics: ["auc" as never] }, /metrics.auc must be one of accuracy/],
    ["a metric of values", { metrics: ["mae"] }, /for values, which this loss has not/],
    ["a metric that gives nothing", { metrics: { c: () => undefined as never } }, /metrics.c gave undefined/],
    ["Keras' early stopping", { earlyStopping: true } as FitOptions, /patience/],
    ["continuing nothing", { continue: true }, /no training to continue/],
    ["weights of another length", { sampleWeight: [1] }, /sampleWeight has length 1, expected 60/],
    ["a negative weight", { sampleWeight: new Array(60).fill(-1) }, /sampleWeight\[0\]/],
    ["weights of 0", { sampleWeight: new Array(60).fill(0) }, /add up to 0/],
    ["a class without weight", { classWeight: [1] }, /classWeight has length 1, expected 2/],
    ["steps of no generator", { stepsPerEpoch: 3 }, /no generator/],
  ])("%s is refused", (_, options, message) => {
    using(make(), (net) => {
      expect(() => net.fit(x, y, options)).toThrow(message);
      expect(net.fit(x, y, { epochs: 1 }).success).toBe(true);
    });
  });
});

describe("weights", () => {
  const options = { epochs: 5, batchSize: 60, shuffle: false, optimizer: sgd({ lr: 0.2 }) };

  test.each(["softmaxCrossEntropy", "mse", "binaryCrossEntropy"] as const)(
    "a sample of weight 2 counts as two, one of weight 0 as none: %s",
    (loss) => {
      const layers = loss === "softmaxCrossEntropy" ? [dense(2)] : [dense(1)];
      const targets = loss === "mse" ? values : y;
      const weights = Float64Array.from({ length: 60 }, (_, i) => 5 * (i % 3));
      const rows = Array.from({ length: 60 }, (_, i) => new Array<number>(i % 3).fill(i)).flat();
      const [a, b] = [make({ layers, loss }), make({ layers, loss })];
      const h = a.fit(x, targets, { ...options, sampleWeight: weights });
      const repeated = rows.flatMap((i) => [x[2 * i]!, x[2 * i + 1]!]);
      const g = b.fit(
        repeated,
        rows.map((i) => targets[i]!),
        { ...options, batchSize: rows.length },
      );
      for (let i = 0; i < a.params.length; i++) expect(a.params[i]).toBeCloseTo(b.params[i]!, 12);
      for (let i = 0; i < 5; i++) expect(h.loss[i]).toBeCloseTo(g.loss[i]!, 12);
      a.dispose();
      b.dispose();
    },
  );

  test("weights of classes are weights of their samples, and weights of 1 change no bit", () => {
    const [a, b, c, d] = [make(), make(), make(), make()];
    a.fit(x, y, { ...options, classWeight: { 1: 3 } });
    b.fit(x, y, { ...options, sampleWeight: y.map((label) => (label === 1 ? 3 : 1)) });
    expect(a.params).toEqual(b.params);
    c.fit(x, y, options);
    d.fit(x, y, { ...options, classWeight: [1, 1] });
    for (let i = 0; i < c.params.length; i++) expect(c.params[i]).toBeCloseTo(d.params[i]!, 13);
    for (const net of [a, b, c, d]) net.dispose();
  });
});

describe("going on", () => {
  const layers = [dense(8), batchNorm(), relu(), dropout(0.2), dense(2)];
  const options = (epochs: number): FitOptions => ({
    epochs,
    batchSize: 16,
    optimizer: adam({ lr: schedules.cosine({ lr: 0.01, steps: 100 }) }),
    validation: 0.2,
  });

  test("two trainings, the second continued, are one: to the bit, and after saving too", () => {
    const whole = make({ layers });
    const all = whole.fit(x, y, options(5));
    const half = make({ layers });
    half.fit(x, y, options(2));
    const saved = half.save({ optimizer: true });
    const rest = half.fit(x, y, { ...options(3), optimizer: undefined, continue: true });
    expect(half.params).toEqual(whole.params);
    expect(rest.loss).toEqual(all.loss.slice(2));
    expect(rest.epochs[0]).toMatchObject({ epoch: 3, epochs: 5 });
    const loaded = loadNetwork(saved);
    expect(thrown(() => loaded.fit(x, y, { continue: true })).message).toMatch(/optimizer.*adam/);
    loaded.fit(x, y, { ...options(3), continue: true });
    expect(loaded.params).toEqual(whole.params);
    using(make(), (net) =>
      expect(thrown(() => net.save({ optimizer: true })).message).toMatch(/no training/),
    );
    for (const net of [whole, half, loaded]) net.dispose();
  });

  // Each changes the training: the first of two runs without it would not be the half of one with it.
  const kept: Record<string, FitOptions> = {
    groups: { groups: [{ layer: "dense1", lr: 1e-3 }] },
    "groups with a schedule": { groups: [{ layer: "dense1", lr: schedules.cosine({ lr: 0.1, steps: 90 }) }] },
    clipNorm: { clipNorm: 0.01 },
    clipValue: { clipValue: 1e-3 },
    batchSize: { batchSize: 7 },
    validation: { validation: 0.3 },
    classWeight: { classWeight: [1, 5] },
    "classWeight by label": { classWeight: { 1: 5 } },
    shuffle: { shuffle: false },
    seed: { seed: 17 },
    metrics: { metrics: ["f1"] },
    "metrics of one's own": { metrics: { first: (p) => p[0]! } },
  };
  test.each(Object.entries(kept))("%s holds on, and is what it is given anew", (name, own) => {
    const rule = { optimizer: adam({ lr: 0.01 }) };
    const whole = make();
    const all = whole.fit(x, y, { ...rule, ...own, epochs: 5 });
    const plain = make();
    const other = plain.fit(x, y, { ...rule, epochs: 5 });
    expect([other.loss, other.metrics]).not.toEqual([all.loss, all.metrics]);
    const half = make();
    half.fit(x, y, { ...rule, ...own, epochs: 2 });
    const loaded = loadNetwork(half.save({ optimizer: true }));
    const rest = half.fit(x, y, { epochs: 3, continue: true });
    expect(half.params).toEqual(whole.params);
    expect([...rest.loss]).toEqual([...all.loss].slice(2));
    expect(rest.epochs[2]!.metrics).toEqual(all.epochs[4]!.metrics);
    // Functions are not saved: they are given again.
    const again = /schedule|own/.test(name) ? own : {};
    if (name === "groups with a schedule")
      expect(thrown(() => loaded.fit(x, y, { ...rule, continue: true })).message).toMatch(
        /groups must be given: the training was one with groups/,
      );
    loaded.fit(x, y, { ...rule, ...again, epochs: 3, continue: true });
    expect(loaded.params).toEqual(whole.params);
    for (const net of [whole, plain, half, loaded]) net.dispose();
  });

  test("what is given anew takes the place of what was, for that and later trainings", () => {
    const a = make();
    a.fit(x, y, { epochs: 1, batchSize: 7, clipNorm: 0.01 });
    a.fit(x, y, { epochs: 1, continue: true, batchSize: 20, clipNorm: Infinity });
    const steps = a.fit(x, y, { epochs: 1, continue: true });
    expect(steps.steps).toBe(9 + 3 + 3);
    const b = make();
    b.fit(x, y, { epochs: 1, batchSize: 7, clipNorm: 0.01 });
    b.fit(x, y, { epochs: 2, continue: true, batchSize: 20, clipNorm: Infinity });
    expect(a.params).toEqual(b.params);
    for (const net of [a, b]) net.dispose();
  });

  test("patience holds on, and asks for its samples", () => {
    using(make(), (net) => {
      const validation = { x: x.slice(0, 20), y: y.slice(0, 10) };
      net.fit(x, y, { epochs: 2, validation, patience: 3 });
      const error = thrown(() => net.fit(x, y, { epochs: 2, continue: true }));
      expect(error).toMatchObject({
        code: "OPTION",
        message: expect.stringMatching(/validation must be given/),
      });
      const rest = net.fit(x, y, { epochs: 500, continue: true, validation, optimizer: adam({ lr: 0.5 }) });
      expect(rest.reason).toBe("patience");
      expect(net.fit(x, y, { epochs: 20, continue: true, patience: Infinity }).reason).toBe("epochs");
    });
  });

  // A rate at which nothing is learnt: the first epoch stays the best, or what came before it.
  test.each<FitOptions>([
    { validation: 0.3, optimizer: sgd({ lr: 30 }) },
    { optimizer: sgd({ lr: 30 }) },
    { validation: 0.3, optimizer: sgd({ lr: 30 }), metrics: ["f1"], monitor: "f1" },
  ])("patience counts on over trainings that go on: %#", (given) => {
    const [whole, parts] = [make(), make()];
    const all = whole.fit(x, y, { ...given, patience: 5, epochs: 60 });
    expect(all.reason).toBe("patience");
    const kept = whole.params.slice();
    let epochs = 0;
    let last = parts.fit(x, y, { ...given, patience: 5, epochs: 2 });
    for (; last.reason === "epochs" && epochs < 60; epochs += 2) {
      const saved = loadNetwork(parts.save({ optimizer: true }));
      last = parts.fit(x, y, { ...given, epochs: 2, continue: true });
      expect(saved.fit(x, y, { ...given, epochs: 2, continue: true }).message).toBe(last.message);
      saved.dispose();
    }
    expect(last.reason).toBe("patience");
    expect(last.bestEpoch).toBeLessThan(last.epochs[0]!.epoch);
    expect(parts.params).toEqual(
      last.bestEpoch === all.bestEpoch ? kept : expect.any(parts.params.constructor),
    );
    // It had run out: who goes on waits anew.
    const more = parts.fit(x, y, { epochs: 4, continue: true });
    expect([more.reason, more.epochs.length]).toEqual(["epochs", 4]);
    expect(more.bestEpoch).toBe(last.bestEpoch);
    for (const net of [whole, parts]) net.dispose();
  });

  test("a share to validate with is taken back by 0", () => {
    using(make(), (net) => {
      net.fit(x, y, { epochs: 1, validation: 0.2, patience: 9 });
      const rest = net.fit(x, y, { epochs: 2, continue: true, validation: 0 });
      expect([rest.valLoss, rest.epochs[0]!.monitored]).toEqual([[], expect.any(Number)]);
      expect(net.fit(x, y, { epochs: 1, continue: true }).valLoss).toEqual([]);
      expect(thrown(() => net.fit(x, y, { continue: true, groups: [{ layer: 0, lr: 0.1 }] }))).toMatchObject({
        code: "SNAPSHOT",
        hint: expect.stringContaining("without continue it begins anew"),
      });
    });
  });

  test("of samples that are no more nothing is waited for, and of something else patience begins anew", () => {
    using(make(), (net) => {
      const waits = { patience: 4, monitor: "valLoss", optimizer: sgd({ lr: 30 }) };
      const first = net.fit(x, y, { ...waits, epochs: 3, validation: 0.2 });
      expect([first.bestEpoch! < 2, first.reason]).toEqual([true, "epochs"]);
      const loaded = loadNetwork(net.save({ optimizer: true }));
      for (const one of [net, loaded]) {
        const optimizer = sgd({ lr: 30 });
        const rest = one.fit(x, y, { epochs: 4, continue: true, validation: 0, optimizer });
        expect([rest.epochs.length, rest.epochs[0]!.monitored]).toEqual([4, expect.any(Number)]);
      }
      loaded.dispose();
    });
  });

  test("a training with an average does not go on", () => {
    using(make(), (net) => {
      net.fit(x, y, { epochs: 2, average: { kind: "polyak" } });
      const loaded = loadNetwork(net.save({ optimizer: true }));
      for (const one of [net, loaded])
        expect(thrown(() => one.fit(x, y, { continue: true, optimizer: adam() })).message).toMatch(
          /ended with an average does not go on/,
        );
      loaded.dispose();
    });
  });

  test("options of samples are none of batches", () => {
    using(make(), (net) => {
      net.fit(x, y, { epochs: 1, validation: 0.2, shuffle: true, classWeight: [1, 2] });
      function* batches() {
        yield { x, y };
        yield { x, y };
      }
      net.fit(batches, null, { epochs: 1, stepsPerEpoch: 1, continue: true });
      expect(net.fit(batches, null, { epochs: 1, continue: true }).steps).toBe(2 + 1 + 1);
      net.fit(x, y, { epochs: 1, continue: true });
    });
  });

  test("another rule cannot go on", () => {
    using(make(), (net) => {
      net.fit(x, y, { epochs: 1 });
      const error = thrown(() => net.fit(x, y, { continue: true, optimizer: sgd({ lr: 0.1 }) }));
      expect(error).toMatchObject({ code: "SNAPSHOT", message: expect.stringMatching(/rule/) });
    });
  });

  test("epoch by epoch is the same training, and a state goes on to the bit", () => {
    const given = { ...options(6), patience: 4 };
    const whole = make({ layers });
    const all = whole.fit(x, y, given);
    const first = make({ layers });
    const training = first.iterateFit(x, y, given);
    let state: unknown;
    for (const { nit, epoch } of training) {
      expect(epoch).toMatchObject({ ...all.epochs[nit - 1]!, elapsedMs: expect.any(Number) });
      if (nit === 2) {
        state = JSON.parse(JSON.stringify(training.state()));
        break;
      }
    }
    expect(training.result).toMatchObject({ status: "stopped", reason: "callback", nit: 2, success: false });
    const second = make({ layers });
    second.params.fill(7);
    const rest = second.iterateFit(x, y, { ...given, resume: state as never });
    for (const _ of rest);
    expect(second.params).toEqual(whole.params);
    expect(rest.result.loss).toEqual(all.loss);
    expect(rest.result.bestEpoch).toBe(all.bestEpoch);
    const broken = { ...(state as object), epoch: 1 };
    expect(thrown(() => second.iterateFit(x, y, { ...given, resume: broken as never })).message).toMatch(
      /checksum/,
    );
    const other = make();
    const foreign = thrown(() => other.iterateFit(x, y, { ...given, resume: state as never }));
    expect(foreign.message).toMatch(/is of the network/);
    for (const net of [whole, first, second, other]) net.dispose();
  });
});

describe("batches of a generator", () => {
  const parts = function* () {
    for (let i = 0; i < 60; i += 20) yield { x: x.subarray(2 * i, 2 * i + 40), y: y.subarray(i, i + 20) };
  };
  const options: FitOptions = { epochs: 4, optimizer: adam({ lr: 0.05 }) };

  test("train as the samples in order would, synchronously and not", async () => {
    const plain = make();
    const h = plain.fit(x, y, { ...options, batchSize: 20, shuffle: false });
    const late = async function* () {
      for (const batch of parts()) {
        await Promise.resolve();
        yield batch;
      }
    };
    const endless = function* () {
      for (;;) yield* parts();
    };
    const runs: ((net: Network) => unknown)[] = [
      (net) => net.fit(parts, null, options),
      (net) => net.fit([...parts()], null, options),
      (net) => net.fit(endless(), null, { ...options, stepsPerEpoch: 3 }),
      (net) => net.fitAsync(late, null, options),
      (net) => net.fitAsync(() => [...parts()].map(({ x: a, y: b }) => [a, b] as const), null, options),
    ];
    for (const run of runs) {
      const net = make();
      expect(((await run(net)) as typeof h).loss).toEqual(h.loss);
      expect(net.params).toEqual(plain.params);
      net.dispose();
    }
    plain.dispose();
  });

  test("what cannot be is refused", async () => {
    const net = make();
    const said = (source: unknown, o: FitOptions = {}) =>
      thrown(() => net.fit(source as never, null, o)).message;
    expect(said(parts(), { epochs: 2 })).toMatch(/gone through once/);
    expect(said(parts, { validation: 0.2 })).toMatch(/validation.*gone once trained on/);
    expect(said(parts, { patience: 2 })).toMatch(/monitor/);
    expect(said(() => 1)).toMatch(/iterable of batches/);
    expect(said(() => [])).toMatch(/gave no batch/);
    expect(said(() => [1])).toMatch(/batch 1 is 1/);
    expect(said(() => [{ x: [1], y: [0] }])).toMatch(/batch 1: x has length 1/);
    const late = async function* () {
      yield* parts();
    };
    expect(said(late)).toMatch(/fitAsync/);
    const failing = async function* (): AsyncGenerator<{ x: number[]; y: number[] }> {
      yield { x: [1, 2], y: [1] };
      throw new Error("no disk");
    };
    await expect(net.fitAsync(failing, null)).rejects.toThrow("no disk");
    net.dispose();
  });
});

describe("what a history is", () => {
  test("only a training that was completed is a success; it reports itself", () => {
    using(make(), (net) => {
      const h = net.fit(x, y, { epochs: 3, validation: 0.2, metrics: ["recall"] });
      expect(h).toMatchObject({
        status: "completed",
        success: true,
        nit: 3,
        method: "adam",
        variant: "simd",
      });
      expect(h.report("brief")).toMatch(/^adam: completed\/epochs, 3 epochs, loss 0\.\d+, accuracy/);
      expect(h.report()).toMatch(/\[\[Training\]\][\s\S]*epoch 3 .*recall/);
      expect(`${h}`).toBe(h.report("brief"));
      expect(JSON.parse(JSON.stringify(h))).toMatchObject({ kind: "training", version: 1, loss: h.loss });
      const stop = net.fit(x, y, { onEpoch: () => "stop" });
      expect(stop).toMatchObject({ status: "stopped", reason: "callback", success: false, nit: 1 });
      const controller = new AbortController();
      controller.abort();
      const aborted = net.fit(x, y, { signal: controller.signal });
      expect(aborted).toMatchObject({ status: "stopped", reason: "abort", success: false, steps: 0 });
      expect(net.fit(x, y, { maxTimeMs: 0 })).toMatchObject({ reason: "maxTime", success: false, steps: 0 });
    });
  });
});

describe("what does not fit", () => {
  test.each([
    ["sigmoid before binaryCrossEntropy", [dense(1), sigmoid()], "binaryCrossEntropy", /leave out sigmoid/],
    ["sigmoid before softmaxCrossEntropy", [dense(2), sigmoid()], "softmaxCrossEntropy", /leave out sigmoid/],
    ["relu before softmaxCrossEntropy", [dense(2), relu()], "softmaxCrossEntropy", /leave out relu/],
    [
      "softplus before binaryCrossEntropy",
      [dense(1), softplus()],
      "binaryCrossEntropy",
      /leave out softplus/,
    ],
  ] as const)("%s is refused with what to do", (_, layers, loss, hint) => {
    expect(thrown(() => make({ layers, loss }))).toMatchObject({
      code: "OPTION",
      hint: expect.stringMatching(hint),
    });
    using(make({ layers: [...layers], loss: "mse" }), () => undefined);
  });

  test("delta belongs to huber, and losses of other libraries are known", () => {
    expect(thrown(() => linear({ delta: 2 })).hint).toBe("it belongs to huber");
    expect(thrown(() => linear({ loss: "crossEntropy" as never })).hint).toMatch(/softmaxCrossEntropy/);
    using(linear({ loss: "huber", delta: 2 }), (net) => expect(net.loss).toBe("huber"));
  });

  test("a network that learns nothing is not healthy", () => {
    const xor = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    using(make({ layers: [dense(2)] }), (net) => {
      net.fit(xor, [0, 1, 1, 0], { epochs: 300, optimizer: adam({ lr: 0.05 }) });
      expect(net.diagnose()).toMatchObject({ verdict: expect.stringMatching(/stuck/) });
      expect(net.diagnose().findings.at(-1)!.message).toMatch(
        /loss is 0\.69.*same answer has 0\.693.*50\.0 %/,
      );
    });
    using(make({ layers: [dense(8), tanh(), dense(2)] }), (net) => {
      net.fit(xor, [0, 1, 1, 0], { epochs: 300, optimizer: adam({ lr: 0.05 }) });
      expect(net.diagnose().verdict).toBe("healthy");
    });
    // A constant answer leaves the variance.
    const noise = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    using(linear({ layers: [dense(1, { init: "zeros" })] }), (net) => {
      net.fit(new Float64Array(120).fill(1), noise, { epochs: 6, batchSize: 60 });
      expect(net.diagnose().findings.find(({ kind }) => kind === "stuck")?.evidence.constant).toBeCloseTo(
        1,
        12,
      );
    });
  });
});

test("the objective of a network of floats is computed in doubles", () => {
  using(make({ layers: [dense(6), tanh(), dense(1)], loss: "mse", dtype: "f32" }), (net) => {
    const r = minimize(net.objective(x, values), net.params, { maxIterations: 2000 });
    expect(r.status).not.toBe("failed");
    net.params.set(r.x);
    expect(net.evaluate(x, values).loss).toBeCloseTo(r.fun, 5);
    expect(r.fun).toBeLessThan(1e-6);
  });
});
