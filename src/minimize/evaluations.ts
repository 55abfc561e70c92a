// What a method asks for is evaluated here: by the user's callbacks, or by differences where there is none.

import { S_KNOWN } from "../abi/smooth.js";
import { type Walk, walk } from "../driver/walk.js";
import type { Watch } from "../driver/watch.js";
import { gradientCost, gradientDifferences } from "./gradient-differences.js";
import { hessianDifferences } from "./hessian-differences.js";
import type { MinimizeInput } from "./minimisation.js";
import { checkFilled, checkValue, type MaybePromise } from "./objective.js";
import { CANCELLED, type Evaluator, type Point, type Solve, type Wanted } from "./solve.js";

/** Answers `false` when a limit came between two callbacks. */
type Work = Walk<boolean>;
type Filler = (x: Float64Array, out: Float64Array) => MaybePromise<number>;

/** Relative step along v for Hessian-vector products by differences of gradients. */
const VECTOR_STEP = 1.4901161193847656e-8;
/** Gradients with the same steps. */
const RENEWAL = 20;
/** Noise of so small a share of f may be its rounding. */
const QUIET = 1e-12;
/** Variables up to which a loop copies faster than `set`. */
const FEW = 32;

/** The gradient there is the one of another point until it is asked for. */
const unknown = ({ g }: Point): void => {
  g.fill(NaN);
};

export class Evaluations implements Evaluator {
  readonly input: MinimizeInput;
  readonly solve: Solve;
  readonly watch: Watch;
  readonly #fun: ((x: Float64Array) => MaybePromise<number>) | undefined;
  readonly #grad: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  readonly #funGrad: Filler | undefined;

  /** What callbacks are lent: whatever they write into it reaches nobody. */
  readonly #lent: Float64Array;

  constructor(input: MinimizeInput, solve: Solve, watch: Watch) {
    this.input = input;
    this.solve = solve;
    this.watch = watch;
    this.#fun = input.objective.fun;
    this.#grad = input.objective.grad;
    this.#funGrad = input.objective.funGrad;
    this.#lent = solve.lent;
  }

  /** Function calls of a gradient where the value is known already, and of one elsewhere. */
  get #gradientCost(): number {
    if (!this.solve.exact) return gradientCost(this.solve.n, this.input.central);
    return this.#grad ? 0 : 1;
  }

  costOf(what: Wanted): number {
    const { n, exact, hasHess, hasHessVec, bounded } = this.solve;
    if (what === "value") return 1;
    if (what === "both") return exact ? 1 : 1 + this.#gradientCost;
    if (what === "gradient") return this.#gradientCost;
    const probe = exact ? this.#gradientCost : 1 + this.#gradientCost;
    if (what === "product") return hasHessVec ? 0 : bounded ? 2 * probe : probe;
    return hasHess || hasHessVec ? 0 : 2 * n * probe;
  }

  /** Nothing where it is done, false where a limit came between, or a promise of either. */
  evaluate(what: Wanted): unknown {
    const { watch } = this;
    const { at } = this.solve;
    if (what === "both" && this.#funGrad) {
      watch.nfev++;
      watch.njev++;
      const value = this.#funGrad(this.#lend(at.x), at.g);
      if (typeof value !== "number") return this.#walk(this.#take(at, value));
      at.f = value;
      return undefined;
    }
    if (what === "value" || (what === "both" && this.#grad)) {
      if (what === "value") unknown(at);
      const value = this.fun(at.x);
      if (typeof value !== "number")
        return this.#walk(what === "value" ? this.#take(at, value) : this.#both(at, value));
      at.f = value;
      if (what === "value") return undefined;
      if (!(value - value === 0)) return unknown(at);
      watch.njev++;
      const done = this.#grad!(this.#lend(at.x), at.g);
      return done === undefined ? undefined : this.#walk(this.#fill("grad", done));
    }
    if (what === "both") return this.#walk(this.#both(at, undefined));
    if (what === "hessian") return this.#walk(this.#hessian());
    if (what === "product") return this.#walk(this.#product());
    return this.#walk(this.#differentiate(at));
  }

  get where(): string {
    return this.input.where;
  }

  fill(
    name: string,
    f: (x: Float64Array, out: Float64Array) => unknown,
    x: Float64Array,
    out: Float64Array,
  ): unknown {
    return this.#walk(this.#fill(name, f(this.#lend(x), out)));
  }

  #walk(work: Work): unknown {
    const done = walk(this.watch, work, false);
    return done === true ? undefined : done;
  }

  /** A copy for a callback. */
  #lend(x: Float64Array): Float64Array {
    const lent = this.#lent;
    const n = x.length;
    if (n > FEW) lent.set(x);
    else for (let j = 0; j < n; j++) lent[j] = x[j]!;
    return lent;
  }

  /** The value alone, counted. */
  fun(x: Float64Array): MaybePromise<number> {
    this.watch.nfev++;
    if (this.#fun) return this.#fun(this.#lend(x));
    this.watch.njev++;
    return this.#funGrad!(this.#lend(x), this.solve.view("scratch"));
  }

  *#take(at: Point, value: unknown): Work {
    at.f = checkValue(this.input.where, yield value);
    return true;
  }

  *#fill(name: string, done: unknown): Work {
    checkFilled(this.input.where, name, yield done);
    return true;
  }

  *#both(at: Point, value: unknown): Work {
    at.f = checkValue(this.input.where, yield value === undefined ? this.fun(at.x) : value);
    unknown(at);
    if (!(at.f - at.f === 0)) return true;
    if (!this.watch.interrupted() && (yield* this.#differentiate(at))) return true;
    // The value is known, so the point may be the best: its gradient is not.
    unknown(at);
    if (at === this.solve.there) this.solve.keep();
    return false;
  }

  /** The gradient at a point whose value is known. False when interrupted. */
  *#differentiate(at: Point): Work {
    const { x, g } = at;
    const { watch, input } = this;
    if (this.#grad) {
      watch.njev++;
      checkFilled(input.where, "grad", yield this.#grad(this.#lend(x), g));
      return true;
    }
    if (this.#funGrad) {
      watch.nfev++;
      watch.njev++;
      checkValue(input.where, yield this.#funGrad(this.#lend(x), g));
      return true;
    }
    const { solve } = this;
    // Errors are measured now and then,
    const measure = watch.njev % RENEWAL === 0;
    if (!input.central && measure) solve.view("steps").fill(0);
    watch.njev++;
    if (!(yield* this.#byDifferences(at, measure))) return false;
    // and where a claim rests on them.
    const claimed = solve.counted(solve.gradientSize(at), at) <= solve.tolerances.gradTol;
    return measure || !claimed || !input.central || (yield* this.#byDifferences(at, true));
  }

  *#byDifferences({ x, g, f }: Point, measure: boolean): Work {
    const { solve, input, watch } = this;
    const view = solve.view.bind(solve);
    const [probe, noise] = [view("probe"), view("noise")];
    const memory = { steps: view("steps"), thirds: view("thirds"), bends: view("bends"), noise, probe };
    const { central, box, differenceStep } = input;
    const work = gradientDifferences(x, f, g, central, box, memory, measure, differenceStep);
    let next = work.next();
    while (!next.done) {
      if (watch.before(1)) return false;
      watch.nfev++;
      next = work.next(checkValue(input.where, yield this.#fun!(this.#lend(probe))));
    }
    solve.error = next.value;
    solve.noise = Math.min(noise[0]!, Math.max(QUIET * Math.abs(f), CANCELLED * solve.firstValue));
    return true;
  }

  *#hessian(): Work {
    const { solve, input, watch } = this;
    const { hess, hessVec } = input.objective;
    const out = solve.view("hess");
    const { here, n } = solve;
    watch.nhev++;
    solve.s[S_KNOWN] = Math.max(1, solve.s[S_KNOWN]!);
    if (hess) {
      // What is left out is 0, not what an earlier run left there.
      checkFilled(input.where, "hess", yield hess(this.#lend(here.x), out.fill(0)));
      return true;
    }
    if (hessVec) {
      const v = solve.view("v");
      for (let j = 0; j < n; j++) {
        v.fill(0);
        v[j] = 1;
        checkFilled(input.where, "hessVec", yield this.#times(v, out.subarray(j * n, (j + 1) * n)));
      }
      return true;
    }
    for (const at of hessianDifferences(solve, out, input.differenceStep)) {
      if (!solve.exact) at.f = checkValue(input.where, yield this.fun(at.x));
      if (watch.interrupted()) return false;
      if (!(yield* this.#differentiate(at))) return false;
      if (watch.interrupted()) return false;
    }
    return true;
  }

  /** The user's product of the Hessian with v, which is lent too. */
  #times(v: Float64Array, out: Float64Array): unknown {
    const lent = this.solve.view("scratch");
    lent.set(v);
    return this.input.objective.hessVec!(this.#lend(this.solve.here.x), lent, out.fill(0));
  }

  *#product(): Work {
    const { solve, input, watch } = this;
    const { hessVec } = input.objective;
    const v = solve.view("v");
    const out = solve.view("hv");
    const { here, n } = solve;
    watch.nhev++;
    if (hessVec) {
      checkFilled(input.where, "hessVec", yield this.#times(v, out));
      return true;
    }
    const norm = solve.kernels.nrm2F64(n, solve.address("v"));
    const h = (VECTOR_STEP * Math.max(solve.kernels.nrm2F64(n, here.xp), solve.reach)) / norm;
    const probe = solve.point("px", "hv");
    if (!(yield* this.#along(probe, h, 1))) return false;
    if (!solve.bounded) {
      for (let j = 0; j < n; j++) out[j] = (out[j]! - here.g[j]!) / h;
      return true;
    }
    // Components whose step would leave the box go the other way, in an evaluation of their own.
    const back = solve.point("px", "pg");
    const other = this.#crosses(h);
    if (other && !(yield* this.#along(back, h, -1))) return false;
    const from = other ? back.g : here.g;
    for (let j = 0; j < n; j++) out[j] = (out[j]! - from[j]!) / h;
    return true;
  }

  #crosses(h: number): boolean {
    const { solve, input } = this;
    const { here, n } = solve;
    const v = solve.view("v");
    for (let j = 0; j < n; j++) {
      const to = here.x[j]! + h * v[j]!;
      if (to < input.box!.lower[j]! || to > input.box!.upper[j]!) return true;
    }
    return false;
  }

  /** The gradient h v away; within bounds along the components that may go that way: side 1 has those of +v, -1 what is left. */
  *#along(probe: Point, h: number, side: 1 | -1): Work {
    const { solve, watch, input } = this;
    const { here, n } = solve;
    const { box } = input;
    const v = solve.view("v");
    for (let j = 0; j < n; j++) {
      const x = here.x[j]!;
      const step = h * v[j]!;
      const forth = !box || (x + step >= box.lower[j]! && x + step <= box.upper[j]!);
      const to = forth ? (side === 1 ? x + step : x) : side === 1 ? x : x - step;
      probe.x[j] = solve.within(to, j);
    }
    if (!solve.exact) probe.f = checkValue(input.where, yield this.fun(probe.x));
    if (watch.interrupted()) return false;
    return yield* this.#differentiate(probe);
  }
}
