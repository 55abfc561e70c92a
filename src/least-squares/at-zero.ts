// A fit that stalled beside 0. A model that is even in a variable, as a Voigt profile is in sigma, may fit best at its 0: there its column
// of the Jacobian vanishes, and steps to it find no hold.

import * as S from "../abi/least-squares.js";
import type { Ask } from "../driver/task.js";
import type { LeastSquaresEngine } from "./engine.js";

/** What a variable that is all but 0 changes of the cost, as a share of it; what is seen of a step away from there, and rounding. */
const AT_ZERO = 1e-12;
const AWAY = 1e-6;
const ROUNDING = 1e-13;
/** So many at once are looked at, on all sides. */
const MOST = 3;
/** The relative offset of a run that cannot go on, as the core has it (assembly/least-squares/turn.ts). */
const STALL_OFFSET = 1e-5;

/**
 * Whether variables that came to 0, or as near as rounding tells, rest there: the cost rises on all sides, and nothing else is left to
 * gain. They are then 0. `settle` takes a new Jacobian in.
 */
export function* restsAtZero(engine: LeastSquaresEngine, settle: () => void): Generator<Ask, boolean, void> {
  const { solve, watch, workspace, evaluate, differentiate, input } = engine;
  const { m, n, kernels, x, trial, s, loss, lossScale } = solve;
  const { g, span } = workspace.f64;
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
  const resting: number[] = [];
  let ways = 1;
  const far = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const v = x[j]!;
    const own = engine.square(j);
    const fall = (v * g[j]!) / before;
    // 0 is as good as where it stands, and it may be 0, and move.
    const idle = v === 0 ? own === 0 : fall > 0 && Math.max(fall, (own * v * v) / before) <= AT_ZERO;
    if (!idle || inside(0, j) !== 0 || (bounds && bounds.lower[j] === bounds.upper[j])) continue;
    home[j] = 0;
    resting.push(j);
    ways *= 3;
    // Far enough for the cost to tell: its slope grows from 0 as v does, and as far by each.
    far[j] = v === 0 ? span[j]! / 1024 : Math.abs(v) * Math.sqrt(AWAY / fall);
  }
  if (ways === 1 || resting.length > MOST) return false;
  // Every way off: 0, to one side or to the other of each.
  for (let way = 1; way < ways; way++) {
    trial.set(home);
    let moved = true;
    let rest = way;
    for (const j of resting) {
      const side = rest % 3;
      rest = (rest - side) / 3;
      trial[j] = inside((side === 2 ? -1 : side) * far[j]!, j);
      moved &&= side === 0 || trial[j] !== 0;
    }
    if (moved && !((yield* change()) > ROUNDING)) return false;
  }
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
