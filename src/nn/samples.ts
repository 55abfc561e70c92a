// The samples of a training run: read, checked, weighed, and parted into those to learn from and those to validate with.

import { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import {
  checkArray,
  checkKeys,
  isArrayLike,
  isRecord,
  numberOption,
  optionError,
} from "../runtime/options.js";
import type { Body } from "./body.js";
import type { FitOptions } from "./fit-options.js";
import { type Features, readFeatures, type TargetValues } from "./inputs.js";
import type { FloatVector } from "./kernels.js";
import { readTargets, type Targets, targetWidth } from "./targets.js";

export interface Samples {
  readonly x: FloatVector;
  readonly y: Targets;
  /** Numbers of y a row. */
  readonly width: number;
  /** Rows to use. */
  readonly order: Int32Array;
  /** Of every row of x; null: all 1. Their mean over `order` is 1. */
  readonly weights: Float64Array | null;
}

/** Weights of classes: by label, as an array or as an object. */
export type ClassWeight = ArrayLike<number> | Readonly<Record<number, number>>;

/** The stream that draws the validation share, away from those of the epochs. */
const VALIDATION_STREAM = 2 ** 40;

/** The rows of x and y, in their order, as copies: training goes on while others run. */
export function readRows(
  where: string,
  { plan, dtype, loss }: Body,
  xs: Features,
  ys: TargetValues,
  sampleWeight: ArrayLike<number> | undefined,
  classWeight: ClassWeight | undefined,
): Samples {
  const { rows, data } = readFeatures(where, xs, plan.inputs, dtype, "kept");
  const y = readTargets(where, loss, ys, rows, plan.outputs, dtype, "kept");
  const width = targetWidth(loss, plan.outputs);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  if (sampleWeight === undefined && classWeight === undefined)
    return { x: data, y, width, order, weights: null };
  const weights = new Float64Array(rows).fill(1);
  if (sampleWeight !== undefined) {
    checkArray(where, "sampleWeight", sampleWeight, rows);
    for (let i = 0; i < rows; i++) weights[i] = weight(where, `sampleWeight[${i}]`, sampleWeight[i]);
  }
  if (classWeight !== undefined) {
    const binary = loss.name === "binaryCrossEntropy" && plan.outputs === 1;
    if ((!loss.definition.labels && !binary) || !(isRecord(classWeight) || isArrayLike(classWeight))) {
      throw optionError(where, "classWeight", classWeight, "weights by label, for a loss with labels");
    }
    const byLabel = readClassWeight(where, classWeight, binary ? 2 : plan.outputs);
    for (let i = 0; i < rows; i++) weights[i]! *= byLabel[binary ? Number(y[i]! >= 0.5) : y[i]!]!;
  }
  return { x: data, y, width, order, weights };
}

/** A weight for each of `classes` labels: an array has them all, an object those that are not 1, and neither has others. */
function readClassWeight(where: string, given: ClassWeight, classes: number): number[] {
  const weights: Readonly<Record<string, unknown>> = { ...given };
  const labels = Array.from({ length: classes }, (_, label) => String(label));
  if (isArrayLike(given)) checkArray(where, "classWeight", given, classes);
  else checkKeys(`${where}: classWeight`, given, labels);
  return labels.map((label) =>
    numberOption(where, `classWeight[${label}]`, weights[label], isArrayLike(given) ? null : 1, { min: 0 }),
  );
}

function weight(where: string, name: string, value: unknown): number {
  return numberOption(where, name, value, null, { min: 0 });
}

/** The same samples with weights of mean 1 over those in use, so that the size of the weights changes no step. */
export function balanced(where: string, samples: Samples): Samples {
  const { weights, order } = samples;
  if (!weights) return samples;
  let sum = 0;
  for (const i of order) sum += weights[i]!;
  if (!(sum > 0 && sum < Infinity)) {
    throw new DownhillError("OPTION", `${where}: the weights of the samples add up to ${quote(sum)}`, {
      details: { option: "sampleWeight", value: sum },
    });
  }
  const mean = sum / order.length;
  return { ...samples, weights: weights.map((w) => w / mean) };
}

/** To validate with, where they are given by themselves. */
export function readValidation(
  where: string,
  body: Body,
  { validation, classWeight }: FitOptions,
): Samples | null {
  if (typeof validation !== "object" || validation === null) return null;
  checkKeys(`${where}: validation`, validation, ["x", "y", "sampleWeight"]);
  const { x, y, sampleWeight } = validation;
  return balanced(where, readRows(where, body, x, y, sampleWeight, classWeight));
}

/** To train on, and to validate with. */
export function readSamples(
  where: string,
  body: Body,
  x: Features,
  y: TargetValues,
  options: FitOptions,
  seed: number,
): [Samples, Samples | null] {
  const { validation, sampleWeight, classWeight } = options;
  const all = readRows(where, body, x, y, sampleWeight, classWeight);
  if (validation === undefined || validation === 0) return [balanced(where, all), null];
  const given = readValidation(where, body, options);
  if (given) return [balanced(where, all), given];
  const share = numberOption(where, "validation", validation, 0, {
    min: 0,
    below: 1,
  });
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
  const part = (from: number, to: number) => balanced(where, { ...all, order: order.slice(from, to).sort() });
  return [part(held, rows), part(0, held)];
}
