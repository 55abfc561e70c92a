// The schedules under one name. A plain table of functions, not a namespace re-export, so that a bundle
// without schedules leaves them out.

import { reduceOnPlateau } from "./plateau.js";
import {
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  exponential,
  momentumWarming,
  multiStep,
  oneCycle,
  piecewiseLinear,
  polynomial,
  robbinsMonro,
  sequence,
  step,
  warmup,
} from "./schedules.js";

/**
 * Learning rates and momenta as functions of the step, which counts from 0.
 *
 * @example
 * schedules.cosine({ lr: 0.1, steps: 100 })(50); // 0.05
 */
export const schedules = {
  constant,
  piecewiseLinear,
  momentumWarming,
  exponential,
  step,
  multiStep,
  cosine,
  cosineRestarts,
  polynomial,
  robbinsMonro,
  warmup,
  sequence,
  oneCycle,
  cyclic,
  reduceOnPlateau,
};
