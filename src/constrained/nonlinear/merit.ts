// The l1 merit function of sequential quadratic programming, f + sum nu_i |violation of row i|: its penalties (M. J. D. Powell 1978), what a
// trial may be compared with, and the way back from a point where the violation cannot fall to the one where it was least.

import { copyPoint, newPoint, type Point } from "./point.js";
import type { ProgramSolve } from "./solve.js";

/** Merit values that a trial may be compared with: the largest of the last few. */
const MEMORY = 4;
/** Penalties exceed the multipliers by this share: at equality the merit of a feasible step is flat. */
const ABOVE = 1e-6;
/** A point with so much less violation is worth going back to, this often. */
const WORTH = 0.5;
const MOST_RETURNS = 3;

export class Merit {
  readonly nu: Float64Array;
  readonly #solve: ProgramSolve;
  readonly #pastF = new Float64Array(MEMORY);
  readonly #pastOutside: Float64Array;
  /** The point of least violation, and that. */
  readonly #kept: Point;
  #least = Infinity;
  #remembered = 0;
  #floor = 0;
  #returns = 0;

  constructor(solve: ProgramSolve) {
    const { n, m } = solve;
    this.#solve = solve;
    this.nu = new Float64Array(m);
    this.#pastOutside = new Float64Array(MEMORY * m);
    this.#kept = newPoint(n, m, solve.here.J.length);
  }

  penalised(c: Float64Array): number {
    let t = 0;
    for (let i = 0; i < this.nu.length; i++) t += this.nu[i]! * this.#solve.outside(i, c);
    return t;
  }

  value({ f, c }: Point): number {
    return f + this.penalised(c);
  }

  /** Penalties for these multipliers. */
  raise(y: Float64Array): void {
    const { nu } = this;
    for (let i = 0; i < nu.length; i++) {
      const size = Math.abs(y[i]!);
      nu[i] = Math.max(this.#floor, (1 + ABOVE) * size, (nu[i]! + size) / 2);
    }
  }

  atLeast(price: number): void {
    for (let i = 0; i < this.nu.length; i++) this.nu[i] = Math.max(this.nu[i]!, price);
  }

  remember(theta: number): void {
    const { here, m } = this.#solve;
    const k = this.#remembered++ % MEMORY;
    this.#pastF[k] = here.f;
    for (let i = 0; i < m; i++) this.#pastOutside[k * m + i] = this.#solve.outside(i, here.c);
    if (theta < this.#least) {
      this.#least = theta;
      copyPoint(here, this.#kept);
    }
  }

  forget(): void {
    this.#remembered = 0;
  }

  /** The largest of the last values, with the penalties of now. */
  get reference(): number {
    const { here, m } = this.#solve;
    let worst = this.value(here);
    for (let k = 0; k < Math.min(this.#remembered, MEMORY); k++) {
      let t = this.#pastF[k]!;
      for (let i = 0; i < m; i++) t += this.nu[i]! * this.#pastOutside[k * m + i]!;
      worst = Math.max(worst, t);
    }
    return worst;
  }

  /**
   * The violation `theta` cannot fall from here, but was much less before: back to there, with penalties under which the way here climbs.
   * False where it was not, or this happened often.
   */
  retreat(theta: number): boolean {
    if (!(this.#least < WORTH * theta) || this.#returns++ === MOST_RETURNS) return false;
    const { here } = this.#solve;
    const drop = Math.max(0, this.#kept.f - here.f) / (theta - this.#least);
    this.#floor = Math.max(2 * drop, 10 * this.#floor, 1);
    copyPoint(this.#kept, here);
    this.forget();
    return true;
  }
}
