// What the iterative solvers are asked: options and systems, checked before any work.

import { type Limits, limitKeys } from "../driver/types.js";
import { isSparse, type SparseMatrix } from "../linalg/csr.js";
import { type Rows, readRows } from "../linalg/csr-parts.js";
import { checkMatrixFinite, type MatrixLike, readMatrix, shapeError, writeRows } from "../linalg/matrix.js";
import { lengthOf } from "../linalg/norm.js";
import { largestOf, middleScale } from "../linalg/scaling.js";
import { checkVector, newVector } from "../linalg/vectors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import type { Fill } from "./mapping.js";
import type { IterativeState } from "./task.js";

/**
 * out = A x. `out` holds 0 when it is called; both are borrowed for the call, and what is written into x reaches nobody. In
 * an asynchronous run it may return a promise.
 */
export type Operator = (x: Float64Array, out: Float64Array) => unknown;

/** A with its transpose as functions, for lsqr and lsmr; a SparseMatrix is one. */
export interface LinearMap {
  readonly rows: number;
  readonly cols: number;
  /** out = A x. */
  readonly multiply: Operator;
  /** out = A'y. */
  readonly multiplyTransposed: Operator;
}

export interface IterativeOptions extends Limits {
  /** Stops when |b - A x| <= tolerance |b| (2-norms); default 1e-10. */
  tolerance?: number | undefined;
  /** Start; default 0. */
  x0?: ArrayLike<number> | undefined;
}

/** Of the pulled forms. */
export interface Resumable {
  /** What `state()` of a run of the same method on the same system gave: it goes on from there, to the bit. */
  resume?: IterativeState | undefined;
}

/** How a solver was called: at once, as its twin that gives the event loop turns, or pulled. */
export type Form = "now" | "later" | "pulled";

/** The function that was called, whom errors name. */
const calledAs = (method: string, form: Form): string =>
  form === "later"
    ? `${method}Async`
    : form === "pulled"
      ? `iterate${method[0]!.toUpperCase()}${method.slice(1)}`
      : method;

/** What is asked of which method, by whom. */
export interface Request<M extends string = string> {
  readonly where: string;
  readonly method: M;
}

/** A system with nothing left to check. Arrays are copies that nobody else holds. */
export interface System extends Request {
  readonly rows: number;
  readonly cols: number;
  readonly A: Rows | Float64Array | Fill | LinearMap;
  /** b and x0 are divided by this power of two, and x multiplied with it; 1 but near the ends of the range. */
  readonly unit: number;
  readonly b: Float64Array;
  readonly size: number;
  readonly x0: Float64Array | null;
  readonly tolerance: number;
  readonly limits: Limits;
  readonly resume: unknown;
}

const keys = [...limitKeys, "tolerance", "x0", "resume"];

/** Checks the names of the options of a method. */
export function requested<M extends string>(
  method: M,
  o: object,
  more: readonly string[],
  form: Form,
): Request<M> {
  const where = calledAs(method, form);
  const known = form === "pulled" ? keys : keys.slice(0, -1);
  checkKeys(where, o, [...known, ...more], { M: "preconditioner" });
  return { where, method };
}

/** A square system; A may be a function. */
export function readSquare(
  request: Request,
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: IterativeOptions & Resumable,
): System {
  const { where } = request;
  if (typeof A === "function") {
    const n = checkVector(where, "b", b).length;
    if (n === 0) throw shapeError(where, "b is empty", { argument: "b" });
    return readSides(request, A, n, n, b, o);
  }
  const { stored, rows, cols } = readStored(where, A);
  if (rows !== cols || rows === 0) {
    const wanted = "a square matrix with at least one row";
    throw shapeError(where, `A is ${rows} x ${cols}, expected ${wanted}`, { argument: "A" });
  }
  return readSides(request, stored, rows, cols, b, o);
}

const MAP = "{ rows, cols, multiply: (x, out) => ..., multiplyTransposed: (y, out) => ... }";

/** A system of any shape; A may be a LinearMap. */
export function readRectangular(
  request: Request,
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: IterativeOptions & Resumable,
): System {
  const { where } = request;
  const named = A as object | null;
  if (
    typeof A === "function" ||
    (typeof A === "object" && named !== null && ("matvec" in named || "rmatvec" in named))
  )
    throw optionError(where, "A", A, "a matrix, or functions in an object", MAP);
  const map = !isSparse(A) && typeof A === "object" && A !== null && "multiplyTransposed" in A ? A : null;
  const { stored, rows, cols } = map
    ? { stored: map, rows: map.rows, cols: map.cols }
    : readStored(where, A as MatrixLike | SparseMatrix);
  for (const [name, size] of [
    ["rows", rows],
    ["cols", cols],
  ] as const) {
    if (Number.isInteger(size) && size > 0) continue;
    throw shapeError(where, `A must have at least one row and column, got ${name} ${size}`, {
      argument: "A",
    });
  }
  return readSides(request, stored, rows, cols, b, o);
}

function readStored(where: string, A: MatrixLike | SparseMatrix) {
  if (isSparse(A)) {
    const stored = readRows(where, A);
    return { stored, rows: stored.rows, cols: stored.cols };
  }
  const s = readMatrix(where, "A", A);
  checkMatrixFinite(where, "A", s);
  const stored = newVector(where, s.rows * s.cols);
  writeRows(s, stored);
  return { stored, rows: s.rows, cols: s.cols };
}

function readSides(
  { where, method }: Request,
  A: System["A"],
  rows: number,
  cols: number,
  b: ArrayLike<number>,
  o: IterativeOptions & Resumable,
): System {
  const right = new Float64Array(checkVector(where, "b", b, rows));
  const given = o.x0 === undefined ? null : new Float64Array(checkVector(where, "x0", o.x0, cols));
  // For b = 0 the answer is 0: a residual below tolerance |b| would have to underflow from anywhere else.
  const x0 = largestOf(right) > 0 ? given : null;
  const unit = 1 / middleScale(Math.max(largestOf(right), x0 ? largestOf(x0) : 0), "f64");
  if (unit !== 1) for (const v of [right, x0 ?? []]) for (let i = 0; i < v.length; i++) v[i] = v[i]! / unit;
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-10, { min: 0 });
  return {
    where,
    method,
    rows,
    cols,
    A,
    unit,
    b: right,
    size: lengthOf(right),
    x0,
    tolerance,
    limits: o,
    resume: o.resume,
  };
}
