// Starting values for models given as text: names read from the text, a design over the nonlinear parameters with the linear
// ones solved for, the best few fitted, distinct minima kept.

import { limitKeys } from "../driver/types.js";
import { fitNow } from "../least-squares/curve-fit.js";
import type {
  ExpressionReader,
  FoundStarts,
  StartRequest,
  StartsReport,
} from "../least-squares/expression.js";
import { isCompiledModel } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { type Parameters, readParameters } from "../least-squares/parameters.js";
import { type Compiled, withTies } from "../models/compiled.js";
import type { CompiledModel } from "../models/model.js";
import { type Structure, structureOf } from "../models/structure.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { isRecord } from "../runtime/options.js";
import { design } from "./design.js";
import { pointsOfFunction } from "./function-starts.js";
import { minimaOf, otherMinimum } from "./minima.js";
import { columnsOf, compiledFor, variablesOf } from "./read.js";
import { extentOf, type Sampler, samplerOf } from "./scales.js";
import { bestApart, type Candidate, makeBasis, project, type SearchProblem } from "./search.js";
import {
  completed,
  isMissing,
  namesOf,
  pointsWanted,
  pointWanted,
  type Spec,
  type Specs,
  withInit,
} from "./start-options.js";
import { readTies } from "./ties.js";

/** Points of the design by the number of nonlinear parameters. */
const POINTS = [1, 64, 256, 512, 1024];
/** A frequency has to be met within 1/span: as many points as data, and more; two have to be met at once. */
const POINTS_OF_WAVE = 2048;
const POINTS_OF_WAVES = 1536;
/** The best so many are fitted. */
const POLISHED = 8;
/** More points than this are thinned for the search. */
const MOST_DATA = 512;
/** Iterations of a candidate; of the best one, where it is still on its way along a flat valley. */
const PATIENCE = 200;
const LONG_PATIENCE = 1000;
/** After these few a candidate is given up whose rss is so many times that of a minimum already found. */
const SHORT_PATIENCE = 60;
const HOPELESS = 10;

/** The option params as one object with every name; null where it is not an object (readParameters refuses it then). */
function declaredParams({ where, options, data }: StartRequest): Specs | null {
  const { model, params } = options;
  if (params !== undefined && !isRecord(params)) return null;
  const given = (params ?? {}) as Specs;
  if (isCompiledModel(model))
    return params === undefined ? Object.fromEntries(model.params.map((name) => [name, {}])) : { ...given };
  if (params !== undefined) return { ...given };
  return typeof model === "string" ? namesOf(where, model, variablesOf(data.x)) : null;
}

/** Points of a search that were evaluated. */
interface Found {
  readonly found: readonly Candidate[];
  /** So many are fitted. */
  readonly most: number;
}

/** What reads and prepares the fits of the candidates. */
export type Polisher = Pick<ExpressionReader, "read" | "prepare">;

export function findStarts(request: StartRequest, polisher: Polisher): FoundStarts | null {
  const { where, options } = request;
  const { model } = options;
  const wanted = pointsWanted(where, options.starts);
  const specs = declaredParams(request);
  if (!specs) return null;
  const missing = Object.keys(specs).filter((name) => isMissing(specs[name]));
  if (missing.length === 0 && wanted === null) return null;
  const count = typeof wanted === "number" ? wanted : undefined;
  const parameters = readParameters(where, completed(specs));
  const { names, init } = parameters;
  let starts: Float64Array[];
  let tried = 0;
  if (Array.isArray(wanted)) {
    // What is in no point and has no start is refused where starts are read.
    const others = init.map((v, j) => (missing.includes(names[j]!) ? NaN : v));
    starts = wanted.map((point) => pointWanted(where, point, names, others));
    tried = starts.length;
  } else {
    const text = typeof model === "string" || isCompiledModel(model);
    const search = text ? new StartSearch(request, specs, missing, parameters).candidates(count) : null;
    const { found, most } = search ?? {
      found: pointsOfFunction(request, missing, parameters, count, polisher),
      most: POLISHED,
    };
    tried = found.length;
    starts = bestApart(found, most).map(({ p }) => p);
  }
  if (missing.length === 0 || starts.length === 0) starts.unshift(init);
  return polishAll(request, specs, parameters, starts, tried, polisher);
}

/** The starts fitted: where the best one ended, and what is to be said of the others. */
function polishAll(
  { options: given }: StartRequest,
  specs: Specs,
  { names, free, lower, upper }: Parameters,
  starts: readonly Float64Array[],
  tried: number,
  { read, prepare }: Polisher,
): FoundStarts {
  const place = (value: (j: number) => number): Specs => {
    const out: Specs = { ...completed(specs) };
    for (const j of free)
      out[names[j]!] = withInit(out[names[j]!], Math.min(Math.max(value(j), lower[j]!), upper[j]!));
    return out;
  };
  const options: Record<string, unknown> = { ...given };
  for (const key of [...limitKeys, "starts"]) if (key !== "runtime") delete options[key];
  const polished = (p: ArrayLike<number>, maxIterations: number): FitResult | null => {
    const limits = { maxIterations, params: place((j) => p[j]!) };
    const fit = fitNow({ read, start: () => null, prepare }, { ...options, ...limits } as never) as FitResult;
    return Number.isFinite(fit.rss) && fit.reason !== "nonFinite" ? fit : null;
  };
  let least = Infinity;
  const fits = starts.map((p) => {
    let fit = polished(p, SHORT_PATIENCE);
    if (fit?.reason === "maxIterations" && fit.rss < HOPELESS * least) fit = polished(p, PATIENCE);
    if (fit?.status === "converged") least = Math.min(least, fit.rss);
    return fit;
  });
  const ended = fits.filter((fit) => fit !== null).sort((a, b) => a.rss - b.rss);
  if (ended[0]?.reason === "maxIterations") {
    const { values } = ended[0];
    const farther = polished(
      names.map((name) => values[name]!),
      LONG_PATIENCE,
    );
    if (farther && farther.rss <= ended[0].rss) ended[0] = farther;
  }
  const minima = minimaOf(ended);
  const best = ended[0];
  const report: StartsReport = { tried, polished: fits.length, minima };
  const params = place((j) => (best ? best.values[names[j]!]! : starts[0]![j]!));
  return { params, starts: report, warnings: best ? otherMinimum(minima, best, fits.length) : [] };
}

class StartSearch {
  readonly #request: StartRequest;
  readonly #specs: Specs;
  readonly #missing: ReadonlySet<string>;
  readonly #model: Compiled;
  readonly #names: readonly string[];
  readonly #init: Float64Array;
  readonly #structure: Structure;

  constructor(request: StartRequest, specs: Specs, missing: readonly string[], parameters: Parameters) {
    this.#request = request;
    this.#specs = specs;
    this.#missing = new Set(missing);
    const { where, options, data } = request;
    const whole = compiledFor(
      where,
      options.model as string | CompiledModel,
      parameters.all,
      variablesOf(data.x),
    );
    this.#model = parameters.tied.length > 0 ? withTies(where, whole, readTies(where, parameters)) : whole;
    this.#names = this.#model.tree.params;
    this.#init = parameters.init;
    const free = new Set(parameters.free);
    const open = this.#names.flatMap((name, j) => (free.has(j) && this.#open(name) ? [j] : []));
    this.#structure = structureOf(this.#model.tree, open);
    this.#bounds = [parameters.lower, parameters.upper];
  }

  readonly #bounds: readonly [Float64Array, Float64Array];

  /** Whether the search chooses this parameter: all of them where each has a start already. */
  #open(name: string): boolean {
    return this.#missing.size === 0 || this.#missing.has(name);
  }

  /** The points of the design, all parameters each. */
  candidates(wanted: number | undefined): Found {
    const { where, data, y, weights, options } = this.#request;
    const lost = this.#structure.unused.map((j) => this.#names[j]!).filter((name) => this.#missing.has(name));
    if (lost.length > 0) {
      throw new DownhillError("OPTION", `${where}: the model does not contain ${lost.join(", ")}`, {
        hint: `leave ${lost.length > 1 ? "them" : "it"} out of params, or correct the model`,
        details: { option: "params", param: lost[0]! },
      });
    }
    const { linear, roles } = this.#structure;
    const names = this.#names;
    const columns = columnsOf(where, data.x, this.#model.tree.variables);
    const stride = Math.ceil(y.length / MOST_DATA);
    const thin = (v: Float64Array): Float64Array => (stride > 1 ? v.filter((_, i) => i % stride === 0) : v);
    const nonlinear = names.flatMap((name, j) =>
      this.#open(name) && !linear.includes(j) && !this.#held(j) ? [j] : [],
    );
    const axes = columns.map(extentOf);
    const height = extentOf(y);
    const [lower, upper] = this.#bounds;
    const samplers = nonlinear.map((j) => bounded(samplerOf(roles[j]!, axes, height), lower[j]!, upper[j]!));
    const waves = nonlinear.filter((j) => roles[j]!.periodic).length;
    const usual = POINTS[Math.min(nonlinear.length, POINTS.length - 1)]!;
    const met = Math.min(usual + 4 * y.length, POINTS_OF_WAVE);
    const auto = waves > 1 ? POINTS_OF_WAVES : waves === 1 ? Math.max(usual, met) : usual;
    const tried = nonlinear.length === 0 ? 1 : (wanted ?? auto);
    const m = thin(y).length;
    const runtime = chosenRuntime(options.runtime as never);
    const basis = makeBasis(runtime, this.#model, linear, columns.map(thin), m);
    const problem: SearchProblem = {
      basis,
      y: thin(y),
      weights: weights && thin(weights),
      linear,
      lower,
      upper,
    };
    const next = design(nonlinear.length);
    const found: Candidate[] = [];
    try {
      for (let i = 0; i < tried; i++) {
        const u = next();
        const p = Float64Array.from(this.#init);
        nonlinear.forEach((j, k) => {
          p[j] = samplers[k]!(u[k]!);
        });
        found.push({ p, u, rss: project(problem, p) });
      }
    } finally {
      basis.release();
    }
    return { found, most: nonlinear.length === 0 ? 1 : POLISHED };
  }

  #held(j: number): boolean {
    const spec = this.#specs[this.#names[j]!] as Spec;
    return spec.fixed === true || this.#bounds[0][j] === this.#bounds[1][j];
  }
}

/** Keeps to finite bounds by searching between them, to one bound by folding at it. */
function bounded(sampler: Sampler, lower: number, upper: number): Sampler {
  if (lower > -Infinity && upper < Infinity) {
    const width = upper - lower;
    return (u) => {
      const value = sampler(u);
      return value >= lower && value <= upper ? value : lower + u * width;
    };
  }
  if (lower > -Infinity) return (u) => lower + Math.abs(sampler(u) - lower);
  return upper < Infinity ? (u) => upper - Math.abs(sampler(u) - upper) : sampler;
}
