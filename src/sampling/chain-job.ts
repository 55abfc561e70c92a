// Chains as plain data: what a thread needs to run some of them, and what it gives back. Everything here survives structuredClone.

import type { Variant } from "../runtime/rooms.js";
import type { Around } from "./around.js";
import type { Recipe } from "./compile-density.js";
import type { MetricKind, SamplingMethod } from "./methods.js";
import type { MetricState } from "./metric.js";
import type { Divergence, SamplerStats } from "./recorder.js";

export interface ChainJob {
  readonly recipe: Recipe;
  readonly method: SamplingMethod;
  readonly metric: MetricKind | MetricState;
  /** Chains of the run, and which of them are these. */
  readonly chains: number;
  readonly first: number;
  readonly count: number;
  readonly warmup: number;
  readonly draws: number;
  readonly seed: number;
  readonly jitter: number | undefined;
  readonly checkGradient: boolean;
  readonly starts: readonly Float64Array[] | null;
  readonly around: Around | null;
  readonly pathfinder: boolean;
  readonly maxIterations: number | undefined;
  readonly maxTimeMs: number | undefined;
  readonly variant: Variant;
}

export interface ChainAnswer extends SamplerStats {
  readonly status: "completed" | "stopped" | "failed";
  readonly reason: string;
  readonly detail: string;
  /** Transitions made, and draws kept of each chain. */
  readonly transitions: number;
  readonly kept: number;
  readonly draws: Float64Array;
  /** Chains are counted from `first`. */
  readonly divergences: readonly Divergence[];
  readonly metrics: readonly (MetricState | null)[];
  readonly mismatch: readonly string[] | null;
  /** Where the log density was +Infinity. */
  readonly infiniteAt: Float64Array | null;
  /** Least share of the exchanges of tempering that were taken; NaN otherwise. */
  readonly exchange: number;
  readonly nfev: number;
  readonly njev: number;
}

/** Threads that run chains; made by `pool` of downhill/workers. */
export interface ChainPool {
  readonly size: number;
  sample(job: ChainJob, signal: AbortSignal | undefined, maxTimeMs?: number): Promise<ChainAnswer>;
}
