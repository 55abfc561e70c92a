// The answer of an iterative solver: x, its true residual, how the run ended, a report.

import { Answer, type Block, type Origin, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { Watch } from "../driver/watch.js";
import { describe, type IterativeEnd } from "./ends.js";

export interface SolutionFields {
  readonly x: Float64Array;
  readonly residualNorm: number;
  readonly gradientNorm?: number | undefined;
  readonly history: Float64Array;
  readonly bound: number;
  readonly size: string;
}

export class Solution extends Answer<IterativeEnd> {
  readonly x: Float64Array;
  /**
   * |b - A x| of this x, computed at the end, with a product that `nfev` does not count; where an abort, maxTimeMs or maxEvaluations
   * forbids the call of a function of yours, what the iteration carries (so gradientNorm is absent).
   */
  readonly residualNorm: number;
  /** |A'(b - A x)| of this x, computed at the end; of lsqr and lsmr. */
  declare readonly gradientNorm?: number;
  /** |r| at the start and after each iteration, as the iteration carries it. */
  readonly history: Float64Array;
  readonly #bound: number;
  readonly #size: string;

  constructor(end: IterativeEnd, watch: Watch, origin: Origin, fields: SolutionFields) {
    super(end, watch, origin);
    this.x = fields.x;
    this.residualNorm = fields.residualNorm;
    if (fields.gradientNorm !== undefined) this.gradientNorm = fields.gradientNorm;
    this.history = fields.history;
    this.#bound = fields.bound;
    this.#size = fields.size;
  }

  get message(): string {
    return describe(this.reason, this.nit, this.method);
  }

  protected get brief(): string {
    return `|b - A x| = ${short(this.residualNorm, 3)}, ${this.nit} iterations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const { history, residualNorm } = this;
    const bound = this.#bound;
    const met = residualNorm <= bound ? "<=" : "not <=";
    const rate = residualNorm / (history[0] ?? Number.NaN) || 0;
    return [
      {
        title: "Linear system",
        rows: [
          ["size", this.#size],
          ["iterations", this.nit],
          ["products with A", this.nfev],
          [
            "|b - A x|",
            `${short(residualNorm)} ${met} ${short(bound)}, of ${short(history[0] ?? Number.NaN)} at the start`,
          ],
          ["reduced to", short(rate, 3)],
          ...(this.gradientNorm === undefined
            ? []
            : ([["|A'(b - A x)|", short(this.gradientNorm)]] as const)),
        ],
      },
    ];
  }
}

export type IterativeResult = Shape<Solution>;
