// curveFitMany: thousands of curves of one model in one call, answers in flat arrays.

import { type Block, Reported, type Shape } from "../driver/answer.js";
import { Chunk } from "../driver/chunk.js";
import { run, runAsync } from "../driver/run.js";
import {
  type Call,
  ITERATION,
  type Iteration,
  type Method,
  type Stopped,
  type Task,
} from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { curveFitAsync } from "./curve-fit.js";
import {
  END_ABORT,
  END_CALLBACK,
  END_MAX_TIME,
  emptyAnswer,
  type ManyAnswer,
  type ManyData,
  type ManyShape,
  putAnswer,
  reasonNames,
  sliceData,
  statusNames,
  statusOf,
} from "./job.js";
import { type CurveFitManyOptions, type ManyInput, readMany } from "./many-input.js";
import { makeRunner, type Runner, SingleRunner } from "./run-job.js";

/** Threads that run jobs; made by `pool` of downhill/workers. */
export interface JobPool {
  readonly size: number;
  run(
    shape: ManyShape,
    data: ManyData,
    signal: AbortSignal | undefined,
    maxTimeMs?: number,
  ): Promise<ManyAnswer>;
}

type Counts = Readonly<Record<(typeof statusNames)[number], number>>;

/** The fits of curveFitMany side by side. */
export class ManyFits extends Reported {
  /** Every curve converged. */
  readonly success: boolean;
  /** Parameters, in the order of the columns. */
  readonly names: readonly string[];
  /** k*n, row by row: the fitted values; NaN for invalid curves. */
  readonly values: Float64Array;
  /** k*n: standard errors; NaN for fixed parameters and where they are not known. */
  readonly stderr: Float64Array;
  /** k: sum of squared (weighted) residuals. */
  readonly rss: Float64Array;
  /** k: index into statusNames. */
  readonly status: Uint8Array;
  readonly statusNames: readonly ["converged", "stopped", "failed", "invalid"];
  /** k: index into reasonNames. */
  readonly reason: Uint8Array;
  readonly reasonNames: typeof reasonNames;
  /** k: iterations. */
  readonly nit: Int32Array;
  /** k*n*n, row by row, where `covariance` was asked for: of each curve; NaN for fixed and tied parameters and where it is not known. */
  declare readonly covariance?: Float64Array;
  /** Curves by status. */
  readonly counts: Counts;

  constructor(shape: ManyShape, answer: ManyAnswer, elapsedMs: number) {
    super(elapsedMs, { kind: "fits", method: shape.method, variant: shape.variant });
    const counts = { converged: 0, stopped: 0, failed: 0, invalid: 0 };
    const status = answer.ends.map(statusOf);
    for (const index of status) counts[statusNames[index]!]++;
    this.success = counts.converged === status.length;
    this.names = shape.names;
    this.values = answer.values;
    this.stderr = answer.stderr;
    this.rss = answer.rss;
    this.status = status;
    this.statusNames = statusNames;
    this.reason = answer.ends.map((end) => end - 1);
    this.reasonNames = reasonNames;
    this.nit = answer.nit;
    this.counts = counts;
    if (answer.covariance) this.covariance = answer.covariance;
  }

  get message(): string {
    return this.success
      ? "every curve converged"
      : `${this.counts.converged} of ${this.rss.length} curves converged`;
  }

  protected get outcome(): string {
    const { counts } = this;
    const met = statusNames.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${name}`);
    return met.join(", ") || "no curves";
  }

  protected get brief(): string {
    return `${this.rss.length} curves, ${this.names.length} parameters`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const ends = new Map<string, number>();
    this.status.forEach((status, i) => {
      const name = `${statusNames[status]}/${reasonNames[this.reason[i]!]}`;
      ends.set(name, (ends.get(name) ?? 0) + 1);
    });
    const most = this.nit.reduce((a, b) => Math.max(a, b), 0);
    return [
      {
        title: "Fits",
        rows: [
          ["curves", this.rss.length],
          ["parameters", this.names.join(", ")],
          ["iterations, at most", most],
        ],
      },
      { title: "Ends", rows: [...ends].sort(([, a], [, b]) => b - a) },
    ];
  }
}

export type CurveFitManyResult = Shape<ManyFits>;

/** Curves of a job for a pool: enough to be worth the message, few enough to share and to report. */
const JOB_CURVES = 4096;
const JOBS_EACH = 4;

/**
 * Fits one model to k curves. A curve whose data are not finite is marked "invalid" and its values are NaN; the others
 * are fitted. Each curve is fitted as curveFit fits it, to the last bit: from the same starts in one call of the core; with `starts`,
 * parameters without a start, tied ones, or `covariance`, one after the other.
 *
 * @throws DownhillError as curveFit; NON_FINITE_INPUT for a curve only with onInvalid "throw"; CALLBACK_RESULT when onProgress
 * returns a promise.
 * @example
 * const x = [0, 1, 2, 3];
 * const y = [2, 1, 0.5, 0.25, 3, 1.5, 0.75, 0.375]; // two curves, one after the other
 * curveFitMany({ model: "a*exp(-b*x)", x, y, params: { a: 1, b: 1 } }).values; // [2, 0.693, 3, 0.693]
 * curveFitMany({ model: "a*exp(-b*x)", x, y }).values; // the same, the starts found
 */
export function curveFitMany(options: CurveFitManyOptions): CurveFitManyResult {
  return run(new Curves("curveFitMany", readMany("curveFitMany", options), options));
}

export interface CurveFitManyAsyncOptions extends CurveFitManyOptions {
  /** Threads to share the curves between; from `pool()` of "downhill/workers". */
  pool?: JobPool | undefined;
}

/**
 * As curveFitMany, with turns for the event loop or on the threads of a pool; onProgress may be asynchronous, and an abort rejects
 * with `signal.reason`.
 *
 * @example
 * const y = [2, 1, 0.5, 0.25, 3, 1.5, 0.75, 0.375];
 * const many = await curveFitManyAsync({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y, params: { a: 1, b: 1 } });
 * many.counts; // { converged: 2, stopped: 0, failed: 0, invalid: 0 }
 */
export async function curveFitManyAsync(options: CurveFitManyAsyncOptions): Promise<CurveFitManyResult> {
  const where = "curveFitManyAsync";
  const input = readMany(where, options, ["pool"]);
  const { pool } = options;
  if (pool !== undefined && typeof pool?.run !== "function")
    throw optionError(where, "pool", pool, "a pool of downhill/workers");
  if (pool && input.callback) {
    throw new DownhillError(
      "UNSUPPORTED",
      `${where}: a model in JavaScript cannot go to the threads of a pool`,
      {
        hint: "give the model as text, or leave out the pool",
      },
    );
  }
  return runAsync(new Curves(where, input, options, pool));
}

type ManyEnd = { readonly status: "completed"; readonly reason: "completed" };
const COMPLETED: ManyEnd = { status: "completed", reason: "completed" };
const limitEnds = { maxTime: END_MAX_TIME, callback: END_CALLBACK, abort: END_ABORT } as const;

/** Many fits as one task: an iteration is a slice of curves. */
class Curves implements Task<ManyEnd, CurveFitManyResult> {
  readonly watch: Watch;
  readonly method: Method<ManyEnd>;
  readonly #input: ManyInput;
  readonly #answer: ManyAnswer;
  readonly #runner: Runner | null;
  #done = 0;

  constructor(where: string, input: ManyInput, options: CurveFitManyOptions, pool?: JobPool) {
    const { maxTimeMs, signal, runtime, onProgress } = options;
    const { shape, data, callback, keyed } = input;
    const { count } = data;
    const report = onProgress && (() => onProgress({ done: this.#done, total: count }));
    this.watch = new Watch(where, { maxTimeMs, signal, runtime, onIteration: report }, [], Infinity);
    this.#input = input;
    this.#answer = emptyAnswer(count, shape);
    if (pool) this.#runner = null;
    else if (callback) this.#runner = new SingleRunner(shape, data, callback, runtime, keyed);
    else this.#runner = makeRunner(shape, data, runtime);
    this.method = pool ? this.#onPool(pool) : this.#inSlices(signal);
  }

  *#inSlices(signal: AbortSignal | undefined): Method<ManyEnd> {
    const { watch } = this;
    const { count } = this.#input.data;
    const answer = this.#answer;
    const runner = this.#runner!;
    // Somebody waits for time, progress or an abort.
    const timed = watch.timed || watch.watched || signal !== undefined;
    const chunk = new Chunk({ timed, stride: count });
    const single = runner instanceof SingleRunner && watch.clock !== null ? runner : null;
    const slice: Call = {
      kind: "call",
      cost: () => 0,
      run: () => {
        if (single) return single.one(this.#done++, answer, (o) => curveFitAsync({ ...o, signal }));
        const most = Math.min(count - this.#done, chunk.begin());
        this.#done += runner.run(this.#done, most, answer);
        chunk.done();
        return undefined;
      },
    };
    while (this.#done < count) {
      yield slice;
      yield ITERATION;
    }
    return COMPLETED;
  }

  /** The curves shared between threads; a request stands for the next job that comes back. */
  *#onPool(pool: JobPool): Method<ManyEnd> {
    const { watch } = this;
    const { shape, data } = this.#input;
    const { count } = data;
    const size = Math.max(1, Math.min(JOB_CURVES, Math.ceil(count / (pool.size * JOBS_EACH))));
    const jobs = new Set<Promise<void>>();
    let given = 0;
    const give = (): void => {
      const from = given;
      const to = Math.min(count, from + size);
      given = to;
      const part = sliceData(shape, data, from, to);
      const job = pool.run(shape, part, watch.signal, watch.left.maxTimeMs).then((answer) => {
        putAnswer(this.#answer, answer, from);
        this.#done += to - from;
        jobs.delete(job);
      });
      // Whoever waits for the next one hears of a failure; nobody else has to.
      job.then(undefined, () => undefined);
      jobs.add(job);
    };
    const next: Call = {
      kind: "call",
      cost: () => 0,
      run: () => {
        // One job more than threads is under way, so that none waits for its next one.
        while (given < count && jobs.size < 2 * pool.size) give();
        // They may all have come back while the event loop had its turn.
        return jobs.size > 0 ? Promise.race(jobs) : undefined;
      },
    };
    while (this.#done < count) {
      yield next;
      yield ITERATION;
    }
    return COMPLETED;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    return { nit, nfev, x: new Float64Array(0), fun: NaN, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  out(end: ManyEnd | Stopped): CurveFitManyResult {
    const { ends } = this.#answer;
    if (end.status === "stopped") {
      const code = limitEnds[end.reason as keyof typeof limitEnds];
      for (let i = 0; i < ends.length; i++) if (ends[i] === 0) ends[i] = code;
    }
    return new ManyFits(this.#input.shape, this.#answer, this.watch.elapsedMs);
  }

  release(): void {
    this.#runner?.release();
  }
}
