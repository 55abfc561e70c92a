// What the room `expressions` adds to curveFit: models and tied parameters given as text, and starting values. The main
// entry hands it in; the entry downhill/least-squares does not, so that a bundle of it leaves the compiler out.

import type { End, Method, Task } from "../driver/task.js";
import type { Warning } from "../driver/types.js";
import type { CompiledModel } from "../models/model.js";
import { DownhillError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/runtime.js";
import type { PreparedFit } from "./fit-problem.js";
import type { FitParam } from "./fit-result.js";
import type { AnyModel, Data } from "./model.js";
import type { Parameters } from "./parameters.js";
import type { CorePlan } from "./problem.js";

/** A model of curveFit as it was given. */
export type GivenModel = AnyModel | string | CompiledModel;

/** Parameters that follow others. */
export interface TiedParameters {
  /** The table with their rows, in the key order of params. `x`: free parameters. */
  table(
    rows: Record<string, FitParam>,
    x: Float64Array,
    covariance: Float64Array | null,
    t: number,
  ): Record<string, FitParam>;
}

/** A model whose p holds only the parameters that are not tied. */
export interface ExpressionFit {
  readonly model: AnyModel;
  /** In place of those that were read: some are held. */
  readonly parameters?: Parameters;
  readonly ties?: TiedParameters;
  readonly warnings?: readonly Warning[];
  /** Adds to the result what only the reader of the model knows. */
  readonly finish?: (result: object) => void;
  /** How the core fits it without coming back for evaluations. */
  plan?(y: Float64Array, weights: Float64Array | null): CorePlan;
}

export interface ExpressionRequest {
  readonly where: string;
  readonly model: GivenModel;
  readonly parameters: Parameters;
  readonly data: Data;
  readonly runtime: Runtime | undefined;
}

/** Minima that a search for starting values came across. */
export interface StartsReport {
  /** Points of the search that were evaluated, and how many of the best were fitted. */
  readonly tried: number;
  readonly polished: number;
  /** Best first. `hits`: of the fitted ones, how many ended there. */
  readonly minima: readonly {
    readonly values: Readonly<Record<string, number>>;
    readonly rss: number;
    readonly hits: number;
  }[];
}

/** Input of a fit whose starts may be missing, checked but for `params` and `starts`. */
export interface StartRequest {
  readonly where: string;
  /** The run is asynchronous. */
  readonly late: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  readonly data: Data;
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
}

export interface FoundStarts {
  /** As the option `params`, every start given. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly starts: StartsReport | undefined;
  readonly warnings: readonly Warning[];
  /** What the search took, part of the fit's own: evaluations, and the time at which it began. */
  readonly spent?: { readonly nfev: number; readonly njev: number; readonly since: number };
}

/** A run of its own, or part of another one. */
export interface SearchTask extends Task<End, FoundStarts> {
  readonly method: Method<End>;
}

export interface ExpressionReader {
  /** Options that were taken care of before: an unknown one may have meant one of these. */
  readonly keys?: readonly string[];
  /** What the user gave, where the options are others. */
  readonly given?: object;
  /** The class of the result. */
  readonly Answer?: PreparedFit["Answer"];
  /** The last word on a checked fit: the class of its result, what is minimised. */
  readonly prepare?: ((fit: PreparedFit) => PreparedFit) | undefined;
  read(request: ExpressionRequest): ExpressionFit;
  /** The search for starting values where some are missing or more are asked for; null where nothing is to be done. */
  start(request: StartRequest): SearchTask | null;
}

export const isCompiledModel = (model: unknown): model is CompiledModel =>
  typeof (model as CompiledModel | null)?.toMathML === "function";

/** Whether this model, or one of its parameters, is an expression. */
export function needsExpressions(model: unknown, parameters: Parameters): boolean {
  return typeof model === "string" || isCompiledModel(model) || parameters.tied.length > 0;
}

export function refuseText(where: string): never {
  throw new DownhillError("UNSUPPORTED", `${where}: downhill/least-squares fits functions only, no text`, {
    hint: 'import { curveFit } from "downhill"',
  });
}
