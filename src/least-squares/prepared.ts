// The way from the result of a fit back to what was fitted, for rooms above this one: the posterior of a fit samples the
// same residuals.

import type { PreparedFit } from "./fit-problem.js";

const prepared = new WeakMap<object, PreparedFit>();

export function remember(result: object, fit: PreparedFit): void {
  prepared.set(result, fit);
}

/** What a result was made from; undefined for anything else. */
export const preparedOf = (result: object): PreparedFit | undefined => prepared.get(result);
