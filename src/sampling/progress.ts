// What is seen of a run of `sample` while it goes on, and what is kept of it.

import type { Iteration } from "../driver/types.js";
import type { Sealed } from "../runtime/saved.js";

/** What `onIteration` gets: `x` and `fun` are the point of the first chain and its log density. */
export interface SampleIteration extends Iteration {
  readonly phase: "warmup" | "draws";
  /** Draws kept of each chain so far. */
  readonly draw: number;
  readonly divergences: number;
  readonly stepSize: number;
}

/** Everything of a run between two transitions. */
export interface SampleState extends Sealed {
  readonly method: string;
  readonly shape: readonly number[];
  readonly counts: readonly number[];
  readonly transitions: number;
  readonly movers: readonly string[];
  /** What was found at the start, and which chains have gone far out. */
  readonly mismatch: readonly string[] | null;
  readonly escapes: unknown;
  readonly recorded: unknown;
}
