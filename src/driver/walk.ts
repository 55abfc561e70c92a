// Several callbacks for one answer: a walk goes on at once until one of them returns a promise or the event loop is due a
// turn, and asynchronously from there.

import { isPromise } from "../runtime/promises.js";
import { ABORTED, type Clock } from "./clock.js";
import { refused } from "./run.js";
import type { Watch } from "./watch.js";

/** Yields what each callback returned and is handed the settled value. */
export type Walk<T> = Generator<unknown, T, unknown>;

/** `interrupted`: what the walk gives when it is aborted while a callback is still running. */
export function walk<T>(watch: Watch, steps: Walk<T>, interrupted: T): T | Promise<T> {
  const { clock } = watch;
  let next = steps.next();
  while (!next.done) {
    const late = isPromise(next.value);
    if (late && !clock) {
      steps.return(interrupted);
      throw refused(watch.where, "a callback", next.value as PromiseLike<unknown>);
    }
    if (clock && (late || clock.due)) return later(clock, steps, next.value, interrupted);
    next = steps.next(next.value);
  }
  return next.value;
}

async function later<T>(clock: Clock, steps: Walk<T>, first: unknown, interrupted: T): Promise<T> {
  let value = first;
  for (;;) {
    if (isPromise(value)) value = await clock.wait(value);
    if (value === ABORTED) {
      steps.return(interrupted);
      return interrupted;
    }
    if (clock.due) await clock.turn();
    const next = steps.next(value);
    if (next.done) return next.value;
    value = next.value;
  }
}
