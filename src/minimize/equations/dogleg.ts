// Powell's hybrid method (1970) as MINPACK's hybrj and hybrd have it (Moré, Garbow and Hillstrom, User Guide for MINPACK-1, ANL-80-74):
// a dogleg step within |D p| <= delta, Broyden's update of Q R between Jacobians; or Newton's, with a Jacobian at every point.

import { CHECK, ITERATION, type Measure, type Method } from "../../driver/task.js";
import type { LinearModel } from "./linear.js";
import { type EquationsEnd, norm, type System } from "./system.js";

export interface Tests {
  /** max |F_i|. */
  readonly zero: Measure<EquationsEnd>;
  /** Newton's step, relative to x, both by the norm |D x|. */
  readonly step: Measure<EquationsEnd>;
}

/** The first radius, in units of |D x|. */
const FACTOR = 100;
const ACCEPT = 1e-4;
/** Failures in a row after which Broyden's matrix is thrown away. */
const FAILURES = 2;
/** Iterations without a gain of 0.1 %, and Jacobians without one of 10 %, after which the run has stalled (hybrj: 10 and 5). */
const SLOW = 10;
const SLOW_JACOBIANS = 5;
/** A variable below this share of its size at the start counts as this share: a root may lie at 0. */
const LEAST_SHARE = 1e-6;
/** A start of this share of F is as good as 0: a radius of its size would double SLOW times and gain nothing. */
const UNFELT = 1e-8;
const EPS = 2.220446049250313e-16;

const NON_FINITE: EquationsEnd = { status: "failed", reason: "nonFinite" };
const STALLED: EquationsEnd = { status: "failed", reason: "stalled" };
const finite = (v: Float64Array): boolean => v.every((a) => a - a === 0);
const most = (v: Float64Array): number => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** |D v|. */
function weighted(D: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < v.length; j++) {
    const a = D[j]! * v[j]!;
    sum += a * a;
  }
  return Math.sqrt(sum);
}

/** p within |D p| <= delta: Newton's step, the way down the gradient of |F|^2, or between (MINPACK's dogleg). Gives |D p|. */
function dogleg(
  n: number,
  model: LinearModel,
  D: Float64Array,
  delta: number,
  newton: Float64Array,
  p: Float64Array,
  g: Float64Array,
): number {
  const length = weighted(D, newton);
  if (length <= delta) {
    for (let j = 0; j < n; j++) p[j] = newton[j]!;
    return length;
  }
  // g = -J'F over D: the scaled steepest descent.
  model.gradient(g);
  let gg = 0;
  for (let j = 0; j < n; j++) {
    g[j] = -g[j]! / D[j]!;
    gg += g[j]! * g[j]!;
  }
  const gnorm = Math.sqrt(gg);
  let alpha = length < Infinity ? delta / length : 0;
  let best = 0;
  if (gnorm > 0) {
    for (let j = 0; j < n; j++) g[j] = g[j]! / gnorm / D[j]!;
    const rr = model.square(g);
    // The minimiser of the model along g, in the norm of D.
    best = Math.sqrt(rr) > 0 ? gnorm / rr : Infinity;
    if (best >= delta) alpha = 0;
    else if (length < Infinity) {
      let gn = 0;
      for (let j = 0; j < n; j++) gn += D[j]! * g[j]! * D[j]! * newton[j]!;
      // |best g + a (newton - best g)| = delta, for a in [0, 1].
      const dd = length * length - 2 * best * gn + best * best;
      const b = best * (gn - best);
      const c = best * best - delta * delta;
      alpha = -c / (b + Math.sqrt(Math.max(0, b * b - dd * c)));
    }
  }
  const along = (1 - alpha) * Math.min(best, delta);
  for (let j = 0; j < n; j++) p[j] = along * (gnorm > 0 ? g[j]! : 0) + (alpha > 0 ? alpha * newton[j]! : 0);
  return weighted(D, p);
}

/** `broyden`: rank-one updates between Jacobians. */
export function* hybrid(s: System, tests: Tests, model: LinearModel, broyden: boolean): Method<EquationsEnd> {
  const { n, x, f, trial, trialF, J } = s;
  const vector = () => new Float64Array(n);
  const [D, p, newton, columns, g] = [vector(), vector(), vector(), vector(), vector()];
  const first = x.slice();
  yield s.value;
  f.set(trialF);
  if (!finite(f)) return NON_FINITE;
  let delta = NaN;
  let slow = 0;
  let slowJacobians = 0;
  tests.zero.value = most(f);
  yield CHECK;
  for (let outer = 0; ; outer++) {
    yield s.derivative;
    if (!finite(J)) return NON_FINITE;
    model.take(J, columns);
    for (let j = 0; j < n; j++) D[j] = outer === 0 ? columns[j]! : Math.max(D[j]!, columns[j]!);
    const known = most(D);
    // A variable that F does not feel here has no scale of its own.
    for (let j = 0; j < n; j++) if (D[j] === 0) D[j] = known || 1;
    const size = (point: Float64Array): number => weighted(D, point);
    if (outer === 0) delta = FACTOR * (size(x) > UNFELT * norm(f) ? size(x) : norm(f));
    slowJacobians++;
    let failures = 0;
    let successes = 0;
    let exact = true;
    for (;;) {
      const solvable = model.newton(f, newton) && newton.every((a) => !Number.isNaN(a));
      const scale = Math.max(size(x), LEAST_SHARE * size(first));
      tests.step.value = solvable && scale > 0 ? size(newton) / scale : Infinity;
      // Of Broyden's matrix it is only an estimate: the Jacobian decides.
      if (tests.step.value <= tests.step.tolerance && !exact) break;
      yield CHECK;
      if (!solvable) newton.fill(Infinity);
      const reach = dogleg(n, model, D, delta, newton, p, g);
      if (!(reach > 0) || reach === Infinity) return STALLED;
      if (s.watch.nit === 0) delta = Math.min(delta, reach);
      for (let j = 0; j < n; j++) trial[j] = x[j]! + p[j]!;
      yield s.value;
      const fnorm = norm(f);
      const next = norm(trialF);
      const share = next / fnorm;
      const actual = share < 1 ? 1 - share * share : -1;
      const predicted = 1 - model.predict(p, fnorm);
      const ratio = predicted > 0 ? actual / predicted : 0;
      if (ratio < 0.1) {
        successes = 0;
        failures++;
        delta *= 0.5;
      } else {
        failures = 0;
        successes++;
        if (ratio >= 0.5 || successes > 1) delta = Math.max(delta, 2 * reach);
        if (Math.abs(ratio - 1) <= 0.1) delta = 2 * reach;
      }
      const accepted = ratio >= ACCEPT;
      const usable = finite(trialF);
      if (broyden && usable) model.update?.(f, trialF, p, D, reach);
      s.stepNorm = accepted ? norm(p) : 0;
      if (accepted) {
        x.set(trial);
        f.set(trialF);
        tests.zero.value = most(f);
      }
      tests.step.value = Infinity;
      slow = actual >= 0.001 ? 0 : slow + 1;
      if (actual >= 0.1) slowJacobians = 0;
      yield ITERATION;
      if (slow >= SLOW || slowJacobians >= SLOW_JACOBIANS) return STALLED;
      // The radius is lost in the rounding of x: no trial differs from it.
      if (0.1 * Math.max(0.1 * delta, reach) <= EPS * size(x) && !accepted && exact) return STALLED;
      if (!broyden ? accepted : failures >= FAILURES) break;
      if (broyden && usable) exact = false;
    }
  }
}
