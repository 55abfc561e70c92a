// gradientDescent and nonlinearCG: directions from gradients alone.

import { S_COUNT, S_GRADIENT, S_STEP } from "../../abi/smooth.js";
import { checkKeys, choiceOption } from "../../runtime/options.js";
import { Fixed } from "../line-search/armijo.js";
import { type Solve, UNBOUNDED } from "../solve.js";
import { SpectralProjected } from "./box.js";
import { DIRECTOR_SLOTS, type Director, descent } from "./descent.js";
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

/** Length of the last step and its slope, from which the next first trial is guessed. */
const S_LENGTH = DIRECTOR_SLOTS;
const S_SLOPE_BEFORE = DIRECTOR_SLOTS + 1;
const SLOTS = DIRECTOR_SLOTS + 2;
/** The first trial grows at most so much from one search to the next. */
const GROWTH = 10;

abstract class GradientDirector implements Director {
  slope = 0;
  first = 1;
  longest = UNBOUNDED;
  readonly ready = NaN;
  protected readonly solve: Solve;
  protected readonly d: number;

  constructor(solve: Solve) {
    this.solve = solve;
    this.d = solve.address("d");
  }

  /** What the guess is multiplied with: a search that only shortens has to start long. */
  protected boldness = 1;

  abstract direct(): null;

  advance(_stop: number, t: number): void {
    const { s, n, kernels, here, there } = this.solve;
    s[S_LENGTH] = t;
    s[S_SLOPE_BEFORE] = this.slope;
    s[S_COUNT] = 1;
    s[S_GRADIENT] = kernels.amaxF64(n, here.gp);
    s[S_STEP] = kernels.distance(n, here.xp, there.xp);
  }

  /** d = -g; the first trial is a step of length 1 at most. */
  protected downhill(): void {
    const { n, kernels, here } = this.solve;
    this.slope = kernels.negative(n, here.gp, this.d);
    if (this.slope === -Infinity) this.slope = kernels.steepest(n, this.solve.reach, here.gp, this.d);
    this.guess();
  }

  /** The step that would change f as much to first order as the last one did (Nocedal and Wright, section 3.5). */
  protected guess(): void {
    const { s, n, kernels } = this.solve;
    const t = s[S_LENGTH]!;
    const share = s[S_SLOPE_BEFORE]! / this.slope;
    this.first =
      t > 0 && share - share === 0
        ? t * Math.min(this.boldness * share, GROWTH)
        : this.solve.reach / kernels.nrm2F64(n, this.d);
    if (!(this.first > 0)) this.first = 1;
    // The direction has the unit of a gradient: only the first trial says what is long.
    this.longest = Math.min(UNBOUNDED * this.first, Number.MAX_VALUE);
  }

  forget(): boolean {
    const { s } = this.solve;
    if (s[S_COUNT] === 0) return false;
    s[S_COUNT] = 0;
    s[S_LENGTH] = 0;
    return true;
  }
}

class Steepest extends GradientDirector {
  constructor(solve: Solve, shortens: boolean) {
    super(solve);
    if (shortens) this.boldness = 2;
  }

  direct(): null {
    this.downhill();
    return null;
  }
}

const betas = ["prPlus", "hestenesStiefel", "hagerZhang"] as const;
export type ConjugateBeta = (typeof betas)[number];

class Conjugate extends GradientDirector {
  readonly #beta: number;

  constructor(solve: Solve, beta: ConjugateBeta) {
    super(solve);
    this.#beta = betas.indexOf(beta);
  }

  direct(): null {
    const { n, kernels, here, there, s } = this.solve;
    if (s[S_COUNT] === 0) this.downhill();
    else {
      this.slope = kernels.conjugate(n, this.#beta, here.gp, there.gp, this.d);
      this.guess();
    }
    return null;
  }
}

export interface GradientDescentOptions extends SearchOptions {
  /** Default "armijo"; "fixed" takes `step` times the gradient each time. */
  lineSearch?: SearchOptions["lineSearch"];
}

const gradientDefinition: MethodDefinition<SearchValues> = {
  name: "gradientDescent",
  search: true,
  bounds: true,
  iterations: (n) => Math.max(10000, 200 * n),
  vectors: (n) => ({ state: SLOTS, d: n }),
  run(solve, o) {
    const fixed = o.lineSearch === "fixed";
    if (!solve.bounded) return descent(solve, makeSearch(o), new Steepest(solve, o.lineSearch === "armijo"));
    const director = new SpectralProjected(solve, fixed ? o.step : 0);
    return descent(solve, fixed ? new Fixed(1) : makeSearch(o), director);
  },
};

/**
 * Steepest descent. Under bounds the spectral projected gradient.
 *
 * @example
 * minimize(([x, y]) => (x - 1) ** 2 + 10 * (y - x) ** 2, [0, 0], { method: gradientDescent() }).x; // [1, 1]
 */
export function gradientDescent(options: GradientDescentOptions = {}): MinimizeMethod {
  checkKeys("gradientDescent", options, searchKeys);
  return configured(gradientDefinition, readSearch("gradientDescent", options, "armijo", 0.9, 1e-3));
}

export interface NonlinearCGOptions extends SearchOptions {
  /** Default "hagerZhang" (CG_DESCENT); "prPlus": Polak-Ribière, at least 0; "hestenesStiefel", at least 0. */
  beta?: ConjugateBeta | undefined;
}

const conjugateDefinition: MethodDefinition<SearchValues & { readonly beta: ConjugateBeta }> = {
  name: "nonlinearCG",
  search: true,
  iterations: (n) => Math.max(10000, 200 * n),
  vectors: (n) => ({ state: SLOTS, d: n }),
  run: (solve, o) => descent(solve, makeSearch(o), new Conjugate(solve, o.beta)),
};

/**
 * Nonlinear conjugate gradients: three vectors of memory.
 *
 * @example
 * minimize(([x, y]) => (x - 1) ** 2 + 10 * (y - x) ** 2, [0, 0], { method: nonlinearCG({ beta: "prPlus" }) }).x; // [1, 1]
 */
export function nonlinearCG(options: NonlinearCGOptions = {}): MinimizeMethod {
  checkKeys("nonlinearCG", options, [...searchKeys, "beta"]);
  const beta = choiceOption("nonlinearCG", "beta", options.beta, betas, "hagerZhang");
  return configured(conjugateDefinition, {
    ...readSearch("nonlinearCG", options, "moreThuente", 0.1),
    beta,
  });
}
