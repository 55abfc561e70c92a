// The primal simplex method for bounded variables, from a point that is feasible: reference weights (Devex: Harris 1973; Forrest and
// Goldfarb 1992), Harris's ratio test, bounds that give way where rounding would ask for a step backwards (Gill, Murray, Saunders and
// Wright 1989).

import { PIVOT, type Tableau } from "./tableau.js";

const AGREE = 1e-7;
/** A reference framework is begun anew where a weight exceeds this. */
const MOST_WEIGHT = 1e7;
const NO_STEP = 1e-12;

export type PrimalEnd = "going" | "again" | "optimal" | "unbounded" | "lost";

export class PrimalPhase {
  readonly t: Tableau;
  /** After "unbounded": the variable whose change is the ray, and its sign. */
  entering = -1;
  sign = 0;
  readonly #banned = new Set<number>();

  constructor(t: Tableau) {
    this.t = t;
  }

  /** Basic variables outside their bounds by no more than rounding get wider ones. */
  makeFeasible(): void {
    const { t } = this;
    const { m, head, x, lo, up } = t;
    for (let p = 0; p < m; p++) {
      const j = head[p]!;
      if (x[j]! < lo[j]!) lo[j] = x[j]!;
      else if (x[j]! > up[j]!) up[j] = x[j]!;
      else continue;
      t.boundsChanged = true;
    }
  }

  /** Basic variables get a little more room, each of its own, so that ties are rare. */
  perturb(): void {
    const { t } = this;
    const { m, head, lo, up } = t;
    for (let p = 0; p < m; p++) {
      const j = head[p]!;
      if (lo[j] === up[j] && j < t.n) continue;
      const part = 0.5 + ((Math.imul(j + 1, 0x9e3779b1) >>> 8) & 0xffff) / 0x20000;
      if (lo[j]! > -Infinity) lo[j] = lo[j]! - 1e-6 * part * (1 + Math.abs(lo[j]!));
      if (up[j]! < Infinity) up[j] = up[j]! + 1e-6 * part * (1 + Math.abs(up[j]!));
    }
    t.boundsChanged = true;
    t.stuck = 0;
  }

  #choose(): number {
    const { t } = this;
    const { n, m, d, weights, dualTolerance } = t;
    let [q, most] = [-1, 0];
    for (let j = 0; j < n + m; j++) {
      if (!t.gains(j, dualTolerance)) continue;
      const worth = (d[j]! * d[j]!) / weights[j]!;
      if (worth <= most || this.#banned.has(j)) continue;
      [q, most] = [j, worth];
    }
    return q;
  }

  step(): PrimalEnd {
    const { t } = this;
    const q = this.#choose();
    if (q < 0) return this.#again(this.#banned.size > 0 ? "lost" : "optimal");
    t.computeColumn(q);
    const s = t.d[q]! < 0 ? 1 : -1;
    const range = t.up[q]! - t.lo[q]!;
    const r = this.#blocking(s, range);
    if (r === -2) {
      [this.entering, this.sign] = [q, s];
      return this.#again("unbounded");
    }
    if (r === -1) {
      this.#flip(q, s * range);
      return "going";
    }
    const pivot = t.column[r]!;
    t.computeRow(r);
    if (Math.abs(pivot - t.row[q]!) > AGREE * (1 + Math.abs(pivot)) || (Math.abs(pivot) < 1e-6 && !t.fresh)) {
      if (t.fresh) this.#banned.add(q);
      else this.refresh();
      return "again";
    }
    this.#move(r, q, s);
    return "going";
  }

  #again(end: PrimalEnd): PrimalEnd {
    if (this.t.fresh) return end;
    this.refresh();
    return "again";
  }

  refresh(): void {
    this.#banned.clear();
    this.t.refresh();
    this.makeFeasible();
  }

  /** The place that ends a step along s times the entering variable; -1 its own other bound, -2 nothing. */
  #blocking(s: number, range: number): number {
    const { m, head, x, lo, up, column, primalTolerance } = this.t;
    let limit = Infinity;
    for (let p = 0; p < m; p++) {
      const a = s * column[p]!;
      if (a <= PIVOT && a >= -PIVOT) continue;
      const j = head[p]!;
      const room = a > 0 ? x[j]! - lo[j]! : up[j]! - x[j]!;
      limit = Math.min(limit, (room + primalTolerance) / Math.abs(a));
    }
    if (limit === Infinity) return range === Infinity ? -2 : -1;
    let [r, most] = [-1, 0];
    for (let p = 0; p < m; p++) {
      const a = s * column[p]!;
      const size = Math.abs(a);
      if (size <= PIVOT || size <= most) continue;
      const j = head[p]!;
      const room = a > 0 ? x[j]! - lo[j]! : up[j]! - x[j]!;
      if (room <= limit * size) [r, most] = [p, size];
    }
    const j = head[r]!;
    const room = s * column[r]! > 0 ? x[j]! - lo[j]! : up[j]! - x[j]!;
    return range <= room / most ? -1 : r;
  }

  #flip(q: number, by: number): void {
    const { m, head, x, lo, up, column } = this.t;
    for (let p = 0; p < m; p++) x[head[p]!] = x[head[p]!]! - column[p]! * by;
    x[q] = by > 0 ? up[q]! : lo[q]!;
    if (this.t.stuck > 0) this.t.stuck--;
  }

  #move(r: number, q: number, s: number): void {
    const { t } = this;
    const { m, x, d, row, column, head, lo, up, touched, place, weights } = t;
    const leaving = head[r]!;
    const falls = s * column[r]! > 0;
    const room = falls ? x[leaving]! - lo[leaving]! : up[leaving]! - x[leaving]!;
    if (room < 0) {
      // The bound moves to where the variable is.
      if (falls) lo[leaving] = x[leaving]!;
      else up[leaving] = x[leaving]!;
      t.boundsChanged = true;
    }
    const length = Math.max(0, room) / Math.abs(column[r]!);
    t.stuck = length > NO_STEP ? t.stuck : t.stuck + 1;
    const move = s * length;
    if (move !== 0) {
      for (let p = 0; p < m; p++) {
        const a = column[p]!;
        if (a !== 0) x[head[p]!] = x[head[p]!]! - a * move;
      }
      x[q] = x[q]! + move;
    }
    const pivot = row[q]!;
    const step = d[q]! / pivot;
    const weight = weights[q]!;
    let most = 0;
    for (let k = 0; k < t.count; k++) {
      const j = touched[k]!;
      if (place[j]! >= 0) continue;
      d[j] = d[j]! - step * row[j]!;
      const a = row[j]! / pivot;
      const w = a * a * weight;
      if (w > weights[j]!) weights[j] = w;
      most = Math.max(most, weights[j]!);
    }
    d[q] = 0;
    d[leaving] = -step;
    weights[leaving] = Math.max(1, weight / (pivot * pivot));
    if (most > MOST_WEIGHT) weights.fill(1);
    t.exchange(r, q, falls ? lo[leaving]! : up[leaving]!);
    if (t.fresh) this.makeFeasible();
  }
}
