// The event loop of an asynchronous run: a macrotask at least every 8 ms, promises of callbacks, and an abort that does
// not wait for them.

import { now } from "../runtime/now.js";
import { forget } from "../runtime/promises.js";

/** Longest stretch of an asynchronous run without giving the event loop a macrotask, in milliseconds. */
export const SLICE_MS = 8;

/** What waiting gives when the signal is aborted first. */
export const ABORTED: unique symbol = Symbol("aborted");

export class Clock {
  readonly #signal: AbortSignal | undefined;
  #since = now();
  /** A callback that was still running when the run was aborted: it may yet write into the memory it was lent. */
  pending: PromiseLike<unknown> | null = null;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** The event loop is due a turn. */
  get due(): boolean {
    return now() - this.#since >= SLICE_MS;
  }

  async turn(): Promise<void> {
    await macrotask();
    this.#since = now();
  }

  /** What the promise gives, or ABORTED as soon as the signal is. */
  async wait<T>(late: PromiseLike<T>): Promise<T | typeof ABORTED> {
    const signal = this.#signal;
    if (!signal) return late;
    if (signal.aborted) return this.#leave(late);
    return new Promise((resolve, reject) => {
      const abort = () => resolve(this.#leave(late));
      // What is like a signal may have no listeners: it is asked between two steps.
      signal.addEventListener?.("abort", abort, { once: true });
      const heard = () => signal.removeEventListener?.("abort", abort);
      late.then(
        (value) => {
          heard();
          resolve(value);
        },
        (error) => {
          heard();
          reject(error);
        },
      );
    });
  }

  #leave(late: PromiseLike<unknown>): typeof ABORTED {
    this.pending = late;
    forget(late);
    return ABORTED;
  }
}

/** A turn of the event loop: timers, input and rendering go first. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => void };
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
