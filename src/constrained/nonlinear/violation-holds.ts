// The claim "infeasible" rests on slopes: to first order nothing makes the violation smaller. It may be a maximum or a saddle of the
// violation all the same (the centre of a circle that is asked for): before the claim it is looked at beside the point.

import { finiteDerivatives, finitePoint } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

/** Length of a look, as a share of the size of the point. */
const BESIDE = 1e-3;
/** The violation falls by more of itself than slopes of a stationary one can make it. */
const FALLS = 3e-7;
/** Looks in mixed directions, after those along the axes. */
const MIXED = 8;
const GOLDEN = 0.6180339887498949;
/** So often a run goes on from a lower point. */
const MOST = 5;

/** True: the violation is smaller nowhere beside, and `solve.detail` says so. False: `here` is a point where it is. */
export function* violationHolds(solve: ProgramSolve): Phase<boolean> {
  const { here, there, n } = solve;
  const theta = solve.infeasibility(here.c);
  let size = 1;
  for (let j = 0; j < n; j++) size += here.x[j]! * here.x[j]!;
  const step = BESIDE * Math.sqrt(size);
  const looks = solve.escapes < MOST ? 2 * (n + MIXED) : 0;
  for (let look = 0; look < looks; look++) {
    const [k, sign] = [look >> 1, look & 1 ? -1 : 1];
    for (let j = 0; j < n; j++) {
      // Signs change with j and k as the multiples of the golden ratio do; the first mixed direction is the diagonal.
      const share = k < n ? (j === k ? 1 : 0) : ((k - n) * GOLDEN * (j + 1)) % 1 < 0.5 ? 1 : -1;
      there.x[j] = solve.within(j, here.x[j]! + sign * share * step);
    }
    yield solve.values(there);
    if (!finitePoint(there) || !(solve.infeasibility(there.c) < (1 - FALLS) * theta)) continue;
    yield solve.derivatives(there);
    if (!finiteDerivatives(there)) continue;
    solve.escapes++;
    solve.accept();
    return false;
  }
  solve.detail = "the sum of the violations is stationary here: no direction makes it smaller";
  return true;
}
