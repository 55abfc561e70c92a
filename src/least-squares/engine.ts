// One least-squares solve: its memory, its evaluations, its end. The facades (leastSquares, curveFit) give it
// residuals and read the answer out of it before the memory goes back.

import { differenceCost, differences } from "../driver/differences.js";
import { drive, type Problem, type Turns } from "../driver/drive.js";
import { Monitor } from "../driver/monitor.js";
import type { Ask, Method, Termination } from "../driver/types.js";
import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import type { Workspace } from "../runtime/workspace.js";
import { room } from "../wasm/least-squares.js";
import type { Later } from "./later.js";
import { beginSolve, leastSquaresMethod, type Solve, terminationOf } from "./method.js";
import type { CoreProblem, EngineInput, ResidualProblem, Uncertainty } from "./problem.js";
import { type LossPass, lossPasses, scaleFromStart } from "./robust.js";
import { lossNames, methodCode, type Settings } from "./settings.js";
import { Layout, solveIn } from "./space.js";
import * as S from "./state.js";

const DIFFERENTIATE: Ask = { kind: "differentiate" };
const MAX_ITERATIONS = 1000;
/** Relative errors of differences, with room for rounding: a singular value below is noise, not rank. */
const CENTRAL_ERROR = 1e-9;
const FORWARD_ERROR = 1e-6;

export class Engine implements Problem {
  readonly monitor: Monitor;
  readonly solve: Solve;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly #input: EngineInput;
  readonly #problem: ResidualProblem;
  readonly #core: CoreProblem | null;
  readonly #J: Float64Array;
  /** Of an asynchronous run. */
  #later: Later | null = null;
  #turns: Turns | null = null;
  /** "mad" before the start is evaluated. */
  #unscaled = false;
  /** No derivative was taken yet in this pass. */
  #fresh = true;
  /** J'J in hand is that of the answer. */
  #summed = true;
  /** Variables that no longer move the residuals at the answer. */
  readonly lost: number[] = [];

  constructor(input: EngineInput) {
    const { where, core, start, settings, limits, bounds } = input;
    const { m } = input.problem;
    const n = start.length;
    this.#input = input;
    this.settings = settings;
    this.monitor = new Monitor(where, limits, settings.tolerances, MAX_ITERATIONS);
    const kernels = chosenRuntime(limits.runtime).kernels(room);
    const parts = {
      robust: settings.loss !== "linear",
      bounded: bounds !== null,
      differences: input.problem.jacobian === undefined,
    };
    this.workspace = takeWorkspace(limits.runtime, new Layout(m, n, kernels.workBytes, parts, core));
    this.solve = solveIn(this.workspace, m, n);
    const { solve } = this;
    const { f64 } = this.workspace;
    this.#J = f64.J as Float64Array;
    // What the callbacks leave unwritten is NaN, not what an earlier solve left in this memory.
    this.#J.fill(NaN);
    solve.best.view.fill(NaN);
    solve.other.view.fill(NaN);
    solve.x.set(start);
    if (bounds) {
      (f64.lower as Float64Array).set(bounds.lower);
      (f64.upper as Float64Array).set(bounds.upper);
    }
    this.#core = core ? core.attach(this.workspace) : null;
    this.#problem = this.#core ?? input.problem;
    beginSolve(solve, input.problem.jacobian !== undefined);
    solve.frameSlots[S.F_BEST] = solve.best.ptr;
    solve.frameSlots[S.F_OTHER] = solve.other.ptr;
    solve.method = methodCode(settings.method.name);
    solve.factor = settings.method.factor;
    solve.lossScale = settings.lossScale === "mad" ? 1 : settings.lossScale;
    solve.tolerances = settings.tolerances;
    solve.started = false;
    solve.fun = Infinity;
    solve.gradNorm = NaN;
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

  get progress(): Solve {
    return this.solve;
  }

  get n(): number {
    return this.solve.n;
  }

  cost(ask: Ask): number {
    if (ask.kind === "evaluate") return 1;
    return this.exact ? 0 : differenceCost(this.solve.n, this.fine);
  }

  answer(ask: Ask): boolean | PromiseLike<boolean> {
    const { solve, monitor } = this;
    const problem = this.#problem;
    if (ask.kind === "evaluate") {
      monitor.nfev++;
      const target = solve.at === solve.x ? solve.best.view : solve.other.view;
      const done = problem.residuals(solve.at, target);
      if (done !== undefined) return done.then(() => this.#evaluated());
      return this.#evaluated();
    }
    monitor.njev++;
    if (!problem.jacobian) return this.#differentiate();
    const done = problem.jacobian(solve.x, this.#J);
    return done === undefined ? this.#alive() : done.then(() => this.#alive());
  }

  /** The callback of the last answer may have disposed the runtime, whose memory is then no longer ours. */
  #alive(): true {
    if (this.workspace.runtime.disposed)
      throw new DownhillError("DISPOSED", `${this.#input.where}: the runtime was disposed during the run`);
    return true;
  }

  /** The scale of the first pass may wait for the residuals at the start. */
  #evaluated(): true {
    this.#alive();
    if (this.#unscaled) scaleFromStart(this.solve);
    this.#unscaled = false;
    return true;
  }

  #differentiate(): boolean | PromiseLike<boolean> {
    const { solve, monitor, workspace } = this;
    const problem = this.#problem;
    const { bounds } = this.#input;
    const { f64 } = workspace;
    const space = { x: f64.at as Float64Array, a: f64.a as Float64Array, b: f64.b as Float64Array };
    const span = f64.span as Float64Array;
    for (let j = 0; j < solve.n; j++) {
      const size = Math.abs(solve.x[j] as number);
      span[j] = this.#fresh ? size || 1 : Math.max(size, span[j] as number);
    }
    this.#fresh = false;
    const walk = differences(solve.x, solve.best.view, this.#J, this.fine, bounds, span, space);
    for (let next = walk.next(); !next.done; next = walk.next()) {
      monitor.nfev++;
      const done = problem.residuals(space.x, next.value);
      if (this.#later && (done !== undefined || this.#turns?.due)) {
        const rest = this.#later.finishDifferences(
          walk,
          problem,
          monitor,
          this.#turns as Turns,
          space.x,
          done,
        );
        return rest.then((complete) => complete && this.#alive());
      }
      if (monitor.interrupted()) return false;
    }
    return this.#alive();
  }

  #begin({ loss, fromStart }: LossPass, waiting: boolean): Method {
    const { solve } = this;
    solve.loss = lossNames.indexOf(loss);
    this.#unscaled = fromStart;
    this.#fresh = true;
    solve.stepNorm = 0;
    solve.gradient = solve.step = solve.decrease = Infinity;
    return this.#core ? this.#core.method(solve, this.monitor, waiting) : leastSquaresMethod(solve);
  }

  run(): Termination {
    let end: Termination = { status: "failed", reason: "stalled" };
    for (const pass of lossPasses(this.settings, this.solve)) {
      end = drive(this.#begin(pass, false), this, this.monitor);
      if (end.status === "stopped" || !this.solve.started) break;
    }
    if (this.#wantsJacobian() && this.answer(DIFFERENTIATE) === true) this.#settle();
    return this.#verdict(end);
  }

  async runAsync(later: Later): Promise<Termination> {
    const turns = later.turns();
    this.#later = later;
    this.#turns = turns;
    let end: Termination = { status: "failed", reason: "stalled" };
    for (const pass of lossPasses(this.settings, this.solve)) {
      const method = this.#begin(pass, true);
      end = await later.drive(method, this, this.monitor, this.#input.limits.signal, turns);
      if (end.status === "stopped" || !this.solve.started) break;
    }
    if (this.#wantsJacobian() && (await this.answer(DIFFERENTIATE))) this.#settle();
    return this.#verdict(end);
  }

  /** The Jacobian in hand is now that of the answer, and so are the gradient and the relative offset. */
  #settle(): void {
    const { solve } = this;
    const { m, n, kernels, jacobian, frame, state, s } = solve;
    s[S.S_STALE] = 0;
    kernels.weighAll(m, n, frame, state);
    this.#summed =
      kernels.allFinite(m * n, jacobian) === 1 &&
      kernels.linearise(m, n, solve.method, 0, frame, state) === 0;
    if (!this.#summed) return;
    solve.gradNorm = s[S.S_GRADIENT]!;
    solve.gradient = s[S.S_OFFSET]!;
  }

  /** The answer needs the Jacobian at its own point; a run stopped from outside makes no further call. */
  #wantsJacobian(): boolean {
    return this.solve.started && this.stale && !this.monitor.beforeEvaluation(this.cost(DIFFERENTIATE));
  }

  /** A converged run in which a parameter has gone where it no longer moves the residuals has not converged. */
  #verdict(end: Termination): Termination {
    if (end.status !== "converged" || end.reason === "target") return end;
    const { n, kernels, frame, state } = this.solve;
    const doubt = kernels.doubt(n, frame, state);
    if (doubt === 0) return end;
    const side = this.workspace.i32.side as Int32Array;
    if (doubt === S.END_SINGULAR) for (let j = 0; j < n; j++) if (side[j] === 1) this.lost.push(j);
    return terminationOf(doubt);
  }

  /** Gradient of half the sum at the answer, from the (weighted) residuals and Jacobian in hand. */
  gradient(): Float64Array {
    const { m, n, kernels, jacobian, best, loss } = this.solve;
    const { at } = this.workspace;
    const r = loss === S.LINEAR ? best.ptr : (at.weighted as number);
    kernels.gradient(m, n, jacobian, r, at.g as number);
    return (this.workspace.f64.g as Float64Array).slice();
  }

  /** (J'J)^-1 at the answer, its rank and condition; call once, after the run. */
  covariance(): Uncertainty {
    const { m, n, kernels, frame, state, s } = this.solve;
    const { f64 } = this.workspace;
    s[S.S_TOLERANCE] = this.exact ? 0 : this.fine ? CENTRAL_ERROR : FORWARD_ERROR;
    kernels.covariance(m, n, this.#summed ? 1 : 0, frame, state);
    const rank = s[S.S_RANK] as number;
    return {
      rank,
      conditionNumber: s[S.S_CONDITION] as number,
      inverse: rank === n ? (f64.M as Float64Array).slice() : null,
      blind: rank === n ? null : (f64.w as Float64Array).slice(),
    };
  }

  release(): void {
    this.#core?.release();
    this.workspace.release();
  }
}
