// How the data of a fit are distributed about its model, as the fit was told: the law, whose residuals, and their weights. What has no
// such law is refused.

import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { Random } from "../random/philox.js";
import { exp, log } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { choiceOption, numberOption, optionError } from "../runtime/options.js";
import type { FitPosteriorOptions } from "./fit-prior.js";
import type { Likelihood, LikelihoodName } from "./likelihoods.js";

export interface Observation {
  /** The fit with the residuals of the law. */
  readonly fit: PreparedFit;
  /** 1 / standard deviation of each residual, or of its logarithm; null: 1. */
  readonly weights: Float64Array | null;
  readonly likelihood: LikelihoodName;
  readonly dof: number;
  readonly sigma: "known" | "estimated" | "marginalised";
  /**
   * "log": log(y) is distributed about log(model). "relative": the standard deviation of a new observation is in proportion to the model.
   * "joint": data that depend on each other, as a matrix sigma has them.
   */
  readonly errors: "plain" | "log" | "relative" | "joint";
}

type Given = Partial<Record<"likelihood" | "residuals" | "sigmaX", unknown>>;

export function readObservation(where: string, fit: PreparedFit, options: FitPosteriorOptions): Observation {
  const given = (fit.given ?? {}) as Given;
  const { loss = "linear" } = fit.options;
  const own = given.likelihood as LikelihoodName | undefined;
  if (given.sigmaX !== undefined)
    throw new DownhillError(
      "UNSUPPORTED",
      `${where}: the fit has errors in x, whose true values are no parameters of it`,
      {
        hint: "fit without sigmaX, or write the whole density with compileDensity",
      },
    );
  if (loss !== "linear" && own !== "student" && options.likelihood === undefined)
    throw new DownhillError("OPTION", `${where}: the loss ${quote(loss)} of the fit is no likelihood`, {
      hint: 'say which one is meant: likelihood: "student" (heavy tails), or "gaussian"',
      details: { option: "likelihood" },
    });
  const names = ["gaussian", "student", "poisson"] as const;
  const likelihood = choiceOption(where, "likelihood", options.likelihood, names, own ?? "gaussian");
  const dof = numberOption(where, "dof", options.dof, 4, { min: 0, exclusive: true });
  // The weights of counts only lead their fit.
  const plain = own === "poisson" ? { ...fit, form: undefined, weights: null } : fit;
  const known = likelihood === "poisson" || (fit.absoluteSigma && own !== "poisson");
  const sigma = choiceOption(
    where,
    "sigma",
    options.sigma,
    ["known", "estimated", "marginalised"],
    known ? "known" : "estimated",
  );
  if (sigma === "marginalised" && likelihood !== "gaussian")
    throw optionError(where, "sigma", sigma, `"known" or "estimated" with likelihood "${likelihood}"`);
  const logs = given.residuals === "log";
  const errors = logs ? "log" : given.residuals === "relative" ? "relative" : plain.form ? "joint" : "plain";
  if (likelihood === "poisson") checkCounts(where, plain, sigma, errors);
  if (errors === "joint" && likelihood !== "gaussian")
    throw optionError(where, "likelihood", likelihood, `"gaussian" with a matrix sigma`);
  const weights = plain.form ? plain.form(plain.y, plain.weights).weights : plain.weights;
  return { fit: plain, weights, likelihood, dof, sigma, errors };
}

function checkCounts(where: string, { weights, y }: PreparedFit, sigma: string, errors: string): void {
  if (weights || sigma !== "known" || errors !== "plain") {
    throw new DownhillError("OPTION", `${where}: a Poisson likelihood has no sigma`, {
      hint: "fit without sigma, weights and residuals for this posterior",
      details: { option: "likelihood" },
    });
  }
  const bad = y.findIndex((v) => !(v >= 0 && Number.isInteger(v)));
  if (bad >= 0)
    throw new DownhillError("OPTION", `${where}: a Poisson likelihood needs counts, y[${bad}] is ${y[bad]}`, {
      hint: "whole numbers from 0",
      details: { option: "likelihood", index: bad },
    });
}

/** log of what each weight, and the logarithm of a datum, multiplies the law by. */
export function jacobianOf({ fit, weights, errors }: Observation, i: number): number {
  return (weights ? log(weights[i]!) : 0) - (errors === "log" ? log(fit.y[i]!) : 0);
}

/** Of a new observation: the root of the mean variance of those of the fit, in their own terms. */
function meanDeviation({ fit, weights, errors }: Observation): number {
  if (!weights) return 1;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const share = errors === "relative" ? Math.abs(fit.y[i]!) : 1;
    sum += 1 / (weights[i]! * weights[i]! * share * share);
  }
  return Math.sqrt(sum / weights.length);
}

/** What turns values of the model into new observations at scale s. */
export function newObservations(where: string, observation: Observation, law: Likelihood) {
  const { errors } = observation;
  const sd = meanDeviation(observation);
  return (s: number, values: Float64Array, random: Random): void => {
    if (errors === "joint")
      throw new DownhillError(
        "UNSUPPORTED",
        `${where}: how a new observation depends on the others is not known`,
        {
          hint: 'kind: "credible" is of the curve',
        },
      );
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!;
      if (errors === "log") values[i] = v * exp(law.draw(0, sd * s, random));
      else values[i] = law.draw(v, errors === "relative" ? sd * s * Math.abs(v) : sd * s, random);
    }
  };
}

/** Values and standard errors of the free parameters. NON_FINITE_INPUT where the fit has no values. */
export function fittedOf(where: string, result: FitResult, names: readonly string[]) {
  const values = names.map((each) => result.params[each]!.value);
  if (!values.every(Number.isFinite))
    throw new DownhillError("NON_FINITE_INPUT", `${where}: the fit has no finite values`);
  const variances = names.map((each, j) => {
    const e = result.params[each]!.stderr ?? 0;
    const sd = e > 0 && Number.isFinite(e) ? e : 0.1 * Math.max(Math.abs(values[j]!), 1e-3);
    return sd * sd;
  });
  return { values, variances };
}

/** A fit may end on a bound, where the density of free coordinates has no point: a little inside. */
export function keepInside(
  start: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  variances: Float64Array,
): void {
  for (let j = 0; j < start.length; j++) {
    const width = upper[j]! - lower[j]!;
    const step = Math.min(Math.sqrt(variances[j]!), width === Infinity ? Infinity : width / 4);
    if (start[j]! <= lower[j]!) start[j] = lower[j]! + step;
    if (start[j]! >= upper[j]!) start[j] = upper[j]! - step;
  }
}
