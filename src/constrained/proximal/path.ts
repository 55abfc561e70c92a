// lassoPath: the elastic net for a falling sequence of penalties, each started from the one before, with cross-validation.

import { run } from "../../driver/run.js";
import { Random } from "../../random/philox.js";
import { exp, log } from "../../runtime/elementary.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { booleanOption, checkKeys, numberOption, optionError } from "../../runtime/options.js";
import { type Columns, dot, readColumns } from "./columns.js";
import { elasticNetMethod, NetState } from "./elastic-net.js";
import { proximalTask } from "./task.js";

export interface LassoPathOptions {
  /** The share of the l1 norm, in (0, 1]. Default 1. */
  l1Ratio?: number | undefined;
  /** Penalties, largest first. Default: `count` from the smallest that gives all zeros down to `ratio` of it. */
  lambdas?: ArrayLike<number> | undefined;
  /** Default 100. */
  count?: number | undefined;
  /** Default 1e-3; 1e-2 where A has more columns than rows. */
  ratio?: number | undefined;
  /** Default true. */
  intercept?: boolean | undefined;
  /** Parts of a cross-validation; 0 (default): none. */
  folds?: number | undefined;
  seed?: number | undefined;
  /** Duality gap over |b|^2 / 2 of each fit. Default 1e-10. */
  tolerance?: number | undefined;
}

export interface CrossValidation {
  /** Mean squared error of the left-out rows, and its standard error over the folds, for each penalty. */
  readonly mean: Float64Array;
  readonly stderr: Float64Array;
  /** Index of the least mean, and of the largest penalty within one standard error of it. */
  readonly best: number;
  readonly oneStderr: number;
}

export interface LassoPath {
  readonly lambdas: Float64Array;
  /** One row a penalty: lambdas.length x n. */
  readonly coefficients: { readonly rows: number; readonly cols: number; readonly data: Float64Array };
  readonly intercepts: Float64Array;
  /** Coefficients that are not 0. */
  readonly nonzeros: Int32Array;
  /** |Ax - b|^2. */
  readonly rss: Float64Array;
  /** Every fit reached its gap. */
  readonly success: boolean;
  readonly validation?: CrossValidation;
}

const keys = ["l1Ratio", "lambdas", "count", "ratio", "intercept", "folds", "seed", "tolerance"] as const;

/**
 * The path of the lasso (or elastic net): |Ax - b|^2 / 2 + lambda (l1Ratio |x|_1 + (1 - l1Ratio) |x|^2 / 2) for each lambda, with
 * warm starts; `folds: 5` adds a cross-validation over the same penalties.
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * const A = Array.from({ length: 20 }, (_, i) => [i / 10, Math.sin(i), Math.cos(3 * i)]);
 * const b = A.map(([u, v]) => 2 * u - v + 1);
 * const path = lassoPath(A, b, { folds: 5, seed: 1 });
 * const n = path.coefficients.cols;
 * path.coefficients.data.slice(path.validation.oneStderr * n, (path.validation.oneStderr + 1) * n);
 */
export function lassoPath(A: unknown, b: ArrayLike<number>, o: LassoPathOptions = {}): LassoPath {
  const where = "lassoPath";
  checkKeys(where, o, keys);
  const l1Ratio = numberOption(where, "l1Ratio", o.l1Ratio, 1, { min: 0, exclusive: true, max: 1 });
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-10, { min: 0, exclusive: true });
  const intercept = booleanOption(where, "intercept", o.intercept, true);
  const { columns, means, mean } = readColumns(where, A, b, intercept);
  const folds = numberOption(where, "folds", o.folds, 0, { min: 0, max: columns.m, integer: true });
  if (folds === 1) throw optionError(where, "folds", folds, "0, or an integer from 2");
  const seed = numberOption(where, "seed", o.seed, 0, { integer: true });
  const lambdas = o.lambdas === undefined ? spaced(where, columns, l1Ratio, o) : given(where, o.lambdas);
  const fitted = walk(columns, lambdas, l1Ratio, tolerance);
  const { n } = columns;
  const intercepts = Float64Array.from(lambdas, (_, k) =>
    intercept ? mean - dot(n, fitted.data, k * n, means, 0) : 0,
  );
  return {
    lambdas,
    coefficients: { rows: lambdas.length, cols: n, data: fitted.data },
    intercepts,
    nonzeros: Int32Array.from(
      lambdas,
      (_, k) => fitted.data.subarray(k * n, k * n + n).filter((v) => v !== 0).length,
    ),
    rss: fitted.rss,
    success: fitted.success,
    ...(folds > 0
      ? { validation: validate(A, b, { lambdas, l1Ratio, tolerance, intercept, folds, seed }) }
      : {}),
  };
}

function given(where: string, list: ArrayLike<number>): Float64Array {
  const values = copyNumbers(where, "lambdas", list);
  for (let k = 0; k < values.length; k++)
    if (!(values[k]! > 0 && values[k]! < Infinity && (k === 0 || values[k]! <= values[k - 1]!)))
      throw optionError(where, `lambdas[${k}]`, values[k], "a positive number, not above the one before");
  return values;
}

function spaced(where: string, c: Columns, l1Ratio: number, o: LassoPathOptions): Float64Array {
  const count = numberOption(where, "count", o.count, 100, { min: 1, integer: true });
  const ratio = numberOption(where, "ratio", o.ratio, c.n > c.m ? 1e-2 : 1e-3, {
    min: 0,
    exclusive: true,
    below: 1,
  });
  let top = 0;
  for (let j = 0; j < c.n; j++) top = Math.max(top, Math.abs(dot(c.m, c.data, j * c.m, c.b, 0)));
  top = top > 0 ? top / l1Ratio : 1;
  const step = count > 1 ? log(ratio) / (count - 1) : 0;
  return Float64Array.from({ length: count }, (_, k) => top * exp(step * k));
}

function walk(c: Columns, lambdas: Float64Array, l1Ratio: number, tolerance: number) {
  const { n, m } = c;
  const data = new Float64Array(lambdas.length * n);
  const rss = new Float64Array(lambdas.length);
  const state = new NetState(n, m);
  let success = true;
  lambdas.forEach((lambda, k) => {
    const penalty = { l1: lambda * l1Ratio, l2: lambda * (1 - l1Ratio) };
    const end = run(
      proximalTask({
        where: "lassoPath",
        limits: {},
        measure: "gap",
        tolerance,
        maxIterations: 10_000,
        state,
        run: (measure) => elasticNetMethod(c, penalty, state, measure),
        out: ({ status }) => status,
      }),
    );
    success &&= end === "converged";
    data.set(state.x, k * n);
    rss[k] = dot(m, state.residual, 0, state.residual, 0);
  });
  return { data, rss, success };
}

interface Validation {
  readonly lambdas: Float64Array;
  readonly l1Ratio: number;
  readonly tolerance: number;
  readonly intercept: boolean;
  readonly folds: number;
  readonly seed: number;
}

function validate(A: unknown, b: unknown, v: Validation): CrossValidation {
  const { lambdas, l1Ratio, folds } = v;
  // As given, without centring: each fold centres its own rows.
  const { columns } = readColumns("lassoPath", A, b, false);
  const { m, n, data } = columns;
  const order = Int32Array.from({ length: m }, (_, i) => i);
  new Random(v.seed).shuffle(order);
  const errors =
    lambdas.length === 0 ? [] : Array.from({ length: folds }, () => new Float64Array(lambdas.length));
  for (let fold = 0; fold < folds; fold++) {
    const out: number[] = [];
    const rest: number[] = [];
    order.forEach((row, k) => {
      (k % folds === fold ? out : rest).push(row);
    });
    const part = {
      rows: rest.length,
      cols: n,
      data: Float64Array.from(rest.flatMap((i) => Array.from({ length: n }, (_, j) => data[j * m + i]!))),
    };
    const own = readColumns(
      "lassoPath",
      part,
      rest.map((i) => columns.b[i]!),
      v.intercept,
    );
    // Penalties per row: a smaller part has a smaller sum of squares.
    const share = rest.length / m;
    const fitted = walk(
      own.columns,
      lambdas.map((lambda) => lambda * share),
      l1Ratio,
      v.tolerance,
    );
    for (let k = 0; k < lambdas.length; k++) {
      let s = 0;
      for (const i of out) {
        let e = own.mean - columns.b[i]!;
        for (let j = 0; j < n; j++) e += fitted.data[k * n + j]! * (data[j * m + i]! - own.means[j]!);
        s += e * e;
      }
      errors[fold]![k] = s / out.length;
    }
  }
  const mean = lambdas.map((_, k) => errors.reduce((s, e) => s + e[k]!, 0) / folds);
  const stderr = lambdas.map((_, k) => {
    const spread = errors.reduce((s, e) => s + (e[k]! - mean[k]!) * (e[k]! - mean[k]!), 0) / (folds - 1);
    return Math.sqrt(spread / folds);
  });
  let best = 0;
  mean.forEach((e, k) => {
    if (e < mean[best]!) best = k;
  });
  const oneStderr = mean.findIndex((e) => e <= mean[best]! + stderr[best]!);
  return { mean, stderr, best, oneStderr };
}
