// Generalised simulated annealing at work: Tsallis visits of one point, Tsallis acceptance, and a local search from each new record
// (Tsallis and Stariolo, Physica A 233 (1996) 395; Xiang, Sun, Fan and Gong, Physics Letters A 233 (1997) 216; SciPy's dual annealing).

import { Random } from "../random/philox.js";
import { exp, log, pow } from "../runtime/elementary.js";
import { CmaPolish } from "./cma-polish.js";
import { gamma } from "./gamma.js";
import { LocalSearch } from "./local-search.js";
import { isLower, rankOf } from "./ranking.js";
import { pack, packList, unpack, unpackList } from "./saving.js";
import type { SavedSearch, Search, SearchContext, SearchEnd } from "./search.js";

export interface AnnealingSettings {
  /** The first temperature. */
  readonly temperature: number;
  /** Below this share of the first temperature the annealing begins anew. */
  readonly restartRatio: number;
  /** q_v, q_a. */
  readonly visit: number;
  readonly accept: number;
  readonly steps: number;
  readonly local: boolean;
  readonly patience: number;
}

/** Evaluations of a local search, for each variable. */
const LOCAL = 100;
/** Visits for each variable without a record, after which a local search begins; the longest visit. */
const LONG = 40;
const TAIL = 1e8;
/** Evaluations of a polishing, for each variable squared, and what all of them may cost as a share of all evaluations. */
const POLISH = 200;
const SHARE = 0.5;

export class AnnealingSearch implements Search {
  readonly #context: SearchContext;
  readonly #settings: AnnealingSettings;
  readonly #random: Random;
  readonly #points: Float64Array;
  readonly #values = new Float64Array(1);
  readonly #scale: Float64Array;
  /** Where the annealing stands; the lowest point since it began; its values. */
  readonly #here: Float64Array;
  readonly #best: Float64Array;
  /** The lowest point of all. */
  readonly #top: Float64Array;
  /** here, best, lowest of all, highest of all, record at the last reannealing, lowest at the last polishing. */
  readonly #f = Float64Array.of(Infinity, Infinity, Infinity, -Infinity, Infinity, Infinity);
  /**
   * Steps taken; the variable that moves next, n to 2 n - 1 one at a time; visits since a record; failures; idle reannealings; polishings;
   * evaluations; those of polishings; 1 where the lowest point of all is one of a local search that converged.
   */
  readonly #count = new Float64Array(9);
  readonly #factor: number;
  #side: LocalSearch | CmaPolish | null = null;
  restarts = 0;

  constructor(context: SearchContext, settings: AnnealingSettings) {
    const { n, seed } = context;
    this.#context = context;
    this.#settings = settings;
    this.#random = new Random(seed, 1);
    this.#points = new Float64Array(n);
    this.#scale = new Float64Array(n).fill(1);
    this.#best = new Float64Array(n);
    this.#top = new Float64Array(n);
    this.#here = Float64Array.from({ length: n }, () => this.#random.uniform());
    // The constants of the visiting law (equation 5 of Xiang and others).
    const q = settings.visit;
    const f2 = exp((4 - q) * log(q - 1));
    const f3 = exp(((2 - q) * Math.LN2) / (q - 1));
    const f5 = 1 / (q - 1) - 0.5;
    const d1 = 2 - f5;
    const f4 = (Math.sqrt(Math.PI) * f2) / (f3 * (3 - q));
    this.#factor = f4;
    // sin(pi x) = pi / (gamma(x) gamma(1 - x)).
    this.#reflected = ((1 - f5) * gamma(1 - f5) * gamma(f5)) / gamma(d1);
  }

  readonly #reflected: number;

  get rows(): number {
    return this.#side ? this.#side.rows : 1;
  }

  get points(): Float64Array {
    return this.#side ? this.#side.points : this.#points;
  }

  get values(): Float64Array {
    return this.#side ? this.#side.values : this.#values;
  }

  /** The temperature as a share of the first. */
  get spread(): number {
    return this.#temperature / this.#settings.temperature;
  }

  /** T(t) = T(1) (2^(q - 1) - 1) / ((1 + t)^(q - 1) - 1). */
  get #temperature(): number {
    const q = this.#settings.visit - 1;
    const t = this.#count[0]! + 1;
    return (this.#settings.temperature * (pow(2, q) - 1)) / (pow(1 + t, q) - 1);
  }

  /** A step of the visiting law at this temperature, in units of the cube's side over 10. */
  #visit(temperature: number): number {
    const q = this.#settings.visit;
    const x = this.#random.normal();
    const y = this.#random.normal();
    const f1 = exp(log(temperature) / (q - 1));
    const f4 = this.#factor * f1;
    const size = exp((-(q - 1) * log(this.#reflected / f4)) / (3 - q));
    const den = exp(((q - 1) * log(Math.abs(y))) / (3 - q));
    const v = (x * size) / den;
    return Math.min(TAIL, Math.max(-TAIL, v)) === v ? v : Math.sign(v) * TAIL * this.#random.uniform();
  }

  ask(): void {
    if (this.#side) {
      this.#side.ask();
      return;
    }
    const { n } = this.#context;
    const points = this.#points;
    points.set(this.#here);
    if (this.#f[0] === Infinity) return;
    const temperature = this.#temperature;
    const move = this.#count[1]!;
    for (let j = 0; j < n; j++) {
      if (move >= n && j !== move - n) continue;
      const v = points[j]! + this.#visit(temperature) / 10;
      // Back into the cube from the other side.
      points[j] = v - Math.floor(v);
    }
  }

  tell(): SearchEnd | null {
    const { n, hopeless } = this.#context;
    const { values, points } = this;
    const f = this.#f;
    const count = this.#count;
    const { rows } = this;
    count[6] = count[6]! + rows;
    for (let k = 0; k < rows; k++) {
      const value = rankOf(values[k]!);
      if (value === Infinity) continue;
      f[3] = Math.max(f[3]!, value);
      if (!(value < f[2]!)) continue;
      f[2] = value;
      count[8] = 0;
      this.#top.set(points.subarray(k * n, (k + 1) * n));
    }
    if (this.#side) return this.#side.tell() ? this.#settle(this.#side) : null;
    const value = rankOf(values[0]!);
    if (f[0] === Infinity) {
      if (value === Infinity) {
        // No start yet: another point.
        for (let j = 0; j < n; j++) this.#here[j] = this.#random.uniform();
        return ++count[3]! >= 10 * hopeless ? { status: "failed", reason: "nonFinite" } : null;
      }
      f[0] = value;
      f[1] = value;
      this.#best.set(points);
      return this.#settings.local ? this.#descend() : null;
    }
    let record = false;
    if (value < f[0]! || this.#accepts(value)) {
      f[0] = value;
      this.#here.set(points);
      if (value < f[1]!) {
        f[1] = value;
        this.#best.set(points);
        record = true;
      }
    }
    count[2] = record ? 0 : count[2]! + 1;
    count[1] = (count[1]! + 1) % (2 * n);
    if (count[1] === 0) count[0] = count[0]! + 1;
    if (record && this.#settings.local) {
      count[4] = 0;
      return this.#descend();
    }
    // No record for long: a local search from where the annealing stands, to learn whether this is another basin.
    if (this.#settings.local && count[2]! >= LONG * n) {
      count[2] = 0;
      this.#best.set(this.#here);
      f[1] = f[0]!;
      return this.#descend();
    }
    if (this.spread < this.#settings.restartRatio || count[0]! >= this.#settings.steps) return this.#anneal();
    return null;
  }

  /** (1 + (q_a - 1) dE / T)^(1 / (1 - q_a)), with the temperature over the step as in SciPy; energies in shares of what was seen. */
  #accepts(value: number): boolean {
    const q = this.#settings.accept;
    const scale = this.#f[3]! - this.#f[2]! || 1;
    const t = this.#temperature / (this.#count[0]! + 1) / this.#settings.temperature;
    const base = 1 - ((1 - q) * ((value - this.#f[0]!) / scale)) / t;
    const chance = base <= 0 ? 0 : exp(log(base) / (1 - q));
    return this.#random.uniform() <= chance;
  }

  #descend(): null {
    this.#side = new LocalSearch(this.#best, this.#f[1]!, LOCAL * this.#context.n, this.#scale);
    return null;
  }

  /** The lowest point is no end of a local search by differences, was not polished before, and polishing has not cost more than its share. */
  get #dull(): boolean {
    const f = this.#f;
    const count = this.#count;
    return count[8] === 0 && isLower(f[2]!, f[5]!) && count[7]! <= SHARE * count[6]!;
  }

  #polish(): null {
    this.#count[5] = this.#count[5]! + 1;
    this.#best.set(this.#top);
    this.#side = this.#polisher();
    return null;
  }

  #polisher(): CmaPolish {
    const { n } = this.#context;
    return new CmaPolish(this.#context, this.#best, this.#f[2]!, POLISH * n * n, 1 + this.#count[5]!);
  }

  #settle(side: LocalSearch | CmaPolish): SearchEnd | null {
    let polish = false;
    this.#side = null;
    if (side instanceof CmaPolish) {
      this.#count[7] = this.#count[7]! + side.evaluations;
      this.#f[5] = side.f;
      side.release();
    } else if (side.converged && side.f <= this.#f[2]!) this.#count[8] = 1;
    else if (this.#dull) polish = true;
    this.#context.minima.add(side.point, side.f);
    this.#f[0] = side.f;
    this.#f[1] = side.f;
    this.#here.set(side.point);
    this.#best.set(side.point);
    return polish ? this.#polish() : null;
  }

  /** The annealing is over: anew from a random point, or the end where that has found nothing lower for a while. */
  #anneal(): SearchEnd | null {
    const f = this.#f;
    const count = this.#count;
    if (f[2] === f[3]) return { status: "failed", reason: "flat" };
    if (!this.#settings.local) this.#context.minima.add(this.#best, f[1]!);
    const lower = isLower(f[2]!, f[4]!);
    count[4] = lower ? 0 : count[4]! + 1;
    f[4] = f[2]!;
    if (!this.#context.limited && count[4]! >= this.#settings.patience)
      return { status: "converged", reason: "restarts" };
    this.restarts++;
    count[0] = 0;
    count[1] = 0;
    count[2] = 0;
    f[0] = Infinity;
    f[1] = Infinity;
    for (let j = 0; j < this.#here.length; j++) this.#here[j] = this.#random.uniform();
    return null;
  }

  save(): SavedSearch {
    return {
      random: this.#random.state(),
      restarts: this.restarts,
      count: Array.from(this.#count),
      numbers: packList(Array.from(this.#f)),
      arrays: pack(this.#here, this.#best, this.#top),
      side: this.#side && [this.#side instanceof CmaPolish ? "cma" : "local", this.#side.save()],
    };
  }

  restore({ random, restarts, count, numbers, arrays, side }: SavedSearch): boolean {
    const list = unpackList(numbers);
    if (list?.length !== this.#f.length || !Array.isArray(count)) return false;
    if (!unpack(arrays, this.#here, this.#best, this.#top)) return false;
    this.#f.set(list);
    this.#count.set(count as number[]);
    this.restarts = Number(restarts);
    this.#random.position = Random.resume(random as ReturnType<Random["state"]>).position;
    if (!Array.isArray(side)) return side === null;
    this.#side =
      side[0] === "cma"
        ? this.#polisher()
        : new LocalSearch(this.#best, 0, LOCAL * this.#context.n, this.#scale);
    return this.#side.restore(side[1]);
  }

  release(): void {
    if (this.#side instanceof CmaPolish) this.#side.release();
  }
}
