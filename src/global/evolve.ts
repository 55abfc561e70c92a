// evolve({ genome, fitness }): a genetic algorithm for individuals of any kind. Each place of the population breeds a child with a partner
// chosen by tournament; the child takes the place where it is no worse, so that the population keeps its variety.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import { run } from "../driver/run.js";
import {
  type Ask,
  type Call,
  ITERATION,
  type Iteration,
  type Method,
  type Stopped,
  type Task,
} from "../driver/task.js";
import { type Limits, limitKeys } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { Random } from "../random/philox.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import type { Genome } from "./genomes.js";
import { checkValue } from "./objective.js";
import { checkPopulation } from "./population.js";
import { rankOf, sortRows } from "./ranking.js";
import { select } from "./selection.js";

export interface EvolveOptions<G> extends Limits {
  /** `permutation(n)`, `binary(n)`, `real(lower, upper)`, or your own create, crossover and mutate. */
  genome: Genome<G>;
  /** What is to be large. NaN and -Infinity are failed evaluations. */
  fitness: (individual: G) => number;
  /** Individuals, at least 4. Default the genome's own (30 of `permutation`), else 50. */
  popSize?: number | undefined;
  /** Chance of a child to have two parents. Default the genome's own (0.05 of `permutation`), else 0.5. */
  crossoverRate?: number | undefined;
  /** Generations without a better individual that end the search. Default 200; never where evaluations or time are limited. */
  patience?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
}

export type EvolveEnd =
  | { status: "completed"; reason: "patience" }
  | { status: "failed"; reason: "nonFinite" }
  | Stopped;

const KEYS = [...limitKeys, "genome", "fitness", "popSize", "crossoverRate", "patience", "seed"] as const;
const WORDS = { patience: "no better individual for many generations", nonFinite: "every evaluation failed" };

export class EvolveAnswer<G> extends Answer<EvolveEnd> {
  readonly best: G;
  readonly fitness: number;

  constructor(end: EvolveEnd, watch: Watch, best: G, fitness: number, runtime: EvolveOptions<G>["runtime"]) {
    super(end, watch, { kind: "evolution", method: "evolve", variant: chosenRuntime(runtime).variant });
    this.best = best;
    this.fitness = fitness;
  }

  get message(): string {
    return describe(this as EvolveEnd, [], "", WORDS, "the best individual so far is returned");
  }

  protected get brief(): string {
    return `fitness = ${short(this.fitness, 8)}, ${this.nit} generations, ${this.nfev} evaluations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Evolution",
        rows: [
          ["fitness", short(this.fitness, 12)],
          ["generations", this.nit],
          ["evaluations", this.nfev],
        ],
      },
    ];
  }
}

export type EvolveResult<G> = Shape<EvolveAnswer<G>> & EvolveEnd;

/** What an operator gave: any value but a promise of one. */
function born<G>(individual: G, operator: string): G {
  if (!isPromise(individual)) return individual;
  throw new DownhillError(
    "CALLBACK_RESULT",
    `evolve: genome.${operator} must return an individual, got ${quote(individual)}`,
    { hint: "operators are called synchronously", details: { value: individual } },
  );
}

class Evolution<G> implements Task<EvolveEnd, EvolveResult<G>> {
  readonly watch: Watch;
  readonly method: Method<EvolveEnd>;
  readonly #options: EvolveOptions<G>;
  readonly #people: G[];
  /** Minus the fitness: the lower, the better. */
  readonly #keys: Float64Array;
  #candidate: G;
  #value = Infinity;
  #best: G;
  #lowest = Infinity;

  constructor(options: EvolveOptions<G>) {
    const where = "evolve";
    this.watch = new Watch(where, options, [], Infinity);
    this.#options = options;
    const random = new Random(options.seed ?? 0);
    const count = options.popSize ?? options.genome.popSize ?? 50;
    this.#people = Array.from({ length: count }, () => born(options.genome.create(random), "create"));
    this.#keys = new Float64Array(count).fill(Infinity);
    this.#candidate = this.#people[0]!;
    this.#best = this.#candidate;
    this.method = this.#generations(random);
  }

  *#generations(random: Random): Method<EvolveEnd> {
    const { genome, maxEvaluations, maxTimeMs } = this.#options;
    const crossoverRate = this.#options.crossoverRate ?? genome.crossoverRate ?? 0.5;
    const limited = maxEvaluations !== undefined || maxTimeMs !== undefined;
    const patience = this.#options.patience ?? (limited ? Infinity : 200);
    const people = this.#people;
    const keys = this.#keys;
    const order = new Int32Array(people.length);
    const call: Call = { kind: "call", cost: () => 1, run: () => this.#evaluate() };
    for (let i = 0; i < people.length; i++) {
      this.#candidate = people[i]!;
      yield call;
      keys[i] = this.#value;
    }
    for (let idle = 0; idle < patience; idle++) {
      if (this.#lowest === Infinity && idle > 10) return { status: "failed", reason: "nonFinite" };
      const before = this.#lowest;
      sortRows(people.length, keys, order);
      for (let i = 0; i < people.length; i++) {
        const partner = people[order[select("tournament", people.length, keys, random)]!]!;
        const own = people[i]!;
        const crossed = partner !== own && random.uniform() < crossoverRate;
        const child = crossed ? born(genome.crossover(own, partner, random), "crossover") : own;
        this.#candidate =
          crossed && random.below(2) === 0 ? child : born(genome.mutate(child, random), "mutate");
        yield call;
        if (!(this.#value <= keys[i]!) || this.#value === Infinity) continue;
        people[i] = this.#candidate;
        keys[i] = this.#value;
      }
      yield ITERATION as Ask;
      if (this.#lowest < before) idle = -1;
    }
    return { status: "completed", reason: "patience" };
  }

  #evaluate(): unknown {
    this.watch.nfev++;
    const value: unknown = this.#options.fitness(this.#candidate);
    if (isPromise(value)) return value;
    this.#value = rankOf(-checkValue("evolve", value));
    if (this.#value < this.#lowest) {
      this.#lowest = this.#value;
      this.#best = this.#candidate;
    }
    return undefined;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    return { nit, nfev, x: new Float64Array(0), fun: -this.#lowest, gradNorm: NaN, stepNorm: NaN, elapsedMs };
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
  const where = "evolve";
  checkKeys(where, options, KEYS);
  const { genome, fitness, popSize, crossoverRate, patience, seed } = options;
  for (const name of ["create", "crossover", "mutate"] as const)
    if (typeof genome?.[name] !== "function")
      throw optionError(where, `genome.${name}`, genome?.[name], "a function");
  if (typeof fitness !== "function") throw optionError(where, "fitness", fitness, "a function");
  for (const size of [popSize, genome.popSize]) if (size !== undefined) checkPopulation(where, size);
  for (const rate of [crossoverRate, genome.crossoverRate])
    numberOption(where, "crossoverRate", rate, 0.5, { min: 0, max: 1 });
  numberOption(where, "patience", patience, 200, { min: 1, integer: true, infinite: true });
  numberOption(where, "seed", seed, 0, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  return run(new Evolution(options));
}
