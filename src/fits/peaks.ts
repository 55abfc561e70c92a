// fitPeaks: finds the peaks of a spectrum and fits them with their baseline in one model. Candidates are local maxima that rise
// above the noise; they are taken in the order of their prominence while the BIC falls.

import { curveFit } from "../expressions/curve-fit.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { type NamedModel, polynomial, prefix, sum } from "../models/named.js";
import { models } from "../models/named-table.js";
import { log } from "../runtime/elementary.js";
import { DownhillError } from "../runtime/errors.js";
import { inNameOf } from "../runtime/in-name-of.js";
import { checkArray, checkFinite, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";

const shapes = ["gaussian", "lorentzian", "pseudoVoigt"] as const;
export type PeakShape = (typeof shapes)[number];
const baselines = ["none", "constant", "linear", "quadratic"] as const;
export type PeakBaseline = (typeof baselines)[number];

export interface FitPeaksOptions {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Standard deviation of each y, or one for all. */
  sigma?: number | ArrayLike<number> | undefined;
  absoluteSigma?: boolean | undefined;
  /** Default "gaussian". */
  shape?: PeakShape | undefined;
  /** A polynomial under the peaks, in x less its mean. Default "constant". */
  baseline?: PeakBaseline | undefined;
  /** How many peaks there are. Default: as many as the BIC pays for. */
  count?: number | undefined;
  /** Without `count`, at most so many. Default 20. */
  maxCount?: number | undefined;
  level?: number | undefined;
  runtime?: Runtime | undefined;
}

export interface FittedPeak {
  readonly center: number;
  readonly height: number;
  /** Full width at half maximum. */
  readonly fwhm: number;
  readonly area: number;
  /** Standard errors, by the delta method; null where the covariance is not known. */
  readonly stderr: {
    readonly center: number;
    readonly height: number;
    readonly fwhm: number;
    readonly area: number;
  } | null;
}

export interface FitPeaksResult {
  /** In the order of x. */
  readonly peaks: readonly FittedPeak[];
  /** The whole fit: parameters p1_height, p1_center, ..., and c0, c1, c2 of the baseline. */
  readonly fit: FitResult;
  /** x less this is the baseline's variable. */
  readonly origin: number;
}

const WIDTH: Readonly<Record<PeakShape, string>> = {
  gaussian: "sigma",
  lorentzian: "gamma",
  pseudoVoigt: "w",
};
/** FWHM of a unit width, and area of a peak of unit height and unit width; the pseudo-Voigt's lies between. */
const FWHM: Readonly<Record<PeakShape, number>> = {
  gaussian: 2.3548200450309493,
  lorentzian: 2,
  pseudoVoigt: 2,
};
const AREA_GAUSS = 2.5066282746310002;
/** A Gaussian of unit half width: sqrt(pi / ln 2). */
const AREA_HALF_GAUSS = 2.1289340388624525;

interface Candidate {
  readonly center: number;
  readonly height: number;
  readonly fwhm: number;
  readonly prominence: number;
}

/** The median. */
function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The noise from third differences, whose variance is 20 times that of y: what is smooth drops out. */
function noiseOf(y: Float64Array): number {
  const d = Array.from(y.subarray(3), (_, i) => Math.abs(y[i + 3]! - 3 * y[i + 2]! + 3 * y[i + 1]! - y[i]!));
  return d.length > 0 ? (1.4826 * median(d)) / Math.sqrt(20) : 0;
}

/** Weighted running means, 1 2 1 over 4, a few times: less noise, the peaks nearly as they were. */
function smooth(y: Float64Array, times: number): Float64Array {
  let from = y;
  for (let pass = 0; pass < times; pass++) {
    const last = from;
    from = last.map((v, i) => (v * 2 + (last[i - 1] ?? v) + (last[i + 1] ?? v)) / 4);
  }
  return from;
}

/** Local maxima with how far one has to go down from each to reach a higher one. */
function candidates(x: Float64Array, y: Float64Array): Candidate[] {
  const n = y.length;
  const found: Candidate[] = [];
  for (let i = 0; i < n; i++) {
    const here = y[i]!;
    if (!(here >= (y[i - 1] ?? -Infinity) && here > (y[i + 1] ?? -Infinity))) continue;
    const walk = (direction: 1 | -1) => {
      let least = here;
      let j = i + direction;
      for (; j >= 0 && j < n && y[j]! <= here; j += direction) least = Math.min(least, y[j]!);
      return { least, open: j < 0 || j >= n };
    };
    const left = walk(-1);
    const right = walk(1);
    // An end of the data is no saddle: the side that leads to a higher peak counts, both ends where there is none.
    const foot =
      left.open === right.open ? Math.max(left.least, right.least) : left.open ? right.least : left.least;
    const half = here - (here - foot) / 2;
    const reach = (direction: 1 | -1): number => {
      let j = i;
      while (j + direction >= 0 && j + direction < n && y[j]! > half) j += direction;
      return Math.abs(x[j]! - x[i]!);
    };
    const [a, b] = [reach(-1), reach(1)];
    const fwhm = 2 * (Math.min(a, b) || Math.max(a, b));
    found.push({ center: x[i]!, height: here - foot, fwhm, prominence: here - foot });
  }
  return found.sort((p, q) => q.prominence - p.prominence);
}

interface Peaks {
  readonly shape: PeakShape;
  readonly baseline: PeakBaseline;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly spacing: number;
  readonly span: number;
  readonly floor: number;
}

const DEGREE: Readonly<Record<PeakBaseline, number>> = { none: -1, constant: 0, linear: 1, quadratic: 2 };

function fitThese(
  { shape, baseline, x, y, settings, spacing, span, floor }: Peaks,
  chosen: readonly Candidate[],
): FitResult {
  const list: NamedModel[] = chosen.map((_, k) => prefix(models[shape], `p${k + 1}_`));
  const degree = DEGREE[baseline];
  if (degree >= 0) list.push(polynomial(degree));
  const params: Record<string, object> = {};
  chosen.forEach(({ center, height, fwhm }, k) => {
    const p = `p${k + 1}_`;
    params[`${p}height`] = { init: height };
    params[`${p}center`] = { init: center, min: x[0]!, max: x[x.length - 1]! };
    const width = Math.min(Math.max(fwhm, spacing), span) / FWHM[shape];
    params[`${p}${WIDTH[shape]}`] = { init: width, min: spacing / 8, max: span };
    if (shape === "pseudoVoigt") params[`${p}eta`] = { init: 0.5, min: 0, max: 1 };
  });
  for (let k = 0; k <= degree; k++) params[`c${k}`] = { init: k === 0 ? floor : 0 };
  const given = { ...settings, model: sum(...list), x, y, params } as never;
  return inNameOf("fitPeaks", "curveFit", () => curveFit(given)) as FitResult;
}

function describePeaks(fit: FitResult, shape: PeakShape, count: number): FittedPeak[] {
  const n = fit.freeNames.length;
  const { covariance } = fit;
  const deviation = (slopes: Readonly<Record<string, number>>): number => {
    let variance = 0;
    const entries = Object.entries(slopes).map(([name, s]) => [fit.freeNames.indexOf(name), s] as const);
    for (const [i, a] of entries) for (const [j, b] of entries) variance += a * b * covariance![i * n + j]!;
    return Math.sqrt(variance);
  };
  return Array.from({ length: count }, (_, k): FittedPeak => {
    const name = (what: string) => `p${k + 1}_${what}`;
    const value = (what: string) => fit.values[name(what)]!;
    const [height, center, width] = [value("height"), value("center"), value(WIDTH[shape])];
    const eta = shape === "pseudoVoigt" ? value("eta") : 0;
    const unit =
      shape === "gaussian"
        ? AREA_GAUSS
        : shape === "lorentzian"
          ? Math.PI
          : eta * Math.PI + (1 - eta) * AREA_HALF_GAUSS;
    const area = {
      [name("height")]: unit * width,
      [name(WIDTH[shape])]: unit * height,
      ...(shape === "pseudoVoigt" ? { [name("eta")]: height * width * (Math.PI - AREA_HALF_GAUSS) } : {}),
    };
    return {
      center,
      height,
      fwhm: FWHM[shape] * width,
      area: height * width * unit,
      stderr: covariance && {
        center: deviation({ [name("center")]: 1 }),
        height: deviation({ [name("height")]: 1 }),
        fwhm: deviation({ [name(WIDTH[shape])]: FWHM[shape] }),
        area: deviation(area),
      },
    };
  }).sort((a, b) => a.center - b.center);
}

/** A candidate has to rise this many noise deviations above its surroundings after smoothing. */
const NOISE = 4;
/** By how much the BIC has to fall for one more peak: strong evidence (Kass and Raftery, J. Am. Statist. Assoc. 90 (1995) 773). */
const STRONG = 6;

const none = (where: string, found: number, wanted: number, value: unknown): DownhillError =>
  new DownhillError(
    "OPTION",
    `${where}: ${found} peaks stand out from the noise, ${wanted || "at least one"} expected`,
    {
      hint: "give fewer, or the model with starts to curveFit",
      details: { option: "count", value, found },
    },
  );

/**
 * Whether the first peak explains more than the highest of so many places would by chance: each point is a place where one could have
 * been, and m places add 2 ln(m) to what chance explains.
 */
function isPeak({ baseline, x, y, settings }: Peaks, fit: FitResult): boolean {
  const degree = DEGREE[baseline];
  const m = x.length;
  const level = y.reduce((total, v) => total + v, 0) / m;
  const params = Object.fromEntries(Array.from({ length: degree + 1 }, (_, k) => [`c${k}`, k ? 0 : level]));
  // Without a baseline y is noise about 0: a mean of its own would explain no less.
  const plain = degree < 0 ? { c0: level } : params;
  const bare = curveFit({
    ...settings,
    model: polynomial(Math.max(0, degree)),
    x,
    y,
    params: plain,
  } as never);
  return fit.bic < (bare as FitResult).bic - STRONG - 2 * log(m);
}

/**
 * Finds and fits the peaks of y over x: starts, number (unless `count` says it), one fit with the baseline, areas and widths with
 * standard errors. Dips are not peaks: give -y for absorption.
 *
 * @throws DownhillError OPTION where fewer peaks than `count` stand out, or none does; SHAPE, NON_FINITE_INPUT for the data.
 * @example
 * const x = Array.from({ length: 60 }, (_, i) => i / 3);
 * const y = x.map((v, i) => 1 + 5 / (1 + (v - 8) ** 2) + 0.01 * ((i * 7) % 5));
 * const { peaks, fit } = fitPeaks({ x, y, shape: "lorentzian", baseline: "linear" });
 * peaks[0]; // { center, height, fwhm, area, stderr: { ... } }
 */
export function fitPeaks(options: FitPeaksOptions): FitPeaksResult {
  const where = "fitPeaks";
  checkKeys(where, options, [
    "x",
    "y",
    "sigma",
    "absoluteSigma",
    "shape",
    "baseline",
    "count",
    "maxCount",
    "level",
    "runtime",
  ]);
  const shape = choiceOption(where, "shape", options.shape, shapes, "gaussian");
  const baseline = choiceOption(where, "baseline", options.baseline, baselines, "constant");
  const whole = { min: 1, integer: true };
  const wanted = numberOption(where, "count", options.count, 0, whole);
  const most = wanted || numberOption(where, "maxCount", options.maxCount, 20, whole);
  checkArray(where, "x", options.x);
  checkArray(where, "y", options.y, options.x.length);
  checkFinite(where, "x", options.x);
  checkFinite(where, "y", options.y);
  // By x, so that neighbours are neighbours; centred, so that the baseline's terms are told apart.
  const order = Array.from({ length: options.x.length }, (_, i) => i).sort(
    (a, b) => options.x[a]! - options.x[b]!,
  );
  const sorted = Float64Array.from(order, (i) => options.x[i]!);
  const origin =
    baseline === "none" || baseline === "constant"
      ? 0
      : sorted.reduce((s, v) => s + v, 0) / (sorted.length || 1);
  const x = sorted.map((v) => v - origin);
  const y = Float64Array.from(order, (i) => options.y[i]!);
  const { sigma, absoluteSigma, level, runtime } = options;
  const weights =
    typeof sigma === "object" ? { sigma: Float64Array.from(order, (i) => sigma[i]!) } : { sigma };
  const gaps = Array.from(x.subarray(1), (v, i) => v - x[i]!).filter((gap) => gap > 0);
  const span = (x[x.length - 1] ?? 0) - (x[0] ?? 0);
  const spacing = gaps.length > 0 ? median(gaps) : span;
  const floor = baseline === "none" ? 0 : (Float64Array.from(y).sort()[Math.floor(y.length / 10)] ?? 0);
  const settings = { ...weights, absoluteSigma, level, runtime };
  const peaks: Peaks = { shape, baseline, x, y, settings, spacing, span, floor };
  const noise = noiseOf(y);
  const quiet = smooth(y, 2);
  const clear = candidates(x, quiet).filter(({ prominence }) => prominence > (NOISE * noise) / 2);
  if (clear.length === 0 || clear.length < wanted) {
    throw none(where, clear.length, wanted, options.count);
  }
  const perPeak = shape === "pseudoVoigt" ? 4 : 3;
  const room = Math.floor((x.length - DEGREE[baseline] - 2) / perPeak);
  let best: { fit: FitResult; count: number } | null = null;
  const limit = Math.min(most, clear.length, room);
  for (let count = wanted || 1; count <= limit; count++) {
    const fit = fitThese(peaks, clear.slice(0, count));
    const better = best ? fit.bic < best.fit.bic - STRONG : wanted > 0 || isPeak(peaks, fit);
    if (!better && !best) throw none(where, 0, wanted, options.count);
    if (better) best = { fit, count };
    // Two in a row that pay for nothing: the rest, less prominent, would not either.
    else if (count >= best!.count + 2) break;
  }
  if (!best)
    throw new DownhillError("SHAPE", `${where}: ${x.length} points do not determine ${wanted || 1} peaks`, {
      details: { points: x.length },
    });
  const described = describePeaks(best.fit, shape, best.count);
  return {
    peaks: described.map((peak) => ({ ...peak, center: peak.center + origin })),
    fit: best.fit,
    origin,
  };
}
