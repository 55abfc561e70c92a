// curveFit: a model, data and named parameters in; values with standard errors and statistics out.

import { type Limits, limitKeys, type Termination, type Warning } from "../driver/types.js";
import { DownhillError, quote } from "../runtime/errors.js";
import {
  checkArray,
  checkFinite,
  checkKeys,
  isArrayLike,
  numberOption,
  optionError,
} from "../runtime/options.js";
import { studentTQuantile } from "../stats/distributions.js";
import { fitBand, fitProfile } from "./bands.js";
import { type Done, Engine, type ResidualProblem } from "./engine.js";
import type { BandOptions, FitFields, FitParam, FitResult, FitX } from "./fit-result.js";
import {
  checkSizes,
  conditionWarnings,
  plain,
  readRun,
  sumOfSquares,
  undetermined,
} from "./least-squares.js";
import {
  type AnyModel,
  type BlockModel,
  type BoundModel,
  bindModel,
  checkModel,
  readPredictors,
  refusePromise,
} from "./model.js";
import { type Parameters, type ParamSpec, readParameters } from "./parameters.js";
import { fitLine, fitReport, type ReportOptions } from "./report.js";
import { type LeastSquaresSettings, readSettings, settingKeys } from "./settings.js";
import { correlationOf, fitStatistics } from "./statistics.js";

/** x of a model: numbers, or an object of predictors. */
export type ModelX = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
type PointX<X> = X extends ArrayLike<number> ? number : { readonly [K in keyof X]: number };
type BlockX<X> = X extends ArrayLike<number> ? Float64Array : { readonly [K in keyof X]: Float64Array };

export interface CurveFitOptions<P extends string, X extends ModelX = ArrayLike<number>>
  extends LeastSquaresSettings,
    Limits {
  /** One point: (x, p) => number. All points: { evaluate(x, p, out), jacobian?(x, p, out) }. */
  model:
    | ((x: PointX<X>, p: Readonly<Record<P, number>>) => number | PromiseLike<number>)
    | BlockModel<BlockX<X>>;
  /** m numbers, or an object with m numbers for each predictor. */
  x: X;
  y: ArrayLike<number>;
  /** Starts, in the key order that block models see. */
  params: Readonly<Record<P, number | ParamSpec>>;
  /** Standard deviation of each y, or one for all; residuals are divided by it. */
  sigma?: number | ArrayLike<number> | undefined;
  /** sigma is known, not just relative: the covariance is not scaled by reduced chi-square. Default false. */
  absoluteSigma?: boolean | undefined;
  /** Level of confidence intervals and bands. Default 0.95. */
  level?: number | undefined;
}

const optionKeys = [
  ...settingKeys,
  ...limitKeys,
  "model",
  "x",
  "y",
  "params",
  "sigma",
  "absoluteSigma",
  "level",
];

/** A fit whose input was checked: the engine and all that the result needs. */
export interface PreparedFit {
  readonly where: string;
  readonly options: LeastSquaresSettings & Limits;
  readonly model: AnyModel;
  readonly bound: BoundModel;
  readonly parameters: Parameters;
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
  readonly absoluteSigma: boolean;
  readonly level: number;
}

/**
 * Fits the parameters of a model to data by (weighted, robust) nonlinear least squares.
 *
 * @throws DownhillError before any call of the model: SHAPE (lengths that differ, fewer points than free
 * parameters), OPTION (unknown option, start outside bounds), NON_FINITE_INPUT (argument and index);
 * CALLBACK_RESULT when the model does not return a number. What the model throws comes out unchanged.
 */
export function curveFit<P extends string, X extends ModelX = ArrayLike<number>>(
  options: CurveFitOptions<P, X>,
): FitResult<P> {
  const fit = readFit("curveFit", options);
  const engine = makeEngine(fit, (where, done) => refusePromise(where, done, "curveFitAsync"));
  try {
    return finish(fit, engine, engine.run()) as FitResult<P>;
  } finally {
    engine.release();
  }
}

/** As curveFit; gives the event loop a turn at least every 8 ms, and the model may be asynchronous. */
export async function curveFitAsync<P extends string, X extends ModelX = ArrayLike<number>>(
  options: CurveFitOptions<P, X>,
): Promise<FitResult<P>> {
  const fit = readFit("curveFitAsync", options);
  fit.options.signal?.throwIfAborted();
  const engine = makeEngine(fit, (_, done) => done);
  try {
    return finish(fit, engine, await engine.runAsync()) as FitResult<P>;
  } finally {
    engine.release();
  }
}

function readFit(where: string, given: unknown): PreparedFit {
  checkKeys(where, given as object, optionKeys);
  const options = given as Record<string, unknown> & LeastSquaresSettings & Limits;
  const { model, level, absoluteSigma = false } = options;
  checkModel(where, model);
  const parameters = readParameters(options.params);
  const data = readPredictors(where, options.x);
  checkArray(where, "y", options.y, data.m);
  checkFinite(where, "y", options.y);
  if (typeof absoluteSigma !== "boolean")
    throw optionError(where, "absoluteSigma", absoluteSigma, "true or false");
  checkSizes(where, data.m, parameters.free.length);
  return {
    where,
    options,
    model,
    bound: bindModel(where, model, parameters.names, data),
    parameters,
    y: Float64Array.from(options.y),
    weights: readWeights(where, options.sigma, data.m),
    absoluteSigma,
    level: readLevel(where, level, 0.95),
  };
}

/** A level strictly between 0 and 1. */
export function readLevel(where: string, level: unknown, fallback: number): number {
  const value = numberOption(where, "level", level, fallback, { min: 0, exclusive: true, max: 1 });
  if (value === 1) throw optionError(where, "level", level, "a number > 0 and < 1");
  return value;
}

/** 1 / sigma, or null without sigma. */
function readWeights(where: string, sigma: unknown, m: number): Float64Array | null {
  if (sigma === undefined) return null;
  const values = typeof sigma === "number" ? new Float64Array(m).fill(sigma) : sigma;
  if (!isArrayLike(values)) throw optionError(where, "sigma", sigma, "a number or an array of numbers");
  checkArray(where, "sigma", values, m);
  checkFinite(where, "sigma", values);
  const weights = Float64Array.from(values, (s) => 1 / s);
  const bad = weights.findIndex((w) => !(w > 0 && w < Infinity));
  if (bad < 0) return weights;
  throw new DownhillError("OPTION", `${where}: sigma[${bad}] must be > 0, got ${quote(values[bad])}`, {
    details: { option: "sigma", index: bad, value: values[bad] },
  });
}

/** Residuals (model - y) / sigma of the free parameters, and their Jacobian where the model has one. */
export function residualProblem(
  fit: Pick<PreparedFit, "bound" | "parameters" | "y" | "weights" | "where">,
  settle: (where: string, done: Done) => Done,
): ResidualProblem {
  const { bound, parameters, y, weights, where } = fit;
  const { free, names, init } = parameters;
  const m = y.length;
  const n = free.length;
  const total = names.length;
  const all = total === n;
  const full = Float64Array.from(init);
  const spread = (p: Float64Array): Float64Array => {
    if (all) return p;
    for (let k = 0; k < n; k++) full[free[k] as number] = p[k] as number;
    return full;
  };
  const center = (out: Float64Array): undefined => {
    if (weights)
      for (let i = 0; i < m; i++) out[i] = ((out[i] as number) - (y[i] as number)) * (weights[i] as number);
    else for (let i = 0; i < m; i++) out[i] = (out[i] as number) - (y[i] as number);
  };
  const residuals = (p: Float64Array, out: Float64Array): Done => {
    const done = settle(where, bound.evaluate(spread(p), out));
    return done === undefined ? center(out) : done.then(() => center(out));
  };
  const { jacobian } = bound;
  if (!jacobian) return { m, residuals };
  const wide = all ? null : new Float64Array(m * total);
  const narrow = (out: Float64Array): undefined => {
    if (wide) {
      for (let i = 0; i < m; i++)
        for (let k = 0; k < n; k++) out[i * n + k] = wide[i * total + (free[k] as number)] as number;
    }
    if (weights)
      for (let i = 0; i < m; i++)
        for (let k = 0; k < n; k++) out[i * n + k] = (out[i * n + k] as number) * (weights[i] as number);
  };
  return {
    m,
    residuals,
    jacobian: (p, out) => {
      const done = settle(where, jacobian(spread(p), wide ?? out));
      return done === undefined ? narrow(out) : done.then(() => narrow(out));
    },
  };
}

function makeEngine(fit: PreparedFit, settle: (where: string, done: Done) => Done): Engine {
  const { where, options, parameters } = fit;
  const { free, init, lower, upper, bounded } = parameters;
  const pick = (values: Float64Array) => Float64Array.from(free, (j) => values[j] as number);
  return new Engine({
    where,
    problem: residualProblem(fit, settle),
    start: pick(init),
    bounds: bounded ? { lower: pick(lower), upper: pick(upper) } : null,
    settings: readSettings(where, options),
    limits: options,
  });
}

function finish(fit: PreparedFit, engine: Engine, end: Termination): FitResult {
  const { parameters, y, weights, level } = fit;
  const { freeNames } = parameters;
  const n = freeNames.length;
  const m = y.length;
  const nameOf = (j: number) => freeNames[j] as string;
  const run = readRun(engine, end, nameOf);
  const { rank, conditionNumber, inverse, blind } = run.uncertainty;
  const statistics = fitStatistics(sumOfSquares(run.residuals), n, y, weights);
  const scale = fit.absoluteSigma ? 1 : statistics.redChi2;
  const covariance =
    inverse !== null && Number.isFinite(scale) ? inverse.map((value) => value * scale) : null;
  const correlation = covariance ? correlationOf(covariance, n) : null;
  const t = covariance ? quantile(fit, statistics.dof, level) : NaN;
  const params = paramTable(fit, run.x, covariance, t);
  const warnings = [
    ...conditionWarnings(rank, n, conditionNumber, undetermined(blind, nameOf)),
    ...fitWarnings(fit, params, statistics.dof),
  ];
  const values = Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
  const fitted = new Float64Array(m);
  const residuals = run.residuals;
  for (let i = 0; i < m; i++) {
    if (weights) residuals[i] = (residuals[i] as number) / (weights[i] as number);
    fitted[i] = (residuals[i] as number) + (y[i] as number);
  }
  const input = {
    end,
    ...run,
    m,
    level,
    statistics,
    params,
    freeNames,
    correlation,
    warnings,
    conditionNumber,
    rss: statistics.rss,
  };
  const { message, nit, nfev, njev, method, variant, elapsedMs, trace } = run;
  const solved = { fit, x: run.x, covariance, statistics };
  const result: FitFields = {
    ...statistics,
    values,
    params,
    covariance,
    correlation,
    freeNames,
    rank,
    conditionNumber,
    residuals,
    fitted,
    warnings,
    success: end.status === "converged",
    message,
    nit,
    nfev,
    njev,
    method,
    variant,
    elapsedMs,
    ...(trace ? { trace } : {}),
    predict: (x: FitX) => fitBand(solved, x, null).fit,
    band: (x: FitX, options: BandOptions = {}) => fitBand(solved, x, options),
    profile: (name: string, options: { level?: number | undefined } = {}) =>
      fitProfile(solved, name, options),
    report: (options: ReportOptions = {}) => {
      checkKeys("report", options, ["style"]);
      return options.style === "brief" ? fitLine(input) : fitReport(input);
    },
    toJSON: () => plain({ ...end, ...result }),
  };
  return { ...end, ...result };
}

/** Two-sided Student quantile; normal when sigma is absolute and there is no degree of freedom. */
export function quantile(fit: PreparedFit, dof: number, level: number): number {
  return studentTQuantile(0.5 + level / 2, dof > 0 ? dof : Infinity, fit.options.runtime);
}

function paramTable(
  fit: PreparedFit,
  x: Float64Array,
  covariance: Float64Array | null,
  t: number,
): Record<string, FitParam> {
  const { names, free, init, lower, upper } = fit.parameters;
  const table: Record<string, FitParam> = {};
  for (const [j, name] of names.entries()) {
    const k = free.indexOf(j);
    const value = k < 0 ? (init[j] as number) : (x[k] as number);
    const stderr = k < 0 || !covariance ? null : Math.sqrt(covariance[k * free.length + k] as number);
    table[name] = {
      value,
      stderr,
      ci: stderr === null ? null : [value - t * stderr, value + t * stderr],
      init: init[j] as number,
      atBound: k >= 0 && (value === lower[j] || value === upper[j]),
      fixed: k < 0,
    };
  }
  return table;
}

function fitWarnings(fit: PreparedFit, params: Record<string, FitParam>, dof: number): Warning[] {
  const warnings: Warning[] = [];
  const atBound = fit.parameters.freeNames.filter((name) => params[name]?.atBound);
  if (atBound.length > 0) {
    const message = `${atBound.join(", ")} ended at a bound: standard errors assume that no bound is met`;
    warnings.push({ code: "W_PARAM_AT_BOUND", message, params: atBound });
  }
  if (dof < 1) {
    const effect = fit.absoluteSigma
      ? "the fit cannot be tested"
      : "the residual standard deviation and standard errors are not known";
    warnings.push({ code: "W_FEW_DOF", message: `as many free parameters as points: ${effect}` });
  }
  return warnings;
}
