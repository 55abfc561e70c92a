// Model forms of curveFit bound to data: one function that fills the values at all points, and, where the
// model has one, one that fills its Jacobian.

import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, isRecord, optionError } from "../runtime/options.js";

/** Several predictors: one array of m numbers each. */
export type PredictorColumns = Readonly<Record<string, ArrayLike<number>>>;
export type Predictors = ArrayLike<number> | PredictorColumns;

export type Done = void | PromiseLike<void>;

/** A model of one point: x is a number, or an object of numbers; p is one reused object keyed by name. */
export type PointModel<X, P extends string> = (
  x: X,
  p: Readonly<Record<P, number>>,
) => number | PromiseLike<number>;

/** A model of all points: p in the key order of params; `jacobian` fills m*n row-major over all parameters. */
export interface BlockModel<X = never> {
  evaluate(x: X, p: Float64Array, out: Float64Array): Done;
  jacobian?(x: X, p: Float64Array, out: Float64Array): Done;
}

/** A block model that knows the names of its parameters. */
export interface OrderedModel<X = never> extends BlockModel<X> {
  /** The same model for p in the order of these names; OPTION where they are not its parameters. */
  for(names: readonly string[]): BlockModel<X>;
}

type Columns = Float64Array | Record<string, Float64Array>;

export interface Data {
  readonly m: number;
  readonly x: Columns;
}

export interface BoundModel {
  readonly m: number;
  /** Fills `out` (m) with the model's values at p (all parameters). */
  evaluate(p: Float64Array, out: Float64Array): Done;
  /** Fills `out` (m*n, row-major over all parameters). */
  jacobian?(p: Float64Array, out: Float64Array): Done;
  /** As of a ResidualProblem. */
  readonly memory?: readonly Float64Array[] | undefined;
}

/** An object of predictors, one of which may be called length. */
const isColumns = (x: unknown): x is Record<string, unknown> => isRecord(x) && typeof x.length !== "number";

/** Copies and checks the predictors: equal lengths, finite numbers, and none of those `known` from the fit missing. */
export function readPredictors(where: string, x: unknown, known?: readonly string[] | null): Data {
  const names = isColumns(x) ? Object.keys(x) : null;
  if (known !== undefined && !(known ? known.every((name) => names?.includes(name)) : names === null)) {
    const expected = known ? `an object with keys ${known.join(", ")}` : "an array of numbers";
    throw new DownhillError("SHAPE", `${where}: x must be ${expected}, as in the fit, got ${quote(x)}`);
  }
  if (names) {
    const columns: Record<string, Float64Array> = {};
    let m = -1;
    for (const [name, values] of Object.entries(x as Record<string, unknown>)) {
      if (name === "__proto__") throw optionError(where, "x", name, "another name");
      const own = copyNumbers(where, `x.${name}`, values, m < 0 ? undefined : m);
      checkFinite(where, `x.${name}`, own);
      columns[name] = own;
      m = own.length;
    }
    if (m < 0) throw new DownhillError("SHAPE", `${where}: x has no predictors`);
    return { m, x: columns };
  }
  // Of a fit that is there, one value may be asked for as a number.
  const own = copyNumbers(where, "x", known === null && typeof x === "number" ? [x] : x);
  checkFinite(where, "x", own);
  return { m: own.length, x: own };
}

export type AnyModel = ((x: never, p: never) => unknown) | BlockModel;

export function checkModel(where: string, model: unknown): asserts model is AnyModel {
  const block = model as Partial<BlockModel> | null;
  const ok =
    typeof model === "function" ||
    (typeof block === "object" &&
      typeof block?.evaluate === "function" &&
      (block.jacobian === undefined || typeof block.jacobian === "function"));
  if (ok) return;
  throw new DownhillError(
    "OPTION",
    `${where}: model must be a function (x, p) => number or { evaluate, jacobian? }, got ${quote(model)}`,
    { details: { option: "model", value: model } },
  );
}

export function bindModel(where: string, given: AnyModel, names: readonly string[], data: Data): BoundModel {
  if (typeof given === "function")
    return bindPoints(where, given as PointModel<unknown, string>, names, data);
  const model = (given as Partial<OrderedModel>).for?.(names) ?? given;
  const { m, x } = data;
  const bound: BoundModel = {
    m,
    evaluate: (p, out) => checkFilled(`${where}: model.evaluate`, model.evaluate(x as never, p, out), out),
  };
  if (model.jacobian) {
    bound.jacobian = (p, out) =>
      checkFilled(`${where}: model.jacobian`, model.jacobian?.(x as never, p, out), out);
  }
  return bound;
}

/** A callback that should fill `out` must not answer with another array instead. */
export function checkFilled(where: string, answer: unknown, out: Float64Array): Done {
  if (answer === undefined || answer === out || typeof answer !== "object" || answer === null)
    return undefined;
  if (typeof (answer as PromiseLike<void>).then === "function") {
    return (answer as PromiseLike<unknown>).then((late) => checkFilled(where, late, out));
  }
  throw new DownhillError(
    "CALLBACK_RESULT",
    `${where} must fill its last argument, not return ${quote(answer)}`,
  );
}

/** A synchronous run has no use for a promise. */
export function refusePromise(where: string, answer: Done, hint: string): void {
  if (answer === undefined) return;
  // Nobody will wait for it: its rejection must not end the process.
  answer.then(undefined, () => undefined);
  throw new DownhillError("CALLBACK_RESULT", `${where} returned a Promise`, { hint });
}

/** The same of a model for those who can only use it at once. */
export const needNow = (where: string, done: Done): void =>
  refusePromise(`${where}: the model`, done, "give a synchronous model");

/** Columns that were checked before, with their length. */
export const dataOf = (x: Data["x"]): Data => ({
  m: x instanceof Float64Array ? x.length : (Object.values(x)[0]?.length ?? 0),
  x,
});

function notANumber(where: string, value: unknown, i: number): DownhillError {
  return new DownhillError(
    "CALLBACK_RESULT",
    `${where}: the model returned ${quote(value)} at point ${i}, expected a number`,
    {
      details: { index: i, value },
    },
  );
}

function bindPoints(
  where: string,
  model: PointModel<unknown, string>,
  names: readonly string[],
  data: Data,
): BoundModel {
  const { m, x } = data;
  const p: Record<string, number> = {};
  const load = (values: Float64Array) => {
    for (let j = 0; j < names.length; j++) p[names[j] as string] = values[j]!;
  };
  /** Point i promises: the points after it are called too, and all are awaited together. */
  const settle = async (out: Float64Array, i: number, first: unknown, next: (i: number) => unknown) => {
    const calls = Array.from({ length: m - i }, async (_, k) => (k === 0 ? first : next(i + k)));
    for (const value of await Promise.all(calls)) {
      if (typeof value !== "number") throw notANumber(where, value, i);
      out[i++] = value;
    }
  };
  const late = (out: Float64Array, i: number, value: unknown, next: (i: number) => unknown): Done => {
    if (!isPromise(value)) throw notANumber(where, value, i);
    return settle(out, i, value, next);
  };
  if (x instanceof Float64Array) {
    const at = (i: number) => model(x[i]!, p);
    const evaluate = (values: Float64Array, out: Float64Array): Done => {
      load(values);
      for (let i = 0; i < m; i++) {
        const value = model(x[i]!, p);
        if (typeof value !== "number") return late(out, i, value, at);
        out[i] = value;
      }
      return undefined;
    };
    return { m, evaluate };
  }
  const keys = Object.keys(x);
  let point: Record<string, number> = {};
  const move = (i: number) => {
    for (const key of keys) point[key] = (x[key] as Float64Array)[i]!;
    return point;
  };
  /** A point of its own: an asynchronous model may still read the one before. */
  const fresh = (i: number) => {
    point = {};
    return model(move(i), p);
  };
  const evaluate = (values: Float64Array, out: Float64Array): Done => {
    load(values);
    for (let i = 0; i < m; i++) {
      const value = model(move(i), p);
      if (typeof value !== "number") {
        const done = late(out, i, value, fresh);
        point = {};
        return done;
      }
      out[i] = value;
    }
    return undefined;
  };
  return { m, evaluate };
}

const isPromise = (value: unknown): boolean =>
  typeof (value as PromiseLike<number> | null)?.then === "function";
