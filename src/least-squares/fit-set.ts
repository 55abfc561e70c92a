// What the result of a global fit tells of each of its sets.

import type { Band, BandOptions, FitX } from "./fit-result.js";

/** What a global fit tells of one of its sets. */
export interface FitSet {
  readonly label: string;
  /** Points, and sum of squared (weighted) residuals. */
  readonly m: number;
  readonly rss: number;
  /** Parameters under their plain names: k, a. */
  readonly values: Readonly<Record<string, number>>;
  /** model - y, not weighted, and the model's values. */
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  /** The curve of this set at new x. */
  predict(x: FitX): Float64Array;
  /** Its band, from the covariance of the whole fit. */
  band(x: FitX, options?: BandOptions): Band;
}
