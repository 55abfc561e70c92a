// The input of curveFitMany, checked and laid out: what all curves share, and what each has of its own.

import { type Limits, limitKeys } from "../driver/types.js";
import { fitElsewhere, weightsElsewhere } from "../least-squares/elsewhere.js";
import { isCompiledModel } from "../least-squares/expression.js";
import { noSigma, sigmaMissing } from "../least-squares/fit-problem.js";
import { type AnyModel, checkModel } from "../least-squares/model.js";
import type { ParamSpec, TiedSpec } from "../least-squares/parameters.js";
import { type LeastSquaresSettings, readSettings, settingKeys } from "../least-squares/settings.js";
import { checkSizes } from "../least-squares/sizes.js";
import type { CompiledModel } from "../models/model.js";
import type { NamedModel } from "../models/named.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { makeNumbers, takeNumbers } from "../runtime/numbers.js";
import {
  checkFinite,
  checkKeys,
  choiceOption,
  isArrayLike,
  isRecord,
  numberOption,
  optionError,
} from "../runtime/options.js";
import { unnamed } from "./curve-fit.js";
import type { ManyData, ManyShape } from "./job.js";
import { type Extent, interleave, join } from "./many-columns.js";
import { type CurveStarts, isOpen, isStarts, openSpecs, readNames, readStarts } from "./many-starts.js";
import { checkUsed, compiledFor } from "./read.js";
import { pointsWanted } from "./start-options.js";

/** One array of numbers, or one array for each curve. */
export type Numbers = ArrayLike<number> | ReadonlyArray<ArrayLike<number>>;

export interface CurveFitManyOptions
  extends LeastSquaresSettings,
    Omit<Limits, "onIteration" | "every" | "trace"> {
  /** Text or a compiled model: the core fits all curves in one call. A JavaScript model is called curve by curve. */
  model: string | Pick<CompiledModel, "source" | "variables" | "params" | "toMathML"> | NamedModel | AnyModel;
  /** m numbers for all curves, or k*m; several variables: an object of such arrays. */
  x: Numbers | Readonly<Record<string, Numbers>>;
  /** k*m numbers, or k arrays of m. */
  y: Numbers;
  /** Points of a curve, where x has k*m numbers in one array and the starts are shared. */
  points?: number | undefined;
  /** One object for all curves, or the starts of each. As in curveFit: parameters without `init` and, with a text, all may be left out. */
  params?: Readonly<Record<string, number | ParamSpec | TiedSpec>> | CurveStarts | undefined;
  /** As in curveFit, for each curve. */
  starts?: number | "auto" | readonly Readonly<Record<string, number>>[] | undefined;
  /** The result has the covariance matrix of each curve too. Default false. */
  covariance?: boolean | undefined;
  /** Standard deviations: one number, m, or k*m. */
  sigma?: number | Numbers | undefined;
  absoluteSigma?: boolean | undefined;
  /** What becomes of curves whose data are not finite. Default "mark": status "invalid". */
  onInvalid?: "mark" | "throw" | undefined;
  /** After every batch; returning "stop" leaves the other curves unfitted. */
  onProgress?: ((progress: { readonly done: number; readonly total: number }) => unknown) | undefined;
}

export const manyKeys = [
  ...settingKeys,
  ...limitKeys.filter((key) => key !== "onIteration" && key !== "every" && key !== "trace"),
  "model",
  "x",
  "y",
  "points",
  "params",
  "starts",
  "covariance",
  "sigma",
  "absoluteSigma",
  "onInvalid",
  "onProgress",
];
const elsewhere = /* @__PURE__ */ fitElsewhere(manyKeys, weightsElsewhere);

export interface ManyInput {
  readonly shape: ManyShape;
  readonly data: ManyData;
  /** A model in JavaScript; null: shape.source is the model. */
  readonly callback: AnyModel | null;
  /** x was an object of columns. */
  readonly keyed: boolean;
}

const isNested = (values: Numbers): values is ReadonlyArray<ArrayLike<number>> =>
  values.length > 0 && typeof values[0] === "object";

/** One array; rows of equal length are joined. It is the caller's own where nothing can change it before it is read. */
function flat(where: string, argument: string, values: Numbers, lent = false, width?: number): Float64Array {
  if (!isArrayLike(values))
    throw optionError(where, argument, values, "an array of numbers, or one for each curve");
  if (!isNested(values)) {
    const taken = takeNumbers(where, argument, values);
    return taken instanceof Float64Array && (lent || (taken as unknown) !== values)
      ? taken
      : new Float64Array(taken);
  }
  // The first row is read before so many as it says are reserved.
  const first = takeNumbers(where, `${argument}[0]`, values[0], width);
  const m = first.length;
  const out = makeNumbers(where, argument, values.length * m);
  for (let i = 0; i < values.length; i++)
    out.set(i === 0 ? first : takeNumbers(where, `${argument}[${i}]`, values[i], m), i * m);
  return out;
}

/** Points and curves, from whatever tells them. */
function extent(
  where: string,
  o: CurveFitManyOptions,
  columns: readonly Float64Array[],
  y: Float64Array,
): Extent {
  const length = columns[0]?.length ?? 0;
  let m = length;
  if (o.points !== undefined) m = numberOption(where, "points", o.points, 0, { min: 1, integer: true });
  else if (isNested(o.y)) m = (o.y[0] as ArrayLike<number>).length;
  else if (length === y.length && isStarts(o.params) && o.params.names.length > 0)
    m = y.length / (o.params.starts.length / o.params.names.length);
  const k = y.length / m;
  if (m > 0 && Number.isInteger(m) && Number.isInteger(k) && k > 0) return { m, k };
  throw new DownhillError(
    "SHAPE",
    `${where}: y has ${y.length} numbers, no multiple of the ${m} points of a curve`,
    {
      hint: "give x with m numbers and y with k*m, or say `points` where every curve has its own x",
      details: { argument: "y", length: y.length, points: m },
    },
  );
}

/** Shared (m numbers) or each curve's own (k*m). */
function shared(where: string, argument: string, values: Float64Array, { m, k }: Extent): boolean {
  if (values.length === m) return true;
  if (values.length === m * k) return false;
  throw new DownhillError(
    "SHAPE",
    `${where}: ${argument} has ${values.length} numbers, expected ${m} for all curves or ${k * m}`,
    { details: { argument, length: values.length } },
  );
}

/** `more`: option names of the asynchronous form. */
export function readMany(where: string, named: CurveFitManyOptions, more?: readonly string[]): ManyInput {
  checkKeys(where, named, [...manyKeys, ...(more ?? [])], elsewhere);
  const given = unnamed(named);
  const { model, onInvalid, onProgress, absoluteSigma = false, starts, covariance = false } = given;
  if (typeof covariance !== "boolean") throw optionError(where, "covariance", covariance, "true or false");
  const wanted = pointsWanted(where, starts);
  const mark = choiceOption(where, "onInvalid", onInvalid, ["mark", "throw"], "mark") === "mark";
  if (typeof absoluteSigma !== "boolean")
    throw optionError(where, "absoluteSigma", absoluteSigma, "true or false");
  if (absoluteSigma && given.sigma === undefined) throw sigmaMissing(where);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw optionError(where, "onProgress", onProgress, "a function");
  const text = typeof model === "string" || isCompiledModel(model);
  if (!text) checkModel(where, model);
  // A callback, or a turn of the event loop, could change the arrays.
  const lent = text && more === undefined && onProgress === undefined;

  const x: unknown = given.x;
  const keyed = !isArrayLike(x);
  if (keyed && !isRecord(x)) throw optionError(where, "x", x, "an array, or an object of arrays");
  const variables = keyed ? Object.keys(x) : ["x"];
  const all = variables.map((name) =>
    flat(where, keyed ? `x.${name}` : "x", (keyed ? (x as Record<string, Numbers>)[name] : x) as Numbers),
  );
  const y = flat(where, "y", given.y, lent);
  const size = extent(where, given, all, y);
  const { m, k } = size;
  const own = all.some((column, v) => !shared(where, keyed ? `x.${variables[v]}` : "x", column, size));

  const open = isOpen(given.params);
  const specs = open ? openSpecs(where, given, variables) : given.params;
  const params = open ? readNames(where, specs) : readStarts(where, specs, k);
  // Of open parameters curveFit counts the free ones.
  if (!open) checkSizes(where, m, params.free.length);
  const each = open || wanted !== null || covariance;
  // A compiled model of one variable takes the array x whatever the variable is called.
  let names = variables;
  let source = "";
  if (text) {
    const core = compiledFor(where, model as string, params.names, variables);
    ({ source } = core.tree);
    names = [...core.tree.variables];
    checkUsed(where, core.tree, params);
    const missing = keyed && names.find((name) => !variables.includes(name));
    if (missing || (!keyed && names.length !== 1)) {
      throw new DownhillError(
        "SHAPE",
        `${where}: x must have the variables ${names.join(", ")} of the model`,
        { details: { argument: "x" } },
      );
    }
  }
  const used = keyed ? names.map((name) => all[variables.indexOf(name)] as Float64Array) : all;
  const columns = own ? interleave(used, size) : join(used);
  if (!own)
    for (const [v, column] of used.entries()) checkFinite(where, keyed ? `x.${names[v]}` : "x", column);

  const sigma = readSigma(where, given.sigma, size, mark);
  const settings = readSettings(where, given);
  const whole = { min: 0, infinite: true, integer: true } as const;
  const shape: ManyShape = {
    source,
    variables: names,
    names: params.names,
    free: params.free,
    init: params.init,
    m,
    columns: own ? null : columns,
    weights: sigma && sigma.length === m ? sigma : null,
    lower: params.lower && params.lower.length === params.free.length ? params.lower : null,
    upper: params.upper && params.upper.length === params.free.length ? params.upper : null,
    method: settings.method.name,
    factor: settings.method.factor,
    loss: settings.loss,
    lossScale: settings.lossScale,
    tolerances: settings.tolerances,
    maxIterations: numberOption(where, "maxIterations", given.maxIterations, 1000, whole),
    maxEvaluations: numberOption(where, "maxEvaluations", given.maxEvaluations, Infinity, {
      ...whole,
      min: 1,
    }),
    absoluteSigma,
    variant: chosenRuntime(given.runtime).variant,
    each: each
      ? { params: isStarts(specs) ? null : ((specs ?? null) as never), starts, covariance }
      : undefined,
  };
  const data: ManyData = {
    count: k,
    y,
    columns: own ? columns : null,
    weights: sigma && sigma.length !== m ? sigma : null,
    starts: params.starts,
    lower: shape.lower ? null : params.lower,
    upper: shape.upper ? null : params.upper,
  };
  if (!mark) refuseInvalid(where, data, m);
  return { shape, data, callback: text ? null : (model as AnyModel), keyed };
}

function refuseInvalid(where: string, data: ManyData, m: number): void {
  const bad = data.y.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const curve = Math.floor(bad / m);
    throw new DownhillError(
      "NON_FINITE_INPUT",
      `${where}: y[${bad}] (curve ${curve}) is ${quote(data.y[bad])}, expected a finite number`,
      { details: { argument: "y", index: bad, curve, value: data.y[bad] } },
    );
  }
  if (data.columns) checkFinite(where, "x", data.columns);
  checkFinite(where, "starts", data.starts);
}

/** 1 / sigma: m for all curves, or k*m, where what is no positive number is NaN and spoils its curve. */
function readSigma(where: string, sigma: unknown, size: Extent, mark: boolean): Float64Array | null {
  if (sigma === undefined) return null;
  const values =
    typeof sigma === "number" ? new Float64Array(size.m).fill(sigma) : flat(where, "sigma", sigma as Numbers);
  const common = shared(where, "sigma", values, size);
  const weights = values.map((s) => (s > 0 && s < Infinity && 1 / s < Infinity ? 1 / s : NaN));
  const bad = weights.findIndex(Number.isNaN);
  if ((!common && mark) || bad < 0) return weights;
  throw noSigma(where, bad, values[bad]!);
}
