// Counts, limits, convergence tests, progress reports and the trace of one run.

import { booleanOption, numberOption, optionError } from "../runtime/options.js";
import type { Iteration, Limits, Progress, Termination, Tolerances } from "./types.js";

const now = (): number => performance.now();
const UNLIMITED = { min: 0, infinite: true } as const;
const WHOLE = { min: 0, infinite: true, integer: true } as const;
const COUNT = { min: 1, infinite: true, integer: true } as const;
const EVERY = { min: 1, integer: true } as const;
const ABORTED: Termination = { status: "stopped", reason: "abort" };
const OUT_OF_EVALUATIONS: Termination = { status: "stopped", reason: "maxEvaluations" };

export class Monitor {
  nit = 0;
  nfev = 0;
  njev = 0;
  nhev = 0;
  readonly trace: Iteration[] | undefined;
  readonly #limits: Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #start = now();
  readonly maxIterations: number;
  readonly maxEvaluations: number;
  readonly maxTimeMs: number;
  readonly #every: number;
  /** Somebody looks at every iteration. */
  readonly watched: boolean;
  #late: PromiseLike<unknown> | null = null;
  readonly tolerances: Tolerances;

  constructor(where: string, limits: Limits, tolerances: Tolerances, maxIterations: number) {
    this.#limits = limits;
    this.tolerances = tolerances;
    this.#signal = limits.signal;
    this.maxIterations = numberOption(where, "maxIterations", limits.maxIterations, maxIterations, WHOLE);
    this.maxEvaluations = numberOption(where, "maxEvaluations", limits.maxEvaluations, Infinity, COUNT);
    this.maxTimeMs = numberOption(where, "maxTimeMs", limits.maxTimeMs, Infinity, UNLIMITED);
    this.#every = numberOption(where, "every", limits.every, 1, EVERY);
    checkCallbacks(where, limits);
    if (limits.trace) this.trace = [];
    this.watched = limits.onIteration !== undefined || limits.trace === true;
  }

  /** Evaluations are limited, so their cost has to be known beforehand. */
  get counts(): boolean {
    return this.maxEvaluations !== Infinity;
  }

  get elapsedMs(): number {
    return now() - this.#start;
  }

  /** The limit that forbids `calls` more evaluations, if one does. */
  beforeEvaluation(calls: number): Termination | null {
    if (this.nfev + calls > this.maxEvaluations) return OUT_OF_EVALUATIONS;
    return this.interrupted();
  }

  interrupted(): Termination | null {
    if (this.#signal?.aborted) return ABORTED;
    if (this.maxTimeMs !== Infinity && this.elapsedMs >= this.maxTimeMs)
      return { status: "stopped", reason: "maxTime" };
    return null;
  }

  /** After an iteration: counts, reports, tests. */
  afterIteration(progress: Progress): Termination | null {
    this.nit++;
    const stop = this.watched && this.#report(progress);
    const end = this.check(progress);
    return end?.status === "converged" || !stop ? end : { status: "stopped", reason: "callback" };
  }

  /** What an asynchronous onIteration promised after the last iteration, handed out once; null when nothing. */
  takeLate(): PromiseLike<unknown> | null {
    const late = this.#late;
    this.#late = null;
    return late;
  }

  /** Converged, at a limit, or null: go on. */
  check(progress: Progress): Termination | null {
    const end = this.converged(progress);
    if (end) return end;
    if (this.nit >= this.maxIterations) return { status: "stopped", reason: "maxIterations" };
    return this.interrupted();
  }

  /**
   * In this order. target: fun <= target; gradient: measure <= gradTol; fun: decrease <= funTol;
   * step: measure <= stepTol.
   */
  converged(progress: Progress): Termination | null {
    const { gradTol, stepTol, funTol, target } = this.tolerances;
    if (progress.fun <= target && target !== -Infinity) return { status: "converged", reason: "target" };
    if (progress.gradient <= gradTol) return { status: "converged", reason: "gradient" };
    if (progress.decrease <= funTol) return { status: "converged", reason: "fun" };
    if (progress.step <= stepTol) return { status: "converged", reason: "step" };
    return null;
  }

  /** The iteration just finished. */
  iteration(progress: Progress): Iteration {
    return {
      nit: this.nit,
      nfev: this.nfev,
      x: progress.x.slice(),
      fun: progress.fun,
      gradNorm: progress.gradNorm,
      stepNorm: progress.stepNorm,
      elapsedMs: this.elapsedMs,
    };
  }

  #report(progress: Progress): boolean {
    const { onIteration } = this.#limits;
    const iteration = this.iteration(progress);
    this.trace?.push(iteration);
    if (this.nit % this.#every !== 0) return false;
    const answer = onIteration?.(iteration);
    if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === "function")
      this.#late = answer as PromiseLike<unknown>;
    return answer === "stop";
  }
}

function checkCallbacks(where: string, { signal, onIteration, trace }: Limits): void {
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw optionError(where, "signal", signal, "an AbortSignal");
  }
  if (onIteration !== undefined && typeof onIteration !== "function") {
    throw optionError(where, "onIteration", onIteration, "a function");
  }
  booleanOption(where, "trace", trace, false);
}

export { readTolerances } from "./tolerances.js";
