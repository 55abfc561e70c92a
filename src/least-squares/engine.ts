// One least-squares solve: its memory, its evaluations, its end. The facades (leastSquares, curveFit) give it
// residuals and read the answer out of it before the memory goes back.

import { drive, driveAsync, type Problem } from "../driver/drive.js";
import { Monitor } from "../driver/monitor.js";
import type { Ask, Limits, Termination } from "../driver/types.js";
import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { Workspace, WorkspaceSpec } from "../runtime/workspace.js";
import { room } from "../wasm/least-squares.js";
import { differenceCost, differences } from "./differences.js";
import { influences, leastSquaresMethod, type Residuals, type Solve } from "./method.js";
import { type LossName, lossNames, type Settings } from "./settings.js";
import * as S from "./state.js";

// biome-ignore lint/suspicious/noConfusingVoidType: callbacks may return nothing or a promise of nothing.
export type Done = void | PromiseLike<void>;

export interface ResidualProblem {
  readonly m: number;
  /** Fills `out` (m) with the residuals at p (n). */
  residuals(p: Float64Array, out: Float64Array): Done;
  /** Fills `out` (m*n, row-major). Without it: finite differences. */
  jacobian?(p: Float64Array, out: Float64Array): Done;
}

export interface EngineInput {
  readonly where: string;
  readonly problem: ResidualProblem;
  readonly start: Float64Array;
  readonly bounds: { lower: Float64Array; upper: Float64Array } | null;
  readonly settings: Settings;
  readonly limits: Limits;
}

const DIFFERENTIATE: Ask = { kind: "differentiate" };
const EPS = 2.220446049250313e-16;
const MAX_ITERATIONS = 1000;
/** "mad": the scale has settled when it changes by less than this, and is renewed at most so often. */
const SCALE_SETTLED = 0.01;
const MAX_SCALE_PASSES = 10;

export interface Uncertainty {
  readonly rank: number;
  /** Of J with unit columns, 2-norm. */
  readonly conditionNumber: number;
  /** (J'J)^-1, n*n; null below full rank. */
  readonly inverse: Float64Array | null;
  /** Share of each variable in the undetermined directions, below full rank. */
  readonly blind: Float64Array | null;
}

/** Scale factor of "mad" by loss: 95 % efficient on normal data (Holland and Welsch 1977). */
const TUNING: Record<LossName, number> = {
  linear: 1,
  softL1: 1.345,
  huber: 1.345,
  cauchy: 2.3849,
  arctan: 2.5,
  tukey: 4.6851,
};
/** 1 / quantile of the normal distribution at 3/4. */
const MAD_TO_SIGMA = 1.482602218505602;

function specOf(m: number, n: number, work: number, input: EngineInput): WorkspaceSpec {
  const robust = input.settings.loss !== "linear";
  const vectors = [
    "x",
    "trial",
    "before",
    "p",
    "g",
    "d",
    "w",
    "held",
    "gf",
    "s",
    "y",
    "e",
    "tau",
    "box",
    "gn",
    "span",
  ];
  const f64: Record<string, number> = { state: S.STATE_SLOTS };
  for (const name of vectors) f64[name] = n;
  Object.assign(f64, { norms: 2 * n, A: n * n, L: n * n, M: n * n, R: (n + 1) * n, T: (n + 1) * n });
  if (input.bounds) Object.assign(f64, { lower: n, upper: n });
  Object.assign(f64, { best: m, other: m, J: m * n, JT: m * (n + 1), work: Math.ceil(work / 8) });
  if (robust) f64.weighted = m;
  if (!input.problem.jacobian) Object.assign(f64, { at: n, a: m, b: m });
  const tags = `${robust ? " robust" : ""}${input.bounds ? " bounded" : ""}${input.problem.jacobian ? "" : " differences"}`;
  return {
    key: `least squares ${m}x${n}${tags}`,
    f64,
    i32: { frame: S.FRAME_SLOTS, free: n, free0: n, perm: n, side: n },
  };
}

const FRAME: Readonly<Record<number, string>> = {
  [S.F_X]: "x",
  [S.F_TRIAL]: "trial",
  [S.F_P]: "p",
  [S.F_G]: "g",
  [S.F_D]: "d",
  [S.F_A]: "A",
  [S.F_L]: "L",
  [S.F_LOWER]: "lower",
  [S.F_UPPER]: "upper",
  [S.F_FREE]: "free",
  [S.F_FREE0]: "free0",
  [S.F_W]: "w",
  [S.F_HELD]: "held",
  [S.F_GF]: "gf",
  [S.F_S]: "s",
  [S.F_R]: "R",
  [S.F_T]: "T",
  [S.F_M]: "M",
  [S.F_Y]: "y",
  [S.F_E]: "e",
  [S.F_TAU]: "tau",
  [S.F_NORMS]: "norms",
  [S.F_PERM]: "perm",
  [S.F_JT]: "JT",
  [S.F_WORK]: "work",
  [S.F_J]: "J",
  [S.F_RES]: "best",
  [S.F_BOX]: "box",
  [S.F_SIDE]: "side",
  [S.F_GN]: "gn",
  [S.F_SPAN]: "span",
};

export class Engine implements Problem {
  readonly monitor: Monitor;
  readonly solve: Solve;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly #input: EngineInput;
  readonly #J: Float64Array;
  /** "mad" before the start is evaluated. */
  #unscaled = false;
  /** No derivative was taken yet in this pass. */
  #fresh = true;
  /** Variables that no longer move the residuals at the answer. */
  readonly lost: number[] = [];

  constructor(input: EngineInput) {
    const { where, problem, start, settings, limits, bounds } = input;
    const { m } = problem;
    const n = start.length;
    this.#input = input;
    this.settings = settings;
    this.monitor = new Monitor(where, limits, settings.tolerances, MAX_ITERATIONS);
    const kernels = chosenRuntime(limits.runtime).kernels(room);
    const spec = specOf(m, n, kernels.workBytes(m, n), input);
    this.workspace = takeWorkspace(limits.runtime, spec);
    const { f64, i32, at, runtime } = this.workspace;
    const view = (name: string) => f64[name] as Float64Array;
    const address = (name: string) => at[name] as number;
    const frame = i32.frame as Int32Array;
    for (let slot = 0; slot < S.FRAME_SLOTS; slot++) frame[slot] = at[FRAME[slot] as string] ?? 0;
    const state = view("state");
    view("x").set(start);
    if (bounds) {
      view("lower").set(bounds.lower);
      view("upper").set(bounds.upper);
    }
    this.#J = view("J");
    const residuals = (name: string): Residuals => ({ view: view(name), ptr: address(name) });
    this.solve = {
      m,
      n,
      kernels: runtime.kernels(room),
      frame: address("frame"),
      frameSlots: frame,
      state: address("state"),
      s: state,
      x: view("x"),
      trial: view("trial"),
      before: view("before"),
      jacobian: address("J"),
      loss: lossNames.indexOf(settings.loss),
      lossScale: settings.lossScale === "mad" ? 1 : settings.lossScale,
      weighted: at.weighted ?? 0,
      best: residuals("best"),
      other: residuals("other"),
      at: view("x"),
      fine: false,
      exact: problem.jacobian !== undefined,
      started: false,
      stale: true,
      tolerances: settings.tolerances,
      fun: Infinity,
      gradNorm: NaN,
      stepNorm: 0,
      gradient: Infinity,
      step: Infinity,
      decrease: Infinity,
      A: view("A"),
      span: view("span"),
      influence: null,
    };
  }

  get progress(): Solve {
    return this.solve;
  }

  get n(): number {
    return this.solve.n;
  }

  cost(ask: Ask): number {
    if (ask.kind === "evaluate") return 1;
    return this.solve.exact ? 0 : differenceCost(this.solve.n, this.solve.fine);
  }

  answer(ask: Ask): boolean | PromiseLike<boolean> {
    const { solve, monitor } = this;
    const { problem } = this.#input;
    if (ask.kind === "evaluate") {
      monitor.nfev++;
      const target = solve.at === solve.x ? solve.best.view : solve.other.view;
      if (!solve.started) target.fill(NaN);
      const done = problem.residuals(solve.at, target);
      if (done !== undefined) return done.then(() => this.#scaled());
      return this.#scaled();
    }
    monitor.njev++;
    if (!problem.jacobian) return this.#differentiate();
    const done = problem.jacobian(solve.x, this.#J);
    return done === undefined ? true : then(done);
  }

  /** Takes the scale of the first pass from the residuals at the start, once they are known. */
  #scaled(): true {
    if (!this.#unscaled) return true;
    this.#unscaled = false;
    const { solve } = this;
    solve.lossScale = TUNING.softL1 * medianDeviation(solve.best.view);
    if (!(solve.lossScale > 0)) solve.loss = S.LINEAR;
    return true;
  }

  #differentiate(): boolean | PromiseLike<boolean> {
    const { solve, monitor, workspace } = this;
    const { problem, bounds } = this.#input;
    const { f64 } = workspace;
    const space = { x: f64.at as Float64Array, a: f64.a as Float64Array, b: f64.b as Float64Array };
    const span = f64.span as Float64Array;
    for (let j = 0; j < solve.n; j++) {
      const size = Math.abs(solve.x[j] as number);
      span[j] = this.#fresh ? size || 1 : Math.max(size, span[j] as number);
    }
    this.#fresh = false;
    const walk = differences(solve.x, solve.best.view, this.#J, solve.fine, bounds, span, space);
    for (let next = walk.next(); !next.done; next = walk.next()) {
      monitor.nfev++;
      const done = problem.residuals(space.x, next.value);
      if (done !== undefined) return this.#finishDifferences(walk, space.x, done);
      if (monitor.interrupted()) return false;
    }
    return true;
  }

  async #finishDifferences(
    walk: Generator<Float64Array, void, void>,
    x: Float64Array,
    first: PromiseLike<void>,
  ): Promise<boolean> {
    await first;
    for (let next = walk.next(); !next.done; next = walk.next()) {
      if (this.monitor.interrupted()) return false;
      this.monitor.nfev++;
      await this.#input.problem.residuals(x, next.value);
    }
    return true;
  }

  /**
   * The passes of a solve: one, unless the loss or its scale need a first approximation. Tukey and arctan give
   * no weight to what is far away, so a softL1 fit goes before; "mad" takes the scale from the residuals, first
   * those of the start (a plain fit may follow one wild point to infinity), then of the last pass until it
   * settles.
   */
  *#passes(): Generator<LossName, void, void> {
    const { loss, lossScale } = this.settings;
    const { solve } = this;
    const bold = loss === "tukey" || loss === "arctan";
    if (loss === "linear" || lossScale !== "mad") {
      if (bold) yield "softL1";
      yield loss;
      return;
    }
    this.#unscaled = true;
    yield "softL1";
    solve.lossScale = TUNING[loss] * medianDeviation(solve.best.view);
    for (let pass = 0; pass < MAX_SCALE_PASSES && solve.lossScale > 0; pass++) {
      yield loss;
      const next = TUNING[loss] * medianDeviation(solve.best.view);
      if (Math.abs(next - solve.lossScale) <= SCALE_SETTLED * solve.lossScale || !(next > 0)) return;
      solve.lossScale = next;
    }
  }

  #begin(loss: LossName) {
    const { solve, settings } = this;
    solve.loss = lossNames.indexOf(loss);
    solve.s.fill(0);
    this.#fresh = true;
    solve.s[S.S_FACTOR] = settings.method.factor;
    solve.s[S.S_FRACTION] = 1;
    solve.stepNorm = 0;
    solve.gradient = solve.step = solve.decrease = Infinity;
    return leastSquaresMethod(solve, settings.method.name);
  }

  run(): Termination {
    let end: Termination = { status: "failed", reason: "stalled" };
    for (const loss of this.#passes()) {
      end = drive(this.#begin(loss), this, this.monitor);
      if (end.status === "stopped" || !this.solve.started) break;
    }
    if (this.#wantsJacobian()) {
      this.answer(DIFFERENTIATE);
      this.#weigh();
    }
    return this.#verdict(end);
  }

  async runAsync(): Promise<Termination> {
    let end: Termination = { status: "failed", reason: "stalled" };
    for (const loss of this.#passes()) {
      end = await driveAsync(this.#begin(loss), this, this.monitor, this.#input.limits.signal);
      if (end.status === "stopped" || !this.solve.started) break;
    }
    if (this.#wantsJacobian()) {
      await this.answer(DIFFERENTIATE);
      this.#weigh();
    }
    return this.#verdict(end);
  }

  #weigh(): void {
    const { m, n, kernels, best, weighted, jacobian, loss, lossScale } = this.solve;
    if (loss !== S.LINEAR) kernels.weigh(m, n, best.ptr, weighted, jacobian, loss, lossScale);
  }

  /** The answer needs the Jacobian at its own point; a run stopped from outside makes no further call. */
  #wantsJacobian(): boolean {
    const { solve, monitor } = this;
    if (!solve.started || !solve.stale || monitor.beforeEvaluation(this.cost(DIFFERENTIATE))) return false;
    solve.stale = false;
    return true;
  }

  /** A converged run in which a parameter has gone where it no longer moves the residuals has not converged. */
  #verdict(end: Termination): Termination {
    const { solve } = this;
    const first = solve.influence;
    if (end.status !== "converged" || end.reason === "target" || !first || solve.fun === 0) return end;
    const now = influences(solve);
    const most = now.reduce((a, b) => Math.max(a, b), 0);
    for (let j = 0; j < solve.n; j++) {
      const fixed =
        this.#input.bounds?.lower[j] === this.#input.bounds?.upper[j] && this.#input.bounds !== null;
      const had = (first[j] as number) > 0 || most === 0;
      if (!fixed && !((now[j] as number) > EPS * most) && had) this.lost.push(j);
    }
    return this.lost.length > 0 ? { status: "failed", reason: "singular" } : end;
  }

  /** (J'J)^-1 at the answer, its rank and condition; call once, after the run. */
  covariance(): Uncertainty {
    const { m, n, kernels, frame, state, s } = this.solve;
    const { f64, i32 } = this.workspace;
    (i32.frame as Int32Array)[S.F_RES] = this.workspace.at.best as number;
    kernels.covariance(m, n, frame, state);
    const rank = s[S.S_RANK] as number;
    return {
      rank,
      conditionNumber: s[S.S_CONDITION] as number,
      inverse: rank === n ? (f64.M as Float64Array).slice() : null,
      blind: rank === n ? null : (f64.w as Float64Array).slice(),
    };
  }

  release(): void {
    this.workspace.release();
  }
}

/** 1.4826 median |r|: the standard deviation of normal residuals, blind to half of the data being wrong. */
function medianDeviation(r: Float64Array): number {
  const sizes = r.map(Math.abs).sort();
  const half = sizes.length >> 1;
  const middle =
    sizes.length % 2 ? (sizes[half] as number) : ((sizes[half - 1] as number) + (sizes[half] as number)) / 2;
  return MAD_TO_SIGMA * middle;
}

const then = async (done: PromiseLike<void>): Promise<boolean> => {
  await done;
  return true;
};
