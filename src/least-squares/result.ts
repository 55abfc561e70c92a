// The answer of leastSquares: a value, built once the memory is read out.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { describe, measureLines, type StopMeasure, short } from "../driver/report.js";
import type { Termination } from "../driver/types.js";
import { studentT } from "../stats/student.js";
import type { LeastSquaresEngine } from "./engine.js";
import { type FitRun, runWarnings, sumOfSquares } from "./run.js";
import { correlationOf, scaledBy } from "./statistics.js";

/** How a result tells uncertainty: the level of intervals, whether residuals are in units of their own standard deviation. */
export interface Telling {
  readonly level: number;
  readonly absoluteSigma: boolean;
}

export class LeastSquaresAnswer extends Answer<Termination> {
  /** The best point. */
  readonly x: Float64Array;
  /** rss / 2, or half the robust sum. */
  readonly fun: number;
  /** Gradient of `fun`; NaN where a limit ended the run before it was known. */
  readonly grad: Float64Array;
  /** Calls of the Jacobian, or its differences; there is no Hessian. */
  readonly njev: number;
  readonly nhev: number;
  /** max |gradient|, of the projected gradient under bounds. */
  readonly optimality: number;
  /** m residuals at x. */
  readonly residuals: Float64Array;
  /** m*n at x, row-major, or the entries of `jacobianPattern` in its order; NaN where a limit ended the run before it was known; with a robust loss its rows carry the weights of the last iteration. */
  readonly jacobian: Float64Array;
  /** Sum of squared residuals. */
  readonly rss: number;
  /** Numerical rank of the Jacobian, and its 2-norm condition number with unit columns. */
  readonly rank: number;
  readonly conditionNumber: number;
  /** Degrees of freedom, m less the rank of the Jacobian (a variable that its bounds hold takes none), and rss over them. */
  readonly dof: number;
  readonly redChi2: number;
  /**
   * n*n: inv(J'J) redChi2 (absoluteSigma: inv(J'J); a robust loss: J weighted, and Huber's factor in place of redChi2), 0 for
   * variables that their bounds hold. Null below full rank of the others, where there are no more residuals than those, and with
   * `jacobianPattern`.
   */
  readonly covariance: Float64Array | null;
  /** Standard errors, n: roots of the diagonal of the covariance; its correlations, n*n, null where that is. */
  readonly stderr: Float64Array | null;
  readonly correlation: Float64Array | null;
  /** Intervals x +/- t stderr at `level`: Student's t with dof, the normal law with absoluteSigma. */
  readonly ci: readonly (readonly [number, number])[] | null;
  readonly #measures: readonly StopMeasure[];
  readonly #detail: string;

  /** `sparse`: the inverse is its diagonal alone. */
  constructor(
    end: Termination,
    engine: LeastSquaresEngine,
    run: FitRun,
    { level, absoluteSigma }: Telling,
    sparse = false,
  ) {
    const { settings, watch, workspace, n } = engine;
    const { rank, conditionNumber, inverse } = run.uncertainty;
    super(end, watch, {
      kind: "leastSquares",
      method: settings.method.name,
      variant: workspace.runtime.variant,
      warnings: runWarnings(run, variableName),
    });
    this.x = run.x;
    this.fun = run.fun;
    this.grad = engine.gradient();
    this.njev = watch.njev;
    this.nhev = 0;
    this.optimality = run.optimality;
    this.residuals = run.residuals;
    this.jacobian = run.jacobian;
    this.rss = sumOfSquares(run.residuals);
    this.rank = rank;
    this.conditionNumber = conditionNumber;
    const dof = run.residuals.length - run.used;
    this.dof = dof;
    this.redChi2 = this.rss / dof;
    const scale = absoluteSigma ? 1 : Number.isNaN(run.robustVariance) ? this.redChi2 : run.robustVariance;
    const scaled = inverse && scaledBy(inverse, scale);
    const covariance = sparse ? null : scaled;
    this.covariance = covariance;
    const stderr = scaled && run.x.map((_, j) => Math.sqrt(scaled[sparse ? j : j * n + j]!));
    this.stderr = stderr;
    this.correlation = covariance && correlationOf(covariance, n);
    const t = stderr ? studentT(0.5 + level / 2, absoluteSigma ? Infinity : dof, workspace.runtime) : NaN;
    this.ci = stderr && Array.from(run.x, (v, j) => [v - t * stderr[j]!, v + t * stderr[j]!] as const);
    this.#measures = run.measures;
    this.#detail = run.detail;
  }

  get message(): string {
    return describe(this, this.#measures, this.#detail);
  }

  protected get brief(): string {
    return `${this.nit} iterations, ${this.nfev} evaluations, rss ${short(this.rss)}`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Least squares",
        rows: [
          ["evaluations", `${this.nfev} of the function, ${this.njev} of the Jacobian`],
          ["iterations", this.nit],
          ["rss", short(this.rss, 8)],
          ["condition number", short(this.conditionNumber, 4)],
        ],
      },
      { title: "Stop measures", lines: measureLines(this.#measures) },
      {
        title: "Variables",
        rows: Array.from(this.x, (value, j) => {
          const error = this.stderr?.[j];
          return [
            variableName(j),
            error === undefined ? short(value, 9) : `${short(value, 9)} +/- ${short(error, 3)}`,
          ];
        }),
      },
    ];
  }
}

export type LeastSquaresFields = Shape<LeastSquaresAnswer>;
export type LeastSquaresResult = Termination & LeastSquaresFields;

export const variableName = (j: number): string => `x[${j}]`;
