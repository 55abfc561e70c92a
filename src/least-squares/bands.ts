// Uncertainty after the fit: confidence and prediction bands by the delta method (Seber and Wild 1989, section
// 5.1), profile-likelihood intervals (Bates and Watts 1988, section 6.1.2).

import { differences, newMemory } from "../driver/differences.js";
import { run } from "../driver/run.js";
import { unlessDisposed } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption, nearest } from "../runtime/options.js";
import { LeastSquaresEngine } from "./engine.js";
import { type PreparedFit, readLevel, readSigmas, residualProblem, studentOf } from "./fit-problem.js";
import type { Band, BandOptions, FitX } from "./fit-result.js";
import { type BoundModel, bindModel, type Done, readPredictors, refusePromise } from "./model.js";
import { pick } from "./parameters.js";
import type { ResidualProblem } from "./problem.js";
import { sumOfSquares } from "./run.js";
import { readSettings } from "./settings.js";
import type { FitStatistics } from "./statistics.js";
import { spreadIn, triangular } from "./triangular.js";

export interface SolvedFit {
  readonly fit: PreparedFit;
  /** Free parameters at the answer. */
  readonly x: Float64Array;
  readonly covariance: Float64Array | null;
  /** m*n of the weighted residuals at the answer. */
  readonly jacobian: Float64Array;
  /** Variance of a residual of unit weight. */
  readonly scale: number;
  readonly statistics: Pick<FitStatistics, "rss" | "dof">;
}

const synchronous = (where: string, done: Done): undefined => {
  refusePromise(where, done, "fit with a synchronous model");
};

/** The model at new x with its band; without options only the values. */
export function fitBand(
  { fit, x: p, covariance, jacobian, scale, statistics }: SolvedFit,
  x: FitX,
  options?: BandOptions,
): Band {
  const where = options === undefined ? "predict" : "band";
  if (options !== undefined) checkKeys(where, options, ["level", "kind", "sigma"]);
  const level = readLevel(where, options?.level, fit.level);
  const kind = choiceOption(where, "kind", options?.kind, ["confidence", "prediction"], "confidence");
  const bound = bindModel(where, fit.model, fit.parameters.names, readPredictors(where, x, fit.predictors));
  const m = bound.m;
  const sigmas = kind === "prediction" ? newSigmas(where, options?.sigma, m, fit.weights) : null;
  const y = new Float64Array(m);
  const problem = residualProblem(
    { bound, parameters: fit.parameters, y, weights: null, where },
    synchronous,
  );
  const values = new Float64Array(m);
  problem.residuals(p, values);
  const lower = new Float64Array(m).fill(NaN);
  const upper = new Float64Array(m).fill(NaN);
  if (!options || !covariance) return { fit: values, lower, upper };
  const n = p.length;
  const J = new Float64Array(m * n);
  if (problem.jacobian) problem.jacobian(p, J);
  else modelJacobian(problem.residuals, p, values, J, bound, fit);
  const t = studentOf(fit, statistics.dof, level);
  const R = triangular(jacobian, n);
  for (let i = 0; i < m; i++) {
    // A new observation adds its own variance.
    const extra = sigmas ? sigmas[i]! * sigmas[i]! : 0;
    const half = t * Math.sqrt(scale * (spreadIn(R, J.subarray(i * n, i * n + n)) + extra));
    lower[i] = values[i]! - half;
    upper[i] = values[i]! + half;
  }
  return { fit: values, lower, upper };
}

/** Standard deviations of new observations on the scale of the fit's sigma. */
export function newSigmas(
  where: string,
  given: unknown,
  m: number,
  weights: Float64Array | null,
): Float64Array {
  if (given === undefined) {
    let squares = 0;
    for (const w of weights ?? [1]) squares += 1 / (w * w);
    return new Float64Array(m).fill(Math.sqrt(squares / (weights?.length ?? 1)));
  }
  return readSigmas(where, given, m);
}

function modelJacobian(
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  p: Float64Array,
  values: Float64Array,
  J: Float64Array,
  bound: BoundModel,
  fit: PreparedFit,
): void {
  const { free, lower, upper } = fit.parameters;
  const space = { x: p.slice(), a: new Float64Array(bound.m), b: new Float64Array(bound.m) };
  const box = { lower: pick(lower, free), upper: pick(upper, free) };
  for (const target of differences(p, values, J, true, box, newMemory(p.length), space)) {
    residuals(space.x, target);
  }
}

/** Doublings and halvings of the search for one end of a profile. */
const MAX_DOUBLINGS = 40;
const MAX_BISECTIONS = 60;

/** OPTION for what is no free parameter. */
export function freeIndex(where: string, { parameters }: PreparedFit, name: string): number {
  const { freeNames } = parameters;
  const k = freeNames.indexOf(name);
  if (k >= 0) return k;
  const meant = nearest(name, freeNames);
  throw new DownhillError("OPTION", `${where}: ${quote(name)} is not a free parameter of this fit`, {
    hint: meant ? `did you mean "${meant}"?` : `free: ${freeNames.join(", ")}`,
  });
}

/** UNSUPPORTED for a robust loss, and for a law that has passes of its own. */
export function needLikelihood(where: string, { options: { loss = "linear" }, passes }: PreparedFit): void {
  const what = passes ? "Student's law is fitted by a loss, which" : `the loss "${loss}"`;
  if (loss !== "linear") throw new DownhillError("UNSUPPORTED", `${where}: ${what} has no profile`);
}

/** Halves [inside, outside] until it is this small a share of outside, which it answers. */
export function bisect(
  inside: number,
  outside: number,
  isInside: (at: number) => boolean,
  share = 1e-10,
): number {
  let [low, high] = [inside, outside];
  for (let i = 0; i < MAX_BISECTIONS && Math.abs(high - low) > share * Math.abs(high); i++) {
    const middle = (low + high) / 2;
    if (isInside(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The values of one parameter at which rss, minimised over the others, equals rss_min + s^2 F(level; 1, dof).
 * An end that is never reached inside the bounds is the bound, or infinite.
 */
export function fitProfile(
  solved: SolvedFit,
  name: string,
  options: { level?: number | undefined },
): [number, number] {
  const { fit, x, covariance, statistics } = solved;
  checkKeys("profile", options, ["level"]);
  const level = readLevel("profile", options.level, fit.level);
  const k = freeIndex("profile", fit, name);
  needLikelihood("profile", fit);
  const dof = statistics.dof;
  if (!covariance) return [-Infinity, Infinity];
  // F(level; 1, dof) is the square of the two-sided quantile of Student's t.
  const t = studentOf(fit, dof, level);
  const F = t * t;
  const limit = statistics.rss + solved.scale * F;
  const guess = Math.sqrt(F * covariance[k * x.length + k]!);
  return [oneEnd(solved, k, -1, guess, limit), oneEnd(solved, k, 1, guess, limit)];
}

/**
 * rss minimised over the other parameters with those in `held` (indices of free ones) held at the values given: from the last values at
 * which it was below `limit`, and where it is not, from the answer too, since a refit may lose itself. `limit` 0 takes the lower one.
 */
export function profiler(
  { fit, x }: SolvedFit,
  held: readonly number[],
): (at: readonly number[], limit: number) => number {
  const problem = residualProblem(fit, synchronous);
  const { free, lower, upper, bounded } = fit.parameters;
  const others = free.map((_, j) => j).filter((j) => !held.includes(j));
  const left = others.map((j) => free[j]!);
  const bounds = bounded ? { lower: pick(lower, left), upper: pick(upper, left) } : null;
  const p = x.slice();
  const answer = pick(x, others);
  let start = answer;
  const m = problem.m;
  const n = x.length;
  const out = new Float64Array(m);
  const wide = new Float64Array(m * n);
  const place = (q: Float64Array) => {
    for (let i = 0; i < others.length; i++) p[others[i]!] = q[i]!;
    return p;
  };
  const { jacobian } = problem;
  const reduced: ResidualProblem = {
    m,
    residuals: (q, r) => problem.residuals(place(q), r),
    ...(jacobian && {
      jacobian: (q, J) => {
        jacobian(place(q), wide);
        const width = others.length;
        for (let i = 0; i < m; i++)
          for (let c = 0; c < width; c++) J[i * width + c] = wide[i * n + others[c]!]!;
      },
    }),
  };
  const where = "profile";
  const settings = readSettings(where, {});
  const runtime = unlessDisposed(fit.options.runtime);
  const limits = runtime ? { runtime } : {};
  return (at, limit) => {
    for (let i = 0; i < held.length; i++) p[held[i]!] = at[i]!;
    if (others.length === 0) {
      problem.residuals(p, out);
      return sumOfSquares(out);
    }
    let [least, next] = [Infinity, start];
    for (const from of new Set([start, answer])) {
      const input = { where, problem: reduced, start: from, bounds, settings, limits };
      run(
        new LeastSquaresEngine(input, ({ solve }) => {
          const rss = sumOfSquares(solve.best.view);
          if (rss < least) [least, next] = [rss, solve.x.slice()];
        }),
      );
      if (least < limit) break;
    }
    if (!limit || least < limit) start = next;
    return least;
  };
}

function oneEnd(solved: SolvedFit, k: number, side: 1 | -1, guess: number, limit: number): number {
  const { fit, x } = solved;
  const j = fit.parameters.free[k]!;
  const bound = (side > 0 ? fit.parameters.upper : fit.parameters.lower)[j]!;
  const held = profiler(solved, [k]);
  const isInside = (at: number) => held([at], limit) < limit;
  const center = x[k]!;
  let inside = 0;
  let outside = guess > 0 ? guess : Math.abs(center) || 1;
  const room = Math.abs(bound - center);
  for (let i = 0; ; i++) {
    if (outside >= room) {
      if (isInside(bound)) return bound;
      outside = room;
      break;
    }
    if (!isInside(center + side * outside)) break;
    inside = outside;
    outside *= 2;
    if (i >= MAX_DOUBLINGS) return side * Infinity;
  }
  return center + side * bisect(inside, outside, (at) => isInside(center + side * at));
}
