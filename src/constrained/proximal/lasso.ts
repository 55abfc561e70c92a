// lasso, elasticNet and nnls: regressions whose coefficients are exactly 0 where they should be.

import { run, runAsync } from "../../driver/run.js";
import type { Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import type { Watch } from "../../driver/watch.js";
import { lstsq } from "../../linalg/lstsq.js";
import { takeNumbers } from "../../runtime/numbers.js";
import { booleanOption, checkFinite, checkKeys, numberOption, optionError } from "../../runtime/options.js";
import type { Variant } from "../../runtime/rooms.js";
import { type Columns, dot, readColumns } from "./columns.js";
import { elasticNetMethod, NetState, type Penalty } from "./elastic-net.js";
import {
  ProximalAnswer,
  type ProximalEnd,
  type ProximalResult,
  type ProximalTermination,
  proximalTask,
} from "./task.js";

export interface LassoOptions extends Limits {
  /** Duality gap over |b|^2 / 2. Default 1e-13. */
  tolerance?: number | undefined;
  /** Fits a constant that is not penalised. Default false. */
  intercept?: boolean | undefined;
  /** Coefficients to begin with. */
  x0?: ArrayLike<number> | undefined;
}

export interface ElasticNetOptions extends LassoOptions {
  /** >= 0. */
  lambda: number;
  /** The share of the l1 norm, in [0, 1]. Default 0.5. */
  l1Ratio?: number | undefined;
}

export class LassoAnswer extends ProximalAnswer {
  readonly lambda: number;
  readonly l1Ratio: number;
  /** 0 unless it was asked for. */
  readonly intercept: number;
  /** Indices of the coefficients that are not 0. */
  readonly support: readonly number[];
  /** The objective less its dual: it is within this of the minimum. */
  readonly gap: number;
  readonly residualNorm: number;

  constructor(
    end: ProximalTermination,
    watch: Watch,
    variant: Variant,
    state: NetState,
    {
      method,
      lambda,
      l1Ratio,
      intercept,
    }: { method: string; lambda: number; l1Ratio: number; intercept: number },
  ) {
    super(end, watch, method, variant, "sparseRegression", state);
    this.lambda = lambda;
    this.l1Ratio = l1Ratio;
    this.intercept = intercept;
    this.support = [...state.x.keys()].filter((j) => state.x[j] !== 0);
    this.gap = state.gap;
    this.residualNorm = Math.sqrt(dot(state.residual.length, state.residual, 0, state.residual, 0));
  }
}
export type LassoResult = ProximalResult<LassoAnswer>;

export const netKeys = [...limitKeys, "tolerance", "intercept", "x0"] as const;
const GAP = 1e-13;

function netTask(
  where: string,
  A: unknown,
  b: unknown,
  lambda: number,
  l1Ratio: number,
  o: LassoOptions,
): Task<ProximalEnd, LassoResult> {
  const intercept = booleanOption(where, "intercept", o.intercept, false);
  const tolerance = numberOption(where, "tolerance", o.tolerance, GAP, { min: 0 });
  const { columns, means, mean } = readColumns(where, A, b, intercept);
  const state = new NetState(columns.n, columns.m);
  if (o.x0 !== undefined) {
    const x0 = takeNumbers(where, "x0", o.x0, columns.n);
    checkFinite(where, "x0", x0);
    state.x.set(x0);
  }
  const penalty: Penalty = { l1: lambda * l1Ratio, l2: lambda * (1 - l1Ratio) };
  return proximalTask({
    where,
    limits: o,
    measure: "gap",
    tolerance,
    maxIterations: 10_000,
    state,
    run: (measure) =>
      penalty.l1 === 0
        ? ridge(columns, penalty.l2, state, measure)
        : elasticNetMethod(columns, penalty, state, measure),
    out: (end, watch, variant) =>
      new LassoAnswer(end, watch, variant, state, {
        method: where.replace("Async", ""),
        lambda,
        l1Ratio,
        intercept: intercept ? mean - dot(columns.n, means, 0, state.x, 0) : 0,
      }) as unknown as LassoResult,
  });
}

/** Without an l1 part: least squares of [A; sqrt(l2) I], of minimum norm. */
function* ridge(
  c: Columns,
  l2: number,
  state: NetState,
  measure: { value: number },
): ReturnType<typeof elasticNetMethod> {
  const { m, n } = c;
  const rows = m + (l2 > 0 ? n : 0);
  const data = new Float64Array(rows * n);
  for (let j = 0; j < n; j++) c.fill(j, data, j, n);
  if (l2 > 0) for (let j = 0; j < n; j++) data[(m + j) * n + j] = Math.sqrt(l2);
  const rhs = new Float64Array(rows);
  rhs.set(c.b);
  state.x.set(lstsq({ rows, cols: n, data }, rhs).x);
  state.residual.set(c.b);
  for (let j = 0; j < n; j++) c.subtract(j, state.x[j]!, state.residual);
  state.fun = (dot(m, state.residual, 0, state.residual, 0) + l2 * dot(n, state.x, 0, state.x, 0)) / 2;
  state.gap = 0;
  measure.value = 0;
  yield { kind: "iteration", iterations: 1 };
  return { status: "failed", reason: "stalled" };
}

/**
 * Minimises |Ax - b|^2 / 2 + lambda |x|_1 (Tibshirani 1996). Zeros are exact; the answer carries the duality gap.
 *
 * @param A m x n, a matrix, nested arrays or a sparse matrix. @param lambda >= 0; from max |A'b| on every coefficient is 0.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * lasso([[1, 0], [0, 1]], [3, 0.5], 1).x; // [2, 0]
 */
export function lasso(A: unknown, b: ArrayLike<number>, lambda: number, o: LassoOptions = {}): LassoResult {
  return run(lassoTask("lasso", A, b, lambda, o));
}

/**
 * lasso that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await lassoAsync([[1, 0], [0, 1]], [3, 0.5], 1)).x; // [2, 0]
 */
export async function lassoAsync(
  A: unknown,
  b: ArrayLike<number>,
  lambda: number,
  o: LassoOptions = {},
): Promise<LassoResult> {
  return runAsync(lassoTask("lassoAsync", A, b, lambda, o));
}

function lassoTask(where: string, A: unknown, b: ArrayLike<number>, lambda: number, o: LassoOptions) {
  checkKeys(where, o, netKeys);
  if (lambda === undefined) throw optionError(where, "lambda", lambda, "a finite number >= 0");
  const weight = numberOption(where, "lambda", lambda, null, { min: 0 });
  return netTask(where, A, b, weight, 1, o);
}

/**
 * Minimises |Ax - b|^2 / 2 + lambda (l1Ratio |x|_1 + (1 - l1Ratio) |x|^2 / 2) (Zou and Hastie 2005). `l1Ratio: 1` is the lasso,
 * `0` ridge regression.
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * elasticNet([[1, 0], [0, 1]], [3, 0.5], { lambda: 1, l1Ratio: 0.5 }).x; // [1.6667, 0]
 */
export function elasticNet(A: unknown, b: ArrayLike<number>, o: ElasticNetOptions): LassoResult {
  return run(elasticNetTask("elasticNet", A, b, o));
}

/**
 * elasticNet that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await elasticNetAsync([[1, 0], [0, 1]], [3, 0.5], { lambda: 1, l1Ratio: 0.5 })).x; // [1.6667, 0]
 */
export async function elasticNetAsync(
  A: unknown,
  b: ArrayLike<number>,
  o: ElasticNetOptions,
): Promise<LassoResult> {
  return runAsync(elasticNetTask("elasticNetAsync", A, b, o));
}

function elasticNetTask(where: string, A: unknown, b: ArrayLike<number>, o: ElasticNetOptions) {
  checkKeys(where, o, [...netKeys, "lambda", "l1Ratio"]);
  const lambda = numberOption(where, "lambda", o.lambda, null, { min: 0 });
  return netTask(where, A, b, lambda, numberOption(where, "l1Ratio", o.l1Ratio, 0.5, { min: 0, max: 1 }), o);
}
