// Promises where an answer was expected at once: told from values, and let go of when they are refused.

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function";

/** Nobody waits for it: its rejection must not end the process. */
export function forget(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => undefined);
}

/** `next` of a value now, of a promised one later. */
export const later = <T, R>(
  value: T | PromiseLike<T>,
  next: (value: T) => R | PromiseLike<R>,
): R | PromiseLike<R> => (isPromise(value) ? (value as PromiseLike<T>).then(next) : next(value as T));
