// A box of so few points that each is looked at: fixed variables only, one point; whole numbers and choices of a few values, every cell.

import type { Minima } from "./minima.js";
import { rankOf } from "./ranking.js";
import type { SavedSearch, Search, SearchEnd } from "./search.js";

/** As many points as no search of such a box can do with. */
const FEW = 64;

/** How many points there are where they are few, and no more than `budget`; else 0. `cells`: of each variable, 0 for one that is continuous. */
export function fewCells(cells: Int32Array, budget: number): number {
  const all = cells.reduce((product, count) => product * count, 1);
  return all <= Math.min(FEW, budget) ? all : 0;
}

export class CellSearch implements Search {
  readonly rows: number;
  readonly points: Float64Array;
  readonly values: Float64Array;
  readonly restarts = 0;
  readonly spread = 0;
  readonly #n: number;
  readonly #minima: Minima;

  constructor(cells: Int32Array, minima: Minima) {
    this.rows = cells.reduce((product, count) => product * count, 1);
    this.#n = cells.length;
    this.#minima = minima;
    this.values = new Float64Array(this.rows);
    this.points = new Float64Array(this.rows * this.#n);
    for (let k = 0; k < this.rows; k++) {
      let rest = k;
      cells.forEach((count, j) => {
        this.points[k * this.#n + j] = ((rest % count) + 0.5) / count;
        rest = Math.floor(rest / count);
      });
    }
  }

  ask(): void {}

  tell(): SearchEnd {
    let best = 0;
    for (let k = 1; k < this.rows; k++) if (rankOf(this.values[k]!) < rankOf(this.values[best]!)) best = k;
    const f = rankOf(this.values[best]!);
    if (f === Infinity) return { status: "failed", reason: "nonFinite" };
    this.#minima.add(this.points.subarray(best * this.#n, (best + 1) * this.#n), f);
    return { status: "converged", reason: "step" };
  }

  save(): SavedSearch {
    return {};
  }

  restore(): boolean {
    return true;
  }

  release(): void {}
}
