// solveQP and solveLP, with asynchronous twins.

import type { Shape } from "../driver/answer.js";
import { type Pulled, pull, run, runAsync } from "../driver/run.js";
import { checkKeys } from "../runtime/options.js";
import type { ConvexAnswer } from "./answer.js";
import type { MethodName } from "./attempts.js";
import type { ConvexState } from "./convex-state.js";
import { isDense } from "./dense-core.js";
import { settingsElsewhere } from "./elsewhere.js";
import { type LinearProgram, type QuadraticProgram, readProgram } from "./input.js";
import { type ConvexMethod, type InteriorPointMethod, readMethod } from "./methods.js";
import { ConvexTask } from "./run.js";
import { type ConvexSettings, settingKeys } from "./settings.js";

/** A point with multipliers, or a certificate; see the fields. `success` is status "solved". */
export type ConvexResult = Shape<ConvexAnswer>;

export interface SolveQPOptions extends ConvexSettings {
  /**
   * Default "activeSet" where P is dense, positive definite and of order 600 at most, otherwise "interiorPoint"; the result's `method` says
   * which it was. "admm" is for many solves with one factorisation, or for 1e-6 only.
   */
  method?:
    | "interiorPoint"
    | "admm"
    | "activeSet"
    | ConvexMethod<"activeSet">
    | InteriorPointMethod
    | undefined;
}

export interface SolveLPOptions extends ConvexSettings {
  /**
   * Default "interiorPoint". "simplex" ends in a vertex, with its basis; "pdhg" multiplies with A and A' only: for programs too large to
   * factor, to about 1e-6.
   */
  method?:
    | "interiorPoint"
    | "pdhg"
    | "simplex"
    | ConvexMethod<"pdhg" | "simplex">
    | InteriorPointMethod
    | undefined;
}

const keys = [...settingKeys, "method"];

/** Solves one iteration at a time; `state()` is plain data. */
export type ConvexIterator = Pulled<ConvexResult, ConvexState>;

interface Resume {
  /** Continues from a state saved earlier, bit for bit. */
  resume?: ConvexState | undefined;
}
export interface IterateQPOptions extends SolveQPOptions, Resume {}
export interface IterateLPOptions extends SolveLPOptions, Resume {}

function task(
  where: string,
  problem: LinearProgram | QuadraticProgram,
  o: SolveQPOptions | SolveLPOptions,
  methods: readonly MethodName[],
  pulled = false,
): ConvexTask {
  const program = readProgram(where, problem);
  checkKeys(where, o, pulled ? [...keys, "resume"] : keys, settingsElsewhere);
  const usual = isDense(program) ? "activeSet" : "interiorPoint";
  const { name, options } = readMethod(where, o.method, methods, usual, program);
  return new ConvexTask(where, program, o, name, { keeps: pulled, options });
}

function pulledTask(
  where: string,
  problem: LinearProgram | QuadraticProgram,
  o: IterateQPOptions | IterateLPOptions,
  methods: readonly MethodName[],
): ConvexIterator {
  const run = task(where, problem, o, methods, true);
  try {
    if (o.resume !== undefined) run.load(o.resume);
    return pull(run, o.resume !== undefined);
  } catch (error) {
    run.release();
    throw error;
  }
}

/** The task of a room that has a linear or a quadratic program to solve: see solveLP and solveQP. */
export const lpTask = (where: string, problem: LinearProgram, o: SolveLPOptions): ConvexTask =>
  task(where, problem, o, LP);
export const qpTask = (where: string, problem: QuadraticProgram, o: SolveQPOptions): ConvexTask =>
  task(where, problem, o, QP);

const QP = ["interiorPoint", "admm", "activeSet"] as const;
const LP = ["interiorPoint", "pdhg", "simplex"] as const;

/**
 * Minimises x'Px / 2 + q'x subject to l <= Ax <= u and lower <= x <= upper, P positive semidefinite. Multipliers: y of the rows and z
 * of the bounds, positive where the upper side binds, negative where the lower does: Px + q + A'y + z = 0.
 *
 * status "solved"; "primalInfeasible" with certificate { y, z }: A'y + z = 0, and no x has y'Ax + z'x as low as the bounds demand;
 * "dualInfeasible" with a ray { x }; "nonConvex" with { d }, d'Pd < 0; "stopped" at a limit; "failed".
 *
 * Proximal primal-dual interior point (Schwan, Jiang, Kuhn and Jones 2023) with Mehrotra's predictor and corrector, presolve and
 * equilibration; every measure of the answer is computed from the program as given.
 *
 * @throws SHAPE, OPTION (l above u), NON_FINITE_INPUT, NOT_SYMMETRIC.
 * @example
 * // osqp.org's example: x = (0.3, 0.7), y = (-2.9, 0, 0.2)
 * solveQP({ P: [[4, 1], [1, 2]], q: [1, 1], A: [[1, 1], [1, 0], [0, 1]], l: [1, 0, 0], u: [1, 0.7, 0.7] }).x;
 */
export const solveQP = (problem: QuadraticProgram, o: SolveQPOptions = {}): ConvexResult =>
  run(task("solveQP", problem, o, QP));

/**
 * solveQP that lets the event loop go on and takes asynchronous callbacks.
 *
 * @example
 * (await solveQPAsync({ P: [[2]], q: [-4], A: [[1]], u: [1] })).x; // [1]
 */
export const solveQPAsync = async (
  problem: QuadraticProgram,
  o: SolveQPOptions = {},
): Promise<ConvexResult> => runAsync(task("solveQPAsync", problem, o, QP));

/**
 * Minimises c'x subject to l <= Ax <= u and lower <= x <= upper. Statuses and signs as in solveQP, with c for q and P = 0: the
 * multipliers are minus the usual shadow prices of a minimum.
 *
 * @throws SHAPE, OPTION (l above u), NON_FINITE_INPUT.
 * @example
 * // Wyndor Glass (Hillier and Lieberman): x = (2, 6), objective -36, y = (0, 1.5, 1)
 * solveLP({ c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] }).x;
 */
export const solveLP = (problem: LinearProgram, o: SolveLPOptions = {}): ConvexResult =>
  run(task("solveLP", problem, o, LP));

/**
 * solveLP that lets the event loop go on and takes asynchronous callbacks.
 *
 * @example
 * (await solveLPAsync({ c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] })).x; // [2, 6]
 */
export const solveLPAsync = async (problem: LinearProgram, o: SolveLPOptions = {}): Promise<ConvexResult> =>
  runAsync(task("solveLPAsync", problem, o, LP));

/**
 * solveQP that the caller pulls, iteration by iteration ("admm": 25 of them, "activeSet": several changes of its set). `state()` is everything
 * to go on from there, and `resume: state` goes on to the bit: the search for a proof of infeasibility, and "activeSet", are taken again
 * from their beginning, everything else from where it stood.
 *
 * @throws as solveQP; SNAPSHOT where the state is damaged, or of another program or method.
 * @example
 * const program = { P: [[4, 1], [1, 2]], q: [1, 1], A: [[1, 1], [1, 0], [0, 1]], l: [1, 0, 0], u: [1, 0.7, 0.7] };
 * const run = iterateQP(program, { method: "interiorPoint" });
 * run.next();
 * const state = run.state(); // survives structuredClone and JSON
 * run.return(); // gives the memory back
 * const again = iterateQP(program, { method: "interiorPoint", resume: state });
 * for (const { nit, fun } of again) if (nit > 100) break;
 * again.result.x; // [0.3, 0.7]
 */
export const iterateQP = (problem: QuadraticProgram, o: IterateQPOptions = {}): ConvexIterator =>
  pulledTask("iterateQP", problem, o, QP);

/**
 * solveLP that the caller pulls, as iterateQP ("pdhg": 200 iterations at a time; "simplex" is taken again from its beginning).
 *
 * @throws as solveLP; SNAPSHOT where the state is damaged, or of another program or method.
 * @example
 * const run = iterateLP({ c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] });
 * for (const { nit, fun } of run) console.log(nit, fun);
 * run.result.x; // [2, 6]
 */
export const iterateLP = (problem: LinearProgram, o: IterateLPOptions = {}): ConvexIterator =>
  pulledTask("iterateLP", problem, o, LP);
