// What the worker does for training: it trains one network, reports every epoch, and reads digits with what it has.

import * as downhill from "downhill";
import type { JobContext } from "../shell/rpc.js";
import { digits, type PlaneName, plane, type Samples, VIEW } from "./data.js";
import type { TrainState } from "./state.js";
import { Trail } from "./trail.js";

export * from "./look-jobs.js";

export type Network = ReturnType<typeof downhill.network>;
type Rule = ReturnType<typeof downhill.adam>;
type Lr = number | ((step: number) => number);

export interface EpochReport {
  readonly epoch: number;
  readonly loss: number;
  readonly valLoss: number | null;
  readonly accuracy: number | null;
  /** Probability of class 1 over the plane, row by row from below; null for digits. */
  readonly decision: Float32Array | null;
}
export interface TrainAnswer {
  readonly accuracy: number;
  readonly took: number;
  readonly status: string;
  readonly reason: string;
  /** Of every dense layer: gradient norms at the recorded batches. */
  readonly layers: readonly {
    readonly name: string;
    readonly gradient: Float64Array;
    readonly activation: Float64Array;
  }[];
  readonly steps: readonly number[];
  readonly findings: readonly { readonly kind: string; readonly layer: string; readonly message: string }[];
  readonly parameters: number;
  readonly held: number;
}

export const rules: Readonly<Record<string, (lr: Lr) => Rule>> = {
  sgd: (lr) => downhill.sgd({ lr }),
  momentum: (lr) => downhill.sgd({ lr, momentum: 0.9 }),
  nesterov: (lr) => downhill.sgd({ lr, momentum: 0.9, nesterov: true }),
  adagrad: (lr) => downhill.adagrad({ lr }),
  rmsprop: (lr) => downhill.rmsprop({ lr }),
  adam: (lr) => downhill.adam({ lr }),
  adamw: (lr) => downhill.adamw({ lr }),
  nadam: (lr) => downhill.nadam({ lr }),
  rprop: (lr) => downhill.rprop({ lr }),
  lion: (lr) => downhill.lion({ lr }),
};

export function rateOf(s: TrainState, steps: number): Lr {
  const lr = 10 ** s.rate;
  switch (s.schedule) {
    case "cosine":
      return downhill.schedules.cosine({ lr, steps, hold: true });
    case "oneCycle":
      return downhill.schedules.oneCycle({ max: lr, steps: steps + 1 });
    case "step":
      return downhill.schedules.step({ lr, every: Math.ceil(steps / 3), gamma: 0.1 });
    default:
      return lr;
  }
}

export function build(s: TrainState, { inputs, classes }: Samples): Network {
  const activation = {
    relu: downhill.relu,
    tanh: downhill.tanh,
    sigmoid: downhill.sigmoid,
    gelu: downhill.gelu,
    leakyRelu: downhill.leakyRelu,
  }[s.activation as "relu"];
  const layers = s.hidden.flatMap((units) => [
    downhill.dense(units, { init: s.init as "he", bias: !s.norm }),
    ...(s.norm ? [downhill.batchNorm()] : []),
    activation(),
  ]);
  return downhill.network({
    inputs,
    layers: [...layers, downhill.dense(classes)],
    loss: "softmaxCrossEntropy",
    seed: s.seed,
  });
}

let current: { net: Network; samples: Samples; trail: Trail } | null = null;
let newest = 0;

/** What is trained last, for the jobs that look at it. */
export const trained = (): typeof current => current;

const grid = (() => {
  const { columns, rows, halfWidth, halfHeight } = VIEW;
  const x = new Float32Array(2 * columns * rows);
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      x[2 * (j * columns + i)] = ((2 * (i + 0.5)) / columns - 1) * halfWidth;
      x[2 * (j * columns + i) + 1] = ((2 * (j + 0.5)) / rows - 1) * halfHeight;
    }
  return x;
})();

function decision(net: Network): Float32Array {
  const p = net.predict(grid);
  return Float32Array.from({ length: p.length / 2 }, (_, i) => p[2 * i + 1]!);
}

/** The samples of a state: the page draws the same points. */
export const samplesOf = (s: TrainState): Promise<Samples> | Samples =>
  s.data === "digits" ? digits() : plane(s.data as PlaneName, 500, s.noise, s.seed);

export async function train(s: TrainState, { signal, progress }: JobContext): Promise<TrainAnswer> {
  const mine = ++newest;
  const samples = await samplesOf(s);
  const { train: part, test } = downhill.trainTestSplit(samples.x, samples.y, samples.inputs, {
    test: 0.2,
    seed: s.seed,
  });
  const net = build(s, samples);
  const begun = performance.now();
  const trail = new Trail(net.params);
  try {
    if (s.before !== "none" && s.hidden.length > 0)
      downhill.pretrain(net, part.x, s.before === "labels" ? part.y : null, {
        epochs: Math.ceil(s.epochs / 4),
        batchSize: s.batch,
        optimizer: rules[s.rule]!(10 ** s.rate),
      });
    const steps = Math.ceil(part.y.length / s.batch) * s.epochs;
    const history = await net.fitAsync(part.x, part.y, {
      epochs: s.epochs,
      batchSize: s.batch,
      optimizer: rules[s.rule]!(rateOf(s, steps)),
      validation: { x: test.x, y: test.y },
      signal,
      onEpoch: ({ epoch, loss, valLoss, valAccuracy }) => {
        trail.note(net.params);
        const shown = samples.inputs === 2 ? decision(net) : null;
        progress({ epoch, loss, valLoss, accuracy: valAccuracy, decision: shown } satisfies EpochReport);
      },
    });
    const took = performance.now() - begun;
    const { accuracy } = net.evaluate(test.x, test.y);
    const course = net.diagnose();
    return {
      accuracy: accuracy ?? Number.NaN,
      took,
      status: history.status,
      reason: history.reason,
      layers: course.layers
        .filter(({ name }) => name.startsWith("dense"))
        .map(({ name, gradient, activation }) => ({
          name,
          gradient: Float64Array.from(gradient),
          activation: Float64Array.from(activation),
        })),
      steps: [...course.steps],
      findings: course.findings.map(({ kind, layer, message }) => ({ kind, layer, message })),
      parameters: net.params.length,
      held: test.y.length,
    };
  } finally {
    if (mine === newest) {
      current?.net.dispose();
      current = { net, samples, trail };
    } else net.dispose();
  }
}

/** Probabilities of the ten digits for 64 pixels from 0 to 1. */
export function read({ pixels }: { pixels: Float32Array }): Float32Array | null {
  if (current?.samples.inputs !== 64) return null;
  return Float32Array.from(current.net.predict(pixels));
}

/** Rates from small to large with the loss at each, and the one to begin with. */
export async function findRate(
  s: TrainState,
): Promise<{ lr: Float64Array; loss: Float64Array; suggestion: number }> {
  const samples = await samplesOf(s);
  const net = build(s, samples);
  try {
    const found = downhill.findLearningRate(net, samples.x, samples.y, {
      batchSize: s.batch,
      optimizer: (lr) => rules[s.rule]!(lr),
    });
    return {
      lr: Float64Array.from(found.rates),
      loss: Float64Array.from(found.smoothed),
      suggestion: found.lr,
    };
  } finally {
    net.dispose();
  }
}
