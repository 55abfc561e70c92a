// Dropout (Srivastava et al. 2014, section 4), inverted: nothing is scaled in evaluation.

import { number } from "../../first-order/rule.js";
import { factory, type Layer } from "../layer.js";
import { type Mode, Stage } from "../stage.js";

class DropoutStage extends Stage {
  readonly #rate = this.option("rate");

  forward(m: number, x: number, y: number, mode: Mode): void {
    const rate = this.#rate;
    const n = m * this.plan.outputs;
    this.mode = mode;
    if (mode === "eval" || rate === 0) {
      this.kernels.copy(n, x, y);
      return;
    }
    const { key0, key1, step } = this.draws;
    const threshold = Math.floor(rate * 2 ** 32);
    const { own } = this.batch;
    this.kernels.dropout(n, x, y, own, threshold, 1 / (1 - rate), key0, key1, this.plan.index, step);
  }

  backward(m: number, _x: number, _y: number, dy: number, dx: number): void {
    if (dx === 0) return;
    const n = m * this.plan.outputs;
    if (this.mode === "eval" || this.#rate === 0) this.kernels.copy(n, dy, dx);
    else this.kernels.masked(n, dy, this.batch.own, dx);
  }
}

/** Sets elements to 0 with probability `rate` (0.5) in training, and scales the others by 1 / (1 - rate). */
export const dropout = /* @__PURE__ */ factory(
  {
    name: "dropout",
    options: { rate: /* @__PURE__ */ number(0.5, { min: 0, below: 1 }) },
    saved: (_o, rows, _inputs, n) => rows * n,
    stage: DropoutStage,
  },
  (make) =>
    (rate = 0.5): Layer =>
      make({ rate }),
);
