// Chains on the threads of a pool, one job each, as a task of the driver: the draws are those of one thread, to the bit.

import type { Call, Method, Stopped, Task } from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { afterwards } from "./afterwards.js";
import type { ChainAnswer, ChainJob, ChainPool } from "./chain-job.js";
import { type CompiledDensity, compiledOf } from "./compile-density.js";
import type { SampleEnd } from "./ends.js";
import type { Evaluation } from "./evaluation.js";
import { Posterior } from "./posterior.js";
import type { SampleIteration } from "./progress.js";
import type { Quantity } from "./quantity.js";
import { joinRecorded, type Recorded } from "./recorder.js";
import type { Settings } from "./settings.js";
import { leastOf } from "./vectors.js";

export class PooledTask implements Task<SampleEnd, Posterior> {
  readonly watch: Watch;
  readonly method: Method<SampleEnd>;
  readonly #settings: Settings;
  #answers: readonly ChainAnswer[] = [];
  #recorded: Recorded | null = null;
  #detail = "";
  #quantities: readonly Quantity[] | undefined;
  #outside = false;

  constructor(settings: Settings, pool: ChainPool) {
    const { where, limits, density } = settings;
    if (typeof pool !== "object" || pool === null || typeof pool.sample !== "function")
      throw optionError(where, "pool", pool, "a pool of downhill/workers");
    const compiled = compiledOf(density);
    const refused = (what: string, hint: string) =>
      new DownhillError("UNSUPPORTED", `${where}: ${what} the threads of a pool`, {
        hint,
        details: { option: "pool" },
      });
    if (!compiled)
      throw refused(
        "a density in JavaScript cannot go to",
        "give it as text: compileDensity, or leave out pool",
      );
    for (const option of ["onIteration", "trace", "maxEvaluations"] as const) {
      if (limits[option] === undefined || limits[option] === false) continue;
      throw refused(`${option} does not reach`, `leave out pool, or ${option}`);
    }
    this.#settings = settings;
    this.watch = new Watch(where, limits, [], Infinity);
    this.method = this.#run(compiled, pool);
  }

  *#run(compiled: CompiledDensity, pool: ChainPool): Method<SampleEnd> {
    const { method, chains } = this.#settings;
    // The walkers of an ensemble move together.
    const count = method.name === "ensemble" ? chains : 1;
    const jobs = Array.from({ length: chains / count }, (_, k) => this.#job(compiled, k * count, count));
    const { signal } = this.watch;
    const call: Call = {
      kind: "call",
      cost: () => 0,
      run: () =>
        Promise.all(jobs.map((job) => pool.sample(job, signal, job.maxTimeMs))).then((answers) => {
          this.#answers = answers;
        }),
    };
    yield call;
    const { watch } = this;
    watch.nit = this.#first().transitions;
    watch.nfev = this.#answers.reduce((sum, { nfev }) => sum + nfev, 0);
    watch.njev = this.#answers.reduce((sum, { njev }) => sum + njev, 0);
    return this.#first() as unknown as SampleEnd;
  }

  /** How the run ended: as the chain that ended first, the first of several. */
  #first(): ChainAnswer {
    return this.#answers.reduce((first, answer) => (answer.transitions < first.transitions ? answer : first));
  }

  #job(compiled: CompiledDensity, first: number, count: number): ChainJob {
    const { method, metric, chains, warmup, draws, seed, checkGradient, starts, around, pathfinder, limits } =
      this.#settings;
    const { jitter, maxIterations, maxTimeMs, runtime } = limits;
    const { variant } = chosenRuntime(runtime);
    return {
      ...{ recipe: compiled.recipe, method, metric, chains, first, count, warmup, draws, seed, jitter },
      ...{ checkGradient, starts, around, pathfinder, maxIterations, maxTimeMs, variant },
    };
  }

  look(): SampleIteration {
    const { nit, nfev, elapsedMs } = this.watch;
    const { target } = this.#settings;
    return {
      ...{ nit, nfev, x: new Float64Array(target.size), fun: NaN, gradNorm: NaN, stepNorm: NaN, elapsedMs },
      ...{ phase: "warmup", draw: 0, divergences: 0, stepSize: NaN },
    };
  }

  *after(end: SampleEnd | Stopped): Generator<Evaluation | Call, SampleEnd | Stopped, void> {
    const { chains, target } = this.#settings;
    this.#recorded = joinRecorded(this.#answers, chains, target.size);
    target.infiniteAt = this.#answers.find(({ infiniteAt }) => infiniteAt)?.infiniteAt ?? null;
    const more = yield* afterwards(end, target, this.#recorded, this.watch);
    [this.#detail, this.#quantities, this.#outside] = [more.detail, more.quantities, more.outside];
    return more.end;
  }

  out(end: SampleEnd | Stopped): Posterior {
    const answers = this.#answers;
    const { chains, target } = this.#settings;
    const { status, reason } = end;
    return new Posterior({ status, reason } as SampleEnd, this.watch, {
      settings: this.#settings,
      recorded: this.#recorded ?? joinRecorded(answers, chains, target.size),
      detail: this.#detail || (answers.length > 0 ? this.#first().detail : ""),
      mismatch: answers[0]?.mismatch ?? null,
      exchange: leastOf(answers.map(({ exchange }) => exchange)),
      metrics: answers.flatMap(({ metrics }) => metrics),
      quantities: this.#quantities,
      outside: this.#outside,
    });
  }

  release(): void {}
}
