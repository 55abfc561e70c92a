// Metrics of predictions: by name, or functions of one's own.

import { DownhillError, quote } from "../runtime/errors.js";
import { isRecord, optionError } from "../runtime/options.js";
import type { FloatVector } from "./kernels.js";
import type { Targets } from "./targets.js";

/** Predictions (probabilities or values, row by row), targets, and their shape. */
export type Metric = (
  predictions: FloatVector,
  targets: ArrayLike<number>,
  shape: { readonly rows: number; readonly outputs: number },
) => number;

/** Pairs of predicted and true class, by row: the largest output, or more than 1/2 of a single one. */
function classes(p: FloatVector, t: ArrayLike<number>, rows: number, n: number): [Int32Array, Int32Array] {
  const [guess, truth] = [new Int32Array(rows), new Int32Array(rows)];
  const largest = (v: ArrayLike<number>, i: number): number => {
    let best = 0;
    for (let j = 1; j < n; j++) if (v[i * n + j]! > v[i * n + best]!) best = j;
    return best;
  };
  for (let i = 0; i < rows; i++) {
    guess[i] = n === 1 ? Number(p[i]! > 0.5) : largest(p, i);
    truth[i] = t.length === rows ? (n === 1 ? Number(t[i]! >= 0.5) : t[i]!) : largest(t, i);
  }
  return [guess, truth];
}

/** Of two classes that of the second one; of more the mean over the classes that occur (macro). */
function byClass(score: (hits: number, guessed: number, real: number) => number): Metric {
  return (p, t, { rows, outputs }) => {
    const [guess, truth] = classes(p, t, rows, outputs);
    const count = Math.max(outputs, 2);
    const [hits, guessed, real] = [0, 0, 0].map(() => new Float64Array(count)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let i = 0; i < rows; i++) {
      guessed[guess[i]!]!++;
      real[truth[i]!]!++;
      if (guess[i] === truth[i]) hits[guess[i]!]!++;
    }
    if (count === 2) return score(hits[1]!, guessed[1]!, real[1]!);
    let sum = 0;
    let seen = 0;
    for (let c = 0; c < count; c++) {
      if (guessed[c]! + real[c]! === 0) continue;
      sum += score(hits[c]!, guessed[c]!, real[c]!);
      seen++;
    }
    return sum / seen;
  };
}

const meanOf = (p: FloatVector, f: (i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += f(i);
  return sum / p.length;
};

/** A column's share of its variance that the predictions explain, mean over the columns. */
const r2: Metric = (p, t, { rows, outputs }) => {
  let total = 0;
  for (let j = 0; j < outputs; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += t[i * outputs + j]!;
    let [rest, all] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const k = i * outputs + j;
      rest += (t[k]! - p[k]!) * (t[k]! - p[k]!);
      all += (t[k]! - sum / rows) * (t[k]! - sum / rows);
    }
    total += 1 - rest / all;
  }
  return total / outputs;
};

interface Known {
  readonly of: Metric;
  readonly mode: "min" | "max";
  readonly classes: boolean;
}

const known: Readonly<Record<string, Known>> = {
  accuracy: {
    of: (p, t, { rows, outputs }) => {
      const [guess, truth] = classes(p, t, rows, outputs);
      let right = 0;
      for (let i = 0; i < rows; i++) if (guess[i] === truth[i]) right++;
      return right / rows;
    },
    mode: "max",
    classes: true,
  },
  precision: { of: byClass((h, g) => (g > 0 ? h / g : 0)), mode: "max", classes: true },
  recall: { of: byClass((h, _g, r) => (r > 0 ? h / r : 0)), mode: "max", classes: true },
  f1: { of: byClass((h, g, r) => (2 * h) / (g + r)), mode: "max", classes: true },
  mae: { of: (p, t) => meanOf(p, (i) => Math.abs(p[i]! - t[i]!)), mode: "min", classes: false },
  rmse: {
    of: (p, t) => Math.sqrt(meanOf(p, (i) => (p[i]! - t[i]!) * (p[i]! - t[i]!))),
    mode: "min",
    classes: false,
  },
  r2: { of: r2, mode: "max", classes: false },
};

export const metricNames = Object.keys(known);
export type MetricName = "accuracy" | "precision" | "recall" | "f1" | "mae" | "rmse" | "r2";

/** Names, or names with functions of one's own. */
export type Metrics = readonly MetricName[] | Readonly<Record<string, Metric | MetricName>>;

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
      if (typeof value === "function") return [name, value as Metric] as const;
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
