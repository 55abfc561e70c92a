// Nonlinear least squares as one flat generator: the core keeps the iteration (assembly/least-squares/turn.ts) and says what
// it wants next, the driver answers. All methods are this loop; a compiled model is answered in the core (expressions/core-loop.ts).

import * as S from "../abi/least-squares.js";
import { CHECK, ITERATION, type Method } from "../driver/task.js";
import type { Progress, Termination, Tolerances } from "../driver/types.js";
import type { LeastSquaresKernels } from "../wasm/least-squares.js";
import type { LeastSquaresEngine } from "./engine.js";

/** A vector of m residuals and its address. */
export interface Residuals {
  readonly view: Float64Array;
  readonly ptr: number;
}

/** What the method and its problem share: one object for the whole run. */
export interface FitSolve extends Progress {
  readonly m: number;
  readonly n: number;
  /** Those of the room for a sparse Jacobian stand in for what a run calls. */
  kernels: LeastSquaresKernels;
  readonly frame: number;
  readonly frameSlots: Int32Array;
  readonly state: number;
  /** The state of the iteration, S_... */
  readonly s: Float64Array;
  readonly trial: Float64Array;
  readonly jacobian: number;
  /** Code of the method, size of its first step. */
  method: number;
  factor: number;
  /** Of this pass. */
  loss: number;
  lossScale: number;
  tolerances: Tolerances;
  /** Residuals at `x`, and those of the trial; they change places when a trial is accepted. */
  best: Residuals;
  other: Residuals;
  /** The point to evaluate, set with every request. */
  at: Float64Array;
  /** Set once the start has a finite cost. */
  started: boolean;
}

const ends: Readonly<Record<number, Termination>> = {
  [S.END_TARGET]: { status: "converged", reason: "target" },
  [S.END_GRADIENT]: { status: "converged", reason: "gradient" },
  [S.END_FUN]: { status: "converged", reason: "fun" },
  [S.END_STEP]: { status: "converged", reason: "step" },
  [S.END_MAX_ITERATIONS]: { status: "stopped", reason: "maxIterations" },
  [S.END_MAX_EVALUATIONS]: { status: "stopped", reason: "maxEvaluations" },
  [S.END_NON_FINITE]: { status: "failed", reason: "nonFinite" },
  [S.END_STALLED]: { status: "failed", reason: "stalled" },
  [S.END_SINGULAR]: { status: "failed", reason: "singular" },
};

export const terminationOf = (end: number): Termination => ends[end] as Termination;

/**
 * All passes of a solve. What the last pass converges to is the driver's to find; a pass before it ends where the core says so,
 * and the next one begins.
 */
export function* leastSquaresMethod(engine: LeastSquaresEngine): Method<Termination> {
  const { solve, evaluate, differentiate } = engine;
  const { m, n, kernels, frame, state, s, x, trial, method } = solve;
  for (;;) {
    if (engine.beginsPass()) {
      solve.at = x;
      yield evaluate;
      beginPass(solve);
    }
    for (;;) {
      const want = kernels.turn(m, n, method, frame, state);
      publish(solve);
      if (want === S.WANT_RESIDUALS) {
        solve.at = trial;
        yield evaluate;
      } else if (want === S.WANT_JACOBIAN) {
        solve.at = x;
        yield differentiate;
      } else {
        engine.show();
        if (want === S.ITERATED) yield ITERATION;
        else if (want === S.CHECK) yield CHECK;
        const end = want === S.ITERATED || want === S.CHECK ? s[S.S_MET]! : want;
        if (end === 0) continue;
        if (engine.endsWith(end)) return terminationOf(end);
        break;
      }
    }
  }
}

/** The state of a solve that has not begun: nothing is known of any derivative. */
export function beginSolve({ s }: FitSolve, exact: boolean): void {
  s.fill(0);
  s[S.S_DIFFERENCES] = exact ? S.EXACT : S.FORWARD;
}

/** What a pass starts from. Differences that have become central stay so; what the start said of the data stays too. */
export function beginPass({ s, loss, lossScale, factor, tolerances }: FitSolve): void {
  const differences = s[S.S_DIFFERENCES]!;
  const influenced = s[S.S_INFLUENCED]!;
  const tiny = s[S.S_TINY]!;
  s.fill(0);
  s[S.S_DIFFERENCES] = differences === S.COARSE ? S.FORWARD : differences;
  s[S.S_INFLUENCED] = influenced;
  s[S.S_TINY] = tiny;
  s[S.S_FACTOR] = factor;
  s[S.S_FRACTION] = s[S.S_FRESH] = s[S.S_FIRST] = s[S.S_STALE] = 1;
  s[S.S_GROWTH] = 2;
  s[S.S_M_GRADIENT] = s[S.S_M_STEP] = s[S.S_M_DECREASE] = s[S.S_BUDGET] = Infinity;
  s[S.S_GRAD_TOL] = tolerances.gradTol;
  s[S.S_STEP_TOL] = tolerances.stepTol;
  s[S.S_FUN_TOL] = tolerances.funTol;
  s[S.S_TARGET] = tolerances.target;
  s[S.S_LOSS] = loss;
  s[S.S_LOSS_SCALE] = lossScale;
}

/** What the core has done becomes visible to the driver. */
export function publish(solve: FitSolve): void {
  const { s, frameSlots, best } = solve;
  if (frameSlots[S.F_BEST] !== best.ptr) {
    solve.best = solve.other;
    solve.other = best;
  }
  if (s[S.S_NEXT] === S.NEXT_START) return;
  solve.started = true;
  solve.fun = s[S.S_COST]! / 2;
  // A pass begins without one; an attempt begins with that of the one before.
  if (s[S.S_FRESH] === 0 || s[S.S_ATTEMPT] !== S.ATTEMPT_FIRST) solve.gradNorm = s[S.S_GRADIENT]!;
  solve.stepNorm = s[S.S_LAST_STEP]!;
  solve.gradient = s[S.S_M_GRADIENT]!;
  solve.step = s[S.S_M_STEP]!;
  solve.decrease = s[S.S_M_DECREASE]!;
}
