// A method of global search is data: a name, checked options and what makes a search of them.

import type { Search, SearchContext } from "./search.js";

export type GlobalMethodName = "cmaes" | "differentialEvolution" | "genetic" | "simulatedAnnealing";

/** A configured method: frozen, serves any number of runs. */
export interface GlobalMethod {
  readonly name: GlobalMethodName;
  readonly options: Readonly<Record<string, unknown>>;
  /** @internal */
  readonly definition: GlobalDefinition;
}

export interface GlobalDefinition {
  readonly name: GlobalMethodName;
  /** `popSize`: the one of the call's options, which goes before the method's own. */
  search(
    context: SearchContext,
    options: Readonly<Record<string, unknown>>,
    popSize: number | undefined,
  ): Search;
}

const methods = new WeakSet<object>();

export function configured(
  definition: GlobalDefinition,
  options: Readonly<Record<string, unknown>>,
): GlobalMethod {
  const method = Object.freeze({ name: definition.name, options: Object.freeze(options), definition });
  methods.add(method);
  return method;
}

export const isGlobalMethod = (value: unknown): value is GlobalMethod =>
  typeof value === "object" && value !== null && methods.has(value);
