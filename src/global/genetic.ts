// genetic(options): a real-coded genetic algorithm over the box.

import { booleanOption, checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";
import { partsElsewhere } from "./elsewhere.js";
import { GeneticSearch } from "./genetic-search.js";
import { configured, type GlobalDefinition, type GlobalMethod } from "./methods.js";
import { checkPopulation } from "./population.js";
import { type RealCrossover, type RealMutation, realCrossovers, realMutations } from "./real-operators.js";
import { type Selection, selections } from "./selection.js";

export interface GeneticOptions {
  /** Points of an island, at least 4. Default 9 n ("rex") or 10 n, at least 40, at most 1000. */
  popSize?: number | undefined;
  /** How parents are chosen. Default "tournament" (of 3). */
  selection?: Selection | undefined;
  /**
   * Default "rex": families of n + 1 parents at random, whose best children take their places (just generation gap); selection, rates,
   * mutation and elite are refused beside it. "sbx": simulated binary; "blx": BLX-alpha, alpha 1/2; "arithmetic".
   */
  crossover?: RealCrossover | undefined;
  /** Chance of a child to have two parents. Default 0.9. */
  crossoverRate?: number | undefined;
  /** Default "polynomial". */
  mutation?: RealMutation | undefined;
  /** Chance of each variable to change. Default 1 / n. */
  mutationRate?: number | undefined;
  /** The best of each island that live on unchanged. Default 2. */
  elite?: number | undefined;
  /** Populations that only now and then send their best to the next. Default 1. */
  islands?: number | undefined;
  /** A local search by values from the best of the island each time it stands still (a memetic algorithm). Default true. */
  local?: boolean | undefined;
  /** Generations without a lower value after which the search ends, or begins anew where it is limited. Default 30 + 5 n, "rex" 20 popSize / (n + 1), as a generation of it is one family. */
  patience?: number | undefined;
}

const KEYS = [
  "popSize",
  "selection",
  "crossover",
  "crossoverRate",
  "mutation",
  "mutationRate",
  "elite",
  "islands",
  "local",
  "patience",
] as const;

/** What a family of rex makes no use of. */
const NOT_OF_REX = ["selection", "crossoverRate", "mutation", "mutationRate", "elite"] as const;
const TAKE_THEM = '"rex" is the default; "sbx", "blx" and "arithmetic" take it';

const definition: GlobalDefinition = {
  name: "genetic",
  search(context, options, popSize) {
    const o = options as GeneticOptions;
    const { n } = context;
    let crossover = o.crossover ?? "rex";
    const each = crossover === "rex" ? 9 : 10;
    const rows = popSize ?? o.popSize ?? Math.min(1000, Math.max(40, each * n));
    checkPopulation("genetic", rows);
    const patience = crossover === "rex" ? Math.ceil((20 * rows) / (n + 1)) : 30 + 5 * n;
    // A family of rex needs n + 1 parents.
    if (crossover === "rex" && rows < 2 * (n + 1)) crossover = "blx";
    for (const name of crossover === "rex" ? NOT_OF_REX : [])
      if (o[name] !== undefined)
        throw optionError("genetic", name, o[name], 'left out with crossover "rex"', TAKE_THEM);
    return new GeneticSearch(context, {
      rows,
      selection: o.selection ?? "tournament",
      crossover,
      crossoverRate: o.crossoverRate ?? 0.9,
      mutation: o.mutation ?? "polynomial",
      mutationRate: o.mutationRate ?? 1 / n,
      elite: Math.min(o.elite ?? 2, rows - 2),
      islands: o.islands ?? 1,
      local: (o.local ?? true) && context.smooth,
      patience: o.patience ?? patience,
    });
  },
};

/**
 * A genetic algorithm on real numbers: selection, crossover, mutation, elitism, islands (Goldberg 1989; Deb, Multi-Objective Optimization
 * Using Evolutionary Algorithms, 2001, chapter 4), and by default a local search from its best each time it stands still. Other genomes:
 * `evolve`.
 *
 * @throws DownhillError OPTION for values out of range.
 * @example
 * const f = ([x, y]) => x * x + y * y;
 * minimizeGlobal(f, { lower: [-5, -5], upper: [5, 5] }, { method: genetic({ crossover: "blx", islands: 2 }), seed: 1, maxEvaluations: 5000 }).x;
 */
export function genetic(options: GeneticOptions = {}): GlobalMethod {
  const where = "genetic";
  checkKeys(where, options, KEYS, partsElsewhere(KEYS));
  const { popSize, crossoverRate, mutationRate, elite, islands, local, patience } = options;
  if (popSize !== undefined) checkPopulation(where, popSize);
  choiceOption(where, "selection", options.selection, selections, "tournament");
  choiceOption(where, "crossover", options.crossover, realCrossovers, "rex");
  choiceOption(where, "mutation", options.mutation, realMutations, "polynomial");
  numberOption(where, "crossoverRate", crossoverRate, 0.9, { min: 0, max: 1 });
  numberOption(where, "mutationRate", mutationRate, 0.1, { min: 0, max: 1 });
  numberOption(where, "elite", elite, 2, { min: 0, integer: true });
  numberOption(where, "islands", islands, 1, { min: 1, max: 1000, integer: true });
  numberOption(where, "patience", patience, 1, { min: 1, integer: true, infinite: true });
  booleanOption(where, "local", local, true);
  return configured(definition, { ...options });
}
