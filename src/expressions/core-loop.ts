// The iteration of a compiled model, run by the core (assembly/expressions/fit.ts): it comes back for a report, or after a few
// milliseconds where somebody waits.

import type { Monitor } from "../driver/monitor.js";
import type { Ask, Method } from "../driver/types.js";
import { beginPass, publish, type Solve, terminationOf } from "../least-squares/method.js";
import * as S from "../least-squares/state.js";
import type { ExpressionsKernels } from "../wasm/expressions.js";

const EVALUATE: Ask = { kind: "evaluate" };
const ITERATION: Ask = { kind: "iteration" };

/** Iterations of a chunk take between these, in milliseconds. */
const SHORT = 1;
const LONG = 3;

export function* coreMethod(
  kernels: ExpressionsKernels,
  solve: Solve,
  monitor: Monitor,
  model: number,
  waiting: boolean,
): Method {
  const { m, n, s, frame, frameSlots, state } = solve;
  const homes = [frameSlots[S.F_J], frameSlots[S.F_J_TRIAL]] as [number, number];
  solve.at = solve.x;
  yield EVALUATE;
  beginPass(solve);
  s[S.S_MAX_NIT] = monitor.maxIterations;
  s[S.S_MAX_NFEV] = monitor.maxEvaluations;
  s[S.S_NIT] = monitor.nit;
  s[S.S_NFEV] = monitor.nfev;
  s[S.S_NJEV] = monitor.njev;
  const timed = waiting || monitor.maxTimeMs !== Infinity;
  let budget = monitor.watched || timed ? 1 : Infinity;
  try {
    for (;;) {
      s[S.S_BUDGET] = budget;
      const started = timed ? performance.now() : 0;
      const end = kernels.fit(m, n, solve.method, frame, state, model);
      publish(solve);
      monitor.nit = s[S.S_NIT]!;
      monitor.nfev = s[S.S_NFEV]!;
      monitor.njev = s[S.S_NJEV]!;
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

/** The Jacobian at the answer goes where everybody looks for it. */
function bringHome({ m, n, frameSlots, jacobian }: Solve, [home, trial]: readonly [number, number]): void {
  const at = frameSlots[S.F_J] as number;
  if (at !== jacobian)
    new Float64Array(frameSlots.buffer, jacobian, m * n).set(new Float64Array(frameSlots.buffer, at, m * n));
  frameSlots[S.F_J] = home;
  frameSlots[S.F_J_TRIAL] = trial;
}
