// The public names of downhill, listed.

export { type LstsqOptions, type LstsqResult, lstsq } from "./linalg/lstsq.js";
export {
  type Matrix,
  type MatrixLike,
  matrix,
  type NdArrayLike,
  type Precision,
  type Real,
} from "./linalg/matrix.js";
export { type MatmulOptions, matmul, type NormKind, norm, toArray, transpose } from "./linalg/product.js";
export { configure, load, loadSync } from "./runtime/default.js";
export { DownhillError, type ErrorCode } from "./runtime/errors.js";
export type { Runtime, RuntimeOptions } from "./runtime/runtime.js";
export type { Vec } from "./runtime/vec.js";
