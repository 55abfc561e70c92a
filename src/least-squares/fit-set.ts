// What the result of a global fit tells of each of its sets, and inverse prediction.

import type { Band, BandOptions, FitX } from "./fit-result.js";

export interface CalibrateOptions {
  /** "prediction" (default): y is one new observation. "confidence": y is known. */
  kind?: "prediction" | "confidence" | undefined;
  /** Default: that of the fit. */
  level?: number | undefined;
  /** Standard deviation of the new observation, as of `band`. */
  sigma?: number | undefined;
}

export interface Calibrated {
  /** Where the curve meets y; of several places the first inside the data. */
  readonly x: number;
  readonly ci: readonly [number, number];
  /** Other places at which it meets y, inside the data or a tenth of their range beyond. */
  readonly others: readonly number[];
  /** Why x, or its interval, is NaN. */
  readonly why?: string;
}

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
  /** The x at which a new observation of this set was y, or the mean of replicates y, with its interval; of one predictor. */
  calibrate(y: number | ArrayLike<number>, options?: CalibrateOptions): Calibrated;
}
