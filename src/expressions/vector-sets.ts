// Models of several values at each x, such as the real and the imaginary part: one global fit with a set for each value and every
// parameter shared.

import type { ModelX } from "../least-squares/curve-fit.js";
import { dataOf } from "../least-squares/model.js";
import type { TiedSpec } from "../least-squares/parameters.js";
import { paramNames } from "../models/names.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, isArrayLike, isRecord, lengthOf, optionError } from "../runtime/options.js";
import type { FullFitOptions } from "./curve-fit.js";
import type { GlobalParamSpec } from "./global-sets.js";

type Given = Readonly<Record<string, unknown>>;
type Columns = Float64Array | Readonly<Record<string, Float64Array>>;

/** Options of a fit whose y has a row for each point, such as [re, im]. */
export interface VectorFitOptions
  extends Omit<FullFitOptions<string, ModelX>, "model" | "y" | "sigma" | "params" | "sigmaX" | "starts"> {
  /** A text for each number of a row, or a function that returns the row. */
  model: readonly string[] | ((x: never, p: Readonly<Record<string, number>>) => ArrayLike<number>);
  /** m rows of equal length: pairs [re, im] of complex numbers, or as many values as the model has. */
  y: ArrayLike<ArrayLike<number>>;
  /** One for all, one for each point, or rows like those of y. */
  sigma?: number | ArrayLike<number> | ArrayLike<ArrayLike<number>> | undefined;
  /** All are shared. May be left out for texts. */
  params?: Readonly<Record<string, number | Omit<GlobalParamSpec, "shared"> | TiedSpec>> | undefined;
}

/** More numbers in a row are none that anybody fits. */
const WIDEST = 4096;

/** Whether y has a row for each point. */
export const isRows = (y: unknown): boolean => isArrayLike(y) && isArrayLike((y as ArrayLike<unknown>)[0]);

/** The options of the same fit with `data`. */
export function vectorSets(where: string, options: object): object {
  if (typeof options !== "object" || options === null)
    throw optionError(where, "options", options, "an object");
  const { model, x, y, sigma, params, mask, weights, ...others } = options as Given;
  const rows = y as ArrayLike<ArrayLike<number>>;
  if (!isRows(y)) throw optionError(where, "y", y, "a row of numbers for each point, such as [re, im]");
  const width = rows[0]!.length;
  if (!(width <= WIDEST))
    throw new DownhillError("SHAPE", `${where}: y[0] has length ${width}, expected at most ${WIDEST}`, {
      details: { argument: "y[0]", length: width },
    });
  const copied = (name: string, given: ArrayLike<ArrayLike<number>>): number[][] =>
    Array.from({ length: lengthOf(where, name, given) }, (_, i) => {
      const row = given[i]!;
      checkArray(where, `${name}[${i}]`, row, width);
      return Array.from({ length: width }, (_, k) => row[k]!);
    });
  const values = copied("y", rows);
  const sigmas = isRows(sigma) ? copied("sigma", sigma as never) : null;
  const errors = (k: number) => (sigmas ? sigmas.map((row) => row[k]!) : sigma);
  const data = Array.from({ length: width }, (_, k) => ({
    x,
    y: values.map((row) => row[k]!),
    ...(sigma === undefined ? {} : { sigma: errors(k) }),
    ...(mask === undefined ? {} : { mask }),
    ...(weights === undefined ? {} : { weights }),
    label: String(k),
  }));
  const texts = Array.isArray(model);
  if (texts && model.length !== width) {
    throw new DownhillError("SHAPE", `${where}: ${model.length} models for rows of ${width} numbers`, {
      hint: "give one text for each number of a row of y",
      details: { argument: "model", length: model.length, expected: width },
    });
  }
  if (!texts && typeof model !== "function")
    throw optionError(
      where,
      "model",
      model,
      "a text for each number of a row, or a function that returns them",
    );
  return {
    ...others,
    model: texts ? model : components(where, model as Point, width),
    params: shared(where, texts ? model : null, x, params),
    data,
  };
}

/** Every parameter with `shared`. */
function shared(where: string, texts: readonly string[] | null, x: unknown, params: unknown): object {
  const variables = isArrayLike(x) ? ["x"] : Object.keys((x ?? {}) as object);
  const found = texts?.flatMap((text) => paramNames(text, variables, [])) ?? [];
  const given = params ?? Object.fromEntries(found.map((name) => [name, {}]));
  if (!isRecord(given) || Object.keys(given).length === 0)
    throw optionError(where, "params", params, "an object such as { a: 1, b: 0.1 }");
  return Object.fromEntries(
    Object.entries(given).map(([name, spec]) => {
      if (typeof spec === "number") return [name, { init: spec, shared: true }];
      return [name, isRecord(spec) && spec.expr === undefined ? { ...spec, shared: true } : spec];
    }),
  );
}

type Point = (x: unknown, p: Readonly<Record<string, number>>) => ArrayLike<number>;

/** Block models of the single values; all are computed when the first is asked for. */
function components(where: string, model: Point, width: number): object[] {
  let last: { x: Columns; p: Float64Array; values: Float64Array } | null = null;
  const same = (a: Columns, b: Columns): boolean => {
    const equal = (u: Float64Array, v: Float64Array) =>
      u.length === v.length && u.every((w, i) => w === v[i]);
    if (a instanceof Float64Array) return b instanceof Float64Array && equal(a, b);
    return !(b instanceof Float64Array) && Object.keys(a).every((key) => equal(a[key]!, b[key]!));
  };
  const all = (x: Columns, names: readonly string[], p: Float64Array): Float64Array => {
    if (last?.p.every((v, i) => v === p[i]) && same(last.x, x)) return last.values;
    const own = Object.fromEntries(names.map((name, j) => [name, p[j]!]));
    const { m } = dataOf(x);
    const values = new Float64Array(m * width);
    for (let i = 0; i < m; i++) {
      const at =
        x instanceof Float64Array
          ? x[i]!
          : Object.fromEntries(Object.entries(x).map(([key, column]) => [key, column[i]!]));
      const row = model(at, own);
      if (!isArrayLike(row) || row.length !== width) {
        throw new DownhillError(
          "CALLBACK_RESULT",
          `${where}: the model returned ${quote(row)} at point ${i}, expected ${width} numbers`,
          { details: { index: i, value: row } },
        );
      }
      values.set(Array.from(row), i * width);
    }
    last = { x, p: p.slice(), values };
    return values;
  };
  return Array.from({ length: width }, (_, k) => ({
    evaluate: () => {},
    for: (names: readonly string[]) => ({
      evaluate(x: Columns, p: Float64Array, out: Float64Array) {
        const values = all(x, names, p);
        for (let i = 0; i < out.length; i++) out[i] = values[i * width + k]!;
      },
    }),
  }));
}
