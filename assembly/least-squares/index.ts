// The room `least-squares`: everything one iteration of a fit does between two evaluations of the model.

import { gemvT } from "../dense/gemv";
import { syrkWork } from "../dense/syrk";
import { choleskyWork } from "../linalg/cholesky";

export { studentTQuantile } from "../stats/distributions";
export { log } from "../stats/elementary";
export { backToBest } from "./attempts";
export { covariance } from "./covariance";
export { doubt } from "./ends";
export { normalInverse } from "./inverse";
export { allFinite } from "./linearise";
export { cost, robustVariance, sumOfSquares } from "./loss";
export { normalEquations } from "./normal";
export { settle, turn, weighAll } from "./turn";

/** Bytes of workspace for the factorisations of one solve. */
export function workBytes(m: i32, n: i32): i32 {
  return <i32>max<usize>(syrkWork<f64>(m, n), choleskyWork<f64>(n));
}

/** out = J'r for row-major J (m x n). */
export function gradient(m: i32, n: i32, J: usize, r: usize, out: usize): void {
  gemvT<f64>(m, n, 1, J, n, r, 0, out);
}
