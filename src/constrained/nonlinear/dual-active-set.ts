// Strictly convex dense quadratic programs by the dual active-set method: minimise g'd + d'Hd / 2 subject to
// lower <= c + Jd <= upper and box bounds on d. D. Goldfarb and A. Idnani, Mathematical Programming 27 (1983) 1-33.

import { factorInPlace, length2, rowLengths } from "./small-factor.js";
import type { StepEnd, StepProgram } from "./step-program.js";

/** A row counts as met within this share of its terms. */
const MET = 1e-12;
/** A step is known to this share of its largest component. */
const BLUR = 1e-15;
/** A normal depends on the active ones where what is left of it is below this share. */
const DEPENDENT = 1e-11;
/** A dependent row agrees with the active ones where it is short of its side by this share of its terms. */
const AGREES = 1e-9;

/** Memory for programs of up to n variables and m rows; the answers are `d`, `y` and `z`. */
export class DualActiveSet {
  /** The step. */
  readonly d: Float64Array;
  /** One multiplier a row: positive at its lower side, negative at its upper one. */
  readonly y: Float64Array;
  /** The same of the bounds. */
  readonly z: Float64Array;
  readonly #L: Float64Array;
  /** Columns of the orthogonal basis times L^-T: the first q span the active normals. */
  readonly #B: Float64Array;
  /** Upper triangular, column by column. */
  readonly #R: Float64Array;
  readonly #u: Float64Array;
  readonly #r: Float64Array;
  readonly #t: Float64Array;
  readonly #step: Float64Array;
  readonly #normal: Float64Array;
  readonly #active: Int32Array;
  readonly #sign: Float64Array;
  readonly #isActive: Uint8Array;
  readonly #size: Float64Array;
  #q = 0;

  constructor(n: number, m: number) {
    this.d = new Float64Array(n);
    this.y = new Float64Array(m);
    this.z = new Float64Array(n);
    this.#L = new Float64Array(n * n);
    this.#B = new Float64Array(n * n);
    this.#R = new Float64Array(n * n);
    this.#u = new Float64Array(n + 1);
    this.#r = new Float64Array(n + 1);
    this.#t = new Float64Array(n);
    this.#step = new Float64Array(n);
    this.#normal = new Float64Array(n);
    this.#active = new Int32Array(n + 1);
    this.#sign = new Float64Array(n + 1);
    this.#isActive = new Uint8Array(n + m);
    this.#size = new Float64Array(m);
  }

  solve(p: StepProgram): StepEnd {
    const { n, m, H, g } = p;
    const L = this.#L;
    let trace = 0;
    for (let i = 0; i < n; i++) trace = Math.max(trace, Math.abs(H[i * n + i]!));
    for (let i = 0; i < n * n; i++) L[i] = H[i]!;
    this.#q = 0;
    this.#isActive.fill(0, 0, n + m);
    if (!factorInPlace(n, L, 1e-16 * trace)) return "indefinite";
    this.#basis(n);
    this.#unconstrained(n, g);
    rowLengths(m, n, p.J, this.#size);
    for (let left = 60 + 20 * (n + m); left > 0; left--) {
      const worst = this.#violated(p);
      if (worst < 0) {
        this.#multipliers(p);
        return "solved";
      }
      const end = this.#enter(p, worst);
      if (end) return end;
    }
    return "stuck";
  }

  /** B = L^-T: columns j of the inverse transpose. */
  #basis(n: number): void {
    const [L, B] = [this.#L, this.#B];
    B.fill(0, 0, n * n);
    // Row j of L^-1 ends up as column j of L^-T.
    for (let k = 0; k < n; k++) {
      for (let i = k; i < n; i++) {
        let s = i === k ? 1 : 0;
        for (let j = k; j < i; j++) s -= L[i * n + j]! * B[k * n + j]!;
        B[k * n + i] = s / L[i * n + i]!;
      }
    }
  }

  /** d = -H^-1 g = -B B'g. */
  #unconstrained(n: number, g: Float64Array): void {
    const [B, t, d] = [this.#B, this.#t, this.d];
    t.fill(0, 0, n);
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) t[k]! += B[i * n + k]! * g[i]!;
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (let k = 0; k < n; k++) s -= B[i * n + k]! * t[k]!;
      d[i] = s;
    }
  }

  #side = 1;
  #short = 0;
  #agrees = 0;

  /** The row (or m + variable) that is violated most, in units of its normal (infinitely, where that is 0); -1 when none is. Equalities first. */
  #violated(p: StepProgram): number {
    const { n, m, J, c, rowLower, rowUpper, low, high } = p;
    const d = this.d;
    let worst = -1;
    let most = 0;
    // The step itself is known to a share of its largest component.
    let blur = 0;
    for (let j = 0; j < n; j++) blur = Math.max(blur, Math.abs(d[j]!));
    blur *= BLUR;
    for (let i = 0; i < m; i++) {
      if (this.#isActive[i]) continue;
      const size = this.#size[i]!;
      let v = c[i]!;
      let big = Math.abs(v);
      for (let j = 0; j < n; j++) {
        const term = J[i * n + j]! * d[j]!;
        v += term;
        big = Math.max(big, Math.abs(term));
      }
      const [lo, up] = [rowLower[i]!, rowUpper[i]!];
      const below = lo - v;
      const above = v - up;
      const by = Math.max(below, above);
      const edge = Math.abs(below > above ? lo : up);
      const scale = Math.max(big, edge < Infinity ? edge : 0);
      if (!(by > Math.max(MET * scale, p.rowNoise[i]!, blur * size))) continue;
      const measure = (lo === up ? 1e10 : 1) * (by / size);
      if (measure <= most) continue;
      most = measure;
      worst = i;
      this.#side = below > above ? 1 : -1;
      this.#short = by;
      this.#agrees = Math.max(AGREES * scale, 1e3 * p.rowNoise[i]!, 1e3 * blur * size);
    }
    for (let j = 0; j < n; j++) {
      if (this.#isActive[m + j]) continue;
      const below = low[j]! - d[j]!;
      const above = d[j]! - high[j]!;
      const by = Math.max(below, above);
      const edge = below > above ? low[j]! : high[j]!;
      if (!(by > Math.max(MET * Math.max(Math.abs(d[j]!), Math.abs(edge)), blur)) || by <= most) continue;
      most = by;
      worst = m + j;
      this.#side = below > above ? 1 : -1;
      this.#short = by;
      this.#agrees = Math.max(AGREES * Math.max(Math.abs(d[j]!), Math.abs(edge)), 1e3 * blur);
    }
    return worst;
  }

  /** Takes a violated constraint into the active set, dropping others whose multipliers would change sign. */
  #enter(p: StepProgram, k: number): StepEnd | null {
    const { n, m, J, rowLower, rowUpper, low, high } = p;
    const [B, R, u, r] = [this.#B, this.#R, this.#u, this.#r];
    const [t, step, normal] = [this.#t, this.#step, this.#normal];
    const sign = this.#side;
    normal.fill(0, 0, n);
    if (k < m) for (let j = 0; j < n; j++) normal[j] = sign * J[k * n + j]!;
    else normal[k - m] = sign;
    let short = this.#short;
    let own = 0;
    for (let round = 0; round <= 2 * n + 2; round++) {
      const q = this.#q;
      // t = B'normal; the step in the primal is B2 t2, in the dual -R^-1 t1.
      t.fill(0, 0, n);
      let all = 0;
      for (let i = 0; i < n; i++) {
        const v = normal[i]!;
        if (v !== 0) for (let j = 0; j < n; j++) t[j]! += B[i * n + j]! * v;
      }
      let free = 0;
      for (let j = 0; j < n; j++) {
        all += t[j]! * t[j]!;
        if (j >= q) free += t[j]! * t[j]!;
      }
      for (let i = 0; i < n; i++) {
        let s = 0;
        for (let j = q; j < n; j++) s += B[i * n + j]! * t[j]!;
        step[i] = s;
      }
      for (let j = q - 1; j >= 0; j--) {
        let s = t[j]!;
        for (let i = j + 1; i < q; i++) s -= R[i * n + j]! * r[i]!;
        r[j] = s / R[j * n + j]!;
      }
      let leave = -1;
      let t1 = Infinity;
      for (let j = 0; j < q; j++) {
        const a = this.#active[j]!;
        const equal = a < m ? rowLower[a] === rowUpper[a] : low[a - m] === high[a - m];
        if (equal || !(r[j]! > 0)) continue;
        const ratio = u[j]! / r[j]!;
        if (ratio < t1) {
          t1 = ratio;
          leave = j;
        }
      }
      const dependent = !(free > DEPENDENT * DEPENDENT * all) || q === n;
      const t2 = dependent ? Infinity : short / free;
      const by = Math.min(t1, t2);
      if (by === Infinity) {
        if (!(short <= this.#agrees)) return "infeasible";
        // A row that the active ones imply, met to rounding: it counts as met.
        this.#isActive[k] = 1;
        return null;
      }
      for (let j = 0; j < q; j++) u[j]! -= by * r[j]!;
      own += by;
      if (!dependent) {
        for (let i = 0; i < n; i++) this.d[i]! += by * step[i]!;
        short -= by * free;
      }
      if (t2 <= t1) {
        this.#add(n, k, sign, own);
        return null;
      }
      this.#drop(n, leave);
    }
    return "stuck";
  }

  /** Adds a normal whose image t = B'normal stands in #t: rotates t[q+1..] to zero. */
  #add(n: number, k: number, sign: number, own: number): void {
    const [R, t] = [this.#R, this.#t];
    const q = this.#q;
    for (let j = n - 1; j > q; j--) {
      const [a, b] = [t[j - 1]!, t[j]!];
      if (b === 0) continue;
      const h = length2(a, b);
      this.#rotate(n, j - 1, j, a / h, b / h);
      t[j - 1] = h;
      t[j] = 0;
    }
    for (let i = 0; i <= q; i++) R[q * n + i] = t[i]!;
    this.#active[q] = k;
    this.#sign[q] = sign;
    this.#u[q] = own;
    this.#isActive[k] = 1;
    this.#q = q + 1;
  }

  /** Columns a and b of B, turned by the rotation [c s; -s c]. */
  #rotate(n: number, a: number, b: number, c: number, s: number): void {
    for (let i = 0, B = this.#B; i < n; i++) {
      const x = B[i * n + a]!;
      const y = B[i * n + b]!;
      B[i * n + a] = c * x + s * y;
      B[i * n + b] = c * y - s * x;
    }
  }

  #drop(n: number, at: number): void {
    const [R, u] = [this.#R, this.#u];
    const q = this.#q - 1;
    this.#isActive[this.#active[at]!] = 0;
    for (let j = at; j < q; j++) {
      this.#active[j] = this.#active[j + 1]!;
      this.#sign[j] = this.#sign[j + 1]!;
      u[j] = u[j + 1]!;
      for (let i = 0; i <= j + 1; i++) R[j * n + i] = R[(j + 1) * n + i]!;
    }
    for (let j = at; j < q; j++) {
      const [a, b] = [R[j * n + j]!, R[j * n + j + 1]!];
      const h = length2(a, b);
      if (h === 0) continue;
      const [c, s] = [a / h, b / h];
      for (let k = j; k < q; k++) {
        const x = R[k * n + j]!;
        const y = R[k * n + j + 1]!;
        R[k * n + j] = c * x + s * y;
        R[k * n + j + 1] = c * y - s * x;
      }
      this.#rotate(n, j, j + 1, c, s);
    }
    this.#q = q;
  }

  #multipliers({ n, m }: StepProgram): void {
    this.y.fill(0, 0, m);
    this.z.fill(0, 0, n);
    for (let j = 0; j < this.#q; j++) {
      const k = this.#active[j]!;
      const value = this.#sign[j]! * this.#u[j]!;
      if (k < m) this.y[k] = value;
      else this.z[k - m] = value;
    }
  }
}
