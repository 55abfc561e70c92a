// A primal-dual interior-point method: logarithmic barrier for bounds and for the slacks of inequality rows, Newton steps on
// the perturbed KKT system with inertia correction, a filter line search with second-order correction, restoration.
// A. Waechter and L. T. Biegler, Mathematical Programming 106 (2006) 25-57; equation numbers are theirs.

import { log } from "../../runtime/elementary.js";
import { Curvatures, diagonal } from "./bfgs.js";
import { Filter } from "./filter.js";
import { flatHere } from "./flat.js";
import { Interior } from "./interior.js";
import { withoutMultipliers } from "./multipliers.js";
import { NewtonSystem } from "./newton-system.js";
import { finiteDerivatives, finitePoint } from "./point.js";
import { ranAway } from "./ran-away.js";
import { restore } from "./restore.js";
import { failed, type Method, type ProgramSolve } from "./solve.js";
import { chooseUnits } from "./unit-of-f.js";
import { violationHolds } from "./violation-holds.js";

export interface InteriorPointOptions {
  /** Second derivatives: the user's, or damped BFGS. */
  hessian: "exact" | "bfgs";
  /** The first barrier parameter. Default 0.1. */
  barrier?: number | undefined;
}

/** The barrier problem is solved to kappa mu (7), mu falls to min(kappa_mu mu, mu^theta_mu). */
const SOLVED = 10;
const FALL = 0.2;
/** The barrier of a tolerance below this is lost in the rounding of f. */
const LEAST = 1e-13;
/** Steps this small against the variables cannot be judged any more. */
const TINY = 2.2e-15;

/** Restorations that may end at any point which the filter takes. */
const OFTEN = 5;

export function* interiorPoint(
  solve: ProgramSolve,
  { hessian, barrier = 0.1 }: InteriorPointOptions,
): Method {
  const { n, m, here, there, evaluator, tolerances } = solve;
  const at = new Interior(solve);
  at.pushInside();
  yield solve.values(here);
  if (!finitePoint(here)) return failed("nonFinite");
  yield solve.derivatives(here);
  if (!finiteDerivatives(here)) return failed("nonFinite");
  yield* chooseUnits(solve);
  solve.begin();
  const system = new NewtonSystem(solve, at, solve.runtime);
  // Of BFGS, whose matrices are full.
  const B = new Float64Array(hessian === "bfgs" ? n * n : 0);
  const s = new Float64Array(n);
  const change = new Float64Array(n);
  const curvatures = new Curvatures(n);
  let restorations = 0;
  if (hessian === "bfgs") diagonal(n, B, 1);
  solve.model = hessian === "bfgs" ? B : evaluator.H;
  let mu = barrier;
  at.start(mu);
  try {
    system.estimate(solve.y);
    const filter = new Filter(at.theta(here));
    let tinySteps = 0;
    for (;;) {
      if (yield* ranAway(solve)) return failed("diverging");
      const least =
        Math.max(LEAST, tolerances.gradTol) *
        Math.min(0.1, Math.max(Math.min(1, evaluator.fScale), Math.abs(here.f)) / (2 * at.count));
      while (mu > least && (at.error(mu) <= SOLVED * mu || tinySteps > 0)) {
        tinySteps = 0;
        mu = Math.max(least, Math.min(FALL * mu, mu * Math.sqrt(mu)));
        filter.clear();
      }
      if (tinySteps > 1) return failed("stalled");
      if (hessian === "exact") yield solve.hessian(here, solve.y);
      if (!system.factor(hessian === "exact" ? evaluator.H : B, mu)) return failed("singular");
      if (!system.step(mu)) return failed("singular");
      at.combine(solve.z);
      solve.measure(here, solve.y, solve.z, system.dx, hessian === "exact" ? evaluator.H : null);
      if (withoutMultipliers(solve, system.dx, hessian === "exact" ? evaluator.H : null))
        return failed("singular");
      if (hessian === "bfgs" && (yield* flatHere(solve))) return failed("stalled");
      yield solve.check;
      const tau = Math.max(0.99, 1 - mu);
      const alphaMax = at.longest(system.dx, system.ds, tau);
      const alphaDual = at.longestDual(mu, system, tau);
      const theta = at.theta(here);
      const phi = at.barrier(here, at.s, mu);
      const slope = at.slope(system.dx, system.ds, mu);
      const noise = 1e-14 * Math.abs(phi) + solve.hum(solve.y);

      let accepted = false;
      let alpha = alphaMax;
      const tiny = at.isTiny(system.dx, system.ds, TINY);
      const shortest = filter.shortest(slope, theta);
      for (let trial = 0; tiny || alpha >= shortest * alphaMax; trial++) {
        at.place(system.dx, system.ds, alpha);
        yield solve.values(there);
        if (tiny) {
          accepted = finitePoint(there);
          tinySteps++;
          break;
        }
        const finite = finitePoint(there);
        const newTheta = finite ? at.thetaOf(there, at.sTrial) : Infinity;
        const newPhi = finite ? at.barrier(there, at.sTrial, mu) : Infinity;
        if (filter.accepts(newTheta, newPhi, theta, phi, slope, alpha, noise)) {
          accepted = true;
          break;
        }
        if (trial === 0 && finite && newTheta >= theta && m > 0) {
          // Second-order correction: the same matrix, the rows at the trial added (27).
          let before = newTheta;
          for (let p = 0; p < 4; p++) {
            if (!system.correct(alpha, mu)) break;
            const corrected = at.longest(system.cx, system.cs, tau);
            at.place(system.cx, system.cs, corrected);
            yield solve.values(there);
            if (!finitePoint(there)) break;
            const t = at.thetaOf(there, at.sTrial);
            if (filter.accepts(t, at.barrier(there, at.sTrial, mu), theta, phi, slope, alpha, noise)) {
              accepted = true;
              break;
            }
            if (!(t <= 0.99 * before)) break;
            before = t;
          }
          if (accepted) break;
        }
        alpha *= 0.5;
      }

      if (!accepted) {
        if (theta <= 1e-2 * tolerances.feasTol) {
          // Feasible already: what is left is rounding, or a direction that is no descent.
          if (curvatures.fresh && hessian === "bfgs")
            return failed(solve.kkt < 1e3 ? "stalled" : "lineSearch");
          if (hessian === "exact" && system.raise()) continue;
          if (solve.kkt < 1e4) return failed("stalled");
          if (hessian === "bfgs") diagonal(n, B, 1);
          curvatures.fresh = true;
          filter.clear();
          if (hessian === "exact") return failed("lineSearch");
          continue;
        }
        filter.add(theta, phi);
        const before = solve.infeasibility(here.c);
        const often = ++restorations > OFTEN;
        const end = yield* restore(solve, () => {
          // What has to be restored again and again is followed until the rows are met, or the violation is stationary.
          if (often && solve.violationOf(here, true) > tolerances.feasTol) return false;
          const now = solve.infeasibility(here.c);
          if (!(now <= 0.9 * Math.min(theta, before > 0 ? before : theta))) return false;
          at.follow(mu);
          return filter.free(at.theta(here), at.barrier(here, at.s, mu));
        });
        if (end !== "restored") {
          if (solve.violationOf(here, true) > tolerances.feasTol) {
            if (end !== "infeasible") return failed("lineSearch");
            if (yield* violationHolds(solve)) return failed("infeasible");
          } else if (tinySteps++ > 0) return failed("stalled");
          at.follow(mu);
          filter.clear();
        }
        at.resetDuals(mu);
        system.estimate(solve.y);
        if (hessian === "bfgs") diagonal(n, B, 1);
        curvatures.fresh = true;
        yield solve.iteration;
        continue;
      }
      filter.remember(theta, phi, slope, alpha);
      yield solve.derivatives(there);
      if (!finiteDerivatives(there)) return failed("nonFinite");
      for (let i = 0; i < m; i++) solve.y[i]! += alpha * system.dy[i]!;
      for (let j = 0; j < n; j++) {
        s[j] = there.x[j]! - here.x[j]!;
        let t = there.g[j]! - here.g[j]!;
        if (hessian === "bfgs")
          for (let i = 0; i < m; i++) t -= solve.y[i]! * (there.J[i * n + j]! - here.J[i * n + j]!);
        change[j] = t;
      }
      solve.accept();
      at.accept(alphaDual, mu, system);
      if (hessian === "bfgs") curvatures.learn(B, s, change, solve.tells(s, change));
      yield solve.iteration;
    }
  } finally {
    system.dispose();
  }
}

/** The barrier of a distance. */
export const barrierTerm = (distance: number): number => (distance > 0 ? log(distance) : -Infinity);
