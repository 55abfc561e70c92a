// What every minimisation answers; least squares adds to it.

import type { Variant } from "../runtime/rooms.js";
import type { ReportStyle } from "./report.js";
import type { Iteration, Termination, Warning } from "./types.js";

export interface MinimizeFields {
  /** The best point. */
  readonly x: Float64Array;
  /** f there: calling it again gives the same bits. */
  readonly fun: number;
  /** Gradient there; NaN where the method took none. */
  readonly grad: Float64Array;
  /** status is "converged". */
  readonly success: boolean;
  readonly message: string;
  /** Iterations; calls of the function, of the gradient, of the Hessian (or its product with a vector). */
  readonly nit: number;
  readonly nfev: number;
  readonly njev: number;
  readonly nhev: number;
  /** max |gradient|, of the projected gradient under bounds. */
  readonly optimality: number;
  readonly method: string;
  readonly variant: Variant;
  readonly elapsedMs: number;
  readonly warnings: readonly Warning[];
  readonly trace?: readonly Iteration[];
  /** One line (`"brief"`), or the blocks with each stop measure, its tolerance and whether it was met. */
  report(style?: ReportStyle): string;
  toJSON(): Record<string, unknown>;
}

export type MinimizeResult = Termination & MinimizeFields;
