// Profiles of the sum of squares along one parameter, and around two (Bates and Watts, Nonlinear Regression Analysis, 1988, chapter 6).

import { bisect, freeIndex, needLikelihood, profiler, type SolvedFit } from "../least-squares/bands.js";
import { readLevel } from "../least-squares/fit-problem.js";
import type { FitFields } from "../least-squares/fit-result.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys } from "../runtime/options.js";
import { coreFunction } from "./core-functions.js";

export interface ProfileCurve {
  /** Values of the parameter, its estimate in the middle. */
  readonly values: Float64Array;
  /** Least sum of squares with the parameter held there, and its signed root: sign (rss - least)^(1/2) / s, straight where the model is linear. */
  readonly rss: Float64Array;
  readonly tau: Float64Array;
}

export interface Region {
  /** Points around the region, in order; NaN where it does not end. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly level: number;
}

/** A profile goes so many standard errors to each side, in steps of a quarter. */
const PROFILE_REACH = 4;
/** Halvings of a quarter turn: 8 points in each. */
const TURN_DEPTH = 3;
const DOUBLINGS = 20;

/** cos and sin of equal parts of a turn, by halving: roots only. */
function around(): [number, number][] {
  const points: [number, number][] = [];
  const add = (from: [number, number], to: [number, number], depth: number): void => {
    if (depth === 0) {
      points.push(from);
      return;
    }
    const [c, s] = [from[0] + to[0], from[1] + to[1]];
    const length = Math.sqrt(c * c + s * s);
    const middle: [number, number] = [c / length, s / length];
    add(from, middle, depth - 1);
    add(middle, to, depth - 1);
  };
  const corners: [number, number][] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  corners.forEach((corner, i) => {
    add(corner, corners[(i + 1) % 4]!, TURN_DEPTH);
  });
  return points;
}

function need(where: string, { fit, covariance }: SolvedFit): Float64Array {
  needLikelihood(where, fit);
  if (covariance) return covariance;
  throw new DownhillError("UNSUPPORTED", `${where}: there is no covariance`);
}

export function profileCurve(solved: SolvedFit, { rss: least }: FitFields, name: string): ProfileCurve {
  const k = freeIndex("profileCurve", solved.fit, name);
  const covariance = need("profileCurve", solved);
  const { fit, x, scale } = solved;
  const n = x.length;
  const { free, lower, upper } = fit.parameters;
  const [low, high] = [lower[free[k]!]!, upper[free[k]!]!];
  const stderr = Math.sqrt(covariance[k * n + k]!);
  const center = x[k]!;
  const values: number[] = [];
  for (let i = -4 * PROFILE_REACH; i <= 4 * PROFILE_REACH; i++) {
    const at = center + (i / 4) * stderr;
    if (at >= low && at <= high) values.push(at);
  }
  const rss = new Float64Array(values.length);
  // From the middle outwards, so that each refit starts near its answer.
  for (const side of [1, -1]) {
    const held = profiler(solved, [k]);
    const own = values.map((_, i) => i).filter((i) => side * (values[i]! - center) >= 0);
    if (side < 0) own.reverse();
    for (const i of own) rss[i] = values[i] === center ? least : held([values[i]!], 0);
  }
  const s = Math.sqrt(scale);
  const tau = rss.map((v, i) => (values[i]! < center ? -1 : 1) * (Math.sqrt(Math.max(v - least, 0)) / s));
  return { values: Float64Array.from(values), rss, tau };
}

/** How often `step` leads from a parameter to its bound. */
function roomOf({ parameters }: SolvedFit["fit"], k: number, from: number, step: number): number {
  const { free, lower, upper } = parameters;
  if (step === 0) return Infinity;
  const bound = (step > 0 ? upper : lower)[free[k]!]!;
  return Math.max((bound - from) / step, 0);
}

export function region(
  solved: SolvedFit,
  { rss, dof }: FitFields,
  [a, b]: readonly [string, string],
  options: { level?: number | undefined },
): Region {
  const where = "region";
  checkKeys(where, options, ["level"]);
  const { fit, x, scale } = solved;
  const level = readLevel(where, options.level, fit.level);
  const [i, j] = [freeIndex(where, fit, a), freeIndex(where, fit, b)];
  if (i === j) throw new DownhillError("OPTION", `${where}: ${quote(a)} is given twice`);
  const C = need(where, solved);
  // Quantiles with 2 degrees of freedom are closed: -2 log(1 - p), and (1 + F 2 / dof)^(-dof / 2) = 1 - p.
  const { runtime } = fit.options;
  const tail = -2 * coreFunction("log", runtime)(1 - level);
  const ratio = fit.absoluteSigma || dof < 1 ? tail : dof * coreFunction("expm1", runtime)(tail / dof);
  const limit = rss + scale * ratio;
  const n = x.length;
  // Directions in which the tangent's region is a circle: the Cholesky factor of its covariance.
  const l00 = Math.sqrt(C[i * n + i]!);
  const l10 = C[i * n + j]! / l00;
  const l11 = Math.sqrt(Math.max(C[j * n + j]! - l10 * l10, 0));
  const points = around().map(([cos, sin]) => {
    const held = profiler(solved, [i, j]);
    const [da, db] = [l00 * cos, l10 * cos + l11 * sin];
    // Bounds end the region too.
    const room = Math.min(roomOf(fit, i, x[i]!, da), roomOf(fit, j, x[j]!, db));
    const beyond = (t: number) => t >= room || !(held([x[i]! + t * da, x[j]! + t * db], limit) < limit);
    let [inside, outside] = [0, Math.sqrt(ratio)];
    for (let k = 0; !beyond(outside); k++) {
      if (k >= DOUBLINGS) return [NaN, NaN] as const;
      inside = outside;
      outside *= 1.5;
    }
    outside = bisect(inside, outside, (t) => !beyond(t), 1e-8);
    const within = (k: number, v: number): number => {
      const { free, lower, upper } = fit.parameters;
      return Math.min(Math.max(v, lower[free[k]!]!), upper[free[k]!]!);
    };
    return [within(i, x[i]! + outside * da), within(j, x[j]! + outside * db)] as const;
  });
  return { a: Float64Array.from(points, ([u]) => u), b: Float64Array.from(points, ([, v]) => v), level };
}
