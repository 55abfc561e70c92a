// Multipliers that grow without end prove nothing: where the gradients of what binds vanish or depend on each other, any direction becomes
// their sum. Such a point is a solution only if bounded multipliers do it: those of least squares with a price on their size.

import { isAt } from "./active.js";
import type { Point } from "./point.js";
import { factorInPlace } from "./small-factor.js";
import type { ProgramSolve } from "./solve.js";

/** A multiplier times the largest gradient of its row, over the largest gradient of f, both along the run. */
const ENORMOUS = 1e8;
/** The same at the end of a run that has stalled. */
const LARGE = 1e4;
/** The price of a multiplier, as a share of the largest gradient of its row: what it costs is 1e-12 of what it takes away. */
const PRICE = 1e-6;
/** The point has settled where the next step is so small, over max(1, |x_j|). */
const SETTLED = 1e-8;
const MOST_ROWS = 300;

/** How large the gradient of f and those of the rows have been along a run. */
export class Reach {
  f = 0;
  readonly rows: Float64Array;

  constructor(m: number) {
    this.rows = new Float64Array(m);
  }

  see({ g, J }: Point, rowPtr: Int32Array): void {
    for (let j = 0; j < g.length; j++) this.f = Math.max(this.f, Math.abs(g[j]!));
    for (let i = 0; i < this.rows.length; i++)
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
        this.rows[i] = Math.max(this.rows[i]!, Math.abs(J[k]!));
  }
}

/**
 * After `measure`, with the step and Hessian given to it: whether the run has to end, as its multipliers are enormous and no bounded ones do.
 * Where bounded ones do, they are the solve's from here on. `stalled`: the run has ended where no step makes progress.
 */
export function withoutMultipliers(
  solve: ProgramSolve,
  step: Float64Array,
  H: Float64Array | null = null,
  stalled = false,
): boolean {
  const { here, y, z, m, reach } = solve;
  reach.see(here, solve.evaluator.program.rowPtr);
  let size = 0;
  for (let i = 0; i < m; i++) size = Math.max(size, Math.abs(y[i]!) * reach.rows[i]!);
  if (!(size > (stalled ? LARGE : ENORMOUS) * reach.f)) return false;
  const claims = solve.kkt <= 1;
  const settled =
    (stalled || solve.nextStep <= SETTLED) && solve.violationOf(here, true) <= solve.tolerances.feasTol;
  if (!claims && !settled) return false;
  const [given, givenZ] = [y.slice(), z.slice()];
  const found = bounded(solve);
  if (found) {
    solve.measure(here, found.y, found.z, step, H);
    if (solve.kkt <= 1) return false;
  }
  solve.measure(here, given, givenZ, step, H);
  solve.measureOfKkt.value = Infinity;
  solve.detail =
    "the multipliers grow without end: the gradients of what binds vanish or depend on each other here, and no bounded multipliers make " +
    "the gradient of the Lagrangian 0";
  return true;
}

/** min |g - J_A'y|^2 + sum (price_i y_i)^2 over the binding rows A, y with the signs of their sides; z takes the rest at bounds. */
function bounded(solve: ProgramSolve): { y: Float64Array; z: Float64Array } | null {
  const { here, n, m, reach, lower, upper } = solve;
  const { scaledLower, scaledUpper, program } = solve.evaluator;
  const { rowPtr, colIdx } = program;
  /** Of each row: -1 an upper side, 1 a lower one, 0 an equality. */
  const sides = new Map<number, number>();
  for (let i = 0; i < m; i++) {
    const [lo, up, v] = [scaledLower[i]!, scaledUpper[i]!, here.c[i]!];
    if (reach.rows[i] === 0) continue;
    if (lo === up) sides.set(i, 0);
    else if (isAt(v, lo)) sides.set(i, 1);
    else if (isAt(v, up)) sides.set(i, -1);
  }
  const open = Uint8Array.from(
    { length: n },
    (_, j) => +!(isAt(here.x[j]!, lower[j]!) || isAt(here.x[j]!, upper[j]!)),
  );
  const y = new Float64Array(m);
  for (;;) {
    const rows = [...sides.keys()];
    const count = rows.length;
    if (count > MOST_ROWS) return null;
    const full = rows.map((i) => {
      const row = new Float64Array(n);
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) row[colIdx[k]!] = open[colIdx[k]!] ? here.J[k]! : 0;
      return row;
    });
    const M = new Float64Array(count * count);
    const b = new Float64Array(count);
    full.forEach((row, a) => {
      for (let j = 0; j < n; j++) b[a]! += row[j]! * here.g[j]!;
      for (let c = 0; c <= a; c++) {
        let s = 0;
        for (let j = 0; j < n; j++) s += row[j]! * full[c]![j]!;
        M[a * count + c] = s;
        M[c * count + a] = s;
      }
      const price = PRICE * reach.rows[rows[a]!]!;
      M[a * count + a]! += price * price;
    });
    if (!factorInPlace(count, M, 0)) return null;
    solveFactored(count, M, b);
    y.fill(0);
    rows.forEach((i, a) => {
      y[i] = b[a]!;
    });
    // The row whose multiplier is furthest on the wrong side goes.
    let worst = -1;
    let most = 0;
    for (const [i, side] of sides) {
      const off = -side * y[i]! * reach.rows[i]!;
      if (off > most) [worst, most] = [i, off];
    }
    if (worst < 0) break;
    sides.delete(worst);
  }
  const z = new Float64Array(n);
  const rest = here.g.slice();
  solve.subtractRows(here, y, rest);
  for (let j = 0; j < n; j++) if (isAt(here.x[j]!, rest[j]! > 0 ? lower[j]! : upper[j]!)) z[j] = rest[j]!;
  return { y, z };
}

/** L L' x = b, in place. */
function solveFactored(n: number, L: Float64Array, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let s = b[i]!;
    for (let k = 0; k < i; k++) s -= L[i * n + k]! * b[k]!;
    b[i] = s / L[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = b[i]!;
    for (let k = i + 1; k < n; k++) s -= L[k * n + i]! * b[k]!;
    b[i] = s / L[i * n + i]!;
  }
}
