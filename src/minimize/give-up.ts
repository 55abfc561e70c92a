// What a run does when it finds no lower point: with few variables the Hessian says how much is still to be gained; a Newton
// step may find what the method's own model did not, and otherwise the claim is made or refused.

import { S_RESCUES, S_STEP, S_SY } from "../abi/smooth.js";
import { type Ask, CHECK, ITERATION } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { beyondSaddle, SADDLE } from "./curvature.js";
import { LAST_BIT, PROMISE, type Solve } from "./solve.js";

/** Steps of Newton that are tried, as shares of the whole one. */
const SHARES = [1, 0.25, 0.0625, 0.015625] as const;
const MAX_RESCUES = 50;

/**
 * `promise`: the decrease that the method's model promised. Gives null when a lower point was found and taken; otherwise how
 * the run ends: converged where what is left is lost in the rounding of f, else the failure given.
 */
export function* giveUp(
  solve: Solve,
  promise: number,
  failure: Termination,
): Generator<Ask, Termination | null, void> {
  if (solve.judged) return yield* judged(solve, failure);
  if (solve.settled(promise)) {
    solve.decrease = 0;
    yield CHECK;
  }
  return failure;
}

/** Newton's step is lost in the rounding of every variable: whatever the unit of f, there is no better point. */
function unmoved(x: Float64Array, step: Float64Array): boolean {
  for (let j = 0; j < x.length; j++) if (!(Math.abs(step[j]!) <= LAST_BIT * Math.abs(x[j]!))) return false;
  return true;
}

function* judged(solve: Solve, failure: Termination): Generator<Ask, Termination | null, void> {
  const { n, kernels: k, s } = solve;
  const [hess, d] = [solve.address("hess"), solve.address("newton")];
  yield solve.hessian;
  if (k.firstNonFinite(n * n, hess) >= 0) return failure;
  const { here, there } = solve;
  const slope = k.newtonDirection(n, hess, solve.address("L"), here.gp, d, solve.address("work"));
  // Newton's decrement: f - m(x + d) = -g'd / 2 (Boyd and Vandenberghe, section 9.5.1).
  if (!(-slope / 2 > PROMISE * Math.abs(here.f)) || unmoved(here.x, solve.view("newton"))) {
    const found = yield* beyondSaddle(solve, true);
    if (found === "left") return null;
    if (found === "saddle") return SADDLE;
    solve.decrease = 0;
    yield CHECK;
    return failure;
  }
  if (s[S_RESCUES]! >= MAX_RESCUES) return failure;
  // Where a Newton step finds a lower point and the search did not, the gradient is suspect.
  if (s[S_RESCUES] === 0 && solve.doubt && (yield* solve.doubt())) return failure;
  for (const share of SHARES) {
    k.move(n, share, d, here.xp, there.xp);
    solve.at = there;
    yield solve.value;
    if (!(there.f < here.f)) continue;
    // Where a limit forbids the gradient, the trial is still the best point.
    there.g.fill(NaN);
    solve.keep();
    yield solve.derivative;
    if (k.firstNonFinite(n, there.gp) >= 0) return failure;
    solve.accept();
    solve.measure(0);
    s[S_RESCUES] = s[S_RESCUES]! + 1;
    s[S_SY] = 0;
    s[S_STEP] = solve.stepNorm = k.distance(n, solve.here.xp, solve.there.xp);
    solve.foundGradient(solve.gradientSize(solve.here));
    // A gain of rounding is no sign of the end either: the Hessian will say so.
    solve.decrease = Infinity;
    yield ITERATION;
    return null;
  }
  return failure;
}
