// A run whose variables leave for infinity, where nothing depends on them any more.

import type { Ask } from "../../driver/task.js";
import type { ProgramSolve } from "./solve.js";

/** A variable that grew so many times beyond max(1, |start|) and has no influence any more has run away. */
const FAR = 1e3;
const BEYOND = 1e15;
/** At a minimum a slope may be exactly 0: then f, or a row, is another so small a share of the variable away. */
const BESIDE = 1 / 1024;

/** A variable has left for infinity: there is no minimum where it goes. One that never had an influence has not left. */
export function* ranAway(solve: ProgramSolve): Generator<Ask, boolean, void> {
  const { n, m, influenced, here, there, lower, upper } = solve;
  const { x, g, J } = here;
  const { start, rowPtr, colIdx } = solve.evaluator.program;
  const touched = new Uint8Array(n);
  for (let j = 0; j < n; j++) if (g[j] !== 0) touched[j] = 1;
  for (let k = 0; k < rowPtr[m]!; k++) if (J[k] !== 0) touched[colIdx[k]!] = 1;
  for (let j = 0; j < n; j++) {
    if (touched[j] !== 0) influenced[j] = 1;
    const size = Math.abs(x[j]!) / Math.max(1, Math.abs(start[j]!));
    if (!(size > FAR) || influenced[j] === 0 || (lower[j]! > -Infinity && upper[j]! < Infinity)) continue;
    if (size <= BEYOND) {
      if (touched[j] !== 0) continue;
      there.x.set(x);
      there.x[j] = x[j]! * (1 - BESIDE);
      yield solve.values(there);
      if (there.f !== here.f || there.c.some((v, i) => v !== here.c[i])) continue;
    }
    solve.detail = `x[${j}] grew to ${x[j]!.toExponential(1)}, where it has no influence any more`;
    return true;
  }
  return false;
}
