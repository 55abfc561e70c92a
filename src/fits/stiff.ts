// Stiff differential equations: the linearly implicit Euler method, extrapolated, with choice of order and step (Deuflhard, SIAM Review
// 27 (1985) 505; Hairer and Wanner, Solving Ordinary Differential Equations II, 1996, IV.9). Its steps are as long as the
// solution is smooth, however fast what has died away would go. Sensitivities go along, with the same matrix for each parameter:
// the expansion that is extrapolated holds for any matrix.

import { pow } from "../runtime/elementary.js";
import type { RightSide, StepControl } from "./dormand-prince.js";
import { Landing } from "./pieces.js";
import { StepScale } from "./step-scale.js";

/** Substeps of the rows of the table. */
const SUBSTEPS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const;
const LAST = SUBSTEPS.length - 1;
/** A step grows by at most 20 and shrinks by at most 10. */
const GROWTH = 20;
const SHRINK = 0.1;
const SAFETY = 0.8;
/** Sensitivities may err by so many times more, and by this at least: in stiff directions their order is low. */
const LOOSER = 1e3;
const LEAST_ERROR = 1e-7;
/** Of the first step, as a share of the time in which the solution changes. */
const FIRST = 1e-2;

/** A = L U in place with partial pivoting; false where a pivot is 0 or not finite. */
function factor(A: Float64Array, pivots: Int32Array): boolean {
  const n = pivots.length;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(A[i * n + k]!) > Math.abs(A[p * n + k]!)) p = i;
    pivots[k] = p;
    if (p !== k)
      for (let j = 0; j < n; j++) {
        const v = A[k * n + j]!;
        A[k * n + j] = A[p * n + j]!;
        A[p * n + j] = v;
      }
    const pivot = A[k * n + k]!;
    if (!(Math.abs(pivot) > 0 && Math.abs(pivot) < Infinity)) return false;
    for (let i = k + 1; i < n; i++) {
      const l = A[i * n + k]! / pivot;
      A[i * n + k] = l;
      for (let j = k + 1; j < n; j++) A[i * n + j]! -= l * A[k * n + j]!;
    }
  }
  return true;
}

/** Solves for one column of b, whose elements lie `stride` apart from `at` on. */
function solve(A: Float64Array, pivots: Int32Array, b: Float64Array, at: number, stride: number): void {
  const n = pivots.length;
  for (let k = 0; k < n; k++) {
    const p = at + pivots[k]! * stride;
    const v = b[p]!;
    b[p] = b[at + k * stride]!;
    b[at + k * stride] = v;
    for (let i = k + 1; i < n; i++) b[at + i * stride]! -= A[i * n + k]! * v;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[at + i * stride]!;
    for (let j = i + 1; j < n; j++) sum -= A[i * n + j]! * b[at + j * stride]!;
    b[at + i * stride] = sum / A[i * n + i]!;
  }
}

/**
 * As `integrate` of dormand-prince.ts: y of n variables, after it n*q sensitivities or none. `slopes` fills df/dy, n*n.
 */
export function integrateStiff(
  f: RightSide,
  slopes: (t: number, y: Float64Array, J: Float64Array) => void,
  t0: number,
  y0: Float64Array,
  times: ArrayLike<number>,
  { tolerance, variables: n, sizes, maxSteps, maxStep, pieces }: StepControl,
  visit: (i: number, y: Float64Array) => void,
): boolean {
  const size = y0.length;
  const q = size / n - 1;
  const count = times.length;
  const vector = () => new Float64Array(size);
  const y = Float64Array.from(y0);
  const [rate, there, error] = [vector(), vector(), vector()];
  const table = SUBSTEPS.map(vector);
  const J = new Float64Array(n * n);
  const M = new Float64Array(n * n);
  const pivots = new Int32Array(n);
  const scale = new StepScale(y, n, sizes, tolerance, Math.max(LEAST_ERROR, LOOSER * tolerance));
  let t = t0;
  let next = 0;
  while (next < count && times[next] === t0) visit(next++, y0);
  if (next === count) return true;
  const direction = times[count - 1]! > t0 ? 1 : -1;
  let h = Math.abs(times[count - 1]! - t0);
  const landing = pieces && new Landing(pieces, f, scale, t0, size);
  landing?.enter(t0 - direction * 2.220446049250313e-16 * Math.max(Math.abs(t0), h), t0, y);
  f(t, y, rate);
  for (let i = 0; i < n; i++)
    if (y[i]! !== 0 && rate[i]! !== 0) h = Math.min(h, FIRST * Math.abs(y[i]! / rate[i]!));
  /** The row of the table that should do. */
  let order = 5;

  /** Row j: j + 2 linearly implicit Euler steps of h / (j + 2), then extrapolation; the last entry of a row is the best. */
  const row = (j: number, step: number): boolean => {
    const parts = SUBSTEPS[j]!;
    const part = step / parts;
    for (let i = 0; i < n * n; i++) M[i] = (i % (n + 1) === 0 ? 1 : 0) - part * J[i]!;
    if (!factor(M, pivots)) return false;
    there.set(y);
    for (let s = 1; s <= parts; s++) {
      f(t + s * part, there, rate);
      for (let i = 0; i < size; i++) rate[i]! *= part;
      solve(M, pivots, rate, 0, 1);
      for (let k = 0; k < q; k++) solve(M, pivots, rate, n + k, q);
      for (let i = 0; i < size; i++) there[i]! += rate[i]!;
    }
    // table[k] is entry k of the row before: from the right end on, each is replaced by that of this row.
    for (let i = 0; i < size; i++) {
      let value = there[i]!;
      for (let k = 0; k < j; k++) {
        const before = table[k]![i]!;
        table[k]![i] = value;
        value += (value - before) / (parts / SUBSTEPS[j - k - 1]! - 1);
      }
      table[j]![i] = value;
    }
    return true;
  };
  const errorOf = (j: number, step: number): number => {
    const [best, second] = [table[j]!, table[j - 1]!];
    for (let i = 0; i < size; i++) error[i] = best[i]! - second[i]!;
    scale.set(y, best, Math.abs(step / (times[next]! - t)));
    return scale.norm(error);
  };
  // At the ends of a step of `length`, only where there are pieces.
  const [start, end] = [vector(), vector()];
  let length = 0;
  /** How far the next piece is, where a step went beyond. */
  let landed = 0;
  let best = table[0]!;
  const within = (theta: number): Float64Array => {
    if (pieces!.byTime || theta === 1) return best;
    const step = theta * direction * length;
    for (let i = 0; i < n; i++)
      there[i] =
        y[i]! + step * start[i]! + theta * theta * (best[i]! - y[i]! - direction * length * start[i]!);
    return there;
  };

  for (let step = 0; step < maxSteps; step++) {
    if (!(h > 16 * 2.220446049250313e-16 * Math.abs(t))) return false;
    const room = Math.abs(times[next]! - t);
    // Every time that is asked for is the end of a step; two halves rather than a whole and a crumb.
    h = Math.min(h, maxStep);
    length = landed || (h >= room ? room : 2 * h > room ? room / 2 : h);
    landed = 0;
    slopes(t, y, J);
    let [work, least, choice, wanted, spent] = [0, Infinity, order, h, 1];
    let accepted = -1;
    for (let j = 0; j <= Math.min(order + 1, LAST); j++) {
      // One factorisation and the steps, in evaluations.
      work += SUBSTEPS[j]! + 1;
      if (!row(j, length * direction)) break;
      if (j === 0) continue;
      const error = errorOf(j, length);
      if (!(error < Infinity)) break;
      const grown = SAFETY * pow(0.6 / Math.max(error, 1e-12), 1 / (j + 1));
      const able = length * Math.min(GROWTH, Math.max(SHRINK, grown));
      if (work / able < least) [least, choice, wanted, spent] = [work / able, j, able, work];
      if (error <= 1 && j >= order - 1) {
        accepted = j;
        break;
      }
    }
    if (accepted < 0) {
      landing?.refused(least < Infinity);
      h = least < Infinity ? Math.min(wanted, length / 2) : length * SHRINK;
      order = Math.max(2, Math.min(choice, LAST - 1));
      continue;
    }
    const after = length === room ? times[next]! : t + direction * length;
    best = table[accepted]!;
    let share = 0;
    if (landing) {
      f(t, y, start);
      f(after, best, end);
      share = landing.judge(t, direction * length, after, best, end, within);
      if (share > 0 && share < 1) {
        landed = length * share;
        continue;
      }
    }
    t = after;
    y.set(best);
    // Where the last row was the best, one more may be better: at the same work for the same way.
    if (choice === accepted && choice < LAST - 1) {
      wanted = Math.min((wanted * (spent + SUBSTEPS[choice + 1]! + 1)) / spent, length * GROWTH);
      order = Math.max(2, choice + 1);
    } else order = Math.max(2, Math.min(choice, LAST - 1));
    // A step that the times cut short says nothing against the long one.
    h = length < h ? Math.max(h, wanted) : wanted;
    while (next < count && times[next] === t) visit(next++, y);
    if (next === count) return true;
    if (share === 1) h = landing!.pass(t, y, pieces!.live ? start : end, rate, h);
    scale.reached(y);
  }
  return false;
}
