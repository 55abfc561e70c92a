// Inverse prediction: x from an observed y, and the x for which y is not outside the band (Draper and Smith 1998, section 3.2;
// the inversion interval of R's investr).

import { bisect } from "../least-squares/bands.js";
import type { Band, BandOptions, FitX } from "../least-squares/fit-result.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import type { FullPrepared } from "./full-fit.js";
import { extentOf } from "./scales.js";

export interface CalibrateOptions {
  /** "prediction" (default): y is one new observation. "confidence": y is known. */
  kind?: "prediction" | "confidence" | undefined;
  /** Default: that of the fit. */
  level?: number | undefined;
  /** Standard deviation of the new observation, as of `band`. */
  sigma?: number | undefined;
}

export interface Calibrated {
  /** Where the curve meets y; the first place of several. */
  readonly x: number;
  readonly ci: readonly [number, number];
  /** Other places inside the data at which it meets y, of a curve that turns. */
  readonly others: readonly number[];
  /** Why x is NaN. */
  readonly why?: string;
}

/** Parts of the range in which the curve is looked at, and how far beyond it the ends of the interval are. */
const PARTS = 400;
const ROOM = 0.1;
const REACH = 4;

export function calibrate(
  fit: FullPrepared,
  band: (x: FitX, options?: BandOptions) => Band,
  y: number,
  options: CalibrateOptions,
): Calibrated {
  const where = "calibrate";
  const { x: data } = fit.data;
  if (!(data instanceof Float64Array)) throw new DownhillError("UNSUPPORTED", `${where}: several predictors`);
  if (typeof y !== "number" || !Number.isFinite(y)) throw optionError(where, "y", y, "a finite number");
  // Checked where the band is made.
  const own = { kind: "prediction" as const, ...options };
  const { min, max, span } = extentOf(data);
  const [from, to] = [min - ROOM * span, max + ROOM * span];
  const at = Array.from({ length: PARTS + 1 }, (_, i) => from + ((to - from) * i) / PARTS);
  const above = band(at).fit.map((f) => f - y);
  const crossings = at.flatMap((_, i) =>
    i > 0 && above[i - 1]! * above[i]! <= 0 && above[i] !== 0 ? [i] : [],
  );
  const [x, ...others] = crossings.map((i) => {
    const side = above[i]! > 0 ? 1 : -1;
    return bisect(at[i - 1]!, at[i]!, (v) => side * (band([v]).fit[0]! - y) <= 0, 0);
  });
  if (x === undefined) {
    const why = `the curve does not reach ${y} between ${from} and ${to}`;
    return { x: NaN, ci: [NaN, NaN], others, why };
  }
  const isInside = (v: number): boolean => {
    const { lower, upper } = band([v], own);
    return lower[0]! <= y && y <= upper[0]!;
  };
  const end = (sign: 1 | -1): number => {
    const step = (sign * span) / 50;
    for (let k = 1; k <= 50 * REACH; k++)
      if (!isInside(x + k * step)) return bisect(x + (k - 1) * step, x + k * step, isInside, 1e-14);
    return sign * Infinity;
  };
  const ci = [end(-1), end(1)] as const;
  return { x, ci, others };
}
