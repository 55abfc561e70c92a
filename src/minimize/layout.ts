// The memory of a minimisation: which vectors a method needs, by its options and the problem.

import type { CoreRuntime } from "../runtime/runtime.js";
import type { WorkspaceSpec } from "../runtime/workspace.js";
import { room, type SmoothKernels } from "../wasm/smooth.js";
import { hessianVectors } from "./methods/newton.js";
import type { MethodDefinition, MinimizeMethod } from "./methods/types.js";

/** Vectors that every method has: three points with their gradients, bounds, and what differences need. */
type Shared =
  | "state"
  | "scratch"
  | "x"
  | "g"
  | "x2"
  | "g2"
  | "x3"
  | "g3"
  | "lower"
  | "upper"
  | "steps"
  | "thirds"
  | "bends"
  | "noise"
  | "probe";
/** Vectors of methods. */
type Own =
  | "state"
  | "d"
  // quasi-Newton: pairs, or the inverse Hessian
  | "S"
  | "Y"
  | "rho"
  | "alpha"
  | "H"
  | "dx"
  | "dg"
  | "Hy"
  // Newton and BFGS within bounds: the Hessian of the free variables
  | "F"
  // a preconditioner's answers
  | "Pg"
  | "Py"
  // L-BFGS-B
  | "SS"
  | "SY"
  | "breaks"
  | "cauchy"
  | "r"
  | "small"
  // Hessians, their products and the subproblems
  | "v"
  | "hv"
  | "px"
  | "pg"
  | "hess"
  | "L"
  | "work"
  | "pr"
  | "p"
  | "hp"
  // the simplex
  | "simplex"
  | "values"
  | "centre"
  | "least"
  // what looks for a lower point before a run gives up
  | "newton";
export type Vector = Shared | Own;
export type IntVector = "heap" | "frame" | "held";
/** Lengths by name: a misspelt vector is an error of the compiler. */
export type Vectors = { readonly [name in Own]?: number };

/** Variables up to which a run that finds no lower point is judged by its Hessian; fewer where that is made of values alone. */
const FEW = 20;
const FEWER = 8;

export const rescued = (method: MethodDefinition, n: number, exact: boolean): boolean =>
  (method.search === true || method.rescued === true) && n <= (exact ? FEW : FEWER);

/** The vectors of a solve; they are counted only when no workspace of this key lies ready. */
class Layout implements WorkspaceSpec<Vector, never, IntVector> {
  readonly key: string;
  readonly #method: MinimizeMethod;
  readonly #n: number;
  readonly #bounded: boolean;
  readonly #exact: boolean;
  readonly #kernels: SmoothKernels;

  constructor(method: MinimizeMethod, n: number, bounded: boolean, exact: boolean, kernels: SmoothKernels) {
    const { name, options } = method;
    const variant = Object.values(options).filter((v) => typeof v !== "string");
    this.key = `${name} ${n} ${bounded ? "bounded " : ""}${exact ? "" : "differences "}${options.solver ?? ""} ${variant}`;
    this.#method = method;
    this.#n = n;
    this.#bounded = bounded;
    this.#exact = exact;
    this.#kernels = kernels;
  }

  get f64(): Record<Vector, number> {
    const n = this.#n;
    const { definition, options } = this.#method;
    const all: { [name in Vector]?: number } = { x: n, g: n, x2: n, g2: n, x3: n, g3: n, scratch: n };
    Object.assign(all, definition.vectors(n, options, this.#bounded, this.#kernels));
    if (this.#bounded) Object.assign(all, { lower: n, upper: n });
    if (!this.#exact) Object.assign(all, { steps: n, thirds: n, bends: n, noise: 1, probe: n });
    if (rescued(definition, n, this.#exact)) {
      all.newton = n;
      for (const [name, size] of Object.entries(hessianVectors(n, false, this.#kernels)))
        all[name as Own] = Math.max(all[name as Own] ?? 0, size);
    }
    return all as Record<Vector, number>;
  }

  get i32(): Record<IntVector, number> {
    const own = this.#method.definition.i32?.(this.#n, this.#method.options, this.#bounded) ?? {};
    return own as Record<IntVector, number>;
  }

  fits(n: number, bounded: boolean, exact: boolean): boolean {
    return n === this.#n && bounded === this.#bounded && exact === this.#exact;
  }
}

const layouts = new WeakMap<MinimizeMethod, Layout>();

/** The layout of the method's last run serves the next of the same shape. */
export function layout(
  method: MinimizeMethod,
  n: number,
  bounded: boolean,
  exact: boolean,
  runtime: CoreRuntime,
): Layout {
  const last = layouts.get(method);
  if (last?.fits(n, bounded, exact)) return last;
  const next = new Layout(method, n, bounded, exact, runtime.kernels(room));
  layouts.set(method, next);
  return next;
}
