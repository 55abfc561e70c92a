// sample, sampleAsync and iterateSample: draws from a density by several chains, under the one driver.

import { type Pulled, pull, run, runAsync } from "../driver/run.js";
import { checkObject } from "../runtime/options.js";
import type { ChainPool } from "./chain-job.js";
import type { Density } from "./density.js";
import { PooledTask } from "./pooled.js";
import type { Posterior } from "./posterior.js";
import type { SampleIteration, SampleState } from "./progress.js";
import { readSettings, type SampleOptions, type Start } from "./settings.js";
import { SampleTask } from "./task.js";

export type { SampleIteration, SampleState };

/**
 * Draws from a density known up to a constant, by Markov chains.
 *
 * @param density x => log density, or `{ logDensity, logDensityGrad, lower, upper, constraints, names }`, or what
 * `compileDensity` and `posterior(fit)` make. -Infinity (or NaN) means that the density is zero there.
 * @param start a point in the density's own coordinates, a point for each chain, values by name, "random": uniform on
 * (-2, 2) on the free scale, or "pathfinder": from there to a draw near the mode. Default: the density's own start, else "random".
 * @returns a Posterior: completed/draws; stopped with the draws so far at a limit; failed/nonFinite where the density is not
 * finite at the start, failed/diverging where it has no finite mass.
 * @throws DownhillError OPTION, SHAPE, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT for what is no number.
 * @example
 * ```ts
 * const normal = { logDensityGrad: (x, g) => ((g[0] = -x[0]), -x[0] * x[0] / 2), names: ["z"] };
 * const posterior = sample(normal, [0], { seed: 1 });
 * console.log(posterior.report());
 * ```
 */
export function sample(density: Density, start?: Start, options: SampleOptions = {}): Posterior {
  return run(new SampleTask(readSettings("sample", density, start, options)));
}

export interface SampleAsyncOptions extends SampleOptions {
  /** Threads for the chains of a compiled density; from `pool()` of "downhill/workers". The draws are the same, to the bit. */
  pool?: ChainPool | undefined;
}

/**
 * As `sample`, for densities that may return promises; the event loop gets a turn at least every 8 ms, also while diagnostics are worked out. These
 * follow whatever the limits, which are of the drawing. With `pool` each chain runs in a thread.
 *
 * @throws DownhillError also UNSUPPORTED, where a density in JavaScript, or what only one thread can do, meets a pool; POOL_FAILED.
 * @example
 * const normal = { logDensityGrad: ([x], g) => { g[0] = -x; return -x * x / 2; } };
 * (await sampleAsync(normal, [0], { draws: 100, warmup: 100, seed: 1 })).rHat;
 */
export async function sampleAsync(
  density: Density,
  start?: Start,
  options: SampleAsyncOptions = {},
): Promise<Posterior> {
  checkObject("sampleAsync", options);
  const { pool, ...rest } = options;
  const settings = readSettings("sampleAsync", density, start, rest);
  return runAsync(pool === undefined ? new SampleTask(settings) : new PooledTask(settings, pool));
}

export interface IterateSampleOptions extends SampleOptions {
  /** What `state()` gave: goes on from there, to the bit. */
  resume?: SampleState | undefined;
}

/**
 * As `sample`, one transition of every chain at a time; `state()` can be saved and given back as `resume`.
 *
 * @example
 * const normal = { logDensityGrad: ([x], g) => { g[0] = -x; return -x * x / 2; } };
 * const chain = iterateSample(normal, [0], { draws: 50, warmup: 50, seed: 1 });
 * for (const { nit } of chain) if (nit === 20) break;
 */
export function iterateSample(
  density: Density,
  start?: Start,
  options: IterateSampleOptions = {},
): Pulled<Posterior, SampleState, SampleIteration> {
  checkObject("iterateSample", options);
  const { resume, ...rest } = options;
  const task = new SampleTask(readSettings("iterateSample", density, start, rest), true);
  if (resume !== undefined) task.resume(resume);
  return pull(task, resume !== undefined) as Pulled<Posterior, SampleState, SampleIteration>;
}
