// Loss, accuracy and predictions of many rows, in evaluation mode, a full arena at a time.

import type { Body } from "./body.js";
import { gatherRows } from "./inputs.js";
import { type FloatVector, vectorType } from "./kernels.js";
import type { Samples } from "./samples.js";

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

/** `predictions`: receives probabilities or values, in the order of the samples. */
export function* evaluating(
  body: Body,
  { x, y, width, order, weights }: Samples,
  predictions?: FloatVector,
): Pieces<Evaluation> {
  const { arena, plan, kernels } = body;
  const { labels, hits, link } = body.loss.definition;
  const { outputs } = plan;
  const rows = order.length;
  const part = weights && new Float64Array(arena.rows);
  let sum = 0;
  let right = 0;
  for (let at = 0; at < rows; at += arena.rows) {
    const m = Math.min(arena.rows, rows - at);
    gatherRows(x, plan.inputs, order, at, m, arena.input);
    gatherRows(y, width, order, at, m, labels ? arena.labels : arena.targets);
    body.forward(m, "eval");
    right += hits?.(kernels, arena, outputs, m) ?? 0;
    if (weights && part) {
      for (let i = 0; i < m; i++) part[i] = weights[order[at + i]!]!;
      sum += body.weightedLoss(m, part) * m;
    } else sum += body.lossGradient(m) * m;
    if (predictions) {
      link?.(kernels, m, outputs, arena.output.byteOffset);
      predictions.set(arena.output.subarray(0, m * outputs), at * outputs);
    }
    yield;
  }
  return { loss: sum / rows, accuracy: hits ? right / rows : null };
}

/** Outputs of the layers before `until`, in evaluation mode. */
export function* layerOutputs(
  body: Body,
  data: FloatVector,
  rows: number,
  until: number,
): Pieces<FloatVector> {
  if (until === 0) return data;
  const { inputs, stages } = body.plan;
  const width = stages[until - 1]!.outputs;
  const Type = vectorType(body.dtype);
  const out = new Type(rows * width);
  for (let at = 0; at < rows; at += body.rows) {
    const m = Math.min(body.rows, rows - at);
    body.arena.input.set(data.subarray(at * inputs, (at + m) * inputs));
    body.forward(m, "eval", until);
    out.set(new Type(body.runtime.buffer, body.valueAt(until - 1), m * width), at * width);
    yield;
  }
  return out;
}
