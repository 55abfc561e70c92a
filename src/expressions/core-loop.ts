// The iteration of a compiled model, run by the core (assembly/expressions/fit.ts): it comes back for a report, or after a few
// milliseconds where somebody waits.

import * as S from "../abi/least-squares.js";
import { Chunk } from "../driver/chunk.js";
import type { Method } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import type { LeastSquaresEngine } from "../least-squares/engine.js";
import { beginPass, type FitSolve, publish, terminationOf } from "../least-squares/method.js";
import type { ExpressionsKernels } from "../wasm/expressions.js";

export function* coreMethod(
  kernels: ExpressionsKernels,
  engine: LeastSquaresEngine,
  model: number,
): Method<Termination> {
  const { solve, watch, evaluate } = engine;
  const { m, n, s, frame, state } = solve;
  const homes = homesOf(solve);
  const chunk = new Chunk(watch);
  const mark = { kind: "iteration" as const, iterations: 0 };
  try {
    for (;;) {
      if (engine.beginsPass()) {
        solve.at = solve.x;
        yield evaluate;
        beginPass(solve);
        s[S.S_MAX_NIT] = watch.maxIterations;
        s[S.S_MAX_NFEV] = watch.maxEvaluations;
        s[S.S_NIT] = watch.nit;
        s[S.S_NFEV] = watch.nfev;
        s[S.S_NJEV] = watch.njev;
      }
      for (;;) {
        s[S.S_BUDGET] = engine.pulled ? 1 : Math.max(1, chunk.begin());
        let end = kernels.fit(m, n, solve.method, frame, state, model);
        chunk.done();
        publish(solve);
        engine.show();
        watch.nfev = s[S.S_NFEV]!;
        watch.njev = s[S.S_NJEV]!;
        if (end === S.END_PAUSED) {
          mark.iterations = s[S.S_NIT]! - watch.nit;
          yield mark;
          end = s[S.S_MET]!;
          if (end === 0) continue;
        } else watch.nit = s[S.S_NIT]!;
        if (engine.endsWith(end)) return terminationOf(end);
        break;
      }
    }
  } finally {
    bringHome(solve, homes);
  }
}

/** Where the Jacobians of the best point and of the trial lie at first; a run that was resumed may have them exchanged. */
function homesOf({ frameSlots, jacobian }: FitSolve): readonly [number, number] {
  const [at, trial] = [frameSlots[S.F_J]!, frameSlots[S.F_J_TRIAL]!];
  return at === jacobian ? [at, trial] : [trial, at];
}

/** The Jacobian at the answer goes where everybody looks for it. */
function bringHome({ m, n, frameSlots, jacobian }: FitSolve, [home, trial]: readonly [number, number]): void {
  const at = frameSlots[S.F_J]!;
  if (at !== jacobian)
    new Float64Array(frameSlots.buffer, jacobian, m * n).set(new Float64Array(frameSlots.buffer, at, m * n));
  frameSlots[S.F_J] = home;
  frameSlots[S.F_J_TRIAL] = trial;
}
