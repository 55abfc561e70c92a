// Exact line search: the zero of the slope. On a quadratic the secant of two slopes is the minimiser; elsewhere
// Brent's zero finder (Algorithms for Minimization without Derivatives, 1973, chapter 4) closes in on it.

import { NOISE, type Outcome, RETREAT } from "./types.js";
import { Walk } from "./walk.js";

const GROWTH = 4;
/** A slope this much flatter than at the start is zero. */
const FLAT = 1e-12;
const MAX_TRIALS = 100;

export class Exact extends Walk {
  #trials = 0;

  protected *walk(): Generator<number, Outcome, void> {
    const { f0, slope0 } = this;
    this.#trials = 0;
    const flat = FLAT * -slope0;
    // low: the farthest step that descends and has not risen; high: a step beyond a minimiser, or beyond the domain.
    let [low, slopeLow] = [0, slope0];
    let flow = f0;
    let high = Infinity;
    let slopeHigh = NaN;
    let t = this.first;
    while (!(slopeHigh > 0)) {
      yield t;
      if (this.finite && Math.abs(this.slope) <= flat && this.f <= f0) return "done";
      if (++this.#trials >= MAX_TRIALS || t === low) return yield* this.#settle(low);
      if (this.finite && this.slope > 0) [high, slopeHigh] = [t, this.slope];
      else if (!this.finite || this.f > flow + NOISE * Math.abs(flow)) high = t;
      else {
        if (t >= this.longest) return "longest";
        [low, flow] = [t, this.f];
        slopeLow = this.slope;
      }
      if (high - low <= 2 * NOISE * low) return yield* this.#settle(low);
      if (high === Infinity) t = Math.min(GROWTH * t, this.longest);
      else t = low + (this.finite ? 0.5 : RETREAT) * (high - low);
    }
    // Brent's zero finder: b is the best end, c the other one, a the best before.
    let [b, db] = [high, slopeHigh];
    let [c, dc] = [low, slopeLow];
    let [a, da] = [c, dc];
    let step = b - a;
    let before = step;
    while (Math.abs(db) > flat && this.#trials < MAX_TRIALS) {
      if (db > 0 === dc > 0) {
        [c, dc] = [a, da];
        before = step = b - a;
      }
      if (Math.abs(dc) < Math.abs(db)) {
        [a, da] = [b, db];
        [b, db] = [c, dc];
        [c, dc] = [a, da];
      }
      const tolerance = NOISE * Math.abs(b);
      const half = (c - b) / 2;
      if (Math.abs(half) <= tolerance || Math.abs(db) <= flat) break;
      const guess = Math.abs(before) >= tolerance && Math.abs(da) > Math.abs(db);
      const next = guess ? interpolate(a, da, b, db, c, dc) : NaN;
      // The guess must lie well inside, and shrink faster than bisection did two steps ago.
      const inside = next / half > 0 && Math.abs(next) < Math.min(1.5 * Math.abs(half), Math.abs(before) / 2);
      before = inside ? step : half;
      step = inside ? next : half;
      [a, da] = [b, db];
      b += Math.abs(step) > tolerance ? step : half > 0 ? tolerance : -tolerance;
      yield b;
      this.#trials++;
      if (!this.finite) return yield* this.#settle(low);
      db = this.slope;
    }
    if (this.step !== b) yield b;
    return this.finite && this.f <= f0 ? "done" : yield* this.#settle(low);
  }

  /** No zero to be had: the farthest step that descends, if there is one. */
  *#settle(low: number): Generator<number, Outcome, void> {
    if (this.step !== low && low > 0) yield low;
    if (low > 0 && this.f < this.f0) return "done";
    return this.#trials >= MAX_TRIALS ? "tooMany" : "rounding";
  }
}

/** Step from b to the zero of the line through two points, or of the inverse parabola through three. */
function interpolate(a: number, da: number, b: number, db: number, c: number, dc: number): number {
  if (a === c) return (-db * (b - a)) / (db - da);
  const [r, s, t] = [db / dc, db / da, da / dc];
  const p = s * (t * (r - t) * (c - b) - (1 - r) * (b - a));
  return p / ((t - 1) * (r - 1) * (s - 1));
}
