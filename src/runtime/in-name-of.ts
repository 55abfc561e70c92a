// Errors name the function that was called, where it asks another public one.

import { DownhillError } from "./errors.js";

function renamed(where: string, inner: string, error: unknown): unknown {
  if (error instanceof DownhillError && error.message.startsWith(`${inner}: `)) {
    const message = where + error.message.slice(inner.length);
    if (error.stack) error.stack = error.stack.replace(error.message, () => message);
    error.message = message;
  }
  return error;
}

/** `work`, in which `inner` is asked on behalf of `where`: what it refuses is refused in the name of `where`. */
export function inNameOf<T>(where: string, inner: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw renamed(where, inner, error);
  }
}

/** The same of a promise. */
export const inNameOfAsync = <T>(where: string, inner: string, work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw renamed(where, inner, error);
  });
