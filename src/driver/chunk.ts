// How many iterations one call into the core makes: one where each is looked at, all of them where nobody waits, and
// otherwise what takes a few milliseconds.

import { now } from "../runtime/now.js";
import type { Watch } from "./watch.js";

/** A call should take between these, in milliseconds. */
const SHORT_MS = 1;
const LONG_MS = 3;

export class Chunk {
  readonly #watch: Pick<Watch, "stride" | "timed">;
  readonly #most: number;
  #size: number;
  #began = 0;

  /** `first`: iterations of the first call of a timed run; `most`: what the kernel has room for. */
  constructor(watch: Pick<Watch, "stride" | "timed">, first = 1, most = Infinity) {
    this.#watch = watch;
    this.#most = most;
    this.#size = first;
  }

  /** Iterations of the next call; 0 when none is left. Its time starts. */
  begin(): number {
    const { stride, timed } = this.#watch;
    if (timed) this.#began = now();
    return Math.min(stride, this.#most, timed ? this.#size : Infinity);
  }

  /** After the call. */
  done(): void {
    if (!this.#watch.timed) return;
    const took = now() - this.#began;
    if (took < SHORT_MS) this.#size = Math.min(this.#most, this.#size * 2);
    else if (took > LONG_MS) this.#size = Math.max(1, Math.floor(this.#size / 2));
  }
}
