// The box of CMA-ES: a point outside is evaluated at the nearest point inside and ranked with a penalty for its distance, whose
// weights follow the values (Hansen, Niederberger, Guzzella and Koumoutsakos, IEEE Trans. Evol. Comput. 13 (2009) 180,
// section IV-B, with the rule of pycma 4 for the weights). Inside, nothing changes.

import { exp } from "../runtime/elementary.js";
import type { CmaParameters } from "./cma-parameters.js";

export interface BoxState {
  readonly n: number;
  readonly rows: number;
  readonly parameters: CmaParameters;
  readonly mean: Float64Array;
  readonly limit: Float64Array;
  readonly gamma: Float64Array;
  /** sigma^2 C_jj. */
  variance(j: number): number;
}

export class BoundPenalty {
  /** The interquartile ranges of values over the mean variance, newest first. */
  readonly #history: number[] = [];
  #active = false;
  #generation = 0;

  /** Some point outside is penalised. */
  get active(): boolean {
    return this.#active;
  }

  /** After a generation: `sorted` are its values in ascending order, failed ones left out. */
  update(box: BoxState, sorted: ArrayLike<number>, count: number): void {
    const { n, rows, parameters, mean, limit, gamma } = box;
    this.#generation++;
    const far = 3 * Math.max(1, Math.sqrt(n) / parameters.muEff);
    let variances = 0;
    let outside = false;
    for (let j = 0; j < n; j++) {
      variances += box.variance(j) / n;
      const over = Math.max(-mean[j]!, mean[j]! - limit[j]!);
      outside ||= over > far * Math.sqrt(box.variance(j));
    }
    const l = 1 + count;
    const spread = (sorted[Math.floor((3 * l) / 4)]! - sorted[Math.floor(l / 4)]!) / variances;
    if (spread > 0 && spread < Infinity) this.#history.unshift(spread);
    if (this.#history.length > 20 + (3 * n) / rows) this.#history.pop();
    if (this.#history.length === 0) return;
    const begins = outside && (!this.#active || this.#generation === 2);
    if (!begins && !this.#active) return;
    const typical = median(this.#history);
    if (begins) gamma.fill(2 * typical);
    this.#active = true;
    const damp = Math.min(1, parameters.muEff / (10 * n));
    for (let j = 0; j < n; j++) {
      const m = mean[j]!;
      const over = m < 0 ? -m : Math.max(0, m - limit[j]!);
      const beyond = over / Math.sqrt(box.variance(j)) - far;
      if (beyond > 0) gamma[j] = gamma[j]! * exp((tanh(beyond / 3) / 2) * damp);
      if (gamma[j]! > 5 * typical) gamma[j] = gamma[j]! * exp(-damp / 3);
    }
  }

  save(): number[] {
    return [this.#active ? 1 : 0, this.#generation, ...this.#history];
  }

  restore([active, generation, ...history]: readonly number[]): void {
    this.#active = active === 1;
    this.#generation = generation!;
    this.#history.splice(0, Infinity, ...history);
  }
}

const tanh = (x: number): number => 1 - 2 / (exp(2 * x) + 1);

export function median(values: readonly number[]): number {
  const sorted = values.slice().sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
