// As differences.ts for a sparse Jacobian: all columns of a group, which share no row, are moved at once. Each has its own step, found and
// judged as there, by the rows in which it has entries.

import type { ColumnGroups } from "../linalg/column-groups.js";
import type { JacobianPattern } from "../linalg/sparse-pattern.js";
import type { Box } from "./bounds.js";
import {
  type Column,
  FARTHEST,
  FIRST_TRIES,
  finestAt,
  forwardGood,
  forwardStep,
  LATER_TRIES,
  LEAST_SIZE,
  MOVED,
  nextStep,
  SHRINKAGE,
  THIRD,
} from "./difference-steps.js";
import { type DifferenceMemory, type DifferenceSpace, sizeOf } from "./differences.js";

/** What is known of a column while its group is looked at. */
class GroupedColumn implements Column {
  seen = 0;
  wide = 0;
  /** The step, the points, how often one was tried. */
  h = 0;
  one = 0;
  two = 0;
  tried = 0;
  room = 0;
  /** Both points are inside, on the two sides. */
  inside = false;
  /** Side on which alone the values are finite. */
  only = 0;
  /** Least size of the values. */
  size = 0;
  /** The column has no slope yet, and one point may be enough. */
  open = false;
  forward = false;
}

export class GroupedSpace {
  readonly columns: readonly GroupedColumn[];

  constructor(
    readonly pattern: JacobianPattern,
    readonly groups: ColumnGroups,
  ) {
    this.columns = Array.from({ length: pattern.cols }, () => new GroupedColumn());
  }
}

/** 2-norm over the rows of column j. */
function sizeIn({ colPtr, rowIdx }: JacobianPattern, j: number, v: Float64Array): number {
  let sum = 0;
  for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) sum += v[rowIdx[e]!]! * v[rowIdx[e]!]!;
  return Math.sqrt(sum);
}

/** As `differences`; J has the entries in the order of the pattern. */
export function* groupedDifferences(
  x: Float64Array,
  r: Float64Array,
  J: Float64Array,
  central: boolean,
  box: Box | null,
  memory: DifferenceMemory,
  { x: at, a, b }: DifferenceSpace,
  { pattern, groups, columns }: GroupedSpace,
): Generator<Float64Array, number, void> {
  const { steps, places, lengths, errors, first } = memory;
  const { colPtr, rowIdx, from } = pattern;
  if (!(first[0]! >= 0)) first[0] = LEAST_SIZE * sizeOf(r);
  let most = 0;
  for (let j = 0; j < x.length; j++) most = Math.max(most, Math.abs(x[j]!));
  let worst = 0;
  at.set(x);
  J.fill(0);
  errors.fill(0);
  for (let g = 0; g < groups.count; g++) {
    const start = groups.start[g]!;
    const end = groups.start[g + 1]!;
    let forward = 0;
    let left = 0;
    for (let k = start; k < end; k++) {
      const j = groups.columns[k]!;
      const c = columns[j]!;
      const xj = x[j]!;
      const high = box ? box.upper[j]! : Infinity;
      c.room = Math.max(xj - (box ? box.lower[j]! : -Infinity), high - xj);
      c.seen = c.wide = c.only = 0;
      c.tried = 1;
      // No room for two more points.
      c.open = xj + c.room / 8 !== xj;
      if (!c.open) continue;
      left++;
      const known = steps[j]! > 0;
      c.h = known ? steps[j]! : THIRD * (Math.abs(xj) || most || 1);
      const least = first[0]! * Math.sqrt((colPtr[j + 1]! - colPtr[j]!) / r.length);
      c.size = Math.max(sizeIn(pattern, j, r), least);
      c.forward = known && !central && !(Math.abs(xj - places[j]!) > MOVED * lengths[j]!);
      if (!c.forward) continue;
      const step = Math.min(Math.max(forwardStep(memory, j, c.h, c.size), finestAt(xj)), c.room);
      at[j] = c.one = high - xj >= step ? xj + step : xj - step;
      forward++;
    }
    if (forward > 0) {
      yield a;
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        const c = columns[j]!;
        if (!c.open || !c.forward) continue;
        const step = c.one - x[j]!;
        let slope = 0;
        for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
          const s = (a[rowIdx[e]!]! - r[rowIdx[e]!]!) / step;
          J[from[e]!] = s;
          slope += s * s;
        }
        slope = Math.sqrt(slope);
        at[j] = x[j]!;
        const size = Math.max(c.size, sizeIn(pattern, j, a));
        if (!forwardGood(memory, j, Math.abs(step), slope, size)) continue;
        worst = Math.max(worst, slope > 0 ? errors[j]! / slope : 0);
        c.open = false;
        left--;
      }
    }
    while (left > 0) {
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        const c = columns[j]!;
        if (!c.open) continue;
        const xj = x[j]!;
        const low = box ? box.lower[j]! : -Infinity;
        const high = box ? box.upper[j]! : Infinity;
        const h = Math.min(Math.max(c.h, finestAt(xj)), c.room / 2, FARTHEST);
        c.h = h;
        c.inside = c.only === 0 && xj - low >= h && high - xj >= h;
        // Beside a bound two points on the side with more room.
        const side = c.only || (c.inside || high - xj >= xj - low ? 1 : -1);
        c.one = Math.min(Math.max(xj + side * h, low), high);
        c.two = Math.min(Math.max(xj + (c.inside ? -h : side * 2 * h), low), high);
        at[j] = c.one;
      }
      yield a;
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        if (columns[j]!.open) at[j] = columns[j]!.two;
      }
      yield b;
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        const c = columns[j]!;
        if (!c.open) continue;
        const xj = x[j]!;
        at[j] = xj;
        const [da, db] = [c.one - xj, c.two - xj];
        let [slope, bend] = [0, 0];
        for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
          const i = rowIdx[e]!;
          const sa = (a[i]! - r[i]!) / da;
          const sb = (b[i]! - r[i]!) / db;
          const d = (sa - sb) / (da - db);
          // Of the parabola through the three points.
          const s = c.inside && da === -db ? (a[i]! - b[i]!) / (da - db) : sa - da * d;
          J[from[e]!] = s;
          slope += s * s;
          bend += d * d;
        }
        slope = Math.sqrt(slope);
        const tries = steps[j]! > 0 ? LATER_TRIES : FIRST_TRIES;
        const tried = c.tried++;
        const [ahead, behind] = [sizeIn(pattern, j, a), sizeIn(pattern, j, b)];
        let done = false;
        if (slope < Infinity) {
          const width = Math.min(Math.abs(da), Math.abs(db));
          const size = Math.max(c.size, ahead, behind);
          c.h = nextStep(
            memory,
            c,
            j,
            xj,
            c.room,
            most,
            central,
            tried,
            tries,
            c.h,
            width,
            slope,
            bend,
            size,
          );
          done = c.h === 0;
          if (done) worst = Math.max(worst, slope > 0 ? errors[j]! / slope : 0);
        } else {
          done = tried >= tries + 2;
          const [here, there] = [ahead < Infinity, behind < Infinity];
          if (c.inside && here !== there) c.only = here ? 1 : -1;
          else c.h = c.h * SHRINKAGE;
        }
        if (!done) continue;
        c.open = false;
        left--;
      }
    }
  }
  return worst;
}
