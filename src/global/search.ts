// What every method of global search is: a state machine that makes a generation of points in the unit cube and learns from their
// values. Who evaluates them, and where, is not its business.

import type { Runtime } from "../runtime/runtime.js";
import type { Minima } from "./minima.js";

/** Why a search ended by itself. */
export type SearchReason =
  | "fun"
  | "step"
  | "target"
  | "restarts"
  | "generations"
  | "flat"
  | "stagnation"
  | "nonFinite"
  | "infeasible";

export interface SearchEnd {
  readonly status: "converged" | "failed";
  readonly reason: SearchReason;
}

/** Text, numbers and lists of them: what a search needs to go on. */
export type SavedSearch = Readonly<Record<string, unknown>>;

export interface Search {
  /** Points that wait to be evaluated after `ask`. */
  readonly rows: number;
  /** rows x n numbers in [0, 1]. May be another array after `tell`. */
  readonly points: Float64Array;
  /** To be filled before `tell`: NaN or Infinity is a failed evaluation. */
  readonly values: Float64Array;
  /** Where `values` rank within one generation only (an augmented Lagrangian): what each point is worth beside those of others. */
  readonly keys?: Float64Array | null;
  /** With keys: the centre of the generation, in the cube. */
  readonly centre?: Float64Array;
  readonly restarts: number;
  /** What an iteration shows beside the best point: the spread of the population, its size. */
  readonly spread: number;
  /** Makes the next points. */
  ask(): void;
  /** Learns from the values; how the search ended, or null. */
  tell(): SearchEnd | null;
  /** Taken between `tell` and `ask`. */
  save(): SavedSearch;
  /** Puts a new search where the saved one was; false where it is of another. */
  restore(saved: SavedSearch): boolean;
  release(): void;
}

/** What a method is told about the problem. */
export interface SearchContext {
  readonly n: number;
  readonly seed: number;
  readonly runtime: Runtime | undefined;
  /** Evaluations the search may take; Infinity without a limit. */
  readonly budget: number;
  /** There is a limit of evaluations or of time: the search is to use it. */
  readonly limited: boolean;
  /** Generations without a single value after which it gives up: none where evaluations or time end it. */
  readonly hopeless: number;
  /** Values of each variable: 0 for a continuous one, else the number of its equal cells. */
  readonly cells: Int32Array;
  /** Every variable is continuous, and there are no constraints. */
  readonly smooth: boolean;
  /** There are constraints: values above INFEASIBLE are of points that violate them. */
  readonly constrained: boolean;
  /** A point of the user's in the cube. */
  encode(name: string, x: ArrayLike<number>): Float64Array;
  /** The cube's size of so many of the user's units of each variable. */
  units(name: string, size: number | ArrayLike<number>): Float64Array;
  readonly minima: Minima;
}
