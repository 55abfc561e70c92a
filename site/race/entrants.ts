// The list of entrants, as the page shows it; it imports nothing of the library.

import { type Family, shade } from "../draw/palette.js";

export interface MethodInfo {
  readonly id: string;
  readonly name: string;
  readonly family: Family;
  /** A rate that suits most of the landscapes. */
  readonly lr?: number | undefined;
}

const of = (
  family: Family,
  list: readonly (readonly [id: string, name: string, lr?: number])[],
): MethodInfo[] => list.map(([id, name, lr]) => ({ id, name, family, lr }));

export const methods: readonly MethodInfo[] = [
  ...of("rule", [
    ["sgd", "gradient steps", 2e-3],
    ["momentum", "momentum", 1e-3],
    ["asgd", "averaged SGD", 2e-3],
    ["nesterov", "Nesterov", 1e-3],
    ["adagrad", "AdaGrad", 0.5],
    ["adadelta", "AdaDelta", 1],
    ["rmsprop", "RMSProp", 0.02],
    ["adam", "Adam", 0.05],
    ["adamw", "AdamW", 0.05],
    ["adamax", "AdaMax", 0.05],
    ["nadam", "NAdam", 0.05],
    ["radam", "RAdam", 0.05],
    ["amsgrad", "AMSGrad", 0.05],
    ["lion", "Lion", 0.02],
    ["rprop", "Rprop", 0.02],
    ["deltaBarDelta", "Delta-bar-delta", 1e-3],
  ]),
  ...of("quasi", [
    ["lbfgs", "L-BFGS"],
    ["bfgs", "BFGS"],
    ["nonlinearCG", "conjugate gradients"],
    ["gradientDescent", "steepest descent"],
  ]),
  ...of("second", [
    ["newton", "Newton"],
    ["trustRegion", "trust region"],
  ]),
  ...of("direct", [["nelderMead", "Nelder–Mead"]]),
  ...of("global", [
    ["cmaes", "CMA-ES"],
    ["differentialEvolution", "differential evolution"],
    ["genetic", "genetic"],
    ["simulatedAnnealing", "annealing"],
  ]),
  ...of("constrained", [
    ["sqp", "SQP"],
    ["interiorPoint", "interior point"],
    ["augmentedLagrangian", "augmented Lagrangian"],
  ]),
];

export const families: readonly (readonly [Family, string])[] = [
  ["rule", "First-order rules"],
  ["quasi", "Line searches"],
  ["second", "With the Hessian"],
  ["direct", "Values only"],
  ["global", "Populations and chance"],
  ["constrained", "For constraints"],
];

const colors = new Map<string, string>();
export function colorOf(id: string, dark: boolean): string {
  const key = `${id} ${dark}`;
  const known = colors.get(key);
  if (known) return known;
  const made = mix(id, dark);
  colors.set(key, made);
  return made;
}

function mix(id: string, dark: boolean): string {
  const info = methods.find((m) => m.id === id) ?? methods[0]!;
  const family = methods.filter((m) => m.family === info.family);
  return shade(info.family, family.indexOf(info), family.length, dark);
}
