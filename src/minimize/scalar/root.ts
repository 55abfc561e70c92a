// findRoot: a zero of a function of one variable between two points where it has different signs, by Brent's method or ITP.

import { run, runAsync } from "../../driver/run.js";
import { CHECK, ITERATION, Measure, type Method } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import { checkKeys, choiceOption, numberOption, optionError } from "../../runtime/options.js";
import {
  type Probe,
  type ScalarEnd,
  type ScalarFunction,
  type ScalarPlan,
  type ScalarResult,
  type ScalarState,
  ScalarTask,
} from "./evaluation.js";
import { readPoints, twoPoints } from "./points.js";

export interface FindRootOptions extends Limits {
  /** Two points, in increasing order, where f has different signs. */
  bracket: ArrayLike<number>;
  /** "brent" (default): secants and inverse parabolas where they serve; "itp": never more steps than bisection but one. */
  method?: "brent" | "itp" | undefined;
  /** Converged when the interval with the change of sign is so small a share of |x|. Default 4 eps = 8.9e-16. */
  stepTol?: number | undefined;
}

const EPS = 2.220446049250313e-16;
/** ITP's constants (Oliveira and Takahashi 2020): kappa_1 = K1 / (b - a), kappa_2 = 2, n_0 = 1 (one step more than bisection). */
const K1 = 0.2;

const NON_FINITE: ScalarEnd = { status: "failed", reason: "nonFinite" };
/** Where f is no finite number, nothing is known of its sign. */
function notFinite(state: ScalarState, x: number, f: number): ScalarEnd {
  state.detail = `f(${x}) is ${f}: give a bracket within the domain of f`;
  return NON_FINITE;
}
const NO_BRACKET: ScalarEnd = { status: "failed", reason: "bracket" };

interface Tests {
  readonly zero: Measure<ScalarEnd>;
  readonly step: Measure<ScalarEnd>;
  /** The least |f| that was seen. */
  least: number;
}

/** The end with the smaller |f| is the answer so far. */
function settle(state: ScalarState, tests: Tests, a: number, fa: number, b: number, fb: number): void {
  const { zero, step } = tests;
  const better = Math.abs(fa) < Math.abs(fb);
  state.x = better ? a : b;
  state.fun = better ? fa : fb;
  state.lower = a;
  state.upper = b;
  zero.value = Math.abs(state.fun);
  // Where the root is 0 the interval ends at the least number.
  step.value = Math.abs(b - a) / Math.max(Math.abs(state.x), Number.MIN_VALUE / EPS);
  tests.least = Math.min(tests.least, zero.value);
}

/** How far beside the end a pole is looked for, in widths of the last interval: where the distance is eighth, |f| is eight times as large. */
const BESIDE = [8, 64] as const;

/** Whether f changes its sign through infinity: |f| at the end is not the least that was seen, and grows towards it like 1 / distance. */
function* atPole(probe: Probe, state: ScalarState, { step, least }: Tests): Generator<Probe, boolean, void> {
  const { lower, upper } = state;
  if (!(step.value <= step.tolerance && Math.abs(state.fun) > least)) return false;
  const [low, high] = [Math.min(lower, upper), Math.max(lower, upper)];
  const width = Math.max(high - low, 4 * EPS * Math.abs(state.x));
  for (const side of [-1, 1]) {
    const seen: number[] = [];
    for (const away of BESIDE) {
      probe.x = side < 0 ? low - away * width : high + away * width;
      yield probe;
      seen.push(Math.abs(probe.value));
    }
    if (!(seen[0]! > 4 * seen[1]!)) return false;
  }
  step.value = Infinity;
  state.detail = `f changes its sign at ${state.x} without coming near 0: a pole; give a bracket beside it`;
  return true;
}

/** Brent (1973), section 4.6 (zero). */
function* brent(probe: Probe, state: ScalarState, tests: Tests, fa0: number, fb0: number): Method<ScalarEnd> {
  let [a, b, fa, fb] = [state.lower, state.upper, fa0, fb0];
  let [c, fc] = [a, fa];
  let d = b - a;
  let e = d;
  for (;;) {
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb];
    const tol = (tests.step.tolerance / 2) * Math.abs(b) + Number.MIN_VALUE;
    const m = 0.5 * (c - b);
    settle(state, tests, c, fc, b, fb);
    if (Math.abs(m) <= tol) tests.step.value = Math.min(tests.step.value, tests.step.tolerance);
    if (yield* atPole(probe, state, tests)) return NO_BRACKET;
    yield CHECK;
    if (Math.abs(e) < tol || Math.abs(fa) <= Math.abs(fb)) d = e = m;
    else {
      const s = fb / fa;
      let p: number;
      let q: number;
      if (a === c) {
        p = 2 * m * s;
        q = 1 - s;
      } else {
        const t = fa / fc;
        const r = fb / fc;
        p = s * (2 * m * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      const before = e;
      e = d;
      if (2 * p < 3 * m * q - Math.abs(tol * q) && p < Math.abs(0.5 * before * q)) d = p / q;
      else d = e = m;
    }
    [a, fa] = [b, fb];
    b += Math.abs(d) > tol ? d : m > 0 ? tol : -tol;
    probe.x = b;
    yield probe;
    fb = probe.value;
    if (!(fb - fb === 0)) return notFinite(state, b, fb);
    if (fb > 0 === fc > 0) {
      [c, fc] = [a, fa];
      d = e = b - a;
    }
    yield ITERATION;
  }
}

/** Oliveira and Takahashi, An enhancement of the bisection method average performance preserving minmax optimality (2020). */
function* itp(probe: Probe, state: ScalarState, tests: Tests, fa0: number, fb0: number): Method<ScalarEnd> {
  let [a, b, fa, fb] = [state.lower, state.upper, fa0, fb0];
  const width = b - a;
  const rising = fa < 0;
  for (let j = 0; ; j++) {
    settle(state, tests, a, fa, b, fb);
    // No number lies between the ends.
    const middle = a + 0.5 * (b - a);
    if (middle === a || middle === b) tests.step.value = Math.min(tests.step.value, tests.step.tolerance);
    if (yield* atPole(probe, state, tests)) return NO_BRACKET;
    yield CHECK;
    const eps = (tests.step.tolerance / 2) * Math.max(Math.abs(a), Math.abs(b)) + Number.MIN_VALUE;
    // Radius in which projection keeps the worst case: eps 2^(n_max - j) - (b - a) / 2, n_max = ceil(log2(width / 2 eps)) + n_0.
    let radius = 2 * eps;
    while (radius < 0.5 * width) radius *= 2;
    for (let k = 0; k < j && radius > 0; k++) radius *= 0.5;
    radius = Math.max(0, radius - 0.5 * (b - a));
    const secant = (fb * a - fa * b) / (fb - fa);
    const toMiddle = middle > secant ? 1 : -1;
    const delta = Math.min((K1 / width) * (b - a) * (b - a), Math.abs(middle - secant));
    const truncated = secant - secant === 0 ? secant + toMiddle * delta : middle;
    let x = Math.abs(truncated - middle) <= radius ? truncated : middle - toMiddle * radius;
    if (!(x > a && x < b)) x = middle;
    probe.x = x;
    yield probe;
    const f = probe.value;
    if (!(f - f === 0)) return notFinite(state, x, f);
    if (f === 0) [a, b, fa, fb] = [x, x, 0, 0];
    else if (f > 0 === rising) [b, fb] = [x, f];
    else [a, fa] = [x, f];
    settle(state, tests, a, fa, b, fb);
    if (yield* atPole(probe, state, tests)) return NO_BRACKET;
    yield ITERATION;
  }
}

/** Both ends, then the method between them. */
function* rootRun(
  probe: Probe,
  at: ScalarState,
  bracket: readonly number[],
  zero: Measure<ScalarEnd>,
  step: Measure<ScalarEnd>,
  method: typeof brent,
): Method<ScalarEnd> {
  const ends: number[] = [];
  for (const x of bracket) {
    probe.x = x;
    yield probe;
    const { value } = probe;
    if (!(value - value === 0)) return notFinite(at, x, value);
    ends.push(value);
    if (value !== 0) continue;
    at.x = at.lower = at.upper = x;
    at.fun = zero.value = 0;
    yield CHECK;
  }
  const [fa, fb] = ends as [number, number];
  const tests: Tests = { zero, step, least: Infinity };
  settle(at, tests, bracket[0]!, fa, bracket[1]!, fb);
  step.value = Infinity;
  if (fa > 0 === fb > 0) {
    at.detail = `f(${bracket[0]}) = ${fa} and f(${bracket[1]}) = ${fb} have the same sign: a root between them is not certain`;
    return NO_BRACKET;
  }
  return yield* method(probe, at, tests, fa, fb);
}

function readPlan(where: string, f: unknown, o: FindRootOptions): ScalarPlan {
  if (typeof f !== "function") throw optionError(where, "f", f, "a function of a number", "x => x * x - 2");
  checkKeys(where, o, ["bracket", "method", "stepTol", ...limitKeys], {
    bounds: "bracket",
    ...twoPoints("bracket"),
  });
  const method = choiceOption(where, "method", o.method, ["brent", "itp"], "brent");
  const stepTol = numberOption(where, "stepTol", o.stepTol, 4 * EPS, { min: 0 });
  const bracket = readPoints(where, "bracket", o.bracket, [2]);
  const zero = new Measure<ScalarEnd>("zero", 0, { status: "converged", reason: "zero" });
  const step = new Measure<ScalarEnd>("step", stepTol, { status: "converged", reason: "step" });
  const state: ScalarState = { x: bracket[0]!, fun: NaN, lower: bracket[0]!, upper: bracket[1]!, detail: "" };
  return {
    where,
    kind: "root",
    method,
    limits: o,
    measures: [zero, step],
    f: f as ScalarFunction,
    state,
    run: (probe, at) => rootRun(probe, at, bracket, zero, step, method === "brent" ? brent : itp),
  };
}

/**
 * A root of f, a function of one number, between two points where f has different signs. `bracket` in the result holds the change of
 * sign, to `stepTol` of |x|: where f jumps over 0 that is where it jumps. A pole, where |f| has grown, is no root: failed, bracket.
 *
 * @example
 * findRoot((x) => x ** 3 - 2, { bracket: [0, 2] }).x; // 1.259921049894873
 * @throws DownhillError OPTION before any evaluation; CALLBACK_RESULT when f returns anything but a number.
 */
export function findRoot(f: (x: number) => number, options: FindRootOptions): ScalarResult {
  return run(new ScalarTask(readPlan("findRoot", f, options)));
}

/**
 * As findRoot; f may be asynchronous.
 *
 * @example
 * (await findRootAsync(async (x) => x * x - 2, { bracket: [0, 2] })).x; // 1.414
 */
export async function findRootAsync(f: ScalarFunction, options: FindRootOptions): Promise<ScalarResult> {
  return runAsync(new ScalarTask(readPlan("findRootAsync", f, options)));
}
