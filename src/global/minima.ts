// The distinct minima that the runs of a search ended in: two ends are one where they are near in the cube and their values agree.

import { INFEASIBLE } from "./constraints.js";
import { pack, unpack } from "./saving.js";

/** As near as this share of the box in every variable, */
const NEAR = 1e-4;
/** and values that agree to this share of the range of all values seen, or of their own size. */
const SAME = 1e-6;
/** Ends that are kept: the lowest. */
const MOST = 100;

export interface Found {
  /** In the unit cube. */
  readonly u: Float64Array;
  readonly fun: number;
  readonly hits: number;
}

export class Minima {
  /** The lowest first. */
  readonly list: Found[] = [];
  /** Of all values that were seen. */
  #low = Infinity;
  #high = -Infinity;

  /** `cells`: how many values each variable has, 0 for those that are no whole numbers or choices. */
  constructor(readonly cells: Int32Array) {}

  /** A generation's values: how far apart values of this function are. */
  see(values: ArrayLike<number>, rows: number): void {
    for (let k = 0; k < rows; k++) {
      const value = values[k]!;
      if (!(Math.abs(value) < INFEASIBLE)) continue;
      if (value < this.#low) this.#low = value;
      if (value > this.#high) this.#high = value;
    }
  }

  add(point: ArrayLike<number>, fun: number): void {
    if (!(fun < INFEASIBLE)) return;
    // Points of one cell are one.
    const u = Float64Array.from(this.cells, (count, j) => {
      const v = point[j]!;
      return count > 0 ? (Math.min(Math.floor(v * count), count - 1) + 0.5) / count : v;
    });
    const { list } = this;
    const scale = Math.max(Math.abs(fun), this.#high - this.#low);
    const at = list.findIndex(
      (known) =>
        Math.abs(known.fun - fun) <= SAME * scale && known.u.every((v, j) => Math.abs(v - u[j]!) <= NEAR),
    );
    if (at < 0) list.push({ u, fun, hits: 1 });
    else {
      const known = list[at]!;
      const lower = fun < known.fun;
      list[at] = {
        u: lower ? u : known.u,
        fun: lower ? fun : known.fun,
        hits: known.hits + 1,
      };
    }
    list.sort((a, b) => a.fun - b.fun);
    if (list.length > MOST) list.pop();
  }

  save(): unknown[] {
    return [
      pack(Float64Array.of(this.#low, this.#high)),
      ...this.list.map(({ u, fun, hits }) => [Array.from(u), fun, hits]),
    ];
  }

  restore(saved: readonly unknown[]): void {
    const [range, ...entries] = saved as [unknown, ...[number[], number, number][]];
    const both = new Float64Array(2);
    unpack(range, both);
    [this.#low, this.#high] = both as unknown as [number, number];
    this.list.splice(
      0,
      Infinity,
      ...entries.map(([u, fun, hits]) => ({ u: Float64Array.from(u), fun, hits })),
    );
  }
}
