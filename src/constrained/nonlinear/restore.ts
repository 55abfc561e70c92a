// Feasibility restoration: steps that make the violation smaller and look at nothing else, each a program with elastic rows in
// a box; it ends at an acceptable point, or where the violation is stationary, which is the claim "infeasible".
// Fletcher and Leyffer, Mathematical Programming 91 (2002); Waechter and Biegler (2006), section 3.3, for its use.

import { feasibilityStep } from "./feasibility-step.js";
import { finiteDerivatives, finitePoint } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

export type Restored = "restored" | "infeasible" | "stuck";

/** The violation is stationary where no step, linearised, takes more than this share of it. */
export const STATIONARY = 1e-7;
const MOST_STEPS = 200;

/** Lowers the violation of `solve.here` until `accept` says that it will do. Values and derivatives at `here` are known, before and after. */
export function* restore(solve: ProgramSolve, accept: () => boolean): Phase<Restored> {
  const { n, here, there } = solve;
  const elastic = feasibilityStep(solve);
  const low = new Float64Array(n);
  const high = new Float64Array(n);
  let radius = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    const theta = solve.infeasibility(here.c);
    if (theta === 0) return accept() ? "restored" : "stuck";
    let size = 0;
    for (let j = 0; j < n; j++) {
      low[j] = Math.max(-radius, solve.lower[j]! - here.x[j]!);
      high[j] = Math.min(radius, solve.upper[j]! - here.x[j]!);
      size += here.x[j]! * here.x[j]!;
    }
    const weight = (1e-4 * theta) / (1 + size);
    if (!elastic.solve(weight, low, high)) return "stuck";
    let promised = theta - elastic.left;
    if (promised <= STATIONARY * theta) {
      const wide = 1e-3 * Math.sqrt(1 + size);
      if (radius >= wide) {
        solve.y.set(elastic.y);
        return "infeasible";
      }
      // A short radius promises little anywhere: the claim is made for a wide one.
      for (let j = 0; j < n; j++) {
        low[j] = Math.max(-wide, solve.lower[j]! - here.x[j]!);
        high[j] = Math.min(wide, solve.upper[j]! - here.x[j]!);
      }
      if (!elastic.solve(weight, low, high)) return "stuck";
      promised = theta - elastic.left;
      if (promised <= STATIONARY * theta) {
        solve.y.set(elastic.y);
        return "infeasible";
      }
      for (let j = 0; j < n; j++) elastic.d[j]! *= radius / wide;
      promised *= radius / wide;
    }
    let longest = 0;
    for (let j = 0; j < n; j++) {
      there.x[j] = solve.within(j, here.x[j]! + elastic.d[j]!);
      longest = Math.max(longest, Math.abs(elastic.d[j]!));
    }
    yield solve.values(there);
    const ratio = finitePoint(there) ? (theta - solve.infeasibility(there.c)) / promised : -1;
    if (!(ratio > 1e-4)) {
      radius = 0.25 * Math.min(radius, longest);
      if (radius < 1e-14 * Math.sqrt(1 + size)) return "stuck";
      continue;
    }
    if (ratio > 0.75 && longest > 0.9 * radius) radius *= 2;
    else if (ratio < 0.25) radius = 0.5 * longest;
    yield solve.derivatives(there);
    if (!finiteDerivatives(there)) return "stuck";
    solve.accept();
    if (accept()) return "restored";
    yield solve.iteration;
  }
  return "stuck";
}
