// Bands of the main entry: of fits whose residuals are logarithms, relative or of counts, and with a word where x lies beyond the data.

import type { Warning } from "../driver/types.js";
import { newSigmas, type SolvedFit } from "../least-squares/bands.js";
import { readLevel, readSigmas, studentOf } from "../least-squares/fit-problem.js";
import type { Band, BandOptions, FitX } from "../least-squares/fit-result.js";
import { unlessDisposed } from "../runtime/default.js";
import { isArrayLike } from "../runtime/options.js";
import { studentT } from "../stats/student.js";
import { coreFunction } from "./core-functions.js";
import type { FullPrepared } from "./full-fit.js";
import { extentOf } from "./scales.js";
import { CAUCHY_SCALE, NU } from "./student.js";

export interface FormedBand extends Band {
  /** W_EXTRAPOLATED where an x lies beyond the data by more than a tenth of their range. */
  readonly warnings?: readonly Warning[];
}

/** The column that tells the sets of a global fit apart. */
export const SET = "set";
/** Beyond the data by more than this share of their range. */
const BEYOND = 0.1;

/** The columns of x, as the fit has them. */
const columnsOf = (x: unknown): [string, ArrayLike<number>][] =>
  isArrayLike(x) ? [["x", x]] : Object.entries(x as Record<string, ArrayLike<number>>);

/** Of the first `m` of x, which are those that the band has: a length is read once. Of a global fit, beside the data of the set. */
function beyond(fit: FullPrepared, x: FitX, m: number): Warning[] {
  const given = new Map(columnsOf(x));
  const all = new Map(columnsOf(fit.data.x) as [string, Float64Array][]);
  const sets = all.get(SET);
  const set = given.get(SET)?.[0];
  for (const [name, column] of all) {
    if (name === SET) continue;
    const data = sets ? column.filter((_, i) => sets[i] === set) : column;
    const { min: low, max: high } = extentOf(data);
    const room = BEYOND * (high - low);
    const values = given.get(name) ?? [];
    const out = Array.from({ length: m }, (_, i) => values[i]!).find(
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
  lossScale: number,
): FormedBand {
  // Refused there.
  if (!options) return plain(x, options);
  const band = shaped(fit, solved, plain, x, options, lossScale);
  const warnings = beyond(fit, x, band.lower.length);
  return warnings.length > 0 ? { ...band, warnings } : band;
}

function shaped(
  fit: FullPrepared,
  solved: SolvedFit,
  plain: (x: FitX, options?: BandOptions) => Band,
  x: FitX,
  options: BandOptions,
  lossScale: number,
): Band {
  const { residuals, counts, heavy, weights, y } = fit;
  const { sigma, ...others } = options;
  const predicts = options.kind === "prediction";
  const own = sigma === undefined && (counts || residuals === "relative");
  if (residuals !== "log" && !(predicts && (own || heavy))) return plain(x, options);
  const curve = plain(x, { ...others, kind: "confidence" });
  const m = curve.fit.length;
  const level = readLevel("band", options.level, fit.level);
  const { runtime } = fit.options;
  if (counts) {
    const band = plain(x, { ...options, sigma: curve.fit.map((v) => Math.sqrt(Math.max(v, 1e-300))) });
    return { ...band, lower: band.lower.map((v) => Math.max(v, 0)) };
  }
  if (heavy) {
    // The new observation is of the law itself, the curve's error nearly normal.
    const sigmas = newSigmas("band", sigma, m, weights);
    const t = studentT(0.5 + level / 2, NU, unlessDisposed(runtime)) * (lossScale / CAUCHY_SCALE);
    const half = curve.fit.map((f, i) => {
      const part = curve.upper[i]! - f;
      return Math.sqrt(part * part + t * sigmas[i]! * (t * sigmas[i]!));
    });
    return {
      fit: curve.fit,
      lower: curve.fit.map((f, i) => f - half[i]!),
      upper: curve.fit.map((f, i) => f + half[i]!),
    };
  }
  // The fit's relative sigma: the root of its mean square.
  let squares = 0;
  y.forEach((v, i) => {
    squares += 1 / (weights![i]! * v * (weights![i]! * v));
  });
  const usual = Math.sqrt(squares / y.length);
  if (residuals === "relative")
    return plain(x, { ...options, sigma: curve.fit.map((v) => usual * Math.abs(v)) });
  const sigmas = sigma === undefined ? null : readSigmas("band", sigma, m);
  const exp = coreFunction("exp", runtime);
  // d log f = d f / f; a new observation adds the variance of its logarithm.
  const t = studentOf(fit, solved.statistics.dof, level);
  const half = curve.fit.map((f, i) => {
    const part = (curve.upper[i]! - f) / f;
    const own = predicts ? t * (sigmas?.[i] ?? usual) : 0;
    return Math.sqrt(part * part + own * own * solved.scale);
  });
  return {
    fit: curve.fit,
    lower: curve.fit.map((f, i) => f * exp(-half[i]!)),
    upper: curve.fit.map((f, i) => f * exp(half[i]!)),
  };
}
