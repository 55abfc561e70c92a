// Options of minimizeGlobal: names, defaults, checks.

import { type Limits, limitKeys } from "../driver/types.js";
import { DownhillError } from "../runtime/errors.js";
import {
  booleanOption,
  checkKeys,
  hintFor,
  isRecord,
  numberOption,
  optionError,
} from "../runtime/options.js";
import { simulatedAnnealing } from "./annealing.js";
import { cmaes } from "./cmaes.js";
import { Constraints, type GlobalConstraint } from "./constraints.js";
import { differentialEvolution } from "./differential-evolution.js";
import { methodsElsewhere, optionsElsewhere } from "./elsewhere.js";
import { genetic } from "./genetic.js";
import { type GlobalMethod, isGlobalMethod } from "./methods.js";
import { type Evaluator, overNames, readObjective } from "./objective.js";
import type { ValuesPool } from "./pool.js";
import { checkPopulation } from "./population.js";
import type { GlobalIteration } from "./result.js";
import { Variables } from "./variables.js";

/** Every method of minimizeGlobal, by name. */
export const globalMethods = { cmaes, differentialEvolution, genetic, simulatedAnnealing } as const;

export interface GlobalOptions extends Omit<Limits, "onIteration"> {
  /** As in `minimize`; the iteration has the generation in `population`. */
  onIteration?: ((iteration: GlobalIteration) => unknown) | undefined;
  /** Default "cmaes". */
  method?: keyof typeof globalMethods | GlobalMethod | undefined;
  /** Default 0. The same seed gives the same result, to the bit, on every engine. */
  seed?: number | undefined;
  /** Points of a generation; the default is the method's. */
  popSize?: number | undefined;
  /** lbfgs from the lowest point, where the function has a gradient. Default true. */
  polish?: boolean | undefined;
  /** Converged when f <= target. */
  target?: number | undefined;
  /** Evaluations of an asynchronous function at the same time. Default 1. */
  concurrency?: number | undefined;
  /** Constraints c(x) = 0, by "cmaes" only: an augmented Lagrangian. */
  equality?: GlobalConstraint<never> | undefined;
  /** Constraints c(x) >= 0: an augmented Lagrangian in "cmaes", feasibility rules in "differentialEvolution" and "genetic". */
  inequality?: GlobalConstraint<never> | undefined;
  /** A violation up to this is none. Default 1e-6. */
  feasTol?: number | undefined;
}

export const globalKeys = [
  ...limitKeys,
  "method",
  "seed",
  "popSize",
  "polish",
  "target",
  "concurrency",
  "equality",
  "inequality",
  "feasTol",
] as const;

export interface GlobalInput {
  readonly where: string;
  readonly evaluator: Evaluator;
  readonly variables: Variables;
  readonly method: GlobalMethod;
  readonly limits: Limits;
  readonly seed: number;
  readonly popSize: number | undefined;
  readonly polish: boolean;
  readonly target: number;
  readonly concurrency: number;
  readonly constraints: Constraints | null;
  readonly pool: ValuesPool | null;
}

export function readMethod(where: string, given: unknown = "cmaes"): GlobalMethod {
  if (isGlobalMethod(given)) return given;
  if (typeof given === "string" && Object.hasOwn(globalMethods, given))
    return globalMethods[given as keyof typeof globalMethods]();
  const known = Object.keys(globalMethods);
  throw optionError(
    where,
    "method",
    given,
    `one of ${known.join(", ")}`,
    hintFor(given, known, methodsElsewhere),
  );
}

/** Options in the place of the box: a name of theirs that is no variable, or the box itself under its name. */
function checkBox(where: string, box: unknown): void {
  if (!isRecord(box)) return;
  const names: readonly string[] = [...globalKeys, "x0"];
  const { bounds } = box as { bounds?: unknown };
  const inside = Array.isArray(bounds) || (isRecord(bounds) && Array.isArray(bounds.lower));
  if (inside || Object.keys(box).some((key) => names.includes(key) && !isRecord(box[key])))
    throw optionError(where, "bounds", box, "the box { lower, upper }", `options come third: ${USAGE}`);
}

const USAGE = "minimizeGlobal(f, { lower: [-5, -5], upper: [5, 5] }, { seed: 1 })";

export function readInput(
  where: string,
  f: unknown,
  box: unknown,
  options: GlobalOptions,
  extra: readonly string[] = [],
): GlobalInput {
  checkKeys(where, options, [...globalKeys, ...extra], optionsElsewhere);
  checkBox(where, box);
  const variables = new Variables(where, box);
  const evaluator = overNames(where, readObjective(where, f), variables.names);
  const { popSize } = options;
  if (popSize !== undefined) checkPopulation(where, popSize);
  const method = readMethod(where, options.method);
  return {
    where,
    evaluator,
    variables,
    method,
    limits: options as Limits,
    seed: numberOption(where, "seed", options.seed, 0, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      integer: true,
    }),
    popSize,
    polish: booleanOption(where, "polish", options.polish, true),
    target: numberOption(where, "target", options.target, -Infinity, { infinite: true }),
    concurrency: numberOption(where, "concurrency", options.concurrency, 1, {
      min: 1,
      integer: true,
      infinite: true,
    }),
    constraints: readConstraints(where, method, options),
    pool: null,
  };
}

function readConstraints(where: string, { name }: GlobalMethod, options: GlobalOptions): Constraints | null {
  const { equality, inequality } = options;
  const tolerance = numberOption(where, "feasTol", options.feasTol, 1e-6, { min: 0 });
  if (equality === undefined && inequality === undefined) return null;
  const constraints = new Constraints(where, equality, inequality, tolerance);
  const able = name === "cmaes" || (name !== "simulatedAnnealing" && constraints.equalities === 0);
  if (!able)
    throw new DownhillError(
      "UNSUPPORTED",
      `${where}: ${name} takes no ${constraints.equalities > 0 ? "equalities" : "constraints"}`,
      {
        hint: 'use method: "cmaes"',
        details: { option: constraints.equalities > 0 ? "equality" : "inequality" },
      },
    );
  return constraints.count > 0 ? constraints : null;
}
