// What fit returns: the course of training, and how it ended.

export type FitEnd =
  | { readonly status: "completed"; readonly reason: "epochs" }
  | { readonly status: "stopped"; readonly reason: "patience" | "callback" | "abort" | "maxTime" }
  | { readonly status: "failed"; readonly reason: "nonFinite" };

/** One epoch, as onEpoch gets it. */
export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean over the batches, as they were trained on. */
  readonly loss: number;
  /** Share of right answers on them; null for regression. */
  readonly accuracy: number | null;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
  /** Learning rate of the next step. */
  readonly lr: number;
  /** Norm of the last batch's gradient before clipping. */
  readonly gradNorm: number;
  readonly elapsedMs: number;
}

/** One batch, as onBatch gets it: the same object every time. */
export interface Batch {
  readonly epoch: number;
  /** From 1. */
  readonly batch: number;
  readonly batches: number;
  /** Samples in it, and optimizer steps so far. */
  readonly size: number;
  readonly step: number;
  readonly loss: number;
}

export type History = FitEnd & {
  readonly epochs: readonly Epoch[];
  /** By epoch. */
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
  readonly valLoss: readonly number[];
  readonly valAccuracy: readonly number[];
  /** The epoch (from 1) whose weights the network has: the last one, or the best with `patience`; 0 when none. */
  readonly bestEpoch: number;
  readonly steps: number;
  readonly elapsedMs: number;
  readonly success: boolean;
  readonly message: string;
  /** After nonFinite: where NaN or infinity appeared first. */
  readonly layer: string | null;
};

const known = (values: readonly (number | null)[]): number[] => values.filter((v) => v !== null);

export function historyOf(
  end: FitEnd,
  message: string,
  epochs: readonly Epoch[],
  rest: Pick<History, "bestEpoch" | "steps" | "elapsedMs" | "layer">,
): History {
  return {
    ...end,
    epochs,
    loss: epochs.map(({ loss }) => loss),
    accuracy: known(epochs.map(({ accuracy }) => accuracy)),
    valLoss: known(epochs.map(({ valLoss }) => valLoss)),
    valAccuracy: known(epochs.map(({ valAccuracy }) => valAccuracy)),
    success: end.status !== "failed",
    message,
    ...rest,
  };
}
