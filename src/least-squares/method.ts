// Nonlinear least squares as one flat generator: it asks for residuals and Jacobians, the kernels make the
// steps, the policy judges them. All four methods are this loop.

import type { Ask, Method, Progress, Tolerances } from "../driver/types.js";
import type { LeastSquaresKernels } from "../wasm/least-squares.js";
import { makePolicy, type Verdict } from "./policy.js";
import type { LeastSquaresMethodName } from "./settings.js";
import {
  DOGLEG,
  F_RES,
  GAUSS_NEWTON,
  LEVENBERG,
  LEVENBERG_MARQUARDT,
  LINEAR,
  S_COSINE,
  S_COST,
  S_FREE,
  S_FULL,
  S_GN_LENGTH,
  S_GRADIENT,
  S_LENGTH,
  S_MOVED,
  S_NOISE,
  S_OFFSET,
  S_PIVOT,
  S_PREDICTED,
  S_RANK,
  S_SIZE,
  S_STEP_MAX,
  S_STEP_NORM,
} from "./state.js";

/** A step that the cost is too coarse to judge must shrink the relative offset by this. */
const TRUST = 0.9;
/** Relative Gauss-Newton step at which differences become central. */
const FINE_STEP = 1e-2;
/** A run that cannot go on counts as converged when residuals and Jacobian are this near to orthogonal, */
const STALL_COSINE = 1e-6;
/** and the relative offset is this small, or a direction is lost in rounding. */
const STALL_OFFSET = 1e-5;
const BLIND_PIVOT = 2 ** -40;
const MAX_SHRINKS = 60;
const SUFFICIENT = 1e-4;

export const methodCodes: Record<LeastSquaresMethodName, number> = {
  levenbergMarquardt: LEVENBERG_MARQUARDT,
  levenberg: LEVENBERG,
  gaussNewton: GAUSS_NEWTON,
  dogleg: DOGLEG,
};

/** A vector of m residuals and its address. */
export interface Residuals {
  readonly view: Float64Array;
  readonly ptr: number;
}

/** What the method and its problem share: one object for the whole run. */
export interface Solve extends Progress {
  readonly m: number;
  readonly n: number;
  readonly kernels: LeastSquaresKernels;
  readonly frame: number;
  readonly frameSlots: Int32Array;
  readonly state: number;
  readonly s: Float64Array;
  readonly trial: Float64Array;
  readonly before: Float64Array;
  readonly jacobian: number;
  loss: number;
  lossScale: number;
  /** Weighted residuals, where the loss is not linear. */
  readonly weighted: number;
  /** Residuals at `x`, and those of the trial; they change places when a trial is accepted. */
  best: Residuals;
  other: Residuals;
  /** The point to evaluate, set with every request. */
  at: Float64Array;
  /** Central differences are wanted; `exact`: the Jacobian has no differences to refine. */
  fine: boolean;
  exact: boolean;
  /** Set once the start has a finite cost. */
  started: boolean;
  /** The Jacobian in hand belongs to another point than `x`. */
  stale: boolean;
  tolerances: Tolerances;
  readonly A: Float64Array;
  readonly span: Float64Array;
  /** Influence of each variable at the first linearisation, once `influenced`. */
  readonly influence: Float64Array;
  influenced: boolean;
}

const EVALUATE: Ask = { kind: "evaluate" };
const DIFFERENTIATE: Ask = { kind: "differentiate" };
const CHECK: Ask = { kind: "check" };
const ITERATION: Ask = { kind: "iteration" };

export function* leastSquaresMethod(solve: Solve, name: LeastSquaresMethodName): Method {
  const { m, n, kernels: k, frame, frameSlots, state, s, x, trial, before } = solve;
  const { gradTol, stepTol, funTol } = solve.tolerances;
  const code = methodCodes[name];
  const policy = makePolicy(name);
  const verdict: Verdict = { accepted: false, ratio: 0, cost: 0, trialCost: 0 };
  let onTrust = false;
  let offsetBefore = 0;
  let costBefore = 0;
  let shrinks = 0;
  let fresh = 1;
  /** x was accepted since the last finite Jacobian: `before` and the other residuals are those of the point before. */
  let returnable = false;
  /** Central differences are not finite where forward ones are. */
  let coarse = false;

  solve.at = x;
  yield EVALUATE;
  let cost = k.cost(m, solve.best.ptr, solve.loss, solve.lossScale);
  s[S_COST] = cost;
  solve.fun = cost / 2;
  if (cost === Infinity) return { status: "failed", reason: "nonFinite" };
  solve.started = true;

  for (;;) {
    // Linearise at x.
    solve.at = x;
    yield DIFFERENTIATE;
    const finite = k.allFinite(m * n, solve.jacobian) === 1;
    if (finite) {
      frameSlots[F_RES] = solve.loss === LINEAR ? solve.best.ptr : solve.weighted;
      if (solve.loss !== LINEAR)
        k.weigh(m, n, solve.best.ptr, solve.weighted, solve.jacobian, solve.loss, solve.lossScale);
      if (k.linearise(m, n, code, fresh, frame, state) !== 0)
        return { status: "failed", reason: "nonFinite" };
      if (!solve.influenced) {
        for (let j = 0; j < n; j++) solve.influence[j] = influence(solve, j);
        solve.influenced = true;
      }
      fresh = 0;
      solve.stale = false;
    } else if (returnable && shrinks < MAX_SHRINKS) {
      // No derivative at the new point: go back and take a shorter step.
      revert();
      onTrust = false;
    } else if (!returnable && !fresh && solve.fine && !coarse) {
      // The domain ends within a central step: the forward differences that were finite have to do.
      coarse = true;
      solve.fine = false;
      continue;
    } else return { status: "failed", reason: "nonFinite" };
    const accurate = solve.fine || solve.exact || coarse;
    const offset = s[S_OFFSET] as number;
    solve.gradNorm = s[S_GRADIENT] as number;
    if (onTrust) {
      onTrust = false;
      if (!(offset <= TRUST * offsetBefore)) {
        if (offset > offsetBefore) revert();
        solve.decrease = 0;
        yield CHECK;
      }
    }
    returnable = false;
    const determined = s[S_RANK] === s[S_FREE];
    const gradient = offset === 0 || determined ? offset : Infinity;
    solve.gradient = accurate || cost === 0 ? gradient : Infinity;
    yield CHECK;
    solve.gradient = Infinity;
    if (gradient <= gradTol) {
      refine();
      continue;
    }
    if (!finite) {
      verdict.accepted = false;
      verdict.ratio = -1;
      verdict.trialCost = Infinity;
      policy.judge(s, verdict);
      shrinks++;
    } else shrinks = 0;

    // Trial steps from this linearisation.
    for (let again = true; again; ) {
      k.trialStep(m, n, code, frame, state);
      solve.at = trial;
      yield EVALUATE;
      const trialCost = k.cost(m, solve.other.ptr, solve.loss, solve.lossScale);
      const predicted = s[S_PREDICTED] as number;
      const actual = cost - trialCost;
      const noise = s[S_NOISE] as number;
      const full = s[S_FULL] === 1;
      let accepted = predicted > 0 && actual > SUFFICIENT * predicted;
      if (!accepted && full && predicted <= noise && Math.abs(actual) <= noise && determined) {
        accepted = onTrust = true;
        offsetBefore = offset;
        policy.widen(s, 2 * (s[S_LENGTH] as number));
      } else {
        verdict.accepted = accepted;
        verdict.ratio = predicted > 0 ? actual / predicted : -1;
        verdict.cost = cost;
        verdict.trialCost = trialCost;
        policy.judge(s, verdict);
      }
      solve.stepNorm = s[S_STEP_NORM] as number;
      solve.step = full ? (s[S_STEP_MAX] as number) : Infinity;
      solve.decrease =
        full || offset * offset <= funTol ? decreaseMeasure(actual, predicted, cost, noise) : Infinity;
      const near = full && (s[S_STEP_MAX] as number) <= FINE_STEP;
      const blind = predicted <= noise || s[S_MOVED] === 0;
      if (accepted) {
        before.set(x);
        costBefore = cost;
        x.set(trial);
        cost = trialCost;
        s[S_COST] = cost;
        solve.fun = cost / 2;
        exchange();
        solve.stale = true;
        returnable = true;
      }
      const done = solve.step <= stepTol || solve.decrease <= funTol;
      if (done && !accurate) {
        solve.step = solve.decrease = Infinity;
        yield ITERATION;
        refine();
        break;
      }
      yield ITERATION;
      if (accepted) {
        if (near && !accurate) refine();
        again = false;
      } else if (blind || ++shrinks >= MAX_SHRINKS) {
        // The cost cannot judge any shorter step.
        if (accurate) {
          const aligned = (s[S_COSINE] as number) <= STALL_COSINE;
          const settled = offset <= STALL_OFFSET || (s[S_PIVOT] as number) < BLIND_PIVOT;
          // Residuals that are rounding errors of the data have no direction.
          const exact = cost <= noise;
          if (!exact && !(aligned && settled)) return { status: "failed", reason: "stalled" };
          solve.decrease = 0;
          yield CHECK;
        }
        refine();
        again = false;
      }
    }
  }

  function exchange(): void {
    const { best } = solve;
    solve.best = solve.other;
    solve.other = best;
  }
  function revert(): void {
    x.set(before);
    cost = costBefore;
    s[S_COST] = cost;
    solve.fun = cost / 2;
    solve.stale = true;
    exchange();
  }
  function refine(): void {
    solve.fine = !coarse;
    onTrust = false;
    policy.widen(s, Math.min(2 * (s[S_GN_LENGTH] as number), 0.1 * (s[S_SIZE] as number)));
  }
}

/** Predicted over current cost, where the actual decrease is as small or lost in rounding. */
function decreaseMeasure(actual: number, predicted: number, cost: number, noise: number): number {
  const size = Math.abs(actual);
  return (size <= noise ? predicted : Math.max(size, predicted)) / cost;
}

/** Length of column j of J times the size of its variable so far. */
export function influence({ n, A, span }: Solve, j: number): number {
  return Math.sqrt(A[j * n + j] as number) * (span[j] as number);
}
