// The matrix of every step: [P + diag(a) A'; A -diag(b)] with a, b > 0, quasi-definite, so that L D L' exists in any order (Vanderbei
// 1995). Analysed once; a and b change from step to step. Solutions are refined against the matrix itself.

import { SymmetricFactor } from "../linalg/symmetric-factor.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Program } from "./program.js";
import { refine } from "./refine.js";

/** Added to the diagonals of x and y before factoring, and taken back by refinement (Clarabel: Goulart and Chen 2024, section 4). */
export interface Shift {
  readonly x: number;
  readonly y: number;
}
export const STATIC: Shift = { x: 1e-8, y: 1e-8 };
/** A pivot below this counts as none, and becomes RAISED: what rounding may leave of a shifted one. */
const LEAST = 1e-30;
const RAISED = 1e-7;
const REFINEMENTS = 8;

export class Kkt {
  readonly n: number;
  readonly m: number;
  readonly factor: SymmetricFactor;
  /** Where the diagonals stand among the values. */
  readonly #diagonal: Int32Array;
  /** The diagonal of P. */
  readonly #own: Float64Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #rhs: Float64Array;
  readonly #best: Float64Array;
  /** |rhs - K x| / |rhs| of the last solution. */
  accuracy = 0;
  factorisations = 0;

  constructor(p: Program, runtime: Runtime | undefined) {
    const { n, m, P, A } = p;
    this.n = n;
    this.m = m;
    const size = n + m;
    const rowPtr = new Int32Array(size + 1);
    let most = n + m + A.colIdx.length;
    if (P) most += P.colIdx.length;
    const colIdx = new Int32Array(most);
    const values = new Float64Array(most);
    this.#diagonal = new Int32Array(size);
    this.#own = new Float64Array(n);
    let at = 0;
    for (let i = 0; i < n; i++) {
      if (P) {
        for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
          const j = P.colIdx[k]!;
          if (j === i) this.#own[i] = P.values[k]!;
          if (j >= i) continue;
          colIdx[at] = j;
          values[at++] = P.values[k]!;
        }
      }
      colIdx[at] = i;
      this.#diagonal[i] = at++;
      rowPtr[i + 1] = at;
    }
    for (let i = 0; i < m; i++) {
      for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
        colIdx[at] = A.colIdx[k]!;
        values[at++] = A.values[k]!;
      }
      colIdx[at] = n + i;
      this.#diagonal[n + i] = at++;
      rowPtr[n + i + 1] = at;
    }
    const signs = new Int8Array(size).fill(1);
    signs.fill(-1, n);
    this.factor = new SymmetricFactor(
      { n: size, rowPtr, colIdx: colIdx.subarray(0, at) },
      { runtime, signs },
    );
    this.factor.values.set(values.subarray(0, at));
    this.#a = new Float64Array(n);
    this.#b = new Float64Array(m);
    this.#rhs = new Float64Array(size);
    this.#best = new Float64Array(size);
  }

  /** Takes P and A anew, whose patterns are those it was made for. */
  load({ P, A }: Program): void {
    const { values } = this.factor;
    let at = 0;
    for (let i = 0; i < this.n; i++) {
      if (P) {
        for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
          if (P.colIdx[k] === i) this.#own[i] = P.values[k]!;
          if (P.colIdx[k]! < i) values[at++] = P.values[k]!;
        }
      }
      at++;
    }
    for (let i = 0; i < this.m; i++) {
      for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) values[at++] = A.values[k]!;
      at++;
    }
  }

  /** Factors with these diagonals; false where numbers are not finite. */
  refactor(a: Float64Array, b: Float64Array, shift: Shift = STATIC): boolean {
    const { n, m, factor } = this;
    const { values } = factor;
    this.#a.set(a);
    this.#b.set(b);
    for (let i = 0; i < n; i++) {
      values[this.#diagonal[i]!] = this.#own[i]! + a[i]! + shift.x;
    }
    for (let i = 0; i < m; i++) {
      values[this.#diagonal[n + i]!] = -b[i]! - shift.y;
    }
    this.factorisations++;
    const raised = factor.factor(LEAST, RAISED);
    if (raised < 0) return false;
    // The matrix itself again, for residuals.
    for (let i = 0; i < n; i++) values[this.#diagonal[i]!] = this.#own[i]! + a[i]!;
    for (let i = 0; i < m; i++) values[this.#diagonal[n + i]!] = -b[i]!;
    return true;
  }

  /** The same without refinement, for what corrects itself. */
  once(f: Float64Array, g: Float64Array, dx: Float64Array, dy: Float64Array): void {
    const { n, factor } = this;
    factor.b.set(f);
    factor.b.set(g, n);
    factor.solve();
    dx.set(factor.x.subarray(0, n));
    dy.set(factor.x.subarray(n));
  }

  /** (dx, dy) of K (dx, dy) = (f, g). */
  solve(
    f: Float64Array,
    g: Float64Array,
    dx: Float64Array,
    dy: Float64Array,
    refinements = REFINEMENTS,
  ): void {
    const { n, factor } = this;
    const rhs = this.#rhs;
    const best = this.#best;
    rhs.set(f);
    rhs.set(g, n);
    this.accuracy = refine(factor, rhs, best, refinements);
    dx.set(best.subarray(0, n));
    dy.set(best.subarray(n));
  }

  release(): void {
    this.factor.release();
  }
}
