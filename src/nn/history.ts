// What fit returns: the course of training, and how it ended.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { Iteration, Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Variant } from "../runtime/rooms.js";

export type FitEnd =
  | { readonly status: "completed"; readonly reason: "epochs" }
  | { readonly status: "stopped"; readonly reason: "patience" | "batches" | Stopped["reason"] }
  | { readonly status: "failed"; readonly reason: "nonFinite" };

/** One epoch, as onEpoch gets it. */
export interface Epoch {
  /** From 1; goes on with `continue`. */
  readonly epoch: number;
  /** The last one that is to come. */
  readonly epochs: number;
  /** Mean over the batches, as they were trained on. */
  readonly loss: number;
  /** Share of right answers on them; null for regression. */
  readonly accuracy: number | null;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
  /** Values of `metrics`: on the validation samples where there are any, else on those trained on, with the weights after the epoch. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What `monitor` names, which patience waits for; null without patience. */
  readonly monitored: number | null;
  /** Learning rate of the next step; after the last epoch that of the last step where a schedule has no more. */
  readonly lr: number;
  /** Norm of the last batch's gradient before clipping. */
  readonly gradNorm: number;
  readonly elapsedMs: number;
}

/** What a callback may write into. Where the first epoch was cut short there is none. */
export const copyOf = (epoch: Epoch): Epoch => epoch && { ...epoch, metrics: { ...epoch.metrics } };

/** An epoch of `iterateFit`: `nit` epochs, `nfev` batches, `x` a copy of the parameters, `fun` the mean loss. */
export interface EpochIteration extends Iteration {
  readonly epoch: Epoch;
}

/** One batch, as onBatch gets it: the same object every time. */
export interface Batch {
  readonly epoch: number;
  /** From 1. */
  readonly batch: number;
  /** In an epoch; 0 where batches come from a generator. */
  readonly batches: number;
  /** Samples in it, and optimizer steps so far. */
  readonly size: number;
  readonly step: number;
  readonly loss: number;
}

const known = (values: readonly (number | null)[]): number[] => values.filter((v) => v !== null);

interface Course {
  readonly epochs: readonly Epoch[];
  readonly bestEpoch: number;
  readonly steps: number;
  readonly layer: string | null;
  readonly message: string;
}

/** The result of a training. Its `success` is that of a training that was completed. */
export class TrainingHistory extends Answer {
  declare readonly status: FitEnd["status"];
  declare readonly reason: FitEnd["reason"];
  readonly epochs: readonly Epoch[];
  /** By epoch. */
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
  readonly valLoss: readonly number[];
  readonly valAccuracy: readonly number[];
  readonly metrics: Readonly<Record<string, readonly number[]>>;
  /** The epoch (from 1) whose weights the network has: the last one, or the best with `patience`; 0: those of the start. */
  readonly bestEpoch: number;
  readonly steps: number;
  /** After nonFinite: where NaN or infinity appeared first. */
  readonly layer: string | null;
  readonly #message: string;

  constructor(end: FitEnd, watch: Watch, optimizer: string, variant: Variant, course: Course) {
    super(end, watch, { kind: "training", method: optimizer, variant });
    const { epochs, message, ...rest } = course;
    this.epochs = epochs;
    this.loss = epochs.map(({ loss }) => loss);
    this.accuracy = known(epochs.map(({ accuracy }) => accuracy));
    this.valLoss = known(epochs.map(({ valLoss }) => valLoss));
    this.valAccuracy = known(epochs.map(({ valAccuracy }) => valAccuracy));
    const names = Object.keys(epochs[0]?.metrics ?? {});
    this.metrics = Object.fromEntries(names.map((name) => [name, epochs.map((e) => e.metrics[name]!)]));
    this.bestEpoch = rest.bestEpoch;
    this.steps = rest.steps;
    this.layer = rest.layer;
    this.#message = message;
  }

  get message(): string {
    return this.#message;
  }

  protected get brief(): string {
    const last = this.epochs.at(-1);
    const parts = [`${this.epochs.length} epoch${this.epochs.length === 1 ? "" : "s"}`];
    if (last) parts.push(`loss ${short(last.loss, 4)}`);
    if (last?.accuracy != null) parts.push(`accuracy ${short(last.accuracy, 4)}`);
    if (last?.valLoss != null) parts.push(`validation loss ${short(last.valLoss, 4)}`);
    if (last?.valAccuracy != null) parts.push(`validation accuracy ${short(last.valAccuracy, 4)}`);
    return parts.join(", ");
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const { epochs, steps, bestEpoch } = this;
    const rows = [
      ["epochs", epochs.length],
      ["steps", steps],
      ["weights of epoch", bestEpoch],
      ...(this.layer === null ? [] : [["not finite first in", this.layer] as const]),
    ] as const;
    // The first, the best and the last few: a long training has a short report.
    const shown = epochs.filter(({ epoch }, i) => i === 0 || epoch === bestEpoch || i >= epochs.length - 3);
    const lines = shown.map((e) => {
      const parts = [`loss ${short(e.loss, 4)}`];
      if (e.accuracy !== null) parts.push(`accuracy ${short(e.accuracy, 4)}`);
      if (e.valLoss !== null) parts.push(`validation loss ${short(e.valLoss, 4)}`);
      if (e.valAccuracy !== null) parts.push(`validation accuracy ${short(e.valAccuracy, 4)}`);
      for (const [name, value] of Object.entries(e.metrics)) parts.push(`${name} ${short(value, 4)}`);
      return `    epoch ${String(e.epoch).padEnd(6)} ${parts.join("  ")}  lr ${short(e.lr, 3)}`;
    });
    return [{ title: "Training", rows }, ...(lines.length > 0 ? [{ title: "Epochs", lines }] : [])];
  }
}

export type History = Shape<TrainingHistory>;
