// What a bootstrap comes to: the refits, their intervals and covariance.

import { type Block, Reported } from "../driver/answer.js";
import { short } from "../driver/report.js";
import { readLevel } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption, nearest } from "../runtime/options.js";
import { normalCdf, normalQuantile } from "../stats/distributions.js";
import { freeValues } from "./refit.js";
import type { BootstrapKind, Draws } from "./resample.js";

export interface BootstrapParam {
  readonly value: number;
  /** Standard deviation of the draws; their mean less the value. */
  readonly stderr: number;
  readonly bias: number;
  readonly percentile: readonly [number, number];
  /** Bias-corrected and accelerated. */
  readonly bca: readonly [number, number];
}

/** Share of refits that may fail before it is said. */
const FEW_FAILED = 0.02;
/** Quantile of sorted values at (B + 1) p, interpolated (R's type 6). */
function quantile(sorted: Float64Array, p: number): number {
  const at = Math.min(Math.max((sorted.length + 1) * p, 1), sorted.length);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length);
  return sorted[low - 1]! + (at - low) * (sorted[high - 1]! - sorted[low - 1]!);
}

export class Bootstrapped extends Reported {
  /** All draws that were wanted were made, and at most one refit in fifty failed. */
  readonly success: boolean;
  readonly seed: number;
  readonly level: number;
  /** Refits that converged, and those that did not, or whose draw does not determine the parameters: these are left out. */
  readonly draws: number;
  readonly failed: number;
  readonly names: readonly string[];
  /** draws*n, row by row, in the order of names: the free parameters of each refit. */
  readonly values: Float64Array;
  readonly params: Readonly<Record<string, BootstrapParam>>;
  /** n*n, of the draws. */
  readonly covariance: Float64Array;
  readonly #sorted: readonly Float64Array[];
  readonly #centre: Float64Array;
  readonly #acceleration: Float64Array;

  constructor(
    settings: {
      kind: BootstrapKind;
      seed: number;
      level: number;
      elapsedMs: number;
      /** Refits that were wanted. */
      wanted: number;
    },
    result: FitResult,
    drawn: Draws,
    acceleration: Float64Array,
  ) {
    const { kept, count, failed, n } = drawn;
    const message = `${failed} of ${failed + count} refits did not converge and are left out: the intervals may be too short; draw residuals, bound the parameters, or take the profile`;
    const many = failed > FEW_FAILED * (failed + count);
    const cut = failed + count < settings.wanted;
    const early = `the time was over after ${failed + count} of ${settings.wanted} refits: the intervals are those of fewer draws; give a larger maxTimeMs, or fewer draws`;
    super(settings.elapsedMs, {
      kind: "bootstrap",
      method: settings.kind,
      variant: result.variant,
      warnings: [
        ...(many ? ([{ code: "W_BOOTSTRAP_FAILED", message }] as const) : []),
        ...(cut ? ([{ code: "W_BOOTSTRAP_CUT", message: early }] as const) : []),
      ],
    });
    this.success = !many && !cut;
    this.seed = settings.seed;
    this.level = settings.level;
    this.draws = count;
    this.failed = failed;
    this.names = result.freeNames;
    this.values = kept.slice(0, count * n);
    this.#centre = freeValues(result);
    this.#acceleration = acceleration;
    const columns = this.names.map((_, j) =>
      Float64Array.from({ length: count }, (__, b) => kept[b * n + j]!),
    );
    this.#sorted = columns.map((column) => column.slice().sort());
    const means = columns.map((column) => column.reduce((sum, v) => sum + v, 0) / count);
    this.covariance = new Float64Array(n * n);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        let sum = 0;
        for (let k = 0; k < count; k++) sum += (columns[a]![k]! - means[a]!) * (columns[b]![k]! - means[b]!);
        this.covariance[a * n + b] = sum / (count - 1);
      }
    }
    this.params = Object.fromEntries(
      this.names.map((name, j) => [
        name,
        {
          value: this.#centre[j]!,
          stderr: Math.sqrt(this.covariance[j * n + j]!),
          bias: means[j]! - this.#centre[j]!,
          percentile: this.#interval(j, "percentile", settings.level),
          bca: this.#interval(j, "bca", settings.level),
        },
      ]),
    );
  }

  #interval(j: number, method: "percentile" | "bca", level: number): [number, number] {
    const sorted = this.#sorted[j]!;
    const tail = (1 - level) / 2;
    if (method === "percentile") return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
    // Efron 1987, eq. 2.3: alpha = Phi(z0 + (z0 + z) / (1 - a (z0 + z))).
    const centre = this.#centre[j]!;
    let below = 0;
    for (const value of sorted) below += value < centre ? 1 : value === centre ? 0.5 : 0;
    const share = Math.min(Math.max(below, 0.5), sorted.length - 0.5) / sorted.length;
    const z0 = normalQuantile(share);
    const end = (p: number): number => {
      const z = z0 + normalQuantile(p);
      return quantile(sorted, normalCdf(z0 + z / (1 - this.#acceleration[j]! * z)));
    };
    return [end(tail), end(1 - tail)];
  }

  /** An interval at another level. Default method: "bca". */
  get interval(): (
    name: string,
    options?: { level?: number | undefined; method?: "percentile" | "bca" | undefined },
  ) => [number, number] {
    return (name, options = {}) => {
      const where = "interval";
      checkKeys(where, options, ["level", "method"]);
      const j = this.names.indexOf(name);
      if (j < 0) {
        const meant = nearest(name, this.names);
        throw new DownhillError("OPTION", `${where}: ${quote(name)} is not a free parameter of this fit`, {
          hint: meant ? `did you mean "${meant}"?` : `free parameters: ${this.names.join(", ")}`,
        });
      }
      const method = choiceOption(where, "method", options.method, ["percentile", "bca"], "bca");
      return this.#interval(j, method, readLevel(where, options.level, this.level));
    };
  }

  get message(): string {
    return `${this.draws} refits of resampled data, seed ${this.seed}; ${this.failed} failed`;
  }

  protected get outcome(): string {
    return `${this.draws} draws`;
  }

  protected get brief(): string {
    return Object.entries(this.params)
      .map(([name, p]) => `${name} = ${short(p.value)} +/- ${short(p.stderr, 3)}`)
      .join(", ");
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const pair = ([a, b]: readonly [number, number]) => `[${short(a)}, ${short(b)}]`;
    const lines = Object.entries(this.params).map(
      ([name, p]) =>
        `    ${name}: ${short(p.value, 8)} +/- ${short(p.stderr, 4)}, bias ${short(p.bias, 3)}, percentile ${pair(p.percentile)}, BCa ${pair(p.bca)}`,
    );
    return [
      { title: "Bootstrap", rows: [["seed", this.seed]] },
      { title: "Intervals", note: `at ${short(100 * this.level, 4)} %`, lines },
    ];
  }
}
