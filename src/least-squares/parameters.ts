// The parameters of a curve fit: names in key order, starts, bounds, and which of them are free.

import { DownhillError, quote } from "../runtime/errors.js";
import {
  booleanOption,
  checkKeys,
  type Elsewhere,
  isRecord,
  numberOption,
  optionError,
} from "../runtime/options.js";

export interface ParamSpec {
  /** Start of the search. May be missing with models given as text: it is found in the data then. */
  init?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  /** Held at `init`: it has no standard error and costs no degree of freedom. */
  fixed?: boolean | undefined;
}

/** A parameter that follows others: an expression of their names. */
export interface TiedSpec {
  expr: string;
}

export type ParamsInput = Readonly<Record<string, number | ParamSpec | TiedSpec>>;

export interface Parameters {
  /** Every name, in key order. */
  readonly all: readonly string[];
  /** Those that are not tied: what follows is over them. */
  readonly names: readonly string[];
  readonly tied: readonly { readonly name: string; readonly expr: string }[];
  readonly init: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Indices of the free parameters, and their names in that order. */
  readonly free: readonly number[];
  readonly freeNames: readonly string[];
  readonly bounded: boolean;
}

const specKeys = ["init", "min", "max", "fixed"];
const elsewhere: Elsewhere = { vary: 'did you mean "fixed", inverted?' };

type Spec = Required<{ [K in keyof ParamSpec]: NonNullable<ParamSpec[K]> }>;

function readSpec(where: string, param: string, given: unknown): Spec {
  if (typeof given === "number") return readSpec(where, param, { init: given });
  const refuse = (what: string) =>
    new DownhillError("OPTION", `${where}: ${what}`, { details: { option: "params", param, value: given } });
  if (!isRecord(given)) throw refuse(`expected a number or { ${specKeys.join(", ")} }, got ${quote(given)}`);
  checkKeys(where, given, specKeys, elsewhere);
  const init = numberOption(where, "init", given.init, NaN);
  const min = numberOption(where, "min", given.min, -Infinity, { infinite: true });
  const max = numberOption(where, "max", given.max, Infinity, { infinite: true });
  const fixed = booleanOption(where, "fixed", given.fixed, false);
  if (given.init === undefined)
    throw optionError(where, "init", undefined, fixed ? "the number it is held at" : "a finite number");
  if (min > max) throw refuse(`min ${min} is greater than max ${max}`);
  if (init < min || init > max) throw refuse(`init ${init} is outside its bounds [${min}, ${max}]`);
  return { init, min, max, fixed: fixed || min === max };
}

const isTied = (spec: unknown): boolean => typeof (spec as TiedSpec | null)?.expr !== "undefined";

export function readParameters(where: string, values: unknown): Parameters {
  if (!isRecord(values)) throw optionError(where, "params", values, "an object such as { a: 1, b: 0.1 }");
  const all = Object.keys(values);
  if (all.includes("__proto__")) throw optionError(where, "params", "__proto__", "other names");
  const of = (name: string, kind = "parameter") => `${where}: ${kind} ${quote(name)}`;
  const tied = all
    .filter((name) => isTied(values[name]))
    .map((name) => {
      const spec = values[name] as TiedSpec;
      checkKeys(of(name, "tied parameter"), spec, ["expr"]);
      return { name, expr: spec.expr };
    });
  const names = tied.length === 0 ? all : all.filter((name) => !isTied(values[name]));
  const specs = names.map((name): Spec => {
    const given = values[name];
    // What most are costs no name in a message.
    const plain = typeof given === "number" && Number.isFinite(given);
    return plain
      ? { init: given, min: -Infinity, max: Infinity, fixed: false }
      : readSpec(of(name), name, given);
  });
  const free = names.map((_, i) => i).filter((i) => !specs[i]?.fixed);
  if (free.length === 0) {
    throw new DownhillError("SHAPE", `${where}: no free parameter among [${names}]`);
  }
  const count = specs.length;
  const init = new Float64Array(count);
  const lower = new Float64Array(count);
  const upper = new Float64Array(count);
  specs.forEach((spec, i) => {
    init[i] = spec.init;
    lower[i] = spec.min;
    upper[i] = spec.max;
  });
  return {
    all,
    names,
    tied,
    init,
    lower,
    upper,
    free,
    freeNames: free.map((i) => names[i] as string),
    bounded: free.some((i) => specs[i]?.min !== -Infinity || specs[i]?.max !== Infinity),
  };
}

/** All parameters that are not tied, the free ones at x. */
export function allParameters(
  { init, free }: Pick<Parameters, "init" | "free">,
  x: Float64Array,
): Float64Array {
  const p = Float64Array.from(init);
  free.forEach((j, k) => {
    p[j] = x[k]!;
  });
  return p;
}

/** The elements at these places. */
export function pick(values: Float64Array, at: readonly number[]): Float64Array {
  // Float64Array.from takes ten times as long for few numbers.
  const picked = new Float64Array(at.length);
  for (let k = 0; k < at.length; k++) picked[k] = values[at[k]!]!;
  return picked;
}
