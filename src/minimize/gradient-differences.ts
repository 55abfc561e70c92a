// The gradient by differences of f. The step of each variable comes from the response of f along it, and so does the error that
// goes with the gradient: neither the origin nor the unit of a variable matters.
//
// A central difference with step h errs by e / h + T h^2, with the noise e of f and T = |f'''| / 6; it is best near
// h = (e / 2T)^(1/3) (Gill, Murray and Wright, Practical Optimization, 1981, section 8.6). Both are measured where that is
// asked for: slopes with h and h / 4 differ by 15/16 T h^2, and second differences, which h^2 divides, by noise alone.

import type { Box } from "../driver/bounds.js";

const EPS = 2.220446049250313e-16;
/** eps^(1/3). */
const THIRD = 6.055454452393343e-6;
/** Rounding of a value of f, in units of |f|. */
const ROUNDING = 4 * EPS;
/** A second difference beyond so many times the noise is curvature, and a difference of slopes is not noise. */
const VISIBLE = 8;
const TRUE_CHANGE = 2;
/** A slope is good when it errs by so small a share, */
const SHARE = 1e-7;
/** or when its step is within these factors of the best one. */
const BELOW_BEST = 8;
const ABOVE_BEST = 3;
/** Looks for a variable's step: before anything is known of it, and afterwards. */
const FIRST_TRIES = 6;
const LATER_TRIES = 3;
/** How a step that shows nothing grows, one that may be longer, and how one that leaves the domain shrinks. */
const GROWTH = 1e3;
const LONGER = 10;
const SHRINKAGE = 1e-2;
/** No step is longer than this share of the variable, or of the length over which f changes. */
const LONGEST = 1e-3;
/** The shorter of the two steps of a measurement. */
const PART = 4;
/** The curvature along a variable has changed by so much that its step is looked for anew. */
const OTHER_CURVATURE = 30;

/** What is remembered from one gradient to the next. */
export interface DifferenceMemory {
  /** Step of each variable; 0: not known yet. */
  readonly steps: Float64Array;
  /** Third derivative over 6, and half the second derivative, as they were measured. */
  readonly thirds: Float64Array;
  readonly bends: Float64Array;
  /** The noise of f as it was measured: no less than the rounding of its value. */
  readonly noise: Float64Array;
  /** The point to evaluate, whenever the generator yields. */
  readonly probe: Float64Array;
}

/** Evaluations of a gradient, where no step has to be looked for. */
export const gradientCost = (n: number, central: boolean): number => (central ? 2 * n : n);

/** To 1e-4, the same on every engine. */
function cubeRoot(v: number): number {
  if (!(v > 0 && v < Infinity)) return v;
  let scale = 1;
  let t = v;
  for (; t < 0.125; scale *= 0.5) t *= 8;
  for (; t > 8; scale *= 2) t /= 8;
  let root = 1;
  for (let i = 0; i < 6; i++) root = (2 * root + t / (root * root)) / 3;
  return root * scale;
}

/**
 * Fills `g` with the gradient at `x`, where f is known; yields when `memory.probe` is to be evaluated, is handed the value, and
 * gives the largest error of a component, Infinity where f is lower on both sides of the point. `central` false: one evaluation a variable where its step is known. `measure`: errors are
 * measured here and not taken from before. `fixed`: the caller's own steps, which are taken as they are as far as the bounds let.
 */
export function* gradientDifferences(
  x: Float64Array,
  f: number,
  g: Float64Array,
  central: boolean,
  box: Box | null,
  memory: DifferenceMemory,
  measure: boolean,
  fixed: Float64Array | null = null,
): Generator<void, number, number> {
  const { steps, thirds, bends, noise: heard, probe } = memory;
  const n = x.length;
  let most = 0;
  for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(x[j]!));
  let worst = 0;
  let loudest = 0;
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
    const size = Math.abs(xj) || most || 1;
    let h = known ? steps[j]! : THIRD * size;
    if (known && !central) {
      h = Math.min(h, room);
      const at = high - xj >= h ? xj + h : xj - h;
      probe[j] = at;
      const value = yield;
      const width = Math.abs(at - xj);
      g[j] = (value - f) / (at - xj);
      const noise = Math.max(ROUNDING * Math.max(Math.abs(f), Math.abs(value)), heard[0]!);
      worst = Math.max(worst, (2 * noise) / width);
      probe[j] = xj;
      continue;
    }
    const tries = fixed ? 1 : known ? LATER_TRIES : FIRST_TRIES;
    let look = (measure || !known) && !fixed;
    let wide = 0;
    // The step and slope with which f answered last.
    let [clear, told, by] = [0, 0, 0];
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
        wide = h;
        h *= SHRINKAGE;
        look = !fixed;
        continue;
      }
      const width = Math.min(Math.abs(a), Math.abs(b));
      const highest = Math.max(Math.abs(f), Math.abs(fa), Math.abs(fb));
      let rounding = Math.max(ROUNDING * highest, heard[0]!);
      if (!look) {
        // As it was measured, unless f is another function here than it was there.
        const [now, then] = [Math.abs(bend), Math.abs(bends[j]!)];
        const seen = Math.max(now, then) * width * width > VISIBLE * rounding;
        const other = seen && !(now < OTHER_CURVATURE * then && OTHER_CURVATURE * now > then);
        if (fixed || !other) {
          const third = fixed ? 0 : thirds[j]!;
          worst = Math.max(worst, rounding / width + third * width * width);
          break;
        }
        look = true;
      }
      rounding = ROUNDING * highest;
      // The same with a shorter step.
      probe[j] = xj + a / PART;
      const fc = yield;
      probe[j] = xj + b / PART;
      const fd = yield;
      const [c, d] = [xj + a / PART - xj, xj + b / PART - xj];
      const [sc, sd] = [(fc - f) / c, (fd - f) / d];
      const bow = (sc - sd) / (c - d);
      const near = sc - c * bow;
      const short = width / PART;
      const noise = Math.max(rounding, (Math.abs(bow - bend) * short * short) / 2);
      const change = Math.abs(slope - near);
      const visible = change > (TRUE_CHANGE * (1 + PART) * noise) / width;
      const third = change / (width * width);
      const error = noise / width + third * width * width;
      const closer = (PART * noise) / width + third * short * short;
      const least = Math.min(error, closer);
      g[j] = error <= closer ? slope : near;
      const dead = Math.max(Math.abs(fc - f), Math.abs(fd - f)) <= rounding;
      const lost = dead && Math.max(Math.abs(fa - f), Math.abs(fb - f)) <= rounding;
      // A smooth f would answer: it is a function of steps, and what it does over several of them counts.
      if (dead && clear > h && Math.abs(told) * short > VISIBLE * rounding) {
        g[j] = told;
        steps[j] = clear;
        worst = Math.max(worst, by);
        break;
      }
      if (!dead) {
        // Where f is higher on both sides, and flat between them, nothing speaks against a minimum.
        [clear, told, by] = [Math.min(fa, fb, fc, fd) < f ? h : 0, g[j]!, least];
        thirds[j] = third;
        bends[j] = bend;
      }
      const curvature = 2 * Math.abs(bend);
      const length = curvature * width * width > VISIBLE * noise ? Math.sqrt((2 * highest) / curvature) : 0;
      // Where nothing answers, no scale is known but the largest variable's, and 1.
      const longest = Math.min(lost ? Math.max(most, 1) : LONGEST * Math.max(size, length), room / 2);
      const best = visible ? cubeRoot(noise / (2 * third)) : Infinity;
      let next = Math.min(best, longest);
      if (wide > 0) next = Math.min(next, wide / 2);
      const good =
        least <= SHARE * Math.abs(g[j]!) ||
        (h <= ABOVE_BEST * next && h * BELOW_BEST >= next) ||
        k >= (lost ? FIRST_TRIES : tries);
      if (good) {
        worst = Math.max(worst, least);
        loudest = Math.max(loudest, noise);
        thirds[j] = third;
        bends[j] = bend;
        // Lower on both sides: whatever the slope is, this is no minimum.
        if (inside && length > 0 && bend < 0) worst = Infinity;
        steps[j] = Math.max(visible ? next : Math.min(next, lost ? THIRD * (most || 1) : h), finest);
        if (!central && curvature > 0) steps[j] = Math.max(2 * Math.sqrt(noise / curvature), finest);
        break;
      }
      if (lost) {
        // A variable that is tiny by chance says nothing about its scale.
        const scale = k === 1 ? THIRD * most : k === 2 ? THIRD : 0;
        h = Math.min(Math.max(h * GROWTH, scale), longest);
      } else h = visible ? next : Math.min(h * LONGER, next);
    }
    probe[j] = xj;
  }
  if (measure || loudest > 0) heard[0] = loudest;
  return worst;
}
