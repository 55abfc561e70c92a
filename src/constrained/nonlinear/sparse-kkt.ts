// The same matrix from the patterns of a sparse program: analysed once, factored without pivots. A small shift of the rows makes the factor
// exist; refinement takes it back (Wachter and Biegler 2006, section 3.1, for the shift; Vanderbei 1995 for the order).

import { SymmetricFactor } from "../../linalg/symmetric-factor.js";
import type { Runtime } from "../../runtime/runtime.js";
import { refine } from "../refine.js";
import type { KktMatrix } from "./kkt-matrix.js";
import { finite } from "./point.js";
import type { ProgramSolve } from "./solve.js";

const SHIFT = 1e-8;
/** A pivot below this counts as none. */
const LEAST = 1e-30;
const RAISED = 1e-7;
const REFINEMENTS = 10;

export class SparseKkt implements KktMatrix {
  accuracy = 0;
  negative = 0;
  zero = 0;
  readonly #solve: ProgramSolve;
  readonly #factor: SymmetricFactor;
  readonly #best: Float64Array;
  /** The diagonal. */
  readonly #kept: Float64Array;
  /** Entries of H before those of the rows. */
  readonly #entries: number;

  constructor(solve: ProgramSolve, runtime: Runtime | undefined) {
    const { n, m } = solve;
    const { rowPtr, colIdx, hessian } = solve.evaluator.program;
    const H = hessian!;
    const N = n + m;
    const entries = H.colIdx.length;
    const ptr = new Int32Array(N + 1);
    const idx = new Int32Array(entries + colIdx.length + m);
    ptr.set(H.rowPtr);
    idx.set(H.colIdx);
    for (let i = 0; i < m; i++) {
      const at = entries + rowPtr[i]! + i;
      idx.set(colIdx.subarray(rowPtr[i]!, rowPtr[i + 1]!), at);
      ptr[n + i + 1] = entries + rowPtr[i + 1]! + i + 1;
      idx[ptr[n + i + 1]! - 1] = n + i;
    }
    this.#solve = solve;
    this.#entries = entries;
    this.#factor = new SymmetricFactor({ n: N, rowPtr: ptr, colIdx: idx }, { runtime });
    this.#best = new Float64Array(N);
    this.#kept = new Float64Array(N);
  }

  assemble(
    H: Float64Array | null,
    fixed: Uint8Array,
    diagonalX: Float64Array,
    diagonalY: Float64Array,
  ): void {
    const { n, m, here, evaluator } = this.#solve;
    const { rowPtr, colIdx, hessian } = evaluator.program;
    const { values } = this.#factor;
    const entries = this.#entries;
    if (H) values.set(H);
    else values.fill(0, 0, entries);
    const pattern = hessian!;
    for (let i = 0; i < n; i++) {
      const at = pattern.diagonal[i]!;
      for (let k = pattern.rowPtr[i]!; k < at; k++) if (fixed[i] || fixed[pattern.colIdx[k]!]) values[k] = 0;
      values[at] = fixed[i] ? 1 : values[at]! + diagonalX[i]!;
    }
    for (let i = 0; i < m; i++) {
      const shift = entries + i;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
        values[shift + k] = fixed[colIdx[k]!] ? 0 : here.J[k]!;
      values[shift + rowPtr[i + 1]!] = diagonalY[i]!;
    }
  }

  refactor(): boolean {
    const factor = this.#factor;
    const { values } = factor;
    if (!finite(values)) return false;
    // Rounding must not leave its mark: the values themselves are put back, for residuals.
    const { n, m, evaluator } = this.#solve;
    const { rowPtr, hessian } = evaluator.program;
    const kept = this.#kept;
    const place = (i: number): number =>
      i < n ? hessian!.diagonal[i]! : this.#entries + i - n + rowPtr[i - n + 1]!;
    for (let i = 0; i < n + m; i++) {
      const at = place(i);
      kept[i] = values[at]!;
      values[at] = kept[i]! + (i < n ? SHIFT : -SHIFT);
    }
    const raised = factor.factor(LEAST, RAISED);
    for (let i = 0; i < n + m; i++) values[place(i)] = kept[i]!;
    // Numbers may leave their range on the way: there is no factor then, and no inertia.
    this.zero = raised < 0 ? 1 : raised;
    this.negative = raised < 0 ? -1 : factor.negative;
    return true;
  }

  solve(rhs: Float64Array, answer: Float64Array): void {
    const factor = this.#factor;
    const best = this.#best;
    this.accuracy = refine(factor, rhs, best, REFINEMENTS);
    answer.set(best);
  }

  dispose(): void {
    this.#factor.release();
  }
}
