// A point at which the density is wanted: the one request that a chain makes again and again.

import type { Target } from "./target.js";

type Done = void | PromiseLike<void>;

/** The driver runs it; the value, and the gradient where it is asked for, are written by `run`. */
export class Evaluation {
  readonly kind = "call";
  value = 0;
  #q: Float64Array | null = null;
  #g: Float64Array | null = null;
  /** How often it has been run. */
  count = 0;

  constructor(readonly target: Target) {}

  /** The log density at q, on the free scale; with its gradient where `g` is a vector to fill. */
  ask(q: Float64Array, g: Float64Array | null): void {
    this.#q = q;
    this.#g = g;
  }

  cost(): number {
    return 1;
  }

  run(): Done {
    this.count++;
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
