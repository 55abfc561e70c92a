// What the room `expressions` adds to curveFit: models and tied parameters given as text. It announces itself when it is
// loaded, so that a bundle of fits with JavaScript models leaves the compiler out.

import type { Warning } from "../driver/types.js";
import type { CompiledModel } from "../models/model.js";
import { DownhillError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/runtime.js";
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
  readonly ties?: TiedParameters;
  readonly warnings?: readonly Warning[];
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

export type ExpressionReader = (request: ExpressionRequest) => ExpressionFit;

let reader: ExpressionReader | null = null;

export function provideExpressions(given: ExpressionReader): void {
  reader = given;
}

export const isCompiledModel = (model: unknown): model is CompiledModel =>
  typeof (model as CompiledModel | null)?.toMathML === "function";

/** Whether this model, or one of its parameters, is an expression. */
export function needsExpressions(model: unknown, parameters: Parameters): boolean {
  return typeof model === "string" || isCompiledModel(model) || parameters.tied.length > 0;
}

export function readExpressions(request: ExpressionRequest): ExpressionFit {
  if (reader) return reader(request);
  throw new DownhillError("UNSUPPORTED", `${request.where}: this bundle has no compiler of expressions`, {
    hint: 'import { compileModel } from "downhill" and give model: compileModel(...)',
  });
}
