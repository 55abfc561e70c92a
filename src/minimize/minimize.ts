// minimize(f, x0): the lowest point of a function, from a start.

import { run, runAsync } from "../driver/run.js";
import { Minimisation } from "./minimisation.js";
import type { AsyncObjective, Objective } from "./objective.js";
import type { MinimizeResult } from "./result.js";
import { type MinimizeOptions, readInput, type Start } from "./settings.js";

/**
 * Minimises f over the n = x0.length variables.
 *
 * @param f the function, or an object with `fun` or `funGrad` and, where you have them, `grad`, `hess`, `hessVec`.
 * What is missing is taken by finite differences.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when f returns
 * anything but a number. What a callback throws comes out unchanged.
 * @example
 * const f = ([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
 * minimize(f, [-1.2, 1]).x; // [1, 1]
 * minimize(f, [-1.2, 1], { bounds: { upper: [0.5, Infinity] } }).x; // [0.5, 0.25]
 */
export function minimize(f: Objective, x0: Start, options: MinimizeOptions = {}): MinimizeResult {
  return run(new Minimisation(readInput("minimize", f, x0, options)));
}

/**
 * As minimize; callbacks may be asynchronous, and the event loop gets a turn at least every 8 ms.
 *
 * @example
 * const f = async ([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
 * (await minimizeAsync(f, [-1.2, 1], { signal: AbortSignal.timeout(10_000) })).x; // [1, 1]
 */
export async function minimizeAsync(
  f: AsyncObjective,
  x0: Start,
  options: MinimizeOptions = {},
): Promise<MinimizeResult> {
  return runAsync(new Minimisation(readInput("minimizeAsync", f, x0, options)));
}
