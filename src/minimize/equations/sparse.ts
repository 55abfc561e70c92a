// The sparse model of solveEquations: L U of the Jacobian, whose column order is chosen once; products by its rows.

import { make, multiplyRows, type SparseMatrix } from "../../linalg/csr.js";
import { sparseLu } from "../../linalg/sparse-lu.js";
import type { SparseLuFactor } from "../../linalg/sparse-lu-types.js";
import type { JacobianPattern } from "../../linalg/sparse-pattern.js";
import { DownhillError } from "../../runtime/errors.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { LinearModel } from "./linear.js";

export class SparseModel implements LinearModel {
  readonly #pattern: JacobianPattern;
  readonly #runtime: Runtime | undefined;
  readonly #A: SparseMatrix;
  readonly #right: Float64Array;
  readonly #product: Float64Array;
  #F: Float64Array;
  #factor: SparseLuFactor | null = null;
  #singular = false;

  constructor(pattern: JacobianPattern, runtime: Runtime | undefined) {
    const { rows, cols, rowPtr, colIdx } = pattern;
    this.#pattern = pattern;
    this.#runtime = runtime;
    this.#A = make({ rows, cols, rowPtr, colIdx, values: new Float64Array(colIdx.length) });
    this.#right = new Float64Array(rows);
    this.#product = new Float64Array(rows);
    this.#F = this.#right;
  }

  take(J: Float64Array, columns: Float64Array): void {
    const { colIdx } = this.#pattern;
    this.#A.values.set(J);
    columns.fill(0);
    for (let k = 0; k < J.length; k++) columns[colIdx[k]!] = columns[colIdx[k]!]! + J[k]! * J[k]!;
    for (let j = 0; j < columns.length; j++) columns[j] = Math.sqrt(columns[j]!);
    this.#singular = false;
    try {
      if (this.#factor) this.#factor.refactor(this.#A);
      else this.#factor = sparseLu(this.#A, { runtime: this.#runtime });
    } catch (error) {
      // Without a Newton step the run goes along the gradient.
      if (!(error instanceof DownhillError && error.code === "SINGULAR")) throw error;
      this.#singular = true;
    }
  }

  newton(F: Float64Array, step: Float64Array): boolean {
    this.#F = F;
    if (this.#singular || !this.#factor) return false;
    for (let i = 0; i < F.length; i++) this.#right[i] = -F[i]!;
    this.#factor.solve(this.#right, step);
    return true;
  }

  gradient(out: Float64Array): void {
    this.#A.multiplyTransposed(this.#F, out);
  }

  /** J v, in a vector that the next product overwrites. */
  #times(v: Float64Array): Float64Array {
    const { rows, rowPtr, colIdx, values } = this.#A;
    multiplyRows(rows, rowPtr, colIdx, values, v, this.#product);
    return this.#product;
  }

  square(v: Float64Array): number {
    const Jv = this.#times(v);
    let sum = 0;
    for (let i = 0; i < Jv.length; i++) sum += Jv[i]! * Jv[i]!;
    return sum;
  }

  predict(p: Float64Array, size: number): number {
    const Jp = this.#times(p);
    let sum = 0;
    for (let i = 0; i < Jp.length; i++) {
      const t = (this.#F[i]! + Jp[i]!) / size;
      sum += t * t;
    }
    return sum;
  }

  dispose(): void {
    this.#factor?.dispose();
    this.#factor = null;
  }
}
