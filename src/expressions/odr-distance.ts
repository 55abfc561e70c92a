// The distance of points to a curve, each in units of its own errors, and the model's derivatives by x that it needs.

import { differences, newMemory } from "../driver/differences.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import { bindModel, dataOf, needNow } from "../least-squares/model.js";

/** The model at m points: x column after column, p all parameters that are not tied. */
export interface Curve {
  /** Fills f (m), its slopes by the predictors (m*v, row-major) and, for one predictor, the second derivative (m; NaN: not known). */
  slopes(x: Float64Array, p: Float64Array, f: Float64Array, by: Float64Array, second: Float64Array): void;
  /** d f / d p, m*total. */
  jacobian(x: Float64Array, p: Float64Array, out: Float64Array): void;
  /** As of a ResidualProblem. */
  readonly memory?: readonly Float64Array[];
}

/** The columns of x with their names. */
export const predictorsOf = ({ data: { x } }: PreparedFit): [string, Float64Array][] =>
  x instanceof Float64Array ? [["x", x]] : Object.entries(x);

/** eps^(1/3). */
const CENTRAL_STEP = 6.055454452393343e-6;

/** Slopes along x by central differences, derivatives by the parameters as the model has them. */
export function plainCurve(fit: PreparedFit): Curve {
  const columns = predictorsOf(fit);
  const { names } = fit.parameters;
  const m = fit.y.length;
  const single = fit.data.x instanceof Float64Array;
  const at = (x: Float64Array) => {
    const parts = columns.map(([name], v) => [name, x.slice(v * m, v * m + m)] as const);
    return bindModel(fit.where, fit.model, names, dataOf(single ? parts[0]![1] : Object.fromEntries(parts)));
  };
  const values = (x: Float64Array, p: Float64Array, out: Float64Array): void =>
    needNow(fit.where, at(x).evaluate(p, out));
  const memory = newMemory(names.length);
  const [high, low] = [new Float64Array(m), new Float64Array(m)];
  return {
    memory: Object.values(memory),
    slopes(x, p, f, by, second) {
      values(x, p, f);
      second.fill(NaN);
      const v = columns.length;
      for (let k = 0; k < v; k++) {
        const kept = x.slice(k * m, k * m + m);
        // By a share of the range of the predictor, which knows no origin.
        const range = Math.max(...kept) - Math.min(...kept);
        const h = CENTRAL_STEP * (range || Math.abs(kept[0]!) || 1);
        const place = (sign: number) => {
          for (let i = 0; i < m; i++) x[k * m + i] = kept[i]! + sign * h;
          return x.slice(k * m, k * m + m);
        };
        const above = place(1);
        values(x, p, high);
        const below = place(-1);
        values(x, p, low);
        x.set(kept, k * m);
        for (let i = 0; i < m; i++) by[i * v + k] = (high[i]! - low[i]!) / (above[i]! - below[i]!);
      }
    },
    jacobian(x, p, out) {
      const bound = at(x);
      if (bound.jacobian) {
        needNow(fit.where, bound.jacobian(p, out));
        return;
      }
      const here = new Float64Array(m);
      values(x, p, here);
      const space = { x: p.slice(), a: high, b: low };
      for (const target of differences(p, here, out, true, null, memory, space)) values(x, space.x, target);
    },
  };
}

/** Errors of a point's predictors (m*v, row-major) and of its y. */
export interface Errors {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Turns of the inner iteration; it ends where no shift changes by more than this share of x and its error. */
const MOST_TURNS = 200;
const SETTLED = 1e-14;
/** Below this share a step that is not half of the one before is noise: slopes may be differences. */
const NOISE = 1e-9;
/** Of f, in what is compared. */
const ROUNDING = 1e-15;
const HALVINGS = 30;

/**
 * The nearest points of the curve: minimises (f(x + d) - y)^2 / sy^2 + sum d_k^2 / sx_k^2 over the shifts d of each point, by Newton's
 * method where the curvature is known and helps, else by Gauss-Newton steps, halved until the distance falls.
 */
export class Distances {
  /** m*v, row-major: where the search was last, and begins again. */
  readonly shifts: Float64Array;
  /** f(x + d) - y. */
  readonly epsilon: Float64Array;
  /** x + d, column after column. */
  readonly place: Float64Array;
  /** d f / d x at x + d. */
  readonly slopes: Float64Array;
  readonly #curve: Curve;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #errors: Errors;
  readonly #f: Float64Array;
  readonly #second: Float64Array;
  /** Of a turn: the squares before it, the shifts before it and their steps. */
  readonly #known: Float64Array;
  readonly #from: Float64Array;
  readonly #step: Float64Array;

  constructor(curve: Curve, x: Float64Array, y: Float64Array, errors: Errors) {
    const m = y.length;
    this.#curve = curve;
    this.#x = x;
    this.#y = y;
    this.#errors = errors;
    this.shifts = new Float64Array(x.length);
    this.epsilon = new Float64Array(m);
    this.place = x.slice();
    this.slopes = new Float64Array(x.length);
    this.#f = new Float64Array(m);
    this.#second = new Float64Array(m);
    this.#known = new Float64Array(m);
    this.#from = new Float64Array(x.length);
    this.#step = new Float64Array(x.length);
  }

  #look(p: Float64Array): void {
    const m = this.#y.length;
    const v = this.#x.length / m;
    for (let i = 0; i < m; i++)
      for (let k = 0; k < v; k++) this.place[k * m + i] = this.#x[k * m + i]! + this.shifts[i * v + k]!;
    this.#curve.slopes(this.place, p, this.#f, this.slopes, this.#second);
    for (let i = 0; i < m; i++) this.epsilon[i] = this.#f[i]! - this.#y[i]!;
  }

  #square(i: number): number {
    const v = this.#x.length / this.#y.length;
    const e = this.epsilon[i]! / this.#errors.y[i]!;
    let sum = e * e;
    for (let k = 0; k < v; k++) {
      const d = this.shifts[i * v + k]! / this.#errors.x[i * v + k]!;
      sum += d * d;
    }
    return sum;
  }

  /** Finds the nearest points for these parameters. */
  search(p: Float64Array): void {
    const m = this.#y.length;
    const v = this.#x.length / m;
    const { x: sx, y: sy } = this.#errors;
    const [known, from, step] = [this.#known, this.#from, this.#step];
    this.#look(p);
    let largest = Infinity;
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const before = largest;
      largest = 0;
      for (let i = 0; i < m; i++) {
        known[i] = this.#square(i);
        const variance = sy[i]! * sy[i]!;
        let inner = this.epsilon[i]!;
        let total = variance;
        for (let k = 0; k < v; k++) {
          const at = i * v + k;
          const slope = this.slopes[at]!;
          inner -= slope * this.shifts[at]!;
          total += sx[at]! * sx[at]! * slope * slope;
        }
        const e = this.epsilon[i]!;
        const slope = this.slopes[i * v]!;
        // Half the second derivative of the distance by the shift; NaN where the model's is not known.
        const bend = (slope * slope + e * this.#second[i]!) / variance + 1 / (sx[i * v]! * sx[i * v]!);
        for (let k = 0; k < v; k++) {
          const at = i * v + k;
          from[at] = this.shifts[at]!;
          const newton = v === 1 && bend > 0;
          step[at] = newton
            ? -((e * slope) / variance + from[at]! / (sx[at]! * sx[at]!)) / bend
            : (-sx[at]! * sx[at]! * this.slopes[at]! * inner) / total - from[at]!;
          const share = Math.abs(step[at]!) / (Math.abs(this.#x[k * m + i]!) + sx[at]!);
          if (!(share <= largest)) largest = share;
          this.shifts[at]! += step[at]!;
        }
      }
      this.#look(p);
      for (let halving = 0; halving < HALVINGS; halving++) {
        let worse = false;
        for (let i = 0; i < m; i++) {
          // A distance that rounding alone raises is let be.
          const rounding = (ROUNDING * Math.abs(this.epsilon[i]! * this.#f[i]!)) / (sy[i]! * sy[i]!);
          if (this.#square(i) <= known[i]! * (1 + 1e-14) + 2 * rounding + 1e-300) continue;
          worse = true;
          for (let k = 0; k < v; k++) {
            const at = i * v + k;
            step[at]! /= 2;
            this.shifts[at] = halving === HALVINGS - 1 ? from[at]! : from[at]! + step[at]!;
          }
        }
        if (!worse) break;
        this.#look(p);
      }
      if (largest <= SETTLED || (largest <= NOISE && largest > before / 2)) return;
    }
  }

  /** The signed distance of each point; its square is what is minimised. */
  residuals(out: Float64Array): void {
    for (let i = 0; i < out.length; i++) {
      const size = Math.sqrt(this.#square(i));
      out[i] = this.epsilon[i]! < 0 ? -size : size;
    }
  }
}
