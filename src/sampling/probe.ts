// Looks at a density where no chain has been: far beyond all draws, and where trajectories broke off.

import type { Done } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { DownhillError } from "../runtime/errors.js";
import { Evaluation } from "./evaluation.js";
import type { Target } from "./target.js";

/**
 * Out there a density may do what it likes: what it throws is no density. But what the library throws in it, and what it throws because
 * the run was aborted, is no answer to the question.
 */
export class Probe extends Evaluation {
  readonly #signal: AbortSignal | undefined;

  constructor(target: Target, watch: Watch) {
    super(target, watch);
    this.#signal = watch.signal;
  }

  override run(): Done {
    const nothing = (error: unknown): undefined => {
      if (error instanceof DownhillError || this.#signal?.aborted) throw error;
      this.value = -Infinity;
    };
    try {
      const late = super.run() as PromiseLike<unknown> | undefined;
      return late?.then(undefined, nothing);
    } catch (error) {
      return nothing(error);
    }
  }
}
