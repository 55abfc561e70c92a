// globalSearch(box): a search that hands its points out and takes the values when they come: for workers, simulations, people.

import { DownhillError } from "../runtime/errors.js";
import { takeList } from "../runtime/lists.js";
import { checkKeys, type Elsewhere, lengthOf, numberOption } from "../runtime/options.js";
import { optionsElsewhere } from "./elsewhere.js";
import { type GlobalState, GlobalTask } from "./engine.js";
import type { GlobalMethod } from "./methods.js";
import type { ValuesOf } from "./objective.js";
import type { GlobalEnd, GlobalResult } from "./result.js";
import { type GlobalOptions, type globalMethods, readInput } from "./settings.js";
import type { GlobalBox, NamedBox } from "./variables.js";

const bounded = ["maxEvaluations", "maxIterations", "maxTimeMs", "signal"] as const;

export interface GlobalSearchOptions
  extends Pick<GlobalOptions, "seed" | "popSize" | "target" | (typeof bounded)[number] | "runtime"> {
  /** Default "cmaes". */
  method?: keyof typeof globalMethods | GlobalMethod | undefined;
  /** Goes on from a state saved earlier, bit for bit. */
  resume?: GlobalState | undefined;
}

export interface GlobalSearch<Point = Float64Array> {
  /** The points of this generation that have no value yet; the same ones until they are told. */
  ask(): Point[];
  /**
   * Values of all points that wait, in their order, or of those given in `points`, which came from `ask`, in any order and number.
   * NaN or Infinity is a failed evaluation.
   */
  tell(values: ArrayLike<number>, points?: readonly Point[]): void;
  /**
   * The search has ended: by itself, at `target`, at a limit or by the signal. Time and the signal are heard within a generation, too:
   * values that come later are dropped.
   */
  readonly done: boolean;
  /** The answer so far; final once `done`. */
  readonly result: GlobalResult;
  /** Plain data to go on from, taken between generations: before the first value of one is told, or after a limit has ended the search. */
  state(): GlobalState;
  /** Gives the memory back; not needed once `done`. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * A search by ask and tell.
 *
 * @throws DownhillError OPTION and SHAPE for bad input, points that were not asked for, and values that are not numbers.
 * @example
 * const search = globalSearch({ lower: [-5, -5], upper: [5, 5] }, { seed: 1, maxEvaluations: 500 });
 * while (!search.done) search.tell(search.ask().map(([x, y]) => (x - 1) ** 2 + (y + 2) ** 2));
 * search.result.x; // [1, -2]
 */
export function globalSearch<const B extends NamedBox>(
  box: B,
  options?: GlobalSearchOptions,
): GlobalSearch<ValuesOf<B>>;
export function globalSearch(box: GlobalBox, options?: GlobalSearchOptions): GlobalSearch;
export function globalSearch(
  box: GlobalBox | NamedBox,
  options: GlobalSearchOptions = {},
): GlobalSearch<never> {
  return new AskTell(box, options);
}

const LEFT: GlobalEnd = { status: "stopped", reason: "callback" };

interface Waiting {
  readonly point: never;
  readonly row: number;
}

const twice = (where: string): DownhillError =>
  new DownhillError("OPTION", `${where}: a point is given twice`, { details: { option: "points" } });

const keys = ["method", "seed", "popSize", "target", ...bounded, "runtime", "resume"] as const;
const told = "the loop is yours: what you do after tell() needs no callback";
const whole = "minimizeGlobal takes it; here nothing but values comes in";
const elsewhere: Elsewhere = {
  onIteration: told,
  every: told,
  trace: told,
  polish: whole,
  concurrency: "tell takes values late and in any order: evaluate as many at once as you like",
  equality: whole,
  inequality: whole,
  feasTol: whole,
};

class AskTell implements GlobalSearch<never> {
  readonly #task: GlobalTask;
  #end: GlobalEnd | null = null;
  #result: GlobalResult | null = null;
  /** The points that wait, and their rows. */
  #waiting: Waiting[] = [];
  #fresh = true;
  #kept: GlobalState | null = null;
  /** The generation that waits has been handed out. */
  #asked = false;
  /** Ended within a generation. */
  #cutShort = false;

  constructor(box: unknown, options: GlobalSearchOptions) {
    const where = "globalSearch";
    checkKeys(where, options, keys, { ...optionsElsewhere, ...elsewhere });
    const input = readInput(where, () => 0, box, options as GlobalOptions, ["resume"]);
    this.#task = new GlobalTask(input);
    try {
      if (options.resume !== undefined) this.#task.restore(options.resume);
      this.#next();
    } catch (error) {
      this.#task.release();
      throw error;
    }
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  get done(): boolean {
    this.#cut();
    return this.#end !== null;
  }

  /** Time and the signal do not wait for a whole generation. */
  #cut(): void {
    const over = this.#end ? null : (this.#task.watch.interrupted() as GlobalEnd | null);
    if (!over) return;
    this.#kept = this.#task.handed;
    this.#cutShort = true;
    this.#close(over);
  }

  get result(): GlobalResult {
    this.#cut();
    this.#result ??= this.#end ? this.#task.out(this.#end) : null;
    return this.#result ?? this.#task.out(LEFT);
  }

  /** The next generation, no larger than what is left of the evaluations. */
  #next(): void {
    const { watch } = this.#task;
    const left = watch.left.maxEvaluations;
    const limit: GlobalEnd = { status: "stopped", reason: "maxEvaluations" };
    const over = (watch.check() as GlobalEnd | null) ?? (left < 1 ? limit : null);
    if (over) {
      // What a limit ended can go on with a wider one: before the generation that it cut short.
      this.#kept ??= this.#task.save();
      this.#close(over);
    } else {
      this.#waiting = this.#task.hand(left);
      this.#kept = this.#waiting.length === left ? this.#task.handed : null;
    }
    this.#fresh = true;
    this.#asked = false;
  }

  #close(end: GlobalEnd): void {
    this.#result = this.#task.out(end);
    this.#end = end;
    this.#waiting = [];
    this.#task.release();
  }

  ask(): never[] {
    this.#cut();
    this.#asked = true;
    return this.#open();
  }

  #open(): never[] {
    return this.#waiting.map(({ point }) => point);
  }

  tell(values: ArrayLike<number>, points?: readonly never[]): void {
    const where = "globalSearch.tell";
    if (this.#cutShort) return;
    if (this.#end)
      throw new DownhillError("DISPOSED", `${where}: the search is over`, { hint: "look at done" });
    if (points === undefined && !this.#asked)
      throw new DownhillError(
        "OPTION",
        `${where}: nobody has asked yet: values belong to the points of ask()`,
        {
          hint: "const X = search.ask(), then search.tell(values of X)",
          details: { option: "values" },
        },
      );
    const given =
      points === undefined
        ? this.#open()
        : takeList(where, "points", points, "an array of points that ask() returned", this.#waiting.length);
    // Read once: what was looked at is what is used.
    const told = Array.from({ length: lengthOf(where, "values", values, given.length) }, (_, i) => {
      const value: unknown = values[i];
      return typeof value === "number"
        ? value
        : numberOption(where, `values[${i}]`, value, null, { infinite: true });
    });
    // Of points that are equal, as whole numbers are, each copy takes one.
    const left = new Set(this.#waiting);
    const own = given.map((point) => this.#waiting.find((one) => one.point === point));
    for (const entry of own) if (entry && !left.delete(entry)) throw twice(where);
    const rows = given.map((point, i) => {
      if (own[i]) return own[i];
      const is = (one: Waiting): boolean => same(one.point, point as object);
      const entry = Array.from(left).find(is);
      if (entry) {
        left.delete(entry);
        return entry;
      }
      if (this.#waiting.some(is)) throw twice(where);
      throw new DownhillError("OPTION", `${where}: a point does not wait for a value`, {
        hint: "give points that ask() returned, each once",
        details: { option: "points" },
      });
    });
    rows.forEach(({ row }, i) => {
      this.#task.receive(row, told[i]!);
    });
    if (rows.length > 0) this.#fresh = false;
    this.#waiting = this.#waiting.filter((entry) => !rows.includes(entry));
    if (this.#waiting.length > 0) {
      this.#cut();
      return;
    }
    const end = this.#task.learn();
    // A target or a limit that is met goes before, as in a run.
    if (end && !this.#task.watch.check()) this.#close(end);
    else this.#next();
  }

  state(): GlobalState {
    if (this.#end) {
      if (this.#kept) return this.#kept;
      throw new DownhillError("DISPOSED", "globalSearch: the search is over, its memory went back");
    }
    if (this.#fresh) return this.#task.handed!;
    throw new DownhillError("OPTION", "globalSearch: the state is taken between generations", {
      hint: "tell the values of all points that wait first",
    });
  }

  dispose(): void {
    if (!this.#end) this.#close(LEFT);
  }
}

/** Equal in content: a copy that came back from a worker. */
function same(a: object, b: object): boolean {
  if (typeof b !== "object" || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.is((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
