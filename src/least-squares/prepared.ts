// The way from the result of a fit back to what was fitted, for rooms above this one: the posterior of a fit samples the
// same residuals, and its picture shows the same data. A registered symbol, so that two copies of the library agree on it.

import type { PreparedFit } from "./fit-problem.js";

export const PREPARED: unique symbol = Symbol.for("downhill.prepared") as never;

/** What a result was made from; undefined for anything else. */
export const preparedOf = (result: object): PreparedFit | undefined =>
  (result as { [PREPARED]?: PreparedFit })[PREPARED];
