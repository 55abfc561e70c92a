// What a method and its problem share: one object a run. A method reads and writes points, says where to evaluate,
// and publishes its progress; everything that must survive from one iteration to the next lies in the workspace.

import { S_GRADIENT, S_SOFT, S_STEP, S_SY } from "../abi/smooth.js";
import { type Ask, type Call, Measure, type Method } from "../driver/task.js";
import type { Termination, Tolerances } from "../driver/types.js";
import type { Workspace } from "../runtime/workspace.js";
import { room, type SmoothKernels } from "../wasm/smooth.js";
import { outlook, type Seen } from "./evidence.js";
import { LAST_BIT } from "./last-bit.js";
import type { IntVector, Vector } from "./layout.js";

/** A point with its value and gradient, and their addresses. */
export interface Point {
  readonly x: Float64Array;
  readonly g: Float64Array;
  readonly xp: number;
  readonly gp: number;
  f: number;
}

/** Who evaluates: the answers to what a method asks for at `solve.at`. */
export interface Evaluator {
  costOf(what: Wanted): number;
  evaluate(what: Wanted): unknown;
  /** A callback of a method that fills `out`; x is lent. */
  fill(
    name: string,
    f: (x: Float64Array, out: Float64Array) => unknown,
    x: Float64Array,
    out: Float64Array,
  ): unknown;
  /** The function that was called. */
  readonly where: string;
}

export type Wanted = "value" | "both" | "gradient" | "hessian" | "product";
export type MinimizeRun = Method<Termination>;

/** A variable beyond FAR times the size of the start means that the run diverges. */
export const FAR = 1e15;
/** Where nothing bounds a step: so many times the direction. */
export const UNBOUNDED = 1e15;
/** A run that cannot lower f further has converged when the decrease its model promises is lost in the rounding of f, */
export const PROMISE = 1e-13;
/** and what is left by the least curvature along its steps is so small a share of |f|. */
const LEFT_OVER = 1e-10;
/** f may be made of terms as large as its first value, which cancel: so small a share of that is rounding too. */
export const CANCELLED = 1.7763568394002505e-15;
/** Curvature along a valley may be so many times smaller than along each variable. */
const ACROSS = 100;
/** What is promised shows in noise of 1 only where it is larger than this. */
export const HIDDEN = 32;
/** The first step is at least this share of the length to a zero of f's linear model, */
const SHORTEST = 1e-6;
/** where that says anything: no unit makes a value so small, or a variable. */
const LEAST_VALUE = 1e-120;
const LEAST_SIZE = 1e-60;
/** A rise of f by more than this share is not rounding. */
const RISE = 8.881784197001252e-16;

const measure = (reason: "target" | "gradient" | "fun" | "step", tolerance: number) =>
  new Measure<Termination>(reason, tolerance, { status: "converged", reason });

/** A change by more than this share matters to f, */
export const MATTERS = 1e-5;
/** unless it is by so many times f: then f is next to nothing. */
const NOTHING = 1e6;

const NEVER: Tolerances = { gradTol: 0, stepTol: 0, funTol: 0, target: -Infinity };
/** In place of gradTolRelative: nobody said what is small. */
export const BY_UNIT = -1;
/** What the measure of gradTolRelative is called in reports. */
export const RELATIVE = "relative gradient";

export class Solve {
  readonly n: number;
  readonly kernels: SmoothKernels;
  readonly workspace: Workspace<Vector, never, IntVector>;
  /** Slots of the state: those the kernels know, then the method's own. */
  readonly s: Float64Array;
  readonly state: number;
  /** The current point; the trial. They change places when a trial is accepted. */
  here: Point;
  there: Point;
  /** The best trial that was not accepted, since it was lower than the point. */
  readonly kept: Point;
  /** Where to evaluate, set with every request. */
  at: Point;
  /** Bounds and their addresses. */
  readonly bounded: boolean;
  readonly lower: number;
  readonly upper: number;
  tolerances = NEVER;
  /** False when the run continues from a checkpoint. */
  fresh = true;
  /** The start has a finite value and gradient. */
  started = false;
  /** Derivatives come from the user, not from differences. */
  exact = true;
  /** Which second derivatives the user gives. */
  /** The bounds, where there are any. */
  readonly sides: readonly [lower: Float64Array, upper: Float64Array] | readonly [null, null];
  hasHess = false;
  hasHessVec = false;
  /** The best point so far, and the size of the last step. */
  x: Float64Array;
  gradNorm = NaN;
  stepNorm = 0;
  /** The convergence tests, and what each of them measures. */
  measures: readonly Measure<Termination>[] = [];
  #lowest = measure("target", -Infinity);
  #gradient = measure("gradient", 0);
  #decrease = measure("fun", 0);
  #step = measure("step", 0);
  #relative = measure("gradient", 0);
  /** What a method yields: the value at `at`, its gradient where the value is known, or both, */
  readonly value: Call;
  readonly both: Call;
  readonly derivative: Call;
  /** the Hessian at `here` into the vector "hess", or its product with the vector "v" into the vector "hv". */
  readonly hessian: Call;
  readonly product: Call;
  evaluator: Evaluator | null = null;
  /** For the copies of points that callbacks are lent. */
  readonly lent: Float64Array;
  /** State of a method that keeps some outside the workspace: how to save it, and what to continue from. */
  carry: { state(): unknown } | null = null;
  carried: unknown = null;
  /** Size of the start: max |x0|, or the length to a zero of f's linear model. */
  scale = 1;
  /** A run that finds no lower point is judged by its Hessian. */
  judged = false;
  /** Compares the gradient with differences of f; true when it is in doubt. */
  doubter: { doubt(): Generator<Ask, boolean, void> } | null = null;
  /** Error of the gradient's components, where it comes from differences. */
  error = 0;
  /** Noise of f as differences found it, where it is of the kind of rounding. */
  noise = 0;
  /** max |g| at the start, of the projected gradient within bounds: what relative tolerances refer to. */
  firstGradient = 0;
  /** |f| at the start. */
  firstValue = 0;
  /** The Hessian is held in full, so that what a stationary point is can be told. */
  curved = false;

  constructor(workspace: Workspace<Vector, never, IntVector>, n: number, bounded: boolean) {
    this.n = n;
    this.workspace = workspace;
    this.kernels = workspace.runtime.kernels(room);
    this.s = this.view("state");
    this.state = this.address("state");
    this.here = this.point("x", "g");
    this.there = this.point("x2", "g2");
    this.kept = this.point("x3", "g3");
    this.lent = new Float64Array(n);
    this.at = this.here;
    this.x = this.here.x;
    this.bounded = bounded;
    this.sides = bounded ? [this.view("lower"), this.view("upper")] : [null, null];
    this.lower = bounded ? this.address("lower") : 0;
    this.upper = bounded ? this.address("upper") : 0;
    this.value = this.#call("value");
    this.both = this.#call("both");
    this.derivative = this.#call("gradient");
    this.hessian = this.#call("hessian");
    this.product = this.#call("product");
  }

  #call(what: Wanted): Call {
    return {
      kind: "call",
      cost: () => this.evaluator!.costOf(what),
      run: () => this.evaluator!.evaluate(what),
    };
  }

  view(name: Vector): Float64Array {
    return this.workspace.f64[name];
  }

  address(name: Vector | IntVector): number {
    return this.workspace.at[name];
  }

  get fun(): number {
    return this.#lowest.value;
  }
  set fun(f: number) {
    this.#lowest.value = f;
  }
  get gradient(): number {
    return this.#gradient.value;
  }
  set gradient(size: number) {
    this.#gradient.value = size;
    this.#relative.value = this.firstGradient > 0 ? size / this.firstGradient : size > 0 ? Infinity : 0;
  }
  get decrease(): number {
    return this.#decrease.value;
  }
  set decrease(size: number) {
    this.#decrease.value = size;
  }
  get step(): number {
    return this.#step.value;
  }
  set step(size: number) {
    this.#step.value = size;
  }

  point(x: Vector, g: Vector): Point {
    return {
      x: this.view(x),
      g: this.view(g),
      xp: this.address(x),
      gp: this.address(g),
      f: NaN,
    };
  }

  /** Back to how a new object is, for a workspace that comes from the free-list. */
  reset(tolerances: Tolerances, evaluator: Evaluator, relative = 0): void {
    this.s.fill(0);
    this.tolerances = tolerances;
    this.evaluator = evaluator;
    this.#lowest = measure("target", tolerances.target);
    this.#gradient = measure("gradient", tolerances.gradTol);
    this.#decrease = measure("fun", tolerances.funTol);
    this.#step = measure("step", tolerances.stepTol);
    this.#relative = new Measure<Termination>(RELATIVE, relative, {
      status: "converged",
      reason: "gradient",
    });
    const rest = [this.#gradient, ...(relative > 0 ? [this.#relative] : []), this.#decrease, this.#step];
    this.measures = tolerances.target === -Infinity ? rest : [this.#lowest, ...rest];
    this.fresh = this.exact = true;
    this.started = this.hasHess = this.hasHessVec = false;
    this.here.f = this.there.f = this.kept.f = this.fun = this.gradNorm = NaN;
    this.x = this.here.x;
    this.at = this.here;
    this.stepNorm = this.error = this.noise = this.firstGradient = this.firstValue = 0;
    this.curved = false;
    this.carry = this.carried = null;
  }

  /** The trial is not to be accepted: remembers it when it is the lowest so far. */
  keep(): void {
    const { there, kept, n, kernels } = this;
    if (!(there.f < this.here.f) || kept.f <= there.f) return;
    kept.f = there.f;
    kernels.copyF64(n, there.xp, kept.xp);
    kernels.copyF64(n, there.gp, kept.gp);
  }

  /** Steps to the trial; `there` is then the point before. */
  accept(): void {
    const { here, there, kept } = this;
    if (here.f < there.f) this.keepHere();
    else if (!(kept.f < there.f)) kept.f = NaN;
    this.here = there;
    this.there = here;
    // The best point so far, which a step up leaves behind.
    const best = kept.f < there.f ? kept : there;
    this.x = best.x;
    this.fun = best.f;
  }

  /** Remembers the current point before a step that may go up. */
  keepHere(): void {
    const { here, kept, n, kernels } = this;
    if (kept.f <= here.f) return;
    kept.f = here.f;
    kernels.copyF64(n, here.xp, kept.xp);
    kernels.copyF64(n, here.gp, kept.gp);
  }

  /**
   * Measures of an accepted step; call it while `there` is the point before. `promised` is what was asked for at least, so
   * that a step whose gain is lost in rounding is not taken for none. `seen`: by a kernel, which uses `there` already.
   */
  measure(promised: number, seen?: Seen): void {
    const { here, there, n, kernels } = this;
    const { stepTol, funTol } = this.tolerances;
    this.step = stepTol > 0 ? kernels.relativeStep(n, here.xp, there.xp) : Infinity;
    const size = Math.max(Math.abs(here.f), Math.abs(there.f));
    const gain = Math.max(there.f - here.f, promised);
    // A step up beyond rounding is no sign of the end. Two zeros may be a step across a minimum.
    if (here.f - there.f > RISE * size) this.decrease = this.step = Infinity;
    else this.decrease = gain > 0 || size > 0 ? gain / size : 0;
    if (this.step <= stepTol || this.decrease <= funTol) this.confirm(size, seen);
  }

  /** A small step or decrease counts for no less than what is left. */
  confirm(size: number, seen?: Seen): void {
    const left = outlook(this, size, seen);
    this.step = Math.max(this.step, left.step);
    this.decrease = Math.max(this.decrease, left.decrease);
  }

  /** Gradient measures from the state's slots, as the kernels left them. */
  publish(): void {
    const { s } = this;
    this.foundGradient(s[S_GRADIENT]!);
    this.stepNorm = s[S_STEP]!;
    // At a kink the steps shrink, and the curvature along them grows without bound: what a longer one saw stays known.
    const soft = (this.stepNorm * this.stepNorm) / s[S_SY]!;
    if (soft > s[S_SOFT]! && soft < Infinity) s[S_SOFT] = soft;
  }

  /** A gradient is not below its own error. */
  foundGradient(size: number): void {
    if (this.firstGradient === 0) {
      this.firstGradient = size;
      this.firstValue = Math.abs(this.here.f);
    }
    this.gradNorm = size;
    this.gradient = this.counted(size + this.error, this.here);
  }

  /**
   * What a gradient of this size counts for. The default of gradTol is made for values of the order of 1: in small units a gradient within it counts for the
   * share of f that a step of the size of x would change, unless that is nothing beside f, or so much that f itself is next to nothing, or no
   * unit makes f so small.
   */
  counted(size: number, { f, xp }: Point): number {
    if (size > this.tolerances.gradTol || !this.byUnit || Math.abs(f) < LEAST_VALUE) return size;
    const change = (size * Math.max(1, this.kernels.amaxF64(this.n, xp))) / Math.abs(f);
    return change > MATTERS && change < NOTHING ? change : size;
  }

  /** Nobody said what is small. */
  get byUnit(): boolean {
    return this.#relative.tolerance === BY_UNIT;
  }

  /** A test of convergence is met, other than the target. */
  get met(): boolean {
    const { measures, fun, tolerances } = this;
    if (fun <= tolerances.target) return false;
    return measures.some(({ value, tolerance }) => value <= tolerance);
  }

  /** max |g| at which no further direction is needed. */
  get stop(): number {
    return this.exact && !this.byUnit ? this.tolerances.gradTol : 0;
  }

  /**
   * Length of a step along the steepest descent, in the units of x: the last step's; at the start max |x0|, unless that
   * is nothing beside the way to a zero of f's linear model, 2 |f| / |g|.
   */
  get reach(): number {
    if (this.stepNorm > 0) return this.stepNorm;
    const { n, kernels, here } = this;
    const size = kernels.amaxF64(n, here.xp);
    const zero = (2 * Math.abs(here.f)) / this.steepness;
    // Of f = 0 at x = 0 nothing is known.
    const way = Math.abs(here.f) > LEAST_VALUE && zero < Infinity ? zero : 1;
    return size > LEAST_SIZE ? Math.max(size, SHORTEST * way) : way;
  }

  /** v, or the bound of x_j that it is beyond. */
  within(v: number, j: number): number {
    const [lower, upper] = this.sides;
    return lower ? Math.min(Math.max(v, lower[j]!), upper[j]!) : v;
  }

  /** How far x_j may go down the slope. */
  room(j: number): number {
    const { sides, here } = this;
    const [x, g] = [here.x[j]!, here.g[j]!];
    return sides[0] ? (g > 0 ? x - sides[0][j]! : sides[1][j]! - x) : Infinity;
  }

  /** |g|, or of the projected gradient: no step goes along what a bound holds. */
  get steepness(): number {
    const { n, kernels, here, bounded } = this;
    if (!bounded) return kernels.nrm2F64(n, here.gp);
    const free = this.view("scratch");
    for (let j = 0; j < n; j++) free[j] = this.room(j) > 0 ? here.g[j]! : 0;
    return kernels.nrm2F64(n, this.address("scratch"));
  }

  /** max |g|, or of the projected gradient. */
  gradientSize(point: Point): number {
    const { n, kernels } = this;
    return this.bounded
      ? kernels.projectedGradient(n, point.xp, point.gp, this.lower, this.upper)
      : kernels.amaxF64(n, point.gp);
  }

  get diverged(): boolean {
    // To get that far, a step must have been of that order.
    const far = FAR * this.scale;
    return this.stepNorm > 0.01 * far && this.kernels.amaxF64(this.n, this.here.xp) > far;
  }

  get bends(): Float64Array | null {
    return this.exact ? null : this.view("bends");
  }

  /** What is lost beside PROMISE: as far as differences heard noise, else where terms as large as the first value may cancel. */
  get hidden(): number {
    return this.exact ? CANCELLED * this.firstValue : 2 * this.noise;
  }

  /** Whether f cannot be lowered any more: what is promised is lost in its rounding, or the step there in that of x. */
  settled(promise: number): boolean {
    const { s, n, here } = this;
    const size = Math.abs(this.fun);
    const { hidden } = this;
    // g_j^2 s's / (2 s'y): what a Newton step with the least curvature along a step so far would gain, and no more than the bounds let.
    const last = s[S_SOFT]! / 2 || Infinity;
    // No less than what differences saw along each variable; without a last step, with room for valleys that lie across them.
    const { bends } = this;
    let left = 0;
    let still = true;
    for (let j = 0; j < n; j++) {
      const g = here.g[j]!;
      const room = this.room(j);
      if (g === 0 || !(room > 0)) continue;
      const own = bends ? 1 / (4 * Math.abs(bends[j]!)) : last;
      const softness = last < Infinity ? Math.max(last, own) : ACROSS * own;
      left += Math.min(g * g * softness, Math.abs(g) * room);
      still &&= 2 * Math.abs(g) * softness <= LAST_BIT * Math.abs(here.x[j]!);
    }
    const lost = promise <= Math.max(PROMISE * size, hidden, HIDDEN * this.noise);
    return still || (lost && left <= Math.max(LEFT_OVER * size, hidden));
  }
}

export const DIVERGING: Termination = { status: "failed", reason: "diverging" };
export const NON_FINITE: Termination = { status: "failed", reason: "nonFinite" };
export const LINE_SEARCH: Termination = { status: "failed", reason: "lineSearch" };
export const STALLED: Termination = { status: "failed", reason: "stalled" };
