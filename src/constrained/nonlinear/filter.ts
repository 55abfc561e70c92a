// The filter: pairs of violation and value that a trial must not be worse than in both. Waechter and Biegler (2006), 2.3.

import { pow } from "../../runtime/elementary.js";

const GAMMA_THETA = 1e-5;
const GAMMA_PHI = 1e-8;
const S_PHI = 2.3;
const S_THETA = 1.1;
const ARMIJO = 1e-4;
const GAMMA_ALPHA = 0.05;

export class Filter {
  readonly #theta: number[] = [];
  readonly #phi: number[] = [];
  readonly #most: number;
  readonly #small: number;

  constructor(theta0: number) {
    this.#most = 1e4 * Math.max(1, theta0);
    this.#small = 1e-4 * Math.max(1, theta0);
  }

  clear(): void {
    this.#theta.length = 0;
    this.#phi.length = 0;
  }

  add(theta: number, phi: number): void {
    this.#theta.push((1 - GAMMA_THETA) * theta);
    this.#phi.push(phi - GAMMA_PHI * theta);
  }

  /** Whether no pair of the filter forbids this one. */
  free(theta: number, phi: number): boolean {
    if (!(theta <= this.#most) || !(phi < Infinity)) return false;
    for (let k = 0; k < this.#theta.length; k++)
      if (theta >= this.#theta[k]! && phi >= this.#phi[k]!) return false;
    return true;
  }

  /** The value decides, not the violation (19). */
  #switches(theta: number, slope: number, alpha: number): boolean {
    return slope < 0 && alpha * pow(-slope, S_PHI) > pow(theta, S_THETA);
  }

  accepts(
    newTheta: number,
    newPhi: number,
    theta: number,
    phi: number,
    slope: number,
    alpha: number,
    noise: number,
  ): boolean {
    if (!this.free(newTheta, newPhi)) return false;
    if (theta <= this.#small && this.#switches(theta, slope, alpha))
      return newPhi <= phi + ARMIJO * alpha * slope + noise;
    return newTheta <= (1 - GAMMA_THETA) * theta || newPhi <= phi - GAMMA_PHI * theta + noise;
  }

  /** After a step was taken: what was left goes into the filter unless the value decided. */
  remember(theta: number, phi: number, slope: number, alpha: number): void {
    if (!(theta <= this.#small && this.#switches(theta, slope, alpha))) this.add(theta, phi);
  }

  /** The shortest step, of the longest, before restoration (23). */
  shortest(slope: number, theta: number): number {
    let least = GAMMA_THETA;
    if (slope < 0) {
      least = Math.min(least, (GAMMA_PHI * theta) / -slope);
      if (theta <= this.#small) least = Math.min(least, pow(theta, S_THETA) / pow(-slope, S_PHI));
    }
    return Math.max(GAMMA_ALPHA * least, 1e-12);
  }
}
