// The linear least-squares model  |J p + r|^2  on a set of free variables, the others held at given values: undamped and damped solutions.
// Two factorisations, one interface: normal equations by Cholesky, and R of a column-pivoted QR.
import {
  dampedCholesky,
  dampTriangle,
  pivotedQr,
  solveLower,
  solveLowerTransposed,
  solveUpper,
} from "./linalg.js";

export const EPS = 2 ** -52;
const f64 = (k: number): Float64Array => new Float64Array(k);

export interface Quadratic {
  /** Restricts to the k variables in `free`; `held` has the steps of the others (0 in the free places). */
  restrict(k: number, free: Int32Array, held: Float64Array): void;
  /** Writes the undamped step into the free places of p; a basic one where rank < k; nothing where rank = 0. */
  gaussNewton(p: Float64Array): void;
  /** Solves with damping lambda D^2; false where the factor fails. */
  damped(lambda: number, p: Float64Array): boolean;
  /** |inv(R') D^2 p / |Dp||^2 for the last factor: More's Newton denominator (MINPACK lmpar). */
  newtonDenominator(p: Float64Array, length: number): number;
  readonly rank: number;
  /** Smallest relative pivot of the unit-diagonal normal matrix: a cheap 1/condition^2. */
  readonly pivot: number;
}

export class NormalModel implements Quadratic {
  rank = 0;
  pivot = 0;
  private k = 0;
  private free: Int32Array = new Int32Array(0);
  private readonly L: Float64Array;
  private readonly w: Float64Array;
  private readonly rhs: Float64Array;
  constructor(
    private readonly n: number,
    private readonly A: Float64Array,
    private readonly g: Float64Array,
    private readonly d: Float64Array,
  ) {
    this.L = f64(n * n);
    this.w = f64(n);
    this.rhs = f64(n);
  }
  restrict(k: number, free: Int32Array, held: Float64Array): void {
    this.k = k;
    this.free = free;
    for (let a = 0; a < k; a++) {
      const j = free[a]!;
      let s = this.g[j]!;
      for (let c = 0; c < this.n; c++) s += this.A[j * this.n + c]! * held[c]!;
      this.rhs[a] = -s;
    }
  }
  gaussNewton(p: Float64Array): void {
    this.pivot = dampedCholesky(this.k, this.n, this.free, this.A, this.d, this.L, 0);
    this.rank = this.pivot > 0 ? this.k : 0;
    if (this.rank > 0) this.solve(p);
  }
  damped(lambda: number, p: Float64Array): boolean {
    if (dampedCholesky(this.k, this.n, this.free, this.A, this.d, this.L, lambda) === 0) return false;
    this.solve(p);
    return true;
  }
  newtonDenominator(p: Float64Array, length: number): number {
    const { w, k, d, free } = this;
    for (let a = 0; a < k; a++) w[a] = (d[free[a]!]! * d[free[a]!]! * p[free[a]!]!) / length;
    solveLower(k, this.n, this.L, w);
    let s = 0;
    for (let a = 0; a < k; a++) s += w[a]! * w[a]!;
    return s;
  }
  private solve(p: Float64Array): void {
    this.w.set(this.rhs);
    solveLower(this.k, this.n, this.L, this.w);
    solveLowerTransposed(this.k, this.n, this.L, this.w);
    for (let a = 0; a < this.k; a++) p[this.free[a]!] = this.w[a]!;
  }
}

/** J S P = Q R with unit columns (S = 1/|J_j|). R and c = Q'r are kept with the columns in their own order, so every restriction is an n x n problem. */
export class OrthogonalModel implements Quadratic {
  rank = 0;
  pivot = 0;
  private k = 0;
  private rows = 0;
  private free: Int32Array = new Int32Array(0);
  private readonly B: Float64Array; // m x n copy of J
  private readonly c: Float64Array;
  private readonly R: Float64Array;
  private readonly s: Float64Array;
  private readonly T: Float64Array; // triangle of the restriction
  private readonly q: Float64Array;
  private readonly M: Float64Array; // damped triangle
  private readonly z: Float64Array;
  private readonly y: Float64Array;
  private readonly e: Float64Array;
  private readonly row: Float64Array;
  private readonly perm: Int32Array;
  constructor(
    private readonly m: number,
    private readonly n: number,
    private readonly d: Float64Array,
  ) {
    this.B = f64(m * n);
    this.c = f64(m);
    this.R = f64(n * n);
    this.T = f64(n * n);
    this.M = f64(n * n);
    this.s = f64(n);
    this.q = f64(n);
    this.z = f64(n);
    this.y = f64(n);
    this.e = f64(n);
    this.row = f64(n);
    this.perm = new Int32Array(n);
  }
  factor(J: Float64Array, r: Float64Array): void {
    const { m, n, B, c, s, R, perm } = this;
    for (let j = 0; j < n; j++) {
      let t = 0;
      for (let i = 0; i < m; i++) t += J[i * n + j]! * J[i * n + j]!;
      s[j] = t > 0 ? 1 / Math.sqrt(t) : 1;
    }
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) B[i * n + j] = J[i * n + j]! * s[j]!;
      c[i] = r[i]!;
    }
    pivotedQr(m, n, n, B, c, perm);
    this.rows = Math.min(m, n);
    for (let j = 0; j < n; j++) for (let i = 0; i < this.rows; i++) R[i * n + perm[j]!] = B[i * n + j]!;
  }
  restrict(k: number, free: Int32Array, held: Float64Array): void {
    const { n, rows, R, T, q, c, s } = this;
    this.k = k;
    this.free = free;
    for (let i = 0; i < rows; i++) {
      q[i] = c[i]!;
      for (let j = 0; j < n; j++) if (held[j] !== 0) q[i]! += (R[i * n + j]! * held[j]!) / s[j]!;
      for (let b = 0; b < k; b++) T[i * n + b] = R[i * n + free[b]!]!;
    }
    pivotedQr(rows, k, n, T, q, this.perm);
    for (let i = 0; i < rows; i++) q[i] = -q[i]!;
    const least = EPS * Math.max(this.m, n) * Math.abs(T[0]!); // |R_kk| <= eps max(m, n) |R_00| counts as 0
    const most = Math.min(k, rows);
    this.rank = 0;
    while (this.rank < most && Math.abs(T[this.rank * n + this.rank]!) > least) this.rank++;
    this.pivot = this.rank === k && k > 0 ? (T[(k - 1) * n + k - 1]! / T[0]!) ** 2 : 0;
  }
  gaussNewton(p: Float64Array): void {
    const { n, k, T, M, y } = this;
    y.fill(0);
    solveUpper(this.rank, n, T, this.q, y);
    this.put(p);
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) M[a * n + b] = T[a * n + b]!;
  }
  damped(lambda: number, p: Float64Array): boolean {
    const { n, k, M, y, e, d, s, free, perm } = this;
    for (let a = 0; a < k; a++) {
      const j = free[perm[a]!]!;
      e[a] = Math.sqrt(lambda) * d[j]! * s[j]!;
    }
    dampTriangle(Math.min(this.rows, k), k, n, this.T, this.q, e, M, this.z, this.row);
    for (let a = 0; a < k; a++) if (M[a * n + a] === 0) return false;
    solveUpper(k, n, M, this.z, y);
    this.put(p);
    return true;
  }
  newtonDenominator(p: Float64Array, length: number): number {
    const { n, k, M, y, d, s, free, perm } = this;
    let sum = 0;
    for (let a = 0; a < k; a++) {
      const j = free[perm[a]!]!;
      let t = (d[j]! * d[j]! * s[j]! * p[j]!) / length;
      for (let c = 0; c < a; c++) t -= M[c * n + a]! * y[c]!;
      y[a] = t / M[a * n + a]!;
      sum += y[a]! * y[a]!;
    }
    return sum;
  }
  private put(p: Float64Array): void {
    for (let a = 0; a < this.k; a++) {
      const j = this.free[this.perm[a]!]!;
      p[j] = this.y[a]! * this.s[j]!;
    }
  }
}
