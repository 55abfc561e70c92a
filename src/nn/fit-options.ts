// What fit can be told.

import type { AverageOptions } from "../first-order/average.js";
import type { Group } from "../first-order/groups.js";
import { checkRule } from "../first-order/known-rules.js";
import type { Rule } from "../first-order/rule.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, checkKeys, type Elsewhere, optionError } from "../runtime/options.js";
import type { Monitor } from "./best.js";
import type { Batch, Epoch } from "./history.js";
import type { Features, TargetValues } from "./inputs.js";
import type { Metrics } from "./metrics.js";
import type { ClassWeight } from "./samples.js";

export interface FitOptions {
  /** Passes over the data: 10; with `continue` that many more; for a generator, which can be gone through once, 1. */
  epochs?: number | undefined;
  /** Samples a step: 32. */
  batchSize?: number | undefined;
  /** Batches of an epoch, for a generator without an end. */
  stepsPerEpoch?: number | undefined;
  /** Any first-order rule; its learning rate may be a schedule of the step. adam(). With `continue` the one of the last fit. */
  optimizer?: Rule | undefined;
  /** Options of the rule for ranges of parameters or layers: [{ layer: "dense1", lr: 1e-4 }]. */
  groups?: readonly Group[] | undefined;
  clipNorm?: number | undefined;
  clipValue?: number | undefined;
  /**
   * Ends with the average of the weights and batch-norm statistics re-estimated with them. Validation is of that too, which with
   * a batchNorm costs a forward pass over the training samples each epoch.
   */
  average?: AverageOptions | undefined;
  /** A share of the samples, drawn by `seed`, or samples of their own; 0: none. */
  validation?:
    | number
    | {
        readonly x: Features;
        readonly y: TargetValues;
        readonly sampleWeight?: ArrayLike<number> | undefined;
      }
    | undefined;
  /**
   * Weights of the samples in the loss, as if a sample with weight 2 were there twice: relative to their mean, so that twice all
   * weights change nothing. They count in the loss, not in accuracy, metrics and the statistics of a batchNorm.
   */
  sampleWeight?: ArrayLike<number> | undefined;
  /**
   * Weights of the classes, by label: an array, or an object with those that are not 1. Times the sample's own. The validation loss
   * has them too, however its samples are given, so that the two losses can be compared.
   */
  classWeight?: ClassWeight | undefined;
  /**
   * Beside loss and accuracy, by name or by function: ["f1"], { cost: (predictions, targets) => number }. Of the validation
   * samples where there are any, else of those trained on, at the end of every epoch; `f1`, `precision` and `recall` are means
   * over the classes where there are more than two labels, and over the outputs of "binaryCrossEntropy", each a class of its own; of
   * those that occur, in samples or predictions. Where nothing was there to find, or nothing found, they are 0.
   */
  metrics?: Metrics | undefined;
  /**
   * Stops after so many epochs in which what is monitored did not improve, and restores the best weights. Without validation that
   * is the loss of the training samples in evaluation mode with the weights after the epoch, which costs a forward pass, and the
   * weights at the start take part. With `continue` they take part in any case, and the count goes on where it had not run out.
   */
  patience?: number | undefined;
  /** "valLoss" (default with validation), "loss", "valAccuracy", "accuracy" or a metric; a metric of your own with its mode. */
  monitor?: Monitor | undefined;
  /** An improvement must be larger than this: 0. */
  minDelta?: number | undefined;
  /** A new order every epoch: true. */
  shuffle?: boolean | undefined;
  /** Of the order and the validation share; default: the network's. */
  seed?: number | undefined;
  /**
   * Goes on with the optimizer's state, the step of its schedule and the epoch of the last fit of this network, and with its options,
   * but for those that are given anew: false. What takes one back: validation: 0, patience, clipNorm or clipValue: Infinity, metrics: [],
   * classWeight: {}. The rule and the groups stay. Data (x, y, sampleWeight, validation samples), epochs, limits and callbacks are those
   * of each call. After `loadNetwork` the optimizer is given again, and groups and metrics with functions in them.
   */
  continue?: boolean | undefined;
  /** A progress line on the terminal: false. */
  progress?: boolean | undefined;
  maxTimeMs?: number | undefined;
  onBatch?: ((batch: Batch) => unknown) | undefined;
  /** Returning "stop" ends training, as with onBatch. fitAsync waits for promises of both. */
  onEpoch?: ((epoch: Epoch) => unknown) | undefined;
  signal?: AbortSignal | undefined;
}

const fitKeys = [
  "epochs",
  "batchSize",
  "stepsPerEpoch",
  "optimizer",
  "groups",
  "clipNorm",
  "clipValue",
  "average",
  "validation",
  "sampleWeight",
  "classWeight",
  "metrics",
  "patience",
  "monitor",
  "minDelta",
  "shuffle",
  "seed",
  "continue",
  "progress",
  "maxTimeMs",
  "onBatch",
  "onEpoch",
  "signal",
] as const;

const itsRule = "it is the rule's: optimizer: adam({ lr: 1e-3 })";
const stopping = "take patience: 10, with validation: 0.2 and monitor where it is not the loss";
/** Names that other libraries have for it, and where it is here. */
const elsewhere: Elsewhere = {
  lr: itsRule,
  learningRate: itsRule,
  learning_rate: itsRule,
  callbacks: "take onBatch and onEpoch",
  verbose: "take progress: true",
  validationData: "take validation: { x, y }",
  validationSplit: "take validation: 0.2",
  validation_split: "take validation: 0.2",
  earlyStopping: stopping,
  earlyStop: stopping,
  initialEpoch: "take continue: true",
  initial_epoch: "take continue: true",
  class_weight: "take classWeight",
  sample_weight: "take sampleWeight",
  iterations: "take epochs, passes over the data",
  maxIterations: "take epochs, passes over the data",
  loss: "it is an option of network()",
};

export function checkFitKeys(where: string, options: object, more: readonly string[] = []): void {
  checkKeys(where, options, [...fitKeys, ...more], elsewhere);
}

export function checkOptimizer(where: string, rule: Rule | undefined): Rule | undefined {
  if (rule === undefined) return rule;
  const { definition } = (rule ?? {}) as { definition?: object };
  if (definition !== undefined && !("counters" in definition)) {
    throw new DownhillError("OPTION", `${where}: optimizer must be a first-order rule, got ${quote(rule)}`, {
      hint: "methods for the whole batch take minimize(net.objective(x, y), net.params, { method })",
      details: { option: "optimizer", value: rule },
    });
  }
  checkRule(`${where}: optimizer`, rule);
  return rule;
}

export function checkCallbacks(where: string, options: FitOptions): void {
  const { onBatch, onEpoch } = options;
  for (const [name, value] of Object.entries({ onBatch, onEpoch })) {
    if (value !== undefined && typeof value !== "function")
      throw optionError(where, name, value, "a function");
  }
  for (const name of ["shuffle", "continue", "progress"] as const) {
    booleanOption(where, name, options[name], false);
  }
}
