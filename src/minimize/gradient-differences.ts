// The gradient by differences of f. The step of each variable comes from the response of f along it: the curvature seen there
// says over which length f changes, the rounding of f how much of that is noise. So neither the origin nor the unit of a
// variable matters, and with the gradient comes its error.
//
// With noise e in f and f''' of the size |f''| / L, L = sqrt(2 |f| / |f''|), a central difference errs by e / h + |f''| h^2 / (6 L),
// least near h = eps^(1/3) L (Gill, Murray and Wright, Practical Optimization, 1981, section 8.6).

import type { Box } from "../driver/bounds.js";

const EPS = 2.220446049250313e-16;
/** eps^(1/3). */
const THIRD = 6.055454452393343e-6;
/** Rounding of a value of f, in units of |f|. */
const ROUNDING = 4 * EPS;
/** A second difference beyond so many times the noise is curvature. */
const VISIBLE = 8;
/** A slope is good when it errs by so small a share, or by no more than so many times what the best step leaves. */
const SHARE = 1e-7;
const NEAR_BEST = 10;
/** Attempts at a variable's step: before anything is known of it, and afterwards. */
const FIRST_TRIES = 6;
const LATER_TRIES = 2;
/** How a step that shows nothing grows, and one that leaves the domain shrinks. */
const GROWTH = 1e4;
const SHRINKAGE = 1e-2;
/** From one gradient to the next a step changes at most by this factor. */
const CHANGE = 10;
/** |f| near a zero says nothing about lengths: it counts as this share of the first one at least. */
const LEAST_SIZE = 1e-6;

/** A step is of the order of L itself where |f| is below so many times |f''| h^2: beyond 0.01 L. */
const BLANK = 5e3;

/** Where f says nothing of lengths, what a slope errs by is seen beside that of a step so many times shorter. */
const PART = 4;

/** What is remembered from one gradient to the next. */
export interface DifferenceMemory {
  /** Step of each variable; 0: not known yet. */
  readonly steps: Float64Array;
  /** Size of f where steps were first looked for; NaN before. */
  readonly first: Float64Array;
  /** The point to evaluate, whenever the generator yields. */
  readonly probe: Float64Array;
}

/** Evaluations of a gradient, where no step has to be looked for. */
export const gradientCost = (n: number, central: boolean): number => (central ? 2 * n : n);

/**
 * Fills `g` with the gradient at `x`, where f is known; yields when `memory.probe` is to be evaluated, is handed the value, and
 * gives the largest error of a component. `central` false: one evaluation a variable where its step is known. `fixed`: the caller's
 * own steps, which are taken as they are as far as the bounds let.
 */
export function* gradientDifferences(
  x: Float64Array,
  f: number,
  g: Float64Array,
  central: boolean,
  box: Box | null,
  memory: DifferenceMemory,
  fixed: Float64Array | null = null,
): Generator<void, number, number> {
  const { steps, first, probe } = memory;
  const n = x.length;
  let most = 0;
  for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(x[j]!));
  if (!(first[0]! >= 0)) first[0] = Math.abs(f);
  const least = LEAST_SIZE * first[0]!;
  let worst = 0;
  probe.set(x);
  for (let j = 0; j < n; j++) {
    const xj = x[j]!;
    const low = box ? box.lower[j]! : -Infinity;
    const high = box ? box.upper[j]! : Infinity;
    const room = Math.max(xj - low, high - xj);
    // No room for two more points.
    if (xj + room / 8 === xj) {
      g[j] = 0;
      continue;
    }
    const finest = Math.max(64 * EPS * Math.abs(xj), Number.MIN_VALUE / EPS);
    if (fixed) steps[j] = fixed[j]!;
    const known = steps[j]! > 0;
    let h = known ? steps[j]! : THIRD * (Math.abs(xj) || most || 1);
    if (known && !central) {
      h = Math.min(h, room);
      const at = high - xj >= h ? xj + h : xj - h;
      probe[j] = at;
      const value = yield;
      g[j] = (value - f) / (at - xj);
      worst = Math.max(worst, (2 * ROUNDING * Math.max(Math.abs(f), Math.abs(value))) / Math.abs(at - xj));
      probe[j] = xj;
      continue;
    }
    const tries = fixed ? 1 : known ? LATER_TRIES : FIRST_TRIES;
    /** The slope with the known step, where a shorter one was tried only to see how much they differ. */
    let before = NaN;
    for (let k = 1; ; k++) {
      h = Math.min(Math.max(h, finest), room / 2);
      const inside = xj - low >= h && high - xj >= h;
      // Beside a bound two points on the side with more room.
      const side = high - xj >= xj - low ? 1 : -1;
      const one = inside ? xj + h : xj + side * h;
      const two = inside ? xj - h : Math.min(Math.max(xj + side * 2 * h, low), high);
      probe[j] = one;
      const fa = yield;
      probe[j] = two;
      const fb = yield;
      const [a, b] = [one - xj, two - xj];
      const [sa, sb] = [(fa - f) / a, (fb - f) / b];
      const bend = (sa - sb) / (a - b);
      // Of the parabola through the three points.
      const slope = sa - a * bend;
      g[j] = slope;
      if (!(slope - slope === 0)) {
        if (k >= tries + 2) break;
        h *= SHRINKAGE;
        continue;
      }
      const width = Math.min(Math.abs(a), Math.abs(b));
      const size = Math.max(Math.abs(f), Math.abs(fa), Math.abs(fb), least);
      const noise = ROUNDING * Math.max(Math.abs(f), Math.abs(fa), Math.abs(fb));
      const curvature = 2 * Math.abs(bend);
      const visible = curvature * width * width > VISIBLE * noise;
      const length = Math.sqrt((2 * size) / curvature);
      // Where f is 0 but for what steps like this one add, its size says nothing of lengths: a step that is known stays.
      const blank = known && Math.max(Math.abs(f), least) < BLANK * curvature * width * width;
      const best = !visible ? Infinity : blank ? width : THIRD * length;
      if (before - before === 0) {
        worst = Math.max(worst, Math.abs(slope - before) + noise / width);
        g[j] = before;
        break;
      }
      const error = noise / width + (visible ? (curvature * width * width) / (6 * length) : 0);
      const good = error <= SHARE * Math.abs(slope) || error <= (NEAR_BEST * 2 * noise) / best;
      if (good || k >= tries || (h >= room / 2 && h < best)) {
        worst = Math.max(worst, error);
        const next = visible ? best : good ? h : h * CHANGE;
        steps[j] = known ? Math.min(Math.max(next, h / CHANGE), h * CHANGE) : Math.min(next, room);
        if (!central && visible) steps[j] = 2 * Math.sqrt(noise / curvature) || steps[j]!;
        steps[j] = Math.max(steps[j]!, finest);
        break;
      }
      if (blank && visible && k < tries && h / PART > finest) {
        before = slope;
        h /= PART;
        continue;
      }
      // A variable that is tiny by chance says nothing about its scale.
      const lost = k === 3 && Math.abs(fa - f) <= noise && Math.abs(fb - f) <= noise;
      h = visible ? best : lost ? Math.max(h, THIRD * (most || 1), THIRD * (k > 3 ? 1 : 0)) : h * GROWTH;
    }
    probe[j] = xj;
  }
  return worst;
}
