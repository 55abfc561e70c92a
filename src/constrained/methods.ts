// Methods of linear and quadratic programs that take options, as data; those without are told by name.

import { DownhillError } from "../runtime/errors.js";
import { booleanOption, callIt, checkKeys, choiceOption } from "../runtime/options.js";
import type { MethodName } from "./attempts.js";
import { givenTo, madeFrom } from "./configured.js";
import { methodsElsewhere } from "./elsewhere.js";
import type { Program } from "./program.js";
import { type Basis, readBasis } from "./simplex/basis.js";

export interface ConvexMethodOptions {
  /** Default true: rows and columns that can be done without are taken out first. */
  readonly presolve?: boolean | undefined;
  readonly basis?: Basis | undefined;
}

/** A configured method: frozen, serves any number of runs. */
export interface ConvexMethod<Name extends string = "simplex" | "pdhg" | "activeSet"> {
  readonly name: Name;
  readonly options: ConvexMethodOptions;
}

function configured<Name extends "simplex" | "pdhg" | "activeSet">(
  name: Name,
  options: ConvexMethodOptions,
): ConvexMethod<Name> {
  const method = Object.freeze({ name, options: Object.freeze(options) });
  madeFrom(method, options);
  return method;
}

export interface SimplexOptions {
  /**
   * Starts from this basis, as an earlier result has it, without presolve: of the same program with other costs or sides. Where too
   * few variables are basic, or columns depend on each other, rows take their places.
   */
  basis?: Basis | undefined;
  /** Default true: rows and columns that can be done without are taken out first. False shows every vertex of the program as given. */
  presolve?: boolean | undefined;
}

/**
 * The simplex method for bounded variables: dual steps (steepest edge, bound flipping) with costs changed so that they can begin, then
 * primal ones (Devex); sparse L U of the basis with updates in product form. It ends in a vertex, with its basis. Koberstein, The Dual
 * Simplex Method (2005); Maros, Computational Techniques of the Simplex Method (2003).
 *
 * @example
 * const program = { c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] };
 * const { basis } = solveLP(program, { method: simplex() }); // x = (2, 6): both basic, with the first row
 * solveLP({ ...program, u: [4, 13, 18] }, { method: simplex({ basis }) }).nit; // 1 at most: the same basis is optimal
 */
export function simplex(o: SimplexOptions = {}): ConvexMethod<"simplex"> {
  checkKeys("simplex", o, ["basis", "presolve"]);
  const presolve =
    o.presolve === undefined ? undefined : booleanOption("simplex", "presolve", o.presolve, true);
  return configured("simplex", { presolve, basis: o.basis });
}

/**
 * Primal-dual hybrid gradients with options (see method "pdhg" of solveLP): `presolve: false` iterates on the program as given.
 *
 * @example
 * const program = { c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] };
 * solveLP(program, { method: pdhg({ presolve: false }) }).x; // [2, 6]
 */
export function pdhg(o: Pick<SimplexOptions, "presolve"> = {}): ConvexMethod<"pdhg"> {
  checkKeys("pdhg", o, ["presolve"]);
  const presolve = o.presolve === undefined ? undefined : booleanOption("pdhg", "presolve", o.presolve, true);
  return configured("pdhg", { presolve });
}

/**
 * The dual active-set method of solveQP (see there), without options.
 *
 * @example
 * solveQP({ P: [[2]], q: [-4], A: [[1]], u: [1] }, { method: activeSet() }).x; // [1]
 */
export const activeSet = (): ConvexMethod<"activeSet"> => configured("activeSet", {});

/** `interiorPoint()`, which minimizeConstrained takes too. */
export interface InteriorPointMethod {
  readonly name: "interiorPoint";
  readonly options: object;
}

/** A name or a configured method; OPTION where this solver does not have it, SHAPE where its basis is of another program. */
export function readMethod(
  where: string,
  given: string | ConvexMethod | InteriorPointMethod | undefined,
  methods: readonly MethodName[],
  usual: MethodName,
  { n, m }: Program,
): { name: MethodName; options: ConvexMethodOptions } {
  if (typeof given === "function") {
    const hint = callIt(given, methods);
    throw new DownhillError(
      "OPTION",
      `${where}: method must be one of ${methods.join(", ")}, got a function`,
      {
        hint: hint?.includes("admm") ? 'here it has no options: "admm"' : hint,
        details: { option: "method", value: given },
      },
    );
  }
  if (typeof given !== "object" || given === null)
    return { name: choiceOption(where, "method", given, methods, usual, methodsElsewhere), options: {} };
  const options = givenTo(given) as ConvexMethodOptions | undefined;
  if (!options || !methods.includes(given.name)) {
    throw new DownhillError(
      "OPTION",
      `${where}: method must be one of ${methods.join(", ")}, got an object`,
      {
        hint: "an object comes from interiorPoint(), simplex(), pdhg() or activeSet()",
        details: { option: "method", value: given },
      },
    );
  }
  const { name } = given;
  for (const key of ["hessian", "barrier"]) {
    const value = (options as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) continue;
    throw new DownhillError("OPTION", `${where}: ${name} has no option "${key}" here`, {
      hint: `${key} is of nonlinear programs: minimizeConstrained`,
      details: { option: key, value },
    });
  }
  if (options.basis === undefined) return { name, options };
  return { name, options: { ...options, basis: readBasis(where, options.basis, n, m) } };
}
