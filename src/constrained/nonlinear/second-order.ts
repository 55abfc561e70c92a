// Whether a stationary point is a minimum: the Hessian of the Lagrangian on the directions that leave what binds as it is (Nocedal and Wright
// 2006, theorem 12.5). Where it curves downwards, a lower point that is feasible is looked for along that direction.

import { leastCurvature } from "../../minimize/curvature.js";
import { type Active, activeAt } from "./active.js";
import type { MeasuredSlope } from "./measured-slope.js";
import { finiteDerivatives, finitePoint, newPoint, type Point } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

export type Found = "minimum" | "left" | "saddle";

/** A curvature below minus this share of the largest is negative: exact, by differences of gradients, of values. */
const EXACT = 1e-9;
const BY_GRADIENTS = 1e-6;
const BY_VALUES = 1e-4;
/** By differences this share, where nothing lower is found. */
const PLAIN = 1e-2;
/** Directions up to which there is a full matrix: exact, by differences of gradients, of values (k^2 + k evaluations). */
const MOST_EXACT = 400;
const MOST_BY_GRADIENTS = 60;
const MOST_BY_VALUES = 12;
/** eps^(1/3); a second difference of values is best with steps longer than a first one's: eps^(1/4) over eps^(1/3). */
const STEP = 6.055454452393343e-6;
const LONGER = 20;
/** Noise of a second difference, in units of the noise of a value. */
const NOISES = 16;
/** Trials along the direction, each so many times shorter; steps back to the rows. */
const TRIALS = 20;
const SHORTER = 0.125;
const RETURNS = 6;
/** A decrease shows beyond this share of |f|. */
const SHOWN = 4e-14;

/** f - y'c of a point. */
export const lagrangianOf =
  ({ y, m }: ProgramSolve) =>
  ({ f, c }: Point): number => {
    let v = f;
    for (let i = 0; i < m; i++) v -= y[i]! * c[i]!;
    return v;
  };

/** The size of a variable: its own, else the largest, else 1. */
function sizeOf({ here, evaluator }: ProgramSolve): (j: number) => number {
  const { start } = evaluator.program;
  let most = 0;
  for (let j = 0; j < here.x.length; j++) most = Math.max(most, Math.abs(here.x[j]!), Math.abs(start[j]!));
  return (j) => Math.max(Math.abs(here.x[j]!), Math.abs(start[j]!)) || most || 1;
}

/** Symmetric matrix of second derivatives in the coordinates of `active`; what is below -limit is negative. */
interface Curvature {
  readonly A: Float64Array;
  readonly limit: (most: number) => number;
}

/** Z'S H S Z. */
function projected(solve: ProgramSolve, { free, units, space }: Active): Curvature {
  const { n, evaluator } = solve;
  const { hessian } = evaluator.program;
  const { H } = evaluator;
  const [k, d] = [free.length, space.basis.length];
  const full = new Float64Array(k * k);
  if (hessian) {
    const where = new Int32Array(n).fill(-1);
    free.forEach((j, a) => {
      where[j] = a;
    });
    for (let i = 0; i < n; i++)
      for (let e = hessian.rowPtr[i]!; e < hessian.rowPtr[i + 1]!; e++) {
        const [a, b] = [where[i]!, where[hessian.colIdx[e]!]!];
        if (a < 0 || b < 0) continue;
        full[a * k + b] = H[e]!;
        full[b * k + a] = H[e]!;
      }
  } else
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) full[a * k + b] = H[free[a]! * n + free[b]!]!;
  const A = new Float64Array(d * d);
  const t = new Float64Array(k);
  space.basis.forEach((v, b) => {
    for (let i = 0; i < k; i++) {
      let s = 0;
      for (let j = 0; j < k; j++) s += full[i * k + j]! * units[j]! * v[j]!;
      t[i] = s * units[i]!;
    }
    space.basis.forEach((w, a) => {
      let s = 0;
      for (let i = 0; i < k; i++) s += w[i]! * t[i]!;
      A[a * d + b] = s;
    });
  });
  return { A, limit: (most) => EXACT * most };
}

/** The step to x + t S v from `solve.here`; false where a bound is in the way. */
function placed(solve: ProgramSolve, { free, units }: Active, v: Float64Array, t: number): boolean {
  const { here, there, lower, upper } = solve;
  there.x.set(here.x);
  let inside = true;
  free.forEach((j, a) => {
    const to = here.x[j]! + t * units[a]! * v[a]!;
    there.x[j] = Math.min(Math.max(to, lower[j]!), upper[j]!);
    inside &&= there.x[j] === to;
  });
  return inside;
}

/** By central differences of the gradient of the Lagrangian; null where a derivative is not finite. */
function* byGradients(solve: ProgramSolve, active: Active): Phase<Curvature | null> {
  const { there, y, n } = solve;
  const { free, units, space } = active;
  const d = space.basis.length;
  const A = new Float64Array(d * d);
  const side = [new Float64Array(n), new Float64Array(n)] as const;
  const { objective } = solve.evaluator.program;
  for (let b = 0; b < d; b++) {
    for (const [s, t] of [
      [0, STEP],
      [1, -STEP],
    ] as const) {
      placed(solve, active, space.basis[b]!, t);
      if (!objective.grad) yield solve.values(there);
      yield solve.derivatives(there);
      if (!finiteDerivatives(there)) return null;
      side[s]!.set(there.g);
      solve.subtractRows(there, y, side[s]!);
    }
    space.basis.forEach((w, a) => {
      let t = 0;
      free.forEach((j, i) => {
        t += w[i]! * units[i]! * (side[0][j]! - side[1][j]!);
      });
      A[a * d + b] = t / (2 * STEP);
    });
  }
  return { A, limit: (most) => BY_GRADIENTS * most };
}

/** By second differences of the Lagrangian, one step of `units` in each direction; null where a value is not finite. */
function* byValues(solve: ProgramSolve, active: Active, noise: number): Phase<Curvature | null> {
  const of = lagrangianOf(solve);
  const { there, here } = solve;
  const { space, free } = active;
  const d = space.basis.length;
  const A = new Float64Array(d * d);
  const v = new Float64Array(free.length);
  const middle = of(here);
  let finite = true;
  const pair = function* (a: number, b: number): Phase<number> {
    for (let i = 0; i < v.length; i++) v[i] = space.basis[a]![i]! + (a === b ? 0 : space.basis[b]![i]!);
    let sum = -2 * middle;
    for (const t of [1, -1]) {
      placed(solve, active, v, t);
      yield solve.values(there);
      finite &&= finitePoint(there);
      sum += of(there);
    }
    return sum;
  };
  for (let a = 0; a < d; a++) A[a * d + a] = yield* pair(a, a);
  for (let a = 0; a < d; a++)
    for (let b = 0; b < a; b++) {
      const t = ((yield* pair(a, b)) - A[a * d + a]! - A[b * d + b]!) / 2;
      A[a * d + b] = t;
      A[b * d + a] = t;
    }
  return finite ? { A, limit: (most) => Math.max(BY_VALUES * most, NOISES * d * noise) } : null;
}

/** Back onto the rows that are held, by steps of Newton with the Jacobian of `solve.here`. */
function* backToRows(solve: ProgramSolve, { free, units, rows, sides, space }: Active): Phase<boolean> {
  const { there, lower, upper, tolerances } = solve;
  for (let k = 0; ; k++) {
    yield solve.values(there);
    if (!finitePoint(there)) return false;
    const rest = Float64Array.from(rows, (i, a) => sides[a]! - there.c[i]!);
    if (solve.violationOf(there, true) <= 0.1 * tolerances.feasTol) return true;
    if (k === RETURNS) return solve.violationOf(there, true) <= tolerances.feasTol;
    const w = space.least(rest);
    free.forEach((j, a) => {
      there.x[j] = Math.min(Math.max(there.x[j]! + units[a]! * w[a]!, lower[j]!), upper[j]!);
    });
  }
}

/** A lower feasible point along +-v becomes `solve.here`. */
function* leave(solve: ProgramSolve, active: Active, v: Float64Array): Phase<boolean> {
  const { here, there, y, z, n, m } = solve;
  const size = sizeOf(solve);
  let longest = 0;
  active.free.forEach((j, a) => {
    longest = Math.max(longest, Math.abs(active.units[a]! * v[a]!) / size(j));
  });
  const before = newPoint(n, m, 0);
  let t = 1 / longest;
  for (let trial = 0; trial < TRIALS; trial++, t *= SHORTER) {
    for (const side of [t, -t]) {
      placed(solve, active, v, side);
      if (!(yield* backToRows(solve, active))) continue;
      // What a violation within the tolerance may buy is no gain.
      let bought = SHOWN * Math.abs(here.f) + 2 * solve.evaluator.noise;
      for (let i = 0; i < m; i++) bought += Math.abs(y[i]! * (there.c[i]! - here.c[i]!));
      for (let j = 0; j < n; j++) bought += z[j] === 0 ? 0 : Math.abs(z[j]! * (there.x[j]! - here.x[j]!));
      if (!(there.f < here.f - bought)) continue;
      before.x.set(there.x);
      yield solve.derivatives(there);
      if (!finiteDerivatives(there)) continue;
      solve.accept();
      return true;
    }
  }
  return false;
}

/** Of the claim at `solve.here` with `solve.y` and `solve.z`; `slope`: of the Lagrangian there, where differences make the derivatives. */
export function* secondOrder(solve: ProgramSolve, slope: MeasuredSlope | null): Phase<Found> {
  const { evaluator, y, here, n } = solve;
  const { exactSecond, exactFirst, program } = evaluator;
  if (exactSecond && n > MOST_EXACT) return "minimum";
  if (exactSecond) yield solve.hessian(here, y);
  const size = sizeOf(solve);
  const unitOf = (j: number): number => {
    if (!exactSecond) return slope && slope.steps[j]! > 0 ? LONGER * slope.steps[j]! : size(j);
    const own = Math.abs(evaluator.H[program.hessian ? program.hessian.diagonal[j]! : j * n + j]!);
    return own > 0 ? 1 / Math.sqrt(own) : size(j);
  };
  const most = exactSecond ? MOST_EXACT : exactFirst ? MOST_BY_GRADIENTS : MOST_BY_VALUES;
  for (const weakly of [true, false]) {
    const active = activeAt(solve, unitOf, weakly, most);
    if (!active || (!weakly && !active.weak)) return "minimum";
    const d = active.space.basis.length;
    if (d === 0) continue;
    const found = exactSecond
      ? projected(solve, active)
      : exactFirst
        ? yield* byGradients(solve, active)
        : yield* byValues(solve, active, slope?.noise ?? 0);
    if (!found || found.A.some((v) => !(v - v === 0))) return "minimum";
    for (let a = 0; a < d; a++)
      for (let b = 0; b < a; b++)
        found.A[a * d + b] = found.A[b * d + a] = (found.A[a * d + b]! + found.A[b * d + a]!) / 2;
    const { value, most: largest, vector } = leastCurvature(found.A, d);
    if (!(value < -found.limit(largest))) continue;
    const v = new Float64Array(active.free.length);
    active.space.basis.forEach((q, a) => {
      for (let i = 0; i < v.length; i++) v[i]! += vector[a]! * q[i]!;
    });
    if (yield* leave(solve, active, v)) return "left";
    // Against a side that binds without a multiplier the direction may lead nowhere.
    if (weakly && (exactSecond || value < -PLAIN * largest)) return "saddle";
  }
  return "minimum";
}
