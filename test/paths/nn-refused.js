// Calls of networks that are wrong: each line is the message.
import { data } from "./nn.js";
import { wrong } from "./numbers.js";

function mistakes(d) {
  const net =
    (call, o = {}) =>
    () => {
      const made = d.network({ inputs: 3, layers: [d.dense(2)], loss: "mse", ...o });
      try {
        return call(made);
      } finally {
        made.dispose();
      }
    };
  const labelled = { loss: "softmaxCrossEntropy", layers: [d.dense(3)] };
  const training = (o, made = {}) =>
    net((n) => n.fit(data.x, made.loss ? data.labels : data.values, o), made);
  return {
    "no layers": () => d.network({ inputs: 3, layers: [], loss: "mse" }),
    "a factory as layer": () => d.network({ inputs: 3, layers: [d.relu], loss: "mse" }),
    "no inputs": () => d.network({ layers: [d.dense(2)], loss: "mse" }),
    "an optimizer in network": () =>
      d.network({ inputs: 3, layers: [d.dense(2)], loss: "mse", optimizer: 1 }),
    "a loss": () => d.network({ inputs: 3, layers: [d.dense(2)], loss: "crossEntropy" }),
    "delta of mse": () => d.network({ inputs: 3, layers: [d.dense(2)], loss: "mse", delta: 1 }),
    "one output": () => d.network({ inputs: 3, layers: [d.dense(1)], loss: "softmaxCrossEntropy" }),
    "sigmoid at the end": () =>
      d.network({ inputs: 3, layers: [d.dense(1), d.sigmoid()], loss: "binaryCrossEntropy" }),
    "relu at the end": () =>
      d.network({ inputs: 3, layers: [d.dense(3), d.relu()], loss: "softmaxCrossEntropy" }),
    "inputs of a layer": () => d.network({ inputs: 3, layers: [d.dense(2, { inputs: 4 })], loss: "mse" }),
    activation: () => d.dense(2, { activation: "relu" }),
    "an activation second": () => d.dense(2, "relu"),
    "no units": () => d.dense(),
    init: () => d.dense(2, { init: "glorot" }),
    rate: () => d.dropout(1),
    slope: () => d.leakyRelu({ slope: 0 }),
    momentum: () => d.batchNorm({ momentum: 2 }),
    columns: net((n) => n.predict([[1, 2]])),
    "a ragged array": net((n) => n.predict([1, 2])),
    "a NaN": net((n) => n.predict([[1, NaN, 2]])),
    "targets too few": net((n) => n.fit(data.x, [1, 2])),
    "a label": net((n) => n.fit([[1, 2, 3]], [3]), labelled),
    "one-hot labels": net((n) => n.fit([[1, 2, 3]], [[0, 1, 0]]), labelled),
    "a share above 1": net((n) => n.fit([[1, 2, 3]], [[0, 2]]), { loss: "binaryCrossEntropy" }),
    lr: training({ lr: 0.1 }),
    epochs: training({ epochs: 0 }),
    validation: training({ validation: 1 }),
    "a validation of none": training({ validation: 0.001 }),
    monitor: training({ monitor: "f1" }),
    "monitor without validation": training({ monitor: "valLoss", patience: 1 }),
    "monitor accuracy": training({ monitor: "accuracy", patience: 1 }),
    "monitor of one's own": training({ metrics: { mine: () => 1 }, monitor: "mine", patience: 1 }),
    metrics: training({ metrics: ["f1"] }),
    "a metric that gives none": training({ metrics: { mine: () => "1" } }),
    "mae of labels": training({ metrics: ["mae"] }, labelled),
    "weights of none": training({ sampleWeight: data.x.map(() => 0) }),
    "classWeight of values": training({ classWeight: [1, 2] }),
    "classWeight too short": training({ classWeight: [1, 2] }, labelled),
    optimizer: training({ optimizer: d.lbfgs() }),
    continue: training({ continue: true }),
    stepsPerEpoch: training({ stepsPerEpoch: 3 }),
    "frozen altogether": net((n) => {
      n.freeze();
      n.fit(data.x, data.values);
    }),
    "freeze of a name": net((n) => n.freeze("dense2")),
    "a batch of one": net((n) => n.fit(data.x, data.values, { batchSize: 1 }), {
      layers: [d.batchNorm(), d.dense(2)],
    }),
    "a fit within a fit": net((n) =>
      n.fit(data.x, data.values, { onEpoch: () => n.fit(data.x, data.values) }),
    ),
    "backward first": net((n) => n.backward([1])),
    "classify of values": net((n) => n.classify(data.x)),
    "nothing to diagnose": net((n) => n.diagnose()),
    "half a diagnosis": net((n) => n.diagnose(data.x)),
    "nothing to save": net((n) => n.save({ optimizer: true })),
    "no file": () => d.loadNetwork(new ArrayBuffer(40)),
    "a damaged file": net((n) => {
      const bytes = new Uint8Array(n.save());
      bytes[bytes.length - 1] ^= 1;
      d.loadNetwork(bytes);
    }),
    "no tensors": net((n) => n.loadSafetensors(new ArrayBuffer(4))),
    "pretrain of one layer": net((n) => d.pretrain(n, data.x)),
    "transfer of too many": net((n) => d.transfer(n, { keep: 5, layers: [d.dense(1)], loss: "mse" })),
    "transfer of a name": net((n) => d.transfer(n, { keep: "relu1", layers: [d.dense(1)], loss: "mse" })),
    "steps of a search": net((n) => d.findLearningRate(n, data.x, data.values, { steps: 3 })),
    "range of a search": net((n) => d.findLearningRate(n, data.x, data.values, { from: 1, to: 0.1 })),
    "a batch that is none": net((n) => n.fit([3][Symbol.iterator]())),
    "no batches": net((n) => n.fit([][Symbol.iterator]())),
    "epochs of an iterator": net((n) =>
      n.fit([{ x: data.x, y: data.values }][Symbol.iterator](), null, { epochs: 2 }),
    ),
    "a layer's name": () => d.layer({ name: "1", forward() {}, backward() {} }),
    "a layer without backward": () => d.layer({ name: "a", forward() {} }),
    "a loss without value": () => d.loss({ name: "a", gradient() {} }),
    "a split of columns": () => d.trainTestSplit([1, 2, 3], [1], 2),
    "a split of options third": () => d.trainTestSplit(data.x, data.labels, { test: 0.2 }),
    "a split of all": () => d.trainTestSplit([[1], [2]], [1, 2], 1, { test: 0.9 }),
    "standardise without columns": () => d.standardise([1, 2]),
    disposed: () => {
      const made = d.network({ inputs: 1, layers: [d.dense(1)], loss: "mse" });
      made.dispose();
      made.predict([1]);
    },
  };
}

export function* cases(d) {
  yield* wrong(mistakes(d));
}
