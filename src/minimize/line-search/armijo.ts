// Backtracking with interpolation to sufficient decrease (Armijo 1966; Dennis and Schnabel 1983, algorithm
// A6.3.1), and the fixed step. Both need no slopes at their trials.

import { type LineSearch, NOISE, type Outcome, RETREAT } from "./types.js";

/** A trial is at least a tenth and at most half of the one before. */
const LEAST = 0.1;
const MOST = 0.5;

export class Armijo implements LineSearch {
  step = 0;
  readonly slopes = false;
  readonly #c1: number;
  readonly #maxTrials: number;
  #f0 = 0;
  #slope0 = 0;
  #trials = 0;
  #before = 0;
  #fBefore = NaN;

  constructor(c1: number, maxTrials: number) {
    this.#c1 = c1;
    this.#maxTrials = maxTrials;
  }

  start(f: number, slope: number, step: number, longest: number): Outcome {
    if (!(slope < 0)) return "noDescent";
    this.#f0 = f;
    this.#slope0 = slope;
    this.#trials = 0;
    this.#fBefore = NaN;
    this.step = Math.min(step, longest);
    return "trial";
  }

  next(f: number): Outcome {
    const t = this.step;
    const drop = this.#c1 * t * this.#slope0;
    if (f <= this.#f0 + drop) {
      // Below rounding the sum says nothing: the value itself must have fallen.
      return f < this.#f0 || -drop > NOISE * Math.abs(this.#f0) ? "done" : "rounding";
    }
    if (++this.#trials >= this.#maxTrials) return "tooMany";
    if (!(f - f === 0)) {
      this.step = RETREAT * t;
      this.#fBefore = NaN;
      return "trial";
    }
    const next = this.#interpolate(t, f);
    this.#before = t;
    this.#fBefore = f;
    this.step = Math.min(Math.max(next, LEAST * t), MOST * t);
    return "trial";
  }

  /** Minimiser of the parabola through f(0), f'(0), f(t); with a second trial, of the cubic. */
  #interpolate(t: number, f: number): number {
    const slope = this.#slope0;
    const rise = f - this.#f0 - slope * t;
    const parabola = (-slope * t * t) / (2 * rise);
    if (!(this.#fBefore - this.#fBefore === 0)) return parabola;
    const b = this.#before;
    const riseB = this.#fBefore - this.#f0 - slope * b;
    const u = rise / (t * t);
    const v = riseB / (b * b);
    const c3 = (u - v) / (t - b);
    const c2 = (-b * u + t * v) / (t - b);
    if (c3 === 0) return -slope / (2 * c2);
    const root = c2 * c2 - 3 * c3 * slope;
    const found = root < 0 ? MOST * t : (-c2 + Math.sqrt(root)) / (3 * c3);
    return found - found === 0 ? found : parabola;
  }
}

/** Always the same step; shortened only where f is not finite. */
export class Fixed implements LineSearch {
  step = 0;
  readonly slopes = true;
  readonly #size: number;
  #trials = 0;

  constructor(size: number) {
    this.#size = size;
  }

  start(_f: number, slope: number, _step: number, longest: number): Outcome {
    if (!(slope < 0)) return "noDescent";
    this.#trials = 0;
    this.step = Math.min(this.#size, longest);
    return "trial";
  }

  next(f: number, slope: number): Outcome {
    if (f - f === 0 && slope - slope === 0) return "done";
    if (++this.#trials >= 60) return "tooMany";
    this.step *= RETREAT;
    return "trial";
  }
}
