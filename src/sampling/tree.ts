// The trajectory of NUTS as a balanced binary tree (Hoffman and Gelman 2014), built leaf by leaf with a stack of subtrees of
// growing size: multinomial choice among its points and the generalised U-turn criterion (Betancourt 2017, appendix A.4),
// with the two extra checks across the seam of two subtrees that Stan has.

import type { Random } from "../random/philox.js";
import { exp } from "./exponential.js";
import { dot, dotSum } from "./vectors.js";

/**
 * Weights exp(H0 - H) are kept relative to a reference, 0 until a point is this much heavier than it: sums of weights need no
 * logarithms, and exp(200) is far from overflow.
 */
export const HEAVY = 200;

/** A stretch of the trajectory: its two ends, the sum of its momenta, and a point chosen from it. */
export class Subtree {
  depth = 0;
  /** Momentum and velocity M^-1 p at the end reached first, and at the one reached last. */
  firstP: Float64Array;
  firstV: Float64Array;
  lastP: Float64Array;
  lastV: Float64Array;
  /** The sum of the momenta of all points. */
  rho: Float64Array;
  /** The chosen point with its gradient. */
  q: Float64Array;
  g: Float64Array;
  lp = 0;
  energy = 0;
  /** The sum of exp(H0 - H) over the points, relative to the trajectory's reference. */
  weight = 0;

  constructor(d: number) {
    const make = () => new Float64Array(d);
    [this.firstP, this.firstV, this.lastP, this.lastV] = [make(), make(), make(), make()];
    [this.rho, this.q, this.g] = [make(), make(), make()];
  }

  /** Becomes the single point (q, p). */
  leaf(
    q: Float64Array,
    p: Float64Array,
    v: Float64Array,
    g: Float64Array,
    lp: number,
    energy: number,
    weight: number,
  ): void {
    this.depth = 0;
    this.firstP.set(p);
    this.lastP.set(p);
    this.rho.set(p);
    this.firstV.set(v);
    this.lastV.set(v);
    this.q.set(q);
    this.g.set(g);
    this.lp = lp;
    this.energy = energy;
    this.weight = weight;
  }

  /** Exchanges the ends. */
  reverse(): void {
    [this.firstP, this.lastP] = [this.lastP, this.firstP];
    [this.firstV, this.lastV] = [this.lastV, this.firstV];
  }

  /** Takes over the point that `other` has chosen; `other` keeps the storage of the old one. */
  choose(other: Subtree): void {
    [this.q, other.q] = [other.q, this.q];
    [this.g, other.g] = [other.g, this.g];
    this.lp = other.lp;
    this.energy = other.energy;
  }

  /**
   * Appends `next`, which begins where this ends. Its point is taken with probability w' / (w + w'), or, `biased` to what is
   * new, min(1, w' / w). Returns whether the whole still goes on without a U-turn.
   */
  append(d: number, next: Subtree, random: Random, biased: boolean): boolean {
    const total = this.weight + next.weight;
    const bar = biased ? this.weight : total;
    if (next.weight >= bar || random.uniform() * bar < next.weight) this.choose(next);
    this.weight = total;
    this.depth++;
    // p# rho > 0 at both ends of the whole, and of each part with the nearest point of the other.
    const { rho } = this;
    const goesOn =
      dotSum(d, this.firstV, rho, next.rho) > 0 &&
      dotSum(d, next.lastV, rho, next.rho) > 0 &&
      dotSum(d, this.firstV, rho, next.firstP) > 0 &&
      dotSum(d, next.firstV, rho, next.firstP) > 0 &&
      dotSum(d, this.lastV, next.rho, this.lastP) > 0 &&
      dotSum(d, next.lastV, next.rho, this.lastP) > 0;
    for (let i = 0; i < d; i++) rho[i] = rho[i]! + next.rho[i]!;
    [this.lastP, next.lastP] = [next.lastP, this.lastP];
    [this.lastV, next.lastV] = [next.lastV, this.lastV];
    return goesOn;
  }
}

/** p' M^-1 p / 2 - log density. */
export function energyOf(d: number, p: Float64Array, v: Float64Array, lp: number): number {
  return 0.5 * dot(d, p, v) - lp;
}

/** exp of what an energy gains, at most 1; 0 for NaN. */
export function acceptanceOf(gain: number): number {
  return gain >= 0 ? 1 : Number.isNaN(gain) ? 0 : exp(gain);
}
