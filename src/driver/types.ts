// What every iterative method shares with its caller: limits, progress, how it ended, what to be warned of.

import type { Runtime } from "../runtime/runtime.js";
import type { Iteration } from "./task.js";

export type { Iteration };

export interface Limits {
  /** Default: 1000 iterations for least squares. */
  maxIterations?: number | undefined;
  /** Calls of the function, those for finite differences included. Default: no limit. */
  maxEvaluations?: number | undefined;
  /** Milliseconds. Default: no limit. */
  maxTimeMs?: number | undefined;
  /** Stops a synchronous run with stopped/abort; an asynchronous one rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /**
   * Called after every `every`-th iteration; returning "stop" ends the run with the best point so far. It may be
   * asynchronous in an asynchronous run, which waits for it.
   */
  onIteration?: ((iteration: Iteration) => unknown) | undefined;
  every?: number | undefined;
  /** Keeps every iteration in `result.trace`. */
  trace?: boolean | undefined;
  /** Default: the default runtime. */
  runtime?: Runtime | undefined;
}

export const limitKeys = [
  "maxIterations",
  "maxEvaluations",
  "maxTimeMs",
  "signal",
  "onIteration",
  "every",
  "trace",
  "runtime",
] as const;

export type Termination =
  | { status: "converged"; reason: "gradient" | "step" | "fun" | "target" }
  | { status: "stopped"; reason: "maxIterations" | "maxEvaluations" | "maxTime" | "callback" | "abort" }
  | {
      status: "failed";
      reason: "nonFinite" | "lineSearch" | "singular" | "stalled" | "diverging" | "saddle";
    };

export type WarningCode =
  | "W_COVARIANCE_SINGULAR"
  | "W_PARAM_AT_BOUND"
  | "W_ILL_CONDITIONED"
  | "W_FEW_DOF"
  | "W_GRADIENT_MISMATCH"
  | "W_OTHER_MINIMUM"
  | "W_PARAM_UNUSED"
  | "W_NO_PRODUCT"
  | "W_NO_X"
  | "W_WORSE_THAN_CONSTANT"
  | "W_NEGATIVE_MEAN"
  | "W_SEARCH_CUT"
  | "W_OVERDISPERSED"
  | "W_RELATIVE_BIAS"
  | "W_PARAMS_TOGETHER"
  | "W_OUTLIER"
  | "W_RESIDUALS_NOT_RANDOM"
  | "W_SIGMA_IMPLAUSIBLE"
  | "W_FAR_START"
  | "W_FAR_SIDES"
  | "W_SCALE_UNSETTLED"
  | "W_EXTRAPOLATED"
  | "W_NOT_COMPILED"
  | "W_BOOTSTRAP_FAILED"
  | "W_BOOTSTRAP_CUT"
  | "W_DIVERGENCES"
  | "W_MAX_TREE_DEPTH"
  | "W_RARE_EXCHANGES"
  | "W_ONE_CHAIN"
  | "W_R_HAT"
  | "W_LOW_ESS"
  | "W_E_BFMI"
  | "W_INFINITE_DENSITY"
  | "W_HEAVY_TAILS"
  | "W_PARETO_K";

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly params?: readonly string[];
}

/**
 * What a method publishes at the end of an iteration: one object for the whole run. `gradient`, `step` and
 * `decrease` are the method's stop measures, compared with gradTol, stepTol and funTol; Infinity = not measured.
 */
export interface Progress {
  /** View of the current best point. */
  x: Float64Array;
  fun: number;
  gradNorm: number;
  stepNorm: number;
  gradient: number;
  step: number;
  decrease: number;
}

export interface Tolerances {
  gradTol: number;
  stepTol: number;
  funTol: number;
  target: number;
}
