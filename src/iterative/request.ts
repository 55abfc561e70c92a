// What the iterative solvers are asked: options and systems, checked before any work.

import { type Limits, limitKeys } from "../driver/types.js";
import { isSparse, type SparseMatrix } from "../linalg/csr.js";
import { type Rows, readRows } from "../linalg/csr-parts.js";
import { checkSquare } from "../linalg/factor.js";
import { checkMatrixFinite, type MatrixLike, readMatrix, shapeError, writeRows } from "../linalg/matrix.js";
import { checkVector, newVector } from "../linalg/vectors.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";

/** out = A x; x is borrowed for the call. */
export type Operator = (x: Float64Array, out: Float64Array) => void;

export interface IterativeOptions extends Limits {
  /** Stops when |b - A x| <= tolerance |b| (2-norms); default 1e-10. */
  tolerance?: number | undefined;
  /** Start; default 0. */
  x0?: ArrayLike<number> | undefined;
}

export interface JacobiOptions extends IterativeOptions {
  /** Damping in (0, 2); default 1. */
  omega?: number | undefined;
  /** The diagonal of A, where A is a function. */
  diagonal?: ArrayLike<number> | undefined;
}

export interface GaussSeidelOptions extends IterativeOptions {
  /** Relaxation in (0, 2): over 1 is SOR; default 1. */
  omega?: number | undefined;
  /** A sweep down and one up make an iteration; default false. */
  symmetric?: boolean | undefined;
}

export interface CgOptions extends IterativeOptions {
  /** Default none. A function gets r and fills z = M^-1 r; M must be symmetric positive definite. */
  preconditioner?:
    | "none"
    | "jacobi"
    | "ssor"
    | "ic0"
    | ((r: Float64Array, out: Float64Array) => void)
    | undefined;
  /** Relaxation of "ssor", in (0, 2); default 1. */
  omega?: number | undefined;
  /** Refuses a dense or sparse A that is not symmetric to rounding (100 eps max |A|); default true. */
  check?: boolean | undefined;
  /** The diagonal of A, for "jacobi" where A is a function. */
  diagonal?: ArrayLike<number> | undefined;
}

/** What jacobi, gaussSeidel and cg hand to a run, all checked. */
export interface Request {
  readonly where: "jacobi" | "gaussSeidel" | "cg";
  readonly n: number;
  /** Copies that nobody else holds, or the caller's function. */
  readonly A: Rows | Float64Array | Operator;
  readonly b: Float64Array;
  readonly x0: Float64Array | null;
  readonly omega: number;
  readonly symmetric: boolean;
  readonly preconditioner:
    | "none"
    | "jacobi"
    | "ssor"
    | "ic0"
    | ((r: Float64Array, out: Float64Array) => void);
  readonly diagonal: Float64Array | null;
  readonly tolerance: number;
  readonly limits: Limits;
}

const keys = [...limitKeys, "tolerance", "x0", "omega"] as const;

export function requestJacobi(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions,
): Request {
  checkKeys("jacobi", o, [...keys, "diagonal"]);
  const request = readSystem("jacobi", A, b, o, o.diagonal);
  if (typeof A === "function" && !request.diagonal)
    throw optionError("jacobi", "diagonal", o.diagonal, "the diagonal of A, when A is a function");
  zeroDiagonal(request);
  return request;
}

export function requestGaussSeidel(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions,
): Request {
  checkKeys("gaussSeidel", o, [...keys, "symmetric"]);
  if (typeof A === "function") {
    throw new DownhillError("UNSUPPORTED", "gaussSeidel: A must be a matrix, got a function", {
      hint: "sweeps need the elements; cg and jacobi take functions",
    });
  }
  const request = {
    ...readSystem("gaussSeidel", A, b, o, undefined),
    symmetric: booleanOption("gaussSeidel", "symmetric", o.symmetric, false),
  };
  zeroDiagonal(request);
  return request;
}

export function requestCg(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: CgOptions,
): Request {
  const where = "cg";
  checkKeys(where, o, [...keys, "preconditioner", "check", "diagonal"]);
  const given = o.preconditioner;
  const preconditioner =
    typeof given === "function"
      ? given
      : choiceOption(where, "preconditioner", given, ["none", "jacobi", "ssor", "ic0"], "none");
  const request = { ...readSystem(where, A, b, o, o.diagonal), preconditioner };
  if (typeof A === "function") {
    if (preconditioner === "ssor" || preconditioner === "ic0")
      throw optionError(
        where,
        "preconditioner",
        given,
        '"jacobi" with `diagonal`, or a function, when A is one',
      );
    if (preconditioner === "jacobi" && !request.diagonal)
      throw optionError(
        where,
        "diagonal",
        o.diagonal,
        'the diagonal of A, for "jacobi" when A is a function',
      );
  } else if (booleanOption(where, "check", o.check, true)) {
    checkSymmetric(request);
  }
  return request;
}

function readSystem(
  where: Request["where"],
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions,
  diagonal: ArrayLike<number> | undefined,
): Request {
  let n: number;
  let stored: Request["A"];
  if (typeof A === "function") {
    n = checkVector(where, "b", b).length;
    if (n === 0) throw shapeError(where, "b is empty", { argument: "b" });
    stored = A;
  } else if (isSparse(A)) {
    stored = readRows(where, A);
    n = stored.rows;
    if (n !== stored.cols || n === 0) {
      const wanted = "a square matrix with at least one row";
      throw shapeError(where, `A is ${n} x ${stored.cols}, expected ${wanted}`, { argument: "A" });
    }
  } else {
    const s = readMatrix(where, "A", A);
    checkSquare(where, s);
    checkMatrixFinite(where, "A", s);
    n = s.rows;
    stored = newVector(where, n * n);
    writeRows(s, stored);
  }
  const right = checkVector(where, "b", b, n);
  return {
    where,
    n,
    A: stored,
    b: new Float64Array(right),
    x0: o.x0 === undefined ? null : new Float64Array(checkVector(where, "x0", o.x0, n)),
    omega: numberOption(where, "omega", o.omega, 1, { min: 0, max: 1.9999999999999998, exclusive: true }),
    symmetric: false,
    preconditioner: "none",
    diagonal:
      diagonal === undefined
        ? diagonalOf(n, stored)
        : new Float64Array(checkVector(where, "diagonal", diagonal, n)),
    tolerance: numberOption(where, "tolerance", o.tolerance, 1e-10, { min: 0 }),
    limits: o,
  };
}

function diagonalOf(n: number, A: Request["A"]): Float64Array | null {
  if (typeof A === "function") return null;
  const d = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (A instanceof Float64Array) d[i] = A[i * n + i]!;
    else {
      for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) if (A.colIdx[k] === i) d[i] = A.values[k]!;
    }
  }
  return d;
}

function zeroDiagonal({ where, diagonal }: Request): void {
  const pivot = (diagonal as Float64Array).indexOf(0);
  if (pivot < 0) return;
  throw new DownhillError("SINGULAR", `${where}: A[${pivot}][${pivot}] is 0, and each step divides by it`, {
    hint: "reorder the rows, or use solve",
    details: { pivot, rcond: 0 },
  });
}

function checkSymmetric({ n, A }: Request): void {
  const refuse = (row: number, col: number, a: number, b: number) => {
    throw new DownhillError(
      "NOT_SYMMETRIC",
      `cg: A is not symmetric: A[${row}][${col}] is ${quote(a)}, A[${col}][${row}] is ${quote(b)}`,
      {
        hint: "check: false goes on all the same",
        details: { pivot: Math.max(row, col), rcond: 0, row, col, index: row * n + col },
      },
    );
  };
  if (A instanceof Float64Array) {
    let largest = 0;
    for (let i = 0; i < A.length; i++) largest = Math.max(largest, Math.abs(A[i]!));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [A[j * n + i]!, A[i * n + j]!];
        if (Math.abs(a - b) > 2.3e-14 * largest) refuse(j, i, a, b);
      }
    }
    return;
  }
  const { rowPtr, colIdx, values } = A as Rows;
  let largest = 0;
  for (let k = 0; k < values.length; k++) largest = Math.max(largest, Math.abs(values[k]!));
  // Rows in order meet the elements of each column in order, so one cursor a row finds the partner.
  const cursor = rowPtr.slice(0, n);
  const partner = (i: number, j: number): number => {
    let k = cursor[j]!;
    const end = rowPtr[j + 1]!;
    while (k < end && colIdx[k]! < i) k++;
    cursor[j] = k;
    return k < end && colIdx[k] === i ? values[k]! : 0;
  };
  for (let i = 0; i < n; i++) {
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const j = colIdx[k]!;
      if (j === i) continue;
      const a = values[k]!;
      const b = partner(i, j);
      if (Math.abs(a - b) > 2.3e-14 * largest) refuse(i, j, a, b);
    }
  }
}
