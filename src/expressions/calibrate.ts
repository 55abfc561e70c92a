// Inverse prediction: x from an observed y, and the x for which y is not outside the band (Draper and Smith 1998, section 3.2;
// the inversion interval of R's investr).

import { bisect } from "../least-squares/bands.js";
import type { Band, BandOptions, FitX } from "../least-squares/fit-result.js";
import type { Calibrated, CalibrateOptions } from "../least-squares/fit-set.js";
import type { Data } from "../least-squares/model.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { extentOf } from "./scales.js";

/** Parts of the range in which the curve is looked at, and how far beyond it the ends of the interval are. */
const PARTS = 400;
const ROOM = 0.1;
const REACH = 4;
/** What rounding leaves of y at most. */
const ROUNDING = 1e-9;

/** `data`: the predictor that was fitted. */
export function calibrate(
  data: Data["x"],
  band: (x: FitX, options?: BandOptions) => Band,
  y: number,
  options: CalibrateOptions,
): Calibrated {
  const where = "calibrate";
  if (!(data instanceof Float64Array)) {
    throw new DownhillError("UNSUPPORTED", `${where}: several predictors`, {
      hint: "of a global fit ask one of its sets",
    });
  }
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
  const excess = (v: number): number => band([v]).fit[0]! - y;
  const places = crossings.flatMap((i) => {
    const side = above[i]! > 0 ? 1 : -1;
    const place = bisect(at[i - 1]!, at[i]!, (v) => side * excess(v) <= 0, 0);
    // At a pole the curve changes its side without meeting y.
    const nearer = Math.min(Math.abs(above[i - 1]!), Math.abs(above[i]!));
    const far = Math.abs(excess(place)) > nearer + ROUNDING * Math.abs(y);
    return far ? [] : [place];
  });
  const inData = (v: number): boolean => v >= min && v <= max;
  const [x, ...others] = [...places.filter(inData), ...places.filter((v) => !inData(v))];
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
