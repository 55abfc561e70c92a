// Many fits of one model as plain data: what a thread needs to run them, and what it gives back. Everything here survives
// structuredClone.

import * as S from "../abi/least-squares.js";
import type { Tolerances } from "../driver/types.js";
import type { LeastSquaresMethodName, LossName } from "../least-squares/settings.js";
import type { Variant } from "../runtime/rooms.js";

/** What all curves share. */
export interface ManyShape {
  readonly source: string;
  readonly variables: readonly string[];
  /** All parameters, in the order of the model; which of them are free; values of the fixed ones. */
  readonly names: readonly string[];
  readonly free: readonly number[];
  readonly init: Float64Array;
  /** Points of a curve. */
  readonly m: number;
  /** One column for each variable, or null where each curve has its own. */
  readonly columns: Float64Array | null;
  readonly weights: Float64Array | null;
  /** Bounds of the free parameters. */
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  readonly method: LeastSquaresMethodName;
  readonly factor: number;
  readonly loss: LossName;
  readonly lossScale: number | "mad";
  readonly tolerances: Tolerances;
  readonly maxIterations: number;
  readonly maxEvaluations: number;
  readonly absoluteSigma: boolean;
  readonly variant: Variant;
  /** Fitted one after the other by curveFit, with these options of it. */
  readonly each?: EachFit | undefined;
}

/** What the core does not do for many curves in one call. */
export interface EachFit {
  /** As the option of curveFit; null where each curve has its starts in ManyData. */
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly starts: unknown;
  /** It is asked for. */
  readonly covariance: boolean;
}

/** Curves beside one another; `null`: shared. */
export interface ManyData {
  readonly count: number;
  /** count*m */
  readonly y: Float64Array;
  /** count * variables * m */
  readonly columns: Float64Array | null;
  readonly weights: Float64Array | null;
  /** count * free; or the same for all. */
  readonly starts: Float64Array;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

/** Of the curves done. */
export interface ManyAnswer {
  /** count * names */
  readonly values: Float64Array;
  /** count * names; NaN for fixed parameters and where it is not known. */
  readonly stderr: Float64Array;
  readonly rss: Float64Array;
  /** END_... */
  readonly ends: Uint8Array;
  readonly nit: Int32Array;
  /** count * names * names, where it is asked for; NaN as in stderr. */
  readonly covariance?: Float64Array | undefined;
}

/** Ends of curves that were not fitted, beside those of the core. */
export const END_MAX_TIME = 11;
export const END_CALLBACK = 12;
export const END_ABORT = 13;

export const statusNames = ["converged", "stopped", "failed", "invalid"] as const;
export const reasonNames = [
  "target",
  "gradient",
  "fun",
  "step",
  "maxIterations",
  "maxEvaluations",
  "nonFinite",
  "stalled",
  "singular",
  "invalid",
  "maxTime",
  "callback",
  "abort",
] as const;

export function statusOf(end: number): number {
  if (end <= S.END_STEP) return 0;
  if (end <= S.END_MAX_EVALUATIONS || end > S.END_INVALID) return 1;
  return end === S.END_INVALID ? 3 : 2;
}

export function emptyAnswer(count: number, { names: { length: names }, each }: ManyShape): ManyAnswer {
  const square = count * names * names;
  return {
    ...(each?.covariance && { covariance: new Float64Array(square).fill(NaN) }),
    values: new Float64Array(count * names).fill(NaN),
    stderr: new Float64Array(count * names).fill(NaN),
    rss: new Float64Array(count).fill(NaN),
    ends: new Uint8Array(count),
    nit: new Int32Array(count),
  };
}

/** Curves from .. to - 1 of the data, without copying. */
export function sliceData(shape: ManyShape, data: ManyData, from: number, to: number): ManyData {
  const cut = (values: Float64Array | null, width: number) =>
    values ? values.subarray(from * width, to * width) : null;
  const n = shape.free.length;
  const own = data.starts.length === data.count * n && data.count > 1;
  return {
    count: to - from,
    y: cut(data.y, shape.m) as Float64Array,
    columns: cut(data.columns, shape.m * shape.variables.length),
    weights: cut(data.weights, shape.m),
    starts: own ? (cut(data.starts, n) as Float64Array) : data.starts,
    lower: cut(data.lower, n),
    upper: cut(data.upper, n),
  };
}

export function putAnswer(into: ManyAnswer, part: ManyAnswer, at: number): void {
  const width = into.rss.length === 0 ? 0 : into.values.length / into.rss.length;
  into.values.set(part.values, at * width);
  into.stderr.set(part.stderr, at * width);
  into.rss.set(part.rss, at);
  into.ends.set(part.ends, at);
  into.nit.set(part.nit, at);
  if (part.covariance) into.covariance?.set(part.covariance, at * width * width);
}
