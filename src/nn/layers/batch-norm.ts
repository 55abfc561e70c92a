// Batch normalisation (Ioffe & Szegedy 2015, algorithms 1 and 2), as PyTorch's BatchNorm1d.

import { flag, number } from "../../first-order/rule.js";
import { numberOption } from "../../runtime/options.js";
import type { FloatVector } from "../kernels.js";
import { factory, type Layer } from "../layer.js";
import { type Mode, Stage } from "../stage.js";
import { units } from "./dense.js";

class BatchNormStage extends Stage {
  override takeMoments = (mean: FloatVector, variance: FloatVector): void => {
    const { outputs } = this.plan;
    this.view(this.buffer(0), outputs).set(mean);
    this.view(this.buffer(1), outputs).set(variance);
  };

  forward(m: number, x: number, y: number, mode: Mode): void {
    const { outputs: n } = this.plan;
    const { eps, momentum } = this.plan.layer.options as { eps: number; momentum: number | null };
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
      this.count++;
      weight = momentum ?? 1 / this.count;
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

export interface BatchNormOptions {
  /** Weight of a batch in the running statistics: 0.1. null: the mean over all batches so far. */
  momentum?: number | null | undefined;
  /** Added to the variance under the root: 1e-5. */
  eps?: number | undefined;
  /** Learned gamma and beta: true. */
  affine?: boolean | undefined;
  inputs?: number | undefined;
}

/** (x - mean) / sqrt(eps + var) gamma + beta by columns: of the batch in training, of the running statistics else. */
export const batchNorm = /* @__PURE__ */ factory(
  {
    name: "batchNorm",
    options: {
      momentum: {
        fallback: 0.1,
        read: (where, name, value) =>
          value === null ? null : numberOption(where, name, value, 0.1, { min: 0, max: 1 }),
      },
      eps: /* @__PURE__ */ number(1e-5, { min: 0, exclusive: true }),
      affine: /* @__PURE__ */ flag(true),
      inputs: units,
    },
    params: (o, n) => (o.affine ? { weight: [n], bias: [n] } : {}),
    statistics: (_o, n) => ({ runningMean: [n], runningVar: [n] }),
    initialise({ weight, runningVar }) {
      weight?.fill(1);
      runningVar!.fill(1);
    },
    saved: (_o, _rows, _inputs, n) => 2 * n,
    work: (_k, size, _m, _inputs, n) => 3 * n * size,
    stage: BatchNormStage,
    torch: { runningMean: "running_mean", runningVar: "running_var", count: "num_batches_tracked" },
    normalises: true,
  },
  (make) =>
    (options: BatchNormOptions = {}): Layer =>
      make(options),
);
