// The search behind a text model: a design over its nonlinear parameters; then term by term, as terms of a sum are found one after the
// other: the parameters of one are searched while the others stay, and all coefficients are solved for.

import { CHECK } from "../driver/task.js";
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
import type { Work } from "./searching.js";
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
/** In a search that is harder: how many times the points, how far beyond the scales of the data; rounds of a walk along the axes. */
const MORE = 4;
const FAR = 1e8;
const TURNS = 60;
/** A rise of the sum of squares that rounding does not hide. */
const VISIBLE = 1e-4;
/** Candidates whose terms are searched one by one. */
const IMPROVED = 3;

export class StartSearch {
  readonly #request: StartRequest;
  readonly #model: Compiled;
  readonly #init: Float64Array;
  readonly #structure: Structure;
  readonly #bounds: readonly [Float64Array, Float64Array];
  readonly #axes: readonly Extent[];
  readonly #few: Pick<SearchProblem, "y" | "weights"> & { readonly columns: readonly Float64Array[] };
  readonly #height: Extent;
  /** Nonlinear parameters, and which of them belong to each term where there are several. */
  readonly nonlinear: readonly number[];
  terms: readonly (readonly number[])[];
  /** Points of the design that were evaluated. */
  tried = 0;
  /** Asked before each point: no more may be evaluated. */
  readonly #over: () => boolean;
  readonly #next: () => Float64Array;
  #more = 1;

  constructor(
    request: StartRequest,
    missing: readonly string[],
    parameters: Parameters,
    over: () => boolean,
    wanted = 0,
  ) {
    this.#request = request;
    this.#over = over;
    const { where, options, data, y } = request;
    const whole = compiledFor(
      where,
      options.model as string | CompiledModel,
      parameters.all,
      variablesOf(data.x),
    );
    this.#model = parameters.tied.length > 0 ? withTies(where, whole, readTies(where, parameters)) : whole;
    const { params: names, variables } = this.#model.tree;
    this.#init = parameters.init;
    // All of them where each has a start already.
    const asked = missing.length === 0 ? names : missing;
    const open = parameters.free.filter((j) => asked.includes(names[j]!));
    this.#structure = structureOf(this.#model.tree, open);
    const { linear, unused, terms } = this.#structure;
    const lost = unused.map((j) => names[j]!).filter((name) => missing.includes(name));
    if (lost.length > 0) {
      throw new DownhillError("OPTION", `${where}: the model does not contain ${lost.join(", ")}`, {
        hint: `leave ${lost.length > 1 ? "them" : "it"} out of params, or correct the model`,
        details: { option: "params", param: lost[0]! },
      });
    }
    const { lower, upper } = parameters;
    this.#bounds = [lower, upper];
    this.nonlinear = open.filter((j) => !linear.includes(j) && lower[j] !== upper[j]);
    const own = terms.map((term) => term.filter((j) => this.nonlinear.includes(j)));
    const distinct = new Map(own.filter(({ length }) => length > 0).map((term) => [term.join(), term]));
    this.terms = distinct.size > 1 ? [...distinct.values()] : [];
    this.#next = design(this.nonlinear.length);
    const columns = columnsOf(where, data.x, variables);
    // The more points are asked for, the shorter the periods that they reach.
    this.#axes = columns.map((column) => extentOf(column, (2 * wanted) / OF_CYCLE / column.length));
    const stride = Math.ceil(y.length / MOST_DATA);
    const thin = (v: Float64Array): Float64Array => (stride > 1 ? v.filter((_, i) => i % stride === 0) : v);
    const { weights } = request;
    this.#few = { y: thin(y), weights: weights && thin(weights), columns: columns.map(thin) };
    this.#height = extentOf(y);
  }

  /** The data as they are searched; its basis is to be released. */
  #problem(): SearchProblem {
    const { options } = this.#request;
    const { linear } = this.#structure;
    const { y, weights, columns } = this.#few;
    const runtime = chosenRuntime(options.runtime as never);
    const [lower, upper] = this.#bounds;
    const { loss = "linear", lossScale = 1 } = options as Pick<LeastSquaresSettings, "loss" | "lossScale">;
    return {
      basis: makeBasis(runtime, this.#model, linear, columns, y.length),
      y,
      weights,
      linear,
      lower,
      upper,
      loss: lossNames.indexOf(loss),
      lossScale,
    };
  }

  /** Maps of the unit interval to these parameters, and how many points are tried. */
  #plan(
    those: readonly number[],
    counts: readonly number[],
    near: boolean,
    reach = 1,
  ): { samplers: Sampler[]; count: number } {
    const { roles } = this.#structure;
    const [lower, upper] = this.#bounds;
    const samplers = those.map((j) =>
      bounded(samplerOf(roles[j]!, this.#axes, this.#height, near, reach), lower[j]!, upper[j]!),
    );
    let count = counts[Math.min(those.length, counts.length - 1)]! * this.#more;
    const waves = those.filter((j) => roles[j]!.periodic);
    if (waves.length > 0) {
      const cycles = Math.max(...this.#axes.map(({ span, finest }) => span / finest)) / 2;
      const each = this.#more * (waves.length > 1 ? OF_PHASE : OF_CYCLE);
      const most = Math.min(MOST_POINTS, MOST_WORK / this.#request.y.length) / (near ? this.terms.length : 1);
      count = Math.max(count, Math.ceil(Math.min(count + each * cycles, most)));
    }
    return { samplers, count };
  }

  /** From here on more points are tried, far beyond the scales of the data too, and each parameter by itself where there are no terms. */
  harder(): void {
    this.#more = MORE;
    if (this.terms.length === 0) this.terms = this.nonlinear.map((j) => [j]);
  }

  /** The points of the design, all parameters each, then those that came of them term by term. */
  *candidates(wanted?: number): Work<Candidate[]> {
    const { nonlinear, terms } = this;
    const found: Candidate[] = [];
    const problem = this.#problem();
    try {
      for (const reach of this.#more > 1 ? [1, FAR] : [1]) {
        const { samplers, count } = this.#plan(
          nonlinear,
          terms.length > 0 ? POINTS_BEFORE : POINTS,
          false,
          reach,
        );
        const tried = nonlinear.length === 0 ? 1 : (wanted ?? count);
        for (let i = 0; i < tried && !this.#over(); i++) {
          const u = this.#next();
          const p = Float64Array.from(this.#init);
          nonlinear.forEach((j, k) => {
            p[j] = samplers[k]!(u[k]!);
          });
          found.push({ p, u, rss: project(problem, p) });
          yield CHECK;
        }
      }
      this.tried += found.length;
      const better: Candidate[] = [];
      for (const one of bestApart(found, IMPROVED)) better.push(yield* this.#round(problem, one));
      better.sort((a, b) => a.rss - b.rss);
      // Terms that were there by chance are searched again beside those that were found.
      const [best] = better;
      return [...found, ...better, ...(best ? [yield* this.#round(problem, best)] : [])];
    } finally {
      problem.basis.release();
    }
  }

  /** Its terms searched one after the other. */
  *#round(problem: SearchProblem, one: Candidate): Work<Candidate> {
    let last = one;
    for (const term of this.terms) last = yield* this.#sweep(problem, last, term);
    return last;
  }

  /**
   * p moved along one nonlinear parameter after the other to the bottom of a parabola, all linear ones solved for: down valleys that bend
   * too much for steps in all of them, such as those of phases far from 0. Its points are so far apart that rounding does not matter.
   */
  *refine(p: Float64Array): Work<Float64Array> {
    const problem = this.#problem();
    try {
      let best = p.slice();
      let least = project(problem, best);
      const steps = this.nonlinear.map((j) => 1e-3 * (Math.abs(p[j]!) || 1));
      for (let turn = 0; turn < TURNS; turn++) {
        for (const [k, j] of this.nonlinear.entries()) {
          const h = steps[k]!;
          let q = best;
          const rssAt = (move: number): number => {
            q = best.slice();
            q[j]! += move;
            return project(problem, q);
          };
          const [down, up] = [rssAt(-h), rssAt(h)];
          const lower = Math.min(down, up) < least;
          const flat = Math.max(down, up) < (1 + VISIBLE) * least;
          const rss = rssAt(
            lower ? (down < up ? -h : h) : (h * (down - up)) / (2 * (down + up - 2 * least)) || 0,
          );
          steps[k] = lower || flat ? 2 * h : h / 2;
          // As good but for rounding.
          if (rss <= least * (1 + 1e-8)) [best, least] = [q, rss];
          yield CHECK;
        }
      }
      return best;
    } finally {
      problem.basis.release();
    }
  }

  /** What is better than p with another term in place of one: the best of each, best first. */
  *others(p: Float64Array): Work<Candidate[]> {
    const problem = this.#problem();
    try {
      const found: Candidate[] = [];
      for (const term of this.terms)
        found.push(yield* this.#sweep(problem, { p, u: p, rss: Infinity }, term));
      return found.filter(({ rss }) => rss < Infinity).sort((a, b) => a.rss - b.rss);
    } finally {
      problem.basis.release();
    }
  }

  *#sweep(problem: SearchProblem, from: Candidate, term: readonly number[]): Work<Candidate> {
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
      // Its place in the cube stays that of the point from which it came.
      if (rss < best.rss) best = { p: p.slice(), u: from.u, rss };
      yield CHECK;
    }
    return best;
  }
}

/** Folds at bounds; where that leads beyond the other one, evenly between them. */
const bounded =
  (sampler: Sampler, lower: number, upper: number): Sampler =>
  (u) => {
    const value = sampler(u);
    const folded = value < lower ? 2 * lower - value : value > upper ? 2 * upper - value : value;
    return folded >= lower && folded <= upper ? folded : lower + u * (upper - lower);
  };
