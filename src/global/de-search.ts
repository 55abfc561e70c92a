// Differential evolution at work: mutants of the whole population in one generation, each against its parent.

import * as slot from "../abi/moves.js";
import { Random } from "../random/philox.js";
import { INFEASIBLE } from "./constraints.js";
import type { DeStrategy } from "./differential-evolution.js";
import { Moves } from "./moves.js";
import { copyRow, latinHypercube, shrunk } from "./population.js";
import { rankOf, sortRows } from "./ranking.js";
import { pack, packList, unpack, unpackList } from "./saving.js";
import type { SavedSearch, Search, SearchContext, SearchEnd } from "./search.js";

export interface DeSettings {
  readonly strategy: DeStrategy;
  readonly rows: number;
  readonly low: number;
  readonly high: number;
  readonly recombination: number;
  /** Evaluations over which L-SHADE shrinks its population. */
  readonly budget: number;
}

/** L-SHADE: places of the memory of successes, share of the best, size of the archive for each point, least population. */
const MEMORY = slot.DE_MEMORY;
const BEST = 0.11;
const ARCHIVE = 2.6;
const LEAST = 4;

/** Strategies without their crossover, as the kernel knows them. */
const KINDS: Readonly<Record<string, number>> = {
  lshade: slot.DE_LSHADE,
  best1: slot.DE_BEST1,
  best2: slot.DE_BEST2,
  rand1: slot.DE_RAND1,
  rand2: slot.DE_RAND2,
  randtobest1: slot.DE_RANDTOBEST1,
  currenttobest1: slot.DE_CURRENTTOBEST1,
};

export class DeSearch implements Search {
  rows: number;
  readonly points: Float64Array;
  readonly values: Float64Array;
  restarts = 0;
  spread = 0.5;
  readonly #context: SearchContext;
  readonly #settings: DeSettings;
  readonly #random: Random;
  /** The parents and their values, in the order of rows. */
  readonly #moves: Moves;
  readonly #parents: Float64Array;
  readonly #fitness: Float64Array;
  readonly #order: Int32Array;
  readonly #archive: Float64Array;
  /** Room for the population while it is put in order. */
  readonly #spare: Float64Array;
  readonly #kept: Float64Array;
  #archived = 0;
  /** What each mutant was made with, and what has succeeded. */
  readonly #f: Float64Array;
  readonly #cr: Float64Array;
  readonly #memoryF: Float64Array;
  /** Negative: crossover never succeeded with a rate above 0 (the terminal value). */
  readonly #memoryCr: Float64Array;
  #place = 0;
  #spent = 0;
  /** Evaluations at which the schedule of this start began. */
  #begun = 0;
  #first = 0;
  #generation = 0;
  #lowest = Infinity;
  #highest = -Infinity;
  #nothing = 0;

  constructor(context: SearchContext, settings: DeSettings) {
    const { n, seed } = context;
    const { rows } = settings;
    this.#context = context;
    this.#settings = settings;
    this.#random = new Random(seed, 1);
    this.rows = rows;
    const moves = new Moves(
      context.runtime,
      this.#random,
      {
        points: rows * n,
        parents: rows * n,
        archive: Math.ceil(ARCHIVE * rows) * n,
        f: rows,
        cr: rows,
        memoryF: MEMORY,
        memoryCr: MEMORY,
      },
      { order: rows },
    );
    const { f64, i32, frame } = moves;
    this.#moves = moves;
    const { strategy } = settings;
    frame[slot.M_N] = n;
    frame[slot.M_KIND] = KINDS[strategy === "lshade" ? strategy : strategy.slice(0, -3)]!;
    frame[slot.M_TAIL] = strategy.endsWith("exp") ? 1 : 0;
    this.points = f64.points!;
    this.values = new Float64Array(rows);
    this.#parents = f64.parents!;
    this.#fitness = new Float64Array(rows);
    this.#order = i32.order!;
    this.#archive = f64.archive!;
    this.#spare = new Float64Array(rows * n);
    this.#kept = new Float64Array(rows);
    this.#f = f64.f!;
    this.#cr = f64.cr!;
    this.#memoryF = f64.memoryF!;
    this.#memoryCr = f64.memoryCr!;
    this.#start();
  }

  get #adaptive(): boolean {
    return this.#settings.strategy === "lshade";
  }

  #start(): void {
    this.rows = this.#settings.rows;
    this.#generation = 0;
    this.#archived = 0;
    this.#place = 0;
    this.#begun = this.#spent;
    this.#first = 0;
    this.#memoryF.fill(0.5);
    this.#memoryCr.fill(0.5);
  }

  ask(): void {
    const { n } = this.#context;
    if (this.#generation === 0) {
      latinHypercube(this.#random, this.rows, n, this.points);
      return;
    }
    const { low, high, recombination } = this.#settings;
    const { frame } = this.#moves;
    frame[slot.M_ROWS] = this.rows;
    frame[slot.M_ARCHIVED] = this.#archived;
    frame[slot.M_LEAD] = Math.max(2, Math.round(BEST * this.rows));
    // Dithering: one factor a generation, as in SciPy.
    this.#moves.mutants(low, high, recombination);
  }

  tell(): SearchEnd | null {
    const { n, minima, limited, hopeless } = this.#context;
    const { rows, values, points } = this;
    this.#spent += rows;
    let finite = 0;
    for (let i = 0; i < rows; i++) {
      const value = rankOf(values[i]!);
      if (value < Infinity) {
        finite++;
        this.#lowest = Math.min(this.#lowest, value);
        this.#highest = Math.max(this.#highest, value);
      }
    }
    if (this.#lowest === Infinity && ++this.#nothing >= hopeless)
      return { status: "failed", reason: "nonFinite" };
    if (this.#generation === 0) {
      this.#parents.set(points.subarray(0, rows * n));
      for (let i = 0; i < rows; i++) this.#fitness[i] = rankOf(values[i]!);
    } else this.#select();
    this.#generation += finite > 0 || this.#generation > 0 ? 1 : 0;
    sortRows(this.rows, this.#fitness, this.#order);
    if (this.#adaptive && this.#generation > 1) this.#shrink();
    const best = this.#order[0]!;
    const low = this.#fitness[best]!;
    const high = this.#fitness[this.#order[this.rows - 1]!]!;
    if (this.#generation === 1 && high < Infinity) this.#first = high - low;
    this.spread = this.#moves.width(this.rows);
    const over = this.#adaptive && this.#spent >= this.#settings.budget;
    const end = low < Infinity && this.#generation > 1 ? shrunk(low, high, this.#first, this.spread) : null;
    // The limit of evaluations is the driver's to say.
    if (!end && (!over || this.#context.budget !== Infinity)) return null;
    minima.add(this.#parents.subarray(best * n, (best + 1) * n), low);
    if (this.#lowest === this.#highest) return { status: "failed", reason: "flat" };
    if (limited && !over) {
      this.restarts++;
      this.#start();
      return null;
    }
    return end ? { status: "converged", reason: end } : { status: "failed", reason: "generations" };
  }

  /** A mutant that is no worse takes its parent's place; what it was made with is remembered by how much it gained. */
  #select(): void {
    const { n } = this.#context;
    const { rows, values, points } = this;
    const parents = this.#parents;
    let sum = 0;
    let crs = 0;
    let crSquares = 0;
    let fs = 0;
    let fSquares = 0;
    let most = 0;
    for (let i = 0; i < rows; i++) {
      const value = rankOf(values[i]!);
      const before = this.#fitness[i]!;
      if (!(value <= before) || value === Infinity) continue;
      if (value < before) {
        const gain = before < INFEASIBLE ? before - value : 1;
        sum += gain;
        crs += gain * this.#cr[i]!;
        crSquares += gain * this.#cr[i]! * this.#cr[i]!;
        fs += gain * this.#f[i]!;
        fSquares += gain * this.#f[i]! * this.#f[i]!;
        most = Math.max(most, this.#cr[i]!);
        if (this.#adaptive) this.#keep(i);
      }
      this.#fitness[i] = value;
      copyRow(n, points, i, parents, i);
    }
    if (!this.#adaptive || !(sum > 0) || !(fs > 0)) return;
    // Lehmer means, weighted by the gain (equations 7 to 9 of L-SHADE).
    this.#memoryF[this.#place] = fSquares / fs;
    this.#memoryCr[this.#place] = this.#memoryCr[this.#place]! < 0 || most === 0 ? -1 : crSquares / crs;
    this.#place = (this.#place + 1) % MEMORY;
  }

  /** The parent goes into the archive, in the place of any one when that is full. */
  #keep(i: number): void {
    const { n } = this.#context;
    const room = Math.floor(ARCHIVE * this.rows);
    const at = this.#archived < room ? this.#archived++ : this.#random.below(room);
    copyRow(n, this.#parents, i, this.#archive, at);
  }

  /** The worst leave: the population falls linearly with the evaluations (equation 10). */
  #shrink(): void {
    const { n } = this.#context;
    const { budget, rows: initial } = this.#settings;
    const share = (this.#spent - this.#begun) / Math.max(1, budget - this.#begun);
    const wanted = Math.max(LEAST, Math.round(initial + (LEAST - initial) * Math.min(1, share)));
    if (wanted >= this.rows) return;
    const [spare, kept] = [this.#spare, this.#kept];
    for (let i = 0; i < wanted; i++) {
      copyRow(n, this.#parents, this.#order[i]!, spare, i);
      kept[i] = this.#fitness[this.#order[i]!]!;
    }
    for (let i = 0; i < wanted; i++) {
      copyRow(n, spare, i, this.#parents, i);
      this.#fitness[i] = kept[i]!;
      this.#order[i] = i;
    }
    this.rows = wanted;
    const room = Math.floor(ARCHIVE * wanted);
    while (this.#archived > room) {
      const at = this.#random.below(this.#archived);
      this.#archived--;
      this.#archive.copyWithin(at * n, this.#archived * n, (this.#archived + 1) * n);
    }
  }

  save(): SavedSearch {
    const counts = [
      this.rows,
      this.restarts,
      this.#archived,
      this.#place,
      this.#spent,
      this.#begun,
      this.#generation,
      this.#nothing,
    ];
    return {
      random: this.#random.state(),
      counts,
      numbers: packList([this.#first, this.#lowest, this.#highest, this.spread]),
      order: Array.from(this.#order),
      arrays: pack(this.#parents, this.#fitness, this.#archive, this.#memoryF, this.#memoryCr),
    };
  }

  restore({ random, counts, numbers, order, arrays }: SavedSearch): boolean {
    const list = unpackList(numbers);
    const whole = unpack(arrays, this.#parents, this.#fitness, this.#archive, this.#memoryF, this.#memoryCr);
    if (!list || !whole || !Array.isArray(counts) || !Array.isArray(order)) return false;
    [
      this.rows,
      this.restarts,
      this.#archived,
      this.#place,
      this.#spent,
      this.#begun,
      this.#generation,
      this.#nothing,
    ] = counts as [number, number, number, number, number, number, number, number];
    [this.#first, this.#lowest, this.#highest, this.spread] = list as [number, number, number, number];
    this.#order.set(order as number[]);
    this.#random.position = Random.resume(random as ReturnType<Random["state"]>).position;
    return true;
  }

  release(): void {
    this.#moves.release();
  }
}
