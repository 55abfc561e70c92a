// One least-squares solve as a task of the driver: its memory, its evaluations, its end. The facades give it residuals and read out the answer.

import * as S from "../abi/least-squares.js";
import { type Call, type Iteration, Measure, type Method, type Task } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { room } from "../wasm/least-squares.js";
import { restsAtZero } from "./at-zero.js";
import type { LeastSquaresState } from "./checkpoint.js";
import { Evaluations } from "./evaluations.js";
import { beginSolve, type FitSolve, leastSquaresMethod, terminationOf } from "./method.js";
import type { CoreProblem, EngineInput, Uncertainty } from "./problem.js";
import { lossPass, type Passes } from "./robust.js";
import { lossNames, methodCode, type Settings } from "./settings.js";
import { FitLayout, type SolveSpace, solveIn } from "./space.js";

const MAX_ITERATIONS = 1000;
/** Relative errors of differences, with room for rounding: a singular value below is noise, not rank. */
const FORWARD_ERROR = 1e-6;

type Met = "target" | "gradient" | "fun" | "step";
const converged = (reason: Met): Termination => ({ status: "converged", reason });

export class LeastSquaresEngine<Out = unknown> implements Task<Termination, Out, LeastSquaresState> {
  readonly input: EngineInput;
  readonly watch: Watch;
  readonly method: Method<Termination>;
  readonly solve: FitSolve;
  readonly settings: Settings;
  readonly workspace: SolveSpace;
  evaluations: Evaluations;
  /** Residuals at `solve.at`; the Jacobian at `solve.x`. */
  evaluate: Call;
  differentiate: Call;
  /** Passes begun; the one under way, and whether it goes on from a saved state. */
  passes = 0;
  resumed = false;
  /** The scale that the residuals ask for, where that of the loss has not settled. */
  unsettled: number | undefined;
  /** Somebody pulls one iteration after the other. */
  pulled = false;
  /** Variables that no longer move the residuals at the answer. */
  readonly lost: number[] = [];
  readonly #read: (engine: LeastSquaresEngine, end: Termination) => Out;
  readonly #core: CoreProblem | null;
  readonly #pass: Passes;
  readonly #measures: Readonly<Record<Met, Measure<Termination>>>;
  #last = true;
  /** J'J in hand is that of the answer. */
  #summed = true;
  #over = false;

  /** `read`: what the answer is, once the run is over or in its middle. */
  constructor(input: EngineInput, read: (engine: LeastSquaresEngine, end: Termination) => Out) {
    const { where, core, start, settings, limits, bounds, passes = lossPass } = input;
    const { m } = input.problem;
    const n = start.length;
    const { tolerances } = settings;
    this.input = input;
    this.#read = read;
    this.#pass = passes;
    this.settings = settings;
    const measures = {
      target: new Measure("target", tolerances.target, converged("target")),
      gradient: new Measure("gradient", tolerances.gradTol, converged("gradient")),
      fun: new Measure("fun", tolerances.funTol, converged("fun")),
      step: new Measure("step", tolerances.stepTol, converged("step")),
    };
    this.#measures = measures;
    const { target, gradient, fun, step } = measures;
    this.watch = new Watch(where, limits, [target, gradient, fun, step], MAX_ITERATIONS);
    const kernels = chosenRuntime(limits.runtime).kernels(room);
    const parts = {
      robust: settings.loss !== "linear",
      bounded: bounds !== null,
      differences: input.problem.jacobian === undefined,
    };
    const work = kernels.workBytes(m, n);
    const layout = core?.layout(work, parts) ?? new FitLayout(m, n, work, parts);
    this.workspace = takeWorkspace(limits.runtime, layout) as SolveSpace;
    this.solve = solveIn(this.workspace, m, n);
    const { solve } = this;
    const { f64 } = this.workspace;
    // What the callbacks leave unwritten is NaN, not what an earlier solve left in this memory.
    if (!core) f64.J.fill(NaN);
    solve.best.view.fill(NaN);
    solve.other.view.fill(NaN);
    solve.x.set(start);
    if (bounds) {
      f64.lower.set(bounds.lower);
      f64.upper.set(bounds.upper);
    }
    this.#core = core ? core.attach(this.workspace) : null;
    beginSolve(solve, input.problem.jacobian !== undefined);
    solve.frameSlots[S.F_BEST] = solve.best.ptr;
    solve.frameSlots[S.F_OTHER] = solve.other.ptr;
    solve.method = methodCode(settings.method.name);
    solve.factor = settings.method.factor;
    solve.lossScale = settings.lossScale === "mad" ? 1 : settings.lossScale;
    solve.tolerances = tolerances;
    solve.started = false;
    solve.fun = Infinity;
    solve.gradNorm = NaN;
    this.evaluations = new Evaluations(this, this.#core ?? input.problem);
    ({ evaluate: this.evaluate, differentiate: this.differentiate } = this.evaluations);
    this.method = this.#core ? this.#core.method(this) : leastSquaresMethod(this);
  }

  get n(): number {
    return this.solve.n;
  }

  /** The Jacobian has no differences. */
  get exact(): boolean {
    return this.solve.s[S.S_DIFFERENCES] === S.EXACT;
  }

  /** Differences have become central. */
  get fine(): boolean {
    return this.solve.s[S.S_DIFFERENCES] === S.CENTRAL;
  }

  /** The Jacobian in hand belongs to another point than the best. */
  get stale(): boolean {
    return this.solve.s[S.S_STALE] !== 0;
  }

  /** The squares of the residuals underflow. */
  get tiny(): boolean {
    return this.solve.s[S.S_TINY] === 1;
  }

  /** The next pass of the loss begins, with an evaluation of its start; false where the run goes on in the middle of one. */
  beginsPass(): boolean {
    const { solve, settings } = this;
    if (this.resumed) {
      this.resumed = false;
      // Saved where a pass had converged, the next one begins.
      if (this.#last || solve.s[S.S_MET] === 0) return false;
    }
    const pass = this.#pass(this.passes++, settings, solve)!;
    solve.loss = lossNames.indexOf(pass.loss);
    this.#last = pass.last;
    this.evaluations.beginPass(pass.fromStart);
    solve.stepNorm = 0;
    solve.gradient = solve.step = solve.decrease = Infinity;
    return true;
  }

  /** The run stands in the middle of pass number `passes`, as a saved one did. */
  goOn(passes: number): void {
    const { solve, settings } = this;
    const { lossScale } = solve;
    this.#last = this.#pass(passes - 1, settings, solve)?.last ?? false;
    solve.lossScale = lossScale;
    this.passes = passes;
    this.resumed = true;
    const met = solve.s[S.S_MET]!;
    this.#last ||= met !== 0 && this.endsWith(met);
    this.show();
  }

  /** A pass has ended so: is that the end of the run? */
  endsWith(end: number): boolean {
    const { solve, settings, passes } = this;
    const limit = end === S.END_MAX_ITERATIONS || end === S.END_MAX_EVALUATIONS;
    if (limit || this.#last || !solve.started) return true;
    const scale = solve.lossScale;
    const next = this.#pass(passes, settings, solve);
    if (next === undefined) this.unsettled = solve.lossScale;
    solve.lossScale = scale;
    return !next;
  }

  /** The stop measures become the driver's; those of a pass that another one follows do not end the run. */
  show(): void {
    const { target, gradient, fun, step } = this.#measures;
    const { solve } = this;
    target.value = this.#last ? solve.fun : Infinity;
    gradient.value = this.#last ? solve.gradient : Infinity;
    fun.value = this.#last ? solve.decrease : Infinity;
    step.value = this.#last ? solve.step : Infinity;
  }

  look(): Iteration {
    const { solve, watch } = this;
    const { fun, gradNorm, stepNorm } = solve;
    const { nit, nfev, elapsedMs } = watch;
    return { nit, nfev, x: solve.x.slice(), fun, gradNorm, stepNorm, elapsedMs };
  }

  /** The answer needs the Jacobian at its own point; a run stopped from outside makes no further call. */
  *after(end: Termination): Method<Termination> {
    this.#over = true;
    // Where a limit or a test ends the run, the method has not come to its end.
    this.bringHome?.(this);
    const { solve, watch, differentiate } = this;
    const { m, n, kernels, frame, state, s } = solve;
    if (solve.started && kernels.backToBest(m, n, frame, state)) solve.fun = s[S.S_COST]! / 2;
    if (solve.started && this.stale && !watch.before(differentiate.cost())) {
      yield differentiate;
      this.#settle();
    }
    const { lookAlong, blurred } = this.evaluations;
    if (end.status === "converged" && blurred) yield lookAlong;
    const told = this.#verdict(end);
    const doubtful = this.#summed && (told.reason === "singular" || told.reason === "stalled");
    if (!doubtful || !(yield* restsAtZero(this, () => this.#settle()))) return told;
    solve.decrease = 0;
    return converged("fun");
  }

  /** The Jacobian in hand is now that of the answer, and so are the gradient and the relative offset. */
  #settle(): void {
    const { solve } = this;
    const { m, n, kernels, frame, state, s } = solve;
    this.#summed = kernels.settle(m, n, solve.method, frame, state);
    if (!this.#summed) return;
    solve.gradNorm = s[S.S_GRADIENT]!;
    solve.gradient = s[S.S_OFFSET]!;
  }

  /** A converged run with a lower cost beside it, or in which a parameter no longer moves the residuals, has not converged. */
  #verdict(end: Termination): Termination {
    if (end.status !== "converged" || end.reason === "target") return end;
    if (this.evaluations.refuted) return terminationOf(S.END_STALLED);
    const { n, kernels, frame, state } = this.solve;
    const doubt = kernels.doubt(n, frame, state);
    if (doubt === 0) return end;
    const side = this.workspace.i32.side;
    if (doubt !== S.END_STALLED) for (let j = 0; j < n; j++) if (side[j] === 1) this.lost.push(j);
    return doubt === S.UNDETERMINED ? end : terminationOf(doubt);
  }

  /** In the middle of a run the statistics are worked out in memory that the run still needs. */
  out(end: Termination): Out {
    if (this.#over) return this.#read(this, end);
    const { runtime, ptr, bytes } = this.workspace;
    const memory = new Uint8Array(runtime.buffer, ptr, bytes);
    const kept = memory.slice();
    this.bringHome?.(this);
    try {
      return this.#read(this, end);
    } finally {
      memory.set(kept);
    }
  }

  /** Given to a run that is pulled: one that is not need not know how. */
  declare save?: () => LeastSquaresState;
  declare ending?: () => void;
  /** Given to a run of a compiled model: the Jacobian at the best point goes where everybody looks for it. */
  declare bringHome?: (engine: LeastSquaresEngine) => void;

  /** |J_j|^2 of the linearisation in hand. */
  square(j: number): number {
    return this.workspace.f64.A[j * this.n + j]!;
  }

  /** Gradient of half the sum at the answer, from the (weighted) residuals and Jacobian in hand. */
  gradient(): Float64Array {
    const { m, n, kernels, jacobian, best, loss } = this.solve;
    const { at, f64 } = this.workspace;
    kernels.gradient(m, n, jacobian, loss === S.LINEAR ? best.ptr : at.weighted, at.g);
    return f64.g.slice();
  }

  /** (J'J)^-1 at the answer, its rank and condition; where J has been narrowed, of its columns `free`. */
  covariance(free?: readonly number[]): Uncertainty {
    const { m, kernels, frame, state, s } = this.solve;
    const { M, w } = this.workspace.f64;
    const n = free?.length ?? this.n;
    const least = this.fine ? S.CENTRAL_ERROR : FORWARD_ERROR;
    s[S.S_TOLERANCE] = this.exact ? 0 : Math.max(least, s[S.S_BLUR]!);
    kernels.covariance(m, n, this.#summed && !free ? 1 : 0, frame, state);
    // A fit that is exact without some parameters says nothing of their errors.
    const rank = Math.min(s[S.S_RANK]!, n - this.lost.length);
    // The kernel writes shares only where it finds a lower rank itself.
    if (s[S.S_RANK] === n) w.fill(0);
    for (const j of this.lost) w[free ? free.indexOf(j) : j] = 1;
    return {
      rank,
      conditionNumber: s[S.S_CONDITION]!,
      inverse: rank === n ? M.slice() : null,
      blind: rank === n ? null : w.slice(),
    };
  }

  /** Factor of (J'J)^-1 in the covariance of a robust fit. */
  robustVariance(used: number): number {
    const { m, kernels, best, loss, lossScale } = this.solve;
    return kernels.robustVariance(m, used, best.ptr, loss, lossScale);
  }

  release(): void {
    this.#core?.release();
    this.workspace.release();
  }
}
