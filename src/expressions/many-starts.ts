// The starts and bounds of curveFitMany: one object for all curves, or the numbers of each.

import { isCompiledModel } from "../least-squares/expression.js";
import { pick, readParameters } from "../least-squares/parameters.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkArray, checkKeys, isArrayLike, isRecord } from "../runtime/options.js";
import { completed, isMissing, namesOf, type Spec } from "./start-options.js";

/** Starts of each curve, k*n, and bounds of n or k*n numbers. */
export interface CurveStarts {
  names: readonly string[];
  starts: ArrayLike<number>;
  min?: ArrayLike<number> | undefined;
  max?: ArrayLike<number> | undefined;
}

export const isStarts = (params: unknown): params is CurveStarts =>
  isArrayLike((params as CurveStarts | null)?.starts) && Array.isArray((params as CurveStarts | null)?.names);

export interface Starts {
  readonly names: readonly string[];
  readonly free: readonly number[];
  readonly init: Float64Array;
  readonly starts: Float64Array;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

const NONE = new Float64Array(0);

/** Starts that curveFit finds, or parameters that it ties: all there is to know beforehand is their names, and that they are right. */
export function readNames(where: string, params: unknown): Starts {
  const { all } = readParameters(where, isRecord(params) ? completed(params) : params);
  return { names: all, free: [], init: NONE, starts: NONE, lower: null, upper: null };
}

/** Whether these parameters have no starts, or are tied. */
export const isOpen = (params: unknown): boolean =>
  params === undefined ||
  (!isStarts(params) &&
    isRecord(params) &&
    Object.values(params).some((spec) => isMissing(spec) || typeof (spec as Spec | null)?.expr === "string"));

/** Params of which some have no start, by name; those of a text, where none are given. */
export function openSpecs(
  where: string,
  { model, params }: { readonly model: unknown; readonly params?: unknown },
  variables: readonly string[],
): unknown {
  if (params !== undefined) return params;
  if (isCompiledModel(model)) return Object.fromEntries(model.params.map((name) => [name, {}]));
  if (typeof model !== "string") return params;
  return namesOf(where, model, variables);
}

export function readStarts(where: string, given: unknown, k: number): Starts {
  if (!isStarts(given)) {
    const { names, free, init, lower, upper, bounded } = readParameters(where, given);
    const bounds = bounded
      ? { lower: pick(lower, free), upper: pick(upper, free) }
      : { lower: null, upper: null };
    return { names, free, init, starts: pick(init, free), ...bounds };
  }
  checkKeys(`${where}: params`, given, ["names", "starts", "min", "max"]);
  const n = given.names.length;
  readParameters(where, Object.fromEntries(given.names.map((name) => [name, 0])));
  const lengthOf = (argument: string, values: ArrayLike<number>, allowed: readonly number[]) => {
    checkArray(where, `params.${argument}`, values);
    if (allowed.includes(values.length)) return copyNumbers(where, `params.${argument}`, values);
    throw new DownhillError(
      "SHAPE",
      `${where}: params.${argument} has ${values.length} numbers, expected ${allowed.join(" or ")}`,
      { details: { argument: `params.${argument}`, length: values.length } },
    );
  };
  const starts = lengthOf("starts", given.starts, [k * n]);
  const bound = (argument: "min" | "max", none: number) => {
    const values = given[argument];
    return values === undefined ? new Float64Array(n).fill(none) : lengthOf(argument, values, [n, k * n]);
  };
  const init = new Float64Array(n);
  const base = { names: [...given.names], free: given.names.map((_, j) => j), init, starts };
  if (given.min === undefined && given.max === undefined) return { ...base, lower: null, upper: null };
  let lower = bound("min", -Infinity);
  let upper = bound("max", Infinity);
  if (lower.length !== upper.length) {
    const widen = (values: Float64Array) =>
      Float64Array.from({ length: k * n }, (_, i) => values[i % values.length]!);
    [lower, upper] = [widen(lower), widen(upper)];
  }
  for (let i = 0; i < k * n; i++) {
    const low = lower[i % lower.length]!;
    const high = upper[i % upper.length]!;
    const start = starts[i]!;
    if (low <= high && !(start < low) && !(start > high)) continue;
    throw new DownhillError(
      "OPTION",
      `${where}: params.starts[${i}] = ${start} is outside [${low}, ${high}]`,
      {
        details: { option: "params", index: i },
      },
    );
  }
  return { ...base, lower, upper };
}
