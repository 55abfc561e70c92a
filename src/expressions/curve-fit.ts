// curveFit of the main entry: functions as in the room least-squares, text models, tied parameters and starting values.

import type { Pulled } from "../driver/run.js";
import type { LeastSquaresState } from "../least-squares/checkpoint.js";
import {
  type CurveFitIterator,
  type CurveFitOptions,
  fitLater,
  fitNow,
  type IterateCurveFitOptions,
  type ModelX,
  pullFit,
} from "../least-squares/curve-fit.js";
import type { ExpressionReader } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { FitSet } from "../least-squares/fit-set.js";
import type { TiedSpec } from "../least-squares/parameters.js";
import type { NamedModel, NamedParam } from "../models/named.js";
import { asOneFit } from "./global-fit.js";
import type { DataSet, GlobalParamSpec } from "./global-sets.js";
import { readExpression } from "./read.js";
import { findStarts } from "./starts.js";

const reader: ExpressionReader = {
  read: readExpression,
  start: (request) => findStarts(request, readExpression),
};

type GivenModel = CurveFitOptions<string, never>["model"];

/** Several sets of data, one fit: `data` in place of x, y and sigma. */
export interface GlobalFitOptions
  extends Omit<CurveFitOptions<string>, "model" | "x" | "y" | "sigma" | "params" | "starts"> {
  /** Sets of any length. */
  data: readonly DataSet[];
  /** One model for all sets, or one for each; functions, texts or named models. */
  model: GivenModel | readonly GivenModel[];
  /** `{ k: { shared: true }, a: {} }`: one k for all sets, a[0], a[1], ... for each. Default: all are each set's own. */
  params?: Readonly<Record<string, number | GlobalParamSpec | TiedSpec>> | undefined;
}

/** Parameters are called k where they are shared, else a[0], a[1], ... */
export type GlobalFitResult = FitResult & { readonly sets: readonly FitSet[] };

const fitAlone = (options: object): FitResult => fitNow(reader, unnamed(options as never));

/** A named model as its text; its parameters, where none are given, with the bounds that they have by their meaning. */
function unnamed<O extends { model: unknown; params?: unknown }>(options: O): O {
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
export function curveFit(options: GlobalFitOptions): GlobalFitResult;
export function curveFit<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: CurveFitOptions<P, X>,
): FitResult<P>;
export function curveFit(options: object): FitResult {
  const one = asOneFit("curveFit", options, fitAlone);
  return one ? fitNow(one.reader, one.options as never) : fitAlone(options);
}

/**
 * As curveFit; gives the event loop a turn at least every 8 ms, and the model may be asynchronous.
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * const fit = await curveFitAsync({ model: "a*exp(-b*x) + c", x, y, signal: AbortSignal.timeout(10_000) });
 * fit.values.b;
 */
export function curveFitAsync(options: GlobalFitOptions): Promise<GlobalFitResult>;
export function curveFitAsync<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: CurveFitOptions<P, X, number | PromiseLike<number>>,
): Promise<FitResult<P>>;
export async function curveFitAsync(options: object): Promise<FitResult> {
  const one = asOneFit("curveFitAsync", options, fitAlone);
  return one ? fitLater(one.reader, one.options as never) : fitLater(reader, unnamed(options as never));
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
  options: GlobalFitOptions & { resume?: LeastSquaresState | undefined },
): Pulled<GlobalFitResult, LeastSquaresState>;
export function iterateCurveFit<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: IterateCurveFitOptions<P, X>,
): CurveFitIterator<P>;
export function iterateCurveFit(options: object): CurveFitIterator<string> {
  const one = asOneFit("iterateCurveFit", options, fitAlone);
  return one ? pullFit(one.reader, one.options as never) : pullFit(reader, unnamed(options as never));
}
