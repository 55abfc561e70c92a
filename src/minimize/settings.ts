// Options of minimize: names, defaults, checks.

import { type Bounds, type Box, readBounds } from "../driver/bounds.js";
import { readTolerances } from "../driver/tolerances.js";
import { type Iteration, type Limits, limitKeys } from "../driver/types.js";
import { checkRule } from "../first-order/known-rules.js";
import type { Rule } from "../first-order/rule.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import {
  booleanOption,
  checkFinite,
  checkKeys,
  choiceOption,
  hintFor,
  numberOption,
  optionError,
} from "../runtime/options.js";
import { pointOf } from "./by-name.js";
import { methodsElsewhere, optionsElsewhere } from "./elsewhere.js";
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
import { BY_UNIT } from "./solve.js";
import { boxSeen, powerOfTwo, seen, typicalSizes, type View } from "./view.js";

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
  /**
   * Converged when max |gradient| (projected, under bounds) <= gradTol. Default 1e-8; by differences 1e-6; and then, for f in small units, max |gradient| times the
   * size of x (at least 1) within 1e-5 |f|, or beyond 1e6 |f|, where f is next to nothing.
   */
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
  /**
   * Steps of these differences, in the units of the variables: one number for all or one for each, as where f carries noise of a
   * known size. Default: found from the response of f. Second derivatives from gradients use them too.
   */
  differenceStep?: number | ArrayLike<number> | undefined;
  /** Finds a maximum instead: `fun`, `grad` and `target` are f's own. Default false. */
  maximize?: boolean | undefined;
  /**
   * Typical size of each variable, where they differ by orders: the method works on x_j / scale_j, and gradTol holds for the gradient
   * there, scale_j df/dx_j. "auto": |x_j| of the start, or the width of its bounds where that is 0. Rounded to powers of two, so
   * that it costs no digit. Default: all 1.
   */
  scale?: ArrayLike<number> | "auto" | undefined;
  /** Converged, too, when max |gradient| <= gradTolRelative times its size at the start. Default 0: not tested. */
  gradTolRelative?: number | undefined;
}

/** What onIteration gets of a minimisation: of `trustRegion` with its radius, of `nelderMead` with its simplex. */
export interface MinimizeIteration extends Iteration, MethodSight {}

export interface MinimizeOptions extends MinimizeSettings, Limits {
  /** Called after every `every`-th iteration; returning "stop" ends the run with the best point so far. */
  onIteration?: ((iteration: MinimizeIteration) => unknown) | undefined;
}

export const minimizeKeys = [
  "method",
  "bounds",
  "gradTol",
  "stepTol",
  "funTol",
  "target",
  "lineSearch",
  "differences",
  "differenceStep",
  "maximize",
  "scale",
  "gradTolRelative",
  ...limitKeys,
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

/** OPTION for an unknown key, with what it is called here. */
export function checkOptions(where: string, given: object, keys: readonly string[]): void {
  checkKeys(where, given, keys, optionsElsewhere);
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
  const hint =
    hintFor(given, known, methodsElsewhere) ?? "a first-order rule is given as adam(), not adam or its name";
  throw optionError(where, "method", given, `one of ${known.join(", ")} or a first-order rule`, hint);
}

/** L-BFGS-B takes the place of lbfgs under bounds; other methods must say that they keep within. */
function underBounds(where: string, method: MinimizeMethod): void {
  if (method.definition.bounds) return;
  const name = `${method.name}${method.options.preconditioned ? " with a preconditioner" : ""}`;
  throw new DownhillError("UNSUPPORTED", `${where}: ${name} takes no bounds`, {
    hint: 'use "lbfgs" (L-BFGS-B), "bfgs", "newton", "trustRegion", "gradientDescent", "nelderMead" or a first-order rule',
    details: { option: "bounds", method: method.name },
  });
}

/** Where a minimisation starts: a number for one variable, an array, or numbers by the names of a compiled objective. */
export type Start = number | ArrayLike<number> | Readonly<Record<string, number>>;

/** Positive numbers, one for each variable, or one for all. */
function readSizes(where: string, option: string, given: unknown, n: number): Float64Array {
  const sizes =
    typeof given === "number" ? new Float64Array(n).fill(given) : copyNumbers(where, option, given, n);
  const bad = sizes.findIndex((v) => !(v > 0 && v < Infinity));
  if (bad < 0) return sizes;
  const name = typeof given === "number" ? option : `${option}[${bad}]`;
  throw optionError(where, name, sizes[bad], "a positive number");
}

function readView(where: string, o: MinimizeOptions, start: Float64Array, box: Box | null): View | null {
  const maximize = booleanOption(where, "maximize", o.maximize, false);
  const { scale } = o;
  if (typeof scale === "string") choiceOption(where, "scale", scale, ["auto"], "auto");
  if (!maximize && scale === undefined) return null;
  const sizes =
    scale === undefined
      ? null
      : scale === "auto"
        ? typicalSizes(start, box)
        : readSizes(where, "scale", scale, start.length);
  return { sign: maximize ? -1 : 1, sizes: sizes?.map(powerOfTwo) ?? null };
}

export function readInput(where: string, f: unknown, x0: Start, options: MinimizeOptions): MinimizeInput {
  checkOptions(where, options, minimizeKeys);
  return inputOf(where, f, x0, options);
}

/** As readInput, for options whose keys are checked already. */
export function inputOf(where: string, f: unknown, x0: Start, options: MinimizeOptions): MinimizeInput {
  const parts = readObjective(where, f);
  const start = typeof x0 === "number" ? Float64Array.of(x0) : pointOf(where, "x0", f, x0);
  const n = start.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: x0 is empty, there is nothing to minimise`);
  checkFinite(where, "x0", start);
  const method = readMethod(where, options.method, options.lineSearch);
  const given: Box | null = readBounds(where, options.bounds, start);
  if (given) underBounds(where, method);
  const view = readView(where, options, start, given);
  const objective = view ? seen(parts, view, n) : parts;
  const exact = (objective.grad ?? objective.funGrad) !== undefined;
  const { derivativeFree = false } = method.definition;
  const steps =
    options.differenceStep === undefined
      ? null
      : readSizes(where, "differenceStep", options.differenceStep, n);
  const tolerances = readTolerances(where, options, {
    gradTol: derivativeFree ? 0 : exact ? 1e-8 : 1e-6,
    stepTol: derivativeFree ? 1e-8 : 0,
    funTol: 0,
  });
  // A maximisation's target is reached from below.
  if (view?.sign === -1) tolerances.target = options.target === undefined ? -Infinity : -tolerances.target;
  return {
    where,
    objective,
    start,
    box: given && view ? boxSeen(given, view) : given,
    view,
    differenceStep: steps && view?.sizes ? steps.map((h, j) => h / view.sizes![j]!) : steps,
    relative: numberOption(
      where,
      "gradTolRelative",
      options.gradTolRelative,
      options.gradTol === undefined && !steps ? BY_UNIT : 0,
      { min: 0 },
    ),
    method,
    tolerances,
    central:
      choiceOption(where, "differences", options.differences, ["central", "forward"], "central") ===
      "central",
    limits: options,
    maxIterations: method.definition.iterations?.(n) ?? Math.max(15000, 200 * n),
  };
}
