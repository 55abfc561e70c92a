// What training leaves behind for diagnose(): by recorded batch and stage, the sizes of activations, gradients, weights and
// updates.

import type { Body } from "./body.js";
import type { Kernels } from "./kernels.js";
import type { Stage } from "./stage.js";

export interface StageRecord {
  /** Root mean square of the stage's output, and of the loss gradient with respect to it; null: none came so far down. */
  readonly activation: number;
  readonly gradient: number | null;
  /** Norms of its parameters, their gradient, and their last update; 0 without parameters. */
  readonly weight: number;
  readonly weightGradient: number;
  readonly update: number;
  /** Units of a rectifying layer that gave 0 for every sample of the batch. */
  readonly dead: number;
}

export interface BatchRecord {
  readonly step: number;
  readonly loss: number;
  readonly stages: readonly StageRecord[];
}

const rms = (kernels: Kernels, n: number, at: number): number => kernels.norm(n, at, Infinity) / Math.sqrt(n);

/** Columns of a relu's output that are 0 in every one of m rows of the arena. */
export function deadUnits(body: Body, stage: Stage, m: number): number {
  if (!stage.plan.layer.definition.rectifies) return 0;
  const n = stage.plan.outputs;
  const Type = body.dtype === "f64" ? Float64Array : Float32Array;
  const y = new Type(body.runtime.buffer, body.valueAt(stage.plan.index), m * n);
  let dead = 0;
  for (let j = 0; j < n; j++) {
    let i = j;
    while (i < y.length && y[i] === 0) i += n;
    if (i >= y.length) dead++;
  }
  return dead;
}

/** Records one batch: `watch` it, `look` after its forward pass, then `finish` after the step (or instead of it, if it failed). */
export class Recorder {
  #gradients: number[] = [];
  #activations: number[] = [];
  #dead: number[] = [];

  constructor(readonly body: Body) {}

  watch(): void {
    const { body } = this;
    this.#gradients = [];
    body.watch = (index, dy, count) => {
      this.#gradients[index] = rms(body.kernels, count, dy);
    };
  }

  /** At the outputs of m rows, which lie in the arena until anybody asks the network something else. */
  look(m: number): void {
    const { body } = this;
    this.#activations = body.stages.map(({ plan }, i) =>
      rms(body.kernels, m * plan.outputs, body.valueAt(i)),
    );
    this.#dead = body.stages.map((stage) => deadUnits(body, stage, m));
  }

  finish(step: number, loss: number): BatchRecord {
    const { body } = this;
    const { kernels, params, grads, kept } = body;
    body.watch = null;
    const stages = body.stages.map((stage, i): StageRecord => {
      const { params: tensors } = stage.plan;
      const first = tensors[0]?.offset ?? 0;
      const last = tensors.at(-1);
      const n = last ? last.offset + last.length - first : 0;
      let squares = 0;
      for (let j = first; j < first + n; j++) {
        const d = params[j]! - kept[j]!;
        squares += d * d;
      }
      const at = first * params.BYTES_PER_ELEMENT;
      return {
        activation: this.#activations[i]!,
        gradient: this.#gradients[i] ?? null,
        weight: n > 0 ? kernels.norm(n, params.byteOffset + at, Infinity) : 0,
        weightGradient: n > 0 ? kernels.norm(n, grads.byteOffset + at, Infinity) : 0,
        update: Math.sqrt(squares),
        dead: this.#dead[i]!,
      };
    });
    return { step, loss, stages };
  }
}
