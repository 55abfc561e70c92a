// What is to be minimised, as callers give it: a function, an object with a function for whole populations, a compiled objective; and
// the constraints beside it.

import { byName } from "../minimize/by-name.js";
import { OPTIONS } from "../minimize/objective.js";
import { type ObjectiveRecipe, recipeOf } from "../models/objective.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, optionError } from "../runtime/options.js";
import type { NamedBox, Values } from "./variables.js";

export type MaybePromise<T> = T | PromiseLike<T>;

/** The function of a box of numbers, or of variables by name. The point is borrowed for the call. */
export type GlobalFunction<X = Float64Array, R = number> = (x: X) => R;

/** What the function is given for a box: a number for each variable, what it chooses among where it has choices. */
export type ValuesOf<B extends NamedBox> = {
  readonly [K in keyof B]: B[K] extends { readonly choices: readonly (infer C)[] } ? C : number;
};

export interface GlobalParts<X = Float64Array, R = number> {
  fun?: GlobalFunction<X, R> | undefined;
  /** Fills `out` with the values of all points in one call; NaN is a failed evaluation. */
  evaluateBatch?: ((points: readonly X[], out: Float64Array) => unknown) | undefined;
  /** The gradient, for the polishing at the end; of a box of numbers only. */
  grad?: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  funGrad?: ((x: Float64Array, outGrad: Float64Array) => R) | undefined;
}

export type GlobalObjective = GlobalFunction | GlobalFunction<Values> | GlobalParts | GlobalParts<Values>;
export type AsyncGlobalObjective =
  | GlobalFunction<Float64Array, MaybePromise<number>>
  | GlobalFunction<Values, MaybePromise<number>>
  | GlobalParts<Float64Array, MaybePromise<number>>
  | GlobalParts<Values, MaybePromise<number>>;

/** Evaluates rows of points of the user's; what the engine needs of an objective. */
export interface Evaluator {
  readonly fun: ((x: never) => unknown) | undefined;
  readonly batch: ((points: readonly never[], out: Float64Array) => unknown) | undefined;
  /** Of a compiled objective: whole generations are evaluated in the core, or in threads. */
  readonly recipe: ObjectiveRecipe | undefined;
  /** For polishing, bound to its object. */
  readonly smooth: { funGrad?: unknown; fun?: unknown; grad?: unknown } | null;
}

const PARTS = ["fun", "evaluateBatch", "grad", "funGrad"] as const;

export function readObjective(where: string, f: unknown): Evaluator {
  if (typeof f === "function")
    return { fun: f as (x: never) => unknown, batch: undefined, recipe: undefined, smooth: null };
  if (typeof f !== "object" || f === null)
    throw optionError(
      where,
      "f",
      f,
      "a function, or an object with fun or evaluateBatch",
      typeof f === "string" ? "compileObjective(text) makes one of a text" : undefined,
    );
  const own = Object.getPrototypeOf(f) === Object.prototype;
  const given = f as Record<string, unknown>;
  // Other data beside the function does no harm, but a function under another name would be left out without a word.
  if (own) {
    const option = Object.keys(given).find((key) => given[key] !== undefined && OPTIONS.test(key));
    if (option)
      throw new DownhillError("OPTION", `${where}: f has no part ${quote(option)}`, {
        hint: given.rowNames ? "minimizeConstrained takes programs" : "the box comes second, options third",
        details: { option: `f.${option}` },
      });
    const functions = Object.keys(given).filter((key) => typeof given[key] === "function");
    checkKeys(`${where}: f`, Object.fromEntries(functions.map((key) => [key, 0])), [
      ...PARTS,
      "hess",
      "hessVec",
    ]);
  }
  const part = (name: (typeof PARTS)[number]) => {
    const found = given[name];
    if (found === undefined) return undefined;
    if (typeof found !== "function") throw optionError(where, `f.${name}`, found, "a function");
    return (own ? found : found.bind(f)) as (...args: unknown[]) => unknown;
  };
  const [fun, batch, grad, funGrad] = PARTS.map(part);
  const value = fun ?? (funGrad && ((x: Float64Array) => funGrad(x, new Float64Array(x.length))));
  if (!value && !batch)
    throw optionError(where, "f", f, "a function, or an object with fun or evaluateBatch");
  const smooth = funGrad || (grad && value) ? { fun: value, grad, funGrad } : null;
  return { fun: value as Evaluator["fun"], batch: batch as Evaluator["batch"], recipe: recipeOf(f), smooth };
}

/** A compiled objective over variables by name: it is given their values in the order of its own names. */
export function overNames(where: string, evaluator: Evaluator, names: readonly string[] | null): Evaluator {
  const { recipe, fun } = evaluator;
  if (!recipe || !names) return evaluator;
  byName(where, Object.fromEntries(names.map((name) => [name, 0])), recipe.params);
  const given = (values: Values): unknown[] => recipe.params.map((name) => values[name]);
  return { ...evaluator, fun: (values: Values) => fun!(given(values) as never) };
}

/** CALLBACK_RESULT unless the value is a number. */
export function checkValue(where: string, value: unknown, name = "the objective"): number {
  if (typeof value === "number") return value;
  throw new DownhillError("CALLBACK_RESULT", `${where}: ${name} must return a number, got ${quote(value)}`, {
    details: { value },
  });
}
