// quantileRegression: a linear program. R. Koenker and G. Bassett, Econometrica 46 (1978) 33-50.

import { csrFromTriplets } from "../linalg/csr.js";
import { element, readMatrix } from "../linalg/matrix.js";
import { booleanOption, checkArray, checkFinite, checkKeys, numberOption } from "../runtime/options.js";
import { type ConvexResult, solveLP } from "./solve.js";

export interface QuantileOptions {
  /** The quantile, in (0, 1). Default 0.5: the median, least absolute deviations. */
  tau?: number | undefined;
  /** Default true. */
  intercept?: boolean | undefined;
}

export interface QuantileResult {
  readonly x: Float64Array;
  /** 0 where it was not asked for. */
  readonly intercept: number;
  /** sum of tau r where r > 0 and (tau - 1) r where r < 0, r = y - prediction. */
  readonly fun: number;
  readonly residuals: Float64Array;
  readonly success: boolean;
  /** The linear program's answer, with its gap. */
  readonly solution: ConvexResult;
}

/**
 * Minimises sum of rho(y_i - x'a_i - intercept) with rho(r) = tau r for r >= 0, (tau - 1) r below: the conditional quantile tau,
 * which outliers of y do not move.
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
  const where = "quantileRegression";
  checkKeys(where, o, ["tau", "intercept"]);
  const tau = numberOption(where, "tau", o.tau, 0.5, { min: 0, exclusive: true, below: 1 });
  const intercept = booleanOption(where, "intercept", o.intercept, true);
  const s = readMatrix(where, "A", A);
  const [m, n] = [s.rows, s.cols];
  checkArray(where, "y", y, m);
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
  const solution = solveLP({ c, A: rows, l: y, u: y, lower });
  const x = solution.x.slice(0, n);
  const constant = intercept ? solution.x[n]! : 0;
  const residuals = new Float64Array(m);
  let fun = 0;
  for (let i = 0; i < m; i++) {
    let r = y[i]! - constant;
    for (let j = 0; j < n; j++) r -= element(s, i, j) * x[j]!;
    residuals[i] = r;
    fun += r >= 0 ? tau * r : (tau - 1) * r;
  }
  return { x, intercept: constant, fun, residuals, success: solution.status === "solved", solution };
}
