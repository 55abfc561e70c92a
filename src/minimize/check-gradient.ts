// checkGradient: compares a hand-written gradient with central differences, component by component.

import { type Bounds, readBounds } from "../driver/bounds.js";
import { centralStep, differences } from "../driver/differences.js";
import { DownhillError } from "../runtime/errors.js";
import { checkArray, checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { checkFilled, checkValue, type Objective, readObjective } from "./objective.js";

export interface GradientCheck {
  readonly ok: boolean;
  /** The component with the largest error: what was given, what differences of f say. */
  readonly worst: { index: number; given: number; expected: number; error: number };
  readonly message: string;
}

export interface GradientCheckOptions {
  /** Largest relative error that passes. Default 1e-5. */
  tolerance?: number | undefined;
  /** Points outside are not evaluated. */
  bounds?: Bounds | undefined;
}

const EPS = 2.220446049250313e-16;

/**
 * Compares the gradient of f at x with central differences. The error of a component is |given - expected| /
 * max(|given|, |expected|, 1e-6 of the largest component), after what rounding does to the differences is taken off.
 */
export function checkGradient(
  f: Objective,
  x: ArrayLike<number>,
  options: GradientCheckOptions = {},
): GradientCheck {
  const where = "checkGradient";
  checkKeys(where, options, ["tolerance", "bounds"]);
  const tolerance = numberOption(where, "tolerance", options.tolerance, 1e-5, { min: 0, exclusive: true });
  const objective = readObjective(where, f);
  checkArray(where, "x", x);
  checkFinite(where, "x", x);
  const n = x.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: x is empty`);
  const { grad, funGrad } = objective;
  if (!grad && !funGrad) throw optionError(where, "f", f, "an object with grad or funGrad");
  const box = readBounds(where, options.bounds, x);
  const point = Float64Array.from(x);
  const given = new Float64Array(n).fill(NaN);
  const spare = new Float64Array(n);
  const fun =
    objective.fun ??
    ((p: Float64Array) => (funGrad as (p: Float64Array, g: Float64Array) => number)(p, spare));
  if (grad) checkFilled(where, "grad", grad(point.slice(), given));
  else checkValue(where, funGrad?.(point.slice(), given));
  const base = checkValue(where, fun(point.slice()));
  const expected = new Float64Array(n);
  const space = { x: new Float64Array(n), a: new Float64Array(1), b: new Float64Array(1) };
  const span = point.map((v) => Math.abs(v) || 1);
  for (const out of differences(point, Float64Array.of(base), expected, true, box, span, space)) {
    out[0] = checkValue(where, fun(space.x));
  }
  let largest = 0;
  for (let j = 0; j < n; j++)
    largest = Math.max(largest, Math.abs(given[j] as number), Math.abs(expected[j] as number) || 0);
  let worst = { index: 0, given: given[0] as number, expected: expected[0] as number, error: 0 };
  for (let j = 0; j < n; j++) {
    const [a, b] = [given[j] as number, expected[j] as number];
    const noise = (4 * EPS * Math.abs(base)) / centralStep(Math.abs(point[j] as number), span[j] as number);
    const size = Math.max(Math.abs(a), Math.abs(b), 1e-6 * largest);
    const difference = Math.max(0, Math.abs(a - b) - noise);
    const error = a === b || difference === 0 ? 0 : difference / size;
    // A NaN is worse than any number.
    if (!(error <= worst.error)) worst = { index: j, given: a, expected: b, error };
    if (Number.isNaN(error)) break;
  }
  const ok = worst.error <= tolerance;
  const message = ok
    ? `the gradient agrees with differences to ${worst.error.toExponential(1)}`
    : `gradient[${worst.index}] is ${worst.given}, differences give ${worst.expected} (relative error ${worst.error.toExponential(1)})`;
  return { ok, worst, message };
}
