// The result of curveFit: values with their uncertainty, statistics of the fit, and what can be asked of it
// afterwards (predict, band, profile, report). It owns ordinary arrays only.

import type { Iteration, Termination, Warning } from "../driver/types.js";
import type { Variant } from "../runtime/rooms.js";
import type { PredictorColumns } from "./model.js";
import type { ReportOptions } from "./report.js";
import type { FitStatistics } from "./statistics.js";

export interface FitParam {
  readonly value: number;
  /** Standard error; null when it is not known (fixed, or not determined by the data). */
  readonly stderr: number | null;
  /** Confidence interval value +/- t stderr at the level of the fit. */
  readonly ci: readonly [number, number] | null;
  readonly init: number;
  /** The value stands at its min or max. */
  readonly atBound: boolean;
  readonly fixed: boolean;
}

export interface Band {
  /** Model values, and the limits of the band, at each x. */
  readonly fit: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface BandOptions {
  /** Default: the level of the fit. */
  level?: number | undefined;
  /** "confidence" (default): of the curve. "prediction": of a new observation of the residual standard deviation. */
  kind?: "confidence" | "prediction" | undefined;
}

export type FitX = ArrayLike<number> | PredictorColumns;

export interface FitFields<P extends string = string> extends FitStatistics {
  readonly values: Readonly<Record<P, number>>;
  readonly params: Readonly<Record<P, FitParam>>;
  /** n*n over the free parameters, in freeNames order: inv(J'J) redChi2 (absoluteSigma: inv(J'J)). Null below full rank. */
  readonly covariance: Float64Array | null;
  readonly correlation: Float64Array | null;
  readonly freeNames: readonly P[];
  readonly rank: number;
  /** 2-norm condition number of the Jacobian with unit columns. */
  readonly conditionNumber: number;
  /** model - y, not weighted, and the model's values: m each. */
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  readonly warnings: readonly Warning[];
  readonly success: boolean;
  readonly message: string;
  readonly nit: number;
  readonly nfev: number;
  readonly njev: number;
  readonly method: string;
  readonly variant: Variant;
  readonly elapsedMs: number;
  readonly trace?: readonly Iteration[];
  /** The model at new x. */
  predict(x: FitX): Float64Array;
  /** Pointwise band by the delta method, with Student's t. Null limits are NaN when there is no covariance. */
  band(x: FitX, options?: BandOptions): Band;
  /** Profile-likelihood interval: where the rss, minimised over the other parameters, exceeds its minimum by F. */
  profile(name: P, options?: { level?: number | undefined }): [number, number];
  /** One line, or lmfit's three blocks. */
  report(options?: ReportOptions): string;
  toJSON(): Record<string, unknown>;
}

export type FitResult<P extends string = string> = Termination & FitFields<P>;
