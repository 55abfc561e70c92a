// The iteration of a compiled model, run by the core: the counterpart of src/least-squares/method.ts, with the same steps,
// the same ends and the same bits. It comes back for a report, or after a few milliseconds where somebody waits.

import type { Monitor } from "../driver/monitor.js";
import type { Ask, Method, Termination } from "../driver/types.js";
import { methodCodes, type Solve } from "../least-squares/method.js";
import type { LeastSquaresMethodName } from "../least-squares/settings.js";
import * as S from "../least-squares/state.js";
import type { ExpressionsKernels } from "../wasm/expressions.js";

const EVALUATE: Ask = { kind: "evaluate" };
const ITERATION: Ask = { kind: "iteration" };

/** Iterations of a chunk take between these, in milliseconds. */
const SHORT = 1;
const LONG = 3;

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

/** What a pass of the loop starts from, in the state. */
export function beginState(s: Float64Array, monitor: Monitor, tolerances: Solve["tolerances"]): void {
  s[S.S_FRESH] = s[S.S_FIRST] = s[S.S_STALE] = 1;
  s[S.S_GROWTH] = 2;
  s[S.S_M_GRADIENT] = s[S.S_M_STEP] = s[S.S_M_DECREASE] = Infinity;
  s[S.S_MAX_NIT] = monitor.maxIterations;
  s[S.S_MAX_NFEV] = monitor.maxEvaluations;
  s[S.S_GRAD_TOL] = tolerances.gradTol;
  s[S.S_STEP_TOL] = tolerances.stepTol;
  s[S.S_FUN_TOL] = tolerances.funTol;
  s[S.S_TARGET] = tolerances.target;
}

export function* coreMethod(
  kernels: ExpressionsKernels,
  solve: Solve,
  name: LeastSquaresMethodName,
  monitor: Monitor,
  model: number,
  waiting: boolean,
): Method {
  const { m, n, s, frame, frameSlots, state } = solve;
  const homes = [frameSlots[S.F_J], frameSlots[S.F_J_TRIAL]] as [number, number];
  solve.at = solve.x;
  yield EVALUATE;
  frameSlots[S.F_BEST] = solve.best.ptr;
  frameSlots[S.F_OTHER] = solve.other.ptr;
  beginState(s, monitor, solve.tolerances);
  s[S.S_LOSS] = solve.loss;
  s[S.S_LOSS_SCALE] = solve.lossScale;
  s[S.S_INFLUENCED] = solve.influenced ? 1 : 0;
  s[S.S_NIT] = monitor.nit;
  s[S.S_NFEV] = monitor.nfev;
  s[S.S_NJEV] = monitor.njev;
  const timed = waiting || monitor.maxTimeMs !== Infinity;
  let budget = monitor.watched || timed ? 1 : Infinity;
  try {
    for (;;) {
      s[S.S_BUDGET] = budget;
      const started = timed ? performance.now() : 0;
      const end = kernels.fit(m, n, methodCodes[name], frame, state, model);
      publish(solve, monitor);
      if (end !== S.END_PAUSED) return terminationOf(end);
      if (timed && !monitor.watched) {
        const took = performance.now() - started;
        if (took < SHORT) budget *= 2;
        else if (took > LONG) budget = Math.max(1, Math.floor(budget / 2));
      }
      // The driver counts the iteration that it reports and tests.
      monitor.nit--;
      yield ITERATION;
    }
  } finally {
    bringHome(solve, homes);
  }
}

/** What the loop has done becomes visible to the driver. */
function publish(solve: Solve, monitor: Monitor): void {
  const { s, frameSlots } = solve;
  const slot = (index: number): number => s[index] as number;
  monitor.nit = slot(S.S_NIT);
  monitor.nfev = slot(S.S_NFEV);
  monitor.njev = slot(S.S_NJEV);
  if (frameSlots[S.F_BEST] !== solve.best.ptr) {
    const { best } = solve;
    solve.best = solve.other;
    solve.other = best;
  }
  solve.fun = slot(S.S_COST) / 2;
  solve.started = slot(S.S_NEXT) !== S.NEXT_START;
  solve.stale = slot(S.S_STALE) === 1;
  solve.influenced = slot(S.S_INFLUENCED) === 1;
  if (slot(S.S_FRESH) === 0) solve.gradNorm = slot(S.S_GRADIENT);
  solve.stepNorm = slot(S.S_LAST_STEP);
  solve.gradient = slot(S.S_M_GRADIENT);
  solve.step = slot(S.S_M_STEP);
  solve.decrease = slot(S.S_M_DECREASE);
}

/** The Jacobian at the answer goes where everybody looks for it. */
function bringHome({ m, n, frameSlots, jacobian }: Solve, [home, trial]: readonly [number, number]): void {
  const at = frameSlots[S.F_J] as number;
  if (at !== jacobian)
    new Float64Array(frameSlots.buffer, jacobian, m * n).set(new Float64Array(frameSlots.buffer, at, m * n));
  frameSlots[S.F_J] = home;
  frameSlots[S.F_J_TRIAL] = trial;
}
