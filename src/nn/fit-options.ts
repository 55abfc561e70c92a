// What fit can be told.

import type { AverageOptions } from "../first-order/average.js";
import type { Rule } from "../first-order/rule.js";
import { quote } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import type { Batch, Epoch } from "./history.js";
import type { Features } from "./inputs.js";

export interface FitOptions {
  /** Passes over the data: 10. */
  epochs?: number;
  /** Samples a step: 32. */
  batchSize?: number;
  /** Any first-order rule; its learning rate may be a schedule of the step. adam(). */
  optimizer?: Rule;
  clipNorm?: number;
  clipValue?: number;
  /** Ends with the average of the weights, batch-norm statistics re-estimated with them; validation is of the average. */
  average?: AverageOptions;
  /** A share of the samples, drawn by `seed`, or samples of their own. */
  validation?: number | { x: Features; y: ArrayLike<number> };
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
  /** Returning "stop" ends training, as with onBatch. */
  onEpoch?: (epoch: Epoch) => unknown;
  signal?: AbortSignal;
}

export const fitKeys = [
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

export function checkCallbacks(where: string, { onBatch, onEpoch, signal }: FitOptions): void {
  for (const [name, value] of Object.entries({ onBatch, onEpoch })) {
    if (value !== undefined && typeof value !== "function")
      throw optionError(where, name, value, "a function");
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw optionError(where, "signal", quote(signal), "an AbortSignal");
  }
}
