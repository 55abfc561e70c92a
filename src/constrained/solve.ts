// solveQP and solveLP.

import type { Shape } from "../driver/answer.js";
import { run, runAsync } from "../driver/run.js";
import { checkKeys, choiceOption } from "../runtime/options.js";
import type { ConvexAnswer } from "./answer.js";
import { type LinearProgram, type QuadraticProgram, readProgram } from "./input.js";
import { type ConvexSettings, ConvexTask, settingKeys } from "./run.js";

export type ConvexResult = Shape<ConvexAnswer>;

export interface SolveQPOptions extends ConvexSettings {
  method?: "interiorPoint" | undefined;
}

export interface SolveLPOptions extends ConvexSettings {
  method?: "interiorPoint" | undefined;
}

const keys = [...settingKeys, "method"];

function task(where: string, problem: LinearProgram | QuadraticProgram, o: SolveQPOptions): ConvexTask {
  const program = readProgram(where, problem);
  checkKeys(where, o, keys);
  choiceOption(where, "method", o.method, ["interiorPoint"], "interiorPoint");
  return new ConvexTask(where, program, o);
}

/** Minimises x'Px / 2 + q'x subject to l <= Ax <= u and lower <= x <= upper. */
export const solveQP = (problem: QuadraticProgram, o: SolveQPOptions = {}): ConvexResult =>
  run(task("solveQP", problem, o));
export const solveQPAsync = async (
  problem: QuadraticProgram,
  o: SolveQPOptions = {},
): Promise<ConvexResult> => runAsync(task("solveQPAsync", problem, o));
/** Minimises c'x subject to l <= Ax <= u and lower <= x <= upper. */
export const solveLP = (problem: LinearProgram, o: SolveLPOptions = {}): ConvexResult =>
  run(task("solveLP", problem, o));
export const solveLPAsync = async (problem: LinearProgram, o: SolveLPOptions = {}): Promise<ConvexResult> =>
  runAsync(task("solveLPAsync", problem, o));
