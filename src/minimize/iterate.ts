// iterate(f, x0): a minimisation that the caller pulls, one iteration at a time.

import { type Pulled, pull } from "../driver/run.js";
import { loadState, type MinimizeState, saveState } from "./checkpoint.js";
import { Minimisation } from "./minimisation.js";
import type { Objective } from "./objective.js";
import type { MinimizeResult } from "./result.js";
import { checkOptions, inputOf, type MinimizeOptions, minimizeKeys, type Start } from "./settings.js";

export interface IterateOptions extends MinimizeOptions {
  /** Continues from a state saved earlier, bit for bit. */
  resume?: MinimizeState | undefined;
}

export type MinimizeIterator = Pulled<MinimizeResult, MinimizeState>;

/**
 * Minimises f as `minimize` does, yielding after each iteration. `break` ends the run and frees its memory; a run that is
 * neither finished nor broken off holds it until `return()`.
 *
 * @example
 * const f = ([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
 * for (const { nit, fun } of iterate(f, [-1.2, 1])) if (nit === 10 || fun < 1e-3) break;
 */
export function iterate(f: Objective, x0: Start, options: IterateOptions = {}): MinimizeIterator {
  checkOptions("iterate", options, [...minimizeKeys, "resume"]);
  const run = new Minimisation(inputOf("iterate", f, x0, options));
  const { resume } = options;
  try {
    run.save = () => saveState(run);
    if (resume !== undefined) loadState(run, resume);
    return pull(run, resume !== undefined);
  } catch (error) {
    run.release();
    throw error;
  }
}
