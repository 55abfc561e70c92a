// Sequential quadratic programming: the step solves a quadratic program of the Lagrangian's Hessian (exact, made
// convex; or damped BFGS) under the linearised rows; an l1 merit function judges it, with a second-order correction.
// Nocedal and Wright (2006), chapter 18; M. J. D. Powell (1978) for the penalties; elastic rows where they contradict.

import { Curvatures, diagonal } from "./bfgs.js";
import { makeConvex } from "./convexify.js";
import { DualActiveSet } from "./dual-active-set.js";
import { Elastic, unreasonable } from "./elastic.js";
import { flatHere } from "./flat.js";
import { Impasse } from "./impasse.js";
import { Merit } from "./merit.js";
import { withoutMultipliers } from "./multipliers.js";
import { finiteDerivatives, finitePoint } from "./point.js";
import { ranAway } from "./ran-away.js";
import { STATIONARY } from "./restore.js";
import { failed, type Method, type ProgramSolve } from "./solve.js";
import type { StepProgram } from "./step-program.js";
import { chooseUnits } from "./unit-of-f.js";
import { violationHolds } from "./violation-holds.js";

/** Sufficient decrease of the merit function. */
const ARMIJO = 1e-4;
const MOST_TRIALS = 40;
/** No step is longer than so many times max(1, |x|): what hardly curves here says nothing of so far away. */
const FARTHEST = 1e4;
/** Unless the rows ask for it; and beyond this what they ask for is rounding. */
const LONGEST = 1e8;
/** Prices of elastic variables that are tried, each ten times the last. */
const PRICES = 9;
/** The merit function is known within this share of its size. */
const NOISE = 1e-14;
/**
 * A step to feasibility that is D (1 + |x|^2)^(1/2) long shows by its part 1e4 / D^2 that the violation can fall by 5e3 / D^2 of itself
 * at least: by more than STATIONARY, unless D > 2.2e5. From here on it is looked at.
 */
const FAR_OFF = 2e5;
/** The violation has not fallen since where it was stationary before, while it is this share of what it was there. */
const AS_FAR = 0.999;

/** The region of an elastic step: at least this, in units of max(1, |x|); what a step that was cut, or was taken whole, makes of it. */
const NARROWEST = 0.1;
const AFTER_CUT = 10;
const AFTER_WHOLE = 4;

export interface SqpOptions {
  /** Second derivatives: the user's, or damped BFGS. */
  hessian: "exact" | "bfgs";
}

export function* sqp(solve: ProgramSolve, { hessian }: SqpOptions): Method {
  const { n, m, here, there, evaluator, rowNoise } = solve;
  yield solve.values(here);
  if (!finitePoint(here)) return failed("nonFinite");
  yield solve.derivatives(here);
  if (!finiteDerivatives(here)) return failed("nonFinite");
  yield* chooseUnits(solve);
  solve.begin();

  const qp = new DualActiveSet(n, m);
  const elastic = new Elastic(n, m);
  const B = new Float64Array(n * n);
  const low = new Float64Array(n);
  const high = new Float64Array(n);
  const { scaledLower: rowLower, scaledUpper: rowUpper } = evaluator;
  const program: StepProgram = {
    n,
    m,
    H: B,
    g: here.g,
    J: here.J,
    c: here.c,
    rowLower,
    rowUpper,
    low,
    high,
    rowNoise,
  };
  const shifted = new Float64Array(m);
  const corrected: StepProgram = { ...program, c: shifted };
  const flat = new Float64Array(n);
  const unit = new Float64Array(n * n);
  const feasibility: StepProgram = { ...program, g: flat, H: unit };
  const y = new Float64Array(m);
  const z = new Float64Array(n);
  const d = new Float64Array(n);
  const s = new Float64Array(n);
  const change = new Float64Array(n);
  const curvatures = new Curvatures(n);
  const merit = new Merit(solve);
  const impasse = new Impasse(solve);
  let resets = 0;
  /** How far an elastic step may go, in units of max(1, |x|). */
  let region = FARTHEST;
  /** Violation where it was stationary last. */
  let stationary = Infinity;
  diagonal(n, B, 1);
  solve.model = B;

  const place = (step: Float64Array, alpha: number): void => {
    for (let j = 0; j < n; j++) there.x[j] = solve.within(j, here.x[j]! + alpha * step[j]!);
  };
  const anew = (): void => {
    diagonal(n, B, 1);
    curvatures.fresh = true;
    merit.forget();
  };
  const window = (far: number): void => {
    const longest = far * Math.max(1, largest(here.x));
    for (let j = 0; j < n; j++) {
      low[j] = Math.max(-longest, solve.lower[j]! - here.x[j]!);
      high[j] = Math.min(longest, solve.upper[j]! - here.x[j]!);
    }
    solve.noise(here);
  };

  for (;;) {
    window(FARTHEST);
    if (hessian === "exact") {
      if (curvatures.fresh) {
        // Multipliers to begin with: those of the step of the unit Hessian.
        diagonal(n, B, 1);
        if (qp.solve(program) === "solved") {
          y.set(qp.y);
          z.set(qp.z);
        }
      }
      yield solve.hessian(here, y);
      makeConvex(solve, here, y, z, evaluator.H, B);
      curvatures.fresh = false;
    }
    let end = qp.solve(program);
    if (end === "indefinite" || end === "stuck") {
      diagonal(n, B, hessian === "bfgs" ? 1 : Math.max(1, trace(n, B)));
      curvatures.fresh = true;
      end = qp.solve(program);
    }
    if (end !== "solved") {
      // A longer step may be what the rows ask for.
      window(LONGEST);
      end = qp.solve(program);
    }
    const met = end === "solved";
    let elastically = !met || unreasonable(solve, qp);
    let linear = 0;
    const theta = solve.infeasibility(here.c);
    const violated = solve.violationOf(here, true) > solve.tolerances.feasTol;
    if (impasse.meets(theta, violated) && elastically) {
      if (yield* impasse.ends()) return failed("infeasible");
      anew();
      continue;
    }
    const size = 1 + dot(here.x, here.x);
    if (elastically || (violated && dot(qp.d, qp.d) > FAR_OFF * FAR_OFF * size)) {
      // How far the violation can fall at all, where its linear model may be believed.
      if (elastically) window(region);
      diagonal(n, unit, (1e-4 * theta) / size);
      const known = elastic.solve(feasibility, 1) === "solved";
      if (!known) {
        if (!met) return failed("singular");
        elastically = false;
      }
      const possible = theta - elastic.left;
      if (known && possible <= STATIONARY * theta) {
        if (!met || theta >= AS_FAR * stationary) {
          if (!merit.retreat(theta)) {
            y.set(elastic.y);
            if (yield* violationHolds(solve)) return failed("infeasible");
          }
          anew();
          stationary = Infinity;
          continue;
        }
        // It may be a maximum of the violation: the long step is tried first.
        stationary = theta;
        elastically = false;
      }
      if (elastically) {
        // A price at which half of that is taken; where there is none, the step that looks at the rows alone.
        let gamma = Math.max(10 * largest(here.g), 1);
        let taken = false;
        for (let k = 0; k < PRICES && !taken; k++, gamma *= 10) {
          if (elastic.solve(program, gamma) !== "solved") break;
          taken = theta - elastic.left >= 0.5 * possible;
        }
        if (!taken) {
          diagonal(n, B, 1);
          curvatures.fresh = true;
          if (elastic.solve(feasibility, 1) !== "solved") return failed("singular");
        }
        linear = elastic.left;
      }
    }
    const step = elastically ? elastic : qp;
    d.set(step.d);
    y.set(step.y);
    z.set(step.z);
    solve.measure(here, y, z, d, hessian === "exact" ? evaluator.H : null);
    if (yield* ranAway(solve)) return failed("diverging");
    if (withoutMultipliers(solve, d, hessian === "exact" ? evaluator.H : null)) return failed("singular");
    if (hessian === "bfgs" && (yield* flatHere(solve))) return failed("stalled");
    yield solve.check;

    // The slope of the merit function along d, and penalties that make it negative.
    let slope = 0;
    let curvature = 0;
    for (let i = 0; i < n; i++) {
      slope += here.g[i]! * d[i]!;
      let t = 0;
      for (let j = 0; j < n; j++) t += B[i * n + j]! * d[j]!;
      curvature += t * d[i]!;
    }
    merit.raise(y);
    // The price of an elastic program is the same for every row, whatever its multiplier came to.
    if (elastically) merit.atLeast(largest(y));
    const promised = (): number => slope - merit.penalised(here.c) * (theta > 0 ? 1 - linear / theta : 1);
    let descent = promised();
    if (descent > -0.25 * curvature && theta > linear) {
      merit.atLeast((slope + 0.5 * curvature) / (theta - linear));
      descent = promised();
    }
    const phi = merit.value(here);
    const ceiling = merit.reference;
    const noise = NOISE * (Math.abs(here.f) + merit.penalised(here.c)) + solve.hum(merit.nu);
    merit.remember(theta);

    let alpha = 1;
    let accepted = false;
    for (let trial = 0; trial < MOST_TRIALS; trial++) {
      place(d, alpha);
      yield solve.values(there);
      const finite = finitePoint(there);
      const value = finite ? merit.value(there) : Infinity;
      if (
        value <=
        (alpha === 1 ? ceiling : Math.max(phi, trial < 3 ? ceiling : phi)) + ARMIJO * alpha * descent + noise
      ) {
        accepted = true;
        break;
      }
      if (trial === 0 && finite && m > 0 && solve.infeasibility(there.c) >= theta) {
        for (let i = 0; i < m; i++) {
          let t = there.c[i]!;
          for (let j = 0; j < n; j++) t -= here.J[i * n + j]! * d[j]!;
          shifted[i] = t;
        }
        if (qp.solve(corrected) === "solved") {
          place(qp.d, 1);
          yield solve.values(there);
          if (finitePoint(there) && merit.value(there) <= ceiling + ARMIJO * descent + noise) {
            accepted = true;
            break;
          }
        }
      }
      const parabola = (-descent * alpha * alpha) / (2 * (value - phi - alpha * descent));
      alpha = Math.min(
        Math.max(parabola - parabola === 0 && parabola > 0 ? parabola : 0, 0.1 * alpha),
        0.5 * alpha,
      );
    }
    if (step === elastic && accepted) {
      const size = Math.max(1, largest(here.x));
      if (alpha < 1) region = Math.max(NARROWEST, Math.min(region, (AFTER_CUT * alpha * largest(d)) / size));
      else if (largest(d) >= 0.99 * region * size) region = Math.min(FARTHEST, AFTER_WHOLE * region);
    }
    if (!accepted || solve.stands()) {
      if (resets++ < 2) {
        anew();
        continue;
      }
      if (violated && impasse.open) {
        if (yield* impasse.ends()) return failed("infeasible");
        anew();
        continue;
      }
      return failed(solve.kkt < 1e3 ? "stalled" : "lineSearch");
    }
    yield solve.derivatives(there);
    if (!finiteDerivatives(there)) return failed("nonFinite");
    for (let j = 0; j < n; j++) {
      s[j] = there.x[j]! - here.x[j]!;
      let t = there.g[j]! - here.g[j]!;
      for (let i = 0; i < m; i++) t -= y[i]! * (there.J[i * n + j]! - here.J[i * n + j]!);
      change[j] = t;
    }
    solve.accept();
    if (hessian === "bfgs") curvatures.learn(B, s, change, solve.tells(s, change));
    yield solve.iteration;
  }
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, j) => s + v * b[j]!, 0);
const largest = (v: Float64Array): number => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
function trace(n: number, B: Float64Array): number {
  let t = 0;
  for (let j = 0; j < n; j++) t = Math.max(t, Math.abs(B[j * n + j]!));
  return t;
}
