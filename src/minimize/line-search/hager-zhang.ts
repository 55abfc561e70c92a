// Hager and Zhang, SIAM J. Optim. 16 (2005) 170-192: secant steps on the slope inside an interval whose ends have
// slopes of opposite sign; Wolfe conditions, or approximate ones where f is lost in rounding (eq. 4.1 with an
// allowance epsilon |f(0)|).

import { type Outcome, RETREAT, type WolfeOptions } from "./types.js";
import { Walk } from "./walk.js";

/** theta: where U3 bisects; gamma: by how much an interval must shrink; rho: growth while bracketing. */
const THETA = 0.5;
const GAMMA = 0.66;
const RHO = 5;
const EPSILON = 1e-6;
const WIDTH = 1e-15;

export class HagerZhang extends Walk {
  readonly #o: WolfeOptions;
  /** Ends of the interval and their slopes: slope(a) < 0, f(a) <= f(0) + eps; slope(b) >= 0. */
  #a = 0;
  #da = 0;
  #b = 0;
  #db = 0;
  #trials = 0;

  constructor(options: WolfeOptions) {
    super();
    this.#o = options;
  }

  /** T1 or T2 at the step last evaluated. */
  #accepts(t: number): boolean {
    const { c1, c2 } = this.#o;
    const { f, slope, f0, slope0 } = this;
    if (!this.finite || slope < c2 * slope0) return false;
    return f - f0 <= c1 * t * slope0 || (f <= this.#ceiling && slope <= (2 * c1 - 1) * slope0);
  }

  get #ceiling(): number {
    return this.f0 + EPSILON * Math.abs(this.f0);
  }

  protected *walk(): Generator<number, Outcome, void> {
    const { maxTrials } = this.#o;
    const { slope0 } = this;
    this.#a = 0;
    this.#da = slope0;
    this.#trials = 0;
    let roof = this.longest;
    let t = this.first;
    // Bracketing, B0 to B3.
    for (;;) {
      yield t;
      this.#trials++;
      if (this.#accepts(t)) return "done";
      if (this.#trials >= maxTrials + (this.finite ? 0 : 30)) return "tooMany";
      if (!this.finite) {
        roof = t;
        t = this.#a + RETREAT * (t - this.#a);
        if (t === this.#a) return "rounding";
        continue;
      }
      if (this.slope >= 0) {
        this.#b = t;
        this.#db = this.slope;
        break;
      }
      if (this.f > this.#ceiling) {
        this.#b = t;
        this.#db = NaN;
        break;
      }
      this.#a = t;
      this.#da = this.slope;
      if (t >= roof) return "longest";
      t = roof < this.longest ? t + 0.5 * (roof - t) : Math.min(RHO * t, roof);
    }
    // U3: b has f too high with a falling slope; bisect until its slope is up.
    while (!(this.#db >= 0)) {
      const m = (1 - THETA) * this.#a + THETA * this.#b;
      if (m === this.#a || m === this.#b) return "rounding";
      yield m;
      if (this.#accepts(m)) return "done";
      if (++this.#trials >= maxTrials) return "tooMany";
      this.#place(m);
    }
    for (;;) {
      const width = this.#b - this.#a;
      if (!(width > WIDTH * this.#b)) return "rounding";
      // Secant^2, S1 to S4: a secant step, then one more from the end that moved.
      const [a, da, b, db] = [this.#a, this.#da, this.#b, this.#db];
      const c = secant(a, da, b, db);
      if (c > this.#a && c < this.#b) {
        yield c;
        if (this.#accepts(c)) return "done";
        if (++this.#trials >= maxTrials) return "tooMany";
        this.#place(c);
        const second =
          c === this.#b ? secant(b, db, c, this.#db) : c === this.#a ? secant(a, da, c, this.#da) : NaN;
        if (second > this.#a && second < this.#b) {
          yield second;
          if (this.#accepts(second)) return "done";
          if (++this.#trials >= maxTrials) return "tooMany";
          this.#place(second);
        }
      }
      while (!(this.#db >= 0) || this.#b - this.#a > GAMMA * width) {
        const m = (1 - THETA) * this.#a + THETA * this.#b;
        if (m === this.#a || m === this.#b) return "rounding";
        yield m;
        if (this.#accepts(m)) return "done";
        if (++this.#trials >= maxTrials) return "tooMany";
        this.#place(m);
      }
    }
  }

  /** Interval update U0 to U2, and one turn of U3. */
  #place(t: number): void {
    if (this.finite && this.slope < 0 && this.f <= this.#ceiling) {
      this.#a = t;
      this.#da = this.slope;
    } else {
      this.#b = t;
      this.#db = this.finite && this.slope >= 0 ? this.slope : NaN;
    }
  }
}

const secant = (a: number, da: number, b: number, db: number): number => (a * db - b * da) / (db - da);
