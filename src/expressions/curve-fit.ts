// curveFit of the main entry: functions as in the room least-squares, text models, tied parameters and starting values.

import type { Pulled } from "../driver/run.js";
import type { LeastSquaresState } from "../least-squares/checkpoint.js";
import {
  type CurveFitOptions,
  fitLater,
  fitNow,
  type IterateCurveFitOptions,
  type ModelX,
  pullFit,
} from "../least-squares/curve-fit.js";
import { fitElsewhere } from "../least-squares/elsewhere.js";
import { type ExpressionReader, isCompiledModel } from "../least-squares/expression.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitSet } from "../least-squares/fit-set.js";
import type { AnyModel, BlockModel } from "../least-squares/model.js";
import type { ParamSpec, TiedSpec } from "../least-squares/parameters.js";
import type { NamedModel, NamedParam } from "../models/named.js";
import { DownhillError } from "../runtime/errors.js";
import { hintFor, isRecord, optionError } from "../runtime/options.js";
import { type DataOptions, dataKeys, plainData, withoutUndefined } from "./data-options.js";
import { FullFit, type FullFitResult, type FullPrepared } from "./full-fit.js";
import { asOneFit } from "./global-fit.js";
import type { DataSet, GlobalParamSpec } from "./global-sets.js";
import { ordinaryStarts } from "./odr-form.js";
import { readExpression } from "./read.js";
import { findStarts } from "./starts.js";
import { isRows, type VectorFitOptions, vectorSets } from "./vector-sets.js";
import { wholeSearch } from "./whole-numbers.js";
import { checkDifferences, type DifferenceOptions, differenced } from "./with-differences.js";

type GivenModel = CurveFitOptions<string, never>["model"];

export interface WholeParamSpec extends ParamSpec {
  /** A whole number. */
  integer?: boolean | undefined;
}

/** `Value` is what a model of one point returns: a number, or for curveFitAsync also a promise of one. */
export interface FullFitOptions<
  P extends string = string,
  X extends ModelX = ArrayLike<number>,
  Value extends number | PromiseLike<number> = number,
> extends Omit<CurveFitOptions<P, X, Value>, "sigma" | "starts" | "params">,
    DataOptions,
    DifferenceOptions {
  /**
   * Start and bounds of each parameter; `integer: true`: it is a whole number, held at the best one near the fit where it is free (so
   * it is `fixed` in the result). A text or named model needs none.
   */
  params?: Readonly<Record<P, number | WholeParamSpec | TiedSpec>> | undefined;
  /** Standard deviation of each y, or one for all; or the covariance matrix of y, as m*m numbers or m rows. */
  sigma?: number | ArrayLike<number> | ArrayLike<ArrayLike<number>> | undefined;
  /**
   * Points to try as starts in a search over the whole range: "auto" (default where a start is missing), their number, or the points
   * themselves (by name, or as numbers in the order of params). A model in JavaScript is searched between the bounds of its parameters.
   * Each point is an evaluation of the model: they count in nfev and for the limits, as do the fits of the best ones.
   */
  starts?: number | "auto" | readonly (Readonly<Record<string, number>> | ArrayLike<number>)[] | undefined;
}

/** Several sets of data, one fit: `data` in place of x, y and sigma. */
export interface GlobalFitOptions
  extends Omit<
    FullFitOptions<string>,
    "model" | "x" | "y" | "sigma" | "params" | "starts" | "mask" | "weights" | "sigmaX"
  > {
  /** Sets of any length. */
  data: readonly DataSet[];
  /** One model for all sets, or one for each; functions, texts or named models. */
  model: GivenModel | readonly GivenModel[];
  /** `{ k: { shared: true }, a: {} }`: one k for all sets, a[0], a[1], ... for each. Default: all are each set's own. */
  params?:
    | Readonly<Record<string, number | (GlobalParamSpec & Pick<WholeParamSpec, "integer">) | TiedSpec>>
    | undefined;
}

/** Parameters are called k where they are shared, else a[0], a[1], ... */
export type GlobalFitResult = FullFitResult & { readonly sets: readonly FitSet[] };

/** A pulled fit of the main entry. */
export type FullFitIterator<P extends string> = Pulled<FullFitResult<P>, LeastSquaresState>;

const Answer = FullFit as unknown as PreparedFit["Answer"];
const keys: readonly string[] = [...dataKeys, "data", "scale", "differenceStep"];
const elsewhere = /* @__PURE__ */ fitElsewhere(["model", "params", "sigma", "funTol", "level", ...keys]);
const plainReader: ExpressionReader = {
  keys,
  read: readExpression,
  start: (request) => findStarts(request, { read: readExpression }),
  Answer,
};

/** Gaps in the data have an option here. */
function nameGaps(error: unknown): never {
  if (error instanceof DownhillError && error.code === "NON_FINITE_INPUT") {
    const { message, details } = error;
    const { argument, value } = details;
    if (/^[xy]/.test(`${argument}`) && (value ?? NaN) !== value)
      throw new DownhillError(error.code, message, { hint: 'missing: "drop" leaves gaps out', details });
  }
  throw error;
}

const fitAlone = (options: object): FullFitResult => {
  const { reader, options: own } = asPlain("curveFit", options);
  try {
    return fitNow(reader, own) as FullFitResult;
  } catch (error) {
    return nameGaps(error);
  }
};

/** What reads the fit of these options, and options that it knows. */
function asPlain(where: string, options: object): { reader: ExpressionReader; options: never } {
  refuseElsewhere(where, options as Given);
  const given = unnamed(withoutUndefined(options as Given, keys));
  const simple = simplified(where, given);
  const plain = plainData(where, simple);
  const known = plain?.options ?? simple;
  const one = asOneFit(where, known, (own) => asPlain("curveFit", own));
  if (!plain && !one) return { reader: plainReader, options: known as never };
  const { read, start } = one?.reader ?? plainReader;
  const rule = plain?.form;
  const { residuals, likelihood } = options as DataOptions;
  const passes = plain?.passes;
  const formed = (fit: PreparedFit): PreparedFit =>
    rule ? { ...fit, plan: undefined, form: rule.of(fit) } : passes ? { ...fit, passes } : fit;
  const prepare = (fit: PreparedFit): FullPrepared => ({
    ...formed(fit),
    Answer,
    rule,
    residuals,
    counts: likelihood === "poisson",
    heavy: likelihood === "student",
    dropped: plain?.dropped,
  });
  const find: typeof start = plain?.distances
    ? (request) => ordinaryStarts(request, plainReader)
    : one
      ? start
      : (request) => findStarts(request, { read, prepare: formed });
  return { reader: { keys, given, read, start: find, prepare }, options: (one?.options ?? known) as never };
}

interface Given {
  readonly model: unknown;
  readonly params?: unknown;
  readonly y?: unknown;
  readonly differenceStep?: unknown;
  readonly scale?: unknown;
  readonly loss?: unknown;
  readonly lossScale?: unknown;
}

/** Options of SciPy, lmfit and ml-levenberg-marquardt that only the main entry knows an answer to. */
export function refuseElsewhere(where: string, options: Partial<Given>): void {
  if (options?.lossScale !== undefined && options.loss === undefined)
    throw new DownhillError("OPTION", `${where}: lossScale needs loss: "softL1"`);
  const { model } = options ?? {};
  if (isRecord(model) && isFunction(model) && !("jacobian" in model)) {
    const key = Object.keys(model).find((name) => /^(jac|grad|deriv|j$)/i.test(name));
    if (key)
      throw optionError(where, `model.${key}`, (model as Record<string, unknown>)[key], "called jacobian");
  }
  for (const key of Object.keys(options ?? {})) {
    const hint = hintFor(key, [], elsewhere);
    if (hint) throw new DownhillError("OPTION", `${where}: unknown option "${key}"`, { hint });
  }
}

/** The options with what has a plainer form in it: rows of y, steps of differences. */
function simplified(where: string, options: Given): Given {
  const whole = isRows(options?.y) ? (vectorSets(where, options) as Given) : options;
  if (whole?.differenceStep === undefined && whole?.scale === undefined) return whole;
  const { differenceStep, scale, ...others } = whole;
  const by = { differenceStep, scale } as DifferenceOptions;
  checkDifferences(where, by);
  const stepped = (model: unknown): unknown => (isFunction(model) ? differenced(where, model, by) : model);
  const { model } = others as Given;
  return { ...others, model: Array.isArray(model) ? model.map(stepped) : stepped(model) };
}

/** A model in JavaScript. */
const isFunction = (model: unknown): model is AnyModel =>
  typeof model === "function" ||
  (!isCompiledModel(model) && typeof (model as BlockModel | null)?.evaluate === "function");

/** A named model as its text; its parameters, where none are given, with the bounds that they have by their meaning. */
export function unnamed<O extends { model: unknown; params?: unknown }>(options: O): O {
  const named = options?.model as Partial<NamedModel> | null | undefined;
  if (typeof named !== "object" || typeof named?.text !== "string" || !Array.isArray(named.params))
    return options;
  const list: readonly NamedParam[] = named.params;
  const params = options.params ?? Object.fromEntries(list.map(({ name, min }) => [name, { min }]));
  return { ...options, model: named.text, params };
}

/**
 * Fits the parameters of a model to data by (weighted, robust) nonlinear least squares. Where a text model's parameters have
 * no start, one is searched: linear parameters are solved for, the others tried over ranges that the data suggest.
 *
 * @throws DownhillError before any call of the model: EXPRESSION (the text, with position and caret), SHAPE (lengths that
 * differ, fewer points than free parameters), OPTION (unknown option, start outside bounds), NON_FINITE_INPUT (argument and
 * index); CALLBACK_RESULT when the model does not return a number. What the model throws comes out unchanged.
 *
 * @example
 * const fit = curveFit({ model: "a*exp(-b*x) + c", x: [0, 1, 2, 3, 4, 5], y: [2.3, 1.51, 1.04, 0.75, 0.57, 0.46] });
 * fit.values.b; // 0.43
 * fit.starts.minima.length; // 1
 *
 * @example
 * const x = [0, 1, 2, 3];
 * const data = [{ x, y: [2, 1.2, 0.75, 0.44] }, { x, y: [4.1, 2.4, 1.5, 0.9] }];
 * const both = curveFit({ data, model: "a*exp(-k*x)", params: { k: { shared: true }, a: {} } });
 * both.values; // { "a[0]", k, "a[1]" }
 * both.sets[1].band(x);
 */
export function curveFit(options: GlobalFitOptions | VectorFitOptions): GlobalFitResult;
export function curveFit<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: FullFitOptions<P, X>,
): FullFitResult<P>;
export function curveFit(options: object): FullFitResult {
  const whole = wholeSearch("curveFit", options);
  if (!whole) return fitAlone(options);
  let asked = whole.next();
  while (!asked.done) asked = whole.next(fitAlone(asked.value));
  return asked.value;
}

/**
 * As curveFit; gives the event loop a turn at least every 8 ms, and the model may be asynchronous.
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * const fit = await curveFitAsync({ model: "a*exp(-b*x) + c", x, y, signal: AbortSignal.timeout(10_000) });
 * fit.values.b;
 */
export function curveFitAsync(options: GlobalFitOptions | VectorFitOptions): Promise<GlobalFitResult>;
export function curveFitAsync<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: FullFitOptions<P, X, number | PromiseLike<number>>,
): Promise<FullFitResult<P>>;
export async function curveFitAsync(options: object): Promise<FullFitResult> {
  const later = (given: object): Promise<FullFitResult> => {
    const { reader, options: own } = asPlain("curveFitAsync", given);
    return (fitLater(reader, own) as Promise<FullFitResult>).catch(nameGaps);
  };
  const whole = wholeSearch("curveFitAsync", options);
  if (!whole) return later(options);
  let asked = whole.next();
  while (!asked.done) asked = whole.next(await later(asked.value));
  return asked.value;
}

/**
 * As curveFit, yielding after each iteration. `break` ends the run and frees its memory; a run that is neither finished nor
 * broken off holds it until `return()`. `state()` is plain data; `resume` goes on from it.
 *
 * @throws DownhillError as curveFit; SNAPSHOT when the state is damaged or of another run.
 * @example
 * const [x, y] = [[0, 1, 2, 3], [2, 1.1, 0.6, 0.4]];
 * const it = iterateCurveFit({ model: "a*exp(-b*x)", x, y, params: { a: 1, b: 1 } });
 * for (const { nit, fun } of it) if (nit === 20) break;
 * it.result.values;
 */
export function iterateCurveFit(
  options: (GlobalFitOptions | VectorFitOptions) & { resume?: LeastSquaresState | undefined },
): Pulled<GlobalFitResult, LeastSquaresState>;
export function iterateCurveFit<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: FullFitOptions<P, X> & Pick<IterateCurveFitOptions<P, X>, "resume">,
): FullFitIterator<P>;
export function iterateCurveFit(options: object): FullFitIterator<string> {
  const where = "iterateCurveFit";
  if (wholeSearch(where, options))
    throw new DownhillError(
      "UNSUPPORTED",
      `${where}: a parameter that is a whole number takes several fits`,
      {
        hint: "use curveFit, or fix it",
      },
    );
  const { reader, options: own } = asPlain(where, options);
  return pullFit(reader, own) as unknown as FullFitIterator<string>;
}
