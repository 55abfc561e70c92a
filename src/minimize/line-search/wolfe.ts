// Strong Wolfe conditions by bracketing and zoom: Nocedal and Wright, Numerical Optimization (2006), algorithms
// 3.5 and 3.6, with safeguarded cubic interpolation.

import { cubic } from "./more-thuente.js";
import { approximateWolfe, type Outcome, RETREAT, type WolfeOptions } from "./types.js";
import { Walk } from "./walk.js";

const GROWTH = 4;
/** A trial keeps this share of the interval's width from its ends. */
const MARGIN = 0.1;
const WIDTH = 1e-15;

export class Wolfe extends Walk {
  readonly #o: WolfeOptions;

  constructor(options: WolfeOptions) {
    super();
    this.#o = options;
  }

  protected *walk(): Generator<number, Outcome, void> {
    const { c1, c2, maxTrials } = this.#o;
    const { f0, slope0 } = this;
    // lo: lowest point with sufficient decrease so far; hi: the other end of the interval.
    let [lo, flo, dlo] = [0, f0, slope0];
    let [hi, fhi, dhi] = [0, f0, slope0];
    let bracketed = false;
    let roof = this.longest;
    let t = this.first;
    for (let trial = 1; ; trial++) {
      yield t;
      const { f, slope } = this;
      if (!this.finite) {
        if (trial > maxTrials + 30 || t === lo) return "tooMany";
        roof = t;
        if (bracketed) [hi, fhi, dhi] = [t, NaN, NaN];
        t = lo + RETREAT * (t - lo);
        continue;
      }
      const enough = f <= f0 + c1 * t * slope0;
      if ((enough && Math.abs(slope) <= -c2 * slope0) || approximateWolfe(f0, slope0, f, slope, this.#o))
        return "done";
      if (trial >= maxTrials) return "tooMany";
      if (!enough || (f >= flo && (bracketed || trial > 1))) {
        [hi, fhi, dhi] = [t, f, slope];
        bracketed = true;
      } else {
        if (bracketed ? slope * (hi - lo) >= 0 : slope >= 0) {
          [hi, fhi, dhi] = [lo, flo, dlo];
          bracketed = true;
        }
        [lo, flo, dlo] = [t, f, slope];
      }
      if (!bracketed) {
        if (t >= roof) return "longest";
        const beyond = roof < this.longest ? t + 0.5 * (roof - t) : GROWTH * t;
        if (!(beyond > t)) return "rounding";
        t = Math.min(beyond, roof);
        continue;
      }
      const width = hi - lo;
      if (Math.abs(width) <= WIDTH * Math.max(Math.abs(hi), Math.abs(lo))) {
        if (lo === 0 || t === lo) return "rounding";
        yield lo;
        return "rounding";
      }
      const guess = cubic(lo, flo, dlo, hi, fhi, dhi);
      const share = (guess - lo) / width;
      t = lo + width * (share >= MARGIN && share <= 1 - MARGIN ? share : 0.5);
    }
  }
}
