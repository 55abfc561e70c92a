// What the iterative solvers are asked: options and systems, checked before any work.

import { type Limits, limitKeys } from "../driver/types.js";
import { isSparse, type SparseMatrix } from "../linalg/csr.js";
import { type Rows, readRows } from "../linalg/csr-parts.js";
import { checkMatrixFinite, type MatrixLike, readMatrix, shapeError, writeRows } from "../linalg/matrix.js";
import { lengthOf } from "../linalg/norm.js";
import { largestOf, middleScale } from "../linalg/scaling.js";
import { checkVector, newVector } from "../linalg/vectors.js";
import { checkKeys, numberOption } from "../runtime/options.js";
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

/** A system with nothing left to check. Arrays are copies that nobody else holds. */
export interface System {
  readonly where: string;
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

export function checkOptions(where: string, o: object, more: readonly string[], pulled: boolean): void {
  checkKeys(where, o, [...(pulled ? keys : keys.slice(0, -1)), ...more], { M: "preconditioner" });
}

/** A square system; A may be a function. */
export function readSquare(
  where: string,
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: IterativeOptions & Resumable,
): System {
  if (typeof A === "function") {
    const n = checkVector(where, "b", b).length;
    if (n === 0) throw shapeError(where, "b is empty", { argument: "b" });
    return readSides(where, A, n, n, b, o);
  }
  const { stored, rows, cols } = readStored(where, A);
  if (rows !== cols || rows === 0) {
    const wanted = "a square matrix with at least one row";
    throw shapeError(where, `A is ${rows} x ${cols}, expected ${wanted}`, { argument: "A" });
  }
  return readSides(where, stored, rows, cols, b, o);
}

/** A system of any shape; A may be a LinearMap. */
export function readRectangular(
  where: string,
  A: MatrixLike | SparseMatrix | LinearMap,
  b: ArrayLike<number>,
  o: IterativeOptions & Resumable,
): System {
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
  return readSides(where, stored, rows, cols, b, o);
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
  where: string,
  A: System["A"],
  rows: number,
  cols: number,
  b: ArrayLike<number>,
  o: IterativeOptions & Resumable,
): System {
  const right = new Float64Array(checkVector(where, "b", b, rows));
  const x0 = o.x0 === undefined ? null : new Float64Array(checkVector(where, "x0", o.x0, cols));
  const unit = 1 / middleScale(Math.max(largestOf(right), x0 ? largestOf(x0) : 0), "f64");
  if (unit !== 1) for (const v of [right, x0 ?? []]) for (let i = 0; i < v.length; i++) v[i] = v[i]! / unit;
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-10, { min: 0 });
  return {
    where,
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
