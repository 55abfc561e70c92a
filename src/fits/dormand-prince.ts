// The Runge-Kutta method of Dormand and Prince, order 8(5,3), with error control and dense output of order 7 (J. Comput. Appl. Math. 7
// (1981) 67; error, step control and interpolation as Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 1993, II.10).

import { takeWorkspace } from "../runtime/default.js";
import { pow } from "../runtime/elementary.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { room } from "../wasm/ode.js";
import { A, C, D, E3, E5 } from "./dop853-table.js";
import { Landing, type Pieces } from "./pieces.js";
import { StepScale } from "./step-scale.js";

/** dy = f(t, y). */
export type RightSide = (t: number, y: Float64Array, dy: Float64Array) => void;

export interface StepControl {
  /** Relative error of a step. */
  readonly tolerance: number;
  /** So many components are the variables; after them come their sensitivities to each of the parameters. */
  readonly variables: number;
  /** Of the parameters. */
  readonly sizes: ArrayLike<number>;
  readonly maxSteps: number;
  readonly maxStep: number;
  readonly pieces?: Pieces | undefined;
  readonly runtime?: Runtime | undefined;
}

/** Rows of A; that of the new point is the twelfth, those for dense output follow; after them errors and dense output. */
const ROWS: readonly (readonly number[])[] = [...A, E5, E3, ...D];
const NEW = 12;
const STAGES = 12;
const FIFTH = A.length;
const THIRD = FIFTH + 1;
const DENSE = FIFTH + 2;
/** Slopes: 12 of the stages, that of the new point, 3 for dense output. A row of the table has so many places too. */
const WIDTH = 16;
const TABLE = Float64Array.from(
  { length: ROWS.length * WIDTH },
  (_, i) => ROWS[Math.floor(i / WIDTH)]![i % WIDTH] ?? 0,
);

const SAFETY = 0.9;
/** A step grows by at most 6 and shrinks to a third. */
const GROWTH = 6;
const SHRINK = 1 / 3;
const ORDER = 1 / 8;
/**
 * What the highest coefficient of dense output may be beside an error that is allowed, at tolerance 1. Where rates are far faster than the step the ends
 * may be right and all between them wrong: II.10's error does not see that. Smooth solutions stay below it.
 */
const ROUGH = 2400;
/** Sensitivities may err by so many times more, and by this at least. */
const LOOSER = 100;
const LEAST_ERROR = 1e-8;

/**
 * Integrates from t0, where y is y0, to each of `times`, which lie on one side of t0 in order of distance. `visit(i, y)` gets the
 * solution there. Returns false where the step fell below the rounding of t, or the steps ran out: times not visited are not reached.
 */
export function integrate(
  f: RightSide,
  t0: number,
  y0: Float64Array,
  times: ArrayLike<number>,
  control: StepControl,
  visit: (i: number, y: Float64Array) => void,
): boolean {
  const size = y0.length;
  const count = times.length;
  let first = 0;
  while (first < count && times[first] === t0) visit(first++, y0);
  if (first === count) return true;
  const workspace = takeWorkspace(control.runtime, {
    key: `integrate ${size}`,
    f64: {
      y: size,
      there: size,
      at: size,
      zero: size,
      dense: 4 * size,
      k: size * WIDTH,
      table: TABLE.length,
    },
  });
  workspace.f64.table.set(TABLE);
  workspace.f64.zero.fill(0);
  try {
    return steps(workspace, f, t0, y0, times, first, control, visit);
  } finally {
    workspace.release();
  }
}

type Vectors = "y" | "there" | "at" | "zero" | "dense" | "k" | "table";

function steps(
  { runtime, at: address, f64 }: Workspace<Vectors, never, never>,
  f: RightSide,
  t0: number,
  y0: Float64Array,
  times: ArrayLike<number>,
  first: number,
  { tolerance, variables: n, sizes, maxSteps, maxStep, pieces }: StepControl,
  visit: (i: number, y: Float64Array) => void,
): boolean {
  const { weighted } = runtime.kernels(room);
  const size = y0.length;
  const count = times.length;
  let next = first;
  const end = times[count - 1]!;
  const direction = end > t0 ? 1 : -1;
  const { at, dense } = f64;
  const slopes = Array.from({ length: WIDTH }, (_, j) => f64.k.subarray(j * size, (j + 1) * size));
  let [y, there] = [f64.y, f64.there];
  let [yAt, thereAt] = [address.y, address.there];
  y.set(y0);
  const scale = new StepScale(y0, n, sizes, tolerance, Math.max(LEAST_ERROR, LOOSER * tolerance));
  const { allowed } = scale;
  const sum = (row: number, long: number, from: number, h: number, to: number): void =>
    weighted(size, long, address.table + 8 * WIDTH * row, address.k, from, h, to);
  const stage = (s: number, t: number, h: number): void => {
    sum(s - 1, s, yAt, h, address.at);
    f(t + C[s - 1]! * h, at, slopes[s]!);
  };
  let t = t0;
  let h = 0;
  let ready = false;
  /** The solution at a share of the step. */
  const within = (theta: number): Float64Array => {
    if (theta === 1) return there;
    if (!ready) {
      for (let s = NEW + 1; s < WIDTH; s++) stage(s, t, h);
      for (let d = 0; d < 4; d++) sum(DENSE + d, WIDTH, address.zero, h, address.dense + 8 * d * size);
      ready = true;
    }
    return interpolate(theta, h, y, there, slopes[0]!, slopes[NEW]!, dense, at);
  };
  const around = pieces?.byTime ? () => y : within;
  const landing = pieces && new Landing(pieces, f, scale, t0, size);
  const span = Math.abs(end - t0);
  landing?.enter(t0 - direction * 2.220446049250313e-16 * Math.max(Math.abs(t0), span), t0, y);
  f(t, y, slopes[0]!);
  h = firstStep(slopes[0]!, y.subarray(0, n), span, tolerance) * direction;
  const most = ROUGH / pow(tolerance, ORDER);
  let rejected = false;
  let cut = false;
  for (let step = 0; step < maxSteps; step++) {
    if (!(Math.abs(h) > 16 * 2.220446049250313e-16 * Math.max(Math.abs(t), Math.abs(h)))) return false;
    if (Math.abs(h) > maxStep) h = direction * maxStep;
    if (!cut && (t + 1.01 * h - end) * direction > 0) h = end - t;
    cut = false;
    for (let s = 1; s < STAGES; s++) stage(s, t, h);
    sum(NEW - 1, STAGES, yAt, h, thereAt);
    sum(FIFTH, STAGES, address.zero, 1, address.dense);
    sum(THIRD, STAGES, address.zero, 1, address.at);
    scale.set(y, there, h / (times[next]! - t));
    const error = errorOf(h, dense, at, allowed, n);
    // NaN fails every comparison: the step is taken again, smaller.
    if (!(error <= 1)) {
      landing?.refused(Number.isFinite(error));
      h *= Number.isFinite(error) ? Math.max(SHRINK, SAFETY / pow(error, ORDER)) : SHRINK;
      rejected = true;
      continue;
    }
    const after = h === end - t ? end : t + h;
    const last = (end - after) * direction <= 0;
    ready = false;
    if (landing || !last || times[next]! !== after) f(after, there, slopes[NEW]!);
    const share = landing ? landing.judge(t, h, after, there, slopes[NEW]!, around) : 0;
    if (share > 0 && share < 1) {
      h *= share;
      cut = true;
      continue;
    }
    let factor = SAFETY / pow(Math.max(error, 1e-12), ORDER);
    if (next < count && (times[next]! - after) * direction < 0) {
      within(0.5);
      const rough = roughness(dense.subarray(3 * size), allowed);
      const smooth = SAFETY / pow(Math.max(rough / most, 1e-12), 1 / 7);
      if (rough > most) {
        h *= Math.max(SHRINK, smooth);
        rejected = true;
        continue;
      }
      factor = Math.min(factor, smooth);
    }
    while (next < count && (times[next]! - after) * direction <= 0) {
      const theta = (times[next]! - t) / h;
      visit(next++, within(theta));
    }
    if (next === count) return true;
    h *= Math.min(rejected ? 1 : GROWTH, Math.max(SHRINK, factor));
    rejected = false;
    t = after;
    [y, there, yAt, thereAt] = [there, y, thereAt, yAt];
    if (share === 1) {
      // Live, the rate at the end is that of the next piece already.
      const before = slopes[pieces!.live ? 0 : NEW]!;
      h = direction * landing!.pass(t, y, before, slopes[NEW + 1]!, Math.abs(h));
    }
    slopes[0]!.set(slopes[share === 1 ? NEW + 1 : NEW]!);
    scale.reached(y);
  }
  return false;
}

/** Of a step, beside what is allowed: of all variables together, or of the worst sensitivity. */
function errorOf(h: number, e5: Float64Array, e3: Float64Array, allowed: Float64Array, n: number): number {
  let fifth = 0;
  let third = 0;
  for (let i = 0; i < n; i++) {
    const [a, b] = [e5[i]! / allowed[i]!, e3[i]! / allowed[i]!];
    fifth += a * a;
    third += b * b;
  }
  let error = combined(h, fifth, third, n);
  for (let i = n; i < allowed.length; i++) {
    if (e5[i] === 0 || allowed[i] === Infinity) continue;
    const [a, b] = [e5[i]! / allowed[i]!, e3[i]! / allowed[i]!];
    const of = combined(h, a * a, b * b, 1);
    if (!(of <= error)) error = of;
  }
  return error;
}

/** II.10, eq. 10.17, whose order is 8: of the sums of squares of errors of order 5 and 3. */
function combined(h: number, fifth: number, third: number, count: number): number {
  const below = Math.sqrt((fifth + 0.01 * third) * count);
  return below === 0 ? 0 : (Math.abs(h) * fifth) / below;
}

/** The largest of the highest coefficients, beside what is allowed. */
function roughness(highest: Float64Array, allowed: Float64Array): number {
  let rough = 0;
  for (let i = 0; i < allowed.length; i++) {
    const of = Math.abs(highest[i]!) / allowed[i]!;
    if (of > rough && of < Infinity) rough = of;
  }
  return rough;
}

function firstStep(slope: Float64Array, y: Float64Array, span: number, tolerance: number): number {
  let h = span;
  for (let i = 0; i < y.length; i++) {
    const [s, size] = [Math.abs(slope[i]!), Math.abs(y[i]!)];
    if (s > 0 && size > 0) h = Math.min(h, (size / s) * pow(tolerance, ORDER));
  }
  return Math.min(h, span * pow(tolerance, ORDER));
}

/** Order 7 inside the step: II.6, and the appendix's CONTD8. */
function interpolate(
  theta: number,
  h: number,
  y: Float64Array,
  there: Float64Array,
  slope: Float64Array,
  after: Float64Array,
  dense: Float64Array,
  out: Float64Array,
): Float64Array {
  const rest = 1 - theta;
  const size = y.length;
  for (let i = 0; i < size; i++) {
    const difference = there[i]! - y[i]!;
    const first = h * slope[i]! - difference;
    const second = difference - h * after[i]! - first;
    let upper = dense[3 * size + i]! * theta;
    upper = (upper + dense[2 * size + i]!) * rest;
    upper = (upper + dense[size + i]!) * theta;
    upper = (upper + dense[i]!) * rest;
    out[i] = y[i]! + theta * (difference + rest * (first + theta * (second + upper)));
  }
  return out;
}
