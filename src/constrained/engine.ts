// What an attempt iterates: a point of a scaled program, made better step by step.

import type { Look } from "../driver/task.js";

export type Parts = Generator<Look, boolean, void>;

export interface Engine {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Residuals of the scaled program, and what else must go to 0. */
  readonly rp: number;
  readonly rd: number;
  readonly mu: number;
  /** Iterations of one step. */
  readonly chunk: number;
  /** Steps without progress before it is given up. */
  readonly patience: number;
  /** Steps without progress before a proof is looked for that there is no solution; default: `patience`. */
  readonly doubt?: number;
  /** Another point worth looking at, taken by whoever looks. */
  polished?: { readonly x: Float64Array; readonly y: Float64Array } | null;
  /** False where numbers are not finite. */
  start(): boolean;
  /** A step of several factorisations comes in parts, between which the driver looks at limits and lets events in. */
  step(): boolean | Parts;
  /** All that later steps read, vectors of the lengths that they have in every engine of this program; not the polished point. */
  save(): Float64Array[];
  /** In place of `start`. */
  restore(saved: readonly Float64Array[]): void;
  release(): void;
}
