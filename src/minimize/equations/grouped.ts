// The sparse Jacobian of solveEquations by forward differences: all columns of a group at once, each with a step of its own.

import type { Walk } from "../../driver/walk.js";
import type { Watch } from "../../driver/watch.js";
import { type ColumnGroups, groupColumns } from "../../linalg/column-groups.js";
import type { JacobianPattern } from "../../linalg/sparse-pattern.js";
import { missingEntry, strayRow } from "../../linalg/stray-rows.js";
import { feels, firstStep, longerStep, TRIES } from "./steps.js";

/** Where F has the values f, and its Jacobian J is wanted. */
interface Place {
  readonly x: Float64Array;
  readonly f: Float64Array;
  readonly J: Float64Array;
  readonly watch: Watch;
}

export class GroupedDifferences {
  readonly #pattern: JacobianPattern;
  readonly #groups: ColumnGroups;
  readonly #at: Float64Array;
  readonly #near: Float64Array;
  readonly #steps: Float64Array;
  /** 1: F does not feel the step of this column yet. */
  readonly #open: Uint8Array;
  #looked = false;

  constructor(pattern: JacobianPattern) {
    const { rows, cols } = pattern;
    this.#pattern = pattern;
    this.#groups = groupColumns(pattern, new Uint8Array(cols).fill(1));
    this.#at = new Float64Array(cols);
    this.#near = new Float64Array(rows);
    this.#steps = new Float64Array(cols);
    this.#open = new Uint8Array(cols);
  }

  /** Evaluations of a Jacobian, where every step is felt; the first looks at the pattern, too. */
  get count(): number {
    return this.#groups.count + (this.#looked ? 0 : 2);
  }

  /** Fills s.J at s.x; false when it was interrupted. */
  *fill(s: Place, evaluate: (x: Float64Array, out: Float64Array) => Walk<boolean>): Walk<boolean> {
    const { x, f, J, watch } = s;
    const [at, near, steps, open] = [this.#at, this.#near, this.#steps, this.#open];
    const { colPtr, rowIdx, from } = this.#pattern;
    const { count, start, columns } = this.#groups;
    let most = 0;
    for (let j = 0; j < x.length; j++) most = Math.max(most, Math.abs(x[j]!));
    at.set(x);
    for (let g = 0; g < count; g++) {
      const [first, end] = [start[g]!, start[g + 1]!];
      for (let a = first; a < end; a++) {
        const j = columns[a]!;
        open[j] = 1;
        steps[j] = firstStep(x[j]!, most);
      }
      for (let k = 1; ; k++) {
        if (watch.before(1)) return false;
        for (let a = first; a < end; a++) {
          const j = columns[a]!;
          if (open[j]) at[j] = x[j]! + steps[j]!;
        }
        yield* evaluate(at, near);
        let left = false;
        for (let a = first; a < end; a++) {
          const j = columns[a]!;
          if (!open[j]) continue;
          const width = at[j]! - x[j]!;
          let felt = k === TRIES;
          for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
            const i = rowIdx[e]!;
            J[from[e]!] = (near[i]! - f[i]!) / width;
            if (feels(near[i]!, f[i]!)) felt = true;
          }
          at[j] = x[j]!;
          if (felt) open[j] = 0;
          else {
            steps[j] = longerStep(steps[j]!, k, most);
            left = true;
          }
        }
        if (!left) break;
      }
    }
    if (this.#looked) return true;
    this.#looked = true;
    const look = strayRow(this.#pattern, J, x, f, steps, at, near);
    let next = look.next();
    for (; !next.done; next = look.next()) {
      if (watch.before(1)) return false;
      yield* evaluate(at, near);
    }
    if (next.value >= 0) throw missingEntry(`${watch.where}: F[${next.value}]`, next.value);
    return true;
  }
}
