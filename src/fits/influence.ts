// What one point of a fit can do: its leverage, and its part in the skewness of each parameter.

import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { freeValues, linearise } from "./refit.js";

export interface Influence {
  /** What is minimised, m. */
  readonly residuals: Float64Array;
  readonly leverage: Float64Array;
  readonly acceleration: Float64Array;
}

/** Leverages h = J (J'J)^-1 J', and the acceleration of each parameter by the infinitesimal jackknife. */
export function influence(fit: PreparedFit, result: FitResult): Influence {
  const p = freeValues(result);
  const { residuals, jacobian } = linearise("bootstrap", fit, p);
  const n = p.length;
  const m = residuals.length;
  const leverage = new Float64Array(m);
  const acceleration = new Float64Array(n);
  const { covariance } = result;
  if (!covariance) return { residuals, leverage, acceleration };
  // covariance = scale (J'J)^-1, and the leverages sum to n: the scale cancels.
  const squares = new Float64Array(n);
  const cubes = new Float64Array(n);
  const influences = new Float64Array(n);
  let total = 0;
  for (let i = 0; i < m; i++) {
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++)
        leverage[i]! += jacobian[i * n + a]! * covariance[a * n + b]! * jacobian[i * n + b]!;
    total += leverage[i]!;
  }
  // An exact fit has no scale.
  for (let i = 0; i < m && total > 0; i++) leverage[i]! *= n / total;
  for (let i = 0; i < m; i++) {
    for (let a = 0; a < n; a++) {
      let sum = 0;
      for (let b = 0; b < n; b++) sum += covariance[a * n + b]! * jacobian[i * n + b]!;
      influences[a] = (sum * -residuals[i]!) / Math.max(1 - leverage[i]!, 1e-8);
    }
    for (let a = 0; a < n; a++) {
      const l = influences[a]!;
      squares[a]! += l * l;
      cubes[a]! += l * l * l;
    }
  }
  // a = sum l^3 / (6 (sum l^2)^(3/2)): Efron, J. Am. Statist. Assoc. 82 (1987) 171, eq. 4.4.
  for (let a = 0; a < n; a++) {
    const spread = squares[a]! * Math.sqrt(squares[a]!);
    acceleration[a] = spread > 0 ? cubes[a]! / (6 * spread) : 0;
  }
  return { residuals, leverage, acceleration };
}
