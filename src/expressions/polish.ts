// The best points of a search, fitted: where they end, whether another term in place of one of theirs leads farther down, and what is
// to be said of the minima.

import { limitKeys } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import { fitNow } from "../least-squares/curve-fit.js";
import type { ExpressionReader, FoundStarts, StartRequest } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { Parameters } from "../least-squares/parameters.js";
import { minimaOf, otherMinimum } from "./minima.js";
import type { Candidate } from "./search.js";
import { completed, type Specs, withInit } from "./start-options.js";

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
  #fits = 0;
  #least = Infinity;

  constructor(
    { options, y }: StartRequest,
    specs: Specs,
    parameters: Parameters,
    polisher: Polisher,
    watch: Watch,
  ) {
    this.#options = { ...options };
    for (const key of [...limitKeys, "starts"]) if (key !== "runtime") delete this.#options[key];
    this.#specs = specs;
    this.#parameters = parameters;
    this.#polisher = polisher;
    this.#watch = watch;
    this.#size = y.reduce((sum, v) => sum + v * v, 0);
  }

  #place(value: (j: number) => number): Specs {
    const { names, free, lower, upper } = this.#parameters;
    const out: Specs = { ...completed(this.#specs) };
    for (const j of free)
      out[names[j]!] = withInit(out[names[j]!], Math.min(Math.max(value(j), lower[j]!), upper[j]!));
    return out;
  }

  #fit(p: ArrayLike<number>, maxIterations: number): FitResult | null {
    const watch = this.#watch;
    // One evaluation is left for the fit itself.
    if (watch.before(2)) return null;
    const { maxEvaluations, maxTimeMs } = watch.left;
    const { read, prepare } = this.#polisher;
    const options = {
      ...this.#options,
      maxIterations,
      maxEvaluations: maxEvaluations - 1,
      maxTimeMs,
      signal: watch.signal,
      params: this.#place((j) => p[j]!),
    };
    const fit = fitNow({ read, start: () => null, prepare }, options as never) as FitResult;
    watch.nfev += fit.nfev;
    watch.njev += fit.njev;
    return Number.isFinite(fit.rss) && fit.reason !== "nonFinite" ? fit : null;
  }

  #polish(p: Float64Array): FitResult | null {
    this.#fits++;
    let fit = this.#fit(p, SHORT_PATIENCE);
    if (fit?.reason === "maxIterations" && fit.cost < HOPELESS * this.#least)
      fit = this.#fit(p, PATIENCE) ?? fit;
    if (fit?.status === "converged") this.#least = Math.min(this.#least, fit.cost);
    if (fit) this.#ended.push(fit);
    this.#ended.sort((a, b) => a.cost - b.cost);
    return fit;
  }

  /** Whether the data are met but for rounding. */
  get #exact(): boolean {
    const best = this.#ended[0];
    return best !== undefined && best.rss <= ROUNDING * this.#size;
  }

  #valuesOf({ values }: FitResult): Float64Array {
    return Float64Array.from(this.#parameters.names, (name) => values[name]!);
  }

  all(starts: readonly Float64Array[]): void {
    for (const p of starts) this.#polish(p);
    const [best] = this.#ended;
    if (best?.reason !== "maxIterations") return;
    const farther = this.#fit(this.#valuesOf(best), LONG_PATIENCE);
    if (farther && farther.cost <= best.cost) this.#ended[0] = farther;
  }

  /** Goes on from the best fit with what `others` proposes in place of its terms, while that leads down. */
  improve(others: (p: Float64Array) => readonly Candidate[]): void {
    for (let turn = 0; turn < IMPROVEMENTS && !this.#exact; turn++) {
      const [best] = this.#ended;
      if (!best) return;
      const proposed = others(this.#valuesOf(best));
      for (const { p } of proposed) this.#polish(p);
      if (proposed.length === 0 || !(this.#ended[0]!.cost < best.cost * (1 - LOWER))) return;
    }
  }

  found(start: Float64Array, tried: number): FoundStarts {
    const { names } = this.#parameters;
    const [best] = this.#ended;
    const minima = minimaOf(this.#ended);
    const { nfev, njev, since } = this.#watch;
    return {
      params: this.#place((j) => (best ? best.values[names[j]!]! : start[j]!)),
      starts: { tried, polished: this.#fits, minima },
      warnings: best && !this.#exact ? otherMinimum(minima, best, this.#fits) : [],
      spent: { nfev, njev, since },
    };
  }
}
