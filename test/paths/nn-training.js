// Trainings: every option of fit, every end, batches of every kind, resumption, diagnoses.

import { after, samples, trained, used } from "./nn.js";
import { list } from "./numbers.js";
import { attempt } from "./several.js";

const data = samples(40);
const held = samples(13, 3, 5);

const classes = (d) => ({
  layers: [d.dense(6), d.batchNorm(), d.relu(), d.dense(3)],
  loss: "softmaxCrossEntropy",
});
const values = (d) => ({ layers: [d.dense(6), d.tanh(), d.dense(2)], loss: "mse" });
const binary = (d) => ({ layers: [d.dense(4), d.gelu(), d.dense(1)], loss: "binaryCrossEntropy" });

const ones = data.labels.map((k) => (k > 0 ? 1 : 0));

function* options(d) {
  const given = {
    "all defaults": {},
    "one epoch": { epochs: 1 },
    "batches of 7": { epochs: 2, batchSize: 7 },
    "a batch of all": { epochs: 3, batchSize: 1000 },
    unshuffled: { epochs: 3, shuffle: false },
    "another seed": { epochs: 3, seed: 12 },
    clipNorm: { epochs: 3, clipNorm: 0.05 },
    clipValue: { epochs: 3, clipValue: 0.01 },
    "groups by layer": { epochs: 3, groups: [{ layer: "dense1", lr: 0.1 }] },
    "sgd with momentum": { epochs: 3, optimizer: d.sgd({ lr: 0.1, momentum: 0.9 }) },
    lookahead: { epochs: 3, optimizer: d.sgd({ lr: 0.1, momentum: 0.9, nesterov: "lookahead" }) },
    "a schedule": { epochs: 4, optimizer: d.adam({ lr: d.schedules.oneCycle({ max: 0.05, steps: 8 }) }) },
    "a validation share": { epochs: 3, validation: 0.3 },
    "a share that is rounded up": { epochs: 2, validation: 0.19 },
    patience: { epochs: 40, validation: 0.3, patience: 2, optimizer: d.sgd({ lr: 1 }) },
    "patience on training": { epochs: 40, patience: 3, minDelta: 0.01, optimizer: d.sgd({ lr: 2 }) },
    "polyak average": { epochs: 4, average: { kind: "polyak" }, validation: 0.2 },
    "average in a window": { epochs: 4, average: { kind: "polyak", window: 3, start: 2 } },
    "ema with patience": { epochs: 8, average: { kind: "ema", decay: 0.8 }, validation: 0.2, patience: 2 },
    rprop: { epochs: 4, optimizer: d.rprop(), batchSize: 100 },
  };
  for (const [name, o] of Object.entries(given)) {
    yield [
      `labels, ${name}`,
      () => trained(d, classes(d), (net) => after(net, net.fit(data.x, data.labels, o))),
    ];
    yield [
      `values, ${name}`,
      () => trained(d, values(d), (net) => after(net, net.fit(data.x, data.values, o))),
    ];
  }
  const forClasses = {
    "validation given": {
      validation: { x: held.x, y: held.labels },
      metrics: ["accuracy", "precision", "recall", "f1"],
    },
    "validation weighted": {
      validation: { x: held.x, y: held.labels, sampleWeight: held.x.map((_, i) => 1 + i) },
      classWeight: { 0: 2, 2: 0.5 },
    },
    "monitor accuracy": { monitor: "accuracy", patience: 2 },
    "monitor valAccuracy": { monitor: "valAccuracy", patience: 2, validation: 0.25 },
    "monitor f1": { monitor: "f1", patience: 2, metrics: ["f1"] },
    "monitor of one's own": {
      monitor: { name: "first", mode: "max" },
      patience: 2,
      metrics: { first: (p) => p[0], f: "f1" },
    },
    classWeight: { classWeight: [1, 5, 0.2] },
    "classWeight and sampleWeight": { classWeight: [1, 5, 0.2], sampleWeight: data.x.map((_, i) => i % 3) },
    "metrics of training": { metrics: ["accuracy", "f1"] },
  };
  for (const [name, o] of Object.entries(forClasses))
    yield [
      `labels, ${name}`,
      () =>
        trained(d, classes(d), (net) =>
          after(net, net.fit(data.x, data.labels, { epochs: 6, optimizer: d.adam({ lr: 0.05 }), ...o })),
        ),
    ];
  const forValues = {
    "metrics of values": { metrics: ["mae", "rmse", "r2"] },
    "metrics of validation": { metrics: ["mae", "rmse", "r2"], validation: { x: held.x, y: held.values } },
    "monitor r2": { monitor: "r2", metrics: ["r2"], patience: 1, minDelta: 0.05 },
  };
  for (const [name, o] of Object.entries(forValues))
    yield [
      `values, ${name}`,
      () => trained(d, values(d), (net) => after(net, net.fit(data.x, data.values, { epochs: 6, ...o }))),
    ];
  yield [
    "binary, metrics and weights",
    () =>
      trained(d, binary(d), (net) => {
        const h = net.fit(data.x, ones, {
          epochs: 5,
          metrics: ["accuracy", "precision", "recall", "f1"],
          classWeight: { 1: 3 },
          validation: 0.25,
        });
        return { ...after(net, h), classes: net.classify(data.x), again: net.evaluate(data.x, ones) };
      }),
  ];
}

function* ends(d) {
  for (const dtype of ["f32", "f64"]) {
    const huge = dtype === "f32" ? 1e18 : 1e150;
    for (const [name, o] of Object.entries({
      "huge rate": { optimizer: d.sgd({ lr: huge }) },
      "huge rate and clip": { optimizer: d.sgd({ lr: huge }), clipNorm: 1 },
      "huge rate and patience": { optimizer: d.sgd({ lr: huge / 1e4 }), patience: 3 },
      "huge rate of adam": { optimizer: d.adam({ lr: huge }) },
      "huge lookahead": { optimizer: d.sgd({ lr: huge, momentum: 0.9, nesterov: "lookahead" }) },
    }))
      yield [
        `${name} ${dtype}`,
        () =>
          trained(d, { ...values(d), dtype }, (net) => ({
            ...after(net, net.fit(data.x, data.values, { epochs: 4, batchSize: 10, ...o })),
            diagnosis: net.diagnose(),
            told: net.diagnose().report(),
          })),
      ];
  }
  yield [
    "NaN parameters",
    () =>
      trained(d, classes(d), (net) => {
        net.params[3] = NaN;
        return after(net, net.fit(data.x, data.labels, { epochs: 2 }));
      }),
  ];
  yield [
    "infinite parameters of the second layer",
    () =>
      trained(d, values(d), (net) => {
        net.params[net.params.length - 1] = Infinity;
        return after(net, net.fit(data.x, data.values, { epochs: 2 }));
      }),
  ];
  for (const at of [1, 3])
    yield [
      `stopped at batch ${at}`,
      () =>
        trained(d, classes(d), (net) => {
          const seen = [];
          const h = net.fit(data.x, data.labels, {
            epochs: 9,
            batchSize: 15,
            onBatch: (b) => (seen.push({ ...b }), seen.length === at ? "stop" : undefined),
          });
          return { ...after(net, h), seen };
        }),
    ];
  yield [
    "stopped at an epoch",
    () =>
      trained(d, classes(d), (net) => {
        const seen = [];
        const h = net.fit(data.x, data.labels, {
          epochs: 9,
          validation: 0.2,
          onEpoch: (e) => (seen.push({ ...e }), e.epoch === 3 ? "stop" : undefined),
        });
        return { ...after(net, h), seen };
      }),
  ];
  yield [
    "stopped by a signal",
    () =>
      trained(d, values(d), (net) => {
        const control = new AbortController();
        return after(
          net,
          net.fit(data.x, data.values, {
            epochs: 9,
            signal: control.signal,
            onEpoch: (e) => e.epoch === 2 && control.abort(),
          }),
        );
      }),
  ];
  yield [
    "continued",
    () =>
      trained(d, classes(d), (net) => {
        const first = net.fit(data.x, data.labels, { epochs: 2, optimizer: d.adam({ lr: 0.01 }) });
        return {
          ...after(
            net,
            net.fit(data.x, data.labels, { epochs: 2, continue: true, validation: 0.2, patience: 1 }),
          ),
          first,
        };
      }),
  ];
  yield [
    "frozen and thawed",
    () =>
      trained(d, classes(d), (net) => {
        net.freeze("batchNorm1", 0);
        const first = net.fit(data.x, data.labels, { epochs: 2, optimizer: d.adamw({ weightDecay: 0.5 }) });
        const kept = net.params.slice();
        net.unfreeze();
        return { ...after(net, net.fit(data.x, data.labels, { epochs: 1 })), first, kept };
      }),
  ];
}

function* batches(d) {
  const halves = () => [
    { x: data.x.slice(0, 25), y: data.values.slice(0, 25) },
    [data.x.slice(25), data.values.slice(25)],
  ];
  const sources = {
    "a list": halves,
    "an iterator": () => halves()[Symbol.iterator](),
    "a function": () => (epoch) => (epoch % 2 ? halves() : halves().reverse()),
    weights: () =>
      halves().map((b) => ({
        x: b.x ?? b[0],
        y: b.y ?? b[1],
        sampleWeight: (b.x ?? b[0]).map((_, i) => 1 + (i % 2)),
      })),
  };
  for (const [name, of] of Object.entries(sources))
    yield [
      `batches from ${name}`,
      () =>
        trained(d, values(d), (net) =>
          after(
            net,
            net.fit(of(), null, {
              epochs: name === "an iterator" ? 1 : 3,
              validation: { x: held.x, y: held.values },
              metrics: ["mae"],
            }),
          ),
        ),
    ];
  yield [
    "batches, some of them",
    () =>
      trained(d, values(d), (net) =>
        after(
          net,
          net.fit(
            () => {
              function* go() {
                for (;;) yield* halves();
              }
              return go();
            },
            null,
            { epochs: 3, stepsPerEpoch: 5 },
          ),
        ),
      ),
  ];
  yield [
    "batches of an iterator over epochs",
    () =>
      trained(d, values(d), (net) =>
        after(
          net,
          net.fit([...halves(), ...halves(), ...halves()][Symbol.iterator](), null, {
            epochs: 3,
            stepsPerEpoch: 2,
          }),
        ),
      ),
  ];
  yield [
    "batches that grow",
    () =>
      trained(d, values(d), (net) =>
        after(
          net,
          net.fit(
            [10, 100, 70, 230].map((n) => ({ x: samples(n).x, y: samples(n).values })),
            null,
            { epochs: 2 },
          ),
        ),
      ),
  ];
}

/** The log holds the clock, the checksum is of it too. */
const shown = ({ log, checksum: _checksum, ...state }) => ({ ...state, log: JSON.parse(log) });

function* resumed(d) {
  for (const [name, of] of [
    ["labels", classes],
    ["values", values],
  ])
    yield [
      `resumed, ${name}`,
      () =>
        trained(d, of(d), (net) => {
          const y = name === "labels" ? data.labels : data.values;
          const o = { epochs: 6, validation: 0.2, patience: 4, optimizer: d.adam({ lr: 0.03 }) };
          const first = net.iterateFit(data.x, y, o);
          const seen = [];
          for (let i = 0; i < 3; i++) {
            const { epoch, ...it } = first.next().value;
            seen.push({ ...it, epoch: { ...epoch } });
          }
          const state = first.state();
          first.return();
          const rest = net.iterateFit(data.x, y, { ...o, resume: state });
          for (const { epoch, ...it } of rest) seen.push({ ...it, epoch: { ...epoch } });
          const misfit = attempt(() =>
            net.iterateFit(data.x, y, { ...o, patience: undefined, resume: state }),
          );
          return { ...after(net, rest.result), first: first.result, seen, state: shown(state), misfit };
        }),
    ];
}

function* diagnoses(d) {
  const deep = (make, n, init) => [
    ...Array.from({ length: n }, () => [d.dense(8, { init }), make()]).flat(),
    d.dense(2),
  ];
  const nets = {
    healthy: values(d),
    "deep sigmoid": { layers: deep(d.sigmoid, 8), loss: "mse" },
    "deep of zeros": { layers: deep(d.relu, 3, "zeros"), loss: "mse" },
    "normed first": { layers: [d.batchNorm(), d.dense(2)], loss: "mse" },
    "of one layer": { layers: [d.dense(2)], loss: "mse" },
    dead: { layers: [d.dense(6), d.relu(), d.dense(2)], loss: "mse", bend: (p) => p.fill(-50, 18, 24) },
    "half dead": {
      layers: [d.dense(6), d.relu(), d.dense(2)],
      loss: "mse",
      bend: (p) => p.fill(-50, 18, 21),
    },
    exploding: {
      layers: deep(d.leakyRelu, 5),
      loss: "mse",
      bend: (p) => p.set(p.map((v) => 30 * v)),
    },
  };
  for (const [name, { bend, ...o }] of Object.entries(nets))
    for (const lr of [1e-9, 1e-3, 3])
      yield [
        `diagnosis ${name} at ${lr}`,
        () =>
          used(d, o, (net) => {
            bend?.(net.params);
            const before = net.diagnose(data.x, data.values);
            const history = net.fit(data.x, data.values, { epochs: 7, optimizer: d.sgd({ lr }) });
            const course = net.diagnose();
            return [before, before.report(), history, course, course.report()];
          }),
      ];
  yield [
    "diagnosis of unequal units",
    () =>
      used(d, values(d), (net) =>
        [1, 30, 90, 110, 1e4].map((s) => {
          const x = data.x.map((row) => [row[0], s * row[1], row[2] / s]);
          const told = net.diagnose(x, data.values);
          return [told, told.report()];
        }),
      ),
  ];
  yield [
    "diagnoses by depth",
    () =>
      [2, 3, 4, 5, 6, 7].flatMap((n) =>
        [1, 2, 4, 8, 14, 20].map((scale) =>
          used(d, { layers: deep(n % 2 ? d.sigmoid : d.leakyRelu, n), loss: "mse" }, (net) => {
            net.params.set(net.params.map((v) => scale * v));
            return net.diagnose(data.x, data.values).findings;
          }),
        ),
      ),
  ];
  yield [
    "diagnoses by rate",
    () => {
      const all = [];
      for (let lr = 1e-7; lr < 30; lr *= 1.25)
        all.push(
          used(d, values(d), (net) => {
            net.fit(data.x, data.values, { epochs: 1, optimizer: d.sgd({ lr }) });
            return net.diagnose().findings;
          }),
        );
      return all;
    },
  ];
  yield [
    "diagnosis of moments that are nearly alike",
    () =>
      used(d, values(d), (net) =>
        [1, 1.01, 1.1].map((by) =>
          net.diagnose(
            [0, 1, 2, 3, 4, 5].map((i) => [i % 2 ? 900 : -900, i < 3 ? 900 * by : -900 * by, i / 1e3]),
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
          ),
        ),
      ),
  ];
  yield [
    "diagnosis of constants",
    () =>
      used(d, values(d), (net) =>
        net.diagnose(
          [
            [1, 1, 1],
            [1, 1, 1],
          ],
          [0, 0, 0, 0],
        ),
      ),
  ];
  yield [
    "stuck",
    () =>
      used(d, classes(d), (net) => {
        const y = list(40, 17).map((v) => (v > 0.3 ? 2 : v > -0.3 ? 1 : 0));
        net.fit(data.x, y, { epochs: 5, optimizer: d.sgd({ lr: 1e-5 }) });
        return [net.diagnose(), net.diagnose().report()];
      }),
  ];
}

/** Moments that the power iteration has not told apart when it ends, and losses that grow from the first step on. */
function* limits(d) {
  const linear = (inputs) => d.network({ inputs, layers: [d.dense(1)], loss: "mse", seed: 1 });
  for (const share of [0.9, 0.99])
    yield [
      `diagnosis of moments ${share} alike`,
      () => {
        const net = linear(4);
        try {
          const x = list(160, 3).map((v, i) => v * [1000, 1000 * share, 1, 1][i % 4]);
          return net.diagnose(x, list(40, 5));
        } finally {
          net.dispose();
        }
      },
    ];
  for (const [from, to] of [
    [1, 2],
    [2, 5],
    [5, 50],
  ])
    yield [
      `findLearningRate from ${from}`,
      () => {
        const net = linear(3);
        try {
          const x = Float64Array.from({ length: 60 }, (_, i) => ((i * 7) % 11) / 5 - 1);
          const optimizer = (lr) => d.sgd({ lr });
          return d.findLearningRate(net, x, x.slice(0, 20), { from, to, steps: 40, optimizer });
        } finally {
          net.dispose();
        }
      },
    ];
}

export function* cases(d) {
  yield* options(d);
  yield* ends(d);
  yield* batches(d);
  yield* resumed(d);
  yield* diagnoses(d);
  yield* limits(d);
}
