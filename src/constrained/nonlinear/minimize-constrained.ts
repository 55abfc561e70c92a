// minimizeConstrained(f, x0, { equality, inequality, linear, bounds }): the lowest point that constraints allow.

import type { Bounds } from "../../driver/bounds.js";
import { type Pulled, pull, run, runAsync } from "../../driver/run.js";
import type { Iteration, Stopped, Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import { Watch } from "../../driver/watch.js";
import { pointOf } from "../../minimize/by-name.js";
import type { AsyncObjective, Objective } from "../../minimize/objective.js";
import { chosenRuntime } from "../../runtime/default.js";
import {
  booleanOption,
  checkKeys,
  choiceOption,
  type Elsewhere,
  numberOption,
} from "../../runtime/options.js";
import { vetted } from "./claim.js";
import { type CompiledProgram, isCompiledProgram, partsOf } from "./compiled.js";
import { Evaluator, knowsSecond } from "./evaluator.js";
import {
  type ConstrainedState,
  Journal,
  journaled,
  loadJournal,
  saveJournal,
  settingsOf,
} from "./journal.js";
import {
  type ConstrainedMethod,
  type ConstrainedMethodName,
  hessianOf,
  readConstrainedMethod,
} from "./methods.js";
import { negative } from "./negative.js";
import {
  type AsyncConstraint,
  type Constraint,
  type LinearRows,
  readProgram,
  type SparseObjective,
} from "./problem.js";
import { ConstrainedAnswer, type ConstrainedResult, type ConstrainedTermination } from "./result.js";
import { type ConstrainedEnd, kktMeasure, ProgramSolve } from "./solve.js";
import { densified } from "./sparsity.js";

export interface ConstrainedSettings {
  /** Rows l <= Ax <= u, never differenced. */
  linear?: LinearRows | undefined;
  /** A start outside is moved inside; no evaluation leaves them. */
  bounds?: Bounds | undefined;
  /** Default: "sqp"; "interiorPoint" for more than 100 variables and rows with exact second derivatives. */
  method?: ConstrainedMethodName | ConstrainedMethod | undefined;
  /**
   * |grad f - J'y - z|_j <= gradTol max(1, |grad f|_j + (|J|'|y|)_j + |z_j|) in each component; each multiplier times the distance from its
   * side is within gradTol of the terms of both (each at least 1), and their sum of max(1, |f|). Default 1e-8, by forward differences 1e-6; what differences cannot resolve is added, noise
   * beyond rounding is not. 1 is 1 in the unit of f: powers of two bring a start with value and slope below 1e-3, or a slope above 100, there.
   */
  gradTol?: number | undefined;
  /** Every row and bound is met within feasTol max(1, |side|); a row below 1e-2 at the start within feasTol of its size there. Default 1e-8. */
  feasTol?: number | undefined;
  /** Where derivatives are missing: "central" (default, 2 n evaluations) or "forward" (n). */
  differences?: "central" | "forward" | undefined;
  /**
   * Look for the highest point: `fun` and `grad` of the result are those of f, its multipliers belong to the minimisation of -f. A compiled
   * program says max in its text.
   */
  maximize?: boolean | undefined;
}

export interface ConstrainedOptions extends ConstrainedSettings, Limits {
  /** c(x) = 0; an empty list is none. */
  equality?: Constraint | undefined;
  /** c(x) >= 0; an empty list is none. */
  inequality?: Constraint | undefined;
}

export interface AsyncConstrainedOptions extends ConstrainedSettings, Limits {
  equality?: AsyncConstraint | undefined;
  inequality?: AsyncConstraint | undefined;
}

const keys = [
  ...limitKeys,
  "equality",
  "inequality",
  "linear",
  "bounds",
  "method",
  "gradTol",
  "feasTol",
  "differences",
  "maximize",
] as const;
/** What other libraries call them. */
const boxHere = "did you mean bounds: { lower, upper }?";
const derivatives = "derivatives go with the function: { fun, grad }, those of constraints with theirs";
const elsewhere: Elsewhere = {
  constraints: "did you mean equality, inequality or linear?",
  eq: "equality",
  ineq: "inequality",
  constrvioltol: "feasTol",
  lower: boxHere,
  upper: boxHere,
  lb: boxHere,
  ub: boxHere,
  jac: derivatives,
  grad: derivatives,
  hess: derivatives,
  sense: 'maximize: true, or compileProgram("max ...")',
};

type ConstrainedTask = Task<ConstrainedEnd, ConstrainedResult, ConstrainedState>;

export interface IterateConstrainedOptions extends ConstrainedOptions {
  /** Continues from a state saved earlier, bit for bit. */
  resume?: ConstrainedState | undefined;
}

export type ConstrainedIterator = Pulled<ConstrainedResult, ConstrainedState>;

function makeTask(
  where: string,
  f: unknown,
  x0: unknown,
  o: ConstrainedOptions | AsyncConstrainedOptions | IterateConstrainedOptions,
  pulled = false,
): ConstrainedTask {
  checkKeys(where, o, pulled ? [...keys, "resume"] : keys, elsewhere);
  const compiled = isCompiledProgram(f) ? f : null;
  const start = compiled ? compiled.point(x0 as ArrayLike<number>) : pointOf(where, "x0", f, x0);
  const parts = compiled ? partsOf(where, compiled, o) : o;
  const journal = pulled ? new Journal() : null;
  const maximize = compiled?.maximize ?? booleanOption(where, "maximize", o.maximize, false);
  const given = readProgram(where, compiled ? compiled.objective : maximize ? negative(f) : f, start, parts);
  const { variant } = chosenRuntime(o.runtime);
  const watch = new Watch(where, o, [kktMeasure()], Math.max(1000, 50 * given.n));
  const central = choiceOption(where, "differences", o.differences, ["central", "forward"], "central");
  const second = knowsSecond(given);
  const method = readConstrainedMethod(where, o.method, given.n + given.m, second);
  const hessian = hessianOf(where, method, second);
  const sparse = given.hessian !== null && method.name === "interiorPoint" && hessian === "exact";
  const whole = sparse ? given : densified(where, given);
  const program = journal ? journaled(whole, journal) : whole;
  const evaluator = new Evaluator(program, watch, central === "central");
  const exact = evaluator.exactFirst || central === "central" ? 1e-8 : 1e-6;
  const tolerances = {
    gradTol: numberOption(where, "gradTol", o.gradTol, exact, { min: 0 }),
    feasTol: numberOption(where, "feasTol", o.feasTol, 1e-8, { min: 0 }),
  };
  const solve = new ProgramSolve(evaluator, tolerances, watch, o.runtime);
  const work = { watch, method: vetted(solve, () => method.run(solve, hessian)) };
  const text = JSON.stringify([method.options, hessian, central, ...(maximize ? ["maximize"] : [])]);
  const saved = journal && {
    method: method.name,
    settings: settingsOf(program, text, [tolerances.gradTol, tolerances.feasTol]),
    program,
    journal,
  };
  if (saved && "resume" in o && o.resume !== undefined) loadJournal(work as never, saved, o.resume);
  return {
    ...work,
    ...(saved ? { save: () => saveJournal(work as never, saved) } : {}),
    look: (): Iteration & { violation: number } => ({
      nit: watch.nit,
      nfev: watch.nfev,
      x: solve.here.x.slice(),
      fun: ((maximize ? -1 : 1) * solve.here.f) / evaluator.fScale,
      gradNorm: solve.stationarity,
      stepNorm: solve.stepNorm,
      violation: solve.violationOf(solve.here, false),
      elapsedMs: watch.elapsedMs,
    }),
    out: (end: ConstrainedEnd | Stopped) =>
      new ConstrainedAnswer(end as ConstrainedTermination, watch, {
        solve,
        variant,
        method: method.name,
        hessian,
        names: compiled?.params ?? null,
        compiled: compiled ?? null,
        maximize,
        program: given,
      }) as unknown as ConstrainedResult,
    release: () => undefined,
  };
}

/**
 * Minimises f over x subject to equality c(x) = 0, inequality c(x) >= 0, linear rows l <= Ax <= u and bounds.
 *
 * Multipliers follow L = f - sum lambda_e c_e - sum lambda_i c_i with lambda_i >= 0; `lower` and `upper` >= 0 multiply
 * x - l and u - x; `linear` has one number a row, positive where its lower side binds, negative where its upper does.
 * A multiplier is the rate at which f would rise if its constraint were tightened.
 *
 * Converged is one claim: stationarity, complementarity and violation are within their tolerances at the point returned,
 * the step on would be small, and the Lagrangian does not curve downwards along what binds: from a saddle or a maximum the run goes on, or it
 * ends as `failed/saddle`. (By exact second derivatives up to 400 variables, by differences of gradients up to 60 directions that are left, of
 * values up to 12.) A problem without a feasible point near where the run leads ends as
 * `failed/infeasible`, at a stationary point of the violation.
 *
 * Large sparse programs say where derivatives are not 0: `jacobianPattern` and `hessPattern` of constraints, `hessPattern` of f (compressed
 * rows `{ rowPtr, colIdx }`, of Hessians the lower triangle), and a sparse `linear.A`. Where every second derivative has its pattern,
 * "interiorPoint" works on them alone; other methods take full matrices.
 *
 * @param f a function, `{ fun, grad, hess, hessVec }` as for `minimize`, or a compiled program, which brings its constraints.
 * @param x0 the start; for a compiled program or objective also by names. Outside the bounds it is moved inside.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT before any evaluation; CALLBACK_RESULT when a callback answers
 * anything but what it should. What a callback throws comes out unchanged.
 * @example
 * const r = minimizeConstrained((x) => x[0] + x[1], [1, 1], { inequality: [(x) => 2 - x[0] ** 2 - x[1] ** 2] });
 * r.x; // [-1, -1]
 * r.multipliers.inequality; // [0.5]
 */
export function minimizeConstrained(
  f: Objective | SparseObjective | CompiledProgram,
  x0: ArrayLike<number> | Readonly<Record<string, number>>,
  options: ConstrainedOptions = {},
): ConstrainedResult {
  return run(makeTask("minimizeConstrained", f, x0, options));
}

/**
 * As minimizeConstrained; callbacks may be asynchronous, and the event loop gets a turn at least every 8 ms.
 *
 * @example
 * const { x } = await minimizeConstrainedAsync(([x, y]) => x + y, [1, 1], { inequality: [([x, y]) => 2 - x * x - y * y] });
 * x; // [-1, -1]
 */
export async function minimizeConstrainedAsync(
  f: AsyncObjective | CompiledProgram,
  x0: ArrayLike<number> | Readonly<Record<string, number>>,
  options: AsyncConstrainedOptions = {},
): Promise<ConstrainedResult> {
  return runAsync(makeTask("minimizeConstrainedAsync", f, x0, options));
}

/**
 * minimizeConstrained that the caller pulls, iteration by iteration. `state()` holds what the functions have answered so far; with `resume:
 * state` the same steps are taken again without calling them, and the run goes on to the bit.
 *
 * @throws as minimizeConstrained; SNAPSHOT where the state is damaged, or of another problem, method or direction (`maximize`).
 * @example
 * const f = ([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
 * const options = { inequality: [([x, y]) => 1 - x * x - y * y] };
 * const run = iterateConstrained(f, [-1, 0], options);
 * for (const { nit } of run) if (nit === 3) break;
 * run.result.status; // "stopped"
 */
export function iterateConstrained(
  f: Objective | SparseObjective | CompiledProgram,
  x0: ArrayLike<number> | Readonly<Record<string, number>>,
  options: IterateConstrainedOptions = {},
): ConstrainedIterator {
  return pull(makeTask("iterateConstrained", f, x0, options, true), options.resume !== undefined);
}
