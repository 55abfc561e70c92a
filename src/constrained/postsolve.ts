// Undoes a presolve: first the point, then the multipliers, each change in reverse.

import type { Rows } from "./program.js";

interface Entries {
  readonly cols: readonly number[];
  readonly values: readonly number[];
}

export type Change =
  | { readonly kind: "fixed"; readonly j: number; readonly v: number }
  /** Row i became a bound of column j. */
  | {
      readonly kind: "bound";
      readonly i: number;
      readonly j: number;
      readonly a: number;
      readonly lower: boolean;
      readonly upper: boolean;
    }
  | ({ readonly kind: "forced"; readonly i: number; readonly side: number } & Entries)
  /** Row i, `factor` times row `first`, gave it bounds. */
  | {
      readonly kind: "parallel";
      readonly i: number;
      readonly first: number;
      readonly factor: number;
      readonly lower: boolean;
      readonly upper: boolean;
    }
  | ({
      readonly kind: "slack";
      readonly i: number;
      readonly j: number;
      readonly a: number;
      readonly least: number;
      readonly most: number;
      readonly l: number;
      readonly u: number;
    } & Entries)
  | ({
      readonly kind: "free";
      readonly i: number;
      readonly j: number;
      readonly a: number;
      readonly y: number;
      readonly value: number;
    } & Entries);

const along = ({ cols, values }: Entries, x: Float64Array): number =>
  cols.reduce((s, j, k) => s + values[k]! * x[j]!, 0);

export function undoPoint(changes: readonly Change[], x: Float64Array): void {
  for (let c = changes.length - 1; c >= 0; c--) {
    const change = changes[c]!;
    if (change.kind === "fixed") x[change.j] = change.v;
    else if (change.kind === "free") x[change.j] = (change.value - along(change, x)) / change.a;
    else if (change.kind === "slack") {
      const rest = along(change, x);
      const low = Math.max(change.least, change.l - rest);
      const high = Math.min(change.most, change.u - rest);
      // Where rounding lets them cross, the bound of the variable goes first.
      const t =
        low > high
          ? Math.min(change.most, Math.max(change.least, (low + high) / 2))
          : Math.max(low, Math.min(high, 0));
      x[change.j] = t / change.a;
    }
  }
}

/** `gradient`: Px + q at the whole point, 0 for a certificate. */
export function undoMultipliers(
  changes: readonly Change[],
  { T }: { readonly T: Rows },
  gradient: Float64Array,
  y: Float64Array,
  objective: boolean,
): void {
  // The z of a column from what is known by now.
  const implied = (j: number): number => {
    let s = gradient[j]!;
    let most = Math.abs(s);
    for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]!; k++) {
      const t = T.values[k]! * y[T.colIdx[k]!]!;
      most = Math.max(most, Math.abs(t));
      s += t;
    }
    return Math.abs(s) <= 1e-15 * most ? 0 : -s;
  };
  // These multipliers went into the costs, so they count from the beginning.
  if (objective) for (const change of changes) if (change.kind === "free") y[change.i] = change.y;
  for (let c = changes.length - 1; c >= 0; c--) {
    const change = changes[c]!;
    if (change.kind === "bound") {
      const z = implied(change.j);
      if ((z > 0 && change.upper) || (z < 0 && change.lower)) y[change.i] = z / change.a;
    } else if (change.kind === "parallel") {
      const v = y[change.first]!;
      if ((v > 0 && change.upper) || (v < 0 && change.lower)) {
        y[change.i] = v / change.factor;
        y[change.first] = 0;
      }
    } else if (change.kind === "forced") {
      // side 1: the lower side binds, y <= 0, and each z must point to the end where its variable is.
      let v = 0;
      change.cols.forEach((j, k) => {
        const wanted = implied(j) / change.values[k]!;
        if (change.side * wanted < change.side * v) v = wanted;
      });
      y[change.i] = v;
    }
  }
}
