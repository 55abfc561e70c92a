// One minimisation: its memory, its evaluations, its end.

import type { Box } from "../driver/bounds.js";
import { differenceCost, differences } from "../driver/differences.js";
import { advance, close, drive, driveAsync, type Problem, Turns } from "../driver/drive.js";
import { Monitor } from "../driver/monitor.js";
import type { Ask, Limits, Requests, Termination, Tolerances } from "../driver/types.js";
import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { Workspace } from "../runtime/workspace.js";
import { hessianDifferences } from "./hessian-differences.js";
import { layout } from "./layout.js";
import type { MinimizeMethod } from "./methods/types.js";
import {
  checkFilled,
  checkValue,
  isPromise,
  type MaybePromise,
  type ObjectiveParts,
  refusePromise,
} from "./objective.js";
import { BOTH, GRADIENT, HESSIAN, HESSVEC, type Point, Solve, VALUE } from "./solve.js";
import { growSpan, mostRounds, widen } from "./tiny.js";

export interface EngineInput {
  readonly where: string;
  readonly objective: ObjectiveParts<MaybePromise<number>>;
  readonly start: ArrayLike<number>;
  readonly box: Box | null;
  readonly method: MinimizeMethod;
  readonly tolerances: Tolerances;
  readonly central: boolean;
  readonly limits: Limits;
  readonly async: boolean;
  readonly maxIterations: number;
}

/** A walk through callbacks: yields what each returned, and is handed the settled value. */
type Work = Generator<unknown, boolean, unknown>;

type Filler = (x: Float64Array, out: Float64Array) => MaybePromise<number>;

const solves = new WeakMap<Workspace, Solve>();
/** Relative step along v for Hessian-vector products by differences of gradients. */
const VECTOR_STEP = 1.4901161193847656e-8;

export class Engine implements Problem {
  readonly solve: Solve;
  readonly monitor: Monitor;
  readonly workspace: Workspace;
  readonly input: EngineInput;
  readonly #method: Requests;
  /** The clock of an asynchronous run. */
  #turns: Turns | null = null;
  readonly #fun: ((x: Float64Array) => MaybePromise<number>) | undefined;
  readonly #grad: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  readonly #funGrad: Filler | undefined;

  constructor(input: EngineInput) {
    const { where, objective, start, method, tolerances, limits, box } = input;
    const n = start.length;
    this.input = input;
    this.#fun = objective.fun;
    this.#grad = objective.grad;
    this.#funGrad = objective.funGrad;
    this.monitor = new Monitor(where, limits, tolerances, input.maxIterations);
    const exact = (this.#grad ?? this.#funGrad) !== undefined;
    this.workspace = takeWorkspace(
      limits.runtime,
      layout(method, n, box !== null, exact, chosenRuntime(limits.runtime)),
    );
    const solve = solves.get(this.workspace) ?? new Solve(this.workspace, n, box !== null);
    solves.set(this.workspace, solve);
    this.solve = solve;
    solve.reset(tolerances);
    solve.exact = exact;
    solve.hasHess = objective.hess !== undefined;
    solve.hasHessVec = objective.hessVec !== undefined;
    solve.here.x.set(start);
    solve.here.g.fill(NaN);
    if (box) {
      solve.view("lower").set(box.lower);
      solve.view("upper").set(box.upper);
    }
    if (!exact) solve.view("span").fill(0);
    this.#method = method.definition.run(solve, method.options);
  }

  get progress(): Solve {
    return this.solve;
  }

  /** Function calls of a gradient where the value is known already, and of one elsewhere. */
  get #gradientCost(): number {
    if (!this.solve.exact) {
      const rounds = this.monitor.njev > 0 ? 1 : mostRounds(this.solve.here.x);
      return rounds * differenceCost(this.solve.n, this.input.central);
    }
    return this.#grad ? 0 : 1;
  }

  cost(ask: Ask): number {
    const { n, exact, hasHess, hasHessVec } = this.solve;
    if (ask === VALUE) return 1;
    if (ask === BOTH) return exact ? 1 : 1 + this.#gradientCost;
    if (ask === GRADIENT) return this.#gradientCost;
    const probe = exact ? this.#gradientCost : 1 + this.#gradientCost;
    if (ask === HESSVEC) return hasHessVec ? 0 : probe;
    return hasHess || hasHessVec ? 0 : 2 * n * probe;
  }

  answer(ask: Ask): boolean | PromiseLike<boolean> {
    if (ask === BOTH && this.#funGrad) {
      const { at } = this.solve;
      this.monitor.nfev++;
      this.monitor.njev++;
      const value = this.#funGrad(at.x, at.g);
      if (typeof value === "number") {
        at.f = value;
        return true;
      }
      return this.#settle(this.#take(at, value));
    }
    if (ask === VALUE || (ask === BOTH && this.#grad)) {
      const { at } = this.solve;
      const value = this.fun(at.x);
      if (typeof value === "number") {
        at.f = value;
        if (ask === VALUE || !(value - value === 0)) return true;
        this.monitor.njev++;
        const done = (this.#grad as (x: Float64Array, out: Float64Array) => unknown)(at.x, at.g);
        if (done === undefined) return true;
        return this.#settle(this.#fill("grad", done));
      }
      return this.#settle(ask === VALUE ? this.#take(at, value) : this.#both(at, value));
    }
    if (ask === BOTH) return this.#settle(this.#both(this.solve.at, undefined));
    if (ask === HESSIAN) return this.#settle(this.#hessian());
    if (ask === HESSVEC) return this.#settle(this.#product());
    return this.#settle(this.#differentiate(this.solve.at));
  }

  /** The value alone, counted. */
  readonly fun = (x: Float64Array): MaybePromise<number> => {
    this.monitor.nfev++;
    if (this.#fun) return this.#fun(x);
    this.monitor.njev++;
    return (this.#funGrad as Filler)(x, this.solve.view("scratch"));
  };

  /** Runs a walk at once, or from the first promise on asynchronously. */
  #settle(work: Work): boolean | PromiseLike<boolean> {
    let next = work.next();
    while (!next.done) {
      if (isPromise(next.value)) {
        if (!this.input.async) throw refusePromise(this.input.where, next.value);
        return this.#finish(work, next.value);
      }
      if (this.#turns?.due) return this.#finish(work, next.value);
      next = work.next(next.value);
    }
    return next.value;
  }

  async #finish(work: Work, first: unknown): Promise<boolean> {
    const turns = this.#turns as Turns;
    let next = work.next(await first);
    while (!next.done) {
      if (turns.due) await turns.give();
      next = work.next(isPromise(next.value) ? await next.value : next.value);
    }
    return next.value;
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
    if (!(at.f - at.f === 0)) return true;
    at.g.fill(NaN);
    if (!this.monitor.interrupted() && (yield* this.#differentiate(at))) return true;
    // The value is known, so the point may be the best: its gradient is not.
    at.g.fill(NaN);
    if (at === this.solve.there) this.solve.keep();
    return false;
  }

  /** The gradient at a point whose value is known. False when interrupted. */
  *#differentiate(at: Point): Work {
    const { x, g, f } = at;
    const { monitor, input } = this;
    if (this.#grad) {
      monitor.njev++;
      checkFilled(input.where, "grad", yield this.#grad(x, g));
      return true;
    }
    if (this.#funGrad) {
      monitor.nfev++;
      monitor.njev++;
      checkValue(input.where, yield this.#funGrad(x, g));
      return true;
    }
    const { solve } = this;
    const first = monitor.njev++ === 0;
    const span = solve.view("span");
    growSpan(span, x);
    const space = { x: solve.view("probe"), a: solve.view("fa"), b: solve.view("fb") };
    const r = solve.view("fx");
    r[0] = f;
    do {
      for (const out of differences(x, r, g, input.central, input.box, span, space)) {
        monitor.nfev++;
        out[0] = checkValue(input.where, yield (this.#fun as (x: Float64Array) => unknown)(space.x));
        if (monitor.interrupted()) return false;
      }
    } while (first && widen(at, span, input.box, input.central));
    return true;
  }

  *#hessian(): Work {
    const { solve, input, monitor } = this;
    const { hess, hessVec } = input.objective;
    const out = solve.view("hess");
    const { here, n } = solve;
    monitor.nhev++;
    if (hess) {
      checkFilled(input.where, "hess", yield hess(here.x, out));
      return true;
    }
    if (hessVec) {
      const v = solve.view("v");
      for (let j = 0; j < n; j++) {
        v.fill(0);
        v[j] = 1;
        checkFilled(input.where, "hessVec", yield hessVec(here.x, v, out.subarray(j * n, (j + 1) * n)));
      }
      return true;
    }
    for (const at of hessianDifferences(solve, out)) {
      if (!solve.exact) at.f = checkValue(input.where, yield this.fun(at.x));
      if (monitor.interrupted()) return false;
      if (!(yield* this.#differentiate(at))) return false;
      if (monitor.interrupted()) return false;
    }
    return true;
  }

  *#product(): Work {
    const { solve, input, monitor } = this;
    const { hessVec } = input.objective;
    const v = solve.view("v");
    const out = solve.view("hv");
    const { here, kept, n } = solve;
    monitor.nhev++;
    if (hessVec) {
      checkFilled(input.where, "hessVec", yield hessVec(here.x, v, out));
      return true;
    }
    const norm = solve.kernels.nrm2F64(n, solve.address("v"));
    const h = (VECTOR_STEP * (1 + solve.kernels.nrm2F64(n, here.xp))) / norm;
    const probe: Point = { ...kept, x: solve.view("px"), g: out, f: NaN };
    for (let j = 0; j < n; j++) probe.x[j] = (here.x[j] as number) + h * (v[j] as number);
    if (!solve.exact) probe.f = checkValue(input.where, yield this.fun(probe.x));
    if (monitor.interrupted()) return false;
    if (!(yield* this.#differentiate(probe))) return false;
    for (let j = 0; j < n; j++) out[j] = ((out[j] as number) - (here.g[j] as number)) / h;
    return true;
  }

  run(): Termination {
    return drive(this.#method, this, this.monitor);
  }

  runAsync(): Promise<Termination> {
    this.#turns = new Turns();
    return driveAsync(this.#method, this, this.monitor, this.input.limits.signal, this.#turns);
  }

  /** To the end of the next iteration (null), or of the run. */
  advance(): Termination | null {
    return advance(this.#method, this, this.monitor);
  }

  /** Lets the method's own `finally` blocks run, where nothing drives it any more. */
  stop(): void {
    close(this.#method);
  }

  release(): void {
    this.workspace.release();
  }
}
