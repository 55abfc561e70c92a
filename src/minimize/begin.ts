// How every method that takes gradients begins.

import { type Ask, CHECK } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { beyondSaddle, SADDLE } from "./curvature.js";
import { DIVERGING, NON_FINITE, type Solve } from "./solve.js";

/** Evaluates the start and tests it; a failure, or null when the run can go on. */
export function* begin(solve: Solve): Generator<Ask, Termination | null, void> {
  const { here } = solve;
  solve.at = here;
  yield solve.exact ? solve.both : solve.value;
  solve.fun = here.f;
  if (here.f === -Infinity) return DIVERGING;
  if (!(here.f - here.f === 0)) return NON_FINITE;
  if (!solve.exact) yield solve.derivative;
  if (solve.kernels.firstNonFinite(solve.n, here.gp) >= 0) return NON_FINITE;
  solve.started = true;
  // At least 1, whatever the unit: smaller units only find out later that a run diverges.
  solve.scale = Math.max(1, solve.kernels.amaxF64(solve.n, here.xp), solve.reach);
  solve.foundGradient(solve.gradientSize(here));
  if (solve.curved && solve.met && (yield* beyondSaddle(solve)) === "saddle") return SADDLE;
  yield CHECK;
  return null;
}
