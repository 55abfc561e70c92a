// Networks: every layer, initialisation, loss and option of a training, with what a training tells afterwards.
import { draws, list } from "./numbers.js";
import { attempt, spoken } from "./several.js";

/** Rows whose class is the sign of a product, with a label of `classes`, and values of two kinds. */
export function samples(rows, inputs = 3, seed = 1) {
  const next = draws(seed);
  const x = [];
  const labels = [];
  const values = [];
  const shares = [];
  for (let i = 0; i < rows; i++) {
    const row = Array.from({ length: inputs }, () => next());
    const s = row[0] * (row[1] ?? 1) + (row[2] ?? 0) / 2;
    x.push(row);
    labels.push(s > 0.2 ? 2 : s > -0.1 ? 1 : 0);
    values.push([s, row[0] - 2 * s]);
    shares.push([s > 0 ? 1 : 0, Math.abs(s) < 0.5 ? 0.25 : 1]);
  }
  return { x, labels, values, shares };
}

export const data = samples(40);
const targets = {
  softmaxCrossEntropy: data.labels,
  binaryCrossEntropy: data.shares,
  mse: data.values,
  huber: data.values,
};
const ends = { softmaxCrossEntropy: 3, binaryCrossEntropy: 2, mse: 2, huber: 2 };

/** What a use of a network gives, with its parameters; the network is freed. */
export function used(d, options, use) {
  const net = d.network({ inputs: 3, seed: 7, ...options });
  try {
    return [use(net), net.params.slice()];
  } finally {
    net.dispose();
  }
}

/** A history with its report, and what the network says of itself after it. */
export function after(net, history, x = data.x) {
  return {
    status: history.status,
    reason: history.reason,
    nit: history.nit,
    nfev: history.nfev,
    history,
    message: history.message,
    report: spoken(history),
    predicted: net.predict(x),
    counts: net.names.map((name) => net.layer(name)),
  };
}

/** One line with how the training ended. */
export const trained = (d, options, use) => {
  const net = d.network({ inputs: 3, seed: 7, ...options });
  try {
    return { ...use(net), params: net.params.slice() };
  } finally {
    net.dispose();
  }
};

function* layers(d) {
  const middles = {
    relu: () => [d.relu()],
    leakyRelu: () => [d.leakyRelu()],
    "leakyRelu of a slope": () => [d.leakyRelu({ slope: 0.3 })],
    tanh: () => [d.tanh()],
    sigmoid: () => [d.sigmoid()],
    gelu: () => [d.gelu()],
    softplus: () => [d.softplus()],
    dropout: () => [d.dropout()],
    "dropout of a rate": () => [d.dropout(0.1)],
    "dropout of none": () => [d.dropout(0)],
    batchNorm: () => [d.batchNorm()],
    "batchNorm of its options": () => [d.batchNorm({ momentum: 0.5, eps: 0.1, affine: false })],
    "batchNorm by counts": () => [d.batchNorm({ momentum: null }), d.relu()],
    "nothing between": () => [],
    all: () => [
      d.batchNorm(),
      d.gelu(),
      d.dense(4, { bias: false }),
      d.tanh(),
      d.dropout(0.25),
      d.dense(6),
      d.softplus(),
    ],
  };
  for (const [name, middle] of Object.entries(middles))
    for (const dtype of ["f32", "f64"])
      yield [
        `${name} ${dtype}`,
        () =>
          used(d, { layers: [d.dense(5), ...middle(), d.dense(2)], loss: "mse", dtype }, (net) => {
            const gradIn = dtype === "f64" ? new Float64Array(9) : new Float32Array(9);
            const loss = net.lossGradient(data.x, data.values);
            const passes = ["train", "eval"].map((mode) => {
              const out = net.forward(data.x.slice(0, 3), undefined, mode);
              net.backward(list(6, 3), gradIn);
              return [out, net.grads.slice(), gradIn.slice()];
            });
            net.fit(data.x, data.values, { epochs: 2, batchSize: 16 });
            return [
              loss,
              passes,
              net.summary(),
              net.predict(data.x),
              net.evaluate(data.x, data.values),
              net.names.map((n) => net.layer(n)),
              net.activations(data.x, net.names[1]),
            ];
          }),
      ];
  for (const init of d.initialisations)
    for (const dtype of ["f32", "f64"])
      yield [
        `init ${init} ${dtype}`,
        () =>
          used(
            d,
            {
              layers: [d.dense(9, { init }), d.dense(1, { init, bias: false })],
              loss: "mse",
              dtype,
              seed: 2 ** 40 + 3,
            },
            () => 0,
          ),
      ];
  for (const rows of [1, 15, 16, 17, 63, 64, 65, 100, 200])
    yield [
      `rows ${rows}`,
      () =>
        used(d, { layers: [d.dense(7), d.relu(), d.dense(3)], loss: "softmaxCrossEntropy" }, (net) => {
          const { x, labels } = samples(rows);
          return [
            net.lossGradient(x, labels),
            net.grads.slice(),
            net.evaluate(x, labels),
            net.classify(x),
            net.predict(x),
            net.fit(x, labels, { epochs: 1, batchSize: rows }),
          ];
        }),
    ];
  for (const units of [1, 2, 8, 33, 70])
    yield [
      `units ${units}`,
      () =>
        ["f32", "f64"].map((dtype) =>
          used(d, { layers: [d.dense(units), d.tanh(), d.dense(2)], loss: "huber", dtype }, (net) =>
            net.fit(data.x, data.values, { epochs: 2, batchSize: 7 }),
          ),
        ),
    ];
}

function* losses(d) {
  for (const loss of d.networkLosses)
    for (const dtype of ["f32", "f64"]) {
      const made = () => ({ layers: [d.dense(6), d.tanh(), d.dense(ends[loss])], loss, dtype });
      yield [
        `${loss} ${dtype}`,
        () =>
          trained(d, made(), (net) =>
            after(net, net.fit(data.x, targets[loss], { epochs: 5, optimizer: d.adam({ lr: 0.05 }) })),
          ),
      ];
      yield [
        `${loss} ${dtype} weighted`,
        () =>
          trained(d, made(), (net) =>
            after(
              net,
              net.fit(data.x, targets[loss], {
                epochs: 3,
                batchSize: 9,
                sampleWeight: data.x.map((_, i) => i % 4),
                validation: 0.2,
              }),
            ),
          ),
      ];
    }
  for (const delta of [0.01, 1, 100])
    yield [
      `huber ${delta}`,
      () =>
        trained(d, { layers: [d.dense(2)], loss: "huber", delta }, (net) =>
          after(net, net.fit(data.x, data.values, { epochs: 2 })),
        ),
    ];
  yield [
    "losses of large outputs",
    () =>
      d.networkLosses.flatMap((loss) =>
        ["f32", "f64"].map((dtype) =>
          used(d, { layers: [d.dense(ends[loss])], loss, dtype }, (net) =>
            [1, 50, 200, 1e5].map((scale) => {
              for (let i = 0; i < net.params.length; i++) net.params[i] = scale * (1 + (i % 3));
              return [
                net.lossGradient(data.x, targets[loss]),
                net.grads.slice(),
                net.evaluate(data.x, targets[loss]),
              ];
            }),
          ),
        ),
      ),
  ];
  yield [
    "a loss of one's own",
    () =>
      trained(
        d,
        {
          layers: [d.dense(2)],
          loss: d.loss({
            name: "mine",
            value: (z, t) => Math.abs(z[0] - t[0]) + (z[1] - t[1]) * (z[1] - t[1]),
            gradient: (z, t, out) => {
              out[0] = z[0] > t[0] ? 1 : -1;
              out[1] = 2 * (z[1] - t[1]);
            },
          }),
        },
        (net) =>
          after(
            net,
            net.fit(data.x, data.values, { epochs: 3, sampleWeight: data.x.map((_, i) => 1 + (i % 2)) }),
          ),
      ),
  ];
  yield [
    "a loss of labels of one's own",
    () =>
      trained(
        d,
        {
          layers: [d.dense(3)],
          loss: d.loss({
            name: "margin",
            labels: true,
            value: (z, k) => 1 - z[k],
            gradient: (_z, k, out) => out.fill(-1, k, k + 1),
          }),
        },
        (net) => after(net, net.fit(data.x, data.labels, { epochs: 3, classWeight: [1, 2, 0.5] })),
      ),
  ];
  const square = () =>
    d.layer({
      name: "square",
      shape: (n) => n - 1,
      params: { scale: 3, table: [2, 2] },
      forward(x, out, { rows, inputs, outputs, params }) {
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < outputs; j++)
            out[i * outputs + j] = params.scale[j % 3] * x[i * inputs + j] * x[i * inputs + j + 1];
      },
      backward(gradOut, gradIn, { rows, inputs, outputs, params, grads, x }) {
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < outputs; j++) {
            const g = gradOut[i * outputs + j];
            const [a, b] = [x[i * inputs + j], x[i * inputs + j + 1]];
            if (grads) grads.scale[j % 3] += g * a * b;
            if (gradIn) {
              gradIn[i * inputs + j] += g * params.scale[j % 3] * b;
              gradIn[i * inputs + j + 1] += g * params.scale[j % 3] * a;
            }
          }
      },
    });
  yield [
    "a layer of one's own",
    () =>
      trained(d, { layers: [d.dense(5), square(), d.dense(2)], loss: "mse" }, (net) =>
        after(net, net.fit(data.x, data.values, { epochs: 3 })),
      ),
  ];
  yield [
    "a layer of one's own, frozen",
    () =>
      trained(d, { layers: [d.dense(5), square(), d.dense(2)], loss: "mse" }, (net) => {
        net.freeze("square1", 0);
        return after(net, net.fit(data.x, data.values, { epochs: 3 }));
      }),
  ];
}

function* tools(d) {
  for (const momentum of [0.1, null])
    yield [
      `recalibrated, momentum ${momentum}`,
      () =>
        used(
          d,
          {
            layers: [d.dense(4), d.batchNorm({ momentum }), d.relu(), d.dense(3), d.batchNorm(), d.dense(2)],
            loss: "mse",
          },
          (net) => {
            net.fit(data.x, data.values, { epochs: 2, batchSize: 13 });
            const before = net.names.map((n) => net.layer(n));
            net.recalibrate(data.x);
            return [before, net.names.map((n) => net.layer(n)), net.predict(data.x)];
          },
        ),
    ];
  yield [
    "an objective",
    () =>
      ["f32", "f64"].map((dtype) =>
        used(d, { layers: [d.dense(4), d.batchNorm(), d.tanh(), d.dense(2)], loss: "mse", dtype }, (net) => {
          net.freeze("batchNorm1");
          const f = net.objective(data.x, data.values);
          const g = new Float64Array(net.params.length);
          const p = Float64Array.from(net.params);
          return [f.fun(p), f.funGrad(p, g), g, d.minimize(f, p, { method: "lbfgs", maxIterations: 8 })];
        }),
      ),
  ];
  yield [
    "an optimizer of a network",
    () =>
      used(d, { layers: [d.dense(4), d.batchNorm(), d.relu(), d.dense(2)], loss: "mse" }, (net) => {
        const opt = d.optimizer(net, d.adam({ lr: 0.02 }), {
          groups: [
            { layer: "dense1", lr: 1e-3 },
            { layer: 3, weightDecay: 0.1 },
          ],
        });
        net.freeze("batchNorm1");
        for (let t = 0; t < 4; t++) {
          net.lossGradient(data.x, data.values);
          opt.step();
        }
        const state = opt.state();
        opt.dispose();
        return state;
      }),
  ];
  yield [
    "standardise",
    () =>
      [
        d.standardise(data.x),
        d.standardise([1, 2, 3, 4, 5, 6], 2),
        d.standardise([[3], [3], [3]]),
        d.standardise([[7, 1]]),
      ].flatMap((s) => [s, s.apply(Array.from(s.mean)), s.invert(Array.from(s.sd))]),
  ];
  yield [
    "trainTestSplit",
    () =>
      [
        {},
        { test: 0.5, seed: 3 },
        { test: 0.3, stratify: true },
        { test: 0.05, stratify: true, seed: 9 },
      ].flatMap((o) => [
        d.trainTestSplit(data.x, data.labels, undefined, o),
        d.trainTestSplit(data.x.flat(), data.values, 3, { ...o, stratify: false }),
      ]),
  ];
  const steps = {
    "by default": {},
    "of few steps": { steps: 12, from: 1e-4, to: 10 },
    "of small batches": { batchSize: 4, steps: 40, seed: 3 },
    "from large rates": { steps: 40, from: 0.3, to: 90, optimizer: (lr) => d.sgd({ lr }) },
    "in small steps": { steps: 150, from: 0.02, to: 20, optimizer: (lr) => d.sgd({ lr }) },
    "by sgd": { steps: 30, from: 1e-3, to: 1000, optimizer: (lr) => d.sgd({ lr }) },
  };
  for (const [name, o] of Object.entries(steps))
    yield [
      `findLearningRate ${name}`,
      () =>
        used(
          d,
          { layers: [d.dense(6), d.batchNorm(), d.relu(), d.dropout(0.2), d.dense(2)], loss: "mse" },
          (net) => d.findLearningRate(net, data.x, data.values, o),
        ),
    ];
  const deep = () => [d.dense(5), d.batchNorm(), d.relu(), d.dense(4), d.tanh(), d.dropout(0.1), d.dense(3)];
  const made = () => ({ layers: deep(), loss: "softmaxCrossEntropy" });
  yield [
    "pretrain",
    () =>
      used(d, made(), (net) => {
        const blocks = [];
        return [
          d.pretrain(net, data.x, null, { epochs: 2, onBlock: (b) => void blocks.push(b.layers) }),
          blocks,
          net.names.map((n) => net.layer(n)),
        ];
      }),
  ];
  yield [
    "pretrain under labels",
    () =>
      used(d, made(), (net) =>
        d.pretrain(net, data.x, data.labels, { epochs: 2, optimizer: d.sgd({ lr: 0.1 }) }),
      ),
  ];
  yield [
    "pretrain as autoencoders all the same",
    () =>
      used(d, made(), (net) => {
        net.freeze(0);
        return d.pretrain(net, data.x, data.labels, { method: "autoencoder", epochs: 1 });
      }),
  ];
  for (const [name, o] of Object.entries({
    "all layers": { keep: 7 },
    "by name": { keep: "relu1", freeze: false },
    huber: { keep: 2, loss: "huber", delta: 0.5, seed: 4 },
  }))
    yield [
      `transfer ${name}`,
      () =>
        used(d, made(), (net) => {
          net.fit(data.x, data.labels, { epochs: 1 });
          const next = d.transfer(net, { layers: [d.relu(), d.dense(2)], loss: "mse", ...o });
          try {
            return [
              next.summary(),
              next.fit(data.x, data.values, { epochs: 2 }),
              next.params.slice(),
              next.predict(data.x),
            ];
          } finally {
            next.dispose();
          }
        }),
    ];
  yield [
    "saved",
    () =>
      ["f32", "f64"].map((dtype) =>
        used(d, { ...made(), dtype }, (net) => {
          net.fit(data.x, data.labels, { epochs: 2, optimizer: d.adam({ lr: 0.01 }) });
          net.freeze(3);
          const files = [net.save(), net.save({ optimizer: true }), net.toSafetensors()].map(
            (b) => new Uint8Array(b),
          );
          const again = d.loadNetwork(files[1]);
          try {
            again.unfreeze();
            const more = again.fit(data.x, data.labels, {
              epochs: 2,
              continue: true,
              optimizer: d.adam({ lr: 0.01 }),
            });
            const bent = attempt(() => again.loadSafetensors(files[2].slice(0, -4)));
            const params = again.params.slice();
            again.loadSafetensors(files[2]);
            return [files, more, bent, params, again.params.slice(), again.summary(), again.predict(data.x)];
          } finally {
            again.dispose();
          }
        }),
      ),
  ];
  yield [
    "tensors of half precision",
    () =>
      used(d, { inputs: 1, layers: [d.dense(4, { bias: false })], loss: "mse" }, (net) =>
        ["F16", "BF16", "F32"].map((dtype) => {
          const words =
            dtype === "F32"
              ? new Float32Array([1, -2, 0.5, 3])
              : Uint16Array.of(0x3c00, 0xc001, 0x0001, 0x7bff);
          const json = JSON.stringify({
            "0.weight": { dtype, shape: [4, 1], data_offsets: [0, words.byteLength] },
          }).padEnd(80);
          const bytes = new Uint8Array(88 + words.byteLength);
          bytes[0] = 80;
          bytes.set(
            [...json].map((c) => c.charCodeAt(0)),
            8,
          );
          bytes.set(new Uint8Array(words.buffer), 88);
          net.loadSafetensors(bytes);
          return net.params.slice();
        }),
      ),
  ];
}

export function* cases(d) {
  yield* layers(d);
  yield* losses(d);
  yield* tools(d);
}
