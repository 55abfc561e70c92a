// checkGradient: compares a hand-written gradient with differences of f, component by component and along all of them at once.

import { type Bounds, readBounds } from "../driver/bounds.js";
import { refused } from "../driver/run.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { forget, isPromise } from "../runtime/promises.js";
import { gradientDifferences } from "./gradient-differences.js";
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

/** Rounding of a value of f, in units of |f|. */
const ROUNDING = 8.881784197001252e-16;
/** A difference is trusted to so many times the error that its two step sizes show. */
const SAFETY = 4;
/** One-sided slopes that stay apart by this share when the step is halved are those of a kink. */
const KINK = 0.9;

interface Slope {
  /** Extrapolated from two step sizes, and how far it may be off. */
  readonly value: number;
  readonly error: number;
  /** The one-sided slopes, where f has a kink. */
  readonly kink: readonly [number, number] | null;
}

/**
 * The slope of f at 0 from central differences with 2h and h, extrapolated (Richardson); the error is what the two differ by
 * and what rounding does to the finer one.
 */
function slopeOf(f: (t: number) => number, base: number, h: number): Slope {
  const [far, back, near, behind] = [f(2 * h), f(-2 * h), f(h), f(-h)];
  const wide = (far - back) / (4 * h);
  const fine = (near - behind) / (2 * h);
  const noise = (ROUNDING * Math.max(Math.abs(base), Math.abs(far), Math.abs(back))) / h;
  const [ahead, behindSlope] = [(near - base) / h, (base - behind) / h];
  const [aheadWide, behindWide] = [(far - base) / (2 * h), (base - back) / (2 * h)];
  const gap = Math.abs(ahead - behindSlope);
  const kinked = gap > 16 * noise && gap > KINK * Math.abs(aheadWide - behindWide);
  return {
    value: (4 * fine - wide) / 3,
    error: Math.abs(fine - wide) + noise,
    kink: kinked ? [Math.min(ahead, behindSlope), Math.max(ahead, behindSlope)] : null,
  };
}

/** Step sizes that are tried, each so many times the one before, until the slope errs by no more than this share of itself. */
const TRIES = 6;
const WIDER = 32;
const SHARP = 1e-8;

/** The slope at the step size at which it is most certain: near a zero of f its value says little about lengths. */
function surestSlope(f: (t: number) => number, base: number, h: number, room: number): Slope | null {
  let surest: Slope | null = null;
  for (let k = 0; k < TRIES && 2 * h <= room; k++, h *= WIDER) {
    const slope = slopeOf(f, base, h);
    if (surest === null || slope.error < surest.error) surest = slope;
    if (surest.error <= SHARP * Math.abs(surest.value)) break;
  }
  return surest;
}

/** How far a slope is off, relative to the larger of both, after what the differences leave open is taken off. */
function errorOf(given: number, { value, error, kink }: Slope): number {
  // Any slope between those of a kink is right there.
  if (kink && given >= kink[0] - error && given <= kink[1] + error) return 0;
  const apart = Math.max(0, Math.abs(given - value) - SAFETY * error);
  return apart === 0 ? 0 : apart / Math.max(Math.abs(given), Math.abs(value));
}

/**
 * Compares the gradient of f at x with differences of f: two step sizes for each variable, from how f responds to it, extrapolated,
 * with their own error taken off. Then all components at once, along two directions. At a kink any slope between the one-sided
 * ones is right.
 *
 * @example
 * checkGradient({ fun: ([x]) => x ** 3, grad: ([x], g) => { g[0] = 3 * x ** 2; } }, [2]).ok; // true
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT; CALLBACK_RESULT where a callback answers with anything else.
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
  const point = copyNumbers(where, "x", x);
  checkFinite(where, "x", point);
  const n = point.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: x is empty`);
  const { grad, funGrad } = objective;
  if (!grad && !funGrad) throw optionError(where, "f", f, "an object with grad or funGrad");
  const box = readBounds(where, options.bounds, point);
  const now = <T>(answer: T): T => {
    if (!isPromise(answer)) return answer;
    forget(answer);
    throw refused("minimize", "a callback", answer);
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

  let worst = { index: 0, given: given[0]!, expected: rough[0]!, error: 0 };
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
    const slope = (h > 0 ? surestSlope(along, base, h, room) : null) ?? {
      value: rough[j]!,
      error: roughError,
      kink: null,
    };
    const error = Number.isNaN(given[j]!) ? NaN : errorOf(given[j]!, slope);
    // A NaN is worse than any number.
    if (!(error <= worst.error)) worst = { index: j, given: given[j]!, expected: slope.value, error };
    if (Number.isNaN(error)) break;
  }
  const bad = !(worst.error <= tolerance);
  const askew = bad || box ? null : alongDirections(fun, point, base, given, memory.steps, tolerance);
  const message = bad
    ? `gradient[${worst.index}] is ${worst.given}, differences give ${worst.expected} (relative error ${worst.error.toExponential(1)})`
    : (askew ?? `the gradient agrees with differences to ${worst.error.toExponential(1)}`);
  return { ok: !bad && askew === null, worst, message };
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
    const slope = surestSlope((t) => fun(point.map((v, j) => v + t * d[j]!)), base, h, Infinity)!;
    if (slope.kink || Math.abs(expected - slope.value) <= tolerance * size + SAFETY * slope.error) continue;
    return `along all components together the slope is ${expected} by the gradient, ${slope.value} by differences`;
  }
  return null;
}
