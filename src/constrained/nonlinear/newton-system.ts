// The linear system of an interior-point step, symmetric and reduced by the slacks, factored as LDL' with corrections of the
// inertia: (n, m, 0) makes the step a descent direction. Waechter and Biegler (2006), equation (13) and algorithm IC.

import type { Runtime } from "../../runtime/runtime.js";
import type { Interior } from "./interior.js";
import { FullKkt, type KktMatrix } from "./kkt-matrix.js";
import { finite } from "./point.js";
import type { ProgramSolve } from "./solve.js";
import { SparseKkt } from "./sparse-kkt.js";

/** First, smallest and largest correction of the Hessian; of the rows. */
const FIRST = 1e-4;
const LEAST = 1e-20;
const MOST = 1e40;
const OF_ROWS = 1e-8;
/** A step with a larger relative residual is none: the correction grows, so many times at most. */
const ACCURATE = 1e-8;
const TRIALS = 5;

export class NewtonSystem {
  readonly dx: Float64Array;
  readonly ds: Float64Array;
  readonly dy: Float64Array;
  /** The corrected step of second order. */
  readonly cx: Float64Array;
  readonly cs: Float64Array;
  readonly dzl: Float64Array;
  readonly dzu: Float64Array;
  readonly dvl: Float64Array;
  readonly dvu: Float64Array;
  readonly #solve: ProgramSolve;
  readonly #at: Interior;
  readonly #K: KktMatrix;
  /** What is added to the diagonals of H and of the rows. */
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #rhs: Float64Array;
  readonly #answer: Float64Array;
  /** Sigma of the slacks, with the correction. */
  readonly #sigma: Float64Array;
  /** Rows of the corrected step. */
  readonly #rows: Float64Array;
  #H: Float64Array | null = null;
  /** The last correction that was needed. */
  #last = 0;
  #forced = 0;

  constructor(solve: ProgramSolve, at: Interior, runtime: Runtime | undefined) {
    const { n, m } = solve;
    this.#solve = solve;
    this.#at = at;
    this.dx = new Float64Array(n);
    this.ds = new Float64Array(m);
    this.dy = new Float64Array(m);
    this.cx = new Float64Array(n);
    this.cs = new Float64Array(m);
    this.dzl = new Float64Array(n);
    this.dzu = new Float64Array(n);
    this.dvl = new Float64Array(m);
    this.dvu = new Float64Array(m);
    this.#K = solve.evaluator.program.hessian ? new SparseKkt(solve, runtime) : new FullKkt(solve);
    this.#a = new Float64Array(n);
    this.#b = new Float64Array(m);
    this.#rhs = new Float64Array(n + m);
    this.#answer = new Float64Array(n + m);
    this.#sigma = new Float64Array(m);
    this.#rows = new Float64Array(m);
  }

  #sigmaX(j: number): number {
    const { here, lower, upper } = this.#solve;
    const { zl, zu } = this.#at;
    return zl[j]! / (here.x[j]! - lower[j]!) + zu[j]! / (upper[j]! - here.x[j]!);
  }

  /** K with corrections deltaW of the Hessian and deltaC of the equality rows; without H the unit matrix in its place. */
  #assemble(H: Float64Array | null, deltaW: number, deltaC: number): void {
    const { n, m, evaluator } = this.#solve;
    const { fixed, slack, s, vl, vu } = this.#at;
    const { scaledLower, scaledUpper } = evaluator;
    const [a, b] = [this.#a, this.#b];
    for (let j = 0; j < n; j++) a[j] = H ? this.#sigmaX(j) + deltaW : 1;
    for (let i = 0; i < m; i++) {
      if (!slack[i]) b[i] = -deltaC;
      else if (!H) b[i] = -1;
      else {
        const sigma = vl[i]! / (s[i]! - scaledLower[i]!) + vu[i]! / (scaledUpper[i]! - s[i]!) + deltaW;
        this.#sigma[i] = sigma;
        // Of sides too far to be felt the slack is free: it follows its row.
        b[i] = sigma > 0 ? -1 / sigma : -1e20;
      }
    }
    this.#K.assemble(H, fixed, a, b);
  }

  get #right(): boolean {
    return this.#K.negative === this.#solve.m && this.#K.zero === 0;
  }

  /** Factors with the smallest corrections that give the inertia (n, m, 0); false where none does. */
  factor(H: Float64Array, mu: number): boolean {
    let deltaW = this.#forced;
    let deltaC = 0;
    this.#forced = 0;
    this.#H = H;
    for (let trial = 0; trial < 60; trial++) {
      this.#assemble(H, deltaW, deltaC);
      if (!this.#K.refactor()) return false;
      if (this.#right) {
        if (deltaW > 0) this.#last = deltaW;
        this.#deltaW = deltaW;
        return true;
      }
      if (this.#K.zero > 0 || trial > 3) deltaC = OF_ROWS * Math.sqrt(Math.sqrt(mu));
      if (deltaW === 0) deltaW = this.#last === 0 ? FIRST : Math.max(LEAST, this.#last / 3);
      else deltaW *= this.#last === 0 ? 100 : 8;
      if (deltaW > MOST) return false;
    }
    return false;
  }
  #deltaW = 0;

  /** A larger correction at the next factorisation: the last step was no descent. */
  raise(): boolean {
    this.#forced = Math.max(FIRST, 8 * this.#deltaW);
    return this.#forced < 1e10;
  }

  #right_hand_side(rows: (i: number) => number, mu: number): void {
    const { n, m, here, lower, upper, y, evaluator } = this.#solve;
    const { fixed, slack, s } = this.#at;
    const { scaledLower, scaledUpper } = evaluator;
    const rhs = this.#rhs;
    for (let j = 0; j < n; j++)
      rhs[j] =
        here.g[j]! + mu * this.#at.damping(j) - mu / (here.x[j]! - lower[j]!) + mu / (upper[j]! - here.x[j]!);
    this.#solve.subtractRows(here, y, rhs);
    for (let j = 0; j < n; j++) rhs[j] = fixed[j] ? 0 : -rhs[j]!;
    for (let i = 0; i < m; i++) {
      const h = rows(i);
      if (!slack[i]) {
        rhs[n + i] = -h;
        continue;
      }
      const r = y[i]! - mu / (s[i]! - scaledLower[i]!) + mu / (scaledUpper[i]! - s[i]!);
      const sigma = this.#sigma[i]!;
      rhs[n + i] = sigma > 0 ? -h - r / sigma : 0;
    }
  }

  /** Solves K answer = rhs, both finite; false where one of them is not. */
  #solved(): boolean {
    if (!finite(this.#rhs)) return false;
    this.#K.solve(this.#rhs, this.#answer);
    return finite(this.#answer);
  }

  /** Solves for a step; p = -dy stands in the lower part of the answer. */
  #backsolve(dx: Float64Array, ds: Float64Array, dy: Float64Array | null, mu: number): boolean {
    const { n, m, y, evaluator } = this.#solve;
    const { slack, s } = this.#at;
    const { scaledLower, scaledUpper } = evaluator;
    const answer = this.#answer;
    if (!this.#solved()) return false;
    for (let j = 0; j < n; j++) dx[j] = answer[j]!;
    for (let i = 0; i < m; i++) {
      const p = answer[n + i]!;
      if (dy) dy[i] = -p;
      if (!slack[i]) {
        ds[i] = 0;
        continue;
      }
      const r = y[i]! - mu / (s[i]! - scaledLower[i]!) + mu / (scaledUpper[i]! - s[i]!);
      ds[i] = this.#sigma[i]! > 0 ? (p - r) / this.#sigma[i]! : 0;
    }
    return finite(ds);
  }

  /** False where there is no finite step. */
  step(mu: number): boolean {
    const { here } = this.#solve;
    const { s } = this.#at;
    for (let i = 0; i < this.#rows.length; i++) this.#rows[i] = this.#at.row(here, s, i);
    this.#right_hand_side((i) => this.#rows[i]!, mu);
    let found = this.#backsolve(this.dx, this.ds, this.dy, mu);
    // Without pivots a factor of the right inertia may still be no good one.
    for (let trial = 0; trial < TRIALS && found && (this.#K.accuracy > ACCURATE || this.#tooFar); trial++) {
      this.#forced = Math.max(FIRST, 8 * this.#deltaW);
      if (!this.factor(this.#H!, mu)) break;
      this.#right_hand_side((i) => this.#rows[i]!, mu);
      found = this.#backsolve(this.dx, this.ds, this.dy, mu);
    }
    return found;
  }

  /** In many variables, where the Hessian had to be corrected: a step beyond their size says that it was hardly enough. */
  get #tooFar(): boolean {
    const { here, evaluator } = this.#solve;
    if (this.#deltaW === 0 || !evaluator.program.hessian) return false;
    const { x } = here;
    let [size, step] = [1, 0];
    for (let j = 0; j < x.length; j++) {
      size = Math.max(size, Math.abs(x[j]!));
      step = Math.max(step, Math.abs(this.dx[j]!));
    }
    return step > size;
  }

  /** The step for alpha c + c(trial) instead of c (27), into cx and cs; false where it is not finite. */
  correct(alpha: number, mu: number): boolean {
    const { there } = this.#solve;
    for (let i = 0; i < this.#rows.length; i++)
      this.#rows[i] = alpha * this.#rows[i]! + this.#at.row(there, this.#at.sTrial, i);
    this.#right_hand_side((i) => this.#rows[i]!, mu);
    return this.#backsolve(this.cx, this.cs, null, mu);
  }

  /** Multipliers of the rows by least squares (36); 0 where they come out beyond 1000. */
  estimate(y: Float64Array): void {
    const { n, m, here } = this.#solve;
    if (m === 0) return;
    const { zl, zu, vl, vu, slack, fixed } = this.#at;
    this.#assemble(null, 0, 0);
    const rhs = this.#rhs;
    for (let j = 0; j < n; j++) rhs[j] = fixed[j] ? 0 : here.g[j]! - zl[j]! + zu[j]!;
    for (let i = 0; i < m; i++) rhs[n + i] = slack[i] ? -(vl[i]! - vu[i]!) : 0;
    y.fill(0);
    if (!this.#K.refactor() || this.#K.zero > 0 || !this.#solved()) return;
    for (let i = 0; i < m; i++) y[i] = this.#answer[n + i]!;
    if (y.some((v) => !(Math.abs(v) <= 1e3))) y.fill(0);
  }

  dispose(): void {
    this.#K.dispose();
  }
}
