// When a run of CMA-ES is over: the stop conditions of pycma (Hansen's tutorial, appendix B.3), freed of units: values are compared
// with the spread of the first generation, steps with the first spread.

import { FORM_FULL, FORM_LIMITED } from "../abi/global.js";
import { median } from "./bound-penalty.js";
import type { CmaRun } from "./cma-run.js";
import { INFEASIBLE } from "./constraints.js";
import { packList, unpackList } from "./saving.js";

/** Why a run ended. */
export type RunEnd =
  | "fun"
  | "step"
  | "flat"
  | "stagnation"
  | "condition"
  | "noEffect"
  | "growth"
  | "outdone"
  | "known"
  | "iterations"
  | "nonFinite";

/** fun: the best values of the last generations and the values of this one lie within this share of the first spread, */
const FUN = 1e-17;
/** or within so many roundings of the value itself. */
const ROUNDINGS = 4 * 2.220446049250313e-16;
/** step: every standard deviation is below this share of the first one. */
const STEP = 1e-12;
/** growth: a standard deviation is above this multiple of the first one. */
const GROWTH = 1e3;
/** condition: the axes of the distribution differ by more than this factor. */
const AXES = 1e7;
/** outdone: the best values of the last generations span less than this share of what is missing to the best of all. */
const OUTDONE = 1e-3;
/** known: mean and standard deviations are within this share of the box of a minimum that an earlier run converged to, */
const NEAR = 1e-3;
/** and its best value is no lower, nor higher by more than this share of the first spread. */
const SAME = 1e-4;

/** The lowest point that a run has converged to, in the cube. */
export interface Known {
  readonly u: Float64Array;
  readonly f: number;
}

export class CmaTests {
  readonly #run: CmaRun;
  readonly #maxGenerations: number;
  /** Best values, newest first, of the last generations. */
  readonly #recent: number[] = [];
  readonly #length: number;
  /** Best and median value of some generations, newest first. */
  readonly #best: number[] = [];
  readonly #median: number[] = [];
  #firstSpread = 0;
  #flat = 0;
  #nothing = 0;
  #lowest = Infinity;
  #lowestAt = 0;

  constructor(run: CmaRun, maxGenerations: number) {
    this.#run = run;
    this.#maxGenerations = maxGenerations;
    this.#length = Math.floor(10 + (30 * run.n) / run.rows);
  }

  /** Every evaluation of the generation failed: after ten in a row there is nothing to learn. */
  nothing(): RunEnd | null {
    this.#nothing++;
    return this.#nothing >= 10 ? "nonFinite" : null;
  }

  record(sorted: Float64Array, finite: number): void {
    this.#nothing = 0;
    const best = sorted[0]!;
    const middle = sorted[finite >> 1]!;
    this.#firstSpread = Math.max(
      this.#firstSpread,
      this.#recent.length === 0 && middle > best && middle < INFEASIBLE ? middle - best : 0,
    );
    this.#recent.unshift(best);
    if (this.#recent.length > this.#length) this.#recent.pop();
    const generation = this.#run.generation;
    if (best < this.#lowest) {
      this.#lowest = best;
      this.#lowestAt = generation;
    }
    // One generation in five, all of the first hundred.
    if (generation % 5 === 0 || generation < 100) {
      this.#best.unshift(best);
      this.#median.unshift(middle);
      if (this.#best.length > 20000) {
        this.#best.pop();
        this.#median.pop();
      }
    }
    this.#flat = best < sorted[Math.floor(0.75 * finite)]! ? 0 : this.#flat + 1;
  }

  end(sorted: Float64Array, finite: number, rival: number, known: Known): RunEnd | null {
    const run = this.#run;
    const { n, rows, form } = run;
    const recent = this.#recent;
    let high = -Infinity;
    let low = Infinity;
    for (const f of recent) {
      high = Math.max(high, f);
      low = Math.min(low, f);
    }
    const history = high - low;
    const filled = recent.length >= this.#length;
    const current = sorted[finite - 1]! - sorted[0]!;
    const allowed = Math.max(FUN * this.#firstSpread, ROUNDINGS * Math.abs(low));
    // Under constraints values move with the multipliers: they end nothing while no point of the generation is feasible.
    const { keys } = run;
    const settled = !keys || keys.some((key) => key < INFEASIBLE);
    if (settled && history <= allowed && (current <= allowed || recent.length > 9) && recent.length > 1) {
      return "fun";
    }
    if (filled && history < OUTDONE * (low - rival)) return "outdone";
    if (low >= known.f && low - known.f <= SAME * this.#firstSpread && this.#near(known.u)) return "known";
    let widest = 0;
    for (let j = 0; j < n; j++) widest = Math.max(widest, run.variance(j));
    widest = Math.sqrt(widest);
    if (widest < STEP) return "step";
    if (widest > GROWTH) return "growth";
    if (settled && this.#flat > 1) return "flat";
    if (run.generation >= this.#maxGenerations) return "iterations";
    if (settled && this.#stagnant(n, rows)) return "stagnation";
    if (form !== FORM_LIMITED)
      for (let j = 0; j < n; j++) {
        const m = run.mean[j]!;
        if (m === m + 0.2 * Math.sqrt(run.variance(j))) return "noEffect";
      }
    if (form === FORM_FULL) {
      const d = run.workspace.f64.d!;
      if (d[n - 1]! > AXES * AXES * d[0]!) return "condition";
    }
    return null;
  }

  #near(u: Float64Array): boolean {
    const { n, mean, scale } = this.#run;
    for (let j = 0; j < n; j++) {
      const size = scale[j]!;
      if (Math.abs(mean[j]! * size - u[j]!) > NEAR) return false;
      if (Math.sqrt(this.#run.variance(j)) * size > NEAR) return false;
    }
    return true;
  }

  save(): unknown[] {
    const numbers = [this.#firstSpread, this.#flat, this.#nothing, this.#lowest, this.#lowestAt];
    return [numbers, this.#recent, this.#best, this.#median].map(packList);
  }

  restore(saved: unknown): boolean {
    const [numbers, recent, best, middle] = (Array.isArray(saved) ? saved : []).map(unpackList);
    if (!numbers || !recent || !best || !middle) return false;
    [this.#firstSpread, this.#flat, this.#nothing, this.#lowest, this.#lowestAt] = numbers as [
      number,
      number,
      number,
      number,
      number,
    ];
    this.#recent.push(...recent);
    this.#best.push(...best);
    this.#median.push(...middle);
    return true;
  }

  /** Neither the best nor the median values of the newer half of a long time are lower than those of the older half. */
  #stagnant(n: number, rows: number): boolean {
    const generation = this.#run.generation;
    const time = Math.floor(100 + (100 * n * Math.sqrt(n)) / rows);
    if (generation <= n * (5 + 100 / rows) || generation - this.#lowestAt <= time / 2) return false;
    const best = this.#best;
    const l = Math.floor(Math.max(time / 10, best.length / 10));
    if (best.length <= 100 || 2 * l >= best.length) return false;
    return (
      median(this.#median.slice(0, l)) >= median(this.#median.slice(l, 2 * l)) &&
      median(best.slice(0, l)) >= median(best.slice(l, 2 * l))
    );
  }
}
