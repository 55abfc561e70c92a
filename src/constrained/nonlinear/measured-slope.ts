// The slope of what is made of f and the rows at a point, by the differences of `minimize`: noise and third derivatives are measured, so
// that each component comes with its error. What looks like noise there may be a fourth derivative: fourth differences tell them apart, which
// fall with the fourth power of the step, and of noise e are 70^(1/2) e (More and Wild, SIAM J. Sci. Comput. 33, 2011, section 3).

import { gradientDifferences } from "../../minimize/gradient-differences.js";
import type { Point } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

export interface MeasuredSlope {
  readonly g: Float64Array;
  /** Of each component: noise / h + |f'''| / 6 h^2. */
  readonly errors: Float64Array;
  /** The steps h; 0 where a variable has no room. */
  readonly steps: Float64Array;
  readonly noise: number;
}

/** Of `of` at `solve.here`; `solve.there` is overwritten. */
export function* measuredSlope(solve: ProgramSolve, of: (p: Point) => number): Phase<MeasuredSlope> {
  const { here, there, n, lower, upper } = solve;
  const vector = () => new Float64Array(n);
  const [g, steps, thirds, bends, probe] = [vector(), vector(), vector(), vector(), vector()];
  const noise = new Float64Array(1);
  const memory = { steps, thirds, bends, noise, probe };
  const work = gradientDifferences(here.x, of(here), g, true, { lower, upper }, memory, true);
  for (let next = work.next(); !next.done; ) {
    there.x.set(probe);
    yield solve.values(there);
    next = work.next(of(there));
  }
  const errors = steps.map((h, j) => (h > 0 ? noise[0]! / h + thirds[j]! * h * h : 0));
  return { g, errors, steps, noise: noise[0]! };
}

/** What of f - y'c has no derivatives of the user's; its size and that of its terms, and the slope of the rest at `solve.here`. */
export interface Differenced {
  readonly of: (p: Point) => number;
  readonly size: number;
  readonly terms: number;
  readonly rest: Float64Array;
}

/** Null where that is all of it, so far as it is not linear. */
export function differencedPart(solve: ProgramSolve): Differenced | null {
  const { evaluator, here, y, n } = solve;
  const { exactGradient, program, differencedRows: rows } = evaluator;
  if (!exactGradient && program.groups.every(({ parts }) => !parts?.jacobian)) return null;
  const rest = new Float64Array(n);
  if (exactGradient) rest.set(here.g);
  const exact = y.slice();
  for (const i of rows) exact[i] = 0;
  solve.subtractRows(here, exact, rest);
  const of = ({ f, c }: Point): number => {
    let v = exactGradient ? 0 : f;
    for (const i of rows) v -= y[i]! * c[i]!;
    return v;
  };
  let size = exactGradient ? 0 : Math.abs(here.f);
  let terms = exactGradient ? 0 : Math.abs(solve.first);
  for (const i of rows) {
    size += Math.abs(y[i]! * here.c[i]!);
    terms += Math.abs(y[i]!) * evaluator.sizeOfRow(i);
  }
  return { of, size, terms, rest };
}

/** Of a step, each of the last one, and the largest of n fourth differences over their typical size. */
const CLOSER = 8;
const LEVELS = 3;
const SPREAD = 4;
const WEIGHTS = [1, -4, 6, -4, 1] as const;

/** The noise of `of` at `solve.here`, no more than fourth differences over shorter steps leave of it. */
export function* noiseOf(
  solve: ProgramSolve,
  of: (p: Point) => number,
  { steps, noise }: MeasuredSlope,
): Phase<number> {
  const { here, there, n, lower, upper } = solve;
  let least = noise;
  for (let level = 1, share = 1 / CLOSER; level <= LEVELS; level++, share /= CLOSER) {
    let [most, told] = [0, false];
    for (let j = 0; j < n; j++) {
      const h = steps[j]! * share;
      if (!(h > 0)) continue;
      // Towards the side with room.
      const x = Math.min(Math.max(here.x[j]!, lower[j]! + 2 * h), upper[j]! - 2 * h);
      let [fourth, last] = [0, NaN];
      for (let k = -2; k <= 2; k++) {
        there.x.set(here.x);
        there.x[j] = x + k * h;
        yield solve.values(there);
        const v = of(there);
        // Where nothing changes nothing is heard.
        told ||= k > -2 && v !== last;
        last = v;
        fourth += WEIGHTS[k + 2]! * v;
      }
      most = Math.max(most, Math.abs(fourth));
    }
    if (told) least = Math.min(least, (SPREAD * most) / Math.sqrt(70));
  }
  return least;
}
