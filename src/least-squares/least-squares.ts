// leastSquares: minimise |residuals(p)|^2 / 2, or a robust sum, over p.

import { type Bounds, readBounds } from "../driver/bounds.js";
import { type Pulled, run, runAsync } from "../driver/run.js";
import { type Limits, limitKeys } from "../driver/types.js";
import {
  type JacobianPattern,
  readPattern,
  type SparsePattern,
  takeEntries,
} from "../linalg/sparse-pattern.js";
import { copyNumbers } from "../runtime/numbers.js";
import { booleanOption, checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import { type LeastSquaresState, pullEngine } from "./checkpoint.js";
import { fitElsewhere } from "./elsewhere.js";
import { LeastSquaresEngine } from "./engine.js";
import { readLevel } from "./fit-problem.js";
import { freeOf, uncertaintyOf } from "./held.js";
import { checkFilled, refusePromise } from "./model.js";
import type { Done, ResidualProblem } from "./problem.js";
import { LeastSquaresAnswer, type LeastSquaresResult, type Telling, variableName } from "./result.js";
import { readRun } from "./run.js";
import { type LeastSquaresSettings, readSettings, settingKeys } from "./settings.js";
import { checkSizes } from "./sizes.js";
import { readSparse, SparseEngine } from "./sparse.js";

export interface LeastSquaresOptions extends LeastSquaresSettings, Limits {
  /**
   * Fills `out` with d residual_i / d p_j at out[i * n + j]. Default: finite differences. With `jacobianPattern`: fills `out` with its
   * entries, in the order of the pattern, or returns a sparse matrix; default: differences of all columns at once that share no row.
   */
  jacobian?: ((p: Float64Array, out: Float64Array) => unknown) | undefined;
  /**
   * Where the Jacobian (m x n) may have entries other than 0, as a sparse matrix: it is then kept and factored as one. Its values do not
   * count. The result has standard errors, but neither covariance nor correlation, which would be full.
   */
  jacobianPattern?: SparsePattern | undefined;
  /** Box bounds; never left, by finite differences either. */
  bounds?: Bounds | undefined;
  /** Of the intervals `ci`, in (0, 1). Default 0.95. */
  level?: number | undefined;
  /** Residuals are in units of their own standard deviation: errors are not scaled by redChi2. Default false. */
  absoluteSigma?: boolean | undefined;
}

type Residuals = (p: Float64Array, out: Float64Array) => unknown;
type WithCount<O> = O & {
  /** Number of residuals, at least that of the variables which their bounds leave free. */
  m: number;
};

const optionKeys = [
  ...settingKeys,
  ...limitKeys,
  "jacobian",
  "jacobianPattern",
  "bounds",
  "level",
  "absoluteSigma",
];
const called = "leastSquares(residuals, m, p0, options)";
const inCall = "it is an argument: leastSquares(residuals, m, p0, options)";
const box = "bounds: { lower, upper }";
const divided = "residuals hold it: (f - y[i]) / sigma[i]";
const rooted = "residuals hold it: (f - y[i]) * sqrt(weight[i])";
const elsewhere = /* @__PURE__ */ fitElsewhere(optionKeys, {
  lb: box,
  ub: box,
  lower: box,
  upper: box,
  jac: "jacobian",
  dfun: "jacobian",
  ci: "level",
  jacsparsity: "jacobianPattern",
  jacobpattern: "jacobianPattern",
  x0: inCall,
  p0: inCall,
  fun: inCall,
  func: inCall,
  residuals: inCall,
  params: inCall,
  model: "curveFit takes a model, leastSquares its residuals",
  sigma: divided,
  dy: divided,
  weights: rooted,
  weight: rooted,
  w: rooted,
  args: "write (p, out) => f(p, out, ...args)",
});

/**
 * Minimises the sum of squares of `m` residuals over n = p0.length parameters: `leastSquares(residuals, m, p0, options)`, or
 * `leastSquares(residuals, p0, { m, ...options })`.
 *
 * @param residuals fills `out` (m) with the residuals at p (n); both are borrowed for the call.
 * @param m number of residuals, at least that of the variables which their bounds leave free.
 * @param p0 start.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when a callback
 * answers instead of filling its argument. What a callback throws comes out unchanged.
 * @example
 * // Rosenbrock as two residuals
 * const residuals = ([a, b], out) => { out[0] = 10 * (b - a * a); out[1] = 1 - a; };
 * leastSquares(residuals, 2, [-1.2, 1]).x; // [1, 1]
 * leastSquares(residuals, [-1.2, 1], { m: 2 }).x; // the same
 * // Residual i depends on p[i] and p[i + 1] alone: differences move every second p at once, whatever n
 * const chain = (p, out) => { for (let i = 0; i < out.length; i++) out[i] = p[i] * p[i] + p[i + 1] - 2; };
 * const row = Array.from({ length: 200 }, (_, k) => k >> 1);
 * const jacobianPattern = csrFromTriplets({ rows: 100, cols: 101, row, col: row.map((i, k) => i + (k & 1)), value: row.map(() => 1) });
 * const bounds = { lower: [1, ...Array(100).fill(-9)], upper: [1, ...Array(100).fill(9)] };
 * leastSquares(chain, 100, Array(101).fill(1), { jacobianPattern, bounds }).x; // all 1
 */
export function leastSquares(
  residuals: Residuals,
  m: number,
  p0: ArrayLike<number>,
  options?: LeastSquaresOptions,
): LeastSquaresResult;
export function leastSquares(
  residuals: Residuals,
  p0: ArrayLike<number>,
  options: WithCount<LeastSquaresOptions>,
): LeastSquaresResult;
export function leastSquares(residuals: Residuals, ...rest: readonly unknown[]): LeastSquaresResult {
  const engine = prepare("leastSquares", residuals, ordered(rest), (where, done) =>
    refusePromise(where, done, "use leastSquaresAsync for asynchronous callbacks"),
  );
  return run(engine);
}

/**
 * As leastSquares; gives the event loop a turn at least every 8 ms, and both callbacks may be asynchronous.
 *
 * @example
 * const residuals = async ([a, b], out) => { out[0] = 10 * (b - a * a); out[1] = 1 - a; };
 * (await leastSquaresAsync(residuals, 2, [-1.2, 1])).x; // [1, 1]
 */
export function leastSquaresAsync(
  residuals: Residuals,
  m: number,
  p0: ArrayLike<number>,
  options?: LeastSquaresOptions,
): Promise<LeastSquaresResult>;
export function leastSquaresAsync(
  residuals: Residuals,
  p0: ArrayLike<number>,
  options: WithCount<LeastSquaresOptions>,
): Promise<LeastSquaresResult>;
export async function leastSquaresAsync(
  residuals: Residuals,
  ...rest: readonly unknown[]
): Promise<LeastSquaresResult> {
  const engine = prepare("leastSquaresAsync", residuals, ordered(rest), (_, done) => done);
  return runAsync(engine);
}

export interface IterateLeastSquaresOptions extends LeastSquaresOptions {
  /** Continues from a state saved earlier, bit for bit. Limits and tolerances may be others than those it was saved under; all else is the same, else SNAPSHOT. */
  resume?: LeastSquaresState | undefined;
}

export type LeastSquaresIterator = Pulled<LeastSquaresResult, LeastSquaresState>;

/**
 * As leastSquares, yielding after each iteration. `break` ends the run and frees its memory; a run that is neither finished nor
 * broken off holds it until `return()`. `state()` is plain data; `resume` goes on from it.
 *
 * @throws DownhillError as leastSquares; SNAPSHOT when the state is damaged or of another run.
 * @example
 * const residuals = ([a, b], out) => { out[0] = 10 * (b - a * a); out[1] = 1 - a; };
 * for (const { nit, fun } of iterateLeastSquares(residuals, 2, [-1.2, 1])) if (fun < 1e-6) break;
 */
export function iterateLeastSquares(
  residuals: Residuals,
  m: number,
  p0: ArrayLike<number>,
  options?: IterateLeastSquaresOptions,
): LeastSquaresIterator;
export function iterateLeastSquares(
  residuals: Residuals,
  p0: ArrayLike<number>,
  options: WithCount<IterateLeastSquaresOptions>,
): LeastSquaresIterator;
export function iterateLeastSquares(residuals: Residuals, ...rest: readonly unknown[]): LeastSquaresIterator {
  const where = "iterateLeastSquares";
  const { m, p0, options } = ordered<IterateLeastSquaresOptions>(rest);
  checkKeys(where, options, [...optionKeys, "resume"], elsewhere);
  const { resume, ...others } = options;
  const engine = prepare(where, residuals, { m, p0, options: others }, (place, done) =>
    refusePromise(place, done, "only leastSquaresAsync takes asynchronous callbacks"),
  );
  return pullEngine(engine, resume);
}

interface Given<O> {
  readonly m: unknown;
  readonly p0: ArrayLike<number>;
  readonly options: O;
}

/** (m, p0, options), or (p0, { m, ...options }). */
function ordered<O = LeastSquaresOptions>(rest: readonly unknown[]): Given<O> {
  const [first, second, third = {}] = rest;
  if (typeof first !== "object" || first === null)
    return { m: first, p0: second as ArrayLike<number>, options: third as O };
  const { m, ...options } = (second ?? {}) as O & { m: number };
  return { m, p0: first as ArrayLike<number>, options: options as O };
}

function prepare(
  where: string,
  residuals: Residuals,
  { m: count, p0, options }: Given<LeastSquaresOptions>,
  settle: (where: string, done: Done) => Done,
): LeastSquaresEngine<LeastSquaresResult> {
  checkKeys(where, options, optionKeys, elsewhere);
  if (typeof residuals !== "function")
    throw optionError(where, "residuals", residuals, "a function (p, out) => void", called);
  const { jacobian } = options;
  const place = `${where}: jacobian`;
  if (jacobian !== undefined && typeof jacobian !== "function")
    throw optionError(where, "jacobian", jacobian, "a function (p, out) => void");
  const start = copyNumbers(where, "p0", p0);
  checkFinite(where, "p0", start);
  const n = start.length;
  if (count === undefined)
    throw optionError(where, "m", count, "the number of residuals, an integer >= 0", called);
  const m = numberOption(where, "m", count, 0, { min: 0, integer: true });
  // The callbacks get a copy: what they write there reaches nobody.
  const lent = new Float64Array(n);
  const copy = (p: Float64Array): Float64Array => {
    for (let j = 0; j < n; j++) lent[j] = p[j]!;
    return lent;
  };
  const { jacobianPattern } = options;
  const pattern: JacobianPattern | null =
    jacobianPattern === undefined ? null : readPattern(where, "jacobianPattern", jacobianPattern, m, n);
  const problem: ResidualProblem = {
    m,
    residuals: (p, out) =>
      settle(`${where}: residuals`, checkFilled(`${where}: residuals`, residuals(copy(p), out), out)),
    ...(jacobian
      ? {
          jacobian: (p, out) => settle(place, takeJacobian(place, jacobian(copy(p), out), out, pattern)),
        }
      : {}),
  };
  const settings = readSettings(where, options);
  const bounds = readBounds(where, options.bounds, start);
  const free = freeOf(bounds, n);
  // Those that are held take no residual.
  checkSizes(where, m, free.length || Math.min(n, 1));
  const telling: Telling = {
    level: readLevel(where, options.level, 0.95),
    absoluteSigma: booleanOption(where, "absoluteSigma", options.absoluteSigma, false),
  };
  if (pattern) {
    return new SparseEngine<LeastSquaresResult>(
      { where, problem, start, bounds, settings, limits: options },
      pattern,
      (engine, end) => {
        const told = readSparse(engine, end, variableName, free);
        return new LeastSquaresAnswer(end, engine, told, telling, true) as LeastSquaresResult;
      },
    );
  }
  return new LeastSquaresEngine(
    { where, problem, start, bounds, settings, limits: options },
    (engine, end) => {
      const told = readRun(engine, end, variableName, free, uncertaintyOf);
      return new LeastSquaresAnswer(end, engine, told, telling) as LeastSquaresResult;
    },
  );
}

/** What a Jacobian answers: nothing, or with a pattern a sparse matrix, now or later. */
function takeJacobian(
  where: string,
  given: unknown,
  out: Float64Array,
  pattern: JacobianPattern | null,
): Done {
  if (pattern && takeEntries(where, given, pattern, out)) return;
  if (pattern && isPromise(given))
    return given.then((late) => {
      if (!takeEntries(where, late, pattern, out)) checkFilled(where, late, out);
    });
  return checkFilled(where, given, out);
}
