// proximalGradient: f + g, f smooth and convex, g known by its proximal operator. FISTA (A. Beck, M. Teboulle, SIAM J. Imaging
// Sci. 2, 2009) with backtracking, and restart where a step goes against the momentum (B. O'Donoghue, E. Candes 2015).

import { run, runAsync } from "../../driver/run.js";
import { type Call, CHECK, ITERATION, type Measure, type Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import type { Watch } from "../../driver/watch.js";
import {
  checkValue,
  type MaybePromise,
  type ObjectiveParts,
  readObjective,
} from "../../minimize/objective.js";
import { DownhillError } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption, optionError } from "../../runtime/options.js";
import { later } from "../../runtime/promises.js";
import { type Applied, filler, readOperator } from "./callbacks.js";
import { readMap } from "./linear-map.js";
import { normInf, type ProximalOperator } from "./operators.js";
import {
  ProximalAnswer,
  type ProximalEnd,
  type ProximalMethod,
  type ProximalResult,
  proximalTask,
  type State,
  shareOf,
} from "./task.js";

export interface ProximalGradientProblem extends Limits {
  /** `{ fun, grad }` or `{ funGrad }`; or `{ A, b }` for |Ax - b|^2 / 2. */
  f: ObjectiveParts | { A: unknown; b: ArrayLike<number> };
  g: ProximalOperator;
  x0: ArrayLike<number>;
  /**
   * max |x - prox_{t g}(x - t grad f(x))| / t <= tolerance max(1, max |grad f|); where the gradient and x / t never were as large as 1,
   * the largest that they were takes the place of 1. Default 1e-8.
   */
  tolerance?: number | undefined;
  /** The first step; found by backtracking. Default 1. */
  step?: number | undefined;
}

/** As ProximalGradientProblem, with functions that may promise what they return. */
export interface AsyncProximalGradientProblem extends Omit<ProximalGradientProblem, "f"> {
  f: ObjectiveParts<MaybePromise<number>> | { A: unknown; b: ArrayLike<number> };
}

/** The value, or a promise of it. */
type Smooth = (x: Float64Array, out: Float64Array) => number | PromiseLike<number>;

function readSmooth(where: string, f: unknown, n: number): Smooth {
  if (typeof f === "object" && f !== null && "A" in f) {
    const { A, b } = f as { A: unknown; b: ArrayLike<number> };
    const K = readMap(where, "f.A", A);
    const own = copyNumbers(where, "f.b", b, K.rows);
    checkFinite(where, "f.b", own);
    if (K.cols !== n)
      throw new DownhillError("SHAPE", `${where}: x0 has length ${n}, f.A has ${K.cols} columns`, {
        details: { argument: "x0", length: n, expected: K.cols },
      });
    const r = new Float64Array(K.rows);
    return (x, out) => {
      K.apply(x, r);
      let s = 0;
      for (let i = 0; i < r.length; i++) {
        r[i]! -= own[i]!;
        s += r[i]! * r[i]!;
      }
      K.adjoint(r, out);
      return s / 2;
    };
  }
  const { fun, grad, funGrad } = readObjective(where, f);
  const lent = new Float64Array(n);
  const write = filler(where, "grad");
  if (funGrad)
    return (x, out) => {
      lent.set(x);
      let value = Number.NaN;
      const done = write(out, () =>
        later(funGrad(lent, out), (v) => {
          value = checkValue(where, v);
        }),
      );
      return later(done, () => value);
    };
  if (!fun || !grad)
    throw optionError(where, "f", f, "an object with fun and grad, with funGrad, or { A, b }");
  return (x, out) => {
    lent.set(x);
    return later(fun(lent), (v) => {
      const value = checkValue(where, v);
      lent.set(x);
      return later(
        write(out, () => grad(lent, out)),
        () => value,
      );
    });
  };
}

/**
 * Minimises f(x) + g(x).
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT; CALLBACK_RESULT.
 * @example
 * proximalGradient({ f: { A: [[1, 0], [0, 2]], b: [3, 1] }, g: prox.l1(1), x0: [0, 0] }).x; // [2, 0.25]
 */
export function proximalGradient(o: ProximalGradientProblem): ProximalResult {
  return run(proximalGradientTask("proximalGradient", o));
}

/**
 * proximalGradient that lets the event loop go on and takes asynchronous callbacks: of f too.
 *
 * @example
 * (await proximalGradientAsync({ f: { A: [[1, 0], [0, 2]], b: [3, 1] }, g: prox.l1(1), x0: [0, 0] })).x; // [2, 0.25]
 */
export async function proximalGradientAsync(o: AsyncProximalGradientProblem): Promise<ProximalResult> {
  return runAsync(proximalGradientTask("proximalGradientAsync", o as ProximalGradientProblem));
}

function proximalGradientTask(where: string, o: ProximalGradientProblem): Task<ProximalEnd, ProximalResult> {
  checkKeys(where, o, [...limitKeys, "f", "g", "x0", "tolerance", "step"]);
  const x = copyNumbers(where, "x0", o.x0);
  checkFinite(where, "x0", x);
  const g = readOperator(where, "g", o.g);
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-8, { min: 0 });
  const first = numberOption(where, "step", o.step, 1, { min: 0, exclusive: true });
  const smooth = readSmooth(where, o.f, x.length);
  const state = { x, fun: Infinity, stepNorm: 0 };
  return proximalTask({
    where,
    limits: o,
    measure: "residual",
    tolerance,
    maxIterations: 10_000,
    state,
    run: (measure, watch) => fista(smooth, g, state, measure, watch, first),
    out: (end, watch, variant) =>
      new ProximalAnswer(
        end,
        watch,
        "FISTA with restart",
        variant,
        "convexMinimum",
        state,
      ) as unknown as ProximalResult,
  });
}

/** Steps may grow again, slowly. */
const GROWTH = 1.05;
const ROUNDING = 1e-14;

function* fista(
  smooth: Smooth,
  g: Applied,
  state: State,
  measure: Measure<ProximalEnd>,
  watch: Watch,
  first: number,
): ProximalMethod {
  const { x } = state;
  const n = x.length;
  const y = x.slice();
  const next = new Float64Array(n);
  const slope = new Float64Array(n);
  const trial = new Float64Array(n);
  const scratch = new Float64Array(n);
  let at = y;
  let out = slope;
  let value = NaN;
  const call: Call = {
    kind: "call",
    cost: () => 1,
    run: () => {
      watch.nfev++;
      watch.njev++;
      return later(smooth(at, out), (v) => {
        value = v;
      });
    },
  };
  let t = first;
  let weight = 1;
  let seen = 0;
  /** y is x: what is measured there holds at the answer. */
  let plain = true;
  for (;;) {
    at = y;
    out = slope;
    yield call;
    const fy = value;
    if (!(fy - fy === 0) || !slope.every(Number.isFinite)) return { status: "failed", reason: "nonFinite" };
    if (plain) state.fun = fy + g.value(x);
    for (let tries = 0; ; tries++) {
      for (let j = 0; j < n; j++) trial[j] = y[j]! - t * slope[j]!;
      g.prox(trial, t, next);
      let linear = 0;
      let square = 0;
      let longest = 0;
      for (let j = 0; j < n; j++) {
        const d = next[j]! - y[j]!;
        linear += slope[j]! * d;
        square += d * d;
        longest = Math.max(longest, Math.abs(d));
      }
      const steepness = normInf(slope);
      seen = Math.max(seen, steepness, normInf(next) / t);
      const residual = shareOf(longest / t, steepness, seen);
      if (tries === 0 && plain) {
        measure.value = residual;
        yield CHECK;
      }
      at = next;
      out = scratch;
      yield call;
      if (value <= fy + linear + square / (2 * t) + ROUNDING * Math.abs(fy)) {
        if (!plain && residual <= measure.tolerance) weight = Infinity;
        break;
      }
      t /= 2;
      if (t < 1e-300 || tries > 200) return { status: "failed", reason: "stalled" };
    }
    // (y - next) . (next - x) > 0: the step turns back (their equation 13).
    let against = 0;
    let moved = 0;
    for (let j = 0; j < n; j++) {
      against += (y[j]! - next[j]!) * (next[j]! - x[j]!);
      moved += (next[j]! - x[j]!) * (next[j]! - x[j]!);
    }
    const restart = weight === Infinity || against > 0;
    const after = restart ? 1 : (1 + Math.sqrt(1 + 4 * weight * weight)) / 2;
    const beta = restart ? 0 : (weight - 1) / after;
    for (let j = 0; j < n; j++) {
      const v = next[j]!;
      y[j] = v + beta * (v - x[j]!);
      x[j] = v;
    }
    weight = after;
    plain = beta === 0;
    state.stepNorm = Math.sqrt(moved);
    state.fun = value + g.value(x);
    t *= GROWTH;
    measure.value = Infinity;
    yield ITERATION;
  }
}
