// fitPeaks: finds the peaks of a spectrum and fits them with their baseline in one model; their areas and widths with errors.

import type { Limits, Warning } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { curveFit, curveFitAsync } from "../expressions/curve-fit.js";
import { fitElsewhere } from "../least-squares/elsewhere.js";
import { readSigmas } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { DownhillError } from "../runtime/errors.js";
import { inNameOf } from "../runtime/in-name-of.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import { peaksElsewhere } from "./elsewhere.js";
import { median } from "./peak-places.js";
import {
  type Asking,
  baselines,
  DEGREE,
  FWHM,
  fitAsGiven,
  type PeakBaseline,
  type PeakShape,
  type Peaks,
  search,
  shapes,
  WIDTH,
} from "./peak-search.js";

export type { PeakBaseline, PeakShape };

/** `maxTimeMs` ends the search with the best fit so far, `signal` without: that of fitPeaksAsync, which lets events come in. */
export interface FitPeaksOptions extends Pick<Limits, "maxTimeMs" | "signal" | "runtime"> {
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
  /** Without `count`, at most so many; W_SEARCH_CUT says where more would pay. Default 20. */
  maxCount?: number | undefined;
  level?: number | undefined;
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
  /** The whole fit over the x given, in its order: parameters p1_height, p1_center, ..., and c0, c1, c2 of the baseline. */
  readonly fit: FitResult;
  /** W_SEARCH_CUT where not the BIC but `maxCount` or a limit of time ended the search. Those of the fit are in `fit.warnings`. */
  readonly warnings: readonly Warning[];
  /** x less this is the variable of the baseline's polynomial. */
  readonly origin: number;
}

const optionKeys = [
  "x",
  "y",
  "sigma",
  "absoluteSigma",
  "shape",
  "baseline",
  "count",
  "maxCount",
  "level",
  "maxTimeMs",
  "signal",
  "runtime",
];
const elsewhere = /* @__PURE__ */ fitElsewhere(optionKeys, peaksElsewhere);
const AREA_GAUSS = 2.5066282746310002;
/** A Gaussian of unit half width: sqrt(pi / ln 2). */
const AREA_HALF_GAUSS = 2.1289340388624525;

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

const none = (where: string, found: number, wanted: number, value: unknown, ended?: string): DownhillError =>
  new DownhillError(
    "OPTION",
    ended
      ? `${where}: the search was ended (${ended}) at ${found} peaks, ${wanted || "at least one"} expected`
      : `${where}: ${found} peak${found === 1 ? " stands" : "s stand"} out from the noise, ${wanted || "at least one"} expected`,
    {
      hint: ended
        ? "give it more time"
        : "give fewer, another baseline, -y for dips, or the model with starts to curveFit",
      details: { option: "count", value, found },
    },
  );

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
  const work = finding("fitPeaks", options);
  let asked = work.next();
  while (!asked.done) {
    const given = asked.value as never;
    asked = work.next(inNameOf("fitPeaks", "curveFit", () => curveFit(given)) as FitResult);
  }
  return asked.value;
}

/**
 * As fitPeaks; gives the event loop a turn at least every 8 ms.
 *
 * @example
 * const x = Array.from({ length: 60 }, (_, i) => i / 3);
 * const y = x.map((v, i) => 1 + 5 / (1 + (v - 8) ** 2) + 0.01 * ((i * 7) % 5));
 * const { peaks } = await fitPeaksAsync({ x, y, shape: "lorentzian", signal: AbortSignal.timeout(10_000) });
 * peaks.length; // 1
 */
export async function fitPeaksAsync(options: FitPeaksOptions): Promise<FitPeaksResult> {
  const work = finding("fitPeaksAsync", options);
  let asked = work.next();
  while (!asked.done) asked = work.next((await curveFitAsync(asked.value as never)) as FitResult);
  return asked.value;
}

function* finding(where: string, options: FitPeaksOptions): Asking<FitPeaksResult> {
  checkKeys(where, options, optionKeys, elsewhere);
  const shape = choiceOption(where, "shape", options.shape, shapes, "gaussian");
  const baseline = choiceOption(where, "baseline", options.baseline, baselines, "constant");
  const whole = { min: 1, integer: true };
  const wanted = numberOption(where, "count", options.count, 0, whole);
  const most = wanted || numberOption(where, "maxCount", options.maxCount, 20, whole);
  const xs = copyNumbers(where, "x", options.x);
  const ys = copyNumbers(where, "y", options.y, xs.length);
  checkFinite(where, "x", xs);
  checkFinite(where, "y", ys);
  // By x, so that neighbours are neighbours; centred, so that the baseline's terms are told apart.
  const order = Array.from(xs.keys()).sort((a, b) => xs[a]! - xs[b]!);
  const sorted = Float64Array.from(order, (i) => xs[i]!);
  const origin =
    baseline === "none" || baseline === "constant"
      ? 0
      : sorted.reduce((s, v) => s + v, 0) / (sorted.length || 1);
  const x = sorted.map((v) => v - origin);
  const y = Float64Array.from(order, (i) => ys[i]!);
  const { sigma, absoluteSigma, level, runtime, maxTimeMs, signal } = options;
  const watch = new Watch(where, { maxTimeMs, signal }, [], Infinity);
  const sigmas = sigma === undefined ? null : readSigmas(where, sigma, xs.length);
  const weights = {
    sigma: sigmas && typeof sigma !== "number" ? Float64Array.from(order, (i) => sigmas[i]!) : sigma,
  };
  const gaps = Array.from(x.subarray(1), (v, i) => v - x[i]!).filter((gap) => gap > 0);
  const span = (x[x.length - 1] ?? 0) - (x[0] ?? 0);
  const spacing = gaps.length > 0 ? median(gaps) : span;
  const floor = baseline === "none" ? 0 : (Float64Array.from(y).sort()[Math.floor(y.length / 10)] ?? 0);
  const settings = { ...weights, absoluteSigma, level, runtime };
  const peaks: Peaks = { shape, baseline, x, y, settings, spacing, span, floor };
  const perPeak = shape === "pseudoVoigt" ? 4 : 3;
  const room = Math.floor((x.length - DEGREE[baseline] - 2) / perPeak);
  if (room < (wanted || 1))
    throw new DownhillError("SHAPE", `${where}: ${x.length} points do not determine ${wanted || 1} peaks`, {
      details: { points: x.length },
    });
  const work = search(peaks, wanted, Math.min(most, room), room, () => watch.interrupted() !== null);
  let step = work.next();
  while (!step.done) {
    // What is asked within the search shares its time.
    const time = maxTimeMs !== undefined && { maxTimeMs: watch.left.maxTimeMs };
    step = work.next(yield { ...step.value, ...time, ...(signal && { signal }) });
  }
  signal?.throwIfAborted();
  const { best, more } = step.value;
  const end = watch.interrupted();
  if (!best || best.count < wanted) throw none(where, best?.count ?? 0, wanted, options.count, end?.reason);
  const moved = origin !== 0 || order.some((from, to) => from !== to);
  const given = { x: xs, y: ys, sigma: sigmas ?? undefined, absoluteSigma, level, runtime };
  const fit = moved ? yield fitAsGiven(peaks, best.fit, given, origin) : best.fit;
  const cut = end
    ? `the search was ended (${end.reason}): there may be more peaks`
    : more && `${most} peaks are maxCount, and one more would pay: give a larger maxCount`;
  const warnings: readonly Warning[] = cut ? [{ code: "W_SEARCH_CUT", message: cut }] : [];
  return { peaks: describePeaks(fit, shape, best.count), fit, warnings, origin };
}
