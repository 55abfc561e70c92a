// Batch-norm statistics of a whole data set, as the weights now are: layer by layer, each with its predecessors in evaluation
// mode, moments merged over chunks.

import { takeWorkspace } from "../runtime/default.js";
import type { Body } from "./body.js";
import type { Pieces } from "./evaluate.js";
import { gatherRows } from "./inputs.js";
import type { FloatVector } from "./kernels.js";

/** Sets every running mean and (unbiased) variance to those of the rows order[0], order[1] ... of x. */
export function* recalibrating(body: Body, x: FloatVector, order: Int32Array): Pieces<void> {
  const { plan, arena, kernels, dtype } = body;
  const rows = order.length;
  if (rows < 2) return;
  for (const stage of body.stages) {
    if (!stage.batchStatistics) continue;
    const n = stage.plan.outputs;
    const workspace = takeWorkspace<"mean" | "squares", "mean" | "squares">(body.runtime, {
      key: `nn.moments.${dtype}.${n}`,
      [dtype]: { mean: n, squares: n },
    });
    const mean = workspace.at.mean;
    const squares = workspace.at.squares;
    try {
      for (let at = 0; at < rows; at += arena.rows) {
        const m = Math.min(arena.rows, rows - at);
        gatherRows(x, plan.inputs, order, at, m, arena.input);
        body.forward(m, "eval", stage.plan.index);
        kernels.moments(m, n, body.valueAt(stage.plan.index - 1), at, mean, squares);
        yield;
      }
      const views = dtype === "f64" ? workspace.f64 : workspace.f32;
      const variance = (views.squares as FloatVector).map((v) => v / (rows - 1));
      stage.takeMoments?.(views.mean, variance);
    } finally {
      workspace.release();
    }
  }
}
