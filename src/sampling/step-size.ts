// The step size of a Hamiltonian sampler in its warm-up: dual averaging (Hoffman and Gelman 2014, section 3.2, algorithm 5)
// towards a mean acceptance, with Stan's constants.

import { ln } from "../random/laws.js";
import { exp } from "../runtime/elementary.js";

const GAMMA = 0.05;
const T0 = 10;

export interface StepSizeState {
  readonly step: number;
  readonly mean: number;
  readonly sum: number;
  readonly count: number;
  readonly center: number;
}

export class StepSize {
  /** The step size in use. */
  step = 1;
  /** Logarithm of the averaged step size. */
  #mean = 0;
  #sum = 0;
  #count = 0;
  #center = 0;

  constructor(readonly target: number) {}

  /** Begins again around `step`: larger steps are tried first (the centre is ten times larger). */
  restart(step: number): void {
    this.step = step;
    this.#center = ln(10 * step);
    this.#sum = 0;
    this.#mean = 0;
    this.#count = 0;
  }

  /** Learns from the mean acceptance of a trajectory. */
  learn(acceptance: number): void {
    this.#count++;
    const t = this.#count;
    const weight = 1 / (t + T0);
    this.#sum = (1 - weight) * this.#sum + weight * (this.target - Math.min(1, acceptance));
    const x = this.#center - (this.#sum * Math.sqrt(t)) / GAMMA;
    // t^-kappa, kappa = 3/4.
    const eta = 1 / Math.sqrt(t * Math.sqrt(t));
    this.#mean = (1 - eta) * this.#mean + eta * x;
    this.step = exp(x);
  }

  /** Ends the warm-up: the averaged step size from here on. */
  settle(): void {
    if (this.#count > 0) this.step = exp(this.#mean);
  }

  state(): StepSizeState {
    return {
      step: this.step,
      mean: this.#mean,
      sum: this.#sum,
      count: this.#count,
      center: this.#center,
    };
  }

  restore(state: StepSizeState): void {
    this.step = state.step;
    this.#mean = state.mean;
    this.#sum = state.sum;
    this.#count = state.count;
    this.#center = state.center;
  }
}
