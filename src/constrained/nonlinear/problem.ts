// A nonlinear program as the methods see it: one value, m rows with a lower and an upper side, a box.
// Rows are the equalities, then the inequalities, then the linear rows; what a user gives is checked here.

import { type Box, readBounds } from "../../driver/bounds.js";
import { element, readMatrix } from "../../linalg/matrix.js";
import { type MaybePromise, type ObjectiveParts, readObjective } from "../../minimize/objective.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite, checkKeys, optionError } from "../../runtime/options.js";

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
}

/** A constraint: several functions at once, or an array of functions of x. */
export type Constraint = ConstraintParts | readonly ((x: Float64Array) => number)[];
export type AsyncConstraint = ConstraintParts | readonly ((x: Float64Array) => MaybePromise<number>)[];

/** Rows l <= Ax <= u; A as nested arrays or `{ rows, cols, data }`. A missing side is infinite. */
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
}

export interface NonlinearProgram {
  readonly n: number;
  readonly m: number;
  /** The rows of each kind: [0, equalities), [equalities, nonlinear), [nonlinear, m). */
  readonly equalities: number;
  readonly nonlinear: number;
  readonly objective: ObjectiveParts<MaybePromise<number>>;
  readonly groups: readonly Group[];
  /** (m - nonlinear)*n. */
  readonly A: Float64Array;
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

const constraintKeys = ["count", "fun", "jacobian", "hessVec", "hess"] as const;
const partsElsewhere: Readonly<Record<string, string>> = { jac: "jacobian", m: "count", f: "fun" };

function readGroup(where: string, name: Group["name"], given: unknown, first: number): Group | null {
  if (given === undefined) return null;
  const expected = "{ count, fun(x, out), jacobian? } or an array of functions of x";
  if (typeof given === "function") {
    throw new DownhillError("OPTION", `${where}: ${name} must be ${expected}, got ${quote(given)}`, {
      hint: `write ${name}: [c]`,
      details: { option: name, value: given },
    });
  }
  if (typeof given !== "object" || given === null) throw optionError(where, name, given, expected);
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
  const parts = given as ConstraintParts;
  const { count } = parts;
  if (!Number.isInteger(count) || count < 0)
    throw optionError(where, `${name}.count`, count, "an integer >= 0");
  if (typeof parts.fun !== "function") throw optionError(where, `${name}.fun`, parts.fun, "a function");
  for (const key of ["jacobian", "hessVec", "hess"] as const)
    if (parts[key] !== undefined && typeof parts[key] !== "function")
      throw optionError(where, `${name}.${key}`, parts[key], "a function");
  return { name, first, count, parts, functions: [] };
}

/** A side of rows: one number for all, or an array; `none` where it is left out. Not NaN. */
function side(where: string, name: string, given: unknown, count: number, none: number): Float64Array {
  if (given === undefined) return new Float64Array(count).fill(none);
  const values =
    typeof given === "number" ? new Float64Array(count).fill(given) : copyNumbers(where, name, given, count);
  const bad = values.findIndex((v) => Number.isNaN(v) || v === -none);
  if (bad < 0) return values;
  throw new DownhillError("NON_FINITE_INPUT", `${where}: ${name}[${bad}] is ${quote(values[bad])}`, {
    details: { argument: name, index: bad },
  });
}

function readLinear(where: string, given: unknown, n: number) {
  if (given === undefined) return null;
  if (typeof given !== "object" || given === null) throw optionError(where, "linear", given, "{ A, l, u }");
  checkKeys(`${where}: linear`, given, ["A", "l", "u"]);
  const rows = given as LinearRows;
  const s = readMatrix(where, "linear.A", rows.A);
  if (s.rows > 0 && s.cols !== n)
    throw new DownhillError("SHAPE", `${where}: linear.A has ${s.cols} columns, expected ${n}`, {
      details: { argument: "linear.A", cols: s.cols, expected: n },
    });
  const A = new Float64Array(s.rows * n);
  for (let i = 0; i < s.rows; i++) for (let j = 0; j < n; j++) A[i * n + j] = element(s, i, j);
  checkFinite(where, "linear.A", A);
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
  return { rows: s.rows, A, l, u };
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
  const eq = readGroup(where, "equality", o.equality, 0);
  const equalities = eq?.count ?? 0;
  const ineq = readGroup(where, "inequality", o.inequality, equalities);
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
  return {
    n,
    m,
    equalities,
    nonlinear,
    objective,
    groups: [eq, ineq].filter((group): group is Group => group !== null && group.count > 0),
    A: linear?.A ?? new Float64Array(0),
    rowLower,
    rowUpper,
    lower: box.lower,
    upper: box.upper,
    start,
    moved,
  };
}

function readBox(where: string, given: unknown, n: number): Box {
  const none = { lower: new Float64Array(n).fill(-Infinity), upper: new Float64Array(n).fill(Infinity) };
  if (given === undefined) return none;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw optionError(where, "bounds", given, "an object { lower, upper }, each a number or an array");
  const box = given as { lower?: ArrayLike<number>; upper?: ArrayLike<number> };
  // The start is moved into the box, so that only the bounds themselves are checked against each other.
  const { lower = -Infinity, upper = Infinity } = box;
  checkKeys(`${where}: bounds`, box, ["lower", "upper"]);
  const low = side(where, "bounds.lower", lower, n, -Infinity);
  side(where, "bounds.upper", upper, n, Infinity);
  return (
    readBounds(
      where,
      box,
      low.map((v) => (v === -Infinity ? 0 : v)).map((v, j) => within(box.upper, v, j)),
    ) ?? none
  );
}

const within = (upper: unknown, v: number, j: number): number => {
  const high =
    typeof upper === "number" ? upper : ((upper as ArrayLike<number> | undefined)?.[j] ?? Infinity);
  return high < v ? high : v;
};
