// The sets of a global fit, checked: data, the model of each set, and which numbers of the whole fit are the parameters of a
// set (k is shared, a[0] and a[1] are not).

import { isCompiledModel } from "../least-squares/expression.js";
import { readSigmas } from "../least-squares/fit-problem.js";
import {
  type AnyModel,
  bindModel,
  checkModel,
  type Data,
  needNow,
  readPredictors,
} from "../least-squares/model.js";
import { type Parameters, readParameters } from "../least-squares/parameters.js";
import { type Compiled, withTies } from "../models/compiled.js";
import { functionTable } from "../models/elementary.js";
import { type CompiledModel, TextModel } from "../models/model.js";
import type { NamedModel } from "../models/named.js";
import { paramNames } from "../models/names.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import {
  checkArray,
  checkFinite,
  checkKeys,
  isArrayLike,
  isRecord,
  optionError,
} from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { withoutUndefined } from "./data-options.js";
import { columnsOf, compiledFor, variablesOf } from "./read.js";
import { completed } from "./start-options.js";
import { readTies, TieEvaluator, tieModel } from "./ties.js";

/** One set of a global fit. */
export interface DataSet {
  x: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
  y: ArrayLike<number>;
  /** Standard deviation of each y, or one for all of this set. Every set has one, or none. */
  sigma?: number | ArrayLike<number> | undefined;
  /** Default: "0", "1", ... */
  label?: string | undefined;
}

/** A parameter of a global fit. */
export interface GlobalParamSpec {
  /** One number for all sets. Default false: every set has its own, called a[0], a[1], ... */
  shared?: boolean | undefined;
  /** A start, or one for each set. May be missing with models given as text. */
  init?: number | ArrayLike<number> | undefined;
  min?: number | undefined;
  max?: number | undefined;
  fixed?: boolean | undefined;
}

type Specs = Readonly<Record<string, unknown>>;

/** One set, ready: its own parameters in `names` order are those of the whole fit numbered in `at`. */
export interface SetModel {
  readonly label: string;
  readonly data: Data;
  readonly y: Float64Array;
  readonly sigma: Float64Array | null;
  /** What the user gave for it, for a fit of its own. */
  readonly given: { readonly model: unknown; readonly params: Specs };
  readonly names: readonly string[];
  /** Places among the parameters of the whole fit; -1 where the model of this set has no such parameter. */
  readonly at: readonly number[];
  readonly parameters: Parameters;
  /** Its tied parameters, for starts and free parameters of the whole fit. */
  readonly ties: ((parameters: Parameters) => TieEvaluator) | null;
  /** Set where the model is text. */
  readonly core: Compiled | null;
  evaluate(x: Data["x"], m: number, p: Float64Array, out: Float64Array): void;
  jacobian: ((x: Data["x"], m: number, p: Float64Array, out: Float64Array) => void) | null;
}

export interface GlobalSets {
  readonly sets: readonly SetModel[];
  /** Every parameter of the whole fit that is not tied, with its spec; no start where none was given. */
  readonly specs: Readonly<Record<string, unknown>>;
}

const specKeys = ["shared", "init", "min", "max", "fixed"];

/** A named model as its text. */
const textOf = (model: unknown): unknown =>
  typeof (model as NamedModel | null)?.text === "string" ? (model as NamedModel).text : model;

function modelsOf(where: string, given: unknown, count: number): unknown[] {
  if (!Array.isArray(given)) return Array.from({ length: count }, () => textOf(given));
  if (given.length === count) return given.map(textOf);
  throw new DownhillError("SHAPE", `${where}: ${given.length} models for ${count} sets`, {
    hint: "give one model for all sets, or one for each",
    details: { argument: "model", length: given.length, expected: count },
  });
}

/** The option params with every name; a model given as text has its names in the text. */
function declared(where: string, params: unknown, models: readonly unknown[], data: readonly Data[]): Specs {
  if (isRecord(params)) return params;
  if (params !== undefined)
    throw optionError(where, "params", params, "an object such as { k: { shared: true }, a: {} }");
  const names = models.flatMap((model, s) => {
    if (typeof model === "string") return paramNames(model, variablesOf(data[s]!.x), []);
    if (isCompiledModel(model)) return [...model.params];
    throw optionError(where, "params", params, "an object such as { k: { shared: true, init: 1 }, a: 2 }");
  });
  return Object.fromEntries([...new Set(names)].map((name) => [name, {}]));
}

/** The spec of one set: its own start, and nothing that only a global fit knows. */
function specOf(where: string, name: string, spec: unknown, s: number, count: number): unknown {
  if (!isRecord(spec) || spec.expr !== undefined) return spec;
  checkKeys(`${where}: parameter ${quote(name)}`, spec, specKeys);
  const { shared, init, ...others } = spec as GlobalParamSpec;
  if (shared !== undefined && typeof shared !== "boolean")
    throw optionError(where, `params.${name}.shared`, shared, "true or false");
  if (init === undefined) return others;
  if (!isArrayLike(init)) return { ...others, init };
  if (shared) throw optionError(where, `params.${name}.init`, init, "one start, as it is shared");
  checkArray(where, `params.${name}.init`, init, count);
  return { ...others, init: init[s] };
}

const isShared = (spec: unknown): boolean => (spec as GlobalParamSpec | null)?.shared === true;

/** Checks `data`, `model` and `params` of a global fit. */
export function readSets(
  where: string,
  options: { data: unknown; model: unknown; params?: unknown; runtime?: Runtime | undefined },
): GlobalSets {
  const { data: given } = options;
  if (!Array.isArray(given) || given.length === 0)
    throw optionError(where, "data", given, "an array of sets such as [{ x, y }, { x, y }]");
  const at = chosenRuntime(options.runtime);
  const ys: Float64Array[] = [];
  const data = given.map((set: DataSet, s) => {
    if (typeof set !== "object" || set === null)
      throw optionError(where, `data[${s}]`, set, "an object { x, y, sigma?, label? }");
    checkKeys(`${where}: data[${s}]`, withoutUndefined(set), ["x", "y", "sigma", "label"]);
    const read = readPredictors(`${where}: data[${s}]`, set.x);
    const y = copyNumbers(where, `data[${s}].y`, set.y, read.m);
    checkFinite(where, `data[${s}].y`, y);
    ys.push(y);
    return read;
  });
  const without = given.findIndex(
    ({ sigma }: DataSet) => (sigma === undefined) !== (given[0].sigma === undefined),
  );
  if (without >= 0)
    throw optionError(
      where,
      `data[${without}].sigma`,
      given[without].sigma,
      "sigma for every set, or for none",
    );
  const models = modelsOf(where, options.model, given.length);
  const params = declared(where, options.params, models, data);
  const order: string[] = [];
  const specs: Record<string, unknown> = {};
  const sets = given.map((set: DataSet, s): SetModel => {
    const own = Object.fromEntries(
      Object.entries(params).map(([name, spec]) => [name, specOf(where, name, spec, s, given.length)]),
    );
    const parameters = readParameters(where, completed(own));
    const bound = bindSet(where, models[s], parameters, data[s]!, options.runtime);
    const places = parameters.names.map((name, j) => {
      if (!bound.uses(j)) return -1;
      const full = isShared(params[name]) ? name : `${name}[${s}]`;
      if (!order.includes(full)) {
        order.push(full);
        specs[full] = own[name];
      }
      return order.indexOf(full);
    });
    const { sigma, label = String(s) } = set;
    const ties = (own: Parameters) => new TieEvaluator(where, own, readTies(where, own), functionTable(at));
    const tied = parameters.tied.length > 0;
    return {
      ...bound.of(tied ? ties(parameters) : null),
      label: String(label),
      data: data[s]!,
      y: ys[s]!,
      sigma: sigma === undefined ? null : readSigmas(`${where}: data[${s}]`, sigma, data[s]!.m),
      given: {
        model: models[s],
        params: heldBut(own, (name) => places[parameters.names.indexOf(name)]! < 0),
      },
      names: parameters.names,
      at: places,
      parameters,
      ties: tied ? ties : null,
    };
  });
  const lost = Object.keys(params).find((name) =>
    sets.every((set) => set.names.includes(name) && set.at[set.names.indexOf(name)]! < 0),
  );
  if (lost !== undefined)
    throw optionError(where, `params.${lost}`, params[lost], "a parameter of a model: none contains it");
  return { sets, specs };
}

/** Specs of a fit of one set: what its model does not contain is held somewhere, as a tie may name it. */
const heldBut = (specs: Specs, unused: (name: string) => boolean): Specs =>
  Object.fromEntries(
    Object.entries(completed({ ...specs })).map(([name, spec]) => {
      if (!unused(name)) return [name, specs[name]];
      return [name, { init: typeof spec === "number" ? spec : (spec as GlobalParamSpec).init, fixed: true }];
    }),
  );

interface BoundSet {
  /** Whether the model depends on its parameter number j, of those that are not tied. */
  uses(j: number): boolean;
  of(ties: TieEvaluator | null): Pick<SetModel, "core" | "evaluate" | "jacobian">;
}

function bindSet(
  where: string,
  model: unknown,
  parameters: Parameters,
  { x: first }: Data,
  runtime: Runtime | undefined,
): BoundSet {
  if (typeof model === "string" || isCompiledModel(model)) {
    const variables = variablesOf(first);
    const whole = compiledFor(where, model as string | CompiledModel, parameters.all, variables);
    const core = parameters.tied.length > 0 ? withTies(where, whole, readTies(where, parameters)) : whole;
    const block = new TextModel(core, runtime);
    const own = core.tree.variables;
    // Refuses columns that are missing before any evaluation.
    columnsOf(where, first, own);
    const input = (x: Data["x"]) => (x instanceof Float64Array && own.length === 0 ? { x } : x);
    const used = new Set(core.tree.nodes.flatMap((node) => (node.kind === "param" ? [node.index] : [])));
    // A constant has no column to count: it is evaluated once.
    const spread = (m: number, width: number, out: Float64Array): void => {
      if (own.length === 0) for (let i = 1; i < m; i++) out.copyWithin(i * width, 0, width);
    };
    const part = (m: number, width: number, out: Float64Array) =>
      own.length === 0 ? out.subarray(0, width) : out.subarray(0, m * width);
    return {
      uses: (j) => used.has(j),
      of: () => ({
        core,
        evaluate: (x, m, p, out) => {
          block.evaluate(input(x), p, part(m, 1, out));
          spread(m, 1, out);
        },
        jacobian: (x, m, p, out) => {
          block.jacobian(input(x), p, part(m, p.length, out));
          spread(m, p.length, out);
        },
      }),
    };
  }
  checkModel(where, model);
  return {
    uses: () => true,
    of: (ties) => {
      const plain: AnyModel = ties ? tieModel(where, model, parameters, ties) : model;
      const bind = (x: Data["x"], m: number) => bindModel(where, plain, parameters.names, { m, x });
      const derivatives = typeof plain === "object" && plain.jacobian !== undefined;
      return {
        core: null,
        evaluate: (x, m, p, out) => needNow(where, bind(x, m).evaluate(p, out)),
        jacobian: derivatives ? (x, m, p, out) => needNow(where, bind(x, m).jacobian?.(p, out)) : null,
      };
    },
  };
}
