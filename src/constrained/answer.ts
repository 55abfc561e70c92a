// What solveQP and solveLP give back: a point with its multipliers, or a certificate that there is none.

import { Answer, type Block, type Origin, type Row } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { unlessDisposed } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Measures } from "./measures.js";
import type { Program } from "./program.js";
import { type Ranging, rangingOf } from "./ranging.js";
import { type Sensitivity, sensitivityOf } from "./sensitivity.js";
import type { Basis } from "./simplex/basis.js";

export type ConvexEnd =
  | { status: "solved"; reason: "optimal" }
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
  certificate: "the constraints contradict each other: certificate.y and certificate.z prove it",
  ray: "the objective falls without end along certificate.x",
  negativeCurvature:
    "the objective is not convex: certificate.d has negative curvature (a covariance rounded to few digits may need a little more on its diagonal)",
  maxIterations: "the limit of iterations is reached",
  maxEvaluations: "the limit of factorisations is reached",
  maxTime: "the time is up",
  callback: "onIteration ended the run",
  abort: "the run was aborted",
  stalled: "no further progress; no certificate of infeasibility was found either",
  numerical: "numbers left their range",
};

export interface ConvexFields extends Measures {
  readonly tolerance: number;
  readonly program: Program;
  readonly runtime: Runtime | undefined;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly certificate?: Certificate | undefined;
  readonly conflict?: readonly (string | number)[] | undefined;
  readonly basis?: Basis | undefined;
}

export class ConvexAnswer extends Answer<ConvexEnd> {
  readonly x: Float64Array;
  /** Multipliers of l <= Ax <= u: positive where the upper side binds, negative where the lower does. */
  readonly y: Float64Array;
  /** Multipliers of the bounds, likewise; Px + q + A'y + z = 0. */
  readonly z: Float64Array;
  readonly objective: number;
  readonly dualObjective: number;
  /** Largest violation of a row or bound over the terms of that row: max(1, |side|, |a_ij x_j|). */
  readonly primalResidual: number;
  /** Largest multiplier that points to an infinite bound over the terms of that column: max(1, |q_j|, |P_jk x_k|, |a_ij y_i|). */
  readonly dualResidual: number;
  /** Largest |multiplier| times distance from its side, over the terms of both. */
  readonly complementarity: number;
  /** |objective - dual objective| over max(1, both). */
  readonly gap: number;
  /** What a status "solved" claims: primalResidual and dualResidual are at most this and 1e-6, complementarity and gap at most this. */
  readonly tolerance: number;
  /** c + A'y (for a quadratic program Px + q + A'y): what the objective gains where x_j grows; minus z. */
  readonly reducedCosts: Float64Array;
  declare readonly certificate?: Certificate;
  /** Of an infeasible program: a small set of rows, by name or index, that contradict each other and the bounds. */
  declare readonly conflict?: readonly (string | number)[];
  /** Of method "simplex", where it was solved: the basis of the vertex x, which another run may start from. */
  declare readonly basis?: Basis;

  readonly #program: Program;
  readonly #runtime: Runtime | undefined;

  constructor(end: ConvexEnd, watch: Watch, origin: Origin, f: ConvexFields) {
    super(end, watch, origin);
    this.x = f.x;
    this.y = f.y;
    this.z = f.z;
    this.objective = f.objective;
    this.dualObjective = f.dualObjective;
    this.primalResidual = f.primal;
    this.dualResidual = f.dual;
    this.complementarity = f.complementarity;
    this.gap = f.gap;
    this.tolerance = f.tolerance;
    this.reducedCosts = f.z.map((v) => (v === 0 ? 0 : -v));
    this.#program = f.program;
    this.#runtime = f.runtime;
    if (f.certificate) this.certificate = f.certificate;
    if (f.conflict) this.conflict = f.conflict;
    if (f.basis && this.success) this.basis = f.basis;
  }

  /**
   * d x / d data: by q, by the sides of the rows and by the bounds that bind. One factorisation, and one solve for each column.
   *
   * @throws UNSUPPORTED where the program was not solved or a side binds without a multiplier; SINGULAR where x
   * is not unique or the rows that bind depend on each other.
   */
  sensitivity(): Sensitivity {
    if (!this.success)
      throw new DownhillError(
        "UNSUPPORTED",
        `sensitivity: the program was not solved, its status is ${this.status}`,
      );
    return sensitivityOf(this.#program, this.x, this.y, this.z, unlessDisposed(this.#runtime));
  }

  /**
   * Of a linear program: the intervals of each cost, and of the side of each row, in which the same basis is optimal. That of method
   * "simplex" is `basis`; of others null where the answer is not a vertex with exactly n binding sides, each with a multiplier: at a
   * degenerate or not unique optimum no basis is the only one.
   */
  ranging(): Ranging | null {
    return this.success ? rangingOf(this.#program, this.x, this.y, this.z, this.basis) : null;
  }

  get message(): string {
    if (this.reason === "optimal")
      return `x is feasible and optimal within ${short(this.tolerance, 3)}, relatively`;
    return messages[this.reason]!;
  }

  protected get brief(): string {
    return `objective = ${short(this.objective)}, ${this.nit} iterations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const rows: Row[] = [
      ["objective", short(this.objective)],
      ["dual objective", short(this.dualObjective)],
      ["primal residual", short(this.primalResidual, 3)],
      ["dual residual", short(this.dualResidual, 3)],
      ["complementarity", short(this.complementarity, 3)],
      ["gap", short(this.gap, 3)],
      ["tolerance", short(this.tolerance, 3)],
      ["iterations", this.nit],
    ];
    if (this.conflict) rows.push(["conflict", this.conflict.join(", ")]);
    return [{ title: "Convex program", rows }];
  }
}
