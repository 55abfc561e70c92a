// A step of the trust region, or of truncated Newton, within bounds: conjugate gradients on the faces of the box (Conn, Gould and
// Toint 1988; Lin and Moré 1999). The Hessian may be indefinite, and only its products are needed.

import type { Ask } from "../../driver/task.js";
import type { Solve } from "../solve.js";

/** The Cauchy point gains this share of what its slope promises (Lin and Moré, eq. 2.3), or is looked for nearer. */
const DECREASE = 0.01;
const NEARER = 0.25;
const MOST_TRIALS = 40;

/** Sides of the step's box, made once a run. */
export interface Sides {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export const makeSides = (n: number): Sides => ({ low: new Float64Array(n), high: new Float64Array(n) });

/** Asks for the product of the Hessian with "v" into "hv", unless the Hessian lies in "hess". */
function* product(solve: Solve, full: boolean): Generator<Ask, void, void> {
  if (!full) yield solve.product;
  else solve.kernels.timesF64(solve.n, solve.address("hess"), solve.address("v"), solve.address("hv"));
}

/**
 * "d": an approximate minimiser of q(p) = g'p + p'Hp / 2 within the bounds and |p_j| <= radius: from the Cauchy point along the
 * projected gradient, by conjugate gradients on the variables between their bounds until their residual is at most `tolerance`; a
 * variable that meets a bound stays there. Gives the predicted decrease, -q(p).
 */
export function* boxedStep(
  solve: Solve,
  full: boolean,
  radius: number,
  tolerance: number,
  { low, high }: Sides,
): Generator<Ask, number, void> {
  const { n, kernels: k, here } = solve;
  const { x, g } = here;
  const [lower, upper] = [solve.view("lower"), solve.view("upper")];
  const [p, r, v, hv] = [solve.view("d"), solve.view("pr"), solve.view("v"), solve.view("hv")];
  const [vp, hp] = [solve.address("v"), solve.address("hv")];
  let farthest = 0;
  for (let j = 0; j < n; j++) {
    low[j] = Math.max(lower[j]! - x[j]!, -radius);
    high[j] = Math.min(upper[j]! - x[j]!, radius);
    const gj = g[j]!;
    const room = gj > 0 ? -low[j]! : high[j]!;
    v[j] = gj !== 0 && room > 0 ? -gj : 0;
    if (v[j] !== 0) farthest = Math.max(farthest, room / Math.abs(gj));
  }
  const gg = k.dotF64(n, vp, vp);
  p.fill(0);
  if (!(gg > 0)) return 0;
  yield* product(solve, full);
  const bend = k.dotF64(n, vp, hp);
  let t = bend > 0 ? Math.min(gg / bend, farthest) : farthest;
  for (let trial = 0; trial < MOST_TRIALS; trial++, t *= NEARER) {
    let slope = 0;
    for (let j = 0; j < n; j++) {
      p[j] = Math.min(Math.max(-t * g[j]!, low[j]!), high[j]!);
      v[j] = p[j]!;
      slope += g[j]! * p[j]!;
    }
    yield* product(solve, full);
    if (slope + k.dotF64(n, vp, hp) / 2 <= DECREASE * slope) break;
  }
  for (let j = 0; j < n; j++) r[j] = g[j]! + hv[j]!;
  let turns = 2 * n + 10;
  while (turns > 0) {
    // The face of the variables that lie between their sides.
    let rr = 0;
    for (let j = 0; j < n; j++) {
      const free = p[j]! > low[j]! && p[j]! < high[j]!;
      v[j] = free ? -r[j]! : 0;
      rr += v[j]! * v[j]!;
    }
    let hit = false;
    while (!hit && Math.sqrt(rr) > tolerance && turns-- > 0) {
      yield* product(solve, full);
      const curvature = k.dotF64(n, vp, hp);
      let longest = Infinity;
      let first = -1;
      for (let j = 0; j < n; j++) {
        const vj = v[j]!;
        if (vj === 0) continue;
        const share = ((vj > 0 ? high[j]! : low[j]!) - p[j]!) / vj;
        if (share < longest) [longest, first] = [share, j];
      }
      const alpha = curvature > 0 ? rr / curvature : Infinity;
      const step = Math.min(alpha, longest);
      if (!(step < Infinity)) return NaN;
      for (let j = 0; j < n; j++) {
        p[j] = Math.min(Math.max(p[j]! + step * v[j]!, low[j]!), high[j]!);
        r[j] = r[j]! + step * hv[j]!;
      }
      hit = longest <= alpha;
      if (hit) {
        p[first] = v[first]! > 0 ? high[first]! : low[first]!;
        break;
      }
      let next = 0;
      for (let j = 0; j < n; j++)
        if (v[j] !== 0 || (p[j]! > low[j]! && p[j]! < high[j]!)) next += r[j]! * r[j]!;
      for (let j = 0; j < n; j++) {
        const free = p[j]! > low[j]! && p[j]! < high[j]!;
        v[j] = free ? (next / rr) * v[j]! - r[j]! : 0;
      }
      rr = next;
    }
    if (!hit) break;
  }
  let q = 0;
  for (let j = 0; j < n; j++) q += p[j]! * (g[j]! + r[j]!);
  return -q / 2;
}
