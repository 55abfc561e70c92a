// Wrong calls that met words which were true of another function, or of no call at all: the whole message as it should read.
import * as d from "../../src/index.js";
import { plotRace } from "../../src/plot/index.js";

export type Exact = readonly [call: () => unknown, message: string];

// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const a = d as any;
const net = (o: object = {}) =>
  a.network({ inputs: 2, layers: [d.dense(2), d.batchNorm()], loss: "mse", ...o });
const withNet = (use: (own: ReturnType<typeof d.network>) => unknown) => () => {
  using own = net();
  return use(own);
};
const withOptimizer = (use: (o: ReturnType<typeof d.optimizer>) => unknown) => () => {
  using o = d.optimizer(2, d.adam());
  return use(o);
};

export const exact: Exact[] = [
  // Numbers without a default that were not given: nobody wrote null.
  [
    withOptimizer((o) => a.average(o, { kind: "ema" })),
    "average: decay must be a finite number >= 0 and < 1, got undefined",
  ],
  [() => a.reduceOnPlateau({}), "reduceOnPlateau: lr must be a finite number >= 0, got undefined"],
  [() => a.reduceOnPlateau({ lr: null }), "reduceOnPlateau: lr must be a finite number >= 0, got null"],
  [() => a.minibatches(), "minibatches: count must be an integer >= 1 and <= 2147483647, got undefined"],
  [() => a.minibatches(3), "minibatches: size must be an integer >= 1, got undefined"],
  [() => a.schedules.sequence([[]]), "sequence: parts[0][0] must be an integer >= 0, got undefined"],
  [() => a.schedules.cosine({ lr: 1 }), "cosine: steps must be an integer >= 1, got undefined"],
  [
    withNet((own) => a.transfer(own, { layers: [d.dense(1)] })),
    "transfer: keep must be an integer >= 1 and <= 2, got undefined",
  ],
  [() => a.polyfit([1, 2], [1, 2]), "polyfit: degree must be an integer >= 0 and <= 1000, got undefined"],
  [() => a.lasso([[1]], [1]), "lasso: lambda must be a finite number >= 0, got undefined"],
  [() => a.lasso([[1]], [1], null), "lasso: lambda must be a finite number >= 0, got null"],
  [() => a.project.halfspace([1]), "project.halfspace: b must be a finite number, got undefined"],
  // Rules that were not called.
  [
    () => a.optimizer([1], d.adam),
    "optimizer: rule must be a first-order rule, got function adam (call it: adam())",
  ],
  [
    () => a.optimizer([1], d.rmsprop),
    "optimizer: rule must be a first-order rule, got function rmsprop (call it: rmsprop())",
  ],
  // Numbers beyond single precision, by one rule.
  [
    () => d.optimizer([1, 1e39], d.adam(), { dtype: "f32" }),
    'optimizer: params[1] is 1e+39, and single precision ends at 3.4e38 (dtype: "f64" holds it)',
  ],
  [
    () => d.optimizer([1, NaN], d.adam(), { dtype: "f32" }),
    "optimizer: params[1] is NaN, expected a finite number",
  ],
  [
    withNet((own) =>
      own.predict([
        [1, 2],
        [3, 1e39],
      ]),
    ),
    'predict: x[1][1] is 1e+39, and single precision ends at 3.4e38 (dtype: "f64" holds it)',
  ],
  [
    withNet((own) =>
      own.lossGradient(
        [
          [1, 2],
          [3, 4],
        ],
        [1, 2, -1e39, 4],
      ),
    ),
    'lossGradient: y[2] is -1e+39, and single precision ends at 3.4e38 (dtype: "f64" holds it)',
  ],
  [
    () => a.lu([[1e39]], { dtype: "f32" }),
    'lu: A[0][0] is 1e+39, and single precision ends at 3.4e38 (dtype: "f64" holds it)',
  ],
  // Ends of ranges.
  [
    () => d.gaussSeidel([[1]], [1], { omega: 2 }),
    "gaussSeidel: omega must be a finite number > 0 and < 2, got 2",
  ],
  [
    () => a.optimizer(2, d.adam(), { groups: [{ start: 1, end: 1 }] }),
    "optimizer: groups[0].end must be an integer > 1 and <= 2, got 1",
  ],
  [
    () => a.optimizer(2, d.adam(), { groups: [{ start: 2, end: 3 }] }),
    "optimizer: groups[0].start must be an integer >= 0 and < 2, got 2",
  ],
  // What it is called by the caller.
  [() => a.matrix({ rows: 3, cols: 2, data: [1] }), "matrix: A.data has length 1, expected 3 x 2 = 6"],
  [
    () => plotRace({ quick: { status: "converged" } as never }),
    'plotRace: the run "quick" has no trace (run it with trace: true)',
  ],
  [
    withNet((own) =>
      own.fit(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [1, 2],
          [3, 4],
        ],
        { batchSize: 1 },
      ),
    ),
    "fit: batchNorm1 cannot train on a batch of one sample: it has no variance (use a batchSize of two or more)",
  ],
  [
    withNet((own) => own.fit([[1, 2]], [[1, 2]])),
    "fit: batchNorm1 cannot train on a batch of one sample: it has no variance (use two or more samples)",
  ],
  [
    withNet((own) => own.forward([1, 2])),
    'forward: batchNorm1 cannot train on a batch of one sample: it has no variance (use two or more samples, or mode "eval")',
  ],
  [
    () => net({ inputs: 3, layers: [d.dense(1, { inputs: 4 })] }),
    "network: layer 0 (dense1) is made for 4 inputs, but the network has 3",
  ],
  ...Object.entries({
    glorot: "xavier",
    Glorot_uniform: "xavierUniform",
    kaiming: "he",
    kaiming_uniform_: "heUniform",
    he_normal: "he",
  }).map(
    ([there, here]): Exact => [
      () => a.dense(1, { init: there }),
      `dense: init must be one of uniform, he, heUniform, xavier, xavierUniform, zeros, got "${there}" (did you mean "${here}"?)`,
    ],
  ),
];
