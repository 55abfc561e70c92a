// What a run does when it finds no lower point: with few variables the Hessian says how much is still to be gained; a Newton
// step may find what the method's own model did not, and otherwise the claim is made or refused.

import { S_COUNT, S_HEAD, S_RESCUES, S_STEP, S_SY } from "../abi/smooth.js";
import { type Ask, CHECK, ITERATION } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { beyondSaddle, SADDLE } from "./curvature.js";
import { unmoved } from "./last-bit.js";
import { CANCELLED, PROMISE, type Solve } from "./solve.js";

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

/**
 * Newton's step on the variables that the bounds leave free, in "newton", from the Hessian in "hess"; a variable that is held has no
 * part in it. Gives the decrease it promises: Newton's decrement, f - m(x + d) = -g'd / 2 (Boyd and Vandenberghe, section 9.5.1),
 * and no more than the bounds let.
 */
function newtonStep(solve: Solve): number {
  const { n, kernels: k, here, bounded } = solve;
  const [hess, L, d, work] = (["hess", "L", "newton", "work"] as const).map((name) => solve.address(name));
  if (!bounded) return -k.newtonDirection(n, hess!, L!, here.gp, d!, work!) / 2;
  const [H, g, lower, upper] = [
    solve.view("hess"),
    solve.view("pg"),
    solve.view("lower"),
    solve.view("upper"),
  ];
  let most = 0;
  for (let j = 0; j < n; j++) {
    const slope = here.g[j]!;
    const room = slope > 0 ? here.x[j]! - lower[j]! : upper[j]! - here.x[j]!;
    const held = !(room > 0) || upper[j] === lower[j];
    g[j] = held ? 0 : slope;
    if (g[j] !== 0) most += Math.abs(g[j]!) * room;
    if (!held) continue;
    for (let i = 0; i < n; i++) H[i * n + j] = H[j * n + i] = 0;
    H[j * n + j] = 1;
  }
  return Math.min(-k.newtonDirection(n, hess!, L!, solve.address("pg"), d!, work!) / 2, most);
}

/** Nothing is left to gain: a minimum, unless the Hessian says that it is a saddle. */
function* ended(solve: Solve, failure: Termination): Generator<Ask, Termination | null, void> {
  const found = yield* beyondSaddle(solve, true);
  if (found === "left") return null;
  if (found === "saddle") return SADDLE;
  solve.decrease = 0;
  yield CHECK;
  return failure;
}

function* judged(solve: Solve, failure: Termination): Generator<Ask, Termination | null, void> {
  const { n, kernels: k, s, bounded } = solve;
  const [hess, d] = [solve.address("hess"), solve.address("newton")];
  yield solve.hessian;
  if (k.firstNonFinite(n * n, hess) >= 0) return failure;
  const { here, there } = solve;
  const promise = newtonStep(solve);
  if (!(promise > PROMISE * Math.abs(here.f)) || unmoved(here.x, solve.view("newton"))) {
    return yield* ended(solve, failure);
  }
  // Where a Newton step finds a lower point and the search did not, the gradient is suspect.
  const tries = s[S_RESCUES]! < MAX_RESCUES ? SHARES : [];
  if (s[S_RESCUES] === 0 && solve.doubt && (yield* solve.doubt())) return failure;
  for (const share of tries) {
    if (bounded) k.moveInBox(n, share, d, here.xp, there.xp, solve.lower, solve.upper);
    else k.move(n, share, d, here.xp, there.xp);
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
    // Methods within bounds hold their own model in "hess".
    if (bounded) s[S_COUNT] = s[S_HEAD] = 0;
    s[S_STEP] = solve.stepNorm = k.distance(n, solve.here.xp, solve.there.xp);
    solve.foundGradient(solve.gradientSize(solve.here));
    // A gain of rounding is no sign of the end either: the Hessian will say so.
    solve.decrease = Infinity;
    yield ITERATION;
    return null;
  }
  // No lower point, and none would show where terms of f as large as its first value cancel.
  return promise <= CANCELLED * solve.firstValue ? yield* ended(solve, failure) : failure;
}
