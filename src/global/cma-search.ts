// CMA-ES as a search: a local search by values first, which ends smooth problems in a few steps; runs of CMA-ES whose populations
// double, and between them small ones of random size and spread, as much time for the ones as for the others (BIPOP: Hansen, GECCO
// Workshop on BBOB 2009, 2389); after the first run a search along each axis; and local searches from random starts for as long as
// they hold the record (the portfolio of HCMA: Loshchilov, Schoenauer and Sebag, GECCO 2013, 1177).

import { FORM_LIMITED } from "../abi/global.js";
import { Random } from "../random/philox.js";
import { pow } from "../runtime/elementary.js";
import { AxisSearch } from "./axis-search.js";
import { COUNTERS, type Counter, conclusion, ENDS } from "./cma-counters.js";
import { CmaRun } from "./cma-run.js";
import type { RunEnd } from "./cma-tests.js";
import { LocalSearch } from "./local-search.js";
import { isLower, rankOf } from "./ranking.js";
import { pack, unpack } from "./saving.js";
import type { SavedSearch, Search, SearchContext, SearchEnd } from "./search.js";

export interface CmaSettings {
  /** Points of a generation of the first run. */
  readonly rows: number;
  readonly form: number;
  readonly active: boolean;
  /** Where the search begins, in the unit cube; null: at random. */
  readonly start: Float64Array | null;
  /** The first standard deviation of each variable, in the unit cube. */
  readonly spread: Float64Array;
  /** Doublings of the population. */
  readonly restarts: number;
  /** Doubled populations in a row without a lower value that end the search. */
  readonly patience: number;
  /** Local and axis searches. */
  readonly portfolio: boolean;
}

/** Evaluations of a local search, for each variable: so many, or so many times the number of variables. */
const LOCAL = 100;
const LOCAL_GROWTH = 15;
/** Means about which a function has the same value: so many, and it is said to be flat. */
const FLATS = 10;
/** Local searches that are tried in any case. */
const LOCALS = 5;
/** The unit of length of a local search, in first standard deviations. */
const UNIT = 5;

type Side = LocalSearch | AxisSearch;

export class CmaSearch implements Search {
  readonly #context: CmaContext;
  readonly #settings: CmaSettings;
  readonly #random: Random;
  readonly #scale: Float64Array;
  #run: CmaRun;
  #side: Side | null = null;
  readonly #best: Float64Array;
  /** The lowest point that a run has converged to. */
  readonly #known: { u: Float64Array; f: number };
  /** How each run was begun, so that a saved one can be made again. */
  #begun = { rows: 0, narrow: 1, most: 0 };
  readonly #mean: Float64Array;
  readonly #numbers = new Float64Array(COUNTERS.length);

  constructor(context: CmaContext, settings: CmaSettings) {
    const { n, seed } = context;
    this.#context = context;
    this.#settings = settings;
    this.#random = new Random(seed, 1);
    this.#scale = settings.spread.map((s) => Math.min(1, UNIT * s));
    this.#mean = new Float64Array(n).fill(0.5);
    this.#best = new Float64Array(n);
    this.#known = { u: new Float64Array(n), f: Infinity };
    this.#set("best", Infinity);
    this.#set("highest", -Infinity);
    this.#set("local", Infinity);
    this.#set("cma", Infinity);
    const smooth = settings.portfolio && context.smooth;
    this.#set("smooth", smooth ? 1 : 0);
    this.#chooseMean();
    if (smooth) {
      this.#side = new LocalSearch(this.#mean, NaN, this.#local, this.#scale);
      this.#chooseMean();
    }
    this.#run = this.#begin(settings.rows, 1, Infinity);
  }

  #get(name: Counter): number {
    return this.#numbers[COUNTERS.indexOf(name)]!;
  }

  #set(name: Counter, value: number): void {
    this.#numbers[COUNTERS.indexOf(name)] = value;
  }

  get #local(): number {
    return Math.max(LOCAL, LOCAL_GROWTH * this.#context.n) * this.#context.n;
  }

  get restarts(): number {
    return this.#get("restarts");
  }

  get rows(): number {
    return (this.#side ?? this.#run).rows;
  }

  get points(): Float64Array {
    return (this.#side ?? this.#run).points;
  }

  get values(): Float64Array {
    return (this.#side ?? this.#run).values;
  }

  get keys(): Float64Array | null {
    return this.#side ? null : this.#run.keys;
  }

  get centre(): Float64Array {
    return this.#run.centre;
  }

  get spread(): number {
    return this.#run.sigma;
  }

  /** The first mean is the one given, or random: uniform in the middle 80 % of the cube. */
  #chooseMean(): void {
    const { start } = this.#settings;
    if (start && this.restarts + this.#looked === 0) this.#mean.set(start);
    else for (let j = 0; j < this.#mean.length; j++) this.#mean[j] = 0.1 + 0.8 * this.#random.uniform();
  }

  #begin(rows: number, narrow: number, most: number): CmaRun {
    const { n, seed, runtime, cells, constrained } = this.#context;
    const { form, active, spread } = this.#settings;
    this.#begun = { rows, narrow, most };
    const generations = Math.floor(100 + (150 * (n + 3) * (n + 3)) / Math.sqrt(rows));
    const usual = form === FORM_LIMITED ? Infinity : generations;
    return new CmaRun(
      {
        n,
        rows,
        form,
        active,
        mean: this.#mean,
        spread: spread.map((s) => s * narrow),
        seed,
        stream: 2 + this.restarts + this.#looked,
        maxGenerations: Math.min(usual, Math.ceil(most / rows)),
        cells,
        constrained,
      },
      runtime,
    );
  }

  ask(): void {
    (this.#side ?? this.#run).ask();
  }

  tell(): SearchEnd | null {
    const { rows, points } = this;
    const { n, constrained } = this.#context;
    const values = this.keys ?? this.values;
    for (let k = 0; k < rows; k++) {
      const f = rankOf(values[k]!);
      if (f < Infinity && f > this.#get("highest")) this.#set("highest", f);
      if (!(f < this.#get("best"))) continue;
      this.#set("best", f);
      this.#best.set(points.subarray(k * n, (k + 1) * n));
    }
    if (this.#side) {
      if (this.#side.tell()) this.#leave(this.#side);
      return null;
    }
    const run = this.#run;
    this.#set("spent", this.#get("spent") + rows);
    if (this.#get("best") === Infinity)
      return this.#elsewhere("nothing", "nonFinite", this.#context.hopeless);
    const end = run.tell(constrained ? Infinity : this.#get("best"), this.#known);
    if (!end) return null;
    const { minima } = this.#context;
    if (end === "known") minima.add(this.#known.u, this.#known.f);
    // A run that was outdone or gave up has not ended in a minimum.
    else if (end !== "outdone" && conclusion(end).status === "converged") minima.add(run.bestPoint, run.best);
    return this.#next(run, end);
  }

  /** Means that have told nothing. */
  get #looked(): number {
    return this.#get("nothing") + this.#get("flats");
  }

  /** No point has had a value yet, or all have the same: from another mean, until as many have told nothing. */
  #elsewhere(counter: Counter, reason: "nonFinite" | "flat", most: number): SearchEnd | null {
    const count = this.#get(counter) + 1;
    if (count >= most) return { status: "failed", reason };
    this.#set(counter, count);
    this.#run.release();
    this.#chooseMean();
    this.#run = this.#begin(this.#settings.rows, 1, Infinity);
    return null;
  }

  /** After a local or an axis search. */
  #leave(side: Side): void {
    if (side instanceof LocalSearch && side.converged) this.#context.minima.add(side.point, side.f);
    if (side instanceof LocalSearch) {
      this.#set("locals", this.#get("locals") + 1);
      this.#set("localSpent", this.#get("localSpent") + side.evaluations);
      this.#set("local", Math.min(this.#get("local"), side.f));
    }
    this.#side = null;
    if (this.restarts > 0) this.#sideways();
  }

  /** A local search from a random start while such a search holds the record, and no longer than CMA-ES has worked. */
  #sideways(): void {
    const { n } = this.#context;
    const behind = isLower(this.#get("cma"), this.#get("local"));
    if (this.#get("locals") > LOCALS && behind) return;
    if (this.#get("localSpent") > this.#get("small") + this.#get("large")) return;
    const start = Float64Array.from({ length: n }, () => this.#random.uniform());
    this.#side = new LocalSearch(start, NaN, this.#local, this.#scale);
  }

  /** After a run of CMA-ES: the next one, or the end. */
  #next(run: CmaRun, end: RunEnd): SearchEnd | null {
    const { restarts, patience } = this.#settings;
    // A search with a limit is to use it: what a run finds late near a known minimum counts there.
    if (
      !this.#context.limited &&
      !this.#context.constrained &&
      run.best < this.#known.f &&
      conclusion(end).status === "converged"
    ) {
      this.#known.u.set(run.bestPoint);
      this.#known.f = run.best;
    }
    const kind = this.#get("large run") === 1 ? "large" : "small";
    this.#set(kind, this.#get(kind) + this.#get("spent"));
    this.#set("spent", 0);
    this.#set("cma", Math.min(this.#get("cma"), run.best));
    const best = this.#get("best");
    if (this.#get("highest") === best) return this.#elsewhere("flats", "flat", restarts === 0 ? 1 : FLATS);
    const record = this.#get("record");
    const lower = this.restarts === 0 || isLower(best, record);
    if (lower) {
      this.#set("record", best);
      this.#set("idle", 0);
      this.#set("record end", ENDS.indexOf(end));
    } else if (kind === "large") this.#set("idle", this.#get("idle") + 1);
    const over =
      this.#get("idle") >= patience ||
      (kind === "large" && this.#get("doublings") >= restarts) ||
      restarts === 0;
    if (over) {
      const whole = conclusion(ENDS[this.#get("record end")]!);
      if (whole.status === "converged") this.#context.minima.add(this.#best, best);
      return whole;
    }
    run.release();
    this.#set("restarts", this.restarts + 1);
    this.#chooseMean();
    const { rows } = this.#settings;
    const [small, large] = [this.#get("small"), this.#get("large")];
    if (this.restarts > 1 && small < large) {
      const share = this.#random.uniform();
      const size = Math.floor(rows * pow(2, this.#get("doublings") * share * share));
      const narrow = pow(10, -2 * this.#random.uniform());
      this.#set("large run", 0);
      this.#run = this.#begin(size, narrow, large / 2);
    } else {
      this.#set("large run", 1);
      this.#set("doublings", this.#get("doublings") + 1);
      this.#run = this.#begin(rows * pow(2, this.#get("doublings")), 1, Infinity);
    }
    if (this.#get("smooth") === 1) {
      if (this.restarts === 1) this.#side = new AxisSearch(this.#best, best);
      else this.#sideways();
    }
    return null;
  }

  save(): SavedSearch {
    const side = this.#side;
    return {
      random: this.#random.state(),
      numbers: pack(this.#numbers, this.#mean, this.#best, this.#known.u, [
        this.#known.f,
        ...Object.values(this.#begun),
      ]),
      run: this.#run.save(),
      side: side && [side instanceof LocalSearch ? "local" : "axis", side.save()],
    };
  }

  restore({ random, numbers, run, side }: SavedSearch): boolean {
    const begun = new Float64Array(4);
    if (!unpack(numbers, this.#numbers, this.#mean, this.#best, this.#known.u, begun)) return false;
    this.#run.release();
    this.#known.f = begun[0]!;
    this.#run = this.#begin(begun[1]!, begun[2]!, begun[3]!);
    this.#random.position = Random.resume(random as ReturnType<Random["state"]>).position;
    this.#side = null;
    if (Array.isArray(side)) {
      const [kind, content] = side;
      this.#side =
        kind === "axis"
          ? new AxisSearch(this.#best, 0)
          : new LocalSearch(this.#best, 0, this.#local, this.#scale);
      if (!this.#side.restore(content)) return false;
    }
    return this.#run.restore(run);
  }

  release(): void {
    this.#run.release();
  }
}

export type CmaContext = Pick<
  SearchContext,
  "n" | "seed" | "runtime" | "cells" | "smooth" | "minima" | "limited" | "hopeless" | "constrained"
>;
