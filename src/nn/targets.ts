// Reading of targets: labels or numbers, as the loss has them.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkNumbers, flatRows, inPrecision, type Keeping, Taken } from "./inputs.js";
import type { DType, FloatVector } from "./kernels.js";
import type { Loss } from "./loss.js";

export type Targets = Int32Array | FloatVector;

/** Numbers of targets a row. */
export const targetWidth = (loss: Loss, outputs: number): number => (loss.definition.labels ? 1 : outputs);

/**
 * One label 0 to outputs - 1 a row where the loss takes labels; else rows x outputs numbers, which the loss may check further.
 * OPTION names the index of a label out of range.
 */
export function readTargets(
  where: string,
  loss: Loss,
  y: unknown,
  rows: number,
  outputs: number,
  dtype: DType,
  keeping: Keeping = "lent",
): Targets {
  if (y instanceof Taken) return (y as Taken<Targets>).data;
  const { labels, check } = loss.definition;
  const { flat, cols } = flatRows(
    where,
    "y",
    y,
    labels ? "an array with one label a row" : "numbers, nested or one after the other",
  );
  if (labels) {
    checkLength(where, flat, rows, "one label a row", flat.length === rows * outputs);
    return readLabels(where, flat, outputs);
  }
  checkLength(where, flat, rows * outputs, `${rows} rows of ${outputs}`);
  checkNumbers(where, "y", flat, cols, dtype);
  check?.(where, flat);
  return inPrecision(flat, dtype, keeping);
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
    const label = y[i]!;
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
