// What moves a chain: one transition after the other, learning in the warm-up. Its whole state is plain data between two
// transitions, so a run can be saved, moved and replayed to the bit.

import type { Call } from "../driver/task.js";
import type { RandomState } from "../random/philox.js";
import type { Evaluation } from "./evaluation.js";

/** What is recorded of each transition. */
export interface TransitionStats {
  /** Mean acceptance probability of the transition, 0 to 1. */
  acceptance: number;
  stepSize: number;
  /** Doublings of a NUTS trajectory. */
  depth: number;
  /** Leapfrog steps, or evaluations. */
  leaves: number;
  /** 1 where the trajectory diverged. */
  divergent: number;
  energy: number;
}

export interface Mover {
  /** Free coordinates of each walker (most methods have one) and its log density. */
  readonly points: readonly Float64Array[];
  readonly lp: Float64Array;
  /** The gradient at the point, where the method has one. */
  readonly gradient: Float64Array | null;
  /** Of the last transition of each walker. */
  readonly stats: readonly TransitionStats[];
  /** Where the last transition diverged, on the free scale. */
  readonly divergence: Float64Array | null;
  /** What the method wants evaluated once the start is known. */
  start(): Generator<Evaluation, void, void>;
  /** Transition number t, counted from 0, warm-up included. */
  step(t: number): Generator<Call, void, void>;
  save(): MoverState;
  restore(state: MoverState): void;
}

export interface MoverState {
  readonly random: RandomState;
  readonly points: readonly (readonly number[])[];
  readonly lp: readonly number[];
  readonly gradient: readonly number[] | null;
  readonly learnt: unknown;
}

export const noStats = (): TransitionStats => ({
  acceptance: 0,
  stepSize: NaN,
  depth: 0,
  leaves: 0,
  divergent: 0,
  energy: NaN,
});
