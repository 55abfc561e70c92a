// Several trainings and what is worked out between them as one task of the driver: limits, promises and aborts are its own.

import type { Ask, Iteration, Method, Nested, Task } from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import type { Pieces } from "./evaluate.js";
import type { History } from "./history.js";
import type { Trainer } from "./trainer.js";

/** What is asked of the driver on the way to a T. */
export type Parts<T> = Generator<Ask, T, void>;

export type CourseEnd = { readonly status: "completed"; readonly reason: "parts" };
export const COMPLETED: CourseEnd = { status: "completed", reason: "parts" };

/** `signal`: for what rejects. Each training ends by itself at the signal that it is given, and its history says so. */
export class Course<Out> implements Task<CourseEnd, Out> {
  readonly watch: Watch;
  readonly method: Method<CourseEnd>;
  readonly out: () => Out;

  /** `begin` checks everything; nothing is trained before its first part is asked for. */
  constructor(
    where: string,
    signal: AbortSignal | undefined,
    begin: (watch: Watch) => Parts<CourseEnd>,
    out: () => Out,
  ) {
    this.watch = new Watch(where, { signal }, [], Infinity);
    this.method = begin(this.watch);
    this.out = out;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    return { nit, nfev, x: new Float64Array(0), fun: NaN, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  release(): void {}
}

/** A training under the event loop of the course, which ends after it where a callback outlasts an abort. */
export function* trained(watch: Watch, trainer: Trainer): Parts<History> {
  trainer.watch.clock = watch.clock;
  const lesson: Nested<History> = { kind: "task", task: trainer as never };
  yield lesson;
  return lesson.result!;
}

/** Work in pieces, between which the event loop has its turn. */
export function* inPieces<T>(work: Pieces<T>): Parts<T> {
  let step = work.next();
  const piece = {
    kind: "call",
    cost: () => 0,
    run: () => {
      step = work.next();
    },
  } as const;
  while (!step.done) yield piece;
  return step.value;
}
