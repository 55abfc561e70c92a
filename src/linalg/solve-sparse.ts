// solve for a sparse A: by sparseLu, with the promise of the dense paths.

import { inNameOf } from "../runtime/in-name-of.js";
import { optionError } from "../runtime/options.js";
import type { SparseMatrix } from "./csr.js";
import { isVector, type Matrix, type MatrixLike, type Real } from "./matrix.js";
import { ILL_CONDITIONED, illConditioned, singular } from "./refusals.js";
import type { SolveOptions, SolveReport } from "./solve.js";
import { sparseLu } from "./sparse-lu.js";
import { checkResult } from "./vectors.js";

export function solveSparse(
  A: SparseMatrix,
  b: ArrayLike<number> | MatrixLike,
  o: SolveOptions,
): Real | Matrix | SolveReport<Real | Matrix> {
  const { method, dtype } = o;
  if (method !== undefined && method !== "auto")
    throw optionError("solve", "method", method, '"auto" for a sparse A, or take A.toDense()');
  if (dtype === "f32") throw optionError("solve", "dtype", dtype, '"f64" for a sparse A');
  // Refusals are those of the factor, and its hints: they name what takes a sparse A.
  const inner = "sparseLu";
  return inNameOf("solve", inner, () => {
    const factor = sparseLu(A, { runtime: o.runtime });
    try {
      const { rcond } = factor;
      if (rcond < 2 ** -53) throw singular(inner, A.rows - 1, rcond);
      const x = isVector(b) ? factor.solve(b) : factor.solve(b);
      checkResult(inner, "data" in x ? x.data : x);
      if (!o.report) return x;
      const help = "better units of the unknowns, or lsqr with damp";
      const warnings = rcond < ILL_CONDITIONED ? [illConditioned(rcond, help)] : [];
      return { x, method: inner, rcond, warnings };
    } finally {
      factor.dispose();
    }
  });
}
