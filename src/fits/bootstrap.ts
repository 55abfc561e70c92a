// bootstrap: refits of resampled data. Cases, leverage-adjusted residuals, or normal errors are drawn (Davison and Hinkley,
// Bootstrap Methods and their Application, 1997, sections 6.2.3, 6.2.4 and 7.3); the fits go through curveFitMany where the
// model is text, so that thousands of them are one call.

import { type Block, Reported, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import { readLevel } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { now } from "../runtime/now.js";
import { checkKeys, choiceOption, nearest, numberOption, optionError } from "../runtime/options.js";
import { normalCdf, normalQuantile } from "../stats/distributions.js";
import { influence } from "./influence.js";
import { fitBehind, freeValues } from "./refit.js";
import {
  type BootstrapKind,
  Draws,
  drawMany,
  drawOneByOne,
  errorsOf,
  makeResampler,
  refitsAsMany,
} from "./resample.js";

export interface BootstrapOptions {
  /** Refits. Default 2000. */
  draws?: number | undefined;
  /**
   * "residual" (default): the fitted curve plus residuals drawn with replacement, each divided by sqrt(1 - leverage), their mean
   * taken off. "case": whole points are drawn. "parametric": normal errors, of the residual standard deviation (of sigma with
   * absoluteSigma); counts of Poisson's law (the default there) after `likelihood: "poisson"`,
   * which has "case" as its default, and no other, with `absoluteSigma: false`. A fit of logarithms has its errors there.
   */
  kind?: BootstrapKind | undefined;
  /** Default 1. */
  seed?: number | undefined;
  /** Level of the intervals in `params`. Default: that of the fit. */
  level?: number | undefined;
}

export interface BootstrapParam {
  readonly value: number;
  /** Standard deviation of the draws; their mean less the value. */
  readonly stderr: number;
  readonly bias: number;
  readonly percentile: readonly [number, number];
  /** Bias-corrected and accelerated. */
  readonly bca: readonly [number, number];
}

const kinds = ["case", "residual", "parametric"] as const;
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
  /** At most one refit in fifty failed. */
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
    settings: { kind: BootstrapKind; seed: number; level: number; elapsedMs: number },
    result: FitResult,
    drawn: Draws,
    acceleration: Float64Array,
  ) {
    const { kept, count, failed, n } = drawn;
    const message = `${failed} of ${failed + count} refits did not converge and are left out: the intervals may be too short; draw residuals, bound the parameters, or take the profile`;
    const many = failed > FEW_FAILED * (failed + count);
    super(settings.elapsedMs, {
      kind: "bootstrap",
      method: settings.kind,
      variant: result.variant,
      warnings: many ? [{ code: "W_BOOTSTRAP_FAILED", message }] : [],
    });
    this.success = !many;
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

/** The result of bootstrap; `method` is the kind of its draws. */
export type BootstrapResult = Shape<Bootstrapped>;

/**
 * Standard errors and intervals of a fit from refits of resampled data: percentile and BCa (Efron 1987).
 *
 * @throws DownhillError OPTION for what is no result of curveFit, for unknown options, and where fewer than two refits converge.
 * @example
 * const x = [0, 1, 2, 3, 4, 5];
 * const y = [2.1, 1.4, 0.95, 0.62, 0.43, 0.27];
 * const fit = curveFit({ model: "a*exp(-b*x)", x, y });
 * const { params } = bootstrap(fit, { draws: 2000, kind: "residual", seed: 1 });
 * params.b.bca; // [lower, upper]
 */
export function bootstrap(result: FitResult, options: BootstrapOptions = {}): BootstrapResult {
  const where = "bootstrap";
  checkKeys(where, options, ["draws", "kind", "seed", "level"]);
  const fit = fitBehind(where, result);
  const errors = errorsOf(where, fit);
  const draws = numberOption(where, "draws", options.draws, 2000, { min: 2, max: 1e6, integer: true });
  const counts = errors === "counts";
  // Overdispersed counts have no law.
  const law = fit.absoluteSigma ? "parametric" : "case";
  const kind = choiceOption(where, "kind", options.kind, kinds, counts ? law : "residual");
  if (counts && kind !== "case" && kind !== law)
    throw optionError(
      where,
      "kind",
      kind,
      `${law === "case" ? "" : '"parametric" or '}"case": counts have no errors that could be drawn`,
    );
  const known = counts || (kind === "parametric" && fit.absoluteSigma);
  if (result.dof < 1 && !known) {
    throw new DownhillError("OPTION", `${where}: no degree of freedom is left to tell the errors by`, {
      hint: "fit fewer parameters, or more points",
      details: { option: "fit" },
    });
  }
  const seed = numberOption(where, "seed", options.seed, 1, { min: 0, integer: true });
  const level = readLevel(where, options.level, fit.level);
  const started = now();
  const at = influence(fit, result);
  const resampler = makeResampler(kind, errors, fit, result, at);
  const drawn = new Draws(draws, result.freeNames.length);
  const refit = refitsAsMany(fit) ? drawMany : drawOneByOne;
  refit(fit, result, resampler, draws, new Random(seed), drawn);
  if (drawn.count < 2) {
    throw new DownhillError("OPTION", `${where}: ${drawn.failed} of ${draws} refits failed`, {
      hint: "the data do not determine the parameters: fix some, or bound them",
      details: { option: "fit" },
    });
  }
  return new Bootstrapped({ kind, seed, level, elapsedMs: now() - started }, result, drawn, at.acceleration);
}
