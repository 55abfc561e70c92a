// A checked fit, and the residuals that it minimises: (model - y) / sigma over the free parameters.

import { sizeOf } from "../driver/differences.js";
import type { Limits, Warning } from "../driver/types.js";
import { unlessDisposed } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, isArrayLike, numberOption, optionError } from "../runtime/options.js";
import { studentT } from "../stats/student.js";
import type { FoundStarts, StartsReport, TiedParameters } from "./expression.js";
import type { FitAnswer } from "./fit-result.js";
import type { AnyModel, BoundModel, Data } from "./model.js";
import type { Parameters } from "./parameters.js";
import type { CorePlan, Done, ResidualProblem } from "./problem.js";
import type { Passes } from "./robust.js";
import type { LeastSquaresSettings } from "./settings.js";

/** What is minimised in place of (model - y) weights: another bound model, y and weights, for data of the fit or of a refit. */
export type ResidualForm = (
  y: Float64Array,
  weights: Float64Array | null,
) => Pick<PreparedFit, "bound" | "y" | "weights">;

/** A fit whose input was checked: the engine and all that the result needs. */
export interface PreparedFit {
  readonly where: string;
  readonly options: LeastSquaresSettings & Limits;
  readonly model: AnyModel;
  /** Names of the predictors; null where x is one array. */
  readonly predictors: readonly string[] | null;
  /** The data's x, as they were copied. */
  readonly data: Data;
  readonly bound: BoundModel;
  readonly parameters: Parameters;
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
  readonly absoluteSigma: boolean;
  /** Of models given as text. */
  readonly plan?: CorePlan | undefined;
  readonly ties?: TiedParameters | undefined;
  readonly notes?: readonly Warning[] | undefined;
  /** Of a search for starting values. */
  readonly starts?: StartsReport | undefined;
  readonly spent?: FoundStarts["spent"] | undefined;
  /** The options as the user gave them, with copies of what may change. */
  readonly given: object;
  readonly form?: ResidualForm | undefined;
  /** Passes of the solve, where they are others than those of its loss. */
  readonly passes?: Passes | undefined;
  /** Adds to the result what only the reader of the model knows. */
  readonly finish?: ((result: object) => void) | undefined;
  /** The class of the result, where it is another one. */
  readonly Answer?: typeof FitAnswer | undefined;
  readonly level: number;
}

/** Residuals (model - y) / sigma of the free parameters, and their Jacobian where the model has one. */
export function residualProblem(
  fit: Pick<PreparedFit, "bound" | "parameters" | "y" | "weights" | "where" | "form">,
  settle: (where: string, done: Done) => Done,
): ResidualProblem {
  const { parameters, where } = fit;
  const { bound, y, weights } = fit.form?.(fit.y, fit.weights) ?? fit;
  const { free, names, init } = parameters;
  const m = y.length;
  const n = free.length;
  const total = names.length;
  const all = total === n;
  const full = init.slice();
  // The model gets a copy: what it writes there reaches nobody.
  const spread = (p: Float64Array): Float64Array => {
    for (let k = 0; k < n; k++) full[free[k]!] = p[k]!;
    return full;
  };
  const center = (out: Float64Array): undefined => {
    for (let i = 0; i < m; i++) out[i] = (out[i]! - y[i]!) * (weights ? weights[i]! : 1);
  };
  const residuals = (p: Float64Array, out: Float64Array): Done => {
    const done = settle(`${where}: the model`, bound.evaluate(spread(p), out));
    return done === undefined ? center(out) : done.then(() => center(out));
  };
  const { jacobian } = bound;
  if (!jacobian) return { m, residuals, size: sizeOf(weights ? y.map((v, i) => v * weights[i]!) : y) };
  const wide = all ? null : new Float64Array(m * total).fill(NaN);
  const narrow = (out: Float64Array): undefined => {
    if (!wide && !weights) return;
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < n; k++) {
        const at = i * n + k;
        out[at] = (wide ? wide[i * total + free[k]!]! : out[at]!) * (weights ? weights[i]! : 1);
      }
    }
  };
  return {
    m,
    residuals,
    memory: bound.memory,
    jacobian: (p, out) => {
      const done = settle(`${where}: the model's jacobian`, jacobian(spread(p), wide ?? out));
      return done === undefined ? narrow(out) : done.then(() => narrow(out));
    },
  };
}

/** absoluteSigma says that sigma is known, so it has to be given. */
export const sigmaMissing = (where: string): DownhillError =>
  new DownhillError("OPTION", `${where}: absoluteSigma is true, but there is no sigma`, {
    details: { option: "absoluteSigma", value: true },
  });

/** 1 / sigma, or null without sigma. */
export function readWeights(where: string, sigma: unknown, m: number): Float64Array | null {
  if (sigma === undefined) return null;
  return readSigmas(where, sigma, m).map((s) => 1 / s);
}

/** m standard deviations, of which 1 / sigma is a number too. */
export function readSigmas(where: string, given: unknown, m: number): Float64Array {
  const all = typeof given === "number" ? new Float64Array(m).fill(given) : given;
  if (!isArrayLike(all)) throw optionError(where, "sigma", given, "a number or an array of numbers");
  const sigmas = copyNumbers(where, "sigma", all, m);
  checkFinite(where, "sigma", sigmas);
  const bad = sigmas.findIndex((s) => !(s > 0 && 1 / s < Infinity));
  if (bad < 0) return sigmas;
  throw noSigma(where, bad, sigmas[bad]!);
}

/** Of a sigma that has no weight. */
export function noSigma(where: string, index: number, value: number): DownhillError {
  const overflows = value > 0 && value < Infinity;
  return new DownhillError(
    "OPTION",
    `${where}: sigma[${index}] must be > ${overflows ? "5.6e-309" : 0}, got ${value}`,
    {
      hint: overflows ? "1 / sigma overflows" : "",
      details: { option: "sigma", index, value },
    },
  );
}

/** A level strictly between 0 and 1. */
export function readLevel(where: string, level: unknown, fallback: number): number {
  return numberOption(where, "level", level, fallback, { min: 0, exclusive: true, below: 1 });
}

/** Two-sided Student quantile; normal where sigma is known, or there is no degree of freedom to estimate it with. */
export function studentOf(fit: PreparedFit, dof: number, level: number): number {
  const estimated = dof > 0 && !fit.absoluteSigma;
  return studentT(0.5 + level / 2, estimated ? dof : Infinity, unlessDisposed(fit.options.runtime));
}
