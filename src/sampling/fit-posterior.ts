// posterior(fit): what a curve fit knows of its parameters, as a density for `sample`.

import type { FitResult } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys } from "../runtime/options.js";
import { FitDensity } from "./fit-density.js";
import { type FitPosteriorOptions, ownTerms } from "./fit-prior.js";

export type { FitDensity, FitPosteriorOptions };

/**
 * The posterior density of a curve fit, for `sample`: the fit's data and model, its likelihood (of `residuals: "log"` and a matrix sigma
 * too), and priors as text. Fixed and tied parameters stay so; bounds become constraints. Models without derivatives are differentiated by differences.
 *
 * @throws DownhillError OPTION for what is no result of curveFit, or options that do not go together; EXPRESSION for a prior; UNSUPPORTED for a fit
 * with errors in x. A robust loss is no likelihood: say which one is meant.
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4, 5], [5.1, 3.9, 3.2, 2.4, 2.0, 1.7]];
 * const fit = curveFit({ model: "a*exp(-k*x)", x, y, params: { a: 5, k: 0.2 } });
 * const draws = sample(posterior(fit, { prior: { k: "lognormal(0, 1)" } }), undefined, { seed: 1 });
 * draws.derive("log(2)/k").hdi(0.95);
 */
export function posterior(fit: FitResult, options: FitPosteriorOptions = {}): FitDensity {
  const where = "posterior";
  checkKeys(where, options, ["prior", "likelihood", "dof", "sigma", "observed"]);
  const prepared = typeof fit === "object" && fit !== null ? preparedOf(fit) : undefined;
  if (prepared) return new FitDensity(fit, prepared, { ...options, prior: ownTerms(where, options.prior) });
  throw new DownhillError("OPTION", `${where}: fit must be the result of curveFit, got ${quote(fit)}`, {
    hint: "a copy or a report of a result has lost its data",
    details: { option: "fit" },
  });
}
