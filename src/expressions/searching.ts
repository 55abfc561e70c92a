// A search for starting values as a task of the driver: its fits are tasks within it, and between two of its points an asynchronous
// run may give the event loop a turn.

import type { Ask, End, Iteration, Method } from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import type { FoundStarts, SearchTask, StartRequest } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";

const FOUND: End = { status: "completed", reason: "completed" };

/** What it is asked: yields CHECK between its points, and its fits. */
export type Work<T = FoundStarts> = Generator<Ask, T, void>;

export class Searching implements SearchTask {
  readonly watch: Watch;
  readonly method: Method<End>;
  /** The lowest fit so far. */
  best: FitResult | undefined;
  #found: FoundStarts | null = null;

  /** Limits are the affair of `work`: a search that is cut short has found something too. */
  constructor({ where, late, options }: StartRequest, work: (run: Searching) => Work) {
    const { signal } = options as { signal?: AbortSignal };
    this.watch = new Watch(where, late ? { signal } : {}, [], Infinity);
    this.method = this.#all(work(this));
  }

  *#all(work: Work): Method<End> {
    this.#found = yield* work;
    return FOUND;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    const { freeNames = [], values = {}, cost: fun = Infinity } = this.best ?? {};
    const x = Float64Array.from(freeNames, (name) => values[name]!);
    return { nit, nfev, x, fun, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  out(): FoundStarts {
    return this.#found!;
  }

  release(): void {}
}
