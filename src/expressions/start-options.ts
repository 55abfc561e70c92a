// What the options `params` and `starts` say of starting values: which are missing, their names, how many points are to be tried.

import { limitKeys } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import { paramNames } from "../models/names.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkKeys, isArrayLike, isRecord, optionError } from "../runtime/options.js";

export type Specs = Record<string, unknown>;
export interface Spec {
  readonly init?: number;
  readonly min?: number;
  readonly max?: number;
  readonly fixed?: boolean;
  readonly expr?: string;
}

/** A start is to be found; what is held at a value must have one. */
export const isMissing = (spec: unknown): boolean =>
  isRecord(spec) && spec.init === undefined && spec.expr === undefined && spec.fixed !== true;

/** Every name of the text that is a parameter, without a start. */
export function namesOf(where: string, model: string, variables: readonly string[]): Specs {
  const names = paramNames(model, variables, []);
  if (names.length === 0) {
    throw new DownhillError("SHAPE", `${where}: the model ${quote(model)} has no parameter`, {
      hint: "names that are neither variables (x, or the keys of x) nor constants are parameters",
    });
  }
  return Object.fromEntries(names.map((name) => [name, {}]));
}

/** A start by name, or as numbers in the order of params. */
export type StartPoint = Readonly<Record<string, number>> | ArrayLike<number>;
/** Points to try: how many, as many as usual, or these. */
export type Wanted = number | "auto" | readonly StartPoint[] | null;

export const MOST_STARTS = 1e6;

export function pointsWanted(where: string, given: unknown): Wanted {
  if (given === undefined) return null;
  if (given === "auto") return given;
  if (typeof given === "number" && Number.isInteger(given) && given > 0 && given <= MOST_STARTS) return given;
  const points = Array.isArray(given) && given.length > 0;
  if (points && given.every((point) => typeof point === "object" && point !== null)) return given;
  throw optionError(
    where,
    "starts",
    given,
    'a whole number from 1 to 1000000, "auto", or points such as [{ a: 1, b: 2 }]',
  );
}

/** A point as numbers in the order of names; a name that it leaves out has the value of `others`. */
export function pointWanted(
  where: string,
  point: StartPoint,
  names: readonly string[],
  others: Float64Array,
): Float64Array {
  if (isArrayLike(point)) return copyNumbers(where, "starts", point, names.length);
  checkKeys(`${where}: starts`, point, names);
  return Float64Array.from(names, (name, j) => point[name] ?? others[j]!);
}

/** Any start inside the bounds where none is given. */
export const completed = (specs: Specs): Specs =>
  Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      isMissing(spec) ? withInit(spec, inside(spec as Spec)) : spec,
    ]),
  );

const inside = ({ min = -Infinity, max = Infinity }: Spec): number =>
  Math.min(Math.max(1, typeof min === "number" ? min : 1), typeof max === "number" ? max : 1);

/** The options without limits and reports, which are those of the whole, and without `also`. */
export function withoutLimits(options: object, also: readonly string[] = []): Record<string, unknown> {
  const own: Record<string, unknown> = { ...options };
  for (const key of [...limitKeys, "starts", ...also]) if (key !== "runtime") delete own[key];
  return own;
}

/** What is left of the limits for a fit within the search; one evaluation stays for the fit itself. */
export const within = (watch: Watch): object => {
  const { maxEvaluations, maxTimeMs } = watch.left;
  return { maxEvaluations: maxEvaluations - 1, maxTimeMs, signal: watch.signal };
};

/** Adds what a fit within the search took. */
export function charge<F extends { readonly nfev: number; readonly njev: number }>(watch: Watch, fit: F): F {
  watch.nfev += fit.nfev;
  watch.njev += fit.njev;
  return fit;
}

export const withInit = (spec: unknown, init: number): unknown =>
  typeof spec === "number" ? init : { ...(spec as object), init };
