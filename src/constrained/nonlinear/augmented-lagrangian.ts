// The augmented Lagrangian (Powell, Hestenes, Rockafellar): minimisations in the box of f and a quadratic penalty that is
// shifted by the multipliers, with ALGENCAN's updates of multipliers and penalty. R. Andreani, E. Birgin, J. Martinez, M.
// Schuverdt, SIAM J. Optim. 18 (2007) 1286-1309. The inner steps are Newton's in the box: the Hessian of the Lagrangian,
// exact or damped BFGS, plus the exact rho J_A'J_A.

import { Curvatures, diagonal } from "./bfgs.js";
import { absoluteEigenvalues, definite } from "./convexify.js";
import { DualActiveSet } from "./dual-active-set.js";
import { Elastic } from "./elastic.js";
import { flatHere } from "./flat.js";
import { withoutMultipliers } from "./multipliers.js";
import { finiteDerivatives, finitePoint, type Point } from "./point.js";
import { ranAway } from "./ran-away.js";
import { STATIONARY } from "./restore.js";
import { failed, type Method, type ProgramSolve } from "./solve.js";
import { LEAST_STEP, spectralStep } from "./spectral.js";
import { stationarySquares } from "./squares.js";
import type { StepProgram } from "./step-program.js";
import { chooseUnits } from "./unit-of-f.js";
import { violationHolds } from "./violation-holds.js";

export interface AugmentedLagrangianOptions {
  hessian: "exact" | "bfgs";
  /** The first penalty parameter. Default: from f and the rows at the start, at most 100. */
  penalty?: number | undefined;
  inner?: "newton" | "spectralGradient" | undefined;
}

const GROWTH = 10;
/** The penalty grows unless the violation fell to this share. */
const FELL = 0.5;
const LARGEST_MULTIPLIER = 1e16;
const LARGEST_PENALTY = 1e16;
const ARMIJO = 1e-4;
const NOISE = 1e-14;
/** The first penalty is ALGENCAN's times this: fewer runs leave for a far away point before the multipliers are known. */
const CAUTION = 10;
/** A bound this near takes what is left of the gradient as its multiplier; its product with the distance is judged. */
const BESIDE = 1e-6;
const MOST_INNER = 200;
/** A matrix of BFGS is worn out where a pivot is below 1e-10 times this share of its largest element. */
const WORN = 1e-2;
/** From this penalty on a violation that stays may be one that no point avoids. */
const DOUBTFUL = 1e6;
/** The same with gradients alone; values that a step may not exceed the largest of. */
const MOST_GRADIENTS = 2000;
const MEMORY = 10;

export function* augmentedLagrangian(
  solve: ProgramSolve,
  { hessian: kind, penalty, inner = "newton" }: AugmentedLagrangianOptions,
): Method {
  const { n, m, here, there, evaluator, tolerances } = solve;
  const newton = inner === "newton";
  const hessian = newton ? kind : "none";
  yield solve.values(here);
  if (!finitePoint(here)) return failed("nonFinite");
  yield solve.derivatives(here);
  if (!finiteDerivatives(here)) return failed("nonFinite");
  yield* chooseUnits(solve);
  solve.begin();
  const { scaledLower: rowLower, scaledUpper: rowUpper } = evaluator;

  const lambda = new Float64Array(m);
  /** y at the point of the last `lagrangian`. */
  const y = new Float64Array(m);
  const z = new Float64Array(n);
  const gradient = new Float64Array(n);
  const B = new Float64Array(newton ? n * n : 0);
  const full = new Float64Array(newton ? n * n : 0);
  const low = new Float64Array(n);
  const high = new Float64Array(n);
  const s = new Float64Array(n);
  const change = new Float64Array(n);
  const curvatures = new Curvatures(n);
  const none = new Float64Array(0);
  const box = newton ? new DualActiveSet(n, 0) : { d: new Float64Array(n) };
  const before = new Float64Array(n);
  const values: number[] = [];
  let spectral = 1;
  const program: StepProgram = {
    n,
    m: 0,
    H: full,
    g: gradient,
    J: none,
    c: none,
    rowLower: none,
    rowUpper: none,
    low,
    high,
    rowNoise: none,
  };
  let rho = penalty ?? 1;

  /** The value at a point, and its y. */
  const lagrangian = (p: Point): number => {
    let v = p.f;
    for (let i = 0; i < m; i++) {
      const t = p.c[i]! - lambda[i]! / rho;
      const off = Math.min(Math.max(t, rowLower[i]!), rowUpper[i]!) - t;
      y[i] = rho * off;
      v += 0.5 * rho * off * off;
    }
    return v;
  };
  const differentiate = (p: Point): void => {
    for (let j = 0; j < n; j++) {
      let t = p.g[j]!;
      for (let i = 0; i < m; i++) t -= p.J[i * n + j]! * y[i]!;
      gradient[j] = t;
    }
  };
  /** Violation and complementarity in one: how far c is from where its multiplier wants it. */
  const mismatch = (): number => {
    let worst = 0;
    for (let i = 0; i < m; i++) worst = Math.max(worst, Math.abs(y[i]! - lambda[i]!) / rho);
    return worst;
  };
  const projected = (): number => {
    let worst = 0;
    for (let j = 0; j < n; j++) {
      const to = Math.min(Math.max(here.x[j]! - gradient[j]!, solve.lower[j]!), solve.upper[j]!);
      worst = Math.max(worst, Math.abs(to - here.x[j]!));
    }
    return worst;
  };
  const atBounds = (): void => {
    for (let j = 0; j < n; j++) {
      const v = gradient[j]!;
      const distance = v > 0 ? here.x[j]! - solve.lower[j]! : solve.upper[j]! - here.x[j]!;
      z[j] = distance <= BESIDE * Math.max(1, Math.abs(here.x[j]!)) ? v : 0;
    }
  };
  /** full = Hessian of the Lagrangian + rho J_A'J_A, made positive definite. */
  const assemble = (H: Float64Array): void => {
    full.set(H);
    let size = 1e-8;
    for (let i = 0; i < m; i++) {
      if (y[i] === 0 && rowLower[i] !== rowUpper[i]) continue;
      for (let a = 0; a < n; a++) {
        const v = rho * here.J[i * n + a]!;
        if (v !== 0) for (let b = 0; b < n; b++) full[a * n + b]! += v * here.J[i * n + b]!;
      }
    }
    for (let k = 0; k < n * n; k++) size = Math.max(size, Math.abs(full[k]!));
    if (!definite(n, full, 1e-4 * size)) absoluteEigenvalues(n, full, 1e-6 * size);
  };

  if (penalty === undefined) {
    let square = 0;
    for (let i = 0; i < m; i++) square += solve.outside(i, here.c) * solve.outside(i, here.c);
    rho =
      Math.min(Math.max((10 * Math.max(1, Math.abs(here.f))) / Math.max(1, square / 2), 1e-4), 10) * CAUTION;
  }
  const violated = (): boolean => solve.violationOf(here, true) > tolerances.feasTol;
  const hopeless = (): boolean => rho >= DOUBTFUL && violated() && stationarySquares(solve);
  const elastic = new Elastic(n, m);
  if (newton) diagonal(n, B, 1);
  solve.model = hessian === "exact" ? evaluator.H : newton ? B : null;
  let omega = Math.sqrt(tolerances.gradTol);
  let last = Infinity;
  let idle = 0;
  for (;;) {
    let value = lagrangian(here);
    differentiate(here);
    let steps = 0;
    values.length = 0;
    spectral = 1 / Math.max(LEAST_STEP, projected());
    for (; steps < (newton ? MOST_INNER : MOST_GRADIENTS); steps++) {
      for (let j = 0; j < n; j++) {
        low[j] = solve.lower[j]! - here.x[j]!;
        high[j] = solve.upper[j]! - here.x[j]!;
      }
      if (hessian === "exact") yield solve.hessian(here, y);
      // Curvature of a penalty far away leaves a matrix in which every other direction is lost.
      if (
        hessian === "bfgs" &&
        !curvatures.fresh &&
        !definite(n, B, WORN * B.reduce((a, v) => Math.max(a, Math.abs(v)), 0))
      ) {
        diagonal(n, B, 1);
        curvatures.fresh = true;
      }
      const { d } = box;
      if (box instanceof DualActiveSet) {
        assemble(hessian === "exact" ? evaluator.H : B);
        if (box.solve(program) !== "solved") {
          diagonal(n, B, 1);
          full.set(B);
          if (box.solve(program) !== "solved") return failed("singular");
        }
      } else {
        for (let j = 0; j < n; j++) d[j] = Math.min(Math.max(-spectral * gradient[j]!, low[j]!), high[j]!);
      }
      atBounds();
      solve.measure(here, y, z, d, hessian === "exact" ? evaluator.H : null);
      if (yield* ranAway(solve)) return failed("diverging");
      if (withoutMultipliers(solve, d, hessian === "exact" ? evaluator.H : null)) return failed("singular");
      if (hessian !== "exact" && (yield* flatHere(solve))) return failed("stalled");
      yield solve.check;
      if (projected() <= omega && steps > 0) break;
      let slope = 0;
      for (let j = 0; j < n; j++) slope += gradient[j]! * d[j]!;
      const noise = NOISE * (Math.abs(here.f) + Math.abs(value - here.f)) + solve.hum(y);
      values[steps % MEMORY] = value;
      // Grippo, Lampariello and Lucidi (1986): the values of spectral steps do not fall one by one.
      const ceiling = newton ? value : Math.max(...values);
      let alpha = 1;
      let accepted = false;
      for (let trial = 0; trial < 40 && !accepted; trial++) {
        for (let j = 0; j < n; j++) there.x[j] = solve.within(j, here.x[j]! + alpha * d[j]!);
        yield solve.values(there);
        const v = finitePoint(there) ? lagrangian(there) : Infinity;
        if (v <= ceiling + ARMIJO * alpha * slope + noise) {
          accepted = true;
          value = v;
          break;
        }
        const parabola = (-slope * alpha * alpha) / (2 * (v - value - alpha * slope));
        alpha = Math.min(Math.max(parabola > 0 ? parabola : 0, 0.1 * alpha), 0.5 * alpha);
      }
      if (!accepted) {
        lagrangian(here);
        if (curvatures.fresh || hessian !== "bfgs") break;
        diagonal(n, B, 1);
        curvatures.fresh = true;
        continue;
      }
      yield solve.derivatives(there);
      if (!finiteDerivatives(there)) return failed("nonFinite");
      for (let j = 0; j < n; j++) {
        s[j] = there.x[j]! - here.x[j]!;
        let t = there.g[j]! - here.g[j]!;
        for (let i = 0; i < m; i++) t -= y[i]! * (there.J[i * n + j]! - here.J[i * n + j]!);
        change[j] = t;
      }
      before.set(gradient);
      solve.accept();
      differentiate(here);
      if (!newton) spectral = spectralStep(s, before, gradient);
      if (hessian === "bfgs") curvatures.learn(B, s, change, solve.tells(s, change));
      if (hopeless()) {
        if (yield* violationHolds(solve, true)) return failed("infeasible");
        break;
      }
      yield solve.iteration;
    }
    const now = mismatch();
    for (let i = 0; i < m; i++)
      lambda[i] = Math.min(Math.max(y[i]!, -LARGEST_MULTIPLIER), LARGEST_MULTIPLIER);
    idle = steps === 0 ? idle + 1 : 0;
    if (now > FELL * last) {
      const theta = solve.infeasibility(here.c);
      if (violated() && rho >= DOUBTFUL) {
        if (hopeless() && (yield* violationHolds(solve, true))) return failed("infeasible");
        // Is there any direction, linearised, in which the violation falls?
        const unit = new Float64Array(n * n);
        let size = 1;
        for (let j = 0; j < n; j++) size += here.x[j]! * here.x[j]!;
        diagonal(n, unit, (1e-4 * theta) / size);
        solve.noise(here);
        const rows = { rowLower, rowUpper, rowNoise: solve.rowNoise, J: here.J, c: here.c, low, high };
        const flat = new Float64Array(n);
        for (let j = 0; j < n; j++) {
          low[j] = solve.lower[j]! - here.x[j]!;
          high[j] = solve.upper[j]! - here.x[j]!;
        }
        if (elastic.solve({ n, m, H: unit, g: flat, ...rows }, 1) === "solved") {
          if (theta - elastic.left <= Math.max(STATIONARY, 10 / rho) * theta) {
            if (yield* violationHolds(solve)) return failed("infeasible");
          }
        }
      }
      rho *= GROWTH;
    }
    last = now;
    omega = Math.max(0.1 * omega, 0.5 * tolerances.gradTol);
    if (rho <= LARGEST_PENALTY && idle <= 8) continue;
    if (withoutMultipliers(solve, box.d.fill(0), null, true)) return failed("singular");
    yield solve.check;
    return failed(solve.kkt < 1e4 ? "stalled" : "lineSearch");
  }
}
