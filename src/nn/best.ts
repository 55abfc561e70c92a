// Early stopping: the weights that were best by what is monitored, and how many epochs ago that was.

import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import type { Body } from "./body.js";
import type { Evaluation } from "./evaluate.js";
import type { FitOptions } from "./fit-options.js";
import type { FloatVector } from "./kernels.js";
import type { Measured } from "./metrics.js";

/** What patience waits for: a loss, an accuracy or a metric by its name, with the direction where it is a metric of one's own. */
export type Monitor = string | { readonly name: string; readonly mode: "min" | "max" };

const own = ["loss", "accuracy", "valLoss", "valAccuracy"];

export class Best {
  readonly #body: Body;
  readonly name: string;
  /** 1: less is better; -1: more. */
  readonly #sign: number;
  readonly #minDelta: number;
  readonly patience: number;
  /** Looks at the samples trained on, with the weights after the epoch: the loss of an epoch is that of weights that moved. */
  readonly onTraining: boolean;
  readonly onMetric: boolean;
  /** The best so far, with the sign by which less is better, and the last that was compared. */
  value = Infinity;
  seen = NaN;
  epoch = 0;
  /** Weights were kept that may be restored. */
  found = false;
  params: FloatVector;
  buffers: FloatVector;

  constructor(
    where: string,
    body: Body,
    { patience, minDelta, monitor }: FitOptions,
    validated: boolean,
    metrics: Measured,
  ) {
    this.#body = body;
    this.patience = numberOption(where, "patience", patience, Infinity, {
      min: 1,
      integer: true,
      infinite: true,
    });
    this.#minDelta = numberOption(where, "minDelta", minDelta, 0, { min: 0 });
    const given = typeof monitor === "object" ? monitor : { name: monitor, mode: undefined };
    checkKeys(`${where}: monitor`, given, ["name", "mode"]);
    const name = given.name ?? (validated ? "valLoss" : "loss");
    const names = [...own, ...metrics.names];
    if (!names.includes(name)) throw optionError(where, "monitor", monitor, `one of ${names.join(", ")}`);
    if (name.startsWith("val") && own.includes(name) && !validated)
      throw optionError(where, "monitor", monitor, "one of the training samples: there is no validation");
    if (name.toLowerCase().endsWith("accuracy") && own.includes(name) && !body.loss.definition.hits)
      throw optionError(where, "monitor", monitor, `another: ${body.loss.name} has no accuracy`);
    const usual = own.includes(name) ? (/accuracy$/i.test(name) ? "max" : "min") : metrics.modeOf(name);
    const mode = given.mode ?? usual;
    if (mode !== "min" && mode !== "max")
      throw optionError(
        where,
        "monitor",
        monitor,
        `{ name: "${name}", mode: "min" | "max" } for a metric of your own`,
      );
    this.name = name;
    this.#sign = mode === "min" ? 1 : -1;
    this.onTraining = this.waits && (name === "loss" || name === "accuracy");
    this.onMetric = !own.includes(name);
    const keeps = this.waits;
    this.params = body.params.slice(0, keeps ? body.params.length : 0);
    this.buffers = body.buffers.slice(0, keeps ? body.buffers.length : 0);
  }

  get waits(): boolean {
    return this.patience !== Infinity;
  }

  /** What is monitored, of an evaluation of the training or the validation samples and its metrics. */
  pick(measured: Evaluation, metrics: Readonly<Record<string, number>>): number {
    if (this.onMetric) return metrics[this.name]!;
    return /accuracy$/i.test(this.name) ? measured.accuracy! : measured.loss;
  }

  /** Notes the network as it is, when it is better than before. */
  compare(value: number, epoch: number): void {
    if (!this.waits) return;
    this.seen = value;
    if (!(this.#sign * value < this.value - this.#minDelta)) return;
    this.value = this.#sign * value;
    this.epoch = epoch;
    this.found = true;
    this.params.set(this.#body.params);
    this.buffers.set(this.#body.buffers);
  }

  restore(): void {
    this.#body.params.set(this.params);
    this.#body.buffers.set(this.buffers);
  }
}
