// checkGradient: compares a hand-written gradient with differences of f, component by component and along all of them at once.

import { agreement } from "../driver/agreement.js";
import { type Bounds, readBounds } from "../driver/bounds.js";
import { DownhillError } from "../runtime/errors.js";
import { checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { forget, isPromise } from "../runtime/promises.js";
import { pointOf } from "./by-name.js";
import { gradientDifferences } from "./gradient-differences.js";
import { checkFilled, checkValue, type Objective, readObjective } from "./objective.js";
import { confirmedSlope, errorOf, SAFETY, type Slope, surestSlope } from "./surest-slope.js";

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

/**
 * Compares the gradient of f at x with differences of f: two step sizes for each variable, from how f responds to it, extrapolated,
 * with their own error taken off; where they speak against it, seven, as f may be known to few digits. Variables that bounds fix are left
 * out. Then all components at once, along two directions. At a kink any slope between the one-sided ones is right.
 *
 * @param x where to look, well away from a minimum; of a compiled objective also by names.
 * @example
 * checkGradient({ fun: ([x]) => x ** 3, grad: ([x], g) => { g[0] = 3 * x ** 2; } }, [2]).ok; // true
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT; CALLBACK_RESULT where a callback answers with anything else.
 */
export function checkGradient(
  f: Objective,
  x: ArrayLike<number> | Readonly<Record<string, number>>,
  options: GradientCheckOptions = {},
): GradientCheck {
  const where = "checkGradient";
  checkKeys(where, options, ["tolerance", "bounds"]);
  const tolerance = numberOption(where, "tolerance", options.tolerance, 1e-5, { min: 0, exclusive: true });
  const objective = readObjective(where, f);
  const point = pointOf(where, "x", f, x);
  checkFinite(where, "x", point);
  const n = point.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: x is empty`);
  const { grad, funGrad } = objective;
  if (!grad && !funGrad) throw optionError(where, "f", f, "an object with grad or funGrad");
  const box = readBounds(where, options.bounds, point);
  const now = <T>(answer: T): T => {
    if (!isPromise(answer)) return answer;
    forget(answer);
    throw new DownhillError("CALLBACK_RESULT", `${where}: a callback returned a Promise`, {
      hint: "give synchronous functions",
    });
  };
  const given = new Float64Array(n).fill(NaN);
  const spare = new Float64Array(n);
  const fun = (at: Float64Array): number =>
    checkValue(where, now(objective.fun ? objective.fun(at.slice()) : funGrad!(at.slice(), spare)));
  if (grad) checkFilled(where, "grad", now(grad(point.slice(), given)));
  else checkValue(where, now(funGrad!(point.slice(), given)));
  const base = fun(point);

  // The steps, and a first answer, which has to do where a bound is near.
  const memory = {
    steps: new Float64Array(n),
    thirds: new Float64Array(n),
    bends: new Float64Array(n),
    noise: new Float64Array(1),
    probe: new Float64Array(n),
  };
  const rough = new Float64Array(n);
  const work = gradientDifferences(point, base, rough, true, box, memory, true);
  let next = work.next();
  while (!next.done) next = work.next(fun(memory.probe));
  const roughError = next.value;

  let worst = { index: 0, given: given[0]!, expected: NaN, error: 0 };
  let apart = 0;
  const largest = given.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const probe = point.slice();
  for (let j = 0; j < n; j++) {
    const at = point[j]!;
    const h = memory.steps[j]!;
    const room = box ? Math.min(at - box.lower[j]!, box.upper[j]! - at) : Infinity;
    const along = (t: number): number => {
      probe[j] = at + t;
      const value = fun(probe);
      probe[j] = at;
      return value;
    };
    const value = given[j]!;
    // Along a variable without room nothing can be said.
    if (h === 0 && !Number.isNaN(value)) continue;
    let slope = h > 0 ? slopeNow(surestSlope(base, h, room), along) : null;
    if (slope && errorOf(value, slope) > tolerance) slope = slopeNow(confirmedSlope(base, h, room), along)!;
    slope ??= { value: rough[j]!, error: roughError, kink: null };
    const error = Number.isNaN(value) ? NaN : errorOf(value, slope);
    if (!slope.kink) apart = Math.max(apart, Math.abs(value - slope.value));
    // A NaN is worse than any number.
    if (!(error <= worst.error) || Number.isNaN(worst.expected))
      worst = { index: j, given: given[j]!, expected: slope.value, error };
    if (Number.isNaN(error)) break;
  }
  const bad = !(worst.error <= tolerance);
  const askew = bad || box ? null : alongDirections(fun, point, base, given, memory.steps, tolerance);
  const message = bad
    ? `gradient[${worst.index}] is ${worst.given}, differences give ${worst.expected} (relative error ${worst.error.toExponential(1)})`
    : (askew ?? agreement("gradient", worst.error, apart, largest));
  return { ok: !bad && askew === null, worst, message };
}

/** The slope of f, now. */
function slopeNow(work: ReturnType<typeof surestSlope>, f: (t: number) => number): Slope | null {
  let next = work.next();
  while (!next.done) next = work.next(f(next.value));
  return next.value;
}

/** All components at once: what each hides within its own error shows in their sum. Null where both directions agree. */
function alongDirections(
  fun: (x: Float64Array) => number,
  point: Float64Array,
  base: number,
  given: Float64Array,
  steps: Float64Array,
  tolerance: number,
): string | null {
  for (const flip of [1, -1]) {
    let expected = 0;
    let size = 0;
    // In units of each variable's own step, in the sense of the slope, or with every second one turned.
    const d = steps.map((h, j) => (j % 2 === 0 ? 1 : flip) * (given[j]! < 0 ? -h : h));
    d.forEach((v, j) => {
      expected += v * given[j]!;
      size += Math.abs(v * given[j]!);
    });
    const h = 1 / Math.sqrt(d.length);
    const along = (t: number): number => fun(point.map((v, j) => v + t * d[j]!));
    const agrees = ({ kink, value, error }: Slope): boolean =>
      kink !== null || Math.abs(expected - value) <= tolerance * size + SAFETY * error;
    if (agrees(slopeNow(surestSlope(base, h, Infinity), along)!)) continue;
    const slope = slopeNow(confirmedSlope(base, h, Infinity), along)!;
    if (agrees(slope)) continue;
    return `along all components together the slope is ${expected} by the gradient, ${slope.value} by differences`;
  }
  return null;
}
