// A stage is a layer at work: it knows where its parameters lie and calls its kernels. Stages own no memory; the network
// tells them where inputs, outputs and gradients are, and a pass makes no objects: no arrays taken apart, no iterators.

import type { FloatVector, Kernels } from "./kernels.js";
import type { StagePlan } from "./plan.js";

/** train: batch statistics, running statistics move, dropout drops. eval: neither. probe: as train, but nothing moves. */
export type Mode = "train" | "eval" | "probe";

/** Where things lie that hold for the life of the model. */
export interface ModelAddresses {
  readonly params: number;
  readonly grads: number;
  readonly buffers: number;
  /** Bytes of a number. */
  readonly size: number;
  /** The memory, for stages that read and write it themselves. */
  readonly memory: ArrayBuffer;
}

/** Addresses that hold until a larger batch needs a larger arena. */
export interface BatchAddresses {
  /** The numbers that the definition asks for with `saved`. */
  readonly own: number;
  /** Workspace, shared by all stages: the bytes that the definition asks for with `work`. */
  readonly work: number;
}

/** What dropout draws from: key of the seed, and the batches trained so far. */
export interface Draws {
  readonly key0: number;
  readonly key1: number;
  step: number;
}

export type StageClass = new (
  plan: StagePlan,
  kernels: Kernels,
  model: ModelAddresses,
  draws: Draws,
) => Stage;

export abstract class Stage {
  /** Frozen: parameters get no gradient and running statistics stay. */
  frozen = false;
  /** Batches in the running statistics. */
  count = 0;
  /** Mode of the last forward pass: the backward pass belongs to it. */
  protected mode: Mode = "eval";
  protected batch: BatchAddresses = { own: 0, work: 0 };

  constructor(
    readonly plan: StagePlan,
    protected readonly kernels: Kernels,
    protected readonly model: ModelAddresses,
    protected readonly draws: Draws,
  ) {}

  /** A number among the options of the layer; 0 where it has none of that name. */
  protected option(name: string): number {
    const value = this.plan.layer.options[name];
    return typeof value === "number" ? value : 0;
  }

  bind(batch: BatchAddresses): void {
    this.batch = batch;
  }

  /** m rows from x to y. */
  abstract forward(m: number, x: number, y: number, mode: Mode): void;
  /** dy to the parameters' gradients and to dx; dx may be dy where `inPlace`, and is 0 when nobody wants it. */
  abstract backward(m: number, x: number, y: number, dy: number, dx: number): void;

  /** Sets running statistics from the moments of its input over all samples; null where it has none. */
  takeMoments: ((mean: FloatVector, variance: FloatVector) => void) | null = null;

  get inPlace(): boolean {
    return true;
  }

  /** Training takes statistics of the batch, so it needs two samples. */
  get batchStatistics(): boolean {
    return this.takeMoments !== null && !this.frozen;
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
    return this.model.buffers + this.plan.buffers[i]!.offset * this.model.size;
  }

  protected view(address: number, length: number): FloatVector {
    const { memory, size } = this.model;
    return size === 8 ? new Float64Array(memory, address, length) : new Float32Array(memory, address, length);
  }
}
