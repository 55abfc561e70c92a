// The result of `sample`: draws, what is known of each parameter, and what to distrust.

import { Answer, type Block } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { FitX } from "../least-squares/fit-result.js";
import { compileExpression } from "../models/model.js";
import { chosenRuntime } from "../runtime/default.js";
import { exp } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkKeys, numberOption } from "../runtime/options.js";
import type { DensityExtras } from "./density.js";
import { ebfmi, essMean } from "./diagnostics.js";
import type { SampleEnd } from "./ends.js";
import type { MetricState } from "./metric.js";
import {
  type CredibleBand,
  type PredictiveDraws,
  type PredictOptions,
  predictBand,
  predictiveDraws,
} from "./predict.js";
import { looOf, type PredictiveFit, waicOf } from "./psis.js";
import { numberRead, Quantity, quantitiesOf } from "./quantity.js";
import type { Divergence, Recorded, SamplerStats } from "./recorder.js";
import type { Settings } from "./settings.js";
import { atOnce } from "./steps.js";
import { warningsOf } from "./warnings.js";

export interface PosteriorParts {
  readonly settings: Settings;
  readonly recorded: Recorded;
  readonly detail: string;
  readonly mismatch: readonly string[] | null;
  /** Least share of the exchanges of tempering that were taken; NaN otherwise. */
  readonly exchange: number;
  readonly metrics: readonly (MetricState | null)[];
  /** What is said of the parameters, where that is worked out already. */
  readonly quantities?: readonly Quantity[] | undefined;
  /** Trajectories diverged where the density is 0. */
  readonly outside?: boolean | undefined;
}

const words: Readonly<Record<string, string>> = {
  draws: "every draw asked for was made",
  nonFinite: "the density or its gradient is not finite at the start",
  diverging: "the chain left for infinity",
};

/** Draws from a density, with diagnostics. `success` says that every draw was made; whether to trust them, the warnings say. */
export class Posterior extends Answer<SampleEnd | Stopped> {
  /** In the user's space, [chain][draw][parameter]. */
  readonly draws: Float64Array;
  readonly names: readonly string[];
  readonly chains: number;
  /** Draws of each chain. */
  readonly count: number;
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Rank-normalised split R-hat, effective draws of bulk and tail, Monte Carlo errors of the means. */
  readonly rHat: Float64Array;
  readonly essBulk: Float64Array;
  readonly essTail: Float64Array;
  readonly mcse: Float64Array;
  /** Energy Bayesian fraction of missing information of each chain; NaN where the method has no energy. */
  readonly ebfmi: Float64Array;
  /** Mean acceptance probability of each chain. */
  readonly acceptance: Float64Array;
  /** Transitions after the warm-up that diverged, and where. */
  readonly divergences: number;
  readonly divergent: readonly Divergence[];
  readonly stats: SamplerStats;
  /** The metric and the step size that each chain has learnt. */
  readonly metrics: readonly (MetricState | null)[];
  readonly #quantities: readonly Quantity[];
  readonly #detail: string;
  readonly #settings: Settings;

  constructor(end: SampleEnd | Stopped, watch: Watch, parts: PosteriorParts) {
    const { settings, recorded, detail, mismatch, metrics, exchange } = parts;
    const { names } = settings.target;
    const { chains, count, draws, stats, divergences } = recorded;
    const quantities = parts.quantities ?? atOnce(quantitiesOf(recorded, names.length));
    const energies = Float64Array.from({ length: chains }, (_, c) =>
      count > 1 ? ebfmi(stats.energy.subarray(c * count, (c + 1) * count)) : NaN,
    );
    const warnings = warningsOf(recorded, quantities, {
      ...{ target: settings.target, ebfmi: energies, method: settings.method, mismatch, exchange },
      outside: parts.outside,
    });
    super(end, watch, {
      kind: "posterior",
      method: settings.method.name,
      variant: chosenRuntime(settings.limits.runtime).variant,
      warnings,
    });
    this.draws = draws;
    this.names = names;
    this.chains = chains;
    this.count = count;
    const each = (read: (q: Quantity) => number) => Float64Array.from(quantities, read);
    this.mean = each((q) => q.mean);
    this.sd = each((q) => q.sd);
    this.rHat = each((q) => q.rHat);
    this.essBulk = each((q) => q.essBulk);
    this.essTail = each((q) => q.essTail);
    this.mcse = each((q) => q.mcse);
    this.ebfmi = energies;
    this.acceptance = Float64Array.from({ length: chains }, (_, c) => {
      let sum = 0;
      for (let i = c * count; i < (c + 1) * count; i++) sum += stats.acceptance[i]!;
      return sum / count;
    });
    this.divergences = divergences.length;
    this.divergent = divergences;
    this.stats = stats;
    this.metrics = metrics;
    this.#quantities = quantities;
    this.#detail = detail;
    this.#settings = settings;
  }

  get message(): string {
    return describe(
      { status: this.status, reason: this.reason },
      [],
      this.#detail,
      words,
      `the ${this.count} draws of each chain made so far are returned`,
    );
  }

  /** A parameter with its draws, quantiles, intervals and errors. OPTION for a name that it does not have. */
  parameter(name: string): Quantity {
    const at = this.names.indexOf(name);
    if (at >= 0) return this.#quantities[at]!;
    throw new DownhillError("OPTION", `Posterior.parameter: there is no ${quote(name)}`, {
      hint: `the parameters are ${this.names.join(", ")}`,
      details: { option: "name", value: name },
    });
  }

  /** Quantile q of each parameter, 0 to 1, in the order of `names`; or of several q, one array each. */
  quantiles(q: number): Float64Array;
  quantiles(q: readonly number[]): Float64Array[];
  quantiles(q: number | readonly number[]): Float64Array | Float64Array[] {
    const one = (p: number) => Float64Array.from(this.#quantities, (quantity) => quantity.quantile(p));
    return typeof q === "number" ? one(q) : Array.from(copyNumbers("quantiles", "q", q), one);
  }

  /** For each parameter the shortest interval that holds `level` (default 0.95) of its draws. */
  hdi(level = 0.95): { lower: Float64Array; upper: Float64Array } {
    numberOption("hdi", "level", level, 0.95, { min: 0, exclusive: true, max: 1 });
    const both = this.#quantities.map((q) => q.hdi(level));
    return {
      lower: Float64Array.from(both, ([low]) => low),
      upper: Float64Array.from(both, ([, high]) => high),
    };
  }

  /**
   * A quantity that follows from the parameters, an expression of their names or a function of their values: its draws, with
   * mean, sd, quantiles, intervals and diagnostics of its own.
   *
   * @throws DownhillError EXPRESSION, with position and caret.
   * @example
   * ```ts
   * const halfLife = posterior.derive("log(2)/k");
   * console.log(halfLife.mean, halfLife.hdi(0.9));
   * ```
   */
  derive(expression: string | ((x: Float64Array) => number)): Quantity {
    const { chains, count, draws, names } = this;
    const n = names.length;
    const values = new Float64Array(chains * count);
    if (typeof expression === "function") {
      for (let i = 0; i < values.length; i++) {
        values[i] = numberRead(expression(draws.slice(i * n, (i + 1) * n)));
      }
    } else {
      const { runtime } = this.#settings.limits;
      const model = compileExpression(expression, { variables: names, params: [], runtime });
      const columns = names.map((name, j) => [name, values.map((_, i) => draws[i * n + j]!)] as const);
      model.evaluate(Object.fromEntries(columns), [], values);
      model.dispose();
    }
    return new Quantity(Array.from({ length: chains }, (_, c) => values.slice(c * count, (c + 1) * count)));
  }

  /**
   * For posteriors of fits: at each x the mean of the model over the draws and its credible limits; `kind: "prediction"` is
   * for new observations. At most 1000 draws are used, spread over all. UNSUPPORTED where the density has no model.
   */
  predict(x: FitX, options: PredictOptions = {}): CredibleBand {
    return predictBand(this, this.#settings, x, options);
  }

  /**
   * For posteriors of fits: the draws behind `predict`, one row of values for each draw; `kind: "prediction"` (default) is posterior predictive
   * draws, or prior predictive ones for `posterior(fit, { prior, observed: false })`. UNSUPPORTED where the density has no model.
   */
  predictive(x: FitX, options: Pick<PredictOptions, "kind"> = {}): PredictiveDraws {
    checkKeys("predictive", options, ["kind"]);
    return predictiveDraws("predictive", this, this.#settings, x, options.kind ?? "prediction");
  }

  /** Leave-one-out cross-validation by Pareto-smoothed importance sampling. UNSUPPORTED where data have no terms of their own. */
  loo(): PredictiveFit {
    const { matrix, data, relative } = this.#likelihoods("loo");
    return looOf(data, matrix, relative);
  }

  /** The widely applicable information criterion, on the scale of elpd. */
  waic(): PredictiveFit {
    const { matrix, data } = this.#likelihoods("waic");
    return waicOf(data, matrix);
  }

  #likelihoods(where: string) {
    const { pointwise } = this.#settings.density as DensityExtras;
    if (!pointwise) {
      throw new DownhillError("UNSUPPORTED", `Posterior.${where}: the density has no terms of single data`, {
        hint: "use compileDensity with data, or posterior(fit)",
      });
    }
    const { draws, names, chains, count } = this;
    const n = names.length;
    const total = chains * count;
    if (total === 0) throw new DownhillError("UNSUPPORTED", `Posterior.${where}: there are no draws`);
    const { density } = this.#settings;
    const rows = Array.from({ length: total }, (_, s) =>
      pointwise.call(density, draws.slice(s * n, (s + 1) * n)),
    );
    const matrix = (i: number) => Float64Array.from(rows, (row) => row[i]!);
    const relative = (i: number) => {
      const ll = matrix(i);
      const top = ll.reduce((a, b) => Math.max(a, b), -Infinity);
      const parts = Array.from({ length: chains }, (_, c) =>
        ll.slice(c * count, (c + 1) * count).map((v) => exp(v - top)),
      );
      const ess = essMean(parts);
      return Number.isNaN(ess) ? 1 : ess / total;
    };
    return { matrix, data: rows[0]!.length, relative };
  }

  protected get brief(): string {
    const worst = Math.max(...this.rHat.filter((v) => !Number.isNaN(v)), 0);
    const least = Math.min(...this.essBulk.filter((v) => !Number.isNaN(v)));
    const trust =
      this.count === 0
        ? "no draws"
        : `R-hat up to ${worst.toFixed(3)}, at least ${Math.round(least)} effective`;
    return `${this.chains} chains of ${this.count} draws, ${trust}, ${this.divergences} divergences`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const columns = ["mean", "sd", "mcse", "5 %", "50 %", "95 %", "R-hat", "bulk", "tail"];
    const width = Math.max(4, ...this.names.map((name) => name.length));
    const cell = (text: string) => text.padStart(10);
    const lines = [`    ${"".padEnd(width)}${columns.map(cell).join("")}`];
    this.names.forEach((name, j) => {
      const q = this.#quantities[j]!;
      const numbers = [q.mean, q.sd, q.mcse, q.quantile(0.05), q.quantile(0.5), q.quantile(0.95)];
      const cells = [...numbers.map((v) => short(v, 4)), q.rHat.toFixed(3)];
      const ess = [q.essBulk, q.essTail].map((v) => (Number.isNaN(v) ? "NaN" : String(Math.round(v))));
      lines.push(`    ${name.padEnd(width)}${[...cells, ...ess].map(cell).join("")}`);
    });
    const step = this.stats.stepSize.subarray(0, 1)[0] ?? NaN;
    return [
      {
        title: "Posterior",
        rows: [
          ["chains", this.chains],
          ["draws of each", this.count],
          ["evaluations", this.nfev],
          ["acceptance", short(this.acceptance.reduce((a, b) => a + b, 0) / this.chains, 3)],
          ...(Number.isNaN(step) ? [] : ([["step size (chain 1)", short(step, 3)]] as const)),
          ["divergences", this.divergences],
        ],
      },
      { title: "Parameters", lines },
    ];
  }
}
