// leastSquares: minimise |residuals(p)|^2 / 2, or a robust sum, over p.

import { describe, type StopMeasure, stopMeasures } from "../driver/report.js";
import { type Iteration, type Limits, limitKeys, type Termination, type Warning } from "../driver/types.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import type { Variant } from "../runtime/rooms.js";
import { type Done, Engine, type ResidualProblem } from "./engine.js";
import { checkFilled, refusePromise } from "./model.js";
import { type ReportOptions, runLine, solveReport } from "./report.js";
import { type Bounds, type LeastSquaresSettings, readBounds, readSettings, settingKeys } from "./settings.js";

export interface LeastSquaresOptions extends LeastSquaresSettings, Limits {
  /** Fills `out` with d residual_i / d p_j at out[i * n + j]. Default: finite differences. */
  jacobian?: ((p: Float64Array, out: Float64Array) => unknown) | undefined;
  /** Box bounds; never left, by finite differences either. */
  bounds?: Bounds | undefined;
}

const optionKeys = [...settingKeys, ...limitKeys, "jacobian", "bounds"];

interface LeastSquaresFields {
  /** The best point: n parameters. */
  readonly x: Float64Array;
  /** rss / 2, or half the robust sum. */
  readonly fun: number;
  /** Gradient of `fun` at x. */
  readonly grad: Float64Array;
  /** status is "converged". */
  readonly success: boolean;
  readonly message: string;
  /** Trial steps, calls of the residuals (those of finite differences included), Jacobians, Hessians (none). */
  readonly nit: number;
  readonly nfev: number;
  readonly njev: number;
  readonly nhev: number;
  /** Max-norm of the gradient over the variables that may move. */
  readonly optimality: number;
  readonly method: string;
  readonly variant: Variant;
  readonly elapsedMs: number;
  readonly warnings: readonly Warning[];
  readonly trace?: readonly Iteration[];
  /** m residuals at x. */
  readonly residuals: Float64Array;
  /** m*n at x, row-major; with a robust loss its rows carry the weights of the last iteration. */
  readonly jacobian: Float64Array;
  /** Sum of squared residuals. */
  readonly rss: number;
  /** Numerical rank of the Jacobian, and its 2-norm condition number with unit columns. */
  readonly rank: number;
  readonly conditionNumber: number;
  /** One line (`style: "brief"`), or the block with each stop measure and its tolerance. */
  report(options?: ReportOptions): string;
  toJSON(): Record<string, unknown>;
}

export type LeastSquaresResult = Termination & LeastSquaresFields;

/**
 * Minimises the sum of squares of `m` residuals over n = p0.length parameters.
 *
 * @param residuals fills `out` (m) with the residuals at p (n); both are borrowed for the call.
 * @param m number of residuals, at least n.
 * @param p0 start.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when a callback
 * answers instead of filling its argument. What a callback throws comes out unchanged.
 */
export function leastSquares(
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: LeastSquaresOptions = {},
): LeastSquaresResult {
  const engine = prepare("leastSquares", residuals, m, p0, options, (where, done) =>
    refusePromise(where, done, "leastSquaresAsync"),
  );
  try {
    return finish(engine, engine.run());
  } finally {
    engine.release();
  }
}

/** As leastSquares; gives the event loop a turn at least every 8 ms, and both callbacks may be asynchronous. */
export async function leastSquaresAsync(
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: LeastSquaresOptions = {},
): Promise<LeastSquaresResult> {
  options.signal?.throwIfAborted();
  const engine = prepare("leastSquaresAsync", residuals, m, p0, options, (_, done) => done);
  try {
    return finish(engine, await engine.runAsync());
  } finally {
    engine.release();
  }
}

function prepare(
  where: string,
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p0: ArrayLike<number>,
  options: LeastSquaresOptions,
  settle: (where: string, done: Done) => Done,
): Engine {
  checkKeys(where, options, optionKeys);
  if (typeof residuals !== "function")
    throw optionError(where, "residuals", residuals, "a function (p, out) => void");
  const { jacobian } = options;
  if (jacobian !== undefined && typeof jacobian !== "function")
    throw optionError(where, "jacobian", jacobian, "a function (p, out) => void");
  checkArray(where, "p0", p0);
  checkFinite(where, "p0", p0);
  const n = p0.length;
  numberOption(where, "m", m ?? Number.NaN, 0, { min: 0, integer: true });
  checkSizes(where, m, n);
  const problem: ResidualProblem = {
    m,
    residuals: (p, out) =>
      settle(`${where}: residuals`, checkFilled(`${where}: residuals`, residuals(p, out))),
    ...(jacobian
      ? {
          jacobian: (p, out) =>
            settle(`${where}: jacobian`, checkFilled(`${where}: jacobian`, jacobian(p, out))),
        }
      : {}),
  };
  const settings = readSettings(where, options);
  const bounds = readBounds(where, options.bounds, p0);
  return new Engine({ where, problem, start: Float64Array.from(p0), bounds, settings, limits: options });
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

/** What both facades report of a run, read out before the memory goes back. */
export function readRun(engine: Engine, end: Termination, names: (j: number) => string) {
  const { solve, monitor, settings } = engine;
  const { f64 } = engine.workspace;
  const measures = stopMeasures(solve, settings.tolerances);
  const residuals = solve.best.view.slice();
  const jacobian = (f64.J as Float64Array).slice();
  const known = solve.started && !solve.stale;
  const uncertainty = known
    ? engine.covariance()
    : { rank: 0, conditionNumber: Infinity, inverse: null, blind: null };
  return {
    measures,
    residuals,
    jacobian,
    uncertainty,
    x: solve.x.slice(),
    fun: solve.fun,
    nit: monitor.nit,
    nfev: monitor.nfev,
    njev: monitor.njev,
    optimality: solve.gradNorm,
    method: settings.method.name,
    variant: engine.workspace.runtime.variant,
    elapsedMs: monitor.elapsedMs,
    message: describe(end, measures, failureDetail(engine, end, residuals, names)),
    trace: monitor.trace,
  };
}

function failureDetail(
  engine: Engine,
  end: Termination,
  residuals: Float64Array,
  names: (j: number) => string,
): string {
  if (end.reason === "nonFinite" && !engine.solve.started) {
    const i = residuals.findIndex((r) => !Number.isFinite(r));
    const which = i < 0 ? "the sum of squares" : `residual[${i}]`;
    const value = i < 0 ? Infinity : residuals[i];
    return `at the start ${which} is ${quote(value)}; choose another start, or bounds that keep the model defined`;
  }
  if (end.reason === "singular" && engine.lost.length > 0) {
    return `${engine.lost.map(names).join(", ")} moved to where it no longer changes the residuals; choose another start or bounds`;
  }
  return "";
}

/** J'f, the gradient of half the sum, from the (weighted) Jacobian and residuals. */
function gradientOf(engine: Engine): Float64Array {
  const { solve, workspace } = engine;
  const f = solve.loss === 0 ? solve.best.view : (workspace.f64.weighted as Float64Array);
  const J = workspace.f64.J as Float64Array;
  const grad = new Float64Array(solve.n);
  for (let i = 0; i < solve.m; i++) {
    for (let j = 0; j < solve.n; j++)
      grad[j] = (grad[j] as number) + (J[i * solve.n + j] as number) * (f[i] as number);
  }
  return grad;
}

/** Condition number above which a fit is called ill-conditioned: 2^20, where the method calls a direction blind. */
const ILL_CONDITIONED = 1048576;

export function conditionWarnings(
  rank: number,
  n: number,
  condition: number,
  undetermined: readonly string[],
): Warning[] {
  if (rank < n && undetermined.length > 0) {
    const message = `the data do not determine ${undetermined.join(", ")}: the Jacobian has rank ${rank} of ${n}, so there is no covariance`;
    return [{ code: "W_COVARIANCE_SINGULAR", message, params: undetermined }];
  }
  if (condition <= ILL_CONDITIONED || rank < n) return [];
  return [
    {
      code: "W_ILL_CONDITIONED",
      message: `the Jacobian has condition number ${condition.toExponential(1)} with unit columns`,
    },
  ];
}

/** Names of the variables with a share above 0.1 in the undetermined directions. */
export function undetermined(blind: Float64Array | null, names: (j: number) => string): string[] {
  if (!blind) return [];
  return Array.from(blind.keys())
    .filter((j) => (blind[j] as number) > 0.1)
    .map(names);
}

function finish(engine: Engine, end: Termination): LeastSquaresResult {
  const names = (j: number) => `x[${j}]`;
  const run = readRun(engine, end, names);
  const { rank, conditionNumber, blind } = run.uncertainty;
  const { measures, uncertainty: _, trace, ...fields } = run;
  const warnings = conditionWarnings(rank, engine.n, conditionNumber, undetermined(blind, names));
  const rss = sumOfSquares(run.residuals);
  const input = { end, measures, warnings, conditionNumber, rss, ...fields };
  const result: LeastSquaresFields = {
    ...fields,
    grad: gradientOf(engine),
    success: end.status === "converged",
    nhev: 0,
    rss,
    rank,
    conditionNumber,
    warnings,
    ...(trace ? { trace } : {}),
    report: (options: ReportOptions = {}) => {
      checkKeys("report", options, ["style"]);
      return options.style === "brief" ? runLine(input) : solveReport(input, run.x);
    },
    toJSON: () => plain({ ...end, ...result }),
  };
  return { ...end, ...result };
}

export function sumOfSquares(r: Float64Array): number {
  let sum = 0;
  for (const value of r) sum += value * value;
  return sum;
}

/** Data only, typed arrays as arrays. */
export function plain(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, v]) => typeof v !== "function");
  return Object.fromEntries(entries.map(([key, v]) => [key, v instanceof Float64Array ? Array.from(v) : v]));
}

export type { StopMeasure };
