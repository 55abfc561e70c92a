// Metrics of predictions: by name, or functions of one's own.

import { largestOf, middleScale } from "../linalg/scaling.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { isRecord, optionError } from "../runtime/options.js";
import type { FloatVector } from "./kernels.js";
import type { Targets } from "./targets.js";

/** Predictions (probabilities or values, row by row), targets, and their shape: copies, to be sorted or written over at will. */
export type Metric = (
  predictions: FloatVector,
  targets: ArrayLike<number>,
  shape: { readonly rows: number; readonly outputs: number },
) => number;

/** By class: how often it was guessed and true at once, guessed, and true; and the share of right answers. */
interface Tally {
  readonly hits: Float64Array;
  readonly guessed: Float64Array;
  readonly real: Float64Array;
  readonly right: number;
}

/**
 * With one label a row the largest output is the guess. With a target for every output each of them is a class of its own, guessed
 * where it is more than 1/2, as `evaluate` counts them.
 */
function tally(p: FloatVector, t: ArrayLike<number>, rows: number, n: number): Tally {
  const [hits, guessed, real] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let right = 0;
  if (t.length === p.length) {
    for (let k = 0; k < p.length; k++) {
      const guess = p[k]! > 0.5;
      const truth = t[k]! >= 0.5;
      if (guess) guessed[k % n]!++;
      if (truth) real[k % n]!++;
      if (guess && truth) hits[k % n]!++;
      if (guess === truth) right++;
    }
    return { hits, guessed, real, right: right / p.length };
  }
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let j = 1; j < n; j++) if (p[i * n + j]! > p[i * n + best]!) best = j;
    guessed[best]!++;
    real[t[i]!]!++;
    if (best !== t[i]) continue;
    hits[best]!++;
    right++;
  }
  return { hits, guessed, real, right: right / rows };
}

/** Of two labels that of the second one; else the mean over the classes that were guessed or true (macro), 0 without any. */
function byClass(score: (hits: number, guessed: number, real: number) => number): Metric {
  return (p, t, { rows, outputs }) => {
    const { hits, guessed, real } = tally(p, t, rows, outputs);
    const first = outputs === 2 && t.length === rows ? 1 : 0;
    let sum = 0;
    let seen = 0;
    for (let c = first; c < outputs; c++) {
      if (guessed[c]! + real[c]! === 0) continue;
      sum += score(hits[c]!, guessed[c]!, real[c]!);
      seen++;
    }
    return seen > 0 ? sum / seen : 0;
  };
}

/** Mean of f over what the predictions miss, in a unit in which its squares are numbers, which comes second. */
const meanOf = (p: FloatVector, t: ArrayLike<number>, f: (miss: number) => number): [number, number] => {
  const miss = Float64Array.from(p, (v, i) => v - t[i]!);
  const scale = middleScale(largestOf(miss), "f64");
  return [miss.reduce((sum, v) => sum + f(v * scale), 0) / p.length, scale];
};

/**
 * A column's share of its variance that the predictions explain, mean over the columns. Of one that does not vary nothing can be
 * explained: it counts 1 where it is met exactly, else 0, as in scikit-learn.
 */
const r2: Metric = (p, t, { rows, outputs }) => {
  let total = 0;
  for (let j = 0; j < outputs; j++) {
    const column = (of: ArrayLike<number>) =>
      Float64Array.from({ length: rows }, (_, i) => of[i * outputs + j]!);
    const [truth, guess] = [column(t), column(p)];
    const scale = middleScale(Math.max(largestOf(truth), largestOf(guess)), "f64");
    let sum = 0;
    for (const v of truth) sum += v * scale;
    let [rest, all] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const [miss, off] = [(truth[i]! - guess[i]!) * scale, truth[i]! * scale - sum / rows];
      rest += miss * miss;
      all += off * off;
    }
    if (truth.every((v) => v === truth[0])) total += rest === 0 ? 1 : 0;
    else total += 1 - rest / all;
  }
  return total / outputs;
};

const mae: Metric = (p, t) => {
  const [mean, scale] = meanOf(p, t, Math.abs);
  return mean / scale;
};

const rmse: Metric = (p, t) => {
  const [mean, scale] = meanOf(p, t, (miss) => miss * miss);
  return Math.sqrt(mean) / scale;
};

interface Known {
  readonly of: Metric;
  readonly mode: "min" | "max";
  readonly classes: boolean;
}

const known: Readonly<Record<string, Known>> = {
  accuracy: {
    of: (p, t, { rows, outputs }) => tally(p, t, rows, outputs).right,
    mode: "max",
    classes: true,
  },
  precision: { of: byClass((h, g) => (g > 0 ? h / g : 0)), mode: "max", classes: true },
  recall: { of: byClass((h, _g, r) => (r > 0 ? h / r : 0)), mode: "max", classes: true },
  f1: { of: byClass((h, g, r) => (2 * h) / (g + r)), mode: "max", classes: true },
  mae: { of: mae, mode: "min", classes: false },
  rmse: { of: rmse, mode: "min", classes: false },
  r2: { of: r2, mode: "max", classes: false },
};

export const metricNames = Object.keys(known);
export type MetricName = "accuracy" | "precision" | "recall" | "f1" | "mae" | "rmse" | "r2";

/** Names, or names with functions of one's own. */
export type Metrics = readonly MetricName[] | Readonly<Record<string, Metric | MetricName>>;

/** A metric of one's own works on copies: what it writes there reaches no other. */
const lent =
  (metric: Metric): Metric =>
  (predictions, targets, shape) =>
    metric(predictions.slice(), (targets as Targets).slice(), { ...shape });

export class Measured {
  readonly #all: readonly (readonly [name: string, metric: Metric])[];
  readonly #modes = new Map<string, "min" | "max">();

  constructor(where: string, given: Metrics | undefined, labels: boolean, classified: boolean) {
    if (given !== undefined && !Array.isArray(given) && !isRecord(given)) {
      throw optionError(where, "metrics", given, "a list of names, or an object of functions");
    }
    const entries: [string, unknown][] = Array.isArray(given)
      ? given.map((name: string) => [name, name])
      : Object.entries(given ?? {});
    this.#all = entries.map(([name, value]) => {
      if (typeof value === "function") return [name, lent(value as Metric)] as const;
      const found = typeof value === "string" && Object.hasOwn(known, value) ? known[value] : undefined;
      const expected = `one of ${metricNames.join(", ")}, or a function (predictions, targets) => number`;
      if (!found) throw optionError(where, `metrics.${name}`, value, expected);
      if (found.classes ? !classified : labels) {
        throw optionError(
          where,
          `metrics.${name}`,
          value,
          `for ${found.classes ? "classes" : "values"}, which this loss has not`,
        );
      }
      this.#modes.set(name, found.mode);
      return [name, found.of] as const;
    });
  }

  get any(): boolean {
    return this.#all.length > 0;
  }
  get names(): readonly string[] {
    return this.#all.map(([name]) => name);
  }

  /** Whether more or less of a metric is better, where that is known. */
  modeOf(name: string): "min" | "max" | undefined {
    return this.#modes.get(name);
  }

  of(where: string, predictions: FloatVector, targets: Targets, rows: number): Record<string, number> {
    const shape = { rows, outputs: predictions.length / rows };
    return Object.fromEntries(
      this.#all.map(([name, metric]) => {
        const value: unknown = metric(predictions, targets, shape);
        if (typeof value === "number") return [name, value];
        throw new DownhillError("CALLBACK_RESULT", `${where}: metrics.${name} gave ${quote(value)}`, {
          hint: "a metric is a function (predictions, targets) => number",
          details: { metric: name, value },
        });
      }),
    );
  }
}
