// Options of minimize: names, defaults, checks.

import { type Bounds, type Box, readBounds } from "../driver/bounds.js";
import { readTolerances } from "../driver/tolerances.js";
import { type Iteration, type Limits, limitKeys } from "../driver/types.js";
import { checkRule, type Rule } from "../first-order/rule.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, choiceOption, nearest, optionError } from "../runtime/options.js";
import { firstOrderMethod } from "./methods/first-order.js";
import { gradientDescent, nonlinearCG } from "./methods/gradient.js";
import { nelderMead } from "./methods/nelder-mead.js";
import { newton } from "./methods/newton.js";
import { bfgs, lbfgs } from "./methods/quasi-newton.js";
import { trustRegion } from "./methods/trust-region.js";
import {
  isMethod,
  type LineSearchName,
  lineSearchNames,
  type MethodSight,
  type MinimizeMethod,
} from "./methods/types.js";
import type { MinimizeInput } from "./minimisation.js";
import { readObjective } from "./objective.js";

/**
 * Every method of minimize that is not a first-order rule, by name.
 *
 * @example
 * Object.keys(minimizers).includes("lbfgs"); // true: what `method` takes
 */
export const minimizers = {
  lbfgs,
  bfgs,
  nonlinearCG,
  gradientDescent,
  newton,
  trustRegion,
  nelderMead,
} as const;
export type MinimizeMethodName = keyof typeof minimizers;

export interface MinimizeSettings {
  /** Default "lbfgs"; a first-order rule such as `adam({ lr: 0.01 })` serves too. */
  method?: MinimizeMethodName | MinimizeMethod | Rule | undefined;
  /** Box bounds; never left, by finite differences either. */
  bounds?: Bounds | undefined;
  /** Converged when max |gradient| (projected, under bounds) <= gradTol. Default 1e-8; by differences 1e-6. */
  gradTol?: number | undefined;
  /** Converged when every |step_j| <= stepTol |x_j|. Default 0: not tested; nelderMead 1e-8. */
  stepTol?: number | undefined;
  /** Converged when f fell by no more than funTol |f|. Default 0: only when f cannot fall any more. */
  funTol?: number | undefined;
  /** Converged when f <= target. */
  target?: number | undefined;
  /** Overrides the method's line search. */
  lineSearch?: LineSearchName | undefined;
  /** Without a gradient from you: "central" (default, 2 n evaluations) or "forward" (n). */
  differences?: "central" | "forward" | undefined;
}

/** What onIteration gets of a minimisation: of `trustRegion` with its radius, of `nelderMead` with its simplex. */
export interface MinimizeIteration extends Iteration, MethodSight {}

export interface MinimizeOptions extends MinimizeSettings, Limits {
  /** Called after every `every`-th iteration; returning "stop" ends the run with the best point so far. */
  onIteration?: ((iteration: MinimizeIteration) => unknown) | undefined;
}

export const minimizeKeys = [
  ...limitKeys,
  "method",
  "bounds",
  "gradTol",
  "stepTol",
  "funTol",
  "target",
  "lineSearch",
  "differences",
] as const;

export function readMethod(where: string, given: unknown, lineSearch: unknown): MinimizeMethod {
  const search = choiceOption<LineSearchName | "">(where, "lineSearch", lineSearch, lineSearchNames, "");
  const method = namedMethod(where, given);
  if (search === "") return method;
  if (!method.definition.search) {
    throw new DownhillError("OPTION", `${where}: ${method.name} does not search along lines`, {
      hint: "leave lineSearch out",
      details: { option: "lineSearch", value: lineSearch },
    });
  }
  return { ...method, options: { ...method.options, lineSearch: search } };
}

/** What other libraries call them. */
const elsewhere: Readonly<Record<string, MinimizeMethodName | undefined>> = {
  "l-bfgs": "lbfgs",
  "l-bfgs-b": "lbfgs",
  lbfgsb: "lbfgs",
  cg: "nonlinearCG",
  conjugategradient: "nonlinearCG",
  "newton-cg": "newton",
  simplex: "nelderMead",
  dogleg: "trustRegion",
  "trust-ncg": "trustRegion",
  "trust-exact": "trustRegion",
};
/** The same of options. */
const optionsElsewhere: Readonly<Record<string, string | undefined>> = {
  tol: "gradTol",
  tolerance: "gradTol",
  gtol: "gradTol",
  ftol: "funTol",
  xtol: "stepTol",
  callback: "onIteration",
};
const WITH_THE_OBJECTIVE = /^(f|fun|funGrad|grad|gradient|jac|jacobian|hess|hessian|hessVec)$/;

/** OPTION for an unknown key, with what it is called here. */
export function checkOptions(where: string, given: object, keys: readonly string[]): void {
  for (const key in given) {
    if (keys.includes(key)) continue;
    const name = optionsElsewhere[key];
    const hint = WITH_THE_OBJECTIVE.test(key)
      ? `derivatives go with the function: ${where}({ fun, grad }, x0)`
      : `did you mean "${name}"?`;
    if (name === undefined && !WITH_THE_OBJECTIVE.test(key)) continue;
    throw new DownhillError("OPTION", `${where}: unknown option ${quote(key)}`, {
      hint,
      details: { option: key, value: (given as Record<string, unknown>)[key] },
    });
  }
  checkKeys(where, given, keys);
}

const defaults: { [name in MinimizeMethodName]?: MinimizeMethod } = {};

function namedMethod(where: string, given: unknown = "lbfgs"): MinimizeMethod {
  if (isMethod(given)) return given;
  if (typeof given === "string" && Object.hasOwn(minimizers, given)) {
    const name = given as MinimizeMethodName;
    defaults[name] ??= minimizers[name]();
    return defaults[name];
  }
  if (typeof given === "object" && given !== null && "definition" in given) {
    checkRule(where, given);
    return firstOrderMethod(given);
  }
  const known = Object.keys(minimizers);
  const meant =
    typeof given === "string" ? (elsewhere[given.toLowerCase()] ?? nearest(given, known)) : undefined;
  const factory = typeof given === "function" ? given.name || "adam" : "";
  const hint =
    typeof given === "function"
      ? `call it: ${factory}(), not ${factory}`
      : meant
        ? `did you mean "${meant}"?`
        : "a first-order rule is given as adam(), not by its name";
  throw new DownhillError(
    "OPTION",
    `${where}: method must be one of ${known.join(", ")} or a first-order rule, got ${quote(given)}`,
    { hint, details: { option: "method", value: given } },
  );
}

/** L-BFGS-B takes the place of lbfgs under bounds; other methods must say that they keep within. */
function underBounds(where: string, method: MinimizeMethod): void {
  if (method.definition.bounds) return;
  throw new DownhillError("UNSUPPORTED", `${where}: ${method.name} takes no bounds`, {
    hint: 'use "lbfgs" (L-BFGS-B), "gradientDescent", "nelderMead" or a first-order rule',
    details: { option: "bounds", method: method.name },
  });
}

export function readInput(
  where: string,
  f: unknown,
  x0: ArrayLike<number>,
  options: MinimizeOptions,
): MinimizeInput {
  checkOptions(where, options, minimizeKeys);
  return inputOf(where, f, x0, options);
}

/** As readInput, for options whose keys are checked already. */
export function inputOf(
  where: string,
  f: unknown,
  x0: ArrayLike<number>,
  options: MinimizeOptions,
): MinimizeInput {
  const objective = readObjective(where, f);
  // Copied first, then the copy is checked: what reads otherwise the second time does no harm.
  const start = copyNumbers(where, "x0", x0);
  const n = start.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: x0 is empty, there is nothing to minimise`);
  checkFinite(where, "x0", start);
  const method = readMethod(where, options.method, options.lineSearch);
  if (Array.isArray(options.bounds))
    throw optionError(
      where,
      "bounds",
      options.bounds,
      "an object { lower, upper }, each a number or an array",
    );
  const box: Box | null = readBounds(where, options.bounds, start);
  if (box) underBounds(where, method);
  const exact = (objective.grad ?? objective.funGrad) !== undefined;
  const { derivativeFree = false } = method.definition;
  return {
    where,
    objective,
    start,
    box,
    method,
    tolerances: readTolerances(where, options, {
      gradTol: derivativeFree ? 0 : exact ? 1e-8 : 1e-6,
      stepTol: derivativeFree ? 1e-8 : 0,
      funTol: 0,
    }),
    central:
      choiceOption(where, "differences", options.differences, ["central", "forward"], "central") ===
      "central",
    limits: options,
    maxIterations: method.definition.iterations?.(n) ?? Math.max(15000, 200 * n),
  };
}
