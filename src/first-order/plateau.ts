// A learning rate that shrinks when a metric stops improving: PyTorch's ReduceLROnPlateau, but that a share of a negative best is one of its
// size: with PyTorch's bar, best (1 - threshold), a negative metric that stands still improves for ever.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption, numberOption } from "../runtime/options.js";

export interface PlateauOptions {
  lr: number;
  /** lr *= factor on a plateau: 0.1. */
  factor?: number;
  /** Reports without improvement that are tolerated; the next one shrinks lr: 10. */
  patience?: number;
  /** Improvement: metric < best - threshold |best|, or best - threshold when `thresholdMode` is "absolute". 1e-4. */
  threshold?: number;
  thresholdMode?: "relative" | "absolute";
  /** "max": larger is better. */
  mode?: "min" | "max";
  /** Reports after a shrink that do not count as bad: 0. */
  cooldown?: number;
  /** Least lr: 0. */
  min?: number;
  /** A shrink of no more than this is not made: 1e-8. */
  eps?: number;
}

export interface PlateauState {
  readonly format: "downhill.plateau";
  readonly version: 1;
  readonly lr: number;
  /** null before the first report. An infinity is text, for JSON. */
  readonly best: number | "Infinity" | "-Infinity" | null;
  readonly bad: number;
  readonly cooling: number | "Infinity";
}

export interface Plateau {
  /** Pass the object itself as the `lr` of a rule: it is read before every step. */
  readonly lr: number;
  /** Takes the metric of an epoch and returns the lr from now on. NaN counts as no improvement. */
  report(metric: number): number;
  state(): PlateauState;
  restore(state: PlateauState): void;
}

const keys = [
  "lr",
  "factor",
  "patience",
  "threshold",
  "thresholdMode",
  "mode",
  "cooldown",
  "min",
  "eps",
] as const;

/**
 * @example
 * const lr = reduceOnPlateau({ lr: 0.1, factor: 0.5, patience: 2 });
 * const opt = optimizer([1], sgd({ lr }));
 * lr.report(0.7); // after each epoch, the metric
 * opt.dispose();
 */
export function reduceOnPlateau(options: PlateauOptions): Plateau {
  const where = "reduceOnPlateau";
  checkKeys(where, options, keys);
  const count = { min: 0, integer: true, infinite: true };
  let lr = numberOption(where, "lr", options.lr, null, { min: 0 });
  const factor = numberOption(where, "factor", options.factor, 0.1, { min: 0, below: 1 });
  const patience = numberOption(where, "patience", options.patience, 10, count);
  const threshold = numberOption(where, "threshold", options.threshold, 1e-4, { min: 0 });
  const relative =
    choiceOption(where, "thresholdMode", options.thresholdMode, ["relative", "absolute"], "relative") ===
    "relative";
  const sign = choiceOption(where, "mode", options.mode, ["min", "max"], "min") === "min" ? 1 : -1;
  const cooldown = numberOption(where, "cooldown", options.cooldown, 0, count);
  const min = numberOption(where, "min", options.min, 0, { min: 0 });
  const eps = numberOption(where, "eps", options.eps, 1e-8, { min: 0 });
  let best: number | null = null;
  let bad = 0;
  let cooling = 0;

  const improves = (metric: number): boolean => {
    if (best === null) return sign * metric < Infinity;
    const share = best < 0 ? -threshold : threshold;
    const bar = relative ? best * (1 - sign * share) : best - sign * threshold;
    return sign * metric < sign * bar;
  };

  return {
    get lr() {
      return lr;
    },
    report(metric) {
      if (typeof metric !== "number") {
        throw new DownhillError("SHAPE", `${where}: report takes a number, got ${quote(metric)}`);
      }
      if (improves(metric)) {
        best = metric;
        bad = 0;
      } else {
        bad++;
      }
      if (cooling > 0) {
        cooling--;
        bad = 0;
      }
      if (bad > patience) {
        const next = Math.max(lr * factor, min);
        if (lr - next > eps) lr = next;
        cooling = cooldown;
        bad = 0;
      }
      return lr;
    },
    state: () => ({
      format: "downhill.plateau",
      version: 1,
      lr,
      best: best === Infinity ? "Infinity" : best === -Infinity ? "-Infinity" : best,
      bad,
      cooling: cooling === Infinity ? "Infinity" : cooling,
    }),
    restore(state) {
      const s = state ?? {};
      const counts = [s.bad, s.cooling === "Infinity" ? 0 : s.cooling];
      const ok =
        s.format === "downhill.plateau" &&
        s.version === 1 &&
        Number.isFinite(s.lr) &&
        s.lr >= 0 &&
        counts.every((v) => typeof v === "number" && Number.isInteger(v) && v >= 0) &&
        (s.best === null || Number.isFinite(s.best) || s.best === "Infinity" || s.best === "-Infinity");
      if (!ok) {
        throw new DownhillError("SNAPSHOT", `${where}: not a state of reduceOnPlateau: ${quote(state)}`);
      }
      ({ lr, bad } = s);
      best = s.best === null ? null : Number(s.best);
      cooling = Number(s.cooling);
    },
  };
}
