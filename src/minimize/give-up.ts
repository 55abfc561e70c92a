// What a run does when it finds no lower point: with few variables the Hessian says how much is still to be gained; a Newton
// step may find what the method's own model did not, and otherwise the claim is made or refused.

import { S_COUNT, S_HEAD, S_RESCUES, S_SOFT, S_STEP } from "../abi/smooth.js";
import { type Ask, CHECK, ITERATION } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { beyondSaddle, SADDLE } from "./curvature.js";
import { LONGER } from "./hessian-differences.js";
import { unmoved } from "./last-bit.js";
import { PROMISE, type Solve } from "./solve.js";

/** Steps of Newton that are tried, as shares of the whole one. */
const SHARES = [1, 0.25, 0.0625, 0.015625] as const;
const MAX_RESCUES = 50;
/** A slope is certain beyond so many times its error; steps along it grow by this. */
const CERTAIN = 2;
const FARTHER = 4;
/** A second derivative is known where it is more than so many times what the errors of the gradient make of one. */
const BLUR = 10;
/** Of a Hessian with unit diagonal: differences know its eigenvalues no better. */
const LEAST_SHIFT = 1e-6;

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

/** g'(H + t I)^-1 g / 2 with the least t of 1e-6, 1e-5 ... for which H + t I is positive definite: H has a unit diagonal. */
function decrement(n: number, H: Float64Array, g: Float64Array): number {
  const L = new Float64Array(n * n);
  const z = new Float64Array(n);
  for (let t = LEAST_SHIFT; t < Infinity; t *= 10) {
    let sum = 0;
    let i = 0;
    for (; i < n; i++) {
      let y = g[i]!;
      for (let j = 0; j <= i; j++) {
        let v = H[i * n + j]! + (i === j ? t : 0);
        for (let k = 0; k < j; k++) v -= L[i * n + k]! * L[j * n + k]!;
        L[i * n + j] = j < i ? v / L[j * n + j]! : Math.sqrt(v);
        if (j < i) y -= L[i * n + j]! * z[j]!;
      }
      z[i] = y / L[i * n + i]!;
      if (!(L[i * n + i]! > 0)) break;
      sum += z[i]! * z[i]!;
    }
    if (i === n) return sum / 2;
  }
  return Infinity;
}

/**
 * Newton's step on the variables that the bounds leave free, in "newton", from the Hessian in "hess"; a variable that is held has no
 * part in it. Gives the decrease it promises: Newton's decrement, f - m(x + d) = -g'd / 2 (Boyd and Vandenberghe, section 9.5.1),
 * and no more than the bounds let. Each variable counts in the unit in which its own curvature is 1: what makes the Hessian positive
 * definite, where it is not, must not hide a variable whose curvature is small beside that of another.
 */
function newtonStep(solve: Solve): number {
  const { n, kernels: k, here } = solve;
  const [hess, L, d, work] = (["hess", "L", "newton", "work"] as const).map((name) => solve.address(name));
  const [H, g, step] = [solve.view("hess"), solve.view("pg"), solve.view("newton")];
  const [lower, upper] = solve.sides;
  let most = lower ? 0 : Infinity;
  for (let j = 0; j < n; j++) {
    const slope = here.g[j]!;
    const room = solve.room(j);
    const held = !(room > 0) || (lower !== null && upper![j] === lower[j]);
    g[j] = held ? 0 : slope;
    if (g[j] !== 0) most += Math.abs(g[j]!) * room;
    if (!held) continue;
    for (let i = 0; i < n; i++) H[i * n + j] = H[j * n + i] = 0;
    H[j * n + j] = 1;
  }
  const units = Float64Array.from({ length: n }, (_, j) => 1 / Math.sqrt(Math.abs(H[j * n + j]!) || 1));
  const rescale = (sign: 1 | -1): void => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const by = units[i]! * units[j]!;
        H[i * n + j] = sign > 0 ? H[i * n + j]! * by : H[i * n + j]! / by;
      }
  };
  for (let j = 0; j < n; j++) g[j]! *= units[j]!;
  rescale(1);
  const promise = Math.max(
    decrement(n, H, g),
    -k.newtonDirection(n, hess!, L!, solve.address("pg"), d!, work!) / 2,
  );
  rescale(-1);
  for (let j = 0; j < n; j++) step[j]! *= units[j]!;
  return Math.min(promise, most);
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

/** The lower point in `there` is where the run goes on. */
function* taken(solve: Solve, failure: Termination): Generator<Ask, Termination | null, void> {
  const { n, kernels: k, s, bounded, there } = solve;
  // Where a limit forbids the gradient, the trial is still the best point.
  solve.keep();
  yield solve.derivative;
  if (k.firstNonFinite(n, there.gp) >= 0) return failure;
  solve.accept();
  solve.measure(0);
  s[S_RESCUES] = s[S_RESCUES]! + 1;
  s[S_SOFT] = 0;
  // Methods within bounds hold their own model in "hess".
  if (bounded) s[S_COUNT] = s[S_HEAD] = 0;
  s[S_STEP] = solve.stepNorm = k.distance(n, solve.here.xp, solve.there.xp);
  solve.foundGradient(solve.gradientSize(solve.here));
  // A gain of rounding is no sign of the end either: the Hessian will say so.
  solve.decrease = Infinity;
  yield ITERATION;
  return null;
}

/**
 * Gradients by differences may say nothing of the curvature along a variable, where f hardly bends within their steps. There a slope
 * that is more than its error is followed for as long as f falls, in steps that grow.
 */
function* slide(solve: Solve): Generator<Ask, boolean, void> {
  const { n, kernels: k, here, there, exact, hasHess, hasHessVec } = solve;
  if (exact || hasHess || hasHessVec) return false;
  const [H, steps, thirds] = [solve.view("hess"), solve.view("steps"), solve.view("thirds")];
  const noise = solve.view("noise")[0]!;
  for (let j = 0; j < n; j++) {
    const h = steps[j]!;
    const g = here.g[j]!;
    const error = noise / h + thirds[j]! * h * h;
    if (!(Math.abs(g) > CERTAIN * error && BLUR * error > Math.abs(H[j * n + j]!) * LONGER * h)) continue;
    k.copyF64(n, here.xp, there.xp);
    let [f, x] = [here.f, here.x[j]!];
    for (let t = -Math.sign(g) * LONGER * h; Math.abs(t) < Infinity; t *= FARTHER) {
      there.x[j] = solve.within(here.x[j]! + t, j);
      solve.at = there;
      yield solve.value;
      if (!(there.f < f)) break;
      [f, x] = [there.f, there.x[j]!];
    }
    there.x[j] = x;
    there.f = f;
    if (f < here.f) return true;
  }
  return false;
}

function* judged(solve: Solve, failure: Termination): Generator<Ask, Termination | null, void> {
  const { n, kernels: k, s, bounded } = solve;
  const [hess, d] = [solve.address("hess"), solve.address("newton")];
  yield solve.hessian;
  if (k.firstNonFinite(n * n, hess) >= 0) return failure;
  const { here, there } = solve;
  // The gradient may be larger by its error, and the gain by the square.
  if (s[S_RESCUES]! < MAX_RESCUES && (yield* slide(solve))) return yield* taken(solve, failure);
  const doubt = 1 + solve.error / solve.gradientSize(here);
  const promise = newtonStep(solve) * (doubt < Infinity ? doubt * doubt : 1);
  if (
    !(promise > Math.max(PROMISE * Math.abs(here.f), solve.exact ? 0 : solve.hidden)) ||
    unmoved(here.x, solve.view("newton"))
  ) {
    return yield* ended(solve, failure);
  }
  // Where a Newton step finds a lower point and the search did not, the gradient is suspect.
  const tries = s[S_RESCUES]! < MAX_RESCUES ? SHARES : [];
  if (s[S_RESCUES] === 0 && solve.doubter && (yield* solve.doubter.doubt())) return failure;
  for (const share of tries) {
    if (bounded) k.moveInBox(n, share, d, here.xp, there.xp, solve.lower, solve.upper);
    else k.move(n, share, d, here.xp, there.xp);
    solve.at = there;
    yield solve.value;
    if (!(there.f < here.f)) continue;
    return yield* taken(solve, failure);
  }
  // No lower point, and none would show where terms of f as large as its first value cancel.
  return promise <= solve.hidden ? yield* ended(solve, failure) : failure;
}
