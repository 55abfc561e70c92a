// What an aborted run rejects with.

import { DownhillError } from "../runtime/errors.js";
import type { End, Task } from "./task.js";

/**
 * The reason of the signal, with the best point in `details.best` when it is an error of ours. One that cannot have it, because it is
 * frozen or has that of another run, stays as it is, and the cause of an error that has.
 */
export function abortReason<E extends End>(task: Task<E, unknown>): unknown {
  const reason: unknown = task.watch.signal?.reason;
  if (!(reason instanceof DownhillError)) return reason;
  const { x, fun } = task.look();
  const details = { ...reason.details, best: task.reached?.() ?? { x, fun } };
  const free = !("best" in reason.details);
  if (free && Reflect.defineProperty(reason, "details", { value: details, configurable: true }))
    return reason;
  return new DownhillError(reason.code, reason.message, { details, cause: reason });
}
