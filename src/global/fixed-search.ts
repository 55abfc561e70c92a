// A box of fixed variables only: one point, one evaluation.

import { rankOf } from "./ranking.js";
import type { SavedSearch, Search, SearchEnd } from "./search.js";

export class FixedSearch implements Search {
  readonly rows = 1;
  readonly points = new Float64Array(0);
  readonly values = new Float64Array(1);
  readonly restarts = 0;
  readonly spread = 0;

  ask(): void {}

  tell(): SearchEnd {
    const finite = rankOf(this.values[0]!) < Infinity;
    return finite ? { status: "converged", reason: "step" } : { status: "failed", reason: "nonFinite" };
  }

  save(): SavedSearch {
    return {};
  }

  restore(): boolean {
    return true;
  }

  release(): void {}
}
