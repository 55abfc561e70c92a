// How good an answer to a convex program is, computed from the program and (x, y) alone: violation, stationarity, gap. The multipliers
// of the bounds are implied: z = -(Px + q + A'y). A y with the wrong sign at an infinite side counts as 0, so every error of the dual
// shows as a z that points to an infinite bound, or in the gap.

import { addTransposed, type Program, times } from "./program.js";

export interface Measures {
  /** Largest violation of a row or bound, as it is and over max(1, |Ax|, |x|). */
  readonly violation: number;
  readonly primal: number;
  /** Largest z that points to an infinite bound, as it is and over max(1, |q|, |Px|, |A'y|). */
  readonly stationarity: number;
  readonly dual: number;
  /** Objective minus dual objective, over max(1, both sizes). */
  readonly gap: number;
  readonly objective: number;
  readonly dualObjective: number;
}

/** Sums with the rounding errors carried along (Neumaier 1974). */
export class Sum {
  #s = 0;
  #c = 0;

  add(v: number): void {
    const t = this.#s + v;
    this.#c += Math.abs(this.#s) >= Math.abs(v) ? this.#s - t + v : v - t + this.#s;
    this.#s = t;
  }

  get value(): number {
    return this.#s + this.#c;
  }
}

/** Room for the vectors of a measure, kept for a whole run. */
export class Meter {
  readonly program: Program;
  /** A x, P x, the implied z, y without its wrong signs. */
  readonly Ax: Float64Array;
  readonly Px: Float64Array;
  readonly z: Float64Array;
  readonly y: Float64Array;
  readonly #Aty: Float64Array;

  constructor(program: Program) {
    const { n, m } = program;
    this.program = program;
    this.Ax = new Float64Array(m);
    this.Px = new Float64Array(n);
    this.z = new Float64Array(n);
    this.y = new Float64Array(m);
    this.#Aty = new Float64Array(n);
  }

  measure(x: Float64Array, given: Float64Array): Measures {
    const { program, Ax, Px, z, y } = this;
    const { n, m, P, q, A, l, u, lower, upper, constant } = program;
    const Aty = this.#Aty.fill(0);
    times(A, x, Ax);
    if (P) times(P, x, Px);
    let violation = 0;
    let size = 1;
    for (let i = 0; i < m; i++) {
      const v = Ax[i]!;
      size = Math.max(size, Math.abs(v));
      violation = worse(violation, v < l[i]! ? l[i]! - v : v - u[i]!);
    }
    for (let j = 0; j < n; j++) {
      const v = x[j]!;
      size = Math.max(size, Math.abs(v));
      violation = worse(violation, v < lower[j]! ? lower[j]! - v : v - upper[j]!);
    }
    for (let i = 0; i < m; i++) {
      const v = given[i]!;
      y[i] = (v > 0 && u[i] === Infinity) || (v < 0 && l[i] === -Infinity) ? 0 : v;
    }
    addTransposed(A, y, Aty);
    const value = new Sum();
    const support = new Sum();
    let curvature = 0;
    let stationarity = 0;
    let scale = 1;
    for (let j = 0; j < n; j++) {
      const g = Px[j]! + q[j]! + Aty[j]!;
      const big = Math.max(Math.abs(q[j]!), Math.abs(Px[j]!), Math.abs(Aty[j]!));
      scale = Math.max(scale, big);
      // What rounding leaves of a cancellation must not meet a large bound.
      const zj = Math.abs(g) <= 4e-16 * big ? 0 : -g;
      z[j] = zj;
      value.add(q[j]! * x[j]!);
      curvature += x[j]! * Px[j]!;
      if (zj === 0) continue;
      const bound = zj > 0 ? upper[j]! : lower[j]!;
      if (Math.abs(bound) === Infinity) stationarity = worse(stationarity, Math.abs(zj));
      else support.add(zj * bound);
    }
    for (let i = 0; i < m; i++) {
      if (y[i] !== 0) support.add(y[i]! * (y[i]! > 0 ? u[i]! : l[i]!));
    }
    const objective = constant + (value.value + curvature / 2);
    const dualObjective = constant - (curvature / 2 + support.value);
    const gap =
      Math.abs(objective - dualObjective) / Math.max(1, Math.abs(objective), Math.abs(dualObjective));
    return {
      violation,
      primal: violation / size,
      stationarity,
      dual: stationarity / scale,
      gap,
      objective,
      dualObjective,
    };
  }
}

/** The larger, NaN being the largest of all. */
const worse = (most: number, v: number): number => (v <= most ? most : v);

/** Whatever the tolerance, rows, bounds and stationarity are met to this: a larger one is of the gap. */
export const FEASIBLE = 1e-6;

/** The largest of the three relative measures, violation and stationarity counted `weight` times. */
export const worst = ({ primal, dual, gap }: Measures, weight = 1): number =>
  worse(weight * worse(primal, dual), gap);
