// One solve: chunks of iterations, and between them limits, progress and signals; how it ended.

import { macrotask } from "../driver/drive.js";
import { Monitor } from "../driver/monitor.js";
import type { Iteration, Progress } from "../driver/types.js";
import { operatorRun } from "./operator.js";
import type { Request } from "./request.js";
import { storedRun } from "./stored.js";

export type IterativeEnd =
  | { status: "converged"; reason: "residual" }
  | { status: "stopped"; reason: "maxIterations" | "maxEvaluations" | "maxTime" | "callback" | "abort" }
  | { status: "failed"; reason: "breakdown" | "notPositiveDefinite" | "diverging" };

export type IterativeResult = IterativeEnd & {
  readonly x: Float64Array;
  readonly success: boolean;
  readonly message: string;
  /** Iterations taken. */
  readonly nit: number;
  /** |b - A x| of this x, computed at the end. */
  readonly residualNorm: number;
  /** |r| at the start and after each iteration, as the iteration carries it. */
  readonly history: Float64Array;
  readonly elapsedMs: number;
  /** Every iteration, with `trace: true`; `fun` and `gradNorm` are |r|, steps are not measured. */
  readonly trace?: readonly Iteration[];
};

/** A run between two looks at the limits. */
export interface Run {
  readonly n: number;
  readonly history: number[];
  /** Takes up to so many iterations and says how they ended, or null to go on. */
  advance(steps: number): IterativeEnd | null;
  x(): Float64Array;
  /** |b - A x|, computed anew. */
  residualNorm(): number;
  release(): void;
}

/** Iterations of the first chunk; later ones are sized to take about SLICE_MS. */
const FIRST = 16;
const LONGEST = 1024;
const SLICE_MS = 4;

class Session {
  readonly run: Run;
  readonly #monitor: Monitor;
  readonly #progress: Progress;
  readonly #stride: number;
  readonly #room: number;
  readonly #watched: boolean;
  #chunk = FIRST;

  constructor(request: Request) {
    const { where, limits, n } = request;
    const never = { gradTol: -1, stepTol: -1, funTol: -1, target: -Infinity };
    const most = Math.max(1000, 10 * n);
    this.#monitor = new Monitor(where, limits, never, most);
    this.#watched = limits.onIteration !== undefined || limits.trace === true;
    this.#stride = limits.trace ? 1 : limits.onIteration ? (limits.every ?? 1) : LONGEST;
    this.#room = Math.min(limits.maxIterations ?? most, (limits.maxEvaluations ?? Infinity) - 1);
    this.run = typeof request.A === "function" ? operatorRun(request) : storedRun(request);
    this.#progress = {
      x: new Float64Array(0),
      fun: Infinity,
      gradNorm: Infinity,
      stepNorm: Number.NaN,
      gradient: Infinity,
      step: Infinity,
      decrease: Infinity,
    };
  }

  get elapsedMs(): number {
    return this.#monitor.elapsedMs;
  }

  /** One chunk; how the run ended, or null. */
  next(): IterativeEnd | null {
    const { run } = this;
    const monitor = this.#monitor;
    const left = Math.min(this.#stride - (monitor.nit % this.#stride), this.#room - monitor.nit);
    if (!(left > 0)) return this.#limit();
    const before = monitor.elapsedMs;
    const steps = Math.min(this.#chunk, left);
    const end = run.advance(steps);
    const nit = run.history.length - 1;
    monitor.nfev = nit + 1;
    monitor.nit = nit;
    const spent = monitor.elapsedMs - before;
    if (spent < SLICE_MS / 2) this.#chunk = Math.min(LONGEST, this.#chunk * 2);
    else if (spent > SLICE_MS) this.#chunk = Math.max(1, this.#chunk >> 1);
    const due = this.#watched && nit > 0 && nit % this.#stride === 0;
    const stop = due ? this.#report(nit) : monitor.interrupted();
    if (end) return end;
    return stop?.status === "stopped" ? stop : null;
  }

  #report(nit: number) {
    const progress = this.#progress;
    progress.x = this.run.x();
    progress.fun = this.run.history[nit]!;
    progress.gradNorm = progress.fun;
    // afterIteration counts the iteration itself.
    this.#monitor.nit = nit - 1;
    return this.#monitor.afterIteration(progress);
  }

  #limit(): IterativeEnd {
    const { nit } = this.#monitor;
    const byCount = nit >= this.#room;
    const iterations = !Number.isFinite(this.#room) || !byCount || this.#monitor.beforeEvaluation(1) === null;
    return { status: "stopped", reason: iterations ? "maxIterations" : "maxEvaluations" };
  }

  result(end: IterativeEnd): IterativeResult {
    const { run } = this;
    const history = new Float64Array(run.history);
    const residualNorm = run.residualNorm();
    return {
      ...end,
      x: run.x(),
      success: end.status === "converged",
      message: describe(end, history.length - 1),
      nit: history.length - 1,
      residualNorm,
      history,
      elapsedMs: this.elapsedMs,
      ...(this.#monitor.trace ? { trace: this.#monitor.trace } : {}),
    };
  }
}

export function runSync(request: Request): IterativeResult {
  const session = new Session(request);
  try {
    let end = session.run.advance(0);
    while (!end) end = session.next();
    return session.result(end);
  } finally {
    session.run.release();
  }
}

export async function runAsync(request: Request): Promise<IterativeResult> {
  const session = new Session(request);
  try {
    let slice = performance.now();
    let end = session.run.advance(0);
    while (!end) {
      if (performance.now() - slice >= SLICE_MS) {
        await macrotask();
        slice = performance.now();
      }
      end = session.next();
    }
    if (end.reason === "abort") throw request.limits.signal?.reason;
    return session.result(end);
  } finally {
    session.run.release();
  }
}

const words: Record<IterativeEnd["reason"], string> = {
  residual: "converged: |b - A x| <= tolerance |b|",
  maxIterations: "stopped at the limit maxIterations",
  maxEvaluations: "stopped before a product beyond maxEvaluations",
  maxTime: "stopped at the limit maxTimeMs",
  callback: 'stopped because onIteration returned "stop"',
  abort: "stopped by the AbortSignal",
  breakdown: "the preconditioner is not positive definite, or not finite",
  notPositiveDefinite: "A is not positive definite: a direction of curvature <= 0 was met",
  diverging: "the residual grows without bound",
};

function describe(end: IterativeEnd, nit: number): string {
  return `${words[end.reason]} after ${nit} iterations`;
}
