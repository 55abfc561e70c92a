// A run whose variables leave for infinity, where nothing depends on them any more.

import type { ProgramSolve } from "./solve.js";

/** A variable that grew so many times beyond max(1, |start|) and has no influence any more has run away. */
const FAR = 1e3;
const BEYOND = 1e15;

/** A variable has left for infinity: there is no minimum where it goes. */
export function ranAway(solve: ProgramSolve): boolean {
  const { n, m } = solve;
  const { x, g, J } = solve.here;
  const { start, rowPtr, colIdx } = solve.evaluator.program;
  for (let j = 0; j < n; j++) {
    const size = Math.abs(x[j]!) / Math.max(1, Math.abs(start[j]!));
    if (!(size > FAR)) continue;
    let touched = g[j] !== 0 && size <= BEYOND;
    const end = size <= BEYOND && !touched ? rowPtr[m]! : 0;
    for (let k = 0; k < end; k++) touched ||= colIdx[k] === j && J[k] !== 0;
    if (touched) continue;
    solve.detail = `x[${j}] grew to ${x[j]!.toExponential(1)}, where it has no influence any more`;
    return true;
  }
  return false;
}
