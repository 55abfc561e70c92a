// How long the next step may be, judged by the ratio of the actual to the predicted decrease (-1: the model predicts none).
// One case for each kind of method.

import {
  GAUSS_NEWTON, LEVENBERG, S_CLIPPED, S_DAMPING, S_FIRST, S_FRACTION, S_FULL, S_GN_LENGTH, S_GROWTH, S_LAMBDA, S_LENGTH, S_RADIUS, S_SLOPE,
} from "../../src/abi/least-squares";
import { get, set } from "./frame";

/** Where damping takes less than this share of the model away, Levenberg's method takes the Gauss-Newton step. */
export const NEGLIGIBLE: f64 = 1e-6;

/** Moré's radius (1978; MINPACK lmder): shrunk by the parabola through both costs and the slope, doubled after a good step. */
function judgeRadius(ratio: f64, cost: f64, trialCost: f64, state: usize): void {
  const length = get(state, S_LENGTH);
  if (get(state, S_FIRST) != 0 && length > 0) set(state, S_RADIUS, min<f64>(get(state, S_RADIUS), length));
  set(state, S_FIRST, 0);
  if (ratio <= 0.25) {
    const slope = get(state, S_SLOPE);
    let t = trialCost > cost ? -slope / (2 * (trialCost - cost - slope)) : 0.5;
    if (!(t >= 0.1) || trialCost >= 100 * cost) t = 0.1;
    t = min<f64>(t, 0.5);
    set(state, S_RADIUS, t * min<f64>(get(state, S_RADIUS), length));
    set(state, S_LAMBDA, get(state, S_LAMBDA) / t);
  } else if (get(state, S_FULL) == 1 || ratio >= 0.75) {
    set(state, S_RADIUS, get(state, S_CLIPPED) == 1 ? max<f64>(get(state, S_RADIUS), 2 * length) : 2 * length);
    set(state, S_LAMBDA, 0.5 * get(state, S_LAMBDA));
  }
}

/** Nielsen's update of lambda (1999, eq. 2.4): max(1/3, 1 - (2 ratio - 1)^3) after success, doubling growth after failure. */
function judgeDamping(accepted: bool, ratio: f64, state: usize): void {
  if (accepted) {
    const t = 2 * ratio - 1;
    set(state, S_DAMPING, get(state, S_DAMPING) * max<f64>(1.0 / 3.0, 1 - t * t * t));
    set(state, S_GROWTH, 2);
  } else {
    const growth = get(state, S_GROWTH);
    set(state, S_DAMPING, get(state, S_DAMPING) * growth);
    set(state, S_GROWTH, growth * 2);
  }
}

export function judge(method: i32, accepted: bool, ratio: f64, cost: f64, trialCost: f64, state: usize): void {
  if (method == LEVENBERG) judgeDamping(accepted, ratio, state);
  else if (method == GAUSS_NEWTON) set(state, S_FRACTION, accepted ? 1 : get(state, S_FRACTION) / 2);
  else judgeRadius(ratio, cost, trialCost, state);
}

/** Lets steps of this length through again, as when the Jacobian becomes finer. */
export function widen(method: i32, length: f64, state: usize): void {
  if (method == LEVENBERG) return;
  if (method == GAUSS_NEWTON) set(state, S_FRACTION, 1);
  else set(state, S_RADIUS, max<f64>(get(state, S_RADIUS), length));
}

/** The Gauss-Newton step, which promises this decrease, is next. */
export function letThrough(method: i32, decrease: f64, state: usize): void {
  const length = get(state, S_GN_LENGTH);
  if (method == LEVENBERG) set(state, S_DAMPING, (0.5 * NEGLIGIBLE * decrease) / (length * length));
  else widen(method, 2 * length, state);
}
