// The curvature of a log density from its gradients, and the inverse of a triangle.

import type { Evaluation } from "./evaluation.js";

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

/** L^-1 of a lower triangle, row-major. */
export function inverseFactor(d: number, factor: Float64Array): Float64Array {
  const out = new Float64Array(d * d);
  for (let j = 0; j < d; j++) {
    for (let i = j; i < d; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= factor[i * d + k]! * out[k * d + j]!;
      out[i * d + j] = sum / factor[i * d + i]!;
    }
  }
  return out;
}
