// A nonlinear program as the methods see it: one value, m rows with a lower and an upper side, a box.
// Rows are the equalities, then the inequalities, then the linear rows; what a user gives is checked here.

import { isSparse } from "../../linalg/csr.js";
import { readRows } from "../../linalg/csr-parts.js";
import { element, readMatrix } from "../../linalg/matrix.js";
import { type MaybePromise, type ObjectiveParts, readObjective } from "../../minimize/objective.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite, checkKeys, isRecord, optionError } from "../../runtime/options.js";
import { readBox, side } from "./sides.js";
import {
  fullPattern,
  type HessianPattern,
  type Pattern,
  readPattern,
  type SparsityPattern,
  stacked,
  unionOf,
} from "./sparsity.js";

/** Several constraint functions at once. Vectors are borrowed for the call. */
export interface ConstraintParts {
  /** How many functions these are. */
  count: number;
  /** Fills `out` (count). */
  fun: (x: Float64Array, out: Float64Array) => unknown;
  /** Fills `out` with the Jacobian, count*n row-major. Left out: by finite differences. */
  jacobian?: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  /** Fills `out` (n) with (sum_i weights_i Hess c_i(x)) v. */
  hessVec?:
    | ((x: Float64Array, weights: Float64Array, v: Float64Array, out: Float64Array) => unknown)
    | undefined;
  /** Fills `out` (n*n row-major) with sum_i weights_i Hess c_i(x). */
  hess?: ((x: Float64Array, weights: Float64Array, out: Float64Array) => unknown) | undefined;
  /** `jacobian` fills only these entries, row by row. */
  jacobianPattern?: SparsityPattern | undefined;
  /** `hess` fills only these entries of the lower triangle, row by row. */
  hessPattern?: SparsityPattern | undefined;
}

/** f with the sparse lower triangle of its Hessian. */
export interface SparseObjective extends ObjectiveParts {
  /** `hess` fills only these entries of the lower triangle, row by row. */
  hessPattern?: SparsityPattern | undefined;
}

/** A constraint: several functions at once, or an array of functions of x. */
export type Constraint = ConstraintParts | readonly ((x: Float64Array) => number)[];
export type AsyncConstraint = ConstraintParts | readonly ((x: Float64Array) => MaybePromise<number>)[];

/** Rows l <= Ax <= u; A as nested arrays, `{ rows, cols, data }` or sparse. A missing side is infinite. */
export interface LinearRows {
  A: unknown;
  l?: number | ArrayLike<number> | undefined;
  u?: number | ArrayLike<number> | undefined;
}

/** A group of constraint functions with the rows that it fills. */
export interface Group {
  readonly name: "equality" | "inequality";
  readonly first: number;
  readonly count: number;
  readonly parts: ConstraintParts | null;
  readonly functions: readonly ((x: Float64Array) => MaybePromise<number>)[];
  readonly jacobianPattern?: Pattern | undefined;
  readonly hessPattern?: Pattern | undefined;
}

export interface NonlinearProgram {
  readonly n: number;
  readonly m: number;
  /** The rows of each kind: [0, equalities), [equalities, nonlinear), [nonlinear, m). */
  readonly equalities: number;
  readonly nonlinear: number;
  readonly objective: ObjectiveParts<MaybePromise<number>>;
  readonly groups: readonly Group[];
  /** Where row i of the Jacobian may differ from 0; full rows have every column. */
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  /** Entries of the linear rows. */
  readonly A: Float64Array;
  /** Of `objective.hess`. */
  readonly hessPattern: Pattern | null;
  /** Any pattern was given. */
  readonly patterned: boolean;
  /** Where every second derivative comes with its pattern. */
  readonly hessian: HessianPattern | null;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The start, moved into the box. */
  readonly start: Float64Array;
  /** The start lay outside the box. */
  readonly moved: boolean;
  /** What its functions answer is written down, or read from there. */
  readonly journal?: { readonly replaying: boolean } | undefined;
}

const constraintKeys = [
  "count",
  "fun",
  "jacobian",
  "hessVec",
  "hess",
  "jacobianPattern",
  "hessPattern",
] as const;
/** More are no count that anybody means. */
const MOST_ROWS = 2 ** 24;
const partsElsewhere: Readonly<Record<string, string>> = { jac: "jacobian", m: "count", f: "fun" };

function readGroup(
  where: string,
  name: Group["name"],
  given: unknown,
  first: number,
  n: number,
): Group | null {
  if (given === undefined) return null;
  const expected = "{ count, fun(x, out), jacobian? } or an array of functions of x";
  if (typeof given === "function") {
    throw new DownhillError("OPTION", `${where}: ${name} must be ${expected}, got ${quote(given)}`, {
      hint: `write ${name}: [c]`,
      details: { option: name, value: given },
    });
  }
  if (!Array.isArray(given) && !isRecord(given)) throw optionError(where, name, given, expected);
  if (Array.isArray(given)) {
    given.forEach((f, i) => {
      if (typeof f !== "function") throw optionError(where, `${name}[${i}]`, f, "a function");
    });
    return { name, first, count: given.length, parts: null, functions: given };
  }
  for (const [key, meant] of Object.entries(partsElsewhere)) {
    if (!(key in given)) continue;
    throw new DownhillError("OPTION", `${where}: ${name} has no part ${quote(key)}`, {
      hint: `did you mean "${meant}"?`,
      details: { option: `${name}.${key}` },
    });
  }
  checkKeys(`${where}: ${name}`, given, constraintKeys);
  const parts = given as unknown as ConstraintParts;
  const { count } = parts;
  if (!Number.isInteger(count) || count < 0 || count > MOST_ROWS)
    throw optionError(where, `${name}.count`, count, "an integer >= 0 and <= 2^24");
  if (typeof parts.fun !== "function") throw optionError(where, `${name}.fun`, parts.fun, "a function");
  for (const key of ["jacobian", "hessVec", "hess"] as const)
    if (parts[key] !== undefined && typeof parts[key] !== "function")
      throw optionError(where, `${name}.${key}`, parts[key], "a function");
  const pattern = (key: "jacobian" | "hess", rows: number): Pattern | undefined => {
    const of = parts[`${key}Pattern`];
    if (of === undefined) return undefined;
    if (!parts[key])
      throw new DownhillError("OPTION", `${where}: ${name}.${key}Pattern is given without ${key}`, {
        details: { option: `${name}.${key}Pattern` },
      });
    return readPattern(`${where}: ${name}.${key}Pattern`, of, rows, n, key === "hess");
  };
  return {
    name,
    first,
    count,
    parts,
    functions: [],
    jacobianPattern: pattern("jacobian", count),
    hessPattern: pattern("hess", n),
  };
}

function readLinear(where: string, given: unknown, n: number) {
  if (given === undefined) return null;
  if (!isRecord(given)) throw optionError(where, "linear", given, "{ A, l, u }");
  checkKeys(`${where}: linear`, given, ["A", "l", "u"]);
  const rows = given as unknown as LinearRows;
  const s = isSparse(rows.A) ? readRows(`${where}: linear.A`, rows.A) : readMatrix(where, "linear.A", rows.A);
  if (s.rows > 0 && s.cols !== n)
    throw new DownhillError("SHAPE", `${where}: linear.A has ${s.cols} columns, expected ${n}`, {
      details: { argument: "linear.A", cols: s.cols, expected: n },
    });
  const sparse = "values" in s ? s : null;
  const pattern = sparse ?? fullPattern(s.rows, n);
  const A = sparse ? sparse.values.slice() : new Float64Array(s.rows * n);
  if (!("values" in s))
    for (let i = 0; i < s.rows; i++) for (let j = 0; j < n; j++) A[i * n + j] = element(s, i, j);
  checkFinite(where, "linear.A", A);
  if (s.rows > 0 && rows.l === undefined && rows.u === undefined)
    throw optionError(where, "linear", given, "{ A, l, u }, with l or u");
  const l = side(where, "linear.l", rows.l, s.rows, -Infinity);
  const u = side(where, "linear.u", rows.u, s.rows, Infinity);
  for (let i = 0; i < s.rows; i++)
    if (!(l[i]! <= u[i]!))
      throw new DownhillError(
        "OPTION",
        `${where}: linear.l[${i}] = ${l[i]} is not <= linear.u[${i}] = ${u[i]}`,
        {
          details: { option: "linear", index: i },
        },
      );
  // A row without sides asks for nothing, as 0 between -1 and 1 does, which every method takes in its stride.
  for (let i = 0; i < s.rows; i++) {
    if (l[i]! > -Infinity || u[i]! < Infinity) continue;
    A.fill(0, pattern.rowPtr[i]!, pattern.rowPtr[i + 1]!);
    [l[i], u[i]] = [-1, 1];
  }
  return { rows: s.rows, A, l, u, pattern, sparse: sparse !== null };
}

export interface ProgramOptions {
  equality?: unknown;
  inequality?: unknown;
  linear?: unknown;
  bounds?: unknown;
}

/** Checks everything a user gives; nothing is evaluated. A start outside the bounds is moved into them. */
export function readProgram(where: string, f: unknown, x0: unknown, o: ProgramOptions): NonlinearProgram {
  const objective = readObjective(where, f);
  const start = copyNumbers(where, "x0", x0);
  const n = start.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: x0 is empty, there is nothing to minimise`);
  checkFinite(where, "x0", start);
  const box = readBox(where, o.bounds, n);
  let moved = false;
  for (let j = 0; j < n; j++) {
    const inside = Math.min(Math.max(start[j]!, box.lower[j]!), box.upper[j]!);
    if (inside !== start[j]!) moved = true;
    start[j] = inside;
  }
  const eq = readGroup(where, "equality", o.equality, 0, n);
  const equalities = eq?.count ?? 0;
  const ineq = readGroup(where, "inequality", o.inequality, equalities, n);
  const nonlinear = equalities + (ineq?.count ?? 0);
  const linear = readLinear(where, o.linear, n);
  const m = nonlinear + (linear?.rows ?? 0);
  const rowLower = new Float64Array(m);
  const rowUpper = new Float64Array(m);
  rowUpper.fill(Infinity, equalities, nonlinear);
  if (linear) {
    rowLower.set(linear.l, nonlinear);
    rowUpper.set(linear.u, nonlinear);
  }
  const groups = [eq, ineq].filter((group): group is Group => group !== null && group.count > 0);
  const ofObjective = (f as { hessPattern?: unknown }).hessPattern;
  if (ofObjective !== undefined && !objective.hess)
    throw new DownhillError("OPTION", `${where}: f.hessPattern is given without hess`, {
      details: { option: "f.hessPattern" },
    });
  const hessPattern =
    ofObjective === undefined ? null : readPattern(`${where}: f.hessPattern`, ofObjective, n, n, true);
  const every = hessPattern && groups.every((group) => group.hessPattern);
  const { rowPtr, colIdx } = stacked([
    ...groups.map((group) => group.jacobianPattern ?? fullPattern(group.count, n)),
    ...(linear ? [linear.pattern] : []),
  ]);
  return {
    n,
    m,
    equalities,
    nonlinear,
    objective,
    groups,
    rowPtr,
    colIdx,
    hessPattern,
    hessian: every
      ? unionOf(
          n,
          hessPattern,
          groups.map((group) => group.hessPattern!),
        )
      : null,
    patterned:
      hessPattern !== null ||
      linear?.sparse === true ||
      groups.some((group) => group.jacobianPattern ?? group.hessPattern),
    A: linear?.A ?? new Float64Array(0),
    rowLower,
    rowUpper,
    lower: box.lower,
    upper: box.upper,
    start,
    moved,
  };
}
