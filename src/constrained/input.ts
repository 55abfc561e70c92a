// A convex program as it is given, checked and copied before any work.

import { isSparse, type SparseMatrix } from "../linalg/csr.js";
import { readRows as readSparse } from "../linalg/csr-parts.js";
import { checkMatrixFinite, type MatrixLike, readMatrix, type Source, shapeError } from "../linalg/matrix.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkArray, checkFinite, checkKeys, isRecord, numberOption } from "../runtime/options.js";
import { linearElsewhere, quadraticElsewhere } from "./elsewhere.js";
import { NO_WHOLE, WHOLE_HINT } from "./phrases.js";
import { largest, type Program, type Rows } from "./program.js";

/** Minimise q'x + constant subject to l <= A x <= u and lower <= x <= upper. Infinity, or null, is no bound. */
export interface LinearProgram {
  /** Costs, length n. */
  readonly c: ArrayLike<number>;
  /** m x n: dense, nested arrays, or sparse; default no rows. */
  readonly A?: MatrixLike | SparseMatrix | undefined;
  readonly l?: ArrayLike<number | null> | undefined;
  readonly u?: ArrayLike<number | null> | undefined;
  /** Bounds of x; default none. */
  readonly lower?: ArrayLike<number | null> | undefined;
  readonly upper?: ArrayLike<number | null> | undefined;
  /** Added to the objective; default 0. */
  readonly constant?: number | undefined;
  /** Names of rows and variables, for conflicts. */
  readonly rowNames?: readonly string[] | undefined;
  readonly names?: readonly string[] | undefined;
  /** What readMPS and readQPS say about the file; not used. */
  readonly name?: string | undefined;
  readonly sense?: "min" | "max" | undefined;
  readonly integer?: readonly number[] | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** Minimise x'P x / 2 + q'x + constant under the same constraints. */
export interface QuadraticProgram extends Omit<LinearProgram, "c"> {
  /** Symmetric n x n, both triangles. */
  readonly P: MatrixLike | SparseMatrix;
  readonly q: ArrayLike<number>;
}

const keys = [
  ...["A", "l", "u", "lower", "upper", "constant", "rowNames", "names"],
  ...["name", "sense", "integer", "warnings"],
];

/** A model knows names and sense: what it says as a bare program would be another answer. */
function refuseModel(where: string, given: unknown): void {
  const { solve, program } = (given ?? {}) as { solve?: unknown; program?: unknown };
  if (typeof solve !== "function" || typeof program !== "object") return;
  throw new DownhillError(
    "OPTION",
    `${where}: the program must be an object { c, A, l, u, ... }, got a model`,
    {
      hint: "call the model's own solve(), or give its program, which minimises (a maximum as the minimum of the negative)",
    },
  );
}

/** What readers of files say of theirs, where the objective is negated already and `warnings` tells of integers, would be a wish here. */
function refuseWishes(where: string, { sense, integer, warnings }: Partial<LinearProgram>): void {
  if (warnings !== undefined) return;
  if (sense !== undefined && sense !== "min")
    throw new DownhillError(
      "OPTION",
      `${where}: a program is minimised, sense is what readMPS and readLP tell of`,
      {
        hint: 'negate the objective, or use model("max ...")',
        details: { option: "sense", value: sense },
      },
    );
  if (integer !== undefined)
    throw new DownhillError("OPTION", `${where}: ${NO_WHOLE}`, {
      hint: WHOLE_HINT,
      details: { option: "integer", value: integer },
    });
}

/** Checks and copies; SHAPE, OPTION, NON_FINITE_INPUT or NOT_SYMMETRIC before any work. */
export function readProgram(where: string, given: LinearProgram | QuadraticProgram): Program {
  refuseModel(where, given);
  const quadratic = isRecord(given)
    ? "P" in given || (/QP|qp/.test(where) && !("c" in given))
    : /QP|qp/.test(where);
  checkKeys(
    where,
    given,
    quadratic ? ["P", "q", ...keys] : ["c", ...keys],
    quadratic ? quadraticElsewhere : linearElsewhere,
  );
  refuseWishes(where, given);
  const name = quadratic ? "q" : "c";
  const costs = copyNumbers(
    where,
    name,
    quadratic ? (given as QuadraticProgram).q : (given as LinearProgram).c,
  );
  checkFinite(where, name, costs);
  const n = costs.length;
  const A = given.A === undefined ? noRows(n) : readRows(where, "A", given.A);
  if (A.cols !== n && A.rows > 0)
    throw shapeError(where, `A has ${A.cols} columns, ${name} has length ${n}`, { argument: "A" });
  const m = A.rows;
  if (m > 0 && given.l === undefined && given.u === undefined && where !== "qpSession")
    throw shapeError(where, "A has rows, but neither l nor u says what they may be", { argument: "l" });
  if (given.A === undefined && (given.l ?? given.u) !== undefined)
    throw shapeError(
      where,
      "l and u are the sides of rows, and there is no A (bounds of x are lower and upper)",
      {
        argument: "A",
      },
    );
  const P = quadratic ? readSymmetric(where, (given as QuadraticProgram).P, n) : null;
  for (const [key, length] of [
    ["rowNames", m],
    ["names", n],
  ] as const) {
    const names = given[key];
    if (names !== undefined && (!Array.isArray(names) || names.length !== length))
      throw shapeError(where, `${key} must be ${length} names`, { argument: key });
  }
  const program: Program = {
    n,
    m,
    P,
    q: costs,
    A: { ...A, cols: n },
    l: bounds(where, "l", given.l, m, -Infinity),
    u: bounds(where, "u", given.u, m, Infinity),
    lower: bounds(where, "lower", given.lower, n, -Infinity),
    upper: bounds(where, "upper", given.upper, n, Infinity),
    constant: numberOption(where, "constant", given.constant, 0),
    rowNames: given.rowNames,
  };
  checkCrossing(where, "l", "u", program.l, program.u);
  checkCrossing(where, "lower", "upper", program.lower, program.upper);
  return program;
}

const noRows = (n: number): Rows => ({
  rows: 0,
  cols: n,
  rowPtr: new Int32Array(1),
  colIdx: new Int32Array(0),
  values: new Float64Array(0),
});

/** A matrix of any kind as rows, without the zeros of a dense one. */
export function readRows(where: string, argument: string, A: MatrixLike | SparseMatrix): Rows {
  if (isSparse(A)) {
    // Its arrays may be anyone's: the same checks as every sparse solver makes.
    return readSparse(`${where}: ${argument}`, A);
  }
  const s = readMatrix(where, argument, A);
  checkMatrixFinite(where, argument, s);
  // Nested arrays were copied as they were read.
  return rowsOf(s, Array.isArray(A));
}

type Pattern = Pick<Rows, "rowPtr" | "colIdx">;
/** Patterns of full matrices, which nobody writes: the last two sizes, as P and A of a sequence have them. */
let full: { readonly rows: number; readonly cols: number; readonly pattern: Pattern }[] = [];

function fullPattern(rows: number, cols: number): Pattern {
  const known = full.find((f) => f.rows === rows && f.cols === cols);
  if (known) return known.pattern;
  const rowPtr = Int32Array.from({ length: rows + 1 }, (_, i) => i * cols);
  const colIdx = new Int32Array(rows * cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) colIdx[at++] = j;
  full = [{ rows, cols, pattern: { rowPtr, colIdx } }, ...full.slice(0, 1)];
  return full[0]!.pattern;
}

function rowsOf({ rows, cols, flat, offset, rowStride, colStride }: Source, own: boolean): Rows {
  const rowPtr = new Int32Array(rows + 1);
  // The common case without a zero, by whole arrays.
  if (flat instanceof Float64Array && colStride === 1 && rowStride === cols && flat.indexOf(0) < 0) {
    const values = own ? flat : flat.slice(offset, offset + rows * cols);
    return { rows, cols, ...fullPattern(rows, cols), values };
  }
  let count = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0, k = offset + i * rowStride; j < cols; j++, k += colStride) if (flat[k] !== 0) count++;
    rowPtr[i + 1] = count;
  }
  const colIdx = new Int32Array(count);
  const values = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0, k = offset + i * rowStride; j < cols; j++, k += colStride) {
      const v = flat[k]!;
      if (v === 0) continue;
      colIdx[at] = j;
      values[at++] = v;
    }
  }
  return { rows, cols, rowPtr, colIdx, values };
}

/** P, or null where it is 0; NOT_SYMMETRIC where its triangles differ by more than rounding. */
function readSymmetric(where: string, given: MatrixLike | SparseMatrix, n: number): Rows | null {
  const P = readRows(where, "P", given);
  if (P.rows !== n || P.cols !== n)
    throw shapeError(where, `P is ${P.rows} x ${P.cols}, q has length ${n}`, { argument: "P" });
  const most = largest(P.values);
  if (most === 0) return null;
  const whole = P.colIdx.length === n * n;
  const at = (i: number, j: number) => {
    if (whole) return P.values[i * n + j]!;
    let low = P.rowPtr[i]!;
    for (let high = P.rowPtr[i + 1]!; low < high; ) {
      const middle = (low + high) >> 1;
      if (P.colIdx[middle]! < j) low = middle + 1;
      else high = middle;
    }
    return low < P.rowPtr[i + 1]! && P.colIdx[low] === j ? P.values[low]! : 0;
  };
  for (let i = 0; i < n; i++) {
    for (let k = P.rowPtr[i]!; k < P.rowPtr[i + 1]!; k++) {
      const j = P.colIdx[k]!;
      // Each pair once, from its lower entry; an upper one may be alone.
      if (j === i || (whole && j > i)) continue;
      const v = P.values[k]!;
      const w = at(j, i);
      if (Math.abs(v - w) <= 1e-14 * most) continue;
      throw new DownhillError(
        "NOT_SYMMETRIC",
        `${where}: P is not symmetric: P[${i}][${j}] is ${v}, P[${j}][${i}] is ${w}`,
        {
          hint: "give both triangles: (P + P') / 2 has the same objective",
          details: { argument: "P", row: i, col: j },
        },
      );
    }
  }
  return P;
}

/** A vector of bounds; undefined is none of them, null one that is missing. */
export function bounds(
  where: string,
  argument: string,
  given: ArrayLike<number | null> | undefined,
  length: number,
  none: number,
): Float64Array {
  const out = new Float64Array(length).fill(none);
  if (given === undefined) return out;
  checkArray(where, argument, given, length);
  for (let i = 0; i < length; i++) {
    const v = (given as ArrayLike<number | null>)[i];
    if (v === null || v === undefined) continue;
    if (typeof v !== "number" || Number.isNaN(v) || v === -none) {
      throw new DownhillError(
        "NON_FINITE_INPUT",
        `${where}: ${argument}[${i}] is ${quote(v)}, expected a number or ${none}`,
        {
          details: { argument, index: i, value: v },
        },
      );
    }
    out[i] = v;
  }
  return out;
}

export function checkCrossing(
  where: string,
  low: string,
  high: string,
  lo: Float64Array,
  up: Float64Array,
): void {
  for (let i = 0; i < lo.length; i++) {
    if (lo[i]! <= up[i]!) continue;
    throw new DownhillError(
      "OPTION",
      `${where}: ${low}[${i}] is ${lo[i]}, above ${high}[${i}], which is ${up[i]}`,
      {
        details: { option: low, index: i, value: lo[i] },
      },
    );
  }
}
