// evolve({ genome, fitness }): a genetic algorithm for individuals of any kind. Each place of the population breeds a child with a partner
// chosen by tournament; the child takes the place where it is no worse, so that the population keeps its variety.

import { type Pulled, pull, run, runAsync } from "../driver/run.js";
import { type Ask, type Call, ITERATION, type Iteration, type Method, type Task } from "../driver/task.js";
import { type Limits, limitKeys } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { Random, type RandomState } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { later } from "../runtime/promises.js";
import { type Sealed, seal, unseal } from "../runtime/saved.js";
import { EvolveAnswer, type EvolveEnd, type EvolveResult } from "./evolve-answer.js";
import type { Genome } from "./genomes.js";
import { checkValue } from "./objective.js";
import { lent, MEANT, Operators } from "./operators.js";
import { checkPopulation } from "./population.js";
import { rankOf, sortRows } from "./ranking.js";
import { pack, unpack } from "./saving.js";
import { select } from "./selection.js";

/** What onIteration gets after a generation. */
export interface EvolveIteration<G> extends Iteration {
  /** The best individual so far, whose fitness is `fun`; there is no `x`. */
  readonly best?: G;
}

export interface EvolveOptions<G> extends Limits {
  /** Called after every `every`-th generation; returning "stop" ends the search with the best individual so far. */
  onIteration?: ((iteration: EvolveIteration<G>) => unknown) | undefined;
  /** `permutation(n)`, `binary(n)`, `real(lower, upper)`, or your own create, crossover and mutate. */
  genome: Genome<G>;
  /** What is to be large. NaN and -Infinity are failed evaluations. */
  fitness: (individual: G) => number;
  /** Individuals, at least 4. Default the genome's own (2 n of `binary`, 50 to 1000), else 50. */
  popSize?: number | undefined;
  /** Chance of a child to have two parents. Default the genome's own (0.2 of `permutation`), else 0.5. */
  crossoverRate?: number | undefined;
  /** Generations without a better individual that end the search. Default 200; never where evaluations or time are limited. */
  patience?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
}

/** As EvolveOptions; the fitness may be a promise of it. Operators of the genome are called synchronously. */
export interface AsyncEvolveOptions<G> extends Omit<EvolveOptions<G>, "fitness"> {
  fitness: (individual: G) => number | PromiseLike<number>;
}

const KEYS = [...limitKeys, "genome", "fitness", "popSize", "crossoverRate", "patience", "seed"] as const;

/** Everything an evolution goes on from: plain data, where the individuals are. */
export interface EvolveState extends Sealed {
  readonly format: "downhill.evolution";
  /** Individuals, the chance of a crossover, patience, seed. */
  readonly options: readonly unknown[];
  readonly counts: readonly number[];
  readonly random: RandomState;
  readonly people: readonly unknown[];
  readonly best: unknown;
  readonly keys: string;
}

const FORMAT = "downhill.evolution";
const VERSION = 1;

class Evolution<G> implements Task<EvolveEnd, EvolveResult<G>, EvolveState> {
  readonly watch: Watch;
  readonly method: Method<EvolveEnd>;
  readonly #options: AsyncEvolveOptions<G>;
  readonly #operators: Operators<G>;
  readonly #crossoverRate: number;
  readonly #patience: number;
  readonly #hopeless: number;
  readonly #people: G[];
  /** Minus the fitness: the lower, the better. */
  readonly #keys: Float64Array;
  #random: Random;
  /** The first generation has its fitness. */
  #begun = false;
  /** Generations since the last better individual. */
  #idle = 0;
  #candidate: G;
  #value = Infinity;
  #best: G;
  #lowest = Infinity;

  constructor(where: string, options: AsyncEvolveOptions<G>) {
    const { genome, maxEvaluations, maxTimeMs } = options;
    this.watch = new Watch(where, options, [], Infinity);
    this.#options = options;
    this.#random = new Random(options.seed ?? 0);
    this.#crossoverRate = options.crossoverRate ?? genome.crossoverRate ?? 0.5;
    const limited = maxEvaluations !== undefined || maxTimeMs !== undefined;
    this.#patience = options.patience ?? (limited ? Infinity : 200);
    this.#hopeless = limited ? Infinity : 10;
    const count = options.popSize ?? genome.popSize ?? 50;
    this.#operators = new Operators(genome);
    this.#people = Array.from({ length: count }, () => this.#operators.create(this.#random));
    this.#keys = new Float64Array(count).fill(Infinity);
    this.#candidate = this.#people[0]!;
    this.#best = this.#candidate;
    this.method = this.#generations();
  }

  *#generations(): Method<EvolveEnd> {
    const operators = this.#operators;
    const people = this.#people;
    const keys = this.#keys;
    const order = new Int32Array(people.length);
    const call: Call = { kind: "call", cost: () => 1, run: () => this.#evaluate() };
    for (let i = 0; i < people.length && !this.#begun; i++) {
      this.#candidate = people[i]!;
      yield call;
      keys[i] = this.#value;
    }
    this.#begun = true;
    const random = this.#random;
    while (this.#idle < this.#patience) {
      if (this.#lowest === Infinity && this.#idle > this.#hopeless)
        return { status: "failed", reason: "nonFinite" };
      const before = this.#lowest;
      sortRows(people.length, keys, order);
      for (let i = 0; i < people.length; i++) {
        const partner = people[order[select("tournament", people.length, keys, random)]!]!;
        const own = people[i]!;
        const crossed = partner !== own && random.uniform() < this.#crossoverRate;
        const child = crossed ? operators.crossover(own, partner, random) : own;
        this.#candidate = crossed && random.below(2) === 0 ? child : operators.mutate(child, random);
        yield call;
        if (!(this.#value <= keys[i]!) || this.#value === Infinity) continue;
        people[i] = this.#candidate;
        keys[i] = this.#value;
      }
      this.#idle = this.#lowest < before ? 0 : this.#idle + 1;
      yield ITERATION as Ask;
    }
    return { status: "completed", reason: "patience" };
  }

  #evaluate(): unknown {
    this.watch.nfev++;
    return later<unknown, void>(this.#options.fitness(lent(this.#candidate)), this.#judge);
  }

  readonly #judge = (value: unknown): void => {
    this.#value = rankOf(-checkValue(this.watch.where, value, "fitness"));
    if (!(this.#value < this.#lowest)) return;
    this.#lowest = this.#value;
    this.#best = this.#candidate;
  };

  look(): EvolveIteration<G> {
    const { nit, nfev, elapsedMs } = this.watch;
    return {
      ...{ nit, nfev, x: new Float64Array(0), fun: -this.#lowest, gradNorm: NaN, stepNorm: NaN, elapsedMs },
      best: lent(this.#best),
    };
  }

  /** Of individuals that are no x, the individual too. */
  reached(): object {
    return { x: new Float64Array(0), fun: -this.#lowest, best: lent(this.#best) };
  }

  out(end: EvolveEnd): EvolveResult<G> {
    return new EvolveAnswer(
      end,
      this.watch,
      this.#best,
      -this.#lowest,
      this.#options.runtime,
    ) as unknown as EvolveResult<G>;
  }

  /** What a saved state must agree with; genome and fitness are the caller's to give again. */
  get #rest(): unknown[] {
    const { popSize, crossoverRate, patience, seed } = this.#options;
    return [
      popSize ?? null,
      crossoverRate ?? null,
      patience === Infinity ? "Infinity" : (patience ?? null),
      seed ?? 0,
    ];
  }

  save(): EvolveState {
    const { genome } = this.#options;
    const keep = (individual: G): unknown => (genome.save ? genome.save(individual) : individual);
    const { nit, nfev } = this.watch;
    return seal(FORMAT, VERSION, {
      options: this.#rest,
      counts: [nit, nfev, this.#idle],
      random: this.#random.state(),
      people: this.#people.map(keep),
      best: keep(this.#best),
      keys: pack(this.#keys, [this.#lowest]),
    }) as EvolveState;
  }

  /** Puts a new task where the saved one was; SNAPSHOT where it is of another search. */
  restore(given: unknown): void {
    const { where } = this.watch;
    const state = unseal<EvolveState>(where, given, FORMAT, VERSION);
    const refuse = (why: string) =>
      new DownhillError("SNAPSHOT", `${where}: the saved state ${why}`, {
        hint: "give the same genome and options as the search it was saved from",
      });
    if (JSON.stringify(state.options) !== JSON.stringify(this.#rest)) throw refuse("has other options");
    const { genome } = this.#options;
    const load = (saved: unknown): G | undefined => (genome.load ? genome.load(saved) : (saved as G));
    const people = [...state.people, state.best].map(load);
    const numbers = new Float64Array(this.#keys.length + 1);
    if (people.length !== numbers.length || people.includes(undefined) || !unpack(state.keys, numbers))
      throw refuse("is of another genome");
    this.#best = people.pop()!;
    this.#people.splice(0, Infinity, ...(people as G[]));
    this.#lowest = numbers[this.#keys.length]!;
    this.#keys.set(numbers.subarray(0, this.#keys.length));
    this.#random = Random.resume(state.random);
    this.#begun = true;
    const [nit, nfev, idle] = state.counts as [number, number, number];
    this.#idle = idle;
    Object.assign(this.watch, { nit, nfev });
  }

  release(): void {}
}

/**
 * Breeds individuals of any kind for a large fitness.
 *
 * @throws DownhillError OPTION before any evaluation; CALLBACK_RESULT when fitness returns anything but a number.
 * @example
 * const ones = (bits) => bits.reduce((sum, bit) => sum + bit, 0);
 * evolve({ genome: binary(40), fitness: ones, seed: 1 }).fitness; // 40
 */
export function evolve<G>(options: EvolveOptions<G>): EvolveResult<G> {
  return run(taskOf("evolve", options, KEYS));
}

/**
 * As `evolve`; the event loop gets a turn at least every 8 ms, and the fitness may be asynchronous: one individual is asked after the other.
 * An abort rejects with the reason of the signal.
 *
 * @example
 * const ones = async (bits) => bits.reduce((sum, bit) => sum + bit, 0);
 * (await evolveAsync({ genome: binary(40), fitness: ones, seed: 1 })).fitness; // 40
 */
export async function evolveAsync<G>(options: AsyncEvolveOptions<G>): Promise<EvolveResult<G>> {
  return runAsync(taskOf("evolveAsync", options, KEYS));
}

export interface IterateEvolveOptions<G> extends EvolveOptions<G> {
  /** Continues from a state saved earlier, bit for bit; genome, fitness and options as they were. */
  resume?: EvolveState | undefined;
}

/**
 * As `evolve`, pulled one generation at a time; `state()` is plain data where individuals are (those of `permutation`, `binary` and `real`
 * become text; for others give the genome `save` and `load`), from which `resume` goes on to the bit.
 *
 * @throws DownhillError also SNAPSHOT, where the state is of another search.
 * @example
 * const ones = (bits) => bits.reduce((sum, bit) => sum + bit, 0);
 * const search = iterateEvolve({ genome: binary(40), fitness: ones, seed: 1 });
 * for (const { fun } of search) if (fun >= 38) break; // `fun` is the best fitness so far
 */
export function iterateEvolve<G>(
  options: IterateEvolveOptions<G>,
): Pulled<EvolveResult<G>, EvolveState, EvolveIteration<G>> {
  const task = taskOf("iterateEvolve", options, [...KEYS, "resume"]);
  const resumed = options.resume !== undefined;
  if (resumed) task.restore(options.resume);
  return pull(task, resumed);
}

function taskOf<G>(where: string, options: AsyncEvolveOptions<G>, keys: readonly string[]): Evolution<G> {
  checkKeys(where, options, keys, MEANT);
  const { genome, fitness, popSize, crossoverRate, patience, seed } = options;
  for (const name of ["create", "crossover", "mutate"] as const)
    if (typeof genome?.[name] !== "function")
      throw optionError(
        where,
        `genome.${name}`,
        genome?.[name],
        "a function",
        "genome: permutation(n), binary(n), real(lower, upper), or { create, crossover, mutate }",
      );
  if (typeof fitness !== "function") throw optionError(where, "fitness", fitness, "a function");
  for (const size of [popSize, genome.popSize]) if (size !== undefined) checkPopulation(where, size);
  for (const rate of [crossoverRate, genome.crossoverRate])
    numberOption(where, "crossoverRate", rate, 0.5, { min: 0, max: 1 });
  numberOption(where, "patience", patience, 200, { min: 1, integer: true, infinite: true });
  numberOption(where, "seed", seed, 0, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  return new Evolution(where, options);
}
