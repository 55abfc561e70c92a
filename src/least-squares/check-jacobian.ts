// checkJacobian: compares a hand-written Jacobian with central differences.

import { agreement } from "../driver/agreement.js";
import { differences, newMemory } from "../driver/differences.js";
import { readPattern, type SparsePattern, takeEntries } from "../linalg/sparse-pattern.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { checkFilled, refusePromise } from "./model.js";

export interface JacobianCheck {
  readonly ok: boolean;
  /** Largest relative difference, and where it is: residual (row), parameter (column), both values. */
  readonly worst: { row: number; column: number; given: number; expected: number; error: number };
  readonly message: string;
}

/** A difference is trusted to so many times the error that it says of itself. */
const SAFETY = 4;
const WIDER = 3;

/**
 * Compares `jacobian` at p with central differences of `residuals`. The error of an entry is
 * |given - expected| / max(|given|, |expected|, 1e-6 of the largest entry of its column), after what the differences leave open
 * (rounding, and what two step sizes differ by) is taken off.
 *
 * @example
 * const residuals = ([a], out) => { out[0] = a * a - 2; };
 * const jacobian = ([a], out) => { out[0] = 2 * a; };
 * checkJacobian(residuals, jacobian, 1, [3]).ok; // true
 */
export function checkJacobian(
  residuals: (p: Float64Array, out: Float64Array) => unknown,
  jacobian: (p: Float64Array, out: Float64Array) => unknown,
  m: number,
  p: ArrayLike<number>,
  options: {
    /** Default 1e-5. */
    tolerance?: number;
    /** With it `jacobian` fills `out` with the entries, or returns a sparse matrix, and an entry that the pattern lacks is found. */
    jacobianPattern?: SparsePattern | undefined;
  } = {},
): JacobianCheck {
  const where = "checkJacobian";
  checkKeys(where, options, ["tolerance", "jacobianPattern"]);
  for (const [name, callback] of Object.entries({ residuals, jacobian })) {
    if (typeof callback !== "function")
      throw optionError(where, name, callback, "a function (p, out) => void");
  }
  const tolerance = numberOption(where, "tolerance", options.tolerance, 1e-5, { min: 0 });
  if (m === undefined) throw optionError(where, "m", m, "an integer >= 1");
  numberOption(where, "m", m, 0, { min: 1, integer: true });
  const x = copyNumbers(where, "p", p);
  checkFinite(where, "p", x);
  if (x.length === 0) throw new DownhillError("SHAPE", `${where}: p is empty`);
  const n = x.length;
  const r = new Float64Array(m).fill(NaN);
  const fill = (name: string, callback: typeof residuals, at: Float64Array, out: Float64Array) => {
    const done = checkFilled(`${where}: ${name}`, callback(at.slice(), out), out);
    refusePromise(`${where}: ${name}`, done, "give a synchronous function");
  };
  fill("residuals", residuals, x, r);
  const bad = r.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DownhillError("CALLBACK_RESULT", `${where}: residual[${bad}] is ${quote(r[bad])} at p`, {
      details: { index: bad },
    });
  }
  const given = new Float64Array(m * n).fill(NaN);
  const { jacobianPattern } = options;
  let missing = new Uint8Array(0);
  if (jacobianPattern === undefined) fill("jacobian", jacobian, x, given);
  else {
    const pattern = readPattern(where, "jacobianPattern", jacobianPattern, m, n);
    const entries = new Float64Array(pattern.colIdx.length).fill(NaN);
    const returned = jacobian(x.slice(), entries);
    if (!takeEntries(`${where}: jacobian`, returned, pattern, entries))
      fill("jacobian", () => returned, x, entries);
    given.fill(0);
    missing = new Uint8Array(m * n).fill(1);
    for (let i = 0; i < m; i++)
      for (let k = pattern.rowPtr[i]!; k < pattern.rowPtr[i + 1]!; k++) {
        given[i * n + pattern.colIdx[k]!] = entries[k]!;
        missing[i * n + pattern.colIdx[k]!] = 0;
      }
  }
  const expected = new Float64Array(m * n);
  const space = { x: x.slice(), a: new Float64Array(m), b: new Float64Array(m) };
  const memory = newMemory(n);
  for (const target of differences(x, r, expected, true, null, memory, space))
    fill("residuals", residuals, space.x, target);
  // With other steps once more: what the two differ by is not known.
  const errors = memory.errors.slice();
  const again = new Float64Array(m * n);
  memory.steps.set(memory.used.map((h) => WIDER * h));
  for (const target of differences(x, r, again, true, null, memory, space))
    fill("residuals", residuals, space.x, target);
  let [apart, largest] = [0, 0];
  const worst = { row: 0, column: 0, given: 0, expected: 0, error: -1 };
  for (let column = 0; column < n; column++) {
    let floor = 0;
    for (let i = 0; i < m; i++) floor = Math.max(floor, Math.abs(expected[i * n + column]!));
    for (let row = 0; row < m; row++) {
      const a = given[row * n + column]!;
      const b = expected[row * n + column]!;
      apart = Math.max(apart, Math.abs(a - b));
      largest = Math.max(largest, Math.abs(a));
      const size = Math.max(Math.abs(a), Math.abs(b), 1e-6 * floor);
      const open = errors[column]! + Math.abs(b - again[row * n + column]!);
      const gap = Math.max(0, Math.abs(a - b) - SAFETY * open);
      // Differences that are not finite show nothing.
      const error = !Number.isFinite(a) || !Number.isFinite(b) ? Infinity : size === 0 ? 0 : gap / size;
      if (error > worst.error) Object.assign(worst, { row, column, given: a, expected: b, error });
    }
  }
  const ok = worst.error <= tolerance;
  const at = `d residual[${worst.row}] / d p[${worst.column}]`;
  const message = ok
    ? agreement("Jacobian", worst.error, apart, largest)
    : missing[worst.row * n + worst.column] === 1
      ? `${at} is not in jacobianPattern, differences give ${worst.expected}`
      : `${at} is ${worst.given}, differences give ${worst.expected} (relative error ${worst.error.toExponential(1)})`;
  return { ok, worst, message };
}
