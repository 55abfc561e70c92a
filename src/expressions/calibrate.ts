// Inverse prediction: x from an observed y, and the x for which y is not outside the band (Draper and Smith 1998, section 3.2;
// the inversion interval of R's investr).

import { bisect, fitBand, newSigmas, type SolvedFit } from "../least-squares/bands.js";
import { readLevel, readSigmas } from "../least-squares/fit-problem.js";
import type { Band, BandOptions, FitResult, FitX } from "../least-squares/fit-result.js";
import type { Calibrated, CalibrateOptions } from "../least-squares/fit-set.js";
import type { Data } from "../least-squares/model.js";
import { preparedOf } from "../least-squares/prepared.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, choiceOption, isArrayLike, optionError } from "../runtime/options.js";
import type { FullPrepared } from "./full-fit.js";
import { extentOf } from "./scales.js";

/** Parts of the range in which the curve is looked at beside the data, how far beyond, and how far beyond it the ends of the interval are. */
const PARTS = 400;
const ROOM = 0.1;
const REACH = 4;
/** Points of the data between which no more is looked at. */
const MOST = 5000;
/** Looks at a turn of the curve. */
const TURNS = 60;
/** What rounding leaves of y at most. */
const ROUNDING = 1e-9;
/** On both sides of a pole the curve is so many times as far from y as at the nearer look. */
const POLE = 1e3;
/** Steps towards an end at first, as a share of what the band's width says; their growth; steps in one look at the band. */
const FIRST = 0.1;
const GROWTH = 1.05;
const CHUNK = 64;

type Banded = (x: FitX, options: BandOptions) => Band;
type At = (x: FitX) => FitX;
interface Curve {
  predict(x: FitX): Float64Array;
  readonly band: Banded;
}

/**
 * The band of the mean of replicates: a new observation's variance over their number; where it is estimated, from their scatter too, as
 * investr pools it. `usual`: of the new observation, where the fit has another.
 */
function ofMean(whole: FitResult, at: At, usual: number | null, values: Float64Array, y: number): Banded {
  const where = "calibrate";
  const fit = preparedOf(whole) as FullPrepared;
  if (fit.form || fit.heavy)
    throw new DownhillError(
      "UNSUPPORTED",
      `${where}: replicates of a fit that minimises no plain residuals`,
      {
        hint: "give their mean, and its sigma",
      },
    );
  const m = values.length;
  const { dof, rss } = whole;
  // What every fit of this entry has for its own bands.
  const { solved } = whole as unknown as { readonly solved: SolvedFit };
  const scatter = values.reduce((sum, v) => sum + (v - y) * (v - y), 0);
  return (x, { sigma = usual ?? undefined, level }) => {
    const s = newSigmas(where, sigma, 1, fit.weights)[0]!;
    const pooled = whole.covarianceForm === "redChi2" && {
      scale: (rss + scatter / (s * s)) / (dof + m - 1),
      statistics: { rss, dof: dof + m - 1 },
    };
    return fitBand({ ...solved, ...pooled }, at(x), { kind: "prediction", level, sigma: s / Math.sqrt(m) });
  };
}

/** `data`: the predictor that was fitted. `whole`: the fit, `at`: its x, `usual`: what it takes for the sigma of a new observation. */
export function calibrate(
  data: Data["x"],
  of: Curve,
  whole: FitResult,
  given: number | ArrayLike<number>,
  options: CalibrateOptions,
  at: At = (x) => x,
  usual: number | null = null,
): Calibrated {
  const where = "calibrate";
  const [[name = "", column] = [], ...more] =
    data instanceof Float64Array ? [["", data] as const] : Object.entries(data);
  if (!column || more.length > 0) {
    throw new DownhillError("UNSUPPORTED", `${where}: several predictors`, {
      hint: name === "set" || "set" in data ? "of a global fit ask one of its sets" : "",
    });
  }
  const values = isArrayLike(given) && given.length > 0 ? copyNumbers(where, "y", given) : null;
  if (values) checkFinite(where, "y", values);
  const y = values ? values.reduce((sum, v) => sum + v, 0) / values.length : given;
  if (typeof y !== "number" || !Number.isFinite(y))
    throw optionError(where, "y", given, "a finite number, or replicates of it");
  const asked = (x: readonly number[]): FitX => (name === "" ? x : { [name]: x });
  checkKeys(where, options, ["kind", "level", "sigma"]);
  const level = readLevel(where, options.level, preparedOf(whole)!.level);
  const kind = choiceOption(where, "kind", options.kind, ["prediction", "confidence"], "prediction");
  if (values && kind === "confidence")
    throw optionError(where, "kind", kind, "left out beside replicates of y");
  if (options.sigma !== undefined) readSigmas(where, options.sigma, 1);
  const own = { kind: "prediction" as const, ...options, level };
  const band: Banded = values ? ofMean(whole, at, usual, values, y) : (x, options) => of.band(x, options);
  const { min, max, span } = extentOf(column);
  const seen = looks(column, min - ROOM * span, max + ROOM * span);
  const excess = (x: readonly number[]): Float64Array => of.predict(asked(x)).map((f) => f - y);
  const places = seen.length > 0 ? meets(excess, seen, y) : [];
  const inData = (v: number): boolean => v >= min && v <= max;
  const [x, ...others] = [...places.filter(inData), ...places.filter((v) => !inData(v))];
  const unknown = (why: string, x = NaN): Calibrated => ({
    x,
    ci: [NaN, NaN],
    others: Number.isNaN(x) ? [] : others,
    why,
  });
  const here = band(asked([x ?? min]), own);
  if (places.length > PARTS / 2) return unknown(`the curve is ${y} along the data`);
  if (x === undefined)
    return unknown(`the curve does not reach ${y} between ${seen[0]} and ${seen[seen.length - 1]}`);
  if (!(here.lower[0]! <= here.upper[0]!)) return unknown("the fit has no band", x);
  const isInside = (low: number, high: number): boolean => low <= y && y <= high;
  const inside = (v: number): boolean => {
    const { lower, upper } = band(asked([v]), own);
    return isInside(lower[0]!, upper[0]!);
  };
  // The width of the band over the slope of the curve is about where the end lies; the data tell how fine the curve can be.
  const nearby = 1e-4 * span;
  const [before, after] = excess([x - nearby, x + nearby]);
  const width = (here.upper[0]! - here.lower[0]!) / 2 / (Math.abs(after! - before!) / (2 * nearby));
  const finest = (0.5 * span) / Math.min(Math.max(column.length, PARTS), MOST);
  const end = (sign: 1 | -1): number => {
    const limit = (sign > 0 ? max - x : x - min) + REACH * span;
    let [step, away] = [Math.max(Math.min(FIRST * width, finest) || finest, 1e-12 * span), 0];
    while (away < limit) {
      const steps = Array.from({ length: CHUNK }, () => {
        away += step;
        // Beyond the data nothing tells how fine the curve is.
        step = Math.min(step * GROWTH, inData(x + sign * away) ? finest : 0.02 * span);
        return x + sign * away;
      });
      const { lower, upper } = band(asked(steps), own);
      const out = steps.findIndex((_, k) => !isInside(lower[k]!, upper[k]!));
      if (out < 0) continue;
      return bisect(out > 0 ? steps[out - 1]! : x, steps[out]!, inside, 1e-14);
    }
    return sign * Infinity;
  };
  return { x, ci: [end(-1), end(1)], others };
}

/** Where the curve is looked at: evenly, and at the data, of which a thin peak has some. */
function looks(data: Float64Array, from: number, to: number): number[] {
  const every = Math.ceil(data.length / MOST);
  const points = Array.from({ length: PARTS + 1 }, (_, i) => from + ((to - from) * i) / PARTS);
  for (let i = 0; i < data.length; i += every) points.push(data[i]!);
  points.sort((a, b) => a - b);
  return points.filter((v, i) => i === 0 || v > points[i - 1]!);
}

/** Where f is 0, or changes its sign at a jump; not at poles. */
function meets(f: (x: readonly number[]) => Float64Array, looks: readonly number[], y: number): number[] {
  const one = (v: number): number => f([v])[0]!;
  const every = f(looks);
  const at = looks.filter((_, i) => Number.isFinite(every[i]!));
  const values = every.filter(Number.isFinite);
  const ends = [values[0]!, values[values.length - 1]!].map(Math.abs);
  const rounding = ROUNDING * Math.max(Math.abs(y), Math.min(...ends));
  const places: number[] = [];
  const between = (a: number, fa: number, b: number, fb: number): void => {
    const side = Math.sign(fb);
    const place = bisect(a, b, (v) => side * one(v) <= 0, 0);
    // Beside the place: at it a pole may be NaN, and a curve that is continuous too (0/0).
    const beside = 1e-9 * (b - a);
    const [low, high] = [one(place - beside), one(place + beside)].map(Math.abs);
    const far = POLE * Math.min(Math.abs(fa), Math.abs(fb)) + rounding;
    if (Math.min(low!, high!) <= far) places.push(place);
  };
  values.forEach((value, i) => {
    const [a, b] = [at[i]!, at[i + 1]!];
    const next = values[i + 1];
    if (value === 0) places.push(a);
    else if (next !== undefined && value * next < 0) between(a, value, b, next);
    else if (next !== undefined && i > 0 && values[i - 1]! * value > 0 && value * next > 0) {
      // A turn between two looks may reach y.
      const size = Math.abs(value);
      if (Math.abs(values[i - 1]!) < size || Math.abs(next) < size) return;
      const side = Math.sign(value);
      const top = lowest((v) => side * one(v), at[i - 1]!, b, -rounding);
      const low = side * top.value;
      if (top.value < -rounding) {
        between(at[i - 1]!, values[i - 1]!, top.at, low);
        between(top.at, low, b, next);
      } else if (top.value <= rounding) places.push(top.at);
    }
  });
  return places;
}

/** The least of f in [a, b], where it has one minimum, by golden sections; no further where it is below `enough`. */
function lowest(
  f: (v: number) => number,
  a: number,
  b: number,
  enough: number,
): { at: number; value: number } {
  const share = 0.6180339887498949;
  let [low, high] = [a, b];
  let [p, q] = [high - share * (high - low), low + share * (high - low)];
  let [fp, fq] = [f(p), f(q)];
  for (let k = 0; k < TURNS && Math.min(fp, fq) >= enough; k++) {
    if (fp < fq) {
      [high, q, fq] = [q, p, fp];
      p = high - share * (high - low);
      fp = f(p);
    } else {
      [low, p, fp] = [p, q, fq];
      q = low + share * (high - low);
      fq = f(q);
    }
  }
  return fp < fq ? { at: p, value: fp } : { at: q, value: fq };
}
