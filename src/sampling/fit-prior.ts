// What `posterior(fit)` is told, and its priors as one term of the density.

import { checkKeys, optionError } from "../runtime/options.js";
import { DensityPart } from "./density-part.js";
import type { LikelihoodName } from "./likelihoods.js";
import { type Domains, WORDS, writeOut, writePrior } from "./write-out.js";

export interface FitPosteriorOptions {
  /** Laws of parameters by name (`{ a: "normal(0, 5)" }`), or terms of the log density. Default: flat within the fit's bounds. */
  prior?: Readonly<Record<string, string>> | readonly string[] | undefined;
  /** Of an observation about the model. Default: the fit's own, else "gaussian"; "student" has heavy tails; "poisson" is for counts. */
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

/** Terms in a list of one's own, which are texts: whatever becomes of the given one. */
export function ownTerms(where: string, prior: FitPosteriorOptions["prior"]): FitPosteriorOptions["prior"] {
  if (!Array.isArray(prior)) return prior;
  const own: string[] = [];
  for (let i = 0, { length } = prior; i < length; i++) {
    const text: unknown = prior[i];
    if (typeof text !== "string") throw optionError(where, `prior[${i}]`, text, 'a text such as "-a^2/2"');
    own.push(text);
  }
  return own;
}

/** Whether there is a law of this parameter among the priors. */
export const mentions = (prior: FitPosteriorOptions["prior"], name: string): boolean =>
  Array.isArray(prior)
    ? prior.some((text) => typeof text === "string" && (text.match(WORDS) ?? ([] as string[])).includes(name))
    : prior !== undefined && prior !== null && Object.hasOwn(prior, name);

/** The priors as one part, and the constants that it leaves out; null where there are none. */
export function readPrior(
  where: string,
  prior: FitPosteriorOptions["prior"],
  names: readonly string[],
  lower: ArrayLike<number>,
): { readonly part: DensityPart | null; readonly left: DensityPart | null; readonly domains: Domains } {
  const domains: Domains = new Map();
  if (prior === undefined) return { part: null, left: null, domains };
  if (typeof prior !== "object" || prior === null)
    throw optionError(where, "prior", prior, "an object of laws by name, or an array of terms");
  const left: string[] = [];
  const known = { notNegative: new Set(names.filter((_, i) => lower[i]! >= 0)), left, domains };
  let terms: string[];
  if (Array.isArray(prior)) terms = prior.map((text) => writeOut(where, text, undefined, known));
  else {
    checkKeys(`${where}: prior`, prior, names);
    terms = Object.entries(prior as Readonly<Record<string, string>>).map(([name, text]) =>
      writePrior(where, text, name, known),
    );
  }
  const part = (texts: readonly string[], params: readonly string[]) =>
    texts.length === 0 ? null : new DensityPart(texts.join(" + "), params, [], new Float64Array(0), 1);
  return { part: part(terms, names), left: part(left, []), domains };
}
