// The curvature of a log density from its gradients, and the normal law with it.

import { log } from "../runtime/elementary.js";
import type { Evaluation } from "./evaluation.js";
import type { Steps } from "./steps.js";

/** Steps of central differences of the gradient: eps^(1/3) max(1, |u|). */
const STEP = 6.055454452393343e-6;

/** Minus the Hessian of the log density, by central differences of its gradient, made symmetric. */
export function* curvature(
  at: Float64Array,
  evaluation: Evaluation,
): Generator<Evaluation, Float64Array, void> {
  const d = at.length;
  const out = new Float64Array(d * d);
  const [near, ahead, behind] = [at.slice(), at.slice(), at.slice()];
  for (let i = 0; i < d; i++) {
    const h = STEP * Math.max(1, Math.abs(at[i]!));
    near[i] = at[i]! + h;
    evaluation.ask(near, ahead);
    yield evaluation;
    near[i] = at[i]! - h;
    evaluation.ask(near, behind);
    yield evaluation;
    near[i] = at[i]!;
    for (let j = 0; j < d; j++) {
      const half = (behind[j]! - ahead[j]!) / (4 * h);
      out[i * d + j] = out[i * d + j]! + half;
      out[j * d + i] = out[j * d + i]! + half;
    }
  }
  return out;
}

/** The normal law that minus a Hessian makes: all matrices d x d, row-major. */
export interface CurvatureLaw {
  /** log det L, of precision = L L'. */
  readonly half: number;
  /** L^-1, a lower triangle, and L'^-1 L^-1. */
  readonly inverse: Float64Array;
  readonly covariance: Float64Array;
}

/** In steps of a row; null where the precision is not positive definite. */
export function* lawOf(d: number, precision: Float64Array): Steps<CurvatureLaw | null> {
  const factor = new Float64Array(d * d);
  const inverse = new Float64Array(d * d);
  let half = 0;
  for (let i = 0; i < d; i++) {
    const row = i * d;
    for (let j = 0; j <= i; j++) {
      let s = precision[row + j]!;
      for (let k = 0; k < j; k++) s -= factor[row + k]! * factor[j * d + k]!;
      if (i > j) factor[row + j] = s / factor[j * d + j]!;
      else if (s > 0 && s < Infinity) factor[row + i] = Math.sqrt(s);
      else return null;
    }
    const pivot = factor[row + i]!;
    half += log(pivot);
    for (let k = 0; k < i; k++)
      for (let j = 0; j <= k; j++)
        inverse[row + j] = inverse[row + j]! - factor[row + k]! * inverse[k * d + j]!;
    inverse[row + i] = 1;
    for (let j = 0; j <= i; j++) inverse[row + j] = inverse[row + j]! / pivot;
    yield;
  }
  const covariance = new Float64Array(d * d);
  for (let k = 0; k < d; k++) {
    for (let i = 0; i <= k; i++)
      for (let j = 0; j <= i; j++)
        covariance[i * d + j] = covariance[i * d + j]! + inverse[k * d + i]! * inverse[k * d + j]!;
    yield;
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j * d + i] = covariance[i * d + j]!;
  return { half, inverse, covariance };
}
