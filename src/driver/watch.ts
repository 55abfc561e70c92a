// Counts, limits, convergence tests, progress reports and the trace of one run.

import { now } from "../runtime/now.js";
import { booleanOption, numberOption, optionError } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import type { Clock } from "./clock.js";
import type { End, Iteration, Measure, Stopped } from "./task.js";
import type { Limits } from "./types.js";

const UNLIMITED = { min: 0, infinite: true } as const;
const WHOLE = { min: 0, infinite: true, integer: true } as const;
const COUNT = { min: 1, infinite: true, integer: true } as const;
const EVERY = { min: 1, integer: true } as const;

const stopped = (reason: Stopped["reason"]): Stopped => Object.freeze({ status: "stopped", reason });
const ABORT = stopped("abort");
const OUT_OF_TIME = stopped("maxTime");
const OUT_OF_EVALUATIONS = stopped("maxEvaluations");
const OUT_OF_ITERATIONS = stopped("maxIterations");
/** By onIteration, or because whoever pulled has left. */
export const LEFT = stopped("callback");

/** Iterations that the limits allow, `most` where they do not say. */
export const iterationLimit = (where: string, { maxIterations }: Limits, most: number): number =>
  numberOption(where, "maxIterations", maxIterations, most, WHOLE);

export type Counts = Pick<Watch, "nfev" | "njev" | "nhev">;

export const countsOf = ({ nfev, njev, nhev }: Counts): Counts => ({ nfev, njev, nhev });

/** What `work` gives while these are the counts. */
export function withCounts<T>(watch: Watch, counts: Counts | null, work: () => T): T {
  const own = countsOf(watch);
  Object.assign(watch, counts);
  try {
    return work();
  } finally {
    Object.assign(watch, own);
  }
}

export class Watch {
  readonly where: string;
  nit = 0;
  nfev = 0;
  njev = 0;
  nhev = 0;
  /** In the order in which they are tested. */
  readonly measures: readonly Measure[];
  readonly maxIterations: number;
  readonly maxEvaluations: number;
  readonly maxTimeMs: number;
  readonly trace: Iteration[] | undefined;
  /** Somebody looks at every iteration. */
  readonly watched: boolean;
  readonly signal: AbortSignal | undefined;
  /** The event loop of an asynchronous run; null in a synchronous one, whose callbacks may promise nothing. */
  clock: Clock | null = null;
  /** Limits were looked at. */
  begun = false;
  /** When the run began. */
  since = now();
  readonly #limits: Limits;
  readonly #every: number;
  #late: PromiseLike<unknown> | null = null;

  /** `most`: iterations allowed where the limits do not say. */
  constructor(where: string, limits: Limits, measures: readonly Measure[], most: number) {
    this.where = where;
    this.measures = measures;
    this.#limits = limits;
    this.signal = limits.signal;
    this.maxIterations = iterationLimit(where, limits, most);
    this.maxEvaluations = numberOption(where, "maxEvaluations", limits.maxEvaluations, Infinity, COUNT);
    this.maxTimeMs = numberOption(where, "maxTimeMs", limits.maxTimeMs, Infinity, UNLIMITED);
    this.#every = numberOption(where, "every", limits.every, 1, EVERY);
    checkCallbacks(where, limits);
    if (limits.trace) this.trace = [];
    this.watched = limits.onIteration !== undefined || limits.trace === true;
  }

  /** The watch of a task within this one's: what is left of the evaluations and of the time, and the same signal. */
  share(measures: readonly Measure[], maxIterations: number, silent = false): Watch {
    const { signal, runtime, onIteration, every, trace } = this.#limits;
    const reports = silent ? {} : { onIteration, every, trace };
    const child = new Watch(this.where, { signal, runtime, ...reports }, measures, maxIterations);
    return Object.assign(child, this.left, { clock: this.clock });
  }

  /** What is left of the evaluations and of the time. */
  get left(): { maxEvaluations: number; maxTimeMs: number } {
    return {
      maxEvaluations: this.maxEvaluations - this.nfev,
      maxTimeMs: this.maxTimeMs === Infinity ? Infinity : Math.max(0, this.maxTimeMs - this.elapsedMs),
    };
  }

  /** Takes over what a task within this one has counted. */
  absorb({ nit, nfev, njev, nhev }: Watch): void {
    this.nit += nit;
    this.nfev += nfev;
    this.njev += njev;
    this.nhev += nhev;
  }

  /** Evaluations are limited, so their cost has to be known beforehand. */
  get counts(): boolean {
    return this.maxEvaluations !== Infinity;
  }

  /** The run has to be able to stop, or to let the event loop go on, within milliseconds. */
  get timed(): boolean {
    return this.clock !== null || this.maxTimeMs !== Infinity;
  }

  get elapsedMs(): number {
    return now() - this.since;
  }

  /** Iterations that a kernel may make before somebody wants to look. */
  get stride(): number {
    const { nit, trace, maxIterations } = this;
    const left = Math.max(0, maxIterations - nit);
    if (trace) return Math.min(1, left);
    return this.watched ? Math.min(this.#every - (nit % this.#every), left) : left;
  }

  /** The limit that forbids `calls` more evaluations, if one does. */
  before(calls: number): Stopped | null {
    if (this.nfev + calls > this.maxEvaluations) return OUT_OF_EVALUATIONS;
    return this.interrupted();
  }

  interrupted(): Stopped | null {
    if (this.signal?.aborted) return ABORT;
    return this.maxTimeMs !== Infinity && this.elapsedMs >= this.maxTimeMs ? OUT_OF_TIME : null;
  }

  /** After iterations: counts, reports, tests. Convergence goes before a limit and before "stop". */
  after(iterations: number, look: { look(): Iteration }): End | null {
    this.nit += iterations;
    const stop = this.watched && this.#report(look);
    const end = this.check();
    return stop && (end === null || end.status === "stopped") ? LEFT : end;
  }

  /** What an asynchronous onIteration promised after the last iteration, handed out once; null when nothing. */
  takeLate(): PromiseLike<unknown> | null {
    const late = this.#late;
    this.#late = null;
    return late;
  }

  /** Converged, at a limit, or null: go on. */
  check(): End | null {
    const { measures } = this;
    for (let i = 0; i < measures.length; i++) {
      const measure = measures[i]!;
      if (measure.value <= measure.tolerance) return measure.end;
    }
    return this.nit >= this.maxIterations ? OUT_OF_ITERATIONS : this.interrupted();
  }

  #report(task: { look(): Iteration }): boolean {
    const { onIteration } = this.#limits;
    const due = this.nit % this.#every === 0;
    if (!this.trace && !due) return false;
    const iteration = task.look();
    this.trace?.push(iteration);
    if (!due || !onIteration) return false;
    // The trace keeps its own: the caller may write into what it gets.
    const { elapsedMs } = iteration;
    const answer = onIteration(this.trace ? { ...task.look(), elapsedMs } : iteration);
    if (isPromise(answer)) this.#late = answer;
    return answer === "stop";
  }
}

function checkCallbacks(where: string, { signal, onIteration, trace }: Limits): void {
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw optionError(where, "signal", signal, "an AbortSignal (controller.signal)");
  }
  if (onIteration !== undefined && typeof onIteration !== "function") {
    throw optionError(where, "onIteration", onIteration, "a function");
  }
  booleanOption(where, "trace", trace, false);
}
