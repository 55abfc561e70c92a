// Jacobians by differences, column by column. The step of each variable comes from the response of the function along it: over
// which length its derivative changes, and how much of the change is rounding. So neither the origin nor the unit of a variable
// matters, and with each column comes its error. `minimize` does the same for one function (gradient-differences.ts).
//
// With noise e in the values, second derivative c and third c / L, a central difference errs by e / h + c h^2 / (6 L), least at
// h = (3 e L / c)^(1/3); a forward one by 2 e / h + c h / 2, least at h = 2 (e / c)^(1/2) (Gill, Murray and Wright, Practical
// Optimization, 1981, sections 8.5 and 8.6). All sizes are 2-norms over the values.

import type { Box } from "./bounds.js";

const EPS = 2.220446049250313e-16;
/** eps^(1/3). */
const THIRD = 6.055454452393343e-6;
/** Rounding of a value, in units of its size. */
const ROUNDING = 2 * EPS;
/** A second difference beyond so many times the noise is curvature. */
const VISIBLE = 8;
/** A column is good when it errs by so small a share, or by no more than so many times what the best step leaves. */
const SHARE = 1e-10;
const NEAR_BEST = 3;
/** The same where it only has to lead towards the solution. */
const COARSE_SHARE = 1e-7;
const COARSE_BEST = 10;
/** Attempts at a variable's step: before anything is known of it, and afterwards. */
const FIRST_TRIES = 7;
const LATER_TRIES = 2;
/** How a step that shows nothing grows, and one that leaves the domain shrinks. */
const GROWTH = 1e4;
const SHRINKAGE = 1e-2;
/** From one Jacobian to the next a step changes at most by this factor. */
const CHANGE = 10;
/** Values near zero say nothing about lengths: they count as this share of the first ones at least. */
const LEAST_SIZE = 1e-6;
/** A second difference that shrinks slower than its step, and is this small beside the values, is noise. */
const FAINT = 1e-5;
/** A forward step is looked for anew where the point has moved by this share of its length, or the slope changed by this factor. */
const MOVED = 0.5;
const OTHER_SLOPE = 8;

/** For those who take differences of several columns at once (grouped-differences.ts). */
export const constants = {
  EPS,
  THIRD,
  ROUNDING,
  VISIBLE,
  SHARE,
  NEAR_BEST,
  COARSE_SHARE,
  COARSE_BEST,
  FIRST_TRIES,
  LATER_TRIES,
  GROWTH,
  SHRINKAGE,
  CHANGE,
  LEAST_SIZE,
  FAINT,
  MOVED,
  OTHER_SLOPE,
} as const;

/** What is remembered from one Jacobian to the next, n numbers each; steps are all 0 at first. */
export interface DifferenceMemory {
  /** Step of a central difference by each variable; 0: not known. */
  readonly steps: Float64Array;
  /** Where it was found, over which length the derivative changes there, and the size of the column. */
  readonly places: Float64Array;
  readonly lengths: Float64Array;
  readonly slopes: Float64Array;
  /** Noise seen, in units of the values; 0: not more than rounding. */
  readonly noises: Float64Array;
  /** Of the last Jacobian: the error of each column, and the step it was taken with. */
  readonly errors: Float64Array;
  readonly used: Float64Array;
  /** Least size that values count as: of the numbers they are differences of, or a share of the first ones; NaN before. */
  readonly first: Float64Array;
}

export interface DifferenceSpace {
  /** The point to evaluate, whenever the generator yields; n. */
  readonly x: Float64Array;
  /** Values at the two points of a difference, m each. */
  readonly a: Float64Array;
  readonly b: Float64Array;
}

const VECTORS = ["steps", "places", "lengths", "slopes", "noises", "errors", "used"] as const;
/** Names and lengths of the memory, for those who keep it in a workspace. */
export const differenceVectors = (n: number): Record<keyof DifferenceMemory, number> => ({
  ...(Object.fromEntries(VECTORS.map((name) => [name, n])) as Record<(typeof VECTORS)[number], number>),
  first: 1,
});

/** Nothing is known yet. `size`: of the numbers whose differences the values are, where that is known. */
export function forget(memory: DifferenceMemory, size = Number.NaN): void {
  for (const name of VECTORS) memory[name].fill(0);
  memory.first[0] = size;
}

/** A memory of its own, as `forget` leaves it. */
export function newMemory(n: number, size = Number.NaN): DifferenceMemory {
  const memory = Object.fromEntries(
    Object.entries(differenceVectors(n)).map(([name, length]) => [name, new Float64Array(length)]),
  ) as unknown as DifferenceMemory;
  memory.first[0] = size;
  return memory;
}

/** Evaluations of a Jacobian, where no step has to be looked for. */
export const differenceCost = (n: number, central: boolean): number => (central ? 2 * n : n);

/** 2-norm. */
function sizeOf(v: Float64Array): number {
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

/** The point has come near: what was seen of sizes and noise far away, where the values may have been far larger, does not count. */
export function comeNear(x: Float64Array, memory: DifferenceMemory): void {
  const { first, noises, slopes } = memory;
  first[0] = Math.min(first[0]!, LEAST_SIZE * largestTerm(x, slopes));
  noises.fill(0);
}

/** Cube root by Newton's method from a power of two: of Math only sqrt is the same everywhere. */
export function cubeRoot(v: number): number {
  if (!(v > 0 && v < Infinity)) return v;
  let t = 1;
  while (t * t * t < v) t *= 2;
  while (t * t * t > v) t /= 2;
  for (let i = 0; i < 6; i++) t = (2 * t + v / (t * t)) / 3;
  return t;
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
  const { steps, places, lengths, slopes, noises, errors, used, first } = memory;
  const n = x.length;
  const m = r.length;
  const size = sizeOf(r);
  if (!(first[0]! >= 0)) first[0] = LEAST_SIZE * size;
  const least = first[0]!;
  let most = 0;
  for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(x[j]!));
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
    const finest = Math.max(64 * EPS * Math.abs(xj), Number.MIN_VALUE / EPS);
    const known = steps[j]! > 0;
    const near = known && !(Math.abs(xj - places[j]!) > MOVED * lengths[j]!);
    let h = known ? steps[j]! : THIRD * (Math.abs(xj) || most || 1);
    if (near && !central) {
      const grain = Math.max(ROUNDING, noises[j]!) * Math.max(size, least);
      const fine = 2 * Math.sqrt((grain * lengths[j]!) / slopes[j]!);
      h = Math.min(Math.max(fine < h ? fine : h, finest), room);
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
      const noise = Math.max(ROUNDING, noises[j]!) * Math.max(size, sizeOf(a), least);
      const width = Math.abs(step);
      errors[j] = (2 * noise) / width + (slope * width) / (2 * lengths[j]!);
      used[j] = width;
      if (slope <= OTHER_SLOPE * slopes[j]! && OTHER_SLOPE * slope >= slopes[j]!) {
        worst = Math.max(worst, slope > 0 ? errors[j]! / slope : 0);
        at[j] = xj;
        continue;
      }
      h = steps[j]!;
    }
    const tries = known ? LATER_TRIES : FIRST_TRIES;
    // The last second difference that showed, and its step.
    let [seen, wide] = [0, 0];
    // Side on which alone the values are finite.
    let only = 0;
    for (let k = 1; ; k++) {
      h = Math.min(Math.max(h, finest), room / 2);
      const inside = only === 0 && xj - low >= h && high - xj >= h;
      // Beside a bound two points on the side with more room.
      const side = only || (high - xj >= xj - low ? 1 : -1);
      const one = inside ? xj + h : Math.min(Math.max(xj + side * h, low), high);
      const two = inside ? xj - h : Math.min(Math.max(xj + side * 2 * h, low), high);
      at[j] = one;
      yield a;
      at[j] = two;
      yield b;
      const [da, db] = [one - xj, two - xj];
      let [slope, bend] = [0, 0];
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
        const [ahead, behind] = [sizeOf(a) < Infinity, sizeOf(b) < Infinity];
        if (inside && ahead !== behind) only = ahead ? 1 : -1;
        else h *= SHRINKAGE;
        continue;
      }
      const width = Math.min(Math.abs(da), Math.abs(db));
      const large = Math.max(size, sizeOf(a), sizeOf(b), least);
      const curvature = 2 * Math.sqrt(bend);
      const second = curvature * width * width;
      // Twice the second difference would be four times as large if it were curvature.
      if (seen > 0 && h < wide && second <= FAINT * large && second * wide > seen * h)
        noises[j] = Math.max(noises[j]!, second / large);
      const noise = Math.max(ROUNDING, noises[j]!) * large;
      const visible = second > VISIBLE * noise;
      if (visible) [seen, wide] = [second, h];
      const far = Math.sqrt((2 * large) / curvature);
      const length = visible ? Math.min(far, Math.max(slope / curvature, 1e-3 * far)) : Infinity;
      const best = visible ? cubeRoot((3 * noise * length) / curvature) : Infinity;
      const error = noise / width + (visible ? (curvature * width * width) / (6 * length) : 0);
      const good =
        error <= (central ? SHARE : COARSE_SHARE) * slope ||
        error <= ((central ? NEAR_BEST : COARSE_BEST) * 1.5 * noise) / best;
      if (good || k >= tries || (h >= room / 2 && h < best)) {
        errors[j] = error;
        used[j] = width;
        worst = Math.max(worst, slope > 0 ? error / slope : 0);
        let next = visible ? best : good ? h : h * CHANGE;
        if (known) next = Math.min(Math.max(next, h / CHANGE), h * CHANGE);
        steps[j] = Math.max(Math.min(next, room), finest);
        places[j] = xj;
        lengths[j] = length;
        slopes[j] = slope;
        break;
      }
      // A variable that is tiny by chance says nothing about its scale.
      const lost = k === 3 && second <= noise && slope * width <= noise;
      h = visible ? best : lost ? Math.max(h, THIRD * (most || 1), THIRD) : h * GROWTH;
    }
    at[j] = xj;
  }
  return worst;
}
