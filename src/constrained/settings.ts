// What every solver of convex programs is told.

import { type Limits, limitKeys } from "../driver/types.js";

export interface ConvexSettings extends Limits {
  /**
   * "Solved" means: at the answer, computed from the program as given, each violation and each stationarity is at most this times the terms
   * of its own row or column, each multiplier times distance at most this times the terms of both, the gap at most this times max(1, |f|).
   * Default 1e-6; without it the run goes on to 1e-10 ("pdhg" 1e-7, not "admm") where rounding allows, and the result says so. Rows, bounds and
   * stationarity are met to 1e-6 whatever it is.
   */
  tolerance?: number | undefined;
}

export const settingKeys = [...limitKeys, "tolerance"] as const;
