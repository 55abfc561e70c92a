// Where derivatives of a nonlinear program can differ from 0: patterns of compressed rows, the union of the Hessians' ones, and the way back
// to full matrices for methods that take nothing else.

import { readRows } from "../../linalg/csr-parts.js";
import { DownhillError } from "../../runtime/errors.js";
import { optionError } from "../../runtime/options.js";
import type { Group, NonlinearProgram } from "./problem.js";

/** Row i has the columns colIdx[k], rowPtr[i] <= k < rowPtr[i + 1], ascending. A SparseMatrix is one. */
export interface SparsityPattern {
  readonly rowPtr: ArrayLike<number>;
  readonly colIdx: ArrayLike<number>;
}

export interface Pattern {
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
}

/** The lower triangle of the Hessian of the Lagrangian, its diagonal always there, and where entries of each part belong. */
export interface HessianPattern extends Pattern {
  readonly diagonal: Int32Array;
  readonly ofObjective: Int32Array;
  readonly ofGroups: readonly Int32Array[];
  /** Entries of the largest part. */
  readonly most: number;
}

/** A copy, checked: SHAPE names the first index that is out of order or range, OPTION what is above the diagonal. */
export function readPattern(
  where: string,
  given: unknown,
  rows: number,
  cols: number,
  lower: boolean,
): Pattern {
  if (typeof given !== "object" || given === null)
    throw optionError(where, "the pattern", given, "{ rowPtr, colIdx }");
  const { rowPtr, colIdx } = given as SparsityPattern;
  const values = { length: colIdx?.length ?? 0 };
  const read = readRows(where, { rows, cols, rowPtr, colIdx, values: new Float64Array(values.length) });
  for (let i = 0; lower && i < rows; i++)
    for (let k = read.rowPtr[i]!; k < read.rowPtr[i + 1]!; k++)
      if (read.colIdx[k]! > i)
        throw new DownhillError(
          "OPTION",
          `${where}: row ${i} has column ${read.colIdx[k]}, above the diagonal`,
          {
            hint: "give the lower triangle: columns <= row",
            details: { option: "hessPattern", row: i, col: read.colIdx[k] },
          },
        );
  return { rowPtr: read.rowPtr, colIdx: read.colIdx };
}

export function fullPattern(rows: number, cols: number): Pattern {
  const colIdx = new Int32Array(rows * cols);
  for (let k = 0; k < colIdx.length; k++) colIdx[k] = k % cols;
  return { rowPtr: Int32Array.from({ length: rows + 1 }, (_, i) => i * cols), colIdx };
}

/** The rows of one pattern after those of the other. */
export function stacked(parts: readonly Pattern[]): Pattern {
  const rowPtr = [0];
  let from = 0;
  for (const part of parts) {
    for (let i = 1; i < part.rowPtr.length; i++) rowPtr.push(from + part.rowPtr[i]!);
    from += part.colIdx.length;
  }
  const colIdx = new Int32Array(from);
  let at = 0;
  for (const part of parts) {
    colIdx.set(part.colIdx, at);
    at += part.colIdx.length;
  }
  return { rowPtr: Int32Array.from(rowPtr), colIdx };
}

/** All entries of the parts and the diagonal. */
export function unionOf(n: number, objective: Pattern, groups: readonly Pattern[]): HessianPattern {
  const parts = [objective, ...groups];
  const rowPtr = new Int32Array(n + 1);
  const maps = parts.map(({ colIdx }) => new Int32Array(colIdx.length));
  const diagonal = new Int32Array(n);
  let capacity = n;
  for (const { colIdx } of parts) capacity += colIdx.length;
  const colIdx = new Int32Array(capacity);
  const place = new Int32Array(n).fill(-1);
  let at = 0;
  for (let i = 0; i < n; i++) {
    const from = at;
    const take = (j: number): void => {
      if (place[j]! >= from) return;
      place[j] = at;
      colIdx[at++] = j;
    };
    for (const part of parts)
      for (let k = part.rowPtr[i]!; k < part.rowPtr[i + 1]!; k++) take(part.colIdx[k]!);
    take(i);
    const row = colIdx.subarray(from, at).sort();
    row.forEach((j, k) => {
      place[j] = from + k;
    });
    diagonal[i] = place[i]!;
    parts.forEach((part, p) => {
      for (let k = part.rowPtr[i]!; k < part.rowPtr[i + 1]!; k++) maps[p]![k] = place[part.colIdx[k]!]!;
    });
    rowPtr[i + 1] = at;
  }
  return {
    rowPtr,
    colIdx: colIdx.slice(0, at),
    diagonal,
    ofObjective: maps[0]!,
    ofGroups: maps.slice(1),
    most: Math.max(...parts.map((part) => part.colIdx.length)),
  };
}

/** Full matrices of more numbers than this are not made from sparse ones. */
const MOST_FULL = 4e7;

type Fill = (...args: Float64Array[]) => unknown;

/** The same program with every matrix full, row-major. */
export function densified(where: string, program: NonlinearProgram): NonlinearProgram {
  const { n, m, rowPtr, colIdx, nonlinear, objective } = program;
  if (colIdx.length === m * n && !program.patterned) return program;
  if ((n + m) * n > MOST_FULL)
    throw new DownhillError(
      "OPTION",
      `${where}: a program of this size needs sparse derivatives throughout`,
      {
        hint: 'give hess with hessPattern for f and every constraint, jacobian with jacobianPattern, and method "interiorPoint"',
        details: { option: "method", variables: n, rows: m },
      },
    );
  /** Fills `out` through `fill`, which has the entries of a pattern only. */
  const spread = (fill: Fill, { rowPtr, colIdx }: Pattern, symmetric: boolean): Fill => {
    const own = new Float64Array(colIdx.length);
    return (...args) => {
      const out = args.at(-1)!;
      const answer = fill(...args.slice(0, -1), own);
      out.fill(0);
      for (let i = 0; i + 1 < rowPtr.length; i++)
        for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
          out[i * n + colIdx[k]!] = own[k]!;
          if (symmetric) out[colIdx[k]! * n + i] = own[k]!;
        }
      return answer;
    };
  };
  const groups = program.groups.map((group): Group => {
    const { parts, first, count, jacobianPattern, hessPattern } = group;
    if (!parts) return group;
    const jacobian =
      parts.jacobian && jacobianPattern
        ? spread(parts.jacobian as Fill, jacobianPattern, false)
        : parts.jacobian;
    const hess = parts.hess && hessPattern ? spread(parts.hess as Fill, hessPattern, true) : parts.hess;
    return {
      name: group.name,
      first,
      count,
      functions: group.functions,
      parts: { ...parts, jacobian, hess },
    };
  });
  const A = new Float64Array((m - nonlinear) * n);
  for (let i = nonlinear; i < m; i++)
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
      A[(i - nonlinear) * n + colIdx[k]!] = program.A[k - rowPtr[nonlinear]!]!;
  const { hessPattern } = program;
  const hess =
    objective.hess && hessPattern ? spread(objective.hess as Fill, hessPattern, true) : objective.hess;
  return {
    ...program,
    ...fullPattern(m, n),
    objective: { ...objective, hess },
    groups,
    A,
    hessPattern: null,
    patterned: false,
    hessian: null,
  };
}
