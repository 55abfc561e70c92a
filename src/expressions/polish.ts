// The best points of a search, fitted: where they end, whether another term in place of one of theirs leads farther down, and what is
// to be said of the minima.

import { CHECK } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { fitWithin } from "../least-squares/curve-fit.js";
import type { ExpressionReader, FoundStarts, StartRequest } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { Parameters } from "../least-squares/parameters.js";
import { isSmooth } from "./advice.js";
import { inOrder, runsOf } from "./diagnostics.js";
import { minimaOf, otherMinimum } from "./minima.js";
import type { Searching, Work } from "./searching.js";
import { charge, completed, type Specs, withInit, within, withoutLimits } from "./start-options.js";
import type { StartSearch } from "./start-search.js";

/** Iterations of a candidate; of the best one, where it is still on its way along a flat valley. */
const PATIENCE = 200;
const LONG_PATIENCE = 1000;
/** After these few a candidate is given up whose cost is so many times that of a minimum already found. */
const SHORT_PATIENCE = 60;
const HOPELESS = 10;
/** So often the best fit may be left for a better one with another term. */
const IMPROVEMENTS = 4;
/** A cost is lower when it is by more than this, relatively; residuals of so small a share of the data are rounding. */
const LOWER = 1e-6;
const ROUNDING = 1e-24;
/** z of the runs test beyond which it is worth looking on: p = 3e-3. */
const NO_NOISE = 3;

/** What the search took, part of the fit's own. */
export const spentOf = ({ nfev, njev, since }: Watch): NonNullable<FoundStarts["spent"]> => ({
  nfev,
  njev,
  since,
});

/** What reads and prepares the fits of the candidates. */
export type Polisher = Pick<ExpressionReader, "read" | "prepare">;

export class Polishing {
  readonly #options: Record<string, unknown>;
  readonly #specs: Specs;
  readonly #parameters: Parameters;
  readonly #polisher: Polisher;
  readonly #watch: Watch;
  /** By their cost. */
  readonly #ended: FitResult[] = [];
  readonly #size: number;
  readonly #x: unknown;
  readonly #late: boolean;
  /** Of the whole search. */
  readonly #run: Searching;
  #fits = 0;
  #least = Infinity;

  constructor(
    { options, data, y, late }: StartRequest,
    specs: Specs,
    parameters: Parameters,
    polisher: Polisher,
    watch: Watch,
    run: Searching,
  ) {
    this.#late = late;
    this.#run = run;
    this.#options = withoutLimits(options);
    this.#specs = specs;
    this.#parameters = parameters;
    this.#polisher = polisher;
    this.#watch = watch;
    this.#x = data.x;
    this.#size = y.reduce((sum, v) => sum + v * v, 0);
  }

  #place(value: (j: number) => number): Specs {
    const { names, free, lower, upper } = this.#parameters;
    const out: Specs = { ...completed(this.#specs) };
    for (const j of free)
      out[names[j]!] = withInit(out[names[j]!], Math.min(Math.max(value(j), lower[j]!), upper[j]!));
    return out;
  }

  *#fit(p: ArrayLike<number>, maxIterations: number): Work<FitResult | null> {
    const watch = this.#watch;
    // One evaluation is left for the fit itself.
    if (watch.before(2)) return null;
    const { read, prepare } = this.#polisher;
    const params = this.#place((j) => p[j]!);
    const options = { ...this.#options, ...within(watch), maxIterations, params };
    const reader = { read, start: () => null, prepare };
    const fit = charge(watch, yield* fitWithin(reader, options, this.#late, this.#run.watch));
    return Number.isFinite(fit.rss) && fit.reason !== "nonFinite" ? fit : null;
  }

  *#polish(p: Float64Array): Work<void> {
    this.#fits++;
    let fit = yield* this.#fit(p, SHORT_PATIENCE);
    if (fit?.reason === "maxIterations" && fit.cost < HOPELESS * this.#least)
      fit = (yield* this.#fit(p, PATIENCE)) ?? fit;
    if (fit?.status === "converged") this.#least = Math.min(this.#least, fit.cost);
    if (fit) this.#ended.push(fit);
    yield CHECK;
    this.#ended.sort((a, b) => a.cost - b.cost);
    this.#run.best = this.#ended[0];
  }

  /** Whether the data are met but for rounding. */
  get #exact(): boolean {
    const best = this.#ended[0];
    return best !== undefined && best.rss <= ROUNDING * this.#size;
  }

  #valuesOf({ values }: FitResult): Float64Array {
    return Float64Array.from(this.#parameters.names, (name) => values[name]!);
  }

  /** From all of these. `search` leads on, to the bottom of a valley that a fit goes along too slowly and to other terms. */
  *all(starts: readonly Float64Array[], search: StartSearch | null): Work<void> {
    for (const p of starts) yield* this.#polish(p);
    const [best] = this.#ended;
    if (best && best.status !== "converged") {
      const p = this.#valuesOf(best);
      const farther = yield* this.#fit(search ? yield* search.refine(p) : p, LONG_PATIENCE);
      if (farther && farther.cost <= best.cost) this.#ended[0] = farther;
    }
    if (search) yield* this.#improve(search);
  }

  /** The best fit is at no minimum, or what it leaves is no noise: there may be a lower one. */
  get doubtful(): boolean {
    const [best] = this.#ended;
    if (this.#exact || best?.status !== "converged") return !this.#exact;
    const ordered = inOrder(this.#x, best.residuals);
    return Math.abs(runsOf(ordered).z) > NO_NOISE || isSmooth(ordered);
  }

  /** Goes on from the best fit with what is proposed in place of its terms, while that leads down. */
  *#improve(search: StartSearch): Work<void> {
    for (let turn = 0; turn < IMPROVEMENTS && !this.#exact; turn++) {
      const [best] = this.#ended;
      if (!best) return;
      const proposed = yield* search.others(this.#valuesOf(best));
      for (const { p } of proposed) yield* this.#polish(p);
      if (proposed.length === 0 || !(this.#ended[0]!.cost < best.cost * (1 - LOWER))) return;
    }
  }

  found(start: Float64Array, tried: number, wanted?: number): FoundStarts {
    const { names } = this.#parameters;
    const [best] = this.#ended;
    const minima = minimaOf(this.#ended);
    return {
      params: this.#place((j) => (best ? best.values[names[j]!]! : start[j]!)),
      starts: { tried, polished: this.#fits, minima },
      warnings: best && !this.#exact ? otherMinimum(minima, best, this.#fits, this.doubtful, wanted) : [],
      spent: spentOf(this.#watch),
    };
  }
}
