// The result of curveFit: values with their uncertainty, statistics of the fit, and what can be asked of it
// afterwards (predict, band, profile, report). It owns ordinary arrays only.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { describe, plain } from "../driver/report.js";
import type { Termination, Warning } from "../driver/types.js";
import { fitBand, fitProfile, type SolvedFit } from "./bands.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { StartsReport } from "./expression.js";
import { type PreparedFit, studentOf } from "./fit-problem.js";
import type { FitSet } from "./fit-set.js";
import { fitWarnings, outOfRange } from "./fit-warnings.js";
import type { PredictorColumns } from "./model.js";
import { PREPARED } from "./prepared.js";
import { fitBlocks, fitBrief } from "./report.js";
import { type FitRun, readRun, runWarnings, sumOfSquares } from "./run.js";
import { correlationOf, type FitStatistics, fitStatistics, scaledBy } from "./statistics.js";

export interface FitParam {
  readonly value: number;
  /** Standard error; null when it is not known (fixed, or not determined by the data). */
  readonly stderr: number | null;
  /** Confidence interval value +/- t stderr at the level of the fit. */
  readonly ci: readonly [number, number] | null;
  readonly init: number;
  /** The value stands at its min or max. */
  readonly atBound: boolean;
  readonly fixed: boolean;
  /** What a tied parameter follows. */
  readonly expr?: string;
}

export interface Band {
  /** Model values, and the limits of the band, at each x. */
  readonly fit: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface BandOptions {
  /** Default: the level of the fit. */
  level?: number | undefined;
  /** "confidence" (default): of the curve. "prediction": of a new observation. */
  kind?: "confidence" | "prediction" | undefined;
  /**
   * Standard deviation of the new observation, or one for each x, on the scale of the fit's sigma (its variance is multiplied by
   * redChi2 unless absoluteSigma). Default: the sigma of the fit, as the root of its mean square where points differ; 1 without.
   */
  sigma?: number | ArrayLike<number> | undefined;
}

/** Where a fit is asked: values of its predictor (one may be a number), or columns by name. */
export type FitX = number | ArrayLike<number> | PredictorColumns;

interface Profiled<P extends string> {
  profile(name: P, options?: { level?: number | undefined }): [number, number];
}

/** Fits are made by the thousand: one hidden class, methods on the prototype. */
export class FitAnswer<P extends string = string> extends Answer<Termination> {
  readonly values: Readonly<Record<P, number>>;
  readonly params: Readonly<Record<P, FitParam>>;
  /**
   * n*n over the free parameters, in freeNames order: inv(J'J) redChi2 (absoluteSigma: inv(J'J)); with a robust loss J is weighted
   * and Huber's factor takes the place of redChi2, of counts the dispersion. Null below full rank.
   */
  readonly covariance: Float64Array | null;
  /** Which of these it is. */
  readonly covarianceForm: "redChi2" | "absolute" | "huber" | "dispersion";
  readonly correlation: Float64Array | null;
  readonly freeNames: readonly P[];
  readonly rank: number;
  /** 2-norm condition number of the Jacobian with unit columns. */
  readonly conditionNumber: number;
  /** model - y, not weighted, and the model's values: m each. */
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  /** Calls of the Jacobian, or its differences. */
  readonly njev: number;
  /** Of a fit whose starts were searched. */
  declare readonly starts?: StartsReport;
  /** Of a global fit: each set of `data`, in order. */
  declare readonly sets?: readonly FitSet[];
  readonly #fit: PreparedFit;
  readonly #run: FitRun;

  constructor(
    fit: PreparedFit,
    end: Termination,
    engine: LeastSquaresEngine,
    run: FitRun,
    statistics: FitStatistics,
    warn?: (warnings: readonly Warning[]) => void,
  ) {
    const { parameters, level, options } = fit;
    const { freeNames } = parameters;
    const { rank, conditionNumber, inverse } = run.uncertainty;
    const scale = varianceOf(fit, run, statistics);
    const covariance = inverse !== null && Number.isFinite(scale) ? scaledBy(inverse, scale) : null;
    const t = covariance ? studentOf(fit, statistics.dof, level) : NaN;
    const table = paramTable(fit, run, covariance, t);
    const params = fit.ties ? fit.ties.table(table, run.x, covariance, t) : table;
    const warnings = runWarnings(run, (j) => freeNames[j]!);
    const beyond = inverse !== null && Number.isFinite(scale) && covariance === null;
    const all = beyond ? [...warnings, outOfRange(end)] : warnings;
    const told = fitWarnings(fit, statistics.dof, all);
    super(end, engine.watch, {
      kind: "fit",
      method: engine.settings.method.name,
      variant: engine.workspace.runtime.variant,
      warnings: warn ? null : told,
    });
    warn?.(told);
    this.values = valuesOf(params) as Record<P, number>;
    this.params = params as Record<P, FitParam>;
    this.covariance = covariance;
    const { loss = "linear" } = options;
    const scaled = statistics.dispersion === undefined ? "redChi2" : "dispersion";
    this.covarianceForm = fit.absoluteSigma ? "absolute" : loss === "linear" ? scaled : "huber";
    this.correlation = covariance && inverse ? correlationOf(inverse, freeNames.length) : null;
    this.freeNames = freeNames as readonly P[];
    this.rank = rank;
    this.conditionNumber = conditionNumber;
    Object.assign(this, statistics);
    this.residuals = unweighted(run.residuals, fit.weights);
    this.fitted = sum(this.residuals, fit.y);
    this.njev = engine.watch.njev;
    if (fit.starts) this.starts = fit.starts;
    this.#fit = fit;
    this.#run = run;
  }

  get message(): string {
    return describe(this, this.#run.measures, this.#run.detail);
  }

  /** What was minimised: rss / 2, or half the robust sum. */
  get cost(): number {
    return this.#run.fun;
  }

  /** Of a robust loss: the scale that was used, a number also where `lossScale` was "mad". Without meaning for plain least squares. */
  get lossScale(): number {
    return this.#run.lossScale;
  }

  /** With its statistics. */
  get #whole(): FitFields {
    return this as unknown as FitFields;
  }

  protected get brief(): string {
    return fitBrief(this.#whole);
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return fitBlocks(this.#whole, this.#run.measures, this.#fit.level);
  }

  get [PREPARED](): PreparedFit {
    return this.#fit;
  }

  /** For bands, profiles and whatever is derived from the fit. */
  protected get solved(): SolvedFit {
    const statistics = this.#whole;
    const scale = varianceOf(this.#fit, this.#run, statistics);
    const { x, jacobian } = this.#run;
    return { fit: this.#fit, x, covariance: this.covariance, jacobian, scale, statistics };
  }

  // Getters, so that `const { predict } = fit` works, and a result still survives structuredClone.
  /** The model at new x. */
  get predict(): (x: FitX) => Float64Array {
    return (x) => fitBand(this.solved, x).fit;
  }

  /** Pointwise band by the delta method, with Student's t (the normal law with absoluteSigma). Limits are NaN when there is no covariance. */
  get band(): (x: FitX, options?: BandOptions) => Band {
    return (x, options = {}) => fitBand(this.solved, x, options);
  }

  /** Profile-likelihood interval: where the rss, minimised over the other parameters, exceeds its minimum by F. */
  get profile(): Profiled<P>["profile"] {
    return (name, options = {}) => fitProfile(this.solved, name, options);
  }

  /** With `input`, the options of the fit but for what JSON cannot hold and where a resumed run went on: fromJSON reads it. */
  override toJSON(): Record<string, unknown> {
    const { given } = this.#fit as { given: Record<string, unknown> };
    const { runtime: _, signal: __, resume: ___, ...input } = given;
    const { lossScale } = this;
    return { ...super.toJSON(), ...(this.#run.robustVariance >= 0 && { lossScale }), input: plain(input) };
  }
}

export type FitFields<P extends string = string> = Shape<FitAnswer<P>> & FitStatistics;
export type FitResult<P extends string = string> = Termination & FitFields<P>;

/** The result of a run, read out before the memory goes back. */
export function finishFit(fit: PreparedFit, engine: LeastSquaresEngine, end: Termination): FitResult {
  const { freeNames } = fit.parameters;
  const run = readRun(engine, end, (j) => freeNames[j]!);
  const statistics = fitStatistics(sumOfSquares(run.residuals), run.used, fit.y, fit.weights);
  const result = new (fit.Answer ?? FitAnswer)(fit, end, engine, run, statistics) as unknown as FitResult;
  fit.finish?.(result);
  return result;
}

/** Variance of a residual of unit weight: what was minimised, per degree of freedom. */
function varianceOf(
  fit: PreparedFit,
  run: FitRun,
  { redChi2, dispersion = redChi2 }: Pick<FitStatistics, "redChi2" | "dispersion">,
): number {
  if (fit.absoluteSigma) return 1;
  const { loss } = fit.options;
  return loss === undefined || loss === "linear" ? dispersion : run.robustVariance;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i]! + b[i]!;
  return out;
}

function unweighted(residuals: Float64Array, weights: Float64Array | null): Float64Array {
  return weights ? residuals.map((r, i) => r / weights[i]!) : residuals;
}

function valuesOf(params: Record<string, FitParam>): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name in params) values[name] = (params[name] as FitParam).value;
  return values;
}

function paramTable(
  fit: PreparedFit,
  { x, atBound }: FitRun,
  covariance: Float64Array | null,
  t: number,
): Record<string, FitParam> {
  const { names, free, init } = fit.parameters;
  const n = free.length;
  const table: Record<string, FitParam> = {};
  for (let j = 0, k = 0; j < names.length; j++) {
    const isFree = free[k] === j;
    const value = isFree ? x[k]! : init[j]!;
    const stderr = isFree && covariance ? Math.sqrt(covariance[k * n + k]!) : null;
    table[names[j] as string] = {
      value,
      stderr,
      ci: stderr === null ? null : [value - t * stderr, value + t * stderr],
      init: init[j]!,
      atBound: isFree && atBound.includes(k),
      fixed: !isFree,
    };
    if (isFree) k++;
  }
  return table;
}
