// minimizeScalar: a minimum of a function of one variable, by Brent's method or golden sections.

import { run, runAsync } from "../../driver/run.js";
import { CHECK, ITERATION, Measure, type Method } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import { DownhillError } from "../../runtime/errors.js";
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
import { atPole, height } from "./pole.js";

export interface MinimizeScalarOptions extends Limits {
  /** The interval to stay in: [lower, upper]. */
  bounds?: ArrayLike<number> | undefined;
  /** Two points from which to look downhill, or three a < b < c with f(b) below both others. Default [0, 1]. */
  bracket?: ArrayLike<number> | undefined;
  /** "brent" (default): parabolas where they serve, else golden sections; "golden": sections only. */
  method?: "brent" | "golden" | undefined;
  /** Converged when x is known to so much of its size. Default sqrt(eps) = 1.5e-8, below which f shows nothing. */
  stepTol?: number | undefined;
}

const EPS = 2.220446049250313e-16;
const ROOT_EPS = 1.4901161193847656e-8;
/** 2 - (1 + sqrt 5) / 2: the share of the larger part that a golden section takes. */
const GOLDEN = 0.3819660112501051;
/** Growth of an interval that has no minimum inside yet, and how often. */
const GROWTH = 1.618033988749895;
const MOST_GROWTH = 100;
const MAX_GROWTHS = 200;

const stepEnd: ScalarEnd = { status: "converged", reason: "step" };
const NON_FINITE: ScalarEnd = { status: "failed", reason: "nonFinite" };
const NO_BRACKET: ScalarEnd = { status: "failed", reason: "bracket" };

/** Of equal points the last one: where f is flat the interval closes there. */
function see(state: ScalarState, { x, value }: Probe): void {
  if (height(value) > height(state.fun)) return;
  state.x = x;
  state.fun = value;
}

/**
 * Brent, Algorithms for Minimization without Derivatives (1973), section 5.8 (localmin), on [lower, upper] from `start`. The
 * tolerance at x is tol |x|, and no less than the rounding of the interval.
 */
function* refine(
  probe: Probe,
  state: ScalarState,
  start: { x: number; f: number } | null,
  golden: boolean,
  step: Measure<ScalarEnd>,
  ends: number[],
): Method<ScalarEnd> {
  let [a, b] = [state.lower, state.upper];
  const least = EPS * (b - a) * ROOT_EPS;
  let x = start?.x ?? a + GOLDEN * (b - a);
  let fx = start?.f ?? NaN;
  if (!start) {
    probe.x = x;
    yield probe;
    fx = height(probe.value);
    see(state, probe);
    if (fx === -Infinity) return NON_FINITE;
  }
  let [w, v, fw, fv, d, e] = [x, x, fx, fx, 0, 0];
  const outer = [a, b] as const;
  let [most, looked] = [0, false];
  for (;;) {
    const middle = 0.5 * (a + b);
    const tol = step.tolerance * Math.abs(x) + least;
    // |x - m| <= 2 tol - (b - a) / 2, as a share of |x|: x is within 2 tol of every point of the interval.
    const spread = Math.abs(x - middle) + 0.5 * (b - a);
    step.value =
      spread <= 2 * tol
        ? Math.min(step.tolerance, spread / (Math.abs(x) || 1))
        : spread / (Math.abs(x) || least);
    if (spread <= 2 * tol) {
      step.value = Math.min(step.value, step.tolerance);
      // The method looks at neither end, and one may be the minimum.
      let [lower, fl] = [x, fx];
      for (const end of ends.splice(0)) {
        probe.x = end;
        yield probe;
        const fe = height(probe.value);
        if (!(fe < fl)) continue;
        see(state, probe);
        if (fe === -Infinity) return NON_FINITE;
        [lower, fl] = [end, fe];
      }
      if (height(state.fun) === Infinity) return NON_FINITE;
      if (lower !== x && lower !== a && lower !== b) {
        // An end below what was found, far from it: towards it until a point is lower still, or none is left.
        let far = x;
        do {
          probe.x = lower + GOLDEN * (far - lower);
          yield probe;
          fx = height(probe.value);
          if (!(fx < fl)) far = probe.x;
        } while (!(fx < fl) && Math.abs(far - lower) > 2 * (step.tolerance * Math.abs(lower) + least));
        if (fx < fl) {
          [a, b] = [Math.min(far, lower), Math.max(far, lower)];
          x = probe.x;
          see(state, probe);
          if (fx === -Infinity) return NON_FINITE;
          [w, v, fw, fv, d, e] = [x, x, fx, fx, 0, 0];
          continue;
        }
        [state.lower, state.upper] = [Math.min(far, lower), Math.max(far, lower)];
      }
      // Beside a minimum the values are those of the minimum.
      if (!looked && Math.max(fv, fw) - fx > 1e-3 * most) {
        looked = true;
        if (yield* atPole(probe, state, outer)) {
          step.value = Infinity;
          return NO_BRACKET;
        }
      }
    }
    yield CHECK;
    let [p, q, r] = [0, 0, 0];
    if (!golden && Math.abs(e) > tol) {
      // The parabola through x, w and v.
      r = (x - w) * (fx - fv);
      q = (x - v) * (fx - fw);
      p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      else q = -q;
      r = e;
      e = d;
    }
    if (!golden && Math.abs(p) < Math.abs(0.5 * q * r) && p > q * (a - x) && p < q * (b - x)) {
      d = p / q;
      const u = x + d;
      if (u - a < 2 * tol || b - u < 2 * tol) d = x < middle ? tol : -tol;
    } else {
      e = (x < middle ? b : a) - x;
      d = GOLDEN * e;
    }
    const u = x + (Math.abs(d) >= tol ? d : d > 0 ? tol : -tol);
    probe.x = u;
    yield probe;
    const fu = height(probe.value);
    see(state, probe);
    if (fu === -Infinity) return NON_FINITE;
    if (fu <= fx) {
      most = Math.max(most, fx - fu);
      if (u < x) b = x;
      else a = x;
      [v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu];
      else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu];
    }
    state.lower = a;
    state.upper = b;
    yield ITERATION;
  }
}

function* heightAt(probe: Probe, state: ScalarState, x: number): Generator<Probe, number, void> {
  probe.x = x;
  yield probe;
  const f = height(probe.value);
  see(state, probe);
  return f;
}

/** From two points downhill until f rises again (Press et al., Numerical Recipes, section 10.1, without its parabolas). */
function* bracketed(
  probe: Probe,
  state: ScalarState,
  given: readonly number[],
): Generator<Probe, { x: number; f: number } | ScalarEnd, void> {
  let [a, b] = given as [number, number];
  let fa = yield* heightAt(probe, state, a);
  let fb = yield* heightAt(probe, state, b);
  if (fa === Infinity && fb === Infinity) return NON_FINITE;
  const third = given[2];
  let c = third ?? NaN;
  let fc = third === undefined ? NaN : yield* heightAt(probe, state, third);
  if (third !== undefined) {
    if (!(fb < fa && fb < fc)) {
      state.detail = `f(${b}) is not below both f(${a}) and f(${c}): the three points hold no minimum for certain; give two, or bounds`;
      return NO_BRACKET;
    }
  } else {
    if (fb > fa) [a, b, fa, fb] = [b, a, fb, fa];
    c = b + GROWTH * (b - a);
    fc = yield* heightAt(probe, state, c);
    for (let k = 0; !(fc > fb) || fb === Infinity; k++) {
      if (k >= MAX_GROWTHS || !Number.isFinite(c) || fc === -Infinity) {
        if (fc === fb) state.detail = `f is ${fb} as far as was looked: a minimum has no place there`;
        return NO_BRACKET;
      }
      const next: number = c + (k < MOST_GROWTH ? GROWTH : MOST_GROWTH) * (c - b);
      [a, fa, b, fb, c] = [b, fb, c, fc, next];
      fc = yield* heightAt(probe, state, c);
    }
  }
  state.lower = Math.min(a, c);
  state.upper = Math.max(a, c);
  return { x: b, f: fb };
}

/** A bracket first, then the minimum in it. */
function* downhill(
  probe: Probe,
  at: ScalarState,
  golden: boolean,
  step: Measure<ScalarEnd>,
  bracket: readonly number[],
): ReturnType<typeof refine> {
  const found = yield* bracketed(probe, at, bracket);
  return "status" in found ? found : yield* refine(probe, at, found, golden, step, []);
}

function readPlan(where: string, f: unknown, o: MinimizeScalarOptions): ScalarPlan {
  if (typeof f !== "function") throw optionError(where, "f", f, "a function of a number", "x => x * x - 2");
  checkKeys(where, o, ["bounds", "bracket", "method", "stepTol", ...limitKeys], twoPoints("bounds"));
  const golden = choiceOption(where, "method", o.method, ["brent", "golden"], "brent") === "golden";
  const stepTol = numberOption(where, "stepTol", o.stepTol, ROOT_EPS, { min: 0 });
  if (o.bounds !== undefined && o.bracket !== undefined) {
    throw new DownhillError("OPTION", `${where}: give bounds or bracket, not both`, {
      details: { option: "bracket" },
    });
  }
  const bounds = o.bounds === undefined ? null : readPoints(where, "bounds", o.bounds, [2]);
  if (bounds && bounds[1]! - bounds[0]! === Infinity)
    throw new DownhillError("OPTION", `${where}: the width of bounds is not a finite number`, {
      details: { option: "bounds", value: bounds },
    });
  const bracket = bounds ?? readPoints(where, "bracket", o.bracket ?? [0, 1], [2, 3]);
  const step = new Measure<ScalarEnd>("step", stepTol, stepEnd);
  const state: ScalarState = {
    x: bracket[0]!,
    fun: NaN,
    lower: bracket[0]!,
    upper: bracket.at(-1)!,
    detail: "",
  };
  return {
    where,
    kind: "scalarMinimum",
    method: golden ? "golden" : "brent",
    limits: o,
    measures: [step],
    f: f as ScalarFunction,
    state,
    run: (probe, at) =>
      bounds
        ? refine(probe, at, null, golden, step, [...bounds])
        : downhill(probe, at, golden, step, bracket),
  };
}

/**
 * A local minimum of f, a function of one number: within `bounds`, ends included, or downhill from `bracket`. Where f is NaN or Infinity it counts
 * as higher than everywhere else. Stopped by a limit it gives the lowest point seen.
 *
 * @example
 * minimizeScalar((x) => (x - 2) ** 2, { bounds: [0, 5] }).x; // 2
 * @throws DownhillError OPTION before any evaluation; CALLBACK_RESULT when f returns anything but a number.
 */
export function minimizeScalar(f: (x: number) => number, options: MinimizeScalarOptions = {}): ScalarResult {
  return run(new ScalarTask(readPlan("minimizeScalar", f, options)));
}

/**
 * As minimizeScalar; f may be asynchronous.
 *
 * @example
 * (await minimizeScalarAsync(async (x) => (x - 2) ** 2, { bounds: [0, 5] })).x; // 2
 */
export async function minimizeScalarAsync(
  f: ScalarFunction,
  options: MinimizeScalarOptions = {},
): Promise<ScalarResult> {
  return runAsync(new ScalarTask(readPlan("minimizeScalarAsync", f, options)));
}
