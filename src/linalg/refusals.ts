// The errors of matrices that cannot be factored or solved with.

import { DownhillError, quote } from "../runtime/errors.js";

/** rcond below which a solution of `solve` keeps fewer than about four digits of sixteen, two of seven in f32: W_ILL_CONDITIONED. */
export const ILL_CONDITIONED = 1e-12;
const ILL_CONDITIONED_F32 = 1e-5;

/** Whether, and what is said of it. */
export function conditionWarnings(rcond: number, doubles: boolean): SolveWarning[] {
  if (!(rcond < (doubles ? ILL_CONDITIONED : ILL_CONDITIONED_F32))) return [];
  return [illConditioned(rcond, undefined, doubles ? 16 : 7)];
}

export interface SolveWarning {
  readonly code: "W_ILL_CONDITIONED";
  readonly message: string;
}

export function illConditioned(
  rcond: number,
  help = "refine: true, better units of the unknowns, or lstsq with a tolerance",
  most = 16,
): SolveWarning {
  const digits = Math.max(0, Math.round(most + log10(rcond)));
  return {
    code: "W_ILL_CONDITIONED",
    message:
      `A is ill-conditioned, rcond ${rcond.toExponential(2)}: about ${digits} digits of x can be right; ` +
      `${help} may help`,
  };
}

/** The decimal exponent, roughly: what a message needs. */
function log10(v: number): number {
  return Number(v.toExponential(0).split("e")[1]);
}

/** A caller that takes compressed rows says so. */
const sparse = (where: string): boolean => where.startsWith("sparse");

export function singular(where: string, pivot: number, rcond: number): DownhillError {
  const message =
    rcond > 0
      ? `${where}: A is singular to working precision, rcond ${rcond.toExponential(2)}`
      : `${where}: A is singular, pivot ${pivot} is 0`;
  return new DownhillError("SINGULAR", message, {
    hint: `${sparse(where) ? "lsqr" : "lstsq"} gives the solution of least norm`,
    details: { pivot, rcond },
  });
}

export function notPositiveDefinite(where: string, pivot: number): DownhillError {
  return new DownhillError(
    "NOT_POSITIVE_DEFINITE",
    `${where}: A is not positive definite, pivot ${pivot} is not positive`,
    {
      hint: sparse(where) ? "use sparseLdl or sparseLu" : "use ldl or modifiedCholesky, or lu",
      details: { pivot, rcond: 0 },
    },
  );
}

/** `hint`: for who has no option `check`, or reads all of A with it. */
export function notSymmetric(
  where: string,
  cols: number,
  row: number,
  col: number,
  a: number,
  b: number,
  hint = "check: false reads the lower triangle only",
) {
  return new DownhillError(
    "NOT_SYMMETRIC",
    `${where}: A is not symmetric: A[${row}][${col}] is ${quote(a)}, A[${col}][${row}] is ${quote(b)}`,
    {
      hint,
      details: { pivot: Math.max(row, col), rcond: 0, row, col, index: row * cols + col },
    },
  );
}
