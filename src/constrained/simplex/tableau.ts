// What both phases of the simplex method work on: minimise c'x subject to [A -I](x, s) = 0 and bounds of x and of the rows' values s; a
// basis of m of the n + m variables, the others at a bound.

import type { Runtime } from "../../runtime/runtime.js";
import { addTransposed, type Program, transposed } from "../program.js";
import type { Basis } from "./basis.js";
import { BasisFactor } from "./basis-factor.js";

/** Reduced costs and violations below this are none, where costs and rows are of size 1. */
const TOLERANCE = 1e-9;
/** Entries of a row of the tableau that may be pivots. */
export const PIVOT = 1e-9;

export class Tableau {
  readonly p: Program;
  readonly n: number;
  readonly m: number;
  /** Variables, then rows: bounds and costs as they are for now, values, reduced costs. */
  readonly lo: Float64Array;
  readonly up: Float64Array;
  readonly cost: Float64Array;
  readonly x: Float64Array;
  readonly d: Float64Array;
  /** The place of each variable in the basis, -1 for none; the variable at each place. */
  readonly place: Int32Array;
  readonly head: Int32Array;
  /** Row r of B^-1, and of B^-1 [A -I]: entries of `touched` only. */
  readonly rho: Float64Array;
  readonly row: Float64Array;
  readonly touched: Int32Array;
  count = 0;
  /** B^-1 a of the entering variable. */
  readonly column: Float64Array;
  /** Squared norms of the rows of B^-1, and weights of the nonbasic variables. */
  readonly rowWeights: Float64Array;
  readonly weights: Float64Array;
  primalTolerance = TOLERANCE;
  dualTolerance = TOLERANCE;
  /** Steps of length 0 since the bounds or costs were last perturbed. */
  stuck = 0;
  /** Costs or bounds are not those of the program. */
  costsChanged = false;
  boundsChanged = false;
  readonly #T;
  readonly #factor: BasisFactor | null;
  readonly #mark: Uint8Array;
  readonly #sum: Float64Array;

  constructor(p: Program, runtime: Runtime | undefined) {
    const { n, m } = p;
    [this.p, this.n, this.m] = [p, n, m];
    const all = () => new Float64Array(n + m);
    [this.lo, this.up, this.cost, this.x, this.d, this.row, this.weights] = [
      all(),
      all(),
      all(),
      all(),
      all(),
      all(),
      all(),
    ];
    this.place = new Int32Array(n + m);
    this.head = new Int32Array(m);
    this.touched = new Int32Array(n + m);
    this.#mark = new Uint8Array(n + m);
    const some = () => new Float64Array(m);
    [this.rho, this.column, this.rowWeights, this.#sum] = [some(), some(), some(), some()];
    this.#T = transposed(p.A);
    this.#factor = m > 0 ? new BasisFactor(this.#T, m, runtime) : null;
    this.ownBounds();
    this.ownCosts();
    this.forget();
  }

  /** No change since the last factorisation. */
  get fresh(): boolean {
    return !this.#factor?.changes;
  }

  ownBounds(): void {
    const { p, n } = this;
    this.lo.set(p.lower);
    this.up.set(p.upper);
    this.lo.set(p.l, n);
    this.up.set(p.u, n);
    this.boundsChanged = false;
  }

  ownCosts(): void {
    this.cost.fill(0);
    this.cost.set(this.p.q);
    this.costsChanged = false;
  }

  /** Weights of a new reference framework (Forrest and Goldfarb 1992). */
  forget(): void {
    this.rowWeights.fill(1);
    this.weights.fill(1);
  }

  /** Every row basic, or the basis given; variables rest at the bound nearest to 0, or to where they are. */
  begin(basis: Basis | null): void {
    const { n, m, place } = this;
    place.fill(-1);
    const wanted: number[] = [];
    for (let j = 0; j < n + m; j++) {
      const at = basis ? (j < n ? basis.variables[j]! : basis.rows[j - n]!) : j < n ? 1 : 0;
      if (at === 0) wanted.push(j);
      else if (basis) this.x[j] = at < 0 ? this.lo[j]! : this.up[j]!;
      this.x[j] = this.nearest(j, Number.isFinite(this.x[j]!) ? this.x[j]! : 0);
    }
    // Too few: the factorisation takes rows that the others leave open, as for dependent ones.
    for (let p = 0; p < m; p++) this.#enter(p, wanted[p] ?? -1);
    this.forget();
    this.refresh();
  }

  #enter(p: number, j: number): void {
    this.head[p] = j;
    if (j >= 0) this.place[j] = p;
  }

  /** The bound nearest to v; 0 for a variable without bounds. */
  nearest(j: number, v: number): number {
    const [lo, up] = [this.lo[j]!, this.up[j]!];
    if (lo === -Infinity) return up < Infinity ? up : 0;
    return v - lo > up - v ? up : lo;
  }

  /** Factors anew; values and reduced costs are computed from the bounds and costs. */
  refresh(): void {
    const { n, head, place } = this;
    for (let turn = 0; this.#factor; turn++) {
      const dependent = this.#factor.factor(head);
      if (!dependent || turn > 5) break;
      dependent.places.forEach((p, k) => {
        const j = head[p]!;
        if (j >= 0) {
          place[j] = -1;
          this.x[j] = this.nearest(j, this.x[j]!);
        }
        this.#enter(p, n + dependent.rows[k]!);
      });
      this.rowWeights.fill(1);
    }
    this.values();
    this.reducedCosts();
  }

  /** The basic variables' values, corrected once. */
  values(): void {
    const { m, head, x } = this;
    if (!this.#factor) return;
    for (let p = 0; p < m; p++) x[head[p]!] = 0;
    for (let turn = 0; turn < 2; turn++) {
      const v = this.residual(x, this.#factor.v);
      for (let i = 0; i < m; i++) v[i] = -v[i]!;
      this.#factor.forward();
      for (let p = 0; p < m; p++) x[head[p]!] = x[head[p]!]! + v[p]!;
    }
  }

  /** [A -I] x. */
  residual(x: Float64Array, out: Float64Array): Float64Array {
    const { rowPtr, colIdx, values } = this.p.A;
    for (let i = 0; i < this.m; i++) {
      let s = -x[this.n + i]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) s += values[k]! * x[colIdx[k]!]!;
      out[i] = s;
    }
    return out;
  }

  /** d = c - [A -I]'y with B'y = c_B, corrected once; y, the multipliers of the rows' values, is d of the rows. */
  reducedCosts(): void {
    const { n, m, head, cost, d } = this;
    d.set(cost);
    if (!this.#factor) return;
    const y = this.#sum.fill(0);
    for (let turn = 0; turn < 2; turn++) {
      const { v } = this.#factor;
      for (let p = 0; p < m; p++) v[p] = d[head[p]!]!;
      this.#factor.backward();
      for (let i = 0; i < m; i++) y[i] = y[i]! + v[i]!;
      d.set(cost);
      for (let i = 0; i < m; i++) {
        v[i] = -y[i]!;
        d[n + i] = cost[n + i]! + y[i]!;
      }
      addTransposed(this.p.A, v, d);
    }
    for (let p = 0; p < m; p++) d[head[p]!] = 0;
  }

  /** The row of place r: rho, and rho'[A -I]. */
  computeRow(r: number): void {
    const { n, m, rho, row, touched } = this;
    const mark = this.#mark;
    for (let k = 0; k < this.count; k++) {
      row[touched[k]!] = 0;
      mark[touched[k]!] = 0;
    }
    const factor = this.#factor!;
    factor.v.fill(0);
    factor.v[r] = 1;
    factor.backward();
    rho.set(factor.v);
    const { rowPtr, colIdx, values } = this.p.A;
    let count = 0;
    for (let i = 0; i < m; i++) {
      const v = rho[i]!;
      if (v < 1e-14 && v > -1e-14) continue;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const j = colIdx[k]!;
        if (mark[j] === 0) {
          mark[j] = 1;
          touched[count++] = j;
        }
        row[j] = row[j]! + v * values[k]!;
      }
      touched[count++] = n + i;
      mark[n + i] = 1;
      row[n + i] = -v;
    }
    this.count = count;
  }

  /** column = B^-1 a_q. */
  computeColumn(q: number): void {
    if (!this.#factor) return;
    this.added.fill(0);
    this.addColumn(q, 1);
    this.column.set(this.solve(null));
  }

  /** Adds t a_j to what `solve` solves for next. */
  addColumn(j: number, t: number): void {
    const { v } = this.#factor!;
    if (j >= this.n) {
      v[j - this.n] = v[j - this.n]! - t;
      return;
    }
    const { rowPtr, colIdx, values } = this.#T;
    for (let k = rowPtr[j]!; k < rowPtr[j + 1]!; k++) v[colIdx[k]!] = v[colIdx[k]!]! + t * values[k]!;
  }

  get added(): Float64Array {
    return this.#factor!.v;
  }

  /** B^-1 v, by places; it lasts until the next solve. */
  solve(v: Float64Array | null): Float64Array {
    if (v) this.added.set(v);
    this.#factor!.forward();
    return this.added;
  }

  /** Variable q takes place r, whose variable goes to rest at `bound`; `column` is q's. Factors anew where it is time to. */
  exchange(r: number, q: number, bound: number): void {
    const { head, place, x } = this;
    const leaving = head[r]!;
    place[leaving] = -1;
    x[leaving] = bound;
    this.#enter(r, q);
    if (!this.#factor!.change(r, this.column)) this.refresh();
  }

  /** By how much variable j is outside its bounds, signed. */
  outside(j: number): number {
    const v = this.x[j]!;
    if (v < this.lo[j]!) return v - this.lo[j]!;
    return v > this.up[j]! ? v - this.up[j]! : 0;
  }

  /** The reduced cost of a nonbasic variable has the wrong sign: it would gain by moving into its range. */
  gains(j: number, tolerance: number): boolean {
    const d = this.d[j]!;
    if (Math.abs(d) <= tolerance || this.place[j]! >= 0 || this.lo[j] === this.up[j]) return false;
    return d < 0 ? this.x[j]! < this.up[j]! : this.x[j]! > this.lo[j]!;
  }

  get feasible(): boolean {
    return this.head.every((j) => Math.abs(this.outside(j)) <= this.primalTolerance);
  }

  get optimal(): boolean {
    for (let j = 0; j < this.n + this.m; j++) if (this.gains(j, this.dualTolerance)) return false;
    return this.feasible;
  }

  /** Nonbasic variables at the bounds that they have now. */
  settle(): void {
    for (let j = 0; j < this.n + this.m; j++) if (this.place[j]! < 0) this.x[j] = this.nearest(j, this.x[j]!);
  }

  release(): void {
    this.#factor?.release();
  }
}
