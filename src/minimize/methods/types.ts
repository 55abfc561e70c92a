// A method is data: a name, checked options, the vectors it needs and the generator that runs it.

import type { Requests } from "../../driver/task.js";
import type { Termination } from "../../driver/types.js";
import { choiceOption, numberOption } from "../../runtime/options.js";
import type { SmoothKernels } from "../../wasm/smooth.js";
import type { IntVector, Vectors } from "../layout.js";
import { Armijo, Fixed } from "../line-search/armijo.js";
import { Exact } from "../line-search/exact.js";
import { HagerZhang } from "../line-search/hager-zhang.js";
import { MoreThuente } from "../line-search/more-thuente.js";
import type { LineSearch } from "../line-search/types.js";
import { Wolfe } from "../line-search/wolfe.js";
import type { Solve } from "../solve.js";

/**
 * @example
 * lineSearchNames.includes("moreThuente"); // true: what `lineSearch` takes
 */
export const lineSearchNames = ["fixed", "exact", "armijo", "wolfe", "moreThuente", "hagerZhang"] as const;
export type LineSearchName = (typeof lineSearchNames)[number];

/** What `readSearch` has read. */
export type SearchValues = {
  readonly lineSearch: LineSearchName;
  readonly c1: number;
  readonly c2: number;
  readonly maxTrials: number;
  readonly step: number;
};

export type OptionValues = Readonly<Record<string, number | string | boolean>>;

/** A configured method: frozen, serves any number of runs. */
export interface MinimizeMethod {
  readonly name: string;
  readonly options: OptionValues;
  /** @internal */
  readonly definition: MethodDefinition;
}

/** What a method knows beside its point after an iteration; only the methods named have it. */
export interface MethodSight {
  /** `trustRegion`: the radius of the next step. */
  readonly radius?: number;
  /** `nelderMead`: copies of the n + 1 vertices, best first, and f at each. */
  readonly simplex?: { readonly points: readonly Float64Array[]; readonly values: Float64Array };
}

/** `O`: the options as the method reads them. */
export interface MethodDefinition<O extends OptionValues = OptionValues> {
  readonly name: string;
  /** Keeps within bounds. */
  readonly bounds?: boolean;
  /** Needs no gradient. */
  readonly derivativeFree?: boolean;
  /** Iterations allowed by default: max(15000, 200 n). */
  iterations?(n: number): number;
  /** Without a search, but judged by its Hessian where it finds no lower point, as methods with one are. */
  readonly rescued?: boolean;
  /** Takes the option lineSearch. */
  readonly search?: boolean;
  /** Lengths of the vectors beyond the points. */
  vectors(n: number, o: O, bounded: boolean, kernels: SmoothKernels): Vectors;
  i32?(n: number, o: O, bounded: boolean): { readonly [name in IntVector]?: number };
  /** What an iteration shows beside the point. */
  shows?(solve: Solve): MethodSight;
  run(solve: Solve, o: O): Requests<Termination>;
}

const methods = new WeakSet<object>();

export function configured<O extends OptionValues>(
  definition: MethodDefinition<O>,
  options: O,
): MinimizeMethod {
  const method: MinimizeMethod = Object.freeze({
    name: definition.name,
    options: Object.freeze(options),
    definition,
  });
  methods.add(method);
  return method;
}

export const isMethod = (value: unknown): value is MinimizeMethod =>
  typeof value === "object" && value !== null && methods.has(value);

/** Options that every method with a line search takes. */
export interface SearchOptions {
  lineSearch?: LineSearchName | undefined;
  /** Sufficient decrease, in (0, 1/2). Default 1e-4. */
  c1?: number | undefined;
  /** Curvature condition, in [c1, 1]. */
  c2?: number | undefined;
  /** Trials of one search. Default 30. */
  maxTrials?: number | undefined;
  /** For `lineSearch: "fixed"`: the step as a multiple of the direction. */
  step?: number | undefined;
}

export const searchKeys = ["lineSearch", "c1", "c2", "maxTrials", "step"] as const;

export function readSearch(
  where: string,
  given: SearchOptions,
  fallback: LineSearchName,
  c2: number,
  step = 1,
): SearchValues {
  const c1 = numberOption(where, "c1", given.c1, 1e-4, { min: 0, max: 0.5, exclusive: true });
  return {
    lineSearch: choiceOption(where, "lineSearch", given.lineSearch, lineSearchNames, fallback),
    c1,
    c2: numberOption(where, "c2", given.c2, Math.max(c2, c1), { min: c1, max: 1 }),
    maxTrials: numberOption(where, "maxTrials", given.maxTrials, 30, { min: 1, integer: true }),
    step: numberOption(where, "step", given.step, step, { min: 0, exclusive: true }),
  };
}

export function makeSearch(o: SearchValues): LineSearch {
  const options = { c1: o.c1, c2: o.c2, maxTrials: o.maxTrials };
  switch (o.lineSearch) {
    case "fixed":
      return new Fixed(o.step);
    case "exact":
      return new Exact();
    case "armijo":
      return new Armijo(options.c1, options.maxTrials);
    case "wolfe":
      return new Wolfe(options);
    case "hagerZhang":
      return new HagerZhang(options);
    default:
      return new MoreThuente(options);
  }
}
