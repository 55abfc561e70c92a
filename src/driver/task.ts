// What a room brings to the driver: a task. Its method asks, the driver answers; limits, the clock, promises, progress
// and the convergence tests are the driver's.

import type { Watch } from "./watch.js";

export type StopReason = "maxIterations" | "maxEvaluations" | "maxTime" | "callback" | "abort";
export type Stopped = { status: "stopped"; reason: StopReason };

/** How a run ended. Each room has its own words for what it reached and for what it could not. */
export interface End {
  readonly status: string;
  readonly reason: string;
}

/** Nothing, or `false` when an evaluation was interrupted between callbacks; a promise in an asynchronous run. */
export type Done = unknown;

/** Something to be evaluated. One object for the whole run, yielded again and again. */
export interface Call {
  readonly kind: "call";
  /** Evaluations that it will take at most. */
  cost(): number;
  /** Evaluates, and counts what it evaluated. */
  run(): Done;
}

/** One iteration is over, or several that a kernel made: counted, reported, tested, and limits are looked at. */
export interface Mark {
  readonly kind: "iteration";
  readonly iterations: number;
}

/** The convergence tests and limits, without an iteration. */
export interface Look {
  readonly kind: "check";
}

/** Another task under the same budget, whose watch came from `watch.share()`: restarts, chains, polishing. */
export interface Nested<Out = unknown> {
  readonly kind: "task";
  readonly task: Task<End, Out>;
  /** Written by the driver. */
  result?: Out | undefined;
}

export type Ask = Call | Mark | Look | Nested;

export const ITERATION: Mark = { kind: "iteration", iterations: 1 };
export const CHECK: Look = { kind: "check" };

/** A method: yields what it needs, and ends with its own end when it cannot go on. */
export type Method<E extends End> = Generator<Ask, E, void>;

/** All that the driver needs of one: a method that is asked millions of times may be a generator written out. */
export interface Requests<E extends End> {
  next(): IteratorResult<Ask, E>;
  return?(end: E): unknown;
}

/** A convergence test is data: met when `value <= tolerance`. The room writes the value; Infinity is "not measured". */
export class Measure<E extends End = End> {
  value = Infinity;
  readonly name: string;
  readonly tolerance: number;
  /** How the run ends when it is met. */
  readonly end: E;

  constructor(name: string, tolerance: number, end: E) {
    this.name = name;
    this.tolerance = tolerance;
    this.end = end;
  }
}

/** What onIteration gets, and the trace keeps; rooms add fields. */
export interface Iteration {
  /** Iterations so far, evaluations of the function so far. */
  readonly nit: number;
  readonly nfev: number;
  /** A copy of the best point so far. */
  readonly x: Float64Array;
  readonly fun: number;
  /** Max-norm of the gradient (of the projected gradient under bounds). */
  readonly gradNorm: number;
  /** 2-norm of the last step. */
  readonly stepNorm: number;
  readonly elapsedMs: number;
}

export interface Task<E extends End, Out, State = unknown> {
  readonly watch: Watch;
  readonly method: Requests<E>;
  /** The iteration just finished. */
  look(): Iteration;
  /** The best so far for the error of an aborted run, where it is not `x` and `fun` of `look`. */
  reached?(): object;
  /** What is still to be asked once the end is known: answered without regard to limits. */
  after?(end: E | Stopped): Requests<E | Stopped> | null;
  /** The answer, an ordinary value; also in the middle of a run that is pulled. */
  out(end: E | Stopped): Out;
  /** A pulled run is over, and its answer is worked out next: whatever that changes, `save` keeps giving what stands now. */
  ending?(): void;
  /** Everything to go on from here, as data that survives structuredClone and JSON. */
  save?(): State;
  /** Gives the memory back. */
  release(): void;
}
