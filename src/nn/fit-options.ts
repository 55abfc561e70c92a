// What fit can be told.

import type { AverageOptions } from "../first-order/average.js";
import { checkRule, type Rule } from "../first-order/rule.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, optionError } from "../runtime/options.js";
import type { Batch, Epoch } from "./history.js";
import type { Features, TargetValues } from "./inputs.js";

export interface FitOptions {
  /** Passes over the data: 10. */
  epochs?: number;
  /** Samples a step: 32. */
  batchSize?: number;
  /** Any first-order rule; its learning rate may be a schedule of the step. adam(). */
  optimizer?: Rule;
  clipNorm?: number;
  clipValue?: number;
  /**
   * Ends with the average of the weights and batch-norm statistics re-estimated with them. Validation is of that too, which with
   * a batchNorm costs a forward pass over the training samples each epoch.
   */
  average?: AverageOptions;
  /** A share of the samples, drawn by `seed`, or samples of their own. */
  validation?: number | { x: Features; y: TargetValues };
  /** Stops after so many epochs without a better validation loss (training loss without validation), and restores the best weights. */
  patience?: number;
  /** An improvement must be larger than this: 0. */
  minDelta?: number;
  /** A new order every epoch: true. */
  shuffle?: boolean;
  /** Of the order and the validation share; default: the network's. */
  seed?: number;
  /** A progress line on the terminal: false. */
  progress?: boolean;
  maxTimeMs?: number;
  onBatch?: (batch: Batch) => unknown;
  /** Returning "stop" ends training, as with onBatch. fitAsync waits for promises of both. */
  onEpoch?: (epoch: Epoch) => unknown;
  signal?: AbortSignal;
}

const fitKeys = [
  "epochs",
  "batchSize",
  "optimizer",
  "clipNorm",
  "clipValue",
  "average",
  "validation",
  "patience",
  "minDelta",
  "shuffle",
  "seed",
  "progress",
  "maxTimeMs",
  "onBatch",
  "onEpoch",
  "signal",
] as const;

/** Names that other libraries have for it, and where it is here. */
const elsewhere: Readonly<Record<string, string>> = {
  lr: "it is the rule's: optimizer: adam({ lr: 1e-3 })",
  learningRate: "it is the rule's: optimizer: adam({ lr: 1e-3 })",
  callbacks: "take onBatch and onEpoch",
  verbose: "take progress: true",
  validationData: "take validation: { x, y }",
  loss: "it is an option of network()",
};

export function checkFitKeys(where: string, options: object): void {
  for (const key of Object.keys(options ?? {})) {
    if (!Object.hasOwn(elsewhere, key)) continue;
    throw new DownhillError("OPTION", `${where}: unknown option ${quote(key)}`, {
      hint: elsewhere[key] as string,
      details: { option: key },
    });
  }
  checkKeys(where, options, fitKeys);
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

export function checkCallbacks(where: string, { onBatch, onEpoch, signal }: FitOptions): void {
  for (const [name, value] of Object.entries({ onBatch, onEpoch })) {
    if (value !== undefined && typeof value !== "function")
      throw optionError(where, name, value, "a function");
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw optionError(where, "signal", quote(signal), "an AbortSignal");
  }
}
