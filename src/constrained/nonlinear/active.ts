// What binds at a point of a program, strongly (with a multiplier, or an equality) or not, and the coordinates that are left: variables that
// no bound holds, each in its own unit.

import { type NullSpace, nullSpace } from "./null-space.js";
import type { ProgramSolve } from "./solve.js";

/** A side binds within this share of max(size, |v|), strongly where its multiplier has this share of the terms of its column. */
const BINDS = 1e-6;

/** Whether v, in units of `size`, is at this side; nothing is at an infinite one. */
export const isAt = (v: number, side: number, size = 1): boolean =>
  Math.abs(v - side) <= BINDS * Math.max(size, Math.abs(v));

export interface Active {
  /** The variables that no bound holds, and the unit of each. */
  readonly free: Int32Array;
  readonly units: Float64Array;
  /** The rows that are held, and the value of each. */
  readonly rows: Int32Array;
  readonly sides: Float64Array;
  readonly space: NullSpace;
  /** Some side binds without a multiplier. */
  readonly weak: boolean;
}

/** `weakly`: sides that bind without a multiplier are held too. Null where more than `most` directions are left. */
export function activeAt(
  solve: ProgramSolve,
  unitOf: (j: number) => number,
  weakly: boolean,
  most: number,
): Active | null {
  const { here, n, m, y, z, lower, upper, evaluator } = solve;
  const { scaledLower, scaledUpper, rowScale, program } = evaluator;
  const { rowPtr, colIdx } = program;
  const sizes = solve.sizes(here, y, z);
  let largest = 0;
  for (let j = 0; j < n; j++) largest = Math.max(largest, sizes[j]!);
  let weak = false;
  const free: number[] = [];
  for (let j = 0; j < n; j++) {
    const x = here.x[j]!;
    const strong = lower[j] === upper[j] || Math.abs(z[j]!) > BINDS * sizes[j]!;
    const binds = isAt(x, lower[j]!) || isAt(x, upper[j]!);
    if (binds && !strong) weak = true;
    if (!(binds && (strong || weakly))) free.push(j);
  }
  const rows: number[] = [];
  const sides: number[] = [];
  for (let i = 0; i < m; i++) {
    const [lo, up, v] = [scaledLower[i]!, scaledUpper[i]!, here.c[i]!];
    let steepest = 0;
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) steepest = Math.max(steepest, Math.abs(here.J[k]!));
    const strong = lo === up || Math.abs(y[i]!) * steepest > BINDS * largest;
    const low = isAt(v, lo, rowScale[i]!);
    const binds = low || isAt(v, up, rowScale[i]!);
    if (binds && !strong) weak = true;
    if (!strong && !(binds && weakly)) continue;
    rows.push(i);
    sides.push(lo === up || (y[i] === 0 ? low : y[i]! > 0) ? lo : up);
  }
  const where = new Int32Array(n).fill(-1);
  free.forEach((j, k) => {
    where[j] = k;
  });
  const units = Float64Array.from(free, unitOf);
  const dense = rows.map((i) => {
    const row = new Float64Array(free.length);
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
      const a = where[colIdx[k]!]!;
      if (a >= 0) row[a]! += here.J[k]! * units[a]!;
    }
    return row;
  });
  const space = nullSpace(dense, free.length, most);
  return (
    space && {
      free: Int32Array.from(free),
      units,
      rows: Int32Array.from(rows),
      sides: Float64Array.from(sides),
      space,
      weak,
    }
  );
}
