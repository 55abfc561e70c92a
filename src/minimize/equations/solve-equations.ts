// solveEquations(F, x0): a root of n equations in n unknowns.

import { calledWith } from "../../driver/called.js";
import { run, runAsync } from "../../driver/run.js";
import { Measure } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import { Watch } from "../../driver/watch.js";
import { readPattern, type SparsePattern } from "../../linalg/sparse-pattern.js";
import { checkRuntime } from "../../runtime/default.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import {
  checkFinite,
  checkKeys,
  choiceOption,
  type Elsewhere,
  numberOption,
  optionError,
} from "../../runtime/options.js";
import { hybrid } from "./dogleg.js";
import { DenseModel } from "./linear.js";
import { SparseModel } from "./sparse.js";
import {
  type EquationsEnd,
  type EquationsPlan,
  type EquationsResult,
  EquationsTask,
  type Fill,
  System,
} from "./system.js";

/** Fills `out` (n) with F(x); or n functions of x, one for each equation. */
export type Equations =
  | ((x: Float64Array, out: Float64Array) => void)
  | readonly ((x: Float64Array) => number)[];
export type AsyncEquations =
  | ((x: Float64Array, out: Float64Array) => unknown)
  | readonly ((x: Float64Array) => number)[];

export interface SolveEquationsOptions extends Limits {
  /**
   * Fills `out` (n*n, row-major) with dF_i/dx_j. Default: forward differences, n evaluations. With `jacobianPattern`: fills `out` with
   * its entries, in the order of the pattern, or returns a sparse matrix; default: differences, one evaluation for each group of
   * columns that share no row.
   */
  jacobian?: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  /** Where the Jacobian (n x n) may have entries other than 0, as a sparse matrix: it is then kept and factored as one. Its values do not count. */
  jacobianPattern?: SparsePattern | undefined;
  /**
   * "hybrid" (default): Powell's, with Broyden's updates between Jacobians; "newton" (default, and the only one, with
   * `jacobianPattern`, as updates would fill the matrix): a Jacobian at every point.
   */
  method?: "hybrid" | "newton" | undefined;
  /** Converged when Newton's step at x is so small a share of |x|, both weighted by the columns of the Jacobian. Default 1e-10. */
  stepTol?: number | undefined;
  /** Converged when max |F_i| is at most this. Default 0. */
  funTol?: number | undefined;
}

const elsewhere: Elsewhere = {
  jac: "jacobian",
  fprime: "jacobian",
  jac_sparsity: "jacobianPattern",
  sparsity: "jacobianPattern",
  JacobPattern: "jacobianPattern",
  xtol: "stepTol",
  tol: "stepTol",
  bounds: "it knows none: leastSquares does, with as many residuals as unknowns",
};

function readFunction(where: string, F: unknown, n: number): Fill {
  if (typeof F === "function") return F as Fill;
  if (!Array.isArray(F))
    throw optionError(where, "F", F, "a function (x, out) that fills out, or an array of functions of x");
  if (F.length !== n) {
    throw new DownhillError("SHAPE", `${where}: F has ${F.length} equations, x0 has ${n} unknowns`, {
      hint: "as many equations as unknowns; leastSquares solves more of them as nearly as they can be",
      details: { argument: "F", length: F.length, expected: n },
    });
  }
  const each = F.map((f: unknown, i) => {
    if (typeof f !== "function") throw optionError(where, `F[${i}]`, f, "a function of x");
    return f as (x: Float64Array) => number;
  });
  return (x, out) => {
    each.forEach((f, i) => {
      const value: unknown = f(x);
      if (typeof value !== "number")
        throw new DownhillError(
          "CALLBACK_RESULT",
          `${where}: F[${i}] must return a number, got ${quote(value)}`,
          { hint: calledWith(f, ""), details: { index: i, value } },
        );
      out[i] = value;
    });
  };
}

function readPlan(where: string, F: unknown, x0: unknown, o: SolveEquationsOptions): EquationsPlan {
  checkKeys(
    where,
    o,
    ["jacobian", "jacobianPattern", "method", "stepTol", "funTol", ...limitKeys],
    elsewhere,
  );
  const start = copyNumbers(where, "x0", typeof x0 === "number" ? [x0] : x0);
  if (start.length === 0)
    throw new DownhillError("SHAPE", `${where}: x0 is empty, there is nothing to solve for`);
  checkFinite(where, "x0", start);
  const f = readFunction(where, F, start.length);
  const { jacobian } = o;
  if (jacobian !== undefined && typeof jacobian !== "function")
    throw optionError(where, "jacobian", jacobian, "a function (x, out) that fills out, n*n row-major");
  const n = start.length;
  const pattern =
    o.jacobianPattern === undefined ? null : readPattern(where, "jacobianPattern", o.jacobianPattern, n, n);
  const method = choiceOption(
    where,
    "method",
    o.method,
    ["hybrid", "newton"],
    pattern ? "newton" : "hybrid",
    {
      fsolve: "hybrid",
      hybr: "hybrid",
      powell: "hybrid",
    },
  );
  if (pattern && method === "hybrid") {
    throw new DownhillError("OPTION", `${where}: method "hybrid" takes no jacobianPattern`, {
      hint: 'Broyden\'s updates would fill the matrix; leave method out, or give "newton"',
      details: { option: "method", value: method },
    });
  }
  const zero = new Measure<EquationsEnd>("zero", numberOption(where, "funTol", o.funTol, 0, { min: 0 }), {
    status: "converged",
    reason: "zero",
  });
  const step = new Measure<EquationsEnd>(
    "step",
    numberOption(where, "stepTol", o.stepTol, 1e-10, { min: 0 }),
    {
      status: "converged",
      reason: "step",
    },
  );
  const measures = [zero, step];
  checkRuntime(o.runtime);
  const model = pattern ? new SparseModel(pattern, o.runtime) : new DenseModel(where, n);
  const watch = new Watch(where, o, measures, 200 * (start.length + 1));
  return {
    method,
    limits: o,
    measures,
    model,
    system: new System(watch, start, f, jacobian ?? null, Array.isArray(F) ? F : [], pattern),
    run: (system) => hybrid(system, { zero, step }, model, method === "hybrid"),
  };
}

/**
 * A root of F: n equations in n unknowns, from a start. "converged" means that F is 0 (to `funTol`), or that Newton's step at the
 * point returned, by a Jacobian taken there, is below `stepTol`; a minimum of |F| that is no root ends in `failed/stalled`.
 *
 * @example
 * solveEquations([([x, y]) => x * x + y * y - 4, ([x, y]) => x - y], [1, 2]).x; // [1.4142135, 1.4142135]
 * // u'' = exp(u) on 1000 points, u = 1 at both ends: a tridiagonal Jacobian by differences is 3 evaluations
 * const n = 1000;
 * const h = 1 / (n + 1);
 * const F = (u, out) => {
 *   for (let i = 0; i < n; i++) out[i] = (u[i - 1] ?? 1) - 2 * u[i] + (u[i + 1] ?? 1) - h * h * Math.exp(u[i]);
 * };
 * const [row, col] = [[], []];
 * for (let i = 0; i < n; i++) for (let j = Math.max(0, i - 1); j <= Math.min(n - 1, i + 1); j++) row.push(i), col.push(j);
 * const jacobianPattern = csrFromTriplets({ rows: n, cols: n, row, col, value: row.map(() => 1) });
 * solveEquations(F, new Float64Array(n).fill(1), { jacobianPattern }).status; // "converged"
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT where F returns instead of filling.
 */
export function solveEquations(
  F: Equations,
  x0: number | ArrayLike<number>,
  options: SolveEquationsOptions = {},
): EquationsResult {
  return run(new EquationsTask(readPlan("solveEquations", F, x0, options)));
}

/**
 * As solveEquations; F and the Jacobian may be asynchronous.
 *
 * @example
 * const root = await solveEquationsAsync(async ([x], out) => { out[0] = x * x - 2; }, [1]);
 * root.x; // [1.4142135]
 */
export async function solveEquationsAsync(
  F: AsyncEquations,
  x0: number | ArrayLike<number>,
  options: SolveEquationsOptions = {},
): Promise<EquationsResult> {
  return runAsync(new EquationsTask(readPlan("solveEquationsAsync", F, x0, options)));
}
