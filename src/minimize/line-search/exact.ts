// Exact line search: the zero of the slope. On a quadratic the secant of two slopes is the minimiser; elsewhere
// Brent's zero finder (Algorithms for Minimization without Derivatives, 1973, chapter 4) closes in on it.

import { NOISE, type Outcome, RETREAT } from "./types.js";
import { Walk } from "./walk.js";

const GROWTH = 4;
/** A slope this much flatter than at the start is zero. */
const FLAT = 1e-12;
const MAX_TRIALS = 60;

export class Exact extends Walk {
  protected *walk(): Generator<number, Outcome, void> {
    const { f0, slope0 } = this;
    const flat = FLAT * -slope0;
    let roof = this.longest;
    let [a, da] = [0, slope0];
    let [b, db] = [0, NaN];
    let t = this.first;
    let trials = 0;
    // A step with f below f(0) whose slope rises.
    for (;;) {
      yield t;
      if (++trials >= MAX_TRIALS) return this.f < f0 ? "done" : "tooMany";
      if (!this.finite || this.f > f0 + NOISE * Math.abs(f0)) {
        // Too far. On a parabola the secant tells where the minimiser is, even from here.
        const guess = this.finite && this.slope > 0 ? (-slope0 * t) / (this.slope - slope0) : RETREAT * t;
        if (this.finite && this.slope > 0 && a === 0) [b, db] = [t, this.slope];
        roof = t;
        t = a + Math.min(Math.max(guess - a, 0.01 * (t - a)), 0.9 * (t - a));
        if (t === a) return "rounding";
        if (b > 0) break;
        continue;
      }
      if (Math.abs(this.slope) <= flat) return "done";
      if (this.slope > 0) {
        [b, db] = [t, this.slope];
        t = a - (da * (b - a)) / (db - da);
        break;
      }
      const secant = t - (this.slope * (t - a)) / (this.slope - da);
      [a, da] = [t, this.slope];
      if (t >= roof) return "longest";
      const far = roof < this.longest ? 0.5 * (a + roof) : GROWTH * t;
      t = Math.min(secant > t ? Math.min(secant, far * GROWTH) : far, roof);
    }
    // Brent: b is the best end, a the other, c the one before.
    yield t;
    if (Math.abs(this.slope) <= flat) return "done";
    let [c, dc] = [a, da];
    if (this.slope < 0) [a, da] = [t, this.slope];
    else [b, db] = [t, this.slope];
    [c, dc] = [a, da];
    let width = b - a;
    let before = width;
    for (; trials < MAX_TRIALS; trials++) {
      if (da * db > 0) {
        [a, da] = [c, dc];
        before = width = b - a;
      }
      if (Math.abs(da) < Math.abs(db)) {
        [c, dc] = [b, db];
        [b, db] = [a, da];
        [a, da] = [c, dc];
      }
      const tolerance = NOISE * Math.abs(b);
      const half = (a - b) / 2;
      if (Math.abs(half) <= tolerance || Math.abs(db) <= flat) break;
      if (Math.abs(before) >= tolerance && Math.abs(dc) > Math.abs(db)) {
        const s = db / dc;
        let p = 2 * half * s;
        let q = 1 - s;
        if (a !== c) {
          const u = dc / da;
          const v = db / da;
          p = s * (2 * half * u * (u - v) - (b - c) * (v - 1));
          q = (u - 1) * (v - 1) * (s - 1);
        }
        if (p > 0) q = -q;
        p = Math.abs(p);
        if (2 * p < Math.min(3 * half * q - Math.abs(tolerance * q), Math.abs(before * q))) {
          before = width;
          width = p / q;
        } else before = width = half;
      } else before = width = half;
      [c, dc] = [b, db];
      b += Math.abs(width) > tolerance ? width : half > 0 ? tolerance : -tolerance;
      yield b;
      if (!this.finite) return "tooMany";
      db = this.slope;
    }
    if (this.step !== b) yield b;
    return this.f < f0 ? "done" : "rounding";
  }
}
