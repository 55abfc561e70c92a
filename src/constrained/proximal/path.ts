// lassoPath: the elastic net for a falling sequence of penalties, each started from the one before, with cross-validation.

import { run, runAsync } from "../../driver/run.js";
import { CHECK, type Mark, Measure, type Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import { Random } from "../../random/philox.js";
import { exp, log } from "../../runtime/elementary.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { booleanOption, checkKeys, numberOption, optionError } from "../../runtime/options.js";
import { type Columns, dot, readTable, type Table } from "./columns.js";
import { elasticNetMethod, NetState } from "./elastic-net.js";
import { type CrossValidation, type Fits, type LassoPath, LassoPathAnswer } from "./path-answer.js";
import { type ProximalEnd, type ProximalMethod, proximalTask } from "./task.js";

export interface LassoPathOptions extends Limits {
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

const keys = [
  ...limitKeys,
  "l1Ratio",
  "lambdas",
  "count",
  "ratio",
  "intercept",
  "folds",
  "seed",
  "tolerance",
] as const;
/** Passes for one penalty at most. */
const PASSES = 10_000;

/**
 * The path of the lasso (or elastic net): |Ax - b|^2 / 2 + lambda (l1Ratio |x|_1 + (1 - l1Ratio) |x|^2 / 2) for each lambda, with
 * warm starts; `folds: 5` adds a cross-validation over the same penalties. An iteration is a pass over the coefficients.
 *
 * @param A m x n, a matrix, nested arrays or a sparse matrix.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * const A = Array.from({ length: 20 }, (_, i) => [i / 10, Math.sin(i), Math.cos(3 * i)]);
 * const b = A.map(([u, v]) => 2 * u - v + 1);
 * const path = lassoPath(A, b, { folds: 5, seed: 1 });
 * const n = path.coefficients.cols;
 * path.coefficients.data.slice(path.validation.oneStderr * n, (path.validation.oneStderr + 1) * n);
 */
export function lassoPath(A: unknown, b: ArrayLike<number>, o: LassoPathOptions = {}): LassoPath {
  return run(pathTask("lassoPath", A, b, o));
}

/**
 * lassoPath that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await lassoPathAsync([[1, 0], [0, 1], [1, 1]], [3, 0.5, 1], { count: 5 })).lambdas.length; // 5
 */
export async function lassoPathAsync(
  A: unknown,
  b: ArrayLike<number>,
  o: LassoPathOptions = {},
): Promise<LassoPath> {
  return runAsync(pathTask("lassoPathAsync", A, b, o));
}

function pathTask(
  where: string,
  A: unknown,
  b: ArrayLike<number>,
  o: LassoPathOptions,
): Task<ProximalEnd, LassoPath> {
  checkKeys(where, o, keys);
  const l1Ratio = numberOption(where, "l1Ratio", o.l1Ratio, 1, { min: 0, exclusive: true, max: 1 });
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-10, { min: 0, exclusive: true });
  const intercept = booleanOption(where, "intercept", o.intercept, true);
  const table = readTable(where, A, b);
  const { n } = table;
  const { columns, means, mean } = table.columns(intercept);
  const folds = numberOption(where, "folds", o.folds, 0, { min: 0, max: columns.m, integer: true });
  if (folds === 1) throw optionError(where, "folds", folds, "0, or an integer from 2");
  const seed = numberOption(where, "seed", o.seed, 0, { integer: true });
  const lambdas = o.lambdas === undefined ? spaced(where, columns, l1Ratio, o) : given(where, o.lambdas);
  const fits = emptyFits(lambdas.length, n);
  const state = new NetState(n, columns.m);
  return proximalTask({
    where,
    limits: o,
    measure: "gap",
    tolerance: 0,
    maxIterations: Infinity,
    state,
    *run(measure): ProximalMethod {
      yield* walk(columns, lambdas, { l1Ratio, tolerance }, state, fits);
      if (folds > 0)
        fits.validation = yield* validate(table, { lambdas, l1Ratio, tolerance, intercept, folds, seed });
      if (!fits.success) return { status: "failed", reason: "stalled" };
      // Each fit has met its tolerance.
      measure.value = 0;
      yield CHECK;
      return { status: "converged", reason: "gap" };
    },
    out: (end, watch, variant) =>
      new LassoPathAnswer(end, watch, variant, {
        lambdas,
        n,
        fits,
        constant: (data, k) => (intercept ? mean - dot(n, data, k * n, means, 0) : 0),
      }) as unknown as LassoPath,
  });
}

const emptyFits = (count: number, n: number): Fits => ({
  count: 0,
  data: new Float64Array(count * n),
  rss: new Float64Array(count),
  success: true,
  validation: null,
});

function given(where: string, list: ArrayLike<number>): Float64Array {
  const values = copyNumbers(where, "lambdas", list);
  for (let k = 0; k < values.length; k++)
    if (!(values[k]! > 0 && values[k]! < Infinity && (k === 0 || values[k]! <= values[k - 1]!)))
      throw optionError(where, `lambdas[${k}]`, values[k], "a positive number, not above the one before");
  return values;
}

function spaced(where: string, c: Columns, l1Ratio: number, o: LassoPathOptions): Float64Array {
  const count = numberOption(where, "count", o.count, 100, { min: 1, max: 2 ** 20, integer: true });
  const ratio = numberOption(where, "ratio", o.ratio, c.n > c.m ? 1e-2 : 1e-3, {
    min: 0,
    exclusive: true,
    below: 1,
  });
  let top = 0;
  for (let j = 0; j < c.n; j++) top = Math.max(top, Math.abs(c.along(j, c.b)));
  top = top > 0 ? top / l1Ratio : 1;
  const step = count > 1 ? log(ratio) / (count - 1) : 0;
  return Float64Array.from({ length: count }, (_, k) => top * exp(step * k));
}

interface Net {
  readonly l1Ratio: number;
  readonly tolerance: number;
}
type Passes<Out> = Generator<Mark, Out, void>;

function* walk(
  c: Columns,
  lambdas: Float64Array,
  { l1Ratio, tolerance }: Net,
  state: NetState,
  fits: Fits,
): Passes<void> {
  const { n, m } = c;
  for (let k = 0; k < lambdas.length; k++) {
    const lambda = lambdas[k]!;
    const penalty = { l1: lambda * l1Ratio, l2: lambda * (1 - l1Ratio) };
    const measure = new Measure<ProximalEnd>("gap", tolerance, { status: "converged", reason: "gap" });
    const passes = elasticNetMethod(c, penalty, state, measure);
    for (let pass = 0; pass < PASSES && !(measure.value <= tolerance); ) {
      const { done, value } = passes.next();
      if (done) break;
      if (value.kind !== "iteration") continue;
      pass++;
      yield value;
    }
    fits.success &&= measure.value <= tolerance;
    fits.data.set(state.x, k * n);
    fits.rss[k] = dot(m, state.residual, 0, state.residual, 0);
    fits.count = k + 1;
  }
}

interface Validation extends Net {
  readonly lambdas: Float64Array;
  readonly intercept: boolean;
  readonly folds: number;
  readonly seed: number;
}

/** Each fold centres its own rows. */
function* validate(table: Table, v: Validation): Passes<CrossValidation> {
  const { lambdas, folds } = v;
  const { m, n, b } = table;
  const order = Int32Array.from({ length: m }, (_, i) => i);
  new Random(v.seed).shuffle(order);
  const errors =
    lambdas.length === 0 ? [] : Array.from({ length: folds }, () => new Float64Array(lambdas.length));
  for (let fold = 0; fold < folds && lambdas.length > 0; fold++) {
    const out: number[] = [];
    const rest: number[] = [];
    order.forEach((row, k) => {
      (k % folds === fold ? out : rest).push(row);
    });
    const own = table.part(rest).columns(v.intercept);
    // Penalties per row: a smaller part has a smaller sum of squares.
    const share = rest.length / m;
    const fits = emptyFits(lambdas.length, n);
    const state = new NetState(n, rest.length);
    yield* walk(
      own.columns,
      lambdas.map((lambda) => lambda * share),
      v,
      state,
      fits,
    );
    for (let k = 0; k < lambdas.length; k++) {
      const x = fits.data.subarray(k * n, k * n + n);
      let s = 0;
      for (const i of out) {
        const e = own.mean - b[i]! + table.row(i, x, own.means);
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
