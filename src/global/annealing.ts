// simulatedAnnealing(options): generalised simulated annealing with local searches.

import { booleanOption, checkKeys, numberOption } from "../runtime/options.js";
import { AnnealingSearch } from "./annealing-search.js";
import { partsElsewhere } from "./elsewhere.js";
import { configured, type GlobalDefinition, type GlobalMethod } from "./methods.js";

export interface SimulatedAnnealingOptions {
  /** The first temperature, above 0.01. Default 5230. */
  temperature?: number | undefined;
  /** The annealing begins anew below this share of the first temperature. Default 2e-5. */
  restartRatio?: number | undefined;
  /** The law of visits, q_v in (1, 3): the larger, the longer its tail. Default 2.62. */
  visit?: number | undefined;
  /** The law of acceptance, q_a < 1: the smaller, the less is accepted. Default -5. */
  accept?: number | undefined;
  /** Temperatures of one annealing. Default 1000. */
  steps?: number | undefined;
  /** A local search by values from each record; where that finds no end, a short run of CMA-ES from there. Default true. */
  local?: boolean | undefined;
  /** Annealings in a row without a lower value that end the search. Default 0: the first one does; never where evaluations or time are limited. */
  patience?: number | undefined;
}

const KEYS = ["temperature", "restartRatio", "visit", "accept", "steps", "local", "patience"] as const;

const definition: GlobalDefinition = {
  name: "simulatedAnnealing",
  search(context, options) {
    const o = options as SimulatedAnnealingOptions;
    return new AnnealingSearch(context, {
      temperature: o.temperature ?? 5230,
      restartRatio: o.restartRatio ?? 2e-5,
      visit: o.visit ?? 2.62,
      accept: o.accept ?? -5,
      steps: o.steps ?? 1000,
      local: (o.local ?? true) && context.smooth,
      patience: o.patience ?? 0,
    });
  },
};

/**
 * Generalised simulated annealing (Tsallis and Stariolo 1996; Xiang, Sun, Fan and Gong 1997), with a local search by values from each new
 * record: what SciPy calls dual annealing. Energies are compared in shares of the range of values seen, so that the unit of f does not matter.
 *
 * @throws DownhillError OPTION for values out of range.
 * @example
 * const f = ([x, y]) => x * x + y * y;
 * minimizeGlobal(f, { lower: [-5, -5], upper: [5, 5] }, { method: simulatedAnnealing({ steps: 30 }), seed: 1 }).x; // [0, 0]
 */
export function simulatedAnnealing(options: SimulatedAnnealingOptions = {}): GlobalMethod {
  const where = "simulatedAnnealing";
  checkKeys(where, options, KEYS, partsElsewhere(KEYS));
  const { temperature, restartRatio, visit, accept, steps, local, patience } = options;
  numberOption(where, "temperature", temperature, 5230, { min: 0.01, exclusive: true });
  numberOption(where, "restartRatio", restartRatio, 2e-5, { min: 0, below: 1 });
  numberOption(where, "visit", visit, 2.62, { min: 1, exclusive: true, below: 3 });
  numberOption(where, "accept", accept, -5, { below: 1 });
  numberOption(where, "steps", steps, 1000, { min: 1, integer: true });
  numberOption(where, "patience", patience, 0, { min: 0, integer: true });
  booleanOption(where, "local", local, true);
  return configured(definition, { ...options });
}
