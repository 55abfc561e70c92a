// The methods of minimizeConstrained as data: a name, checked options and the generator that runs it.

import { DownhillError } from "../../runtime/errors.js";
import {
  booleanOption,
  checkKeys,
  choiceOption,
  type Elsewhere,
  hintFor,
  numberOption,
  optionError,
} from "../../runtime/options.js";
import { givenTo, madeFrom } from "../configured.js";
import { augmentedLagrangian as augmentedLagrangianRun } from "./augmented-lagrangian.js";
import { interiorPoint as interiorPointRun } from "./interior-point.js";
import type { Method, ProgramSolve } from "./solve.js";
import { sqp as sqpRun } from "./sqp.js";

export type HessianKind = "exact" | "bfgs";

/** A configured method: frozen, serves any number of runs. */
export interface ConstrainedMethod<Name extends ConstrainedMethodName = ConstrainedMethodName> {
  readonly name: Name;
  readonly options: Readonly<Record<string, number | string | boolean | undefined>>;
  /** @internal */
  readonly run: (solve: ProgramSolve, hessian: HessianKind) => Method;
}
export type ConstrainedMethodName = "augmentedLagrangian" | "sqp" | "interiorPoint";

export interface SecondOrderOptions {
  /** Second derivatives: "exact" from the user (the default where all are given), or a damped "bfgs" approximation. */
  hessian?: HessianKind | undefined;
}

function configured<Name extends ConstrainedMethodName>(
  name: Name,
  given: object,
  options: ConstrainedMethod["options"],
  run: ConstrainedMethod["run"],
): ConstrainedMethod<Name> {
  const method = Object.freeze({ name, options: Object.freeze(options), run });
  madeFrom(method, given);
  return method;
}

/** "exact" as asked for or where it can be, else "bfgs"; OPTION where it is asked for and cannot be. */
export function hessianOf(where: string, { name, options }: ConstrainedMethod, exact: boolean): HessianKind {
  const wanted = options.hessian as HessianKind | undefined;
  if (wanted === "exact" && !exact) {
    throw new DownhillError(
      "OPTION",
      `${where}: ${name} was to take exact second derivatives, but they are not all given`,
      {
        hint: "give hess (or hessVec) of f and of every constraint, or compile the problem with compileProgram",
        details: { option: "hessian", value: wanted },
      },
    );
  }
  return wanted ?? (exact ? "exact" : "bfgs");
}

const readHessian = (where: string, given: unknown): HessianKind | undefined =>
  given === undefined
    ? undefined
    : choiceOption<HessianKind>(where, "hessian", given, ["exact", "bfgs"], "bfgs");

/**
 * Sequential quadratic programming: each step solves a quadratic program by a dual active-set method; an l1 merit function
 * with second-order correction judges it; contradicting rows get elastic variables. Fewest evaluations; for up to a few
 * hundred variables. Nocedal and Wright, Numerical Optimization (2006), chapter 18.
 *
 * @example
 * const disc = ([x, y]) => 2 - x * x - y * y; // >= 0
 * minimizeConstrained(([x, y]) => x + y, [1, 1], { inequality: [disc], method: sqp({ hessian: "bfgs" }) }).x; // [-1, -1]
 */
export function sqp(o: SecondOrderOptions = {}): ConstrainedMethod {
  checkKeys("sqp", o, ["hessian"]);
  const hessian = readHessian("sqp", o.hessian);
  return configured("sqp", o, { hessian }, (solve, kind) => sqpRun(solve, { hessian: kind }));
}

export interface InteriorPointMethodOptions extends SecondOrderOptions {
  /** The first barrier parameter, > 0. Default 0.1. */
  barrier?: number | undefined;
  /** Of linear and quadratic programs, default true: rows and columns that can be done without are taken out first. */
  presolve?: boolean | undefined;
}

/**
 * A primal-dual interior-point method with a filter line search (Waechter and Biegler, Mathematical Programming 106, 2006,
 * the algorithm of Ipopt): for many inequalities and bounds, best with exact second derivatives. A start on or beyond a
 * bound is moved inside. solveLP and solveQP take it as well, for their own interior point method: with `presolve` and nothing else.
 *
 * @example
 * const program = compileProgram("min x + y; x*y >= 1; x >= 0");
 * minimizeConstrained(program, [2, 2], { method: interiorPoint() }).x; // [1, 1]
 * solveLP({ c: [1], A: [[1]], l: [2] }, { method: interiorPoint({ presolve: false }) }).x; // [2]
 */
export function interiorPoint(o: InteriorPointMethodOptions = {}): ConstrainedMethod<"interiorPoint"> {
  checkKeys("interiorPoint", o, ["hessian", "barrier", "presolve"]);
  if (o.presolve !== undefined) booleanOption("interiorPoint", "presolve", o.presolve, true);
  const hessian = readHessian("interiorPoint", o.hessian);
  const barrier = numberOption("interiorPoint", "barrier", o.barrier, 0.1, { min: 0, exclusive: true });
  return configured("interiorPoint", o, { hessian, barrier }, (solve, kind) =>
    interiorPointRun(solve, { hessian: kind, barrier }),
  );
}

export interface AugmentedLagrangianMethodOptions extends SecondOrderOptions {
  /** The first penalty parameter, > 0. Default: from f and the rows at the start, at most 100. */
  penalty?: number | undefined;
  /**
   * How each minimisation in the box goes: "newton" (default), with a matrix of second derivatives of order n, or
   * "spectralGradient": projected gradients with spectral steps, which stores vectors only and takes many more of them (Birgin,
   * Martinez and Raydan, SIAM J. Optim. 10, 2000).
   */
  inner?: "newton" | "spectralGradient" | undefined;
}

/**
 * The augmented Lagrangian with ALGENCAN's updates (Andreani, Birgin, Martinez and Schuverdt, SIAM J. Optim. 18, 2007):
 * minimisations in the box of f and a penalty shifted by the multipliers. Slower than the others, and the least
 * disturbed by constraints that depend on each other.
 *
 * @example
 * const circle = ([x, y]) => x * x + y * y - 2; // = 0
 * const method = augmentedLagrangian({ penalty: 10 });
 * minimizeConstrained(([x, y]) => x + y, [1, -2], { equality: [circle], method }).x; // [-1, -1]
 */
export function augmentedLagrangian(o: AugmentedLagrangianMethodOptions = {}): ConstrainedMethod {
  const where = "augmentedLagrangian";
  checkKeys(where, o, ["hessian", "penalty", "inner"]);
  const inner = choiceOption(where, "inner", o.inner, ["newton", "spectralGradient"], "newton");
  const hessian = readHessian(where, o.hessian);
  const penalty =
    o.penalty === undefined
      ? undefined
      : numberOption(where, "penalty", o.penalty, 1, { min: 0, exclusive: true });
  return configured("augmentedLagrangian", o, { hessian, penalty, inner }, (solve, kind) =>
    augmentedLagrangianRun(solve, { hessian: kind, penalty, inner }),
  );
}

/**
 * Every method of minimizeConstrained by name.
 *
 * @example
 * constrainedMethods; // ["sqp", "interiorPoint", "augmentedLagrangian"], what `method` takes
 */
export const constrainedMethods = { augmentedLagrangian, sqp, interiorPoint } as const;

const elsewhere: Elsewhere = {
  slsqp: "sqp",
  nlpql: "sqp",
  snopt: "sqp",
  ipopt: "interiorPoint",
  trustconstr: "interiorPoint",
  cobyla: 'it has no derivatives: leave them out of "sqp", too, or take minimizeGlobal',
  auglag: "augmentedLagrangian",
  algencan: "augmentedLagrangian",
  lancelot: "augmentedLagrangian",
};

/** Beyond this many variables and rows the interior point is the default where second derivatives are exact. */
const LARGE = 100;

export function readConstrainedMethod(
  where: string,
  given: unknown,
  size: number,
  exact: boolean,
): ConstrainedMethod {
  if (given === undefined) return size > LARGE && exact ? interiorPoint() : sqp();
  const options = typeof given === "object" && given !== null ? givenTo(given) : undefined;
  if (options && Object.hasOwn(constrainedMethods, (given as ConstrainedMethod).name)) {
    if (options.presolve === undefined) return given as ConstrainedMethod;
    throw new DownhillError("OPTION", `${where}: interiorPoint has no option "presolve" here`, {
      hint: "presolve is of linear and quadratic programs: solveLP, solveQP",
      details: { option: "presolve", value: options.presolve },
    });
  }
  if (typeof given === "string" && Object.hasOwn(constrainedMethods, given))
    return constrainedMethods[given as ConstrainedMethodName]();
  const known = Object.keys(constrainedMethods);
  throw optionError(where, "method", given, `one of ${known.join(", ")}`, hintFor(given, known, elsewhere));
}
