// What pictures of fits take: the options, the data behind a result, the points of its curve.

import type { Band, BandOptions, FitFields } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { DownhillError } from "../runtime/errors.js";
import { checkArray, numberOption } from "../runtime/options.js";
import { type PictureOptions, rangeOption } from "./options.js";
import { spread } from "./picture.js";

export type FitPicture = "fit" | "residuals" | "quantiles" | "profile" | "correlation";
export const fitKinds: readonly FitPicture[] = ["fit", "residuals", "quantiles", "profile", "correlation"];

export interface FitPlotOptions extends PictureOptions {
  /**
   * "fit" (default): data, curve and bands with the residuals below. "residuals": against x and against the fitted values.
   * "quantiles": standardised residuals against those of the normal law. "profile": how the confidence grows away from each parameter's value, by the likelihood and by the standard error.
   * "correlation": of the parameters.
   */
  kind?: FitPicture | undefined;
  /** Default "both"; for several sets "confidence". */
  bands?: "both" | "confidence" | "prediction" | "none" | undefined;
  /** Level of the bands; default: the level of the fit. */
  level?: number | undefined;
  /** Where the curve is drawn; default: over the data. */
  range?: readonly [number, number] | undefined;
  /** Points of the curve; default 300. */
  points?: number | undefined;
  xScale?: "linear" | "log" | undefined;
  yScale?: "linear" | "log" | undefined;
  xLabel?: string | undefined;
  yLabel?: string | undefined;
  /** Parameters whose profiles are shown; default: all that are free, at most 6. */
  params?: readonly string[] | undefined;
  /** The data, for a result that has lost them (a copy by structuredClone). */
  x?: ArrayLike<number> | undefined;
  y?: ArrayLike<number> | undefined;
  sigma?: number | ArrayLike<number> | undefined;
}

export const fitKeys = [
  "kind",
  "bands",
  "level",
  "range",
  "points",
  "xScale",
  "yScale",
  "xLabel",
  "yLabel",
  "params",
  "x",
  "y",
  "sigma",
] as const;

/** What is known of the data behind a fit. */
export interface FitData {
  /** Null where the model has several predictors. */
  readonly x: Float64Array | null;
  readonly name: string;
  readonly y: Float64Array;
  /** Of y, where it was given or follows from the law of counts. */
  readonly sigma: Float64Array | null;
  /** What residuals are divided by, and what they are called then. */
  readonly unit: Float64Array | null;
  readonly residual: string;
  readonly level: number;
}

interface AskedOptions {
  readonly sigma?: unknown;
  readonly weights?: unknown;
  readonly likelihood?: unknown;
  readonly data?: readonly AskedOptions[];
}

/** Weights are 1/sigma up to a factor, and shares of y no errors of it: bars are drawn of what was given as sigma. */
const knowsSigma = ({ sigma, likelihood, data }: AskedOptions): boolean =>
  sigma !== undefined || likelihood === "poisson" || (data?.some(knowsSigma) ?? false);

const isWeighted = ({ weights, data }: AskedOptions): boolean =>
  weights !== undefined || (data?.some(isWeighted) ?? false);

export function dataOf(where: string, fit: FitFields, o: FitPlotOptions): FitData {
  const known = preparedOf(fit);
  const own = (option: "x" | "y" | "sigma"): Float64Array | undefined => {
    const given = o[option];
    if (given === undefined) return undefined;
    if (typeof given === "number") return new Float64Array(fit.fitted.length).fill(given);
    checkArray(where, option, given, fit.fitted.length);
    return Float64Array.from(given);
  };
  const y = own("y") ?? known?.y ?? Float64Array.from(fit.fitted, (v, i) => v - fit.residuals[i]!);
  const asked: AskedOptions = known?.given ?? known?.options ?? {};
  const told = own("sigma");
  const unit = told ?? known?.weights?.map((w) => 1 / w) ?? null;
  const sigma = told ?? (knowsSigma(asked) ? unit : null);
  const relative = isWeighted(asked) ? "weighted residual" : "relative residual";
  const residual = sigma ? "residual / σ" : unit ? relative : "residual";
  const shared = { y, sigma, unit, residual, level: known?.level ?? 0.95 };
  const given = own("x");
  if (given) return { x: given, name: "x", ...shared };
  if (!known) {
    throw new DownhillError("OPTION", `${where}: this result does not hold its data`, {
      hint: "give x (and sigma): plot(fit, { x })",
      details: { option: "x", value: undefined },
    });
  }
  const { x } = known.data;
  if (x instanceof Float64Array) return { x, name: "x", ...shared };
  // A global fit has its sets in a column beside the predictors.
  const [name, ...others] = Object.keys(x).filter((key) => !fit.sets || key !== "set");
  return { x: others.length === 0 ? x[name!]! : null, name: name!, ...shared };
}

/** One set of data with its curve. */
export interface Part {
  readonly label: string | null;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly sigma: Float64Array | null;
  predict(x: Float64Array): Float64Array;
  band(x: Float64Array, options: BandOptions): Band;
}

/** The sets of a global fit, or the one of an ordinary fit. */
export function partsOf(fit: FitFields, data: FitData & { x: Float64Array }): Part[] {
  const form = formOf(fit);
  const { x, y, sigma } = data;
  if (!fit.sets)
    return [
      {
        label: null,
        x,
        y,
        sigma,
        predict: (v) => fit.predict(form(v)),
        band: (v, o) => fit.band(form(v), o),
      },
    ];
  let from = 0;
  return fit.sets.map((set): Part => {
    const to = from + set.m;
    const cut = (values: Float64Array): Float64Array => values.slice(from, to);
    const part = {
      label: set.label,
      x: cut(x),
      y: cut(y),
      sigma: sigma && cut(sigma),
      predict: (v: Float64Array) => set.predict(data.name === "x" ? v : { [data.name]: v }),
      band: (v: Float64Array, o: BandOptions) => set.band(data.name === "x" ? v : { [data.name]: v }, o),
    };
    from = to;
    return part;
  });
}

/** x in the form that the fit's predict wants. */
function formOf(fit: FitFields): (x: Float64Array) => Float64Array | Record<string, Float64Array> {
  const predictors = preparedOf(fit)?.predictors;
  return (x) => (predictors ? { [predictors[0]!]: x } : x);
}

export function curvePoints(
  where: string,
  data: { readonly x: Float64Array },
  o: FitPlotOptions,
  log: boolean,
): Float64Array {
  const count = numberOption(where, "points", o.points, 300, { min: 2, max: 100000, integer: true });
  const range = rangeOption(where, "range", o.range);
  let [low, high] = [Infinity, -Infinity];
  for (const v of data.x) [low, high] = [Math.min(low, v), Math.max(high, v)];
  // All data at one x: what the curve is beside it.
  if (low === high) [low, high] = [low - (Math.abs(low) / 10 || 1), high + (Math.abs(low) / 10 || 1)];
  if (range) [low, high] = range;
  // The data's own x lie on the curve, too: a narrow peak is not missed.
  const inside = Array.from(data.x).filter((v) => v >= low && v <= high && !(log && v <= 0));
  // 0 has no place on a logarithmic axis: there the curve begins at the first point that has one.
  if (log && low <= 0) low = inside.reduce((least, v) => Math.min(least, v), high);
  const even = log && low > 0 ? geometric(low, high, count) : spread(low, high, count);
  return Float64Array.from(new Set([...even, ...(inside.length <= 2000 ? inside : [])])).sort();
}

/** Numbers in equal ratios, by halving: sqrt alone is the same on every engine. */
function geometric(low: number, high: number, count: number): Float64Array {
  let points = [low, high];
  while (points.length < count)
    points = points.flatMap((v, i) => (i === 0 ? [v] : [Math.sqrt(points[i - 1]!) * Math.sqrt(v), v]));
  return Float64Array.from(points);
}
