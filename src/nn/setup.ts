// What a training needs to know before it begins: samples or batches, what is measured and monitored, and where it goes on. All
// options are checked here, before anything has moved.

import type { Rule } from "../first-order/rule.js";
import { adam } from "../first-order/rules/adam.js";
import { DownhillError } from "../runtime/errors.js";
import { numberOption, optionError } from "../runtime/options.js";
import { Best } from "./best.js";
import { lonely } from "./blame.js";
import type { Body } from "./body.js";
import { checkCallbacks, checkFitKeys, checkOptimizer, type FitOptions } from "./fit-options.js";
import type { Features, TargetValues } from "./inputs.js";
import { Measured } from "./metrics.js";
import { readSamples, readValidation, type Samples } from "./samples.js";
import { BatchSource, isBatches, isOnce, SampleSource, type Source } from "./source.js";
import type { Training } from "./training.js";

/** What the network knows of its last training. */
export interface Before {
  readonly seed: number;
  readonly rule: Rule | null;
  readonly training: Training | null;
}

export interface Setup {
  /** Samples in memory, in the order in which they were given; null for batches. */
  readonly train: Samples | null;
  readonly validation: Samples | null;
  readonly source: Source;
  readonly metrics: Measured;
  readonly best: Best;
  readonly rule: Rule;
  readonly previous: Training | null;
  /** Epochs before this training, and after its last one; a state that is resumed knows how many came before. */
  first: number;
  last: number;
  /** Training takes statistics of batches. */
  readonly normed: boolean;
}

const whole = { min: 1, integer: true };

export function setUp(
  where: string,
  body: Body,
  x: unknown,
  y: unknown,
  options: FitOptions,
  before: Before,
  more: readonly string[],
): Setup {
  checkFitKeys(where, options, more);
  checkCallbacks(where, options);
  const batches = isBatches(x) ? x : null;
  const previous = options.continue ? before.training : null;
  const wanted = numberOption(where, "batchSize", options.batchSize, 32, whole);
  const epochs = numberOption(where, "epochs", options.epochs, batches && isOnce(batches) ? 1 : 10, whole);
  const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
  const seed = numberOption(where, "seed", options.seed, before.seed, seeds);
  const first = previous?.epoch ?? 0;
  const normed = body.stages.some((stage) => stage.batchStatistics);
  const { hits, labels } = body.loss.definition;
  const metrics = new Measured(where, options.metrics, labels, hits !== undefined);
  let train: Samples | null = null;
  let validation: Samples | null;
  let source: Source;
  if (batches) {
    const { stepsPerEpoch } = options;
    refuseWithBatches(
      where,
      options,
      normed,
      metrics,
      epochs,
      stepsPerEpoch === undefined && isOnce(batches),
    );
    const most = numberOption(where, "stepsPerEpoch", stepsPerEpoch, Infinity, {
      ...whole,
      infinite: true,
    });
    validation = readValidation(where, body, options);
    source = new BatchSource(where, body, batches, most, options.classWeight);
  } else {
    if (options.stepsPerEpoch !== undefined)
      throw optionError(
        where,
        "stepsPerEpoch",
        options.stepsPerEpoch,
        "left out: x is no generator of batches",
      );
    const read = readSamples(where, body, x as Features, y as TargetValues, options, seed);
    [train, validation] = read;
    const count = train.order.length;
    const size = Math.min(wanted, count);
    if (normed && size === 1) throw lonely(where, body, count === 1 ? "samples" : "batchSize");
    body.reserve(size);
    source = new SampleSource(body, train, size, seed, options.shuffle !== false);
    // What is looked at as a whole comes in the order in which it was given.
    train = { ...train, order: train.order.slice() };
  }
  if (!body.stages.some((stage) => stage.trainable)) {
    throw new DownhillError("OPTION", `${where}: the network has no trainable parameters`, {
      hint: "unfreeze a layer, or add one with parameters",
    });
  }
  const rule = checkOptimizer(where, options.optimizer) ?? (previous ? before.rule : null);
  if (options.continue && !previous) {
    throw new DownhillError("OPTION", `${where}: there is no training to continue`, {
      hint: "call fit without continue first, or load a network that was saved with { optimizer: true }",
      details: { option: "continue", value: true },
    });
  }
  if (previous && !rule)
    throw optionError(where, "optimizer", rule, `given: the training was one of ${previous.kept.rule}`);
  const best = new Best(where, body, options, validation !== null, metrics);
  if (!train && best.onTraining)
    throw optionError(
      where,
      "monitor",
      options.monitor,
      "of validation samples: batches are gone once trained on",
    );
  return {
    train,
    validation,
    source,
    metrics,
    best,
    rule: rule ?? adam(),
    previous,
    first,
    last: first + epochs,
    normed,
  };
}

function refuseWithBatches(
  where: string,
  { validation, sampleWeight, average, shuffle }: FitOptions,
  normed: boolean,
  metrics: Measured,
  epochs: number,
  once: boolean,
): void {
  if (typeof validation === "number" && validation !== 0)
    throw optionError(
      where,
      "validation",
      validation,
      "{ x, y }: batches of a generator are gone once trained on",
    );
  if (sampleWeight !== undefined)
    throw optionError(where, "sampleWeight", sampleWeight, "given with each batch: { x, y, sampleWeight }");
  if (shuffle === true)
    throw optionError(where, "shuffle", shuffle, "left out: a generator has its own order");
  if (average && normed)
    throw optionError(
      where,
      "average",
      average,
      "left out: statistics are estimated anew from samples in memory",
    );
  if (metrics.any && !validation)
    throw optionError(where, "metrics", metrics.names, "given with validation: { x, y }");
  if (epochs > 1 && once)
    throw optionError(
      where,
      "epochs",
      epochs,
      "1 for a generator, which can be gone through once; give stepsPerEpoch, or a function that makes one for each epoch",
    );
}

/** Loss of the best answer that is the same for every sample, for whoever asks; NaN where it is not known. */
export function constantLoss(
  { plan, loss }: Body,
  samples: Pick<Samples, "y" | "width" | "order" | "weights"> | null,
): () => number {
  const { constant } = loss.definition;
  if (!samples || !constant || samples.weights || samples.order.length < 2) return () => NaN;
  const targets = { y: samples.y, width: samples.width, order: samples.order };
  return () => constant(inOrder(targets), targets.order.length, plan.outputs, loss.options);
}

/** A few of the samples, those to validate with among them. */
export function someOf({ plan }: Body, samples: Samples | null, most: number): Samples | null {
  if (!samples) return null;
  const { x, y, width } = samples;
  const all = x.length / plan.inputs;
  const rows = Math.min(all, most);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  return {
    x: spread(x, plan.inputs, all, rows),
    y: spread(y, width, all, rows),
    width,
    order,
    weights: null,
  };
}

/** `rows` rows of `all`, evenly: data that are sorted by class or by x have all of them in it. */
export function spread<T extends Samples["y"]>(data: T, cols: number, all: number, rows: number): T {
  const out = data.slice(0, rows * cols) as T;
  for (let i = 0; i < rows; i++) {
    const from = Math.floor((i * all) / rows) * cols;
    out.set(data.subarray(from, from + cols), i * cols);
  }
  return out;
}

/** Targets row by row in the order of the samples. */
export function inOrder({ y, width, order }: Pick<Samples, "y" | "width" | "order">): Samples["y"] {
  const out = y.slice(0, order.length * width);
  for (let i = 0, to = 0; i < order.length; i++)
    for (let j = 0; j < width; j++) out[to++] = y[order[i]! * width + j]!;
  return out;
}
