// What `posterior(fit)` is told, and its priors as one term of the density.

import { checkKeys, optionError } from "../runtime/options.js";
import { DensityPart } from "./density-part.js";
import { writeOut } from "./laws.js";
import type { LikelihoodName } from "./likelihoods.js";

export interface FitPosteriorOptions {
  /** Laws of parameters by name (`{ a: "normal(0, 5)" }`), or terms of the log density. Default: flat within the fit's bounds. */
  prior?: Readonly<Record<string, string>> | readonly string[] | undefined;
  /** Of an observation about the model. Default "gaussian"; "student" has heavy tails; "poisson" is for counts. */
  likelihood?: LikelihoodName | undefined;
  /** Degrees of freedom of "student". Default 4. */
  dof?: number | undefined;
  /**
   * "known": the fit's sigma is the standard deviation (default with absoluteSigma). "estimated" (default without): a parameter `sigma`, with
   * the prior 1/sigma unless `prior` has a law for it, by which the given ones are multiplied. "marginalised": the same, integrated out (gaussian only).
   */
  sigma?: "known" | "estimated" | "marginalised" | undefined;
  /** false: the priors alone, for prior predictive draws; each parameter then needs a law of its own. Default true. */
  observed?: boolean | undefined;
}

/** Null where there is none. */
export function readPrior(
  where: string,
  prior: FitPosteriorOptions["prior"],
  names: readonly string[],
): DensityPart | null {
  if (prior === undefined) return null;
  if (typeof prior !== "object" || prior === null)
    throw optionError(where, "prior", prior, "an object of laws by name, or an array of terms");
  let terms: string[];
  if (Array.isArray(prior)) terms = prior.map((text) => writeOut(where, text));
  else {
    checkKeys(`${where}: prior`, prior, names);
    terms = Object.entries(prior as Readonly<Record<string, string>>).map(([name, text]) =>
      writeOut(where, text, name),
    );
  }
  if (terms.length === 0) return null;
  return new DensityPart(terms.join(" + "), names, [], new Float64Array(0), 1);
}
