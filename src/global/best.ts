// The lowest point of a search so far, as the user's variables.

import { rankOf } from "./ranking.js";
import { pack, unpack } from "./saving.js";
import type { Variables } from "./variables.js";

export class Best {
  readonly x: Float64Array;
  fun = Infinity;
  /** The largest violation of a constraint there. */
  violation = 0;
  /** What it ranks by: its value, or where it is not feasible its violation above all values. */
  #rank = Infinity;
  /** The row of this generation that it is; -1: of an earlier one. */
  #row = -1;
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
    this.x = new Float64Array(variables.count).fill(NaN);
  }

  /** A generation begins: no row of it takes the place of an equal one before. */
  begin(): void {
    this.#row = -1;
  }

  /**
   * Made from the point of the cube anew: what a callback wrote into its argument reaches nobody. Of equal ones in a generation the first
   * row's is the best, in whatever order the values come. `at`: the row of the generation, where that is not the one of `points`.
   */
  take(
    points: ArrayLike<number>,
    row: number,
    value: number,
    rank = rankOf(value),
    violation = 0,
    at = row,
  ): void {
    const before = rank < this.#rank || (rank === this.#rank && at < this.#row);
    if (!before && !Number.isNaN(this.x[0]!)) return;
    this.#row = at;
    this.#variables.decode(points, row, this.x);
    this.fun = value;
    this.violation = violation;
    this.#rank = rank;
  }

  /** A lower point found otherwise. */
  replace(x: ArrayLike<number>, value: number): void {
    if (!(value < this.fun)) return;
    this.x.set(x);
    this.fun = value;
    this.#rank = value;
  }

  save(): string {
    return pack([this.fun, this.violation, this.#rank], this.x);
  }

  restore(saved: unknown): boolean {
    const head = new Float64Array(3);
    if (!unpack(saved, head, this.x)) return false;
    [this.fun, this.violation, this.#rank] = head as unknown as [number, number, number];
    return true;
  }
}
