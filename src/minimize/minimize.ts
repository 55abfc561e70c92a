// minimize(f, x0): the lowest point of a function, from a start.

import type { MinimizeResult } from "../driver/result.js";
import type { Termination, Warning } from "../driver/types.js";
import { Engine } from "./engine.js";
import { mismatch } from "./mismatch.js";
import type { AsyncObjective, Objective } from "./objective.js";
import { readResult } from "./result.js";
import { type MinimizeOptions, readInput } from "./settings.js";

const NONE: readonly Warning[] = [];
const suspicious = (end: Termination): boolean => end.reason === "lineSearch" || end.reason === "stalled";

/**
 * Minimises f over the n = x0.length variables.
 *
 * @param f the function, or an object with `fun` or `funGrad` and, where you have them, `grad`, `hess`, `hessVec`.
 * What is missing is taken by finite differences.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when f returns
 * anything but a number. What a callback throws comes out unchanged.
 */
export function minimize(f: Objective, x0: ArrayLike<number>, options: MinimizeOptions = {}): MinimizeResult {
  const engine = new Engine(readInput("minimize", f, x0, options, false));
  try {
    const end = engine.run();
    return readResult(engine, end, suspicious(end) ? (mismatch(engine) as Warning[]) : NONE);
  } finally {
    engine.release();
  }
}

/** As minimize; callbacks may be asynchronous, and the event loop gets a turn at least every 8 ms. */
export async function minimizeAsync(
  f: AsyncObjective,
  x0: ArrayLike<number>,
  options: MinimizeOptions = {},
): Promise<MinimizeResult> {
  const input = readInput("minimizeAsync", f, x0, options, true);
  options.signal?.throwIfAborted();
  const engine = new Engine(input);
  try {
    const end = await engine.runAsync();
    return readResult(engine, end, suspicious(end) ? await mismatch(engine) : NONE);
  } finally {
    engine.release();
  }
}
