// curveFit: a model, data and named parameters in; values with standard errors and statistics out.

import { type Pulled, run, runAsync } from "../driver/run.js";
import type { Ask, Nested } from "../driver/task.js";
import { type Limits, limitKeys } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import type { CompiledModel } from "../models/model.js";
import type { NamedModel } from "../models/named.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, type Elsewhere, optionError } from "../runtime/options.js";
import { asGiven } from "./as-given.js";
import { type LeastSquaresState, pullEngine } from "./checkpoint.js";
import { LeastSquaresEngine } from "./engine.js";
import {
  type ExpressionFit,
  type ExpressionReader,
  type FoundStarts,
  isCompiledModel,
  needsExpressions,
  refuseText,
  type SearchTask,
  type StartRequest,
} from "./expression.js";
import { type PreparedFit, readLevel, readWeights, residualProblem, sigmaMissing } from "./fit-problem.js";
import { type FitResult, finishFit } from "./fit-result.js";
import {
  type AnyModel,
  type BlockModel,
  bindModel,
  checkModel,
  readPredictors,
  refusePromise,
} from "./model.js";
import { type Parameters, type ParamSpec, pick, readParameters, type TiedSpec } from "./parameters.js";
import type { Done } from "./problem.js";
import { type LeastSquaresSettings, readSettings, settingKeys } from "./settings.js";
import { checkSizes } from "./sizes.js";

/** x of a model: numbers, or an object of predictors. */
export type ModelX = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
export type PointX<X> = X extends ArrayLike<number> ? number : { readonly [K in keyof X]: number };
export type BlockX<X> =
  X extends ArrayLike<number> ? Float64Array : { readonly [K in keyof X]: Float64Array };

/** `Value` is what a model of one point returns: a number, or for curveFitAsync also a promise of one. */
export interface CurveFitOptions<
  P extends string,
  X extends ModelX = ArrayLike<number>,
  Value extends number | PromiseLike<number> = number,
> extends LeastSquaresSettings,
    Limits {
  /**
   * One point: (x, p) => number. All points: { evaluate(x, p, out), jacobian?(x, p, out) }. Text such as
   * "a*exp(-b*x) + c" (an array x is the variable x, the keys of an object are variables), or what compileModel made of it.
   */
  model:
    | string
    | Pick<CompiledModel, "source" | "variables" | "params" | "toMathML">
    | NamedModel
    | ((x: PointX<X>, p: Readonly<Record<P, number>>) => Value)
    | BlockModel<BlockX<X>>;
  /** m numbers, or an object with m numbers for each predictor. */
  x: X;
  y: ArrayLike<number>;
  /**
   * Starts, in the key order that block models see. With a text or compiled model (main entry) they may be left out: every
   * name of the text that is no variable, function or constant is a parameter then; and a parameter without `init`, such as
   * `{}` or `{ min: 0 }`, gets a start from the data.
   */
  params?: Readonly<Record<P, number | ParamSpec | TiedSpec>> | undefined;
  /** Points to try as starts in a search over the whole range: "auto" (default where a start is missing), or their number. */
  starts?: number | "auto" | undefined;
  /** Standard deviation of each y, or one for all; residuals are divided by it. */
  sigma?: number | ArrayLike<number> | undefined;
  /** sigma is known, not just relative: the covariance is not scaled by reduced chi-square. Default false. */
  absoluteSigma?: boolean | undefined;
  /** Level of confidence intervals and bands. Default 0.95. */
  level?: number | undefined;
}

const optionKeys = [
  "model",
  "x",
  "y",
  "params",
  "sigma",
  "absoluteSigma",
  "level",
  "starts",
  ...settingKeys,
  ...limitKeys,
];
const inParams = "bounds go with params: { a: { init: 1, min: 0 } }";
const elsewhere: Elsewhere = { bounds: inParams, lower: inParams, upper: inParams };

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
  return fitNow(null, options);
}

/** As curveFit; gives the event loop a turn at least every 8 ms, and the model may be asynchronous. */
export async function curveFitAsync<P extends string, X extends ModelX = ArrayLike<number>>(
  options: CurveFitOptions<P, X, number | PromiseLike<number>>,
): Promise<FitResult<P>> {
  return fitLater(null, options);
}

const refuseLate = (where: string, done: Done): undefined => {
  refusePromise(where, done, "use curveFitAsync for asynchronous callbacks");
};

const awaited = (_: string, done: Done): Done => done;

/** curveFit with what reads models given as text. */
export function fitNow<P extends string, X extends ModelX>(
  reader: ExpressionReader | null,
  options: CurveFitOptions<P, X>,
): FitResult<P> {
  const asked = askFit(reader, "curveFit", options);
  return run(engineOf(asked, asked.search && run(asked.search))) as FitResult<P>;
}

/** curveFitAsync with what reads models given as text. */
export async function fitLater<P extends string, X extends ModelX>(
  reader: ExpressionReader | null,
  options: CurveFitOptions<P, X, number | PromiseLike<number>>,
): Promise<FitResult<P>> {
  const asked = askFit(reader, "curveFitAsync", options, true);
  const { search } = asked;
  const engine = engineOf(asked, search && (await runAsync(search)));
  engine.watch.clock = search?.watch.clock ?? null;
  return runAsync(engine) as Promise<FitResult<P>>;
}

/** A fit within another run, whose clock it has. */
export function* fitWithin(
  reader: ExpressionReader,
  options: unknown,
  late: boolean,
  { clock }: Watch,
): Generator<Ask, FitResult, void> {
  const asked = askFit(reader, "curveFit", options, late);
  const { search } = asked;
  if (search) search.watch.clock = clock;
  const found = search ? search.out(yield* search.method) : null;
  const fit: Nested<FitResult> = { kind: "task", task: engineOf(asked, found) };
  fit.task.watch.clock = clock;
  yield fit;
  return fit.result!;
}

export interface IterateCurveFitOptions<P extends string, X extends ModelX = ArrayLike<number>>
  extends CurveFitOptions<P, X> {
  /**
   * Continues from a state saved earlier, bit for bit, wherever `params` start. Limits, tolerances and `level` may be others than those it was
   * saved under; model, data, parameters, bounds, method and loss are the same, else SNAPSHOT: the model is called once to see.
   */
  resume?: LeastSquaresState | undefined;
}

export type CurveFitIterator<P extends string> = Pulled<FitResult<P>, LeastSquaresState>;

/**
 * As curveFit, yielding after each iteration. `break` ends the run and frees its memory; a run that is neither finished nor
 * broken off holds it until `return()`. `state()` is plain data; `resume` goes on from it.
 *
 * @throws DownhillError as curveFit; SNAPSHOT when the state is damaged or of another run.
 * @example
 * const it = iterateCurveFit({ model: (x, { a, b }) => a * Math.exp(-b * x), x, y, params: { a: 1, b: 1 } });
 * for (const { nit, fun } of it) console.log(nit, fun);
 * console.log(it.result.values);
 */
export function iterateCurveFit<P extends string, X extends ModelX = ArrayLike<number>>(
  options: IterateCurveFitOptions<P, X>,
): CurveFitIterator<P> {
  return pullFit(null, options);
}

/** iterateCurveFit with what reads models given as text. */
export function pullFit<P extends string, X extends ModelX>(
  reader: ExpressionReader | null,
  options: IterateCurveFitOptions<P, X>,
): CurveFitIterator<P> {
  const where = "iterateCurveFit";
  checkKeys(where, options, [...optionKeys, "resume"], elsewhere, reader?.keys);
  const { resume, ...others } = options;
  const asked = askFit(reader, where, others);
  return pullEngine(engineOf(asked, asked.search && run(asked.search)), resume) as CurveFitIterator<P>;
}

/** What was checked before starts are searched. */
interface Asked extends Omit<StartRequest, "options"> {
  readonly reader: ExpressionReader | null;
  readonly options: Record<string, unknown> & LeastSquaresSettings & Limits;
  readonly absoluteSigma: boolean;
  /** Null where the reader sees to them. */
  readonly parameters: Parameters | null;
  search: SearchTask | null;
  given: object;
}

function askFit(reader: ExpressionReader | null, where: string, given: unknown, late = false): Asked {
  checkKeys(where, given as object, optionKeys, elsewhere, reader?.keys);
  const options = given as Record<string, unknown> & LeastSquaresSettings & Limits;
  const { absoluteSigma = false } = options;
  const written = typeof options.model === "string" || isCompiledModel(options.model);
  if (written && !reader) refuseText(where);
  // Where starts are missing, or all params with a text, the reader finds them.
  const parameters = reader ? null : readParameters(where, options.params);
  if (parameters && needsExpressions(options.model, parameters)) refuseText(where);
  if (!written) checkModel(where, options.model);
  const data = readPredictors(where, options.x);
  const y = copyNumbers(where, "y", options.y, data.m);
  checkFinite(where, "y", y);
  if (typeof absoluteSigma !== "boolean")
    throw optionError(where, "absoluteSigma", absoluteSigma, "true or false");
  if (absoluteSigma && options.sigma === undefined) throw sigmaMissing(where);
  const weights = readWeights(where, options.sigma, data.m);
  // Written out: a spread of these costs as much as a step of a fit.
  const asked: Asked = {
    where,
    late,
    options,
    data,
    y,
    weights,
    reader,
    absoluteSigma,
    parameters,
    search: null,
    given: options,
  };
  if (reader) asked.search = reader.start(asked);
  asked.given = asGiven(reader?.given ?? options, asked) as object;
  return asked;
}

function prepareFit(
  { reader, where, options, data, y, weights, absoluteSigma, parameters: known, given }: Asked,
  found: FoundStarts | null,
): PreparedFit {
  const parameters = known ?? readParameters(where, found ? found.params : options.params);
  checkSizes(where, data.m, parameters.free.length);
  const model = options.model as AnyModel;
  const { runtime } = options;
  const text = reader && needsExpressions(model, parameters);
  const read: ExpressionFit = text ? reader.read({ where, model, parameters, data, runtime }) : { model };
  const notes = [...(found?.warnings ?? []), ...(read.warnings ?? [])];
  const fit: PreparedFit = {
    where,
    options,
    given,
    model: read.model,
    predictors: data.x instanceof Float64Array ? null : Object.keys(data.x),
    data,
    bound: bindModel(where, read.model, parameters.names, data),
    plan: read.plan?.(y, weights),
    ties: read.ties,
    finish: read.finish,
    notes: notes.length > 0 ? notes : undefined,
    starts: found?.starts,
    spent: found?.spent,
    parameters: read.parameters ?? parameters,
    y,
    weights,
    absoluteSigma,
    level: readLevel(where, options.level, 0.95),
    Answer: reader?.Answer,
  };
  return reader?.prepare?.(fit) ?? fit;
}

function engineOf(asked: Asked, found: FoundStarts | null): LeastSquaresEngine<FitResult> {
  const fit = prepareFit(asked, found);
  const { where, options, parameters } = fit;
  const { free, init, lower, upper, bounded } = parameters;
  const input = {
    where,
    problem: residualProblem(fit, asked.late ? awaited : refuseLate),
    core: fit.plan,
    start: pick(init, free),
    bounds: bounded ? { lower: pick(lower, free), upper: pick(upper, free) } : null,
    settings: readSettings(where, options),
    passes: fit.passes,
    limits: options,
  };
  const engine = new LeastSquaresEngine(input, (engine, end) => finishFit(fit, engine, end));
  Object.assign(engine.watch, fit.spent);
  return engine;
}
