// Methods, losses and tolerances of least squares: names, defaults, checks.

import { DOGLEG, GAUSS_NEWTON, LEVENBERG, LEVENBERG_MARQUARDT } from "../abi/least-squares.js";
import { readTolerances } from "../driver/tolerances.js";
import type { Limits, Tolerances } from "../driver/types.js";
import { checkKeys, choiceOption, isRecord, numberOption, optionError } from "../runtime/options.js";

/** A method is a row here, a case of the step (assembly/least-squares/step.ts) and one of the policy (policy.ts there). */
const methods = {
  levenbergMarquardt: { code: LEVENBERG_MARQUARDT },
  levenberg: { code: LEVENBERG },
  gaussNewton: { code: GAUSS_NEWTON },
  dogleg: { code: DOGLEG },
} as const;

export type LeastSquaresMethodName = keyof typeof methods;
/**
 * @example
 * methodNames; // what `method` takes
 */
export const methodNames = Object.keys(methods) as readonly LeastSquaresMethodName[];
/** How the core calls it. */
export const methodCode = (name: LeastSquaresMethodName): number => methods[name].code;

export interface LeastSquaresMethod {
  readonly name: LeastSquaresMethodName;
  /** Size of the first step: the trust radius starts at factor |r(x0)|, levenberg's damping at 1e-3 max (J'J)_jj / factor. */
  readonly factor: number;
}

export interface TrustRegionOptions {
  /**
   * Size of the first step: no variable alone may change the residuals by more than factor times their size at the start (levenberg:
   * the first damping is 1e-3 max (J'J)_jj / factor). Default 1.
   */
  factor?: number | undefined;
}

function makeMethod(name: LeastSquaresMethodName, options: TrustRegionOptions = {}): LeastSquaresMethod {
  checkKeys(name, options, ["factor"]);
  return Object.freeze({
    name,
    factor: numberOption(name, "factor", options.factor, 1, { min: 0, exclusive: true }),
  });
}

/**
 * Moré's Levenberg-Marquardt (1978): a trust region in which steps are measured by what they do to the residuals, so that neither
 * unit nor origin of a parameter matters. A run that gets nowhere, crawls, or has not converged in 150 iterations, tries
 * once more from the start with steps relative to the size of the parameters, and the better of both goes on. The default.
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * curveFit({ model: "a*exp(-b*x) + c", x, y, params: { a: 2, b: 0.5, c: 0.5 }, method: levenbergMarquardt({ factor: 0.1 }) }).status;
 */
export const levenbergMarquardt = (options?: TrustRegionOptions): LeastSquaresMethod =>
  makeMethod("levenbergMarquardt", options);
/**
 * Levenberg's damping lambda I, updated by Nielsen's rule (Levenberg 1944; Nielsen 1999, eq. 2.4).
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * curveFit({ model: "a*exp(-b*x) + c", x, y, params: { a: 2, b: 0.5, c: 0.5 }, method: levenberg() }).status;
 */
export const levenberg = (options?: TrustRegionOptions): LeastSquaresMethod =>
  makeMethod("levenberg", options);
/**
 * Gauss-Newton steps, halved until the sum of squares falls.
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * curveFit({ model: "a*exp(-b*x) + c", x, y, params: { a: 2, b: 0.5, c: 0.5 }, method: gaussNewton() }).status;
 */
export const gaussNewton = (): LeastSquaresMethod => makeMethod("gaussNewton");
/**
 * Powell's dogleg in the scaled trust region (Powell 1970).
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * curveFit({ model: "a*exp(-b*x) + c", x, y, params: { a: 2, b: 0.5, c: 0.5 }, method: dogleg() }).status;
 */
export const dogleg = (options?: TrustRegionOptions): LeastSquaresMethod => makeMethod("dogleg", options);

/**
 * @example
 * lossNames.includes("huber"); // true: what `loss` takes
 */
export const lossNames = ["linear", "softL1", "huber", "cauchy", "arctan", "tukey"] as const;
export type LossName = (typeof lossNames)[number];

export interface LeastSquaresSettings {
  method?: LeastSquaresMethodName | LeastSquaresMethod | undefined;
  /** rho(z) of the squared scaled residual z = (r / lossScale)^2. Default "linear": plain least squares. */
  loss?: LossName | undefined;
  /**
   * Residual size beyond which a residual counts as an outlier. Default 1. "mad": from the median absolute
   * residual, renewed until it changes by less than 1 %, at most ten times (W_SCALE_UNSETTLED says where that is too few).
   */
  lossScale?: number | "mad" | undefined;
  /** Relative offset: |projection of r on the columns of J| <= gradTol |r|. Default 1e-10. */
  gradTol?: number | undefined;
  /** Every |step_j| <= stepTol |x_j|. Default 1e-10. */
  stepTol?: number | undefined;
  /** Actual and predicted decrease of the cost <= funTol cost. Default 1e-18. */
  funTol?: number | undefined;
  /** Stops when the cost rss / 2 is at most this. */
  target?: number | undefined;
}

export const settingKeys = ["method", "loss", "lossScale", "gradTol", "stepTol", "funTol", "target"] as const;

export interface Settings {
  readonly method: LeastSquaresMethod;
  readonly loss: LossName;
  readonly lossScale: number | "mad";
  readonly tolerances: Tolerances;
}

export function readSettings(where: string, given: LeastSquaresSettings & Limits): Settings {
  const loss = choiceOption(where, "loss", given.loss, lossNames, "linear");
  const { lossScale = 1 } = given;
  if (lossScale !== "mad" && !(typeof lossScale === "number" && lossScale > 0 && lossScale < Infinity)) {
    throw optionError(where, "lossScale", lossScale, 'a number > 0 or "mad"');
  }
  return {
    method: readMethod(where, given.method),
    loss,
    lossScale,
    tolerances: readTolerances(where, given, { gradTol: 1e-10, stepTol: 1e-10, funTol: 1e-18 }),
  };
}

function readMethod(where: string, given: unknown): LeastSquaresMethod {
  if (given === undefined) return { name: "levenbergMarquardt", factor: 1 };
  const name = choiceOption(
    where,
    "method",
    isRecord(given) ? given.name : (given ?? null),
    methodNames,
    "levenbergMarquardt",
  );
  if (name === given) return { name, factor: 1 };
  const { factor } = given as LeastSquaresMethod;
  if (factor === undefined) throw optionError(where, "method.factor", factor, "a number > 0");
  numberOption(where, "method.factor", factor, 1, { min: 0, exclusive: true });
  return given as LeastSquaresMethod;
}
