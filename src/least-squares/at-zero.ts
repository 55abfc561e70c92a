// A fit that stalled beside 0. A model that is even in a variable, as a Voigt profile is in sigma, may fit best at its 0: there its column
// of the Jacobian vanishes, and steps to it find no hold.

import * as S from "../abi/least-squares.js";
import type { Ask } from "../driver/task.js";
import type { LeastSquaresEngine } from "./engine.js";

/** What a variable that is all but 0 changes of the cost, as a share of it; what is seen of a step away from there, and rounding. */
const AT_ZERO = 1e-12;
const AWAY = 1e-6;
const ROUNDING = 1e-13;
/** The relative offset of a run that cannot go on, as the core has it (assembly/least-squares/turn.ts). */
const STALL_OFFSET = 1e-5;

/**
 * Whether a variable that came to 0, or as near as rounding tells, rests there: the cost rises on both sides, and nothing else is left to
 * gain. It is then 0. `settle` takes a new Jacobian in.
 */
export function* restsAtZero(engine: LeastSquaresEngine, settle: () => void): Generator<Ask, boolean, void> {
  const { solve, watch, workspace, evaluate, differentiate, input } = engine;
  const { m, n, kernels, x, trial, s, loss, lossScale } = solve;
  const { A, g, span } = workspace.f64;
  const { bounds } = input;
  const before = s[S.S_COST]!;
  const inside = (v: number, j: number): number =>
    bounds ? Math.min(Math.max(v, bounds.lower[j]!), bounds.upper[j]!) : v;
  /** The change of the cost at the point that stands in `trial`, as a share of it. */
  function* change(): Generator<Ask, number, void> {
    if (watch.before(1)) return NaN;
    solve.at = trial;
    yield evaluate;
    return kernels.cost(m, solve.other.ptr, loss, lossScale) / before - 1;
  }
  const home = x.slice();
  let resting = 0;
  for (let j = 0; j < n; j++) {
    const v = x[j]!;
    const own = A[j * n + j]!;
    const fall = (v * g[j]!) / before;
    // 0 is as good as where it stands, and it may be 0, and move.
    const idle = v === 0 ? own === 0 : fall > 0 && Math.max(fall, (own * v * v) / before) <= AT_ZERO;
    if (!idle || inside(0, j) !== 0 || (bounds && bounds.lower[j] === bounds.upper[j])) continue;
    home[j] = 0;
    // Of two at once the cost may fall between their axes.
    if (resting++ > 0) return false;
    // Far enough for the cost to tell: its slope grows from 0 as v does.
    const far = v === 0 ? span[j]! / 1024 : Math.abs(v) * Math.sqrt(AWAY / fall);
    for (const side of [inside(-far, j), inside(far, j)]) {
      trial.set(x);
      trial[j] = side;
      if (side !== 0 && !((yield* change()) > ROUNDING)) return false;
    }
  }
  if (resting === 0) return false;
  trial.set(home);
  if (!((yield* change()) <= ROUNDING) || watch.before(differentiate.cost())) return false;
  x.set(trial);
  solve.best.view.set(solve.other.view);
  const cost = kernels.cost(m, solve.best.ptr, loss, lossScale);
  s[S.S_COST] = cost;
  solve.fun = cost / 2;
  yield differentiate;
  settle();
  return solve.gradient <= STALL_OFFSET;
}
