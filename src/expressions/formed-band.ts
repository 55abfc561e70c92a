// Bands of the main entry: of fits whose residuals are logarithms, relative or of counts, and with a word where x lies beyond the data.

import type { Warning } from "../driver/types.js";
import type { SolvedFit } from "../least-squares/bands.js";
import { readLevel, studentOf } from "../least-squares/fit-problem.js";
import type { Band, BandOptions, FitX } from "../least-squares/fit-result.js";
import { isArrayLike } from "../runtime/options.js";
import { coreFunction } from "./core-functions.js";
import type { FullPrepared } from "./full-fit.js";
import { extentOf } from "./scales.js";

export interface FormedBand extends Band {
  /** W_EXTRAPOLATED where an x lies beyond the data by more than a tenth of their range. */
  readonly warnings?: readonly Warning[];
}

/** Beyond the data by more than this share of their range. */
const BEYOND = 0.1;

/** The columns of x, as the fit has them. */
const columnsOf = (x: unknown): [string, ArrayLike<number>][] =>
  isArrayLike(x) ? [["x", x]] : Object.entries(x as Record<string, ArrayLike<number>>);

/** Of the first `m` of x, which are those that the band has: a length is read once. */
function beyond(fit: FullPrepared, x: FitX, m: number): Warning[] {
  const given = new Map(columnsOf(x));
  for (const [name, data] of columnsOf(fit.data.x)) {
    if (name === "set") continue;
    const { min: low, max: high } = extentOf(data as Float64Array);
    const room = BEYOND * (high - low);
    const column = given.get(name) ?? [];
    const out = Array.from({ length: m }, (_, i) => column[i]!).find(
      (v) => v < low - room || v > high + room,
    );
    if (out === undefined) continue;
    const message = `${name} = ${out} lies beyond the data: measure there`;
    return [{ code: "W_EXTRAPOLATED", message }];
  }
  return [];
}

export function formedBand(
  fit: FullPrepared,
  solved: SolvedFit,
  plain: (x: FitX, options?: BandOptions) => Band,
  x: FitX,
  options: BandOptions,
): FormedBand {
  // Refused there.
  if (!options) return plain(x, options);
  const band = shaped(fit, solved, plain, x, options);
  const warnings = beyond(fit, x, band.lower.length);
  return warnings.length > 0 ? { ...band, warnings } : band;
}

function shaped(
  fit: FullPrepared,
  solved: SolvedFit,
  plain: (x: FitX, options?: BandOptions) => Band,
  x: FitX,
  options: BandOptions,
): Band {
  const { residuals, counts, weights, y } = fit;
  const { sigma, ...others } = options;
  const predicts = options.kind === "prediction";
  if (residuals !== "log" && !(predicts && sigma === undefined && (counts || residuals === "relative")))
    return plain(x, options);
  const curve = plain(x, { ...others, kind: "confidence" });
  if (counts) return plain(x, { ...options, sigma: curve.fit.map((v) => Math.sqrt(Math.max(v, 1e-300))) });
  // The fit's relative sigma: the root of its mean square.
  let squares = 0;
  y.forEach((v, i) => {
    squares += 1 / (weights![i]! * v * (weights![i]! * v));
  });
  const usual = Math.sqrt(squares / y.length);
  if (residuals === "relative")
    return plain(x, { ...options, sigma: curve.fit.map((v) => usual * Math.abs(v)) });
  const exp = coreFunction("exp", fit.options.runtime);
  // d log f = d f / f; a new observation adds the variance of its logarithm.
  const t = studentOf(fit, solved.statistics.dof, readLevel("band", options.level, fit.level));
  const half = curve.fit.map((f, i) => {
    const part = (curve.upper[i]! - f) / f;
    const own = predicts ? t * (isArrayLike(sigma) ? sigma[i]! : (sigma ?? usual)) : 0;
    return Math.sqrt(part * part + own * own * solved.scale);
  });
  return {
    fit: curve.fit,
    lower: curve.fit.map((f, i) => f * exp(-half[i]!)),
    upper: curve.fit.map((f, i) => f * exp(half[i]!)),
  };
}
