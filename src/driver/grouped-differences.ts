// As differences.ts for a sparse Jacobian: all columns of a group, which share no row, are moved at once. Each has its own step, found as
// there by its constants, and is judged by the rows in which it has entries.

import type { ColumnGroups } from "../linalg/column-groups.js";
import type { JacobianPattern } from "../linalg/sparse-pattern.js";
import type { Box } from "./bounds.js";
import { constants, cubeRoot, type DifferenceMemory, type DifferenceSpace } from "./differences.js";

const { EPS, THIRD, ROUNDING, VISIBLE, SHARE, NEAR_BEST, COARSE_SHARE, COARSE_BEST } = constants;
const { FIRST_TRIES, LATER_TRIES, GROWTH, SHRINKAGE, CHANGE, LEAST_SIZE, FAINT, MOVED, OTHER_SLOPE } =
  constants;

/** What is known of a column while its group is looked at; n numbers each. */
export class GroupedSpace {
  /** 1: the column has no slope yet. */
  readonly open: Uint8Array;
  readonly tries: Int32Array;
  readonly h: Float64Array;
  readonly one: Float64Array;
  readonly two: Float64Array;
  /** The last second difference that showed, and its step. */
  readonly seen: Float64Array;
  readonly wide: Float64Array;
  /** Side on which alone the values are finite. */
  readonly only: Int8Array;

  constructor(
    readonly pattern: JacobianPattern,
    readonly groups: ColumnGroups,
  ) {
    const n = pattern.cols;
    this.open = new Uint8Array(n);
    this.tries = new Int32Array(n);
    [this.h, this.one, this.two, this.seen, this.wide] = [
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
    ];
    this.only = new Int8Array(n);
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
  grouped: GroupedSpace,
): Generator<Float64Array, number, void> {
  const { pattern, groups, open, tries, h, one, two, seen, wide, only } = grouped;
  const { steps, places, lengths, slopes, noises, errors, used, first } = memory;
  const { colPtr, rowIdx, from } = pattern;
  const m = r.length;
  let squares = 0;
  for (let i = 0; i < m; i++) squares += r[i]! * r[i]!;
  if (!(first[0]! >= 0)) first[0] = LEAST_SIZE * Math.sqrt(squares);
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
      const xj = x[j]!;
      const low = box ? box.lower[j]! : -Infinity;
      const high = box ? box.upper[j]! : Infinity;
      const room = Math.max(xj - low, high - xj);
      open[j] = 0;
      tries[j] = 1;
      seen[j] = wide[j] = only[j] = 0;
      // No room for two more points.
      if (xj + room / 8 === xj) continue;
      const finest = Math.max(64 * EPS * Math.abs(xj), Number.MIN_VALUE / EPS);
      const known = steps[j]! > 0;
      h[j] = known ? steps[j]! : THIRD * (Math.abs(xj) || most || 1);
      open[j] = 1;
      left++;
      if (!known || central || Math.abs(xj - places[j]!) > MOVED * lengths[j]!) continue;
      const least = first[0]! * Math.sqrt((colPtr[j + 1]! - colPtr[j]!) / m);
      const grain = Math.max(ROUNDING, noises[j]!) * Math.max(sizeIn(pattern, j, r), least);
      const fine = 2 * Math.sqrt((grain * lengths[j]!) / slopes[j]!);
      const step = Math.min(Math.max(fine < h[j]! ? fine : h[j]!, finest), room);
      at[j] = one[j] = high - xj >= step ? xj + step : xj - step;
      open[j] = 2;
      forward++;
    }
    if (forward > 0) {
      yield a;
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        if (open[j] !== 2) continue;
        const step = one[j]! - x[j]!;
        let slope = 0;
        for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
          const s = (a[rowIdx[e]!]! - r[rowIdx[e]!]!) / step;
          J[from[e]!] = s;
          slope += s * s;
        }
        slope = Math.sqrt(slope);
        const least = first[0]! * Math.sqrt((colPtr[j + 1]! - colPtr[j]!) / m);
        const large = Math.max(sizeIn(pattern, j, r), sizeIn(pattern, j, a), least);
        const noise = Math.max(ROUNDING, noises[j]!) * large;
        const width = Math.abs(step);
        errors[j] = (2 * noise) / width + (slope * width) / (2 * lengths[j]!);
        used[j] = width;
        at[j] = x[j]!;
        open[j] = 1;
        if (!(slope <= OTHER_SLOPE * slopes[j]! && OTHER_SLOPE * slope >= slopes[j]!)) continue;
        worst = Math.max(worst, slope > 0 ? errors[j]! / slope : 0);
        open[j] = 0;
        left--;
      }
    }
    while (left > 0) {
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        if (!open[j]) continue;
        const xj = x[j]!;
        const low = box ? box.lower[j]! : -Infinity;
        const high = box ? box.upper[j]! : Infinity;
        const room = Math.max(xj - low, high - xj);
        const finest = Math.max(64 * EPS * Math.abs(xj), Number.MIN_VALUE / EPS);
        const step = Math.min(Math.max(h[j]!, finest), room / 2);
        h[j] = step;
        const inside = only[j] === 0 && xj - low >= step && high - xj >= step;
        // Beside a bound two points on the side with more room.
        const side = only[j]! || (high - xj >= xj - low ? 1 : -1);
        at[j] = one[j] = inside ? xj + step : Math.min(Math.max(xj + side * step, low), high);
        two[j] = inside ? xj - step : Math.min(Math.max(xj + side * 2 * step, low), high);
      }
      yield a;
      for (let k = start; k < end; k++)
        if (open[groups.columns[k]!]) at[groups.columns[k]!] = two[groups.columns[k]!]!;
      yield b;
      for (let k = start; k < end; k++) {
        const j = groups.columns[k]!;
        if (!open[j]) continue;
        at[j] = x[j]!;
        const known = steps[j]! > 0;
        const limit = known ? LATER_TRIES : FIRST_TRIES;
        const [da, db] = [one[j]! - x[j]!, two[j]! - x[j]!];
        const inside = da === -db;
        let [slope, bend] = [0, 0];
        for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
          const i = rowIdx[e]!;
          const sa = (a[i]! - r[i]!) / da;
          const sb = (b[i]! - r[i]!) / db;
          const c = (sa - sb) / (da - db);
          // Of the parabola through the three points.
          const s = inside ? (a[i]! - b[i]!) / (da - db) : sa - da * c;
          J[from[e]!] = s;
          slope += s * s;
          bend += c * c;
        }
        slope = Math.sqrt(slope);
        const again = tries[j]!++;
        if (!(slope < Infinity)) {
          if (again >= limit + 2) {
            open[j] = 0;
            left--;
            continue;
          }
          const [ahead, behind] = [sizeIn(pattern, j, a) < Infinity, sizeIn(pattern, j, b) < Infinity];
          if (da * db < 0 && ahead !== behind) only[j] = ahead ? 1 : -1;
          else h[j] = h[j]! * SHRINKAGE;
          continue;
        }
        const width = Math.min(Math.abs(da), Math.abs(db));
        const least = first[0]! * Math.sqrt((colPtr[j + 1]! - colPtr[j]!) / m);
        const large = Math.max(sizeIn(pattern, j, r), sizeIn(pattern, j, a), sizeIn(pattern, j, b), least);
        const curvature = 2 * Math.sqrt(bend);
        const second = curvature * width * width;
        // Twice the second difference would be four times as large if it were curvature.
        if (
          seen[j]! > 0 &&
          h[j]! < wide[j]! &&
          second <= FAINT * large &&
          second * wide[j]! > seen[j]! * h[j]!
        )
          noises[j] = Math.max(noises[j]!, second / large);
        const noise = Math.max(ROUNDING, noises[j]!) * large;
        const visible = second > VISIBLE * noise;
        if (visible) {
          seen[j] = second;
          wide[j] = h[j]!;
        }
        const far = Math.sqrt((2 * large) / curvature);
        const length = visible ? Math.min(far, Math.max(slope / curvature, 1e-3 * far)) : Infinity;
        const best = visible ? cubeRoot((3 * noise * length) / curvature) : Infinity;
        const error = noise / width + (visible ? (curvature * width * width) / (6 * length) : 0);
        const good =
          error <= (central ? SHARE : COARSE_SHARE) * slope ||
          error <= ((central ? NEAR_BEST : COARSE_BEST) * 1.5 * noise) / best;
        const room = box ? Math.max(x[j]! - box.lower[j]!, box.upper[j]! - x[j]!) : Infinity;
        if (good || again >= limit || (h[j]! >= room / 2 && h[j]! < best)) {
          errors[j] = error;
          used[j] = width;
          worst = Math.max(worst, slope > 0 ? error / slope : 0);
          const finest = Math.max(64 * EPS * Math.abs(x[j]!), Number.MIN_VALUE / EPS);
          let next = visible ? best : good ? h[j]! : h[j]! * CHANGE;
          if (known) next = Math.min(Math.max(next, h[j]! / CHANGE), h[j]! * CHANGE);
          steps[j] = Math.max(Math.min(next, room), finest);
          places[j] = x[j]!;
          lengths[j] = length;
          slopes[j] = slope;
          open[j] = 0;
          left--;
          continue;
        }
        // A variable that is tiny by chance says nothing about its scale.
        const lost = again === 3 && second <= noise && slope * width <= noise;
        h[j] = visible ? best : lost ? Math.max(h[j]!, THIRD * (most || 1), THIRD) : h[j]! * GROWTH;
      }
    }
  }
  return worst;
}
