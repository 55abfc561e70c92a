// One path of Pathfinder: L-BFGS climbs the log density, and the normal law with its inverse Hessian is compared with the density
// at every step; the one with the largest evidence lower bound stays (Zhang et al. 2022, algorithm 1).

import type { Random } from "../random/philox.js";
import type { Evaluation } from "./evaluation.js";
import { InverseHessian, type PathNormal } from "./inverse-hessian.js";
import { allFinite, axpy, dot } from "./vectors.js";

/** Pairs of steps that are kept: the paper's. */
const HISTORY = 6;
/** Draws for each lower bound: Stan's. With the paper's 5 a bad law wins now and then by luck. */
const DRAWS = 25;
const MOST_STEPS = 1000;
const MOST_TRIALS = 30;
/** Ends where a step gains less than this share of |log density| (Stan's 1e4 eps). */
const GAIN = 2.2e-12;
/** Wolfe: the gain is at least C1 of what the slope promises, and the slope falls below C2 of it. */
const C1 = 1e-4;
const C2 = 0.9;

export interface Path {
  readonly normal: PathNormal;
  /** E[log density - log normal] over the normal law, estimated by a few draws. */
  readonly lowerBound: number;
}

/** From a point with a finite density `lp` and gradient; null where no step gave a law with a finite lower bound. */
export function* climb(
  evaluation: Evaluation,
  from: Float64Array,
  slope: Float64Array,
  top: number,
  random: Random,
): Generator<Evaluation, Path | null, void> {
  const d = from.length;
  const hessian = new InverseHessian(d, HISTORY);
  const x = from.slice();
  const g = slope.slice();
  let lp = top;
  let best: Path | null = null;
  const trial = new Float64Array(d);
  const trialG = new Float64Array(d);
  const u = new Float64Array(d);
  for (let step = 0; step < MOST_STEPS; step++) {
    let direction = hessian.times(g);
    let along = dot(d, g, direction);
    if (step === 0 || !(along > 0)) {
      // A first step of length 1 at most.
      const length = Math.sqrt(dot(d, g, g));
      direction = g.map((v) => v / Math.max(1, length));
      along = dot(d, g, direction);
    }
    if (!(along > 0)) break;
    // Bisection to the weak Wolfe conditions (Lewis and Overton 2013, algorithm 2.6).
    let [low, high, t] = [0, Infinity, 1];
    let found = false;
    for (let tries = 0; tries < MOST_TRIALS && !found; tries++) {
      trial.set(x);
      axpy(d, t, direction, trial);
      evaluation.ask(trial, trialG);
      yield evaluation;
      if (!(evaluation.value >= lp + C1 * t * along && allFinite(d, trialG))) high = t;
      else if (dot(d, trialG, direction) > C2 * along) low = t;
      else found = true;
      if (!found) t = high < Infinity ? (low + high) / 2 : 2 * low;
    }
    if (!found) break;
    const gained = evaluation.value - lp;
    const s = trial.map((v, i) => v - x[i]!);
    const y = trialG.map((v, i) => g[i]! - v);
    x.set(trial);
    g.set(trialG);
    lp = evaluation.value;
    const normal = hessian.learn(s, y) ? hessian.normal(x, g) : null;
    if (normal) {
      let lowerBound = 0;
      for (let k = 0; k < DRAWS; k++) {
        const density = normal.draw(random, u);
        evaluation.ask(u, null);
        yield evaluation;
        lowerBound += (evaluation.value - density) / DRAWS;
      }
      if (lowerBound > (best?.lowerBound ?? -Infinity)) best = { normal, lowerBound };
    }
    if (gained <= GAIN * Math.max(1, Math.abs(lp))) break;
  }
  return best;
}
