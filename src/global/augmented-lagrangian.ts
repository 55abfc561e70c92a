// Constraints for CMA-ES: each generation is ranked by the augmented Lagrangian, whose multipliers and weights follow from generation to
// generation (A. Atamna, A. Auger and N. Hansen, FOGA 2017, 149; P. Dufossé and N. Hansen, GECCO 2020, 165). The rank alone counts, so
// that a change of it between two generations disturbs nothing. The mean of each generation is evaluated too: it tells how the
// multipliers have to move.

import { pow } from "../runtime/elementary.js";
import type { Constraints } from "./constraints.js";
import { rankOf } from "./ranking.js";
import { pack, unpack } from "./saving.js";

/** Damping of the multipliers, d_gamma = 5 n (5 in the papers swings with an equality across a box); k1 and k2 of the rule for the weights. */
const DAMP = 5;
const K1 = 3;
const K2 = 5;

export class AugmentedLagrangian {
  readonly #n: number;
  readonly #constraints: Constraints;
  readonly #lambda: Float64Array;
  readonly #mu: Float64Array;
  /** The constraints, and the function, at the last mean. */
  readonly #before: Float64Array;
  readonly #head = Float64Array.of(0, NaN);

  constructor(n: number, constraints: Constraints) {
    this.#n = n;
    this.#constraints = constraints;
    this.#lambda = new Float64Array(constraints.count);
    this.#mu = new Float64Array(constraints.count);
    this.#before = new Float64Array(constraints.count);
  }

  /** The term of one constraint with g = c for an equality, g = -c <= 0 for an inequality. */
  #term(i: number, g: number): number {
    const [lambda, mu] = [this.#lambda[i]!, this.#mu[i]!];
    if (i >= this.#constraints.equalities && lambda + mu * g < 0)
      return mu > 0 ? -(lambda * lambda) / (2 * mu) : 0;
    return lambda * g + (mu / 2) * g * g;
  }

  #g(row: number, i: number): number {
    const { count, equalities, c } = this.#constraints;
    const value = c[row * count + i]!;
    return i < equalities ? value : -value;
  }

  /** `out` gets the augmented Lagrangian of each row, from the values f; the row after them is the mean, from which the weights learn. */
  rank(rows: number, f: Float64Array, out: Float64Array): void {
    const { count } = this.#constraints;
    if (this.#head[0] === 0) this.#begin(rows, f);
    for (let k = 0; k < rows; k++) {
      let sum = rankOf(f[k]!);
      for (let i = 0; i < count; i++) {
        const g = this.#g(k, i);
        // An inequality of -Infinity is met by any measure.
        sum += g === -Infinity && i >= this.#constraints.equalities ? 0 : this.#term(i, g);
      }
      out[k] = rankOf(sum);
    }
    this.#learn(rows, f[rows]!);
  }

  /** First weights by the quartiles of f and of each constraint, so that no unit matters. */
  #begin(rows: number, f: Float64Array): void {
    const n = this.#n;
    const spread = (values: number[]): [number, number] => {
      const sorted = values.filter((v) => v - v === 0).sort((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      return [at(0.75) - at(0.25), at(0.5)];
    };
    const [df] = spread(Array.from(f.subarray(0, rows)));
    for (let i = 0; i < this.#mu.length; i++) {
      const [dg, middle] = spread(Array.from({ length: rows }, (_, k) => this.#g(k, i)));
      const size = dg * dg + middle * middle;
      this.#mu[i] = df > 0 && size > 0 ? (2 * df) / (5 * n * size) : 1;
    }
    this.#head[0] = 1;
  }

  /** `row`: the mean of the generation. */
  #learn(row: number, f: number): void {
    const { count, equalities } = this.#constraints;
    const n = this.#n;
    const g = Float64Array.from({ length: count }, (_, i) => Math.max(-1e300, this.#g(row, i)));
    if (f - f !== 0 || g.some((v) => v - v !== 0)) return;
    // The change of the augmented Lagrangian from the last mean to this one, with the same multipliers.
    let moved = f - this.#head[1]!;
    for (let i = 0; i < count; i++) moved += this.#term(i, g[i]!) - this.#term(i, this.#before[i]!);
    const change = Math.abs(moved);
    for (let i = 0; i < count; i++) {
      const mu = this.#mu[i]!;
      const own = g[i]!;
      // Larger while the term says little beside the value, or while the constraint hardly moves; else smaller.
      const little = mu * own * own < (K1 * change) / n;
      const still = K2 * Math.abs(own - this.#before[i]!) < Math.abs(own);
      const inactive = i >= equalities && this.#lambda[i]! + mu * own < 0;
      const lambda = this.#lambda[i]! + (mu * own) / (DAMP * n);
      this.#lambda[i] = i < equalities ? lambda : Math.max(0, lambda);
      if (inactive || change - change !== 0) continue;
      this.#mu[i] = Math.min(
        1e200,
        Math.max(1e-200, mu * (little || still ? pow(2, 1 / (4 * n)) : pow(2, -1 / n))),
      );
    }
    this.#before.set(g);
    this.#head[1] = f;
  }

  save(): string {
    return pack(this.#lambda, this.#mu, this.#before, this.#head);
  }

  restore(saved: unknown): boolean {
    return unpack(saved, this.#lambda, this.#mu, this.#before, this.#head);
  }
}
