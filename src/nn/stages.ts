// A stage is a layer at work: it knows where its parameters lie and calls its kernels. Stages own no memory; the network
// tells them where inputs, outputs and gradients are, and a pass makes no objects: no arrays taken apart, no iterators.

import type { Kernels } from "./kernels.js";
import { activations, type LayerOptions } from "./layers.js";
import type { StagePlan } from "./plan.js";

/** train: batch statistics, running statistics move, dropout drops. eval: neither. probe: as train, but nothing moves. */
export type Mode = "train" | "eval" | "probe";

/** Addresses that hold for the life of the model. */
export interface ModelAddresses {
  readonly params: number;
  readonly grads: number;
  readonly buffers: number;
  /** Bytes of a number. */
  readonly size: number;
}

/** Addresses that hold until a larger batch needs a larger arena. */
export interface BatchAddresses {
  /** Two rows of outputs for batchNorm (mean, 1 / sqrt(eps + var)), or the mask of dropout. */
  readonly own: number;
  /** Workspace of the products and of batchNorm's gradients. */
  readonly work: number;
}

/** What dropout draws from: key of the seed, and the batches trained so far. */
export interface Draws {
  readonly key0: number;
  readonly key1: number;
  step: number;
}

export abstract class Stage {
  /** Frozen: parameters get no gradient and running statistics stay. */
  frozen = false;
  /** Mode of the last forward pass: the backward pass belongs to it. */
  protected mode: Mode = "eval";
  protected batch: BatchAddresses = { own: 0, work: 0 };

  constructor(
    readonly plan: StagePlan,
    protected readonly kernels: Kernels,
    protected readonly model: ModelAddresses,
  ) {}

  bind(batch: BatchAddresses): void {
    this.batch = batch;
  }

  /** m rows from x to y. */
  abstract forward(m: number, x: number, y: number, mode: Mode): void;
  /** dy to the parameters' gradients and to dx; dx may be dy where `inPlace`, and is 0 when nobody wants it. */
  abstract backward(m: number, x: number, y: number, dy: number, dx: number): void;

  get inPlace(): boolean {
    return true;
  }

  get trainable(): boolean {
    return this.plan.params.length > 0 && !this.frozen;
  }

  protected param(i: number): number {
    const tensor = this.plan.params[i];
    return tensor ? this.model.params + tensor.offset * this.model.size : 0;
  }

  protected grad(i: number): number {
    const tensor = this.plan.params[i];
    return tensor && !this.frozen ? this.model.grads + tensor.offset * this.model.size : 0;
  }

  protected buffer(i: number): number {
    return this.model.buffers + (this.plan.buffers[i]?.offset ?? 0) * this.model.size;
  }
}

class DenseStage extends Stage {
  override get inPlace(): boolean {
    return false;
  }

  forward(m: number, x: number, y: number): void {
    const { inputs, outputs } = this.plan;
    this.kernels.affine(m, outputs, inputs, x, this.param(0), this.param(1), y, this.batch.work);
  }

  backward(m: number, x: number, _y: number, dy: number, dx: number): void {
    const { inputs, outputs } = this.plan;
    const { work } = this.batch;
    this.kernels.affineBack(m, outputs, inputs, x, this.param(0), dy, this.grad(0), this.grad(1), dx, work);
  }
}

export class BatchNormStage extends Stage {
  /** Batches in the running statistics, for the cumulative mean. */
  batches = 0;

  get options(): LayerOptions["batchNorm"] {
    return this.plan.layer.options as LayerOptions["batchNorm"];
  }

  get runningMean(): number {
    return this.buffer(0);
  }

  get runningVar(): number {
    return this.buffer(1);
  }

  forward(m: number, x: number, y: number, mode: Mode): void {
    const { outputs: n } = this.plan;
    const { eps, momentum } = this.options;
    const gamma = this.param(0);
    const beta = this.param(1);
    const mean = this.batch.own;
    const inv = mean + n * this.model.size;
    const rm = this.buffer(0);
    const rv = this.buffer(1);
    // A frozen layer is a constant map.
    this.mode = this.frozen ? "eval" : mode;
    if (this.mode === "eval") {
      this.kernels.batchNormEval(m, n, x, gamma, beta, y, mean, inv, rm, rv, eps);
      return;
    }
    let weight = 0;
    if (mode === "train") {
      this.batches++;
      weight = momentum ?? 1 / this.batches;
    }
    this.kernels.batchNorm(m, n, x, gamma, beta, y, mean, inv, rm, rv, weight, eps);
  }

  backward(m: number, x: number, _y: number, dy: number, dx: number): void {
    const { outputs: n } = this.plan;
    const mean = this.batch.own;
    const inv = mean + n * this.model.size;
    const training = this.mode !== "eval";
    const dgamma = this.grad(0);
    const dbeta = this.grad(1);
    const { work } = this.batch;
    this.kernels.batchNormBack(m, n, x, this.param(0), dy, mean, inv, dgamma, dbeta, dx, training, work);
  }
}

class DropoutStage extends Stage {
  readonly #draws: Draws;

  constructor(plan: StagePlan, kernels: Kernels, model: ModelAddresses, draws: Draws) {
    super(plan, kernels, model);
    this.#draws = draws;
  }

  forward(m: number, x: number, y: number, mode: Mode): void {
    const { rate } = this.plan.layer.options as LayerOptions["dropout"];
    const n = m * this.plan.outputs;
    this.mode = mode;
    if (mode === "eval" || rate === 0) {
      this.kernels.activate(1, n, x, y, 1);
      return;
    }
    const { key0, key1, step } = this.#draws;
    const threshold = Math.floor(rate * 2 ** 32);
    const { own } = this.batch;
    this.kernels.dropout(n, x, y, own, threshold, 1 / (1 - rate), key0, key1, this.plan.index, step);
  }

  backward(m: number, _x: number, _y: number, dy: number, dx: number): void {
    if (dx === 0) return;
    const { rate } = this.plan.layer.options as LayerOptions["dropout"];
    const n = m * this.plan.outputs;
    if (this.mode === "eval" || rate === 0) this.kernels.activate(1, n, dy, dx, 1);
    else this.kernels.masked(n, dy, this.batch.own, dx);
  }
}

class ActivationStage extends Stage {
  readonly #kind: number;
  readonly #slope: number;
  readonly #fromInput: boolean;

  constructor(plan: StagePlan, kernels: Kernels, model: ModelAddresses) {
    super(plan, kernels, model);
    const { kind, options } = plan.layer;
    this.#kind = (activations as readonly string[]).indexOf(kind);
    this.#slope = (options as LayerOptions["activation"]).slope;
    this.#fromInput = kind === "gelu" || kind === "softplus";
  }

  forward(m: number, x: number, y: number): void {
    this.kernels.activate(this.#kind, m * this.plan.outputs, x, y, this.#slope);
  }

  backward(m: number, x: number, y: number, dy: number, dx: number): void {
    if (dx === 0) return;
    const v = this.#fromInput ? x : y;
    this.kernels.activateBack(this.#kind, m * this.plan.outputs, v, dy, dx, this.#slope);
  }
}

export function stageOf(plan: StagePlan, kernels: Kernels, model: ModelAddresses, draws: Draws): Stage {
  const { kind } = plan.layer;
  if (kind === "dense") return new DenseStage(plan, kernels, model);
  if (kind === "batchNorm") return new BatchNormStage(plan, kernels, model);
  if (kind === "dropout") return new DropoutStage(plan, kernels, model, draws);
  return new ActivationStage(plan, kernels, model);
}

/** Numbers a stage keeps for itself per arena. */
export function ownNumbers({ layer, outputs }: StagePlan, rows: number): number {
  if (layer.kind === "batchNorm") return 2 * outputs;
  return layer.kind === "dropout" ? rows * outputs : 0;
}
