// What every solver of convex programs is told.

import { type Limits, limitKeys } from "../driver/types.js";

export interface ConvexSettings extends Limits {
  /**
   * Bound on the three relative measures of the answer: violation, stationarity, gap. Default 1e-10; where rounding forbids it 1e-7 is
   * accepted, and said (reason "acceptable"). "admm": 1e-6; "pdhg": 1e-7, and 1e-6 accepted. A larger one is for the gap alone: rows,
   * bounds and stationarity are met to 1e-6 whatever it is.
   */
  tolerance?: number | undefined;
}

export const settingKeys = [...limitKeys, "tolerance"] as const;
