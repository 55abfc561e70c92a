// What the factorisations of sparse symmetric matrices take and give.

import type { Runtime } from "../runtime/runtime.js";
import type { SparseMatrix } from "./csr.js";
import type { Matrix, MatrixLike } from "./matrix.js";

export interface SparseFactorOptions {
  /** Refuses a matrix that is not symmetric to rounding (100 eps max |A|); default true. With false the lower triangle alone counts. */
  check?: boolean | undefined;
  /** order[k]: the index to eliminate k-th; default an approximate minimum degree order. */
  order?: ArrayLike<number> | undefined;
  runtime?: Runtime | undefined;
}

export interface SparseLdlOptions extends SparseFactorOptions {
  /** The sign that the pivot of each index must have (1, -1, or 0 for either), as in a quasi-definite matrix; default all 0. */
  signs?: ArrayLike<number> | undefined;
  /**
   * A pivot that is 0 to rounding, or has not its sign, becomes this times the size of its row; `solve` then refines. 0 refuses such a
   * matrix (SINGULAR). Default 1.5e-8, the root of the rounding error. Sizes are those of A with rows and columns scaled alike.
   */
  regularization?: number | undefined;
}

/** A sparse symmetric matrix in factors P A P' = L D L'. It owns memory until `dispose()`. */
export interface SparseFactor extends Disposable {
  readonly kind: "sparseCholesky" | "sparseLdl";
  readonly rows: number;
  readonly cols: number;
  /** Numbers stored for L: its entries, and zeros where columns with nearly the same rows are kept together. */
  readonly stored: number;
  /** perm[k]: the row and column of A that is the k-th of P A P'. */
  readonly perm: Int32Array;
  /** Unit lower triangular, of P A P'. */
  readonly L: SparseMatrix;
  /** The diagonal of D. */
  readonly D: Float64Array;
  /** Signs of the pivots: those of the eigenvalues of A where `regularized` is 0 (Sylvester). */
  readonly inertia: { readonly positive: number; readonly negative: number };
  /** Pivots that were raised: 0 says that the factors are of A itself. */
  readonly regularized: number;
  /** ln |det| of the factored matrix. */
  readonly logDet: number;
  /** The x of A x = b, refined against A. SINGULAR when |b - A x| stays above 1e-10 (|A| |x| + |b|) in a row. `out` may be b. */
  solve(b: ArrayLike<number>, out?: Float64Array): Float64Array;
  /** Many right-hand sides, the columns of B. */
  solve(B: MatrixLike): Matrix<Float64Array>;
  /** Factors another matrix with the same pattern: only the numbers are worked on. SHAPE when the pattern differs. */
  refactor(A: SparseMatrix): this;
  dispose(): void;
}
