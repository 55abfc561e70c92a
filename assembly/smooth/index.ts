// The room `smooth`: the kernels of minimize. Doubles only.

import { amax, axpby, axpy, copy, dot, fill, nrm2 } from "../blas/level1";

export { bfgsStep } from "./bfgs";
export { boxDirection, boxUpdate } from "./box";
export { bfgsHessian, boxNewton, timesF64 } from "./box-newton";
export { conjugate, distance, negative } from "./gradient";
export { lbfgsDirection, lbfgsStep, lbfgsUpdate } from "./lbfgs";
export { dogleg, newtonDirection, newtonWork, steihaug, toBoundary } from "./newton";
export { boxLongest, project, projectedDirection } from "./project";
export { lbfgsBegin, lbfgsTurn } from "./turn";
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

export function fillF64(n: i32, a: f64, x: usize): void {
  fill<f64>(n, a, x);
}

export function axpyF64(n: i32, a: f64, x: usize, y: usize): void {
  axpy<f64>(n, a, x, y);
}

export function axpbyF64(n: i32, a: f64, x: usize, b: f64, y: usize): void {
  axpby<f64>(n, a, x, b, y);
}
