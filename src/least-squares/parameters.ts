// The parameters of a curve fit: names in key order, starts, bounds, and which of them are free.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys } from "../runtime/options.js";

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

function bad(name: string, what: string, value: unknown): DownhillError {
  return new DownhillError("OPTION", `curveFit: parameter ${quote(name)}: ${what}`, {
    details: { option: "params", param: name, value },
  });
}

function readSpec(
  name: string,
  given: unknown,
): Required<{ [K in keyof ParamSpec]: NonNullable<ParamSpec[K]> }> {
  if (typeof given === "number") return readSpec(name, { init: given });
  if (typeof given !== "object" || given === null) {
    throw bad(name, `expected a number or { init, min, max, fixed }, got ${quote(given)}`, given);
  }
  checkKeys(`curveFit: parameter ${quote(name)}`, given, specKeys);
  const { init, min = -Infinity, max = Infinity, fixed = false } = given as ParamSpec;
  if (typeof init !== "number" || !Number.isFinite(init)) {
    throw bad(name, `init must be a finite number, got ${quote(init)}`, init);
  }
  for (const [key, bound] of [
    ["min", min],
    ["max", max],
  ] as const) {
    if (typeof bound !== "number" || Number.isNaN(bound))
      throw bad(name, `${key} must be a number, got ${quote(bound)}`, bound);
  }
  if (typeof fixed !== "boolean") throw bad(name, `fixed must be true or false, got ${quote(fixed)}`, fixed);
  if (min > max) throw bad(name, `min ${min} is greater than max ${max}`, min);
  if (init < min || init > max) throw bad(name, `init ${init} is outside its bounds [${min}, ${max}]`, init);
  return { init, min, max, fixed: fixed || min === max };
}

const isTied = (spec: unknown): boolean => typeof (spec as TiedSpec | null)?.expr !== "undefined";

export function readParameters(given: unknown): Parameters {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new DownhillError(
      "OPTION",
      `curveFit: params must be an object such as { a: 1, b: 0.1 }, got ${quote(given)}`,
      {
        details: { option: "params", value: given },
      },
    );
  }
  const all = Object.keys(given);
  if (all.includes("__proto__")) throw bad("__proto__", "this name cannot be used", undefined);
  const values = given as Record<string, unknown>;
  const tied = all.flatMap((name) => {
    const spec = values[name] as TiedSpec;
    if (!isTied(spec)) return [];
    checkKeys(`curveFit: tied parameter ${quote(name)}`, spec, ["expr"]);
    return { name, expr: spec.expr };
  });
  const names = all.filter((name) => !isTied(values[name]));
  const specs = names.map((name) => readSpec(name, values[name]));
  const free = names.map((_, i) => i).filter((i) => !specs[i]?.fixed);
  if (free.length === 0) {
    throw new DownhillError(
      "SHAPE",
      `curveFit: there is no free parameter among ${names.join(", ") || "none"}`,
    );
  }
  const column = (key: "init" | "min" | "max") => Float64Array.from(specs, (spec) => spec[key]);
  return {
    all,
    names,
    tied,
    init: column("init"),
    lower: column("min"),
    upper: column("max"),
    free,
    freeNames: free.map((i) => names[i] as string),
    bounded: free.some((i) => specs[i]?.min !== -Infinity || specs[i]?.max !== Infinity),
  };
}
