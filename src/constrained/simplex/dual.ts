// The dual simplex method for bounded variables: steepest edge (Forrest and Goldfarb 1992), a ratio test that passes breakpoints of boxed
// variables (Maros 2003, "bound flipping") with Harris's tolerance, and costs that give way where rounding would make a reduced cost
// cross zero (Koberstein 2005, chapters 3 and 6).

import { PIVOT, type Tableau } from "./tableau.js";

/** A pivot from the row and the same from the column agree to this, relatively. */
const AGREE = 1e-7;
/** Steepest-edge weights are no smaller. */
const LEAST_WEIGHT = 1e-4;
/** A dual step below this moves nothing. */
const NO_STEP = 1e-12;

export type DualEnd = "going" | "again" | "feasible" | "infeasible" | "lost";

/** What one pass of the ratio test works on, kept for a whole run. */
export class DualPhase {
  readonly t: Tableau;
  /** The row that contradicts the bounds, after "infeasible": +1 where it cannot fall, -1 where it cannot rise. */
  sign = 0;
  readonly #candidates: Int32Array;
  readonly #ends: number[] = [];
  /** Places given up until the next factorisation. */
  readonly #banned = new Set<number>();

  constructor(t: Tableau) {
    this.t = t;
    this.#candidates = new Int32Array(t.n + t.m);
  }

  /** Reduced costs get the right sign: boxed variables go to their other bound, the costs of others change. */
  makeFeasible(): void {
    const { t } = this;
    const { n, m, d, cost, x, lo, up } = t;
    let moved = false;
    for (let j = 0; j < n + m; j++) {
      if (!t.gains(j, 0)) continue;
      if (Math.abs(d[j]!) > t.dualTolerance && lo[j]! > -Infinity && up[j]! < Infinity) {
        x[j] = d[j]! < 0 ? up[j]! : lo[j]!;
        moved = true;
        continue;
      }
      cost[j] = cost[j]! - d[j]!;
      d[j] = 0;
      t.costsChanged = true;
    }
    if (moved) t.values();
  }

  /** Every reduced cost moves away from 0 by a little of its own, so that ties are rare. */
  perturb(): void {
    const { t } = this;
    const { n, d, cost, lo, up, place, x } = t;
    for (let j = 0; j < n; j++) {
      if (place[j]! >= 0 || lo[j] === up[j]) continue;
      if (lo[j] === -Infinity && up[j] === Infinity) continue;
      // A fraction in [1/2, 1) that depends on j only.
      const part = 0.5 + ((Math.imul(j + 1, 0x9e3779b1) >>> 8) & 0xffff) / 0x20000;
      const by = 1e-6 * (1 + Math.abs(cost[j]!)) * part;
      const sign = x[j] === lo[j] ? 1 : -1;
      cost[j] = cost[j]! + sign * by;
      d[j] = d[j]! + sign * by;
    }
    t.costsChanged = true;
    t.stuck = 0;
  }

  #leaving(): number {
    const { t } = this;
    const { m, head, x, lo, up, rowWeights, primalTolerance } = t;
    let [r, most] = [-1, 0];
    for (let p = 0; p < m; p++) {
      const j = head[p]!;
      const v = x[j]!;
      const out = v < lo[j]! ? lo[j]! - v : v - up[j]!;
      if (out <= primalTolerance) continue;
      const worth = (out * out) / rowWeights[p]!;
      if (worth <= most || this.#banned.has(p)) continue;
      [r, most] = [p, worth];
    }
    return r;
  }

  step(): DualEnd {
    const { t } = this;
    const r = this.#leaving();
    if (r < 0) return this.#again(this.#banned.size > 0 ? "lost" : "feasible");
    const j = t.head[r]!;
    const out = t.outside(j);
    t.computeRow(r);
    const q = this.#entering(out);
    if (q < 0) {
      this.sign = out > 0 ? 1 : -1;
      return this.#again("infeasible");
    }
    t.computeColumn(q);
    const pivot = t.column[r]!;
    const other = t.row[q]!;
    if (Math.abs(pivot - other) > AGREE * (1 + Math.abs(pivot)) || Math.abs(pivot) < PIVOT) {
      if (t.fresh) this.#banned.add(r);
      else this.refresh();
      return "again";
    }
    this.#move(r, q, out);
    return "going";
  }

  /** An end that only counts right after a factorisation. */
  #again(end: DualEnd): DualEnd {
    if (this.t.fresh) return end;
    this.refresh();
    return "again";
  }

  refresh(): void {
    this.#banned.clear();
    this.t.refresh();
    this.makeFeasible();
  }

  /** The entering variable; before #ends[last] of the candidates stand those that change their bound. */
  #entering(out: number): number {
    const { t } = this;
    const { lo, up, x, d, row, touched, place, dualTolerance } = t;
    const s = out > 0 ? 1 : -1;
    const c = this.#candidates;
    let count = 0;
    for (let k = 0; k < t.count; k++) {
      const j = touched[k]!;
      if (place[j]! >= 0 || lo[j] === up[j]) continue;
      const a = s * row[j]!;
      if (a <= PIVOT && a >= -PIVOT) continue;
      if (a < 0 ? x[j] === lo[j] : x[j] === up[j]) continue;
      c[count++] = j;
    }
    // Groups of about the same step, until the slope of the dual objective would turn.
    const ends = this.#ends;
    ends.length = 0;
    let slope = Math.abs(out);
    let from = 0;
    let most = 0;
    let turned = false;
    while (from < count && !turned) {
      let limit = Infinity;
      for (let k = from; k < count; k++) {
        const j = c[k]!;
        limit = Math.min(limit, (Math.abs(d[j]!) + dualTolerance) / Math.abs(row[j]!));
      }
      let end = from;
      for (let k = from; k < count; k++) {
        const j = c[k]!;
        const a = Math.abs(row[j]!);
        if (Math.abs(d[j]!) > limit * a) continue;
        slope -= a * (up[j]! - lo[j]!);
        most = Math.max(most, a);
        c[k] = c[end]!;
        c[end++] = j;
      }
      ends.push(end);
      from = end;
      turned = !(slope > 0);
    }
    if (!turned) return -1;
    // The last group with a pivot that is not small beside the largest.
    const wanted = Math.min(0.1 * most, 1);
    for (let g = ends.length - 1; g >= 0; g--) {
      let [q, best] = [-1, 0];
      for (let k = g > 0 ? ends[g - 1]! : 0; k < ends[g]!; k++) {
        const a = Math.abs(row[c[k]!]!);
        if (a > best) [q, best] = [c[k]!, a];
      }
      if (best < wanted) continue;
      ends.length = g;
      return q;
    }
    return -1;
  }

  #move(r: number, q: number, out: number): void {
    const { t } = this;
    const { m, x, d, row, column, head, lo, up, touched, place, cost, rowWeights } = t;
    const leaving = head[r]!;
    const bound = out > 0 ? up[leaving]! : lo[leaving]!;
    // The step of the duals; a reduced cost that has crossed zero within the tolerance makes none.
    let step = d[q]! / row[q]!;
    if (step * out < 0) {
      cost[q] = cost[q]! - d[q]!;
      t.costsChanged = true;
      step = 0;
    }
    t.stuck = Math.abs(step) > NO_STEP ? t.stuck : t.stuck + 1;
    const c = this.#candidates;
    const flips = this.#ends.length > 0 ? this.#ends[this.#ends.length - 1]! : 0;
    if (flips > 0) {
      t.added.fill(0);
      for (let k = 0; k < flips; k++) {
        const j = c[k]!;
        const to = x[j] === lo[j] ? up[j]! : lo[j]!;
        t.addColumn(j, to - x[j]!);
        x[j] = to;
      }
      const change = t.solve(null);
      for (let p = 0; p < m; p++) x[head[p]!] = x[head[p]!]! - change[p]!;
    }
    const move = (x[leaving]! - bound) / column[r]!;
    for (let p = 0; p < m; p++) {
      const a = column[p]!;
      if (a !== 0) x[head[p]!] = x[head[p]!]! - a * move;
    }
    x[q] = x[q]! + move;
    for (let k = 0; k < t.count; k++) {
      const j = touched[k]!;
      if (place[j]! >= 0) continue;
      let v = d[j]! - step * row[j]!;
      if (lo[j] !== up[j] && (v < 0 ? x[j] !== up[j] : v > 0 && x[j] !== lo[j])) {
        cost[j] = cost[j]! - v;
        t.costsChanged = true;
        v = 0;
      }
      d[j] = v;
    }
    d[q] = 0;
    d[leaving] = -step;
    const pivot = column[r]!;
    const weight = rowWeights[r]!;
    const tau = t.solve(t.rho);
    for (let p = 0; p < m; p++) {
      const a = column[p]!;
      if (a === 0 || p === r) continue;
      const k = a / pivot;
      const v = rowWeights[p]! - 2 * k * tau[p]! + k * k * weight;
      rowWeights[p] = Math.max(v, LEAST_WEIGHT, k * k * weight * 1e-4);
    }
    rowWeights[r] = Math.max(weight / (pivot * pivot), LEAST_WEIGHT);
    t.exchange(r, q, bound);
    if (t.fresh) this.makeFeasible();
  }
}
