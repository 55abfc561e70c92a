// Long work on many draws in steps: done at once by who waits for it, with turns of the event loop in between by an asynchronous run.

import type { Call } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";

export type Steps<T> = Generator<void, T, void>;

/** So many draws are one step: about a millisecond, or four where memory is read here and there. */
export const BLOCK = 1 << 15;

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** `work` from 0 to `count`, a block at a time; it may return where it stopped, a little beyond `last`. */
export function* inBlocks(
  count: number,
  work: (first: number, last: number) => unknown,
  block = BLOCK,
): Steps<void> {
  for (let first = 0; first < count; ) {
    const last = Math.min(count, first + block);
    const end = work(first, last);
    first = typeof end === "number" ? end : last;
    yield;
  }
}

/** Steps as requests of a task: an asynchronous run gives the event loop its turns and hears an abort; a synchronous one is not asked. */
export function* inTurns<T>(steps: Steps<T>, watch: Watch): Generator<Call, T, void> {
  if (!watch.clock) return atOnce(steps);
  const pause: Call = {
    kind: "call",
    cost: () => 0,
    run: () => (watch.signal?.aborted ? Promise.resolve() : undefined),
  };
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    yield pause;
  }
}
