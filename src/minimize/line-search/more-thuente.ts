// Line search with guaranteed sufficient decrease and curvature: Moré and Thuente, ACM TOMS 20 (1994) 286-307.
// Steps come from interpolation in an interval that holds a minimiser; an auxiliary function steers until one step
// has fallen enough.

import {
  approximateWolfe,
  type LineSearch,
  LOST_TRIALS,
  NOISE,
  type Outcome,
  RETREAT,
  type WolfeOptions,
} from "./types.js";

/** The interval is reduced to two thirds in two trials, or halved (section 2). */
const REDUCE = 0.66;
/** Before an interval is known, a trial lies in [t + 1.1 (t - l), t + 4 (t - l)]. */
const LEAST_GROWTH = 1.1;
const MOST_GROWTH = 4;
/** Relative width at which the interval is a point. */
const WIDTH = 1e-15;

export class MoreThuente implements LineSearch {
  step = 0;
  readonly slopes = true;
  readonly #o: WolfeOptions;
  #f0 = 0;
  #slope0 = 0;
  #longest = 0;
  #trials = 0;
  #bracketed = false;
  /** Still steered by the auxiliary function f(t) - f(0) - c1 t f'(0). */
  #auxiliary = true;
  /** l: the best end of the interval; u: the other one. */
  #l = 0;
  #fl = 0;
  #dl = 0;
  #u = 0;
  #fu = 0;
  #du = 0;
  #width = 0;
  #width2 = 0;
  #low = 0;
  #high = 0;
  #last = false;

  constructor(options: WolfeOptions) {
    this.#o = options;
  }

  start(f: number, slope: number, step: number, longest: number): Outcome {
    if (!(slope < 0)) return "noDescent";
    this.#f0 = this.#fl = this.#fu = f;
    this.#slope0 = this.#dl = this.#du = slope;
    this.#l = this.#u = 0;
    this.#longest = longest;
    this.#trials = 0;
    this.#bracketed = this.#last = false;
    this.#auxiliary = true;
    this.#width = longest;
    this.#width2 = 2 * longest;
    this.step = Math.min(step, longest);
    this.#low = 0;
    this.#high = this.step + MOST_GROWTH * this.step;
    return "trial";
  }

  next(f: number, slope: number): Outcome {
    const { c1, c2, maxTrials } = this.#o;
    const t = this.step;
    const f0 = this.#f0;
    const slope0 = this.#slope0;
    this.#trials++;
    if (!(f - f === 0 && slope - slope === 0)) return this.#retreat();
    const line = f0 + c1 * t * slope0;
    if (f <= line && Math.abs(slope) <= -c2 * slope0) return "done";
    if (approximateWolfe(f0, slope0, f, slope, this.#o)) return "done";
    if (this.#last) return "rounding";
    if (t === this.#longest && f <= line && slope <= c1 * slope0) return "longest";
    if (f - f0 >= -NOISE * Math.abs(f0) && -t * slope0 <= NOISE * Math.abs(f0))
      this.#trials += f < f0 ? 1 : LOST_TRIALS;
    if (this.#trials >= maxTrials) return "tooMany";
    if (this.#auxiliary && f <= line && slope >= 0) this.#auxiliary = false;
    if (this.#auxiliary && f <= this.#fl && f > line) {
      // Eq. 2.1: the auxiliary function at all three points.
      const tilt = c1 * slope0;
      this.#fl -= this.#l * tilt;
      this.#fu -= this.#u * tilt;
      this.#dl -= tilt;
      this.#du -= tilt;
      this.#choose(f - t * tilt, slope - tilt);
      this.#fl += this.#l * tilt;
      this.#fu += this.#u * tilt;
      this.#dl += tilt;
      this.#du += tilt;
    } else this.#choose(f, slope);
    this.#confine();
    return "trial";
  }

  /** Keeps the trial in its range, and the interval shrinking. */
  #confine(): void {
    const l = this.#l;
    const u = this.#u;
    if (this.#bracketed) {
      if (Math.abs(u - l) >= REDUCE * this.#width2) this.step = l + 0.5 * (u - l);
      this.#width2 = this.#width;
      this.#width = Math.abs(u - l);
      this.#low = Math.min(l, u);
      this.#high = Math.max(l, u);
    } else {
      this.#low = this.step + LEAST_GROWTH * (this.step - l);
      this.#high = this.step + MOST_GROWTH * (this.step - l);
    }
    this.step = Math.min(Math.max(this.step, 0), this.#longest);
    const narrow = this.#high - this.#low <= WIDTH * this.#high;
    if (this.#bracketed && (this.step <= this.#low || this.step >= this.#high || narrow)) {
      this.step = l;
      this.#last = true;
    }
  }

  /** The trial lies where f or its slope is not finite: it bounds the search. */
  #retreat(): Outcome {
    if (this.#last) return "rounding";
    if (this.#trials >= this.#o.maxTrials + 30) return "tooMany";
    const t = this.step;
    this.step = this.#l + RETREAT * (t - this.#l);
    this.#longest = Math.min(this.#longest, Math.max(t, this.#l));
    if (this.#bracketed) {
      this.#u = t;
      this.#fu = Infinity;
      this.#low = Math.min(this.#l, t);
      this.#high = Math.max(this.#l, t);
      this.#width = this.#high - this.#low;
    } else {
      this.#low = this.#l;
      this.#high = t;
    }
    if (this.step !== this.#l && this.step !== t) return "trial";
    return "rounding";
  }

  /** Section 4: the next trial from interpolation, and the new interval, given f and slope d at the trial. */
  #choose(f: number, d: number): void {
    const t = this.step;
    const l = this.#l;
    const fl = this.#fl;
    const dl = this.#dl;
    const opposite = d * Math.sign(dl) < 0;
    let next: number;
    if (f > fl) {
      // Case 1: higher than the best end, so a minimiser lies between.
      const c = cubic(l, fl, dl, t, f, d);
      const q = l + (dl / ((fl - f) / (t - l) + dl) / 2) * (t - l);
      next = Math.abs(c - l) < Math.abs(q - l) ? c : c + (q - c) / 2;
      this.#bracketed = true;
    } else if (opposite) {
      // Case 2: lower, slopes of opposite sign.
      const c = cubic(l, fl, dl, t, f, d);
      const s = t + (d / (d - dl)) * (l - t);
      next = Math.abs(c - t) > Math.abs(s - t) ? c : s;
      this.#bracketed = true;
    } else if (Math.abs(d) < Math.abs(dl)) {
      // Case 3: lower, same sign, less steep.
      const c = cubicBeyond(l, fl, dl, t, f, d, t > l ? this.#high : this.#low);
      const s = t + (d / (d - dl)) * (l - t);
      if (this.#bracketed) {
        next = Math.abs(c - t) < Math.abs(s - t) ? c : s;
        const limit = t + REDUCE * (this.#u - t);
        next = t > l ? Math.min(limit, next) : Math.max(limit, next);
      } else {
        next = Math.abs(c - t) > Math.abs(s - t) ? c : s;
        next = Math.min(Math.max(next, this.#low), this.#high);
      }
    } else if (this.#bracketed) {
      // Case 4: lower, same sign, not less steep.
      next = cubic(t, f, d, this.#u, this.#fu, this.#du);
    } else next = t > l ? this.#high : this.#low;
    if (f > fl) {
      this.#u = t;
      this.#fu = f;
      this.#du = d;
    } else {
      if (opposite) {
        this.#u = l;
        this.#fu = fl;
        this.#du = dl;
      }
      this.#l = t;
      this.#fl = f;
      this.#dl = d;
    }
    this.step = next - next === 0 ? next : this.#l + 0.5 * (this.#u - this.#l);
  }
}

/** Minimiser of the cubic through two points with their slopes (Nocedal and Wright, eq. 3.59). */
export function cubic(a: number, fa: number, da: number, b: number, fb: number, db: number): number {
  const theta = (3 * (fa - fb)) / (b - a) + da + db;
  const size = Math.max(Math.abs(theta), Math.abs(da), Math.abs(db));
  if (size === 0) return a;
  const root = size * Math.sqrt(Math.max(0, (theta / size) * (theta / size) - (da / size) * (db / size)));
  const gamma = b < a ? -root : root;
  const p = gamma - da + theta;
  const q = gamma - da + gamma + db;
  return a + (p / q) * (b - a);
}

/** The same beyond b: `far` when the cubic falls for ever there. */
function cubicBeyond(
  a: number,
  fa: number,
  da: number,
  b: number,
  fb: number,
  db: number,
  far: number,
): number {
  const theta = (3 * (fa - fb)) / (b - a) + da + db;
  const size = Math.max(Math.abs(theta), Math.abs(da), Math.abs(db));
  if (size === 0) return far;
  const root = size * Math.sqrt(Math.max(0, (theta / size) * (theta / size) - (da / size) * (db / size)));
  const gamma = b > a ? -root : root;
  const p = gamma - db + theta;
  const q = gamma + (da - db) + gamma;
  const r = p / q;
  return r < 0 && gamma !== 0 ? b + r * (a - b) : far;
}
