// The unit of f, from the start: tolerances hold in it, so that f in millimetres has the minimum that f in kilometres has.

import { finitePoint } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

/** f is small where value and slope are below this: then one point nearby, at this share of max(1, |x_j|), says how much it changes. */
const SMALL = 1e-3;
const NEARBY = 1e-2;
/** Below this f is 0, or no unit is to be known. */
const LEAST = 1e-280;

/** Scales f and the rows; values and derivatives at `solve.here` are known. */
export function* chooseUnits(solve: ProgramSolve): Phase<void> {
  const { here, there, n, lower, upper, evaluator } = solve;
  let size = Math.abs(here.f);
  for (let j = 0; j < n; j++)
    if (lower[j] !== upper[j])
      size = Math.max(size, Math.abs(here.g[j]!) * Math.max(1, Math.abs(here.x[j]!)));
  if (!(size < SMALL && size > LEAST)) size = 1;
  else {
    for (let j = 0; j < n; j++) {
      const step = NEARBY * Math.max(1, Math.abs(here.x[j]!)) * (j % 2 === 0 ? 1 : -1);
      const to = here.x[j]! + step;
      there.x[j] = to > upper[j]! || to < lower[j]! ? here.x[j]! - step : to;
      there.x[j] = Math.min(Math.max(there.x[j]!, lower[j]!), upper[j]!);
    }
    yield solve.values(there);
    size = finitePoint(there) ? Math.max(size, Math.abs(there.f - here.f) / NEARBY) : 1;
  }
  evaluator.chooseScales(here, Math.min(1, size));
}
