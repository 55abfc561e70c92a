// leastSquares: minimise |residuals(p)|^2 / 2, or a robust sum, over p.

import { type Bounds, readBounds } from "../driver/bounds.js";
import { type Pulled, run, runAsync } from "../driver/run.js";
import { type Limits, limitKeys, type Termination } from "../driver/types.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { type LeastSquaresState, pullEngine } from "./checkpoint.js";
import { LeastSquaresEngine } from "./engine.js";
import { checkFilled, refusePromise } from "./model.js";
import type { Done, ResidualProblem } from "./problem.js";
import { LeastSquaresAnswer, type LeastSquaresResult, variableName } from "./result.js";
import { readRun } from "./run.js";
import { type LeastSquaresSettings, readSettings, settingKeys } from "./settings.js";

export interface LeastSquaresOptions extends LeastSquaresSettings, Limits {
  /** Fills `out` with d residual_i / d p_j at out[i * n + j]. Default: finite differences. */
  jacobian?: ((p: Float64Array, out: Float64Array) => unknown) | undefined;
  /** Box bounds; never left, by finite differences either. */
  bounds?: Bounds | undefined;
}

const optionKeys = [...settingKeys, ...limitKeys, "jacobian", "bounds"];

/**
 * Minimises the sum of squares of `m` residuals over n = p0.length parameters.
 *
 * @param residuals fills `out` (m) with the residuals at p (n); both are borrowed for the call.
 * @param m number of residuals, at least n.
 * @param p0 start.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when a callback
 * answers instead of filling its argument. What a callback throws comes out unchanged.
 * @example
 * // Rosenbrock as two residuals
 * const residuals = ([a, b], out) => { out[0] = 10 * (b - a * a); out[1] = 1 - a; };
 * leastSquares(residuals, 2, [-1.2, 1]).x; // [1, 1]
 */
export function leastSquares(
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: LeastSquaresOptions = {},
): LeastSquaresResult {
  const engine = prepare("leastSquares", residuals, m, p0, options, (where, done) =>
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
export async function leastSquaresAsync(
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: LeastSquaresOptions = {},
): Promise<LeastSquaresResult> {
  const engine = prepare("leastSquaresAsync", residuals, m, p0, options, (_, done) => done);
  return runAsync(engine);
}

export interface IterateLeastSquaresOptions extends LeastSquaresOptions {
  /** Continues from a state saved earlier, bit for bit. */
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
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: IterateLeastSquaresOptions = {},
): LeastSquaresIterator {
  const where = "iterateLeastSquares";
  checkKeys(where, options, [...optionKeys, "resume"]);
  const { resume, ...others } = options;
  const engine = prepare(where, residuals, m, p0, others, (place, done) =>
    refusePromise(place, done, "only leastSquaresAsync takes asynchronous callbacks"),
  );
  return pullEngine(engine, resume);
}

function prepare(
  where: string,
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: LeastSquaresOptions,
  settle: (where: string, done: Done) => Done,
): LeastSquaresEngine<LeastSquaresResult> {
  checkKeys(where, options, optionKeys);
  if (typeof residuals !== "function")
    throw optionError(where, "residuals", residuals, "a function (p, out) => void");
  const { jacobian } = options;
  if (jacobian !== undefined && typeof jacobian !== "function")
    throw optionError(where, "jacobian", jacobian, "a function (p, out) => void");
  const start = copyNumbers(where, "p0", p0);
  checkFinite(where, "p0", start);
  const n = start.length;
  if (m === undefined) throw optionError(where, "m", m, "an integer >= 0");
  numberOption(where, "m", m, 0, { min: 0, integer: true });
  checkSizes(where, m, n);
  // The callbacks get a copy: what they write there reaches nobody.
  const lent = new Float64Array(n);
  const copy = (p: Float64Array): Float64Array => {
    for (let j = 0; j < n; j++) lent[j] = p[j]!;
    return lent;
  };
  const problem: ResidualProblem = {
    m,
    residuals: (p, out) =>
      settle(`${where}: residuals`, checkFilled(`${where}: residuals`, residuals(copy(p), out), out)),
    ...(jacobian
      ? {
          jacobian: (p, out) =>
            settle(`${where}: jacobian`, checkFilled(`${where}: jacobian`, jacobian(copy(p), out), out)),
        }
      : {}),
  };
  const settings = readSettings(where, options);
  const bounds = readBounds(where, options.bounds, start);
  return new LeastSquaresEngine({ where, problem, start, bounds, settings, limits: options }, finish);
}

/** SHAPE unless 1 <= n <= m. */
export function checkSizes(where: string, m: number, n: number): void {
  if (n === 0) throw new DownhillError("SHAPE", `${where}: there is no parameter to fit`);
  if (m >= n) return;
  throw new DownhillError("SHAPE", `${where}: ${m} residuals do not determine ${n} parameters`, {
    hint: "give at least as many points as free parameters, or fix some",
    details: { m, n },
  });
}

function finish(engine: LeastSquaresEngine, end: Termination): LeastSquaresResult {
  return new LeastSquaresAnswer(end, engine, readRun(engine, end, variableName)) as LeastSquaresResult;
}
