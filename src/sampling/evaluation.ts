// A point at which the density is wanted: the one request that a chain makes again and again.

import type { Done } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Target } from "./target.js";

/** The driver runs it; the value, and the gradient where it is asked for, are written by `run`. */
export class Evaluation {
  readonly kind = "call";
  value = 0;
  #q: Float64Array | null = null;
  #g: Float64Array | null = null;

  constructor(
    readonly target: Target,
    readonly watch: Pick<Watch, "nfev" | "njev">,
  ) {}

  /** The log density at q, on the free scale; with its gradient where `g` is a vector to fill. */
  ask(q: Float64Array, g: Float64Array | null): void {
    this.#q = q;
    this.#g = g;
  }

  cost(): number {
    return this.#g ? this.target.gradientCost : 1;
  }

  run(): Done {
    this.watch.nfev += this.cost();
    if (this.#g) this.watch.njev++;
    const value = this.target.evaluate(this.#q!, this.#g);
    if (typeof value === "number") {
      this.value = value;
      return undefined;
    }
    return value.then((late) => {
      this.value = late;
    });
  }
}
