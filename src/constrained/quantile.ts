// quantileRegression: a linear program. R. Koenker and G. Bassett, Econometrica 46 (1978) 33-50.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import { run, runAsync } from "../driver/run.js";
import type { Task } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { csrFromTriplets } from "../linalg/csr.js";
import { element, readMatrix } from "../linalg/matrix.js";
import { copyNumbers } from "../runtime/numbers.js";
import { booleanOption, checkFinite, checkKeys, numberOption } from "../runtime/options.js";
import type { ConvexAnswer, ConvexEnd } from "./answer.js";
import { settingKeys } from "./settings.js";
import { type ConvexResult, lpTask, type SolveLPOptions } from "./solve.js";

export interface QuantileOptions extends SolveLPOptions {
  /** The quantile, in (0, 1). Default 0.5: the median, least absolute deviations. */
  tau?: number | undefined;
  /** Default true. */
  intercept?: boolean | undefined;
}

export class QuantileAnswer extends Answer<ConvexEnd> {
  readonly x: Float64Array;
  /** 0 where it was not asked for. */
  readonly intercept: number;
  readonly tau: number;
  /** sum of tau r where r > 0 and (tau - 1) r where r < 0, r = y - prediction. */
  readonly fun: number;
  readonly residuals: Float64Array;
  /** The linear program's answer, with its gap. */
  readonly solution: ConvexResult;

  constructor(
    end: ConvexEnd,
    watch: Watch,
    solution: ConvexAnswer,
    fit: { x: Float64Array; intercept: number; tau: number; fun: number; residuals: Float64Array },
  ) {
    const { method, variant } = solution;
    super(end, watch, { kind: "quantileRegression", method, variant });
    this.x = fit.x;
    this.intercept = fit.intercept;
    this.tau = fit.tau;
    this.fun = fit.fun;
    this.residuals = fit.residuals;
    this.solution = solution;
  }

  get message(): string {
    return this.solution.message;
  }

  protected get brief(): string {
    return `f = ${short(this.fun, 8)}, ${this.nit} iterations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Quantile regression",
        rows: [
          ["tau", short(this.tau)],
          ["f", short(this.fun, 12)],
          ["gap", short(this.solution.gap, 3)],
          ["iterations", this.nit],
        ],
      },
    ];
  }
}
export type QuantileResult = Shape<QuantileAnswer>;

/**
 * Minimises sum of rho(y_i - x'a_i - intercept) with rho(r) = tau r for r >= 0, (tau - 1) r below: the conditional quantile tau,
 * which outliers of y do not move. With `method: "simplex"` as many points as coefficients lie on it exactly.
 *
 * @param A m x n, a matrix or nested arrays. @param y m numbers.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * quantileRegression([[1], [2], [3], [4]], [2, 4, 6, 100]).x; // [2]
 */
export function quantileRegression(
  A: unknown,
  y: ArrayLike<number>,
  o: QuantileOptions = {},
): QuantileResult {
  return run(quantileTask("quantileRegression", A, y, o));
}

/**
 * quantileRegression that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await quantileRegressionAsync([[1], [2], [3], [4]], [2, 4, 6, 100])).x; // [2]
 */
export async function quantileRegressionAsync(
  A: unknown,
  y: ArrayLike<number>,
  o: QuantileOptions = {},
): Promise<QuantileResult> {
  return runAsync(quantileTask("quantileRegressionAsync", A, y, o));
}

function quantileTask(
  where: string,
  A: unknown,
  given: ArrayLike<number>,
  o: QuantileOptions,
): Task<ConvexEnd, QuantileResult> {
  checkKeys(where, o, [...settingKeys, "method", "tau", "intercept"]);
  const tau = numberOption(where, "tau", o.tau, 0.5, { min: 0, exclusive: true, below: 1 });
  const intercept = booleanOption(where, "intercept", o.intercept, true);
  const s = readMatrix(where, "A", A);
  const [m, n] = [s.rows, s.cols];
  const y = copyNumbers(where, "y", given, m);
  checkFinite(where, "y", y);
  const k = n + (intercept ? 1 : 0);
  // Variables: coefficients, the parts of the residual above and below. A x + above - below = y.
  const row: number[] = [];
  const col: number[] = [];
  const value: number[] = [];
  const put = (i: number, j: number, v: number): void => {
    if (v === 0) return;
    row.push(i);
    col.push(j);
    value.push(v);
  };
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) put(i, j, element(s, i, j));
    if (intercept) put(i, n, 1);
    put(i, k + i, 1);
    put(i, k + m + i, -1);
  }
  checkFinite(where, "A", value);
  const total = k + 2 * m;
  const c = new Float64Array(total).fill(tau, k, k + m).fill(1 - tau, k + m);
  const lower = new Float64Array(total).fill(-Infinity, 0, k);
  const rows = csrFromTriplets({ rows: m, cols: total, row, col, value });
  const settings: SolveLPOptions & { tau?: unknown; intercept?: unknown } = { ...o };
  delete settings.tau;
  delete settings.intercept;
  const inner = lpTask(where, { c, A: rows, l: y, u: y, lower }, settings);
  return {
    watch: inner.watch,
    method: inner.method,
    look: () => {
      const all = inner.look();
      return { ...all, x: all.x.slice(0, n) };
    },
    out: (end) => {
      const solution = inner.out(end);
      const x = solution.x.slice(0, n);
      const constant = intercept ? solution.x[n]! : 0;
      const residuals = y.slice();
      let fun = 0;
      for (let i = 0; i < m; i++) residuals[i]! -= constant;
      // By the entries that were copied: A may have changed since.
      for (let k = 0; k < row.length; k++) if (col[k]! < n) residuals[row[k]!]! -= value[k]! * x[col[k]!]!;
      for (const r of residuals) fun += r >= 0 ? tau * r : (tau - 1) * r;
      const { status, reason } = solution;
      const fit = { x, intercept: constant, tau, fun, residuals };
      return new QuantileAnswer(
        { status, reason } as ConvexEnd,
        inner.watch,
        solution,
        fit,
      ) as unknown as QuantileResult;
    },
    release: () => inner.release(),
  };
}
