// A function may be flat to rounding where a run starts, far from any minimum: every derivative is 0 there, and without second
// derivatives that looks like a solution; or in steps, as rounded values are. Before such a claim f is looked at nearby and farther away.

import { finitePoint } from "./point.js";
import { HOLDS, type Phase, type ProgramSolve } from "./solve.js";

/** A run whose f never changed by more than this share has learnt nothing of its curvature. */
const UNCHANGED = 1e-9;
/** The look nearby, as a share of max(1, |x_j|), and what has to change, as a share of |f|. */
const NEARBY = 1e-3;
const SEEN = 1e-14;
/** Lengths of the looks along a variable whose differences are 0; the values of a smooth f differ at the first. */
const ON_STEP = [1e-4, 1e-3, 1e-2, 0.1, 0.3] as const;
/** Points of the look farther away, spread over the box by multiples of the golden ratio. */
const POINTS = 12;
const GOLDEN = 0.6180339887498949;

/**
 * Whether the claim at `here` is to be taken back: f does not change nearby, in any free variable, but is lower farther away. Where it is
 * only higher there, nothing speaks against a minimum: a large constant hides its bowl nearby.
 */
export function* flatHere(solve: ProgramSolve): Phase<boolean> {
  const { here, n, m, y, z } = solve;
  if (solve.kkt > 1) return false;
  const free: number[] = [];
  for (let j = 0; j < n; j++) {
    let bound = Math.abs(z[j]!) > HOLDS || solve.lower[j] === solve.upper[j];
    for (let i = 0; i < m; i++) bound ||= Math.abs(y[i]!) > HOLDS && here.J[i * n + j] !== 0;
    if (!bound) free.push(j);
  }
  if (yield* onStep(solve)) return true;
  if (free.length === 0 || Math.abs(here.f - solve.first) > UNCHANGED * Math.abs(here.f)) return false;
  if (yield* changesNearby(solve, free)) return false;
  if (!(yield* changesFarther(solve, free))) return false;
  solve.detail = "f is flat here to rounding, but lower elsewhere: another start is needed";
  return true;
}

/** How far f rises from `here` to `there`, where that is more than rounding; else 0. */
function rise({ here, there }: ProgramSolve): number {
  const change = finitePoint(there) ? there.f - here.f : 0;
  return Math.abs(change) > SEEN * Math.abs(here.f) ? change : 0;
}

function* changesNearby(solve: ProgramSolve, free: readonly number[]): Phase<boolean> {
  const { here, there } = solve;
  for (const j of free) {
    for (const sign of [1, -1]) {
      there.x.set(here.x);
      there.x[j] = solve.within(j, here.x[j]! + sign * NEARBY * Math.max(1, Math.abs(here.x[j]!)));
      if (there.x[j] === here.x[j]) continue;
      yield solve.values(there);
      if (rise(solve) !== 0) return true;
    }
  }
  return false;
}

/** Whether f stands on a step of rounded values: it is the same beside the point along a variable, but lower, where the rows are met, farther along it. */
function* onStep(solve: ProgramSolve): Phase<boolean> {
  const { here, there, n, tolerances } = solve;
  for (let j = 0; j < n; j++) {
    if (Math.abs(here.g[j]!) > HOLDS || solve.lower[j] === solve.upper[j]) continue;
    let same = false;
    for (const length of ON_STEP) {
      if (length > ON_STEP[0] && !same) break;
      for (const sign of [1, -1]) {
        there.x.set(here.x);
        there.x[j] = solve.within(j, here.x[j]! + sign * length * Math.max(1, Math.abs(here.x[j]!)));
        yield solve.values(there);
        same ||= there.f === here.f && there.x[j] !== here.x[j];
        if (length === ON_STEP[0] || rise(solve) >= 0) continue;
        if (solve.violationOf(there, true) > tolerances.feasTol) continue;
        solve.detail = `f has steps: its differences by x[${j}] are 0, but it is lower nearby`;
        return true;
      }
    }
  }
  return false;
}

/** Points over the box; where it is open, around the point at its own size. */
function* changesFarther(solve: ProgramSolve, free: readonly number[]): Phase<boolean> {
  const { here, there, lower, upper } = solve;
  for (let k = 1; k <= POINTS; k++) {
    there.x.set(here.x);
    for (const j of free) {
      const share = (k * GOLDEN * (j + 1)) % 1;
      const size = Math.max(1, Math.abs(here.x[j]!));
      const low = lower[j]! > -Infinity ? lower[j]! : Math.min(here.x[j]!, upper[j]!) - size;
      const high = upper[j]! < Infinity ? upper[j]! : Math.max(here.x[j]!, lower[j]!) + size;
      there.x[j] = low + share * (high - low);
    }
    yield solve.values(there);
    if (rise(solve) < 0) return true;
  }
  return false;
}
