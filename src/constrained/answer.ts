// What solveQP and solveLP give back: a point with its multipliers, or a certificate that there is none.

import { Answer, type Block, type Origin, type Row } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Measures } from "./measures.js";

export type ConvexEnd =
  | { status: "solved"; reason: "optimal" | "acceptable" }
  | { status: "primalInfeasible"; reason: "certificate" }
  | { status: "dualInfeasible"; reason: "ray" }
  | { status: "nonConvex"; reason: "negativeCurvature" }
  | Stopped
  | { status: "failed"; reason: "stalled" | "numerical" };

/** Proof of the status: multipliers { y, z } with A'y + z = 0 whose bounds contradict each other; a ray { x }; a direction { d } with d'Pd < 0. */
export interface Certificate {
  readonly y?: Float64Array;
  readonly z?: Float64Array;
  readonly x?: Float64Array;
  readonly d?: Float64Array;
}

const messages: Record<string, string> = {
  optimal: "x is feasible and optimal within the tolerance",
  acceptable: "rounding kept x from the tolerance asked for: optimal to 1e-6 only",
  certificate: "the constraints contradict each other: certificate.y and certificate.z prove it",
  ray: "the objective falls without end along certificate.x",
  negativeCurvature: "the objective is not convex: certificate.d has negative curvature",
  maxIterations: "the limit of iterations is reached",
  maxEvaluations: "the limit of factorisations is reached",
  maxTime: "the time is up",
  callback: "onIteration ended the run",
  abort: "the run was aborted",
  stalled: "no further progress; no certificate of infeasibility was found either",
  numerical: "numbers left their range",
};

export interface ConvexFields extends Measures {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly certificate?: Certificate | undefined;
  readonly conflict?: readonly (string | number)[] | undefined;
}

export class ConvexAnswer extends Answer<ConvexEnd> {
  readonly x: Float64Array;
  /** Multipliers of l <= Ax <= u: positive where the upper side binds, negative where the lower does. */
  readonly y: Float64Array;
  /** Multipliers of the bounds, likewise; Px + q + A'y + z = 0. */
  readonly z: Float64Array;
  readonly objective: number;
  readonly dualObjective: number;
  /** Largest violation over max(1, |Ax|, |x|). */
  readonly primalResidual: number;
  /** Largest multiplier that points to an infinite bound over max(1, |q|, |Px|, |A'y|). */
  readonly dualResidual: number;
  /** |objective - dual objective| over max(1, both). */
  readonly gap: number;
  declare readonly certificate?: Certificate;
  /** A small set of rows (by name or index) and bounds ("x3 >= lower") that contradict each other. */
  declare readonly conflict?: readonly (string | number)[];

  constructor(end: ConvexEnd, watch: Watch, origin: Origin, f: ConvexFields) {
    super(end, watch, origin);
    this.x = f.x;
    this.y = f.y;
    this.z = f.z;
    this.objective = f.objective;
    this.dualObjective = f.dualObjective;
    this.primalResidual = f.primal;
    this.dualResidual = f.dual;
    this.gap = f.gap;
    if (f.certificate) this.certificate = f.certificate;
    if (f.conflict) this.conflict = f.conflict;
  }

  get message(): string {
    return messages[this.reason]!;
  }

  protected get brief(): string {
    return `objective = ${short(this.objective)}, ${this.nit} iterations`;
  }

  protected get blocks(): readonly Block[] {
    const rows: Row[] = [
      ["objective", short(this.objective)],
      ["dual objective", short(this.dualObjective)],
      ["primal residual", short(this.primalResidual, 3)],
      ["dual residual", short(this.dualResidual, 3)],
      ["gap", short(this.gap, 3)],
      ["iterations", this.nit],
    ];
    if (this.conflict) rows.push(["conflict", this.conflict.join(", ")]);
    return [{ title: "Convex program", rows }];
  }
}
