// The iteration of a compiled model, run by the core (assembly/expressions/fit.ts): it comes back for a report, or after a few
// milliseconds where somebody waits.

import * as S from "../abi/least-squares.js";
import { Chunk } from "../driver/chunk.js";
import type { Method } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import type { LeastSquaresEngine } from "../least-squares/engine.js";
import { beginPass, publish, terminationOf } from "../least-squares/method.js";
import type { ExpressionsKernels } from "../wasm/expressions.js";

export function coreMethod(
  kernels: ExpressionsKernels,
  engine: LeastSquaresEngine,
  model: number,
): Method<Termination> {
  // A run that goes on from the state of one that was over ends before it begins.
  engine.bringHome = bringHome;
  return iterate(kernels, engine, model);
}

function* iterate(
  kernels: ExpressionsKernels,
  engine: LeastSquaresEngine,
  model: number,
): Method<Termination> {
  const { solve, watch, evaluate } = engine;
  const { m, n, s, frame, state } = solve;
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
    bringHome(engine);
  }
}

/** The Jacobian at the best point may have changed places with the trial's. */
function bringHome({ solve: { m, n, frameSlots, jacobian } }: LeastSquaresEngine): void {
  const at = frameSlots[S.F_J]!;
  if (at === jacobian) return;
  const view = (ptr: number): Float64Array => new Float64Array(frameSlots.buffer, ptr, m * n);
  view(jacobian).set(view(at));
  frameSlots[S.F_J] = jacobian;
  frameSlots[S.F_J_TRIAL] = at;
}
