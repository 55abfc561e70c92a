// What people have in their data: gaps, points to leave out, weights in place of sigma, a covariance matrix, counts, errors in
// proportion. All of it becomes plain x, y and sigma before the fit, and where something else than (model - y) / sigma is
// minimised, the form of the residuals.

import type { Passes } from "../least-squares/robust.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { makeNumbers, takeNumbers } from "../runtime/numbers.js";
import {
  checkArray,
  choiceOption,
  isArrayLike,
  isRecord,
  lengthOf,
  optionError,
} from "../runtime/options.js";
import { readSpreads, type SigmaX } from "./distances.js";
import { distanceForm } from "./odr-form.js";
import { covarianceForm, type Form, logForm, poissonForm } from "./residual-forms.js";
import { CAUCHY_SCALE, studentPass } from "./student.js";

const laws = ["gaussian", "poisson", "student"] as const;
export type Likelihood = (typeof laws)[number];

/** Options of curveFit about its points and their errors. */
export interface DataOptions {
  /**
   * What becomes of points whose x, y, sigma or weight is NaN, null or undefined: NON_FINITE_INPUT ("throw", the default), or they are
   * left out ("drop") and counted in the result's `dropped`.
   */
  missing?: "throw" | "drop" | undefined;
  /** m values; points with a false one, or 0, are left out and counted in `dropped`. */
  mask?: ArrayLike<boolean | number> | undefined;
  /** In place of sigma: the sum of weights_i (model - y_i)^2 is minimised, so that sigma_i = 1 / sqrt(weights_i). A weight of 0 leaves a point out. */
  weights?: ArrayLike<number> | undefined;
  /**
   * "plain" (default): model - y. "relative": (model - y) / |y|, for errors in proportion to y of up to some 10 %: small y
   * weigh too much, by which the curve lies 2 s^2 too near to 0, s the relative error (at 20 % "95 %" intervals cover 76 %; W_RELATIVE_BIAS
   * where it matters). "log": log(model) - log(y), as a
   * straight line through logarithms does it. sigma is relative with the last two.
   */
  residuals?: "plain" | "relative" | "log" | undefined;
  /**
   * "gaussian" (default): least squares. "poisson": y are counts; half the deviance is minimised, the covariance is the inverse of the
   * expected information, with `absoluteSigma: false` times their dispersion (R's quasipoisson). "student":
   * errors of Student's law with 4 degrees of freedom, so that points far off count less; its scale is estimated with the parameters (1
   * with absoluteSigma).
   */
  likelihood?: Likelihood | undefined;
  /**
   * Standard deviation of x, as sigma is of y: a number, one for each point, or with several predictors an object of such. The sum of the squared distances of
   * the points to the curve is minimised, each in units of its errors (orthogonal distance regression as ODRPACK's).
   */
  sigmaX?: SigmaX | undefined;
}

export const dataKeys = ["missing", "mask", "weights", "residuals", "likelihood", "sigmaX"] as const;

export interface PlainData {
  readonly options: object;
  /** Points left out. */
  readonly dropped: number;
  readonly form: Form | null;
  readonly passes?: Passes | undefined;
  /** There are errors in x. */
  readonly distances?: boolean;
}

type Given = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, unknown[]>>;

/** The options without those of `keys` that are undefined: they were not given. */
export function withoutUndefined<O extends object>(options: O, keys: readonly string[] = dataKeys): O {
  const unset = (key: string): boolean =>
    keys.includes(key) && (options as Record<string, unknown>)[key] === undefined;
  if (!isRecord(options) || !Object.keys(options).some(unset)) return options;
  return Object.fromEntries(Object.entries(options).filter(([key]) => !unset(key))) as O;
}

/** Null, undefined and NaN are gaps; anything else is for the checks of the fit. */
const isGap = (value: unknown): boolean => value === null || value === undefined || Number.isNaN(value);

const refuse = (where: string, option: string, what: string, index?: number): DownhillError =>
  new DownhillError("OPTION", `${where}: ${what}`, { details: { option, index } });

/** OPTION for what stands beside `data` and belongs in its sets. */
export function refuseBeside(where: string, options: Given, keys: readonly string[]): void {
  for (const key of keys)
    if (options[key] !== undefined)
      throw optionError(where, key, options[key], "left out beside `data`", "each set has its own");
}

/** What was given at each of m points, read once. */
function readColumn(where: string, name: string, given: unknown, m?: number): unknown[] {
  const length = lengthOf(where, name, given, m);
  const values = given as ArrayLike<unknown>;
  makeNumbers(where, name, length);
  return Array.from({ length }, (_, i) => values[i]);
}

function readColumns(where: string, name: string, x: unknown): Columns {
  if (isArrayLike(x)) return { "": readColumn(where, name, x) };
  if (!isRecord(x)) throw optionError(where, name, x, "an array, or an object of arrays");
  return Object.fromEntries(
    Object.entries(x).map(([key, values]) => [key, readColumn(where, `${name}.${key}`, values)]),
  );
}

const whole = (columns: Columns): unknown => columns[""] ?? columns;

/** sigma as m*m numbers or m rows; null for anything else. */
function readMatrix(where: string, sigma: unknown, m: number): Float64Array | null {
  if (!isArrayLike(sigma)) return null;
  const rows = sigma as unknown as ArrayLike<object | number>;
  const nested = isArrayLike(rows[0]);
  if (!nested && (rows.length !== m * m || m < 2)) return null;
  const out = makeNumbers(where, "sigma", m * m);
  if (!nested) out.set(takeNumbers(where, "sigma", rows, m * m));
  else {
    checkArray(where, "sigma", rows, m);
    for (let i = 0; i < m; i++) out.set(takeNumbers(where, `sigma[${i}]`, rows[i], m), i * m);
  }
  return out;
}

/** Every value as `make` makes it of a finite number; OPTION, with what it `must` be, where that is not > 0 and finite. */
const positive = (
  where: string,
  name: string,
  values: readonly unknown[],
  make: (v: number, i: number) => number,
  must = "> 0",
): number[] =>
  values.map((v, i) => {
    const made = typeof v === "number" ? make(v, i) : NaN;
    if (made > 0 && made < Infinity) return made;
    throw refuse(where, name, `${name}[${i}] must be ${must}, got ${quote(v)}`, i);
  });

/** The options with plain x, y and sigma; null where none of these options is given. */
export function plainData(where: string, options: object): PlainData | null {
  const given = (options ?? {}) as Given;
  const matrix = isArrayLike(given.y) ? readMatrix(where, given.sigma, given.y.length) : null;
  const asked = (from: unknown, keys: readonly string[] = dataKeys): boolean =>
    keys.some((key) => (from as Given | null)?.[key] !== undefined);
  if (!matrix && !asked(given) && !(Array.isArray(given.data) && given.data.some((set) => asked(set))))
    return null;
  const { data, missing, mask, weights, residuals, likelihood, sigmaX, ...others } = given;
  const drop = choiceOption(where, "missing", missing, ["throw", "drop"], "throw") === "drop";
  const kind = choiceOption(where, "residuals", residuals, ["plain", "relative", "log"], "plain");
  const law = choiceOption(where, "likelihood", likelihood, laws, "gaussian");
  const robust = others.loss !== undefined && others.loss !== "linear";
  const distances = sigmaX !== undefined;
  const forms = [kind === "log", law !== "gaussian", matrix, robust, distances].filter(Boolean).length;
  if (forms > 1 || (kind === "relative" && (matrix || law === "poisson")))
    throw refuse(where, "residuals", "residuals, likelihood, loss, sigmaX and a matrix sigma: give one");
  const heavy = law === "student";
  const settled = heavy && others.absoluteSigma === true;
  const passes = heavy && !settled ? studentPass : undefined;
  const known: Record<string, unknown> = {
    ...(law === "poisson" && { absoluteSigma: others.absoluteSigma ?? true }),
    ...(heavy && { loss: "cauchy", lossScale: settled ? CAUCHY_SCALE : "mad" }),
  };
  const form = (): Form | null => (kind === "log" ? logForm : law === "poisson" ? poissonForm : null);
  if (Array.isArray(data)) {
    refuseBeside(where, given, ["mask", "weights"]);
    const own = [given, ...data].find((from) => asked(from, ["sigmaX"]));
    if (own) throw optionError(where, "sigmaX", own.sigmaX, "left out: several sets have no errors in x");
    let dropped = 0;
    const sets = data.map((set: unknown) => {
      if (!isRecord(set)) return set;
      for (const [name, all] of Object.entries({ residuals, likelihood }))
        if (set[name] !== undefined && set[name] !== all && set[name] !== "relative")
          throw optionError(where, name, set[name], "given once, beside `data`, for all sets");
      const part = plainData(where, { missing, residuals, ...(!heavy && { likelihood }), ...set });
      dropped += part?.dropped ?? 0;
      const { absoluteSigma: _, ...rest } = (part?.options ?? set) as Given;
      return rest;
    });
    return { options: { ...others, ...known, data: sets }, dropped, form: form(), passes };
  }
  if (weights !== undefined && others.sigma !== undefined)
    throw refuse(where, "weights", "give weights or sigma");
  if (law === "poisson" && (weights ?? others.sigma) !== undefined)
    throw refuse(where, "likelihood", "counts have no sigma");
  const x = readColumns(where, "x", others.x);
  const columns = Object.values(x);
  const y = readColumn(where, "y", others.y, columns[0]?.length);
  const m = y.length;
  for (const [name, column] of Object.entries(x)) checkArray(where, `x${name && "."}${name}`, column, m);
  const sigma =
    !matrix && isArrayLike(others.sigma) ? readColumn(where, "sigma", others.sigma, m) : others.sigma;
  const w = weights === undefined ? null : readColumn(where, "weights", weights, m);
  const masked = mask === undefined ? null : readColumn(where, "mask", mask, m);
  masked?.forEach((v, i) => {
    if (!/^[bn]/.test(typeof v)) throw optionError(where, `mask[${i}]`, v, "true or false");
  });
  const kept: number[] = [];
  const keyed = isRecord(sigmaX) && !isArrayLike(sigmaX);
  const spreads = Object.entries(keyed ? sigmaX : { "": sigmaX }).map(([name, given]): [string, unknown] => [
    name,
    isArrayLike(given) ? readColumn(where, `sigmaX${name && "."}${name}`, given, m) : given,
  ]);
  const errorsOfX = spreads.flatMap(([, column]) => (Array.isArray(column) ? [column] : []));
  const seen = [y, ...columns, ...errorsOfX, ...(Array.isArray(sigma) ? [sigma] : []), ...(w ? [w] : [])];
  for (let i = 0; i < m; i++) {
    if ((masked && !masked[i]) || w?.[i] === 0) continue;
    if (!drop || !seen.some((column) => isGap(column[i]))) kept.push(i);
  }
  const pick = (values: unknown[]): unknown[] => kept.map((i) => values[i]);
  const pickAll = (all: Columns): unknown =>
    whole(Object.fromEntries(Object.entries(all).map(([name, values]) => [name, pick(values)])));
  const keptY = pick(y);
  const picked = Array.isArray(sigma) ? pick(sigma) : sigma;
  let errors: unknown = w ? positive(where, "weights", pick(w), (v) => 1 / Math.sqrt(v)) : picked;
  let made = form();
  if (kind !== "plain") {
    const shares = positive(where, "sigma", [errors ?? 1].flat(), (v) => v);
    const log = kind === "log";
    const share = (v: number, i: number): number => (shares[i] ?? shares[0]!) * (log ? v : Math.abs(v));
    errors = positive(where, "y", keptY, share, log ? "> 0" : "nonzero");
  }
  if (law === "poisson")
    errors = positive(where, "y", keptY, (v) => (v < 0 ? NaN : Math.sqrt(Math.max(v, 1))), ">= 0");
  if (distances) {
    const own = spreads.map(([name, column]) => [name, Array.isArray(column) ? pick(column) : column]);
    const names = Object.keys(x).map((name) => name || "x");
    made = distanceForm(
      where,
      readSpreads(where, keyed ? Object.fromEntries(own) : own[0]![1], names, kept.length),
    );
  }
  if (matrix) {
    const part = kept.flatMap((i) => kept.map((j) => matrix[i * m + j]!));
    const count = kept.length;
    made = covarianceForm(where, Float64Array.from(part), count);
    errors = kept.map((_, k) => Math.sqrt(part[k * count + k]!));
  }
  return {
    options: {
      ...others,
      ...known,
      x: pickAll(x),
      y: keptY,
      ...(errors === undefined ? {} : { sigma: errors }),
    },
    dropped: m - kept.length,
    form: made,
    passes,
    distances,
  };
}
