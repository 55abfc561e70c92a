// The search for peaks: the clearest maximum first, one more while the BIC pays for it and each stands out of what the others leave.

import type { FitResult } from "../least-squares/fit-result.js";
import { type NamedModel, polynomial, prefix, sum } from "../models/named.js";
import { models } from "../models/named-table.js";
import { exp, log } from "../runtime/elementary.js";
import { candidates, noiseOf, oneMore, type Place, smooth, stands } from "./peak-places.js";

export const shapes = ["gaussian", "lorentzian", "pseudoVoigt"] as const;
export type PeakShape = (typeof shapes)[number];
export const baselines = ["none", "constant", "linear", "quadratic"] as const;
export type PeakBaseline = (typeof baselines)[number];

export const WIDTH: Readonly<Record<PeakShape, string>> = {
  gaussian: "sigma",
  lorentzian: "gamma",
  pseudoVoigt: "w",
};
/** FWHM of a unit width, and area of a peak of unit height and unit width; the pseudo-Voigt's lies between. */
export const FWHM: Readonly<Record<PeakShape, number>> = {
  gaussian: 2.3548200450309493,
  lorentzian: 2,
  pseudoVoigt: 2,
};
export interface Peaks {
  readonly shape: PeakShape;
  readonly baseline: PeakBaseline;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly spacing: number;
  readonly span: number;
  readonly floor: number;
}

export const DEGREE: Readonly<Record<PeakBaseline, number>> = {
  none: -1,
  constant: 0,
  linear: 1,
  quadratic: 2,
};

/** Bounds of a peak's parameters but its center, by their names. */
const limitsOf = ({ shape, spacing, span }: Peaks): Readonly<Record<string, object>> => ({
  height: { min: 0 },
  [WIDTH[shape]]: { min: spacing / 8, max: span },
  eta: { min: 0, max: 1 },
});

/** Asks for fits by their options. */
export type Asking<T> = Generator<object, T, FitResult>;

function fitOf(peaks: Peaks, chosen: readonly Place[]): object {
  const { shape, baseline, x, y, settings, spacing, span, floor } = peaks;
  const limits = limitsOf(peaks);
  const list: NamedModel[] = chosen.map((_, k) => prefix(models[shape], `p${k + 1}_`));
  const degree = DEGREE[baseline];
  if (degree >= 0) list.push(polynomial(degree));
  const params: Record<string, object> = {};
  chosen.forEach(({ center, height, fwhm }, k) => {
    const p = `p${k + 1}_`;
    params[`${p}height`] = { init: Math.max(height, 0), ...limits.height };
    const [first, last] = [x[0]!, x[x.length - 1]!];
    params[`${p}center`] = { init: Math.min(Math.max(center, first), last), min: first, max: last };
    const width = Math.min(Math.max(fwhm, spacing), span) / FWHM[shape];
    params[`${p}${WIDTH[shape]}`] = { init: width, ...limits[WIDTH[shape]] };
    if (shape === "pseudoVoigt") params[`${p}eta`] = { init: 0.5, ...limits.eta };
  });
  for (let k = 0; k <= degree; k++) params[`c${k}`] = { init: k === 0 ? floor : 0 };
  return { ...settings, model: sum(...list), x, y, params };
}

/** The same peaks and baseline from the answer of the search, over the caller's x in the caller's order. */
export function fitAsGiven(peaks: Peaks, { values }: FitResult, given: object, origin: number): object {
  const { shape, baseline, x, span } = peaks;
  const limits = limitsOf(peaks);
  const centers = Object.keys(values).filter((name) => name.endsWith("_center"));
  const list = centers.map((name) => prefix(models[shape], name.replace("center", "")));
  const degree = DEGREE[baseline];
  const under = degree < 0 ? "" : ` + ${polynomial(degree).text.replace(/\bx\b/g, `(x - (${origin}))`)}`;
  const low = x[0]! + origin;
  const high = low + span;
  const params = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!centers.includes(name)) return [name, { init: value, ...limits[name.replace(/^p\d+_/, "")] }];
      return [name, { init: Math.min(Math.max(value + origin, low), high), min: low, max: high }];
    }),
  );
  const model = sum(...list).text + under;
  return { ...given, model, params };
}

/** Where a fit has its peaks. */
const placesOf = ({ values }: FitResult, shape: PeakShape, count: number): Place[] =>
  Array.from({ length: count }, (_, k) => ({
    center: values[`p${k + 1}_center`]!,
    height: values[`p${k + 1}_height`]!,
    fwhm: FWHM[shape] * values[`p${k + 1}_${WIDTH[shape]}`]!,
  }));

/** A candidate has to rise this many noise deviations above its surroundings after smoothing. */
const NOISE = 4;
/** By how much the BIC has to fall for one more peak: strong evidence (Kass and Raftery, J. Am. Statist. Assoc. 90 (1995) 773). */
const STRONG = 6;
/** From so few points no noise can be told from third differences. */
const FEW = 12;
/** The share of the range that a peak beside others may be wide. */
const WIDE = 0.5;

/**
 * Whether the first peaks explain more than the highest of so many places would by chance: each point is a place where one could have
 * been, and m places add 2 ln(m) to what chance explains. Degrees of freedom stand in place of points, which few points have far fewer.
 */
function* isPeak({ baseline, x, y, settings }: Peaks, fit: FitResult, count: number): Asking<boolean> {
  const degree = DEGREE[baseline];
  const m = x.length;
  const level = y.reduce((total, v) => total + v, 0) / m;
  const params = Object.fromEntries(Array.from({ length: degree + 1 }, (_, k) => [`c${k}`, k ? 0 : level]));
  // Without a baseline y is noise about 0: a mean of its own would explain no less.
  const plain = degree < 0 ? { c0: level } : params;
  const model = polynomial(Math.max(0, degree));
  const bare = yield { ...settings, model, x, y, params: plain };
  const own = fit.freeNames.length - bare.freeNames.length;
  if (!(bare.rss > 0)) return false;
  return fit.dof * log(Math.max(fit.rss / bare.rss, Number.MIN_VALUE)) < -(own + 2 * count) * log(m) - STRONG;
}

/** Peaks as places, and whether each of them stands out. */
function seen(
  peaks: Peaks,
  fit: FitResult,
  count: number,
  noise: number,
): { places: Place[]; clear: boolean } {
  const { shape, x, y, span } = peaks;
  const unit = (z: number): number =>
    shape === "gaussian" ? exp(-4 * Math.LN2 * z * z) : 1 / (1 + 4 * z * z);
  const places = placesOf(fit, shape, count);
  const clear = places.every((place) => {
    const { center, height, fwhm } = place;
    const alone = y.map((v, i) => v - fit.fitted[i]! + height * unit((x[i]! - center) / fwhm));
    const rest = x.length < FEW ? alone : smooth(alone, 1);
    return (count === 1 || place.fwhm < WIDE * span) && stands(place, x, rest, noise, unit);
  });
  return { places, clear };
}

export interface Found {
  readonly fit: FitResult;
  readonly count: number;
}

/** `best` is null where the first peak pays for nothing; `more`: one beyond the most that were allowed would pay. */
export interface Ended {
  readonly best: Found | null;
  readonly more: boolean;
}

const rangeOf = (v: Float64Array): number =>
  v.reduce((a, b) => Math.max(a, b), -Infinity) - v.reduce((a, b) => Math.min(a, b), Infinity);

/** Maxima that stand out so much of the highest are taken together first, and so many in a row that pay for nothing are enough. */
const HIGH = 0.5;
const CLEAR = 4;
const IN_ROW = 3;

/** The best fit, with `wanted` peaks or at most `most` that the BIC pays for, of which `room` are determined; `over`: no more fits. */
export function* search(
  peaks: Peaks,
  wanted: number,
  most: number,
  room: number,
  over: () => boolean,
): Asking<Ended> {
  const { x, y } = peaks;
  const few = x.length < FEW;
  const noise = few ? 0 : noiseOf(y);
  const gate = (NOISE * noise) / 2;
  const maxima = candidates(x, few ? y : smooth(y, 2)).filter(({ prominence }) => prominence > gate);
  let best: Found | null = null;
  let have: readonly Place[] = [];
  let unused = maxima;
  function* takes(sets: readonly (readonly Place[])[], pays: boolean): Asking<boolean> {
    let found: Found | null = null;
    let places: readonly Place[] = [];
    for (const set of sets) {
      if (over()) break;
      const count = set.length;
      const fit = yield fitOf(peaks, set);
      const now = seen(peaks, fit, count, noise);
      const good = pays
        ? now.clear && (best ? fit.bic < best.fit.bic - STRONG : yield* isPeak(peaks, fit, count))
        : best
          ? fit.bic < best.fit.bic
          : now.places[0]!.height > gate;
      if (good && !(found && found.fit.rss <= fit.rss)) [found, places] = [{ fit, count }, now.places];
    }
    if (!found) return false;
    have = places;
    if (found.count <= most) best = found;
    const free = (one: Place) =>
      have.every((p) => Math.abs(p.center - one.center) > Math.max(p.fwhm, one.fwhm) / 2);
    unused = unused.filter(free);
    return true;
  }
  const left = (): Float64Array => (best ? best.fit.fitted.map((v, i) => y[i]! - v) : y);
  // Of a number that is known all that noise does not make.
  const together = wanted ? CLEAR * gate : HIGH * (maxima[0]?.prominence ?? 0);
  const high = maxima.filter(({ prominence }) => prominence > together).slice(0, most);
  if (high.length > 1) yield* takes([high], true);
  // The clearest first, alone: it is what most spectra take. Other places where none of these pays any more. One more than the most
  // tells whether these are all.
  const limit = wanted || Math.min(most + 1, room);
  for (let failed = 0; have.length < limit && !over(); ) {
    const rest = left();
    const known = !wanted && unused.length > 0 && failed < IN_ROW;
    if (!wanted && !known && !(rangeOf(smooth(rest, 2)) > 2 * gate)) break;
    const sets = oneMore(have, unused, x, rest);
    if (yield* takes(known ? sets.slice(0, 1) : sets, !wanted)) failed = 0;
    else if (known) {
      failed++;
      unused = unused.slice(1);
    } else break;
  }
  return { best, more: have.length > most };
}
