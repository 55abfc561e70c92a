// differentialEvolution(options): L-SHADE by default, or one of the classic strategies.

import { copyNumbers } from "../runtime/numbers.js";
import { checkKeys, choiceOption, isArrayLike, numberOption, optionError } from "../runtime/options.js";
import { DeSearch } from "./de-search.js";
import { partsElsewhere } from "./elsewhere.js";
import { configured, type GlobalDefinition, type GlobalMethod } from "./methods.js";
import { checkPopulation } from "./population.js";

/**
 * @example
 * deStrategies.includes("best1bin"); // true: what `strategy` takes
 */
export const deStrategies = [
  "lshade",
  "best1bin",
  "best1exp",
  "best2bin",
  "best2exp",
  "rand1bin",
  "rand1exp",
  "rand2bin",
  "rand2exp",
  "randtobest1bin",
  "randtobest1exp",
  "currenttobest1bin",
  "currenttobest1exp",
] as const;
export type DeStrategy = (typeof deStrategies)[number];

export interface DifferentialEvolutionOptions {
  /** Default "lshade"; the others are SciPy's, by its names. */
  strategy?: DeStrategy | undefined;
  /** Points of the (first) population, at least 5. Default 18 n for "lshade", else 15 n; at most 2000. */
  popSize?: number | undefined;
  /** Of a classic strategy: the factor of the differences, or the two ends between which each generation draws it. Default [0.5, 1]. */
  mutation?: number | readonly [number, number] | undefined;
  /** Of a classic strategy: the chance of a variable to come from the mutant. Default 0.7. */
  recombination?: number | undefined;
  /** Evaluations over which "lshade" shrinks its population, where there is no maxEvaluations. Default 3000 n. */
  budget?: number | undefined;
}

const KEYS = ["strategy", "popSize", "mutation", "recombination", "budget"] as const;
const MOST = 2000;

const definition: GlobalDefinition = {
  name: "differentialEvolution",
  search(context, options, popSize) {
    const o = options as DifferentialEvolutionOptions;
    const { n, budget } = context;
    const strategy = o.strategy ?? "lshade";
    const usual = Math.min(MOST, Math.max(10, (strategy === "lshade" ? 18 : 15) * n));
    const rows = popSize ?? o.popSize ?? usual;
    checkPopulation("differentialEvolution", rows, 5);
    const mutation = o.mutation ?? [0.5, 1];
    const [low, high] = typeof mutation === "number" ? [mutation, mutation] : mutation;
    return new DeSearch(context, {
      strategy,
      rows,
      low,
      high,
      recombination: o.recombination ?? 0.7,
      budget: budget === Infinity ? (o.budget ?? 3000 * n) : budget,
    });
  },
};

/**
 * Differential evolution. "lshade": L-SHADE (Tanabe and Fukunaga, CEC 2014, 1658): current-to-pbest/1 with an archive, factors learnt
 * from their successes, a population that shrinks linearly over the budget. The others: Storn and Price, J. Global Optim. 11 (1997)
 * 341, with dithered factors, as in SciPy. The first population is a Latin hypercube.
 *
 * @throws DownhillError OPTION for values out of range.
 * @example
 * const f = ([x, y]) => x * x + y * y;
 * minimizeGlobal(f, { lower: [-5, -5], upper: [5, 5] }, { method: differentialEvolution({ strategy: "best1bin" }), seed: 1 }).x; // [0, 0]
 */
export function differentialEvolution(options: DifferentialEvolutionOptions = {}): GlobalMethod {
  const where = "differentialEvolution";
  checkKeys(where, options, KEYS, partsElsewhere(KEYS));
  const { popSize, mutation, recombination, budget } = options;
  const strategy = choiceOption(where, "strategy", options.strategy, deStrategies, "lshade");
  if (popSize !== undefined) checkPopulation(where, popSize, 5);
  numberOption(where, "recombination", recombination, 0.7, { min: 0, max: 1 });
  numberOption(where, "budget", budget, 1, { min: 1, integer: true });
  if (mutation !== undefined) {
    const ends =
      typeof mutation === "number"
        ? [mutation]
        : isArrayLike(mutation)
          ? [...copyNumbers("differentialEvolution", "mutation", mutation)]
          : [];
    const good =
      ends.length > 0 && ends.length < 3 && ends.every((v) => v >= 0 && v <= 2) && ends[0]! <= ends.at(-1)!;
    if (!good)
      throw optionError(where, "mutation", mutation, "a number from 0 to 2, or two of them in order");
  }
  return configured(definition, { ...options, strategy });
}
