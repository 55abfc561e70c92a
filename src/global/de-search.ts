// Differential evolution at work: mutants of the whole population in one generation, each against its parent.

import { Random } from "../random/philox.js";
import { INFEASIBLE } from "./constraints.js";
import type { DeStrategy } from "./differential-evolution.js";
import { latinHypercube, shrunk, widthOf } from "./population.js";
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
const MEMORY = 6;
const BEST = 0.11;
const ARCHIVE = 2.6;
const LEAST = 4;

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
  readonly #parents: Float64Array;
  readonly #fitness: Float64Array;
  readonly #order: Int32Array;
  readonly #archive: Float64Array;
  #archived = 0;
  /** What each mutant was made with, and what has succeeded. */
  readonly #f: Float64Array;
  readonly #cr: Float64Array;
  readonly #memoryF = new Float64Array(MEMORY);
  /** Negative: crossover never succeeded with a rate above 0 (the terminal value). */
  readonly #memoryCr = new Float64Array(MEMORY);
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
    this.points = new Float64Array(rows * n);
    this.values = new Float64Array(rows);
    this.#parents = new Float64Array(rows * n);
    this.#fitness = new Float64Array(rows);
    this.#order = new Int32Array(rows);
    this.#archive = new Float64Array(Math.ceil(ARCHIVE * rows) * n);
    this.#f = new Float64Array(rows);
    this.#cr = new Float64Array(rows);
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
    // Dithering: one factor a generation, as in SciPy.
    const factor = low + (high - low) * this.#random.uniform();
    for (let i = 0; i < this.rows; i++) {
      if (this.#adaptive) this.#draw(i);
      else {
        this.#f[i] = factor;
        this.#cr[i] = recombination;
      }
      this.#mutant(i);
    }
  }

  /** F from a Cauchy law around a remembered success, CR from a normal one (equations 1 and 2 of SHADE, CEC 2013). */
  #draw(i: number): void {
    const random = this.#random;
    const r = random.below(MEMORY);
    const cr = this.#memoryCr[r]!;
    this.#cr[i] = cr < 0 ? 0 : Math.min(1, Math.max(0, cr + 0.1 * random.normal()));
    let f = 0;
    while (f <= 0) f = this.#memoryF[r]! + 0.1 * (random.normal() / random.normal());
    this.#f[i] = Math.min(1, f);
  }

  /** An index below `count` that is none of the given ones. */
  #other(count: number, a: number, b = -1, c = -1, d = -1, e = -1): number {
    for (;;) {
      const r = this.#random.below(count);
      if (r !== a && r !== b && r !== c && r !== d && r !== e) return r;
    }
  }

  #mutant(i: number): void {
    const { n } = this.#context;
    const { rows, points } = this;
    const random = this.#random;
    const p = this.#parents;
    const { strategy } = this.#settings;
    const f = this.#f[i]!;
    const best = this.#order[0]!;
    const r1 = this.#other(rows, i);
    const exponential = strategy.endsWith("exp");
    const kind = this.#adaptive ? strategy : strategy.slice(0, -3);
    let r2: number;
    let r3 = 0;
    let r4 = 0;
    let lead = 0;
    let old = false;
    if (kind === "lshade") {
      lead = this.#order[random.below(Math.max(2, Math.round(BEST * rows)))]!;
      r2 = this.#other(rows + this.#archived, i, r1);
      old = r2 >= rows;
      if (old) r2 -= rows;
    } else {
      r2 = this.#other(rows, i, r1);
      r3 = this.#other(rows, i, r1, r2);
      r4 = this.#other(rows, i, r1, r2, r3);
    }
    const r5 = kind === "rand2" ? this.#other(rows, i, r1, r2, r3, r4) : 0;
    const second = old ? this.#archive : p;
    const cr = this.#cr[i]!;
    const sure = random.below(n);
    // Exponential: a run of variables from `sure` on, each with chance cr.
    let run = 1;
    if (exponential) while (run < n && random.uniform() < cr) run++;
    for (let j = 0; j < n; j++) {
      const own = p[i * n + j]!;
      const taken = exponential ? (j - sure + n) % n < run : random.uniform() < cr || j === sure;
      if (!taken) {
        points[i * n + j] = own;
        continue;
      }
      const a = p[r1 * n + j]!;
      const b = second[r2 * n + j]!;
      const c = p[r3 * n + j]!;
      const d = p[r4 * n + j]!;
      const top = p[best * n + j]!;
      let v: number;
      if (kind === "lshade") v = own + f * (p[lead * n + j]! - own) + f * (a - b);
      else if (kind === "best1") v = top + f * (a - b);
      else if (kind === "best2") v = top + f * (a + b - c - d);
      else if (kind === "rand1") v = a + f * (b - c);
      else if (kind === "rand2") v = a + f * (b + c - d - p[r5 * n + j]!);
      else if (kind === "randtobest1") v = a + f * (top - a) + f * (b - c);
      else v = own + f * (top - own) + f * (a - b);
      // Halfway from the parent to the bound that was crossed.
      points[i * n + j] = v < 0 ? own / 2 : v > 1 ? (own + 1) / 2 : v;
    }
  }

  tell(): SearchEnd | null {
    const { n, minima, limited } = this.#context;
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
    if (this.#lowest === Infinity && ++this.#nothing >= 10) return { status: "failed", reason: "nonFinite" };
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
    this.spread = widthOf(this.#parents, this.rows, n);
    const over = this.#adaptive && this.#spent - this.#begun >= this.#settings.budget - this.#begun;
    const end = low < Infinity && this.#generation > 1 ? shrunk(low, high, this.#first, this.spread) : null;
    if (!end && !over) return null;
    // The limit of evaluations is the driver's to say.
    if (!end && this.#context.budget !== Infinity) return null;
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
      parents.set(points.subarray(i * n, (i + 1) * n), i * n);
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
    this.#archive.set(this.#parents.subarray(i * n, (i + 1) * n), at * n);
  }

  /** The worst leave: the population falls linearly with the evaluations (equation 10). */
  #shrink(): void {
    const { n } = this.#context;
    const { budget, rows: initial } = this.#settings;
    const share = (this.#spent - this.#begun) / Math.max(1, budget - this.#begun);
    const wanted = Math.max(LEAST, Math.round(initial + (LEAST - initial) * Math.min(1, share)));
    if (wanted >= this.rows) return;
    const kept = Array.from(this.#order.subarray(0, wanted));
    const points = kept.map((i) => this.#parents.slice(i * n, (i + 1) * n));
    const fitness = kept.map((i) => this.#fitness[i]!);
    points.forEach((point, i) => {
      this.#parents.set(point, i * n);
      this.#fitness[i] = fitness[i]!;
      this.#order[i] = i;
    });
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

  release(): void {}
}
