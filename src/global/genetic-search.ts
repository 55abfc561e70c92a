// The real-coded genetic algorithm at work: islands of equal size, a generation of all of them at a time, and a local search from the
// best when nothing has become lower for a while.

import { M_CHILDREN, M_N, M_ROWS } from "../abi/moves.js";
import { Random } from "../random/philox.js";
import { LocalSearch } from "./local-search.js";
import { Moves } from "./moves.js";
import { copyRow, latinHypercube, shrunk, widthOf } from "./population.js";
import { bestRows, isLower, rankOf, sortRows } from "./ranking.js";
import { cross, FAMILY, mutate, type RealCrossover, type RealMutation } from "./real-operators.js";
import { pack, packList, unpack, unpackList } from "./saving.js";
import type { SavedSearch, Search, SearchContext, SearchEnd } from "./search.js";
import { type Selection, select } from "./selection.js";

export interface GeneticSettings {
  readonly rows: number;
  readonly selection: Selection;
  readonly crossover: RealCrossover;
  readonly crossoverRate: number;
  readonly mutation: RealMutation;
  readonly mutationRate: number;
  readonly elite: number;
  readonly islands: number;
  readonly local: boolean;
  readonly patience: number;
}

/** Generations between two migrations. */
const MIGRATION = 20;
/** Evaluations of a local search, for each variable. */
const LOCAL = 200;
/** A population as narrow as this has found its basin. */
const NARROW = 1e-3;

export class GeneticSearch implements Search {
  readonly #context: SearchContext;
  readonly #settings: GeneticSettings;
  readonly #random: Random;
  readonly #moves: Moves;
  readonly #points: Float64Array;
  readonly #values: Float64Array;
  readonly #parents: Float64Array;
  readonly #fitness: Float64Array;
  readonly #keys: Float64Array;
  readonly #order: Int32Array;
  readonly #scale: Float64Array;
  readonly #seat: Float64Array;
  /** Of rex: the parents of each island's family. */
  readonly #parentsOf: Int32Array;
  /** Of rex: what the children of a family rank by, and their order. */
  readonly #ranked: Float64Array;
  readonly #places: Int32Array;
  #side: LocalSearch | null = null;
  /** This population has had its local search; which ended it. */
  #finished = false;
  #ended = false;
  /** Where a local search of this population came to its own end. */
  #bottom = Infinity;
  #generation = 0;
  #idle = 0;
  #lowest = Infinity;
  #highest = -Infinity;
  #record = Infinity;
  #first = 0;
  #nothing = 0;
  restarts = 0;
  spread = 0.5;

  constructor(context: SearchContext, settings: GeneticSettings) {
    const { n, seed } = context;
    const { rows, islands } = settings;
    const all = rows * islands;
    this.#context = context;
    this.#settings = settings;
    this.#random = new Random(seed, 1);
    const children = this.#children;
    const most = Math.max(all, islands * children);
    this.#moves = new Moves(
      context.runtime,
      this.#random,
      { points: most * n, parents: all * n, draws: 2 * children * (n + 1) + 16, work: (n + 2) * n },
      { chosen: islands * (n + 1) },
    );
    const { frame, f64, i32 } = this.#moves;
    frame[M_N] = n;
    frame[M_ROWS] = rows;
    frame[M_CHILDREN] = children;
    this.#points = f64.points!;
    this.#values = new Float64Array(most);
    this.#parentsOf = i32.chosen!;
    this.#parents = f64.parents!;
    this.#ranked = new Float64Array(children);
    this.#places = new Int32Array(children);
    this.#fitness = new Float64Array(all);
    this.#keys = new Float64Array(rows);
    this.#order = new Int32Array(rows);
    this.#scale = new Float64Array(n).fill(1);
    this.#seat = new Float64Array(n);
  }

  /** Children of one family of rex; 0 for the crossovers of two parents. */
  get #children(): number {
    return this.#settings.crossover === "rex" ? FAMILY * this.#context.n : 0;
  }

  get rows(): number {
    if (this.#side) return this.#side.rows;
    const { rows, islands } = this.#settings;
    return islands * (this.#generation > 0 && this.#children > 0 ? this.#children : rows);
  }

  get points(): Float64Array {
    return this.#side ? this.#side.points : this.#points;
  }

  get values(): Float64Array {
    return this.#side ? this.#side.values : this.#values;
  }

  ask(): void {
    const { n } = this.#context;
    const { rows, islands } = this.#settings;
    if (this.#side) this.#side.ask();
    else if (this.#generation === 0) latinHypercube(this.#random, rows * islands, n, this.#points);
    // n + 1 different parents of each island, at random, and their children.
    else if (this.#children > 0) this.#moves.families(islands);
    else for (let island = 0; island < islands; island++) this.#breed(island);
  }

  /** The best children of each family take the places of its parents. */
  #replace(): void {
    const { n } = this.#context;
    const count = this.#children;
    const [keys, order] = [this.#ranked, this.#places];
    for (let island = 0; island < this.#settings.islands; island++) {
      const first = island * count;
      for (let k = 0; k < count; k++) keys[k] = rankOf(this.#values[first + k]!);
      bestRows(n + 1, count, keys, order);
      for (let i = 0; i <= n; i++) {
        const place = this.#parentsOf[island * (n + 1) + i]!;
        const child = first + order[i]!;
        // Whoever has a value does not leave for one that has none.
        if (keys[order[i]!] === Infinity) continue;
        this.#fitness[place] = keys[order[i]!]!;
        copyRow(n, this.#points, child, this.#parents, place);
      }
    }
  }

  /** The island's rows in order, its values in `keys` by place. */
  #rank(island: number): void {
    const { rows } = this.#settings;
    const first = island * rows;
    sortRows(rows, this.#fitness.subarray(first, first + rows), this.#order);
    for (let i = 0; i < rows; i++) this.#keys[i] = this.#fitness[first + this.#order[i]!]!;
  }

  #breed(island: number): void {
    const { n } = this.#context;
    const { rows, selection, crossover, crossoverRate, mutation, mutationRate } = this.#settings;
    const random = this.#random;
    const first = island * rows;
    this.#rank(island);
    const width = Math.max(1e-12, widthOf(this.#parents.subarray(first * n, (first + rows) * n), rows, n));
    for (let k = first; k < first + rows; k++) {
      const a = first + this.#order[select(selection, rows, this.#keys, random)]!;
      const b = first + this.#order[select(selection, rows, this.#keys, random)]!;
      if (a !== b && random.uniform() < crossoverRate)
        cross(crossover as Exclude<RealCrossover, "rex">, n, this.#parents, a, b, this.#points, k, random);
      else copyRow(n, this.#parents, a, this.#points, k);
      mutate(mutation, n, this.#points, k, mutationRate, width, random);
    }
  }

  tell(): SearchEnd | null {
    const { values, rows } = this;
    for (let k = 0; k < rows; k++) {
      const f = rankOf(values[k]!);
      if (f === Infinity) continue;
      this.#lowest = Math.min(this.#lowest, f);
      this.#highest = Math.max(this.#highest, f);
    }
    if (this.#lowest === Infinity)
      return ++this.#nothing >= this.#context.hopeless ? { status: "failed", reason: "nonFinite" } : null;
    if (this.#side) return this.#side.tell() ? this.#settle(this.#side) : null;
    if (this.#generation === 0) {
      this.#parents.set(this.#points.subarray(0, this.#parents.length));
      for (let k = 0; k < rows; k++) this.#fitness[k] = rankOf(values[k]!);
    } else if (this.#children > 0) this.#replace();
    else this.#succeed();
    this.#generation++;
    if (this.#generation % MIGRATION === 0) this.#migrate();
    return this.#judge();
  }

  /** The children, but for the parents that are better than the worst of them: as many as are elite. */
  #succeed(): void {
    const { n } = this.#context;
    const { rows, islands, elite } = this.#settings;
    for (let island = 0; island < islands; island++) {
      const first = island * rows;
      this.#rank(island);
      const best = Array.from(this.#order.subarray(0, elite), (k) => first + k);
      const kept = best.map((k) => this.#parents.slice(k * n, (k + 1) * n));
      const keptValues = best.map((k) => this.#fitness[k]!);
      for (let k = first; k < first + rows; k++) this.#fitness[k] = rankOf(this.#values[k]!);
      this.#parents.set(this.#points.subarray(first * n, (first + rows) * n), first * n);
      this.#rank(island);
      for (let e = 0; e < elite; e++) {
        const worst = first + this.#order[rows - 1 - e]!;
        if (!(keptValues[e]! < this.#fitness[worst]!)) continue;
        this.#parents.set(kept[e]!, worst * n);
        this.#fitness[worst] = keptValues[e]!;
      }
    }
  }

  /** The best of each island takes the place of the worst of the next. */
  #migrate(): void {
    const { n } = this.#context;
    const { rows, islands } = this.#settings;
    if (islands === 1) return;
    const best: number[] = [];
    const worst: number[] = [];
    for (let island = 0; island < islands; island++) {
      this.#rank(island);
      best.push(island * rows + this.#order[0]!);
      worst.push(island * rows + this.#order[rows - 1]!);
    }
    const guests = best.map((k) => ({ u: this.#parents.slice(k * n, (k + 1) * n), f: this.#fitness[k]! }));
    guests.forEach(({ u, f }, island) => {
      const place = worst[(island + 1) % islands]!;
      this.#parents.set(u, place * n);
      this.#fitness[place] = f;
    });
  }

  #judge(): SearchEnd | null {
    const { n, minima } = this.#context;
    const { local, patience, rows, islands } = this.#settings;
    const all = rows * islands;
    let best = 0;
    let high = -Infinity;
    for (let k = 0; k < all; k++) {
      if (this.#fitness[k]! < this.#fitness[best]!) best = k;
      if (this.#fitness[k]! > high) high = this.#fitness[k]!;
    }
    const low = this.#fitness[best]!;
    if (this.#generation === 1 && high < Infinity) this.#first = high - low;
    if (isLower(low, this.#record)) {
      this.#record = low;
      this.#idle = 0;
    } else this.#idle++;
    this.spread = this.#moves.width(all);
    const end = this.#generation > 1 ? shrunk(low, high, this.#first, this.spread) : null;
    const still = this.#idle >= patience;
    // With a local search to finish, a population as narrow as this has found its basin.
    const narrow = local && !this.#finished && this.spread < NARROW;
    if (!end && !still && !narrow) return null;
    const u = this.#parents.subarray(best * n, (best + 1) * n);
    this.#seat.set(u);
    const settled = low >= this.#bottom;
    if (local && (!this.#finished || (!narrow && !settled))) {
      this.#finished = true;
      this.#ended = Boolean(end) || still;
      this.#side = new LocalSearch(u, low, LOCAL * n, this.#scale);
      return null;
    }
    minima.add(u, low);
    if (!end && settled) return this.#over({ status: "converged", reason: "fun" });
    return this.#over(
      end ? { status: "converged", reason: end } : { status: "failed", reason: "stagnation" },
    );
  }

  /** After the local search. */
  #settle(side: LocalSearch): SearchEnd | null {
    this.#context.minima.add(side.point, side.f);
    this.#side = null;
    const whole = side.settled;
    if (whole) this.#bottom = side.f;
    if (!this.#ended) {
      // The population goes on, with what was found in the place of its best.
      const best = this.#fitness.indexOf(Math.min(...this.#fitness));
      if (side.f < this.#fitness[best]!) {
        this.#fitness[best] = side.f;
        this.#parents.set(side.point, best * this.#context.n);
      }
      return null;
    }
    return this.#over(
      whole ? { status: "converged", reason: "fun" } : { status: "failed", reason: "stagnation" },
    );
  }

  /** The end, or a new population where the search is limited. */
  #over(end: SearchEnd): SearchEnd | null {
    if (this.#lowest === this.#highest) return { status: "failed", reason: "flat" };
    if (!this.#context.limited) return end;
    this.restarts++;
    this.#generation = 0;
    this.#idle = 0;
    this.#record = Infinity;
    this.#finished = false;
    this.#bottom = Infinity;
    return null;
  }

  save(): SavedSearch {
    const side = this.#side?.save() ?? null;
    const counts = [
      this.#generation,
      this.#idle,
      this.#nothing,
      this.restarts,
      Number(this.#finished),
      Number(this.#ended),
    ];
    return {
      random: this.#random.state(),
      counts,
      numbers: packList([this.#lowest, this.#highest, this.#record, this.#first, this.spread, this.#bottom]),
      arrays: pack(this.#parents, this.#fitness, this.#seat),
      side,
    };
  }

  restore({ random, counts, numbers, arrays, side }: SavedSearch): boolean {
    const list = unpackList(numbers);
    if (!list || !Array.isArray(counts) || !unpack(arrays, this.#parents, this.#fitness, this.#seat))
      return false;
    const [generation, idle, nothing, restarts, finished, ended] = counts as number[];
    [this.#generation, this.#idle, this.#nothing, this.restarts] = [generation!, idle!, nothing!, restarts!];
    [this.#finished, this.#ended] = [finished === 1, ended === 1];
    const [lowest, highest, record, first, spread, bottom] = list;
    [this.#lowest, this.#highest, this.#record] = [lowest!, highest!, record!];
    [this.#first, this.spread, this.#bottom] = [first!, spread!, bottom!];
    this.#random.position = Random.resume(random as ReturnType<Random["state"]>).position;
    this.#side = side === null ? null : new LocalSearch(this.#seat, 0, LOCAL * this.#context.n, this.#scale);
    return this.#side === null || this.#side.restore(side);
  }

  release(): void {
    this.#moves.release();
  }
}
