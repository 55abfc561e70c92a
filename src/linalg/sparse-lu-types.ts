// What the factorisation of sparse matrices takes and gives.

import type { Runtime } from "../runtime/runtime.js";
import type { SparseMatrix } from "./csr.js";
import type { Matrix, MatrixLike } from "./matrix.js";

export interface SparseLuOptions {
  /**
   * "colamd": approximate minimum degree of A'A; "amd": of A + A', for nearly symmetric patterns with pivots on the diagonal; "natural":
   * the columns as they come. "auto" (default): "amd" from 500 rows on where half the entries beside the diagonal have a mirror image and
   * nine in ten diagonal elements are at least a tenth of the largest in their column, as long as pivots beside the diagonal do not undo it; else "colamd".
   */
  ordering?: "auto" | "amd" | "colamd" | "natural" | undefined;
  /**
   * A diagonal element of at least this share of its column's largest is taken as pivot; default 1, partial pivoting, with
   * the order of A + A' 0.1.
   */
  threshold?: number | undefined;
  runtime?: Runtime | undefined;
}

/** A sparse matrix in factors: R A C with rows perm[k] and columns order[k] taken k-th is L U. It owns memory until `dispose()`. */
export interface SparseLuFactor extends Disposable {
  readonly kind: "sparseLu";
  readonly rows: number;
  readonly cols: number;
  /** Entries of L and U. */
  readonly stored: number;
  /** perm[k]: the row of A that is the k-th of L U. */
  readonly perm: Int32Array;
  /** order[k]: the column of A that is the k-th of L U. */
  readonly order: Int32Array;
  /** The diagonals of R and C, powers of two that bring the largest element of each row and column into [1, 2). */
  readonly scales: { readonly rows: Float64Array; readonly cols: Float64Array };
  /** Unit lower triangular. */
  readonly L: SparseMatrix;
  readonly U: SparseMatrix;
  /** ln |det A|. */
  readonly logDet: number;
  /** The sign of det A. */
  readonly sign: number;
  /** Estimated reciprocal 1-norm condition of R A C. */
  readonly rcond: number;
  /** The x of A x = b, with one step of refinement against A. `out` may be b. */
  solve(b: ArrayLike<number>, out?: Float64Array): Float64Array;
  /** Many right-hand sides, the columns of B. */
  solve(B: MatrixLike): Matrix<Float64Array>;
  /** Factors another matrix of this shape, in the column order of the first. After a failure `solve` throws until one succeeds. */
  refactor(A: SparseMatrix): this;
  dispose(): void;
}
