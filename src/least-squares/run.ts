// What leastSquares and curveFit read out of a run before its memory goes back, and the warnings it earns.

import { type StopMeasure, short, stopMeasures } from "../driver/report.js";
import type { Termination, Warning } from "../driver/types.js";
import { quote } from "../runtime/errors.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { Uncertainty } from "./problem.js";

/** What both facades report of a run, read out before the memory goes back. */
export interface FitRun {
  readonly measures: readonly StopMeasure[];
  readonly residuals: Float64Array;
  readonly jacobian: Float64Array;
  readonly uncertainty: Uncertainty;
  readonly free: number;
  /** What the fit takes of the degrees of freedom: as many as parameters, or combinations of them, that the data determine. */
  readonly used: number;
  /** Of a robust loss: factor of the inverse in the covariance; else NaN. */
  readonly robustVariance: number;
  /** Of a robust loss: its scale at the end. */
  readonly lossScale: number;
  /** Free variables at one of their bounds. */
  readonly atBound: readonly number[];
  readonly unsettled: number | undefined;
  readonly x: Float64Array;
  readonly fun: number;
  readonly optimality: number;
  /** Of a failure, what the data say about it. */
  readonly detail: string;
}

const AT_NONE: readonly number[] = [];

/** `free`: the variables that their bounds do not hold, where there are others, whose uncertainty `read` tells. */
export function readRun(
  engine: LeastSquaresEngine,
  end: Termination,
  names: (j: number) => string,
  free: readonly number[] | null = null,
  read: ((engine: LeastSquaresEngine, free: readonly number[]) => Uncertainty) | null = null,
): FitRun {
  const { solve, settings } = engine;
  const { f64 } = engine.workspace;
  const measures = stopMeasures(solve, settings.tolerances);
  const residuals = solve.best.view.slice();
  const detail = failureDetail(engine, end, residuals, names);
  // A Jacobian of another point, of the last trial or half of differences, is not reported.
  const known = solve.started && !engine.stale;
  if (!known) f64.J.fill(NaN);
  const jacobian = f64.J.slice();
  const uncertainty = known
    ? free && read
      ? read(engine, free)
      : engine.covariance()
    : { rank: 0, conditionNumber: Infinity, inverse: null, blind: null };
  const x = solve.x.slice();
  const { bounds } = engine.input;
  const count = free ? free.length : x.length;
  // Without a Jacobian all count.
  const used = uncertainty.rank || count;
  return {
    measures,
    residuals,
    jacobian,
    uncertainty,
    free: count,
    used,
    robustVariance: settings.loss === "linear" ? NaN : engine.robustVariance(used),
    lossScale: solve.lossScale,
    unsettled: engine.unsettled,
    atBound: bounds
      ? [...x.keys()].filter(
          (j) =>
            bounds.lower[j]! < bounds.upper[j]! && (x[j] === bounds.lower[j] || x[j] === bounds.upper[j]),
        )
      : AT_NONE,
    x,
    // Half of what anybody gets who sums the squares, to the last bit; the kernels sum in another order.
    fun: solve.started && settings.loss === "linear" ? sumOfSquares(residuals) / 2 : solve.fun,
    optimality: known ? solve.gradNorm : NaN,
    detail,
  };
}

function failureDetail(
  engine: LeastSquaresEngine,
  end: Termination,
  residuals: Float64Array,
  names: (j: number) => string,
): string {
  if (end.reason === "nonFinite" && !engine.solve.started) {
    const i = residuals.findIndex((r) => !Number.isFinite(r));
    const which = i < 0 ? "the sum of squares" : `residual[${i}]`;
    const value = i < 0 ? Infinity : residuals[i];
    // An argument in another place, or a misspelt name, is NaN too.
    const list = engine.exact ? "" : Array.from({ length: engine.n }, (_, j) => names(j)).join(", ");
    const form = list.includes("[")
      ? "The residuals (p, out) => fill out"
      : `A model is called with (x, { ${list} })`;
    const called = list && `. ${form}`;
    return `at the start ${which} is ${quote(value)}; choose another start or bounds${called}`;
  }
  if (end.reason === "nonFinite") {
    const { n } = engine;
    const J = engine.workspace.f64.J;
    const k = J.findIndex((value) => !Number.isFinite(value));
    if (k >= 0) {
      return `the Jacobian is not finite: d residual[${Math.floor(k / n)}] / d ${names(k % n)} is ${quote(J[k])}; choose another start or bounds`;
    }
  }
  if (end.reason === "singular") {
    return engine.lost.length > 0
      ? `${engine.lost.map(names).join(", ")} moved to where it no longer changes the residuals; choose another start or bounds`
      : "the data do not determine every parameter";
  }
  if (end.reason === "stalled" && engine.tiny) return "the squares underflow; give larger units";
  return end.reason === "stalled" && engine.exact ? stalledWith(engine.input.limits) : "";
}

/** What may be at fault where no step makes progress: derivatives that the caller answers for. */
function stalledWith(options: object): string {
  const { model = options } = options as { model?: unknown };
  const { jacobian, source, for: ordered } = model as Partial<Record<string, unknown>>;
  // What orders its parameters and has no Jacobian takes differences of steps that were chosen; equations have exact ones.
  const hint = ordered
    ? !jacobian && "other steps of differences"
    : jacobian && source === undefined && "checkJacobian";
  return hint ? `no step makes progress; try ${hint}` : "";
}

/** Condition number above which a fit is called ill-conditioned: 2^20, where the method calls a direction blind. */
const ILL_CONDITIONED = 1048576;
const NONE: readonly Warning[] = [];
/** Share in the undetermined directions from which a variable is named; so many names are listed. */
const BLIND_SHARE = 0.1;
const LISTED = 8;

/** Names, of many the first. */
const listed = (names: readonly string[]): string =>
  names.length > LISTED
    ? `${names.slice(0, LISTED).join(", ")} and ${names.length - LISTED} more`
    : names.join(", ");

export function runWarnings(run: FitRun, names: (j: number) => string): readonly Warning[] {
  const { uncertainty, lossScale, unsettled, atBound, free } = run;
  const { rank, conditionNumber, blind } = uncertainty;
  const warnings: Warning[] = [];
  if (unsettled !== undefined) {
    const message = `the scale of the loss has not settled: it is ${short(lossScale)}, its residuals ask for ${short(unsettled)}`;
    warnings.push({ code: "W_SCALE_UNSETTLED", message });
  }
  if (blind) {
    const params = [...blind.keys()].filter((j) => blind[j]! > BLIND_SHARE).map(names);
    const message = `the data do not determine ${listed(params)}: the Jacobian has rank ${rank} of ${free}, so there is no covariance`;
    warnings.push({ code: "W_COVARIANCE_SINGULAR", message, params });
  } else if (conditionNumber > ILL_CONDITIONED && rank > 0 && rank === free) {
    const message = `the Jacobian has condition number ${conditionNumber.toExponential(1)} with unit columns`;
    warnings.push({ code: "W_ILL_CONDITIONED", message });
  }
  if (atBound.length > 0) {
    const params = atBound.map(names);
    const message = `${listed(params)} ended at a bound: standard errors assume that no bound is met`;
    warnings.push({ code: "W_PARAM_AT_BOUND", message, params });
  }
  return warnings.length > 0 ? warnings : NONE;
}

export function sumOfSquares(r: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < r.length; i++) sum += r[i]! * r[i]!;
  return sum;
}
