// The Runge-Kutta method of Dormand and Prince, order 5(4), with error control and dense output (J. Comput. Appl. Math. 6 (1980)
// 19; the interpolation and the step control as Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 1993, II.4 to II.6).

import { pow } from "../runtime/elementary.js";

/** dy = f(t, y). */
export type RightSide = (t: number, y: Float64Array, dy: Float64Array) => void;

export interface StepControl {
  /** Relative error of a step. */
  readonly tolerance: number;
  /** The first so many components are controlled; sensitivities go along. */
  readonly controlled: number;
  readonly maxSteps: number;
}

const A = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
] as const;
const C = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1] as const;
/** Fifth less fourth order. */
const E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40] as const;
/** Dense output. */
const D = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
] as const;

const SAFETY = 0.9;
/** A step grows by at most 10 and shrinks by at most 5. */
const GROWTH = 10;
const SHRINK = 0.2;
/** Exponents of the controller that looks at the last error too. */
const BETA = 0.04;
const ALPHA = 0.2 - 0.75 * BETA;
/** A component counts at least as this share of the largest it has been. */
const LEAST_SHARE = 1e-3;

/**
 * Integrates from t0, where y is y0, to each of `times`, which lie on one side of t0 in order of distance. `visit(i, y)` gets the
 * solution there. Returns false where the step fell below the rounding of t, or the steps ran out: times not visited are not reached.
 */
export function integrate(
  f: RightSide,
  t0: number,
  y0: Float64Array,
  times: ArrayLike<number>,
  { tolerance, controlled, maxSteps }: StepControl,
  visit: (i: number, y: Float64Array) => void,
): boolean {
  const size = y0.length;
  const count = times.length;
  let next = 0;
  while (next < count && times[next] === t0) visit(next++, y0);
  if (next === count) return true;
  const end = times[count - 1]!;
  const direction = end > t0 ? 1 : -1;
  const vector = () => new Float64Array(size);
  const k = Array.from({ length: 7 }, vector);
  let y = Float64Array.from(y0);
  let there = vector();
  const at = vector();
  const largest = new Float64Array(controlled);
  let t = t0;
  f(t, y, k[0]!);
  for (let i = 0; i < controlled; i++) largest[i] = Math.abs(y[i]!);
  let h = firstStep(k[0]!, largest, Math.abs(end - t0), tolerance) * direction;
  let last = 1e-4;
  let rejected = false;
  for (let step = 0; step < maxSteps; step++) {
    if (!(Math.abs(h) > 16 * 2.220446049250313e-16 * Math.max(Math.abs(t), Math.abs(h)))) return false;
    if ((t + 1.01 * h - end) * direction > 0) h = end - t;
    for (let s = 0; s < 6; s++) {
      const row = A[s]!;
      const target = s === 5 ? there : at;
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let j = 0; j <= s; j++) sum += row[j]! * k[j]![i]!;
        target[i] = y[i]! + h * sum;
      }
      f(t + C[s]! * h, target, k[s + 1]!);
    }
    let sum = 0;
    for (let i = 0; i < controlled; i++) {
      let e = 0;
      for (let s = 0; s < 7; s++) e += E[s]! * k[s]![i]!;
      const scale = tolerance * Math.max(Math.abs(y[i]!), Math.abs(there[i]!), LEAST_SHARE * largest[i]!);
      const part = e === 0 ? 0 : (h * e) / scale;
      sum += part * part;
    }
    const error = Math.sqrt(sum / controlled);
    // NaN fails every comparison: the step is taken again, smaller.
    if (!(error <= 1)) {
      h *= Number.isFinite(error) ? Math.max(SHRINK, SAFETY / pow(error, ALPHA)) : SHRINK;
      rejected = true;
      continue;
    }
    const after = h === end - t ? end : t + h;
    while (next < count && (times[next]! - after) * direction <= 0) {
      const theta = (times[next]! - t) / h;
      visit(next++, theta === 1 ? there : interpolate(theta, h, y, there, k, at));
    }
    if (next === count) return true;
    let factor = (SAFETY * pow(last, BETA)) / pow(Math.max(error, 1e-10), ALPHA);
    factor = Math.min(rejected ? 1 : GROWTH, Math.max(SHRINK, factor));
    last = Math.max(error, 1e-4);
    rejected = false;
    t = after;
    [y, there] = [there, y];
    [k[0], k[6]] = [k[6]!, k[0]!];
    for (let i = 0; i < controlled; i++) largest[i] = Math.max(largest[i]!, Math.abs(y[i]!));
    h *= factor;
  }
  return false;
}

function firstStep(slope: Float64Array, size: Float64Array, span: number, tolerance: number): number {
  let h = span;
  for (let i = 0; i < size.length; i++) {
    const s = Math.abs(slope[i]!);
    if (s > 0 && size[i]! > 0) h = Math.min(h, (size[i]! / s) * pow(tolerance, 0.2));
  }
  return Math.min(h, span * pow(tolerance, 0.2));
}

/** II.6, eq. 6.12: order 4 inside the step. */
function interpolate(
  theta: number,
  h: number,
  y: Float64Array,
  there: Float64Array,
  k: readonly Float64Array[],
  out: Float64Array,
): Float64Array {
  const rest = 1 - theta;
  for (let i = 0; i < y.length; i++) {
    const difference = there[i]! - y[i]!;
    const first = h * k[0]![i]! - difference;
    const second = difference - h * k[6]![i]! - first;
    let d = 0;
    for (let s = 0; s < 7; s++) d += D[s]! * k[s]![i]!;
    out[i] = y[i]! + theta * (difference + rest * (first + theta * (second + rest * h * d)));
  }
  return out;
}
