// The search behind a text model: a design over its nonlinear parameters; then term by term, as terms of a sum are found one after the
// other: the parameters of one are searched while the others stay, and all coefficients are solved for.

import type { StartRequest } from "../least-squares/expression.js";
import type { Parameters } from "../least-squares/parameters.js";
import { type LeastSquaresSettings, lossNames } from "../least-squares/settings.js";
import { type Compiled, withTies } from "../models/compiled.js";
import type { CompiledModel } from "../models/model.js";
import { type Structure, structureOf } from "../models/structure.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { design } from "./design.js";
import { columnsOf, compiledFor, variablesOf } from "./read.js";
import { type Extent, extentOf, type Sampler, samplerOf } from "./scales.js";
import { bestApart, type Candidate, makeBasis, project, type SearchProblem } from "./search.js";
import type { Spec, Specs } from "./start-options.js";
import { readTies } from "./ties.js";

/** Points of the design by the number of nonlinear parameters; of one term's. */
const POINTS = [1, 64, 256, 512, 1024];
const POINTS_OF_TERM = [1, 32, 192, 256];
/** Fewer go before a search term by term. */
const POINTS_BEFORE = [1, 64, 128, 192, 256];
/** Points for each cycle in the span: a frequency has to be met within a fraction of its inverse, with any phase. */
const OF_CYCLE = 4;
const OF_PHASE = 12;
/** Evaluations of all points, by the number of data, that waves may take. */
const MOST_POINTS = 8192;
const MOST_WORK = 1.5e6;
/** More points than this are thinned for the search. */
const MOST_DATA = 512;
/** Candidates whose terms are searched one by one. */
const IMPROVED = 3;

export class StartSearch {
  readonly #request: StartRequest;
  readonly #specs: Specs;
  readonly #missing: ReadonlySet<string>;
  readonly #model: Compiled;
  readonly #names: readonly string[];
  readonly #init: Float64Array;
  readonly #structure: Structure;
  readonly #bounds: readonly [Float64Array, Float64Array];
  readonly #axes: readonly Extent[];
  readonly #height: Extent;
  /** Nonlinear parameters, and which of them belong to each term where there are several. */
  readonly nonlinear: readonly number[];
  readonly terms: readonly (readonly number[])[];
  /** Points of the design that were evaluated. */
  tried = 0;
  /** Asked before each point: no more may be evaluated. */
  readonly #over: () => boolean;

  constructor(
    request: StartRequest,
    specs: Specs,
    missing: readonly string[],
    parameters: Parameters,
    over: () => boolean,
  ) {
    this.#request = request;
    this.#specs = specs;
    this.#missing = new Set(missing);
    this.#over = over;
    const { where, options, data, y } = request;
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
    const { linear, unused, terms } = this.#structure;
    const lost = unused.map((j) => this.#names[j]!).filter((name) => this.#missing.has(name));
    if (lost.length > 0) {
      throw new DownhillError("OPTION", `${where}: the model does not contain ${lost.join(", ")}`, {
        hint: `leave ${lost.length > 1 ? "them" : "it"} out of params, or correct the model`,
        details: { option: "params", param: lost[0]! },
      });
    }
    this.nonlinear = open.filter((j) => !linear.includes(j) && !this.#held(j));
    const own = terms.map((term) => term.filter((j) => this.nonlinear.includes(j)));
    const distinct = new Map(own.filter(({ length }) => length > 0).map((term) => [term.join(), term]));
    this.terms = distinct.size > 1 ? [...distinct.values()] : [];
    this.#axes = columnsOf(where, data.x, this.#model.tree.variables).map(extentOf);
    this.#height = extentOf(y);
  }

  /** Whether the search chooses this parameter: all of them where each has a start already. */
  #open(name: string): boolean {
    return this.#missing.size === 0 || this.#missing.has(name);
  }

  #held(j: number): boolean {
    const spec = this.#specs[this.#names[j]!] as Spec;
    return spec.fixed === true || this.#bounds[0][j] === this.#bounds[1][j];
  }

  #with<T>(run: (problem: SearchProblem) => T): T {
    const { where, data, y, weights, options } = this.#request;
    const { linear } = this.#structure;
    const stride = Math.ceil(y.length / MOST_DATA);
    const thin = (v: Float64Array): Float64Array => (stride > 1 ? v.filter((_, i) => i % stride === 0) : v);
    const few = thin(y);
    const columns = columnsOf(where, data.x, this.#model.tree.variables).map(thin);
    const basis = makeBasis(
      chosenRuntime(options.runtime as never),
      this.#model,
      linear,
      columns,
      few.length,
    );
    const [lower, upper] = this.#bounds;
    const { loss = "linear", lossScale = 1 } = options as Pick<LeastSquaresSettings, "loss" | "lossScale">;
    try {
      return run({
        basis,
        y: few,
        weights: weights && thin(weights),
        linear,
        lower,
        upper,
        loss: lossNames.indexOf(loss),
        lossScale,
      });
    } finally {
      basis.release();
    }
  }

  /** Maps of the unit interval to these parameters, and how many points are tried. */
  #plan(
    those: readonly number[],
    counts: readonly number[],
    near: boolean,
  ): { samplers: Sampler[]; count: number } {
    const { roles } = this.#structure;
    const [lower, upper] = this.#bounds;
    const samplers = those.map((j) =>
      bounded(samplerOf(roles[j]!, this.#axes, this.#height, near), lower[j]!, upper[j]!),
    );
    let count = counts[Math.min(those.length, counts.length - 1)]!;
    const waves = those.filter((j) => roles[j]!.periodic);
    if (waves.length > 0) {
      const cycles = Math.max(...this.#axes.map(({ span, finest }) => span / finest)) / 2;
      const each = waves.length > 1 ? OF_PHASE : OF_CYCLE;
      const most = Math.min(MOST_POINTS, MOST_WORK / this.#request.y.length) / (near ? this.terms.length : 1);
      count = Math.max(count, Math.ceil(Math.min(count + each * cycles, most)));
    }
    return { samplers, count };
  }

  /** The points of the design, all parameters each, then those that came of them term by term. */
  candidates(wanted: number | undefined): Candidate[] {
    const { nonlinear, terms } = this;
    const { samplers, count } = this.#plan(nonlinear, terms.length > 0 ? POINTS_BEFORE : POINTS, false);
    const tried = nonlinear.length === 0 ? 1 : (wanted ?? count);
    const next = design(nonlinear.length);
    const found: Candidate[] = [];
    return this.#with((problem) => {
      for (let i = 0; i < tried && !this.#over(); i++) {
        const u = next();
        const p = Float64Array.from(this.#init);
        nonlinear.forEach((j, k) => {
          p[j] = samplers[k]!(u[k]!);
        });
        found.push({ p, u, rss: project(problem, p) });
      }
      this.tried = found.length;
      if (terms.length === 0) return found;
      const round = (one: Candidate): Candidate => {
        let last = one;
        for (let k = 0; k < terms.length; k++) last = this.#sweep(problem, last, k);
        return last;
      };
      const better = bestApart(found, IMPROVED).map(round);
      const [best] = better.slice().sort((a, b) => a.rss - b.rss);
      // Terms that were there by chance are searched again beside those that were found.
      for (const one of best ? [...better, round(best)] : []) if (!found.includes(one)) found.push(one);
      return found;
    });
  }

  /** What is better than p with another term in place of one: the best of each, best first. */
  others(p: Float64Array): Candidate[] {
    const { terms } = this;
    if (terms.length === 0) return [];
    return this.#with((problem) => {
      const at = { p, u: new Float64Array(this.nonlinear.length), rss: Infinity };
      const found = terms.map((_, k) => this.#sweep(problem, at, k));
      return found.filter(({ rss }) => rss < Infinity).sort((a, b) => a.rss - b.rss);
    });
  }

  #sweep(problem: SearchProblem, from: Candidate, k: number): Candidate {
    const term = this.terms[k]!;
    const { samplers, count } = this.#plan(term, POINTS_OF_TERM, true);
    const next = design(term.length);
    let best = from;
    const p = from.p.slice();
    for (let i = 0; i < count && !this.#over(); i++) {
      const v = next();
      term.forEach((j, at) => {
        p[j] = samplers[at]!(v[at]!);
      });
      const rss = project(problem, p);
      if (!(rss < best.rss)) continue;
      const u = from.u.slice();
      term.forEach((j, at) => {
        u[this.nonlinear.indexOf(j)] = v[at]!;
      });
      best = { p: p.slice(), u, rss };
    }
    return best;
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
