// What lassoPath gives back.

import { Answer, type Block, type Shape } from "../../driver/answer.js";
import { short } from "../../driver/report.js";
import type { Watch } from "../../driver/watch.js";
import type { Variant } from "../../runtime/rooms.js";
import type { ProximalTermination } from "./task.js";

export interface CrossValidation {
  /** Mean squared error of the left-out rows, and its standard error over the folds, for each penalty. */
  readonly mean: Float64Array;
  readonly stderr: Float64Array;
  /** Index of the least mean, and of the largest penalty within one standard error of it. */
  readonly best: number;
  readonly oneStderr: number;
}

/** What a run has so far. */
export interface Fits {
  /** Penalties that were fitted. */
  count: number;
  readonly data: Float64Array;
  readonly rss: Float64Array;
  success: boolean;
  validation: CrossValidation | null;
}

export class LassoPathAnswer extends Answer<ProximalTermination> {
  /** The penalties that were fitted: all of them, where no limit ended the run. */
  readonly lambdas: Float64Array;
  /** One row a penalty: lambdas.length x n. */
  readonly coefficients: { readonly rows: number; readonly cols: number; readonly data: Float64Array };
  readonly intercepts: Float64Array;
  /** Coefficients that are not 0. */
  readonly nonzeros: Int32Array;
  /** |Ax - b|^2. */
  readonly rss: Float64Array;
  declare readonly validation?: CrossValidation;

  constructor(
    end: ProximalTermination,
    watch: Watch,
    variant: Variant,
    { lambdas, n, fits, constant }: { lambdas: Float64Array; n: number; fits: Fits; constant: Constant },
  ) {
    super(end, watch, { kind: "lassoPath", method: "lassoPath", variant });
    const { count } = fits;
    const data = fits.data.slice(0, count * n);
    this.lambdas = lambdas.slice(0, count);
    this.coefficients = { rows: count, cols: n, data };
    this.intercepts = Float64Array.from({ length: count }, (_, k) => constant(data, k));
    this.nonzeros = Int32Array.from(
      { length: count },
      (_, k) => data.subarray(k * n, k * n + n).filter((v) => v !== 0).length,
    );
    this.rss = fits.rss.slice(0, count);
    if (fits.validation) this.validation = fits.validation;
  }

  get message(): string {
    const fitted = `${this.lambdas.length} penalties are fitted`;
    if (this.success) return `${fitted}, each to its gap`;
    if (this.status === "failed") return `${fitted}, not all of them to their gap`;
    return `${this.outcome}: ${fitted}`;
  }

  protected get brief(): string {
    return `${this.lambdas.length} penalties`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const v = this.validation;
    return [
      {
        title: "Path of the lasso",
        rows: [
          ["penalties", this.lambdas.length],
          ["iterations", this.nit],
          ...(v
            ? ([
                ["least error at", short(this.lambdas[v.best]!)],
                ["within one error at", short(this.lambdas[v.oneStderr]!)],
              ] as const)
            : []),
        ],
      },
    ];
  }
}
export type LassoPath = Shape<LassoPathAnswer>;
/** The constant of row k. */
type Constant = (data: Float64Array, k: number) => number;
