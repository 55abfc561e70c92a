// Loss and accuracy over many rows, in evaluation mode, a full arena at a time.

import type { Body } from "./body.js";
import { gatherRows } from "./inputs.js";
import { type FloatVector, vectorType } from "./kernels.js";
import type { Targets } from "./losses.js";

export interface Evaluation {
  /** Mean loss. */
  readonly loss: number;
  /** Share of right answers; null for regression. */
  readonly accuracy: number | null;
}

/** Work in pieces of one arena each: between them the event loop may have its turn, and others may use the arena. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** All pieces at once. */
export function whole<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}

export function* evaluating(
  body: Body,
  data: { readonly x: FloatVector; readonly y: Targets; readonly width: number; readonly order: Int32Array },
): Pieces<Evaluation> {
  const { arena, plan, loss, kernels } = body;
  const { x, y, width, order } = data;
  const rows = order.length;
  let sum = 0;
  let right = 0;
  for (let at = 0; at < rows; at += arena.rows) {
    const m = Math.min(arena.rows, rows - at);
    gatherRows(x, plan.inputs, order, at, m, arena.input);
    gatherRows(y, width, order, at, m, loss.kind < 0 ? arena.labels : arena.targets);
    body.forward(m, "eval");
    const { output, targets, labels } = arena;
    if (loss.kind < 0) right += kernels.hits(m, plan.outputs, output.byteOffset, labels.byteOffset);
    else if (loss.kind === 0) right += rightSigns(output, targets, m, plan.outputs);
    sum += body.lossGradient(m) * m;
    yield;
  }
  return { loss: sum / rows, accuracy: loss.kind <= 0 ? right / rows : null };
}

/** Rows' worth of outputs on the right side of 0, for targets from 0 to 1. */
export function rightSigns(z: FloatVector, t: FloatVector, m: number, outputs: number): number {
  let right = 0;
  for (let i = 0; i < m * outputs; i++) if ((z[i] as number) > 0 === (t[i] as number) >= 0.5) right++;
  return right / outputs;
}

/** Outputs of the layers before `until`, in evaluation mode. */
export function layerOutputs(body: Body, data: FloatVector, rows: number, until: number): FloatVector {
  if (until === 0) return data;
  const { inputs, stages } = body.plan;
  const width = stages[until - 1]?.outputs as number;
  const Type = vectorType(body.dtype);
  const out = new Type(rows * width);
  for (let at = 0; at < rows; at += body.rows) {
    const m = Math.min(body.rows, rows - at);
    body.arena.input.set(data.subarray(at * inputs, (at + m) * inputs));
    body.forward(m, "eval", until);
    out.set(new Type(body.runtime.buffer, body.valueAt(until - 1), m * width), at * width);
  }
  return out;
}
