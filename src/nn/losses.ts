// Losses by name, and the reading of targets: labels for softmax cross-entropy, numbers for the others.

import { DownhillError, quote } from "../runtime/errors.js";
import { choiceOption, numberOption, optionError } from "../runtime/options.js";
import { checkNumbers, flatRows } from "./inputs.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";

/** The elementwise losses stand by the number that assembly/nn/loss.ts knows them by; softmax has a kernel of its own. */
export const lossKinds = ["binaryCrossEntropy", "mse", "huber"] as const;
export const lossNames = ["softmaxCrossEntropy", "binaryCrossEntropy", "mse", "huber"] as const;
export type LossName = (typeof lossNames)[number];

export interface Loss {
  readonly name: LossName;
  /** -1: softmax. */
  readonly kind: number;
  /** Where Huber's loss turns linear. */
  readonly delta: number;
}

export function lossOf(where: string, name: unknown, delta: unknown): Loss {
  if (name === undefined) throw optionError(where, "loss", name, `one of ${lossNames.join(", ")}`);
  const known = choiceOption(where, "loss", name, lossNames, "mse");
  return {
    name: known,
    kind: (lossKinds as readonly string[]).indexOf(known),
    delta: numberOption(where, "delta", delta, 1, { min: 0, exclusive: true }),
  };
}

export type Targets = Int32Array | FloatVector;

/**
 * One label 0 to outputs - 1 a row for softmax cross-entropy; else rows x outputs numbers, for binary cross-entropy from 0
 * to 1. OPTION names the index of a label out of range.
 */
export function readTargets(
  where: string,
  loss: Loss,
  y: unknown,
  rows: number,
  outputs: number,
  dtype: DType,
): Targets {
  const { flat, cols } = flatRows(
    where,
    "y",
    y,
    loss.kind < 0 ? "an array with one label a row" : "numbers, nested or one after the other",
  );
  if (loss.kind < 0) {
    checkLength(where, flat, rows, "one label a row", flat.length === rows * outputs);
    return readLabels(where, flat, outputs);
  }
  checkLength(where, flat, rows * outputs, `${rows} rows of ${outputs}`);
  checkNumbers(where, "y", flat, cols);
  if (loss.name === "binaryCrossEntropy") checkProbabilities(where, flat);
  if (flat instanceof vectorType(dtype)) return flat as FloatVector;
  const targets = vectorType(dtype).from(flat);
  // A double may be beyond the floats.
  if (dtype === "f32") checkNumbers(where, "y", targets, cols);
  return targets;
}

function checkLength(
  where: string,
  y: ArrayLike<number>,
  expected: number,
  meaning: string,
  oneHot = false,
): void {
  if (y.length === expected) return;
  throw new DownhillError("SHAPE", `${where}: y has length ${y.length}, expected ${expected} (${meaning})`, {
    ...(oneHot ? { hint: "of a one-hot row give the place of its 1" } : {}),
    details: { argument: "y", length: y.length, expected },
  });
}

function readLabels(where: string, y: ArrayLike<number>, outputs: number): Int32Array {
  const labels = new Int32Array(y.length);
  for (let i = 0; i < y.length; i++) {
    const label = y[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= outputs) {
      const range = `an integer from 0 to ${outputs - 1}`;
      throw new DownhillError("OPTION", `${where}: label y[${i}] is ${quote(label)}, expected ${range}`, {
        details: { argument: "y", index: i, value: label, outputs },
      });
    }
    labels[i] = label;
  }
  return labels;
}

function checkProbabilities(where: string, y: ArrayLike<number>): void {
  for (let i = 0; i < y.length; i++) {
    const t = y[i] as number;
    if (t >= 0 && t <= 1) continue;
    throw new DownhillError("OPTION", `${where}: y[${i}] is ${quote(t)}, expected a number from 0 to 1`, {
      details: { argument: "y", index: i, value: t },
    });
  }
}
