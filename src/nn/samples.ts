// The samples of a training run: read, checked, and parted into those to learn from and those to validate with.

import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, numberOption } from "../runtime/options.js";
import type { Body } from "./body.js";
import type { FitOptions } from "./fit-options.js";
import { type Features, readFeatures, type TargetValues } from "./inputs.js";
import type { FloatVector } from "./kernels.js";
import { readTargets, type Targets } from "./losses.js";

export interface Samples {
  readonly x: FloatVector;
  readonly y: Targets;
  /** Numbers of y a row. */
  readonly width: number;
  /** Rows to use. */
  readonly order: Int32Array;
}

/** The stream that draws the validation share, away from those of the epochs. */
const VALIDATION_STREAM = 2 ** 40;

/** To train on, and to validate with. */
export function readSamples(
  where: string,
  body: Body,
  x: Features,
  y: TargetValues,
  { validation }: FitOptions,
  seed: number,
): [Samples, Samples | null] {
  const { plan, dtype, loss } = body;
  const read = (xs: Features, ys: TargetValues): Samples => {
    const { rows, data } = readFeatures(where, xs, plan.inputs, dtype);
    const targets = readTargets(where, loss, ys, rows, plan.outputs, dtype);
    const width = loss.kind < 0 ? 1 : plan.outputs;
    return { x: data, y: targets, width, order: Int32Array.from({ length: rows }, (_, i) => i) };
  };
  const all = read(x, y);
  if (validation === undefined) return [all, null];
  if (typeof validation === "object" && validation !== null) {
    checkKeys(`${where}: validation`, validation, ["x", "y"]);
    return [all, read(validation.x, validation.y)];
  }
  const share = numberOption(where, "validation", validation, 0, { min: 0, below: 1, exclusive: true });
  const rows = all.order.length;
  const held = Math.round(share * rows);
  if (held < 1 || held >= rows) {
    throw new DownhillError(
      "SHAPE",
      `${where}: a validation share of ${share} leaves ${held} of ${rows} samples`,
    );
  }
  const order = new Random(seed, VALIDATION_STREAM).shuffle(all.order);
  // Each part in its given order: without shuffling the samples come as they stand.
  const part = (from: number, to: number) => ({ ...all, order: order.slice(from, to).sort() });
  return [part(held, rows), part(0, held)];
}
