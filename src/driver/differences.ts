// Jacobians by differences, column by column. The step of each variable comes from the response of the function along it: over
// which length its derivative changes, and how much of the change is rounding. So neither the origin nor the unit of a variable
// matters (difference-steps.ts), and with each column comes its error. `minimize` does the same for one function (gradient-differences.ts).

import type { Box } from "./bounds.js";
import {
  type Column,
  type DifferenceMemory,
  FARTHEST,
  FIRST_TRIES,
  finestAt,
  forwardGood,
  forwardStep,
  LATER_TRIES,
  LEAST_SIZE,
  MOVED,
  nextStep,
  ROUNDING,
  SHRINKAGE,
  THIRD,
} from "./difference-steps.js";

export type { DifferenceMemory };

export interface DifferenceSpace {
  /** The point to evaluate, whenever the generator yields; n. */
  readonly x: Float64Array;
  /** Values at the two points of a difference, m each. */
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Names and lengths of the memory, for those who keep it in a workspace. */
export const differenceVectors = (n: number): Record<keyof DifferenceMemory, number> => ({
  steps: n,
  places: n,
  lengths: n,
  slopes: n,
  noises: n,
  errors: n,
  used: n,
  first: 2,
});

/** Nothing is known yet. `size`: of the numbers whose differences the values are, where that is known. */
export function forget(memory: DifferenceMemory, size = Number.NaN): void {
  for (const name in differenceVectors(0)) memory[name as keyof DifferenceMemory].fill(0);
  memory.first[0] = size;
}

/** A memory of its own, as `forget` leaves it. */
export function newMemory(n: number, size = Number.NaN): DifferenceMemory {
  const memory: Record<string, Float64Array> = {};
  for (const [name, length] of Object.entries(differenceVectors(n))) memory[name] = new Float64Array(length);
  memory.first![0] = size;
  return memory as unknown as DifferenceMemory;
}

/** Evaluations of a Jacobian, where no step has to be looked for. */
export const differenceCost = (n: number, central: boolean): number => (central ? 2 * n : n);

/** 2-norm. */
export function sizeOf(v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!;
  return Math.sqrt(sum);
}

/** Of the terms |J_k x_k| that the values are sums of, the largest. */
export function largestTerm(x: Float64Array, slopes: Float64Array): number {
  let terms = 0;
  for (let j = 0; j < x.length; j++) terms = Math.max(terms, slopes[j]! * Math.abs(x[j]!));
  return terms;
}

/**
 * Error that the rounding of such terms, which cancel unseen, makes in the last Jacobian, as the largest share of a column. An upper
 * limit: what is subtracted from x before all else is not rounded.
 */
export function roundingOf(x: Float64Array, { slopes, used }: DifferenceMemory): number {
  let least = Infinity;
  for (let j = 0; j < x.length; j++) if (slopes[j]! > 0) least = Math.min(least, slopes[j]! * used[j]!);
  return (ROUNDING * largestTerm(x, slopes)) / least;
}

/**
 * Where differences become fine, the point has come near: what was seen of sizes and noise far away, where the values may have been far
 * larger, does not count.
 */
export function comeNear(x: Float64Array, { first, noises, slopes }: DifferenceMemory, fine: boolean): void {
  if (fine && !first[1]) {
    first[0] = Math.min(first[0]!, LEAST_SIZE * largestTerm(x, slopes));
    noises.fill(0);
  }
  first[1] = fine ? 1 : 0;
}

/**
 * Fills J (m*n row-major) at x, where r holds the values; yields `space.a` or `space.b` when `space.x` is to be evaluated into
 * it. Steps never leave the box; beside a bound two points on the side with more room keep the order of the central difference.
 * Gives the largest error of a column as a share of its size. `central` false: one evaluation a variable whose step is known.
 */
export function* differences(
  x: Float64Array,
  r: Float64Array,
  J: Float64Array,
  central: boolean,
  box: Box | null,
  memory: DifferenceMemory,
  space: DifferenceSpace,
): Generator<Float64Array, number, void> {
  const { x: at, a, b } = space;
  const { steps, places, lengths, errors, first } = memory;
  const n = x.length;
  const m = r.length;
  let size = sizeOf(r);
  if (!(first[0]! >= 0)) first[0] = LEAST_SIZE * size;
  size = Math.max(size, first[0]!);
  let most = 0;
  for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(x[j]!));
  const column: Column = { seen: 0, wide: 0 };
  let worst = 0;
  at.set(x);
  for (let j = 0; j < n; j++) {
    const xj = x[j]!;
    const low = box ? box.lower[j]! : -Infinity;
    const high = box ? box.upper[j]! : Infinity;
    const room = Math.max(xj - low, high - xj);
    errors[j] = 0;
    // No room for two more points.
    if (xj + room / 8 === xj) {
      for (let i = 0; i < m; i++) J[i * n + j] = 0;
      continue;
    }
    const finest = finestAt(xj);
    const known = steps[j]! > 0;
    let h = steps[j]! || THIRD * (Math.abs(xj) || most || 1);
    if (known && !central && !(Math.abs(xj - places[j]!) > MOVED * lengths[j]!)) {
      h = Math.min(Math.max(forwardStep(memory, j, h, size), finest), room);
      const one = high - xj >= h ? xj + h : xj - h;
      at[j] = one;
      yield a;
      const step = one - xj;
      let slope = 0;
      for (let i = 0; i < m; i++) {
        const s = (a[i]! - r[i]!) / step;
        J[i * n + j] = s;
        slope += s * s;
      }
      slope = Math.sqrt(slope);
      if (forwardGood(memory, j, Math.abs(step), slope, Math.max(size, sizeOf(a)))) {
        worst = Math.max(worst, slope > 0 ? errors[j]! / slope : 0);
        at[j] = xj;
        continue;
      }
      h = steps[j]!;
    }
    const tries = known ? LATER_TRIES : FIRST_TRIES;
    column.seen = column.wide = 0;
    // Side on which alone the values are finite.
    let only = 0;
    for (let k = 1; ; k++) {
      h = Math.min(Math.max(h, finest), room / 2, FARTHEST);
      const inside = only === 0 && xj - low >= h && high - xj >= h;
      // Beside a bound two points on the side with more room.
      const side = only || (inside || high - xj >= xj - low ? 1 : -1);
      const one = Math.min(Math.max(xj + side * h, low), high);
      const two = Math.min(Math.max(xj + (inside ? -h : side * 2 * h), low), high);
      at[j] = one;
      yield a;
      at[j] = two;
      yield b;
      const da = one - xj;
      const db = two - xj;
      let slope = 0;
      let bend = 0;
      for (let i = 0; i < m; i++) {
        const sa = (a[i]! - r[i]!) / da;
        const sb = (b[i]! - r[i]!) / db;
        const c = (sa - sb) / (da - db);
        // Of the parabola through the three points.
        const s = inside && da === -db ? (a[i]! - b[i]!) / (da - db) : sa - da * c;
        J[i * n + j] = s;
        slope += s * s;
        bend += c * c;
      }
      slope = Math.sqrt(slope);
      if (!(slope < Infinity)) {
        if (k >= tries + 2) break;
        const ahead = sizeOf(a) < Infinity;
        if (inside && ahead !== sizeOf(b) < Infinity) only = ahead ? 1 : -1;
        else h *= SHRINKAGE;
        continue;
      }
      const width = Math.min(Math.abs(da), Math.abs(db));
      const large = Math.max(size, sizeOf(a), sizeOf(b));
      h = nextStep(memory, column, j, xj, room, most, central, k, tries, h, width, slope, bend, large);
      if (h > 0) continue;
      worst = Math.max(worst, slope > 0 ? errors[j]! / slope : 0);
      break;
    }
    at[j] = xj;
  }
  return worst;
}
