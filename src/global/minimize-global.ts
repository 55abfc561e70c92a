// minimizeGlobal(f, box): the lowest point of a function within a box, by a search of the whole of it.

import { type Pulled, pull, run, runAsync } from "../driver/run.js";
import type { CompiledObjective } from "../models/objective.js";
import { DownhillError } from "../runtime/errors.js";
import { checkObject, optionError } from "../runtime/options.js";
import { type GlobalState, GlobalTask } from "./engine.js";
import type {
  AsyncGlobalObjective,
  GlobalFunction,
  GlobalObjective,
  GlobalParts,
  MaybePromise,
  ValuesOf,
} from "./objective.js";
import type { ValuesPool } from "./pool.js";
import type { GlobalIteration, GlobalResult } from "./result.js";
import { type GlobalOptions, readInput } from "./settings.js";
import type { GlobalBox, NamedBox } from "./variables.js";

/**
 * Minimises f over a box, whatever its shape: many minima, jumps, no derivative, whole numbers.
 *
 * @param f the function of x, a Float64Array, or of the variables by name; or `{ fun?, evaluateBatch?, funGrad? }`; or what
 * `compileObjective` gives. NaN and Infinity are failed evaluations and rank last.
 * @param box `{ lower, upper }` with finite numbers, and where wanted `integer`, `log`, `choices`; or variables by name:
 * `{ rate: { lower: 1e-4, upper: 1, log: true }, units: { lower: 4, upper: 64, integer: true }, act: { choices: ["relu", "tanh"] } }`.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when f returns anything but a number.
 * What f throws comes out unchanged.
 * @example
 * const rastrigin = (x) => x.reduce((s, v) => s + 10 + v * v - 10 * Math.cos(2 * Math.PI * v), 0);
 * minimizeGlobal(rastrigin, { lower: [-5.12, -5.12], upper: [5.12, 5.12] }, { seed: 1 }).x; // [0, 0] to rounding
 */
export function minimizeGlobal<const B extends NamedBox>(
  f: GlobalFunction<ValuesOf<B>> | GlobalParts<ValuesOf<B>> | CompiledObjective,
  box: B,
  options?: GlobalOptions,
): GlobalResult;
export function minimizeGlobal(
  f: GlobalFunction | GlobalParts,
  box: GlobalBox,
  options?: GlobalOptions,
): GlobalResult;
export function minimizeGlobal(
  f: GlobalObjective,
  box: GlobalBox | NamedBox,
  options: GlobalOptions = {},
): GlobalResult {
  return run(new GlobalTask(readInput("minimizeGlobal", f, box, options)));
}

/**
 * As minimizeGlobal; callbacks may be asynchronous, `concurrency` of them at a time, and the event loop gets a turn at least every 8 ms. With `pool`
 * the generations of a compiled objective are spread over threads.
 *
 * @throws DownhillError also UNSUPPORTED, where a function in JavaScript meets a pool; POOL_FAILED.
 * @example
 * const f = async ([x, y]) => x * x + y * y;
 * (await minimizeGlobalAsync(f, { lower: [-5, -5], upper: [5, 5] }, { seed: 1, maxEvaluations: 500 })).fun;
 */
export function minimizeGlobalAsync<const B extends NamedBox>(
  f:
    | GlobalFunction<ValuesOf<B>, MaybePromise<number>>
    | GlobalParts<ValuesOf<B>, MaybePromise<number>>
    | CompiledObjective,
  box: B,
  options?: GlobalAsyncOptions,
): Promise<GlobalResult>;
export function minimizeGlobalAsync(
  f: GlobalFunction<Float64Array, MaybePromise<number>> | GlobalParts<Float64Array, MaybePromise<number>>,
  box: GlobalBox,
  options?: GlobalAsyncOptions,
): Promise<GlobalResult>;
export async function minimizeGlobalAsync(
  f: AsyncGlobalObjective,
  box: GlobalBox | NamedBox,
  options: GlobalAsyncOptions = {},
): Promise<GlobalResult> {
  const where = "minimizeGlobalAsync";
  checkObject(where, options);
  const { pool, ...rest } = options;
  const input = readInput(where, f, box, rest);
  if (pool === undefined) {
    if (options.signal?.aborted) throw options.signal.reason;
    return runAsync(new GlobalTask(input));
  }
  if (typeof (pool as ValuesPool | null)?.evaluate !== "function")
    throw optionError(where, "pool", pool, 'what pool() of "downhill/workers" gives');
  if (!input.evaluator.recipe || input.variables.names)
    throw new DownhillError("UNSUPPORTED", `${where}: a function cannot be sent to the threads of a pool`, {
      hint: "give compileObjective(...) over a box of numbers; or an asynchronous function that asks your own workers, with concurrency",
      details: { option: "pool" },
    });
  if (options.signal?.aborted) throw options.signal.reason;
  return runAsync(new GlobalTask({ ...input, pool }));
}

export interface GlobalAsyncOptions extends GlobalOptions {
  /** Threads for the generations of a compiled objective; from `pool()` of "downhill/workers". The search is the same, to the bit. */
  pool?: ValuesPool | undefined;
}

export interface IterateGlobalOptions extends GlobalOptions {
  /** Continues from a state saved earlier, bit for bit. */
  resume?: GlobalState | undefined;
}

/**
 * minimizeGlobal, pulled one generation at a time; `state()` is plain data, from which `resume` goes on to the bit.
 *
 * @example
 * const search = iterateGlobal(([x, y]) => x * x + y * y, { lower: [-5, -5], upper: [5, 5] }, { seed: 1 });
 * for (const { fun } of search) if (fun < 1e-3) break;
 */
export function iterateGlobal<const B extends NamedBox>(
  f: GlobalFunction<ValuesOf<B>> | GlobalParts<ValuesOf<B>> | CompiledObjective,
  box: B,
  options?: IterateGlobalOptions,
): Pulled<GlobalResult, GlobalState, GlobalIteration>;
export function iterateGlobal(
  f: GlobalFunction | GlobalParts,
  box: GlobalBox,
  options?: IterateGlobalOptions,
): Pulled<GlobalResult, GlobalState, GlobalIteration>;
export function iterateGlobal(
  f: GlobalObjective,
  box: GlobalBox | NamedBox,
  options: IterateGlobalOptions = {},
): Pulled<GlobalResult, GlobalState, GlobalIteration> {
  const task = new GlobalTask(readInput("iterateGlobal", f, box, options, ["resume"]));
  const resumed = options.resume !== undefined;
  try {
    if (resumed) task.restore(options.resume);
    return pull(task, resumed) as Pulled<GlobalResult, GlobalState, GlobalIteration>;
  } catch (error) {
    task.release();
    throw error;
  }
}
