// What a solve is given and what it tells: the residuals, how a compiled problem moves into the core, the uncertainty.

import type { Method } from "../driver/task.js";
import type { Limits, Termination } from "../driver/types.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { Passes } from "./robust.js";
import type { Settings } from "./settings.js";
import type { FitLayout, Parts, SolveSpace } from "./space.js";

export type Done = void | PromiseLike<void>;

export interface ResidualProblem {
  readonly m: number;
  /** Size (2-norm) of the numbers whose differences the residuals are, where it is known: says how they are rounded. */
  readonly size?: number | undefined;
  /** Fills `out` (m) with the residuals at p (n). */
  residuals(p: Float64Array, out: Float64Array): Done;
  /** Fills `out` (m*n, row-major). Without it: finite differences. */
  jacobian?(p: Float64Array, out: Float64Array): Done;
  /** What it remembers from one call to the next: a saved run has it too. */
  readonly memory?: readonly Float64Array[] | undefined;
}

/** A problem that lives in the memory of its solve: p and out are views of it. */
export interface CoreProblem extends ResidualProblem {
  /** The iteration, run by the core. */
  method(engine: LeastSquaresEngine): Method<Termination>;
  release(): void;
}

/** What such a problem needs in the workspace, beside the vectors of its solve, and how it moves in. */
export interface CorePlan {
  layout(work: number, parts: Parts): FitLayout;
  attach(workspace: SolveSpace): CoreProblem;
}

export interface EngineInput {
  readonly where: string;
  readonly problem: ResidualProblem;
  readonly core?: CorePlan | undefined;
  readonly start: Float64Array;
  readonly bounds: { lower: Float64Array; upper: Float64Array } | null;
  readonly settings: Settings;
  /** In place of those of the loss. */
  readonly passes?: Passes | undefined;
  readonly limits: Limits;
}

export interface Uncertainty {
  readonly rank: number;
  /** Of J with unit columns, 2-norm. */
  readonly conditionNumber: number;
  /** (J'J)^-1, n*n, 0 for variables that their bounds hold; null below full rank of the others. Of a sparse J its diagonal, n. */
  readonly inverse: Float64Array | null;
  /** Share of each variable in the undetermined directions, below full rank. */
  readonly blind: Float64Array | null;
}
