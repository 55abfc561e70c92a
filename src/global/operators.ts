// The operators of a genome as evolve calls them: what they give is an individual, and what they are given stays as it is.

import { contents, holds, WATCHED } from "../driver/contents.js";
import type { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { isPromise } from "../runtime/promises.js";
import type { Genome } from "./genomes.js";

const OWN = "genome: { create, crossover, mutate }";
/** What options of other packages are here, most of them for operators. */
export const MEANT = {
  maximize: "the fitness is made large",
  minimize: "the fitness is made large: give what is to be small its sign, x => -f(x)",
  ...{ crossoverfunction: OWN, mutationfunction: OWN, mutate: OWN, crossover: OWN, create: OWN },
  ...{
    fitnessfunction: "take fitness",
    population: "individuals come from genome.create; popSize says how many",
  },
  ...{
    generations: "take maxIterations",
    ngen: "take maxIterations",
    target: 'return "stop" from onIteration',
  },
};

type Operator = "create" | "crossover" | "mutate";

export class Operators<G> {
  readonly #genome: Genome<G>;
  #watched = { crossover: 0, mutate: 0 };

  constructor(genome: Genome<G>) {
    this.#genome = genome;
  }

  create(random: Random): G {
    return born(this.#genome.create(random), "create");
  }

  crossover(a: G, b: G, random: Random): G {
    if (this.#watched.crossover++ >= WATCHED) return born(this.#genome.crossover(a, b, random), "crossover");
    const parents = [a, b];
    const held = parents.map((parent) => contents(parent));
    const child = born(this.#genome.crossover(a, b, random), "crossover");
    if (held.every(holds)) return child;
    throw changed("crossover", "(a, b, random) => { const child = [...a]; ...; return child; }");
  }

  mutate(individual: G, random: Random): G {
    const held = this.#watched.mutate++ < WATCHED ? contents(individual) : null;
    const child = born(this.#genome.mutate(individual, random), "mutate");
    if (!held || holds(held)) return child;
    throw changed("mutate", "(individual, random) => { const child = [...individual]; ...; return child; }");
  }
}

/** What an operator gave: any value but none, or a promise of one. */
function born<G>(individual: G, operator: Operator): G {
  if (individual !== undefined && individual !== null && !isPromise(individual)) return individual;
  const hint = isPromise(individual) ? "operators are called synchronously" : "return the new individual";
  throw new DownhillError(
    "CALLBACK_RESULT",
    `evolve: genome.${operator} must return an individual, got ${quote(individual)}`,
    { hint, details: { value: individual } },
  );
}

/** An individual that is written into keeps the fitness that it had before: the best one found would be another. */
const changed = (operator: Operator, example: string): DownhillError =>
  new DownhillError("CALLBACK_RESULT", `evolve: genome.${operator} changed an individual that it was given`, {
    hint: `return a new one: ${example}`,
  });

/** A copy of numbers or a list: what is written into it reaches nobody. What else an individual may be is the caller's own. */
export function lent<G>(individual: G): G {
  const list = Array.isArray(individual) || (ArrayBuffer.isView(individual) && "slice" in individual);
  return list ? (individual as unknown as { slice(): G }).slice() : individual;
}
