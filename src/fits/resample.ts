// The draws of a bootstrap: resampled data, and refits of them, many at a time in the core where the model is text.

import type { Watch } from "../driver/watch.js";
import type { FullPrepared } from "../expressions/full-fit.js";
import type { CurveFitManyResult } from "../expressions/many.js";
import type { CurveFitManyOptions } from "../expressions/many-input.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { bindModel } from "../least-squares/model.js";
import type { Random } from "../random/philox.js";
import { poisson } from "../random/poisson.js";
import { unlessDisposed } from "../runtime/default.js";
import { exp } from "../runtime/elementary.js";
import { DownhillError } from "../runtime/errors.js";
import type { Influence } from "./influence.js";
import { freeValues, refitter } from "./refit.js";

export type BootstrapKind = "case" | "residual" | "parametric";

/** Numbers that go into one call of curveFitMany; where events or a limit are waited for, fewer. */
const MOST_NUMBERS = 2_000_000;
const FEW_NUMBERS = 50_000;

/** Refits that are asked for, as curves of one call, or a moment after one that was done (null). */
export type Drawing = Generator<CurveFitManyOptions | null, void, CurveFitManyResult | undefined>;

const MANY_OPTIONS = [
  "model",
  "x",
  "y",
  "params",
  "sigma",
  "absoluteSigma",
  "level",
  "starts",
  "method",
  "loss",
  "lossScale",
  "gradTol",
  "stepTol",
  "funTol",
  "maxIterations",
  "maxEvaluations",
  "maxTimeMs",
  "signal",
  "onIteration",
  "every",
  "trace",
  "runtime",
];

/** What the errors of a fit are added to: its values or their logarithms; counts have a law of their own. */
export type Errors = "plain" | "log" | "counts";

/** UNSUPPORTED where points cannot be drawn one by one, or their errors not without those of x. */
export function errorsOf(where: string, fit: PreparedFit): Errors {
  if (!fit.form) return "plain";
  const given = fit.given as { residuals?: string; likelihood?: string };
  if (given.residuals === "log") return "log";
  if (given.likelihood === "poisson") return "counts";
  throw new DownhillError(
    "UNSUPPORTED",
    `${where}: the errors of this fit are not those of single values of y`,
    {
      hint: "fit without sigmaX and a matrix sigma",
    },
  );
}

/** Resampled data: y of one draw, or the rows that are drawn; `weights`: those of the drawn y, where they depend on it. */
export interface Resampler {
  readonly rows: boolean;
  draw(random: Random, y: Float64Array, rows: Int32Array): void;
  weights?(y: Float64Array): Float64Array;
}

export function makeResampler(
  kind: BootstrapKind,
  errors: Errors,
  fit: PreparedFit,
  result: FitResult,
  { leverage, residuals }: Influence,
): Resampler {
  const { y: data, weights, absoluteSigma } = fit;
  const m = data.length;
  const { fitted } = result;
  const scale = (i: number): number => (weights ? 1 / weights[i]! : 1);
  if (kind === "case")
    return {
      rows: true,
      draw: (random, _, rows) => {
        for (let i = 0; i < m; i++) rows[i] = random.below(m);
      },
    };
  if (errors === "counts")
    return {
      rows: false,
      draw: (random, y) => {
        for (let i = 0; i < m; i++) y[i] = poisson(random, fitted[i]!);
      },
    };
  const spread = absoluteSigma ? 1 : result.residualStd;
  if (errors === "log") {
    // sigma_i of log(y_i), which the weights have times y_i.
    const share = data.map((v, i) => scale(i) / v);
    const drawn = kind === "parametric" ? null : centred(residuals, leverage);
    return {
      rows: false,
      draw: (random, y) => {
        for (let i = 0; i < m; i++)
          y[i] = fitted[i]! * exp(share[i]! * (drawn ? drawn[random.below(m)]! : spread * random.normal()));
      },
      weights: (y) => y.map((v, i) => 1 / (share[i]! * v)),
    };
  }
  if (kind === "parametric") {
    return {
      rows: false,
      draw: (random, y) => {
        for (let i = 0; i < m; i++) y[i] = fitted[i]! + spread * scale(i) * random.normal();
      },
    };
  }
  const drawn = centred(
    result.residuals.map((r, i) => r / scale(i)),
    leverage,
  );
  return {
    rows: false,
    draw: (random, y) => {
      for (let i = 0; i < m; i++) y[i] = fitted[i]! + scale(i) * drawn[random.below(m)]!;
    },
  };
}

/** Errors of equal variance, r / sqrt(1 - h), less their mean (Davison and Hinkley 1997, eq. 6.9); residuals are model - y. */
function centred(residuals: Float64Array, leverage: Float64Array): Float64Array {
  const modified = residuals.map((r, i) => -r / Math.sqrt(Math.max(1 - leverage[i]!, 1e-8)));
  const mean = modified.reduce((sum, r) => sum + r, 0) / modified.length;
  return modified.map((r) => r - mean);
}

/** Whether curveFitMany can refit: text, the options it knows, no tied parameter, no law with passes of its own. */
export function refitsAsMany({ plan, ties, passes, parameters, options, y }: PreparedFit): boolean {
  if (!plan || ties || passes || parameters.tied.length > 0) return false;
  const given = options as unknown as Record<string, unknown>;
  const plainOptions = Object.keys(given).every(
    (key) => given[key] === undefined || MANY_OPTIONS.includes(key),
  );
  return plainOptions && (given.y as ArrayLike<number> | undefined)?.length === y.length;
}

export class Draws {
  readonly kept: Float64Array;
  failed = 0;
  count = 0;
  constructor(
    draws: number,
    readonly n: number,
  ) {
    this.kept = new Float64Array(draws * n);
  }
  add(values: ArrayLike<number>, good: boolean): void {
    let finite = good;
    for (let j = 0; j < this.n; j++) finite &&= Number.isFinite(values[j]!);
    if (!finite) this.failed++;
    else this.kept.set(values, this.count++ * this.n);
  }
}

export function* drawMany(
  fit: PreparedFit,
  result: FitResult,
  resampler: Resampler,
  draws: number,
  random: Random,
  into: Draws,
  watch: Watch,
): Drawing {
  const { parameters, weights, options } = fit;
  const m = fit.y.length;
  const { model } = options as unknown as { model: string };
  const { x: own } = fit.data;
  const keyed = !(own instanceof Float64Array);
  const columns = Object.entries(keyed ? own : { x: own });
  const many = watch.timed || watch.signal || watch.clock ? FEW_NUMBERS : MOST_NUMBERS;
  const batch = Math.max(1, Math.floor(many / (m * (columns.length + 2))));
  const { names, free, lower, upper } = parameters;
  const params = Object.fromEntries(
    names.map((name, j) => {
      const init = result.values[name]!;
      return [name, free.includes(j) ? { init, min: lower[j]!, max: upper[j]! } : { init, fixed: true }];
    }),
  );
  const rows = new Int32Array(m);
  for (let from = 0; from < draws && !watch.interrupted(); from += batch) {
    const k = Math.min(batch, draws - from);
    const y = new Float64Array(k * m);
    const x = columns.map(() => new Float64Array(resampler.rows ? k * m : 0));
    const sigma = weights && resampler.rows ? new Float64Array(k * m) : null;
    for (let b = 0; b < k; b++) {
      resampler.draw(random, y.subarray(b * m, b * m + m), rows);
      if (!resampler.rows) continue;
      for (let i = 0; i < m; i++) {
        const row = rows[i]!;
        y[b * m + i] = fit.y[row]!;
        for (let v = 0; v < x.length; v++) x[v]![b * m + i] = columns[v]![1][row]!;
        if (sigma) sigma[b * m + i] = 1 / weights![row]!;
      }
    }
    const shared = resampler.rows ? columns.map((_, v) => x[v]!) : columns.map(([, values]) => values);
    const { method, loss, lossScale, gradTol, stepTol, funTol, maxIterations } = options;
    const refits = yield {
      model,
      x: keyed ? Object.fromEntries(columns.map(([name], v) => [name, shared[v]!])) : shared[0]!,
      y,
      points: m,
      params,
      sigma: sigma ?? (weights ? Float64Array.from(weights, (w) => 1 / w) : undefined),
      runtime: unlessDisposed(options.runtime),
      ...{ method, loss, lossScale, gradTol, stepTol, funTol, maxIterations },
      ...(watch.timed && { maxTimeMs: watch.left.maxTimeMs }),
      ...(watch.signal && { signal: watch.signal }),
    };
    if (!refits) return;
    const { values, stderr, status, reason, statusNames, reasonNames } = refits;
    const n = names.length;
    for (let b = 0; b < k; b++) {
      const why = reasonNames[reason[b]!]!;
      if (why === "maxTime" || why === "abort") continue;
      const row = Float64Array.from(free, (j) => values[b * n + j]!);
      // What a draw does not determine has no standard error.
      const determined = free.every((j) => stderr[b * n + j]! >= 0);
      into.add(row, determined && statusNames[status[b]!] === "converged");
    }
  }
}

export function* drawOneByOne(
  fit: PreparedFit,
  result: FitResult,
  resampler: Resampler,
  draws: number,
  random: Random,
  into: Draws,
  watch: Watch,
): Drawing {
  const { where } = watch;
  const refit = refitter(where, fit);
  const start = freeValues(result);
  const m = fit.y.length;
  const y = Float64Array.from(fit.y);
  const rows = new Int32Array(m);
  for (let b = 0; b < draws && !watch.interrupted(); b++) {
    resampler.draw(random, y, rows);
    const own = resampler.rows ? ofRows(where, fit, rows) : null;
    const { x, converged, determined } = own
      ? refitter(where, own)(own.y, own.weights, start)
      : refit(y, resampler.weights?.(y) ?? fit.weights, start);
    into.add(x, converged && determined);
    yield null;
  }
}

/** The fit of these rows of its data. */
function ofRows(where: string, fit: PreparedFit, rows: Int32Array): PreparedFit {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  const { x: all } = fit.data;
  const x =
    all instanceof Float64Array
      ? pick(all)
      : Object.fromEntries(Object.entries(all).map(([name, column]) => [name, pick(column)]));
  const data = { m: rows.length, x };
  const own = {
    ...fit,
    data,
    y: pick(fit.y),
    weights: fit.weights && pick(fit.weights),
    bound: bindModel(where, fit.model, fit.parameters.names, data),
  };
  const { rule } = fit as FullPrepared;
  return rule ? { ...own, form: rule.of(own) } : own;
}
