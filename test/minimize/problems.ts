// The problems of test/reference-data/unconstrained.json as objectives: the file's formulas are those of
// downhill/testfunctions, which a test compares with the file's values.
import { readFileSync } from "node:fs";
import type { TestFunction } from "../../src/testfunctions/index.js";
import * as functions from "../../src/testfunctions/index.js";

export interface GoldenProblem {
  readonly id: string;
  readonly n: number;
  readonly kind: "local" | "both" | "global";
  readonly x0: number[];
  readonly check: { f_x0: number; grad_x0: number[] };
  readonly minima: { kind: string; f: number; x: number[] | null }[];
  readonly scipy_from_x0: Record<string, { f: number; g_inf: number; nfev: number; nit: number }>;
}

const file = new URL("../reference-data/unconstrained.json", import.meta.url);
export const golden: GoldenProblem[] = JSON.parse(readFileSync(file, "utf8")).problems;
export const local = golden.filter(({ kind }) => kind !== "global");

const byId: Record<string, () => TestFunction> = {
  rosenbrock2: () => functions.rosenbrock(2),
  rosenbrock_chained10: () => functions.rosenbrock(10),
  beale: functions.beale,
  powell_singular: functions.powellSingular,
  wood: functions.wood,
  himmelblau: functions.himmelblau,
  booth: functions.booth,
  matyas: functions.matyas,
  styblinski_tang2: () => functions.styblinskiTang(2),
  rastrigin2: () => functions.rastrigin(2),
  rastrigin10: () => functions.rastrigin(10),
  ackley2: () => functions.ackley(2),
  ackley10: () => functions.ackley(10),
  goldstein_price: functions.goldsteinPrice,
  three_hump: functions.threeHump,
  mccormick: functions.mccormick,
  branin: functions.branin,
  quad_cond1e6: () => functions.quadratic(20, 1e6),
  dixon_price10: () => functions.dixonPrice(10),
  exp_sum_flat: functions.flatValley,
  quartic_flat: functions.quartic,
  logistic2: functions.logistic,
  lj4: functions.lennardJones,
};

export function functionOf(id: string): TestFunction {
  const make = byId[id];
  if (!make) throw new Error(`no function for ${id}`);
  return make();
}

/** Solved as the file says: at a listed minimum (relative 1e-6), or for "both" at any stationary point. */
export function isSolved(problem: GoldenProblem, fun: number, optimality: number): boolean {
  if (problem.kind === "both") return optimality <= 1e-6;
  return problem.minima.some(({ f }) => Math.abs(fun - f) <= 1e-6 * Math.max(1, Math.abs(f)));
}
