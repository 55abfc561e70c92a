// What a thread of a pool does with a job of chains: the task of `sample` for these chains alone. Chain c draws from stream c of
// the seed wherever it runs, so the draws are those of one thread.

import { run } from "../driver/run.js";
import type { Method, Stopped, Task } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Runtime } from "../runtime/runtime.js";
import type { ChainAnswer, ChainJob } from "./chain-job.js";
import { compileDensity } from "./compile-density.js";
import type { SampleEnd } from "./ends.js";
import type { SampleIteration } from "./progress.js";
import { readSettings } from "./settings.js";
import { SampleTask } from "./task.js";

/** The task, which ends with data instead of a Posterior. */
class ChainTask implements Task<SampleEnd, ChainAnswer> {
  readonly #task: SampleTask;
  readonly watch: Watch;
  readonly method: Method<SampleEnd>;

  constructor(task: SampleTask) {
    this.#task = task;
    this.watch = task.watch;
    this.method = task.method;
  }

  look(): SampleIteration {
    return this.#task.look();
  }

  out({ status, reason }: SampleEnd | Stopped): ChainAnswer {
    const { recorded, detail, mismatch, metrics, exchange } = this.#task.parts();
    const { nit, nfev, njev } = this.watch;
    const { draws, stats, divergences, count } = recorded;
    return {
      ...stats,
      ...{
        status,
        reason,
        detail,
        transitions: nit,
        kept: count,
        draws,
        divergences,
        metrics,
        mismatch,
        infiniteAt: this.#task.settings.target.infiniteAt,
        exchange,
      },
      ...{ nfev, njev },
    };
  }

  release(): void {
    this.#task.release();
  }
}

export function runChains(job: ChainJob, runtime: Runtime): ChainAnswer {
  const { recipe, method, metric, chains, warmup, draws, seed, jitter, checkGradient } = job;
  const { first, count, starts, around, pathfinder, maxIterations, maxTimeMs } = job;
  const density = compileDensity(recipe.text, { ...recipe.options, runtime });
  const settings = readSettings("sampleAsync", density, "random", {
    ...{ method, metric, chains, warmup, draws, seed, jitter, checkGradient },
    ...{ maxIterations, maxTimeMs, runtime },
  });
  return run(new ChainTask(new SampleTask({ ...settings, starts, around, pathfinder, first, count })));
}
