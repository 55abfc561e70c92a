// The room `smooth`: the kernels of minimize. Doubles only.

import { amax, copy, dot, nrm2 } from "../blas/level1";

export { bfgsStep } from "./bfgs";
export { lbfgsDirection, lbfgsStep, lbfgsUpdate } from "./lbfgs";
export {
  blendDot,
  finish,
  firstNonFinite,
  move,
  moveInBox,
  projectedGradient,
  relativeStep,
  steepest,
} from "./vector";

export function dotF64(n: i32, x: usize, y: usize): f64 {
  return dot<f64>(n, x, y);
}

export function amaxF64(n: i32, x: usize): f64 {
  return amax<f64>(n, x);
}

export function nrm2F64(n: i32, x: usize): f64 {
  return nrm2<f64>(n, x);
}

export function copyF64(n: i32, x: usize, y: usize): void {
  copy<f64>(n, x, y);
}
