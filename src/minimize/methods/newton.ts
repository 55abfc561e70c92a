// newton: the Hessian in full and its Cholesky factor while n is small, conjugate gradients on products with it
// beyond (Nocedal and Wright, algorithm 7.1).

import { S_GRADIENT, S_STEP } from "../../abi/smooth.js";
import type { Ask } from "../../driver/task.js";
import { checkKeys, choiceOption } from "../../runtime/options.js";
import type { SmoothKernels } from "../../wasm/smooth.js";
import type { Vectors } from "../layout.js";
import { type Solve, UNBOUNDED } from "../solve.js";
import { BoxFactored, boxNewtonVectors } from "./box-newton.js";
import { DIRECTOR_SLOTS, type Director, descent } from "./descent.js";
import { boxedStep, makeSides, type Sides } from "./face.js";
import {
  configured,
  type MethodDefinition,
  type MinimizeMethod,
  makeSearch,
  readSearch,
  type SearchOptions,
  type SearchValues,
  searchKeys,
} from "./types.js";

/** Largest n for which the Hessian is held in full by default. */
const DENSE = 200;
/** The first trial is at most so many times |x| or the last step away, the last one as many times farther. */
const REACH = 10;

export interface NewtonOptions extends SearchOptions {
  /** "cholesky" holds the Hessian in full; "cg" needs only products with it. Default: by n, cg beyond 200. */
  solver?: "auto" | "cholesky" | "cg" | undefined;
}

export const usesProducts = (n: number, solver: unknown): boolean =>
  solver === "cg" || (solver === "auto" && n > DENSE);

/** Vectors that Hessians and their products need, whichever way they come. */
export function hessianVectors(n: number, products: boolean, k: SmoothKernels): Vectors {
  const probes = { v: n, hv: n, px: n, pg: n };
  if (products) return probes;
  return { ...probes, hess: n * n, L: n * n, work: Math.ceil(k.newtonWork(n) / 8) };
}

/** The relative residual at which truncated conjugate gradients stop: min(1/2, sqrt(|g| / |g at the start|)), free of units. */
export const forcing = (length: number, first: number): number =>
  Math.min(0.5, Math.sqrt(first > 0 ? length / first : 1));

abstract class NewtonDirector implements Director {
  slope = 0;
  first = 1;
  longest = UNBOUNDED;
  readonly ready = NaN;
  protected readonly solve: Solve;
  protected readonly d: number;
  /** The next direction is the steepest descent; never survives an accepted step. */
  protected steepest = false;

  constructor(solve: Solve) {
    this.solve = solve;
    this.d = solve.address("d");
  }

  abstract direct(): Ask | null;

  advance(): void {
    const { s, n, kernels, here, there } = this.solve;
    this.steepest = false;
    s[S_GRADIENT] = kernels.amaxF64(n, here.gp);
    s[S_STEP] = kernels.distance(n, here.xp, there.xp);
  }

  forget(): boolean {
    if (this.steepest) return false;
    this.steepest = true;
    return true;
  }

  /** A nearly singular Hessian makes directions of any length: trials stay within reach of x. */
  protected limit(): null {
    const { n, kernels, here } = this.solve;
    const length = kernels.nrm2F64(n, this.d);
    const reach = REACH * Math.max(this.solve.reach, kernels.nrm2F64(n, here.xp));
    this.first = Math.min(1, reach / length);
    this.longest = Math.max(1, (REACH * reach) / length);
    return null;
  }

  protected downhill(): null {
    const { n, kernels, here } = this.solve;
    this.slope = kernels.steepest(n, this.solve.reach, here.gp, this.d);
    return this.limit();
  }
}

class Factored extends NewtonDirector {
  #asked = false;

  direct(): Ask | null {
    if (this.steepest) return this.downhill();
    this.#asked = !this.#asked;
    if (this.#asked) return this.solve.hessian;
    const { solve, d } = this;
    const { n, kernels, here } = solve;
    const [H, L, work] = [solve.address("hess"), solve.address("L"), solve.address("work")];
    this.slope = kernels.newtonDirection(n, H, L, here.gp, d, work);
    return this.limit();
  }
}

/** Truncated: stops at |r| <= forcing |g|, and where the curvature is not positive. */
class Truncated extends NewtonDirector {
  #turn = -1;
  #rr = 0;
  #tolerance = 0;

  direct(): Ask | null {
    if (this.steepest) return this.downhill();
    const { solve, d } = this;
    const { n, kernels: k, here } = solve;
    const [r, v, hv] = [solve.address("pr"), solve.address("v"), solve.address("hv")];
    if (this.#turn < 0) {
      k.fillF64(n, 0, d);
      k.copyF64(n, here.gp, r);
      k.negative(n, here.gp, v);
      this.#rr = k.dotF64(n, r, r);
      const length = Math.sqrt(this.#rr);
      this.#tolerance = forcing(length, solve.firstGradient) * length;
      this.#turn = 0;
      return this.solve.product;
    }
    const curvature = k.dotF64(n, v, hv);
    if (!(curvature > 0)) {
      if (this.#turn === 0) k.copyF64(n, v, d);
      return this.#finish();
    }
    const alpha = this.#rr / curvature;
    k.axpyF64(n, alpha, v, d);
    k.axpyF64(n, alpha, hv, r);
    const next = k.dotF64(n, r, r);
    if (!(Math.sqrt(next) > this.#tolerance) || ++this.#turn > n + 10) return this.#finish();
    k.axpbyF64(n, -1, r, next / this.#rr, v);
    this.#rr = next;
    return this.solve.product;
  }

  #finish(): null {
    const { n, kernels, here } = this.solve;
    this.#turn = -1;
    this.slope = kernels.dotF64(n, here.gp, this.d);
    return this.limit();
  }
}

/** Truncated Newton within bounds. */
class BoxTruncated extends NewtonDirector {
  readonly #sides: Sides;
  #work: Generator<Ask, number, void> | null = null;

  constructor(solve: Solve) {
    super(solve);
    this.#sides = makeSides(solve.n);
  }

  direct(): Ask | null {
    const { solve, d } = this;
    const { n, kernels: k, here, lower, upper, reach } = solve;
    if (!this.steepest) {
      const radius = REACH * Math.max(reach, k.amaxF64(n, here.xp));
      const length = solve.gradientSize(here);
      this.#work ??= boxedStep(
        solve,
        false,
        radius,
        forcing(length, solve.firstGradient) * length,
        this.#sides,
      );
      const next = this.#work.next();
      if (!next.done) return next.value;
      this.#work = null;
      this.slope = k.dotF64(n, here.gp, d);
    }
    if (this.steepest || !(this.slope < 0))
      this.slope = k.projectedDirection(n, reach / solve.steepness, here.xp, here.gp, d, lower, upper);
    this.longest = k.boxLongest(n, here.xp, d, lower, upper);
    return null;
  }

  override advance(): void {
    super.advance();
    this.solve.s[S_GRADIENT] = this.solve.gradientSize(this.solve.here);
  }
}

function directorOf(solve: Solve, products: boolean): Director {
  if (solve.bounded) return products ? new BoxTruncated(solve) : new BoxFactored(solve);
  return products ? new Truncated(solve) : new Factored(solve);
}

const definition: MethodDefinition<SearchValues & { readonly solver: string }> = {
  name: "newton",
  search: true,
  bounds: true,
  vectors(n, o, bounded, k) {
    const products = usesProducts(n, o.solver);
    const own = products ? { pr: n } : bounded ? boxNewtonVectors(n, k.newtonWork(n)) : {};
    return { state: DIRECTOR_SLOTS, d: n, ...hessianVectors(n, products, k), ...own };
  },
  i32: (n, o, bounded) => (bounded && !usesProducts(n, o.solver) ? { held: 2 * n } : {}),
  run(solve, o) {
    const products = usesProducts(solve.n, o.solver);
    solve.curved = !products;
    return descent(solve, makeSearch(o), directorOf(solve, products));
  },
};

/**
 * Newton's method with a line search; the Hessian is made positive definite where it is not. Within bounds the quadratic model is
 * minimised over the box, so that near a solution the step is Newton's on the free variables.
 *
 * @example
 * const f = { fun: ([x]) => x ** 4 - x, grad: ([x], g) => { g[0] = 4 * x ** 3 - 1; }, hess: ([x], H) => { H[0] = 12 * x * x; } };
 * minimize(f, [2], { method: newton() }).x; // [0.63]
 */
export function newton(options: NewtonOptions = {}): MinimizeMethod {
  checkKeys("newton", options, [...searchKeys, "solver"]);
  const solver = choiceOption("newton", "solver", options.solver, ["auto", "cholesky", "cg"], "auto");
  return configured(definition, { ...readSearch("newton", options, "moreThuente", 0.9), solver });
}
