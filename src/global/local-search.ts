// A local search by values alone, in generations that may be evaluated at once: BFGS within the cube by differences, whose second
// differences give the first Hessian (Nocedal and Wright, Numerical Optimization, 2nd ed., sections 6.1 and 8.1). Lengths are counted
// in units of `scale`, so that neither the size of the box nor its units matter.

import { updateInverse } from "./inverse-hessian.js";
import { rankOf } from "./ranking.js";
import { pack, unpack } from "./saving.js";

const [START, GRADIENT, LINE] = [0, 1, 2] as const;

/** Steps of the differences. */
const LONGEST_STEP = 1e-3;
const SHORTEST_STEP = 1e-7;
const FORWARD_STEP = 1e-7;
/** A difference on one side is trusted while the largest derivative is this many times its error. */
const TRUSTED = 50;
/** Armijo's share of the decrease that the gradient promises. */
const ARMIJO = 1e-4;
const TRIALS = 12;
/** The largest change of one variable in one step. */
const REACH = 0.5;
const EPS = 2.220446049250313e-16;

export class LocalSearch {
  readonly n: number;
  /** The lowest point in units of the scale, and its value. */
  readonly x: Float64Array;
  f: number;
  readonly #scale: Float64Array;
  readonly #limit: Float64Array;
  evaluations = 0;
  /** It is over as its model promises nothing more: not for want of evaluations, nor of a descent. */
  converged = false;
  /** It is over as f gets no lower there: not for want of evaluations, nor beside points without a value. */
  settled = false;
  rows = 1;
  readonly points: Float64Array;
  readonly values: Float64Array;
  readonly #most: number;
  /** The points as they were made, in units of the scale. */
  readonly #asked: Float64Array;
  readonly #g: Float64Array;
  readonly #gNew: Float64Array;
  readonly #d: Float64Array;
  readonly #s: Float64Array;
  readonly #hy: Float64Array;
  readonly #H: Float64Array;
  readonly #curvature: Float64Array;
  readonly #step: Float64Array;
  #h = LONGEST_STEP;
  #phase: number = START;
  /** Differences on both sides; on one side they are cheaper, and good enough far from the end. */
  #central = true;
  #alpha = 1;
  #trials = 0;
  /** A trial of this line search had no value. */
  #outside = false;
  #fresh = true;
  #small = 0;

  /** From `x` in the cube, whose value is `f` (NaN: unknown); at most about `most` evaluations. */
  constructor(x: ArrayLike<number>, f: number, most: number, scale: Float64Array) {
    const n = x.length;
    this.n = n;
    this.#scale = scale;
    this.#limit = scale.map((size) => 1 / size);
    this.x = Float64Array.from(x, (v, j) => v / scale[j]!);
    this.f = f;
    this.#most = most;
    this.points = new Float64Array(2 * n * n);
    this.#asked = new Float64Array(2 * n * n);
    this.values = new Float64Array(2 * n);
    this.#g = new Float64Array(n);
    this.#gNew = new Float64Array(n);
    this.#d = new Float64Array(n);
    this.#s = new Float64Array(n);
    this.#hy = new Float64Array(n);
    this.#H = new Float64Array(n * n);
    this.#curvature = new Float64Array(n);
    this.#step = new Float64Array(n);
    if (!Number.isNaN(f)) this.#phase = GRADIENT;
  }

  /** The lowest point, in the cube. */
  get point(): Float64Array {
    return this.x.map((v, j) => v * this.#scale[j]!);
  }

  ask(): void {
    const { n, points, x } = this;
    const limit = this.#limit;
    if (this.#phase === START) {
      this.rows = 1;
      points.set(x);
    } else if (this.#phase === LINE) {
      this.rows = 1;
      for (let j = 0; j < n; j++)
        points[j] = Math.min(limit[j]!, Math.max(0, x[j]! + this.#alpha * this.#d[j]!));
    } else {
      this.rows = this.#central ? 2 * n : n;
      const h = this.#central ? this.#h : FORWARD_STEP;
      for (let j = 0; j < n; j++) {
        const xj = x[j]!;
        if (!this.#central) {
          points.set(x, j * n);
          const inwards = xj + h > limit[j]! ? -h : h;
          points[j * n + j] = xj + inwards;
          this.#step[j] = points[j * n + j]! - xj;
          continue;
        }
        // Two points inside: one on each side where there is room, else both inwards.
        const side = xj + this.#h > limit[j]! ? -1 : xj - this.#h < 0 ? 1 : 0;
        const a = 2 * j * n;
        points.set(x, a);
        points.set(x, a + n);
        points[a + j] = side === 0 ? xj + this.#h : xj + side * this.#h;
        points[a + n + j] = side === 0 ? xj - this.#h : xj + 2 * side * this.#h;
        this.#step[j] = side;
      }
    }
    for (let k = 0; k < this.rows; k++) {
      for (let j = 0; j < n; j++) this.#asked[k * n + j] = points[k * n + j]!;
      for (let j = 0; j < n; j++) points[k * n + j] = Math.min(1, points[k * n + j]! * this.#scale[j]!);
    }
    this.evaluations += this.rows;
  }

  /** True where the search is over. */
  tell(): boolean {
    if (this.#phase === START) {
      this.f = rankOf(this.values[0]!);
      this.#phase = GRADIENT;
      return this.f === Infinity || this.evaluations >= this.#most;
    }
    if (this.#phase === LINE) return this.#judge(rankOf(this.values[0]!));
    return this.#differentiate() || this.evaluations >= this.#most;
  }

  /** The gradient at x, the model's update, the next direction. */
  #differentiate(): boolean {
    const { n, values, f } = this;
    const g = this.#gNew;
    const c = this.#curvature;
    if (!this.#central) {
      let steepest = 0;
      let error = 0;
      for (let j = 0; j < n; j++) {
        g[j] = (values[j]! - f) / this.#step[j]!;
        if (g[j]! - g[j]! !== 0) return this.#closer();
        steepest = Math.max(steepest, Math.abs(g[j]!));
        error = Math.max(error, (FORWARD_STEP * Math.abs(c[j]!)) / 2, (EPS * Math.abs(f)) / FORWARD_STEP);
      }
      if (steepest < TRUSTED * error) {
        this.#central = true;
        return false;
      }
    } else
      for (let j = 0; j < n; j++) {
        const a = values[2 * j]!;
        const b = values[2 * j + 1]!;
        const h = this.#h;
        const side = this.#step[j]!;
        if (side === 0) {
          g[j] = (a - b) / (2 * h);
          c[j] = (a - 2 * f + b) / (h * h);
        } else {
          g[j] = (side * (4 * a - b - 3 * f)) / (2 * h);
          c[j] = (f - 2 * a + b) / (h * h);
        }
        if (g[j]! - g[j]! !== 0) return this.#closer();
      }
    if (!this.#fresh) updateInverse(this.#H, this.#s, this.#g, g, this.#hy);
    this.#g.set(g);
    if (this.#fresh) this.#reset();
    if (!this.#aim()) {
      this.settled = true;
      return true;
    }
    if (this.#central && this.#trusted()) this.#central = false;
    return false;
  }

  /** Beside a point without a value: differences with shorter steps; true where they are short enough. */
  #closer(): boolean {
    if (this.#central) this.#h /= 10;
    this.#central = true;
    return this.#h < SHORTEST_STEP;
  }

  /** One-sided differences would do here. */
  #trusted(): boolean {
    const g = this.#g.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const c = this.#curvature.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    return g > 4 * TRUSTED * Math.max((FORWARD_STEP * c) / 2, (EPS * Math.abs(this.f)) / FORWARD_STEP);
  }

  /** The inverse Hessian from the curvature along the axes; where that is not enough, the longest step. */
  #reset(): void {
    const { n } = this;
    this.#H.fill(0);
    for (let j = 0; j < n; j++) {
      const c = this.#curvature[j]!;
      const g = Math.abs(this.#g[j]!);
      this.#H[j * n + j] = c > g / REACH ? 1 / c : REACH / (g || 1);
    }
  }

  /** The direction -H g among the variables that may move; false where it does not descend. */
  #aim(): boolean {
    const { n, x } = this;
    const g = this.#g;
    const d = this.#d;
    const free = (j: number) => !((x[j]! <= 0 && g[j]! > 0) || (x[j]! >= this.#limit[j]! && g[j]! < 0));
    for (let attempt = 0; attempt < 2; attempt++) {
      let slope = 0;
      let longest = 0;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        if (free(i)) for (let j = 0; j < n; j++) if (free(j)) sum -= this.#H[i * n + j]! * g[j]!;
        d[i] = sum;
        slope += sum * g[i]!;
        longest = Math.max(longest, Math.abs(sum));
      }
      if (slope < 0 && longest - longest === 0) {
        // What the model promises is lost in the rounding of f.
        this.converged = -slope < 2 * EPS * Math.abs(this.f);
        if (this.converged) return false;
        const shrink = Math.min(1, REACH / longest);
        for (let j = 0; j < n; j++) d[j] = d[j]! * shrink;
        this.#alpha = 1;
        this.#trials = 0;
        this.#outside = false;
        this.#phase = LINE;
        return true;
      }
      if (this.#fresh) return false;
      this.#fresh = true;
      this.#reset();
    }
    return false;
  }

  #judge(f: number): boolean {
    const { n, x } = this;
    const points = this.#asked;
    let promised = 0;
    let longest = 0;
    for (let j = 0; j < n; j++) {
      const s = points[j]! - x[j]!;
      promised += this.#g[j]! * s;
      longest = Math.max(longest, Math.abs(s));
    }
    this.#trials++;
    this.#outside ||= f === Infinity;
    if (f <= this.f + ARMIJO * promised && f < this.f) {
      const fell = this.f - f;
      for (let j = 0; j < n; j++) {
        this.#s[j] = points[j]! - x[j]!;
        x[j] = points[j]!;
      }
      this.f = f;
      this.#fresh = false;
      this.#h = Math.min(LONGEST_STEP, Math.max(SHORTEST_STEP, longest / 10));
      this.#phase = GRADIENT;
      this.#small = fell <= 1e-12 * Math.abs(f) ? this.#small + 1 : 0;
      this.converged = this.settled = this.#small >= 2;
      return this.converged || this.evaluations >= this.#most;
    }
    if (this.#trials >= TRIALS || longest < 1e-12 || this.evaluations >= this.#most) {
      if (this.#fresh || this.evaluations >= this.#most) {
        this.settled = this.evaluations < this.#most && !this.#outside;
        return true;
      }
      // Once more from the curvature along the axes.
      this.#fresh = true;
      this.#central = true;
      this.#phase = GRADIENT;
      this.#h = Math.max(SHORTEST_STEP, this.#h / 10);
      return false;
    }
    // The parabola through f, its slope and the trial.
    const curved = (this.#alpha * this.#alpha * promised) / (this.#alpha * 2 * (this.f + promised - f));
    const next = curved - curved === 0 ? curved : 0;
    this.#alpha = Math.min(0.5 * this.#alpha, Math.max(0.1 * this.#alpha, next));
    return false;
  }

  get #lasting(): Float64Array[] {
    return [this.x, this.#g, this.#gNew, this.#d, this.#s, this.#H, this.#curvature, this.#step];
  }

  save(): string {
    const flags = [
      Number(this.#central),
      Number(this.#fresh),
      Number(this.#outside),
      this.#trials,
      this.#small,
      this.#phase,
      this.evaluations,
    ];
    return pack([this.f, this.#h, this.#alpha, ...flags], ...this.#lasting);
  }

  restore(saved: unknown): boolean {
    const numbers = new Float64Array(10);
    if (!unpack(saved, numbers, ...this.#lasting)) return false;
    const [f, h, alpha, central, fresh, outside, trials, small, phase, evaluations] = numbers;
    this.f = f!;
    this.#h = h!;
    this.#alpha = alpha!;
    this.#central = central === 1;
    this.#fresh = fresh === 1;
    this.#outside = outside === 1;
    this.#trials = trials!;
    this.#small = small!;
    this.#phase = phase!;
    this.evaluations = evaluations!;
    return true;
  }
}
