// What a stationary point is, by the Hessian there: where f curves downwards it is a saddle or a maximum, and the run goes on along
// that direction.

import { S_COUNT, S_HEAD, S_KNOWN, S_SOFT, S_STEP } from "../abi/smooth.js";
import { type Ask, ITERATION, type Method } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { NOISE } from "./line-search/types.js";
import type { Minimisation } from "./minimisation.js";
import type { Solve } from "./solve.js";

export const SADDLE: Termination = { status: "failed", reason: "saddle" };

/** A curvature below minus this share of the largest is negative beyond rounding; of a Hessian made of differences, this. */
const NEGATIVE = 1e-10;
const NEGATIVE_BY_DIFFERENCES = 1e-5;
/** Trials along the direction, each so many times shorter. */
const TRIALS = 24;
const SHORTER = 0.125;
/** How often a run may leave a saddle. */
const MOST_LEFT = 50;
/** More variables than this are not looked at by methods without a Hessian. */
const MOST_CONFIRMED = 50;
const SWEEPS = 30;
const EPS = 2.220446049250313e-16;
/** So near to a bound, as a share of its size, a variable lies on it. */
const TOUCHING = 1e-14;

/** The least eigenvalue of a symmetric matrix (k*k, overwritten) with its vector, by Jacobi's rotations (Golub and Van Loan, 8.5). */
export function leastCurvature(
  A: Float64Array,
  k: number,
): { value: number; most: number; vector: Float64Array } {
  const V = new Float64Array(k * k);
  for (let i = 0; i < k; i++) V[i * k + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let i = 0; i < k; i++) {
      for (let j = i + 1; j < k; j++) {
        const [aij, aii, ajj] = [A[i * k + j]!, A[i * k + i]!, A[j * k + j]!];
        if (!(Math.abs(aij) > EPS * Math.sqrt(Math.abs(aii)) * Math.sqrt(Math.abs(ajj)))) continue;
        rotated = true;
        const theta = (ajj - aii) / (2 * aij);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(1 + theta * theta));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = t * c;
        const turn = (M: Float64Array, p: number, q: number): void => {
          const [a, b] = [M[p]!, M[q]!];
          M[p] = c * a - s * b;
          M[q] = s * a + c * b;
        };
        for (let m = 0; m < k; m++) turn(A, m * k + i, m * k + j);
        for (let m = 0; m < k; m++) {
          turn(A, i * k + m, j * k + m);
          turn(V, m * k + i, m * k + j);
        }
      }
    }
    if (!rotated) break;
  }
  let least = 0;
  let most = 0;
  for (let i = 0; i < k; i++) {
    if (A[i * k + i]! < A[least * k + least]!) least = i;
    most = Math.max(most, Math.abs(A[i * k + i]!));
  }
  return {
    value: A[least * k + least]!,
    most,
    vector: Float64Array.from({ length: k }, (_, m) => V[m * k + least]!),
  };
}

interface Downwards {
  readonly curvature: number;
  readonly direction: Float64Array;
}

/** The negative curvature of a Hessian on the variables that no bound holds; null where there is none. */
function downwards(solve: Solve, H = solve.view("hess")): Downwards | null {
  const { n, here } = solve;
  const [lower, upper] = solve.sides;
  const free: number[] = [];
  for (let j = 0; j < n; j++) {
    const v = here.x[j]!;
    if (!lower || Math.min(v - lower[j]!, upper![j]! - v) > TOUCHING * Math.abs(v)) free.push(j);
  }
  const k = free.length;
  const A = new Float64Array(k * k);
  free.forEach((i, a) => {
    free.forEach((j, b) => {
      A[a * k + b] = (H[i * n + j]! + H[j * n + i]!) / 2;
    });
  });
  if (k === 0 || A.some((v) => !(v - v === 0))) return null;
  const { value, most, vector } = leastCurvature(A, k);
  const share = solve.hasHess || solve.hasHessVec ? NEGATIVE : NEGATIVE_BY_DIFFERENCES;
  if (!(value < -share * most)) return null;
  const direction = new Float64Array(n);
  free.forEach((j, a) => {
    direction[j] = vector[a]!;
  });
  return { curvature: value, direction };
}

/** The longest trial along a direction of length 1. */
const farthest = (solve: Solve): number =>
  Math.max(solve.reach, solve.kernels.nrm2F64(solve.n, solve.here.xp));

/** Puts the trial t along the direction, within the bounds. */
function place(solve: Solve, direction: Float64Array, t: number): void {
  const { here, there } = solve;
  direction.forEach((d, j) => {
    there.x[j] = solve.within(here.x[j]! + t * d, j);
  });
  solve.at = there;
}

/**
 * For methods that hold the Hessian in full, where a test of convergence is met. "minimum": nothing speaks against it; "left": the
 * point was a saddle or a maximum, and a lower one was found and taken; "saddle": there is negative curvature, and no lower point.
 * `fresh`: the Hessian in hand is the one of this point. One of the point before speaks for this one while it is positive definite.
 */
export function* beyondSaddle(
  solve: Solve,
  fresh = false,
): Generator<Ask, "minimum" | "left" | "saddle", void> {
  const { n, kernels: k, s } = solve;
  if (s[S_KNOWN] === 0 || (!fresh && downwards(solve))) {
    yield solve.hessian;
    fresh = true;
  }
  const found = fresh ? downwards(solve) : null;
  if (!found) return "minimum";
  solve.gradient = solve.decrease = solve.step = Infinity;
  if (s[S_KNOWN]! > MOST_LEFT) return "saddle";
  const { here, there } = solve;
  const { curvature, direction } = found;
  const slope = direction.reduce((sum, d, j) => sum + here.g[j]! * d, 0);
  let t = (slope > 0 ? -1 : 1) * farthest(solve);
  for (let trial = 0; trial < TRIALS; trial++, t *= SHORTER) {
    // What is promised must show in f.
    const bend = curvature * t * t;
    if (!(-bend > 2 * NOISE * Math.abs(here.f))) break;
    for (const side of [t, -t]) {
      place(solve, direction, side);
      yield solve.value;
      if (!(there.f < here.f)) continue;
      // Where a limit forbids the gradient, the trial is still the best point.
      solve.keep();
      yield solve.derivative;
      if (k.firstNonFinite(n, there.gp) >= 0) continue;
      solve.accept();
      solve.measure(0);
      // What was learned on the other side of the saddle is of no use.
      s[S_COUNT] = s[S_HEAD] = s[S_SOFT] = 0;
      s[S_KNOWN] = s[S_KNOWN]! + 1;
      s[S_STEP] = solve.stepNorm = k.distance(n, solve.here.xp, solve.there.xp);
      solve.foundGradient(solve.gradientSize(solve.here));
      // Small as they may still be, they are no sign of a minimum here.
      solve.gradient = solve.decrease = solve.step = Infinity;
      yield ITERATION;
      return "left";
    }
  }
  // Values are all there is to tell by, and they say that nothing is lower.
  return solve.exact || solve.hasHess || solve.hasHessVec ? "saddle" : "minimum";
}

/** Whether f falls on both sides, as the curvature says. On a slope, and behind a bound, it does not: there is no saddle. */
function* fallsBeside(
  { solve, watch }: Minimisation,
  { curvature, direction }: Downwards,
): Generator<Ask, boolean, void> {
  const { here, there } = solve;
  let t = farthest(solve);
  for (let trial = 0; trial < TRIALS; trial++, t *= SHORTER) {
    const bend = curvature * t * t;
    if (!(-bend > 2 * NOISE * Math.abs(here.f)) || watch.before(2)) break;
    let sum = 0;
    for (const side of [t, -t]) {
      place(solve, direction, side);
      yield solve.value;
      sum += there.f < here.f ? there.f - here.f : NaN;
    }
    // Twice or half of it is another part of f.
    if (sum < bend / 2 && sum > 2 * bend) return true;
  }
  return false;
}

/**
 * For methods that do without it: an answer that claims a minimum, where the objective brings its Hessian and has few variables, is
 * looked at with it once.
 */
export function* confirmed(run: Minimisation, end: Termination): Method<Termination> {
  const { solve, watch, evaluations, input } = run;
  const { hess } = input.objective;
  const { n, here } = solve;
  if (!hess || solve.curved || n > MOST_CONFIRMED || end.reason === "target" || watch.before(0)) return end;
  const H = new Float64Array(n * n);
  watch.nhev++;
  const call = { kind: "call", cost: () => 0, run: () => evaluations.fill("hess", hess, here.x, H) } as const;
  yield call;
  const found = downwards(solve, H);
  return found && (yield* fallsBeside(run, found)) ? SADDLE : end;
}
