// The distinct minima that the runs of a search ended in: two ends are one where they are near in the cube and their values agree.

import { INFEASIBLE } from "./constraints.js";

/** As near as this share of the box in every variable, */
const NEAR = 1e-4;
/** and values that agree to this share of the spread of all ends. */
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

  add(u: ArrayLike<number>, fun: number): void {
    if (!(fun < INFEASIBLE)) return;
    const { list } = this;
    const scale = Math.max(Math.abs(fun), list.length > 0 ? Math.abs(list[0]!.fun - fun) : 0);
    const at = list.findIndex(
      (known) =>
        Math.abs(known.fun - fun) <= SAME * scale && known.u.every((v, j) => Math.abs(v - u[j]!) <= NEAR),
    );
    if (at < 0) list.push({ u: Float64Array.from(u), fun, hits: 1 });
    else {
      const known = list[at]!;
      const lower = fun < known.fun;
      list[at] = {
        u: lower ? Float64Array.from(u) : known.u,
        fun: lower ? fun : known.fun,
        hits: known.hits + 1,
      };
    }
    list.sort((a, b) => a.fun - b.fun);
    if (list.length > MOST) list.pop();
  }

  save(): unknown[] {
    return this.list.map(({ u, fun, hits }) => [Array.from(u), fun, hits]);
  }

  restore(saved: readonly unknown[]): void {
    const entries = saved as [number[], number, number][];
    this.list.splice(
      0,
      Infinity,
      ...entries.map(([u, fun, hits]) => ({ u: Float64Array.from(u), fun, hits })),
    );
  }
}
