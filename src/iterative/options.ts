// The options of each solver, and the tasks that they make.

import type { SparseMatrix } from "../linalg/csr.js";
import type { MatrixLike } from "../linalg/matrix.js";
import { checkVector } from "../linalg/vectors.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption, choiceOption, numberOption, optionError } from "../runtime/options.js";
import { Mapped } from "./mapped.js";
import type { Fill } from "./mapping.js";
import { stabilised } from "./methods/bicgstab.js";
import { lsmrMethod, lsqrMethod } from "./methods/bidiagonal.js";
import { conjugateGradients, jacobiIteration } from "./methods/cg.js";
import { generalizedResiduals } from "./methods/gmres.js";
import { minimalResiduals } from "./methods/minres.js";
import {
  type Form,
  type IterativeOptions,
  type LinearMap,
  type Operator,
  type Resumable,
  readRectangular,
  readSquare,
  requested,
  type System,
} from "./request.js";
import { StoredRun } from "./stored.js";
import { checkSymmetry } from "./symmetry.js";
import type { LinearTask } from "./task.js";

export type SquareMatrix = MatrixLike | SparseMatrix | Operator;

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

export interface KrylovOptions extends IterativeOptions {
  /** Default none. "jacobi" divides by the diagonal; a function gets r and fills z = M^-1 r. */
  preconditioner?: "none" | "jacobi" | Operator | undefined;
  /** The diagonal of A, for "jacobi" where A is a function. */
  diagonal?: ArrayLike<number> | undefined;
}

export interface SymmetricOptions extends KrylovOptions {
  /** Refuses a dense or sparse A that is not symmetric to rounding (100 eps max |A|); default true. */
  check?: boolean | undefined;
}

export interface CgOptions extends IterativeOptions {
  /** Default none. A function gets r and fills z = M^-1 r; M must be symmetric positive definite. */
  preconditioner?: "none" | "jacobi" | "ssor" | "ic0" | Operator | undefined;
  /** Relaxation of "ssor", in (0, 2); default 1. */
  omega?: number | undefined;
  /** Refuses a dense or sparse A that is not symmetric to rounding (100 eps max |A|); default true. */
  check?: boolean | undefined;
  /** The diagonal of A, for "jacobi" where A is a function. */
  diagonal?: ArrayLike<number> | undefined;
}

export interface GmresOptions extends KrylovOptions {
  /** Directions kept before the iteration starts anew from x: GMRES(restart); default 30. */
  restart?: number | undefined;
}

export interface LsqrOptions extends IterativeOptions {
  /** Minimises |b - A x|^2 + damp^2 |x|^2; default 0. */
  damp?: number | undefined;
}

type Wanted<O> = O & Resumable;

const relaxation = (where: string, value: unknown): number =>
  numberOption(where, "omega", value, 1, { min: 0, below: 2, exclusive: true });

export function jacobiTask(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: Wanted<JacobiOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested("jacobi", o, ["omega", "diagonal"], form);
  const { where, method } = request;
  const system = readSquare(request, A, b, o);
  const omega = relaxation(where, o.omega);
  const diagonal = diagonalOf(system, o.diagonal);
  if (!diagonal) throw optionError(where, "diagonal", o.diagonal, "the diagonal of A, when A is a function");
  noZero(where, diagonal);
  if (typeof A === "function") return new Mapped(system, jacobiIteration(omega), diagonal, form);
  return new StoredRun(
    system,
    { name: method, omega, symmetric: false, preconditioner: "none", diagonal },
    form,
  );
}

export function gaussSeidelTask(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: Wanted<GaussSeidelOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested("gaussSeidel", o, ["omega", "symmetric"], form);
  const { where, method } = request;
  if (typeof A === "function") {
    throw new DownhillError("UNSUPPORTED", `${where}: A must be a matrix, got a function`, {
      hint: "sweeps need the elements; cg, gmres and jacobi take functions",
    });
  }
  const system = readSquare(request, A, b, o);
  const omega = relaxation(where, o.omega);
  const symmetric = booleanOption(where, "symmetric", o.symmetric, false);
  const diagonal = diagonalOf(system, undefined)!;
  noZero(where, diagonal);
  return new StoredRun(system, { name: method, omega, symmetric, preconditioner: "none", diagonal }, form);
}

export function cgTask(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: Wanted<CgOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested("cg", o, ["omega", "preconditioner", "check", "diagonal"], form);
  const { where, method } = request;
  const given = o.preconditioner;
  const system = readSquare(request, A, b, o);
  const omega = relaxation(where, o.omega);
  if (typeof given === "function" || typeof A === "function") {
    const M = mappedPreconditioner(system, given, o.diagonal);
    if (typeof A !== "function") checkSymmetry(system, o.check);
    return new Mapped(system, conjugateGradients, M, form);
  }
  refuseMatrix(where, given);
  const preconditioner = choiceOption(
    where,
    "preconditioner",
    given,
    ["none", "jacobi", "ssor", "ic0"],
    "none",
  );
  const diagonal = diagonalOf(system, o.diagonal)!;
  checkSymmetry(system, o.check);
  return new StoredRun(system, { name: method, omega, symmetric: false, preconditioner, diagonal }, form);
}

export function minresTask(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: Wanted<SymmetricOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested("minres", o, ["preconditioner", "check", "diagonal"], form);
  const system = readSquare(request, A, b, o);
  const M = mappedPreconditioner(system, o.preconditioner, o.diagonal);
  if (typeof A !== "function") checkSymmetry(system, o.check);
  return new Mapped(system, minimalResiduals, M, form);
}

export function gmresTask(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: Wanted<GmresOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested("gmres", o, ["preconditioner", "restart", "diagonal"], form);
  const { where } = request;
  const system = readSquare(request, A, b, o);
  const restart = numberOption(where, "restart", o.restart, 30, { min: 1, integer: true });
  const M = mappedPreconditioner(system, o.preconditioner, o.diagonal);
  return new Mapped(system, generalizedResiduals(restart), M, form);
}

export function bicgstabTask(
  A: SquareMatrix,
  b: ArrayLike<number>,
  o: Wanted<KrylovOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested("bicgstab", o, ["preconditioner", "diagonal"], form);
  const system = readSquare(request, A, b, o);
  return new Mapped(system, stabilised, mappedPreconditioner(system, o.preconditioner, o.diagonal), form);
}

export function leastTask(
  name: "lsqr" | "lsmr",
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: Wanted<LsqrOptions>,
  form: Form = "now",
): LinearTask {
  const request = requested(name, o, ["damp"], form);
  const { where } = request;
  const system = readRectangular(request, A, b, o);
  const damp = numberOption(where, "damp", o.damp, 0, { min: 0 });
  return new Mapped(system, name === "lsqr" ? lsqrMethod(damp) : lsmrMethod(damp), null, form);
}

/** The caller's function, the diagonal to divide by, or null for none. */
function mappedPreconditioner(
  system: System,
  given: unknown,
  diagonal: ArrayLike<number> | undefined,
): Fill | Float64Array | null {
  const { where, method, A } = system;
  if (typeof given === "function") return given as Fill;
  const stored = method === "cg" && typeof A === "function" && (given === "ssor" || given === "ic0");
  if (stored)
    throw optionError(
      where,
      "preconditioner",
      given,
      '"jacobi" with `diagonal`, or a function, when A is one',
    );
  refuseMatrix(where, given);
  const name = choiceOption(where, "preconditioner", given, ["none", "jacobi"], "none");
  const d = diagonalOf(system, diagonal);
  if (name === "none") return null;
  if (!d)
    throw optionError(where, "diagonal", diagonal, 'the diagonal of A, for "jacobi" when A is a function');
  noZero(where, d);
  return d;
}

/** A preconditioner is the inverse of M at work, not a matrix. */
function refuseMatrix(where: string, given: unknown): void {
  if (typeof given !== "object" || given === null) return;
  throw optionError(where, "preconditioner", given, "a name, or a function (r, z) that fills z = M^-1 r");
}

/** The option, or the diagonal of a stored A; null for a function. */
function diagonalOf(
  { where, rows: n, A }: System,
  given: ArrayLike<number> | undefined,
): Float64Array | null {
  if (given !== undefined) return new Float64Array(checkVector(where, "diagonal", given, n));
  if (A instanceof Float64Array) return Float64Array.from({ length: n }, (_, i) => A[i * n + i]!);
  if (!("rowPtr" in A)) return null;
  const { rowPtr, colIdx, values } = A;
  const d = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) if (colIdx[k] === i) d[i] = values[k]!;
  return d;
}

function noZero(where: string, diagonal: Float64Array): void {
  const pivot = diagonal.indexOf(0);
  if (pivot < 0) return;
  throw new DownhillError("SINGULAR", `${where}: A[${pivot}][${pivot}] is 0, and each step divides by it`, {
    hint: "reorder the rows, or use solve",
    details: { pivot, rcond: 0 },
  });
}
