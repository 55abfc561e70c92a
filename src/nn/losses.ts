// The losses. Formulas stand at the kernels, assembly/nn/loss.ts.

import { BINARY, HUBER, SIGMOID, SQUARED } from "../abi/nn.js";
import { number } from "../first-order/rule.js";
import { log } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import type { FloatVector } from "./kernels.js";
import { chooseLoss, type Loss, type LossDefinition } from "./loss.js";

/** A loss that is a sum over elements, with the kernel's number. */
const elementwise = (code: number): LossDefinition["evaluate"] => {
  return (k, { output, targets, gradOut }, n, { from, m, rows, weight }, o: { readonly delta?: number }) => {
    const skip = from * n * output.BYTES_PER_ELEMENT;
    const z = output.byteOffset + skip;
    const dz = gradOut.byteOffset + skip;
    const delta = o.delta ?? 1;
    const scale = weight / (rows * n);
    return (weight * k.elementLoss(code, m * n, z, targets.byteOffset + skip, dz, scale, delta)) / (rows * n);
  };
};

/** Mean over the columns of f at the mean of each column: for squares the best constant answer. */
function ofMeans(
  y: ArrayLike<number>,
  rows: number,
  n: number,
  f: (t: number, mean: number) => number,
): number {
  let total = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += y[i * n + j]!;
    for (let i = 0; i < rows; i++) total += f(y[i * n + j]!, sum / rows);
  }
  return total / (rows * n);
}

const entropy = (p: number): number => (p > 0 ? -p * log(p) : 0);

function checkProbabilities(where: string, y: ArrayLike<number>): void {
  for (let i = 0; i < y.length; i++) {
    const t = y[i]!;
    if (t >= 0 && t <= 1) continue;
    throw new DownhillError("OPTION", `${where}: y[${i}] is ${quote(t)}, expected a number from 0 to 1`, {
      details: { argument: "y", index: i, value: t },
    });
  }
}

/** Rows' worth of outputs on the right side of 0, for targets from 0 to 1. */
function rightSigns(z: FloatVector, t: FloatVector, m: number, outputs: number): number {
  let right = 0;
  for (let i = 0; i < m * outputs; i++) if (z[i]! > 0 === t[i]! >= 0.5) right++;
  return right / outputs;
}

export const losses = {
  softmaxCrossEntropy: {
    name: "softmaxCrossEntropy",
    options: {},
    labels: true,
    logits: true,
    least: { outputs: 2, hint: 'for two classes take dense(2), or one output with "binaryCrossEntropy"' },
    evaluate(k, { output, labels, gradOut }, n, { from, m, rows, weight }) {
      const skip = from * n * output.BYTES_PER_ELEMENT;
      const z = output.byteOffset + skip;
      const dz = gradOut.byteOffset + skip;
      return (weight * k.softmaxLoss(m, n, z, labels.byteOffset + 4 * from, dz, weight / rows)) / rows;
    },
    hits: (k, { output, labels }, n, m) => k.hits(m, n, output.byteOffset, labels.byteOffset),
    link: (k, m, n, z) => k.softmax(m, n, z, z),
    constant(y, rows, n) {
      const counts = new Float64Array(n);
      for (let i = 0; i < rows; i++) counts[y[i]!]!++;
      return counts.reduce((sum, count) => sum + entropy(count / rows), 0);
    },
  },
  binaryCrossEntropy: {
    name: "binaryCrossEntropy",
    options: {},
    labels: false,
    logits: true,
    check: checkProbabilities,
    evaluate: elementwise(BINARY),
    hits: (_k, { output, targets }, n, m) => rightSigns(output, targets, m, n),
    link: (k, m, n, z) => k.activate(SIGMOID, m * n, z, z, 0),
    constant: (y, rows, n) =>
      ofMeans(y, rows, n, (t, p) => (p > 0 && p < 1 ? -t * log(p) - (1 - t) * log(1 - p) : 0)),
  },
  mse: {
    name: "mse",
    options: {},
    labels: false,
    evaluate: elementwise(SQUARED),
    constant: (y, rows, n) => ofMeans(y, rows, n, (t, mean) => (t - mean) * (t - mean)),
  },
  huber: {
    name: "huber",
    /** Where it turns linear: 1. */
    options: { delta: number(1, { min: 0, exclusive: true }) },
    labels: false,
    evaluate: elementwise(HUBER),
    constant: (y, rows, n, o: { readonly delta: number }) =>
      ofMeans(y, rows, n, (t, mean) => {
        const c = Math.min(Math.abs(t - mean), o.delta);
        return c * (Math.abs(t - mean) - c / 2);
      }),
  },
} as const satisfies Record<string, LossDefinition>;

export type LossName = keyof typeof losses;
/**
 * @example
 * networkLosses.includes("mse"); // true: what `loss` takes
 */
export const lossNames = /* @__PURE__ */ Object.freeze(Object.keys(losses) as LossName[]);

export const lossOf = (where: string, name: unknown, given: Readonly<Record<string, unknown>>): Loss =>
  chooseLoss(where, losses, name, given);
