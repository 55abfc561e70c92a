// How well a program's functions are known: noise beyond rounding is measured where a run makes no progress, or where a claim would rest on it.

import { type MeasuredSlope, measuredSlope, noiseOf } from "./measured-slope.js";
import type { Point } from "./point.js";
import type { Phase, ProgramSolve } from "./solve.js";

/** Noise above so many times the rounding of a value is no rounding; values may be sums of larger terms, which cancel. */
const AUDIBLE = 64;
const EPS = 2.220446049250313e-16;
/** Noise that was known is new where it is so many times as large. */
const LOUDER = 4;

/** Whether noise in a value of this size is more than its rounding; `first`: the size of its terms, from the start of the run. */
const audible = (noise: number, size: number, first: number): boolean =>
  noise > AUDIBLE * EPS * Math.max(size, first);

/** Noise of `of` at `solve.here` where it is more than rounding, else 0. */
export function* heard(
  solve: ProgramSolve,
  of: (p: Point) => number,
  slope: MeasuredSlope,
  size: number,
  first: number,
): Phase<number> {
  if (!audible(slope.noise, size, first)) return 0;
  const noise = yield* noiseOf(solve, of, slope);
  return audible(noise, size, first) ? noise : 0;
}

/** Listens to f, and to all rows at once, at `solve.here`; true where noise was found that nobody knew of. */
export function* listen(solve: ProgramSolve): Phase<boolean> {
  const { evaluator, here } = solve;
  if (evaluator.exactFirst) return false;
  let learnt = false;
  if (!evaluator.exactGradient) {
    const of = ({ f }: Point) => f;
    const slope = yield* measuredSlope(solve, of);
    const noise = yield* heard(solve, of, slope, Math.abs(here.f), Math.abs(solve.first));
    if (noise > LOUDER * evaluator.noise) {
      evaluator.noise = noise;
      learnt = true;
    }
  }
  const rows = evaluator.differencedRows;
  if (rows.length > 0) {
    const sizes = Float64Array.from(rows, (i) => evaluator.sizeOfRow(i) || 1);
    // Signs that no sum of theirs makes 0 by chance.
    const of = ({ c }: Point) =>
      rows.reduce((sum, i, k) => sum + ((k * k + k) % 4 < 2 ? c[i]! : -c[i]!) / sizes[k]!, 0);
    const slope = yield* measuredSlope(solve, of);
    const noise = yield* heard(solve, of, slope, rows.length, rows.length);
    if (noise > 0) {
      rows.forEach((i, k) => {
        const own = noise * sizes[k]!;
        if (!(own > LOUDER * evaluator.rowNoises[i]!)) return;
        evaluator.rowNoises[i] = own;
        learnt = true;
      });
    }
  }
  if (learnt) evaluator.forgetSteps();
  return learnt;
}
