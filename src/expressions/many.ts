// curveFitMany: thousands of curves of one model in one call, answers in flat arrays.

import { macrotask } from "../driver/drive.js";
import { curveFitAsync } from "../least-squares/curve-fit.js";
import { DownhillError } from "../runtime/errors.js";
import { numberOption, optionError } from "../runtime/options.js";
import type { Variant } from "../runtime/rooms.js";
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
  run(shape: ManyShape, data: ManyData, signal: AbortSignal | undefined): Promise<ManyAnswer>;
}

export interface CurveFitManyResult {
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
  /** Curves by status. */
  readonly counts: Readonly<Record<"converged" | "stopped" | "failed" | "invalid", number>>;
  readonly variant: Variant;
  readonly elapsedMs: number;
}

/** Longest stretch without a turn of the event loop, in milliseconds, and what is aimed at. */
const SLICE_MS = 8;
const AIM_MS = 3;
/** Curves of a job for a pool: enough to be worth the message, few enough to share and to report. */
const JOB_CURVES = 4096;
const JOBS_EACH = 4;

/**
 * Fits one model to k curves. A curve whose data are not finite is marked "invalid" and its values are NaN; the others
 * are fitted. Each curve is fitted as curveFit fits it.
 *
 * @throws DownhillError as curveFit; NON_FINITE_INPUT for a curve only with onInvalid "throw".
 */
export function curveFitMany(options: CurveFitManyOptions): CurveFitManyResult {
  const started = performance.now();
  const input = readMany("curveFitMany", options);
  const watch = new Watch("curveFitMany", options, input.data.count, started);
  const { answer, runner } = begin(input, options);
  try {
    const slices = watch.sliced;
    let most = slices ? 1 : input.data.count;
    for (let done = 0; done < input.data.count; ) {
      const end = watch.before();
      if (end) {
        answer.ends.fill(end, done);
        break;
      }
      const from = performance.now();
      done += runner.run(done, most, answer);
      if (slices) most = next(most, performance.now() - from);
      if (watch.after(done)) {
        answer.ends.fill(END_CALLBACK, done);
        break;
      }
    }
  } finally {
    runner.release();
  }
  return finish(input, answer, started);
}

export interface CurveFitManyAsyncOptions extends CurveFitManyOptions {
  /** Threads to share the curves between; from `pool()` of "downhill/workers". */
  pool?: JobPool | undefined;
}

/** As curveFitMany, with turns for the event loop or on the threads of a pool; an abort rejects with `signal.reason`. */
export async function curveFitManyAsync(options: CurveFitManyAsyncOptions): Promise<CurveFitManyResult> {
  const where = "curveFitManyAsync";
  const started = performance.now();
  const input = readMany(where, options, ["pool"]);
  const { pool, signal } = options;
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
  const watch = new Watch(where, options, input.data.count, started);
  signal?.throwIfAborted();
  const answer = pool ? await onPool(pool, input, watch, signal) : await inSlices(input, options, watch);
  return finish(input, answer, started);
}

function begin(
  { shape, data, callback, keyed }: ManyInput,
  { runtime }: CurveFitManyOptions,
): { answer: ManyAnswer; runner: Runner } {
  const answer = emptyAnswer(data.count, shape.names.length);
  const runner = callback
    ? new SingleRunner(shape, data, callback, runtime, keyed)
    : makeRunner(shape, data, runtime);
  return { answer, runner };
}

async function inSlices(input: ManyInput, options: CurveFitManyOptions, watch: Watch): Promise<ManyAnswer> {
  const { answer, runner } = begin(input, options);
  const { count } = input.data;
  const { signal } = options;
  let slice = performance.now();
  let most = 1;
  try {
    for (let done = 0; done < count; ) {
      if (performance.now() - slice + AIM_MS >= SLICE_MS) {
        await macrotask();
        slice = performance.now();
      }
      signal?.throwIfAborted();
      const end = watch.before();
      if (end) {
        answer.ends.fill(end, done);
        break;
      }
      if (runner instanceof SingleRunner)
        await runner.one(done++, answer, (o) => curveFitAsync({ ...o, signal }));
      else {
        const from = performance.now();
        done += runner.run(done, most, answer);
        most = next(most, performance.now() - from);
      }
      if (watch.after(done)) {
        answer.ends.fill(END_CALLBACK, done);
        break;
      }
    }
  } finally {
    runner.release();
  }
  return answer;
}

/** Curves of the next slice, from what the last one took. */
function next(most: number, took: number): number {
  if (took < AIM_MS / 2) return most * 2;
  return took > AIM_MS ? Math.max(1, Math.floor((most * AIM_MS) / (2 * took))) : most;
}

async function onPool(
  pool: JobPool,
  { shape, data }: ManyInput,
  watch: Watch,
  signal: AbortSignal | undefined,
): Promise<ManyAnswer> {
  const { count } = data;
  const answer = emptyAnswer(count, shape.names.length);
  const size = Math.max(1, Math.min(JOB_CURVES, Math.ceil(count / (pool.size * JOBS_EACH))));
  let given = 0;
  let done = 0;
  let end = 0;
  const worker = async (): Promise<void> => {
    while (given < count && end === 0) {
      end = watch.before();
      if (end !== 0) return;
      const from = given;
      const to = Math.min(count, from + size);
      given = to;
      try {
        const part = await pool.run(shape, sliceData(shape, data, from, to), signal);
        putAnswer(answer, part, from);
        done += to - from;
        if (end === 0 && watch.after(done)) end = END_CALLBACK;
      } catch (error) {
        end = END_ABORT; // the others need not go on
        throw error;
      }
    }
  };
  // One job more than threads is under way, so that none waits for its next one.
  await Promise.all(Array.from({ length: 2 * pool.size }, worker));
  if (end !== 0) for (let i = 0; i < count; i++) if (answer.ends[i] === 0) answer.ends[i] = end;
  return answer;
}

/** Limits of the whole, and progress. */
class Watch {
  readonly #options: CurveFitManyOptions;
  readonly #total: number;
  readonly #started: number;
  readonly #maxTimeMs: number;

  constructor(where: string, options: CurveFitManyOptions, total: number, started: number) {
    this.#options = options;
    this.#total = total;
    this.#started = started;
    this.#maxTimeMs = numberOption(where, "maxTimeMs", options.maxTimeMs, Infinity, {
      min: 0,
      infinite: true,
    });
    const { signal } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw optionError(where, "signal", signal, "an AbortSignal");
  }

  /** Somebody waits for time, progress or an abort. */
  get sliced(): boolean {
    return (
      this.#maxTimeMs !== Infinity ||
      this.#options.onProgress !== undefined ||
      this.#options.signal !== undefined
    );
  }

  before(): number {
    if (this.#options.signal?.aborted) return END_ABORT;
    return performance.now() - this.#started >= this.#maxTimeMs ? END_MAX_TIME : 0;
  }

  after(done: number): boolean {
    return this.#options.onProgress?.({ done, total: this.#total }) === "stop" && done < this.#total;
  }
}

function finish({ shape }: ManyInput, answer: ManyAnswer, started: number): CurveFitManyResult {
  const status = answer.ends.map(statusOf);
  const counts = { converged: 0, stopped: 0, failed: 0, invalid: 0 };
  for (const index of status) counts[statusNames[index] as keyof typeof counts]++;
  return {
    names: shape.names,
    values: answer.values,
    stderr: answer.stderr,
    rss: answer.rss,
    status,
    statusNames,
    reason: answer.ends.map((end) => end - 1),
    reasonNames,
    nit: answer.nit,
    counts,
    variant: shape.variant,
    elapsedMs: performance.now() - started,
  };
}
