// The claim "infeasible" rests on slopes: to first order nothing makes the violation smaller. It may be a maximum or a saddle of the
// violation all the same (the centre of a circle that is asked for): before the claim it is looked at beside the point.

import { finiteDerivatives, finitePoint } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

/** Lengths of the looks, as shares of the size of the point: what curves little, or to a higher order only, falls far away. */
const BESIDE = [1e-3, 1e-2, 0.1, 1, 10, 100, 1e3];
/** The violation falls by more of itself than slopes of a stationary one can make it. */
const FALLS = 3e-7;
/** Looks in mixed directions, after those along the axes. */
const MIXED = 8;
const GOLDEN = 0.6180339887498949;
/** So often a run goes on from a lower point. */
const MOST = 20;

/** The violation is the sum over the rows, or that of the squares. True: it is smaller nowhere beside, and `solve.detail` says so. False: `here` is the lowest point that was looked at. */
export function* violationHolds(solve: ProgramSolve, squared = false): Phase<boolean> {
  const { here, there, n, m } = solve;
  const violation = (c: Float64Array): number => {
    if (!squared) return solve.infeasibility(c);
    let sum = 0;
    for (let i = 0; i < m; i++) sum += solve.outside(i, c) * solve.outside(i, c);
    return sum;
  };
  const theta = violation(here.c);
  let size = 1;
  for (let j = 0; j < n; j++) size += here.x[j]! * here.x[j]!;
  const away = Math.sqrt(size);
  const directions = 2 * (n + MIXED);
  const looks = solve.escapes < MOST ? directions * BESIDE.length : 0;
  const at = new Float64Array(n);
  let lowest = theta;
  for (let look = 0; look < looks; look++) {
    const step = BESIDE[Math.floor(look / directions)]! * away;
    const [k, sign] = [(look % directions) >> 1, look & 1 ? -1 : 1];
    for (let j = 0; j < n; j++) {
      // Signs change with j and k as the multiples of the golden ratio do; the first mixed direction is the diagonal.
      const share = k < n ? (j === k ? 1 : 0) : ((k - n) * GOLDEN * (j + 1)) % 1 < 0.5 ? 1 : -1;
      there.x[j] = solve.within(j, here.x[j]! + sign * share * step);
    }
    yield solve.values(there);
    if (!finitePoint(there)) continue;
    const now = violation(there.c);
    if (!(now < lowest)) continue;
    lowest = now;
    at.set(there.x);
  }
  if (lowest < (1 - FALLS) * theta) {
    there.x.set(at);
    yield solve.values(there);
    yield solve.derivatives(there);
    if (finiteDerivatives(there)) {
      solve.escapes++;
      solve.accept();
      return false;
    }
  }
  solve.detail = `the sum of the ${squared ? "squared " : ""}violations is stationary here: no direction makes it smaller`;
  return true;
}
