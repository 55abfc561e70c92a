// What a user of an optimizer sees.

import type { Runtime } from "../runtime/runtime.js";
import type { Group } from "./groups.js";
import type { DType } from "./run.js";
import type { OptimizerState } from "./snapshot.js";

export type FloatVector = Float64Array | Float32Array;

/** Gets the gradient zeroed, fills it, and returns the loss. Both vectors are borrowed for the call. */
export type Closure = (params: FloatVector, grads: FloatVector) => number;

export interface OptimizerOptions {
  /**
   * Default: "f32" when the parameters come as a Float32Array, else "f64". A rate, a decay or another number of a rule is at most
   * 1e18 in f32 and 1e150 in f64 (OPTION; CALLBACK_RESULT from a schedule).
   */
  dtype?: DType | undefined;
  /** Clips every element of the gradient to [-clipValue, clipValue], before anything else. */
  clipValue?: number | undefined;
  /** Scales the gradient so that its Euclidean norm, after clipValue, is at most this. */
  clipNorm?: number | undefined;
  /** Ascends: the gradient is negated. */
  maximize?: boolean | undefined;
  /** Skips steps whose gradient has a NaN or an infinity; `skipped` counts them. */
  skipNonFinite?: boolean | undefined;
  groups?: readonly Group[] | undefined;
  runtime?: Runtime | undefined;
}

export interface Optimizer extends Disposable {
  /** The parameters: a live view, yours to read and write until `dispose()`. */
  readonly params: FloatVector;
  /** Where you put the gradient, as a mean over the samples. A step leaves it as it is. */
  readonly grads: FloatVector;
  /**
   * Takes a step with the gradient in `grads`. A NaN there goes into its parameter, or its state (lion and rprop move by
   * signs, and NaN has none), unless `skipNonFinite` skips the step or `clipNorm` refuses it.
   */
  step(): void;
  /** Calls the closure and takes a step. Returns the loss; when that is not finite, or the step is skipped, nothing moves. */
  step(closure: Closure): number;
  /** Steps taken, and steps skipped because loss or gradient were not finite. */
  readonly steps: number;
  readonly skipped: number;
  /** Learning rate of the next step. */
  readonly lr: number;
  /**
   * Euclidean norm of the last step's gradient before clipping, computed on first read: read it before you change `grads`.
   * NaN or Infinity when the gradient had one.
   */
  readonly gradNorm: number;
  zeroGrad(): void;
  /** Changes options of the rule, or clipping, for all parameters (a group keeps what it set itself) or for one group. */
  configure(patch: Readonly<Record<string, unknown>>, group?: number): void;
  /** Forgets state, counts and steps; keeps parameters and options. */
  reset(): void;
  /** A copy of a state vector, for example "m" and "v" of adam, "average" of asgd. */
  vector(name: string): FloatVector;
  /** Everything that happened since construction; survives structuredClone and JSON. Schedules are not in it, `steps` is. */
  state(): OptimizerState;
  /** Continues from a state bit for bit; SNAPSHOT, with nothing changed, when it is of another rule, length or version. */
  restore(state: OptimizerState): void;
  /** Gives the memory back. A second call does nothing. */
  dispose(): void;
}
