// The state of one constrained minimisation that every method shares: points, multipliers, what may be asked for, and the
// KKT residuals that are the claim of convergence, always unscaled.

import { type Ask, type Call, CHECK, ITERATION, Measure, type Method as Run } from "../../driver/task.js";
import { walk } from "../../driver/walk.js";
import type { Watch } from "../../driver/watch.js";
import { unmoved } from "../../minimize/last-bit.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { Evaluator, Walk } from "./evaluator.js";
import { Reach } from "./multipliers.js";
import { copyPoint, newPoint, type Point } from "./point.js";

export type Failure =
  | "infeasible"
  | "nonFinite"
  | "lineSearch"
  | "singular"
  | "stalled"
  | "diverging"
  | "saddle";
export type ConstrainedEnd = { status: "converged"; reason: "kkt" } | { status: "failed"; reason: Failure };
export type Method = Run<ConstrainedEnd>;
/** A part of a method with an answer of its own. */
export type Phase<Out> = Generator<Ask, Out, void>;

export const failed = (reason: Failure): ConstrainedEnd => ({ status: "failed", reason });
/** Met where every KKT residual is within its tolerance. */
export const kktMeasure = (): Measure<ConstrainedEnd> =>
  new Measure<ConstrainedEnd>("kkt", 1, { status: "converged", reason: "kkt" });

export interface Tolerances {
  /**
   * |r_j| <= gradTol max(1, |grad f|_j + (|J|'|y|)_j + |z_j|), r = grad f - J'y - z; each multiplier times the distance from its side, over
   * the terms of both, and their sum over max(1, |f|): all in the unit of f, see `chooseUnits`.
   */
  gradTol: number;
  /** Every row and bound is met within feasTol max(1, |side|); a small row (see `chooseScales`) in its own unit. */
  feasTol: number;
}

/** A point is a solution only where the step on is this small: a function that fades away far out is flat everywhere. */
const NEAR = 1e-2;
const BESIDE = 1e-15;
/** A multiplier this large holds a variable (derivatives are scaled to at most 100). */
export const HOLDS = 1e-7;

/** A step of so many halves of a last bit is none. */
const LAST_BITS = 16;
/** A row is known within this share of its terms. */
const ROUNDING = 4e-16;

/** Of a tolerance that may be 0, which 0 meets. */
const over = (v: number, tolerance: number): number => (v === 0 ? 0 : v / tolerance);

export class ProgramSolve {
  readonly evaluator: Evaluator;
  readonly n: number;
  readonly m: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly here: Point;
  readonly there: Point;
  /** Multipliers of the scaled rows: positive at the lower side. */
  readonly y: Float64Array;
  /** Multipliers of the variables: positive at the lower bound. */
  readonly z: Float64Array;
  /** See `noise`. */
  readonly rowNoise: Float64Array;
  readonly reach: Reach;
  readonly tolerances: Tolerances;
  readonly runtime: Runtime | undefined;
  /** The unscaled residuals of `measure`. */
  stationarity = Infinity;
  /** The stationarity beyond what differences can resolve. */
  unresolved = Infinity;
  violation = Infinity;
  /** The largest |multiplier| times distance. */
  complementarity = Infinity;
  /** The largest of them over the terms of both, or their sum over max(1, |f|) where that is larger. */
  unfit = Infinity;
  /** The largest of the three over its tolerance: converged where this is at most 1. */
  readonly measureOfKkt: Measure<ConstrainedEnd>;
  /** Of the step that the method would take next, the largest |d_j| / max(1, |x_j|). */
  nextStep = 0;
  stepNorm = 0;
  /** f at the start, scaled. */
  first = NaN;
  /** How often a stationary violation was left for a smaller one beside it. */
  escapes = 0;
  /** The Hessian of the method's model, n*n, where there is one. */
  model: Float64Array | null = null;
  /** Values and derivatives of `here` are known. */
  started = false;
  /** What a failure has to say. */
  detail = "";
  readonly iteration = ITERATION;
  readonly check = CHECK;
  /** grad f - z - J'y of `measure`, and the variables that a row holds. */
  readonly #rest: Float64Array;
  readonly #terms: Float64Array;
  readonly #held: Uint8Array;
  /** Variables that f or a row depended on at some point of the run. */
  readonly influenced: Uint8Array;
  readonly #values: Call;
  readonly #derivatives: Call;
  readonly #hessian: Call;

  constructor(evaluator: Evaluator, tolerances: Tolerances, watch: Watch, runtime?: Runtime) {
    const { n, m, lower, upper, start } = evaluator.program;
    this.evaluator = evaluator;
    this.measureOfKkt = watch.measures[0] as Measure<ConstrainedEnd>;
    this.tolerances = tolerances;
    this.runtime = runtime;
    this.n = n;
    this.m = m;
    this.lower = lower;
    this.upper = upper;
    const entries = evaluator.program.colIdx.length;
    this.here = newPoint(n, m, entries);
    this.there = newPoint(n, m, entries);
    this.#rest = new Float64Array(n);
    this.influenced = new Uint8Array(n);
    this.#terms = new Float64Array(n);
    this.#held = new Uint8Array(n);
    this.y = new Float64Array(m);
    this.z = new Float64Array(n);
    this.rowNoise = new Float64Array(m);
    this.reach = new Reach(m);
    this.here.x.set(start);
    this.here.g.fill(NaN);
    const call = (cost: () => number, steps: () => Walk): Call => ({
      kind: "call",
      cost,
      run: () => walk(watch, steps(), false),
    });
    this.#values = call(
      () => 1,
      () => evaluator.values(),
    );
    this.#derivatives = call(
      () => evaluator.derivativeCost,
      () => evaluator.derivatives(),
    );
    this.#hessian = call(
      () => 0,
      () => evaluator.hessian(),
    );
  }

  /** Values and derivatives of `here` are known, in the units chosen. */
  begin(): void {
    if (this.started) return;
    this.started = true;
    this.first = this.here.f;
  }

  get kkt(): number {
    return this.measureOfKkt.value;
  }

  /** Asks for f and the rows at a point. */
  values(at: Point): Call {
    this.evaluator.at = at;
    return this.#values;
  }

  /** Asks for first derivatives at a point whose values are known. */
  derivatives(at: Point): Call {
    this.evaluator.at = at;
    return this.#derivatives;
  }

  /** Asks for the Hessian of weight f - y'c at a point, into `evaluator.H`. */
  hessian(at: Point, y: Float64Array, weight = 1): Call {
    this.evaluator.at = at;
    this.evaluator.weights.set(y);
    this.evaluator.objectiveWeight = weight;
    return this.#hessian;
  }

  /** A value of x_j within its bounds; what is beside one to rounding is on it. */
  within(j: number, v: number): number {
    const [lo, up] = [this.lower[j]!, this.upper[j]!];
    const blur = BESIDE * Math.max(Math.abs(this.here.x[j]!), Math.abs(v));
    return v <= lo + blur ? lo : v >= up - blur ? up : v;
  }

  /** How far row i of a point lies outside its sides, scaled. */
  outside(i: number, c: Float64Array): number {
    const v = c[i]!;
    return Math.max(0, this.evaluator.scaledLower[i]! - v, v - this.evaluator.scaledUpper[i]!);
  }

  /** Writes how well each row is known at a point, from the rounding of its terms. */
  noise({ x, c, J }: Point): void {
    const { m, rowNoise } = this;
    const { rowPtr, colIdx } = this.evaluator.program;
    for (let i = 0; i < m; i++) {
      let terms = Math.abs(c[i]!);
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) terms += Math.abs(J[k]! * x[colIdx[k]!]!);
      rowNoise[i] = ROUNDING * terms;
    }
  }

  /** Sum of the scaled violations of the rows. */
  infeasibility(c: Float64Array): number {
    let s = 0;
    for (let i = 0; i < this.m; i++) s += this.outside(i, c);
    return s;
  }

  /** The largest violation, unscaled; with `relative`, over max(1, |side|), in the unit of a small row. Bounds included. */
  violationOf(p: Point, relative: boolean): number {
    const { rowLower, rowUpper } = this.evaluator.program;
    let worst = 0;
    const take = (v: number, lo: number, up: number, unit = 1): void => {
      const by = Math.max(lo - v, v - up);
      if (!(by > 0)) return;
      worst = Math.max(worst, relative ? by / Math.max(unit, Math.abs(v < lo ? lo : up)) : by);
    };
    for (let i = 0; i < this.m; i++) {
      const s = this.evaluator.rowScale[i]!;
      take(p.c[i]! / s, rowLower[i]!, rowUpper[i]!, 1 / Math.max(1, s));
    }
    for (let j = 0; j < this.n; j++) take(p.x[j]!, this.lower[j]!, this.upper[j]!);
    return worst;
  }

  /** Which variables a row that binds, or that has a multiplier, holds. */
  #findHeld(p: Point, y: Float64Array): void {
    const { scaledLower, scaledUpper, program } = this.evaluator;
    const { rowPtr, colIdx } = program;
    const held = this.#held.fill(0);
    for (let i = 0; i < this.m; i++) {
      const slack = Math.min(Math.abs(p.c[i]! - scaledLower[i]!), Math.abs(p.c[i]! - scaledUpper[i]!));
      if (!(Math.abs(y[i]!) > HOLDS || slack <= HOLDS * Math.max(1, Math.abs(p.c[i]!)))) continue;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) if (p.J[k] !== 0) held[colIdx[k]!] = 1;
    }
  }

  /** out -= J'y. */
  subtractRows({ J }: Point, y: Float64Array, out: Float64Array): void {
    const { rowPtr, colIdx } = this.evaluator.program;
    for (let i = 0; i < this.m; i++) {
      const v = y[i]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) out[colIdx[k]!]! -= J[k]! * v;
    }
  }

  /**
   * A slope that counts in full, whatever the terms: 1 in the unit of f. Where the unit is that of a steep start, no more than the slope that
   * the curvature makes over a step of max(1, |x_j|).
   */
  floor(j: number, H: Float64Array | null = this.model): number {
    const { fScale, program } = this.evaluator;
    if (fScale >= 1) return 1;
    if (!H) return fScale;
    const { hessian } = program;
    const own = H === this.evaluator.H && hessian ? hessian.diagonal[j]! : j * this.n + j;
    return Math.min(1, Math.max(fScale, Math.abs(H[own]!) * Math.max(1, Math.abs(this.here.x[j]!))));
  }

  /** What noise makes of f plus these prices of the rows. */
  hum(prices: ArrayLike<number>): number {
    const { noise, rowNoises } = this.evaluator;
    let v = noise;
    for (let i = 0; i < this.m; i++) v += Math.abs(prices[i]!) * rowNoises[i]!;
    return 2 * v;
  }

  /** The change of the slope along a step is more than noise makes of it, and so says something of the curvature. */
  tells(step: Float64Array, change: Float64Array): boolean {
    const error = this.evaluator.slopeError(this.y);
    if (error === 0) return true;
    let [ss, sy] = [0, 0];
    for (let j = 0; j < this.n; j++) {
      ss += step[j]! * step[j]!;
      sy += step[j]! * change[j]!;
    }
    return Math.abs(sy) > 2 * error * Math.sqrt(this.n * ss);
  }

  /** |grad f|_j + (|J|'|y|)_j + |z_j|: the terms of each component of the gradient of the Lagrangian. */
  sizes({ g, J }: Point, y: Float64Array, z: Float64Array): Float64Array {
    const { rowPtr, colIdx } = this.evaluator.program;
    const out = this.#terms;
    for (let j = 0; j < this.n; j++) out[j] = Math.abs(g[j]!) + Math.abs(z[j]!);
    for (let i = 0; i < this.m; i++) {
      if (y[i] === 0) continue;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) out[colIdx[k]!]! += Math.abs(J[k]! * y[i]!);
    }
    return out;
  }

  /** KKT residuals at a point with these multipliers, the step that would follow and the exact Hessian, if known; they become those of the solve. */
  measure(
    p: Point,
    y: Float64Array,
    z: Float64Array,
    step: Float64Array,
    H: Float64Array | null = null,
  ): void {
    const { n, m } = this;
    this.nextStep = 0;
    for (let j = 0; j < n; j++)
      this.nextStep = Math.max(this.nextStep, Math.abs(step[j]!) / Math.max(1, Math.abs(p.x[j]!)));
    const { scaledLower, scaledUpper } = this.evaluator;
    if (y !== this.y) this.y.set(y);
    if (z !== this.z) this.z.set(z);
    const unit = 1 / this.evaluator.fScale;
    let worst = 0;
    let [excess, off] = [0, 0];
    const { gradTol, feasTol } = this.tolerances;
    const { blur } = this.evaluator;
    let known = Math.abs(p.f);
    for (let i = 0; i < m; i++) known += Math.abs(y[i]! * p.c[i]!);
    const rest = this.#rest;
    for (let j = 0; j < n; j++) rest[j] = p.g[j]! - z[j]!;
    this.subtractRows(p, y, rest);
    const sizes = this.sizes(p, y, z);
    if (H) this.#findHeld(p, y);
    const diagonal = this.evaluator.program.hessian?.diagonal;
    for (let j = 0; j < n; j++) {
      // A fixed variable takes what is left as its multiplier.
      if (this.lower[j] === this.upper[j]) continue;
      const r = rest[j]!;
      worst = Math.max(worst, Math.abs(r));
      const own = H ? H[diagonal ? diagonal[j]! : j * n + j]! : 0;
      // What nothing depends on goes nowhere.
      const idle = own === 0 && p.g[j] === 0 && this.influenced[j] === 0;
      if (H && !idle && r !== 0 && Math.abs(z[j]!) <= HOLDS && this.#held[j] === 0)
        this.nextStep = Math.max(
          this.nextStep,
          Math.abs(r) / (Math.abs(own) * Math.max(1, Math.abs(p.x[j]!))),
        );
      // What differences cannot tell from rounding is no reason to go on.
      const beyond = Math.abs(r) - blur[j]! * known;
      excess = Math.max(excess, beyond);
      // Each component by its own terms: what is large elsewhere excuses nothing here.
      off = Math.max(off, over(beyond, gradTol * Math.max(this.floor(j, H ?? this.model), sizes[j]!)));
    }
    let [gap, product, apart] = [0, 0, 0];
    /** A scaled multiplier, what it is over its own terms, and the distance from its side in units of `size`. */
    const pair = (multiplier: number, own: number, distance: number, size: number): void => {
      gap += Math.abs(multiplier) * distance;
      product = Math.max(product, Math.abs(multiplier) * distance);
      apart = Math.max(apart, (own * distance) / size);
    };
    const { rowPtr, colIdx } = this.evaluator.program;
    for (let i = 0; i < m; i++) {
      const v = y[i]!;
      if (v === 0) continue;
      const edge = v > 0 ? scaledLower[i]! : scaledUpper[i]!;
      const s = Math.min(1, this.evaluator.rowScale[i]!);
      let terms = Math.max(s, Math.abs(edge));
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
        terms = Math.max(terms, Math.abs(p.J[k]! * p.x[colIdx[k]!]!));
      const own = Math.min(1, Math.abs(v * s));
      if (edge - edge === 0) pair(v, own, Math.abs(p.c[i]! - edge), terms);
      else [gap, product, apart] = [Infinity, Infinity, Infinity];
    }
    for (let j = 0; j < n; j++) {
      const v = z[j]!;
      if (v === 0 || this.lower[j] === this.upper[j]) continue;
      const edge = v > 0 ? this.lower[j]! : this.upper[j]!;
      const own = Math.abs(v) / Math.max(1, sizes[j]!);
      if (edge - edge === 0)
        pair(v, own, Math.abs(p.x[j]! - edge), Math.max(1, Math.abs(edge), Math.abs(p.x[j]!)));
      else [gap, product, apart] = [Infinity, Infinity, Infinity];
    }
    this.stationarity = worst * unit;
    this.unresolved = Math.max(0, excess) * unit;
    this.violation = this.violationOf(p, false);
    this.complementarity = product * unit;
    this.unfit = Math.max(apart, gap / Math.max(Math.min(1, this.evaluator.fScale), Math.abs(p.f)));
    const value = Math.max(
      off,
      over(this.violationOf(p, true), feasTol),
      over(this.unfit, gradTol),
      this.nextStep / NEAR,
    );
    this.measureOfKkt.value = value - value === 0 ? value : Infinity;
  }

  /** The trial is the current point but for the last bits of x or of the start: no step leads on. */
  stands(): boolean {
    const { here, there, n } = this;
    const { start } = this.evaluator.program;
    for (let j = 0; j < n; j++) {
      this.#terms[j] = there.x[j]! - here.x[j]!;
      this.#rest[j] = Math.max(Math.abs(start[j]!), Math.abs(here.x[j]!));
    }
    return unmoved(this.#rest, this.#terms, LAST_BITS);
  }

  /** The trial becomes the current point. */
  accept(): void {
    let s = 0;
    for (let j = 0; j < this.n; j++) {
      const d = this.there.x[j]! - this.here.x[j]!;
      s += d * d;
    }
    this.stepNorm = Math.sqrt(s);
    copyPoint(this.there, this.here);
  }
}
