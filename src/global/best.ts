// The lowest point of a search so far, as the user's variables.

import { rankOf } from "./ranking.js";
import type { Variables } from "./variables.js";

export class Best {
  readonly x: Float64Array;
  fun = Infinity;
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
    this.x = new Float64Array(variables.count).fill(NaN);
  }

  /** Some evaluation gave a number. */
  get seen(): boolean {
    return this.fun < Infinity;
  }

  /** Made from the point of the cube anew: what a callback wrote into its argument reaches nobody. */
  take(points: ArrayLike<number>, row: number, value: number): void {
    if (!(rankOf(value) < this.fun) && !Number.isNaN(this.x[0]!)) return;
    this.#variables.decode(points, row, this.x);
    this.fun = rankOf(value) < Infinity ? value : Infinity;
  }

  /** A lower point found otherwise. */
  replace(x: ArrayLike<number>, value: number): void {
    if (!(value < this.fun)) return;
    this.x.set(x);
    this.fun = value;
  }
}
