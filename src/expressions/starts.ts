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
import { readParameters } from "../least-squares/parameters.js";
import { type Compiled, withTies } from "../models/compiled.js";
import type { CompiledModel } from "../models/model.js";
import { paramNames } from "../models/names.js";
import { type Structure, structureOf } from "../models/structure.js";
import { Random } from "../random/philox.js";
import { SOBOL_VARIABLES, Sobol } from "../random/sobol.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { minimaOf, otherMinimum } from "./minima.js";
import { columnsOf, compiledFor, variablesOf } from "./read.js";
import { extentOf, type Sampler, samplerOf } from "./scales.js";
import { bestApart, type Candidate, makeBasis, project, type SearchProblem } from "./search.js";
import { readTies } from "./ties.js";

type Specs = Record<string, unknown>;
interface Spec {
  readonly init?: number;
  readonly min?: number;
  readonly max?: number;
  readonly fixed?: boolean;
  readonly expr?: string;
}

/** Points of the design by the number of nonlinear parameters. */
const POINTS = [1, 64, 256, 512, 1024];
/** A frequency has to be met within 1/span: as many points as data, and more; two have to be met at once. */
const POINTS_OF_WAVE = 2048;
const POINTS_OF_WAVES = 1536;
/** The best so many are fitted. */
const POLISHED = 8;
/** More points than this are thinned for the search. */
const MOST_DATA = 512;
const SEED = 20130;
/** Iterations that a candidate is given. */
const PATIENCE = 200;

const isMissing = (spec: unknown): boolean =>
  typeof spec === "object" &&
  spec !== null &&
  (spec as Spec).init === undefined &&
  (spec as Spec).expr === undefined;

/** The option params as one object with every name; null where it is not an object (readParameters refuses it then). */
function declaredParams({ where, options, data }: StartRequest): Specs | null {
  const { model, params } = options;
  if (params !== undefined && (typeof params !== "object" || params === null || Array.isArray(params)))
    return null;
  const given = (params ?? {}) as Specs;
  if (isCompiledModel(model))
    return params === undefined ? Object.fromEntries(model.params.map((name) => [name, {}])) : { ...given };
  if (params !== undefined) return { ...given };
  const names = paramNames(model as string, variablesOf(data.x), []);
  if (names.length === 0) {
    throw new DownhillError("SHAPE", `${where}: the model ${quote(model)} has no parameter`, {
      hint: "names that are neither variables (x, or the keys of x) nor constants are parameters",
    });
  }
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function pointsWanted(where: string, given: unknown): number | "auto" | null {
  if (given === undefined) return null;
  if (given === "auto") return given;
  if (typeof given === "number" && Number.isInteger(given) && given > 0 && given <= 1e6) return given;
  throw optionError(where, "starts", given, 'a whole number from 1 to 1000000, or "auto"');
}

/** `read`: what reads text for the fits of the candidates. */
export function findStarts(request: StartRequest, read: ExpressionReader["read"]): FoundStarts | null {
  const { where, options } = request;
  const wanted = pointsWanted(where, options.starts);
  const specs = declaredParams(request);
  if (!specs) return null;
  const missing = Object.keys(specs).filter((name) => isMissing(specs[name]));
  if (missing.length === 0 && wanted === null) return null;
  const search = new StartSearch(request, specs, missing);
  return search.run(wanted === "auto" || wanted === null ? undefined : wanted, read);
}

class StartSearch {
  readonly #request: StartRequest;
  readonly #specs: Specs;
  readonly #missing: ReadonlySet<string>;
  readonly #model: Compiled;
  readonly #names: readonly string[];
  readonly #init: Float64Array;
  readonly #structure: Structure;

  constructor(request: StartRequest, specs: Specs, missing: readonly string[]) {
    this.#request = request;
    this.#specs = specs;
    this.#missing = new Set(missing);
    const { where, options, data } = request;
    // Bounds and the rest are checked with any start inside them.
    const complete = Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        isMissing(spec) ? withInit(spec, inside(spec as Spec)) : spec,
      ]),
    );
    const parameters = readParameters(complete);
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

  run(wanted: number | undefined, read: ExpressionReader["read"]): FoundStarts {
    const { unused } = this.#structure;
    const lost = unused.map((j) => this.#names[j]!).filter((name) => this.#missing.has(name));
    if (lost.length > 0) {
      throw new DownhillError(
        "OPTION",
        `${this.#request.where}: the model does not contain ${lost.join(", ")}`,
        {
          hint: `leave ${lost.length > 1 ? "them" : "it"} out of params, or correct the model`,
          details: { option: "params", param: lost[0]! },
        },
      );
    }
    const { best, tried } = this.#candidates(wanted);
    const starts = best.map(({ p }) => p);
    if (this.#missing.size === 0 || starts.length === 0) starts.unshift(this.#init);
    const fits = starts.map((p) => this.#polish(p, read));
    return this.#summary(starts, fits, tried);
  }

  /** The best points of the design, all parameters each. */
  #candidates(wanted: number | undefined): { best: Candidate[]; tried: number } {
    const { where, data, y, weights, options } = this.#request;
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
    return { best: bestApart(found, nonlinear.length === 0 ? 1 : POLISHED), tried };
  }

  #held(j: number): boolean {
    const spec = this.#specs[this.#names[j]!] as Spec;
    return spec.fixed === true || this.#bounds[0][j] === this.#bounds[1][j];
  }

  #paramsAt(p: Float64Array): Specs {
    const out: Specs = { ...this.#specs };
    this.#names.forEach((name, j) => {
      if (!this.#held(j)) out[name] = withInit(out[name], p[j]!);
    });
    return out;
  }

  #polish(p: Float64Array, read: ExpressionReader["read"]): FitResult | null {
    const options: Record<string, unknown> = { ...this.#request.options };
    for (const key of [...limitKeys, "starts"]) if (key !== "runtime") delete options[key];
    const limits = { maxIterations: PATIENCE, params: this.#paramsAt(p) };
    const fit = fitNow({ read, start: () => null }, { ...options, ...limits } as never) as FitResult;
    return Number.isFinite(fit.rss) && fit.reason !== "nonFinite" ? fit : null;
  }

  #summary(starts: readonly Float64Array[], fits: readonly (FitResult | null)[], tried: number): FoundStarts {
    const ended = fits.filter((fit) => fit !== null).sort((a, b) => a.rss - b.rss);
    const minima = minimaOf(ended);
    const best = ended[0];
    const report: StartsReport = { tried, polished: fits.length, minima };
    const params = best
      ? this.#paramsAt(Float64Array.from(this.#names, (name) => best.values[name]!))
      : this.#paramsAt(starts[0]!);
    return { params, starts: report, warnings: best ? otherMinimum(minima, best, fits.length) : [] };
  }
}

const inside = ({ min = -Infinity, max = Infinity }: Spec): number =>
  Math.min(Math.max(1, typeof min === "number" ? min : 1), typeof max === "number" ? max : 1);

const withInit = (spec: unknown, init: number): unknown =>
  typeof spec === "number" ? init : { ...(spec as object), init };

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

function design(n: number): () => Float64Array {
  if (n === 0) return () => new Float64Array(0);
  if (n <= SOBOL_VARIABLES) {
    const sobol = new Sobol(n, SEED);
    return () => sobol.next();
  }
  const random = new Random(SEED);
  return () => Float64Array.from({ length: n }, () => random.uniform());
}
